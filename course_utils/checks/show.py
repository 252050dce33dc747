"""Show a verdict: a small table in a notebook, the same words in a terminal."""

from __future__ import annotations

from html import escape

from course_utils.checks.verdict import CaseLine, Outcome, Verdict

# Okabe-Ito colours: told apart by colour-blind readers, and each comes with a sign and a word.
_LOOKS = {
    Outcome.PASSED: ("✓", "#007a5a", "right"),
    Outcome.FAILED: ("✗", "#b34700", "not yet"),
    Outcome.NOT_ATTEMPTED: ("○", "#5a5a5a", "not written yet"),
    Outcome.BLOCKED: ("⏸", "#5a5a5a", "waits for another exercise"),
    Outcome.NOT_OWN_WORK: ("⚠", "#8a6d00", "not your own work"),
    Outcome.RECORDED: ("●", "#0072b2", "recorded"),
    Outcome.BROKEN: ("!", "#5a5a5a", "our fault: tell your instructor"),
}


_CELL = "text-align:left;padding:2px 16px 2px 0"


def points(number: float) -> str:
    """Write points without a needless ".0"."""
    return f"{number:g}"


class VerdictView:
    """A verdict that shows itself in JupyterLab, Colab and a terminal."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __repr__(self) -> str:
        return as_text(self.verdict)

    def _repr_html_(self) -> str:
        return as_html(self.verdict)


def headline(verdict: Verdict) -> str:
    """Return the first line: exercise, outcome in words, points."""
    if verdict.outcome is Outcome.RECORDED:  # whether it earns its points is not known here
        return f"{verdict.exercise}: recorded ({points(verdict.max_points)} points, graded after you hand in)"
    word = _LOOKS[verdict.outcome][2]
    if verdict.on_completion and verdict.outcome is Outcome.PASSED:
        word = "done"
    elif verdict.outcome is Outcome.FAILED and not verdict.lines and not verdict.on_completion:
        word = "not right"  # a question has one answer and no cases, and was judged after it was handed in
    return (
        f"{verdict.exercise}: {word} "
        f"({points(verdict.points)} of {points(verdict.max_points)} points)"
    )


def as_text(verdict: Verdict) -> str:
    """Return the verdict for a terminal."""
    rows = [f"{_LOOKS[verdict.outcome][0]} {headline(verdict)}"]
    rows += [f"  {sentence}" for sentence in (verdict.idea, verdict.saw, verdict.look) if sentence]
    if verdict.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED):
        rows += [f"  {_line_text(line)}" for line in verdict.lines]
    if verdict.printed:
        rows += ["  your code printed:", *(f"  | {row}" for row in verdict.printed.splitlines()[:10])]
    rows += [f"  {row}" for row in verdict.figure_text.splitlines()]
    return "\n".join(rows)


def _line_text(line: CaseLine) -> str:
    label = f"hidden: {line.label}" if line.is_hidden else line.label
    if line.is_right:
        return f"✓ {label}"
    if not line.yours:
        return f"✗ {label}"
    return f"✗ {label}: yours {line.yours}" + (f", expected {line.expected}" if line.expected else "")


def as_html(verdict: Verdict) -> str:
    """Return the verdict for a notebook or a page: no script, no outside file, every text escaped."""
    sign, colour, _ = _LOOKS[verdict.outcome]
    body = [
        f'<div style="border-left:4px solid {colour};padding:4px 12px;margin:4px 0;max-width:52em;'
        'font-family:sans-serif;line-height:1.45">',
        f'<div style="font-weight:600"><span aria-hidden="true" style="color:{colour}">{sign}</span> '
        f"{escape(headline(verdict))}</div>",
    ]
    if verdict.idea:
        body.append(f"<div>{code_marks(verdict.idea)}</div>")
    for sentence in (verdict.saw, verdict.look):
        if sentence:
            body.append(f'<div style="margin-top:2px">{code_marks(sentence)}</div>')
    if verdict.lines and verdict.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.BLOCKED):
        body.append(_table(verdict))
    if verdict.printed:
        body.append(f"<pre>{escape(verdict.printed)}</pre>")
    if verdict.figure:
        body.append(verdict.figure)
    if verdict.figure_text:
        words = escape(verdict.figure_text)
        body.append(f"<details><summary>the drawing in words</summary><pre>{words}</pre></details>")
    body.append("</div>")
    return "".join(body)


def _table(verdict: Verdict) -> str:
    rows = "".join(_row(line) for line in verdict.lines)
    right = sum(line.is_right for line in verdict.lines)
    is_open = " open" if verdict.outcome is Outcome.FAILED else ""
    return (
        f"<details{is_open}><summary>{right} of {len(verdict.lines)} cases right</summary>"
        '<table style="text-align:left;margin:4px 0"><thead><tr><th scope="col"></th><th scope="col" '
        f'style="{_CELL}">case</th><th scope="col" style="{_CELL}">yours</th>'
        f'<th scope="col" style="{_CELL}">expected</th></tr></thead><tbody>{rows}</tbody></table>'
        "</details>"
    )


def _row(line: CaseLine) -> str:
    sign = "✓" if line.is_right else "✗"
    label = f"hidden: {line.label}" if line.is_hidden else line.label
    cells = "".join(
        f'<td style="{_CELL}">{escape(text)}</td>' for text in (label, line.yours, line.expected)
    )
    return f'<tr><td aria-label="{"right" if line.is_right else "not right"}">{sign}</td>{cells}</tr>'


def code_marks(text: str) -> str:
    """Escape a sentence for HTML and set what stands between backticks as code."""
    pieces = text.split("`")
    return "".join(
        f"<code>{escape(piece)}</code>" if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )
