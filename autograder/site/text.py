"""A lecture's markdown as HTML: formulas as MathML, headings with anchors, links that fit the site."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape, unescape
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from autograder.feedback.markdown import maths
from autograder.publish.address import notebook_address
from autograder.rules.publishing import Publishing

_TABLE = re.compile(r"<table>.*?</table>", re.S)


@dataclass(frozen=True)
class Section:
    """A heading of the page: where it is and what it says."""

    anchor: str
    title: Markup


class TextPage:
    """Render the markdown cells of one page; anchors are unique in it, and sections are collected."""

    def __init__(self, known: Collection[str] = (), target: Publishing | None = None) -> None:
        self.sections: list[Section] = []
        self._known = frozenset(known)
        self._target = target or Publishing()
        self._anchors: set[str] = set()

    def render(self, source: str, attachments: Any = None) -> Markup:
        """Return a markdown cell as HTML."""
        html = str(MarkdownWithMath(renderer=_Renderer(self, attachments)).render(source))
        # A wide table scrolls by itself; a page that scrolls sideways cannot be read on a phone.
        return Markup(_TABLE.sub(lambda found: f'<div class="wide" tabindex="0">{found[0]}</div>', html))

    def inline(self, source: str) -> Markup:
        """Return one line of markdown without a paragraph around it."""
        html = str(self.render(source)).strip()
        return Markup(re.sub(r"^<p>(.*)</p>$", r"\1", html, flags=re.S))

    def anchor(self, title: str) -> str:
        """Make an anchor for a heading: its words in small letters, and a number if it stood before."""
        words = "-".join(re.findall(r"[^\W_]+", unescape(title).lower())) or "section"
        anchor, number = words, 2
        while anchor in self._anchors:
            anchor, number = f"{words}-{number}", number + 1
        self._anchors.add(anchor)
        return anchor

    def address(self, url: str) -> str:
        """Return where a link of a lecture leads on the site; empty if the site has no such place."""
        if re.match(r"[a-z][a-z0-9+.-]*:", url) or url.startswith("#"):
            return url
        path, _, anchor = url.partition("#")
        name = PurePosixPath(path)
        if name.suffix == ".ipynb" and name.stem in self._known:
            return f"{name.stem}.html" + (f"#{anchor}" if anchor else "")
        if name.suffix == ".ipynb" and "assignments" in name.parts and self._target.repository:
            at = name.parts.index("assignments")
            return notebook_address(self._target, "/".join(("notebooks", *name.parts[at:])))
        return ""


class _Renderer(IPythonRenderer):  # type: ignore[misc]
    def __init__(self, page: TextPage, attachments: Any) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments or {})
        self._page = page

    def block_math(self, body: str) -> str:
        return f'<div class="wide" tabindex="0">{maths(body, is_block=True)}</div>'

    def inline_math(self, body: str) -> str:
        return maths(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        bare = re.sub(r"<[^>]+>", "", text)
        anchor = self._page.anchor(bare)
        if level == 2:
            self._page.sections.append(Section(anchor, Markup(text)))
        return f'<h{level} id="{escape(anchor)}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        address = self._page.address(url)
        if not address:
            return f"{text} (in your course's notebooks)"
        return f'<a href="{escape(address)}">{text}</a>'

    def block_code(self, code: str, info: str | None = None) -> str:
        if info and info.split()[0] == "python":
            return str(_highlighted(code))
        return f'<pre class="said" tabindex="0"><code>{escape(code.rstrip())}</code></pre>\n'


def code(source: str) -> Markup:
    """Return Python code in colours."""
    return _highlighted(source)


def _highlighted(source: str) -> Markup:
    html = highlight(source, get_lexer_by_name("python"), HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code" tabindex="0"><code>{html.rstrip()}</code></pre>')
