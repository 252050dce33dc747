"""What a cell showed, as harmless HTML: the richest form that is safe, each capped, never more than a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from autograder.engine.faults import FaultKind
from autograder.feedback.clean import clean_html, clean_text, left_out, picture
from autograder.feedback.markdown import markdown
from autograder.plain import one_line

MOST_OUTPUTS = 20
MOST_BYTES = 6_000_000
"""Of one cell's outputs as HTML: pictures count as they stand in the page."""
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")


def show_outputs(outputs: Iterable[Any]) -> Markup:
    """Return a cell's outputs for a page."""
    shown: list[Markup] = []
    room = MOST_BYTES
    listed = list(outputs)
    for number, output in enumerate(listed):
        if number >= MOST_OUTPUTS or room <= 0:
            shown.append(left_out(f"{len(listed) - number} more outputs are left out here."))
            break
        html = _show(output)
        room -= len(html)
        shown.append(html)
    return Markup("\n").join(each for each in shown if each)


def _show(output: Mapping[str, Any]) -> Markup:
    kind = output.get("output_type")
    if kind == "stream":
        return clean_text(_text(output.get("text")))
    if kind == "error":
        return _error(output)
    data = output.get("data")
    return _bundle(data, output.get("metadata")) if isinstance(data, dict) else Markup("")


def _bundle(data: Mapping[str, Any], about: Any) -> Markup:
    for kind in _PICTURES:
        if kind in data:
            return picture(kind, _text(data[kind]), _alt(about, kind))
    if "text/html" in data:
        cleaned = clean_html(_text(data["text/html"]))
        if cleaned.strip():
            return Markup('<div class="rich">') + cleaned + Markup("</div>")
    if "text/markdown" in data or "text/latex" in data:
        text = markdown(_text(data.get("text/markdown") or data["text/latex"]))
        return Markup('<div class="rich">') + text + Markup("</div>")
    return clean_text(_text(data["text/plain"])) if "text/plain" in data else Markup("")


def _error(output: Mapping[str, Any]) -> Markup:
    """Show the error's own line, and behind a fold the way to it; a fault of the run is only its sentence."""
    name, said = _text(output.get("ename")), _text(output.get("evalue"))
    if name in FaultKind.__members__:
        return Markup('<p class="fault">') + escape(one_line(said, 400)) + Markup("</p>")
    line = clean_text(f"{name}: {said}" if said else name)
    trace = output.get("traceback")
    if not isinstance(trace, list) or len(trace) < 2:
        return Markup('<div class="error">') + line + Markup("</div>")
    way = clean_text("\n".join(_text(piece) for piece in trace[:40]))
    fold = Markup("<details><summary>where it happened</summary>") + way + Markup("</details>")
    return Markup('<div class="error">') + line + fold + Markup("</div>")


def _alt(about: Any, kind: str) -> str:
    own = about.get(kind) if isinstance(about, dict) else None
    alt = own.get("alt") if isinstance(own, dict) else None
    return str(alt) if alt else "A picture that this cell drew; a description may be printed below it."


def _text(value: Any) -> str:
    """Return a value of a notebook as text: the format allows a list of lines, and a stranger anything."""
    if isinstance(value, list):
        return "".join(str(piece) for piece in value)
    return "" if value is None else str(value)
