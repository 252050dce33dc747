"""The whole road as an ordinary user, and on a machine that refuses namespaces: it grades, and says what is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import nbformat
import pytest
from attackers import CANARY, FILES, HONEST, lay_out, with_words, words_for
from nbformat.v4 import new_code_cell
from small_term import REPOSITORY

from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.rules.coursefile import Course, load_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's"),
]

NOBODY = 65534
EARNED = {"b-wrong": 2.0, "y-right": 3.0}
"""The class: one student with a wrong answer, and the spy."""
UNSHARE, SETPRIV = shutil.which("unshare"), shutil.which("setpriv")
MAPPED = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
"""User 1000 without a capability: what it then does, it does by a namespace of its own."""
OTHER = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
"""Another user of this machine, from root."""
NO_MORE = 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"'
REFUSED = ("unshare", "--user", "--map-root-user", "sh", "-c", NO_MORE, "sh")
"""A machine that makes no namespaces."""


@cache
def works(*wrapper: str) -> bool:
    command = [*wrapper, sys.executable, "-c", "import autograder.cli, torch"]
    return shutil.which(wrapper[0]) is not None and subprocess.run(command, capture_output=True).returncode == 0


def call(wrapper: Sequence[str], *words: str, cwd: Path, expect: int = 0) -> str:
    scripts = Path(sys.prefix) / "bin"
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "HOME": str(cwd)}
    done = subprocess.run(
        [*wrapper, str(scripts / words[0]), *words[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the work of two of the honest students."""
    base = tmp_path_factory.mktemp("released")
    made = lay_out(base / "course", (), words_for(base, REPOSITORY, 1))
    for student in HONEST.keys() - EARNED.keys():
        shutil.rmtree(made.submitted / student)
    return made.root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    """A copy of that course in which one student also looks for the other's work."""
    made = load_course(shutil.copytree(released, tmp_path / "course"))
    spy = made.submitted / "y-right/hw1/hw1.ipynb"
    notebook = nbformat.read(spy, as_version=4)
    code = with_words(FILES["reading another student's work"], {"place": made.root})
    notebook.cells.append(new_code_cell(f"{code}\nimport os\nprint('I am', os.getuid(), os.getcwd())"))
    nbformat.write(notebook, spy)
    return made


def earned(course: Course) -> dict[str, float]:
    return {score.student: score.raw for score in scores(course, "hw1")}


def shown(course: Course) -> str:
    """Return what the spy's own cell showed, and not the comments in the spy's answers."""
    notebook = nbformat.read(course.autograded / "y-right/hw1/hw1.ipynb", as_version=4)
    return str(notebook.cells[-1].outputs)


@pytest.mark.parametrize("wrapper", [MAPPED, OTHER], ids=["user 1000", "nobody"])
def test_an_ordinary_user_grades_in_a_sandbox(wrapper: tuple[str, ...], course: Course) -> None:
    if not works(*wrapper):
        pytest.skip(f"no way to be that user here, or no reading of {sys.base_prefix} for it ({wrapper[0]})")
    if not works(*wrapper, *(("unshare", "--user", "--mount") if wrapper is OTHER else ())):
        pytest.skip("that user may make no namespaces here")
    if wrapper is OTHER:
        for path in (course.root, *course.root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        for folder in (course.root.parent, *course.root.parents[1:4]):
            if folder.stat().st_mode & 0o005 != 0o005:
                pytest.skip(f"that user may not go through {folder}")
    call(wrapper, "course", "grade", "hw1", "--require-sandbox", cwd=course.root)
    assert earned(course) == EARNED
    marks = read_marks(course.autograded / "b-wrong/hw1/hw1.ipynb")
    assert marks is not None
    assert marks.isolation.startswith("a sandbox of their own")
    assert "I am 1000 /submission" in shown(course)
    assert CANARY not in shown(course)
    assert read_marks(course.autograded / "y-right/hw1/hw1.ipynb").sightings  # type: ignore[union-attr]


def test_where_namespaces_are_refused_it_grades_and_says_so_everywhere(course: Course) -> None:
    if SETPRIV is None or UNSHARE is None or not works(*REFUSED):
        pytest.skip("no way to make a machine that refuses namespaces")
    said = call(REFUSED, "course", "grade", "hw1", "--require-sandbox", cwd=course.root, expect=2)
    assert "A sandbox is required, and submissions would run in ordinary processes with limits" in said
    assert earned(course) == {}
    said = call(REFUSED, "course", "grade", "hw1", cwd=course.root)
    assert "Warning: submissions run in ordinary processes with limits, not isolated from this machine's files" in said
    assert earned(course) == EARNED
    log = (course.records / "nbgrader.log").read_text(encoding="utf-8")
    assert log.count("WARNING Submissions run in ordinary processes with limits") == len(EARNED)
    assert CANARY in shown(course)  # it is as bad as it says
    call(REFUSED, "course", "report", "hw1", cwd=course.root)
    page = (course.reports / "hw1.html").read_text(encoding="utf-8")
    assert "Student code was not isolated." in page
    assert "2 of 2 submissions ran in ordinary processes with limits" in page
    findings = json.loads(call(REFUSED, "course", "doctor", "--json", cwd=course.root))
    sandbox = next(each for each in findings if each["name"] == "sandbox")
    assert sandbox["state"] == "warn"
    assert "no sandbox can be made" in sandbox["found"]
    assert "--require-sandbox" in sandbox["mend"]


def test_plain_nbgrader_says_so_too(course: Course) -> None:
    if SETPRIV is None or UNSHARE is None or not works(*REFUSED):
        pytest.skip("no way to make a machine that refuses namespaces")
    said = call(REFUSED, "nbgrader", "autograde", "hw1", "--student", "b-wrong", cwd=course.root)
    assert "Submissions run in ordinary processes with limits, not isolated from this machine's files" in said
    assert earned(course) == {"b-wrong": EARNED["b-wrong"]}
