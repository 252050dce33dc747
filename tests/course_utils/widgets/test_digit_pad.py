"""The digit pad, as its callbacks: ink comes in as a browser sends it, an answer goes out."""

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from torch import nn

from course_utils.data import Digits, load_digits
from course_utils.widgets import digit_pad
from course_utils.widgets.frontend import WIDGET_VIEW
from course_utils.widgets.handwriting import as_mnist, as_small_digit
from course_utils.widgets.sample_picker import make_ask

SAMPLES = load_digits("test", "small")


class TellsInkAbove(nn.Module):
    """Ten logits: the first grows with the ink in the upper half, the second with that in the lower half."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.drop = nn.Dropout(0.9)

    def forward(self, x):
        upper, lower = x[:, :14].sum((1, 2)), x[:, 14:].sum((1, 2))
        return self.drop(torch.stack([upper, lower, *[torch.zeros_like(upper)] * 8], dim=1)) * self.weight


def draw(pad, ink):
    """Do what the browser does: send the ink (bytes) as a memoryview, and a number that has grown."""
    canvas = pad.canvas
    canvas.set_state({"ink": memoryview(ink), "asked": canvas.asked + 1})


def ink_with(rows, columns):
    page = np.zeros((112, 112), dtype=np.uint8)
    page[rows, columns] = 255
    return page.tobytes()


STROKE = ink_with(slice(20, 90), slice(50, 60))


def test_ink_is_answered_with_probabilities_words_and_what_the_network_sees():
    pad = digit_pad(TellsInkAbove(), SAMPLES)
    assert "The pad is empty" in pad.canvas.words
    draw(pad, STROKE)
    canvas = pad.canvas
    seen = np.frombuffer(canvas.seen, dtype=np.uint8).reshape(28, 28) / 255
    page = np.frombuffer(STROKE, dtype=np.uint8).reshape(112, 112) / 255
    assert np.abs(seen - as_small_digit(page)).max() <= 0.5 / 255 + 1e-6
    with torch.inference_mode():
        expected = TellsInkAbove().eval()(torch.tensor(as_small_digit(page))[None]).softmax(dim=1)[0]
    assert canvas.probabilities == pytest.approx(expected.tolist(), abs=1e-5)
    assert canvas.answered == canvas.asked == 1
    best = int(expected.argmax())
    assert canvas.words.startswith(f"The network takes it for {best} with probability {max(canvas.probabilities):.1%}")
    assert "as the small digits were made" in canvas.words


def test_each_stroke_is_answered_and_clearing_empties_bars_and_words():
    pad = digit_pad(TellsInkAbove(), SAMPLES)
    said = []
    pad.canvas.observe(lambda change: said.append(change["new"]), names="probabilities")
    draw(pad, STROKE)
    draw(pad, ink_with(slice(20, 30), slice(20, 100)))
    draw(pad, bytes(112 * 112))
    assert len(said) == 3
    assert said[-1] == []
    assert "The pad is empty" in pad.canvas.words
    assert set(pad.canvas.seen) == {0}
    assert pad.canvas.answered == 3


@pytest.mark.parametrize("ink", [b"", b"\x07", bytes(9999)])
def test_ink_of_another_size_is_taken_for_an_empty_pad(ink):
    pad = digit_pad(TellsInkAbove(), SAMPLES)
    draw(pad, ink)
    assert "The pad is empty" in pad.canvas.words


def test_digits_of_mnist_are_prepared_as_mnists_makers_did():
    mnist = Digits(SAMPLES.images, SAMPLES.labels, "for this test", kind="mnist")
    pad = digit_pad(TellsInkAbove(), mnist)
    draw(pad, STROKE)
    page = np.frombuffer(STROKE, dtype=np.uint8).reshape(112, 112) / 255
    seen = np.frombuffer(pad.canvas.seen, dtype=np.uint8).reshape(28, 28)
    assert np.array_equal(seen, (as_mnist(page) * 255).round())
    assert "centre of mass" in pad.canvas.words


def test_a_drawing_can_be_prepared_by_a_function_of_ones_own():
    pad = digit_pad(TellsInkAbove(), SAMPLES, prepare=lambda page: page[::4, ::4].astype("float32"))
    draw(pad, STROKE)
    assert np.frombuffer(pad.canvas.seen, dtype=np.uint8).reshape(28, 28)[5:22, 13:15].min() == 255
    assert "prepared by the function given" in pad.canvas.words


def test_an_example_is_laid_on_the_pad_and_answered():
    pad = digit_pad(TellsInkAbove(), SAMPLES)
    canvas = pad.canvas
    canvas.set_state({"examples": 1})
    first = canvas.ink
    page = np.frombuffer(first, dtype=np.uint8).reshape(112, 112)
    assert np.array_equal(page[::4, ::4], (SAMPLES.images[0].numpy() * 255).round())
    assert canvas.laid == 1
    assert canvas.words == pad.picker.description
    assert canvas.words.startswith(f"Sample 1 of 359 is a {SAMPLES.labels[0]}.")
    with torch.inference_mode():  # it has been prepared once and is not prepared again
        expected = TellsInkAbove().eval()(SAMPLES.images[:1]).softmax(dim=1)[0]
    assert canvas.probabilities == pytest.approx(expected.tolist(), abs=1e-6)
    answered = canvas.answered
    canvas.set_state({"examples": 2})
    assert canvas.ink != first
    assert canvas.answered != answered


def test_a_module_is_asked_in_eval_mode_and_every_part_gets_its_mode_back():
    model = TellsInkAbove()
    model.train()
    model.drop.eval()
    pad = digit_pad(model, SAMPLES)
    draw(pad, STROKE)
    draw(pad, STROKE)
    assert model.training
    assert not model.drop.training
    assert model.weight.grad is None
    model.drop.train()
    before = pad.canvas.probabilities
    draw(pad, ink_with(slice(0, 5), slice(0, 5)))
    draw(pad, STROKE)
    assert pad.canvas.probabilities == before


@pytest.mark.parametrize("shape", [(28, 28), (784,), (1, 28, 28)])
def test_pictures_come_in_the_shape_that_the_model_wants(shape):
    asked = []

    def model(batch):
        asked.append(batch)
        return torch.zeros(1, 10)

    probabilities = make_ask(model, shape, "logits", 10)(SAMPLES.images[0].numpy())
    assert asked[0].shape == (1, *shape)
    assert asked[0].dtype == torch.float32
    assert probabilities == pytest.approx([0.1] * 10)


def test_probabilities_are_taken_as_they_are_where_the_model_gives_them():
    shares = [0.5, 0.3, 0.2] + [0.0] * 7
    ask = make_ask(lambda _batch: [shares], (28, 28), "probabilities", 10)
    assert ask(SAMPLES.images[0].numpy()) == pytest.approx(shares)


def test_a_model_that_fails_later_is_said_in_words_and_the_pad_lives_on():
    ill = []

    def model(batch):
        if ill:
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
        return TellsInkAbove().eval()(batch)

    pad = digit_pad(model, SAMPLES)
    ill.append(True)
    draw(pad, STROKE)
    assert pad.canvas.words == "The network could not answer: RuntimeError: mat1 and mat2 shapes cannot be multiplied"
    assert pad.canvas.probabilities == []
    assert pad.canvas.answered == 1
    ill.clear()
    draw(pad, STROKE)
    assert len(pad.canvas.probabilities) == 10


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: digit_pad(lambda batch: torch.zeros(1, 9), SAMPLES), r"shape \(1, 9\) for one picture, not 10"),
        (lambda: digit_pad(TellsInkAbove(), SAMPLES, gives="scores"), "choose logits or probabilities"),
        (lambda: digit_pad(TellsInkAbove(), Digits(torch.zeros(0, 28, 28), torch.zeros(0), "none")), "no samples"),
    ],
)
def test_what_cannot_work_is_said_when_the_pad_is_made(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_the_picker_walks_over_the_samples_and_says_right_or_wrong():
    pad = digit_pad(TellsInkAbove(), SAMPLES)
    picker = pad.picker
    before = (picker.png, picker.description)
    assert picker.description.startswith(f"Sample 1 of 359 is a {SAMPLES.labels[0]}.")
    picker.controls["sample"].value = 2
    assert picker.png != before[0]
    assert f"is a {SAMPLES.labels[1]}" in picker.description
    with torch.inference_mode():
        best = TellsInkAbove().eval()(SAMPLES.images[1:2]).argmax().item()
    assert f"takes it for {best} with" in picker.description
    assert picker.description.endswith("right." if best == SAMPLES.labels[1] else "wrong.")
    previous, following = picker.buttons
    previous.click()
    assert (picker.png, picker.description) == before
    previous.click()
    assert picker.values["sample"] == 359
    following.click()
    assert picker.values["sample"] == 1


CELL = """
import torch
from course_utils.data import load_digits
from course_utils.widgets import digit_pad
digit_pad(lambda batch: torch.zeros(1, 10), load_digits("test", "small"))
"""


def run(source):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook.cells[0].outputs


@pytest.mark.slow
def test_without_a_browser_a_still_picture_with_alt_text_stands_there(monkeypatch):
    monkeypatch.setenv("FIRST_DESCENT_WIDGETS", "static")
    picture, words = run(CELL)
    assert set(picture.data) == {"image/png", "text/plain"}
    assert picture.metadata["image/png"]["alt"].startswith("Sample 1 of 359")
    assert words.text.startswith("Figure: Sample 1 of 359")


@pytest.mark.slow
@pytest.mark.parametrize("is_there", [True, False])
def test_a_browser_gets_the_pad_or_where_anywidget_is_missing_the_picker(monkeypatch, is_there):
    monkeypatch.setenv("FIRST_DESCENT_WIDGETS", "live")
    before = "" if is_there else "import sys\nsys.modules['anywidget'] = None\n"
    cell = before + CELL.replace("digit_pad(lambda", "pad = digit_pad(lambda")
    bundle, said = run(cell + "from IPython.display import display\ndisplay(pad)\nprint(pad._canvas is not None)")
    assert set(bundle.data) == {WIDGET_VIEW, "image/png", "text/plain"}
    assert said.text == f"{is_there}\n"
