"""One notebook's run as a value that can travel: to another thread, or to another machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.engine.execute import Execution, Probe, data_files, execute
from autograder.engine.limits import Limits
from autograder.engine.worker.client import isolation_here
from autograder.errors import FolderError

MOST_FILE_BYTES = 200_000_000
"""More than this in one submission's data files is not sent to another machine."""


@dataclass(frozen=True)
class Task:
    """A notebook as text, what to ask it, how much it may take, and the data files it finds beside it, by path."""

    notebook: str
    probes: Mapping[str, Probe]
    limits: Limits
    files: Mapping[str, bytes]
    needs_sandbox: bool = False


def read_files(folders: Sequence[Path]) -> dict[str, bytes]:
    """Return the data files of `folders` by relative path, those of a later folder in place of an earlier one's.

    Raises FolderError if there is too much of them to send.
    """
    found = {name: path for folder in folders for name, path in data_files(folder)}
    size = sum(path.stat().st_size for path in found.values())
    if size > MOST_FILE_BYTES:
        raise FolderError(
            f"The data files in {folders[0]} take {size / 1e6:,.0f} MB.",
            f"At most {MOST_FILE_BYTES / 1e6:,.0f} MB are sent to a cluster: grade this one without --scheduler.",
        )
    return {name: path.read_bytes() for name, path in found.items()}


def run_task(task: Task) -> Execution:
    """Run the notebook here: by this process's own worker, in this machine's sandbox.

    Raises SandboxError if a sandbox is required and cannot be had here, RuntimeError if no kernel could be started.
    """
    if task.needs_sandbox:
        isolation_here().require()
    notebook = nbformat.reads(task.notebook, as_version=4)
    # A test cell that merely checks is not run: the judge's verdict takes the place of what it would show.
    return execute(notebook, task.probes, task.limits, files=task.files, skips_checks=True)
