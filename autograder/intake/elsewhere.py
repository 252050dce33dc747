"""Find answers that stand elsewhere: in another answer's cell, in a test, in a text, in a cell of the student's own.

An answer is known by the function or class it defines. `settle` looks where an answer's own cell does not hold it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from course_utils.handing_in.cellmatch import Cells, Pairing, is_answer
from course_utils.handing_in.cells import Cell, defined_names, grade_id, normal, parsed
from course_utils.handing_in.content import is_renamed

_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Piece:
    """An answer found in a cell of the submission (from 0): its code, and whether the cell holds nothing else."""

    cell: int
    source: str
    meaning: str  # the definition without its looks
    is_whole: bool
    is_code: bool = True


@dataclass(frozen=True)
class Found:
    """Where an answer stands: the piece that counts, other cells that hold a different one, how sure."""

    piece: Piece
    others: tuple[int, ...] = ()
    confidence: float = 0.9


def settle(cells: Cells, wanted: Cells, pairing: Pairing) -> dict[int, Found]:
    """Find the code answers (by released place) that their own cells do not hold, or hold as text."""
    asked = {place: frozenset(defined_names(cell)) for place, cell in enumerate(wanted) if _is_code_answer(cell)}
    pieces = _all_pieces(cells, wanted, asked)
    settled: dict[int, Found] = {}
    for place, found in pieces.items():
        own = pairing.pairs[place].submitted if place in pairing.pairs else -1
        inside = [piece for piece in found if piece.cell == own]
        if inside and cells[own]["cell_type"] == "code":
            continue
        chosen = inside[-1:] or found
        if len({piece.meaning for piece in chosen}) == 1:
            settled[place] = Found(chosen[0], (), 0.9 if chosen[0].is_code else 0.6)
            continue
        test = _test_of(place, wanted, pairing)
        before = [piece for piece in chosen if piece.cell < test] or chosen
        others = {piece.cell for piece in chosen if piece.meaning != before[-1].meaning}
        settled[place] = Found(before[-1], tuple(sorted(others)), 0.6)
    return settled


def renamed(cells: Cells, original: Cell, wanted: Cells) -> list[int]:
    """List the cells that define what an answer's cell asks for, under a name that no exercise asks for."""
    known = {name for cell in wanted if _is_code_answer(cell) for name in defined_names(cell)}
    return [
        at
        for at, cell in enumerate(cells)
        if not known & set(defined_names(cell)) and is_renamed(cell, original, by_name=True)
    ]


def is_empty_answer(cell: Cell, wanted: Cells) -> bool:
    """Say whether a code cell reads as an answer's cell was released."""
    said = normal(str(cell["source"]))
    return cell["cell_type"] == "code" and any(
        _is_code_answer(other) and normal(str(other["source"])) == said for other in wanted
    )


def belongs_elsewhere(cell: Cell, place: int, wanted: Cells) -> bool:
    """Say whether a cell holds other exercises' answers, and not the one of released cell `place`."""
    names = set(defined_names(cell))
    asked = {at: set(defined_names(other)) for at, other in enumerate(wanted) if _is_code_answer(other)}
    return not names & asked.get(place, set()) and any(names & each for at, each in asked.items() if at != place)


def _is_code_answer(cell: Cell) -> bool:
    return bool(grade_id(cell)) and is_answer(cell) and bool(defined_names(cell))


def _all_pieces(cells: Cells, wanted: Cells, asked: Mapping[int, frozenset[str]]) -> dict[int, list[Piece]]:
    said = {normal(str(cell["source"])) for cell in wanted}
    empty = {place: _meaning(str(wanted[place]["source"]), names) for place, names in asked.items()}
    found: dict[int, list[Piece]] = {}
    for at, cell in enumerate(cells):
        if normal(str(cell["source"])) in said:
            continue
        for source in _code_in(cell):
            holds = {place: meaning for place, names in asked.items() if (meaning := _meaning(source, names))}
            for place, meaning in holds.items():
                if meaning == empty[place]:
                    continue
                strange = frozenset[str]().union(*(asked[other] for other in holds if other != place))
                own = _without(source, strange)
                is_whole = not strange and source == str(cell["source"])
                found.setdefault(place, []).append(Piece(at, own, meaning, is_whole, parsed(source) is not None))
    return found


def _code_in(cell: Cell) -> Iterator[str]:
    """Yield the code in a cell: a code cell's source, a text's fenced blocks, or a text that is code."""
    source = str(cell["source"])
    if cell["cell_type"] == "code":
        yield source
        return
    blocks = [match.group(2) for match in _FENCED.finditer(source)]
    yield from blocks or [source]


def _meaning(source: str, names: frozenset[str]) -> str:
    """Return the last definition of one of `names`, without its looks; "" if there is none."""
    if not any(name in source for name in names):
        return ""
    body = parsed(source)
    if body is None:
        slip = re.search(r"^(?:async\s+)?(?:def|class)\s+(\w+)", source, re.MULTILINE)
        return normal(source) if slip and names & set(defined_names({"source": source})) else ""
    return next((ast.dump(node) for node in reversed(body) if isinstance(node, _DEFINITION) and node.name in names), "")


def _without(source: str, names: frozenset[str]) -> str:
    """Return code without the definitions of `names`, and without calls of check(): only locked cells' calls count."""
    body = parsed(source)
    if body is None:
        return source.strip("\n")
    lines = source.splitlines()
    for node in body:
        is_check = (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "check"
        )
        if is_check or (isinstance(node, _DEFINITION) and node.name in names):
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
            for number in range(first - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n")


def _test_of(place: int, wanted: Cells, pairing: Pairing) -> int:
    """Return where the submission has the locked cell that follows an answer; far behind if it has none."""
    later = range(place + 1, len(wanted))
    test = next((at for at in later if grade_id(wanted[at]) and not is_answer(wanted[at])), -1)
    return pairing.pairs[test].submitted if test in pairing.pairs else 10**9
