"""The grader's hold on the worker: one per process, started when first needed, started anew if it died."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.isolation import UNISOLATED, Isolation, Way
from autograder.engine.worker.environment import worker_environment
from autograder.engine.worker.messages import receive, send

_START_SECONDS = 120.0
_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}


class WorkerError(RuntimeError):
    """The worker or one of its kernels could not be started; says why."""


class ForkedKernel:
    """A kernel that the worker forked: its connection, its channel folder, and whether it still runs."""

    def __init__(self, talk: socket.socket, channel: str, folder: int, key: str, litter: str = "") -> None:
        self._talk = talk
        self._litter = litter
        self._lock = threading.Lock()
        self._folder = folder
        self.channel = channel
        """The channel folder as the kernel sees it."""
        self.folder = Path(f"/proc/self/fd/{folder}")
        """The same folder as the grader sees it, though it lies in a file system of the kernel's own."""
        self.connection = {**connection(key), "ip": str(self.folder / "k")}
        self.exit_code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code (negative: a signal), or None while the kernel runs."""
        with self._lock:
            self._talk.settimeout(0)
            return self._read()

    def wait(self, seconds: float) -> int | None:
        """Wait for the kernel's end; return the exit code, or None if `seconds` passed before."""
        ends = time.monotonic() + seconds
        with self._lock:
            while self.exit_code is None and (left := ends - time.monotonic()) > 0:
                self._talk.settimeout(left)
                self._read()
            return self.exit_code

    def _read(self) -> int | None:
        while self.exit_code is None:
            try:
                received = receive(self._talk)
            except (TimeoutError, BlockingIOError):
                break
            except OSError:
                received = None
            if received is None:  # the worker is gone, and took its kernels with it
                self.exit_code = -signal.SIGKILL
            elif "ended" in received[0]:
                self.exit_code = int(received[0]["ended"])
        return self.exit_code

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel by way of its parent, who knows whether it still lives."""
        with contextlib.suppress(OSError):
            send(self._talk, {"signal": int(number)})

    def close(self) -> None:
        """Kill the kernel and let go of its folder; safe to call twice."""
        if self._folder < 0:
            return
        self.send_signal(signal.SIGKILL)
        self.wait(5)
        self._talk.close()
        os.close(self._folder)
        self._folder = -1
        if self._litter:
            shutil.rmtree(self._litter, ignore_errors=True)


class Worker:
    """A running worker process."""

    def __init__(self) -> None:
        self._mount_point = Path(tempfile.mkdtemp(prefix="first-descent-worker-"))
        self._log = self._mount_point.with_suffix(".log")
        self._lock = threading.Lock()
        self._isolation: Isolation | None = None
        self._grader, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.engine.worker", str(theirs.fileno()), str(self._mount_point)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=worker_environment(),
                cwd=self._mount_point,
                start_new_session=True,  # Ctrl-C is the grader's to hear
            )

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def isolation(self) -> Isolation:
        """Wait until the worker is ready and return how its kernels are kept apart.

        Raises WorkerError if it does not become ready.
        """
        with self._lock:
            if self._isolation is None:
                self._grader.settimeout(_START_SECONDS)
                try:
                    received = receive(self._grader)
                except TimeoutError:
                    received = None
                if received is None:
                    raise WorkerError(f"the worker did not start ({self._last_words()})")
                self._isolation = Isolation.from_json(received[0]["ready"])
            return self._isolation

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            if lines:
                return lines[-1][:300]
        return "it said nothing"

    def fork(
        self, files: Path, environment: dict[str, str], allowance: Allowance, output_bytes: int, seconds: float,
        key: str | None = None,
    ) -> ForkedKernel:  # fmt: skip
        """Start a kernel that sees copies of `files`, and wait until it listens.

        Raises WorkerError if it does not within `seconds`.
        """
        is_bare = self.isolation().way is Way.LIMITS
        litter = tempfile.mkdtemp(prefix="k", dir=self._mount_point) if is_bare else ""
        key = key or secrets.token_hex(32)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {
            "files": str(files.resolve()),
            "channel": litter,
            "environment": environment,
            "connection": connection(key),
            "allowance": allowance.to_json(),
            "output_bytes": output_bytes,
            "threads": 1,
        }
        try:
            with theirs, self._lock:
                send(self._grader, request, theirs.fileno())
            channel, folder = _await_kernel(ours, time.monotonic() + seconds)
        except OSError as error:
            ours.close()
            raise WorkerError(f"the worker is gone ({error})") from error
        except WorkerError:
            ours.close()
            raise
        return ForkedKernel(ours, channel, folder, key, litter)

    def close(self) -> None:
        """End the worker and all its kernels; safe to call twice."""
        self._grader.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._mount_point, ignore_errors=True)
        self._log.unlink(missing_ok=True)


def connection(key: str) -> dict[str, Any]:
    """Return a kernel's connection over Unix sockets, less the folder they lie in."""
    return {**_PORTS, "transport": "ipc", "key": key, "signature_scheme": "hmac-sha256", "kernel_name": "python3"}


def _await_kernel(talk: socket.socket, ends: float) -> tuple[str, int]:
    """Wait for the channel folder and the word that the kernel listens."""
    channel, folder = "", -1
    try:
        while True:
            talk.settimeout(max(ends - time.monotonic(), 0.001))
            received = receive(talk)
            if received is None:
                raise WorkerError("the worker ended while a kernel was starting")
            message, descriptor = received
            if descriptor is not None:
                channel, folder = str(message["channel"]), descriptor
            if "failed" in message:
                raise WorkerError(str(message["failed"]))
            if "ended" in message:
                raise WorkerError(f"the kernel ended with code {message['ended']} while it was starting")
            if message.get("kernel") == "ready" and folder >= 0:
                return channel, folder
    except TimeoutError as error:
        _drop(folder)
        raise WorkerError("the kernel was not ready in time") from error
    except BaseException:
        _drop(folder)
        raise


def _drop(folder: int) -> None:
    if folder >= 0:
        os.close(folder)


_shared: dict[int, Worker] = {}
_shared_lock = threading.Lock()


def shared_worker() -> Worker | None:
    """Return this process's worker, started if there is none; None where there can be none (not Linux).

    It is not waited for: importing takes seconds, which the caller may use.
    """
    if sys.platform != "linux":
        return None
    with _shared_lock:
        worker = _shared.get(os.getpid())
        if worker is None or not worker.is_alive():
            if worker is not None:
                worker.close()
            worker = _shared[os.getpid()] = Worker()
            atexit.register(worker.close)
        return worker


def isolation_here() -> Isolation:
    """Return how submissions are kept apart on this machine: waits for the worker."""
    worker = shared_worker()
    if worker is None:
        return Isolation(UNISOLATED.way, refused=f"{sys.platform} has no namespaces")
    try:
        return worker.isolation()
    except WorkerError as error:
        return Isolation(UNISOLATED.way, refused=str(error))
