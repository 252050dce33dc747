"""From responses to a verdict: the idea behind a wrong answer, and nothing of a hidden case."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from small_keys import SCALAR, TENSOR, case, key, vector

from course_utils.checks import judge_answer
from course_utils.checks.answer_key import KEYS, load_key
from course_utils.checks.contract import PartSpec
from course_utils.checks.diagnose import diagnose
from course_utils.checks.response import Part, Raised, Response
from course_utils.checks.show import as_html, as_text
from course_utils.checks.verdict import Outcome, Verdict

PAIR = (PartSpec("w"), PartSpec("b", "scalar"))


def total(x):
    return x.sum()


def mean(x):
    return x.mean()


def absolute(x):
    return x.abs().sum()


def first_only(x):
    return x[0]


def of_the_negative(x):
    return -x.sum()


VISIBLE = [case("two and three", x=vector(2, 3)), case("one number", x=vector(4)), case("signs", x=vector(-1, 3))]
SUMS = key(total, VISIBLE, mean, absolute, first_only, parts=SCALAR, credit=0.25)


def on_sums(answer):
    return judge_answer(SUMS, answer)


def test_a_right_answer_has_all_points_and_no_words():
    verdict = on_sums(lambda x: float(sum(x)))
    assert (verdict.outcome, verdict.points, verdict.max_points) == (Outcome.PASSED, 4.0, 4.0)
    assert verdict.message() == ""
    assert [line.is_right for line in verdict.lines] == [True] * 3


@pytest.mark.parametrize("mistake", [mean, absolute, first_only])
def test_a_mistake_is_named_and_keeps_its_share_of_the_points(mistake):
    verdict = on_sums(lambda x: mistake(x).item())
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake == mistake.__name__
    assert verdict.points == 1.0
    assert verdict.idea == f"The idea of {mistake.__name__}."
    assert verdict.look == "Look here."


def test_the_smallest_case_that_shows_it_is_the_one_shown():
    assert on_sums(mean).saw == "With x = [2, 3] you returned 2.5; expected 5."
    cases = [case("long", x=vector(*range(10))), case("short", x=vector(2, 4))]
    assert "x = [2, 4]" in judge_answer(key(total, cases, parts=SCALAR), mean).saw


def test_a_mistake_that_agrees_in_one_case_only_is_not_named():
    verdict = on_sums(lambda x: x.mean() if len(x) == 2 else x.sum() + 1)
    assert verdict.mistake not in {"mean", "absolute", "first_only"}


@pytest.mark.parametrize(
    ("answer", "name", "word"),
    [
        (of_the_negative, "opposite-sign", "opposite sign"),
        (lambda x: 3 * x.sum(), "off-by-a-factor", "3 times"),
        (lambda x: x.sum() * 0, "all-zero", "are 0"),
        (lambda x: x.sum() ** 3 + 1, "", "differ"),
        (lambda x: None, "returned-none", "None"),
        (lambda x: (x.sum(),), "wrong-type", "a tuple with one element"),
        (lambda x: "5", "wrong-type", "a str"),
        (lambda x: x.sum().reshape(1), "wrong-shape", "shape (1,)"),
        (lambda x: x.sum() / 0, "not-finite", "inf"),
        (lambda x: x.add_(1).sum() - len(x), "changed-its-argument", "belongs to the caller"),
        (lambda x: x.sum() + y, "raised-NameError", "NameError: name 'y' is not defined"),  # noqa: F821
        (lambda x: x @ torch.ones(7), "raised-RuntimeError", "Print the"),
        (lambda: 1, "raised-TypeError", "arguments"),
    ],
)
def test_what_anybody_can_see_is_said_where_no_mistake_fits(answer, name, word):
    verdict = on_sums(answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.points == 0
    assert verdict.mistake == name
    assert word in verdict.message()


def test_an_answer_with_a_memory_is_told_so():
    calls = []

    def answer(x):
        calls.append(1)
        return x.sum() * len(calls) ** 0.1

    assert on_sums(answer).mistake == "remembers-earlier-calls"


@pytest.mark.parametrize("spec", [TENSOR, SCALAR])
def test_a_stub_is_not_attempted(spec):
    def thing(x):
        raise NotImplementedError()

    verdict = judge_answer(key(total, VISIBLE, parts=spec), thing)
    assert (verdict.outcome, verdict.points) == (Outcome.NOT_ATTEMPTED, 0)


def test_an_exercise_that_stands_on_an_unwritten_one_is_blocked():
    def mse(p, y):
        raise NotImplementedError()

    verdict = judge_answer(load_key("rmse"), lambda p, y: mse(p, y) ** 0.5)
    assert verdict.outcome is Outcome.BLOCKED
    assert (
        verdict.message() == "rmse calls your mse, which is not written yet. Mend mse first, then run this check again."
    )


def test_an_exercise_that_stands_on_a_broken_one_is_blocked():
    def mse(p, y):
        return p @ y[:-1]

    verdict = judge_answer(load_key("rmse"), lambda p, y: mse(p, y) ** 0.5)
    assert verdict.outcome is Outcome.BLOCKED
    assert "stopped with an error" in verdict.idea


def test_each_part_may_rest_on_a_mistake_of_its_own():
    def right(x):
        return x * 2, x.sum()

    def forgot_to_double(x):
        return x, x.sum()

    def took_the_mean(x):
        return x * 2, x.mean()

    verdict = judge_answer(key(right, VISIBLE, forgot_to_double, took_the_mean, parts=PAIR), lambda x: (x, x.mean()))
    assert verdict.mistake == "forgot_to_double+took_the_mean"
    assert "The idea of forgot_to_double." in verdict.idea
    assert "The idea of took_the_mean." in verdict.idea


def test_a_forbidden_call_is_not_own_work_only_where_the_numbers_are_right():
    made = key(lambda x: x.exp(), VISIBLE, parts=TENSOR, forbid=("softmax", "expm1"))
    right = judge_answer(made, lambda x: torch.expm1(x) + 1)
    assert (right.outcome, right.points, right.mistake) == (Outcome.NOT_OWN_WORK, 0, "not-own-work")
    assert "uses expm1" in right.idea
    assert judge_answer(made, lambda x: torch.softmax(x, 0)).outcome is Outcome.FAILED


def test_what_was_printed_in_the_case_shown_comes_with_the_verdict():
    def answer(x):
        print("I saw", x.tolist())
        return x.mean()

    assert on_sums(answer).printed == "I saw [2.0, 3.0]\n"


def test_a_verdict_goes_through_json_unchanged():
    verdict = on_sums(mean)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


# --- hidden cases -------------------------------------------------------------------------------------------

SECRET = 4271.25
HIDDEN = [*VISIBLE, case("a large one", is_hidden=True, x=vector(SECRET, *[0.5] * 63))]
WITH_HIDDEN = key(total, HIDDEN, parts=SCALAR)


def only_when_hidden(wrong):
    """Make an answer that is right wherever a student can see."""
    return lambda x: wrong(x) if len(x) > 10 else x.sum()


class Telling(Exception):
    pass


def tell(x):
    raise Telling(f"the input was {x.tolist()} at {x.shape}")


def tell_by_printing(x):
    print("secret", x.tolist())
    return 0.0


def endless(x):
    while True:
        pass


@pytest.mark.parametrize(
    "wrong",
    [
        mean,
        of_the_negative,
        tell,
        tell_by_printing,
        endless,
        lambda x: x,
        lambda x: x.tolist(),
        lambda x: tuple(x),
        lambda x: (x.sum(),),
        lambda x: None,
        lambda x: str(x.tolist()),
        lambda x: x.sum().float().reshape(1),
        lambda x: x.numpy(),
        lambda x: {SECRET: x},
        lambda x: x.sum() * torch.inf,
        lambda x: x.add_(1).sum(),
        lambda x: torch.zeros(int(x[0]), len(x)),
        lambda x: torch.zeros(int(x[0] * 10**9)),
        lambda x: x @ torch.ones(len(x) + 1),
        lambda x: exec("raise SystemExit(str(x))"),
    ],
)
def test_nothing_of_a_hidden_case_but_its_label_leaves_the_judge(wrong):
    short = dataclasses.replace(WITH_HIDDEN, contract=dataclasses.replace(WITH_HIDDEN.contract, seconds=0.3))
    verdict = judge_answer(short, only_when_hidden(wrong))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.points == 0
    assert verdict.message()
    for shown in (json.dumps(verdict.to_json()), as_text(verdict), as_html(verdict)):
        assert "a large one" in shown
        for secret in ("4271", "4302", "64", "65", "0.5", "secret", "Inf", "inf,"):
            assert secret not in shown, (secret, shown)


def test_a_visible_case_is_shown_before_a_hidden_one():
    verdict = judge_answer(WITH_HIDDEN, mean)
    assert "x = [2, 3]" in verdict.saw
    assert verdict.lines[-1] == dataclasses.replace(verdict.lines[-1], is_hidden=True, yours="", expected="")


def test_a_mistake_that_shows_only_where_hidden_is_named_without_numbers():
    made = key(total, [VISIBLE[1], HIDDEN[-1]], mean, parts=SCALAR)
    verdict = judge_answer(made, mean)
    assert verdict.mistake == "mean"
    assert verdict.saw == "It shows in a hidden case (a large one)."


# --- responses that our own code did not write --------------------------------------------------------------


def forged(**marks):
    return Response(**{"parts": (Part("number", np.array(5.0), "float"),), **marks})


@pytest.mark.parametrize(
    "response",
    [
        forged(parts=()),
        forged(parts=(Part("number", np.array(5.0), "float"),) * 3),
        forged(parts=(Part("other", None, shown="x"),)),
        forged(parts=(Part("magic", np.array(5.0)),)),
        forged(parts=(Part("tensor", np.array(True), "bool"),)),
        forged(parts=(Part("tensor", np.array(np.nan), "float64"),)),
        forged(structure="nonsense"),
        forged(raised=Raised("nonsense", "", "")),
        forged(raised=Raised("unwritten", "E", "m", function="mse")),
        forged(changed=("everything",)),
        forged(used=("softmax",)),
        forged(remembers=True),
        forged(printed="\x1b" * 100),
    ],
)
@pytest.mark.parametrize("name", sorted(path.stem for path in KEYS.glob("*.npz")))
def test_no_forged_response_upsets_the_judge_or_earns_points(name, response):
    made = load_key(name)
    verdict = diagnose(made, (response,) * len(made.cases))
    # A value recorded in a lab earns its points for being there: a plausible number is no forgery of an answer.
    if not verdict.on_completion:
        assert verdict.outcome is not Outcome.PASSED
        assert verdict.points == 0
    as_text(verdict), as_html(verdict)


def test_responses_must_be_as_many_as_cases():
    with pytest.raises(ValueError, match="zip"):
        diagnose(SUMS, ())
