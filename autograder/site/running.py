"""Run a lecture on a clean kernel, its figures still instead of live, and keep what it showed."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.errors import PublishError

MOST_SECONDS_A_CELL = 300


class Size(StrEnum):
    """The two sizes every lecture has."""

    STANDARD = "standard"
    TINY = "tiny"


def run_lecture(path: Path, size: Size, on_cell: Callable[[int, int], None]) -> NotebookNode:
    """Run a lecture where it lies and return it with its outputs; the file is not changed.

    Raises:
        PublishError: it is no notebook, or a cell raises, takes too long or ends the kernel.
    """
    notebook = read_notebook(path)
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    done = 0

    def count(**_: Any) -> None:
        nonlocal done
        done += 1
        on_cell(done, total)

    client = NotebookClient(
        notebook,
        timeout=MOST_SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=count,
    )
    wishes = {"FIRST_DESCENT_SIZE": str(size), "FIRST_DESCENT_WIDGETS": "static"}
    try:
        # What a kernel says on its own error stream is about ports and debuggers; a cell's warnings are outputs.
        asyncio.run(client.async_execute(env={**os.environ, **wishes}, stderr=subprocess.DEVNULL))
    except CellExecutionError as error:
        raise PublishError(
            f"{path.name} stops with {error.ename}: {error.evalue}", "Mend it, then build again."
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        said = str(error).splitlines()[0]
        raise PublishError(f"{path.name} does not come to its end: {said}", "Mend it, then build again.") from None
    return notebook


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises:
        PublishError: it cannot be read, or is no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0][:80]
        raise PublishError(f"{path} is not a notebook that can be read ({said}).", "Save it again.") from None
