"""Run a grading command and measure it: seconds on the clock, seconds of all its processors, memory at its most."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from grading_class import SCRIPTS, environment

_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds on the clock, computed seconds with those of its children, MB at its most.

    `computed` is nan where no control group tells it: the processes of a sandbox are in no other account when they
    end. `worker_mb` is the memory of its largest child: the warm worker, which kernels are forked from.
    """

    seconds: float
    computed: float
    most_mb: float
    worker_mb: float


def measure(root: Path, *words: str) -> Cost:
    """Run a command in the course folder; end with its words if it fails."""
    group = ProcessorGroup()
    # What it prints goes into a file: a full pipe would hold it up.
    with group, (root / "command.log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(SCRIPTS / words[0]), *words[1:]],
            cwd=root, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=group.enter,
        )  # fmt: skip
        most = _Most(process.pid)
        most.start()
        status = process.wait()
        seconds = time.perf_counter() - started
        computed = group.seconds()
        most.is_over.set()
        most.join()
    if status:
        sys.exit(f"{' '.join(words)} failed in {root}:\n{(root / 'command.log').read_text()[-3000:]}")
    return Cost(seconds, computed, most.own, most.childs)


class ProcessorGroup:
    """A control group that counts the processor time of all that a command starts, sandboxes and all."""

    def __init__(self) -> None:
        self._folder = Path("/sys/fs/cgroup/cpuacct") / f"first-descent-benchmark-{os.getpid()}"

    def __enter__(self) -> ProcessorGroup:
        with contextlib.suppress(OSError):
            self._folder.mkdir()
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._folder.rmdir()

    def enter(self) -> None:
        """Put this process in; where there are no groups (version 1) it stays where it is."""
        with contextlib.suppress(OSError):
            (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """Return what its processes have computed."""
        try:
            return int((self._folder / "cpuacct.usage").read_text()) / 1e9
        except OSError:
            return math.nan


class _Most(threading.Thread):
    """Watches a process's high-water mark of memory, as Linux keeps it, and that of its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.own = self.childs = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.is_over.wait(_LOOK_SECONDS):
            self.own = max(self.own, _high_water(self._pid))
            self.childs = max([self.childs, *(_high_water(child) for child in _children(self._pid))])


def _high_water(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
