"""Leave the notebook as it was found: generators, modes, dtypes, warnings and streams."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import random
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np
import torch

from course_utils.checks.response import MAX_PRINTED, plain_text


class _Cut(io.TextIOBase):
    """A stream that keeps the first `MAX_PRINTED` characters and drops the rest."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._room = MAX_PRINTED

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._room > 0:
            self._kept.append(text[: self._room])
            self._room -= len(text)
        return len(text)

    def text(self) -> str:
        return plain_text("".join(self._kept), MAX_PRINTED)


@contextmanager
def untouched(seed: int, *, keeps_generators: bool = True) -> Iterator[_Cut]:
    """Run the enclosed code seeded and under default settings; put the notebook's own settings back after it.

    Inside: gradients on, float32 on the CPU as default, warnings and log silent, prints kept apart (yielded
    stream). Whatever reaches stderr, a warning or a progress bar, would cost points under nbgrader.
    With `keeps_generators` off somebody outside puts the random generators back (`around_cases`).
    """
    printed = _Cut()
    with (
        _kept_generators() if keeps_generators else nullcontext(),
        _kept_settings(),
        plain_torch(),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(_Cut()),
        _silent_descriptor(2),
        _silent_log(),
    ):
        warnings.simplefilter("ignore")
        if torch.get_default_dtype() != torch.float32:
            torch.set_default_dtype(torch.float32)
        seed_everything(seed)
        yield printed


@contextmanager
def around_cases() -> Iterator[None]:
    """Put the random generators back, once around many cases: it takes a while."""
    with _kept_generators():
        yield


@contextmanager
def _kept_generators() -> Iterator[None]:
    """Put the random generators back after the enclosed code."""
    python, numpy, torchs = random.getstate(), np.random.get_state(), torch.random.get_rng_state()
    cuda = torch.cuda.get_rng_state_all() if _cuda_in_use() else None
    try:
        yield
    finally:
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
        torch.random.set_rng_state(torchs)
        np.random.set_state(numpy)
        random.setstate(python)


@contextmanager
def plain_torch() -> Iterator[None]:
    """Make tensors in the enclosed code as a fresh kernel does: on the CPU, with gradients, on one thread.

    Cases are small: a second thread costs more than it brings, most of all on a busy machine.
    """
    threads = torch.get_num_threads()
    _set_threads(1)
    try:
        with torch.inference_mode(False), torch.enable_grad(), on_the_cpu():
            yield
    finally:
        _set_threads(threads)


def on_the_cpu() -> AbstractContextManager[object]:
    """Make the CPU the default device; where it is, leave out the mode that every call of torch would go through."""
    return nullcontext() if torch.get_default_device().type == "cpu" else torch.device("cpu")


@contextmanager
def _kept_settings() -> Iterator[None]:
    """Put back, after the enclosed code, the settings that it may change; asking costs less than setting."""
    errors, silence, dtype = np.geterr(), logging.root.manager.disable, torch.get_default_dtype()
    is_on, anomaly = torch.is_grad_enabled(), (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
    threads, device = torch.get_num_threads(), torch.get_default_device()
    try:
        yield
    finally:
        _set_device(device)
        _set_threads(threads)
        _set_anomaly(*anomaly)
        torch.set_grad_enabled(is_on)
        if torch.get_default_dtype() != dtype:
            torch.set_default_dtype(dtype)
        _set_silence(silence)
        if np.geterr() != errors:
            np.seterr(**errors)


def _set_device(device: torch.device) -> None:
    if torch.get_default_device() != device:
        # None, where it is the CPU: a default that was set is a mode that every call of torch goes through.
        torch.set_default_device(None if device.type == "cpu" else device)


def _set_anomaly(is_on: bool, checks_nan: bool) -> None:
    if (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()) != (is_on, checks_nan):
        torch.autograd.set_detect_anomaly(is_on, checks_nan)


@contextmanager
def _silent_log() -> Iterator[None]:
    """Let no logger's word reach a handler; `logging.disable` would empty what hundreds of loggers have noted."""
    handle = logging.Logger.handle
    logging.Logger.handle = _say_nothing  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        logging.Logger.handle = handle  # type: ignore[method-assign]


def _say_nothing(logger: logging.Logger, record: logging.LogRecord) -> None:
    return None


def _set_silence(level: int) -> None:
    if logging.root.manager.disable != level:
        logging.disable(level)


def _set_threads(count: int) -> None:
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


@contextmanager
def _silent_descriptor(number: int) -> Iterator[None]:
    """Send what libraries write past Python, straight to a file descriptor, nowhere."""
    try:
        kept = os.dup(number)
    except OSError:  # it is closed, as in a window without a console
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and torch's generators, so that a case is the same case each time."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.default_generator.manual_seed(seed)
    if _cuda_in_use():
        torch.cuda.manual_seed_all(seed)


def _cuda_in_use() -> bool:
    return torch.cuda.is_available() and torch.cuda.is_initialized()
