"""Walk the demo's road: generate, release, collect, autograde, feedback, report, and the table at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat

from autograder import screen
from autograder.demo.inbox import fill_inbox
from autograder.demo.people import CLASS
from autograder.errors import FolderError
from autograder.grading import Graded, Status
from autograder.intake.fates import Fate
from autograder.nbgrader_bridge.steps import release
from autograder.receipts import Deduction, Receipt, receipts
from autograder.roads import run_collect, run_feedback, run_generate, run_grade, run_report
from autograder.rules.coursefile import Course, load_course

ASSIGNMENT = "hw1"
_REPOSITORY = Path(__file__).resolve().parent.parent.parent

_COURSE_FILE = """\
# The demo's course: made by `course demo`, yours to play with. Change a rule and run the demo again.
name = "First Descent, the demo"
time_zone = "America/New_York"
roster = "roster.csv"

[assignments.hw1]
title = "A line by descent"
kind = "homework"
deadline = "2026-09-18 23:59"

[assignments.hw2]
title = "Forward"
kind = "homework"
deadline = "2026-10-02 23:59"

[grading]
cell_timeout_seconds = 8
max_output_bytes = 100000
"""

_NBGRADER_CONFIG = """\

# The demo keeps its own exchange folder, so that nothing outside it is touched.
get_config().Exchange.root = str(Path(__file__).parent / "exchange")  # noqa: F821
"""


_MOST_REASONS = 3


def run_demo(folder: Path, *, as_json: bool = False) -> None:
    """Make the demo's course in `folder` and walk the whole road; what is there already is not done again.

    Raises FolderError if the folder cannot be written or holds something else.
    """
    _lay_out(folder)
    course = load_course(folder)
    _step(f"A class of {len(CLASS)} in {folder}, assignment {ASSIGNMENT}")
    if _is_out_of_date(course):
        run_generate(course, ASSIGNMENT)
        release(course, ASSIGNMENT, course.root / "exchange")
        _step("Generated and released", course.released_notebook(ASSIGNMENT))
    else:
        _step("Generated and released before", course.released_notebook(ASSIGNMENT))
    deadline = course.assignment(ASSIGNMENT).deadline
    if deadline is None:
        raise FolderError(f"{course.root / 'course.toml'} gives {ASSIGNMENT} no deadline.", "Put one back.")
    moment = deadline if deadline.tzinfo else deadline.replace(tzinfo=course.time_zone)
    released = nbformat.read(course.released_notebook(ASSIGNMENT), as_version=4)
    fill_inbox(course.inbox, released, moment)
    fates = run_collect(course, course.inbox)
    _step(f"Collected {len(fates)} files", course.inbox)
    graded = run_grade(course, ASSIGNMENT, jobs=min(2, os.cpu_count() or 1))
    count = sum(item.status is Status.GRADED for item in graded)
    _step(f"Graded {count} submissions, {len(graded) - count} had not changed", course.autograded)
    pages = run_feedback(course, ASSIGNMENT)
    report = run_report(course, ASSIGNMENT)
    found = {receipt.student: receipt for receipt in receipts(course, ASSIGNMENT)}
    rows = [_row(fate, found, graded) for fate in fates]
    if as_json:
        screen.show_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
        return
    screen.show_table(COLUMNS, rows, title=f"\n{len(rows)} files came in, one row each")
    screen.say(f"Class report:    {report}")
    screen.say(f"A feedback page: {_worth_reading(pages, found)}")
    screen.say(f"In JupyterLab:   cd {folder} && jupyter lab    (formgrader shows the class)")


COLUMNS = ("file", "student", "raw", "late", "format", "final", "reason")


def _row(fate: Fate, found: dict[str, Receipt], graded: tuple[Graded, ...]) -> tuple[str, ...]:
    """Return one inbox file's row: grades for what counts, the reason for what does not."""
    receipt = found.get(fate.student_id or "") if fate.fate == "accepted" else None
    if receipt is None:
        name = fate.student_name or fate.student_id or "–"
        return (fate.path, name, "–", "–", "–", "–", f"{str(fate.fate).replace('_', ' ')}: {fate.reason}")
    return (
        fate.path,
        receipt.name,
        f"{screen.number(receipt.raw)}/{screen.number(receipt.max)}",
        _lost(item for item in receipt.deductions if item.rule == "late"),
        _lost(item for item in receipt.deductions if item.rule != "late"),
        screen.number(receipt.final),
        _reason(receipt, fate),
    )


def _reason(receipt: Receipt, fate: Fate) -> str:
    """Say on what the points were lost, shortest first: exercises by name, then what else happened."""
    lost = [line for line in receipt.lines if line.points is not None and line.points < line.max]
    said = [f"{line.exercise}: {_first_sentence(line.message or line.rule)}" for line in lost]
    said += [f"{item.rule}: {item.evidence}" for item in receipt.deductions]
    said += [f"{fault.cell}: {_first_sentence(fault.sentence)}" for fault in receipt.faults]
    said += [f"{change.grade_id or change.kind}: {change.what}" for change in fate.changes]
    said += list(receipt.needs_person)
    if not said:
        return "all right"
    shown = said[:_MOST_REASONS]
    more = len(said) - len(shown)
    return "\n".join(shown) + (f"\n… and {more} more in the feedback page" if more else "")


def _first_sentence(text: str) -> str:
    first = text.split(". ")[0]
    return first if first.endswith((".", "?")) else f"{first}."


def _lost(taken: Iterable[Deduction]) -> str:
    points = sum(item.points for item in taken)
    return f"-{screen.number(points)}" if points else ""


def _step(text: str, place: Path | None = None) -> None:
    screen.err.print(f"[green]✓[/] {text}" + (f"  [dim]{place}[/]" if place else ""), soft_wrap=True)


def _worth_reading(pages: tuple[Path, ...], found: dict[str, Receipt]) -> Path | str:
    """Pick the page with the most to say: neither full marks nor nothing."""
    middling = sorted(found.values(), key=lambda receipt: abs((receipt.share or 0.0) - 0.5))
    for receipt in middling:
        for page in pages:
            if receipt.student in page.parts:
                return page
    return pages[0] if pages else "(none)"


def _is_out_of_date(course: Course) -> bool:
    """Whether the students' version is missing or older than its source."""
    made = course.released_notebook(ASSIGNMENT)
    return not made.is_file() or made.stat().st_mtime < course.source_notebook(ASSIGNMENT).stat().st_mtime


def _lay_out(folder: Path) -> None:
    """Write course file, roster, nbgrader's configuration and the assignment, where they are not there yet."""
    source = _REPOSITORY / "notebooks" / "assignments" / ASSIGNMENT
    if not source.is_dir():
        raise FolderError(
            f"The assignment's source is not at {source}.", "Run the demo from a clone of the repository."
        )
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / "course.toml").exists():
            raise FolderError(f"{folder} holds something else.", "Name an empty or a new folder with --folder.")
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "course.toml", _COURSE_FILE)
        _write(folder / "roster.csv", _roster())
        config = (_REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
        _write(folder / "nbgrader_config.py", config + _NBGRADER_CONFIG)
        target = folder / "notebooks" / "assignments" / ASSIGNMENT
        if not target.exists() or _is_newer(source, target):
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    except OSError as error:
        raise FolderError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder with --folder."
        ) from error


def _is_newer(source: Path, target: Path) -> bool:
    """Whether a file of the assignment differs from the demo's copy."""
    return any(
        not (target / path.name).exists() or (target / path.name).read_bytes() != path.read_bytes()
        for path in source.glob("*.ipynb")
    )


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def _roster() -> str:
    rows = [f"{pupil.id},{pupil.first_name},{pupil.last_name},{pupil.id}@example.org" for pupil in CLASS]
    return "\n".join(["id,first_name,last_name,email", *rows]) + "\n"
