"""Look into zip archives without trusting them: sizes, names, links and depth are checked before reading."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from zoneinfo import ZoneInfo

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Caps:
    """What is still taken for honest work."""

    file_bytes: int = 100 * MEGABYTE
    archive_bytes: int = 8_000 * MEGABYTE  # unpacked, all files of one archive
    archive_files: int = 20_000
    ratio: int = 200  # unpacked to packed, judged only above `ratio_from_bytes`
    ratio_from_bytes: int = 50 * MEGABYTE
    depth: int = 3  # archives within archives


@dataclass(frozen=True)
class Packed:
    """One file in an archive: its name, its bytes or the problem in one sentence, and its time in UTC."""

    name: str
    data: bytes | None
    problem: str
    modified: dt.datetime | None
    waits: bool = False  # the problem is one for a person, not a refusal


def too_large(size_bytes: int, caps: Caps) -> str:
    """Say that a file is too large."""
    limit = caps.file_bytes / MEGABYTE
    return f"The file has {size_bytes / MEGABYTE:,.0f} MB, more than the {limit:,.0f} MB a notebook may have."


def is_zip(stream: BinaryIO) -> bool:
    """Say whether a file is a zip archive of files, and no office document, which is a zip inside."""
    stream.seek(0)
    if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, OverflowError):
        return True  # a broken archive is still an archive: `unpack` says what is wrong
    return "[Content_Types].xml" not in names and "mimetype" not in names


def unpack(stream: BinaryIO, zone: ZoneInfo, caps: Caps, depth: int = 1) -> Iterator[Packed]:
    """Yield every file of a zip archive; a problem with the archive itself is one `Packed` without a name."""
    if depth > caps.depth:
        yield _whole(f"Archives are packed more than {caps.depth} deep: unpack it by hand.")
        return
    try:
        size = stream.seek(0, io.SEEK_END)
        archive = zipfile.ZipFile(stream)
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError, OverflowError):
        yield _whole("The zip archive is broken or was cut short on the way.")
        return
    if problem := _too_much(entries, size, caps):
        yield _whole(problem)
        return
    if not entries:
        yield _whole("The zip archive is empty.")
    with archive:
        for entry in entries:
            yield _read(archive, entry, zone, caps)


def _whole(problem: str) -> Packed:
    return Packed("", None, problem, None)


def _too_much(entries: list[zipfile.ZipInfo], packed: int, caps: Caps) -> str:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > caps.archive_files:
        return f"The zip archive holds {len(entries):,} files, more than {caps.archive_files:,}."
    if total > caps.archive_bytes:
        limit = caps.archive_bytes / MEGABYTE
        return f"The zip archive would unpack to {total / MEGABYTE:,.0f} MB, more than {limit:,.0f}."
    if total > caps.ratio_from_bytes and total > caps.ratio * max(packed, 1):
        return f"The zip archive would grow {total // max(packed, 1):,}-fold when unpacked: a zip bomb."
    # Entries that overlap let a small archive unpack to a huge one with honest-looking sizes.
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    ends = 0
    for offset, size in places:
        if offset < ends:
            return "The zip archive's files overlap: a zip bomb."
        ends = offset + size
    return ""


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, zone: ZoneInfo, caps: Caps) -> Packed:
    name = _name(entry)
    modified = _modified(entry, zone)
    if _leads_out(name):
        return Packed(_shown(name), None, "The name in the archive leads out of its folder.", modified)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Packed(name, None, "The archive holds a link in place of a file.", modified)
    if entry.file_size > caps.file_bytes:
        return Packed(name, None, too_large(entry.file_size, caps), modified)
    if entry.flag_bits & 0x1:
        return Packed(name, None, "The archive is locked with a password: unpack it by hand.", modified, True)
    try:
        with archive.open(entry) as stream:
            data = stream.read(caps.file_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return Packed(name, None, "The file is damaged inside its archive.", modified)
    if len(data) > caps.file_bytes:
        return Packed(name, None, "The file is larger than its archive says.", modified)
    return Packed(name, data, "", modified)


def _name(entry: zipfile.ZipInfo) -> str:
    """Give the entry's name; without its UTF-8 flag, which macOS forgets, Python reads it as cp437."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name) is not None or not path.name


def _shown(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", ".", "..")) or "(no name)"


def _modified(entry: zipfile.ZipInfo, zone: ZoneInfo) -> dt.datetime | None:
    """Read the entry's time: exact UTC if the archive has it, else the course's wall clock to two seconds."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x5455 and len(field) >= 5 and field[0] & 1:
            return dt.datetime.fromtimestamp(struct.unpack("<i", field[1:5])[0], dt.UTC)
    try:
        return dt.datetime(*entry.date_time, tzinfo=zone).astimezone(dt.UTC)
    except ValueError:
        return None
