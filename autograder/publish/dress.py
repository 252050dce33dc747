"""Make a notebook ready for the student repository: its address, its badges, and no link that leads nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

import nbformat
from nbformat import NotebookNode

from autograder.errors import PublishError
from autograder.publish.address import archive_address, badges
from autograder.rules.publishing import Publishing

_COURSE = re.compile(r'^COURSE = "[^"\n]*"', re.M)
_LINK = re.compile(r"\[([^\]\n]+)\]\((?![a-z]+:)([^)#\s]+\.ipynb)(#[^)\s]*)?\)")


def dress(notebook: NotebookNode, path: str, there: Collection[str], target: Publishing) -> NotebookNode:
    """Return a copy of `notebook` as it stands at `path` of the student repository.

    Args:
        notebook: a lecture, or an assignment as nbgrader releases it.
        path: its place in the student repository, with `/` between folders.
        there: the places of everything published.
        target: the repository; without one there are no badges and Colab gets no address.

    Raises:
        PublishError: it has no start cell, or no heading for the badges.
    """
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = _without_dead_links(cell.source, path, there)
    copy.metadata.pop("widgets", None)
    if target.repository:
        _tell_address(copy, path, archive_address(target))
        _put_badges(copy, path, badges(target, path))
    return copy


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return the notebook's file."""
    return f"{nbformat.writes(notebook)}\n".encode()


def _tell_address(notebook: NotebookNode, path: str, address: str) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and len(_COURSE.findall(cell.source)) == 1:
            cell.source = _COURSE.sub(lambda _: f'COURSE = "{address}"', cell.source)
            return
    raise PublishError(
        f"{path} has no start cell, so Colab could not find the course.",
        "Run `python tools/start_cells.py write` and `python tools/pairs.py sync`.",
    )


def _put_badges(notebook: NotebookNode, path: str, markdown: str) -> None:
    first = notebook.cells[0]
    heading, _, rest = str(first.source).partition("\n")
    if first.cell_type != "markdown" or not heading.startswith("# "):
        raise PublishError(f"{path} does not begin with a heading, so its badges have no place.", "Begin it `# Title`.")
    first.source = f"{heading}\n\n{markdown}\n\n{rest.lstrip()}".rstrip()


def _without_dead_links(text: str, path: str, there: Collection[str]) -> str:
    """Turn a link to a notebook that is not published into its words."""

    def mended(found: re.Match[str]) -> str:
        aim = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[2]))
        return found[0] if aim in there else f"{found[1]} (not handed out yet)"

    return _LINK.sub(mended, text)
