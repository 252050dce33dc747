"""Find out which way of keeping kernels apart this machine allows, by going it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import tempfile
from dataclasses import replace
from typing import NoReturn

from autograder.engine.sandbox import system_calls as linux
from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.control_group import ControlGroups
from autograder.engine.sandbox.enter import Plan, enter, fork
from autograder.engine.sandbox.isolation import Isolation, Way
from autograder.engine.sandbox.root import needed_folders
from autograder.engine.sandbox.seccomp import has_filter

_SECONDS = 20.0
_ALL_WELL = "all is well"

FIRST_USER = 60_000
"""Root's kernels run as users without a name from here on, each as another one."""


def find_isolation(mount_point: str, groups: ControlGroups | None) -> Isolation:
    """Try each way on a real child, best first, and return the first that holds."""
    ways = (Way.ROOT, Way.USER_NAMESPACE) if os.getuid() == 0 else (Way.USER_NAMESPACE,)
    found = Isolation(Way.LIMITS, has_filter(linux.machine()), groups is not None)
    for way in ways:
        refused = _try(way, mount_point)
        if not refused:
            return replace(found, way=way, refused="")
        found = replace(found, refused=refused)
    return found


def _try(way: Way, mount_point: str) -> str:
    """Enter a sandbox in a child and look around in it; return what was refused, or ""."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, tempfile.TemporaryDirectory() as nothing:
        plan = Plan(way, Allowance(), mount_point, nothing, needed_folders(), "trial", FIRST_USER)
        try:
            child, first = fork(plan)
        except OSError as error:
            theirs.close()
            return error.strerror or str(error)
        if child == 0:
            _report_from_inside(plan, theirs)
        theirs.close()
        ours.settimeout(_SECONDS)
        try:
            said = ours.recv(4096).decode(errors="replace")
        except OSError:
            said = ""
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if first is not None:
            first.kill()
            os.waitpid(first.pid, 0)
    if said == _ALL_WELL:
        return ""
    return said or "a process in a sandbox did not answer"


def _report_from_inside(plan: Plan, to: socket.socket) -> NoReturn:
    try:
        os.setsid()

        def report() -> None:
            to.send((_look_around() or _ALL_WELL).encode())

        enter(plan, lambda folder: None, report)
    except BaseException as error:
        words = error.strerror if isinstance(error, OSError) else str(error)
        with contextlib.suppress(OSError):
            to.send((words or type(error).__name__).encode()[:500])
    finally:
        os._exit(1)


def _look_around() -> str:
    """Return what can be seen or done in a sandbox that should not be, or ""."""
    if len([name for name in os.listdir("/proc") if name.isdigit()]) > 2:
        return "other processes can be seen"
    if os.path.exists("/etc/shadow") or os.access("/usr", os.W_OK):
        return "this machine's files can be seen or written"
    if len(socket.if_nameindex()) > 1:
        return "the network can be reached"
    return ""
