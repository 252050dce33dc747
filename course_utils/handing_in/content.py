"""What a cell holds, against what its ids say: cells are copied, swapped, renamed and typed into."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from course_utils.handing_in.cells import Cell, defined_names, normal, parsed


class Content:
    """What released cells say, and what their answers define: a cell that holds another's words is not this one."""

    def __init__(self, released: Sequence[Cell], asked: Mapping[int, Iterable[str]]) -> None:
        self._said = [normal(str(cell["source"])) for cell in released]
        self._asked = {place: frozenset(names) for place, names in asked.items()}

    def allows(self, cell: Cell, place: int) -> bool:
        """Say whether a submitted cell can be released cell `place` by what stands in it."""
        said = normal(str(cell["source"]))
        if said and said != self._said[place] and self._said.count(said) == 1:
            return False  # it reads exactly as another released cell does
        names = set(defined_names(cell))
        others = any(names & asked for at, asked in self._asked.items() if at != place)
        if place not in self._asked:  # a locked cell may hold an answer beside its own text
            return not others or (bool(self._said[place]) and self._said[place] in said)
        return not others or bool(names & self._asked[place])


def is_renamed(cell: Cell, original: Cell, *, by_name: bool = False) -> bool:
    """Say whether a cell defines something that takes what the original takes; `by_name`: and is called alike."""
    wanted, found = signatures(original), signatures(cell)
    return any(
        found[name] == takes and (not by_name or asked.lower() in name.lower())
        for asked, takes in wanted.items()
        for name in found
    )


def signatures(cell: Cell) -> dict[str, tuple[str, ...]]:
    """Give what a code cell defines at its top level with what it takes: a function's parameters, a class's bases."""
    return dict(_signatures_in(str(cell.get("source", ""))))


@lru_cache(maxsize=8192)  # each cell is asked about once for each answer that is missing
def _signatures_in(source: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for node in parsed(source) or ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            found[node.name] = tuple(each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs))
        elif isinstance(node, ast.ClassDef):
            found[node.name] = ("class", *(ast.unparse(base) for base in node.bases))
    return found
