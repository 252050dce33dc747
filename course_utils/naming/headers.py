"""Read what stands at the top of a notebook: `**Name:** Ada Lovelace`, `**Assignment:** hw1`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.naming.assignment_names import AssignmentNames
from course_utils.naming.letters import joined

_FIRST_CELLS = 8
_LONGEST = 200  # characters of a value: what is longer is a paragraph, not a name
_KEYS: Mapping[str, str] = {
    "name": "name",
    "names": "name",
    "student": "name",
    "studentname": "name",
    "fullname": "name",
    "yourname": "name",
    "author": "name",
    "nameofstudent": "name",
    "firstname": "first",
    "lastname": "last",
    "surname": "last",
    "assignment": "assignment",
    "assignmentname": "assignment",
    "homework": "assignment",
    "id": "id",
    "studentid": "id",
    "email": "id",
}
_KEY = re.compile(
    r"(?:^|[|,;·•/]|\s{2,})\s*(?P<key>(?:student|full|your|first|last|assignment)?\s?-?"
    r"(?:names?|id)(?:\s+of\s+student)?|surname|student|author|assignment|homework|e-?mail)\s*[:\uff1a=|]\s*",
    re.IGNORECASE,
)
_MAY_SAY = re.compile(r"[:\uff1a=|&]")  # no line without one of these says a key and its value
# What a template says before a student has written anything.
_UNFILLED = {
    joined(text)
    for text in (
        "your name",
        "your name here",
        "write your name",
        "write your name here",
        "first name last name",
        "firstname lastname",
        "FirstName_LastName",
        "first last",
        "name",
        "name here",
        "full name",
        "student name",
        "name surname",
        "todo",
        "none",
        "n/a",
        "xxx",
        "enter your name",
        "enter your name here",
        "type your name here",
        "insert name",
        "insert name here",
        "insert your name here",
    )
}


@dataclass(frozen=True)
class Header:
    """The values at the top of a notebook, empty where nothing is written; `cell` counts from 1.

    `heading` are the headings of the first cell that has any.
    """

    name: str = ""
    assignment: str = ""
    identifier: str = ""
    heading: str = ""
    cell: int = 0


def read_header(cells: Sequence[Mapping[str, Any]], template: Header | None = None) -> Header:
    """Read the header in the first cells; a value that the released `template` has too was not filled in."""
    values: dict[str, str] = {}
    heading, heading_in, where = "", 0, 0
    for place, cell in enumerate(cells[:_FIRST_CELLS], start=1):
        if cell.get("cell_type") not in ("markdown", "raw", "code"):
            continue
        is_code = cell.get("cell_type") == "code"
        for line in _lines(str(cell.get("source", "")), is_code):
            if not is_code and heading_in in (0, place) and line.lstrip().startswith("#"):
                heading, heading_in = f"{heading} {_bare(line).strip()}".strip(), place
            for key, value in _pairs(_bare(line)) if _MAY_SAY.search(line) else ():
                if key not in values and _is_filled(value):
                    values[key] = value
                    where = where or place
    name = values.get("name") or f"{values.get('first', '')} {values.get('last', '')}".strip()
    if template is not None and joined(name) == joined(template.name):
        name = ""
    return Header(name, values.get("assignment", ""), values.get("id", ""), heading, where)


def _lines(source: str, is_code: bool) -> Iterable[str]:
    text = re.sub(r"<br\s*/?>|</(?:p|div|tr|li|h\d)>", "\n", source[:20_000], flags=re.IGNORECASE)
    text = re.sub(r"</t[dh]>", " | ", text, flags=re.IGNORECASE)
    for line in text.splitlines():
        if is_code and not line.lstrip().startswith("#"):
            continue  # `name = …` in code is a variable
        yield line.lstrip("# ") if is_code else line


def _bare(line: str) -> str:
    """Take markdown's and HTML's dress off a line."""
    text = html.unescape(re.sub(r"<[^>]*>", "", line)).replace("\xa0", " ")
    text = re.sub(r"\*+|`+|(?<!\w)_+|_+(?!\w)", "", text.replace("\\", ""))
    return re.sub(r"^\s*(?:[#>+|-]+|\d+\.)\s*", "", text)


def _pairs(line: str) -> Iterable[tuple[str, str]]:
    found = list(_KEY.finditer(line))
    ends = [following.start() for following in found[1:]] + [len(line)]
    for this, end in zip(found, ends[: len(found)], strict=True):
        value = line[this.end() : end].strip(" \t|,;·•/-–—")
        key = _KEYS.get(joined(this["key"]))
        if key is not None and len(value) <= _LONGEST:
            yield key, value


def _is_filled(value: str) -> bool:
    letters = joined(value.strip("[](){}<> "))
    return bool(letters) and letters not in _UNFILLED


def header_fault(header: Header, assignment: str, title: str, names: AssignmentNames, another: str = "") -> str:
    """Say what is missing at the top of a notebook, or "" if the student's and the assignment's name stand there.

    `another` is the name that stands there, where it is known to be somebody else's.
    """
    missing = []
    if not header.name:
        missing.append("the student's name")
    elif another:
        missing.append(f"the right name (it says {another})")
    said = {*names.find(header.assignment).known, *names.find(header.heading).known}
    if assignment not in said and title.casefold() not in header.heading.casefold():
        missing.append("the assignment's name")
    return f"at the top is missing: {' and '.join(missing)}" if missing else ""


def person_in(header: Header) -> str:
    """Give the name at the top in its usual order: `Lovelace, Ada` is Ada Lovelace."""
    last, comma, first = header.name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and last.strip() else header.name
