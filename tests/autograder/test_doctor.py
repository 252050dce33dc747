import json
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest

from autograder.doctor import Finding, State, examine, is_ready
from autograder.doctor.course_folder import look_at_course_file, look_at_exchange
from autograder.doctor.finding import look_for
from autograder.doctor.jupyter import look_at_lab_extension, look_at_server_extensions
from autograder.doctor.machine import find_control_group, look_at_disk, look_at_sandbox
from autograder.doctor.software import look_at_chromium, look_at_command, look_at_python

SCRIPTS = sysconfig.get_path("scripts")
REPOSITORY = Path(__file__).parents[2]


def test_a_complete_environment_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", SCRIPTS, prepend=":")
    findings = examine(REPOSITORY)
    assert {finding.name: finding for finding in findings if finding.state is State.MISSING} == {}
    assert is_ready(findings)
    assert metadata.version("torch") in found(findings, "PyTorch").found
    assert sys.executable in found(findings, "Python").found


def test_whatever_is_not_fine_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = examine(tmp_path)
    assert not is_ready(findings)
    for finding in findings:
        assert finding.found
        assert bool(finding.mend) == (finding.state is not State.OK), finding


def test_no_course_is_a_warning(tmp_path: Path) -> None:
    assert look_at_course_file(None).state is State.WARN


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = 'x'\n", "time_zone"),
        ("name = 3\n", "name"),
        ("name = \n", "course.toml"),
    ],
)
def test_a_course_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    finding = look_at_course_file(tmp_path)
    assert finding.state is State.MISSING
    assert named in finding.found + finding.mend


def test_commands_off_the_path_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = look_at_command("Alembic", "alembic")
    assert finding.state is State.MISSING
    assert SCRIPTS in finding.mend


def test_another_environments_command_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "alembic"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    finding = look_at_command("Alembic", "alembic")
    assert finding.state is State.WARN
    assert str(other) in finding.found


def test_a_package_that_is_not_installed_is_missing() -> None:
    assert look_for("Nothing", "no-such-distribution").state is State.MISSING
    assert look_at_command("Nothing", "no-such-distribution").state is State.MISSING


@pytest.mark.parametrize("switched_off", ["@jupyter/nbgrader", "@jupyter/nbgrader:formgrader"])
def test_a_disabled_lab_extension_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, switched_off: str
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert look_at_lab_extension().state is State.OK
    write_json(tmp_path / "labconfig" / "page_config.json", {"disabledExtensions": {switched_off: True}})
    finding = look_at_lab_extension()
    assert finding.state is State.MISSING
    assert finding.mend == f"jupyter labextension enable {switched_off}"


def test_another_disabled_extension_does_not_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    write_json(
        tmp_path / "labconfig" / "page_config.json", {"disabledExtensions": {"@jupyter/nbgrader-other": True}}
    )
    assert look_at_lab_extension().state is State.OK


def test_a_disabled_server_extension_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    assert look_at_server_extensions().state is State.OK
    off = {"nbgrader.server_extensions.formgrader": False}
    write_json(tmp_path / "jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": off}})
    finding = look_at_server_extensions()
    assert finding.state is State.MISSING
    assert finding.mend == "jupyter server extension enable nbgrader.server_extensions.formgrader"


def test_the_exchange_folder_is_the_one_the_course_names(tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n")
    finding = look_at_exchange(tmp_path)
    assert finding.state is State.WARN
    assert f"{exchange} does not exist" in finding.found
    exchange.mkdir()
    assert look_at_exchange(tmp_path) == Finding("exchange folder", State.OK, f"{exchange} can be written")


def test_an_exchange_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    exchange = tmp_path / "exchange"
    exchange.write_text("")
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n")
    assert "cannot be written" in look_at_exchange(tmp_path).found


def test_a_config_that_raises_is_a_finding_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("1 / 0\n")
    finding = found(examine(tmp_path), "exchange folder")
    assert finding.state is State.MISSING
    assert "nbgrader_config.py" in finding.found
    assert "ZeroDivisionError" in finding.found


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare command to compare with")
def test_the_sandbox_is_there_when_the_systems_own_command_says_so() -> None:
    can = subprocess.run(["unshare", "--user", "--mount", "--net", "true"], capture_output=True, check=False)
    if can.returncode != 0:
        pytest.skip("no namespaces for the command either")
    finding = look_at_sandbox()
    assert finding.state is State.OK, finding
    assert "no network" in finding.found


@pytest.mark.parametrize(
    ("membership", "version", "folder"),
    [
        ("0::/user.slice/me.scope\n", 2, "user.slice/me.scope"),
        ("9:memory:/box\n0::/\n", 1, "memory/box"),
        ("9:cpu,memory:/box\n", 1, "memory/box"),
        ("9:cpu:/box\n", 1, None),
        ("", 2, None),
    ],
)
def test_the_control_group_of_both_versions_is_found(
    tmp_path: Path, membership: str, version: int, folder: str | None
) -> None:
    if version == 2:
        (tmp_path / "cgroup.controllers").write_text("memory pids\n")
    else:
        (tmp_path / "memory").mkdir()
    assert find_control_group(membership, tmp_path) == (tmp_path / folder if folder else None)


def test_a_browser_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look_at_chromium().state is State.WARN
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert look_at_chromium() == Finding("Chromium", State.OK, str(browser))


def test_the_disk_and_the_python_are_looked_at(tmp_path: Path) -> None:
    assert str(tmp_path) in look_at_disk(tmp_path).found
    assert look_at_python().state is State.OK or sys.version_info[:2] > (3, 13)


def found(findings: tuple[Finding, ...], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
