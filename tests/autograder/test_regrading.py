"""A preview says what grading would do, leaves everything alone, and grading then does that; the history says why.

Here nothing has to run: rules, extensions, excuses and marks by hand. Changed exercises and keys, where notebooks run
again, are in tests/roads/test_regrade.py.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from graded_class import build_course, copy_course
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import UnknownAssignmentError
from autograder.fingerprint import Fingerprints, record_path, write_record
from autograder.grading import Status, grade, pending
from autograder.history import Event, look, read_history
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.regrading import CellMove, Move, Standing, Trial, preview
from autograder.rules.coursefile import Course, load_course

GRADED = ("s001", "s002", "s003", "s004", "s005", "s006", "s007")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class graded to the end: nothing would be graded again."""
    course = build_course(tmp_path_factory.mktemp("course"))
    shutil.rmtree(course.submitted / "s008")  # nobody has graded it: it would run
    fingerprints = Fingerprints(course, "hw1", {})
    for student in GRADED:
        write_record(record_path(course, "hw1", student), fingerprints.of(student))
    look(course, "hw1")
    return course


@pytest.fixture
def course(built: Course, tmp_path: Path) -> Course:
    return copy_course(built, tmp_path / "course")


def change(course: Course, more: str = "", old: str = "", new: str = "") -> Course:
    file = course.root / "course.toml"
    text = file.read_text(encoding="utf-8")
    assert not old or text.count(old) == 1
    file.write_text(text.replace(old, new) + more if old else text + more, encoding="utf-8")
    return load_course(course.root)


def give(course: Course, student: str, exercise: str, points: float) -> None:
    with open_gradebook(course) as gradebook:
        row = gradebook.find_grade(exercise, "hw1", "hw1", student)
        row.manual_score, row.needs_manual_grade = points, False
        gradebook.db.commit()


def everything(course: Course) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


def finals(course: Course) -> dict[str, float]:
    return {score.student: round(score.final, 6) for score in scores(course, "hw1")}


def extension(student: str, until: str) -> str:
    return f'[[extensions]]\nstudent = "{student}"\nassignment = "hw1"\nuntil = "{until}"\nreason = "ill"\n'


DUE = 'deadline = "2027-02-05 23:59"'

# Everybody handed in on 2027-02-05 at 15:15 in New York but s003, on 2027-02-06 at 07:00, a day late: 12 less 1.2.
# What changes in course.toml (added; old; new), how many are looked at, student -> (before, after).
CHANGES = {
    "a harder rule": ("[late.homework]\npercent_per_day = 50\n", "", "", 7, {"s003": (10.8, 6)}),
    "no rule": ("[late.lab]\npercent_per_day = 10\n", "", "", 7, {"s003": (10.8, 12)}),
    "an extension that covers it": (extension("s003", "2027-02-07 12:00"), "", "", 1, {"s003": (10.8, 12)}),
    "an extension that is too short": (extension("s003", "2027-02-06 06:59"), "", "", 1, {}),
    "an extension of one who was in time": (extension("s001", "2027-02-07 12:00"), "", "", 1, {}),
    "an excuse": ('[[excuses]]\nstudent = "s001"\nassignment = "hw1"\n', "", "", 1, {"s001": (15, None)}),
    "a later deadline": ("", DUE, 'deadline = "2027-02-06 07:00"', 7, {"s003": (10.8, 12)}),
    # the deadline comes fourteen hours earlier: now all are a day late, s003 still is
    "another zone": ("", '"America/New_York"', '"Asia/Tokyo"', 7, {
        "s001": (15, 13.5), "s002": (12, 10.8), "s004": (10, 9), "s005": (11, 9.9), "s006": (9, 8.1),
        "s007": (12, 10.8),
    }),
    "a cap that nobody reaches": ("[caps]\nwork = 120\n", "", "", 7, {}),
    "a weight": ("[weights]\nassignments = 100\n", "", "", 0, {}),
    "a dropped score": ("[drop_lowest]\nassignments = 1\n", "", "", 0, {}),
}  # fmt: skip


@pytest.mark.parametrize(("more", "old", "new", "looked_at", "moves"), CHANGES.values(), ids=CHANGES)
def test_a_changed_rule_is_tried_and_then_applied(
    course: Course, more: str, old: str, new: str, looked_at: int, moves: dict[str, tuple[float, float | None]]
) -> None:
    before, changed = everything(course), change(course, more, old, new)
    trial = preview(changed, "hw1")
    after = everything(course)
    assert {path for path in after if after[path] != before.get(path)} <= {str(course.root / "course.toml")}
    assert set(after) == set(before)

    found = {move.student: move for move in trial.moved}
    assert {student: (move.before.final, move.after.final) for student, move in found.items()} == moves
    assert len(trial.moves) == looked_at
    assert not any(move.has_run or move.cells for move in trial.moves)
    assert all("the notebook did not run again" in move.reason for move in trial.moves)

    done = list(grade(changed, "hw1"))
    assert [item.student for item in done if item.status is Status.GRADED] == [move.student for move in trial.moves]
    for student, move in found.items():
        row = next(score for score in scores(changed, "hw1") if score.student == student)
        assert row.penalty == pytest.approx(move.after.penalty)
        assert move.after.final is None or row.final == pytest.approx(move.after.final)
    notes = [entry for entry in read_history(changed, "hw1").entries if entry.event is Event.RULES]
    assert {entry.student for entry in notes} == set(found)
    assert all("course.toml" in entry.reason for entry in notes)
    assert not any("not by `course grade`" in entry.reason for entry in read_history(changed, "hw1").entries)
    assert {entry.student: entry.after.final for entry in notes} == {
        student: None if final is None else pytest.approx(final) for student, (_, final) in moves.items()
    }
    again = preview(changed, "hw1")
    assert again.moves == ()
    assert again.sentence == "Nothing would be graded: nothing that the 7 grades depend on has changed."
    assert {item.status for item in grade(changed, "hw1")} == {Status.UNCHANGED}


def test_a_mark_by_hand_moves_what_is_a_percentage_of_it(course: Course) -> None:
    give(course, "s003", "linear_predict", 2.0)  # 12 → 14: a day late takes 1.4 of it in place of 1.2
    give(course, "s001", "mse", 0.5)  # in time: nothing is taken of it
    before = everything(course)
    trial = preview(course, "hw1")
    assert everything(course) == before
    [move] = trial.moves
    assert (move.student, move.before, move.after) == ("s003", Standing(14, 1.2, 12.8), Standing(14, 1.4, 12.6))
    assert move.difference == -0.2
    assert "a mark was given by hand" in move.reason

    done = {item.student: item.status for item in grade(course, "hw1")}
    assert done.pop("s003") is Status.GRADED
    assert set(done.values()) == {Status.UNCHANGED}
    assert finals(course)["s003"] == 12.6
    noted = [entry for entry in read_history(course, "hw1").entries if entry.student == "s003"]
    assert [(entry.event, entry.after.final) for entry in noted[1:]] == [
        (Event.BY_HAND, pytest.approx(12.8)),
        (Event.RULES, pytest.approx(12.6)),
    ]
    assert preview(course, "hw1").moves == ()


def test_a_mark_and_a_rule_at_once(course: Course) -> None:
    give(course, "s003", "linear_predict", 2.0)
    changed = change(course, "[late.homework]\npercent_per_day = 50\n")
    [move] = preview(changed, "hw1").moved
    assert (move.after.raw, move.after.penalty, move.after.final) == (14, 7, 7)
    list(grade(changed, "hw1"))
    assert finals(changed)["s003"] == 7
    noted = [entry for entry in read_history(changed, "hw1").entries if entry.student == "s003"]
    assert [entry.event for entry in noted[1:]] == [Event.BY_HAND, Event.RULES]


def test_only_those_asked_for_are_tried(course: Course) -> None:
    changed = change(course, "[late.homework]\npercent_per_day = 50\n")
    assert preview(changed, "hw1", students=["s001"]).moved == ()
    [move] = preview(changed, "hw1", students=["s003", "s003", "s001"]).moved
    assert move.student == "s003"
    list(grade(changed, "hw1", students=["s001"]))
    assert finals(changed)["s003"] == pytest.approx(10.8)


@pytest.mark.parametrize(
    ("assignment", "students", "complaint"),
    [("hw9", [], 'no assignment "hw9"'), ("hw1", ["nobody"], "nobody has handed in nothing for hw1")],
)
def test_what_cannot_be_tried_is_one_sentence(
    course: Course, assignment: str, students: list[str], complaint: str
) -> None:
    with pytest.raises(UnknownAssignmentError, match=complaint):
        preview(course, assignment, students=students)


def test_why_asks_a_gradebook_that_is_there_and_makes_none(course: Course) -> None:
    assert set(pending(course, "hw1", ["s001"]).values()) != {"not graded before"}
    file = course.root / "gradebook.db"
    file.unlink()
    assert pending(course, "hw1", ["s001"]) == {"s001": "not graded before"}
    assert not file.exists()


def test_where_nobody_handed_in_there_is_nothing_to_say(course: Course) -> None:
    shutil.rmtree(course.submitted)
    trial = preview(course, "hw1")
    assert (trial.moves, trial.mean, trial.submissions) == ((), None, 0)
    assert list(grade(course, "hw1")) == []


def test_the_verb_shows_who_moves_and_writes_nothing(course: Course) -> None:
    change(course, "[late.homework]\npercent_per_day = 50\n")
    before = everything(course)
    shown = CliRunner().invoke(app, ["grade", "hw1", "--preview", "--course", str(course.root)])
    assert shown.exit_code == 0, shown.output
    words = " ".join(shown.output.split())
    for piece in ("s003", "10.8 → 6", "-4.8", "1 of 7 would move", "Nothing is written yet", "course grade hw1"):
        assert piece in words, piece
    plain = CliRunner().invoke(app, ["grade", "hw1", "--preview", "--json", "--course", str(course.root)])
    found = json.loads(plain.stdout)
    assert (found["moved"], found["students"][0]["student"], found["students"][0]["difference"]) == (1, "s003", -4.8)
    assert everything(course) == before


def at(final: float | None, penalty: float = 0.0) -> Standing:
    return Standing(final, penalty, final)


MOVES = (
    Move("a", at(10), at(12), "r"),
    Move("b", at(10), at(5), "r"),
    Move("c", at(10), None, "it could not be run"),
    Move("d", None, at(3), "not graded before"),
    Move("e", at(7), at(7), "r", has_run=True),
    Move("f", at(7), at(7), "r", (CellMove("x", 1, 2), CellMove("y", 2, 1)), has_run=True),
)


def test_first_what_cannot_be_said_in_points_then_the_longest_move() -> None:
    trial = Trial("hw1", MOVES, submissions=10)
    assert [move.student for move in trial.moved] == ["c", "d", "b", "a", "f"]
    # 2 - 5 + 0 + 0 over the four of whom it is known and the four who are not looked at
    assert trial.mean == pytest.approx(-3 / 8)
    assert trial.sentence == "5 of 10 would move, mean −0.38 points; 6 looked at, 2 notebooks ran."
    assert [each["student"] for each in trial.as_json()["students"]] == ["c", "d", "b", "a", "f", "e"]


def test_not_graded_is_no_zero_in_a_move() -> None:
    assert [move.difference for move in MOVES] == [2, -5, None, None, 0, 0]
    assert Trial("hw1", MOVES[2:4], 2).mean is None
