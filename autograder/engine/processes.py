"""Start the process behind a kernel: forked from the warm worker where there is one, cold elsewhere."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from autograder.engine.sandbox.allowance import Allowance, count_tasks, limit_process
from autograder.engine.sandbox.isolation import Isolation, Way
from autograder.engine.worker.client import WorkerError, isolation_here, shared_worker
from autograder.engine.worker.environment import kernel_environment

HIDDEN_HOME = ".home"


class KernelProcess(Protocol):
    """A running kernel: how to reach it, and the folder that it and the grader share."""

    connection: dict[str, Any]
    channel: str
    folder: Path

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""

    def send_signal(self, number: int) -> None:
        """Send a signal to it."""

    def close(self) -> None:
        """Kill it and let go of all it held; safe to call twice."""


def start_process(
    folder: Path, allowance: Allowance, output_bytes: int, seconds: float
) -> tuple[KernelProcess, Isolation]:
    """Start a kernel for the files in `folder`, kept apart as far as this machine allows.

    Raises RuntimeError if it does not come up, or would be less apart than this process's first one.
    """
    expected = _first_isolation(os.getpid())
    if expected.way is Way.NONE:
        return ColdKernel(folder, allowance), expected
    home = str(_private_home(folder)) if expected.way is Way.LIMITS else "/tmp"
    worker = shared_worker()  # one that died is replaced
    if worker is None:
        raise RuntimeError("no kernel: there is no worker")
    try:
        isolation = worker.isolation()
        if expected.is_sandbox and not isolation.is_sandbox:
            raise RuntimeError(f"the machine no longer makes a sandbox: {isolation.refused}")
        return worker.fork(folder, kernel_environment(home), allowance, output_bytes, seconds), isolation
    except WorkerError as error:
        raise RuntimeError(f"no kernel: {error}") from error


@functools.cache
def _first_isolation(process: int) -> Isolation:
    """Return how this process's kernels are kept apart; asked once, so that it cannot weaken half-way."""
    return isolation_here()


def _private_home(folder: Path) -> Path:
    home = folder / HIDDEN_HOME
    home.mkdir(exist_ok=True)
    return home


class ColdKernel:
    """An ordinary ipykernel with limits, where there is no worker."""

    def __init__(self, folder: Path, allowance: Allowance) -> None:
        from jupyter_client.manager import KernelManager

        self.channel = str(folder)
        self.folder = folder
        self._manager: Any = KernelManager(kernel_name="python3")
        self._manager.start_kernel(
            cwd=str(folder),
            env=kernel_environment(str(_private_home(folder))),
            stdout=subprocess.DEVNULL,  # what a cell prints comes over the channels; this is the process's own
            stderr=subprocess.DEVNULL,
            extra_arguments=["--HistoryManager.hist_file=:memory:", "--HistoryManager.enabled=False"],
            **_limits(allowance),
        )
        self.connection: dict[str, Any] = self._manager.get_connection_info()

    def poll(self) -> int | None:
        """Return 0 once the kernel has ended, None while it runs."""
        return None if self._manager is not None and self._manager.is_alive() else 0

    def send_signal(self, number: int) -> None:
        """Interrupt the kernel or end it."""
        if self._manager is None:
            return
        if number == signal.SIGINT:
            self._manager.interrupt_kernel()
        else:
            self.close()

    def close(self) -> None:
        """Kill the kernel."""
        if self._manager is not None:
            with contextlib.suppress(Exception):
                self._manager.shutdown_kernel(now=True)
            self._manager = None


def _limits(allowance: Allowance) -> dict[str, Callable[[], None]]:
    """Return what makes Popen set limits in the child, on systems that have them."""
    if os.name != "posix":
        return {}
    others = count_tasks() if sys.platform == "linux" else 500
    # A cold start maps several hundred megabytes of libraries before the first cell.
    bounds = replace(allowance, memory_bytes=allowance.memory_bytes + 2 * 1024**3)

    def limit() -> None:
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            limit_process(bounds, others)

    return {"preexec_fn": limit}
