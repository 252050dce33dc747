"""Fork a process, put it into its sandbox and run a kernel there.

Root forks the kernel into a process namespace that is there already (first_process.py). An ordinary user may make one
only as part of a user namespace, and three processes come of one fork: a monitor that stays outside and hands signals
in, the first process of the new process namespace (when it ends, Linux kills all that is in there), and the kernel.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from autograder.engine.sandbox import system_calls as linux
from autograder.engine.sandbox.allowance import Allowance, limit_process
from autograder.engine.sandbox.control_group import ControlGroups
from autograder.engine.sandbox.first_process import FirstProcess, fork_into_new_namespace
from autograder.engine.sandbox.isolation import Way
from autograder.engine.sandbox.root import Root, build_root
from autograder.engine.sandbox.seccomp import compile_filter, has_filter

STUDENT = 1000
"""The user a submission is inside its user namespace; outside it is the grader's own, without any privilege."""

_NEW = linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS


@dataclass(frozen=True)
class Plan:
    """How one kernel is to be kept apart.

    `user` is who it is on this machine when root makes the sandbox; `others` are tasks of the same user that a
    limit on processes counts where there are no namespaces; `channel` is the folder that is shared there.
    """

    way: Way
    allowance: Allowance
    mount_point: str
    files: str
    readable: tuple[str, ...]
    name: str
    user: int
    groups: ControlGroups | None = None
    others: int = 0
    channel: str = ""


def fork(plan: Plan) -> tuple[int, FirstProcess | None]:
    """Fork a process that will `enter` the sandbox of `plan`; return os.fork's number and its namespace's first one.

    Raises OSError where the machine refuses.
    """
    return fork_into_new_namespace() if plan.way is Way.ROOT else (os.fork(), None)


def enter(plan: Plan, announce: Callable[[int], None], body: Callable[[], None]) -> NoReturn:
    """Run `body` as `plan` says and end the process with its exit code.

    `announce` is given a descriptor of the channel folder, outside of the reach of `body`.

    Raises OSError where the machine refuses; the caller is then still outside and may say so.
    """
    linux.die_with_parent()
    if plan.groups is not None:
        plan.groups.enter(plan.name)
    if plan.way is Way.LIMITS:
        channel = os.open(plan.channel, os.O_RDONLY | os.O_DIRECTORY)
        announce(channel)
        os.close(channel)
        os.chdir(plan.files)
        _renounce(plan)
        body()
        os._exit(0)
    if plan.way is Way.ROOT:
        linux.unshare(_NEW)
        _settle(plan, announce)
        _renounce(plan)
        body()
        os._exit(0)
    _new_user_namespace()
    linux.unshare(_NEW | linux.CLONE_NEWPID)
    _forward_to(_fork(lambda: _first_process(plan, announce, body)))


def _new_user_namespace() -> None:
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{STUDENT} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{STUDENT} {group} 1")


def _first_process(plan: Plan, announce: Callable[[int], None], body: Callable[[], None]) -> NoReturn:
    """Be process 1 of the namespace: build the root, start the kernel, bury the dead, end with the kernel."""
    linux.die_with_parent()
    _settle(plan, announce)

    def kernel() -> NoReturn:
        _renounce(plan)
        body()
        os._exit(0)

    _forward_to(_fork(kernel), buries=True)


def _settle(plan: Plan, announce: Callable[[int], None]) -> None:
    """Make the new namespaces a place to be in: a root, a name, a loopback; say where its channel folder is."""
    linux.hide_memory()
    linux.raise_loopback()
    socket.sethostname("submission")
    user = STUDENT if plan.way is Way.USER_NAMESPACE else plan.user
    channel = build_root(Root(plan.mount_point, plan.files, plan.readable, user, user), plan.allowance)
    announce(channel)
    os.close(channel)


def _renounce(plan: Plan) -> None:
    """Give up what the kernel does not need: privileges, room, system calls."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    linux.bound_capabilities()
    if plan.way is Way.ROOT:
        os.setgroups([])
        os.setresgid(plan.user, plan.user, plan.user)
        os.setresuid(plan.user, plan.user, plan.user)
        linux.die_with_parent()  # another user's process is asked anew
    limit_process(plan.allowance, plan.others)
    linux.drop_capabilities()
    if has_filter(linux.machine()):
        linux.install_filter(compile_filter(linux.machine()))


def _fork(child: Callable[[], NoReturn]) -> int:
    number = os.fork()
    if number == 0:
        child()
    return number


def _forward_to(child: int, *, buries: bool = False) -> NoReturn:
    """Hand signals to `child` until it ends, then end with its exit code; with `buries`, wait for others too."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        os.kill(child, signal.SIGINT)

    def kill(number: int, frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, kill)
    while True:
        ended, status = os.waitpid(-1 if buries else child, 0)
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
