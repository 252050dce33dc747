"""The rule that a notebook runs from top to bottom, read from its cells: nothing is run.

It is broken in two ways only. A cell needs a name that no cell above it makes but one below it does; or it ran without
an error in the notebook as saved, and needs a name that no cell makes any more. In which order the cells were run, how
often, and what numbers stand in the brackets beside them is nobody's business.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from course_utils.handing_in.cells import Cell
from course_utils.handing_in.names_used import Body, CellNames, names_used
from course_utils.handing_in.rules import Fault

_ALWAYS_THERE = frozenset(dir(builtins)) | {"display", "get_ipython", "In", "Out", "exit", "quit", "__file__", "check"}
_OF_IPYTHON = re.compile(r"_+|_i{0,3}\d*|__name__|__doc__")
_MOST = 3  # faults named; the rest follows from them as a rule


def order_faults(
    cells: Sequence[Cell], misplaced: Collection[int] = (), given: Collection[str] = ()
) -> Iterator[Fault]:
    """Yield the cells that need what only a later cell makes, or what none makes any more.

    `misplaced` are cells (from 0) that another rule reports as moved: neither what they need nor what they make counts
    here, so that one slip costs once. `given` are names that count as made, for the same reason.
    """
    read = {
        at: names_used(str(cell.get("source", ""))) for at, cell in enumerate(cells) if cell.get("cell_type") == "code"
    }
    made_at: dict[str, list[int]] = {}
    for at, names in read.items():
        for name in names.makes:
            made_at.setdefault(name, []).append(at)
    known = {*_ALWAYS_THERE, *given}
    functions: dict[str, Body] = {}
    reported: set[str] = set()
    anything = any(names.is_opaque for names in read.values())
    for at, names in read.items():
        if names.is_opaque:
            return  # from here on, any name may be there
        functions |= names.functions
        if at not in misplaced:
            for name, is_checked in _missing(names, known, functions):
                makers = made_at.get(name, [])
                if name in reported or any(maker in misplaced for maker in makers):
                    continue
                if makers:
                    reported.add(name)
                    yield Fault("order", f"cell {at + 1} needs {name}, which only cell {makers[0] + 1} makes", at + 1)
                elif not anything and _ran_well(cells[at], is_checked):
                    reported.add(name)
                    yield Fault("order", f"cell {at + 1} ran with {name}, which no cell makes any more", at + 1)
                if len(reported) == _MOST:
                    return
        known |= names.makes


def _missing(names: CellNames, known: set[str], functions: Mapping[str, Body]) -> Iterator[tuple[str, bool]]:
    """Yield the names a cell needs and does not have, and whether only what it checks needs them."""
    for name in names.needs:
        if name not in known and not _OF_IPYTHON.fullmatch(name):
            yield name, False
    here = known | names.makes
    for is_checked, called in ((False, names.calls), (True, names.checks)):
        waiting, seen = list(called), set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in functions:
                continue
            seen.add(name)
            waiting += functions[name].calls
            for each in functions[name].needs:
                if each not in here and not _OF_IPYTHON.fullmatch(each):
                    yield each, is_checked


def _ran_well(cell: Cell, is_checked: bool) -> bool:
    """Say whether the saved notebook shows that a cell ran without an error; a check must have given points."""
    outputs: list[Mapping[str, Any]] = [each for each in cell.get("outputs") or [] if isinstance(each, Mapping)]
    if not isinstance(cell.get("execution_count"), int) or any(o.get("output_type") == "error" for o in outputs):
        return False
    return not is_checked or any(_number(output) > 0 for output in outputs)


def _number(output: Mapping[str, Any]) -> float:
    data = output.get("data")
    said = data.get("text/plain", "") if isinstance(data, Mapping) else ""
    try:
        return float("".join(said))
    except (TypeError, ValueError):
        return 0.0
