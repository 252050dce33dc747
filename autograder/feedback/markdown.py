"""Markdown cells as harmless HTML, formulas as MathML: no script, font or network is needed."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.clean import clean_html, clean_text

MOST_SOURCE = 20_000
MOST_FORMULA = 2_000
# Browsers draw letter shapes only by character: (first capital, first small letter, first digit) in Unicode.
_SHAPES = {"script": (0x1D4D0, 0x1D4EA, 0), "bold": (0x1D400, 0x1D41A, 0x1D7CE)}
_BOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))


def markdown(source: str, attachments: Any = None) -> Markup:
    """Return a markdown cell as HTML; what the renderer chokes on is shown as it was typed."""
    if len(source) > MOST_SOURCE:
        return clean_text(source)
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=_pictures(attachments))
    try:
        html = str(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # a stranger's text in a parser of many rules: the page appears, whatever it raises
        return clean_text(source)
    return clean_html(html)


def maths(latex: str, *, is_block: bool = False) -> str:
    """Return a formula as MathML, not cleaned yet, or its source where it cannot be read."""
    source = latex.strip()
    if 0 < len(source) <= MOST_FORMULA:
        try:
            return _letters(convert(source, display="block" if is_block else "inline"))
        except Exception:  # the library raises many kinds of errors, RecursionError among them
            pass
    return f"<code>{escape(source)}</code>"


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    def block_math(self, body: str) -> str:
        return maths(body, is_block=True)

    def inline_math(self, body: str) -> str:
        return maths(body)

    def latex_environment(self, name: str, body: str) -> str:
        return maths(f"\\begin{{{name}}}{body}\\end{{{name}}}", is_block=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("attachment:") and url.removeprefix("attachment:") not in self.attachments:
            return f"<em>[picture {escape(url.removeprefix('attachment:'))} is missing]</em>"
        return str(super().image(text, url, title))


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep of a cell's attachments what is a picture under a name."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        kinds = bundle if isinstance(bundle, dict) else {}
        found = {kind: str(kinds[kind]) for kind in ("image/png", "image/jpeg", "image/gif") if kind in kinds}
        if found:
            kept[str(name)] = found
    return kept


def _letters(mathml: str) -> str:
    """Write bold, script and blackboard letters as the characters they are; browsers ignore `mathvariant`."""

    def shaped(found: re.Match[str]) -> str:
        tag, shape, letter = found.groups()
        if shape == "double-struck":
            return f"<{tag}>{_BOARD.get(letter, letter)}</{tag}>"
        starts = _SHAPES.get(shape)
        for first, start in zip("Aa0", starts or (), strict=False):
            if start and ord(first) <= ord(letter) < ord(first) + (10 if first == "0" else 26):
                return f"<{tag}>{chr(start + ord(letter) - ord(first))}</{tag}>"
        return found[0]

    return re.sub(r'<(m[in]) mathvariant="([a-z-]+)">([A-Za-z0-9])</\1>', shaped, mathml)


def heading(source: str) -> tuple[str, str]:
    """Split a markdown cell into its first heading (or first words) as plain text, and the rest."""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("#"):
            return _bare(line.strip("# ")), "\n".join(lines[:number] + lines[number + 1 :]).strip()
    return _bare(source), source


def _bare(text: str) -> str:
    """Return the first words without markdown's marks."""
    words = " ".join(re.sub(r"[*`$]+", "", text[:500]).split())
    return (words if len(words) <= 70 else words[:69] + "…") or "Text"
