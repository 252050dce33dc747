"""A new process namespace without a copy of the worker in it: its first process is a shell that waits.

The first process of a namespace buries its orphans, and when it ends Linux kills all that is left. A fork of the worker
could do that, too, but copying and giving back its tables of 360 MB costs more than a kernel's other preparations.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass

from autograder.engine.sandbox import system_calls as linux

_SHELL = "/bin/sh"
_WAIT = "read line <&3 & wait $!"
"""A shell's `wait` collects every child that ends; the line never comes, but an end of the pipe does."""


@dataclass(frozen=True)
class FirstProcess:
    """The first process of a namespace, a child of this process; it ends when `line` is closed, however that comes."""

    pid: int
    line: int

    def kill(self) -> None:
        """End the namespace: everything in it is killed before this process counts as ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.close(self.line)


def fork_into_new_namespace() -> tuple[int, FirstProcess | None]:
    """Fork a process that is born into a new process namespace; the caller stays in its own.

    Returns os.fork's number and the namespace's first process: None in the child, which need not know it.

    Raises OSError where the machine refuses; the first process is then gone again.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    first = None
    number = -1
    try:
        linux.unshare(linux.CLONE_NEWPID)
        first = _start()
        number = os.fork()
        if number == 0:
            return 0, None
    finally:
        if number != 0:
            linux.join(own, linux.CLONE_NEWPID)
        if number < 0 and first is not None:
            first.kill()
            os.waitpid(first.pid, 0)
        os.close(own)
    return number, first


def _start() -> FirstProcess:
    end, line = os.pipe()
    try:
        pid = os.posix_spawn(
            _SHELL,
            ["sh", "-c", _WAIT],
            {},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, end, 3),
                *((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)),
            ],
            setpgroup=0,
            setsigmask=(),
        )
    except OSError:
        os.close(line)
        raise
    finally:
        os.close(end)
    return FirstProcess(pid, line)
