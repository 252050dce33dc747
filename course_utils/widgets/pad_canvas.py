"""The part of the digit pad that lives in the browser: its state here, its behaviour in `pad_canvas.js`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

SIDE = 112  # the pad's own pixels, in both directions
_HERE = Path(__file__).parent


def _as_bytes(value: Any, _widget: object) -> bytes:
    """Turn what a browser sends (a memoryview, or nothing) into the bytes that the trait wants."""
    return bytes(value or b"")


class PadCanvas(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget has no types
    """Hold what a browser draws and what it is told.

    The browser sets `ink` and then counts `asked` up; whoever answers sets `probabilities`, `seen` and `words` and then
    `answered`. Who lays ink on the pad from here counts `laid` up.
    """

    _esm = (_HERE / "pad_canvas.js").read_text(encoding="utf-8")
    _css = (_HERE / "pad_canvas.css").read_text(encoding="utf-8")

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    ink = traitlets.Bytes(b"").tag(sync=True, from_json=_as_bytes)
    asked = traitlets.Int(0).tag(sync=True)
    examples = traitlets.Int(0).tag(sync=True)
    laid = traitlets.Int(0).tag(sync=True)
    seen = traitlets.Bytes(b"").tag(sync=True, from_json=_as_bytes)
    probabilities = traitlets.List(traitlets.Float()).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)
