"""A key that was wrong: the course kit is mended, `course grade --preview` says who moves, `course grade` enters it.

Rules, extensions, excuses and marks by hand, for which nothing runs, are in tests/autograder/test_regrading.py; a
changed exercise in a class of 120 in test_term_of_120.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from small_term import REPOSITORY, copy_kit

from autograder.exercises.quiz1 import QUIZ
from autograder.grading import grade
from autograder.history import Event, read_history
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate
from autograder.questions import POINTS
from autograder.rules.coursefile import Course, load_course

pytestmark = pytest.mark.slow

COURSE = """
name = "T"
time_zone = "Europe/Berlin"
[assignments.quiz1]
kind = "quiz"
deadline = "2026-09-18 10:00"
"""
# quiz1_residual asks for target minus prediction, 11 - 14
ANSWERS = {"right": -3.0, "turned": 3.0, "other": 14.0}

# Several verbs in one process, as somebody types them one after the other.
VERBS = """
import json, sys
from typer.testing import CliRunner
from autograder.cli import app

said = []
for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(app, words)
    said.append([done.exit_code, done.stdout, done.stderr])
print(json.dumps(said))
"""


def hand_in(course: Course, student: str, residual: float) -> None:
    answers = {question.name: question.reference for question in QUIZ.questions} | {"quiz1_residual": residual}
    notebook = nbformat.read(course.released_notebook("quiz1"), as_version=4)
    for cell in notebook.cells:
        question = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if cell.metadata.get("nbgrader", {}).get("solution") and question in answers:
            cell.source = cell.source.replace("...", repr(answers[question]), 1)
    folder = course.submitted / student / "quiz1"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "quiz1.ipynb")


def with_another_key(folder: Path) -> Path:
    """Copy the kit, and in it take prediction minus target for the residual."""
    declared = copy_kit(folder) / "autograder/exercises/quiz1.py"
    source = declared.read_text(encoding="utf-8")
    for old, new in (
        ("    answer=(Y - PREDICTION).item(),", "    answer=(PREDICTION - Y).item(),"),
        ("            (PREDICTION - Y).item(),\n", "            (Y - PREDICTION).item(),\n"),
    ):
        assert source.count(old) == 1
        source = source.replace(old, new)
    declared.write_text(source, encoding="utf-8")
    return folder


def call(kit: Path, course: Course, *lines: str) -> list[tuple[int, str, str]]:
    words = [[*line.split(), "--course", str(course.root)] for line in lines]
    done = subprocess.run(
        [sys.executable, "-c", VERBS, json.dumps(words)],
        env=os.environ | {"PYTHONPATH": str(kit), "COLUMNS": "250"},
        cwd=kit,
        capture_output=True,
        text=True,
        timeout=580,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(each) for each in json.loads(done.stdout.splitlines()[-1])]


def everything(course: Course) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


def points(course: Course) -> dict[str, float]:
    return {score.student: score.final for score in scores(course, "quiz1")}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("regrade") / "term"
    shutil.copytree(REPOSITORY / "notebooks/assignments/quiz1", root / "notebooks/assignments/quiz1")
    (root / "course.toml").write_text(COURSE)
    rows = [f"{student},{student.title()},Student," for student in ANSWERS]
    (root / "roster.csv").write_text("\n".join(["id,first_name,last_name,email", *rows, ""]))
    course = load_course(root)
    generate(course, "quiz1")
    for student, residual in ANSWERS.items():
        hand_in(course, student, residual)
    assert {item.status for item in grade(course, "quiz1", jobs=2)} == {"graded"}
    return course


def test_a_mended_key_is_previewed_applied_and_remembered(
    course: Course, tmp_path_factory: pytest.TempPathFactory
) -> None:
    worth, full = POINTS, POINTS * len(QUIZ.questions)
    assert points(course) == {"right": full, "turned": full - worth, "other": full - worth}

    kit = with_another_key(tmp_path_factory.mktemp("kit"))
    before = everything(course)
    plain, shown = call(kit, course, "grade quiz1 --preview --json", "grade quiz1 --preview")
    assert (plain[0], shown[0]) == (0, 0), plain[2] + shown[2]
    after = everything(course)
    assert {path for path in {*before, *after} if before.get(path) != after.get(path)} == set()

    trial = json.loads(plain[1])
    moves = {move["student"]: move for move in trial["students"]}
    assert {student: move["difference"] for student, move in moves.items()} == {
        "right": -worth,
        "turned": worth,
        "other": 0,
    }
    assert (trial["submissions"], trial["moved"], trial["mean"]) == (3, 2, 0)
    [cell] = moves["right"]["cells"]
    assert (cell["name"], cell["before"], cell["after"]) == ("quiz1_residual", worth, 0)
    assert "The size is right and the sign is turned" in cell["message"]
    assert "an exercise, a case or a mistake" in moves["turned"]["reason"]
    words = " ".join(shown[1].split())
    assert "2 of 3 would move, mean +0.00 points; 3 looked at, 3 notebooks ran." in words
    assert "Nothing is written yet. To enter it: course grade quiz1" in words

    graded, again = call(kit, course, "grade quiz1", "grade quiz1 --preview")
    assert (graded[0], again[0]) == (0, 0), graded[2] + again[2]
    assert "Nothing would be graded" in " ".join(again[1].split())
    assert points(course) == {"right": full - worth, "turned": full, "other": full - worth}

    entries = read_history(course, "quiz1").entries
    notes = {entry.student: entry for entry in entries if entry.event is Event.REGRADED}
    assert set(notes) == {"right", "turned"}  # who did not move has no new line
    assert notes["turned"].moved == {"quiz1_residual": (0, worth)}
    assert "an exercise, a case or a mistake" in notes["turned"].reason
    assert notes["turned"].time >= next(entry.time for entry in entries if entry.student == "turned")
