"""Course totals worked out by hand, one table for each rule that makes a total of a term's grades."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from autograder.rules.coursefile import Course, load_course
from autograder.rules.policies import Grade
from autograder.rules.totals import CategoryTotal, course_total

KINDS = {"hw": "homework", "lab": "lab", "quiz": "quiz", "project": "project", "extra": "homework"}
WORKS = "hw1 hw2 hw3 extra1 lab1 lab2 lab3 quiz1 quiz1b quiz2 quiz2b quiz3 project".split()  # noqa: SIM905


def kind_of(name: str) -> str:
    return KINDS[name.removesuffix("b").rstrip("123")]


def course_of(folder: Path, more: str = "") -> Course:
    blocks = [
        f'[assignments.{name}]\nkind = "{kind_of(name)}"\n' + ("bonus = true\n" if name.startswith("extra") else "")
        for name in WORKS
    ]
    (folder / "course.toml").write_text("\n".join(['name = "x"', 'time_zone = "UTC"', *blocks, more]))
    return load_course(folder)


def grades(**points: str | None) -> list[Grade]:
    """Read hw1="9/15": points that were earned, of how many; None is not graded, "excused" is excused."""
    found = []
    for name, said in points.items():
        raw, _, most = (said or "").partition("/")
        is_excused = said == "excused"
        found.append(
            Grade("s1", name, kind_of(name), float(raw) if most else None, float(most or 10), is_excused=is_excused)
        )
    return found


def category(course: Course, name: str, work: list[Grade]) -> CategoryTotal:
    return next(each for each in course_total(course, "s1", work).categories if each.name == name)


def exactly(value: Fraction) -> object:
    # totals are kept to a millionth of a percent
    return pytest.approx(float(value), abs=5.1e-7)


WHOLE = {"hw1": "12/15", "hw2": "15/15", "lab1": "5/10", "lab2": "10/10", "quiz1": "7/10", "project": "24/30"}

# "Weights: professionalism 20 %, assignments 20 %, labs 10 %, quizzes 20 %, final project 30 %."
WEIGHTS = [
    # 20·0.95 + 20·(0.8 + 1)/2 + 10·(0.5 + 1)/2 + 20·0.7 + 30·0.8 = 19 + 18 + 7.5 + 14 + 24
    (WHOLE, 95, Fraction(825, 10), 100),
    # no mark for professionalism yet: (18 + 7.5 + 14 + 24) / 80
    (WHOLE, None, Fraction(635, 8), 80),
    # 0 for professionalism is a mark: 63.5 of 100
    (WHOLE, 0, Fraction(635, 10), 100),
    # the project is not graded: (19 + 18 + 7.5 + 14) / 70
    (WHOLE | {"project": None}, 95, Fraction(5850, 70), 70),
    # hw2 not graded: (19 + 20·0.8 + 7.5 + 14 + 24) / 100
    (WHOLE | {"hw2": None}, 95, Fraction(805, 10), 100),
    # hw2 missing, which is a 0 that somebody wrote: (19 + 20·0.4 + 7.5 + 14 + 24) / 100
    (WHOLE | {"hw2": "0/15"}, 95, Fraction(725, 10), 100),
    # hw2 excused: it leaves the average, as if it had never been set
    (WHOLE | {"hw2": "excused"}, 95, Fraction(805, 10), 100),
    # the only quiz excused: quizzes leave the weighting: (19 + 18 + 7.5 + 24) / 80
    (WHOLE | {"quiz1": "excused"}, 95, Fraction(685, 8), 80),
    # each piece counts alike: 3 of 20 and 20 of 20 points are 57.5 %, not 23 of 40
    ({"hw1": "3/20", "hw2": "20/20"}, None, Fraction(575, 10), 20),
    ({"hw1": "1/3", "hw2": "2/3", "hw3": "3/3"}, None, Fraction(200, 3), 20),
    ({}, None, None, 0),
    ({"hw1": None}, None, None, 0),
]


@pytest.mark.parametrize(("points", "by_hand", "worked", "weight"), WEIGHTS)
def test_weights_of_the_syllabus(
    tmp_path: Path, points: dict[str, str | None], by_hand: float | None, worked: Fraction | None, weight: float
) -> None:
    given = {} if by_hand is None else {"professionalism": by_hand}
    total = course_total(course_of(tmp_path), "s1", grades(**points), given)
    assert total.percent == (None if worked is None else exactly(worked))
    assert total.weight_so_far == weight


# "Final project 30 % (its description 10, repository 10, presentation 10)": points out of the three rubrics.
PROJECT = [
    ((10, 10, 10), 30),
    ((8, 9, 7.5), Fraction(245, 10)),  # 10·0.8 + 10·0.9 + 10·0.75
    ((10, 0, 10), 20),
    ((0, 0, 0), 0),
]


@pytest.mark.parametrize(("parts", "brings"), PROJECT)
def test_the_parts_of_the_project_count_ten_each(
    tmp_path: Path, parts: tuple[float, float, float], brings: Fraction
) -> None:
    work = grades(project=f"{sum(parts)}/30", hw1="0/15", lab1="0/1", quiz1="0/1")
    total = course_total(course_of(tmp_path), "s1", work, {"professionalism": 0})
    assert total.percent == exactly(Fraction(brings))


# points in one category, how many of the lowest go, what is left in percent, which went
DROPS = [
    ({"lab1": "5/10", "lab2": "10/10", "lab3": "7/10"}, 0, Fraction(220, 3), ()),
    ({"lab1": "5/10", "lab2": "10/10", "lab3": "7/10"}, 1, Fraction(85), ("lab1",)),
    ({"lab1": "5/10", "lab2": "10/10", "lab3": "7/10"}, 2, Fraction(100), ("lab1", "lab3")),
    ({"lab1": "5/10", "lab2": "10/10", "lab3": "7/10"}, 3, Fraction(100), ("lab1", "lab3")),  # never the last
    ({"lab1": "5/10", "lab2": "4/5", "lab3": "7/10"}, 1, Fraction(75), ("lab1",)),  # the lowest share, not points
    ({"lab1": "0/10", "lab2": "10/10"}, 1, Fraction(100), ("lab1",)),  # missing work can be dropped
    ({"lab1": "excused", "lab2": "6/10", "lab3": "8/10"}, 1, Fraction(80), ("lab2",)),  # excused work uses up no drop
    ({"lab1": None, "lab2": "6/10", "lab3": "8/10"}, 1, Fraction(80), ("lab2",)),
    ({"lab1": "6/10", "lab2": "6/10"}, 1, Fraction(60), ("lab1",)),  # of equals one goes
    ({"lab1": "excused", "lab2": "6/10"}, 1, Fraction(60), ()),
]


@pytest.mark.parametrize(("points", "drop", "worked", "went"), DROPS)
def test_the_lowest_are_dropped(
    tmp_path: Path, points: dict[str, str | None], drop: int, worked: Fraction, went: tuple[str, ...]
) -> None:
    labs = category(course_of(tmp_path, f"[drop_lowest]\nlabs = {drop}\n"), "labs", grades(**points))
    assert (labs.percent, labs.dropped) == (exactly(worked), went)
    assert set(labs.counted).isdisjoint(labs.dropped)


def test_what_is_dropped_is_what_is_lowest_after_the_rules(tmp_path: Path) -> None:
    # lab1 was worth more than lab2 until half of it went for being late
    late, other = grades(lab1="9/10", lab2="6/10")
    labs = category(course_of(tmp_path, "[drop_lowest]\nlabs = 1\n"), "labs", [late.take("late", 4.5, "late"), other])
    assert (labs.percent, labs.dropped) == (60, ("lab1",))


GROUPS = '[[best_of]]\nassignments = ["quiz1", "quiz1b"]\n[[best_of]]\nassignments = ["quiz2", "quiz2b"]\n'
SEVERAL = [
    ({"quiz1": "4/10", "quiz1b": "8/10", "quiz3": "6/10"}, 0, Fraction(70), ("quiz1",)),
    ({"quiz1": "8/10", "quiz1b": "4/10", "quiz3": "6/10"}, 0, Fraction(70), ("quiz1b",)),
    ({"quiz1": "8/10", "quiz1b": "9/20", "quiz3": "6/10"}, 0, Fraction(70), ("quiz1b",)),  # by its share
    ({"quiz1": "8/10", "quiz1b": None, "quiz3": "6/10"}, 0, Fraction(70), ()),  # to come: takes nothing away
    ({"quiz1": "8/10", "quiz1b": "0/10", "quiz3": "6/10"}, 0, Fraction(70), ("quiz1b",)),  # missing: neither
    ({"quiz1": "excused", "quiz1b": "5/10", "quiz3": "6/10"}, 0, Fraction(55), ()),
    ({"quiz1": "0/10", "quiz1b": "0/10", "quiz3": "6/10"}, 0, Fraction(30), ("quiz1b",)),  # one 0, not two
    ({"quiz1": "5/10", "quiz1b": "5/10", "quiz2": "1/10", "quiz2b": "9/10"}, 0, Fraction(70), ("quiz1b", "quiz2")),
    # first the best of each, then the lowest of these: 9 and 6 are left, and 6 goes
    ({"quiz1": "4/10", "quiz1b": "9/10", "quiz3": "6/10"}, 1, Fraction(90), ("quiz1", "quiz3")),
    ({"quiz1": "4/10", "quiz1b": "9/10"}, 1, Fraction(90), ("quiz1",)),  # but never the last that counts
]


@pytest.mark.parametrize(("points", "drop", "worked", "went"), SEVERAL)
def test_of_several_the_best_counts(
    tmp_path: Path, points: dict[str, str | None], drop: int, worked: Fraction, went: tuple[str, ...]
) -> None:
    course = course_of(tmp_path, GROUPS + f"[drop_lowest]\nquizzes = {drop}\n")
    quizzes = category(course, "quizzes", grades(**points))
    assert (quizzes.percent, quizzes.dropped) == (exactly(worked), went)


# A bonus adds its share to the sum and is no piece to divide by; a category holds up to its cap.
BONUS = [
    ({"hw1": "12/15", "hw2": "9/15"}, 100, Fraction(70)),
    ({"hw1": "12/15", "hw2": "9/15", "extra1": "4/10"}, 100, Fraction(90)),  # (80 + 60 + 40) / 2
    ({"hw1": "12/15", "hw2": "9/15", "extra1": "0/10"}, 100, Fraction(70)),  # not handed in: costs nothing
    ({"hw1": "12/15", "hw2": "9/15", "extra1": None}, 100, Fraction(70)),
    ({"hw1": "15/15", "hw2": "15/15", "extra1": "4/10"}, 100, Fraction(100)),  # capped
    ({"hw1": "15/15", "hw2": "15/15", "extra1": "4/10"}, 110, Fraction(110)),  # (100 + 100 + 40) / 2 = 120, capped
    ({"hw1": "15/15", "hw2": "12/15", "extra1": "4/10"}, 115, Fraction(110)),
    ({"extra1": "10/10"}, 100, None),  # nothing it could be added to
]


@pytest.mark.parametrize(("points", "cap", "worked"), BONUS)
def test_a_bonus_adds_up_to_the_cap(
    tmp_path: Path, points: dict[str, str | None], cap: int, worked: Fraction | None
) -> None:
    homework = category(course_of(tmp_path, f"[caps]\ncategory = {cap}\n"), "assignments", grades(**points))
    assert homework.percent == (None if worked is None else exactly(worked))


def test_a_dropped_score_makes_no_room_for_the_bonus_to_be_dropped(tmp_path: Path) -> None:
    course = course_of(tmp_path, "[drop_lowest]\nassignments = 1\n")
    homework = category(course, "assignments", grades(hw1="12/15", hw2="9/15", extra1="1/10"))
    # 60 is dropped; 80 and a tenth more
    assert (homework.percent, homework.dropped) == (90, ("hw2",))
