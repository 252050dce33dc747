"""Where the time of a grading run goes: the students' own cells, and each step of the kit around them."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import json
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.engine import execute as engine
from autograder.engine.kernel import Kernel
from autograder.engine.worker.environment import worker_environment
from autograder.grading import grade
from autograder.history import Chronicle
from autograder.nbgrader_bridge import classpass, preprocessors
from autograder.nbgrader_bridge.one_session import OneGradebook
from autograder.nbgrader_bridge.running import probes_of
from autograder.rules.coursefile import load_course
from course_utils.checks.deadline import deadline
from course_utils.checks.probe import answer_request


@dataclass(frozen=True)
class Own:
    """Seconds that notebooks take by themselves, each in a process that has everything imported.

    `cells` is all cells but the checks, `checks` what the checks take, `calls` the judge's calls of the answers.
    """

    cells: float
    checks: float
    calls: float


def own_seconds(root: Path, assignment: str) -> Own:
    """Return the mean seconds of a class's own cells: no kernel, no sandbox, no nbgrader."""
    # A process of its own: what it imports and its single thread are as in the worker.
    command = [sys.executable, __file__, str(root), assignment]
    # Its cells change nothing here but the time: the class is the benchmark's own.
    here = worker_environment() | {"PYTHONPATH": os.pathsep.join([*sys.path[:1], str(Path(__file__).parents[1])])}
    done = subprocess.run(command, env=here, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the cells could not be run by themselves:\n{done.stderr[-3000:]}")
    return Own(**json.loads(done.stdout.splitlines()[-1]))


def _measure_own(root: Path, assignment: str) -> Own:
    from autograder.engine.worker.preload import _MODULES

    # As in the worker: one thread, and what is imported is nothing for the collector to go through in each child.
    paths = sorted((root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb"))
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    requests = {name: probe.request for name, probe in probes_of(assignment, notebooks[0]).items()}
    for name in _MODULES:
        with contextlib.suppress(ImportError):
            __import__(name)
    import torch

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    sums = Counter[str]()
    for notebook in notebooks:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.write(writing, json.dumps(_run_here(notebook, requests)).encode())
                code = 0
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(code)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        if not said:
            sys.exit("a notebook could not be run by itself")
        sums.update(json.loads(said))
    return Own(**{name: sums[name] / len(notebooks) for name in ("cells", "checks", "calls")})


def _run_here(notebook: Any, requests: dict[str, bytes]) -> dict[str, float]:
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib_inline.backend_inline import configure_inline_support

    shell = InteractiveShell.instance()
    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")  # pictures are drawn as in a kernel
    taken = {"cells": 0.0, "checks": 0.0, "calls": 0.0}
    scratch = Path(f"/tmp/own-{os.getpid()}")
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        is_check = bool(cell.metadata.get("nbgrader", {}).get("grade"))
        started = time.perf_counter()
        with _silence(), contextlib.suppress(BaseException), deadline(60):
            shell.run_cell(cell.source)
        taken["checks" if is_check else "cells"] += time.perf_counter() - started
        if name in requests:
            scratch.write_bytes(requests[name])
            started = time.perf_counter()
            with _silence(), contextlib.suppress(BaseException):
                answer_request(scratch, scratch, shell.user_ns)
            taken["calls"] += time.perf_counter() - started
            scratch.unlink(missing_ok=True)
    return taken


@contextmanager
def _silence() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


# Each step by name: where it is, and whether it waits for the kernel (its clock counts) or computes (its own time).
_STEPS: tuple[tuple[str, Any, str, Callable[[], float]], ...] = (
    ("start the kernel", Kernel, "start", time.perf_counter),
    ("run cells", engine._Run, "_cell", time.perf_counter),
    ("of that, ask for answers", engine._Run, "_ask", time.perf_counter),
    ("end the kernel", Kernel, "close", time.perf_counter),
    ("sanitise (nbgrader's first step)", classpass._ClassConverter, "sanitised", time.thread_time),
    ("write rows and notebook (nbgrader's second step)", classpass, "start", time.thread_time),
    ("of that, judge", preprocessors.JudgeCells, "preprocess", time.thread_time),
    ("of that, save scores", preprocessors.SaveGrades, "preprocess", time.thread_time),
    ("end the transaction", OneGradebook, "save", time.thread_time),
    ("note it in the history", Chronicle, "note", time.thread_time),
)


def stages(root: Path, assignment: str) -> dict[str, float]:
    """Grade the class one at a time in this process; return each step's mean seconds per submission."""
    course = load_course(root)
    with _timed() as taken:
        done = list(grade(course, assignment, force=True))
    return {name: taken[name] / len(done) for name, *_ in _STEPS}


@contextmanager
def _timed() -> Iterator[Counter[str]]:
    taken = Counter[str]()
    before = [(owner, name, getattr(owner, name)) for _, owner, name, _ in _STEPS]
    try:
        for (label, owner, name, clock), (_, _, own) in zip(_STEPS, before, strict=True):
            setattr(owner, name, _with_clock(own, label, clock, taken))
        yield taken
    finally:
        for owner, name, own in before:
            setattr(owner, name, own)


def _with_clock(own: Any, label: str, clock: Callable[[], float], taken: Counter[str]) -> Any:
    @functools.wraps(own)
    def timed(*args: Any, **kwargs: Any) -> Any:
        started = clock()
        try:
            return own(*args, **kwargs)
        finally:
            taken[label] += clock() - started

    return timed


if __name__ == "__main__":
    print(json.dumps(vars(_measure_own(Path(sys.argv[1]), sys.argv[2]))))
