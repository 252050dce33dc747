import pytest
import torch

from course_utils.data import load_scores
from course_utils.widgets import zero_grad_explorer
from course_utils.widgets.bowl import Bowl, standardise
from course_utils.widgets.zero_grad import walk_piling_up


def by_torch(start: tuple[float, float], lr: float, steps: int) -> torch.Tensor:
    """Walk with torch's own optimiser and no zero_grad."""
    quiz, final = load_scores()
    x = (quiz - quiz.mean()) / quiz.std(correction=0)
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=lr)
    points = [point.detach().clone()]
    for _ in range(steps):
        ((point[0] * x + point[1] - final) ** 2).mean().backward()
        optimizer.step()
        points.append(point.detach().clone())
    return torch.stack(points)


def test_gradients_pile_up_as_they_do_in_torch():
    quiz, final = load_scores()
    walk = walk_piling_up(Bowl.of(standardise(quiz), final), (0.0, 12.0), 0.1, 25)
    assert torch.allclose(torch.from_numpy(walk), by_torch((0.0, 12.0), 0.1, 25))


def test_with_zero_grad_the_walk_arrives_and_without_it_never_settles():
    live = zero_grad_explorer(*load_scores(), steps=60, fineness=20)
    assert "without zero_grad. After 60 steps" in live.description
    assert "within 1 %" not in live.description
    live.move(is_cleared=True)
    assert "with zero_grad. After 60 steps" in live.description
    assert "within 1 % of the lowest" in live.description
    assert "rose in 0 of the steps" in live.description


def test_the_buttons_walk_and_stop_at_both_ends():
    live = zero_grad_explorer(*load_scores(), steps=55, fineness=20)
    press = {button.description: button.click for button in live.buttons}
    press["Ten steps"]()
    assert live.values["steps"] == 60
    press["Back"]()
    assert live.values["steps"] == 59
    press["Start again"]()
    press["Back"]()
    assert live.values["steps"] == 0
    press["Step"]()
    assert "After 1 steps" in live.description


@pytest.mark.parametrize("is_cleared", [True, False])
def test_the_words_name_the_other_walk_as_well(is_cleared):
    live = zero_grad_explorer(*load_scores(), is_cleared=is_cleared, fineness=20)
    other = "without zero_grad" if is_cleared else "with zero_grad"
    assert f"The other walk, {other}, stands at" in live.description
