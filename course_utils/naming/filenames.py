"""Take off a file name what browsers, learning platforms and file systems put on; remember what it told.

Nothing taken off here costs a student anything: it was not they who wrote it.
"""

from __future__ import annotations

import datetime as dt
import email.header
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from course_utils.naming.letters import joined


@dataclass(frozen=True)
class FileName:
    """A file name in its parts: the student's own words (`stem`), and what was put around them.

    `platform_person` and `platform_ids` are what a learning platform wrote in front, `copy_number` counts
    versions (`hw1-2`, `hw1 (2)`), `sent_order` grows with each upload to Canvas, `stamped_at` is in UTC.
    """

    original: str
    stem: str
    marks: tuple[str, ...] = ()
    platform_person: str = ""
    platform_ids: tuple[str, ...] = ()
    platform_assignment: str = ""
    copy_number: int = 0
    sent_order: int = 0
    stamped_at: dt.datetime | None = None


_SUFFIX = re.compile(
    r"\.(?:ipynb|json|txt|py|pdf|docx?|odt|rtf|html?|md|csv|png|jpe?g|zip|rar|7z|tar|tgz|gz|xz|bz2)$", re.IGNORECASE
)
# canvas: lovelaceada_LATE_12345_67890_what the student called it
_CANVAS = re.compile(
    r"^(?P<person>[^_\d\s.+()]+)_(?:late_)?(?P<user>\d{2,})_(?P<upload>\d{2,})_(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
# moodle: Ada Lovelace_123456_assignsubmission_file_what the student called it; also as a folder
_MOODLE = re.compile(
    r"^(?P<person>.+?)_(?P<number>\d{2,})_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?$", re.DOTALL
)
# nbgrader's exchange: student+assignment+2027-02-05 15:58:23.948203 UTC+random
_EXCHANGE = re.compile(
    r"^(?P<person>[^+]+)\+(?P<assignment>[^+]+)"
    r"\+(?P<time>\d{4}-\d\d-\d\d[ T]\d\d[:_-]\d\d[:_-]\d\d(?:\.\d+)?)(?: UTC)?(?:\+.*)?$"
)
_COPY_OF = re.compile(
    r"^(?:copy of|copie de|copia de|copia di|cópia de|kopie van|kopie von|kopi av|kopi af|kopia|копия)[\s_]+",
    re.IGNORECASE,
)
_COPY_AFTER = re.compile(r"(?:\s*-\s*|[\s_]+|-)(?:copy|kopie|copie|copia|cópia|копия|副本)[\s_-]*(\d*)$", re.IGNORECASE)
_NUMBERED = re.compile(r"[\s_]*\((\d{1,3})\)$")
_DASHED = re.compile(r"-(\d{1,2})$")
_ESCAPED = re.compile(r"#U([0-9a-fA-F]{4,6})")  # what unzip writes where it cannot show a character
_TEMPORARY = re.compile(
    r"^\.|^~|~$|^#.*#$|^(?:thumbs\.db|desktop\.ini|icon\r?)$"
    r"|\.(?:tmp|temp|part|partial|crdownload|download|swp|swo|bak|lock|opdownload)$",
    re.IGNORECASE,
)
_TEMPORARY_FOLDERS = {"__macosx", "__pycache__"}


def is_hidden_or_temporary(path: str) -> bool:
    """Say whether any part of the path is hidden or temporary, such as `.ipynb_checkpoints/x` or `~$hw1`."""
    parts = PurePosixPath(path).parts
    return any(
        part.casefold() in _TEMPORARY_FOLDERS or (part not in ("..", "/") and _TEMPORARY.search(part) is not None)
        for part in parts
    )


def readable(name: str) -> str:
    """Undo percent-encoding, mail headers' encoding, HTML entities, decomposed accents and misread UTF-8."""
    text = name
    for _ in range(2):  # browsers encode twice when a link was encoded already
        if "%" in text:
            text = _unquoted(text)
    if "=?" in text and "?=" in text:
        text = _undone_mail(text)
    text = html.unescape(_ESCAPED.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 0x110000 else m[0], text))
    return unicodedata.normalize("NFC", _reread(text))


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _undone_mail(text: str) -> str:
    try:
        return str(email.header.make_header(email.header.decode_header(text)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        return text


def _reread(text: str) -> str:
    """Read `JosÃ©` (UTF-8 taken for another encoding) as `José`, where that is what it must have been."""
    if text.isascii():
        return text
    for encoding in ("latin-1", "cp1252", "cp437"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def read_file_name(name: str, assignments: Iterable[str] = ()) -> FileName:
    """Split a file's or folder's name into the student's own words and what was put around them.

    `assignments` are the course's names: `project-2` is a second download only if `project` is one of them.
    """
    known = {joined(each) for each in assignments}
    text = readable(name)
    marks: list[str] = []
    person, order = "", 0
    ids: tuple[str, ...] = ()
    if found := _EXCHANGE.match(text):
        stamp = _stamp(found["time"])
        return FileName(name, "", ("exchange",), "", (found["person"],), found["assignment"], stamped_at=stamp)
    while (shorter := _SUFFIX.sub("", text)) != text or (shorter := _numbered_suffix(text)) != text:
        text = shorter
    if found := _MOODLE.match(text):
        person, ids, text = found["person"], (found["number"],), found["rest"] or ""
        marks.append("moodle")
    elif found := _CANVAS.match(text):
        person, ids, order, text = found["person"], (found["user"],), int(found["upload"]), found["rest"]
        marks.append("canvas")
    text, copy_number, more = _without_copies(text, known)
    return FileName(name, text, tuple(marks + more), person, ids, "", copy_number, order)


def _numbered_suffix(text: str) -> str:
    """Read `hw1.ipynb (1)` as `hw1 (1)`."""
    return re.sub(r"\.ipynb(\s*\(\d{1,3}\))$", r"\1", text, flags=re.IGNORECASE)


def _without_copies(text: str, known: set[str]) -> tuple[str, int, list[str]]:
    marks: list[str] = []
    number = 0
    while True:
        text = text.strip(" \t")
        if found := _COPY_OF.match(text):
            text = text[found.end() :]
        elif (found := _NUMBERED.search(text)) or (found := _COPY_AFTER.search(text)):
            number = max(number, int(found[1] or 1))
            text = text[: found.start()]
        elif (found := _DASHED.search(text)) and _is_a_version(text, found, known):
            number = max(number, int(found[1]))
            text = text[: found.start()]
        else:
            return text, number, marks
        marks.append(found[0].strip())


def _is_a_version(text: str, found: re.Match[str], known: set[str]) -> bool:
    last = re.split(r"[_\s]", text)[-1]
    if joined(last) in known and joined(last[: last.rindex("-")]) not in known:
        return False  # `hw-1` where the course has a hw1, `hw1-2` where it has a hw1-2
    before = re.split(r"[_\s]", text[: found.start()])[-1]
    return joined(before) in known or before[-1:].isdigit()


def _stamp(text: str) -> dt.datetime | None:
    day, clock = re.split(r"[ T]", text, maxsplit=1)
    try:
        stamp = dt.datetime.fromisoformat(f"{day} {re.sub('[_-]', ':', clock)}")
    except ValueError:
        return None
    return stamp.replace(tzinfo=dt.UTC)
