"""A time limit and a memory limit around a student's code, so that one answer cannot hang the notebook."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

PATIENCE = 2.5
"""The limit counts what the answer computes, not its waiting for a busy machine: up to this many times as long."""

_NAG_SECONDS = 0.05
"""The limit is raised again at this interval, for code that swallows every exception."""


class DeadlineExceeded(BaseException):
    """The student's code ran for too long. Not an `Exception`: `except Exception` lets it by."""


class Stopwatch:
    """Measure seconds the way the limit does, from now on and for this thread."""

    def __init__(self) -> None:
        self._clock, self._computing = time.monotonic(), time.thread_time()

    def on_the_clock(self) -> float:
        """Return the seconds that have passed."""
        return time.monotonic() - self._clock

    def spent(self) -> float:
        """Return the seconds computed, or a part of those passed where that is more."""
        return max(time.thread_time() - self._computing, self.on_the_clock() / PATIENCE)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise DeadlineExceeded in the enclosed code once it has computed for `seconds` (more than 0).

    Sleep counts less: it ends after `PATIENCE` times as long on the clock. (Where there is no alarm signal the
    clock alone counts.) Code inside one long call of a C library is stopped when that call returns.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _by_signal(seconds):
            yield
    else:
        with _by_thread(seconds):
            yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    is_over = False
    outside = set(_stack(sys._getframe()))

    def stop(signum: int, frame: FrameType | None) -> None:
        if not is_over and watch.spent() >= seconds:
            _strike_again([inside for inside in _stack(frame) if inside not in outside])
            raise DeadlineExceeded

    tracer = sys.gettrace()
    watch = Stopwatch()
    handler = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), _NAG_SECONDS)
    # Two layers: should the limit strike while the inner one ends, the outer one still puts all back.
    try:
        try:
            yield
        finally:
            is_over = True
    finally:
        is_over = True
        outside.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if sys.gettrace() is not tracer:
            sys.settrace(tracer)
        if left:  # somebody else's alarm was running: it goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - watch.on_the_clock(), 1e-3), interval)


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _strike_again(frames: list[FrameType]) -> None:
    """Make the next line that runs in one of `frames` raise as well.

    `try: … except BaseException: pass` in a loop would swallow one exception each time; the second one
    strikes in the `except` clause itself and gets out. (Out of two such clauses around each other it does
    not: then only the limit outside this process helps.)
    """

    def strike(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            raise DeadlineExceeded
        return strike

    sys.settrace(lambda frame, event, argument: None)
    for frame in frames:
        frame.f_trace = strike


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """Do the same where there is no alarm signal (Windows, worker threads).

    Slower to stop blocking calls, and a loop that swallows every exception may go on.
    """
    target = ctypes.c_ulong(threading.get_ident())
    finished = threading.Event()

    def watch() -> None:
        wait = seconds
        while not finished.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(DeadlineExceeded))
            wait = _NAG_SECONDS

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        _end(finished, watcher)


def _end(finished: threading.Event, watcher: threading.Thread) -> None:
    """Stop the watcher, and let an exception that it sent too late strike here."""
    # Not withdrawn by SetAsyncExc(…, NULL): CPython 3.11 then leaves a flag up, and tracing never ends.
    while watcher.is_alive():
        try:
            finished.set()
            watcher.join()
            for _ in range(2):  # where Python looks for exceptions from other threads
                pass
        except DeadlineExceeded:
            continue


@contextmanager
def memory_limit(extra_bytes: int) -> Iterator[None]:
    """Let the enclosed code take at most `extra_bytes` more address space (Linux; elsewhere no limit)."""
    taken = _address_space()
    if not taken:
        yield
        return
    import resource

    wanted = taken + extra_bytes
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft <= wanted:
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Return the bytes of address space this process takes, 0 where that is not known; asked for each case."""
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(descriptor, 100).split()[0]) * mmap.PAGESIZE
    finally:
        os.close(descriptor)
