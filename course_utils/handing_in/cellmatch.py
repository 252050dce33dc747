"""Pair the cells of a submission with the released cells they come from, and say how sure each pair is.

In this order: nbgrader's grade id, the cell's own id, the same source, the functions a cell defines, the
likeness of locked text, and last the place between neighbours that are known. An id that the cell's own content
contradicts is not believed: cells are copied, swapped and typed into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from course_utils.handing_in.cells import Cell, defined_names, grade_id, normal
from course_utils.handing_in.content import Content, is_renamed
from course_utils.handing_in.likeness import likeness

Cells = Sequence[Cell]
_ALIKE = 85.0  # percent: locked text below this is somebody else's text
_LEAD = 10.0  # and it must beat the next by this much


@dataclass(frozen=True)
class Pair:
    """Released cell `released` is the submission's cell `submitted` (both count from 0)."""

    released: int
    submitted: int
    confidence: float
    how: str
    copies: tuple[int, ...] = ()  # further cells that carry the same grade id


@dataclass
class Pairing:
    """All pairs by released cell, and the answers whose cell could be one of several."""

    pairs: dict[int, Pair] = field(default_factory=dict)
    unsure: dict[int, tuple[int, ...]] = field(default_factory=dict)
    believes: Callable[[Cell, int], bool] = field(default=lambda cell, place: True, repr=False, compare=False)

    def taken(self) -> set[int]:
        """List the submission's cells that are paired."""
        return {pair.submitted for pair in self.pairs.values()}

    def add(self, pair: Pair) -> None:
        """Take up a pair."""
        self.pairs[pair.released] = pair


def is_answer(cell: Cell) -> bool:
    """Say whether a released cell is for the student to fill in."""
    return bool(cell["metadata"]["nbgrader"].get("solution"))


def is_graded_by_hand(cell: Cell) -> bool:
    """Say whether a released cell is an answer that carries points itself."""
    return is_answer(cell) and bool(cell["metadata"]["nbgrader"].get("grade"))


def pair_cells(submitted: Cells, released: Cells) -> Pairing:
    """Pair every released cell that has a grade id with a cell of the submission, where there is one."""
    pairing = Pairing()
    asked = {at: defined_names(cell) for at, cell in enumerate(released) if grade_id(cell) and is_answer(cell)}
    pairing.believes = Content(released, asked).allows
    wanted = [place for place, cell in enumerate(released) if grade_id(cell)]
    _by_grade_id(pairing, submitted, released, wanted)
    for step in (_by_cell_id, _by_source, _by_functions, _by_likeness, _by_place):
        missing = [place for place in wanted if place not in pairing.pairs]
        if not missing:
            break
        step(pairing, submitted, released, missing)
    return pairing


def _free(pairing: Pairing, submitted: Cells) -> list[int]:
    taken = pairing.taken()
    return [place for place in range(len(submitted)) if place not in taken]


def _by_grade_id(pairing: Pairing, submitted: Cells, released: Cells, wanted: list[int]) -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(submitted):
        if identifier := grade_id(cell):
            holders[identifier].append(place)
    for place in wanted:
        claimed = holders.get(grade_id(released[place]), [])
        found = [each for each in claimed if pairing.believes(submitted[each], place)]
        if len(found) == 1:
            pairing.add(Pair(place, found[0], 1.0, "grade id"))
        elif found:
            best, confidence, why = _choose(found, place, submitted, released)
            copies = tuple(each for each in found if each != best)
            pairing.add(Pair(place, best, confidence, why, copies))


def _choose(found: list[int], place: int, submitted: Cells, released: Cells) -> tuple[int, float, str]:
    """Choose among copies of one cell: the one that was worked on, else the one whose result counts."""
    original = released[place]
    said = {each: normal(str(submitted[each]["source"])) for each in found}
    start = normal(str(original["source"]))
    if not is_answer(original):
        same = [each for each in found if said[each] == start]
        return (
            (same or found)[0],
            1.0,
            "the first copy that still reads as released" if same else "the first copy",
        )
    worked_on = [each for each in found if said[each] not in (start, "")]
    if not worked_on:
        return found[0], 1.0, "the first copy; none was worked on"
    if len({said[each] for each in worked_on}) == 1:
        alike = len(worked_on) == len(found)
        return worked_on[0], 0.98, "the first; they are alike" if alike else "the copy that was worked on"
    names = set(defined_names(original))
    defining = [each for each in worked_on if names & set(defined_names(submitted[each]))]
    if names and len(defining) == 1:
        return defining[0], 0.95, f"the copy that defines {', '.join(sorted(names))}"
    if is_graded_by_hand(original):
        return worked_on[0], 0.5, "the first of several different answers"
    # Python keeps the last definition, so the last copy before the test is what the student's own run tested.
    test = _test_after(place, submitted, released)
    before = [each for each in (defining or worked_on) if each < test]
    return (
        (before or defining or worked_on)[-1],
        0.9,
        "the last copy before the test, the one that ran",
    )


def _test_after(place: int, submitted: Cells, released: Cells) -> int:
    """Find where the submission has the locked cell that follows an answer."""
    following = next((grade_id(c) for c in released[place + 1 :] if grade_id(c) and not is_answer(c)), "")
    return next((i for i, cell in enumerate(submitted) if following and grade_id(cell) == following), len(submitted))


def _by_cell_id(pairing: Pairing, submitted: Cells, released: Cells, missing: list[int]) -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    for place in _free(pairing, submitted):
        if isinstance(identifier := submitted[place].get("id"), str):
            holders[identifier].append(place)
    for place in missing:
        found = [at for at in holders.get(str(released[place].get("id")), []) if pairing.believes(submitted[at], place)]
        if len(found) == 1:
            pairing.add(Pair(place, found[0], 0.97, "cell id"))


def _by_source(pairing: Pairing, submitted: Cells, released: Cells, missing: list[int]) -> None:
    sources: dict[str, list[int]] = defaultdict(list)
    for place in _free(pairing, submitted):
        sources[normal(str(submitted[place]["source"]))].append(place)
    wanted: dict[str, list[int]] = defaultdict(list)
    for place in missing:
        wanted[normal(str(released[place]["source"]))].append(place)
    for source, places in wanted.items():
        found = sources.get(source, [])
        # several released cells may read alike (an empty answer): their order tells, if all are there
        if source and found and (len(places) == 1 or len(places) == len(found)):
            for place, each in zip(places, found, strict=False):
                pairing.add(Pair(place, each, 0.98 if len(found) == len(places) == 1 else 0.9, "the same source"))


def _by_functions(pairing: Pairing, submitted: Cells, released: Cells, missing: list[int]) -> None:
    for place in missing:
        names = set(defined_names(released[place]))
        if not names or not is_answer(released[place]):
            continue
        found = [i for i in _free(pairing, submitted) if names & set(defined_names(submitted[i]))]
        if not found:
            continue
        test = pairing.pairs.get(_next_locked(place, released))
        before = [each for each in found if test is None or each < test.submitted]
        confidence = 0.95 if len(found) == 1 else 0.85
        pairing.add(Pair(place, (before or found)[-1], confidence, f"it defines {', '.join(sorted(names))}"))


def _next_locked(place: int, released: Cells) -> int:
    later = range(place + 1, len(released))
    return next((i for i in later if grade_id(released[i]) and not is_answer(released[i])), -1)


def _by_likeness(pairing: Pairing, submitted: Cells, released: Cells, missing: list[int]) -> None:
    """Pair locked cells that were edited: their text is known, so likeness means something."""
    for place in missing:
        if is_answer(released[place]):
            continue
        wanted = str(released[place]["source"])
        scored = sorted(
            ((likeness(wanted, str(submitted[i]["source"])), i) for i in _free(pairing, submitted)),
            key=lambda each: (-each[0], each[1]),
        )
        if not scored or scored[0][0] < _ALIKE:
            continue
        score, best = scored[0]
        rivals = [score for score, _ in scored[1:2]]
        rivals += [
            likeness(str(other["source"]), str(submitted[best]["source"]))
            for at, other in enumerate(released)
            if at != place
        ]
        if score - max(rivals, default=0.0) >= _LEAD:
            pairing.add(Pair(place, best, round(score / 100, 2), f"{score:.0f} % like the released text"))


def _by_place(pairing: Pairing, submitted: Cells, released: Cells, missing: list[int]) -> None:
    """Pair an answer with the one cell that stands where it belongs; if several could be it, say so."""
    known = {normal(str(cell["source"])) for cell in released} | {""}
    for place in missing:
        if not is_answer(released[place]):
            continue
        strangers = [
            at
            for at in _free(pairing, submitted)
            if not grade_id(submitted[at]) and normal(str(submitted[at]["source"])) not in known
        ]
        before = [pair.submitted for at, pair in pairing.pairs.items() if at < place]
        after = [pair.submitted for at, pair in pairing.pairs.items() if at > place]
        near = [at for at in strangers if max(before, default=-1) < at < min(after, default=len(submitted))]
        rivals = [at for at in missing if at != place and is_answer(released[at])]
        is_alone = not any(_same_gap(at, place, pairing) for at in rivals)
        if defined_names(released[place]):
            named = [at for at in strangers if is_renamed(submitted[at], released[place], by_name=True)]
            fitting = named or [at for at in near if is_alone and is_renamed(submitted[at], released[place])]
            how = "it takes the same arguments, under another name"
            found = [at for at in near if defined_names(submitted[at])] or named
        else:
            fitting = [at for at in near if is_alone and submitted[at]["cell_type"] == released[place]["cell_type"]]
            how = "the only such cell that stands in its place"
            found = near or [at for at in strangers if submitted[at]["cell_type"] == released[place]["cell_type"]]
        if len(fitting) == 1:
            pairing.add(Pair(place, fitting[0], 0.8, how))
        elif found:
            pairing.unsure[place] = tuple(found)


def _same_gap(one: int, other: int, pairing: Pairing) -> bool:
    """Say whether no paired cell stands between two released cells."""
    low, high = sorted((one, other))
    return not any(low < at < high for at in pairing.pairs)
