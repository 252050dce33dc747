"""Whatever lies in an inbox: each file ends in exactly one fate, nobody's work is guessed, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_course import HW1, HW2, ROSTER, answered, as_bytes, drop, make_course, released_notebook, snapshot

from autograder.intake.collecting import collect
from autograder.intake.fates import ACCEPTED, FATES, NEEDS_PERSON, REFUSED, SUPERSEDED, Fate
from autograder.intake.store import find_original
from autograder.rules.coursefile import Course
from course_utils.naming.letters import joined, scripts

WORKS = {"hw1": ("A line by descent", HW1), "hw2": ("Forward", HW2)}
PEOPLE = {row.split(",")[0]: " ".join(row.split(",")[1:3]).strip() for row in ROSTER.strip().splitlines()[1:]}
ACCOUNTS = {row.split(",")[0]: joined("".join(row.split(",")[2:0:-1])) for row in ROSTER.strip().splitlines()[1:]}
NAMESAKES = {"s007", "s008"}
STRANGERS = ("Jonathan Swift", "Ada Lovegood", "Mary Shelley")
BROKEN = ("cut", "empty", "blank", "a PDF", "no notebook", "another encoding")


@dataclass(frozen=True)
class File:
    """One file as it came: its name's person and assignment, its notebook's, and what happened to it on the way."""

    name_says: str  # a student's id, a stranger's name, or "" for no name
    header_says: str
    work: str
    work_in_name: str
    mark: str
    folder: str
    hour: int
    damage: str = ""
    with_id: bool = False
    answer: int = 0

    @property
    def claims(self) -> set[str]:
        """Whose it says it is, in its name and at its top."""
        return {each for each in (self.name_says, self.header_says) if each}

    @property
    def is_clear(self) -> bool:
        """Whether name and header say one student and nobody else, and no other assignment."""
        (claim, *others) = self.claims or {""}
        known = claim in PEOPLE and not others and (claim not in NAMESAKES or self.with_id)
        return known and self.work_in_name in ("", self.work) and not self.damage

    def data(self) -> bytes:
        """Give its bytes."""
        whole = notebook_of(self.work, self.header_says, self.with_id, self.answer)
        return {
            "": whole,
            "cut": whole[: len(whole) // 2],
            "empty": b"",
            "blank": b" \n" * 9,
            "a PDF": b"%PDF-1.7 " + whole[:99],
            "no notebook": b'{"a": 1}',
            "another encoding": b"\xff\xfe\x00" + whole[:99],
        }[self.damage]

    def path(self, number: int) -> str:
        """Give its path below the inbox; the number keeps paths apart and says nothing."""
        said = called(self.name_says).replace(" ", "_")
        identifier = f"_{self.name_says}" if self.with_id and self.name_says in PEOPLE else ""
        stem = "_".join(piece for piece in (f"{said}{identifier}", self.work_in_name) if piece) or "untitled"
        account = ACCOUNTS.get(self.name_says, joined("".join(reversed(self.name_says.split()))))
        upload = f"{account}_{100 + number}_{self.hour + 1000}_{stem}"
        names = {
            "": f"{stem}.ipynb",
            "browser": f"{stem} ({number + 1}).ipynb",
            "drive": f"Copy of {stem}.ipynb",
            "mail": f"{stem}.ipynb.txt",
            "small": f"{stem.lower()}.ipynb",
            "canvas": f"{upload}.ipynb" if account and self.name_says not in NAMESAKES else f"{stem}.ipynb",
        }
        return f"{number}/{self.folder}{names[self.mark]}"


def called(person: str) -> str:
    return PEOPLE.get(person, person)


@cache
def notebook_of(work: str, header: str, with_id: bool, answer: int) -> bytes:
    title, exercises = WORKS[work]
    made = answered(released_notebook(work, title, exercises), called(header), **{exercises[0]: f"answer = {answer}"})
    if with_id and header in PEOPLE:
        made.cells[0].source += f"\n\n**ID:** {header}"
    return as_bytes(made)


PERSON = st.sampled_from([*PEOPLE, *STRANGERS, ""])
STUDENT = st.sampled_from(sorted(PEOPLE))
MARK = st.sampled_from(["", "browser", "drive", "mail", "small", "canvas"])


@st.composite
def files(draw: st.DrawFn) -> File:
    """Draw a file: mostly a student's own under some name, sometimes a mix-up, sometimes broken."""
    student = draw(STUDENT)
    is_own = draw(st.integers(0, 3)) > 0
    work = draw(st.sampled_from(sorted(WORKS)))
    return File(
        name_says=draw(st.sampled_from([student, ""])) if is_own else draw(PERSON),
        header_says=student if is_own else draw(PERSON),
        work=work,
        work_in_name=draw(st.sampled_from([work, work, work, "", "hw1", "hw2", "hw9"])),
        mark=draw(MARK),
        folder=draw(st.sampled_from(["", "downloads/", "week 3/", "x.zip!/", "x.zip!/inner/"])),
        hour=draw(st.integers(0, 500)),
        damage=draw(st.sampled_from(["", "", "", *BROKEN])),
        with_id=draw(st.booleans()),
        answer=draw(st.integers(0, 3)),
    )


def put(course: Course, inbox: list[File]) -> dict[str, File]:
    """Lay the files into the inbox, each with its time; some of them in an archive."""
    laid: dict[str, File] = {}
    for number, file in enumerate(inbox):
        path = file.path(number)
        when = dt.datetime(2027, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=file.hour, minutes=2 * number)
        outer, _, inner = path.partition("!/")
        data = file.data()
        if inner:
            packed = io.BytesIO()
            local = when.astimezone(course.time_zone)
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr(zipfile.ZipInfo(inner, local.timetuple()[:6]), data)
            data = packed.getvalue()
        drop(course, outer, data, f"{when:%Y-%m-%d %H:%M}")
        laid[path] = file
    return laid


def time_of(number_of: dict[str, int], path: str, file: File) -> tuple[int, int]:
    return file.hour * 60 + 2 * number_of[path], number_of[path]


@settings(
    max_examples=int(os.environ.get("FIRST_DESCENT_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(inbox=st.lists(files(), min_size=1, max_size=9))
@example(  # a broken newer file, and a newer one of another's, never supersede a sound older one
    [
        File("s001", "s001", "hw1", "hw1", "", "", 1),
        File("s001", "s001", "hw1", "hw1", "browser", "", 9, damage="cut"),
        File("s001", "s002", "hw1", "hw1", "browser", "", 10),
        File("s001", "s001", "hw2", "hw1", "browser", "", 11),
    ]
)
@example(  # namesakes, with and without their ids
    [
        File("s007", "s007", "hw1", "hw1", "", "", 1, with_id=True),
        File("s008", "s008", "hw1", "hw1", "", "", 2, with_id=True, answer=1),
        File("s007", "s008", "hw1", "hw1", "canvas", "", 3, answer=2),
        File("", "s007", "hw1", "", "", "x.zip!/", 4, answer=3),
    ]
)
def test_each_file_ends_once_and_nobodys_work_is_guessed(
    tmp_path_factory: pytest.TempPathFactory, inbox: list[File]
) -> None:
    course = make_course(tmp_path_factory.mktemp("any"))
    laid = put(course, inbox)
    before = snapshot(course.root)

    foretold = collect(course, dry_run=True)
    assert snapshot(course.root) == before, "a dry run writes nothing"

    found = collect(course)
    assert found == foretold
    assert sorted(fate.path for fate in found) == sorted(laid), "each file has exactly one row"
    after = snapshot(course.root)
    assert {name: after[name] for name in before} == before, "nothing is deleted or changed"

    assert collect(course) == found
    assert snapshot(course.root) == after, "collecting twice changes nothing"

    for fate in found:
        check_one(course, fate, laid[fate.path])
    check_versions(course, {fate.path: fate for fate in found}, laid)


def check_one(course: Course, fate: Fate, file: File) -> None:
    """One file's fate fits what it is: never a guess, never a refusal of something sound."""
    assert fate.fate in FATES
    assert fate.reason.endswith((".", ")."))
    assert find_original(course.records, fate.digest) == file.data()
    if file.damage:
        assert fate.fate == REFUSED, fate.reason
        return
    assert fate.fate != REFUSED, "a sound notebook is never refused"
    if fate.fate == NEEDS_PERSON:
        known = {claim for claim in file.claims if claim in PEOPLE}
        assert known <= {each.student_id for each in fate.candidates}, fate
        assert fate.student_id is None or fate.assignment is None
        assert not file.is_clear, fate.reason
        return
    assert file.work_in_name in ("", file.work)
    assert fate.assignment == file.work
    assert fate.student_id in file.claims, "filed under somebody it does not name"
    # a name in another script may be the same person's: it neither proves nor denies
    named = {claim for claim in file.claims if scripts(called(claim)) & scripts(PEOPLE[fate.student_id])}
    assert named == {fate.student_id}, "filed though name and header say two people"
    assert fate.student_id not in NAMESAKES or file.with_id, "one of two namesakes was guessed"


def check_versions(course: Course, found: dict[str, Fate], laid: dict[str, File]) -> None:
    """Of each student's work the newest sound file counts, as old as its oldest copy."""
    number_of = {path: number for number, path in enumerate(laid)}
    works: dict[tuple[Any, Any], list[str]] = {}
    for path, fate in found.items():
        if fate.fate in (ACCEPTED, SUPERSEDED):
            works.setdefault((fate.student_id, fate.assignment), []).append(path)
    for (student, work), paths in works.items():
        first_seen: dict[str, tuple[int, int]] = {}
        for path in paths:
            when = time_of(number_of, path, laid[path])
            first_seen[found[path].digest] = min(first_seen.get(found[path].digest, when), when)
        newest = max(first_seen, key=lambda digest: first_seen[digest])
        (winner,) = [path for path in paths if found[path].fate == ACCEPTED]
        assert found[winner].digest == newest
        there = course.submitted / student / work / f"{work}.ipynb"
        assert there.read_bytes() == laid[winner].data()
    folders = {(file.parts[-3], file.parts[-2]) for file in course.submitted.rglob("*.ipynb")}
    assert folders == set(works), "and nothing else is in submitted"
