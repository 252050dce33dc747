"""Rescue, measured: notebooks damaged in over forty ways, alone and together, are put right or listed for a person.

`benchmarks/rescue.py` makes the damages and compares each answer with what the student wrote; this is its rule.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
LEAST_RIGHT = 0.97
EACH, TOGETHER = 16, 320


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import rescue
    finally:
        sys.path.remove(str(BENCHMARKS))
    homeworks = rescue.load_homeworks(tmp_path_factory.mktemp("homeworks"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbformat remarks on cells without ids, which is what is tried here
        return [rescue.rescue(case) for case in rescue.make_cases(homeworks, each=EACH, together=TOGETHER)]


def test_at_least_nine_hundred_damages_of_every_kind(found: list) -> None:
    kinds = Counter(each.case.kind for each in found)
    assert len(found) >= 900
    assert len(kinds) >= 42
    assert {each.case.homework.name for each in found} == {f"hw{number}" for number in range(1, 7)}
    assert kinds["saved_by_colab_without_nbgrader"] == kinds["saved_by_vs_code_without_nbgrader"] == EACH


def test_no_answer_is_transplanted_wrongly_or_lost_in_silence(found: list) -> None:
    bad = [
        (each.case.homework.name, each.case.kind, name, outcome)
        for each in found
        for name, outcome in each.outcomes.items()
        if outcome in ("wrong", "lost")
    ]
    assert bad == []


def test_every_rebuilt_notebook_is_whole_and_valid(found: list) -> None:
    assert [(each.case.homework.name, each.case.kind, each.problem) for each in found if each.problem] == []


def test_nearly_all_answers_are_right_and_few_are_left_to_a_person(found: list) -> None:
    count = Counter(outcome for each in found for outcome in each.outcomes.values())
    assert count["right"] / count.total() >= LEAST_RIGHT
    for kind in ("saved_by_colab", "saved_by_colab_without_nbgrader", "saved_by_vs_code", "lost_nbgrader"):
        assert {outcome for each in found if each.case.kind == kind for outcome in each.outcomes.values()} == {"right"}


def test_what_is_not_sure_is_listed_with_the_cells_it_may_be(found: list) -> None:
    asked = [change for each in found for change in each.changes if change.needs_person]
    assert asked
    assert all(change.what and change.confidence < 0.75 for change in asked)
