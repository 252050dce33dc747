"""The course's rules, sentence by sentence as the syllabus has them, each with a table of cases worked out by hand.

The totals of whole terms are in test_worked_totals.py.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.intake.fates import Deduction
from autograder.rules.coursefile import Course, load_course
from autograder.rules.policies import Grade, apply, rules

COURSE = """
name = "x"
time_zone = "{zone}"
[assignments.hw]
kind = "homework"
deadline = "{due}"
[assignments.other]
kind = "homework"
deadline = "{due}"
[assignments.lab]
kind = "lab"
deadline = "{due}"
[assignments.quiz]
kind = "quiz"
deadline = "{due}"
[assignments.project]
kind = "project"
deadline = "{due}"
"""


def course_of(folder: Path, due: str, zone: str = "Europe/Berlin", more: str = "") -> Course:
    (folder / "course.toml").write_text(COURSE.format(zone=zone, due=due) + more, encoding="utf-8")
    return load_course(folder)


def final(
    course: Course, name: str, raw: float | None, utc: str, *faults: Deduction, most: float = 20.0, student: str = "s1"
) -> float | None:
    """Return what counts of `raw` points handed in at a moment in UTC, as a database keeps it."""
    when = dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)
    grade = Grade(student, name, course.assignment(name).kind, raw, most, when)
    return apply(grade, rules(course, faults)).final


# "Assignments, late: 10 % off per day late." The deadline is Friday 2027-02-05 23:59 in Berlin, 22:59 UTC.
LATE_HOMEWORK = [
    ("2027-02-05 22:59:59.999", 20, 20),  # its own minute: seconds are dropped
    ("2027-02-05 23:00:00", 20, 18),  # a minute late is a started day: 20 - 10 % of 20
    ("2027-02-06 22:59:59", 20, 18),  # the first day's last minute
    ("2027-02-06 23:00", 20, 16),  # a second day is started
    ("2027-02-06 23:00", 12, 9.6),  # of 12 earned: 12 - 2.4, not 12 - 4
    ("2027-02-08 10:00", 12.5, 8.75),  # Monday: three days, 12.5 - 3.75
    ("2027-02-14 22:59", 20, 2),  # nine days
    ("2027-02-14 23:00", 20, 0),  # ten
    ("2027-03-31 12:00", 20, 0),  # and never below nothing
]


@pytest.mark.parametrize(("utc", "raw", "worked"), LATE_HOMEWORK)
def test_assignments_lose_ten_percent_of_what_was_earned_per_day(
    tmp_path: Path, utc: str, raw: float, worked: float
) -> None:
    assert final(course_of(tmp_path, "2027-02-05 23:59"), "hw", raw, utc) == pytest.approx(worked, abs=1e-9)


# "Labs, late: half credit when under a week late, zero after." Due on 2027-02-05 17:00 in Berlin, 16:00 UTC.
LATE_LABS = [
    ("2027-02-05 16:00:59", 10, 10),
    ("2027-02-05 16:01", 10, 5),
    ("2027-02-05 16:01", 7, 3.5),  # half of what was earned
    ("2027-02-12 15:59:59", 10, 5),  # six days, 23 hours and 59 minutes
    ("2027-02-12 16:00:00", 10, 0),  # a week late is not under a week late
    ("2027-02-13 16:00", 10, 0),
]


@pytest.mark.parametrize(("utc", "raw", "worked"), LATE_LABS)
def test_labs_keep_half_under_a_week_late_and_nothing_after(
    tmp_path: Path, utc: str, raw: float, worked: float
) -> None:
    assert final(course_of(tmp_path, "2027-02-05 17:00"), "lab", raw, utc) == worked


@pytest.mark.parametrize("name", ["quiz", "project"])
def test_what_the_syllabus_names_no_late_rule_for_loses_nothing(tmp_path: Path, name: str) -> None:
    assert final(course_of(tmp_path, "2027-02-05 10:00"), name, 10, "2027-06-01 00:00") == 10


# zone, deadline on the wall, moment in UTC, what is left of 10 points of homework, and of a lab
CLOCK_CHANGES = [
    # Berlin, 28 March 2027: 02:00 → 03:00. Before it local = UTC+1, after it UTC+2.
    ("Europe/Berlin", "2027-03-27 23:59", "2027-03-27 22:59", 10, 10),
    ("Europe/Berlin", "2027-03-27 23:59", "2027-03-28 21:59", 9, 5),  # 23 hours later it is 23:59 again: one day
    ("Europe/Berlin", "2027-03-27 23:59", "2027-03-28 22:00", 8, 5),
    ("Europe/Berlin", "2027-03-24 17:00", "2027-03-31 14:59", 3, 5),  # 16:59 on the wall a week later, 167 hours
    ("Europe/Berlin", "2027-03-24 17:00", "2027-03-31 15:00", 3, 0),
    ("Europe/Berlin", "2027-03-24 17:00", "2027-03-31 15:01", 2, 0),
    # Berlin, 31 October 2027: 03:00 → 02:00. Before it UTC+2, after it UTC+1.
    ("Europe/Berlin", "2027-10-30 23:59", "2027-10-30 21:59", 10, 10),
    ("Europe/Berlin", "2027-10-30 23:59", "2027-10-31 22:59", 9, 5),  # 25 hours later, and still one day
    ("Europe/Berlin", "2027-10-30 23:59", "2027-10-31 23:00", 8, 5),
    ("Europe/Berlin", "2027-10-27 17:00", "2027-11-03 15:59", 3, 5),  # 169 hours are a week
    ("Europe/Berlin", "2027-10-27 17:00", "2027-11-03 16:00", 3, 0),
    ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 00:31", 10, 10),  # the first 02:31: the deadline is the second
    ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 01:30", 10, 10),
    ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 01:31", 9, 5),
    # New York, 14 March 2027: 02:00 → 03:00. Before it UTC-5, after it UTC-4.
    ("America/New_York", "2027-03-13 23:59", "2027-03-15 03:59", 9, 5),
    ("America/New_York", "2027-03-13 23:59", "2027-03-15 04:00", 8, 5),
    ("America/New_York", "2027-03-10 17:00", "2027-03-17 20:59", 3, 5),
    ("America/New_York", "2027-03-10 17:00", "2027-03-17 21:00", 3, 0),
    ("America/New_York", "2027-03-14 02:30", "2027-03-14 07:30", 10, 10),  # no such minute: read as 03:30
    ("America/New_York", "2027-03-14 02:30", "2027-03-14 07:31", 9, 5),
    # New York, 7 November 2027: 02:00 → 01:00. Before it UTC-4, after it UTC-5.
    ("America/New_York", "2027-11-06 23:59", "2027-11-08 04:59", 9, 5),
    ("America/New_York", "2027-11-06 23:59", "2027-11-08 05:00", 8, 5),
    ("America/New_York", "2027-11-03 17:00", "2027-11-10 21:59", 3, 5),
    ("America/New_York", "2027-11-03 17:00", "2027-11-10 22:00", 3, 0),
    # a zone whose clocks never change, and half an hour beside the others
    ("Asia/Kolkata", "2027-03-13 23:59", "2027-03-14 18:29", 9, 5),
    ("Asia/Kolkata", "2027-03-13 23:59", "2027-03-14 18:30", 8, 5),
]


@pytest.mark.parametrize(("zone", "due", "utc", "homework", "lab"), CLOCK_CHANGES)
def test_days_and_weeks_are_those_of_the_wall_clock(
    tmp_path: Path, zone: str, due: str, utc: str, homework: float, lab: float
) -> None:
    course = course_of(tmp_path, due, zone)
    assert (final(course, "hw", 10, utc), final(course, "lab", 10, utc)) == (homework, lab)


def test_the_zone_of_the_stamp_makes_no_difference(tmp_path: Path) -> None:
    course = course_of(tmp_path, "2027-03-27 23:59")
    moment = dt.datetime(2027, 3, 28, 21, 59, 30, tzinfo=dt.UTC)
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"):
        grade = Grade("s1", "hw", "homework", 10, 20, moment.astimezone(ZoneInfo(zone)))
        assert apply(grade, rules(course)).final == 9


# "Extensions for valid excuses." Due on 2027-02-05 23:59 in Berlin; s1 has until 2027-02-08 12:00, 11:00 UTC.
VALID_EXCUSES = """
[[extensions]]
student = "s1"
assignment = "hw"
until = "2027-02-08 12:00"
[[extensions]]
student = "s1"
assignment = "lab"
until = "2027-02-08 12:00"
[[extensions]]
student = "s2"
assignment = "hw"
until = "2027-02-07 12:00"
[[extensions]]
student = "s2"
assignment = "hw"
until = "2027-02-09 12:00"
[[extensions]]
student = "s3"
assignment = "hw"
until = "2027-01-01 12:00"
[[extensions]]
student = "s4"
assignment = "hw"
until = "2027-04-01 12:00"
[[excuses]]
student = "s5"
assignment = "hw"
reason = "away for the team"
"""
EXTENDED = [
    ("s1", "hw", "2027-02-08 11:00:59", 10),
    ("s1", "hw", "2027-02-08 11:01", 9),  # late after the own deadline, counted from it
    ("s1", "hw", "2027-02-09 11:01", 8),
    ("s1", "other", "2027-02-08 11:00", 7),  # for this work only
    ("s9", "hw", "2027-02-08 11:00", 7),  # for this student only
    ("s1", "lab", "2027-02-08 11:00", 10),
    ("s1", "lab", "2027-02-15 10:59", 5),  # the week of the lab begins at the own deadline, too
    ("s1", "lab", "2027-02-15 11:00", 0),
    ("s2", "hw", "2027-02-09 11:00", 10),  # of two, the later one
    ("s3", "hw", "2027-02-05 22:59", 10),  # none makes a deadline earlier
    ("s4", "hw", "2027-04-01 10:00", 10),  # 12:00 in summer time, an extension given in winter
    ("s4", "hw", "2027-04-01 10:01", 9),
    ("s5", "hw", "2027-02-05 12:00", None),  # excused, even where something was handed in
    ("s5", "hw", "2027-06-01 12:00", None),
    ("s5", "other", "2027-02-06 12:00", 9),
]


@pytest.mark.parametrize(("student", "name", "utc", "worked"), EXTENDED)
def test_extensions_and_excuses_are_one_students_for_one_work(
    tmp_path: Path, student: str, name: str, utc: str, worked: float | None
) -> None:
    course = course_of(tmp_path, "2027-02-05 23:59", more=VALID_EXCUSES)
    assert final(course, name, 10, utc, student=student) == worked


NAME = Deduction("name", 5, "called x.ipynb")
HEADER = Deduction("header", 5, "no name at the top")
TEXTS = Deduction("text_answers", 5, "cell 7")
ORDER = Deduction("order", 5, "cell 9 raises")
PLACE = Deduction("placement", 5, "cell 4")

# "What fails this loses points": 5 % of the points earned each, 20 % together; late and form take from the same points.
FORM = [
    ((NAME,), "2027-02-05 12:00", 20, 19),
    ((NAME,), "2027-02-05 12:00", 8, 7.6),  # of 8 earned
    ((NAME, HEADER, TEXTS, ORDER), "2027-02-05 12:00", 20, 16),
    ((NAME, HEADER, TEXTS, ORDER, PLACE), "2027-02-05 12:00", 20, 16),  # a fifth one costs no more
    ((NAME,), "2027-02-06 12:00", 20, 17),  # 20 - 2 - 1, in any order
    ((NAME, HEADER), "2027-02-14 12:00", 20, 0),  # 90 % and 10 %
    ((NAME,), "2027-02-05 12:00", 0, 0),
    ((NAME,), "2027-02-05 12:00", None, None),  # nobody has graded it: that is no 0
]


@pytest.mark.parametrize(("faults", "utc", "raw", "worked"), FORM)
def test_form_takes_from_what_was_earned(
    tmp_path: Path, faults: tuple[Deduction, ...], utc: str, raw: float | None, worked: float | None
) -> None:
    course = course_of(tmp_path, "2027-02-05 23:59")
    assert final(course, "hw", raw, utc, *faults) == (None if worked is None else pytest.approx(worked, abs=1e-9))


# Caps: points above the maximum (given by hand, say) count up to the cap, and percents are of what is left.
CAPPED = [
    (100, 22, "2027-02-05 12:00", (), 20),
    (100, 22, "2027-02-06 12:00", (), 18),  # 20 - 10 % of 20
    (110, 22, "2027-02-05 12:00", (), 22),
    (110, 25, "2027-02-05 12:00", (), 22),
    (110, 22, "2027-02-06 12:00", (NAME,), Fraction(187, 10)),  # 22 - 2.2 - 1.1
]


@pytest.mark.parametrize(("cap", "raw", "utc", "faults", "worked"), CAPPED)
def test_a_cap_comes_before_what_is_taken(
    tmp_path: Path, cap: int, raw: float, utc: str, faults: tuple[Deduction, ...], worked: float
) -> None:
    course = course_of(tmp_path, "2027-02-05 23:59", more=f"[caps]\nwork = {cap}\n")
    assert final(course, "hw", raw, utc, *faults) == pytest.approx(float(worked), abs=1e-9)


# Every rule can be changed: the rule in the file, moment, what is left of 10 points
CHANGED = [
    ("[late.homework]\npercent_per_day = 25\n", "hw", "2027-02-07 12:00", 5),
    ("[late.homework]\nkeep_percent = 80\nunder_days = 2\n", "hw", "2027-02-07 12:00", 8),
    ("[late.homework]\nkeep_percent = 80\nunder_days = 2\n", "hw", "2027-02-07 22:59", 0),
    ("[late.homework]\npercent_per_day = 10\n", "lab", "2027-02-20 12:00", 10),  # a table of one's own leaves labs out
    ("[late.quiz]\npercent_per_day = 100\n", "quiz", "2027-02-05 23:00", 0),
    ("[format]\nmax_percent = 0\n", "hw", "2027-02-05 12:00", 10),
    ("[format]\nmax_percent = 3\n", "hw", "2027-02-05 12:00", 9.7),
]


@pytest.mark.parametrize(("more", "name", "utc", "worked"), CHANGED)
def test_every_rule_can_be_changed(tmp_path: Path, more: str, name: str, utc: str, worked: float) -> None:
    course = course_of(tmp_path, "2027-02-05 23:59", more=more)
    faults = (NAME,) if "[format" in more else ()
    assert final(course, name, 10, utc, *faults) == worked
