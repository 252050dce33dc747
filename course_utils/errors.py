"""The kit's exceptions, drawn as a tree.

    KitError                     says what is wrong, where, and how to mend it
    ├── DataError                a data file is missing, broken or cannot be fetched
    ├── TrainingError            a model cannot be trained as asked: data, settings, device, checkpoint
    ├── CheckError               check() was asked for something it does not know
    │   ├── AnswerKeyError       the answer key on disk is missing or damaged
    │   └── AnswerFormError      an answer to a question is neither letter nor number
    ├── HandInError              submit() cannot go on: no notebook found, not saved, not readable, not writable
    └── StaffError               (autograder.errors) everything on the instructor's side
"""

from __future__ import annotations


class KitError(Exception):
    """Say in one sentence what is wrong and where, and in one more how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what} {mend}".strip())
        self.what = what
        self.mend = mend

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone in a notebook: IPython asks for this in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class DataError(KitError):
    """A data file is missing, broken, or cannot be fetched."""


class TrainingError(KitError):
    """A model cannot be trained as asked: data, settings, device or checkpoint do not fit."""


class CheckError(KitError):
    """check() was asked for something it does not know."""


class AnswerKeyError(CheckError):
    """The answer key on disk is missing or damaged."""


class AnswerFormError(CheckError):
    """An answer to a question cannot be read; the message says how to write it."""


class HandInError(KitError):
    """submit() cannot go on; the message says what stands in the way and how to mend it."""
