"""Letters and numbers as students type them: all spellings are read, the rest is told how to mend it."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from course_utils.checks import judge_answer
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.checking import Ungraded
from course_utils.checks.contract import Case, Contract, PartSpec
from course_utils.checks.driving.given import read_given, read_letter, read_number
from course_utils.checks.question import judge_given
from course_utils.checks.response import Part, Raised, Response
from course_utils.checks.show import as_html, as_text
from course_utils.checks.verdict import Outcome
from course_utils.errors import AnswerFormError

LETTERS = ["b", "B", " b ", "(b)", "b)", "b.", "[B]", "'b'", '"b"', "(B).", np.str_("b")]


@pytest.mark.parametrize("answer", LETTERS, ids=repr)
def test_a_letter_is_read_however_it_is_written(answer: str) -> None:
    assert read_letter(answer, "abcd") == 1


NO_LETTERS = [
    (1, "the number 1"),
    (1.5, "the number 1.5"),
    (True, "True"),
    (["b"], "a list"),
    (("a", "b"), "a tuple"),
    ({"b"}, "a set"),
    (lambda: "b", "a function"),
    (torch.tensor(1), "a Tensor"),
    ("ab", '"ab"'),
    ("a or b", '"a or b"'),
    ("option b", '"option b"'),
    ("2", '"2"'),
    ("e", 'no option "e"'),
    ("β", '"β"'),
    ("b" * 200, "…"),
    ("\x1b[31mb", '"[31mb"'),
]


@pytest.mark.parametrize(("answer", "said"), NO_LETTERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_letter_is_told_how_to_mend_it(answer: object, said: str) -> None:
    with pytest.raises(AnswerFormError) as raised:
        read_letter(answer, "abcd")
    assert said in raised.value.what
    assert 'Write one letter in quotes, such as "b".' in raised.value.mend
    assert len(str(raised.value)) < 200


HALVES = [
    0.5,
    "0.5",
    " .5 ",
    "1/2",
    "5e-1",
    Fraction(1, 2),
    np.float32(0.5),
    np.array([0.5]),
    torch.tensor(0.5),
    torch.tensor([[0.5]], requires_grad=True),
    torch.tensor(0.5, dtype=torch.float16),
]


@pytest.mark.parametrize("answer", HALVES, ids=repr)
def test_a_number_is_read_whatever_holds_it(answer: object) -> None:
    assert read_number(answer) == 0.5


@pytest.mark.parametrize(("answer", "number"), [(-3, -3), ("−3", -3), ("+3", 3), (2**70, 2.0**70), ("inf", math.inf)])
def test_whole_negative_and_large_numbers_are_read(answer: object, number: float) -> None:
    assert read_number(answer) == number


NO_NUMBERS = [
    (True, "True", "one number"),
    (torch.tensor(True), "a Tensor", "one number"),
    ([0.5], "a list", "one number"),
    (torch.tensor([1.0, 2.0]), "2 numbers", "one number"),
    (np.array([]), "0 numbers", "one number"),
    (1j, "a complex", "one number"),
    (float("nan"), "nan", "one number"),
    ("nan", "nan", "one number"),
    (10**400, "digits", "one number"),
    (lambda: 0.5, "a function", "one number"),
    ("0,5", '"0,5"', "as a point"),
    ("1,200", '"1,200"', "as a point"),
    ("50 %", '"50 %"', "50 % is 0.5"),
    ("1/0", '"1/0"', "one number"),
    ("about 3", '"about 3"', "No unit, no words"),
    ("3 points", '"3 points"', "No unit, no words"),
]


@pytest.mark.parametrize(("answer", "said", "mend"), NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_told_how_to_mend_it(answer: object, said: str, mend: str) -> None:
    with pytest.raises(AnswerFormError) as raised:
        read_number(answer)
    assert said in raised.value.what
    assert mend in raised.value.mend


@pytest.mark.parametrize("answer", [..., None, "", "  ", "..."], ids=repr)
@pytest.mark.parametrize("options", [{"form": "choice", "letters": "abc"}, {"form": "number"}], ids=lambda o: o["form"])
def test_an_open_answer_is_not_written_yet(answer: object, options: dict) -> None:
    with pytest.raises(NotImplementedError):
        read_given(answer, {}, options)


class Trap:
    """An object that misbehaves whatever it is asked."""

    def __getattribute__(self, name: str) -> object:
        raise SystemExit(name)


FORM = {"form": "choice", "letters": "abc"}
CHOICE = Contract("quiz9_q", 10.0, "A question", (PartSpec(kind="given"),), "given", options=FORM)
CASES = (Case("your answer", {}),)
SEALED = AnswerKey(CHOICE, CASES, (), ())


def test_an_answer_that_stops_the_reading_is_a_verdict() -> None:
    verdict = judge_answer(SEALED, Trap())
    assert verdict.outcome is Outcome.FAILED
    assert verdict.points == 0.0


def test_a_sealed_key_records_and_says_that_it_is_graded_later() -> None:
    verdict = judge_answer(SEALED, " B ")
    assert (verdict.outcome, verdict.points) == (Outcome.RECORDED, 0.0)
    assert as_text(verdict).splitlines() == [
        "● quiz9_q: recorded (10 points, graded after you hand in)",
        "  Your answer: b. Until you hand in, you may change it.",
    ]
    assert "0 of 10" not in as_html(verdict)


def test_the_number_for_nbgrader_is_not_shown_in_a_notebook() -> None:
    assert repr(Ungraded(0.0)) == "0.0"
    assert float(repr(Ungraded(0.0))) == 0.0
    assert "0" not in Ungraded(0.0)._repr_html_()


FORGED = {
    "nothing": Response(),
    "two parts": Response((Part("number", np.array(1.0), "float"),) * 2),
    "a table": Response((Part("tensor", np.zeros((2, 2)), "float64", (2, 2)),)),
    "no option": Response((Part("number", np.array(7), "int"),)),
    "between two options": Response((Part("number", np.array(0.5), "float"),)),
    "nan": Response((Part("number", np.array(math.nan), "float"),)),
    "an exception of its own": Response(raised=Raised("error", "ValueError", "give me the points")),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_forged_response_is_worth_nothing(name: str, is_sealed: bool) -> None:
    right = Response((Part("number", np.array(1), "int"),))
    key = AnswerKey(CHOICE, CASES, () if is_sealed else (right,), ())
    verdict = judge_given(key, (FORGED[name],))
    assert (verdict.outcome, verdict.points) == (Outcome.FAILED, 0.0)
    assert "give me the points" not in verdict.message()
