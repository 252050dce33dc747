import numpy as np
import pytest
import torch

from course_utils.data import load_scores
from course_utils.widgets.bowl import Bowl, say_line, standardise


def by_autograd(x, y, start, lr, steps):
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    points = [point.detach().clone()]
    for _ in range(steps):
        loss = ((point[0] * x + point[1] - y) ** 2).mean()
        (slope,) = torch.autograd.grad(loss, point)
        point = (point - lr * slope).detach().requires_grad_()
        points.append(point.detach().clone())
    return torch.stack(points)


def test_the_bowl_is_the_mean_squared_error_everywhere():
    quiz, final = load_scores()
    bowl = Bowl.of(quiz, final)
    for w, b in [(0.0, 0.0), (1.3, 0.6), (-4.0, 20.0)]:
        expected = ((w * quiz + b - final) ** 2).mean().item()
        assert bowl.loss(np.array([w, b])) == pytest.approx(expected)
    assert bowl.loss(bowl.bottom) == pytest.approx(bowl.lowest) == pytest.approx(18.599, abs=1e-3)


def test_a_walk_is_gradient_descent():
    quiz, final = load_scores()
    walk = Bowl.of(quiz, final).walk((0.0, 12.0), 0.006, 25)
    expected = by_autograd(quiz, final, [0.0, 12.0], 0.006, 25)
    assert np.allclose(walk, expected.numpy(), rtol=1e-9)


def test_the_limit_is_where_descent_turns_from_arriving_to_leaving():
    bowl = Bowl.of(*load_scores())
    start = bowl.bottom + np.array([1.0, 1.0])
    below = bowl.loss(bowl.walk(tuple(start), 0.999 * bowl.limit, 400))
    above = bowl.loss(bowl.walk(tuple(start), 1.001 * bowl.limit, 400))
    assert below[-1] < below[0]
    assert above[-1] > above[100]
    assert bowl.limit == pytest.approx(0.00655, abs=5e-6)
    assert bowl.condition == pytest.approx(650, abs=1)


def test_standardising_makes_the_bowl_round():
    quiz, final = load_scores()
    bowl = Bowl.of(standardise(quiz), final)
    assert np.allclose(bowl.curvature, 2 * np.eye(2))
    assert np.allclose(bowl.walk((0.0, 0.0), 0.5, 1)[-1], bowl.bottom)


@pytest.mark.parametrize(
    ("w", "b", "said"), [(1, 2, "ŷ = 1.00·x + 2.00"), (-0.5, -2.44, "ŷ = -0.50·x − 2.44")]
)
def test_a_line_is_written_with_the_sign_of_its_bias(w, b, said):
    assert say_line(w, b) == said
