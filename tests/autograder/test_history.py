"""The history of every grade: what is noted, what survives a crash, what a person reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from graded_class import build_course, copy_course
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import FolderError
from autograder.history import Chronicle, Event, look, read_history
from autograder.history.ledger import history_path
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.penalties import refresh_penalties
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.coursefile import Course
from autograder.term.exporting import Form, export


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built: Course, tmp_path: Path) -> Course:
    return copy_course(built, tmp_path / "course")


def give(
    course: Course, student: str, exercise: str, *, by_hand: float | None = None, auto: float | None = None
) -> None:
    with open_gradebook(course) as gradebook:
        row = gradebook.find_grade(exercise, "hw1", "hw1", student)
        if auto is not None:
            row.auto_score = auto
        else:
            row.manual_score = by_hand
        gradebook.db.commit()


def of(course: Course, student: str) -> list:
    return [entry for entry in read_history(course, "hw1").entries if entry.student == student]


def test_the_first_look_notes_what_stands_and_the_next_one_nothing(course: Course) -> None:
    first = look(course, "hw1")
    assert {entry.student for entry in first} == {score.student for score in scores(course, "hw1")}
    assert {entry.event for entry in first} == {Event.FOUND}
    [entry] = of(course, "s003")
    assert (entry.before, entry.after.raw, entry.after.penalty) == (None, 12.0, 1.2)
    assert entry.after.final == pytest.approx(10.8)
    assert "when its history began" in entry.reason
    before = history_path(course, "hw1").read_bytes()
    assert look(course, "hw1") == ()
    assert history_path(course, "hw1").read_bytes() == before


def test_not_graded_is_not_noted_as_zero(course: Course) -> None:
    look(course, "hw1")
    [entry] = of(course, "s007")
    assert entry.after.cells["gd_fit"] is None
    lines = history_path(course, "hw1").read_text().splitlines()
    assert all('"raw": 0.0' not in line or "s008" not in line for line in lines)


# what a person or a program does, what the history then says
def test_a_mark_by_hand_is_noted_with_before_and_after(course: Course) -> None:
    look(course, "hw1")
    give(course, "s003", "linear_predict", by_hand=1.5)
    [entry] = look(course, "hw1")
    assert (entry.event, entry.student) == (Event.BY_HAND, "s003")
    assert entry.reason == "A mark given by hand: linear_predict 0 → 1.5."
    assert entry.moved == {"linear_predict": (0.0, 1.5)}
    assert (entry.before.raw, entry.after.raw, entry.after.by_hand) == (12.0, 13.5, {"linear_predict": 1.5})
    give(course, "s003", "linear_predict", by_hand=None)
    [entry] = look(course, "hw1")
    assert entry.reason == "A mark given by hand: linear_predict 1.5 → 0 (the mark was taken back)."


def test_the_rules_applied_anew_for_an_export_are_noted_with_the_mark_that_moved_them(course: Course) -> None:
    look(course, "hw1")
    give(course, "s003", "linear_predict", by_hand=2.0)
    export(course, Form.GRADES, ["hw1"])
    _, entry = of(course, "s003")
    assert entry.event is Event.BY_HAND
    assert "linear_predict 0 → 2" in entry.reason
    assert "applied anew for an export" in entry.reason
    assert (entry.after.raw, entry.after.penalty, entry.after.final) == (14.0, 1.4, 12.6)


def test_rules_alone(course: Course) -> None:
    look(course, "hw1")
    file = course.root / "course.toml"
    file.write_text(file.read_text() + '[late.homework]\npercent_per_day = 20\n')
    from autograder.rules.coursefile import load_course

    harder = load_course(course.root)
    refresh_penalties(harder, "hw1")
    [entry] = look(harder, "hw1", "The rules were applied anew.")
    assert (entry.student, entry.event, entry.after.penalty, entry.moved) == ("s003", Event.RULES, 2.4, {})


def test_what_another_program_changed_is_said_to_be_so(course: Course) -> None:
    look(course, "hw1")
    give(course, "s001", "mse", auto=0.0)
    [entry] = look(course, "hw1")
    assert entry.event is Event.FOUND
    assert "not by `course grade`" in entry.reason
    assert entry.moved == {"mse": (1.0, 0.0)}


def test_a_regrade_notes_only_what_moves(course: Course) -> None:
    look(course, "hw1")
    chronicle = Chronicle(course, "hw1")
    rows = {score.student: score for score in scores(course, "hw1")}
    assert chronicle.note(rows["s001"], Event.GRADED, "asked for", {"kit": "1"}) is None
    give(course, "s001", "mse", auto=0.5)
    score = next(score for score in scores(course, "hw1") if score.student == "s001")
    entry = chronicle.note(score, Event.GRADED, "an exercise, a case or a mistake changed", {"kit": "2"})
    assert entry is not None
    assert (entry.event, entry.reason) == (Event.REGRADED, "an exercise, a case or a mistake changed")
    assert len(entry.fingerprint) == 12
    assert of(course, "s001")[-1] == entry


def test_cut_anywhere_only_the_cut_line_is_lost_and_the_next_look_notes_it_again(course: Course) -> None:
    look(course, "hw1")
    file = history_path(course, "hw1")
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    last = len(lines[-1])
    for cut in (1, 2, last // 3, last // 2, last - 2):
        file.write_bytes(whole[:-cut])
        found = read_history(course, "hw1")
        if cut == 1:  # only the end of the line is missing: the entry is whole
            assert (len(found.entries), found.damaged) == (len(lines), ())
        else:
            assert len(found.entries) == len(lines) - 1
            [damage] = found.damaged
            assert damage.sentence.startswith(f"{file}, line {len(lines)}: a run was cut off while it was written")
            [again] = look(course, "hw1")
            assert again.student == json.loads(lines[-1])["student"]
            after = read_history(course, "hw1")
            assert len(after.entries) == len(lines)
            assert [each.line for each in after.damaged] == [len(lines)]
            assert not after.damaged[0].is_last


@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"{}", b"[1, 2]", b'{"time": "yesterday"}', b"null", b"\x00" * 40])
def test_a_damaged_line_in_the_middle_loses_nothing_else(course: Course, junk: bytes) -> None:
    look(course, "hw1")
    file = history_path(course, "hw1")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], junk + b"\n", *lines[1:]]))
    found = read_history(course, "hw1")
    assert len(found.entries) == len(lines)
    assert [(each.line, each.is_last) for each in found.damaged] == [(2, False)]


def test_a_history_that_cannot_be_read_or_written_is_one_sentence(course: Course) -> None:
    history_path(course, "hw1").mkdir(parents=True)
    with pytest.raises(FolderError, match="cannot be read"):
        read_history(course, "hw1")


KILLED = """
import os, signal, sys
from autograder.history import Chronicle, Event
from autograder.nbgrader_bridge.gradebook import scores
from autograder.rules.coursefile import load_course

course = load_course(sys.argv[1])
chronicle = Chronicle(course, "hw1")
for number, score in enumerate(scores(course, "hw1")):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    chronicle.note(score, Event.GRADED, "not graded before")
"""


def test_a_run_that_is_killed_half_way_keeps_what_it_noted(course: Course) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(course.root)], capture_output=True, text=True, timeout=120)
    assert done.returncode == -9, done.stderr
    kept = read_history(course, "hw1")
    assert ([entry.student for entry in kept.entries], kept.damaged) == (["s001", "s002", "s003"], ())
    rest = look(course, "hw1")
    assert {entry.student for entry in rest}.isdisjoint({"s001", "s002", "s003"})
    assert len(read_history(course, "hw1").entries) == len(scores(course, "hw1"))


def run(*words: str | Path):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_verb_shows_when_what_and_why(course: Course) -> None:
    look(course, "hw1")
    give(course, "s003", "linear_predict", by_hand=1.5)
    shown = run("history", "s003", "hw1", "--course", course.root)
    assert shown.exit_code == 0, shown.output
    words = " ".join(shown.output.split())
    assert "10.8 → 12.3" in words
    assert "mark by hand" in words
    plain = json.loads(run("history", "s003", "--json", "--course", course.root).stdout)
    assert [entry["event"] for entry in plain] == ["found in the gradebook", "mark by hand"]
    assert plain[1]["after"]["by_hand"] == {"linear_predict": 1.5}
    assert "Example:" in run("history", "--help").output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(("nobody",), "nobody is not in the class"), (("s001", "hw9"), 'no assignment "hw9"'), (("s001", "hw1"), "")],
)
def test_the_verb_refuses_in_one_sentence(course: Course, words: tuple[str, ...], complaint: str) -> None:
    done = run("history", *words, "--course", course.root)
    assert done.exit_code == (2 if complaint else 0)
    assert complaint in " ".join(done.stderr.split())
    assert "Traceback" not in done.output + done.stderr


def test_the_verb_says_which_line_is_damaged(course: Course) -> None:
    look(course, "hw1")
    file = history_path(course, "hw1")
    file.write_bytes(file.read_bytes()[:-20])
    done = run("history", "s001", "hw1", "--course", course.root)
    assert done.exit_code == 0
    assert "a run was cut off while it was written" in " ".join(done.stderr.split())
