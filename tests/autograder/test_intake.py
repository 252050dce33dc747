from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_course import (
    HW1,
    ROSTER,
    answered,
    as_bytes,
    at,
    drop,
    make_course,
    released,
    released_notebook,
    snapshot,
)
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import FolderError, RosterError, StaffError, UnknownAssignmentError
from autograder.intake.collecting import collect
from autograder.intake.decisions import SET_ASIDE, decide
from autograder.intake.fates import ACCEPTED, FATES, NEEDS_PERSON, REFUSED, SUPERSEDED, Fate
from autograder.intake.store import find_original
from autograder.intake.unpack import Caps
from autograder.rules.coursefile import Course, load_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path)


def fates(course: Course, **more: object) -> dict[str, Fate]:
    return {fate.path: fate for fate in collect(course, **more)}  # type: ignore[arg-type]


def one(course: Course) -> Fate:
    (fate,) = collect(course)
    return fate


def rules(fate: Fate) -> list[str]:
    return [deduction.rule for deduction in fate.deductions]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2027, 2, 5, 12, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


# --- one file ---


def test_a_right_file_is_written_as_it_came(course: Course) -> None:
    data = as_bytes(answered(released(course, "hw1")))
    drop(course, "Ada_Lovelace_hw1.ipynb", data, "2027-02-05 12:34")
    fate = one(course)
    assert (fate.fate, fate.student_id, fate.assignment, fate.confidence) == (ACCEPTED, "s001", "hw1", 1.0)
    assert (fate.deductions, fate.changes) == ((), ())
    assert (fate.submitted_at, fate.time_source) == (utc("2027-02-05 12:34"), "file time")
    folder = course.submitted / "s001" / "hw1"
    assert (folder / "hw1.ipynb").read_bytes() == data
    assert (folder / "timestamp.txt").read_text() == "2027-02-05 12:34:00.000000 UTC\n"
    assert find_original(course.records, fate.digest) == data
    assert (course.inbox / "Ada_Lovelace_hw1.ipynb").read_bytes() == data


def test_the_notebook_gets_the_source_notebooks_name(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    for folder in (course.source / "hw1", course.release / "hw1"):
        (folder / "hw1.ipynb").rename(folder / "a line by descent.ipynb")
    drop(course, "Ada_Lovelace_hw1.ipynb", answered(released(course, "hw1")))
    assert one(course).fate == ACCEPTED
    assert (course.submitted / "s001" / "hw1" / "a line by descent.ipynb").exists()


def test_a_badly_named_file_is_known_by_its_header_and_its_cells(course: Course) -> None:
    drop(course, "hw1 (1).ipynb", answered(released(course, "hw2"), "José Muñoz"))
    drop(course, "untitled.ipynb", answered(released(course, "hw2"), "José Muñoz"))
    found = fates(course)
    assert found["hw1 (1).ipynb"].fate == NEEDS_PERSON
    assert "says hw1, but the notebook holds" in found["hw1 (1).ipynb"].reason
    fate = found["untitled.ipynb"]
    assert (fate.fate, fate.student_id, fate.assignment) == (ACCEPTED, "s003", "hw2")
    assert rules(fate) == ["name"]
    assert 'asks for "José_Muñoz_hw2.ipynb"' in fate.deductions[0].evidence


@pytest.mark.parametrize(
    ("top", "evidence"),
    [
        ("# A line by descent\n\n**Name:**", "the student's name"),
        ("# A line by descent", "the student's name"),
        ("**Name:** Ada Lovelace", "the assignment's name"),
        ("Hello", "the student's name and the assignment's name"),
        ("# hw1\n**Name:** Ada Lovelace", ""),
        ("# Homework 1\n**Name:** Ada L.", ""),
    ],
)
def test_name_and_assignment_stand_at_the_top(course: Course, top: str, evidence: str) -> None:
    notebook = answered(released(course, "hw1"))
    notebook.cells[0].source = top
    drop(course, "Ada_Lovelace_hw1.ipynb", notebook)
    fate = one(course)
    assert fate.fate == ACCEPTED
    assert rules(fate) == (["header"] if evidence else [])
    assert evidence == "" or fate.deductions[0].evidence == f"at the top is missing: {evidence}"
    assert all(each.percent == 5 for each in fate.deductions)


def test_a_deduction_set_to_zero_is_not_reported(course: Course) -> None:
    file = course.root / "course.toml"
    file.write_text(file.read_text() + "[format.deductions]\nname = 0\nheader = 7\n")
    notebook = answered(released(course, "hw1"), "")
    drop(course, "s001/work.ipynb", notebook)
    (fate,) = collect(load_course(course.root))
    assert [(each.rule, each.percent) for each in fate.deductions] == [("header", 7.0)]


def test_moved_and_retyped_answers_are_reported_with_their_cells(course: Course) -> None:
    notebook = answered(released(course, "hw1"))
    place = at(notebook, "sse-answer")
    notebook.cells.append(notebook.cells.pop(place))
    place = at(notebook, "hw1-reflection")
    cell = notebook.cells[place]
    notebook.cells[place] = nbformat.v4.new_code_cell("# " + cell.source, metadata=cell.metadata, id=cell.id)
    drop(course, "Ada_Lovelace_hw1.ipynb", notebook)
    fate = one(course)
    assert fate.fate == ACCEPTED
    assert rules(fate) == ["placement", "text_answers"]
    assert "sse-answer stood in another place (cell 17)" in fate.deductions[0].evidence


# --- what cannot be a submission, or cannot be decided ---

SOUND = as_bytes(answered(released_notebook("hw1", "A line by descent", HW1)))
RAR = b"Rar!\x1a\x07\x00"
BAD = [
    ("Ada_Lovelace_hw1.ipynb", b"", REFUSED, "empty"),
    ("Ada_Lovelace_hw1.ipynb", b" \n\n", REFUSED, "nothing but blanks"),
    ("Ada_Lovelace_hw1.ipynb", b"\0" * 4096, REFUSED, "nothing but blanks"),
    ("Ada_Lovelace_hw1.ipynb", SOUND[:-200], REFUSED, "breaks off in the middle"),
    ("Ada_Lovelace_hw1.ipynb", SOUND[:500], REFUSED, "breaks off in the middle"),
    ("Ada_Lovelace_hw1.ipynb", SOUND.replace(b'"cells"', b"cells", 1), REFUSED, "not valid JSON"),
    ("Ada_Lovelace_hw1.ipynb", b"<<<<<<< HEAD\n" + SOUND, REFUSED, "not a notebook"),
    ("Ada_Lovelace_hw1.ipynb", SOUND.replace(b"\n", b"\n<<<<<<< HEAD\n", 1), REFUSED, "git's conflict marks"),
    ("Ada_Lovelace_hw1.ipynb", b"print('hello')", REFUSED, "no JSON"),
    ("Ada_Lovelace_hw1.ipynb", b"%PDF-1.7 ...", REFUSED, "a PDF.*only renamed"),
    ("Ada_Lovelace_hw1.ipynb", b"<!DOCTYPE html><html>", REFUSED, "a web page"),
    ("Ada_Lovelace_hw1.ipynb", b"{}", REFUSED, "JSON but not a notebook"),
    ("Ada_Lovelace_hw1.ipynb", b"[1, 2]", REFUSED, "JSON but not a notebook"),
    ("Ada_Lovelace_hw1.ipynb", b'{"cells": 3}', REFUSED, "JSON but not a notebook"),
    ("Ada_Lovelace_hw1.ipynb", b'{"cells": []}', REFUSED, "no cells"),
    ("Ada_Lovelace_hw1.ipynb", b'{"cells": [1, null, "x"]}', REFUSED, "no cells"),
    ("Ada_Lovelace_hw1.ipynb", b'{"cells": [{}], "nbformat": 9}', REFUSED, "format is 9"),
    ("Ada_Lovelace_hw1.ipynb", b"[" * 200_000, REFUSED, "nested too deep"),
    ("Ada_Lovelace_hw1.ipynb", b'{"cells": [], "x": ' + b"9" * 10_000 + b"}", REFUSED, "a number too long"),
    ("Ada_Lovelace_hw1.py", b"x = 1", REFUSED, "a Python script"),
    ("Ada_Lovelace_hw1.pdf", b"%PDF-1.7", REFUSED, "a PDF"),
    ("Ada_Lovelace_hw1.docx", zipped(**{"[Content_Types].xml": b"<x/>"}), REFUSED, "an office document"),
    ("Ada_Lovelace_hw1.html", b"<html></html>", REFUSED, "a web page"),
    ("data.csv", b"a,b\n1,2\n", REFUSED, "a table"),
    (".Ada_Lovelace_hw1.ipynb", SOUND, REFUSED, "hidden or temporary"),
    (".ipynb_checkpoints/hw1-checkpoint.ipynb", SOUND, REFUSED, "hidden or temporary"),
    ("~$hw1.ipynb", SOUND, REFUSED, "hidden or temporary"),
    ("hw1.ipynb.part", SOUND, REFUSED, "hidden or temporary"),
    ("Ada_Lovelace_hw1.zip", b"PK\x03\x04 cut", REFUSED, "zip archive is broken"),
    ("Ada_Lovelace_hw1.zip", zipped(), REFUSED, "zip archive is empty"),
    ("Ada_Lovelace_hw1.rar", RAR, NEEDS_PERSON, "Only zip archives are opened"),
    ("Ada_Lovelace_hw1.tar.gz", b"\x1f\x8b\x08", NEEDS_PERSON, "Only zip archives are opened"),
    ("Jonathan_Swift_hw1.ipynb", SOUND, NEEDS_PERSON, 'says "Jonathan_Swift"'),
    ("Grace_Hopper_hw1.ipynb", SOUND, NEEDS_PERSON, "contradict"),
    ("Ada_Lovelace_hw2.ipynb", SOUND, NEEDS_PERSON, "says hw2, but the notebook holds 14 grade ids of hw1"),
    ("Ada_Lovelace_hw9.ipynb", SOUND, NEEDS_PERSON, "says hw9"),
    ("hw2/Ada_Lovelace.ipynb", SOUND, NEEDS_PERSON, "folder says hw2"),
]


@pytest.mark.parametrize(("name", "data", "fate", "reason"), BAD, ids=[f"{n} {r}" for n, _, _, r in BAD])
def test_what_is_no_submission_is_refused_and_what_is_unclear_waits(
    course: Course, name: str, data: bytes, fate: str, reason: str
) -> None:
    drop(course, name, data)
    (found,) = collect(course)
    assert (found.path, found.fate) == (name, fate)
    assert re.search(reason, found.reason), found.reason
    assert found.reason.endswith((".", ")."))
    assert not course.submitted.exists()
    if "Lovelace" in name and "hw1" in name and not name.startswith((".", "Grace")):
        assert found.student_id == "s001"  # whose broken file it is, where the name says so


ODD = {
    "utf-8 with mark": b"\xef\xbb\xbf" + SOUND,
    "utf-16": SOUND.decode().encode("utf-16"),
    "utf-16 without mark": SOUND.decode().encode("utf-16-le"),
    "windows": SOUND.decode().replace("Ada Lovelace", "Ada Lovelace é").encode("cp1252"),
    "carriage returns": SOUND.replace(b"\n", b"\r\n"),
    "no format number": SOUND.replace(b'"nbformat": 4,\n', b"").replace(b'"nbformat": 4', b'"x": 4'),
    "sources as lists": json.dumps(
        {
            **json.loads(SOUND),
            "cells": [{**c, "source": c["source"].splitlines(True)} for c in json.loads(SOUND)["cells"]],
        }
    ).encode(),
    "a cell without metadata": SOUND.replace(b'"metadata": {},', b"", 1),
    "broken outputs": SOUND.replace(b'"output_type": "execute_result"', b'"output_type": "?"'),
    "half a character": SOUND.replace(b"Ada Lovelace", b"Ada Lovelace \\ud83d"),
}


@pytest.mark.parametrize("what", sorted(ODD))
def test_what_can_be_read_after_all_is_accepted(course: Course, what: str) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", ODD[what])
    fate = one(course)
    assert (fate.fate, fate.student_id) == (ACCEPTED, "s001"), fate.reason
    written = course.submitted / "s001" / "hw1" / "hw1.ipynb"
    nbformat.validate(nbformat.read(written, as_version=4))
    assert find_original(course.records, fate.digest) == ODD[what]


def test_notebook_format_3_is_brought_to_4(course: Course) -> None:
    old = nbformat.convert(nbformat.reads(SOUND.decode(), as_version=4), 3)
    drop(course, "Ada_Lovelace_hw1.ipynb", json.dumps(old).encode())
    fate = one(course)
    assert fate.fate == ACCEPTED, fate.reason
    assert fate.changes[0].what == "brought from notebook format 3 to 4"
    written = nbformat.read(course.submitted / "s001" / "hw1" / "hw1.ipynb", as_version=4)
    nbformat.validate(written)
    assert "linear_predict-answer" in [c.metadata.get("nbgrader", {}).get("grade_id") for c in written.cells]


def test_an_assignment_without_notebook_or_release_waits(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw3.ipynb", b'{"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4}')
    (course.release / "hw2" / "hw2.ipynb").rename(course.root / "elsewhere.ipynb")
    drop(
        course, "Ada_Lovelace_hw2.ipynb", answered(released_notebook("hw2", "Forward", ("sigmoid", "relu", "softmax")))
    )
    found = fates(course)
    assert "hw3, which has not been released yet" in found["Ada_Lovelace_hw3.ipynb"].reason
    assert "hw2 has not been released yet" in found["Ada_Lovelace_hw2.ipynb"].reason
    assert {fate.fate for fate in found.values()} == {NEEDS_PERSON}
    (course.root / "elsewhere.ipynb").rename(course.release / "hw2" / "hw2.ipynb")
    assert fates(course)["Ada_Lovelace_hw2.ipynb"].fate == ACCEPTED


def test_another_courses_notebook_under_a_right_name_waits(course: Course) -> None:
    other = {
        "cells": [{"cell_type": "markdown", "source": "# Chemistry", "metadata": {}}],
        "nbformat": 4,
        "metadata": {},
    }
    drop(course, "Ada_Lovelace_hw1.ipynb", json.dumps(other).encode())
    fate = one(course)
    assert fate.fate == NEEDS_PERSON
    assert "no cell in the notebook comes from hw1" in fate.reason
    assert fate.assignment_candidates == ("hw1",)


def test_links_pipes_and_unreadable_files_are_no_trouble(course: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(SOUND)
    (course.inbox / "Ada_Lovelace_hw1.ipynb").symlink_to(secret)
    (course.inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(course.inbox / "pipe.ipynb")
    found = fates(course)
    assert {path: fate.fate for path, fate in found.items()} == dict.fromkeys(found, REFUSED)
    assert "links are not followed" in found["Ada_Lovelace_hw1.ipynb"].reason
    assert "links are not followed" in found["folder"].reason
    assert "no ordinary file" in found["pipe.ipynb"].reason


def test_a_name_that_is_no_unicode_is_no_trouble(course: Course) -> None:
    (course.inbox / os.fsdecode(b"Ada_Lovelace_\xff_hw1.ipynb")).write_bytes(SOUND)
    assert one(course).fate == ACCEPTED


# --- archives ---


def test_every_file_in_nested_archives_has_its_fate(course: Course) -> None:
    inner = zipped(**{"Grace_Hopper_hw1.ipynb": as_bytes(answered(released(course, "hw1"), "Grace Hopper"))})
    outer = zipped(**{"a/Ada_Lovelace_hw1.ipynb": SOUND, "b/inner.zip": inner, "__MACOSX/._x": b"x", "d/": b""})
    drop(course, "hw1 submissions.zip", outer)
    found = fates(course)
    assert {path: fate.fate for path, fate in found.items()} == {
        "hw1 submissions.zip!/a/Ada_Lovelace_hw1.ipynb": ACCEPTED,
        "hw1 submissions.zip!/b/inner.zip!/Grace_Hopper_hw1.ipynb": ACCEPTED,
        "hw1 submissions.zip!/__MACOSX/._x": REFUSED,
    }
    fate = found["hw1 submissions.zip!/a/Ada_Lovelace_hw1.ipynb"]
    # 12:00 on the course's clock, New York in winter
    assert (fate.submitted_at, fate.time_source) == (utc("2027-02-05 17:00"), "time in the archive")


def test_a_students_own_archive_names_the_notebook_in_it(course: Course) -> None:
    drop(course, "lovelaceada_12345_67890_Ada_Lovelace_hw1.zip", zipped(**{"work/hw1.ipynb": SOUND}))
    fate = one(course)
    assert (fate.fate, fate.student_id) == (ACCEPTED, "s001")


def test_names_in_archives_from_macos_are_read_as_utf_8(course: Course) -> None:
    data = zipped(**{"Jos\N{LATIN SMALL LETTER E WITH ACUTE}_Muñoz_hw1.ipynb": b""})
    raw = data.replace(b"\x00\x08", b"\x00\x00")  # without the flag that says the name is UTF-8
    drop(course, "x.zip", raw)
    assert one(course).student_id == "s003"


def _bomb() -> bytes:
    return zipped(**{"bomb.ipynb": b"\0" * 60_000_000})


def _overlapping() -> bytes:
    data = zipped(**{"a.ipynb": b"\0" * 1000, "b.ipynb": b"\0" * 1000})
    # point the second entry of the directory at the first file
    second = data.rfind(b"PK\x01\x02")
    return data[: second + 42] + b"\0\0\0\0" + data[second + 46 :]


def _with_link() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("Ada_Lovelace_hw1.ipynb")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def _deep(levels: int) -> bytes:
    data = zipped(**{"Ada_Lovelace_hw1.ipynb": SOUND})
    for _ in range(levels):
        data = zipped(**{"more.zip": data})
    return data


def _locked() -> bytes:
    data = zipped(**{"Ada_Lovelace_hw1.ipynb": SOUND})
    return data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def _damaged() -> bytes:
    data = bytearray(zipped(**{"Ada_Lovelace_hw1.ipynb": SOUND}))
    data[200] ^= 0xFF
    return bytes(data)


UNSAFE = {
    "bomb": (_bomb(), REFUSED, "a zip bomb"),
    "overlapping": (_overlapping(), REFUSED, "overlap: a zip bomb"),
    "link": (_with_link(), REFUSED, "a link in place of a file"),
    "up": (zipped(**{"../../Ada_Lovelace_hw1.ipynb": SOUND}), REFUSED, "leads out of its folder"),
    "root": (zipped(**{"/etc/Ada_Lovelace_hw1.ipynb": SOUND}), REFUSED, "leads out of its folder"),
    "drive": (zipped(**{"C:\\Ada_Lovelace_hw1.ipynb": SOUND}), REFUSED, "leads out of its folder"),
    "backslashes": (zipped(**{"..\\..\\Ada_Lovelace_hw1.ipynb": SOUND}), REFUSED, "leads out of its folder"),
    "deep": (_deep(3), REFUSED, "more than 3 deep"),
    "password": (_locked(), NEEDS_PERSON, "locked with a password"),
    "damaged": (_damaged(), REFUSED, "damaged inside its archive"),
}


@pytest.mark.parametrize("what", sorted(UNSAFE))
def test_unsafe_archives_are_refused_in_one_sentence(course: Course, what: str) -> None:
    data, fate, reason = UNSAFE[what]
    drop(course, "x.zip", data)
    found = one(course)
    assert found.fate == fate
    assert reason in found.reason
    assert found.reason.count(". ") == 0
    assert not course.submitted.exists()
    assert list(course.root.rglob("*Lovelace*")) == []


@pytest.mark.parametrize(
    ("caps", "reason"),
    [
        (Caps(file_bytes=1_000), "more than the 0 MB a notebook may have"),
        (Caps(archive_files=1), "holds 2 files, more than 1"),
        (Caps(archive_bytes=1_000), "would unpack to"),
    ],
)
def test_too_much_is_refused(course: Course, caps: Caps, reason: str) -> None:
    drop(course, "x.zip", zipped(a=SOUND, b=SOUND))
    assert all(reason in fate.reason for fate in collect(course, caps=caps))


def test_archives_that_add_up_to_too_much_stop(course: Course) -> None:
    many = zipped(**{f"{n}.zip": zipped(**{f"{m}.ipynb": b"x" for m in range(8)}) for n in range(8)})
    drop(course, "x.zip", many)
    found = collect(course, caps=Caps(archive_files=20))
    assert len(found) == 21
    assert "add up to too much" in found[0].reason


def test_a_huge_file_is_refused_unread(course: Course) -> None:
    file = drop(course, "Ada_Lovelace_hw1.ipynb", b"{")
    os.truncate(file, 400_000_000)  # sparse: takes no room
    fate = one(course)
    assert (fate.fate, fate.digest) == (REFUSED, "")
    assert "400 MB, more than the 100 MB" in fate.reason


# --- versions ---


def test_the_latest_sound_version_counts_and_all_are_kept(course: Course) -> None:
    hw1 = released(course, "hw1")
    for day, sse in (("03", "first"), ("05", "third"), ("04", "second")):
        drop(course, f"{sse}/Ada_Lovelace_hw1.ipynb", answered(hw1, sse=f"# {sse}"), f"2027-02-{day} 12:00")
    drop(course, "broken/Ada_Lovelace_hw1.ipynb", SOUND[:400], "2027-02-06 12:00")
    drop(course, "unclear/Ada_Lovelace_hw2.ipynb", SOUND, "2027-02-07 12:00")
    found = fates(course)
    assert found["third/Ada_Lovelace_hw1.ipynb"].fate == ACCEPTED
    assert found["first/Ada_Lovelace_hw1.ipynb"].fate == SUPERSEDED
    assert found["second/Ada_Lovelace_hw1.ipynb"].reason == (
        "A later version counts: third/Ada_Lovelace_hw1.ipynb (2027-02-05 12:00 UTC)."
    )
    assert found["broken/Ada_Lovelace_hw1.ipynb"].fate == REFUSED
    assert found["unclear/Ada_Lovelace_hw2.ipynb"].fate == NEEDS_PERSON
    folder = course.submitted / "s001" / "hw1"
    assert b"# third" in (folder / "hw1.ipynb").read_bytes()
    assert (folder / "timestamp.txt").read_text().startswith("2027-02-05 12:00")
    assert all(find_original(course.records, fate.digest) is not None for fate in found.values())


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Ada_Lovelace_hw1.ipynb", "Ada_Lovelace_hw1 (1).ipynb"),
        ("Ada_Lovelace_hw1 (2).ipynb", "Ada_Lovelace_hw1 (10).ipynb"),
        ("lovelaceada_12_900_hw1.ipynb", "lovelaceada_12_1000_hw1-1.ipynb"),
    ],
)
def test_at_the_same_time_the_platforms_and_browsers_count_decides(course: Course, older: str, newer: str) -> None:
    hw1 = released(course, "hw1")
    drop(course, older, answered(hw1, sse="# older"))
    drop(course, newer, answered(hw1, sse="# newer"))
    found = fates(course)
    assert (found[older].fate, found[newer].fate) == (SUPERSEDED, ACCEPTED)


def test_downloading_the_same_again_is_no_new_submission(course: Course) -> None:
    hw1 = released(course, "hw1")
    first, second = answered(hw1, sse="# first"), answered(hw1, sse="# second")
    drop(course, "Ada_Lovelace_hw1.ipynb", first, "2027-02-03 12:00")
    drop(course, "Ada_Lovelace_hw1-2.ipynb", second, "2027-02-04 12:00")
    collect(course)
    again = course.root / "downloaded again"
    again.mkdir()
    for name, notebook in (("Ada_Lovelace_hw1 (1).ipynb", first), ("Ada_Lovelace_hw1-2 (1).ipynb", second)):
        drop(course, f"../downloaded again/{name}", notebook, "2027-02-20 12:00")
    before = snapshot(course.submitted)
    found = {fate.path: fate for fate in collect(course, again)}
    assert {fate.fate for fate in found.values()} == {SUPERSEDED}
    assert snapshot(course.submitted) == before
    assert "the same as Ada_Lovelace_hw1-2.ipynb" in found["Ada_Lovelace_hw1-2 (1).ipynb"].reason


def test_a_copy_touched_later_is_as_old_as_it_was(course: Course) -> None:
    file = drop(course, "Ada_Lovelace_hw1.ipynb", SOUND, "2027-02-03 12:00")
    collect(course)
    before = snapshot(course.submitted, course.records)
    os.utime(file, (4_000_000_000, 4_000_000_000))
    collect(course)
    assert snapshot(course.submitted, course.records) == before


def test_an_exchange_stamp_is_taken_at_its_word(course: Course) -> None:
    hw1 = released(course, "hw1")
    for stamp, text in (("2027-02-04 10:00:00.5", "a"), ("2027-02-05 10:00:00.25", "b"), ("2027-02-06 10:00:00", "a")):
        drop(course, f"s001+hw1+{stamp} UTC+x/hw1.ipynb", answered(hw1, sse=f"# {text}"))
        drop(course, f"s001+hw1+{stamp} UTC+x/timestamp.txt", f"{stamp} UTC".encode())
    accepted = [fate for fate in collect(course) if fate.fate == ACCEPTED]
    assert [(fate.submitted_at, fate.time_source) for fate in accepted] == [
        (utc("2027-02-06 10:00:00"), "stamp in the name")
    ]


def test_a_time_stamp_beside_the_notebook_is_read(course: Course) -> None:
    drop(course, "s001/hw1/hw1.ipynb", SOUND)
    drop(course, "s001/hw1/timestamp.txt", b"2027-02-01 08:00:00.250000 UTC")
    fate = fates(course)["s001/hw1/hw1.ipynb"]
    assert (fate.submitted_at, fate.time_source) == (utc("2027-02-01 08:00:00.25"), "stamp in timestamp.txt")


def test_namesakes_never_supersede_each_other(course: Course) -> None:
    hw1 = released(course, "hw1")
    drop(course, "Wei_Chen_s007_hw1.ipynb", answered(hw1, "Wei Chen"), "2027-02-03 12:00")
    drop(course, "Wei_Chen_s008_hw1.ipynb", answered(hw1, "Wei Chen", sse="# other"), "2027-02-04 12:00")
    drop(course, "Wei_Chen_hw1.ipynb", answered(hw1, "Wei Chen", sse="# third"), "2027-02-05 12:00")
    found = fates(course)
    assert [found[f"Wei_Chen{who}_hw1.ipynb"].student_id for who in ("_s007", "_s008", "")] == ["s007", "s008", None]
    assert [fate.fate for fate in found.values()].count(ACCEPTED) == 2
    assert found["Wei_Chen_s007_hw1.ipynb"].deductions == ()
    assert {each.student_id for each in found["Wei_Chen_hw1.ipynb"].candidates} == {"s007", "s008"}


def test_two_assignments_of_one_student_do_not_meet(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    drop(course, "Ada_Lovelace_hw2.ipynb", answered(released(course, "hw2")))
    assert {fate.fate for fate in collect(course)} == {ACCEPTED}


# --- again, and again ---


def fill(course: Course) -> None:
    hw1, hw2 = released(course, "hw1"), released(course, "hw2")
    drop(course, "Ada_Lovelace_hw1.ipynb", answered(hw1))
    drop(course, "Ada_Lovelace_hw1 (1).ipynb", answered(hw1, sse="# later"))
    drop(course, "hw1.ipynb", answered(hw1, "José Muñoz"))
    drop(course, "Jose_Munoz_hw1.ipynb", SOUND[:1000], "2027-03-01 12:00")
    drop(course, "class.zip", zipped(**{"Grace_Hopper_hw2.ipynb": as_bytes(answered(hw2, "Grace Hopper"))}))
    damaged = answered(hw2, "Suharto")
    del damaged.cells[at(damaged, "relu")]
    drop(course, "Suharto_hw2.ipynb", damaged)
    drop(course, "Wei_Chen_hw1.ipynb", answered(hw1, "Wei Chen"))
    drop(course, "notes.pdf", b"%PDF")


def test_every_file_has_one_row_and_collecting_twice_changes_nothing(course: Course) -> None:
    fill(course)
    first = collect(course)
    assert [fate.path for fate in first] == sorted(fate.path for fate in first)
    assert len(first) == 8
    assert all(fate.fate in FATES and fate.reason for fate in first)
    before = snapshot(course.root)
    assert collect(course) == first
    assert snapshot(course.root) == before


def test_a_dry_run_says_the_same_and_writes_nothing(course: Course) -> None:
    fill(course)
    before = snapshot(course.root)
    dry = collect(course, dry_run=True)
    assert snapshot(course.root) == before
    assert dry == collect(course)


@pytest.mark.parametrize("stop_after", range(0, 40, 3))
def test_stopped_at_any_moment_and_run_again_gives_the_same(
    course: Course, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    fill(course)
    left = stop_after
    real = os.replace

    def replace_until_stopped(source: str, target: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", replace_until_stopped)
    try:
        collect(course)
    except KeyboardInterrupt:
        for notebook in course.submitted.rglob("*.ipynb"):
            nbformat.read(notebook, as_version=4)
    monkeypatch.setattr(os, "replace", real)
    collect(course)
    whole = make_course(tmp_path_factory.mktemp("whole"))
    fill(whole)
    collect(whole)

    def content(of: Course) -> dict[str, bytes]:
        files = snapshot(of.submitted, of.records)
        return {str(Path(name).relative_to(of.root)): data for name, (data, _) in files.items()}

    assert content(course) == content(whole)


def test_a_new_release_restores_submissions_again(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    collect(course)
    again = released(course, "hw1")
    again.cells[at(again, "sse-text")].source += "\n\nA hint more."
    course.released_notebook("hw1").write_bytes(as_bytes(again))
    assert [change.kind for change in one(course).changes] == ["text put back"]
    assert b"A hint more." in (course.submitted / "s001" / "hw1" / "hw1.ipynb").read_bytes()


def test_a_lost_submission_or_stamp_is_written_again(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    collect(course)
    files = {file: file.read_bytes() for file in (course.submitted / "s001" / "hw1").iterdir()}
    for lost in files:
        lost.unlink()
        collect(course)
        assert {file: file.read_bytes() for file in (course.submitted / "s001" / "hw1").iterdir()} == files


def test_an_emptied_inbox_loses_nothing(course: Course) -> None:
    fill(course)
    collect(course)
    before = snapshot(course.submitted, course.records)
    for file in [file for file in course.inbox.rglob("*") if file.is_file()]:
        file.unlink()
    assert collect(course) == ()
    assert snapshot(course.submitted, course.records) == before


def test_a_later_inbox_supersedes_an_earlier_one(course: Course) -> None:
    hw1 = released(course, "hw1")
    file = drop(course, "Ada_Lovelace_hw1.ipynb", answered(hw1, sse="# early"), "2027-02-03 12:00")
    collect(course)
    file.unlink()
    drop(course, "s001/hw1.ipynb", answered(hw1, sse="# late"), "2027-02-04 12:00")
    assert one(course).fate == ACCEPTED
    assert b"# late" in (course.submitted / "s001" / "hw1" / "hw1.ipynb").read_bytes()
    rows = json.loads((course.records / "fates.json").read_text())["fates"]
    assert {row["path"]: row["fate"] for row in rows} == {
        "Ada_Lovelace_hw1.ipynb": SUPERSEDED,
        "s001/hw1.ipynb": ACCEPTED,
    }


def test_a_corrected_roster_files_what_waited(course: Course) -> None:
    drop(course, "Jonathan_Swift_hw1.ipynb", answered(released(course, "hw1"), "Jonathan Swift"))
    assert one(course).fate == NEEDS_PERSON
    (course.inbox / "Jonathan_Swift_hw1.ipynb").unlink()
    course.roster.write_text(ROSTER + "s099,Jonathan,Swift,\n", encoding="utf-8")
    collect(course)
    assert (course.submitted / "s099" / "hw1" / "hw1.ipynb").exists()


def test_a_person_decides(course: Course) -> None:
    drop(course, "Wei_Chen_hw1.ipynb", answered(released(course, "hw1"), "Wei Chen"))
    drop(course, "stray.ipynb", answered(released(course, "hw1"), "Nobody Known"))
    found = fates(course)
    decide(course, found["Wei_Chen_hw1.ipynb"], "s008", "hw1", "asked him")
    decide(course, found["stray.ipynb"], SET_ASIDE, "", "a test of the teacher's")
    found = fates(course)
    fate = found["Wei_Chen_hw1.ipynb"]
    assert (fate.fate, fate.student_id, fate.reason) == (ACCEPTED, "s008", "Decided by a person: asked him.")
    assert found["stray.ipynb"].fate == REFUSED
    decide(course, fate, "s007", "hw1", "no, the other")
    assert fates(course)["Wei_Chen_hw1.ipynb"].student_id == "s007"
    assert not (course.submitted / "s008" / "hw1").exists()
    assert (course.records / "withdrawn" / "s008" / "hw1" / "1" / "hw1.ipynb").exists()
    with pytest.raises(StaffError, match='no student with the id "s999"'):
        decide(course, fate, "s999", "hw1")
    with pytest.raises(UnknownAssignmentError):
        decide(course, fate, "s007", "hw77")


def test_a_person_decides_on_the_command_line(course: Course) -> None:
    drop(course, "week 1/Wei_Chen_hw1.ipynb", answered(released(course, "hw1"), "Wei Chen"))
    drop(course, "week 2/Wei_Chen_hw1.ipynb", answered(released(course, "hw1"), "Wei Chen", mse="0"))
    collect(course)

    def command(*words: str) -> Any:
        return CliRunner().invoke(app, ["decide", *words, "--course", str(course.root)])

    listed = json.loads(command("--json").stdout)
    assert {fate["path"] for fate in listed} == {"week 1/Wei_Chen_hw1.ipynb", "week 2/Wei_Chen_hw1.ipynb"}
    assert {each["student_id"] for each in listed[0]["candidates"]} == {"s007", "s008"}
    for words, complaint in (
        (("Wei_Chen_hw1.ipynb", "s008", "hw1"), "Several files are called"),
        (("week 3/Wei_Chen_hw1.ipynb", "s008", "hw1"), "No file called"),
        (("week 1/Wei_Chen_hw1.ipynb", "s008"), "Say whose work it is"),
        (("week 1/Wei_Chen_hw1.ipynb", "s099", "hw1"), 'no student with the id "s099"'),
    ):
        refused = command(*words)
        assert refused.exit_code == 2
        assert complaint in " ".join(refused.stderr.split())
    assert command("week 1/Wei_Chen_hw1.ipynb", "s008", "hw1", "--note", "asked him").exit_code == 0
    assert command("week 2/Wei_Chen_hw1.ipynb", "-").exit_code == 0
    found = fates(course)
    assert found["week 1/Wei_Chen_hw1.ipynb"].student_id == "s008"
    assert found["week 2/Wei_Chen_hw1.ipynb"].fate == REFUSED
    assert json.loads(command("--json").stdout) == []


def test_a_decision_is_about_one_file_and_not_about_all_that_hold_the_same(course: Course) -> None:
    blank = released(course, "hw1")
    drop(course, "untitled.ipynb", blank)
    drop(course, "nameless.ipynb", blank)
    decide(course, fates(course)["untitled.ipynb"], "s001", "hw1")
    assert {path: fate.fate for path, fate in fates(course).items()} == {
        "untitled.ipynb": ACCEPTED,
        "nameless.ipynb": NEEDS_PERSON,
    }


def test_what_a_person_mended_in_submitted_stays(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND, "2027-02-03 12:00")
    collect(course)
    target = course.submitted / "s001" / "hw1" / "hw1.ipynb"
    target.write_bytes(SOUND + b"\n")
    collect(course)
    assert target.read_bytes() == SOUND + b"\n"
    newer = answered(released(course, "hw1"), sse="# newer")
    drop(course, "Ada_Lovelace_hw1 (1).ipynb", newer, "2027-02-04 12:00")
    collect(course)
    assert target.read_bytes() == as_bytes(newer)
    kept = [file for file in (course.records / "inbox").rglob("*") if file.is_file()]
    assert SOUND + b"\n" in [file.read_bytes() for file in kept]


def test_a_later_version_from_the_exchange_is_not_overwritten(course: Course) -> None:
    folder = course.submitted / "s001" / "hw1"
    folder.mkdir(parents=True)
    other = as_bytes(answered(released(course, "hw1"), sse="# from the exchange"))
    (folder / "hw1.ipynb").write_bytes(other)
    (folder / "timestamp.txt").write_text("2027-02-09 12:00:00.000000 UTC")
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND, "2027-02-03 12:00")
    fate = one(course)
    assert fate.fate == SUPERSEDED
    assert "came another way" in fate.reason
    assert (folder / "hw1.ipynb").read_bytes() == other
    drop(course, "Ada_Lovelace_hw1 (1).ipynb", answered(released(course, "hw1"), sse="# new"), "2027-02-10 12:00")
    assert fates(course)["Ada_Lovelace_hw1 (1).ipynb"].fate == ACCEPTED
    assert b"# new" in (folder / "hw1.ipynb").read_bytes()


# --- an instructor's slips ---


@pytest.mark.parametrize("inside", [".", "notebooks", "notebooks/assignments/hw1", "release", "submitted", "records"])
def test_the_courses_own_folders_are_no_inbox(course: Course, inside: str) -> None:
    (course.root / inside).mkdir(exist_ok=True)
    with pytest.raises(FolderError, match="cannot be an inbox"):
        collect(course, course.root / inside)


def test_slips_are_one_sentence_and_nothing_is_half_written(course: Course) -> None:
    with pytest.raises(FolderError, match="There is no inbox at"):
        collect(course, course.root / "nowhere")
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    course.roster.rename(course.root / "gone.csv")
    with pytest.raises(RosterError, match="There is no roster at"):
        collect(course)
    (course.root / "gone.csv").rename(course.roster)
    (course.release / "hw1" / "hw1.ipynb").write_text("{")
    with pytest.raises(StaffError, match=r"hw1\.ipynb: The file breaks off"):
        collect(course)
    assert not course.records.exists()


def test_a_damaged_record_is_one_sentence(course: Course) -> None:
    fill(course)
    collect(course)
    (course.records / "fates.json").write_text('{"fates": [{')
    with pytest.raises(FolderError, match=r"fates\.json cannot be read .* Move it away and collect again"):
        collect(course)


def test_a_folder_that_cannot_be_written_is_one_sentence(course: Course) -> None:
    drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    course.submitted.write_text("a file where the folder should be")
    with pytest.raises(FolderError, match="cannot be written"):
        collect(course)


def test_one_file_can_be_the_inbox(course: Course) -> None:
    file = drop(course, "Ada_Lovelace_hw1.ipynb", SOUND)
    assert [fate.path for fate in collect(course, file)] == ["Ada_Lovelace_hw1.ipynb"]


def test_progress_is_told_for_every_file(course: Course) -> None:
    fill(course)
    told: list[tuple[int, int, str]] = []
    collect(course, progress=lambda *step: told.append(step))
    assert [done for done, _, _ in told] == list(range(9))
    assert {total for _, total, _ in told} == {8}
