"""An axis drawn from memory looks as if it were drawn anew, whatever changes."""

import io

import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.ticker import FuncFormatter, MultipleLocator
from test_figures import MAKERS, MOVES

from course_utils import plots
from course_utils.widgets.axis_memory import remember_axes


def pixels(figure):
    return imread(io.BytesIO(plots.draw_png(figure)))[..., :3]


def make_figure(*, is_remembered):
    figure = plots.new_figure(5, 3)
    left, right = figure.subplots(1, 2)
    plots.dress(left, x="steps", y="loss", title="Left")
    plots.dress(right, x="input", y="output")
    left.plot([0, 1, 2], [3, 1, 2])
    right.imshow(np.eye(4), origin="lower")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    if is_remembered:
        remember_axes(figure)
    return figure


CHANGES = {
    "nothing": lambda axes: None,
    "limits": lambda axes: axes.set(xlim=(-3, 9), ylim=(0, 50)),
    "scale": lambda axes: axes.set(yscale="log", ylim=(0.1, 100)),
    "a function for the numbers": plots.scale_log,
    "name": lambda axes: axes.set_xlabel("epochs"),
    "name's colour": lambda axes: axes.yaxis.label.set_color("red"),
    "ticks": lambda axes: axes.set_xticks([0, 1.5], ["low", "high"]),
    "places of ticks": lambda axes: axes.yaxis.set_major_locator(MultipleLocator(0.5)),
    "minor ticks": lambda axes: axes.minorticks_on(),
    "looks of ticks": lambda axes: axes.tick_params(labelsize=5, colors="green", length=9),
    "grid": lambda axes: axes.grid(visible=False),
    "distance of the name": lambda axes: axes.set_xlabel("steps", labelpad=15),
    "name turned": lambda axes: axes.yaxis.label.set_rotation(45),
    "side of the axis": lambda axes: axes.xaxis.tick_top(),
    "side of the name": lambda axes: axes.yaxis.set_label_position("right"),
    "turned round": lambda axes: axes.invert_yaxis(),
    "hidden axis": lambda axes: axes.xaxis.set_visible(False),
    "place": lambda axes: axes.set_position([0.3, 0.3, 0.2, 0.2]),
    "cleared": lambda axes: (axes.clear(), plots.dress(axes, x="new", y="axes")),
    "cleared and dressed as before": lambda axes: (axes.clear(), plots.dress(axes, x="steps", y="loss", title="Left")),
    "what is drawn": lambda axes: axes.plot([0, 2], [1, 3]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_of_an_axis_is_noticed(change):
    plain, remembered = make_figure(is_remembered=False), make_figure(is_remembered=True)
    pixels(remembered)
    for figure in (plain, remembered):
        change(figure.axes[0])
    expected, first, second = pixels(plain), pixels(remembered), pixels(remembered)
    assert np.abs(first - expected).max() <= 2 / 255  # rounded twice where two lines cross
    assert np.array_equal(first, second)


def test_axes_are_really_drawn_from_memory():
    figure = make_figure(is_remembered=True)
    drawn = []
    label = figure.axes[0].xaxis.label
    draw = label.draw
    label.draw = lambda renderer: drawn.append(renderer) or draw(renderer)
    pixels(figure)
    once = len(drawn)
    assert once > 0
    pixels(figure)
    assert len(drawn) == once
    figure.axes[0].set_xlim(0, 5)
    pixels(figure)
    assert len(drawn) > once


def test_numbers_that_depend_on_something_outside_are_noticed():
    word = {"now": "near"}
    plain, remembered = make_figure(is_remembered=False), make_figure(is_remembered=True)
    for figure in (plain, remembered):
        figure.axes[0].xaxis.set_major_formatter(FuncFormatter(lambda value, _: word["now"]))
    before = pixels(remembered)
    word["now"] = "far"
    after = pixels(remembered)
    assert not np.array_equal(before, after)
    assert np.abs(pixels(plain) - after).max() <= 2 / 255


def test_axes_that_are_cleared_and_dressed_the_same_are_drawn_from_memory():
    figure = make_figure(is_remembered=True)
    axes = figure.axes[0]
    axes.set(xlim=(0, 2), ylim=(0, 3))
    pixels(figure)
    axes.clear()
    plots.dress(axes, x="steps", y="loss", title="Left")
    axes.set(xlim=(0, 2), ylim=(0, 3))
    drawn = []
    draw = axes.xaxis.label.draw
    axes.xaxis.label.draw = lambda renderer: drawn.append(renderer) or draw(renderer)
    pixels(figure)
    assert drawn == []


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_other_formats_get_letters_and_not_pixels(kind):
    figure = make_figure(is_remembered=True)
    file = io.BytesIO()
    figure.savefig(file, format=kind, metadata={"Date": None} if kind == "svg" else None)
    plain = io.BytesIO()
    make_figure(is_remembered=False).savefig(plain, format=kind, metadata={"Date": None} if kind == "svg" else None)
    assert len(file.getvalue()) == pytest.approx(len(plain.getvalue()), rel=0.02)


@pytest.mark.parametrize("make", MAKERS)
def test_the_kits_figures_look_as_if_drawn_anew_after_every_move(make):
    live = make()
    for maker, values in MOVES:
        if maker is make:
            live.move(**values)
            remembered = pixels(live.figure)
            kept = [(axis, axis.__dict__.pop("draw")) for a in live.figure.axes for axis in (a.xaxis, a.yaxis)]
            assert np.abs(pixels(live.figure) - remembered).max() <= 2 / 255
            for axis, draw in kept:
                axis.draw = draw
