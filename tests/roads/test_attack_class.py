"""One class of attackers on both roads: nobody gains a point or reads what is not theirs, and what was tried is listed.

All their answers are wrong, so that an honest score is 0. Four honest students are graded with them, two before and two
after. By default some attacks of each table go down the road of `course grade`, and fewer down plain nbgrader's; with
FIRST_DESCENT_FULL=1 all go down both. Every one that is code is tried in tests/autograder/engine/test_attacks.py.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from attackers import (
    CANARY,
    EARNED,
    EXERCISES,
    HONEST,
    IDS,
    LEAVE_NO_TRACE,
    NAMES,
    SPREAD,
    lay_out,
    words_for,
)
from small_term import REPOSITORY

from autograder.engine.worker.client import isolation_here
from autograder.nbgrader_bridge.gradebook import Score, scores
from autograder.receipts import Receipt, receipts
from autograder.rules.coursefile import Course

pytestmark = pytest.mark.slow

ROADS = ("course grade", "nbgrader autograde")
NOT_GRADED = ("a link to another's notebook",)
IS_FULL = bool(os.environ.get("FIRST_DESCENT_FULL"))
OURS = NAMES if IS_FULL else SPREAD
PLAIN = NAMES if IS_FULL else (*SPREAD[:1], *SPREAD[::-4])
"""With the last one, so that what cannot be graded is among them."""
ATTEMPTS = [(road, name) for road, names in zip(ROADS, (OURS, PLAIN), strict=True) for name in names]


@dataclass(frozen=True)
class Road:
    """One road as it went: rows, receipts, what was printed and logged, and files that were no one's to touch."""

    course: Course
    rows: dict[str, Score]
    receipts: dict[str, Receipt]
    said: str
    before: dict[str, str]


def begin(*words: str, cwd: Path) -> subprocess.Popen[str]:
    scripts = Path(sys.prefix) / "bin"
    environment = os.environ | {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "GRADEBOOK_PASSWORD": f"{CANARY}-environment",
    }
    return subprocess.Popen(
        [str(scripts / words[0]), *words[1:]],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def end(process: subprocess.Popen[str], *expect: int) -> str:
    said, _ = process.communicate(timeout=1500)
    assert process.returncode in (expect or (0,)), said[-3000:]
    return said


def untouchable(root: Path) -> dict[str, str]:
    """Return a digest of each file that grading has no business to change."""
    files = [root / "course.toml", root / "roster.csv", root / "nbgrader_config.py"]
    files += [path for part in ("notebooks", "release", "submitted") for path in (root / part).rglob("*")]
    kept = [path for path in files if path.is_file() and path.name != "data.csv"]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Road]]:
    if not isolation_here().is_sandbox:
        pytest.skip(f"no sandbox on this machine: {isolation_here().refused}")
    base = tmp_path_factory.mktemp("attacks")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        words = words_for(base, REPOSITORY, server.getsockname()[1])
        ours = lay_out(base / "ours", OURS, words)
        theirs = lay_out(base / "theirs", PLAIN, words)
        before = {course.root: untouchable(course.root) for course in (ours, theirs)}
        plain = begin("nbgrader", "autograde", "hw1", cwd=theirs.root)
        said = end(begin("course", "grade", "hw1", "-j", "2", cwd=ours.root))
        for verb in ("feedback", "report"):
            said += end(begin("course", verb, "hw1", cwd=ours.root))
        log = end(plain, 1)  # it says so that there was one it could not grade
        log += end(begin("nbgrader", "generate_feedback", "hw1", cwd=theirs.root))
        log += end(begin("course", "report", "hw1", cwd=theirs.root))
        with pytest.raises(BlockingIOError):
            server.accept()
    said += (ours.records / "nbgrader.log").read_text(encoding="utf-8", errors="replace")
    yield {
        road: Road(
            course,
            {score.student: score for score in scores(course, "hw1")},
            {receipt.student: receipt for receipt in receipts(course, "hw1")},
            printed,
            before[course.root],
        )
        for road, course, printed in ((ROADS[0], ours, said), (ROADS[1], theirs, log))
    }
    shutil.rmtree(base, ignore_errors=True)


def texts(course: Course, student: str) -> str:
    """Return the graded notebook and the feedback page of a student."""
    folders = (course.autograded / student, course.feedback / student)
    files = [path for folder in folders for path in folder.rglob("hw1.*") if path.is_file()]
    return "".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(("road", "name"), ATTEMPTS)
def test_an_attack_gains_nothing_and_reads_nothing(road: str, name: str, roads: dict[str, Road]) -> None:
    walked, student = roads[road], IDS[name]
    row = walked.rows.get(student)
    if name in NOT_GRADED:
        assert row is None or set(row.cells.values()) == {None}
        assert "is a link to another file" in " ".join(walked.receipts[student].needs_person)
        return
    assert row is not None
    assert (row.raw, row.final, set(row.cells.values())) == (0.0, 0.0, {0.0})
    assert set(row.cells) == set(EXERCISES)
    assert row.max == 3.0
    assert not row.needs_person
    assert CANARY not in texts(walked.course, student)


@pytest.mark.parametrize(("road", "name"), ATTEMPTS)
def test_an_attack_is_listed_with_what_was_seen(road: str, name: str, roads: dict[str, Road]) -> None:
    receipt = roads[road].receipts[IDS[name]]
    if name in NOT_GRADED:
        assert receipt.needs_person
        return
    assert bool(receipt.sightings) is (name not in LEAVE_NO_TRACE), receipt.sightings
    for seen in receipt.sightings:
        assert seen.sentence.endswith(".")
        assert seen.quote == "" or seen.quote.isprintable()


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("student", HONEST)
def test_the_honest_have_their_own_marks_and_are_not_listed(road: str, student: str, roads: dict[str, Road]) -> None:
    walked = roads[road]
    assert (walked.rows[student].raw, walked.rows[student].final) == (EARNED[student], EARNED[student])
    assert walked.receipts[student].sightings == ()


def test_nine_of_ten_are_listed() -> None:
    assert len(NAMES) >= len(OURS) >= 60
    assert set(NOT_GRADED) <= set(PLAIN) <= set(OURS)
    assert len(LEAVE_NO_TRACE) <= 0.1 * len(NAMES)


@pytest.mark.parametrize("road", ROADS)
def test_the_graders_files_are_as_they_were(road: str, roads: dict[str, Road]) -> None:
    walked = roads[road]
    assert untouchable(walked.course.root) == walked.before
    made = [path.name for path in walked.course.root.rglob("*") if re.search("pwned|planted|evil|extra", path.name)]
    assert [name for name in made if "\x1b" not in name] == []
    tables = sqlite3.connect(walked.course.root / "gradebook.db")
    names = ("grade", "comment", "submitted_assignment", "submitted_notebook")
    assert CANARY not in str([tables.execute(f"select * from {name}").fetchall() for name in names])
    tables.close()


@pytest.mark.parametrize("road", ROADS)
def test_what_is_printed_and_logged_tells_no_secret_and_steers_no_terminal(road: str, roads: dict[str, Road]) -> None:
    said = roads[road].said
    assert CANARY not in said
    assert not re.search("\x1b[\\]P]|\x1b\\[2J", said)


def test_the_instructor_sees_it_in_the_table_and_students_do_not(roads: dict[str, Road]) -> None:
    walked = roads[ROADS[0]]
    seen = {student: receipt.sightings for student, receipt in walked.receipts.items() if receipt.sightings}
    assert walked.said.count("look at it:") == len(seen)
    for student, sightings in seen.items():
        page = (walked.course.feedback / student / "hw1/hw1.html").read_text(encoding="utf-8")
        assert [each.sentence for each in sightings if each.sentence in page] == []


@pytest.mark.parametrize("road", ROADS)
def test_the_report_lists_them(road: str, roads: dict[str, Road]) -> None:
    walked = roads[road]
    page = (walked.course.reports / "hw1.html").read_text(encoding="utf-8")
    shown = page[page.index("Submissions to open") :]
    shown = shown[: shown.index("</section>")]
    for student, receipt in walked.receipts.items():
        assert (f"({student})" in shown) is bool(receipt.sightings), student
    assert CANARY not in re.sub(f"{CANARY}-submitted", "", page)  # the honest answers may be quoted as similar


class Harmless(HTMLParser):
    """Notes whatever of a page could run or fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "form", "link"):
            self.found.append(tag)
        for name, value in attrs:
            target = re.sub(r"[\s\0-\x1f]", "", value or "").casefold()
            is_fetched = name in ("src", "srcset", "data", "poster") and not target.startswith("data:image/")
            if name.startswith("on") or name == "srcdoc" or target.startswith("javascript:") or is_fetched:
                self.found.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("road", ROADS)
def test_pages_hold_nothing_that_runs(road: str, roads: dict[str, Road]) -> None:
    course = roads[road].course
    pages = [*course.feedback.glob("*/hw1/hw1.html"), course.reports / "hw1.html"]
    assert len(pages) > len(PLAIN)
    for path in pages:
        page = path.read_text(encoding="utf-8")
        parser = Harmless()
        parser.feed(page)
        assert parser.found == [], path
        assert "default-src 'none'" in html.unescape(page)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page), path
