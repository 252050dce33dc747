"""Does a file's name follow the course's pattern, FirstName_LastName_AssignmentName.ipynb?"""

from __future__ import annotations

import re

from autograder.intake.filenames import FileName
from autograder.intake.letters import joined, scripts, transliterated, words
from autograder.intake.namewords import runs
from autograder.rules.roster import Student

# Scripts whose full names are customarily written without a space between the two names.
_WRITTEN_TOGETHER = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})


def wanted_name(student: Student, assignment: str, pattern: str) -> str:
    """Write the name the file should have."""
    pieces = {
        "FirstName": student.first_name.replace(" ", ""),
        "LastName": student.last_name.replace(" ", ""),
        "AssignmentName": assignment,
    }
    order = pattern.removesuffix(".ipynb").split("_")
    return "_".join(pieces[piece] for piece in order if pieces[piece]) + ".ipynb"


def name_fault(file: FileName, student: Student, assignment: str, pattern: str, has_namesake: bool = False) -> str:
    """Say what is wrong with a file's name, or "" if it follows the pattern.

    Capital letters, accents, hyphens, apostrophes, spaces for underscores and all that browsers and platforms
    add are no fault; neither is using one of several given names or surnames. Namesakes may add their id.
    """
    pieces = [joined(piece) for piece in re.split(r"[_\s]+", file.stem) if joined(piece)]
    if has_namesake:
        pieces = [piece for piece in pieces if piece != joined(student.id)]
    order = pattern.removesuffix(".ipynb").split("_")
    punctual = [piece for piece in pieces if piece != "late"]  # platforms put `late` between the names
    if any(_follows(each, student, joined(assignment), order) for each in (pieces, punctual)):
        return ""
    wanted = wanted_name(student, assignment, pattern)
    called = file.stem or file.original
    return f'the file is called "{called}", the rule asks for "{wanted}"'


def _follows(pieces: list[str], student: Student, assignment: str, order: list[str]) -> bool:
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
    given, family = _spellings(student.first_name), _spellings(student.last_name)
    if order.index("LastName") < order.index("FirstName"):
        given, family = family, given
    if not given or not family:
        return "".join(pieces) in (given or family)
    if len(pieces) == 1 and scripts(student.full_name) <= _WRITTEN_TOGETHER:
        whole = {
            joined(student.first_name + student.last_name),
            joined(student.last_name + student.first_name),
        }
        return pieces[0] in whole
    return any("".join(pieces[:cut]) in given and "".join(pieces[cut:]) in family for cut in range(1, len(pieces)))


def _spellings(name: str) -> set[str]:
    """List how a name may be written: all of its words or a run of them, `ü` as u or as ue."""
    return runs(words(name)) | runs(words(transliterated(name)))
