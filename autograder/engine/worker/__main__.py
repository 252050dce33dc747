"""`python -m autograder.engine.worker SOCKET MOUNT_POINT`: started by the grader, not by hand."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from autograder.engine.sandbox import system_calls as linux
from autograder.engine.sandbox.control_group import find_control_groups
from autograder.engine.sandbox.trial import find_isolation
from autograder.engine.worker.preload import preload
from autograder.engine.worker.server import Server, run_quietly
from autograder.quick_start import ADDRESS_GRAMMARS, DEBUGGER, leaving_out


def main() -> None:
    """Load everything, find out how kernels can be kept apart, and serve."""
    descriptor, mount_point = int(sys.argv[1]), sys.argv[2]
    linux.adopt_orphans()
    with leaving_out(ADDRESS_GRAMMARS, DEBUGGER):
        preload()
    membership = Path("/proc/self/cgroup").read_text(encoding="ascii")
    groups = find_control_groups(membership, {os.getpid(): os.getppid(), os.getppid(): 1})
    isolation = find_isolation(mount_point, groups)
    with socket.socket(fileno=descriptor) as grader:
        Server(grader, isolation, groups, mount_point).serve()


run_quietly(main)
