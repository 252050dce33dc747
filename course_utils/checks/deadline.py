"""A time limit and a memory limit around a student's code, so that one answer cannot hang the notebook."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_NAG_SECONDS = 0.05
"""The limit is raised again at this interval: code that swallows every exception is stopped all the same."""


class DeadlineExceeded(BaseException):
    """The student's code ran for longer than the exercise allows. Not an `Exception`: `except Exception` lets it by."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise DeadlineExceeded in the enclosed code once `seconds` have passed."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _by_signal(seconds):
            yield
    else:
        with _by_thread(seconds):
            yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise DeadlineExceeded

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _NAG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """Do the same where there is no alarm signal (Windows, worker threads): slower to stop blocking calls."""
    target = threading.get_ident()
    finished = threading.Event()

    def watch() -> None:
        wait = seconds
        while not finished.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(target), ctypes.py_object(DeadlineExceeded)
            )
            wait = _NAG_SECONDS

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()


@contextmanager
def memory_limit(extra_bytes: int) -> Iterator[None]:
    """Let the enclosed code take at most `extra_bytes` more address space (Linux; elsewhere no limit)."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        yield
        return
    import resource

    pages = int(statm.read_text().split()[0])
    wanted = pages * resource.getpagesize() + extra_bytes
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft <= wanted:
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
