"""Walk an inbox: every file in it, and in the archives in it, becomes one `Entry`, in a fixed order."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from autograder.errors import FolderError
from autograder.intake.unpack import Caps, Packed, is_zip, too_large, unpack
from course_utils.naming.filenames import is_hidden_or_temporary

FILE_TIME = "file time"
ARCHIVE_TIME = "time in the archive"
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".gz", ".xz", ".bz2")


@dataclass(frozen=True)
class Entry:
    """One file: where it lay (`zip!/inner` in an archive), its bytes or the problem, and its time in UTC."""

    path: str
    data: bytes | None
    problem: str
    modified: dt.datetime | None
    time_source: str
    waits: bool = False  # the problem is one for a person, not a refusal

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes, "" where there are none."""
        return hashlib.sha256(self.data).hexdigest() if self.data is not None else ""


def list_files(inbox: Path) -> tuple[Path, ...]:
    """List what lies in the inbox, without following links, in a fixed order.

    Raises:
        FolderError: there is no such folder.
    """
    if not inbox.exists():
        raise FolderError(f"There is no inbox at {inbox}.", "Make the folder and drop the downloaded files there.")
    if not inbox.is_dir():
        return (inbox,)
    found: list[Path] = []
    for folder, folders, files in os.walk(inbox, followlinks=False):
        here = Path(folder)
        found += [here / name for name in files]
        found += [here / name for name in folders if (here / name).is_symlink()]
    return tuple(sorted(found, key=lambda path: path.relative_to(inbox).as_posix()))


def read_entries(file: Path, name: str, zone: ZoneInfo, caps: Caps) -> Iterator[Entry]:
    """Yield the entries of one file: itself, or what an archive holds."""
    shown = name.encode("utf-8", errors="replace").decode("utf-8")  # a name on disk need not be UTF-8
    try:
        status = file.lstat()
    except OSError as error:
        yield Entry(shown, None, _unreadable(error), None, FILE_TIME, waits=True)
        return
    modified = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
    if problem := _unsafe(status.st_mode, shown):
        yield Entry(shown, None, problem, modified, FILE_TIME)
        return
    try:
        with file.open("rb") as stream:
            if is_zip(stream):
                yield from _within(caps, shown, _packed(shown, stream, zone, caps, modified))
            elif status.st_size > caps.file_bytes:
                yield Entry(shown, None, too_large(status.st_size, caps), modified, FILE_TIME)
            else:
                stream.seek(0)
                yield plain_entry(shown, stream.read(caps.file_bytes), modified, FILE_TIME)
    except OSError as error:
        yield Entry(shown, None, _unreadable(error), modified, FILE_TIME, waits=True)


def _unsafe(mode: int, name: str) -> str:
    if stat.S_ISLNK(mode):
        return "It is a link, not a file; links are not followed."
    if not stat.S_ISREG(mode):
        return "It is no ordinary file."
    if is_hidden_or_temporary(name):
        return "It is a hidden or temporary file."
    return ""


def _unreadable(error: OSError) -> str:
    return f"The file cannot be read: {error.strerror or error}."


def plain_entry(name: str, data: bytes, modified: dt.datetime | None, source: str) -> Entry:
    """Make the entry of a file that was read; archives other than zip wait for a person."""
    if name.casefold().endswith(_OTHER_ARCHIVES) and not data.lstrip().startswith(b"{"):
        return Entry(name, data, "Only zip archives are opened: unpack it by hand.", modified, source, waits=True)
    return Entry(name, data, "", modified, source)


def _packed(
    name: str,
    stream: BinaryIO,
    zone: ZoneInfo,
    caps: Caps,
    modified: dt.datetime | None,
    depth: int = 1,
) -> Iterator[Entry]:
    for packed in unpack(stream, zone, caps, depth):
        inner = f"{name}!/{packed.name}" if packed.name else name
        source = ARCHIVE_TIME if packed.modified else FILE_TIME
        when = packed.modified or modified
        if packed.data is None:
            yield Entry(inner, None, packed.problem, when, source, packed.waits)
        elif is_hidden_or_temporary(packed.name):
            yield Entry(inner, None, "It is a hidden or temporary file.", when, source)
        elif is_zip(io.BytesIO(packed.data)):
            yield from _packed(inner, io.BytesIO(packed.data), zone, caps, when, depth + 1)
        else:
            yield plain_entry(inner, packed.data, when, source)


def _within(caps: Caps, name: str, entries: Iterator[Entry]) -> Iterator[Entry]:
    """Stop where archives in archives add up to too much, each of them being modest."""
    unpacked = 0
    for count, entry in enumerate(entries, start=1):
        unpacked += len(entry.data or b"")
        if count > caps.archive_files or unpacked > caps.archive_bytes:
            problem = "The archives inside add up to too much; the rest was not read: unpack it by hand."
            yield Entry(name, None, problem, entry.modified, entry.time_source)
            return
        yield entry


__all__ = ["ARCHIVE_TIME", "FILE_TIME", "Entry", "Packed", "list_files", "plain_entry", "read_entries"]
