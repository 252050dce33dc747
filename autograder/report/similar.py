"""Which notebooks to look at side by side: those that share much which few others have.

    for pair in similar({"s001": notebook, "s002": other, …}, known=[released, lecture, …]):
        print(pair.one, pair.other, pair.share, pair.places)

The way is that of MOSS (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003), for small notebooks: runs of tokens are
compared, those that stand in the course's own notebooks do not count, nor those that more than a few people wrote.
Short answers leave no runs at all. A pair is named only if what it shares is long, and most of what is rare in one
of the two. It is a reason to look and no proof: no grade depends on it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from nbformat import NotebookNode
from rapidfuzz import fuzz

from autograder.report.passages import Piece, all_pieces, own_pieces

LEAST_SHARE = 0.6
"""Of what only few people wrote, the share of the smaller notebook that the other one has, too."""
FEW = 3
"""A passage that more people have, or a twentieth of a large class, is the usual way to write it."""
MOST_TOKENS = 6_000
"""Of one notebook."""


@dataclass(frozen=True)
class _Kind:
    """Code or text: how many tokens make a run, and how many shared ones are worth a look.

    In a single place it takes twice as many where `is_spread`: two may well solve one exercise alike.
    """

    is_code: bool
    run: int
    least: int
    is_spread: bool

    def is_enough(self, count: int, places: int) -> bool:
        """Whether so many shared tokens in so many places are worth a look."""
        return count >= (2 if self.is_spread and places < 2 else 1) * self.least


_KINDS = (_Kind(True, 12, 100, True), _Kind(False, 6, 40, False))


@dataclass(frozen=True)
class SideBySide:
    """One place that two notebooks share: where it stands in each, and what was written there."""

    place: str
    other_place: str
    source: str
    other_source: str

    @property
    def likeness(self) -> float:
        """How alike the two are letter for letter, names and comments included; 1 is the same text."""
        return fuzz.ratio(self.source, self.other_source) / 100


@dataclass(frozen=True)
class Pair:
    """Two submissions to look at side by side (ids), the places that are most alike first.

    `tokens` (code) and `words` (text) are shared and stand in few other notebooks; `share` is how much that is of what
    only few people wrote in the smaller of the two.
    """

    one: str
    other: str
    tokens: int
    words: int
    share: float
    sides: tuple[SideBySide, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """Where in the first notebook the shared passages stand."""
        return tuple(dict.fromkeys(side.place for side in self.sides))

    @property
    def likeness(self) -> float:
        """How alike these places are letter for letter, weighted by their length."""
        long = [len(side.source) + len(side.other_source) for side in self.sides]
        return sum(side.likeness * size for side, size in zip(self.sides, long, strict=True)) / max(1, sum(long))


def few_of(students: int) -> int:
    """Return how many people may share a passage that still counts as rare; below 2 the class is too small to tell."""
    return min(max(FEW, students // 20), students // 3)


def similar(notebooks: Mapping[str, NotebookNode], known: Iterable[NotebookNode]) -> tuple[Pair, ...]:
    """Return the pairs worth a look, the most alike first.

    `known` are the notebooks whose passages everybody may have: what was released, the model answers, the lectures.
    """
    few = few_of(len(notebooks))
    if few < 2:
        return ()
    mine = {student: own_pieces(notebook) for student, notebook in sorted(notebooks.items())}
    given = [piece for notebook in known for piece in all_pieces(notebook)]
    found = [pair for kind in _KINDS for pair in _pairs(kind, mine, given, few)]
    found.sort(key=lambda pair: (pair.one, pair.other))
    return tuple(sorted(_joined(found), key=lambda pair: (-pair.share, -pair.tokens - pair.words)))


@dataclass(frozen=True)
class _Runs:
    """A piece with the runs of tokens in it, by where they begin."""

    piece: Piece
    runs: tuple[int, ...]
    length: int

    def covered(self, wanted: Container[int]) -> int:
        """Count the tokens that stand in wanted runs."""
        count = end = 0
        for start, run in enumerate(self.runs):
            if run in wanted:
                count += start + self.length - max(start, end)
                end = start + self.length
        return count


def _runs(kind: _Kind, pieces: Sequence[Piece]) -> list[_Runs]:
    room = MOST_TOKENS
    found = []
    for piece in pieces:
        if piece.is_code is not kind.is_code or room <= 0:
            continue
        tokens = piece.tokens[:room]
        room -= len(tokens)
        runs = tuple(hash(tokens[at : at + kind.run]) for at in range(len(tokens) - kind.run + 1))
        found.append(_Runs(piece, runs, kind.run))
    return found


def _pairs(kind: _Kind, mine: Mapping[str, Sequence[Piece]], given: Sequence[Piece], few: int) -> Iterable[Pair]:
    common = {run for piece in given for each in _runs(kind, [piece]) for run in each.runs}
    cut = {student: _runs(kind, pieces) for student, pieces in mine.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for student, pieces in cut.items():
        for run in {run for piece in pieces for run in piece.runs} - common:
            holders[run].append(student)
    shared: dict[tuple[str, str], set[int]] = defaultdict(set)
    rare: dict[str, set[int]] = defaultdict(set)
    for run, students in holders.items():
        if len(students) <= few:
            for student in students:
                rare[student].add(run)
            for pair in combinations(students, 2):  # in the order of the class
                shared[pair].add(run)
    for (one, other), runs in shared.items():
        both = [sum(piece.covered(runs) for piece in cut[student]) for student in (one, other)]
        whole = [sum(piece.covered(rare[student]) for piece in cut[student]) for student in (one, other)]
        count = min(both)
        share = max(part / total for part, total in zip(both, whole, strict=True))
        if count < kind.least or share < LEAST_SHARE:
            continue
        sides = tuple(_sides(cut[one], cut[other], runs))
        if kind.is_enough(count, len(sides)):
            yield Pair(one, other, count if kind.is_code else 0, 0 if kind.is_code else count, share, sides)


def _sides(mine: Sequence[_Runs], theirs: Sequence[_Runs], runs: set[int]) -> Iterable[SideBySide]:
    """Yield for each place of the first notebook the place of the other that shares most with it."""
    found = []
    for piece in mine:
        here = runs.intersection(piece.runs)
        if not here:
            continue
        there = max(theirs, key=lambda other: (other.covered(here), other.piece.place == piece.piece.place))
        found.append((piece.covered(here), piece.piece, there.piece))
    for _, one, other in sorted(found, key=lambda each: -each[0]):
        yield SideBySide(one.place, other.place, one.source, other.source)


def _joined(pairs: Iterable[Pair]) -> Iterable[Pair]:
    """Join what was found in code and in text of the same two."""
    by_two: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_two[pair.one, pair.other].append(pair)
    for (one, other), found in by_two.items():
        counts = Counter({"tokens": sum(p.tokens for p in found), "words": sum(p.words for p in found)})
        sides = tuple(side for pair in found for side in pair.sides)
        yield Pair(one, other, counts["tokens"], counts["words"], max(p.share for p in found), sides)
