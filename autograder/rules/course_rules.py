"""The rules a course file states, as frozen dataclasses, and how each table of the file is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from autograder.rules.tables import Table, nearest
from course_utils.naming.convention import NAME_PATTERN

KINDS = ("homework", "lab", "quiz", "project")
# The heading under which a kind of work counts in the course total.
CATEGORY_OF_KIND = MappingProxyType({"homework": "assignments", "lab": "labs", "quiz": "quizzes", "project": "project"})
# The course's own rules, from its syllabus; every one can be changed in course.toml.
_WEIGHTS = {"professionalism": 20.0, "assignments": 20.0, "labs": 10.0, "quizzes": 20.0, "project": 30.0}
_FORMAT = {"name": 5.0, "header": 5.0, "placement": 5.0, "text_answers": 5.0, "order": 5.0}


@dataclass(frozen=True)
class Assignment:
    """One piece of graded work; `deadline` is a local minute in the course's zone, None means never late."""

    name: str
    title: str
    kind: str
    deadline: dt.datetime | None = None
    points: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    is_bonus: bool = False


@dataclass(frozen=True)
class LateRule:
    """What lateness takes from the points earned.

    Either `percent_per_day` for each started day, or `keep_percent` while under `under_days` days late and
    nothing after that.
    """

    percent_per_day: float | None = None
    keep_percent: float | None = None
    under_days: int | None = None


@dataclass(frozen=True)
class Extension:
    """A later deadline for one student (`until`, a local minute), or excused work (`until` None)."""

    student_id: str
    assignment: str
    until: dt.datetime | None
    reason: str


@dataclass(frozen=True)
class FormatRules:
    """The wanted file name, and what each broken format rule takes, in percent of the points earned."""

    name_pattern: str = NAME_PATTERN
    deductions: Mapping[str, float] = field(default_factory=lambda: dict(_FORMAT))
    max_percent: float = 20.0


@dataclass(frozen=True)
class Caps:
    """How high a bonus may lift, in percent: one piece of work of its points, a category of its weight."""

    work: float = 100.0
    category: float = 100.0


@dataclass(frozen=True)
class Limits:
    """How long and how much a submission may run and print, and how many words make a lab's written answer."""

    cell_timeout_seconds: float = 60.0
    exercise_timeout_seconds: float = 30.0
    max_output_bytes: int = 1_000_000
    lab_answer_words: int = 15


def read_assignment(name: str, table: Table) -> Assignment:
    """Read one [assignments.NAME]."""
    # the name becomes a folder, and a part of nbgrader's exchange names, which split at "+"
    if not name.replace("_", "").replace("-", "").isalnum():
        raise table.wrong("name", name, "an assignment's name of letters, digits, - and _ (it names a folder)")
    parts = table.table("parts")
    assignment = Assignment(
        name=name,
        title=table.text("title", name),
        kind=table.one_of("kind", KINDS),
        deadline=table.minute("deadline", None),
        points=table.optional_number("points"),
        parts={part: parts.number(part) for part in parts.names()},
        is_bonus=table.flag("bonus"),
    )
    table.close()
    return assignment


def read_weights(table: Table) -> Mapping[str, float]:
    """Read [weights]: percent of the course total by category, adding up to 100."""
    return _numbers(table, _WEIGHTS, add_up_to=100.0)


def _numbers(table: Table, defaults: Mapping[str, float], add_up_to: float | None = None) -> Mapping[str, float]:
    if not table.names():
        return dict(defaults)
    read = {key: table.number(key, 0.0 if add_up_to else default, high=100.0) for key, default in defaults.items()}
    table.close()
    total = sum(read.values())
    if add_up_to is not None and abs(total - add_up_to) > 1e-9:
        raise table.wrong("(sum)", total, f"weights that add up to {add_up_to:g}")
    return read


def read_late(table: Table) -> Mapping[str, LateRule]:
    """Read [late.KIND] for every kind of work that has a rule."""
    outer = table.table("late")
    rules: dict[str, LateRule] = {}
    for kind in KINDS:
        if kind not in outer.names():
            continue
        rules[kind] = _late_rule(outer.table(kind))
    for kind in KINDS:  # so that a misspelt kind is told the nearest right one
        outer.table(kind)
    outer.close()
    if not rules:
        rules = {
            "homework": LateRule(percent_per_day=10.0),
            "lab": LateRule(keep_percent=50.0, under_days=7),
        }
    return rules


def _late_rule(table: Table) -> LateRule:
    per_day = table.optional_number("percent_per_day", high=100.0)
    keep = table.optional_number("keep_percent", high=100.0)
    under_days = table.whole("under_days", 0)
    table.close()
    if (per_day is None) == (keep is None) or (keep is None) != (under_days == 0):
        raise table.wrong(
            "rule",
            {key: table.number(key) for key in table.names()},
            "either percent_per_day, or keep_percent together with under_days (1 or more)",
        )
    return LateRule(per_day, keep, under_days or None)


def read_extensions(table: Table, key: str, assignments: tuple[Assignment, ...]) -> tuple[Extension, ...]:
    """Read [[extensions]] or, with `key` "excuses", [[excuses]]."""
    names = [each.name for each in assignments]
    found: list[Extension] = []
    for each in table.array(key):
        assignment = each.text("assignment")
        if assignment not in names:
            raise each.wrong("assignment", assignment, f"an assignment of this file. {nearest(assignment, names)}")
        until = each.minute("until") if key == "extensions" else None
        found.append(Extension(each.text("student"), assignment, until, each.text("reason", "")))
        each.close()
    return tuple(found)


def read_format(table: Table) -> FormatRules:
    """Read [format] and its deductions."""
    pattern = table.text("name_pattern", NAME_PATTERN)
    pieces = pattern.removesuffix(".ipynb").split("_")
    if not pattern.endswith(".ipynb") or sorted(pieces) != ["AssignmentName", "FirstName", "LastName"]:
        raise table.wrong("name_pattern", pattern, f"these three pieces in any order: {NAME_PATTERN}")
    deductions = _numbers(table.table("deductions"), _FORMAT)
    rules = FormatRules(pattern, deductions, table.number("max_percent", 20.0, high=100.0))
    table.close()
    return rules


def read_limits(table: Table) -> Limits:
    """Read [grading]."""
    limits = Limits(
        cell_timeout_seconds=table.number("cell_timeout_seconds", 60.0, low=1.0),
        exercise_timeout_seconds=table.number("exercise_timeout_seconds", 30.0, low=1.0),
        max_output_bytes=table.whole("max_output_bytes", 1_000_000, low=1_000),
        lab_answer_words=table.whole("lab_answer_words", 15, low=1),
    )
    table.close()
    return limits


def read_drops(table: Table) -> Mapping[str, int]:
    """Read [drop_lowest]: how many scores leave the average, by category."""
    read = {category: table.whole(category, 0) for category in _WEIGHTS}
    table.close()
    return {category: count for category, count in read.items() if count}


def read_caps(table: Table) -> Caps:
    """Read [caps]."""
    caps = Caps(table.number("work", 100.0, low=100.0), table.number("category", 100.0, low=100.0))
    table.close()
    return caps


def read_best_of(table: Table, assignments: tuple[Assignment, ...]) -> tuple[tuple[str, ...], ...]:
    """Read [[best_of]]: groups of works of one kind of which only the best counts."""
    known = {each.name: each for each in assignments}
    groups: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for each in table.array("best_of"):
        names = each.texts("assignments")
        for name in names:
            if name not in known:
                raise each.wrong("assignments", name, f"assignments of this file. {nearest(name, list(known))}")
            if name in taken or names.count(name) > 1:
                raise each.wrong("assignments", name, "each assignment once, in one block")
            if known[name].is_bonus:
                raise each.wrong("assignments", name, "no bonus: a bonus counts beside the others")
        if len(names) < 2 or len({known[name].kind for name in names}) > 1:
            raise each.wrong("assignments", list(names), "two or more assignments of the same kind")
        each.close()
        taken |= set(names)
        groups.append(names)
    return tuple(groups)
