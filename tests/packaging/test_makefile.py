"""The Makefile's promises that do not need an installation: run with the real make in a copied folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that setting up looks at, and a .venv that looks freshly installed."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".first-descent-installed").touch()
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # a make above this one hands its variables down: `make test ARGS=…`
    ours = ("MAKE", "MFLAGS", "ARGS", "PYTHON", "VENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_help_has_a_line_for_each_target(checkout: Path) -> None:
    declared = re.search(r"^\.PHONY: (.*)$", (checkout / "Makefile").read_text(), re.MULTILINE)
    assert declared
    lines = make(checkout, "help").stdout.splitlines()
    named = [line.split()[1] for line in lines]
    assert sorted(named) == sorted(declared[1].split())
    assert all(len(line) < 110 and len(line.split()) > 3 for line in lines)
    assert make(checkout).stdout.splitlines() == lines


def test_a_second_setup_has_nothing_to_do(checkout: Path) -> None:
    assert "pip" not in make(checkout, "-n", "setup").stdout


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_installs_again(checkout: Path, changed: str) -> None:
    stamp = checkout / ".venv" / ".first-descent-installed"
    os.utime(checkout / changed, (stamp.stat().st_mtime + 10,) * 2)
    assert "pip install" in make(checkout, "-n", "setup").stdout


@pytest.mark.parametrize("target", ["demo", "test", "lab", "check"])
def test_the_other_commands_set_up_first(checkout: Path, target: str) -> None:
    (checkout / ".venv" / ".first-descent-installed").unlink()
    told = make(checkout, "-n", target)
    assert told.returncode == 0, told.stderr
    assert 0 < told.stdout.index("pip install") < told.stdout.rindex(".venv/bin/")


@pytest.mark.parametrize("python", ["no-such-python", "./old-python"])
def test_a_python_that_will_not_do_is_one_sentence(checkout: Path, python: str) -> None:
    shutil.rmtree(checkout / ".venv")
    old = checkout / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")  # what `python -c 'sys.exit(version < …)'` of an old one does
    old.chmod(0o755)
    told = make(checkout, "setup", f"PYTHON={python}")
    assert told.returncode == 2
    assert told.stderr.splitlines()[0].startswith(
        f"First Descent needs Python 3.11 or newer, and '{python}' is not"
    )
    assert not (checkout / ".venv").exists()


def test_make_and_readme_run_the_tests_by_the_same_command(checkout: Path) -> None:
    recipe = make(checkout, "-n", "test").stdout.strip().splitlines()[-1]
    command = recipe[recipe.rindex("python -m pytest") :].strip()
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
