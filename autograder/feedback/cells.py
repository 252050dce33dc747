"""From a graded notebook to the blocks of a page: what was given, what was written, what came of it.

What a test cell holds is never shown: there may be hidden tests in it. Its verdict is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from html import escape
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from autograder.feedback.clean import clean_figure, clean_text, left_out
from autograder.feedback.markdown import heading, markdown
from autograder.feedback.outputs import show_outputs
from autograder.plain import plain
from autograder.receipts import Comment, Line, Receipt
from course_utils.checks.show import as_html
from course_utils.checks.verdict import CaseLine, Verdict

MOST_CODE = 30_000
MOST_COMMENT = 10_000
_HIDDEN = "BEGIN HIDDEN TESTS"


_NOTHING = Markup("")


class BlockKind(StrEnum):
    """What a block of the page is."""

    GIVEN_TEXT = "given text"
    GIVEN_CODE = "given code"
    OWN = "own"
    EXERCISE = "exercise"


@dataclass(frozen=True)
class Block:
    """One block of the page. `title` is the heading of a folded block; `verdict` stands beside the answer.

    `exercise` is what a block belongs to; "" where it belongs to none.
    """

    kind: BlockKind
    html: Markup
    title: str = ""
    exercise: str = ""
    verdict: Markup = _NOTHING
    line: Line | None = None


def blocks(notebook: NotebookNode, receipt: Receipt, given: Set[str] = frozenset()) -> tuple[Block, ...]:
    """Return the page's blocks in the notebook's order; a verdict whose cell is gone stands at the end.

    `given` holds the code of cells that were handed out: one that is still as it was is no work of the student's.
    """
    lines = {line.exercise: line for line in receipt.lines}
    said = {comment.cell: show_comment(comment) for comment in receipt.comments}
    made = tuple(_join(list(_cells(notebook, lines, said, given))))
    shown = {block.exercise for block in made if block.line is not None}
    nothing = left_out("The cell of this exercise is not in the notebook.")
    lost = (
        Block(BlockKind.EXERCISE, nothing, exercise=name, verdict=_verdict(line, None), line=line)
        for name, line in lines.items()
        if name not in shown
    )
    return (*made, *lost)


def unplaced(notebook: NotebookNode | None, receipt: Receipt) -> tuple[Comment, ...]:
    """Return the comments on cells that the notebook does not have."""
    cells = notebook.cells if notebook is not None else ()
    present = {str(_about(cell).get("grade_id", "")) for cell in cells}
    return tuple(comment for comment in receipt.comments if comment.cell not in present)


def show_comment(comment: Comment) -> Markup:
    """Return a comment as it was typed: nothing in it is markup."""
    who = "Your instructor writes" if comment.is_by_person else "Noted in grading"
    text = escape(plain(comment.text)[:MOST_COMMENT])
    return Markup(f'<div class="comment"><b>{who}:</b> <span>{text}</span></div>')


def _cells(
    notebook: NotebookNode, lines: dict[str, Line], said: dict[str, Markup], given: Set[str]
) -> Iterator[Block]:
    for number, cell in enumerate(notebook.cells, start=1):
        about = _about(cell)
        name = str(about.get("grade_id", ""))
        if about.get("grade"):
            line = lines.get(name, Line(name, None, 0.0))
            own = (_own(cell) if about.get("solution") else Markup("")) + said.get(name, _NOTHING)
            yield Block(BlockKind.EXERCISE, own, exercise=name, verdict=_verdict(line, cell), line=line)
        elif about.get("locked"):
            yield _given(cell)
        elif cell.source.strip() or cell.get("outputs"):
            exercise = name.removesuffix("-answer") if about.get("solution") else ""
            shown = _unchanged(cell) if not about and _is_given(cell, given) else _own(cell)
            html = Markup(f'<div id="cell-{number}">') + shown + said.get(name, _NOTHING) + Markup("</div>")
            yield Block(BlockKind.OWN, html, exercise=exercise)


def _join(cells: Sequence[Block]) -> Iterator[Block]:
    """Put an answer, and what the student wrote between it and its check, beside the verdict."""
    waiting: list[Block] = []
    for block in cells:
        if block.kind is BlockKind.EXERCISE and waiting and waiting[0].exercise == block.exercise:
            html = Markup("\n").join([*(each.html for each in waiting), block.html])
            waiting = []
            yield replace(block, html=html)
        elif block.kind is BlockKind.OWN and (block.exercise or waiting):
            if block.exercise:
                yield from waiting
                waiting = []
            waiting.append(block)
        else:
            yield from waiting
            waiting = []
            yield block
    yield from waiting


def _given(cell: NotebookNode) -> Block:
    if cell.cell_type == "markdown":
        title, rest = heading(cell.source)
        name = str(_about(cell).get("grade_id", ""))
        exercise = name.removesuffix("-text") if name.endswith("-text") else ""
        return Block(BlockKind.GIVEN_TEXT, markdown(rest, cell.get("attachments")), title=title, exercise=exercise)
    return Block(BlockKind.GIVEN_CODE, _own(cell), title="Code that was given")


def _is_given(cell: NotebookNode, given: Set[str]) -> bool:
    return cell.cell_type == "code" and cell.source.strip() in given


def _own(cell: NotebookNode) -> Markup:
    """Return a cell's source and outputs."""
    if cell.cell_type == "markdown":
        text = markdown(cell.source, cell.get("attachments"))
        return Markup('<div class="text">') + (text or left_out("An empty text cell.")) + Markup("</div>")
    return code(cell.source) + _outputs(cell) if cell.cell_type == "code" else clean_text(cell.source)


def _unchanged(cell: NotebookNode) -> Markup:
    """Return code that was handed out, folded, and what it showed."""
    fold = Markup('<details class="given code-given"><summary>Code that was given</summary>')
    return fold + code(cell.source) + Markup("</details>") + _outputs(cell)


def _outputs(cell: NotebookNode) -> Markup:
    shown = show_outputs(cell.get("outputs") or ())
    return Markup('<div class="output">') + shown + Markup("</div>") if shown else _NOTHING


def code(source: str) -> Markup:
    """Return Python code in colours; what is too long is cut with a word."""
    source = plain(source)
    if not source.strip():
        return left_out("This cell is empty.")
    more = len(source) - MOST_CODE
    note = left_out(f"{more:,} more characters are left out here.") if more > 0 else ""
    html = highlight(source[:MOST_CODE], get_lexer_by_name("python"), HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code" tabindex="0"><code>{html.rstrip()}</code></pre>{note}')


@cache
def code_colours() -> Markup:
    """Return the style sheet for code: one for light pages and paper, one for dark ones."""
    light = HtmlFormatter(style="default").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".code")
    return Markup(f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")


def _verdict(line: Line, cell: NotebookNode | None) -> Markup:
    if line.verdict is None:
        return _classic(line, cell)
    return Markup(as_html(harmless(line.verdict)))


def harmless(verdict: Verdict) -> Verdict:
    """Return the verdict with every text of it fit for a page: it quotes what the student's code said."""
    # An answer that never came gives a table of nothing but crosses.
    # A single line is a question with one answer: the headline has said it.
    has_news = len(verdict.lines) > 1 and any(line.is_right or line.yours for line in verdict.lines)
    return replace(
        verdict,
        saw=plain(verdict.saw),
        idea=plain(verdict.idea),
        look=plain(verdict.look),
        printed=plain(verdict.printed)[:4_000],
        figure=str(clean_figure(verdict.figure)) if verdict.figure else "",
        figure_text=plain(verdict.figure_text),
        lines=tuple(_harmless_line(line) for line in verdict.lines) if has_news else (),
    )


def _harmless_line(line: CaseLine) -> CaseLine:
    """Return the line without what a hidden case was called with or should have given."""
    if line.is_hidden:
        return replace(line, label=plain(line.label), yours="", expected="")
    yours, expected = plain(line.yours)[:500], plain(line.expected)[:500]
    return replace(line, label=plain(line.label), yours=yours, expected=expected)


def _classic(line: Line, cell: NotebookNode | None) -> Markup:
    """Say what came of a cell without a verdict: tests of nbgrader's own kind, or a text graded by hand."""
    if cell is None or _about(cell).get("solution") or cell.cell_type != "code":
        return Markup(f'<p class="by-hand">{escape(line.rule)}</p>')
    error = next((each for each in cell.get("outputs") or () if each.get("output_type") == "error"), None)
    if error is None:
        return Markup('<p class="by-hand">The tests of this exercise passed.</p>')
    said = "" if _HIDDEN in cell.source else f": {plain(str(error.get('evalue', '')))[:300]}"
    name = plain(str(error.get("ename", "an error")))[:80]
    return Markup(f'<p class="by-hand">The tests of this exercise stopped with {escape(name + said)}.</p>')


def _about(cell: NotebookNode) -> dict[str, Any]:
    about = cell.metadata.get("nbgrader", {})
    return about if isinstance(about, dict) else {}
