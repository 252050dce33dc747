"""The rules about where answers stand: under their own heading, in a cell of their own, text in markdown cells."""

from __future__ import annotations

from collections.abc import Iterator

from course_utils.handing_in.cellmatch import Cells, Pairing, is_answer
from course_utils.handing_in.cellorder import moved_cells
from course_utils.handing_in.cells import defined_names, grade_id
from course_utils.handing_in.rules import Fault

SURE_ENOUGH = 0.75
"""How sure it must be which released cell an answer is; below this a person looks, and nothing is taken."""


def placement_faults(cells: Cells, released: Cells, pairing: Pairing) -> Iterator[Fault]:
    """Yield the answers that were moved or merged with another cell, and the text answers that are no longer text."""
    for place in moved_cells(pairing):
        at = pairing.pairs[place].submitted + 1
        yield Fault("placement", f"{grade_id(released[place])} stood in another place (cell {at})", at)
    for name, at in merged_answers(cells, released, pairing):
        yield Fault("placement", f"{name} was missing; its answer stands in cell {at}", at)
    for place, pair in sorted(pairing.pairs.items()):
        original, cell = released[place], cells[pair.submitted]
        is_text = original["cell_type"] == "markdown" and is_answer(original)
        if is_text and cell["cell_type"] != "markdown" and pair.confidence >= SURE_ENOUGH:
            at = pair.submitted + 1
            said = f"{grade_id(original)} is a {cell['cell_type']} cell and must be markdown (cell {at})"
            yield Fault("text_answers", said, at)


def merged_answers(cells: Cells, released: Cells, pairing: Pairing) -> Iterator[tuple[str, int]]:
    """Yield the answers whose cell is gone while another cell defines what they ask for, with that cell (from 1)."""
    for place, cell in enumerate(released):
        if place in pairing.pairs or not grade_id(cell) or not is_answer(cell):
            continue
        names = set(defined_names(cell))
        elsewhere = [at for at, other in enumerate(cells) if names & set(defined_names(other))]
        if elsewhere:
            yield grade_id(cell), elsewhere[-1] + 1
