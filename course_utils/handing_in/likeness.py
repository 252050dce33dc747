"""How alike two texts are, in percent: the share of letters they have in common in the same order."""

from __future__ import annotations


def likeness(one: str, other: str) -> float:
    """Return 200 times the longest common subsequence over the sum of the lengths; two empty texts are 100.

    The same number as `rapidfuzz.fuzz.ratio`, which is no part of the students' installation.
    Source: H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004.
    """
    total = len(one) + len(other)
    if not total:
        return 100.0
    places: dict[str, int] = {}
    for at, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << at
    everything = (1 << len(one)) - 1
    open_places = everything  # a place whose bit is off ends a match
    for letter in other:
        found = open_places & places.get(letter, 0)
        open_places = ((open_places + found) | (open_places - found)) & everything
    return 200.0 * (len(one) - open_places.bit_count()) / total
