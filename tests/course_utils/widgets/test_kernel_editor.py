import numpy as np
import pytest
import torch

from course_utils.data import load_digits
from course_utils.widgets import LiveFigure, kernel_editor
from course_utils.widgets.kernel_editor import KERNELS, KernelGrid, find_name, resize, slide, to_rows


def pictures() -> torch.Tensor:
    return load_digits("test", source="small").images[:4]


def editor(**settings) -> LiveFigure:
    return kernel_editor(pictures(), **{"picture": 2, "row": 12, "column": 13, **settings})


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize("name", KERNELS)
def test_what_comes_out_is_what_conv2d_makes(name, size):
    image, kernel = pictures()[0], torch.tensor(KERNELS[name](size), dtype=torch.float32)
    expected = torch.nn.functional.conv2d(image[None, None], kernel[None, None], padding=size // 2)[0, 0]
    assert np.allclose(slide(image, kernel), expected, atol=1e-5)


def test_the_kernel_is_not_turned():
    dot = np.zeros((5, 5))
    dot[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    assert np.array_equal(slide(dot, kernel)[1:4, 1:4], kernel[::-1, ::-1])


@pytest.mark.parametrize("size", [3, 5])
def test_flat_patches_vanish_or_stay_as_the_lecture_says(size):
    flat = {name: (make(size).sum()) for name, make in KERNELS.items()}
    assert {name for name, total in flat.items() if abs(total) < 1e-12} == {
        "Derivative across", "Derivative down", "Edges all round",
    }  # fmt: skip
    assert {name for name, total in flat.items() if abs(total - 1) < 1e-12} == {"Smoothing", "Sharpen", "No change"}


def test_the_words_give_the_sum_of_the_products_under_the_window():
    live = editor()
    image = pictures()[2].double()
    column = image[11:14, 14].sum() - image[11:14, 12].sum()
    assert f"= {column:.2f}." in live.description
    assert live.description.startswith("A 3×3 kernel 'Derivative across' (rows: -1 0 1; -1 0 1; -1 0 1)")
    assert "an even patch, paper or ink, gives 0" in live.description


@pytest.mark.parametrize(
    "move", [{"picture": 1}, {"row": 9}, {"column": 8}, {"kernel": to_rows(np.eye(3))}, {"kernel": to_rows(np.eye(5))}]
)
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = editor()
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


def test_a_number_typed_into_a_field_becomes_the_kernel():
    live = editor()
    live.controls["kernel"].fields[1][1].value = 4.0
    assert live.values["kernel"] == ((-1, 0, 1), (-1, 4, 1), (-1, 0, 1))
    assert "A 3×3 kernel of your own (rows: -1 0 1; -1 4 1; -1 0 1)" in live.description
    assert "an even patch of ink gives 4.00" in live.description


@pytest.mark.parametrize("name", KERNELS)
def test_each_button_fills_the_fields_in_either_size(name):
    live = editor()
    grid = live.controls["kernel"]
    for size in (3, 5):
        press(live, name)
        assert find_name(live.values["kernel"]) == name
        shown = [[field.value for field in row.children] for row in grid.children]
        assert np.allclose(shown, KERNELS[name](size), atol=1e-4)
        assert f"A {size}×{size} kernel '{name}'" in live.description
        press(live, "3×3 or 5×5")


def test_half_a_turn_turns_the_derivative_and_twice_restores_it():
    live = editor()
    before = live.description
    press(live, "Half a turn")
    assert live.values["kernel"] == ((1, 0, -1),) * 3
    press(live, "Half a turn")
    assert live.description == before


def test_growing_keeps_what_comes_out_and_shrinking_keeps_the_middle():
    kernel = to_rows(np.arange(9.0).reshape(3, 3))
    image = pictures()[0]
    assert np.allclose(slide(image, resize(kernel)), slide(image, kernel))
    assert resize(resize(kernel)) == kernel


def test_every_field_has_a_name_for_a_screen_reader():
    names = {
        getattr(field, "tooltip", None) or field.description_tooltip
        for row in KernelGrid(np.eye(3)).fields
        for field in row
    }
    assert len(names) == 25
    assert "weight in row 2, column 5" in names


@pytest.mark.parametrize("kernel", [np.zeros((3, 3)), 1e6 * np.ones((5, 5)), -np.ones((3, 3))])
@pytest.mark.parametrize(("row", "column"), [(0, 0), (27, 27), (0, 27)])
def test_every_corner_can_be_drawn(kernel, row, column):
    live = editor(row=row, column=column)
    live.move(kernel=to_rows(kernel))
    assert live.png[:8] == b"\x89PNG\r\n\x1a\n"
    assert "nan" not in live.description


def test_an_unknown_name_is_refused():
    with pytest.raises(KeyError, match="blur"):
        editor(kernel="blur")
