"""The declaration of an exercise: what it promises, and one sentence for every slip in it."""

from __future__ import annotations

import pytest
import torch

from autograder.draws import labels, normal, not_contiguous, probabilities
from autograder.errors import ExerciseError
from autograder.exercise import VISIBLE_SEED, Exercise, case, scalar, tensor
from autograder.exercises import assignments, exercises_of, find_exercise
from course_utils.checks import judge_answer
from course_utils.checks.answer_key import load_key
from course_utils.checks.compare import Departure, compare
from course_utils.checks.response import Raised
from course_utils.checks.verdict import Outcome

EVERY = [exercise for name in assignments() for exercise in exercises_of(name).values()]


def draw(generator, n=3):
    return {"x": normal(generator, n)}


def made(**changes):
    settings = {
        "points": 2,
        "ask": "Double x.",
        "reference": lambda x: 2 * x,
        "cases": [case("two numbers", x=torch.tensor([1.0, 2.0])), case("drawn", draw)],
        "hidden": [case("many", lambda g: draw(g, 50))],
    }
    return Exercise("double", **{**settings, **changes})


def test_visible_cases_are_the_same_for_everybody_each_time():
    first, again = made().cases(), made().cases()
    assert [c.label for c in first] == ["two numbers", "drawn"]
    for one, other in zip(first, again, strict=True):
        assert torch.equal(one.arguments["x"], other.arguments["x"])


def test_hidden_cases_come_with_a_secret_and_differ_by_it():
    assert not any(c.is_hidden for c in made().cases())
    drawn = {}
    for secret in (1, 2, 2**62):
        visible, other, hidden = made().cases(secret)
        assert (visible.is_hidden, other.is_hidden, hidden.is_hidden) == (False, False, True)
        drawn[secret] = hidden.arguments["x"]
    assert not torch.equal(drawn[1], drawn[2])
    assert torch.equal(drawn[1], made().cases(1)[-1].arguments["x"])


def test_knowing_the_visible_seed_tells_nothing_of_hidden_cases():
    *_, hidden = made().cases(VISIBLE_SEED + 1)
    *_, other = made().cases(VISIBLE_SEED)
    assert not torch.equal(hidden.arguments["x"], other.arguments["x"])


def test_a_key_tells_nothing_of_a_mistakes_code():
    exercise = made()

    @exercise.mistake("It prints and stops.", look="Here.")
    def stopped(x):
        print("a line of ours")
        if len(x) > 2:
            raise ValueError("a word of ours")
        return 3 * x

    _, drawn = exercise.answer_key().mistakes[0].responses
    assert drawn.raised == Raised("error", "ValueError", "")
    assert "ours" not in str(exercise.answer_key())


def test_declaring_a_mistake_gives_the_function_back():
    exercise = made()

    @exercise.mistake("You tripled.", look="How many times?", credit=0.5)
    def tripled(x):
        return 3 * x

    assert tripled(2) == 6
    (known,) = exercise.answer_key().mistakes
    assert (known.name, known.idea, known.look, known.credit) == ("tripled", "You tripled.", "How many times?", 0.5)
    assert repr(exercise) == "<Exercise double: 1 mistakes>"


def test_a_class_can_be_a_mistake_as_well():
    exercise = made()

    @exercise.mistake("A class.")
    class Tripled:
        def __new__(cls, x):
            return 3 * x

    assert exercise.answer_key().mistakes[0].name == "Tripled"


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Exercise("not a name", points=1, ask="", reference=None, cases=[]), "not a Python name"),
        (lambda: made(hidden=[case("drawn", draw)]), "two cases called 'drawn'"),
        (lambda: case("both", draw, x=1), "both a maker and fixed arguments"),
        (lambda: made().mistake("Too kind.", credit=1.0)(lambda x: x), "credit 1.0"),
        (lambda: made().mistake("Too harsh.", credit=-0.1)(lambda x: x), "credit -0.1"),
        (lambda: made(reference=lambda x: None).answer_key(), "'double' does not hold in case 'two numbers': none"),
        (lambda: made(reference=lambda x: 1 / 0).answer_key(), "ZeroDivisionError"),
        (lambda: made(reference=lambda x: x.mul_(2)).answer_key(), "changed"),
        (lambda: made(reference=lambda x: (x, x)).answer_key(), "a tuple of 2"),
        (lambda: made(reference=torch.exp, forbid=["exp"]).answer_key(), "uses a forbidden call"),
        (lambda: made(parts=[scalar()], reference=lambda x: "2").answer_key(), "type"),
    ],
)
def test_a_slip_in_a_declaration_is_one_sentence(declare, words):
    with pytest.raises(ExerciseError, match=words):
        declare()


def test_two_mistakes_of_one_name_are_refused():
    exercise = made()
    exercise.mistake("One.")(draw)
    with pytest.raises(ExerciseError, match="two mistakes called 'draw'"):
        exercise.mistake("Two.")(draw)


def test_an_exercise_nobody_declared_is_named():
    with pytest.raises(Exception, match="No exercise is called 'sofmax'"):
        find_exercise("sofmax")
    with pytest.raises(Exception, match="No exercises are declared for 'hw99'"):
        exercises_of("hw99")


def test_kinds_of_parts():
    assert (tensor("w").kind, tensor("w").name, tensor(rtol32=1e-3).rtol32) == ("tensor", "w", 1e-3)
    assert scalar("b").kind == "scalar"


# --- inputs ------------------------------------------------------------------------------------------------------


def test_draws_have_the_shape_and_dtype_asked_for():
    generator = torch.Generator().manual_seed(1)
    assert normal(generator, 3, 2).dtype is torch.float64
    assert normal(generator, 3, 2, dtype=torch.float32).shape == (3, 2)
    assert normal(generator).shape == ()
    assert 0.4 < normal(generator, 2000, scale=0.5).std() < 0.6
    assert set(labels(generator, 200, 3).tolist()) == {0, 1, 2}
    rows = probabilities(generator, 5, 4)
    torch.testing.assert_close(rows.sum(1), torch.ones(5, dtype=torch.float64))
    assert (rows > 0).all()


def test_not_contiguous_wraps_tensors_and_leaves_the_rest():
    wrapped = not_contiguous(lambda g: {"x": normal(g, 2, 3), "lr": 0.1, "b": normal(g)})
    arguments = wrapped(torch.Generator().manual_seed(1))
    plain = normal(torch.Generator().manual_seed(1), 2, 3)
    assert not arguments["x"].is_contiguous()
    assert torch.equal(arguments["x"], plain)
    assert arguments["lr"] == 0.1


# --- every declared exercise -----------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_every_exercise_is_fit_for_students(exercise):
    names = [known.name for known in exercise.mistakes]
    assert exercise.contract.ask.strip()
    assert exercise.contract.points > 0
    assert exercise.cases(), "a student needs a visible case"
    has_hidden = len(exercise.cases(1)) > len(exercise.cases())
    is_value = exercise.contract.driver in ("record", "given")
    assert has_hidden or is_value, "the judge needs hidden cases"
    assert len(names) == len(set(names))
    for known in exercise.mistakes:
        assert known.idea.strip()
        assert known.look.strip()


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_every_mistake_departs_where_students_can_see_it(exercise):
    key = load_key(exercise.name)
    for known in key.mistakes:
        found = [
            compare(given, expected, key.contract.parts)
            for given, expected in zip(known.responses, key.expected, strict=True)
        ]
        departures = {one.departure for one in found if one is not None}
        assert departures - {Departure.RAISED}, f"{known.name} departs in no visible case but by an exception"


def test_no_exercise_stands_in_two_assignments():
    names = [exercise.name for exercise in EVERY]
    assert len(names) == len(set(names))


def test_a_verdict_says_what_was_declared():
    exercise = made()
    exercise.mistake("You tripled.", look="How many times?", credit=0.5)(lambda x: 3 * x)
    verdict = judge_answer(exercise.answer_key(7), lambda x: x + x + x)
    assert (verdict.outcome, verdict.points, verdict.idea) == (Outcome.FAILED, 1.0, "You tripled.")
