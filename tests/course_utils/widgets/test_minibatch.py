import numpy as np
import pytest
import torch

from course_utils.data import load_scores
from course_utils.widgets import minibatch_explorer
from course_utils.widgets.bowl import Bowl, standardise
from course_utils.widgets.minibatch import walk_in_batches


def walk(batch_size: int, epochs: int, lr: float = 0.1, seed: int = 0) -> np.ndarray:
    quiz, final = load_scores()
    return walk_in_batches(standardise(quiz), final.numpy(), (0.0, 12.0), batch_size, lr, epochs, seed)


def test_one_batch_of_all_rows_is_plain_gradient_descent():
    quiz, final = load_scores()
    expected = Bowl.of(standardise(quiz), final).walk((0.0, 12.0), 0.1, 7)
    assert np.allclose(walk(13, 7), expected)


def test_each_step_follows_the_gradient_that_autograd_finds_for_its_batch():
    quiz, final = load_scores()
    x = torch.from_numpy(standardise(quiz))
    order = np.random.default_rng(0)
    point = torch.tensor([0.0, 12.0], dtype=torch.float64, requires_grad=True)
    points = [point.detach().clone()]
    for _ in range(2):
        for rows in torch.from_numpy(order.permutation(13)).split(4):
            loss = ((point[0] * x[rows] + point[1] - final[rows]) ** 2).mean()
            (slope,) = torch.autograd.grad(loss, point)
            point = (point - 0.1 * slope).detach().requires_grad_()
            points.append(point.detach().clone())
    assert torch.allclose(torch.from_numpy(walk(4, 2)), torch.stack(points))


@pytest.mark.parametrize(
    ("batch_size", "said"),
    [
        (1, "13 × 1, so an epoch is 13 steps, and 5 epochs with η = 0.1 took 65 steps"),
        (4, "3 × 4 + 1, so an epoch is 4 steps, and 5 epochs with η = 0.1 took 20 steps"),
        (13, "1 × 13, so an epoch is 1 step, and 5 epochs with η = 0.1 took 5 steps"),
    ],
)
def test_the_words_count_batches_and_steps(batch_size, said):
    live = minibatch_explorer(*load_scores(), fineness=20)
    live.move(batch_size=batch_size)
    assert said in live.description


def test_the_same_seed_gives_the_same_walk_and_another_seed_another():
    assert np.array_equal(walk(4, 3), walk(4, 3))
    assert not np.allclose(walk(4, 3), walk(4, 3, seed=1))


def test_the_buttons_choose_the_batch_and_add_epochs_up_to_the_last():
    live = minibatch_explorer(*load_scores(), epochs=19, fineness=20)
    press = {button.description: button.click for button in live.buttons}
    press["All rows"]()
    assert live.values["batch_size"] == 13
    assert "It rose in 0 steps" in live.description
    press["One row"]()
    assert live.values["batch_size"] == 1
    press["One epoch more"]()
    press["One epoch more"]()
    assert live.values["epochs"] == 20
