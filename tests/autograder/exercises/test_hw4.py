"""Homework 4: every mistake is named as itself, right answers pass, autograd is seen, references keep their word."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from answers_hw4 import AUTOGRAD, RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from autograder.exercises.hw4.scalar_graph import Scalar
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.driving.differentiate import RECIPES
from course_utils.checks.expressions import build, leaves_of, read_steps
from course_utils.checks.verdict import Outcome

EXERCISES = exercises_of("hw4")
POINTS = {
    "sigmoid_grad": 1,
    "relu_grad": 1,
    "gelu_grad": 1,
    "softmax_backward": 3,
    "linear_backward": 4,
    "mlp_backward": 5,
    "numerical_gradient": 2,
    "Value": 3,
}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]


def test_points_add_up_to_twenty():
    assert {name: exercise.contract.points for name, exercise in EXERCISES.items()} == POINTS
    assert sum(POINTS.values()) == 20


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_named_as_itself_and_as_nothing_else(name, mistake, secret):
    key = key_of(name, secret)
    known = next(known for known in key.mistakes if known.name == mistake)
    assert [fitting.name for fitting in fitting_mistakes(key, known.responses)] == [mistake]
    verdict = diagnose(key, known.responses)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake == mistake
    assert verdict.points == known.credit * POINTS[name]
    assert len(verdict.message().split()) < LONGEST_MESSAGE


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right_answers_pass_in_any_style(name, code, secret):
    verdict = judge(name, written(code, name), secret)
    assert verdict.outcome is Outcome.PASSED, verdict.message()
    assert verdict.points == POINTS[name]


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_wrong_answers_fail_and_say_why(name, code, mistake):
    verdict = judge(name, written(code, name))
    assert verdict.outcome is Outcome.FAILED
    assert verdict.idea
    assert len(verdict.message().split()) < LONGEST_MESSAGE
    if mistake:
        assert verdict.mistake == mistake


@pytest.mark.parametrize("secret", [None, 1])
@pytest.mark.parametrize(("name", "code"), AUTOGRAD)
def test_autograd_is_not_your_own_work_whichever_door_it_came_by(name, code, secret):
    verdict = judge(name, written(code, name), secret)
    assert verdict.outcome is Outcome.NOT_OWN_WORK
    assert "autograd" in verdict.message()
    assert verdict.points == 0


@pytest.mark.parametrize("entry", catalogue("mistakes", *EXERCISES))
def test_the_catalogues_wrong_answers_get_a_named_mistake(entry):
    answer = written(entry["code"], entry["exercise"])
    declared = {mistake.name for mistake in find_exercise(entry["exercise"]).mistakes}
    verdict, visible = judge(entry["exercise"], answer, 1), judge(entry["exercise"], answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake in declared
    assert visible.mistake == verdict.mistake


@pytest.mark.parametrize("entry", catalogue("right", *EXERCISES))
def test_the_catalogues_right_answers_pass_or_are_seen_to_use_autograd(entry):
    verdict = judge(entry["exercise"], written(entry["code"], entry["exercise"]), 1)
    uses_autograd = ".backward()" in entry["code"]
    assert verdict.outcome is (Outcome.NOT_OWN_WORK if uses_autograd else Outcome.PASSED), verdict.message()


@pytest.mark.parametrize("name", [name for name in EXERCISES if name != "Value"])
def test_stubs_are_not_attempted(name):
    verdict = judge(name, written(f"def {name}(*inputs):\n    raise NotImplementedError()", name), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize("method", ["__init__", "__mul__", "backward"])
def test_a_value_with_a_part_unwritten_is_not_attempted(method):
    answer = type("Value", (Scalar,), {method: lambda *inputs: (_ for _ in ()).throw(NotImplementedError())})
    assert judge("Value", answer).outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize("name", EXERCISES)
def test_the_frozen_key_names_the_same_mistakes(name):
    frozen = load_key(name)
    assert [known.name for known in frozen.mistakes] == [mistake.name for mistake in EXERCISES[name].mistakes]
    assert not any(case.is_hidden for case in frozen.cases)
    for known in frozen.mistakes:
        assert diagnose(frozen, known.responses).mistake == known.name


@pytest.mark.parametrize("helper", ["linear_backward", "relu_grad"])
def test_a_network_that_calls_an_unwritten_piece_is_blocked_not_wrong(helper):
    code = f"""
def {helper}(*inputs):
    raise NotImplementedError()
def mlp_backward(x, y, W1, b1, W2, b2):
    return {helper}(x)
"""
    assert judge("mlp_backward", written(code, "mlp_backward")).outcome is Outcome.BLOCKED


# --- the references, against autograd and against finite differences ------------------------------------------


def drawn(*shape: int, scale: float = 1.0, seed: int = 5) -> torch.Tensor:
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def reference(name: str):
    return EXERCISES[name].reference


def differences(f, x: torch.Tensor, h: float = 1e-6) -> torch.Tensor:
    """Return the gradient of f at x by central differences, written without the exercise's reference."""
    moves = h * torch.eye(x.numel(), dtype=x.dtype).reshape(x.numel(), *x.shape)
    return torch.stack([(f(x + move) - f(x - move)) / (2 * h) for move in moves]).reshape(x.shape)


@pytest.mark.parametrize(
    ("name", "function"), [("sigmoid_grad", torch.sigmoid), ("relu_grad", torch.relu), ("gelu_grad", F.gelu)]
)
def test_slopes_agree_with_autograd_and_with_differences(name, function):
    x = torch.cat([drawn(40, scale=3.0), torch.tensor([1000.0, -1000.0], dtype=torch.float64)])
    by_autograd = torch.autograd.functional.vjp(function, x, torch.ones_like(x))[1]
    torch.testing.assert_close(reference(name)(x), by_autograd)
    torch.testing.assert_close(reference(name)(x), differences(lambda v: function(v).sum(), x), rtol=1e-4, atol=1e-6)


def test_the_slope_of_relu_at_zero_is_zero_as_in_torch():
    zero = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    assert torch.equal(reference("relu_grad")(zero.detach()), torch.autograd.grad(torch.relu(zero).sum(), zero)[0])


@pytest.mark.parametrize("shape", [(1, 3), (4, 4), (7, 2)])
def test_softmax_backward_agrees_is_linear_and_sums_to_nothing(shape):
    x, dout, other = drawn(*shape, scale=2.0), drawn(*shape, seed=6), drawn(*shape, seed=7)
    back = reference("softmax_backward")
    by_autograd = torch.autograd.functional.vjp(lambda v: torch.softmax(v, 1), x, dout)[1]
    torch.testing.assert_close(back(x, dout), by_autograd)
    torch.testing.assert_close(
        back(x, dout), differences(lambda v: (torch.softmax(v, 1) * dout).sum(), x), rtol=1e-5, atol=1e-8
    )
    torch.testing.assert_close(back(x, 2 * dout - other), 2 * back(x, dout) - back(x, other))
    torch.testing.assert_close(back(x, dout).sum(1), torch.zeros(shape[0], dtype=x.dtype), atol=1e-12, rtol=0)
    torch.testing.assert_close(back(x + 1000, dout), back(x, dout), rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize(("n", "i", "o"), [(1, 3, 2), (4, 4, 4), (6, 2, 5)])
def test_linear_backward_agrees_with_autograd_and_with_differences(n, i, o):
    dout, x, W, b = drawn(n, o), drawn(n, i, seed=6), drawn(o, i, seed=7), drawn(o, seed=8)
    found = reference("linear_backward")(dout, x, W)
    for mine, theirs in zip(found, torch.autograd.functional.vjp(F.linear, (x, W, b), dout)[1], strict=True):
        torch.testing.assert_close(mine, theirs)
    torch.testing.assert_close(
        found[1], differences(lambda v: (F.linear(x, v, b) * dout).sum(), W), rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize(("n", "scale"), [(1, 1.0), (5, 1.0), (5, 500.0)])
def test_mlp_backward_agrees_with_autograd_and_with_differences(n, scale):
    x, y = drawn(n, 3), torch.arange(n) % 4
    parameters = (drawn(6, 3, seed=6), drawn(6, seed=7), drawn(4, 6, scale=scale, seed=8), drawn(4, seed=9))

    def loss_of(W1, b1, W2, b2):
        return F.cross_entropy(F.linear(torch.relu(F.linear(x, W1, b1)), W2, b2), y)

    loss, *found = reference("mlp_backward")(x, y, *parameters)
    torch.testing.assert_close(loss, loss_of(*parameters))
    for mine, theirs in zip(found, torch.autograd.functional.vjp(loss_of, parameters)[1], strict=True):
        torch.testing.assert_close(mine, theirs)
    for place, mine in enumerate(found):
        by_steps = differences(
            lambda v, at=place: loss_of(*parameters[:at], v, *parameters[at + 1 :]), parameters[place]
        )
        torch.testing.assert_close(mine, by_steps, rtol=1e-4, atol=1e-6 * scale)


@pytest.mark.parametrize("recipe", RECIPES)
def test_numerical_gradient_comes_close_to_autograd_and_the_error_shrinks_with_the_square_of_h(recipe):
    x = drawn(2, 3)
    exact = torch.autograd.functional.jacobian(RECIPES[recipe], x)
    torch.testing.assert_close(reference("numerical_gradient")(RECIPES[recipe], x, 1e-6), exact, rtol=1e-5, atol=1e-7)
    wide, narrow = (
        float((reference("numerical_gradient")(RECIPES[recipe], x, h) - exact).abs().max()) for h in (0.2, 0.1)
    )
    assert narrow <= 0.3 * wide or wide < 1e-12


@pytest.mark.parametrize("secret", [None, 3, 4])
def test_value_agrees_with_autograd_in_every_case(secret):
    key = key_of("Value", secret)
    for case, expected in zip(key.cases, key.expected, strict=True):
        steps = read_steps(case.arguments["program"])
        leaves = {
            name: torch.tensor(case.arguments[name], dtype=torch.float64, requires_grad=True)
            for name in leaves_of(steps)
        }
        found = build(steps, leaves)
        end = found[steps[-1].name]
        slopes = torch.autograd.grad(end, list(found.values()), allow_unused=True)
        by_autograd = [0.0 if slope is None else float(slope) for slope in slopes]
        assert float(expected.parts[0].values) == pytest.approx(float(end.detach()))
        assert expected.parts[1].values.tolist() == pytest.approx(by_autograd)
