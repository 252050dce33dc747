"""The machine: namespaces for the sandbox, control groups for limits, room on the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.doctor.finding import Finding, State
from autograder.engine.sandbox.isolation import Isolation, Way

NEEDED_DISK_GB = 2.0

# Run in a child process, which forks: what is tried is what grading does, by every way it knows.
_TRIAL = """
import json, tempfile
from autograder.engine.sandbox.trial import find_isolation
with tempfile.TemporaryDirectory() as folder:
    print(json.dumps(find_isolation(folder, None).to_json()))
"""


def look_at_sandbox() -> Finding:
    """Put a process into the sandbox that keeps students' code away from this machine's files and network."""
    name, weaker = "sandbox", "Grading works, with limits on time and memory only; --require-sandbox refuses it."
    if sys.platform != "linux":
        found = f"{sys.platform} has no namespaces: students' code can read your files"
        return Finding(name, State.WARN, found, weaker)
    tried = subprocess.run([sys.executable, "-P", "-c", _TRIAL], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        refused = (tried.stderr.strip().splitlines() or [f"exit code {tried.returncode}"])[-1]
    else:
        isolation = Isolation.from_json(json.loads(tried.stdout))
        if isolation.is_sandbox:
            who = "root" if isolation.way is Way.ROOT else "an ordinary user"
            return Finding(name, State.OK, f"a process was put into one, as {who}: {isolation.sentence}")
        refused = isolation.refused
    return Finding(
        name,
        State.WARN,
        f"no sandbox can be made ({refused}): students' code can read your files and reach the network",
        f"{weaker} As root: sysctl -w kernel.unprivileged_userns_clone=1 (Debian) or "
        "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu). In a container: allow user namespaces.",
    )


def look_at_control_groups() -> Finding:
    """Say whether a whole submission's memory can be limited, not only each of its processes."""
    name = "memory limits"
    if sys.platform != "linux":
        return Finding(
            name, State.WARN, f"{sys.platform} has no control groups", "Each process is limited instead."
        )
    membership = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    folder = find_control_group(membership, Path("/sys/fs/cgroup"))
    if folder is not None and os.access(folder, os.W_OK):
        return Finding(name, State.OK, f"control groups can be made in {folder}")
    return Finding(
        name,
        State.WARN,
        "no control group that may be written",
        "Each process is limited instead. For whole submissions: systemd-run --user --scope course grade …",
    )


def find_control_group(membership: str, mounted: Path) -> Path | None:
    """Find the memory control group named in the text of /proc/self/cgroup, of version 1 or 2 ('0::/…')."""
    entries = [line.split(":", 2) for line in membership.splitlines() if line.count(":") >= 2]
    for number, controllers, path in entries:
        if "memory" in controllers.split(",") and (mounted / "memory").is_dir():
            return mounted / "memory" / path.lstrip("/")
        if number == "0" and (mounted / "cgroup.controllers").is_file():
            return mounted / path.lstrip("/")
    return None


def look_at_disk(folder: Path) -> Finding:
    """Say how much room there is where the course lies."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    found = f"{free_gb:.1f} GB free at {folder}"
    if free_gb < NEEDED_DISK_GB:
        return Finding(
            "disk space", State.WARN, found, f"Make room: setting up takes about {NEEDED_DISK_GB:.0f} GB."
        )
    return Finding("disk space", State.OK, found)
