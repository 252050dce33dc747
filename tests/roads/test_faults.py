"""A class in which everybody's notebook has a fault, graded once by each road: `course grade` and `nbgrader autograde`.

Whatever a notebook does or has suffered, the class is graded to its end, everybody has a row with a sentence in it,
and only the exercise at fault, and what truly needs it, loses points. By default some faults of each kind are handed
in, with FIRST_DESCENT_FULL=1 all; `FIRST_DESCENT_FAULTS_PAGE=docs/faults.md` also hands all in, and writes what was
read and lost into that page.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from fault_table import EXERCISES, SPREAD, TABLE, UNGRADED, Faulty, answered, as_saved
from small_term import REPOSITORY
from term_class import FIRST, LAST

from autograder.engine.worker.client import isolation_here
from autograder.nbgrader_bridge.gradebook import Score, scores
from autograder.nbgrader_bridge.steps import generate
from autograder.receipts import Receipt, receipts
from autograder.receipts.in_short import in_short
from autograder.rules.coursefile import Course, load_course

pytestmark = pytest.mark.slow

ROADS = ("course grade", "nbgrader autograde")
PAGE = REPOSITORY / "docs/faults.md"

COURSE = """\
name = "Faults"
time_zone = "Europe/Paris"
roster = "roster.csv"

[assignments.hw1]
title = "A line by descent"
kind = "homework"

[assignments.hw2]
title = "Forward"
kind = "homework"

[grading]
cell_timeout_seconds = 2
max_output_bytes = 20000
"""
CUT = {"hw1": EXERCISES, "hw2": ("sigmoid", "relu")}


@dataclass(frozen=True)
class Pupil:
    """Who hands a fault in."""

    id: str
    first: str
    last: str

    @property
    def file_name(self) -> str:
        return f"{self.first}_{self.last}_hw1.ipynb"


def _pupil(number: int) -> Pupil:
    first = FIRST[(number * 7 + number // 40) % len(FIRST)]
    return Pupil(f"s{number:03}", first, f"{LAST[number % 40]}{('', '-Ferreira', '-Oyelaran', '-Quist')[number // 40]}")


IS_FULL = bool(os.environ.get("FIRST_DESCENT_FULL") or os.environ.get("FIRST_DESCENT_FAULTS_PAGE"))
TRIED = {name: fault for name, fault in TABLE.items() if IS_FULL or name in SPREAD}
GRADED = [name for name in TRIED if name not in UNGRADED]
WAITING = [name for name in TRIED if name in UNGRADED]
PUPILS = {name: _pupil(number) for number, name in enumerate(TRIED)}


@dataclass(frozen=True)
class Road:
    """One road as it went: each student's receipt, rows, page and, where files are collected, fate."""

    course: Course
    shown: str
    receipts: dict[str, Receipt]
    rows: dict[str, list[Score]]
    pages: dict[str, str]
    fates: dict[str, dict]


def _cut_down(assignment: str, folder: Path) -> None:
    """Write an assignment's source with its first exercises only, and nothing that takes time."""
    notebook = nbformat.read(REPOSITORY / f"notebooks/assignments/{assignment}/{assignment}.ipynb", as_version=4)
    wanted = {f"{name}{part}" for name in CUT[assignment] for part in ("-text", "-answer", "")}
    wanted |= {"start-text", "setup"}
    head, *rest = notebook.cells
    notebook.cells = [head, *(cell for cell in rest if cell.metadata.get("nbgrader", {}).get("grade_id") in wanted)]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "setup":
            cell.source = "import torch\n\nfrom course_utils import check"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{assignment}.ipynb")


def _lay_out(root: Path) -> Course:
    root.mkdir(parents=True)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    lines = [f"{each.id},{each.first},{each.last},{each.id}@example.org" for each in PUPILS.values()]
    (root / "roster.csv").write_text("\n".join(["id,first_name,last_name,email", *lines]) + "\n", encoding="utf-8")
    for assignment in CUT:
        _cut_down(assignment, root / "notebooks/assignments" / assignment)
    course = load_course(root)
    for assignment in CUT:
        generate(course, assignment)
    return course


def _data(course: Course, pupil: Pupil, fault: Faulty) -> bytes:
    released = nbformat.read(course.released_notebook("hw1"), as_version=4)
    notebook = answered(released, f"{pupil.first} {pupil.last}")
    changed = fault.change(notebook)
    if changed == b"hw2":
        return course.released_notebook("hw2").read_bytes()
    return changed if isinstance(changed, bytes) else as_saved(changed if changed is not None else notebook)


def _begin(*words: str, cwd: Path) -> subprocess.Popen[str]:
    scripts = Path(sys.prefix) / "bin"
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(
        [str(scripts / words[0]), *words[1:]],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _end(process: subprocess.Popen[str], expect: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=1500)
    assert process.returncode == expect, out[-3000:] + err[-3000:]
    return out, err


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Road]:
    """Both roads, walked at the same time in two copies of one course."""
    if not isolation_here().is_sandbox:
        pytest.skip(f"fork bombs are for a sandbox, and this machine has none: {isolation_here().refused}")
    base = tmp_path_factory.mktemp("faults")
    ours = _lay_out(base / "course")
    theirs = load_course(shutil.copytree(ours.root, base / "nbgrader"))
    ours.inbox.mkdir()
    for name, fault in TRIED.items():
        pupil = PUPILS[name]
        path = ours.inbox / pupil.file_name
        path.write_bytes(_data(ours, pupil, fault))
        there = theirs.submitted / pupil.id / "hw1"
        there.mkdir(parents=True)
        os.link(path, there / "hw1.ipynb")
    stock = _begin("nbgrader", "autograde", "hw1", cwd=theirs.root)
    fates = json.loads(_end(_begin("course", "collect", "--json", cwd=ours.root))[0])
    for name in WAITING:  # collect keeps them out of here; nbgrader's exchange would not
        here = ours.submitted / PUPILS[name].id / "hw1"
        here.mkdir(parents=True)
        os.link(ours.inbox / PUPILS[name].file_name, here / "hw1.ipynb")
    shown = "".join(_end(_begin("course", "grade", "hw1", "-j", "2", cwd=ours.root)))
    _end(_begin("course", "feedback", "hw1", cwd=ours.root))
    log = "".join(_end(stock, expect=1))  # it says so if there was one it could not grade
    _end(_begin("nbgrader", "generate_feedback", "hw1", cwd=theirs.root))
    walked = {
        ROADS[0]: _walked(ours, shown, {each["path"].split("!/")[0]: each for each in fates}),
        ROADS[1]: _walked(theirs, log, {}),
    }
    if page := os.environ.get("FIRST_DESCENT_FAULTS_PAGE"):
        Path(page).write_text(_page(walked), encoding="utf-8")
    yield walked
    shutil.rmtree(base, ignore_errors=True)


def _walked(course: Course, shown: str, fates: dict[str, dict]) -> Road:
    rows: dict[str, list[Score]] = {}
    for score in scores(course, "hw1"):
        rows.setdefault(score.student, []).append(score)
    found = {receipt.student: receipt for receipt in receipts(course, "hw1")}
    pages = {
        path.parts[-3]: re.sub(r"<[^>]+>", "", html.unescape(path.read_text(encoding="utf-8")))
        for path in course.feedback.glob("*/hw1/hw1.html")
    }
    return Road(course, shown, found, rows, pages, fates)


def sentences(receipt: Receipt) -> list[str]:
    """Return what a receipt says of a submission apart from what was earned."""
    said = [fault.sentence for fault in receipt.faults]
    said += [line.verdict.idea for line in receipt.lines if line.verdict is not None and line.verdict.idea]
    said += [f"{change.rstrip('.')}." for change in receipt.restored]
    return said


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("name", GRADED)
def test_a_fault_is_said_and_costs_no_more_than_itself(name: str, road: str, roads: dict[str, Road]) -> None:
    fault, walked, student = TABLE[name], roads[road], PUPILS[name].id
    receipt = walked.receipts[student]
    assert student in walked.rows, receipt.needs_person
    [row] = walked.rows[student]
    lost = tuple(exercise for exercise in EXERCISES if row.cells[exercise] != 1.0)
    assert lost == fault.costs, (sentences(receipt), walked.fates.get(PUPILS[name].file_name))
    assert all(row.cells[exercise] is not None for exercise in lost)
    said = sentences(receipt)
    if not fault.says or (fault.fickle and not said):
        assert [each for each in said if not SMALL_REPAIRS.match(each[:1].lower() + each[1:])] == []
        return
    [told, *_] = [each for each in said if re.search(fault.says, each)] or [said]
    assert isinstance(told, str), told
    assert told.endswith((".", "?"))
    assert not re.search(r"[.?!] [A-Z]", told.split("\u201c")[0])
    page = " ".join(walked.pages[student].split())
    assert " ".join(told.rstrip(".").split()) in page
    assert re.search(fault.says, in_short(receipt, most=4))


SMALL_REPAIRS = re.compile("byte order|brought from|cell [0-9]+|missing cell|read as|the (cell.s id|kernel)|was not")
"""What a receipt says of a file's form that is no fault of the work."""


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("name", WAITING)
def test_what_cannot_be_graded_waits_for_a_person_with_the_reason(name: str, road: str, roads: dict[str, Road]) -> None:
    fault, walked, pupil = TABLE[name], roads[road], PUPILS[name]
    receipt = walked.receipts[pupil.id]
    assert (receipt.raw, receipt.final) == (None, None)
    assert re.search(fault.ungraded, " ".join(receipt.needs_person)), receipt.needs_person
    assert re.search(fault.ungraded, in_short(receipt))
    assert not (walked.course.autograded / pupil.id).exists()
    if road == ROADS[0]:
        fate = walked.fates[pupil.file_name]
        assert fate["fate"] in ("refused", "needs_person")
        assert re.search(fault.ungraded, fate["reason"]), fate["reason"]
        assert fate["student_id"] == pupil.id or "!/" in fate["path"]  # a file in a zip has a name of its own
        assert "not a zero" in walked.pages[pupil.id]
        assert pupil.id not in walked.rows
        return
    [row] = walked.rows[pupil.id]
    assert row.needs_person
    assert set(row.cells.values()) == {None}


@pytest.mark.parametrize("road", ROADS)
def test_everybody_has_one_row_and_one_grade_for_each_exercise(road: str, roads: dict[str, Road]) -> None:
    walked = roads[road]
    expected = set(GRADED) if road == ROADS[0] else set(TRIED)
    assert set(walked.rows) == {PUPILS[name].id for name in expected}
    assert Counter(len(each) for each in walked.rows.values()) == {1: len(expected)}
    for [row] in walked.rows.values():
        assert set(row.cells) == set(EXERCISES)
        assert row.max == 4.0


def test_every_file_has_one_fate(roads: dict[str, Road]) -> None:
    fates = roads[ROADS[0]].fates
    assert {pupil.file_name for pupil in PUPILS.values()} == {name.split("!/")[0] for name in fates}


def test_the_class_is_shown_with_what_happened(roads: dict[str, Road]) -> None:
    shown = roads[ROADS[0]].shown
    assert "Traceback" not in shown
    for words in ("stopped after 2 seconds", "nobody types", "asked Python to end"):
        assert words in " ".join(shown.split()), words


def test_a_second_run_grades_nothing_again(roads: dict[str, Road]) -> None:
    walked = roads[ROADS[0]]
    done = json.loads(_end(_begin("course", "grade", "hw1", "-j", "2", "--json", cwd=walked.course.root))[0])
    assert Counter(each["status"] for each in done) == {"unchanged": len(GRADED), "needs a person": len(WAITING)}
    assert len({each["student"] for each in done}) == len(done)


def test_the_table_has_the_faults_that_were_asked_for() -> None:
    assert len(TABLE) >= len(TRIED) >= 60
    assert set(SPREAD) <= set(TABLE)
    assert len(set(PUPILS.values())) == len(TRIED)


def test_the_page_of_faults_is_about_this_table() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert [row[0].removeprefix("| ").replace("`", "") for row in rows] == list(TABLE)
    for name, *_, cost in rows:
        fault = TABLE[name.removeprefix("| ").replace("`", "")]
        assert cost.removesuffix(" |") == _cost(fault)


def _cost(fault: Faulty) -> str:
    return "not graded: no points and no 0" if fault.ungraded else ", ".join(fault.costs) or "nothing"


def _page(walked: dict[str, Road]) -> str:
    """Return docs/faults.md as both roads went."""
    lines = [
        "# What faulty notebooks cost",
        "",
        f"{len(TABLE)} notebooks, each with one fault, handed in by one class and graded twice: by `course grade`",
        "after `course collect`, and by `nbgrader autograde` with the kit's configuration. The class works on four",
        "exercises of homework 1 (`sse`, `mse`, `mae`, `rmse`; `mse` calls `sse`, `rmse` calls `mse`). All answers are",
        "right but for the fault, and a cell may take 2 seconds. Both roads cost the same; the sentence is the one on",
        "the student's page. The test that grades the class writes this page (`tests/roads/test_faults.py`).",
        "",
        "| the fault | what the student reads | what it costs |",
        "|---|---|---|",
    ]
    for name, fault in TABLE.items():
        lines.append(f"| {name} | {_read(name, fault, walked).replace('|', chr(92) + '|')} | {_cost(fault)} |")
    return "\n".join(lines) + "\n"


def _read(name: str, fault: Faulty, walked: dict[str, Road]) -> str:
    ours = walked[ROADS[0]]
    if fault.ungraded:
        return " ".join(str(ours.fates[PUPILS[name].file_name]["reason"]).split())
    if not fault.says:
        return "–"
    said = sentences(ours.receipts[PUPILS[name].id])
    return next((" ".join(each.split()) for each in said if re.search(fault.says, each)), "–")
