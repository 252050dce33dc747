"""The order of a rebuilt notebook's cells: as released, the student's own behind their neighbours."""

from __future__ import annotations

from bisect import bisect_left

from course_utils.handing_in.cellmatch import Cells, Pairing
from course_utils.handing_in.cells import grade_id, normal


def order_cells(submitted: Cells, released: Cells, pairing: Pairing) -> list[tuple[bool, int]]:
    """List (is from the submission, place) in order; a missing released cell stands where it belongs."""
    anchors = {place: pair.submitted for place, pair in pairing.pairs.items()}
    if moved_cells(pairing):
        anchors |= _plain_anchors(submitted, released, anchors)
    followers: dict[int, list[int]] = {-1: []}
    behind = -1
    standing = set(anchors.values())
    for at in range(len(submitted)):
        if at in standing:
            behind = at
            followers[at] = []
        else:
            followers[behind].append(at)
    order = [(True, at) for at in followers[-1]]
    for place, cell in enumerate(released):
        if place in anchors:
            order += [(True, at) for at in (anchors[place], *followers[anchors[place]])]
        elif grade_id(cell):
            order.append((False, place))
    return order


def moved_cells(pairing: Pairing) -> list[int]:
    """List the released cells that stand out of order: all but a longest run that is in order."""
    places = sorted(pairing.pairs, key=lambda place: pairing.pairs[place].submitted)
    tails: list[int] = []
    runs: list[list[int]] = []
    for place in places:
        at = bisect_left(tails, place)
        run = [*(runs[at - 1] if at else []), place]
        tails[at : at + 1] = [place]
        runs[at : at + 1] = [run]
    kept = set(runs[-1]) if runs else set()
    return [place for place in places if place not in kept]


def _plain_anchors(submitted: Cells, released: Cells, anchors: dict[int, int]) -> dict[int, int]:
    """Find the released cells without grade id, which only matter once cells were shuffled."""
    taken = set(anchors.values())
    found: dict[int, int] = {}
    for place, cell in enumerate(released):
        if grade_id(cell):
            continue
        free = [at for at in range(len(submitted)) if at not in taken]
        same_id = [at for at in free if submitted[at].get("id") == cell.get("id", "")]
        source = normal(str(cell["source"]))
        same = same_id or [at for at in free if normal(str(submitted[at]["source"])) == source]
        if len(same) == 1:
            found[place] = same[0]
            taken.add(same[0])
    return found
