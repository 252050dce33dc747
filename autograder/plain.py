"""Make text from files and students harmless to read: in a terminal, on a page, in a name.

plain("\\x1b[31mred\\x1b[0m")     # "red"
"""

from __future__ import annotations

import re

# Terminal escapes: colours and cursor moves (CSI), titles and links (OSC and kin), the two-letter ones.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# They turn what follows around: "gpj.exe" reads as "exe.jpg". The two plain marks (U+200E, U+200F) may stay.
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_HALVES = re.compile(r"[\ud800-\udfff]")


def plain(text: str) -> str:
    """Return `text` without terminal escapes and control characters; direction overrides become visible.

    Line ends and tabs stay, and of a line that rewrites itself (a progress bar) what stood there last.
    """
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_written(line) for line in text.split("\n"))
    text = _CONTROLS.sub("", text)
    text = _TURNS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str, most: int = 200) -> str:
    """Return `text` harmless, on one line, and no longer than `most` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _last_written(line: str) -> str:
    pieces = [piece for piece in line.split("\r") if piece]
    return pieces[-1] if pieces else ""
