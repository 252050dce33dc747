"""The wheel is the student's: course_utils, its data, nothing of the staff's. The source archive has all."""

import ast
import email
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def inside(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_only_course_utils_and_the_metadata_are_inside(inside: dict[str, bytes]) -> None:
    tops = {name.split("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"course_utils"}


def test_every_module_of_course_utils_is_inside(inside: dict[str, bytes]) -> None:
    here = {str(path.relative_to(ROOT)) for path in (ROOT / "course_utils").rglob("*.py")}
    assert {name for name in inside if name.endswith(".py")} == here


def test_the_bundled_data_is_inside(inside: dict[str, bytes]) -> None:
    here = {
        path.relative_to(ROOT / "data").as_posix() for path in (ROOT / "data").rglob("*") if path.is_file()
    }
    there = {name.removeprefix("course_utils/_bundled/") for name in inside if "/_bundled/" in name}
    assert there == here
    assert any(name.endswith(".csv") for name in there)


def test_no_module_imports_autograder(inside: dict[str, bytes]) -> None:
    importing = set()
    for name, content in inside.items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            importing |= {name for module in modules if module.split(".")[0] == "autograder"}
    assert importing == set()


def test_no_reference_is_inside(inside: dict[str, bytes]) -> None:
    """No piece of the exercises' declarations, neither a file nor one of its longer lines."""
    declarations = sorted((ROOT / "autograder" / "exercises").glob("hw*.py"))
    assert declarations, "no exercises to look for"
    shipped = b"\n".join(content for name, content in inside.items() if name.endswith(".py")).decode()
    own_lines = {line.strip() for line in shipped.splitlines()}
    told = []
    for path in declarations:
        for function in functions_of(path):
            body = [line.strip() for line in ast.unparse(function).splitlines()[1:] if len(line.strip()) > 30]
            if len(body) > 1 and all(line in own_lines for line in body):
                told.append(f"{path.name}: {function.name}")
    assert told == []


def test_the_metadata_promises_nothing_of_the_staffs(inside: dict[str, bytes]) -> None:
    assert not [name for name in inside if name.endswith("entry_points.txt")]
    (text,) = [content for name, content in inside.items() if name.endswith(".dist-info/METADATA")]
    told = email.message_from_bytes(text)
    assert told.get_all("Provides-Extra") == ["lab"]
    required = {canonicalize_name(Requirement(line).name) for line in told.get_all("Requires-Dist", [])}
    assert "torch" in required
    assert not required & {"nbgrader", "typer", "dask", "pytest", "first-descent"}
    assert told["License-Expression"] == "Apache-2.0"


def test_an_editable_install_keeps_the_command() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="course")
    assert command.value == "autograder.cli:main"


def test_the_source_archive_has_all(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in ("course_utils", "autograder", "tests", "tools"):
        here = {str(path.relative_to(ROOT)) for path in (ROOT / wanted).rglob("*.py")}
        assert here <= names
    assert {
        "Makefile",
        "constraints.txt",
        "environment.yml",
        "hatch_build.py",
        "LICENSE",
        "README.md",
    } <= names


@pytest.mark.skipif(os.name == "nt", reason="links as another user may not be made on Windows")
def test_a_student_can_use_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """In a new environment that reaches the student's dependencies and theirs, and nothing else."""
    python = student_environment(tmp_path / "student", wheel)
    answers = tmp_path / "answers.py"
    answers.write_text(STUDENT, encoding="utf-8")
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run(
        [str(python), "-W", "error", str(answers)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "all is well"


STUDENT = """
import importlib.util

import course_utils
from course_utils import check
from course_utils.data import load_scores

for staff in ("autograder", "nbgrader", "typer", "pytest", "jupyterlab"):
    assert importlib.util.find_spec(staff) is None, staff
assert "site-packages" in course_utils.__file__
assert len(load_scores()[0]) == 13


def linear_predict(X, w, b):
    return X @ w + b


right = check(linear_predict)


def linear_predict(X, w, b):
    return X @ w - b


wrong = check(linear_predict)
assert isinstance(right, float) and isinstance(wrong, float), (right, wrong)
assert right == 2.0 and wrong == 0.0, (right, wrong)
print("all is well")
"""


def student_environment(folder: Path, wheel: Path) -> Path:
    """Make an environment with the wheel and links to what it requires: a copy of torch is a gigabyte."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (text,) = metadata.Distribution.discover(path=[str(wheel)])
    for distribution in closure(text.requires or []):
        for top in {
            file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")
        }:
            link = site / top
            if not link.exists():
                link.symlink_to(str(distribution.locate_file(top)))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "-q",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    return python


def closure(requirements: list[str]) -> list[metadata.Distribution]:
    """Collect the installed distributions that these requirements ask for, directly or through others."""
    collected: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        extras = requirement.extras or {""}
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        if name in collected:
            continue
        collected[name] = metadata.distribution(name)
        waiting += [Requirement(line) for line in collected[name].requires or []]
    return list(collected.values())


def functions_of(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
