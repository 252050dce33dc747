import re

import numpy as np
import pytest

from course_utils.widgets import bump_builder
from course_utils.widgets.bumps import TARGETS, make_bump, make_pieces

XS = np.linspace(-1, 2, 3001)


def error(live) -> float:
    return float(re.search(r"largest error is ([\d.]+)", live.description).group(1))


def test_a_bump_is_a_tent_made_of_three_relus():
    tent = np.maximum(1 - np.abs(XS - 0.4) / 0.1, 0)
    assert np.allclose(make_bump(XS, 0.4, 0.1), tent, atol=1e-12)
    rises, turns, levels = make_pieces(XS, 0.4, 0.1)
    assert (rises >= 0).all()
    assert (turns <= 0).all()
    assert (levels >= 0).all()


@pytest.mark.parametrize("target", ["wave", "corner"])
def test_a_continuous_curve_is_met_as_closely_as_one_likes(target):
    live = bump_builder(target=target, bumps=5)
    first = error(live)
    live.move(bumps=40)
    assert error(live) < 0.15 * first


def test_a_jump_is_not_met_however_many_bumps_there_are():
    live = bump_builder(target="jump")
    height = TARGETS["jump"](1.0) - TARGETS["jump"](0.0)
    for bumps in (5, 10, 20, 40):
        live.move(bumps=bumps)
        assert error(live) >= 0.49 * height


def test_the_sum_joins_the_target_at_the_centres():
    # Joining the dots of a wave at a quarter of it: exact at the dots, so the error of numpy's own joining.
    live = bump_builder(target="wave", bumps=9)
    xs = np.linspace(0, 1, 2001)
    dots = np.linspace(0, 1, 9)
    expected = np.abs(np.interp(xs, dots, TARGETS["wave"](dots)) - TARGETS["wave"](xs)).max()
    assert error(live) == pytest.approx(expected, abs=2e-3)


def test_the_buttons_double_and_halve_within_the_slider():
    live = bump_builder(bumps=12)
    press = {button.description: button.click for button in live.buttons}
    press["Twice as many"]()
    assert live.values["bumps"] == 24
    press["Twice as many"]()
    assert live.values["bumps"] == 40
    for _ in range(6):
        press["Half as many"]()
    assert live.values["bumps"] == 2
    assert "the sum of 2 bumps" in live.description


def test_the_bump_on_the_right_is_never_one_that_is_not_there():
    live = bump_builder(bumps=4, shown=30)
    assert "On the right bump 4" in live.description
