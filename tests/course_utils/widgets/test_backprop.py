import html

import pytest
import torch

from course_utils.widgets import LiveFigure, backprop_stepper

NEURON = {"u": "w · x", "z": "u + b", "a": "σ(z)", "Δ": "y − a", "E": "½ Δ²"}
LEAVES = {"w": 0.8, "x": 1.5, "b": -0.2, "y": 1.0}


def neuron(**settings) -> LiveFigure:
    return backprop_stepper(NEURON, LEAVES, **settings)


def reused() -> LiveFigure:
    return backprop_stepper({"c": "a · b", "L": "c + a"}, {"a": 2.0, "b": -3.0})


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def told(live: LiveFigure) -> tuple[str, str]:
    """Return the values and the gradients that the words list."""
    values, gradients = live.description.split("Values so far: ")[1].split(". Gradients of ")
    return values, gradients.split("so far: ")[1]


def test_it_begins_with_every_value_and_every_gradient():
    w, x, b, y = (torch.tensor(LEAVES[name], dtype=torch.float64, requires_grad=True) for name in "wxby")
    (0.5 * (y - torch.sigmoid(w * x + b)) ** 2).backward()
    live = neuron()
    for name, leaf in zip("wxby", (w, x, b, y), strict=True):
        assert f"{name} {leaf.grad.item():.4g}" in told(live)[1]
    assert live.values["step"] == 11


def test_stepping_computes_forward_one_result_at_a_time_and_then_walks_back():
    live = neuron(step=0)
    assert told(live) == ("w 0.8, x 1.5, b -0.2, y 1", "none yet.")
    seen = [live.description]
    for _ in range(11):
        press(live, "Step")
        seen.append(live.description)
    assert len(set(seen)) == 12
    assert "Forward: u = w · x = 1.2" in seen[1]
    assert "Backward begins" in seen[6]
    assert seen[6].endswith("so far: E 1.")
    assert "Δ hands on, to y 1 · 0.269 = 0.269, to a (-1) · 0.269 = -0.269" in seen[8]
    press(live, "Step")
    assert live.values["step"] == 11
    for _ in range(12):
        press(live, "Back")
    assert live.values["step"] == 0
    assert live.description == seen[0]


def test_the_other_buttons_go_to_the_turning_points():
    live = neuron()
    press(live, "All forward")
    assert "Forward: E = ½ Δ²" in live.description
    assert told(live)[1] == "none yet."
    press(live, "To the end")
    assert "u hands on" in live.description
    press(live, "Start again")
    assert "Only the inputs are known" in live.description


def test_a_node_used_twice_adds_what_comes_back():
    live = reused()
    assert "a adds up: 1 + (-3) = -2" in live.description
    assert told(live)[1].startswith("L 1, c 1, a -2, b 2")
    press(live, "Back")
    assert told(live)[1].startswith("L 1, c 1, a 1")
    live.move(b=1.0, step=5)
    assert "a adds up: 1 + 1 = 2" in live.description


@pytest.mark.parametrize("move", [{"step": 3}, {"step": 8}, {"w": -3.0}, {"y": 0.0, "step": 7}])
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = neuron()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    assert html.escape(live.description) in live.words.value
    live.move(**origin)
    assert (live.png, live.description) == before


@pytest.mark.parametrize("make", [neuron, reused])
def test_no_box_and_no_word_leaves_the_picture_at_any_step(make):
    live = make()
    frame = live.figure.bbox
    for step in range(live.controls["step"].max + 1):
        live.move(step=step)
        for text in live.figure.axes[0].texts:
            if text.get_text():
                box = text.get_window_extent()
                assert frame.x0 <= box.x0
                assert box.x1 <= frame.x1
                assert frame.y0 <= box.y0
                assert box.y1 <= frame.y1


def test_redrawing_piles_nothing_up():
    live = reused()
    artists = len(live.figure.findobj())
    for step in (0, 4, 5):
        live.move(step=step)
    assert len(live.figure.findobj()) == artists


@pytest.mark.parametrize("leaves", [{"a": 1.0}, {"a": 1.0, "b": 2.0, "d": 3.0}, {}])
def test_values_for_other_leaves_than_the_graph_has_are_refused(leaves):
    with pytest.raises(ValueError, match=r"The formulas use \['a', 'b'\]"):
        backprop_stepper({"c": "a · b"}, leaves)
