from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.fates import Deduction
from autograder.rules.coursefile import Course, load_course
from autograder.rules.policies import Grade, Taken, apply, cap, days_late, late, late_points, latest_instant, rules

NEW_YORK = ZoneInfo("America/New_York")
HEAD = """
name = "x"
time_zone = "America/New_York"
[assignments.hw1]
kind = "homework"
deadline = "2027-02-05 23:59"
[assignments.lab1]
kind = "lab"
deadline = "2027-02-05 17:00"
[assignments.quiz1]
kind = "quiz"
deadline = "2027-02-05 10:00"
[assignments.lab2]
kind = "lab"
"""


def make(folder: Path, more: str = "") -> Course:
    (folder / "course.toml").write_text(HEAD + more, encoding="utf-8")
    return load_course(folder)


def local(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)


def final(course: Course, name: str, raw: float, when: str, *faults: Deduction) -> float | None:
    kind = course.assignment(name).kind
    return apply(Grade("s1", name, kind, raw, 15.0, local(when)), rules(course, faults)).final


# "Assignments, late: 10 % off per day late."
@pytest.mark.parametrize(
    ("when", "raw", "worked"),
    [
        ("2027-02-01 09:00", 10, 10),  # early
        ("2027-02-05 23:59:00", 10, 10),  # in the deadline's own minute
        ("2027-02-05 23:59:59.999", 10, 10),  # seconds are dropped
        ("2027-02-06 00:00:00", 10, 9),  # one minute late is a started day
        ("2027-02-06 23:59:59", 10, 9),  # to the minute one day
        ("2027-02-07 00:00", 10, 8),
        ("2027-02-08 12:00", 10, 7),
        ("2027-02-08 12:00", 13.5, 9.45),  # from the points earned, not from the maximum
        ("2027-02-15 23:59", 10, 0),  # ten days
        ("2027-02-16 00:00", 10, 0),  # never below 0
        ("2027-05-01 00:00", 10, 0),
        ("2027-02-08 12:00", 0, 0),
    ],
)
def test_homework_loses_ten_percent_of_the_points_earned_for_each_started_day(
    tmp_path: Path, when: str, raw: float, worked: float
) -> None:
    assert final(make(tmp_path), "hw1", raw, when) == pytest.approx(worked)


# "Labs, late: half credit when under a week late, zero after."
@pytest.mark.parametrize(
    ("when", "worked"),
    [
        ("2027-02-05 17:00:59", 10),
        ("2027-02-05 17:01", 5),
        ("2027-02-12 16:59:59", 5),
        ("2027-02-12 17:00", 0),  # a week late is not under a week late
        ("2027-03-12 17:00", 0),
    ],
)
def test_labs_keep_half_while_under_a_week_late(tmp_path: Path, when: str, worked: float) -> None:
    assert final(make(tmp_path), "lab1", 10, when) == worked


def test_what_has_no_rule_or_no_deadline_or_no_time_is_never_late(tmp_path: Path) -> None:
    course = make(tmp_path)
    assert final(course, "quiz1", 10, "2027-06-01 00:00") == 10
    assert final(course, "lab2", 10, "2027-06-01 00:00") == 10
    assert apply(Grade("s1", "hw1", "homework", 10, 15), rules(course)).final == 10


# due, handed in (both local; the fold says which of two equal clock readings), started days
@pytest.mark.parametrize(
    ("due", "when", "fold", "days"),
    [
        # 14 March 2027, 02:00 → 03:00: the day has 23 hours and is still one day
        ("2027-03-13 23:59", "2027-03-14 23:59", 0, 1),
        ("2027-03-13 23:59", "2027-03-15 00:00", 0, 2),
        ("2027-03-13 02:30", "2027-03-14 03:30", 0, 1),  # 02:30 that day does not exist: read as 03:30
        ("2027-03-13 02:30", "2027-03-14 03:31", 0, 2),
        ("2027-03-14 02:30", "2027-03-14 03:30", 0, 0),
        # 7 November 2027, 02:00 → 01:00: the day has 25 hours and is still one day
        ("2027-11-06 23:59", "2027-11-07 23:59", 0, 1),
        ("2027-11-06 23:59", "2027-11-08 00:00", 0, 2),
        ("2027-11-07 01:30", "2027-11-07 01:45", 0, 0),  # the deadline is the second 01:30
        ("2027-11-07 01:30", "2027-11-07 01:30", 1, 0),
        ("2027-11-07 01:30", "2027-11-07 01:31", 1, 1),
        ("2027-11-06 01:30", "2027-11-07 01:30", 1, 1),
        ("2027-11-06 01:30", "2027-11-07 01:31", 1, 2),
    ],
)
def test_a_day_is_a_day_on_the_wall_clock_when_clocks_change(due: str, when: str, fold: int, days: int) -> None:
    assert days_late(local(when, fold), dt.datetime.fromisoformat(due), NEW_YORK) == days


@given(
    due=st.datetimes(dt.datetime(2027, 1, 1), dt.datetime(2027, 12, 31)),
    first=st.integers(-5_000, 60_000),
    more=st.integers(0, 5_000),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
)
def test_handing_in_later_never_costs_less(due: dt.datetime, first: int, more: int, zone: str) -> None:
    due = due.replace(second=0, microsecond=0)
    start = latest_instant(due, ZoneInfo(zone))
    one = days_late(start + dt.timedelta(minutes=first), due, ZoneInfo(zone))
    other = days_late(start + dt.timedelta(minutes=first + more), due, ZoneInfo(zone))
    assert one <= other
    assert (one == 0) is (first <= 0)
    assert abs(one - max(0, -(-first // 1440))) <= 1  # a clock change moves a boundary by an hour, not a day


EXTENSION = """
[[extensions]]
student = "s1"
assignment = "hw1"
until = "2027-02-08 12:00"
reason = "ill"
[[extensions]]
student = "s2"
assignment = "hw1"
until = "2027-02-01 12:00"
[[excuses]]
student = "s3"
assignment = "hw1"
reason = "away for the team"
"""


@pytest.mark.parametrize(
    ("student", "when", "worked"),
    [
        ("s1", "2027-02-08 12:00", 10),
        ("s1", "2027-02-08 12:01", 9),
        ("s1", "2027-02-09 12:01", 8),
        ("s2", "2027-02-05 23:59", 10),  # an extension never makes a deadline earlier
        ("s4", "2027-02-08 12:00", 7),
    ],
)
def test_extensions_move_one_students_deadline(tmp_path: Path, student: str, when: str, worked: float) -> None:
    course = make(tmp_path, EXTENSION)
    grade = apply(Grade(student, "hw1", "homework", 10, 15, local(when)), rules(course))
    assert grade.final == worked


def test_excused_work_has_no_grade(tmp_path: Path) -> None:
    course = make(tmp_path, EXTENSION)
    grade = apply(Grade("s3", "hw1", "homework", 10, 15, local("2027-03-01 00:00")), rules(course))
    assert (grade.final, grade.is_excused, grade.excuse) == (None, True, "away for the team")


def test_what_nobody_has_graded_is_not_zero(tmp_path: Path) -> None:
    course = make(tmp_path)
    grade = apply(Grade("s1", "hw1", "homework", None, 15, local("2027-03-01 00:00")), rules(course))
    assert grade.final is None


NAME = Deduction("name", 5, "called x.ipynb")
HEADER = Deduction("header", 5, "no name at the top")
MANY = tuple(Deduction(f"rule {n}", 8, "seen") for n in range(4))


@pytest.mark.parametrize(
    ("when", "faults", "worked"),
    [
        ("2027-02-05 12:00", (), 10),
        ("2027-02-05 12:00", (NAME,), 9.5),
        ("2027-02-05 12:00", (NAME, HEADER), 9.0),
        ("2027-02-06 12:00", (NAME, HEADER), 8.0),  # late and format both take from the points earned
        ("2027-02-05 12:00", MANY, 8.0),  # 8 + 8 + 4, no more than 20 % together
        ("2027-02-15 12:00", (NAME, HEADER), 0),
    ],
)
def test_format_rules_take_percents_of_the_points_earned(
    tmp_path: Path, when: str, faults: tuple[Deduction, ...], worked: float
) -> None:
    assert final(make(tmp_path), "hw1", 10, when, *faults) == pytest.approx(worked)


def test_the_receipt_lines_name_rule_and_evidence_and_add_up(tmp_path: Path) -> None:
    course = make(tmp_path)
    grade = Grade("s1", "hw1", "homework", 10, 15, local("2027-02-07 08:00"))
    grade = apply(grade, rules(course, (NAME,)))
    assert [(line.rule, line.points) for line in grade.deductions] == [("late", 2.0), ("name", 0.5)]
    assert grade.deductions[0].evidence == (
        "handed in 2027-02-07 08:00, due 2027-02-05 23:59 (America/New_York), 2 days late: 20 % of the points earned"
    )
    assert grade.deductions[1].evidence == "called x.ipynb: 5 %"
    assert grade.raw is not None
    assert grade.raw - sum(line.points for line in grade.deductions) == grade.final
    assert grade.due_at == local("2027-02-05 23:59")


@given(
    raw=st.floats(0, 20, allow_nan=False),
    hours=st.integers(-48, 600),
    percents=st.lists(st.floats(0, 100, allow_nan=False), max_size=6),
)
def test_no_grade_is_below_zero_or_above_what_was_earned(
    tmp_path_factory: pytest.TempPathFactory, raw: float, hours: int, percents: list[float]
) -> None:
    course = make(tmp_path_factory.getbasetemp())
    when = local("2027-02-05 23:59") + dt.timedelta(hours=hours)
    faults = tuple(Deduction("name", percent, "seen") for percent in percents)
    grade = apply(Grade("s1", "hw1", "homework", raw, 15, when), rules(course, faults))
    assert grade.final is not None
    assert 0 <= grade.final <= min(raw, 15) + 1e-6
    assert sum(line.points for line in grade.deductions) == pytest.approx(raw - grade.final, abs=1e-5)


@pytest.mark.parametrize(("raw", "percent", "worked"), [(15, 100, 15), (17, 100, 15), (17, 110, 16.5), (16, 110, 16)])
def test_a_bonus_is_capped(raw: float, percent: float, worked: float) -> None:
    assert cap(percent)(Grade("s1", "hw1", "homework", raw, 15)).final == worked


def test_late_points_is_what_nbgrader_keeps_as_penalty(tmp_path: Path) -> None:
    course = make(tmp_path)
    assert late_points(course, "s1", "hw1", 12.0, local("2027-02-07 08:00")) == pytest.approx(2.4)
    assert late_points(course, "s1", "lab1", 12.0, local("2027-02-07 08:00")) == 6
    assert late_points(course, "s1", "hw1", 12.0, local("2027-02-05 08:00")) == 0


def test_policies_leave_the_record_they_were_given_alone(tmp_path: Path) -> None:
    grade = Grade("s1", "hw1", "homework", 10, 15, local("2027-02-07 08:00"))
    before = replace(grade)
    late(make(tmp_path))(grade)
    assert grade == before
    assert grade.take("x", 99, "y").deductions == (Taken("x", 10, "y"),)
