"""A gradebook on a PostgreSQL server: a real one, started here, and several graders at the same time.

Each wrong address is tried with one verb, the verbs in turn; with FIRST_DESCENT_FULL=1 each with every verb.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from postgres_server import PASSWORD, QUOTED, address, server
from small_term import REPOSITORY, fill
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import GradebookError
from autograder.nbgrader_bridge.address import without_password
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course, load_course

COURSE = """\
name = "A test course"
time_zone = "Europe/Paris"
roster = "roster.csv"

[assignments.hw1]
title = "A line by descent"
kind = "homework"

[assignments.hw2]
title = "Forward"
kind = "homework"

[gradebook]
address = "{address}"
"""
STUDENTS = ["s0", "s1", "s2"]
WRONG = {"s1": ("no bias",), "s2": ("no bias", "half")}
POINTS = {"s0": 15, "s1": 13, "s2": 12}


def lay_out(root: Path, where: str) -> Course:
    """Make a grader's own copy of the course; `where` is the gradebook that they share."""
    root.mkdir()
    (root / "course.toml").write_text(COURSE.format(address=where), encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    for name in ("hw1", "hw2"):
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    return load_course(root)


def together(*commands: tuple[Course, str]) -> list[str]:
    """Run `course …` commands at the same time, each in its grader's folder, and return what they said."""
    program = str(Path(sys.prefix) / "bin" / "course")
    running = [
        subprocess.Popen(
            [program, *words.split()], cwd=course.root, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for course, words in commands
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running), "\n".join(said)
    return said


def hand_in(course: Course, assignment: str, students: list[str]) -> None:
    for student in students:
        folder = course.submitted / student / assignment
        folder.mkdir(parents=True)
        shutil.copy(course.released_notebook(assignment), folder)
        if assignment == "hw1":
            fill(folder / "hw1.ipynb", *WRONG.get(student, ()), name=student)


@pytest.fixture(scope="module")
def gradebook() -> Iterator[str]:
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'first-descent[postgres]'")
    with server() as folder:
        engine = create_engine(address(folder, "postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE gradebook"))
        engine.dispose()
        yield address(folder, "gradebook")


def count(where: str, question: str) -> int:
    engine = create_engine(where)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(question)).scalar_one())
    finally:
        engine.dispose()


def points(course: Course, assignment: str) -> Mapping[str, float]:
    return {row.student: row.raw for row in scores(course, assignment)}


def graded_cells(course: Course, assignment: str) -> int:
    cells = nbformat.read(course.released_notebook(assignment), as_version=4).cells
    return sum(bool(cell.metadata.get("nbgrader", {}).get("grade")) for cell in cells)


@pytest.mark.slow
def test_two_graders_at_once_lose_no_row_and_make_none_twice(gradebook: str, tmp_path: Path) -> None:
    ada, emmy = lay_out(tmp_path / "ada", gradebook), lay_out(tmp_path / "emmy", gradebook)
    together((ada, "generate hw1"), (emmy, "generate hw2"))  # the database is empty: both find no tables
    shutil.copytree(ada.release, emmy.release, dirs_exist_ok=True)

    # Two assignments, and students that nobody has entered yet.
    hand_in(ada, "hw1", STUDENTS)
    hand_in(emmy, "hw2", STUDENTS[:2])
    together((ada, "grade hw1"), (emmy, "grade hw2"))
    assert points(ada, "hw1") == POINTS == points(emmy, "hw1")
    assert points(ada, "hw2") == dict.fromkeys(STUDENTS[:2], 0.0)

    # One assignment, and the very same students: what came second found the first one's rows.
    hand_in(emmy, "hw1", STUDENTS)
    together((ada, "grade hw1 --force -j 2"), (emmy, "grade hw1 --force -j 2"))
    assert points(ada, "hw1") == POINTS

    graded = graded_cells(ada, "hw1") * len(STUDENTS) + graded_cells(emmy, "hw2") * 2
    assert count(gradebook, "SELECT count(*) FROM submitted_assignment") == len(STUDENTS) + 2
    assert count(gradebook, "SELECT count(*) FROM student") == len(STUDENTS)
    assert count(gradebook, "SELECT count(*) FROM grade") == graded
    assert count(gradebook, "SELECT count(*) FROM grade WHERE auto_score IS NULL") == 0
    assert count(gradebook, "SELECT count(*) FROM alembic_version") == 1
    for verb in ("report hw1", "feedback hw1", "grade hw1 --preview --force --student s1"):
        done = CliRunner().invoke(app, [*verb.split(), "-C", str(ada.root)])
        assert done.exit_code == 0, done.output
    assert points(ada, "hw1") == POINTS
    for course in (ada, emmy):
        assert not list(course.root.glob("*.db")), "nothing was written beside the server"
        for file in course.root.rglob("*"):
            if file.is_file() and file.name != "course.toml":
                assert PASSWORD not in (words := file.read_text("utf-8", "replace")), file
                assert QUOTED not in words, file


# --- addresses that lead nowhere ---

WORD = "s3cret-w0rd"
NOWHERE = {
    "nobody listens": f"postgresql://grader:{WORD}@127.0.0.1:1/gradebook",
    "no such host": f"postgresql://grader:{WORD}@nowhere.invalid/gradebook",
    "no such socket": f"postgresql://grader:{WORD}@/gradebook?host=/no/such/folder",
    "password in the query": f"postgresql://127.0.0.1:1/gradebook?user=grader&password={WORD}",
    "an @ in the password": f"postgresql://grader:{WORD}@{WORD}@127.0.0.1:1/gradebook",
    "an unknown database": f"postgres://grader:{WORD}@127.0.0.1/gradebook",
    "an unknown driver": f"postgresql+nonesuch://grader:{WORD}@127.0.0.1/gradebook",
    "a driver that is not there": f"postgresql+pg8000://grader:{WORD}@127.0.0.1/gradebook",
    "a port in letters": f"postgresql://grader:{WORD}@127.0.0.1:fifty/gradebook",
    "a port out of range": f"postgresql://grader:{WORD}@127.0.0.1:99999/gradebook",
    "nothing but a scheme": f"postgresql://:{WORD}@",
    "no address at all": f"grader:{WORD}@127.0.0.1/gradebook",
}


VERBS = ("report hw1", "grade hw1", "generate hw1")
ASKED = [
    pytest.param(where, words, id=f"{words.split()[0]}, {name}")
    for number, (name, where) in enumerate(NOWHERE.items())
    for words in (VERBS if os.environ.get("FIRST_DESCENT_FULL") else [VERBS[number % len(VERBS)]])
]


@pytest.mark.parametrize(("where", "words"), ASKED)
def test_a_wrong_address_is_one_sentence_without_the_password(tmp_path: Path, where: str, words: str) -> None:
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: pip install 'first-descent[postgres]'")
    root = tmp_path / "term"
    root.mkdir()
    (root / "course.toml").write_text(COURSE.format(address=where), encoding="utf-8")
    shutil.copytree(REPOSITORY / "notebooks/assignments/hw1", root / "notebooks/assignments/hw1")
    submitted = root / "submitted/s0/hw1"
    submitted.mkdir(parents=True)
    shutil.copy(REPOSITORY / "notebooks/assignments/hw1/hw1.ipynb", submitted)
    done = CliRunner().invoke(app, [*words.split(), "-C", str(root)])
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("course: ")
    assert "Traceback" not in done.output
    assert WORD not in done.output
    assert not any(WORD in file.read_text("utf-8", "replace") for file in root.rglob("*.log"))


@pytest.mark.slow
def test_who_may_not_enter_is_told_so_without_the_password(gradebook: str, tmp_path: Path) -> None:
    course = lay_out(tmp_path / "term", gradebook)
    folder = Path(gradebook.partition("?host=")[2])
    for where, said in (
        (address(folder, "gradebook", password=WORD), "password authentication failed"),
        (address(folder, "gradebook", user="nobody"), "password authentication failed"),
        (address(folder, "no_such_database"), "does not exist"),
    ):
        with pytest.raises(GradebookError, match=said) as caught, open_gradebook(replace(course, gradebook=where)):
            pass
        assert not {WORD, PASSWORD, QUOTED} & set(str(caught.value).split())


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("postgresql://ada:a:b@c@host:5432/book") == "postgresql://ada:***@host:5432/book"
    assert without_password("postgresql://ada@host/book") == "postgresql://ada@host/book"
    assert without_password("postgresql://host/book?user=ada&password=x&sslmode=require").endswith("=***&sslmode=require")
    assert without_password("sqlite:////srv/a:b@c/gradebook.db") == "sqlite:////srv/a:b@c/gradebook.db"
