"""The clinic as its callbacks: measuring costs, a wrong diagnosis is explained, rewinding moves the picture."""

from functools import cache

import pytest

from course_utils.clinic import Visit, admit, examine
from course_utils.data import load_digits_small
from course_utils.widgets import LiveFigure, clinic_gauges, gauge_explorer
from course_utils.widgets.gauges import GAUGES

KEYS = ("zero_grad", "labels", "dead")


@cache
def healthy():
    return examine(load_digits_small(), epochs=6)


@cache
def patients():
    return admit(load_digits_small(), KEYS)


@cache
def well():
    return examine(load_digits_small())


def clinic(**settings) -> LiveFigure:
    return clinic_gauges(patients(), well(), **settings)


@cache
def runs():
    return {rate: examine(load_digits_small(), "lr=0.2", f"lr={rate}", epochs=6) for rate in ("0.002", "0.2", "2")}


def rates() -> LiveFigure:
    return gauge_explorer(runs(), healthy(), name="learning rate η", run="0.2")


def press(live: LiveFigure, label: str) -> None:
    next(button for button in live.buttons if getattr(button, "description", "") == label).click()


def note(live: LiveFigure) -> str:
    return live.buttons[-1].value


def choose(live: LiveFigure, key: str) -> None:
    live.buttons[1].value = key
    press(live, "Diagnose")


@pytest.mark.parametrize("gauge", GAUGES)
def test_a_gauge_is_closed_until_it_is_paid_for(gauge):
    live = clinic()
    live.move(patient=2, gauge=gauge)
    assert f"{GAUGES[gauge].label} is not measured" in live.description
    closed = live.png
    press(live, "Measure")
    assert live.png != closed
    assert f"Gauge {GAUGES[gauge].label}:" in live.description
    assert "15 of 16 left" in live.description
    assert "nan" not in live.description
    press(live, "Measure")
    assert "cost nothing" in note(live)
    assert "15 of 16 left" in live.description
    live.move(patient=1)
    assert "is not measured" in live.description


def test_an_empty_purse_measures_nothing_and_lets_one_diagnose():
    live = clinic(budget=1)
    press(live, "Measure")
    live.move(gauge="updates")
    press(live, "Measure")
    assert "budget is used up" in note(live)
    assert "updates is not measured" in live.description
    choose(live, "zero_grad")
    assert "Right: zero_grad is missing" in note(live)
    assert "Diagnosis made: zero_grad is missing. 1 of 3 patients treated" in live.description


def test_a_wrong_diagnosis_costs_once_and_says_what_does_not_fit():
    live = clinic()
    choose(live, "lr_low")
    assert "No, not this: the learning rate is too small" in note(live)
    assert "far below a thousandth. Here the largest step" in note(live)
    assert "Wrong diagnoses: 1. 15 of 16 left" in live.description
    choose(live, "lr_low")
    assert "Wrong diagnoses: 1. 15 of 16 left" in live.description


def test_a_right_diagnosis_shows_the_line_as_code():
    live = clinic()
    live.move(patient=2)
    choose(live, "labels")
    assert "<code>X = X[order]</code> should be <code>X, y = X[order], y[order]</code>" in note(live)
    assert 'role="status"' in note(live)


def test_diagnosing_nothing_and_changing_the_patient():
    live = clinic()
    press(live, "Diagnose")
    assert "Choose a diagnosis first" in note(live)
    live.buttons[1].value = "eval"
    live.move(patient=3)
    assert note(live) == ""
    assert live.buttons[1].value == ""


def test_starting_again_gives_the_whole_budget_back():
    live = clinic()
    live.move(patient=2)
    press(live, "Measure")
    choose(live, "eval")
    press(live, "Start again")
    assert live.values["patient"] == 1
    assert "0 of 3 patients treated. Measurements: 0. Wrong diagnoses: 0. 16 of 16 left" in live.description


@pytest.mark.parametrize("make", [clinic, rates])
@pytest.mark.parametrize("gauge", GAUGES)
def test_rewinding_moves_picture_and_words_and_piles_nothing_up(make, gauge):
    live = make()
    live.move(gauge=gauge)
    if make is clinic:
        press(live, "Measure")
    before = (live.png, live.description)
    live.controls["epoch"].value = 2
    assert live.png != before[0]
    assert live.description != before[1]
    assert live.png[16:24] == before[0][16:24]
    artists = len(live.figure.findobj())
    live.redraw()
    assert len(live.figure.findobj()) == artists
    live.controls["epoch"].value = live.controls["epoch"].max
    assert (live.png, live.description) == before


def test_the_rate_moves_the_gauges():
    live = rates()
    live.move(gauge="updates")
    before = live.png
    live.controls["run"].value = "0.002"
    assert live.png != before
    assert live.description.startswith("learning rate η 0.002, epoch 6. The first batch's loss is")


def test_no_patient_can_be_found_twice_and_the_tally_counts():
    visit = Visit(patients(), budget=2)
    assert visit.diagnose(0, "zero_grad")[0]
    assert visit.diagnose(0, "zero_grad")[0]
    assert not visit.diagnose(1, "eval")[0]
    visit.measure(1, "pictures")
    assert visit.left == 0
    assert visit.tally == "1 of 3 patients treated. Measurements: 1. Wrong diagnoses: 1. 0 of 2 left."
