"""A kernel of its own for each submission, with deadlines that are kept outside of it.

How far it is kept apart from this machine is decided where its process is started (engine/processes.py).
"""

from __future__ import annotations

import os
import secrets
import signal
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from autograder.engine.connection import Connection
from autograder.engine.outputs import Outputs
from autograder.engine.processes import KernelProcess, start_process
from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.isolation import UNISOLATED, Isolation
from autograder.engine.untrusted import sound_output

_INTERRUPT_SECONDS = 3.0
"""How long a kernel that was interrupted has to come back before it is given up."""

_PAUSE_SECONDS = 3.0
"""How long to wait before a kernel that did not start is asked for once more."""

_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


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

    def __init__(
        self,
        folder: Path,
        start_seconds: float,
        *,
        allowance: Allowance | None = None,
        output_bytes: int = 200_000,
        is_stopped: Callable[[], bool] | None = None,
    ) -> None:
        self._folder = folder
        self._start_seconds = start_seconds
        self._allowance = allowance or Allowance()
        self._output_bytes = output_bytes
        self._is_stopped = is_stopped
        self._process: KernelProcess | None = None
        self._connection: Connection | None = None
        self.isolation: Isolation = UNISOLATED
        """How the kernel is kept apart from this machine; known once it has started."""

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
        try:
            self._start_once()
        except RuntimeError:
            if not self._waits_a_moment():
                raise
            self._start_once()  # what kept it from answering may be over: a machine full of other processes, say

    def _waits_a_moment(self) -> bool:
        """Let a moment pass; False as soon as the kernel is not wanted any more."""
        ends = time.monotonic() + _PAUSE_SECONDS
        while time.monotonic() < ends:
            if self._is_stopped is not None and self._is_stopped():
                return False
            time.sleep(0.1)
        return True

    def _start_once(self) -> None:
        self._process, self.isolation = start_process(
            self._folder, self._allowance, self._output_bytes, self._start_seconds
        )
        self._connection = Connection(self._process.connection, self.is_alive)
        try:
            self._connection.wait_until_ready(self._start_seconds)
        except RuntimeError as error:
            code = self._process.poll()
            self.close()
            if code is None:
                raise
            raise RuntimeError(f"the kernel ended with code {code} before it answered") from error

    def close(self) -> None:
        """Kill the kernel and everything it holds; safe to call twice."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.close()
            self._process = None

    def restart(self) -> None:
        """Begin again with an empty kernel.

        Raises RuntimeError if it does not come up.
        """
        self.close()
        self.start()

    def is_alive(self) -> bool:
        """Whether the kernel's process still runs, and is wanted."""
        if self._is_stopped is not None and self._is_stopped():
            return False
        return self._process is not None and self._process.poll() is None

    def interrupt(self) -> None:
        """Ask the kernel to stop what it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)

    def run(self, source: str, seconds: float, cap_bytes: int, *, keep_history: bool = True) -> CellRun:
        """Run one cell for at most `seconds` and collect its outputs up to `cap_bytes`.

        Past the deadline the kernel is interrupted; if it does not come back it is killed (`is_alive` tells).
        """
        connection = self._connection
        outputs = Outputs(cap_bytes)
        if connection is None:
            return CellRun(Ended.DIED, outputs)

        def show(message: object) -> None:
            sound = sound_output(message)
            if sound is not None:
                outputs.take(sound)

        message_id = connection.ask(source, keep_history=keep_history)
        if not connection.listen(message_id, time.monotonic() + seconds, show):
            if not self.is_alive():
                return CellRun(Ended.DIED, outputs)
            self.interrupt()
            if not connection.listen(message_id, time.monotonic() + _INTERRUPT_SECONDS, show):
                self.close()
            return CellRun(Ended.DEADLINE, outputs)
        reply = connection.reply(message_id)
        if reply is None:  # whatever the cell did to it, it runs no code any more
            self.close()
            return CellRun(Ended.DIED, outputs)
        return CellRun(Ended.ERROR if outputs.has_error else Ended.OK, outputs, reply.execution_count)

    def put(self, data: bytes) -> str:
        """Leave bytes where the kernel can read them, under a name it cannot foresee; return the kernel's path.

        Raises OSError if it left no room for them.
        """
        if self._process is None:
            raise OSError("the kernel has ended")
        name = f".{secrets.token_hex(16)}"
        descriptor = os.open(self._process.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPEN_FLAGS, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return f"{self._process.channel}/{name}"

    def take(self, path: str, most_bytes: int) -> bytes | None:
        """Return the bytes the kernel left at `path`, a path in its channel folder, and remove them.

        None if there is nothing, no plain file, or more than `most_bytes`: nothing that the kernel puts there
        (a link, a pipe, an endless file) leads anywhere else or holds the grader up.
        """
        if self._process is None:
            return None
        place = self._process.folder / Path(path).name
        try:
            descriptor = os.open(place, os.O_RDONLY | _OPEN_FLAGS)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(most_bytes + 1)
        finally:
            os.close(descriptor)
        self.discard(path)
        return data if len(data) <= most_bytes else None

    def discard(self, path: str) -> None:
        """Remove what lies at `path`, if it can be."""
        if self._process is not None:
            try:
                os.unlink(self._process.folder / Path(path).name)
            except OSError:  # a folder the kernel made in its place, or nothing: it ends with the kernel
                return
