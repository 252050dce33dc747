"""Look at what the student's cells showed: codes that steer a terminal, scripts, refusals, imitated verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograder.integrity.sighting import Kind, Sighting, quoted

_STEERS = re.compile(r"\x1b[\]PX^_](?!8;)|[\x90\x98\x9d-\x9f]")
"""Titles, commands and the like; a link (OSC 8) is harmless, and colours are honest."""
_CLEARS = re.compile(r"\x1b\[[0-9;]*[HJf]|\x1bc")
_SCRIPT = re.compile(r"<script|javascript:|\son[a-z]+\s*=", re.I)
_VERDICT = re.compile(r"\bpassed\b[^\n]{0,40}\b\d+(?:\.\d+)? ?(?:/|of) ?\d+", re.I)
_REFUSED = re.compile(
    r"Permission denied|Operation not permitted|Read-only file system|Network is unreachable|Connection refused"
    r"|Name or service not known|Temporary failure in name resolution|Address family not supported"
)


def look_at_outputs(name: str, outputs: Iterable[Mapping[str, Any]]) -> tuple[Sighting, ...]:
    """Return what is seen in the outputs of one of the student's cells."""
    return tuple(each for output in outputs for each in _seen(name, output))


def _seen(name: str, output: Mapping[str, Any]) -> Iterator[Sighting]:
    text = _text(output)
    found = _STEERS.search(text)
    if found:
        sentence = "It showed codes that would steer a terminal; they are taken out wherever it is shown."
        yield Sighting(Kind.OUTPUT, name, sentence, _round(text, found))
    elif (found := _CLEARS.search(text)) is not None:
        yield Sighting(Kind.OUTPUT, name, "It showed codes that clear a terminal.", _round(text, found), False)
    html = _html(output)
    if (found := _SCRIPT.search(html)) is not None:
        sentence = "It showed a script for a browser; pages of feedback leave it out."
        yield Sighting(Kind.OUTPUT, name, sentence, _round(html, found), False)
    for shown in (text, html):
        if (found := _VERDICT.search(shown)) is not None:
            yield Sighting(Kind.OUTPUT, name, "It showed something like a verdict.", _round(shown, found), False)
            break
    if (found := _REFUSED.search(text)) is not None:
        yield Sighting(Kind.OUTPUT, name, "Something it asked for was refused.", _round(text, found), False)


def _text(output: Mapping[str, Any]) -> str:
    data = output.get("data") or {}
    parts = (output.get("text"), output.get("evalue"), output.get("ename"), data.get("text/plain"))
    return "\n".join(part for part in parts if isinstance(part, str))


def _html(output: Mapping[str, Any]) -> str:
    data = output.get("data") or {}
    kinds = ("text/html", "image/svg+xml", "text/markdown", "application/javascript")
    return "\n".join(data[kind] for kind in kinds if isinstance(data.get(kind), str))


def _round(text: str, found: re.Match[str]) -> str:
    return quoted(text[max(0, found.start() - 30) : found.end() + 60])
