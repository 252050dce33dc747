"""What `submit()` tells a student is what `course collect` then does: over every name and every kind of damage."""

from __future__ import annotations

import copy
import json
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from damaged_notebooks import DAMAGES
from nbformat import NotebookNode
from small_course import ROSTER, answered, as_bytes, released_notebook
from test_intake import BAD, ODD, SOUND
from test_naming import CLEAR, OPEN, SETTLED
from typer.testing import CliRunner

from autograder.cli import app
from autograder.intake.intact import is_intact
from autograder.intake.notebookfile import read_notebook
from autograder.intake.restore import restore
from autograder.nbgrader_bridge.handing_in import facts_of
from autograder.rules.coursefile import Course, load_course
from course_utils.errors import HandInError
from course_utils.handing_in.facts import Facts, read_facts, write_facts
from course_utils.handing_in.place import Found, read_file
from course_utils.handing_in.report import make_report

sys.path.insert(0, str(Path(__file__).parents[1] / "course_utils" / "naming"))
from real_names import names

EXERCISES = {
    "hw1": ("A line by descent", ("linear_predict", "sse", "mse", "gd_step")),
    "hw2": ("Forward", ("sigmoid", "relu", "softmax")),
    "hw12": ("A long term", ("bce_logits", "cross_entropy")),
    "project": ("Final project", ("load_pictures", "train_model")),
}
KINDS = {"project": "project"}
REAL = names()


def make_term(root: Path, roster: str) -> Course:
    lines = ['name = "Term"', 'time_zone = "America/New_York"']
    for name, (title, exercises) in EXERCISES.items():
        lines += [f"[assignments.{name}]", f'title = "{title}"', f'kind = "{KINDS.get(name, "homework")}"']
        for folder in (root / "notebooks/assignments" / name, root / "release" / name):
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_bytes(as_bytes(released_notebook(name, title, exercises)))
    (root / "course.toml").write_text("\n".join(lines), encoding="utf-8")
    (root / "roster.csv").write_text(roster, encoding="utf-8")
    (root / "inbox").mkdir()
    return load_course(root)


def drop(inbox: Path, path: str, notebook: NotebookNode) -> None:
    """Put a notebook where its path says; `x.zip!/a/b.ipynb` goes into an archive."""
    archive, inside, rest = path.partition("!/")
    file = inbox / archive
    file.parent.mkdir(parents=True, exist_ok=True)
    if inside:
        with zipfile.ZipFile(file, "a") as opened:
            opened.writestr(rest, as_bytes(notebook))
    else:
        file.write_bytes(as_bytes(notebook))


def collected(course: Course) -> dict[str, dict[str, Any]]:
    """Say what `course collect --dry-run --json` says, by path."""
    done = CliRunner().invoke(app, ["collect", "--dry-run", "--json", "--course", str(course.root)])
    assert done.exit_code == 0, done.output
    return {fate["path"]: fate for fate in json.loads(done.stdout)}


def facts_in(course: Course, name: str) -> Facts:
    """Give the facts as a released notebook carries them."""
    notebook = nbformat.read(course.released_notebook(name), as_version=4)
    facts = read_facts({"first_descent": json.loads(json.dumps(write_facts(facts_of(course, name, notebook))))})
    assert facts is not None
    return facts


def told(path: str, notebook: NotebookNode, facts: Facts) -> list[dict[str, Any]]:
    """Say which deductions `submit()` foretells for a file that is handed in under this name."""
    report = make_report(path.split("/")[-1], notebook["cells"], facts)
    return [vars(each) for each in report.deductions]


def of_the_names() -> Iterable[tuple[str, str, str, bool | None]]:
    """List (path, the name at the top, assignment, whether the file's name is right) over all tables."""
    people = {row.split(",")[0]: " ".join(row.split(",")[1:3]).strip() for row in ROSTER.strip().splitlines()[1:]}
    seen: set[str] = set()
    for path, student, assignment, is_right in CLEAR:
        seen.add(path)
        yield path, people[student], assignment or "hw1", is_right
    for number, (path, header, student) in enumerate(SETTLED):
        yield f"{number}/{path}", header or people[student], "hw1", None
    for number, (path, header, candidates) in enumerate(OPEN):
        yield f"{number + 100}/{path}", header or people[min(candidates, default="s001")], "hw1", None
    for path, first, last, is_right in REAL:
        yield path, f"{first} {last}".strip(), "hw1", is_right


NAMES = list(of_the_names())


@pytest.fixture(scope="module")
def over_names(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Course, dict[str, dict[str, Any]], dict[str, NotebookNode]]:
    people = dict.fromkeys((first, last) for _, first, last, _ in REAL)
    rows = "".join(f"t{n:03},{first},{last},t{n:03}@example.edu\n" for n, (first, last) in enumerate(people, start=1))
    course = make_term(tmp_path_factory.mktemp("names"), ROSTER + rows)
    made: dict[str, NotebookNode] = {}
    for path, student, assignment, _ in NAMES:
        title, exercises = EXERCISES[assignment]
        made[path] = answered(released_notebook(assignment, title, exercises), student)
        if "_s008_" in path:
            made[path].cells[0].source += "\n\n**ID:** s008"
        drop(course.inbox, path, made[path])
        # and the copy that `submit()` makes of it, in a folder of its own
        copied = make_report("x.ipynb", made[path]["cells"], facts_in(course, assignment)).wanted
        drop(course.inbox, f"copies/{len(made)}/{copied}", made[path])
    return course, collected(course), made


def copy_of(path: str, fates: dict[str, dict[str, Any]], made: dict[str, NotebookNode]) -> dict[str, Any]:
    number = list(made).index(path) + 1
    return next(fate for name, fate in fates.items() if name.startswith(f"copies/{number}/"))


def test_every_name_has_one_fate_and_most_are_accepted(over_names: Any) -> None:
    _, fates, made = over_names
    assert len(fates) == 2 * len(made) >= 1080
    counts = [fate["fate"] for fate in fates.values()]
    assert counts.count("refused") == 0, "a sound notebook is never refused for its name"
    assert counts.count("accepted") + counts.count("superseded") >= 1000


def test_nobody_gets_another_students_work(over_names: Any) -> None:
    _, fates, _ = over_names
    rows = [row.split(",") for row in ROSTER.strip().splitlines()[1:]]
    students = {f"{first} {last}".strip() for _, first, last, _ in rows} | {f"{f} {s}".strip() for _, f, s, _ in REAL}
    settled = {f"{number}/{path}": student for number, (path, _, student) in enumerate(SETTLED)}
    for path, student, assignment, _ in NAMES:
        fate = fates[path]
        if fate["fate"] not in ("accepted", "superseded"):
            continue
        assert fate["assignment"] == assignment, path
        if path in settled:
            assert fate["student_id"] == settled[path], path
        else:
            assert student in students, path
            assert fate["student_name"] == student, path


@pytest.mark.parametrize(("path", "student", "assignment", "is_right"), NAMES, ids=[row[0] for row in NAMES])
def test_both_sides_say_the_same_of_every_name(
    over_names: Any, path: str, student: str, assignment: str, is_right: bool | None
) -> None:
    course, fates, made = over_names
    fate = fates[path]
    foretold = told(path, made[path], facts_in(course, assignment))
    if fate["fate"] == "needs_person":
        # Who it is, a person finds out; the student's side says at least that the name is not as it should be,
        # or else the name fits two people of the class or nobody, which no student can know.
        assert foretold or fate["candidates"] or "Nobody on the roster" in fate["reason"], fate
        return
    if student == fate["student_name"]:
        assert fate["deductions"] == foretold
    else:
        # Whoever writes "ada" at the top and Ada_Lovelace into the name knows more than the notebook: it warns.
        rest = [each for each in foretold if each["rule"] != "name"]
        assert [each for each in fate["deductions"] if each["rule"] != "name"] == rest
        assert {each["rule"] for each in fate["deductions"]} <= {each["rule"] for each in foretold}
    if is_right is not None:
        assert ("name" in {each["rule"] for each in foretold}) is not is_right


@pytest.mark.parametrize(("path", "student", "assignment", "is_right"), NAMES, ids=[row[0] for row in NAMES])
def test_the_copy_that_submit_makes_costs_nothing(
    over_names: Any, path: str, student: str, assignment: str, is_right: bool | None
) -> None:
    course, fates, made = over_names
    fate = copy_of(path, fates, made)
    report = make_report(path.split("/")[-1], made[path]["cells"], facts_in(course, assignment))
    if fate["fate"] != "needs_person":
        assert fate["deductions"] == [vars(each) for each in report.for_the_copy] == []
        assert fate["assignment"] == assignment
    else:
        # it names nobody of the class, or two of them, and no student's side can know that
        assert "name" in fate["reason"] or "Nobody on the roster" in fate["reason"] or fate["candidates"]


DAMAGED = [(name, what) for name in ("hw1", "project") for what in DAMAGES]


@pytest.fixture(scope="module")
def over_damages(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Course, dict[str, dict[str, Any]], dict[str, NotebookNode]]:
    course = make_term(tmp_path_factory.mktemp("damages"), ROSTER)
    made: dict[str, NotebookNode] = {}
    for number, (name, what) in enumerate(DAMAGED):
        title, exercises = EXERCISES[name]
        notebook = answered(released_notebook(name, title, exercises))
        DAMAGES[what][0](notebook, exercises)
        path = f"{number}/Ada_Lovelace_{name}.ipynb"
        made[f"{name} {what}"] = json.loads(as_bytes(copy.deepcopy(notebook)))
        drop(course.inbox, path, notebook)
    return course, collected(course), made


def test_there_are_sixty_notebooks() -> None:
    assert len(DAMAGES) >= 85


@pytest.mark.parametrize(("name", "what"), DAMAGED, ids=[f"{name} {what}" for name, what in DAMAGED])
def test_both_sides_say_the_same_of_every_damage(over_damages: Any, name: str, what: str) -> None:
    course, fates, made = over_damages
    path = f"{DAMAGED.index((name, what))}/Ada_Lovelace_{name}.ipynb"
    fate = fates[path]
    assert fate["fate"] in ("accepted", "superseded"), fate["reason"]
    assert [each["rule"] for each in fate["deductions"]] == list(DAMAGES[what][1]), fate["deductions"]
    notebook = made[f"{name} {what}"]
    foretold = told(path, notebook, facts_in(course, name))
    report = make_report(path.split("/")[-1], notebook["cells"], facts_in(course, name))
    if not report.student:
        # without a name at the top the student's side cannot say what the file should be called, and stops
        assert report.stops
        foretold = [each for each in foretold if each["rule"] != "name"]
    else:
        assert not report.stops
        assert report.wanted == f"Ada_Lovelace_{name}.ipynb" or what == "name in capitals"
    assert fate["deductions"] == foretold
    for each in fate["deductions"]:
        assert each["cell"] > 0, each
        assert each["rule"] == "header" or f"cell {each['cell']}" in each["evidence"]


# What a file on disk may be, over the tables of the intake; its name here is always Ada_Lovelace_hw1.ipynb.
FILES: dict[str, bytes] = {
    **{f"{reason} {len(data)}": data for name, data, _, reason in BAD if name == "Ada_Lovelace_hw1.ipynb"},
    **ODD,
    "format 5": SOUND.replace(b'"nbformat": 4', b'"nbformat": 5'),
    "format 3": SOUND.replace(b'"nbformat": 4', b'"nbformat": 3'),
    "a cell that is none": SOUND.replace(b'"cells": [', b'"cells": [{"cell_type": "slide"}, null, 3,'),
    "a source that is none": SOUND.replace(b'"cells": [', b'"cells": [{"cell_type": "code", "source": 3},'),
}
# No notebook of Jupyter's: the grader mends them, the student's side asks to save them anew.
ASKS_ANEW = {"utf-16", "utf-16 without mark", "windows"}


@pytest.fixture(scope="module")
def over_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, dict[str, Any]]]:
    course = make_term(tmp_path_factory.mktemp("files"), ROSTER)
    for number, data in enumerate(FILES.values()):
        folder = course.inbox / str(number)
        folder.mkdir()
        (folder / "Ada_Lovelace_hw1.ipynb").write_bytes(data)
    return course, collected(course)


def read_or_say(path: Path) -> Found | HandInError:
    try:
        return read_file(path)
    except HandInError as error:
        return error


@pytest.mark.parametrize("what", list(FILES))
def test_both_sides_take_the_same_files(over_files: Any, what: str) -> None:
    course, fates = over_files
    path = f"{list(FILES).index(what)}/Ada_Lovelace_hw1.ipynb"
    fate = fates[path]
    found = read_or_say(course.inbox / path)
    if isinstance(found, HandInError):
        assert found.mend
        assert str(found).count(". ") <= 2
        assert fate["fate"] == "refused" or what in ASKS_ANEW
        return
    report = make_report(found.path.name, found.cells, facts_in(course, "hw1"))
    assert not report.stops
    assert fate["fate"] in ("accepted", "superseded"), fate["reason"]
    assert fate["deductions"] == [vars(each) for each in report.deductions]


@pytest.mark.parametrize(("name", "what"), DAMAGED, ids=[f"{name} {what}" for name, what in DAMAGED])
def test_what_is_called_intact_needs_no_restoring(over_damages: Any, name: str, what: str) -> None:
    course, _, made = over_damages
    released = nbformat.read(course.released_notebook(name), as_version=4)
    notebook = read_notebook(json.dumps(made[f"{name} {what}"]).encode(), "x.ipynb").notebook
    assert notebook is not None
    if is_intact(notebook, released):
        assert restore(NotebookNode(notebook), released).changes == ()
    else:
        assert what not in ("nothing", "own cells added", "outputs cleared")
