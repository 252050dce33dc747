"""Limit what all processes of a submission take together, where control groups may be made (version 1 or 2)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.engine.sandbox.allowance import Allowance

_MOUNTED = Path("/sys/fs/cgroup")
_PREFIX = "first-descent-"


@dataclass(frozen=True)
class ControlGroups:
    """The folders under which a group per submission is made: one (version 2) or one per controller (1)."""

    memory: Path
    processes: Path
    is_version_2: bool

    def folders(self, name: str) -> tuple[Path, ...]:
        """Return the folders of the group called `name`."""
        return tuple(dict.fromkeys((self.memory / f"{_PREFIX}{name}", self.processes / f"{_PREFIX}{name}")))

    def create(self, name: str, allowance: Allowance) -> None:
        """Make a group with the allowance's bounds.

        Raises OSError if the kernel refuses.
        """
        for folder in self.folders(name):
            folder.mkdir(exist_ok=True)
        memory, processes = self.memory / f"{_PREFIX}{name}", self.processes / f"{_PREFIX}{name}"
        bound = "memory.max" if self.is_version_2 else "memory.limit_in_bytes"
        (memory / bound).write_text(str(allowance.memory_bytes))
        # An ordinary user's monitor and first process of the namespace count too.
        (processes / "pids.max").write_text(str(allowance.processes + 2))
        if self.is_version_2:
            with contextlib.suppress(OSError):  # without swap accounting there is no such file
                (memory / "memory.swap.max").write_text("0")

    def enter(self, name: str) -> None:
        """Put the calling process into the group."""
        for folder in self.folders(name):
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self, name: str) -> bool:
        """Remove an empty group; False while a process is still ending in it."""
        gone = True
        for folder in self.folders(name):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                gone = False
        return gone


def find_control_groups(
    membership: str, own_processes: Mapping[int, int], mounted: Path = _MOUNTED
) -> ControlGroups | None:
    """Return where groups can be made, or None; `membership` is the text of /proc/self/cgroup.

    `own_processes` maps the grader's processes to their parents: with version 2 they are moved to a group of
    their own first, and only if nobody else's process is in the same group.
    """
    entries = [line.split(":", 2) for line in membership.splitlines() if line.count(":") >= 2]
    found: dict[str, Path] = {}
    for _, controllers, path in entries:
        for controller in ("memory", "pids"):
            folder = mounted / controller / path.lstrip("/")
            if controller in controllers.split(",") and os.access(folder, os.W_OK):
                found[controller] = folder
    if len(found) == 2:
        return ControlGroups(found["memory"], found["pids"], is_version_2=False)
    for number, _, path in entries:
        folder = mounted / path.lstrip("/")
        if number == "0" and os.access(folder / "cgroup.procs", os.W_OK) and _delegate(folder, own_processes):
            return ControlGroups(folder, folder, is_version_2=True)
    return None


def _delegate(folder: Path, own_processes: Mapping[int, int]) -> bool:
    """Hand the memory and pids controllers of a version 2 group down to the groups below it."""
    wanted = {"memory", "pids"}
    try:
        if wanted <= set((folder / "cgroup.subtree_control").read_text().split()):
            return True
        if not wanted <= set((folder / "cgroup.controllers").read_text().split()):
            return False
        present = {int(number) for number in (folder / "cgroup.procs").read_text().split()}
        if not present <= set(own_processes):
            return False
        leaf = folder / f"{_PREFIX}grader"
        leaf.mkdir(exist_ok=True)
        for number in present:
            (leaf / "cgroup.procs").write_text(str(number))
        (folder / "cgroup.subtree_control").write_text("+memory +pids")
    except (OSError, ValueError):
        return False
    return True
