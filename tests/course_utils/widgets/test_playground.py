import warnings

import ipywidgets
import pytest
import torch

from course_utils.widgets import LiveFigure, playground
from course_utils.widgets.plane_points import REACH, SHAPES, draw_points
from course_utils.widgets.plane_training import PlaneTraining, Recipe, make_network
from course_utils.widgets.playground import MOST_EPOCHS, SLICE

EASY = Recipe("two clouds", 40, 0.0, 1, 8, "tanh", 0.0, 0.0)


@pytest.fixture(autouse=True)
def one_thread():
    """Keep to one thread: for networks this small a second one costs more than it helps."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def grounds(**settings) -> LiveFigure:
    return playground(**{"fineness": 16, "shape": "two clouds", "points": 20, "layers": 1, "width": 4, **settings})


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def clock(live: LiveFigure) -> ipywidgets.Play:
    return next(button for button in live.buttons if isinstance(button, ipywidgets.Play))


def is_running(live: LiveFigure) -> bool:
    play = clock(live)
    return play.playing if play.has_trait("playing") else play._playing


def start(live: LiveFigure) -> None:
    play = clock(live)
    setattr(play, "playing" if play.has_trait("playing") else "_playing", True)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_points_are_two_equal_groups_within_reach_and_the_same_for_the_same_seed(shape):
    X, y = draw_points(shape, 200, 0.1, seed=3)
    assert X.shape == (200, 2)
    assert y.sum() == 100
    assert (X.abs() < REACH).float().mean() > 0.95
    again, _ = draw_points(shape, 200, 0.1, seed=3)
    other, _ = draw_points(shape, 200, 0.1, seed=4)
    assert torch.equal(X, again)
    assert not torch.equal(X, other)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_noise_a_network_can_tell_the_groups_apart(shape):
    run = PlaneTraining(Recipe(shape, 100, 0.0, 2, 32, "ReLU", 0.0, 0.0))
    run.advance(150, 0.1)
    assert run.readings[-1].validation_share > 0.95


def test_an_unknown_shape_is_refused_with_the_names_that_exist():
    with pytest.raises(ValueError, match=r"no shape 'moons'.*two clouds, spirals"):
        draw_points("moons", 20, 0.0, 0)


def test_slices_add_up_to_what_plain_pytorch_does_in_one_go():
    run = PlaneTraining(EASY)
    torch.manual_seed(0)
    model = make_network(EASY)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for first in (1, 3):  # each slice of two epochs has a seed of its own
        torch.manual_seed(first)
        for _ in range(2):
            for rows in torch.randperm(40).split(20):
                loss = torch.nn.functional.binary_cross_entropy_with_logits(model(run.X[rows])[:, 0], run.y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        run.advance(2, 0.1)
    for mine, theirs in zip(run.model.parameters(), model.parameters(), strict=True):
        assert torch.allclose(mine, theirs)
    assert run.epoch == 4


def test_training_leaves_the_learners_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    PlaneTraining(EASY).advance(2, 0.1)
    assert torch.equal(torch.rand(3), expected)


def test_weight_decay_makes_weights_smaller_and_dropout_is_off_when_asked():
    free, decayed = (PlaneTraining(Recipe("two clouds", 40, 0.3, 1, 8, "tanh", l2, 0.5)) for l2 in (0.0, 0.1))
    for run in (free, decayed):
        run.advance(50, 0.1)
    assert decayed.model[0].weight.norm() < free.model[0].weight.norm()
    assert (free.ask(free.X) == free.ask(free.X)).all()


def test_each_tick_trains_one_slice_even_when_ticks_were_merged():
    live = grounds()
    assert "after 0 epochs" in live.description
    clock(live).value = 1
    assert f"after {SLICE} epochs" in live.description
    clock(live).value = 9  # the kernel was busy and the browser merged eight ticks
    assert f"after {2 * SLICE} epochs" in live.description


def test_a_tick_and_the_buttons_take_the_same_road():
    ticked, stepped = grounds(), grounds()
    for value in (1, 2, 3):
        clock(ticked).value = value
    press(stepped, "Ten epochs")
    press(stepped, "One epoch")
    assert "after 60 epochs" in ticked.description
    assert "after 11 epochs" in stepped.description
    assert "Loss" in stepped.description


def test_stepping_pauses_and_starting_again_restores_the_first_picture():
    live = grounds()
    before = (live.png, live.description)
    start(live)
    clock(live).value = 4
    press(live, "One epoch")
    assert not is_running(live)
    start(live)
    press(live, "Start again")
    assert not is_running(live)
    assert clock(live).value == 0
    assert (live.png, live.description) == before


def test_the_clocks_own_stop_button_starts_again_too():
    live = grounds()
    before = live.png
    clock(live).value = 3
    assert live.png != before
    clock(live).value = 0  # what the browser sends
    assert live.png == before


def test_the_learning_rate_changes_on_the_way_and_everything_else_starts_again():
    live = grounds()
    clock(live).value = 1
    live.controls["lr"].value = 0.3
    assert f"η = 0.3, after {SLICE} epochs" in live.description
    live.controls["width"].value = 8
    assert "A network 2-8-1 with ReLU" in live.description
    assert "after 0 epochs" in live.description


def test_a_run_ends_and_pauses_itself():
    live = grounds(layers=0, epochs=MOST_EPOCHS)
    assert f"after {MOST_EPOCHS:,} epochs" in live.description
    start(live)
    clock(live).value = 1
    assert f"after {MOST_EPOCHS:,} epochs" in live.description
    assert not is_running(live)


def test_overfitting_is_said_and_so_is_learning():
    live = grounds(shape="disc and ring", noise=0.4, points=40, layers=2, width=32, lr=0.1, epochs=10)
    assert "at its lowest so far" in live.description
    press_many = [clock(live).value + i for i in range(1, 30)]
    for value in press_many:
        clock(live).value = value
    assert "the network overfits" in live.description
    assert "100% and" in live.description


@pytest.mark.parametrize(
    "move",
    [
        {"shape": "spirals"},
        {"count": 100},
        {"noise": 0.5},
        {"activation": "none"},
        {"layers": 0},
        {"layers": 4, "width": 32},
        {"lr": 1.0},
        {"l2": 0.1},
        {"dropout": 0.8, "activation": "sigmoid"},
    ],
)
def test_a_move_can_be_trained_moving_back_restores_and_nothing_piles_up(move):
    live = grounds()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.description != before[1]
    clock(live).value += 1
    assert live.png != before[0]
    assert live.png[16:24] == before[0][16:24]
    assert "nan" not in live.description
    artists = len(live.figure.findobj())
    live.redraw()
    assert len(live.figure.findobj()) == artists
    live.move(**origin)
    press(live, "Start again")
    assert (live.png, live.description) == before


def test_the_clock_is_made_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not is_running(grounds())


def test_the_view_holds_every_control_once():
    live = grounds()
    rows, buttons, picture, words = live.view.children
    assert list(rows.children) == list(live.controls.values())
    assert list(buttons.children) == live.buttons
    assert picture is live.picture
    assert words is live.words
