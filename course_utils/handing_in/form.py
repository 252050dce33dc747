"""Hold one notebook against the course's format rules: file name, header, placement, text answers, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.handing_in.cellmatch import Cells, Pairing, pair_cells
from course_utils.handing_in.order import order_faults
from course_utils.handing_in.placement import placement_faults
from course_utils.handing_in.rules import Fault
from course_utils.naming.assignment_names import AssignmentNames
from course_utils.naming.convention import name_fault
from course_utils.naming.filenames import FileName
from course_utils.naming.headers import Header, header_fault


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
    if wrong := name_fault(form.file, form.full_name, form.assignment, form.pattern, form.identifier):
        yield Fault("name", wrong)
    if missing := header_fault(header, form.assignment, form.title, names, form.another):
        yield Fault("header", missing, header.cell or 1)
    placed = list(placement_faults(cells, released, pairing or pair_cells(cells, released)))
    yield from placed
    yield from order_faults(cells, {fault.cell - 1 for fault in placed})
