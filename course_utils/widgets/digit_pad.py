"""Draw a digit and watch what a network takes it for."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.widgets.frontend import bundle_view, is_live
from course_utils.widgets.handwriting import SIDE, as_mnist, as_small_digit
from course_utils.widgets.sample_picker import Ask, make_ask, make_picker, say_answer

if TYPE_CHECKING:
    from course_utils.data import Digits

_PREPARE = {"mnist": as_mnist, "small": as_small_digit}
_SAY_PREPARED = {
    "mnist": "scaled to a box of 20×20 pixels, with its centre of mass in the middle of 28×28, as MNIST's makers did",
    "small": "set upright, stretched to the box and counted down to 8×8 numbers, as the small digits were made",
}
_PAD_SIDE = 112
_FIRST_WORDS = "The pad is empty. Draw one digit: after each piece of a stroke the network says what it takes it for."


class DigitPad:
    """Join a pad to draw on, the network that is asked, and what it answers.

    Where a browser can show it, one draws with mouse, finger or keys; elsewhere one picks one of the samples, and where
    no browser listens a still picture of a sample stands there.

    Args:
        ask: maps (28, 28) float32 to (C,) probabilities.
        samples: pictures to pick from, and to lay on the pad.
        prepare: maps a drawing (112, 112), 0 to 1, to the (28, 28) that the network sees.
        say_prepared: how the drawing was prepared, to end "it was …".
        names: what the classes are called.
    """

    def __init__(
        self,
        ask: Ask,
        samples: Digits,
        prepare: Callable[[np.ndarray], np.ndarray],
        say_prepared: str,
        names: Sequence[str],
    ) -> None:
        self.samples = samples
        self.names = tuple(names)
        self._ask = ask
        self._prepare = prepare
        self._say_prepared = say_prepared
        self._canvas: Any = None
        self.picker = make_picker(ask, samples, self.names)

    @property
    def canvas(self) -> Any:
        """The pad in the browser; made when it is first wanted.

        Raises:
            ImportError: anywidget is not installed.
        """
        if self._canvas is None:
            from course_utils.widgets.pad_canvas import PadCanvas

            self._canvas = PadCanvas(names=list(self.names), words=_FIRST_WORDS)
            self._canvas.observe(lambda change: self._answer(change["new"]), names="asked")
            self._canvas.observe(lambda change: self._lay_example(change["new"]), names="examples")
        return self._canvas

    def look_at(self, drawing: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
        """Prepare a drawing, ask the network and put its answer into words.

        Args:
            drawing: (H, W) numbers, 0 is paper and 1 is ink.

        Returns:
            what the network sees (28, 28), the probabilities (C,), none for an empty pad, and the words.
        """
        seen = self._prepare(drawing)
        if not seen.any():
            return seen, np.zeros(0), _FIRST_WORDS
        probabilities = self._ask(seen)
        words = f"{say_answer(probabilities, self.names)} The drawing was {self._say_prepared}."
        return seen, probabilities, words

    def _answer(self, number: int) -> None:
        """Answer the ink that the browser sent."""
        ink = np.frombuffer(self.canvas.ink, dtype=np.uint8)
        if ink.size != _PAD_SIDE**2:
            ink = np.zeros(_PAD_SIDE**2, dtype=np.uint8)
        try:
            answer = self.look_at(ink.reshape(_PAD_SIDE, _PAD_SIDE) / np.float32(255))
        except Exception as problem:  # the model is the learner's own; a silent pad would help nobody
            words = f"The network could not answer: {type(problem).__name__}: {problem}"
            answer = np.zeros((SIDE, SIDE)), np.zeros(0), words
        self._show(*answer, number)

    def _lay_example(self, number: int) -> None:
        """Lay the next sample on the pad; the network gets it as it is, since it was prepared once already."""
        place = (number - 1) % len(self.samples)
        self.picker.move(sample=place + 1)
        sample = self.samples.images[place].float().numpy()
        drawn = np.kron(sample, np.ones((_PAD_SIDE // SIDE, _PAD_SIDE // SIDE)))
        self.canvas.ink = (drawn * 255).round().astype(np.uint8).tobytes()
        self.canvas.laid += 1
        self._show(sample, self._ask(sample), self.picker.description, -number)  # a number that no question has

    def _show(self, seen: np.ndarray, probabilities: np.ndarray, words: str, number: int) -> None:
        """Send an answer to the browser in one message, so that `answered` comes together with all the rest."""
        canvas = self.canvas
        with canvas.hold_sync():
            canvas.seen = (seen * 255).round().astype(np.uint8).tobytes()
            canvas.probabilities = probabilities.tolist()
            canvas.words = words
            canvas.answered = number

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if is_live() and importlib.util.find_spec("anywidget"):
            still = {"image/png": self.picker.png, "text/plain": self.picker.description}
            metadata = {"image/png": {"alt": self.picker.description}}
            display({**bundle_view(self.canvas), **still}, raw=True, metadata=metadata)
        else:
            self.picker._ipython_display_()


def digit_pad(
    model: Callable[[Any], Any],
    samples: Digits,
    *,
    shape: tuple[int, ...] = (SIDE, SIDE),
    gives: str = "logits",
    names: Sequence[str] = tuple("0123456789"),
    prepare: Callable[[np.ndarray], np.ndarray] | None = None,
) -> DigitPad:
    """Make a pad to draw a digit on, with the network's probabilities beside it.

    What is drawn is brought to the form of the pictures that the network has learned from (`handwriting`): for MNIST it
    is scaled to fit a box of 20×20 pixels and put into 28×28 so that its centre of mass lies in the middle, as MNIST's
    makers did; a network that has only seen such pictures reads a small digit in a corner badly.

    Keys: the arrows move the pen, space inks (hold it and move to draw), Enter puts the pen down and lifts it, Delete
    clears the pad.

    Args:
        model: maps a batch (1, *shape) of float32 to (1, C); an `nn.Module` is asked in eval mode, on its own device,
            without gradients, and gets its mode back.
        samples: digits (N, 28, 28) to pick from, of the kind the model was trained on.
        shape: of one picture as the model wants it: (28, 28), (784,) or (1, 28, 28).
        gives: `logits` or `probabilities`, what the model returns.
        names: what the C classes are called.
        prepare: another way to bring a drawing (112, 112) to (28, 28).

    Raises:
        ValueError: there are no samples, or the model does not take such pictures or give C numbers for one.
    """
    if gives not in ("logits", "probabilities"):
        raise ValueError(f"gives is {gives!r}; choose logits or probabilities")
    if not len(samples):
        raise ValueError("there are no samples; pass some digits, such as load_digits('test')")
    ask = make_ask(model, shape, gives, len(names))
    say = _SAY_PREPARED[samples.kind] if prepare is None else "prepared by the function given"
    return DigitPad(ask, samples, prepare or _PREPARE[samples.kind], say, names)
