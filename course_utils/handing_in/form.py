"""Hold one notebook against the course's format rules: file name, header, placement, text answers, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.handing_in.cellmatch import Cells, Pairing, is_answer, pair_cells
from course_utils.handing_in.cells import defined_names, grade_id
from course_utils.handing_in.order import order_faults
from course_utils.handing_in.placement import placement_faults
from course_utils.handing_in.rules import Fault
from course_utils.naming.assignment_names import AssignmentNames
from course_utils.naming.convention import name_fault
from course_utils.naming.filenames import FileName
from course_utils.naming.headers import Header, header_fault, person_in


@dataclass(frozen=True)
class Form:
    """What is known of a notebook beside its cells: its file's name, whose it is, and which assignment.

    `another` is the name at its top where that is somebody else's. A student's own notebook knows only the name at its
    top, which is then `full_name`.
    """

    file: FileName
    full_name: str
    assignment: str
    title: str
    pattern: str
    identifier: str = ""
    another: str = ""


def broken_rules(
    form: Form,
    header: Header,
    cells: Cells,
    released: Cells,
    names: AssignmentNames,
    pairing: Pairing | None = None,
) -> Iterator[Fault]:
    """Yield every broken format rule of a notebook; `released` are the cells of the notebook as it was handed out."""
    if wrong := _misnamed(form, header):
        yield Fault("name", wrong)
    if missing := header_fault(header, form.assignment, form.title, names, form.another):
        yield Fault("header", missing, header.cell or 1)
    placed = list(placement_faults(cells, released, pairing or pair_cells(cells, released)))
    yield from placed
    yield from order_faults(cells, {fault.cell - 1 for fault in placed}, _written_as_text(cells, released))


def _misnamed(form: Form, header: Header) -> str:
    """Say what is wrong with the file's name, by the roster's name for the student or by the one at the top.

    The student's side knows only the latter, and names the copy by it: what it says is right costs nothing later.
    """
    at_top = "" if form.another else plain_person(header)
    faults = [
        name_fault(form.file, each, form.assignment, form.pattern, form.identifier)
        for each in dict.fromkeys((form.full_name, at_top))
        if each or each == form.full_name
    ]
    return faults[0] if all(faults) else ""


def _written_as_text(cells: Cells, released: Cells) -> set[str]:
    """List the functions asked for that stand in a text cell: the answer is put back before it is graded."""
    asked = {name for cell in released if grade_id(cell) and is_answer(cell) for name in defined_names(cell)}
    return asked & {name for cell in cells if cell["cell_type"] != "code" for name in defined_names(cell)}


def plain_person(header: Header) -> str:
    """Give the name at the top as one would say it: `Lovelace, Ada` and `Ada_Lovelace` are Ada Lovelace."""
    return " ".join(person_in(header).replace("_", " ").split())
