"""What the grader will see in a notebook: whose it is, each answer, each deduction to come, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.handing_in.cellmatch import Cells, Pair, Pairing, is_answer, pair_cells
from course_utils.handing_in.cells import Cell, grade_id, marks, normal
from course_utils.handing_in.facts import Facts
from course_utils.handing_in.form import Form, broken_rules, plain_person
from course_utils.handing_in.fresh import CellRun, Run
from course_utils.handing_in.own_words import own_words, why_incomplete
from course_utils.handing_in.rules import Deduction, deductions
from course_utils.naming.assignment_names import AssignmentNames, index_assignments
from course_utils.naming.convention import safe_words, wanted_name
from course_utils.naming.filenames import read_file_name
from course_utils.naming.headers import Header, read_header

NAME_FIRST = "Your name is missing at the top of the notebook, so the file cannot be named."


@dataclass(frozen=True)
class Answer:
    """One answer: its cell (from 1; 0 if it is gone), how it stands, and the points so far of those it can give.

    `points` is None where nobody knows yet: a person grades it, or it is graded after it has been handed in. `check` is
    the cell that checks it, 0 if there is none.
    """

    name: str
    cell: int
    state: str
    points: float | None
    max_points: float | None
    detail: str = ""
    check: int = 0


@dataclass(frozen=True)
class Report:
    """What the grader will see; `stops` is why the notebook cannot be handed in yet, empty if it can.

    `deductions` are those of the file as it is called now. The copy has the right name, so `name` costs only whoever
    hands in the file under its old one.
    """

    file_name: str
    student: str
    assignment: str
    wanted: str
    answers: tuple[Answer, ...]
    deductions: tuple[Deduction, ...]
    max_percent: float
    notes: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()

    @property
    def for_the_copy(self) -> tuple[Deduction, ...]:
        """The deductions that the rightly named copy will have."""
        return tuple(each for each in self.deductions if each.rule != "name")


def make_report(file_name: str, cells: Cells, facts: Facts, run: Run | None = None) -> Report:
    """Hold a notebook against the course's rules; `run` is its fresh run, None if it was not run."""
    names = index_assignments(facts.works)
    known = [work.name for work in facts.works]
    template = read_header(facts.released) if facts.released else None
    header = read_header(cells, template)
    student = plain_person(header)
    pairing = pair_cells(cells, facts.released)
    form = Form(
        file=read_file_name(file_name, known),
        full_name=student,
        identifier=header.identifier,
        assignment=facts.assignment,
        title=facts.title or facts.assignment,
        pattern=facts.name_pattern,
    )
    faults = broken_rules(form, header, cells, facts.released, names, pairing)
    runs = run.cells if run is not None else {}
    answers = tuple(_answers(cells, facts, pairing, runs)) if facts.released else ()
    return Report(
        file_name=file_name,
        student=student,
        assignment=facts.assignment,
        wanted=wanted_name(student, facts.assignment, facts.name_pattern),
        answers=answers,
        deductions=deductions(faults, facts.deductions),
        max_percent=facts.max_percent,
        notes=tuple(_notes(cells, student, answers, run)),
        stops=tuple(_stops(student, header, facts, pairing, names)),
    )


def _stops(student: str, header: Header, facts: Facts, pairing: Pairing, names: AssignmentNames) -> Iterator[str]:
    if not student:
        yield f"{NAME_FIRST} Write first and last name behind **Name:** in the first cell, save, and run this again."
    said = names.find(header.assignment)
    if said.denies(facts.assignment):
        other = " and ".join((*said.known, *said.unknown))
        where = f"in cell {header.cell}" if header.cell else "at the top"
        this = facts.assignment
        yield f"The assignment {where} says {other}, but this notebook is {this}. Write {this} there."
    if facts.released and not pairing.pairs:
        mend = "Put your answers into the notebook as it was handed out."
        yield f"No cell of this notebook comes from {facts.assignment}. {mend}"


def _notes(cells: Cells, student: str, answers: tuple[Answer, ...], run: Run | None) -> Iterator[str]:
    if student and len(safe_words(student)) == 1:
        yield f'Only one name stands at the top: "{student}". If you have a first and a last name, write both.'
    if run is None:
        return
    if run.broke_off:
        yield run.broke_off
    told = {cell for answer in answers for cell in (answer.cell, answer.check)}
    for at, ended in run.cells.items():
        if not ended.error or at in told:
            continue
        cell = cells[at - 1]
        outputs = [each for each in cell.get("outputs") or [] if isinstance(each, dict)]
        ran = isinstance(cell.get("execution_count"), int) and not any(o.get("output_type") == "error" for o in outputs)
        yield f"Cell {at} stops: {describe(ended)}." + (
            " In the saved notebook it ran: something it needs is made further down, or no longer there." if ran else ""
        )


def describe(ended: CellRun) -> str:
    """Say in one line how a cell stopped, and in which of its lines."""
    says = " ".join(ended.says.split())[:160].rstrip(".")
    where = f', in line {ended.line[0]}: "{ended.line[1]}"' if ended.line else ""
    return f"{ended.error}{f': {says}' if says else ''}{where}"


def _answers(cells: Cells, facts: Facts, pairing: Pairing, runs: object) -> Iterator[Answer]:
    ended: dict[int, CellRun] = dict(runs) if isinstance(runs, dict) else {}
    given = "\n".join(str(cell["source"]) for cell in facts.released if marks(cell).get("locked"))
    for place, original in enumerate(facts.released):
        if not grade_id(original) or not is_answer(original):
            continue
        pair = pairing.pairs.get(place)
        if original["cell_type"] == "markdown":
            yield _text_answer(original, cells, pair, facts, given)
        else:
            yield _code_answer(place, original, cells, pair, facts.released, pairing, ended)


def _text_answer(original: Cell, cells: Cells, pair: Pair | None, facts: Facts, given: str) -> Answer:
    name, most = grade_id(original), _points(original)
    if pair is None:
        return Answer(name, 0, "missing", 0.0, most, "Its cell is gone: an empty one will be graded.")
    at, text, released = pair.submitted + 1, str(cells[pair.submitted]["source"]), str(original["source"])
    if text.strip() in ("", released.strip()):
        return Answer(name, at, "not written", 0.0, most, "The cell is empty." if not text.strip() else "")
    own = own_words(text, released, given)
    counted = f"{own} {'word' if own == 1 else 'words'} of your own"
    if facts.kind != "lab":
        return Answer(name, at, "written", None, most, f"{counted}; a person grades it.")
    if why_incomplete(text, released=released, given=given, least=facts.lab_answer_words):
        asked = f"{counted}: at least {facts.lab_answer_words} are asked for."
        return Answer(name, at, "too short", 0.0, most, asked)
    return Answer(name, at, "written", most, most, f"{counted}.")


def _code_answer(
    place: int,
    original: Cell,
    cells: Cells,
    pair: Pair | None,
    released: Cells,
    pairing: Pairing,
    ended: dict[int, CellRun],
) -> Answer:
    name = grade_id(original).removesuffix("-answer")
    tests = (at for at, cell in enumerate(released) if at > place and marks(cell).get("grade"))
    test = next((at for at in tests if not is_answer(released[at])), -1)
    most = _points(released[test]) if test >= 0 else None
    tested = pairing.pairs.get(test)
    check = tested.submitted + 1 if tested is not None else 0
    verdict = ended.get(check)
    points = verdict.points if verdict is not None else None
    shown = verdict.shown.splitlines() if verdict is not None else []
    headline = shown[0] if shown else ""
    said = shown[1].strip() if headline.startswith("✗") and len(shown) > 1 else ""
    if pair is None:
        return Answer(name, 0, "missing", points, most, "Its cell is gone.", check)
    at = pair.submitted + 1
    own = ended.get(at)
    if own is not None and own.error:
        return Answer(name, at, "stops", points or 0.0, most, describe(own), check)
    is_stub = normal(str(cells[pair.submitted]["source"])) == normal(str(original["source"]))
    if is_stub or headline.startswith("○"):
        return Answer(name, at, "not written", points, most, check=check)
    if verdict is not None and verdict.error:
        stops = f"Its check in cell {check} stops: {describe(verdict)}"
        return Answer(name, at, "written", 0.0, most, stops, check)
    if headline.startswith("●"):
        return Answer(name, at, "recorded", None, most, "Graded after you have handed it in.", check)
    return Answer(name, at, "written", points, most, said, check)


def _points(cell: Cell) -> float | None:
    value = marks(cell).get("points")
    return float(value) if isinstance(value, int | float) else None
