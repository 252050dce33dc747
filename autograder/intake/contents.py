"""Which assignment do a notebook's cells come from? nbgrader's ids, released cells and functions tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.handing_in.cells import defined_names, grade_id, normal

_LONG_ENOUGH = 40  # characters: a shorter source may stand in any notebook
_CLEAR_SHARE = 0.8  # of the tell-tale cells found
_CLEAR_COVER = 0.3  # of an assignment's released cells


@dataclass(frozen=True)
class ContentReading:
    """What the cells say: `assignment` if it is clear, the others they also speak of, and the evidence."""

    assignment: str | None
    mixed: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Contents:
    """What tells one assignment's notebook from another's; build it with `index_contents`."""

    assignments: frozenset[str]
    _by_grade_id: Mapping[str, str]
    _by_source: Mapping[str, str]
    _by_function: Mapping[str, str]
    _source_count: Mapping[str, int]

    def read(self, cells: Sequence[Mapping[str, Any]]) -> ContentReading:
        """Read which assignment the cells come from."""
        ids = Counter(self._by_grade_id[i] for i in dict.fromkeys(map(grade_id, cells)) if i in self._by_grade_id)
        if ids:
            return _clear(ids, "grade ids")
        sources = {normal(str(cell.get("source", ""))) for cell in cells}
        found = Counter(self._by_source[source] for source in sources if source in self._by_source)
        covered = Counter(
            {name: n for name, n in found.items() if n >= 2 and n >= _CLEAR_COVER * self._source_count[name]}
        )
        if covered:
            return _clear(covered, "released cells")
        functions = {name for cell in cells if cell.get("cell_type") == "code" for name in defined_names(cell)}
        written = Counter(self._by_function[name] for name in functions if name in self._by_function)
        if written:
            return _clear(written, "function names")
        return ContentReading(None, (), "")


def _clear(counts: Counter[str], what: str) -> ContentReading:
    (best, count), *others = counts.most_common()
    mixed = tuple(sorted(name for name, _ in others))
    if count >= _CLEAR_SHARE * counts.total():
        return ContentReading(best, mixed, f"{count} {what} of {best}")
    listed = " and ".join(f"{n} {what} of {name}" for name, n in counts.most_common())
    return ContentReading(None, tuple(sorted(counts)), listed)


def index_contents(notebooks: Mapping[str, Mapping[str, Any]]) -> Contents:
    """Index the released notebook (a dict with `cells`) of each assignment."""
    grade_ids, sources, functions = (defaultdict(set) for _ in range(3))
    for name, notebook in notebooks.items():
        for cell in notebook["cells"]:
            if identifier := grade_id(cell):
                grade_ids[identifier].add(name)
            if len(source := normal(str(cell.get("source", "")))) >= _LONG_ENOUGH:
                sources[source].add(name)
            if cell.get("cell_type") == "code":
                for function in defined_names(cell):
                    functions[function].add(name)
    by_source = _of_one(sources)
    return Contents(
        assignments=frozenset(notebooks),
        _by_grade_id=_of_one(grade_ids),
        _by_source=by_source,
        _by_function=_of_one(functions),
        _source_count=Counter(by_source.values()),
    )


def _of_one(index: Mapping[str, set[str]]) -> dict[str, str]:
    """Keep what belongs to one assignment only: what two share tells nothing."""
    return {key: next(iter(names)) for key, names in index.items() if len(names) == 1}
