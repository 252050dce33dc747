"""The course's rules: functions from a grade record to a grade record.

    grade = Grade("s001", "hw1", "homework", raw=12.0, max=15.0, submitted_at=when)
    grade = apply(grade, rules(course, fate.deductions))
    grade.final, [line.rule for line in grade.deductions]

Every rule takes from the points earned (`raw`), so that the order of late and format rules makes no difference,
and a grade never falls below 0. A deadline is a minute on the course's clock: seconds are dropped, a submission
in the deadline's own minute is on time. Days are days on the wall clock, and a started day counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol
from zoneinfo import ZoneInfo

from autograder.rules.coursefile import Course, LateRule


@dataclass(frozen=True)
class Taken:
    """One line of a receipt: the rule, the points it takes (negative gives), and the evidence."""

    rule: str
    points: float
    evidence: str


@dataclass(frozen=True)
class Grade:
    """A grade record: points earned and what the rules made of them; `raw` is None while nobody has graded it."""

    student_id: str
    assignment: str
    kind: str
    raw: float | None
    max: float
    submitted_at: dt.datetime | None = None
    deductions: tuple[Taken, ...] = ()
    is_excused: bool = False
    excuse: str = ""
    due_at: dt.datetime | None = None

    @property
    def final(self) -> float | None:
        """The points after all rules, never below 0; None while not graded, and for excused work."""
        if self.raw is None or self.is_excused:
            return None
        return max(0.0, round(self.raw - sum(line.points for line in self.deductions), 6))

    @property
    def earned(self) -> float:
        """The points that percents are taken from: those earned, up to the cap."""
        return (self.raw or 0.0) - sum(line.points for line in self.deductions if line.rule == "cap")

    def take(self, rule: str, points: float, evidence: str) -> Grade:
        """Take points off, as far as there are any; the line is kept even when nothing is left to take."""
        taken = round(min(points, self.final or 0.0), 6)
        return replace(self, deductions=(*self.deductions, Taken(rule, taken, evidence)))


Policy = Callable[[Grade], Grade]


class FormatFault(Protocol):
    """What a format rule needs to know: the rule, its percent of the points earned, and what was seen."""

    @property
    def rule(self) -> str:
        """The rule's name in the course file."""

    @property
    def percent(self) -> float:
        """What it takes, in percent of the points earned."""

    @property
    def evidence(self) -> str:
        """What was seen."""


def apply(grade: Grade, policies: Iterable[Policy]) -> Grade:
    """Apply policies in order."""
    for policy in policies:
        grade = policy(grade)
    return grade


def rules(course: Course, faults: Iterable[FormatFault] = ()) -> tuple[Policy, ...]:
    """List the course's rules for one submission, in the order they are applied."""
    return (excuses(course), cap(course.caps.work), late(course), format_faults(course, faults))


def excuses(course: Course) -> Policy:
    """Make the rule that excused work has no grade and leaves the weighting."""
    found = {(each.student_id, each.assignment): each.reason for each in course.excuses}

    def excuse(grade: Grade) -> Grade:
        reason = found.get((grade.student_id, grade.assignment))
        return grade if reason is None else replace(grade, is_excused=True, excuse=reason or "excused")

    return excuse


def late(course: Course) -> Policy:
    """Make the rule that lateness takes from the points earned, after the student's own deadline."""

    def take_for_lateness(grade: Grade) -> Grade:
        due = due_minute(course, grade.student_id, grade.assignment)
        due_at = latest_instant(due, course.time_zone) if due is not None else None
        grade = replace(grade, due_at=due_at)
        rule = course.late_rule(grade.kind)
        if due is None or rule is None or grade.submitted_at is None or grade.raw is None:
            return grade
        days = days_late(grade.submitted_at, due, course.time_zone)
        if not days:
            return grade
        percent = _percent(rule, grade.submitted_at, due, course.time_zone, days)
        evidence = _lateness(grade.submitted_at, due, course, days)
        return grade.take("late", grade.earned * percent / 100, f"{evidence}: {percent:g} % of the points earned")

    return take_for_lateness


def late_points(course: Course, student_id: str, assignment: str, raw: float, submitted_at: dt.datetime) -> float:
    """Say how many points lateness takes from `raw`: what nbgrader keeps as the late penalty."""
    kind = course.assignment(assignment).kind
    grade = late(course)(Grade(student_id, assignment, kind, raw, raw, submitted_at))
    return sum(line.points for line in grade.deductions)


def format_faults(course: Course, faults: Iterable[FormatFault]) -> Policy:
    """Make the rule that broken format rules take percents of the points earned, up to the course's limit."""
    found = tuple(faults)

    def take_for_format(grade: Grade) -> Grade:
        left = course.format.max_percent
        for fault in found:
            percent = min(fault.percent, left)
            left -= percent
            limit = "" if percent == fault.percent else f" (all format rules together: {course.format.max_percent:g} %)"
            points = grade.earned * percent / 100
            grade = grade.take(fault.rule, points, f"{fault.evidence}: {percent:g} %{limit}")
        return grade

    return take_for_format


def cap(limit_percent: float = 100.0) -> Policy:
    """Make the rule that a bonus lifts a grade no higher than `limit_percent` of its maximum."""

    def take_what_is_over(grade: Grade) -> Grade:
        over = (grade.raw or 0.0) - grade.max * limit_percent / 100
        if over <= 0:
            return grade
        return grade.take("cap", over, f"no more than {limit_percent:g} % of {grade.max:g} points")

    return take_what_is_over


def due_minute(course: Course, student_id: str, assignment: str) -> dt.datetime | None:
    """Find the deadline that holds for a student, a local minute; the latest of several extensions counts."""
    deadline = course.assignment(assignment).deadline
    given = [
        each.until
        for each in course.extensions
        if (each.student_id, each.assignment) == (student_id, assignment) and each.until is not None
    ]
    return max([deadline, *given]) if deadline is not None else None


def latest_instant(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Read a local minute in UTC; one that a clock shows twice, or skips, is read the later way.

    When clocks go back 01:30 comes twice, and a deadline at 01:30 is the second one. When they go forward
    02:30 does not exist, and is read as an hour after 01:30.
    """
    both = (local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    return max(both)


def days_late(submitted_at: dt.datetime, due: dt.datetime, zone: ZoneInfo) -> int:
    """Count the started days between a deadline (a local minute) and a submission (an instant); 0 is on time."""
    handed_in = submitted_at.astimezone(dt.UTC).replace(second=0, microsecond=0)
    if handed_in <= latest_instant(due, zone):
        return 0
    # by the calendar first, then to the day whose deadline minute had not passed: clocks may have changed between
    days = max(1, (handed_in.astimezone(zone).replace(tzinfo=None) - due).days)
    while days > 1 and handed_in <= latest_instant(due + dt.timedelta(days=days - 1), zone):
        days -= 1
    while handed_in > latest_instant(due + dt.timedelta(days=days), zone):
        days += 1
    return days


def _percent(rule: LateRule, submitted_at: dt.datetime, due: dt.datetime, zone: ZoneInfo, days: int) -> float:
    if rule.percent_per_day is not None:
        return min(100.0, rule.percent_per_day * days)
    handed_in = submitted_at.astimezone(dt.UTC).replace(second=0, microsecond=0)
    ends = latest_instant(due + dt.timedelta(days=rule.under_days or 0), zone)
    return 100.0 - (rule.keep_percent or 0.0) if handed_in < ends else 100.0


def _lateness(submitted_at: dt.datetime, due: dt.datetime, course: Course, days: int) -> str:
    handed_in = submitted_at.astimezone(course.time_zone)
    plural = "day" if days == 1 else "days"
    return (
        f"handed in {handed_in:%Y-%m-%d %H:%M}, due {due:%Y-%m-%d %H:%M} ({course.time_zone.key}), {days} {plural} late"
    )
