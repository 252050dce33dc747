import itertools
import subprocess
import sys

import pytest

from course_utils import plots


def test_a_figure_becomes_a_png_that_follows_it():
    figure = plots.new_figure(4, 3)
    axes = plots.dress(figure.subplots(), x="w", y="loss", title="A bowl")
    (line,) = axes.plot([0, 1], [0, 1])
    first = plots.draw_png(figure)
    line.set_ydata([1, 0])
    second = plots.draw_png(figure)
    assert first[:8] == second[:8] == b"\x89PNG\r\n\x1a\n"
    assert first != second
    assert first[16:24] == (400).to_bytes(4, "big") + (300).to_bytes(4, "big")
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("w", "loss", "A bowl")


@pytest.mark.parametrize(("width", "height", "columns"), [(6.4, 4.0, 1), (5.0, 3.0, 1), (9.0, 3.6, 2), (12.0, 3.6, 3)])
def test_fixed_margins_leave_room_for_all_that_stands_around_a_plot(width, height, columns):
    figure = plots.new_figure(width, height, columns=columns)
    plotted = figure.subplots(1, columns, squeeze=False)[0]
    for axes in plotted:
        plots.dress(axes, x="quiz score", y="final score", title="Thirteen students")
        axes.plot([0, 123.456], [-88.5, 100.5])
        axes.set_yticks([-88.5, 100.5])
    plots.draw_png(figure)
    around = [axes.get_tightbbox() for axes in plotted]
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 100 * width and box.y1 <= 100 * height for box in around)
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(around))


def test_a_figure_of_another_kind_is_refused_with_the_way_to_make_one():
    from matplotlib.figure import Figure

    with pytest.raises(TypeError, match="new_figure"):
        plots.draw_png(Figure())


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(11, 300, {"20", "50", "100", "200"}), (10, 3e4, {"100", "1,000", "10,000"}), (1, 1e20, {"1e12"})],
)
def test_a_log_axis_has_plain_numbers_and_enough_of_them(low, high, expected):
    figure = plots.new_figure()
    axes = figure.subplots()
    plots.scale_log(axes)
    axes.set_ylim(low, high)
    plots.draw_png(figure)
    shown = {label.get_text() for label in axes.get_yticklabels(which="both")}
    assert expected <= shown


def test_in_a_plain_terminal_the_description_is_printed(capsys):
    plots.show(plots.new_figure(), "A bowl, lowest in the middle.")
    assert capsys.readouterr().out == "Figure: A bowl, lowest in the middle.\n"


def test_the_palette_is_eight_different_colours():
    assert len({colour.lower() for colour in plots.PALETTE}) == 8


def test_importing_plots_loads_neither_matplotlib_nor_torch():
    code = "import sys, course_utils.plots as p; print({'matplotlib', 'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
