"""The worker's loop: take requests, fork a kernel for each, hand signals on, report how each ended.

The grader talks to it over one inherited socket; each request brings the descriptor of another, over which all
about that kernel is said. A socket that closes means: end it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograder.engine.sandbox.allowance import Allowance, count_tasks
from autograder.engine.sandbox.control_group import ControlGroups
from autograder.engine.sandbox.enter import Plan, enter, fork
from autograder.engine.sandbox.first_process import FirstProcess
from autograder.engine.sandbox.isolation import Isolation, Way
from autograder.engine.sandbox.root import CHANNEL, needed_folders
from autograder.engine.sandbox.trial import FIRST_USER
from autograder.engine.worker import large_pages
from autograder.engine.worker.forked_kernel import KernelRequest, run_kernel
from autograder.engine.worker.messages import receive, send
from autograder.engine.worker.preload import check_fork_is_safe

_USERS = 5_000
_APART = 97
"""Workers on one machine begin this far apart: Linux counts a user's processes over all of them, fork bombs, too."""
_FEW_FORKS = 3
"""After so many it is a class that is graded, and large pages are worth the half second that they take."""


@dataclass
class _Running:
    """A kernel that was forked: its process, its socket, its control group, the first process of its namespace.

    With a first process it counts as ended when that has ended, and with it all that was in the namespace; until then
    `code` keeps how the kernel itself ended.
    """

    pid: int
    talk: socket.socket
    name: str
    has_group: bool
    first: FirstProcess | None = None
    code: int = 0


class Server:
    """Fork kernels on request until the grader's socket closes."""

    def __init__(
        self, grader: socket.socket, isolation: Isolation, groups: ControlGroups | None, mount_point: str
    ) -> None:
        self._grader = grader
        self._isolation = isolation
        self._groups = groups
        self._mount_point = mount_point
        self._readable = needed_folders()
        self._running: dict[int, _Running] = {}
        self._ending: dict[int, _Running] = {}
        self._empty_groups: set[str] = set()
        self._count = 0
        self._selector = selectors.DefaultSelector()
        self._bell_in, self._bell_out = socket.socketpair()

    def serve(self) -> None:
        """Run until the grader is gone, then end every kernel."""
        self._bell_in.setblocking(False)
        self._bell_out.setblocking(False)
        signal.set_wakeup_fd(self._bell_in.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._selector.register(self._bell_out, selectors.EVENT_READ, self._bury)
        self._selector.register(self._grader, selectors.EVENT_READ, self._fork)
        send(self._grader, {"ready": self._isolation.to_json()})
        while self._grader.fileno() >= 0:
            for key, _ in self._selector.select():
                key.data()
        for running in list(self._running.values()):
            self._end(running)
        self._bury()

    def _fork(self) -> None:
        received = receive(self._grader)
        if received is None:
            self._selector.unregister(self._grader)
            self._grader.close()
            return
        message, descriptor = received
        if descriptor is None:
            return
        talk = socket.socket(fileno=descriptor)
        try:
            check_fork_is_safe()
            self._count += 1
            plan = self._plan(message)
            pid, first = fork(plan)
        except Exception as error:  # whatever is wrong, the grader is told and the worker lives on
            with contextlib.suppress(OSError):
                send(talk, {"failed": f"{type(error).__name__}: {error}"})
            talk.close()
            return
        if pid == 0:
            self._become_kernel(plan, KernelRequest.from_json(message), talk)
        if self._count == _FEW_FORKS:
            large_pages.gather()
        running = _Running(pid, talk, plan.name, plan.groups is not None, first)
        self._running[pid] = running
        self._selector.register(talk, selectors.EVENT_READ, partial(self._listen, running))

    def _plan(self, message: dict[str, Any]) -> Plan:
        name = f"{os.getpid()}-{self._count}"
        allowance = Allowance(**message["allowance"])
        groups = self._groups
        if groups is not None:
            try:
                groups.create(name, allowance)
            except OSError:
                groups = None
        return Plan(
            way=self._isolation.way,
            allowance=allowance,
            mount_point=self._mount_point,
            files=message["files"],
            readable=self._readable,
            name=name,
            user=FIRST_USER + (os.getpid() * _APART + self._count) % _USERS,
            groups=groups,
            others=count_tasks() if self._isolation.way is Way.LIMITS else 0,
            channel=message["channel"],
        )

    def _become_kernel(self, plan: Plan, request: KernelRequest, talk: socket.socket) -> NoReturn:
        """Never come back: whatever happens in the child must not go on as a second worker."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            with contextlib.suppress(OSError):
                self._selector.close()
            keep_only(talk.fileno())
            channel = plan.channel if plan.way is Way.LIMITS else CHANNEL

            def announce(folder: int) -> None:
                send(talk, {"channel": channel}, folder)

            def is_ready() -> None:
                send(talk, {"kernel": "ready"})
                talk.close()

            enter(plan, announce, lambda: run_kernel(request, channel, is_ready))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        except BaseException as error:
            with contextlib.suppress(OSError):
                send(talk, {"failed": f"{type(error).__name__}: {error}"})
            with contextlib.suppress(OSError):
                os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)  # not sys.exit: finalising torch and the parent's exit handlers are not ours

    def _listen(self, running: _Running) -> None:
        received = receive(running.talk)
        if received is None:
            self._end(running)
            self._selector.unregister(running.talk)
            return
        number = received[0].get("signal")
        if number == signal.SIGKILL:
            self._end(running)
        elif isinstance(number, int) and running.pid in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, number)

    def _end(self, running: _Running) -> None:
        """Kill a kernel: its own or its monitor's death ends the namespace; without one, its process group."""
        if running.pid not in self._running:
            return
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(running.pid, signal.SIGKILL)

    def _bury(self) -> None:
        """Collect every process that ended, and report those that were kernels."""
        with contextlib.suppress(BlockingIOError):
            self._bell_out.recv(4096)
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if ended is None:
                break
            running = self._running.pop(ended.si_pid, None)
            if running is not None:  # its number is still its own, and nobody else's group is killed
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(running.pid, signal.SIGKILL)
            _, status = os.waitpid(ended.si_pid, 0)
            if running is not None:
                running.code = os.waitstatus_to_exitcode(status)
                if running.first is not None:
                    self._ending[running.first.pid] = running
                    running.first.kill()
                    continue
            running = running or self._ending.pop(ended.si_pid, None)
            if running is not None:
                self._report(running)
        self._kill_orphans()
        self._remove_groups()

    def _report(self, running: _Running) -> None:
        with contextlib.suppress(OSError):
            send(running.talk, {"ended": running.code})
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(running.talk)
        running.talk.close()
        if running.has_group:
            self._empty_groups.add(running.name)

    def _kill_orphans(self) -> None:
        """Kill what a kernel left behind: as its parent died, it became a child of the worker."""
        known = {running.first.pid for running in self._running.values() if running.first is not None}
        known |= self._running.keys() | self._ending.keys()
        for pid in _children():
            if pid not in known:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)

    def _remove_groups(self) -> None:
        if self._groups is not None:
            self._empty_groups = {name for name in self._empty_groups if not self._groups.remove(name)}


def _children() -> list[int]:
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(number) for number in path.read_text().split()]
    except OSError:
        return []


def keep_only(descriptor: int) -> None:
    """Close every descriptor but this one, and lead standard input, output and error nowhere."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 4096)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if nowhere > 2:
        os.close(nowhere)


def run_quietly(serve: Callable[[], None]) -> NoReturn:
    """Run the worker and end without finalising: its exit handlers are not worth the second they take."""
    code = 0
    try:
        serve()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        code = 1
    finally:
        os._exit(code)
