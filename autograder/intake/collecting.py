"""From a downloads folder to `submitted/`: every inbox file ends in one fate, and nothing is ever deleted.

    fates = collect(load_course("."), Path("inbox"))

Collecting is a function of everything ever seen: the inbox, and the originals kept in `records/inbox`. It can
be stopped at any moment and run again; a second run over the same files changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from nbformat.v4 import writes_json

from autograder.errors import FolderError
from autograder.intake.decisions import load_decisions
from autograder.intake.examine import Examiner, prepare
from autograder.intake.fates import (
    ACCEPTED,
    LEDGER,
    SUPERSEDED,
    Fate,
    Ledger,
    Written,
    is_stamped,
    load_ledger,
    save_ledger,
    settle_versions,
)
from autograder.intake.inbox import Entry, list_files, plain_entry, read_entries
from autograder.intake.notebookfile import read_notebook
from autograder.intake.restore import restore
from autograder.intake.store import find_original, keep_original, write_if_changed
from autograder.intake.unpack import Caps
from autograder.rules.coursefile import Course

Progress = Callable[[int, int, str], None]  # files done, files in all, the file at hand
_STAMP = "timestamp.txt"


def collect(
    course: Course,
    inbox: str | Path | None = None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    caps: Caps | None = None,
) -> tuple[Fate, ...]:
    """Take in an inbox (a folder, or one file): one fate per file, in the order of their paths.

    With `dry_run` nothing is written. The fates returned are those of this inbox; `records/fates.json` holds
    those of earlier ones too, and the latest version of each work counts over all of them.

    Raises:
        StaffError: no inbox, no roster, a folder that cannot be written, a damaged record.
    """
    folder = Path(inbox) if inbox is not None else course.inbox
    _check_place(course, folder)
    files = list_files(folder)
    examiner = prepare(course, load_decisions(course))
    ledger = load_ledger(course.records / LEDGER)
    before = {(fate.path, fate.digest): fate for fate in ledger.fates}
    seen: dict[tuple[str, str], Fate] = {}
    for count, file in enumerate(files):
        name = file.relative_to(folder).as_posix() if file != folder else file.name
        if progress is not None:
            progress(count, len(files), name)
        for entry in read_entries(file, name, course.time_zone, caps or Caps()):
            if entry.data is not None and not dry_run:
                keep_original(course.records, entry.digest, entry.path, entry.data)
            fate = examiner.examine(entry, _stamp_beside(file, entry))
            earlier = before.get((fate.path, fate.digest))
            seen[fate.path, fate.digest] = _as_old_as(fate, earlier)
    remembered = list(_remembered(course, examiner, [f for key, f in before.items() if key not in seen]))
    settled = settle_versions([*seen.values(), *remembered])
    if not dry_run:
        settled, written = _file_away(course, examiner, settled, ledger)
        save_ledger(course.records / LEDGER, Ledger(settled, written))
    if progress is not None:
        progress(len(files), len(files), "")
    return tuple(sorted((f for f in settled if (f.path, f.digest) in seen), key=lambda fate: fate.path))


def _check_place(course: Course, inbox: Path) -> None:
    """Refuse an inbox that holds the course's own folders: solutions and records are no submissions."""
    place = inbox.resolve()
    own = (course.root / "notebooks", course.release, course.submitted, course.autograded, course.feedback)
    for folder in (*own, course.records, course.reports):
        here = folder.resolve()
        if place == here or here.is_relative_to(place) or place.is_relative_to(here):
            raise FolderError(
                f"{inbox} cannot be an inbox: it overlaps the course's own folder {folder}.",
                "Put the downloaded files into a folder of their own, such as inbox/.",
            )


def _stamp_beside(file: Path, entry: Entry) -> dt.datetime | None:
    """Read nbgrader's `timestamp.txt` beside a notebook, in UTC."""
    if "!/" in entry.path or file.name == _STAMP:
        return None
    try:
        text = (file.parent / _STAMP).read_text(encoding="utf-8")[:64].strip()
        stamp = dt.datetime.fromisoformat(text.removesuffix(" UTC"))
    except (OSError, ValueError):
        return None
    return stamp.replace(tzinfo=dt.UTC) if stamp.tzinfo is None else stamp.astimezone(dt.UTC)


def _as_old_as(fate: Fate, earlier: Fate | None) -> Fate:
    """Keep the earlier time of a file seen before: copying it again does not make it younger."""
    if earlier is None or is_stamped(fate.time_source) or earlier.submitted_at is None:
        return fate
    if fate.submitted_at is not None and fate.submitted_at <= earlier.submitted_at:
        return fate
    return replace(fate, submitted_at=earlier.submitted_at, time_source=earlier.time_source)


def _remembered(course: Course, examiner: Examiner, fates: list[Fate]) -> Iterator[Fate]:
    """Examine again what came in earlier: the roster or a person's decision may have changed since."""
    for fate in fates:
        data = find_original(course.records, fate.digest) if fate.digest else None
        if data is None:
            yield fate
            continue
        again = examiner.examine(plain_entry(fate.path, data, fate.submitted_at, fate.time_source))
        yield replace(again, submitted_at=fate.submitted_at, time_source=fate.time_source)


def _file_away(
    course: Course, examiner: Examiner, fates: tuple[Fate, ...], ledger: Ledger
) -> tuple[tuple[Fate, ...], dict[str, Written]]:
    """Write what counts to `submitted`; give the fates and the ledger's new account of it."""
    written: dict[str, Written] = {}
    final: list[Fate] = []
    another_way: set[str] = set()
    for fate in fates:
        if fate.fate != ACCEPTED or fate.student_id is None or fate.assignment is None:
            final.append(fate)
            continue
        key = f"{fate.student_id}/{fate.assignment}"
        account = ledger.written.get(key)
        target = course.submitted / key / f"{course.notebook_stem(fate.assignment)}.ipynb"
        if problem := _is_newer(target, fate, account):
            final.append(replace(fate, fate=SUPERSEDED, reason=problem))
            another_way.add(key)
            continue
        final.append(fate)
        written[key] = _write(course, examiner, fate, target, account)
    for key in ledger.written.keys() - written.keys():
        if not any(fate.fate == SUPERSEDED and f"{fate.student_id}/{fate.assignment}" == key for fate in final):
            _withdraw(course, key)
    return tuple(final), written


def _write(course: Course, examiner: Examiner, fate: Fate, target: Path, account: Written | None) -> Written:
    """Write one submission, restored; the notebook and its time stamp change hands one after the other."""
    there = _digest_of(target)
    stamp = target.parent / _STAMP
    wanted_stamp = _as_stamp(fate.submitted_at) if fate.submitted_at is not None else None
    release = examiner.digests[fate.assignment or ""]
    if account is not None and account.original == fate.digest:
        if there not in ("", account.written):
            return account  # somebody mended this very version by hand: their word counts
        if account == Written(fate.digest, release, there) and wanted_stamp in (None, _content(stamp)):
            return account
    data = find_original(course.records, fate.digest)
    if data is not None and fate.changes:  # else it is as it should be
        data = _restored(data, fate, examiner)
    if data is None:
        if account is not None:
            return account
        raise FolderError(f"The original of {fate.path} is gone from {course.records / 'inbox'}.")
    digest = hashlib.sha256(data).hexdigest()
    if there not in ("", digest) and (account is None or there != account.written):
        keep_original(course.records, there, target.name, target.read_bytes())
    write_if_changed(target, data)
    if wanted_stamp is not None:
        write_if_changed(stamp, wanted_stamp)
    return Written(fate.digest, release, digest)


def _restored(data: bytes, fate: Fate, examiner: Examiner) -> bytes | None:
    """Rebuild a notebook as its fate says; None if the original is not what it was when it came in."""
    notebook = read_notebook(data, fate.path).notebook
    if notebook is None:
        return None
    restored = restore(notebook, examiner.released[fate.assignment or ""])
    text: str = writes_json(restored.notebook)
    return text.encode("utf-8", "replace") + b"\n"


def _as_stamp(moment: dt.datetime) -> bytes:
    """Write a moment as nbgrader does."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n".encode()


def _is_newer(target: Path, fate: Fate, account: Written | None) -> str:
    """Say so if `submitted` holds a later version that came another way, such as nbgrader's exchange."""
    there = _digest_of(target)
    if not there or (account is not None and there == account.written):
        return ""
    stamp = _stamp_beside(target, Entry(target.name, None, "", None, ""))
    if stamp is None or fate.submitted_at is None or stamp <= fate.submitted_at:
        return ""
    return f"A later version came another way and is in {target.parent} ({stamp:%Y-%m-%d %H:%M} UTC)."


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _digest_of(file: Path) -> str:
    data = _content(file)
    return hashlib.sha256(data).hexdigest() if data is not None else ""


def _withdraw(course: Course, key: str) -> None:
    """Move a submission out that turned out not to be this student's; nothing is deleted."""
    folder = course.submitted / key
    if not folder.is_dir():
        return
    place = course.records / "withdrawn" / key
    number = 1
    while (place / str(number)).exists():
        number += 1
    try:
        place.mkdir(parents=True, exist_ok=True)
        os.replace(folder, place / str(number))
    except OSError as error:
        raise FolderError(f"{folder} cannot be moved to {place}: {error.strerror}.") from None
