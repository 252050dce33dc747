"""A kernel of its own for each submission, with deadlines that are kept outside of it.

This is the plain road: an ordinary ipykernel, one at a time, without isolation from the machine.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from autograder.engine.outputs import Outputs

_POLL_SECONDS = 0.25
_INTERRUPT_SECONDS = 3.0
"""How long a kernel that was interrupted has to come back before it is given up."""

_HIDDEN_VARIABLES = ("JPY_PARENT_PID", "JUPYTERHUB_API_TOKEN", "PGPASSWORD")


class Ended(StrEnum):
    """How the run of one cell ended."""

    OK = "ok"
    ERROR = "error"
    DEADLINE = "deadline"
    DIED = "died"


@dataclass(frozen=True)
class CellRun:
    """What came of running one cell."""

    ended: Ended
    outputs: Outputs
    execution_count: int | None = None


class Kernel:
    """A running Python kernel; use as a context manager."""

    def __init__(self, folder: Path, start_seconds: float) -> None:
        self._folder = folder
        self._start_seconds = start_seconds
        self._manager: Any = None
        self._client: BlockingKernelClient | None = None

    def __enter__(self) -> Kernel:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the kernel and wait until it answers.

        Raises RuntimeError if it does not within the time given.
        """
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(
            cwd=str(self._folder),
            env=_environment(self._folder),
            stdout=subprocess.DEVNULL,  # what a cell prints comes over the channels; this is the process's own
            stderr=subprocess.DEVNULL,
            extra_arguments=["--HistoryManager.hist_file=:memory:", "--HistoryManager.enabled=False"],
        )
        self._client = self._manager.client()
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=self._start_seconds)
        except RuntimeError:
            self.close()
            raise

    def close(self) -> None:
        """Kill the kernel and everything it holds; safe to call twice."""
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.stop_channels()
            self._client = None
        if self._manager is not None:
            with contextlib.suppress(Exception):
                self._manager.shutdown_kernel(now=True)
            self._manager = None

    def restart(self) -> None:
        """Begin again with an empty kernel."""
        self.close()
        self.start()

    def is_alive(self) -> bool:
        """Whether the kernel's process still runs."""
        return self._manager is not None and bool(self._manager.is_alive())

    def run(self, source: str, seconds: float, cap_bytes: int, *, keep_history: bool = True) -> CellRun:
        """Run one cell for at most `seconds` and collect its outputs up to `cap_bytes`.

        Past the deadline the kernel is interrupted; if it does not come back it is killed (`is_alive` tells).
        """
        client = self._client
        if client is None:
            return CellRun(Ended.DIED, Outputs(cap_bytes))
        outputs = Outputs(cap_bytes)
        message_id = client.execute(
            source, store_history=keep_history, allow_stdin=False, stop_on_error=False
        )
        if not self._listen(client, message_id, outputs, time.monotonic() + seconds):
            if not self.is_alive():
                return CellRun(Ended.DIED, outputs)
            self._manager.interrupt_kernel()
            came_back = self._listen(client, message_id, outputs, time.monotonic() + _INTERRUPT_SECONDS)
            if not came_back:
                self.close()
            return CellRun(Ended.DEADLINE, outputs)
        count = _execution_count(client, message_id)
        return CellRun(Ended.ERROR if outputs.has_error else Ended.OK, outputs, count)

    def _listen(
        self, client: BlockingKernelClient, message_id: str, outputs: Outputs, deadline: float
    ) -> bool:
        """Take output messages until the cell is done; False if the deadline passed or the kernel died."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            try:
                message = client.get_iopub_msg(timeout=min(_POLL_SECONDS, left))
            except queue.Empty:
                if not self.is_alive():
                    return False
                continue
            except Exception:  # a message that is not signed or not readable is not an output
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["header"]["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return True
            outputs.take(message)


def _execution_count(client: BlockingKernelClient, message_id: str) -> int | None:
    with contextlib.suppress(Exception):
        while True:
            reply = client.get_shell_msg(timeout=1)
            if reply["parent_header"].get("msg_id") == message_id:
                count = reply["content"].get("execution_count")
                return int(count) if count is not None else None
    return None


def _environment(folder: Path) -> dict[str, str]:
    """Return the kernel's environment: no settings of the instructor's, nothing that leads back to the grader."""
    kept = {name: value for name, value in os.environ.items() if name not in _HIDDEN_VARIABLES}
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    return kept | {
        "NBGRADER_EXECUTION": "autograde",
        "IPYTHONDIR": str(home),
        "MPLCONFIGDIR": str(home),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": "1",
    }
