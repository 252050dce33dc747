"""Keep each notebook and its text twin saying the same.

    python tools/pairs.py check              exit 1 and name every pair that differs
    python tools/pairs.py sync               bring the older of each pair up to the newer
    python tools/pairs.py sync --from text   whatever the clock says, the text is right

A twin holds the cells, their metadata (nbgrader's too) and the kernel, not cell ids, outputs or attached
pictures: those are kept from the notebook wherever a cell can be recognised in it.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupytext.combine import combine_inputs_with_outputs
from jupytext.config import load_jupytext_config

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("lectures", "assignments")
FORMAT = {"extension": ".py", "format_name": "percent"}
Notebook = Any  # nbformat gives NotebookNode, a dict with attributes


@dataclass(frozen=True)
class Pair:
    """Hold the two files that should say the same; one of them may be missing."""

    notebook: Path
    text: Path

    @property
    def newer(self) -> str:
        """`"text"` or `"notebook"`, by the files' clocks; the one that exists if only one does."""
        if not self.text.exists():
            return "notebook"
        if not self.notebook.exists():
            return "text"
        return "text" if self.text.stat().st_mtime > self.notebook.stat().st_mtime else "notebook"


def find_pairs(root: Path) -> list[Pair]:
    """List every lecture and assignment notebook with its twin, and every twin with its notebook."""
    return sorted(
        {pair for kind in KINDS for pair in _pairs_of(root / "notebooks", kind)},
        key=lambda pair: pair.notebook,
    )


def _pairs_of(folder: Path, kind: str) -> Iterator[Pair]:
    texts = folder / "text"
    for notebook in (folder / kind).rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in notebook.parts:
            yield Pair(notebook, (texts / notebook.relative_to(folder)).with_suffix(".py"))
    for text in (texts / kind).rglob("*.py"):
        if ".ipynb_checkpoints" not in text.parts:
            yield Pair((folder / text.relative_to(texts)).with_suffix(".ipynb"), text)


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file."""
    return nbformat.read(path, as_version=4)


def read_text(path: Path) -> Notebook:
    """Read a text twin as a notebook without ids and outputs."""
    return jupytext.read(path, fmt=FORMAT, config=load_jupytext_config(str(path)))


def write_text(notebook: Notebook, path: Path) -> str:
    """Return the notebook as the text of its twin at `path`."""
    return str(jupytext.writes(notebook, fmt=FORMAT, config=load_jupytext_config(str(path))))


def compare(pair: Pair) -> list[str]:
    """Return the lines in which the twin differs from the notebook; empty when they agree."""
    stale = pair.text.read_text(encoding="utf-8").splitlines()
    fresh = write_text(read_notebook(pair.notebook), pair.text).splitlines()
    return list(difflib.unified_diff(stale, fresh, "the text", "the notebook", lineterm="", n=0))[2:]


def merge_text(text: Notebook, notebook: Notebook | None, name: str) -> Notebook:
    """Return the text's cells with the ids, outputs and attachments that the notebook has for them.

    A graded cell is recognised by its grade_id, any other by what it says or where it stands. A new cell
    gets an id made from `name` and its content, so that two people who sync get the same notebook.
    """
    merged = text if notebook is None else combine_inputs_with_outputs(text, notebook, FORMAT)
    old = {} if notebook is None else {_grade_id(cell): cell for cell in notebook.cells if _grade_id(cell)}
    known = set() if notebook is None else {cell.get("id") for cell in notebook.cells}
    graded = {cell.id for cell in old.values()}
    seen: set[str] = set()
    for cell in merged.cells:
        twin = old.get(_grade_id(cell))
        if twin is not None:
            cell.id = twin.id
            if "attachments" in twin and "attachments" not in cell:
                cell.attachments = twin.attachments
        elif cell.get("id") not in known or cell.id in graded or cell.id in seen:
            cell.id = _make_id(name, cell.source, seen)
        seen.add(cell.id)
    merged.nbformat, merged.nbformat_minor = 4, max(5, merged.nbformat_minor)
    merged.metadata.pop("jupytext", None)
    return merged


def _grade_id(cell: Notebook) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _make_id(name: str, source: str, seen: set[str]) -> str:
    salt = 0
    while (new := hashlib.sha256(f"{name}\0{salt}\0{source}".encode()).hexdigest()[:12]) in seen:
        salt += 1
    return new


def sync(pair: Pair, right: str) -> bool:
    """Make the pair agree, taking `right` ("text" or "notebook") as right; say whether a file changed."""
    if pair.text.exists() and pair.notebook.exists() and not compare(pair):
        return False
    if right == "notebook":
        pair.text.parent.mkdir(parents=True, exist_ok=True)
        pair.text.write_text(write_text(read_notebook(pair.notebook), pair.text), encoding="utf-8")
    else:
        before = read_notebook(pair.notebook) if pair.notebook.exists() else None
        merged = merge_text(read_text(pair.text), before, pair.notebook.stem)
        pair.notebook.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(merged, pair.notebook)
        # The text as the notebook would write it: a hand-typed twin may order its metadata otherwise.
        pair.text.write_text(write_text(read_notebook(pair.notebook), pair.text), encoding="utf-8")
    return True


def describe_trouble(pair: Pair, root: Path) -> str:
    """Say what is wrong with a pair and how to mend it; empty when nothing is."""
    notebook, text = pair.notebook.relative_to(root), pair.text.relative_to(root)
    mend = "Run `python tools/pairs.py sync`"
    if not pair.text.exists():
        return f"{notebook} has no text twin. {mend} to write {text}."
    if not pair.notebook.exists():
        return f"{text} has no notebook. {mend} to write {notebook}, or delete the text."
    if lines := compare(pair):
        shown = "\n    ".join(lines[:8]) + ("\n    …" if len(lines) > 8 else "")
        return f"{notebook} and {text} differ. {mend} (add `--from text` or `--from notebook`).\n    {shown}"
    return ""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("check", "sync"))
    parser.add_argument(
        "--from", dest="right", choices=("text", "notebook"), help="which side is right (sync)"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("only", nargs="*", help="parts of names: only the pairs that contain one of them")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    pairs = [
        pair
        for pair in find_pairs(root)
        if not options.only or any(part in str(pair.notebook) for part in options.only)
    ]
    if options.verb == "sync":
        changed = [pair for pair in pairs if sync(pair, options.right or pair.newer)]
        for pair in changed:
            print(f"brought into step: {pair.notebook.relative_to(root)}")
    troubles = [trouble for pair in pairs if (trouble := describe_trouble(pair, root))]
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    print(f"{len(pairs)} pairs, {len(pairs) - len(troubles)} in step")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
