"""Build the demo's inbox: what a downloads folder looks like at the end of the last day."""

from __future__ import annotations

import copy
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.demo.answers import LOOPS, RIGHT, WRONG
from autograder.demo.people import CLASS, Pupil

Change = Callable[[NotebookNode], None]


def fill_inbox(inbox: Path, released: NotebookNode, deadline: datetime) -> list[Path]:
    """Write the class's files into `inbox` and return them; a file that is there already is left alone.

    `deadline` is a moment with its zone: the files' time stamps lie around it.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    written = []
    for pupil in CLASS:
        data = _as_saved(submission_of(pupil, released))
        moment = deadline + timedelta(days=pupil.late_days)
        if pupil.zipped:
            written.append(_put(inbox / "section-b.zip", _zip(pupil.file_name, data, moment), moment))
        else:
            written.append(_put(inbox / pupil.file_name, data, moment))
    return written + _strays(inbox, released, deadline)


def submission_of(pupil: Pupil, released: NotebookNode) -> NotebookNode:
    """Return the notebook a pupil hands in, made from the released one."""
    notebook = copy.deepcopy(released)
    answers = dict(RIGHT)
    for kind in pupil.work:
        answers |= LOOPS if kind == "loops" else WRONG[kind]
    for cell in notebook.cells:
        name = str(cell.metadata.get("nbgrader", {}).get("grade_id", "")).removesuffix("-answer")
        if cell.metadata.get("nbgrader", {}).get("solution") and answers.get(name):
            cell.source = answers[name]
    _sign(notebook, pupil)
    if pupil.accident:
        _ACCIDENTS[pupil.accident](notebook)
    return notebook


def _as_saved(notebook: NotebookNode) -> bytes:
    """Return the notebook's file as an editor leaves it, copied cell ids and all: nbformat would mend these."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8")


def _sign(notebook: NotebookNode, pupil: Pupil) -> None:
    """Write the student's name where the notebook asks for it, unless this one forgot."""
    head = notebook.cells[0]
    if pupil.header != "none":
        head.source = head.source.replace("**Name:**", f"**Name:** {pupil.name}")


def _copied_and_deleted_cells(notebook: NotebookNode) -> None:
    """A cell copied with everything in its metadata, and one test cell thrown away."""
    place = _place(notebook, "mse-answer")
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))
    del notebook.cells[_place(notebook, "rmse")]


def _endless_cell(notebook: NotebookNode) -> None:
    notebook.cells.insert(_place(notebook, "mae-text"), new_code_cell("i = 0\nwhile True:\n    i = i + 1"))


def _printed_flood(notebook: NotebookNode) -> None:
    cell = new_code_cell("for i in range(200_000):\n    print('still here', i, 'x' * 60)")
    notebook.cells.insert(_place(notebook, "sse-text"), cell)


_ACCIDENTS: dict[str, Change] = {
    "copied_and_deleted_cells": _copied_and_deleted_cells,
    "endless_cell": _endless_cell,
    "printed_flood": _printed_flood,
}


def _place(notebook: NotebookNode, grade_id: str) -> int:
    for place, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return place
    raise LookupError(f"the released notebook has no cell {grade_id}")


def _strays(inbox: Path, released: NotebookNode, deadline: datetime) -> list[Path]:
    """Files that are nobody's work, nobody's for certain, or not work at all."""
    before, after = deadline - timedelta(days=2), deadline + timedelta(hours=3)
    nameless = _as_saved(released)
    unfinished = replace(CLASS[1], work=("no bias", "unfinished"))
    early = _as_saved(submission_of(unfinished, released))
    return [
        # José handed in an earlier version two days before: the later one counts.
        _put(inbox / "JoséÁngel_GarcíaMárquez_hw1 (1).ipynb", early, before),
        _put(inbox / "Zoë_Müller_hw1 (1).ipynb", b"", after),
        _put(inbox / "Wei_Zhang_hw1.ipynb", b"%PDF-1.4 homework one, printed from the browser", after),
        _put(inbox / "Kwame_Mensah_hw2.ipynb", nameless, after),
        _put(inbox / "homework final FINAL.ipynb", nameless, before),
        _put(inbox / ".DS_Store", b"\x00\x00\x00\x01Bud1", before),
    ]


def _zip(name: str, data: bytes, moment: datetime) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"section-b/{name}", moment.timetuple()[:6]), data)
    return stream.getvalue()


def _put(path: Path, data: bytes, moment: datetime) -> Path:
    if not path.exists():
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_bytes(data)
        os.utime(fresh, (moment.timestamp(), moment.timestamp()))
        os.replace(fresh, path)
    return path
