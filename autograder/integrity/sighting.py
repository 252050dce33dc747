"""One thing that was seen: where, in one sentence, with the line it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_QUOTED = 160


class Kind(StrEnum):
    """By what a sighting was made."""

    SOURCE = "source"
    """By reading the student's cells."""
    FILE = "file"
    """By comparing the file that came in with what was handed out."""
    KERNEL = "kernel"
    """By looking at the kernel after the last cell."""
    RESPONSE = "response"
    """By reading what the kernel answered."""
    OUTPUT = "output"
    """By reading what the cells showed."""


@dataclass(frozen=True)
class Sighting:
    """What was seen in `cell` (a grade_id, "cell 7", or "" for the file), quoted where there is a line to quote.

    One that is not `is_clear` is found in honest work as well: it never puts a submission on the list, and stands
    there only beside one that is.
    """

    kind: Kind
    cell: str
    sentence: str
    quote: str = ""
    is_clear: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the sighting as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Sighting:
        """Rebuild a sighting from `to_json`'s plain data."""
        words = (str(data["cell"]), str(data["sentence"]), str(data["quote"]))
        return cls(Kind(data["kind"]), *words, bool(data["is_clear"]))


def is_listed(sightings: Iterable[Sighting]) -> bool:
    """Whether at least one of them is clear."""
    return any(sighting.is_clear for sighting in sightings)


def listed(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return what the report shows of them: each sentence once in a cell, the clear ones first; nothing if none is."""
    found = {(sighting.cell, sighting.sentence): sighting for sighting in reversed(list(sightings))}
    if not is_listed(found.values()):
        return ()
    return tuple(sorted(reversed(found.values()), key=lambda sighting: not sighting.is_clear))


def quoted(text: str) -> str:
    """Return a line fit to be quoted: what cannot be printed is spelled out, what is too long is cut."""
    line = " ".join(text.split())
    spelled = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)
    return spelled if len(spelled) <= MOST_QUOTED else spelled[: MOST_QUOTED - 1] + "…"
