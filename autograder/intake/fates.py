"""What became of each inbox file, and how that is kept in `records/fates.json`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.errors import FolderError
from autograder.intake.people import Candidate
from autograder.intake.restore import Change
from autograder.intake.store import write_if_changed
from course_utils.handing_in.rules import Deduction

__all__ = [
    "ACCEPTED",
    "FATES",
    "LEDGER",
    "NEEDS_PERSON",
    "REFUSED",
    "SUPERSEDED",
    "Deduction",
    "Fate",
    "Ledger",
    "Written",
    "as_row",
    "fate_from_json",
    "is_stamped",
    "load_ledger",
    "save_ledger",
    "settle_versions",
]

ACCEPTED = "accepted"
SUPERSEDED = "superseded"
NEEDS_PERSON = "needs_person"
REFUSED = "refused"
FATES = (ACCEPTED, SUPERSEDED, NEEDS_PERSON, REFUSED)
_VERSION = 1
LEDGER = "fates.json"
"""The name of the file in `records` where fates are kept."""


@dataclass(frozen=True)
class Fate:
    """What became of one inbox file, or of one file in an archive (`archive.zip!/file`).

    `submitted_at` is in UTC and `time_source` says where it comes from; `reason` is one sentence; `digest` is
    the SHA-256 under which the original is kept in `records/inbox`, "" if it was not read.
    """

    path: str
    fate: str
    reason: str
    student_id: str | None = None
    student_name: str = ""
    assignment: str | None = None
    submitted_at: dt.datetime | None = None
    time_source: str = ""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    assignment_candidates: tuple[str, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    changes: tuple[Change, ...] = ()
    digest: str = ""
    upload_order: tuple[int, int] = (0, 0)  # a platform's count of uploads, and the number of the copy

    @property
    def for_a_person(self) -> tuple[Change, ...]:
        """The changes made in restoring that somebody should look at."""
        return tuple(change for change in self.changes if change.needs_person)

    def as_json(self) -> dict[str, Any]:
        """Give the fate as plain data; the time in ISO format."""
        data = asdict(self)
        data["submitted_at"] = self.submitted_at.isoformat() if self.submitted_at else None
        return data


def as_row(fate: Fate, max_percent: float = 100.0) -> dict[str, Any]:
    """Give a fate as `course collect --json` prints it: file, fate, student, assignment, deduction, candidates, reason.

    `format_deduction` is what all broken format rules take together, in percent, at most `max_percent`; what else is
    known of the file follows.
    """
    known = fate.as_json()
    return {
        "file": fate.path,
        "fate": fate.fate,
        "student": fate.student_id,
        "assignment": fate.assignment,
        "format_deduction": min(sum(each.percent for each in fate.deductions), max_percent),
        "candidates": known["candidates"],
        "reason": fate.reason,
        **known,
    }


def fate_from_json(data: Mapping[str, Any]) -> Fate:
    """Read back what `Fate.as_json` wrote."""
    values = dict(data)
    stamp = values.get("submitted_at")
    values["submitted_at"] = dt.datetime.fromisoformat(stamp) if stamp else None
    for key, kind in (("candidates", Candidate), ("deductions", Deduction), ("changes", Change)):
        values[key] = tuple(kind(**each) for each in values.get(key, ()))
    values["assignment_candidates"] = tuple(values.get("assignment_candidates", ()))
    values["upload_order"] = tuple(values.get("upload_order", (0, 0)))
    return Fate(**values)


@dataclass(frozen=True)
class Written:
    """What was written to `submitted` for one student's work: the digests of original, release and result."""

    original: str
    released: str
    written: str


@dataclass(frozen=True)
class Ledger:
    """All fates so far, and what was written to `submitted`, by `student/assignment`."""

    fates: tuple[Fate, ...] = ()
    written: Mapping[str, Written] = field(default_factory=dict)


def load_ledger(file: Path) -> Ledger:
    """Read `records/fates.json`; there being none is an empty ledger.

    Raises:
        FolderError: the file is damaged.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        fates = tuple(fate_from_json(each) for each in data["fates"])
        written = {key: Written(**value) for key, value in data["written"].items()}
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise FolderError(
            f"{file} cannot be read ({error}).",
            "Move it away and collect again: it is made anew from the inbox.",
        ) from None
    return Ledger(fates, written)


def save_ledger(file: Path, ledger: Ledger) -> None:
    """Write `records/fates.json` whole or not at all; the same ledger leaves the file untouched."""
    rows = sorted(ledger.fates, key=lambda fate: (fate.path, fate.digest))
    data = {
        "version": _VERSION,
        "fates": [fate.as_json() for fate in rows],
        "written": {key: asdict(ledger.written[key]) for key in sorted(ledger.written)},
    }
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    write_if_changed(file, text.encode("utf-8", "replace"))


def settle_versions(fates: Iterable[Fate]) -> tuple[Fate, ...]:
    """Let the latest version of each student's work count; the earlier ones are superseded.

    The same content twice is one version, as old as its oldest copy: a second download is no new submission.
    Only where a platform stamped the times can a return to an earlier content be told from a second download.
    """
    listed = list(fates)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, fate in enumerate(listed):
        if fate.fate in (ACCEPTED, SUPERSEDED) and fate.student_id and fate.assignment:
            groups.setdefault((fate.student_id, fate.assignment), []).append(place)
    for places in groups.values():
        oldest: dict[str, dt.datetime] = {}
        for place in places:
            fate = listed[place]
            if fate.submitted_at and (fate.digest not in oldest or fate.submitted_at < oldest[fate.digest]):
                oldest[fate.digest] = fate.submitted_at
        times = {p: _time_of(listed[p], oldest) for p in places}
        ranked = sorted(places, key=lambda p: (times[p], listed[p].upload_order, _natural(listed[p].path)))
        # the latest content may have come several times in a row: its first copy stands for all
        first = len(ranked) - 1
        while first and listed[ranked[first - 1]].digest == listed[ranked[-1]].digest:
            first -= 1
        winner = ranked[first]
        if listed[winner].submitted_at and not is_stamped(listed[winner].time_source):
            listed[winner] = replace(listed[winner], submitted_at=times[winner])
        for place in places:
            listed[place] = _settled(listed[place], listed[winner], place == winner)
    return tuple(listed)


_NO_TIME = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


def _time_of(fate: Fate, oldest: Mapping[str, dt.datetime]) -> dt.datetime:
    if is_stamped(fate.time_source):
        return fate.submitted_at or _NO_TIME
    return oldest.get(fate.digest, _NO_TIME)


def is_stamped(time_source: str) -> bool:
    """Say whether a time was stamped by a platform, not taken from a file that may have been copied since."""
    return time_source.startswith("stamp")


def _natural(path: str) -> tuple[int, str]:
    return len(path), path  # `hw1 (10)` after `hw1 (2)`


def _settled(fate: Fate, winner: Fate, is_winner: bool) -> Fate:
    if is_winner:
        return replace(fate, fate=ACCEPTED)
    if fate.digest == winner.digest:
        return replace(fate, fate=SUPERSEDED, reason=f"It is the same as {winner.path}, which counts.")
    stamp = f"{winner.submitted_at:%Y-%m-%d %H:%M} UTC" if winner.submitted_at else "no time known"
    return replace(fate, fate=SUPERSEDED, reason=f"A later version counts: {winner.path} ({stamp}).")
