"""How much one submission may take of this machine."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MIB = 1024**2


@dataclass(frozen=True)
class Allowance:
    """Bounds on all that a submission's processes take together, or each where no control group can be made.

    `disk_bytes` bounds each of its private folders, `memory_bytes` what is taken beyond the loaded libraries.
    """

    memory_bytes: int = 3 * 1024 * MIB
    processes: int = 96
    disk_bytes: int = 64 * MIB
    file_bytes: int = 64 * MIB
    open_files: int = 512
    cpu_seconds: int = 900

    def to_json(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def limit_process(allowance: Allowance, others: int = 0) -> None:
    """Set this process's resource limits, which its children inherit; never raises one that is lower.

    `others` is how many processes and threads of the same user count already (see `count_tasks`).
    """
    import resource

    pages = 0
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_AS": pages * resource.getpagesize() + allowance.memory_bytes,
        "RLIMIT_FSIZE": allowance.file_bytes,
        "RLIMIT_NOFILE": allowance.open_files,
        "RLIMIT_CPU": allowance.cpu_seconds,
        "RLIMIT_NPROC": allowance.processes + others,
    }
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, hard = resource.getrlimit(number)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (most, most))


def count_tasks() -> int:
    """Count the processes and threads that this user runs on this machine, as RLIMIT_NPROC does."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                count += len(os.listdir(folder))
    return count
