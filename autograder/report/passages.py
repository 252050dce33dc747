"""From a notebook to what is compared: the cells as tokens, without what two people may well write differently.

Of code, names of variables, comments, docstrings and layout are left out; of text, capital letters and signs. So a
copy stays a copy when its variables are renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from pygments.lexers import PythonLexer
from pygments.token import Token

from autograder.plain import plain

MOST_SOURCE = 20_000
"""Characters of a cell that are looked at."""
MOST_CELLS = 400
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LEXER = PythonLexer()


@dataclass(frozen=True)
class Piece:
    """One cell: where it stands (an exercise's name or "cell 14"), what was written, and its tokens."""

    place: str
    source: str
    tokens: tuple[str, ...]
    is_code: bool


def own_pieces(notebook: NotebookNode) -> tuple[Piece, ...]:
    """Return the cells that a student writes or adds; those that were locked are the course's."""
    return tuple(_pieces(notebook, is_own=True))


def all_pieces(notebook: NotebookNode) -> tuple[Piece, ...]:
    """Return every cell: of the course's own notebooks, which everybody has."""
    return tuple(_pieces(notebook, is_own=False))


def _pieces(notebook: NotebookNode, *, is_own: bool) -> Iterator[Piece]:
    for number, cell in enumerate(notebook.cells[:MOST_CELLS], start=1):
        about = _about(cell)
        is_code = cell.get("cell_type") == "code"
        if (is_own and about.get("locked")) or not (is_code or cell.get("cell_type") == "markdown"):
            continue
        source = cell.get("source")
        source = plain(source[:MOST_SOURCE]) if isinstance(source, str) else ""
        tokens = code_tokens(source) if is_code else words(source)
        if tokens:
            name = str(about.get("grade_id") or "").removesuffix("-answer")
            yield Piece(name or f"cell {number}", source, tokens, is_code)


def code_tokens(source: str) -> tuple[str, ...]:
    """Return Python code as tokens: every name of one's own is the same one; broken code has tokens, too."""
    found: list[str] = []
    for kind, text in _LEXER.get_tokens(source):
        if not text.strip() or kind in Token.Comment or kind in Token.Literal.String.Doc:
            continue
        if kind in Token.Literal.String:  # comes in several pieces: quotes, text, quotes
            if not found or found[-1] != "text":
                found.append("text")
        elif kind in Token.Name and kind not in Token.Name.Builtin and (not found or found[-1] != "."):
            found.append("name")
        else:
            found.append(text.strip())
    return tuple(found)


def words(source: str) -> tuple[str, ...]:
    """Return a text's words in small letters."""
    return tuple(_WORD.findall(source.casefold()))


def _about(cell: NotebookNode) -> dict[str, Any]:
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return about if isinstance(about, dict) else {}
