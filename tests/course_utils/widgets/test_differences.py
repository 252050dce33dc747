import re

import numpy as np
import pytest

from course_utils.widgets import LiveFigure, difference_explorer
from course_utils.widgets.differences import CENTRAL, FORWARD, difference_quotient


def cube(x):
    return x * x * x


def explorer(**settings) -> LiveFigure:
    return difference_explorer(cube, x=1.5, slope=6.75, **settings)


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if button.description == label).click()


def told_error(live: LiveFigure) -> float:
    return float(re.search(r"the relative error (\S+)\. ", live.description).group(1))


def test_a_central_difference_of_a_cube_is_off_by_h_squared_and_a_one_sided_by_h():
    assert difference_quotient(cube, 2.0, 1.0, CENTRAL, "float64") == 13.0
    assert difference_quotient(cube, 2.0, 1.0, FORWARD, "float64") == 19.0
    for h in (0.1, 0.01):
        assert difference_quotient(cube, 1.5, h, CENTRAL, "float64") - 6.75 == pytest.approx(h**2)
        assert difference_quotient(cube, 1.5, h, FORWARD, "float64") - 6.75 == pytest.approx(4.5 * h, rel=0.1)


def test_every_number_is_rounded_to_the_dtype_asked_for():
    seen = []
    difference_quotient(lambda x: seen.append(x.dtype) or x, 1.5, 0.1, CENTRAL, "float32")
    assert seen == [np.float32, np.float32]


def test_the_error_is_a_v_in_both_dtypes_and_higher_in_float32():
    live, best = explorer(), {}
    for dtype in ("float64", "float32"):
        errors = []
        for exponent in (-12, -5, 0):
            live.move(dtype=dtype, exponent=exponent)
            errors.append(told_error(live))
        assert errors[1] < errors[0]
        assert errors[1] < errors[2]
        best[dtype] = errors[1]
    assert best["float64"] < 1e-9 < 1e-4 < best["float32"]


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ({"exponent": 0}, "the right arm of the V"),
        ({"exponent": -12}, "the left arm of the V"),
        ({"exponent": -8, "kind": "forward"}, "near the bottom of the V"),
        ({"exponent": -16, "dtype": "float32"}, "the slope comes out as 0"),
    ],
)
def test_the_words_say_where_on_the_v_one_stands(move, said):
    live = explorer()
    live.move(**move)
    assert said in live.description


@pytest.mark.parametrize("move", [{"exponent": 0}, {"exponent": -16}, {"kind": "forward"}, {"dtype": "float32"}])
def test_a_move_changes_picture_and_words_and_moving_back_restores_both(move):
    live = explorer()
    before, origin = (live.png, live.description), {name: live.values[name] for name in move}
    for name, value in move.items():
        live.controls[name].value = value
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    live.move(**origin)
    assert (live.png, live.description) == before


def test_the_buttons_step_and_stop_at_the_ends_and_find_the_best():
    live = explorer(exponent=-1)
    press(live, "Larger h")
    press(live, "Larger h")
    assert live.values["exponent"] == 0
    press(live, "Smaller h")
    assert live.values["exponent"] == -1
    press(live, "Best h")
    least = told_error(live)
    for exponent in range(-16, 1):
        live.move(exponent=exponent)
        assert told_error(live) >= least


def test_redrawing_piles_nothing_up():
    live = explorer()
    artists = len(live.figure.findobj())
    live.move(exponent=-3, kind="forward", dtype="float32")
    live.redraw()
    assert len(live.figure.findobj()) == artists
