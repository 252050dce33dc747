"""Run the healthy code, or the same with one line changed, and write down what every gauge says."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from course_utils.clinic import healthy
from course_utils.clinic.record import Notes, Record
from course_utils.errors import KitError

if TYPE_CHECKING:
    from course_utils.data import Digits


@cache
def read_code() -> str:
    """Return the source of the healthy run."""
    return inspect.getsource(healthy.train)


def change_code(right: str, wrong: str) -> str:
    """Return the source of the healthy run with the text `right` replaced by `wrong`.

    Raises:
        KitError: `right` does not stand in the source exactly once.
    """
    source = read_code()
    if (times := source.count(right)) != 1:
        raise KitError(
            f"The text {right!r} stands {times} times in the healthy code, so it is not clear what to change.",
            "Copy a piece of one line from print(read_code()) that stands there once.",
        )
    return source.replace(right, wrong)


def examine(digits: Digits, right: str = "", wrong: str = "", *, seed: int = 0, epochs: int = 30) -> Record:
    """Train once and return the record. Without a change it is the healthy run.

    Args:
        digits: the 8×8 digits.
        right: a text that stands in the healthy code once.
        wrong: what stands there in its place.
        seed: of the order, the weights, the batches and the dropout.
        epochs: how often the run goes through its pictures.

    Raises:
        KitError: `right` does not stand in the code exactly once.
    """
    source = change_code(right, wrong) if right else read_code()
    room = dict(vars(healthy))
    exec(compile(source, "<the patient's code>", "exec"), room)
    notes = _run(room["train"], digits, seed, epochs=epochs)
    few = _run(room["train"], digits, seed, rows=10, epochs=100)
    return notes.finish(few.mean_losses(), digits.images.reshape(-1, 64), digits.labels)


def _run(train: Any, digits: Digits, seed: int, **settings: int) -> Notes:
    """Run a training function on one thread, with a seed of its own; leave the caller's settings as they were."""
    notes = Notes()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # for so small a network a second thread costs more than it helps
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            train(digits, notes, **settings)
    finally:
        torch.set_num_threads(threads)
    return notes
