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
from test_naming import CLEAR, OPEN, SETTLED
from typer.testing import CliRunner

from autograder.cli import app
from autograder.nbgrader_bridge.handing_in import facts_of
from autograder.rules.coursefile import Course, load_course
from course_utils.handing_in.facts import Facts, read_facts, write_facts
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
    """List (path, whose name stands at the top, assignment, whether the name is right) over all tables."""
    people = {row.split(",")[0]: " ".join(row.split(",")[1:3]).strip() for row in ROSTER.strip().splitlines()[1:]}
    seen: set[str] = set()
    for path, student, assignment, is_right in CLEAR:
        seen.add(path)
        yield path, people[student], assignment or "hw1", is_right
    for path, _, student in SETTLED:
        if path not in seen:
            seen.add(path)
            yield path, people[student], "hw1", None
    for path, header, candidates in OPEN:
        if path not in seen:
            seen.add(path)
            yield path, header or people[min(candidates, default="s001")], "hw1", None
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
    return course, collected(course), made


def test_every_name_has_one_fate_and_most_are_accepted(over_names: Any) -> None:
    _, fates, made = over_names
    assert len(fates) == len(made) >= 540
    counts = [fate["fate"] for fate in fates.values()]
    assert counts.count("refused") == 0, "a sound notebook is never refused for its name"
    assert counts.count("accepted") + counts.count("superseded") >= 500


def test_nobody_gets_another_students_work(over_names: Any) -> None:
    _, fates, _ = over_names
    for path, student, assignment, _ in NAMES:
        fate = fates[path]
        if fate["fate"] in ("accepted", "superseded"):
            assert (fate["student_name"], fate["assignment"]) == (student, assignment), path


@pytest.mark.parametrize(("path", "student", "assignment", "is_right"), NAMES, ids=[row[0] for row in NAMES])
def test_both_sides_say_the_same_of_every_name(
    over_names: Any, path: str, student: str, assignment: str, is_right: bool | None
) -> None:
    course, fates, made = over_names
    fate = fates[path]
    foretold = told(path, made[path], facts_in(course, assignment))
    if fate["fate"] == "needs_person":
        # Who it is, a person finds out; the student's side says at least that the name is not as it should be,
        # or else the name fits two people of the class, which no student can know.
        assert foretold or fate["candidates"], fate
        return
    assert fate["deductions"] == foretold
    if is_right is not None:
        assert ("name" in {each["rule"] for each in foretold}) is not is_right


DAMAGED = [(name, what) for name in ("hw1", "hw2", "project") for what in DAMAGES]


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
    assert len(DAMAGED) >= 60


@pytest.mark.parametrize(("name", "what"), DAMAGED, ids=[f"{name} {what}" for name, what in DAMAGED])
def test_both_sides_say_the_same_of_every_damage(over_damages: Any, name: str, what: str) -> None:
    course, fates, made = over_damages
    path = f"{DAMAGED.index((name, what))}/Ada_Lovelace_{name}.ipynb"
    fate = fates[path]
    assert fate["fate"] in ("accepted", "superseded"), fate["reason"]
    assert [each["rule"] for each in fate["deductions"]] == list(DAMAGES[what][1]), fate["deductions"]
    notebook = made[f"{name} {what}"]
    foretold = told(path, notebook, facts_in(course, name))
    if what == "no header":
        # without a name at the top the student's side cannot say what the file should be called, and stops
        assert make_report("x.ipynb", notebook["cells"], facts_in(course, name)).stops
        foretold = [each for each in foretold if each["rule"] != "name"]
    assert fate["deductions"] == foretold
    for each in fate["deductions"]:
        assert each["cell"] > 0, each
        assert each["rule"] == "header" or f"cell {each['cell']}" in each["evidence"]
