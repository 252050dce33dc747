"""Run a notebook from top to bottom in a fresh Python of its own, with a time limit for each cell.

It runs in an empty folder that is thrown away, so that no file of the student's is touched, and without Jupyter.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import course_utils
from course_utils.handing_in.cells import Cell

_GRACE_SECONDS = 3.0  # after an interrupt, before the process is ended
_START_SECONDS = 120.0  # until Python and IPython are there, on a cold disk


@dataclass(frozen=True)
class CellRun:
    """How one cell ended: `error` is "" or the exception's name, `line` is [number, text] of the cell or empty."""

    cell: int
    error: str = ""
    says: str = ""
    line: tuple[int, str] | None = None
    points: float | None = None
    shown: str = ""


@dataclass(frozen=True)
class Run:
    """A fresh run: how each tried cell ended, by its number (from 1), and why the run broke off, "" if it did not."""

    cells: Mapping[int, CellRun]
    broke_off: str = ""


def run_fresh(
    cells: Sequence[Cell], cell_seconds: float = 60.0, on_cell: Callable[[int, int], None] = lambda done, of: None
) -> Run:
    """Run every code cell in order; a cell that raises does not stop those below it, as in grading."""
    code = [
        (at + 1, str(cell["source"]))
        for at, cell in enumerate(cells)
        if cell.get("cell_type") == "code" and str(cell["source"]).strip()
    ]
    with tempfile.TemporaryDirectory(prefix="handing_in_", ignore_cleanup_errors=True) as folder:
        process = _start(folder)
        try:
            return _follow(process, code, cell_seconds, on_cell)
        finally:
            _end(process)


def _start(folder: str) -> subprocess.Popen[bytes]:
    home = str(Path(course_utils.__file__).resolve().parents[1])
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "IPYTHONDIR": str(Path(folder) / ".ipython")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    for name in ("JPY_PARENT_PID", "JPY_SESSION_NAME", "JPY_INTERRUPT_EVENT"):
        environment.pop(name, None)
    work = Path(folder) / "work"
    work.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "course_utils.handing_in.runner"],
        cwd=work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name != "nt",
    )


def _follow(
    process: subprocess.Popen[bytes],
    code: Sequence[tuple[int, str]],
    cell_seconds: float,
    on_cell: Callable[[int, int], None],
) -> Run:
    told: queue.Queue[dict[str, Any] | None] = queue.Queue()
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the runner was started without pipes")
    threading.Thread(target=_listen, args=(process.stdout, told), daemon=True).start()
    _feed(process.stdin, code)
    ended: dict[int, CellRun] = {}
    at, deadline, is_interrupted = 0, time.monotonic() + _START_SECONDS, False
    while True:
        try:
            event = told.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            if not at:
                return Run(ended, "Python did not start in time.")
            if is_interrupted or not _interrupt(process):
                ended[at] = _too_long(at, cell_seconds)
                return Run(ended, f"Cell {at} could not be stopped; the cells below it were not tried.")
            is_interrupted, deadline = True, time.monotonic() + _GRACE_SECONDS
            continue
        if event is None:
            if at and at not in ended:
                ended[at] = CellRun(at, "Exit", "This cell ended Python itself.")
                return Run(ended, f"Cell {at} ended Python; the cells below it were not tried.")
            return Run(ended, "" if at or not code else "Python ended before the first cell.")
        kind = event["event"]
        if kind == "begin":
            at, is_interrupted, deadline = event["cell"], False, time.monotonic() + cell_seconds
            on_cell(len(ended), len(code))
        elif kind == "end":
            ended[at] = _too_long(at, cell_seconds) if is_interrupted else _read(event)
            deadline = time.monotonic() + _START_SECONDS
        elif kind == "done":
            on_cell(len(code), len(code))
            return Run(ended)


def _listen(stream: IO[bytes], told: queue.Queue[dict[str, Any] | None]) -> None:
    for line in stream:
        try:
            told.put(json.loads(line))
        except ValueError:
            continue  # a cell wrote to a stream it had no business with
    told.put(None)


def _feed(stream: IO[bytes], code: Sequence[tuple[int, str]]) -> None:
    try:
        stream.write(json.dumps(code).encode("utf-8", "replace"))
        stream.close()
    except OSError:
        pass  # it ended already: whoever listens is told


def _read(event: Mapping[str, Any]) -> CellRun:
    line = event.get("line") or None
    return CellRun(
        cell=int(event["cell"]),
        error=str(event.get("error", "")),
        says=str(event.get("says", "")),
        line=(int(line[0]), str(line[1])) if line else None,
        points=event.get("points"),
        shown=str(event.get("shown", "")),
    )


def _too_long(at: int, seconds: float) -> CellRun:
    return CellRun(at, "Timeout", f"It ran longer than {seconds:g} seconds and was stopped.")


def _interrupt(process: subprocess.Popen[bytes]) -> bool:
    """Ask the cell to stop, as the square button does; say whether that can be done here."""
    if os.name == "nt":
        return False
    process.send_signal(signal.SIGINT)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started."""
    try:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
