"""Read a file's bytes as a notebook, mending what can be mended without touching a student's words."""

from __future__ import annotations

import codecs
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import nbformat
from nbformat.v4.rwbase import rejoin_lines

_KINDS = ("code", "markdown", "raw")
# How a file starts that is something else, and what to call it.
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip or an office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "a text document"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_BY_SUFFIX = {
    "py": "a Python script",
    "html": "a web page",
    "htm": "a web page",
    "pdf": "a PDF",
    "md": "a text",
    "txt": "a text",
    "csv": "a table",
    "docx": "an office document",
    "url": "a link",
    "webloc": "a link",
    "gdoc": "a link to Google Drive",
    "gsheet": "a link to Google Drive",
}
_ASK = "ask for the notebook itself (File > Download > .ipynb)"


@dataclass(frozen=True)
class NotebookFile:
    """A notebook (format 4, sources as text), or the `problem` in one sentence; `mended` lists repairs."""

    notebook: dict[str, Any] | None
    problem: str = ""
    mended: tuple[str, ...] = ()


def read_notebook(data: bytes, path: str) -> NotebookFile:
    """Read bytes as a notebook; never raises for what a file may hold."""
    file = read_plain(data, path)
    return file if file.notebook is None else replace(file, notebook=nbformat.from_dict(file.notebook))


def read_plain(data: bytes, path: str) -> NotebookFile:
    """Read bytes as a notebook of plain dicts, which takes half the time: enough for looking at it."""
    if not data:
        return NotebookFile(None, "The file is empty (0 bytes).")
    if not data.strip(b"\0 \t\r\n"):
        return NotebookFile(None, "The file holds nothing but blanks.")
    suffix = path.rsplit("/", 1)[-1].rsplit(".", 1)[-1].casefold()
    for start, what in _MAGIC:
        if data.startswith(start):
            return NotebookFile(None, f"The file is {what}, not a notebook: {_ask(suffix)}.")
    text, mended = _decoded(data)
    if not text.lstrip().startswith(("{", "[")):
        is_page = re.match(r"\s*<(?:!doctype|html|\?xml)", text, re.IGNORECASE) is not None
        what = "a web page" if is_page else _BY_SUFFIX.get(suffix, "no JSON")
        return NotebookFile(None, f"The file is {what}, not a notebook: {_ASK}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            raw = json.loads(text)
    except json.JSONDecodeError as error:
        return NotebookFile(None, _json_problem(text, error))
    except (ValueError, RecursionError, MemoryError):
        return NotebookFile(None, "The file is JSON that cannot be read: nested too deep, or a number too long.")
    return _as_notebook(raw, mended)


def _ask(suffix: str) -> str:
    return _ASK if suffix != "ipynb" else "it was only renamed to .ipynb; ask for the notebook itself"


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ("byte order mark taken off",)
    if data[1:2] == b"\0" or data[:1] == b"\0":
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return data.decode(encoding, errors="replace"), (f"read as {encoding}",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        if len(data) - error.start < 4:  # cut in the middle of the last character
            return data[: error.start].decode("utf-8"), ()
        return data.decode("cp1252", errors="replace"), ("was not UTF-8: read as Windows-1252",)


def _json_problem(text: str, error: json.JSONDecodeError) -> str:
    if re.search(r"^(?:<{7}|={7}|>{7})", text, re.MULTILINE):
        return f"The file holds git's conflict marks (line {error.lineno}), so it is no notebook any more."
    if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg:
        return f"The file breaks off in the middle (line {error.lineno}): it was cut short on the way."
    return f"The file is not valid JSON (line {error.lineno}: {error.msg}), so no notebook."


def _as_notebook(raw: Any, mended: tuple[str, ...]) -> NotebookFile:
    if not isinstance(raw, dict) or not ("cells" in raw or "worksheets" in raw):
        return NotebookFile(None, f"The file is JSON but not a notebook: {_ASK}.")
    version = raw.get("nbformat", 4)
    if isinstance(version, bool) or not isinstance(version, int) or version > 4:
        return NotebookFile(None, f"The notebook's format is {version!r}; this kit reads formats 3 and 4.")
    if "nbformat" not in raw:
        mended = (*mended, "format number put in")
    notes = list(mended)
    if version < 4 or "cells" not in raw:
        try:
            raw = nbformat.convert(nbformat.from_dict({**raw, "nbformat": min(version, 3)}), 4)
        except Exception as error:  # nbformat's converters trust what they read, so anything can be raised
            return NotebookFile(None, f"The notebook's format {version} could not be brought to 4 ({error}).")
        notes.append(f"brought from notebook format {version} to 4")
    cells = raw["cells"]
    if not isinstance(cells, list):
        return NotebookFile(None, f"The file is JSON but not a notebook: {_ASK}.")
    kept = [_cell(cell, place, notes) for place, cell in enumerate(cells, start=1)]
    notebook = {
        **{key: raw[key] for key in raw if key not in ("cells", "metadata", "nbformat", "nbformat_minor")},
        "cells": [cell for cell in kept if cell is not None],
        "metadata": raw["metadata"] if isinstance(raw.get("metadata"), Mapping) else {},
        "nbformat": 4,
        "nbformat_minor": _minor(raw.get("nbformat_minor")),
    }
    if not notebook["cells"]:
        return NotebookFile(None, "The notebook has no cells.", tuple(notes))
    return NotebookFile(notebook, "", tuple(notes))


def _minor(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _cell(cell: object, place: int, notes: list[str]) -> dict[str, Any] | None:
    """Bring one cell into shape; a thing that is no cell at all is left out, with a note."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in _KINDS:
        notes.append(f"cell {place} is no cell and was left out")
        return None
    mended = dict(cell)
    if not isinstance(cell.get("metadata"), dict):
        mended["metadata"] = {}
        notes.append(f"cell {place}: metadata put in")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(str(piece) for piece in source)
    if not isinstance(source, str):
        source = ""
        notes.append(f"cell {place}: source was no text")
    mended["source"] = _writable(source)
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs")
        sound = [output for output in outputs if _is_output(output)] if isinstance(outputs, list) else []
        if not isinstance(outputs, list) or len(sound) != len(outputs):
            notes.append(f"cell {place}: broken outputs left out")
        mended["outputs"] = _rejoined(sound) if sound else []
        count = cell.get("execution_count")
        mended["execution_count"] = count if isinstance(count, int) and not isinstance(count, bool) else None
    else:
        for key in ("outputs", "execution_count"):
            mended.pop(key, None)
    return mended


def _writable(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _is_output(output: object) -> bool:
    if not isinstance(output, dict):
        return False
    kind = output.get("output_type")
    if kind == "stream":
        return isinstance(output.get("name"), str) and isinstance(output.get("text"), str | list)
    if kind == "error":
        return all(key in output for key in ("ename", "evalue", "traceback"))
    return kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict)


def _rejoined(outputs: list[dict[str, Any]]) -> list[Any]:
    cell = nbformat.from_dict({"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]})
    try:
        return list(rejoin_lines(cell).cells[0].outputs)
    except (AttributeError, TypeError, KeyError):
        return []
