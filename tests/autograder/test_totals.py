from __future__ import annotations

from pathlib import Path

import pytest

from autograder.rules.coursefile import Course, load_course
from autograder.rules.policies import Grade
from autograder.rules.totals import best_of, course_total, with_marks

BODY = """
name = "x"
time_zone = "UTC"
[assignments.hw1]
kind = "homework"
[assignments.hw2]
kind = "homework"
[assignments.extra]
kind = "homework"
bonus = true
[assignments.lab1]
kind = "lab"
[assignments.lab2]
kind = "lab"
[assignments.quiz1]
kind = "quiz"
[assignments.project]
kind = "project"
"""


def make(folder: Path, more: str = "") -> Course:
    (folder / "course.toml").write_text(BODY + more, encoding="utf-8")
    return load_course(folder)


def grade(name: str, kind: str, raw: float | None, top: float = 10, *, excused: bool = False) -> Grade:
    return Grade("s1", name, kind, raw, top, is_excused=excused)


TERM = (
    grade("hw1", "homework", 12, 15),  # 80 %
    grade("hw2", "homework", 9, 15),  # 60 %
    grade("lab1", "lab", 10),  # 100 %
    grade("lab2", "lab", 5),  # 50 %
    grade("quiz1", "quiz", 9),  # 90 %
    grade("project", "project", 24, 30),  # 80 %
)


def test_a_whole_term_by_hand(tmp_path: Path) -> None:
    total = course_total(make(tmp_path), "s1", TERM, {"professionalism": 95})
    # 20·95 + 20·70 + 10·75 + 20·90 + 30·80 = 1900 + 1400 + 750 + 1800 + 2400 = 8250
    assert total.percent == pytest.approx(82.5)
    assert total.weight_so_far == 100


def test_work_is_weighed_by_its_share_and_not_by_its_points(tmp_path: Path) -> None:
    grades = (grade("hw1", "homework", 10, 100), grade("hw2", "homework", 10, 10))
    assert course_total(make(tmp_path), "s1", grades).percent == pytest.approx(55)


def test_what_is_not_graded_or_excused_leaves_the_average(tmp_path: Path) -> None:
    grades = (TERM[0], grade("hw2", "homework", None), *TERM[2:4], grade("quiz1", "quiz", 1, excused=True))
    total = course_total(make(tmp_path), "s1", grades)
    # (20·80 + 10·75) / 30
    assert total.percent == pytest.approx(78.333333)
    assert total.weight_so_far == 30
    assert {each.name: each.percent for each in total.categories}["quizzes"] is None


def test_missing_work_is_a_zero_that_somebody_wrote(tmp_path: Path) -> None:
    grades = (TERM[0], grade("hw2", "homework", 0))
    assert course_total(make(tmp_path), "s1", grades).percent == pytest.approx(40)


def test_the_lowest_scores_are_dropped_but_never_the_last(tmp_path: Path) -> None:
    course = make(tmp_path, "[drop_lowest]\nlabs = 1\nquizzes = 2\n")
    total = course_total(course, "s1", TERM)
    labs = next(each for each in total.categories if each.name == "labs")
    quizzes = next(each for each in total.categories if each.name == "quizzes")
    assert (labs.percent, labs.dropped, labs.counted) == (100, ("lab2",), ("lab1",))
    assert (quizzes.percent, quizzes.dropped) == (90, ())


def test_bonus_work_adds_and_is_capped(tmp_path: Path) -> None:
    course = make(tmp_path)
    with_bonus = course_total(course, "s1", (*TERM[:2], grade("extra", "homework", 4)))
    # (80 + 60 + 40) / 2 pieces of ordinary work
    assert with_bonus.percent == pytest.approx(90)
    assert course_total(course, "s1", (TERM[0], grade("extra", "homework", 10))).percent == 100
    assert course_total(course, "s1", (grade("extra", "homework", 10),)).percent is None


def test_nobody_elses_grades_count(tmp_path: Path) -> None:
    other = Grade("s2", "hw1", "homework", 0, 15)
    assert course_total(make(tmp_path), "s1", (TERM[0], other)).percent == 80
    assert course_total(make(tmp_path), "s3", TERM).percent is None


def test_best_of_several(tmp_path: Path) -> None:
    assert best_of((grade("hw1", "homework", 8, 15), grade("hw1", "homework", 7, 10))) == grade("hw1", "homework", 7)
    assert best_of((grade("hw1", "homework", None),)) is None


def test_what_if(tmp_path: Path) -> None:
    grades = (TERM[0], grade("hw2", "homework", None, 15))
    course = make(tmp_path)
    assert course_total(course, "s1", grades).percent == 80
    assert course_total(course, "s1", with_marks(grades, {"hw1": 0, "hw2": 15})).percent == 90
