"""What the site knows of a lecture: its title, length, objectives, sections, and its cells as HTML."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup
from nbformat import NotebookNode

from autograder.rules.publishing import Publishing
from autograder.site.outputs import show_outputs
from autograder.site.running import read_notebook
from autograder.site.text import Section, TextPage, code

_MINUTES = re.compile(r"\*About (\d+) minutes\.\s*(.*?)\*", re.S)
_OBJECTIVES = re.compile(r"^## What you will be able to do\n+(.*?)(?=^## |\Z)", re.M | re.S)
_FOLDED = "source_hidden"
_NOTHING = Markup("")


@dataclass(frozen=True)
class Lecture:
    """A lecture of the site; `body` and `sections` are empty until it has been run."""

    stem: str
    title: str
    minutes: str
    needs: str
    objectives: tuple[Markup, ...]
    sections: tuple[Section, ...] = ()
    body: Markup = _NOTHING


def read_lecture(path: Path) -> Lecture:
    """Read what a lecture says of itself.

    Raises:
        PublishError: it is no notebook.
    """
    cells = read_notebook(path).cells
    text = "\n\n".join(str(cell.source) for cell in cells if cell.cell_type == "markdown")
    heading = next((line for line in text.splitlines() if line.startswith("# ")), f"# {path.stem}")
    said = _MINUTES.search(text)
    goals = _OBJECTIVES.search(text)
    listed = re.findall(r"^\d+\. (.*?)(?=\n\d+\. |\Z)", goals[1].strip(), re.M | re.S) if goals else []
    page = TextPage()
    return Lecture(
        path.stem,
        heading.removeprefix("# ").strip(),
        said[1] if said else "",
        said[2].strip() if said else "",
        tuple(page.inline(" ".join(each.split())) for each in listed),
    )


def with_body(lecture: Lecture, notebook: NotebookNode, known: Collection[str], target: Publishing) -> Lecture:
    """Return the lecture with its cells rendered.

    Args:
        lecture: what it says of itself.
        notebook: the same lecture, run.
        known: the lectures on the site: links to them lead to their pages.
        target: the student repository: links to assignments lead there if there is one.
    """
    page = TextPage(known, target)
    blocks = [_cell(cell, page) for cell in notebook.cells]
    return replace(lecture, body=Markup("\n").join(blocks), sections=tuple(page.sections))


def _cell(cell: NotebookNode, page: TextPage) -> Markup:
    source = str(cell.source)
    if cell.cell_type == "markdown":
        return Markup('<div class="text">') + page.render(source, cell.get("attachments")) + Markup("</div>")
    if cell.cell_type != "code":
        return Markup("")
    if "describe_start(" in source:
        return _NOTHING  # the start cell finds the course; a page has no need of it
    shown = show_outputs(cell.get("outputs") or (), page)
    listing = code(source) if source.strip() else _NOTHING
    if cell.metadata.get("jupyter", {}).get(_FOLDED):
        listing = Markup(f'<details class="folded"><summary>the code of this cell</summary>{listing}</details>')
    return Markup('<div class="cell">') + listing + shown + Markup("</div>")
