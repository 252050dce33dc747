import pytest
import torch

from course_utils.widgets import LiveFigure, shape_explorer
from course_utils.widgets.shapes import COUNT, OPERATIONS, SHAPES

BY_TORCH = {
    "as it is": lambda t: t,
    "sum(dim=0)": lambda t: t.sum(dim=0),
    "sum(dim=-1)": lambda t: t.sum(dim=-1),
    "swap the last two": lambda t: t.transpose(-1, -2) if t.dim() > 1 else t,
    "flatten()": lambda t: t.flatten(),
}


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_picture_and_words_say_what_torch_computes(shape, operation):
    live = shape_explorer(shape=shape, operation=operation, item=13)
    t = torch.arange(COUNT).reshape(shape)
    expected = BY_TORCH[operation](t)
    assert f"'{operation}' gives shape {tuple(expected.shape)} with {expected.numel()} numbers" in live.description
    place = ", ".join(str(i.item()) for i in (t == 13).nonzero()[0])
    assert f"The marked number 13 is t[{place}]" in live.description
    drawn = [int(cell.get_text()) for cell in live.figure.axes[1].texts if cell.get_visible()]
    assert drawn == expected.flatten().tolist()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_cells_lie_inside_the_picture_and_not_on_each_other(shape, operation):
    live = shape_explorer(shape=shape, operation=operation)
    for axes in live.figure.axes:
        places = [cell.get_position() for cell in axes.texts if cell.get_visible()]
        assert len(set(map(tuple, places))) == len(places)
        assert all(0 <= column <= 7 and 0 <= row <= 13.2 for column, row in places)


@pytest.mark.parametrize("move", [{"item": 3}, {"shape": (6, 4)}, {"operation": "flatten()"}])
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = shape_explorer()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    artists = len(live.figure.findobj())
    live.redraw()
    assert len(live.figure.findobj()) == artists
    live.move(**origin)
    assert (live.png, live.description) == before


def test_the_buttons_go_round_and_start_again():
    live = shape_explorer(item=22)
    press(live, "Next number")
    assert live.values["item"] == 23
    press(live, "Next number")
    assert live.values["item"] == 0
    live.move(shape=(24,), operation="flatten()")
    press(live, "Start again")
    assert live.values == {"item": 22, "shape": (2, 3, 4), "operation": "sum(dim=0)"}
