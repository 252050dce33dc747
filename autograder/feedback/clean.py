"""Clean what students made before it goes on a page: HTML, pictures, plain text.

Nothing that runs, loads or sends survives, and nothing that could reach out of its place on the page: no
script, no event handler, no style, no class or id of theirs, no address but a web or mail link.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from autograder.feedback.allowed import ATTRIBUTES, SVG_ATTRIBUTES, SVG_TAGS, TAGS, WITH_CONTENT
from autograder.plain import one_line, plain

MOST_HTML = 100_000
"""Longer HTML is left out: deeply nested tags take time that grows with the square of their number."""
MOST_TEXT = 20_000
MOST_LINES = 200
FIRST_LINES = 25
"""Longer prints are folded after so many lines: a phone would scroll through them for minutes."""
MOST_PICTURE = 3_000_000
"""Bytes of a picture."""

_SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
_DATA = re.compile(r"data:(image/(?:png|jpeg|gif));base64,(.*)", re.DOTALL)
# What an SVG could use to run or load something. As an <img> it can do neither; this is a second lock.
_ACTIVE_SVG = re.compile(
    rb"<\s*(?:script|foreignobject|iframe|embed|object|image|use|animate|set)\b|\bon\w+\s*=|(?:java|vb)script:|@import"
    rb"|<!(?:doctype|entity)|<\?xml-stylesheet|href\s*=\s*[\"']?(?!\s*#)|url\(\s*[\"']?(?!\s*#)",
    re.IGNORECASE,
)


def clean_html(html: str) -> Markup:
    """Return what is harmless in a student's HTML; too long, and it is left out with a sentence."""
    if len(html) > MOST_HTML:
        return left_out(f"A table or text of {len(html):,} characters is too long for this page.")
    cleaned = nh3.clean(
        plain(html),
        tags=TAGS,
        clean_content_tags=WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(plain(cleaned))  # again: entities such as &#x202E; are characters now


def clean_figure(svg: str) -> Markup:
    """Return the harmless part of a figure that the kit drew from a student's numbers, as inline SVG."""
    return Markup(
        nh3.clean(
            plain(svg),
            tags=SVG_TAGS,
            attributes=SVG_ATTRIBUTES,
            url_schemes=set(),
            link_rel=None,
        )
    )


def clean_text(text: str) -> Markup:
    """Return printed text, escaped and capped, in a `<pre>`; what is long is folded."""
    text = plain(text[: 4 * MOST_TEXT])
    lines = text.rstrip("\n").split("\n")
    kept = "\n".join(lines[:MOST_LINES])[:MOST_TEXT]
    note = ""
    if len(lines) > MOST_LINES:
        note = left_out(f"{len(lines) - MOST_LINES:,} more lines are left out here.")
    elif len(kept) < len(text.rstrip("\n")):
        note = left_out("The rest is left out here.")
    first, rest = kept.split("\n")[:FIRST_LINES], kept.split("\n")[FIRST_LINES:]
    if len(rest) < 5:
        return Markup(f"<pre>{escape(kept)}</pre>{note}")
    more = f"<details><summary>{len(rest)} more lines</summary><pre>{escape(chr(10).join(rest))}</pre>{note}</details>"
    return Markup(f"<pre>{escape(chr(10).join(first))}</pre>{more}")


def picture(kind: str, data: str, alt: str) -> Markup:
    """Return a PNG, JPEG, GIF or SVG as an `<img>` that holds its data, or a note if it is none of them."""
    content = data.encode("utf-8", "replace") if kind == "image/svg+xml" else _decoded(kind, data)
    if content is None:
        return left_out("A picture here could not be read.")
    if len(content) > MOST_PICTURE:
        return left_out(f"A picture of {len(content):,} bytes is too large for this page.")
    if kind == "image/svg+xml" and _ACTIVE_SVG.search(content):
        return left_out("An SVG picture here would run or load something; it is not shown.")
    packed = base64.b64encode(content).decode("ascii")
    return Markup(f'<img src="data:{kind};base64,{packed}" alt="{escape(one_line(alt, 1_000))}">')


def left_out(sentence: str) -> Markup:
    """Return the note that stands where something is not shown."""
    return Markup(f'<p class="left-out">{escape(sentence)}</p>')


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        found = _DATA.fullmatch(value.strip())
        content = _decoded(found[1], found[2]) if found else None
        return value.strip() if content is not None and len(content) <= MOST_PICTURE else None
    if tag == "a" and name == "href":
        try:
            return value if urlsplit(value).scheme.lower() in ("http", "https", "mailto") else None
        except ValueError:
            return None
    is_size = tag == "img" and name in ("width", "height")
    if is_size or name in ("colspan", "rowspan", "span", "start", "value"):
        return value if value.isdecimal() and len(value) <= 4 else None
    return value


def _decoded(kind: str, data: str) -> bytes | None:
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(_SIGNATURES.get(kind, ())) else None
