"""Does a file's name follow the course's pattern, FirstName_LastName_AssignmentName.ipynb?

Where a first name ends and a last name begins is not asked: nobody else can know that of "María José García". A name
in the pattern's order that is right for one way of dividing it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from course_utils.naming.filenames import FileName
from course_utils.naming.letters import joined, scripts, transliterated, words
from course_utils.naming.namewords import runs

NAME_PATTERN = "FirstName_LastName_AssignmentName.ipynb"
# Scripts whose full names are customarily written without a space between the two names.
_WRITTEN_TOGETHER = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
# What some file system, shell or browser refuses or reads as a folder, and what nobody sees.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|%#&;\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


def safe_words(full_name: str) -> list[str]:
    """Split a name into words that any file system takes: `Ada ../B. Lovelace` gives Ada, B, Lovelace."""
    pieces = (piece.strip(".-_~+() ") for piece in re.split(r"[\s_,]+", _NOT_IN_NAMES.sub(" ", full_name)))
    return [piece for piece in pieces if joined(piece)]


def wanted_name(full_name: str, assignment: str, pattern: str = NAME_PATTERN) -> str:
    """Write the name the file should have: every word of the name, with an underscore after each."""
    said = safe_words(full_name)
    pieces = {
        "FirstName": "_".join(said[:-1] or said),
        "LastName": "_".join(said[-1:]) if len(said) > 1 else "",
        "AssignmentName": assignment,
    }
    order = pattern.removesuffix(".ipynb").split("_")
    return "_".join(pieces[piece] for piece in order if pieces[piece]) + ".ipynb"


def name_fault(file: FileName, full_name: str, assignment: str, pattern: str, identifier: str = "") -> str:
    """Say what is wrong with a file's name, or "" if it follows the pattern.

    Capital letters, accents, hyphens, apostrophes, spaces for underscores and all that browsers and platforms
    add are no fault; neither is using one of several given names or surnames, nor the student's own id.
    """
    pieces = [joined(piece) for piece in re.split(r"[_\s]+", file.stem) if joined(piece)]
    nameless = [piece for piece in pieces if not identifier or piece != joined(identifier)]
    order = pattern.removesuffix(".ipynb").split("_")
    # platforms put `late` between the names
    ways = [pieces, nameless, [piece for piece in nameless if piece != "late"]]
    if any(_follows(each, full_name, joined(assignment), order) for each in ways):
        return ""
    called = file.stem or file.original
    return f'the file is called "{called}", the rule asks for "{wanted_name(full_name, assignment, pattern)}"'


def _follows(pieces: list[str], full_name: str, assignment: str, order: list[str]) -> bool:
    at_end = order[-1] == "AssignmentName"
    at_start = order[0] == "AssignmentName"
    if at_end and pieces[-1:] == [assignment]:
        pieces = pieces[:-1]
    elif at_start and pieces[:1] == [assignment]:
        pieces = pieces[1:]
    elif at_end or at_start or assignment not in pieces[1:-1]:
        return False
    else:
        pieces = [piece for piece in pieces if piece != assignment]
    said = full_name.split()
    if len(said) < 2:
        return "".join(pieces) in _spellings(full_name)
    if len(pieces) == 1 and scripts(full_name) <= _WRITTEN_TOGETHER:
        return pieces[0] in {joined("".join(said[cut:] + said[:cut])) for cut in range(len(said))}
    is_turned = order.index("LastName") < order.index("FirstName")
    return any(_is_made_of(pieces, *(names[::-1] if is_turned else names)) for names in _divided(said))


def _divided(said: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the ways of dividing a name into the given and the family name."""
    for cut in range(1, len(said)):
        yield " ".join(said[:cut]), " ".join(said[cut:])


def _is_made_of(pieces: list[str], first: str, second: str) -> bool:
    before, after = _spellings(first), _spellings(second)
    return any("".join(pieces[:cut]) in before and "".join(pieces[cut:]) in after for cut in range(1, len(pieces)))


@lru_cache(maxsize=4096)
def _spellings(name: str) -> frozenset[str]:
    """List how a name may be written: all of its words or a run of them, `ü` as u or as ue."""
    return frozenset(runs(words(name)) | runs(words(transliterated(name))))
