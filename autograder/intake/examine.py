"""Examine one inbox file: whose it is, which assignment, whether it is sound, and what its form costs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode, from_dict

from autograder.errors import StaffError
from autograder.intake.contents import Contents, index_contents
from autograder.intake.decisions import SET_ASIDE, Decision
from autograder.intake.fates import ACCEPTED, NEEDS_PERSON, REFUSED, Fate
from autograder.intake.inbox import Entry
from autograder.intake.intact import is_intact
from autograder.intake.naming import NameReading, decide_person, header_witness, read_name
from autograder.intake.notebookfile import NotebookFile, read_notebook, read_plain
from autograder.intake.people import LOOSE, People, index_people
from autograder.intake.restore import Change, restore
from autograder.intake.which import decide_assignment
from autograder.rules.coursefile import Course
from autograder.rules.roster import load_roster
from course_utils.handing_in.form import Form, broken_rules
from course_utils.handing_in.rules import deductions
from course_utils.naming.assignment_names import AssignmentNames, Mentions, index_assignments
from course_utils.naming.headers import Header, read_header

STAMP_IN_NAME = "stamp in the name"


@dataclass(frozen=True)
class Examiner:
    """Everything an examination needs to know about the course; build it with `prepare`."""

    course: Course
    people: People
    names: AssignmentNames
    contents: Contents
    released: Mapping[str, NotebookNode]
    digests: Mapping[str, str]  # SHA-256 of each released notebook's file
    templates: Mapping[str, Header]
    decisions: Mapping[tuple[str, str], Decision]

    def examine(self, entry: Entry, stamp: dt.datetime | None = None) -> Fate:
        """Examine one file; versions of the same work are not compared here."""
        reading = read_name(entry.path, self.people, self.names, [a.name for a in self.course.assignments])
        when, source = _time(entry, reading, stamp)
        fate = Fate(
            path=entry.path,
            fate=NEEDS_PERSON if entry.waits else REFUSED,
            reason=entry.problem,
            submitted_at=when,
            time_source=source,
            digest=entry.digest,
            upload_order=(reading.file.sent_order, reading.file.copy_number),
        )
        decision = self.decisions.get((entry.path, fate.digest))
        if decision is not None and decision.student_id == SET_ASIDE:
            return replace(fate, fate=REFUSED, reason=_noted("Set aside by a person", decision))
        if entry.data is None or entry.problem:
            return self._named_only(fate, reading)
        file = read_plain(entry.data, entry.path)
        if file.notebook is None:
            return self._named_only(replace(fate, reason=file.problem), reading)
        return self._identified(fate, reading, file, decision)

    def _named_only(self, fate: Fate, reading: NameReading) -> Fate:
        """Say whose broken file it seems to be, where the name is clear: that helps in asking for another."""
        who = decide_person(self.people, reading.witnesses)
        student = self.people.by_id.get(who.student_id or "")
        return replace(
            fate,
            student_id=who.student_id,
            student_name=student.full_name if student else "",
            assignment=reading.mentions.known[0] if reading.mentions.is_clear else None,
            confidence=who.confidence,
            candidates=who.candidates,
        )

    def _identified(self, fate: Fate, reading: NameReading, file: NotebookFile, decision: Decision | None) -> Fate:
        notebook = file.notebook or {}
        content = self.contents.read(notebook["cells"])
        header = read_header(notebook["cells"], self.templates.get(content.assignment or ""))
        in_header = self.names.find(header.assignment) if header.assignment else Mentions((), (), "")
        said = (
            ("file name", reading.mentions),
            ("header", in_header),
            ("folder", reading.folder_mentions),
        )
        which = decide_assignment(said, content, self.contents.assignments)
        who = decide_person(self.people, (*reading.witnesses, header_witness(header, self.people)))
        student_id, assignment, confidence = who.student_id, which.assignment, who.confidence
        reason = f"Student by the {who.reason}; assignment by its cells ({which.reason})."
        if decision is not None and decision.student_id in self.people.by_id:
            student_id, assignment, confidence = decision.student_id, decision.assignment, 1.0
            reason = _noted("Decided by a person", decision)
        student = self.people.by_id.get(student_id or "")
        fate = replace(
            fate,
            fate=NEEDS_PERSON,
            student_id=student_id,
            student_name=student.full_name if student else "",
            assignment=assignment,
            confidence=confidence if assignment else 0.0,
            candidates=who.candidates,
            assignment_candidates=which.candidates,
        )
        if student is None or assignment is None:
            undecided = [each.reason for each, known in ((who, student), (which, assignment)) if known is None]
            return replace(fate, reason=" ".join(undecided))
        if assignment not in self.released:
            wait = f"{assignment} has not been released yet: release it, then collect again."
            return replace(fate, reason=wait)
        released = self.released[assignment]
        changes: tuple[Change, ...] = ()
        if not is_intact(notebook, released):
            changes = restore(from_dict(notebook), released).changes
        mended = tuple(Change("mended", "", 0, note) for note in file.mended)
        form = Form(
            file=reading.file,
            full_name=student.full_name,
            identifier=student.id,
            another=self._another(header, student.id),
            assignment=assignment,
            title=self.course.assignment(assignment).title,
            pattern=self.course.format.name_pattern,
        )
        faults = broken_rules(form, header, notebook["cells"], released["cells"], self.names)
        taken = deductions(faults, self.course.format.deductions)
        return replace(fate, fate=ACCEPTED, reason=reason, deductions=taken, changes=mended + changes)

    def _another(self, header: Header, student_id: str) -> str:
        """Give the name at the top where it is somebody else's."""
        witness = header_witness(header, self.people)
        is_other = header.name and witness.confidence_in(student_id) < LOOSE and witness.candidates
        return header.name if is_other else ""


def _time(entry: Entry, reading: NameReading, stamp: dt.datetime | None) -> tuple[dt.datetime | None, str]:
    if reading.file.stamped_at is not None:
        return reading.file.stamped_at, STAMP_IN_NAME
    if stamp is not None:
        return stamp, "stamp in timestamp.txt"
    return entry.modified, entry.time_source


def _noted(what: str, decision: Decision) -> str:
    return f"{what}: {decision.note}." if decision.note else f"{what}."


def prepare(course: Course, decisions: Mapping[tuple[str, str], Decision] | None = None) -> Examiner:
    """Read the roster and the released notebooks.

    Raises:
        StaffError: the roster or a released notebook cannot be read.
    """
    students = load_roster(course.roster)
    titles = [course.name, *(each.title for each in course.assignments)]
    released: dict[str, NotebookNode] = {}
    digests: dict[str, str] = {}
    known: dict[str, NotebookNode] = {}
    for each in course.assignments:
        try:
            source = course.source_notebook(each.name)
        except StaffError:
            continue  # listed for later in the term
        release = course.released_notebook(each.name)
        if release.exists():
            released[each.name] = _staff_notebook(release)
            digests[each.name] = hashlib.sha256(release.read_bytes()).hexdigest()
        known[each.name] = released.get(each.name) or _staff_notebook(source)
    return Examiner(
        course=course,
        people=index_people(students, titles),
        names=index_assignments(course.assignments),
        contents=index_contents(known),
        released=released,
        digests=digests,
        templates={name: read_header(notebook["cells"]) for name, notebook in known.items()},
        decisions=decisions or {},
    )


def _staff_notebook(file: Path) -> NotebookNode:
    read = read_notebook(file.read_bytes(), file.name)
    if read.notebook is None:
        raise StaffError(f"{file}: {read.problem}", "Release the assignment again.")
    return NotebookNode(read.notebook)
