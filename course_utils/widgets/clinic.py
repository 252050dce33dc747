"""The debugging clinic: sick training runs, gauges that cost, and a diagnosis to make."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from course_utils import plots
from course_utils.widgets.gauges import GAUGES, draw_loss
from course_utils.widgets.live import LiveFigure, make_button, make_control

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from course_utils.clinic import Patient, Record


def gauge_explorer(runs: Mapping[str, Record], healthy: Record, *, name: str = "run", run: str = "") -> LiveFigure:
    """Make the figure of some runs beside a healthy one: the loss curve and one gauge of your choice.

    Args:
        runs: what the slider says -> the run's record.
        healthy: the run to compare with.
        name: what the slider is called.
        run: the key to begin with; the first if left out.
    """
    left, right, figure = _make_two()

    def update(run: str, gauge: str, epoch: int) -> str:
        loss = _draw(left, "loss", runs[run], healthy, epoch)
        return f"{name} {run}, epoch {epoch}. {loss} {_draw(right, gauge, runs[run], healthy, epoch)}"

    controls = {
        "run": make_control(widgets.SelectionSlider, name, options=list(runs), value=run or next(iter(runs))),
        "gauge": _make_gauge_buttons(),
        "epoch": make_control(widgets.IntSlider, "epoch", value=healthy.epochs, min=1, max=healthy.epochs),
    }
    return LiveFigure(figure, update, controls)


def clinic_gauges(patients: Sequence[Patient], healthy: Record, *, budget: int = 16) -> LiveFigure:
    """Make the clinic: choose a patient, buy measurements, make the diagnosis.

    The loss curve is free. Every other gauge costs one of `budget` measurements. So does a wrong diagnosis, which is
    then explained.

    Args:
        patients: the sick runs, as `course_utils.clinic.admit` returns them.
        healthy: the record of the healthy run, drawn in grey for comparison.
        budget: how many measurements there are for all patients together.
    """
    from course_utils.clinic import Visit  # loads torch, which the rest of the kit's figures do without

    visit = Visit(patients, budget)
    left, right, figure = _make_two()

    def update(patient: int, gauge: str, epoch: int) -> str:
        run = patients[patient - 1].record
        words = f"Patient {patient} of {len(patients)}, epoch {epoch}. {_draw(left, 'loss', run, healthy, epoch)} "
        if visit.is_taken(patient - 1, gauge):
            words += f"Gauge {GAUGES[gauge].label}: {_draw(right, gauge, run, healthy, epoch)}"
        else:
            _draw_closed(right, gauge, visit.left)
            words += f"The gauge {GAUGES[gauge].label} is not measured for this patient yet."
        if patient - 1 in visit.found:
            words += f" Diagnosis made: {patients[patient - 1].fault.name}."
        return f"{words} {visit.tally}"

    controls = {
        "patient": widgets.ToggleButtons(
            options=[(f"Patient {number}", number) for number in range(1, len(patients) + 1)],
            value=1,
            style={"button_width": "auto"},
        ),
        "gauge": _make_gauge_buttons(),
        "epoch": make_control(widgets.IntSlider, "epoch", value=healthy.epochs, min=1, max=healthy.epochs),
    }
    live = LiveFigure(figure, update, controls)
    choice = widgets.Dropdown(
        options=[("choose a diagnosis …", ""), *((fault.name, fault.key) for fault in visit.diagnoses)],
        value="",
        layout={"width": "360px"},
    )
    note = widgets.HTML(layout={"width": "100%"})

    def say(text: str, colour: str) -> None:
        live.redraw()
        note.value = (
            f'<div role="status" style="border-left:4px solid {colour};padding:6px 12px;margin:4px 0;line-height:1.45">'
            f"{_write_code(text)}</div>"
        )

    def measure() -> None:
        say(visit.measure(controls["patient"].value - 1, controls["gauge"].value), plots.BLUE)

    def diagnose() -> None:
        if not choice.value:
            say("Choose a diagnosis first.", plots.ORANGE)
            return
        is_right, text = visit.diagnose(controls["patient"].value - 1, choice.value)
        say(text, plots.GREEN if is_right else plots.RED)

    def start_again() -> None:
        visit.start_again()
        choice.value = ""
        live.move(patient=1)
        say(f"A new visit. {visit.tally}", plots.BLUE)

    def leave(_change: object) -> None:
        choice.value = ""
        note.value = ""

    controls["patient"].observe(leave, names="value")
    live.buttons += [
        make_button("Measure", "Read this gauge of this patient; costs one measurement", measure),
        choice,
        make_button("Diagnose", "A wrong diagnosis costs one measurement", diagnose),
        make_button("Start again", "Forget all measurements and diagnoses", start_again),
        note,
    ]
    return live


def _make_two() -> tuple[Axes, Axes, Any]:
    """Make the figure with its two axes, the margins wide enough for every gauge."""
    figure = plots.new_figure(9.2, 3.9)
    figure.set_layout_engine(None)  # the margins below stay the same for every gauge
    left, right = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.07, right=0.985, bottom=0.14, top=0.91, wspace=0.24)
    return left, right, figure


def _make_gauge_buttons() -> Any:
    return widgets.ToggleButtons(
        options=[(gauge.label, key) for key, gauge in GAUGES.items()], value="accuracy", style={"button_width": "auto"}
    )


def _draw(axes: Axes, gauge: str, run: Record, healthy: Record, epoch: int) -> str:
    """Empty the axes and draw a gauge; return its words."""
    axes.clear()
    axes.set_aspect("auto")  # pictures leave it "equal"
    return (draw_loss if gauge == "loss" else GAUGES[gauge].draw)(axes, run, healthy, epoch)


def _draw_closed(axes: Axes, gauge: str, left: int) -> None:
    """Draw the lid of a gauge that was not paid for."""
    axes.clear()
    axes.set_axis_off()
    axes.set_title(GAUGES[gauge].label, fontsize=12, loc="left")
    text = f"not measured yet\n\npress Measure\n({left} left)"
    axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=13, color="#555555", transform=axes.transAxes)


def _write_code(text: str) -> str:
    """Return HTML in which what stands between backquotes is code."""
    pieces = html.escape(text).split("`")
    return "".join(piece if place % 2 == 0 else f"<code>{piece}</code>" for place, piece in enumerate(pieces))
