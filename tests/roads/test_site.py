"""`course site`: lectures with their outputs as pages that need no network, no script and no mouse."""

from __future__ import annotations

import base64
import re
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small_term import COURSE, REPOSITORY
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.rules.coursefile import load_course
from autograder.site import build_site
from autograder.site.links import check_links
from course_utils.widgets import Question, predict, self_check

CHOSEN = ("02_a_line_through_scores", "03_downhill")
HEAD = """\
# 1 · A title

*About 30 minutes. You need: nothing.*

## What you will be able to do

1. Say `x`, and what $w$ is
   on two lines.
2. Say it again.

## Where we are

Here.
"""


def site(root: Path, folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["site", str(folder), "--course", str(root), *words])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    (folder / "notebooks/lectures").mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE, encoding="utf-8")
    return folder


def write(root: Path, name: str, *cells: NotebookNode) -> Path:
    path = root / f"notebooks/lectures/{name}.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell(HEAD), *cells]), path)
    return path


def as_it_is(path: Path, _size: object, _on_cell: object) -> NotebookNode:
    """Take a lecture whose outputs are written already, in place of running it."""
    return nbformat.read(path, as_version=4)


def build(root: Path, *cells: NotebookNode, course_file: str = "") -> str:
    """Build a site of one lecture that holds these cells, and return its page."""
    if course_file:
        (root / "course.toml").write_text(COURSE + course_file, encoding="utf-8")
    path = write(root, "01_first", *cells)
    built = build_site(load_course(root), root / "site", [path], run=as_it_is)
    assert built.links.broken == ()
    return (root / "site/01_first.html").read_text(encoding="utf-8")


def printed(text: str) -> NotebookNode:
    return new_code_cell("x = 1", outputs=[new_output("stream", text=text)])


# --- real lectures ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two real lectures, run at size tiny."""
    root = tmp_path_factory.mktemp("site")
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    done = site(root, root / "pages", "--size", "tiny", *(word for each in CHOSEN for word in ("--lecture", each[:2])))
    assert done.exit_code == 0, done.output + done.stderr
    assert "0 addresses outside" in done.output or "not followed" in done.output
    return root / "pages"


@pytest.mark.slow
def test_there_is_an_index_and_a_page_for_each_lecture(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {"index.html", *(f"{stem}.html" for stem in CHOSEN)}
    index = (folder / "index.html").read_text()
    for stem in CHOSEN:
        assert f'href="{stem}.html"' in index
    assert "Write gradient descent by hand" in index
    assert "About 35 minutes." in index


@pytest.mark.slow
@pytest.mark.parametrize("stem", CHOSEN)
def test_a_page_has_its_figures_formulas_guesses_and_self_check(folder: Path, stem: str) -> None:
    page = (folder / f"{stem}.html").read_text()
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert len(pictures) >= 3
    for data, alt in pictures:
        assert base64.b64decode(data).startswith(b"\x89PNG")
        assert len(alt) > 100
        assert f'<figcaption aria-hidden="true">{alt}</figcaption>' in page
    assert page.count("<math") > 5
    assert "$$" not in page
    assert page.count('<div class="predict"') == page.count('<details class="answer">') >= 2
    assert page.count('<details class="right">') == 5
    assert "Figure: " not in re.sub(r"<[^>]+>", "", page)
    assert "describe_start" not in page


@pytest.mark.slow
@pytest.mark.parametrize("stem", ["index", *CHOSEN])
def test_a_page_runs_no_script_and_loads_nothing(folder: Path, stem: str) -> None:
    page = (folder / f"{stem}.html").read_text()
    assert "default-src 'none'" in unescape(page)
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:)[^"]*\.(?:js|css|woff2?|png)"', page)


@pytest.mark.slow
def test_lectures_lead_to_each_other(folder: Path) -> None:
    second, third = ((folder / f"{stem}.html").read_text() for stem in CHOSEN)
    assert 'rel="next" href="03_downhill.html"' in second
    assert 'rel="prev" href="02_a_line_through_scores.html"' in third
    assert 'rel="next"' not in third


@pytest.mark.slow
def test_every_section_can_be_reached(folder: Path) -> None:
    page = (folder / "02_a_line_through_scores.html").read_text()
    assert '<h2 id="2-1-the-data">2.1 The data</h2>' in page
    assert '<a href="#2-1-the-data">2.1 The data</a>' in page


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_in_a_browser_nothing_is_fetched_and_no_page_scrolls_sideways(folder: Path, width: int, scheme: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in sorted(folder.glob("*.html")):
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            loaded = page.evaluate("[...document.images].every(i => i.loading == 'lazy' || i.naturalWidth > 0)")
            assert loaded
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert said == []
        page.goto((folder / f"{CHOSEN[0]}.html").as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the lecture"
        browser.close()


# --- forms --------------------------------------------------------------------------------------------------------


def test_what_the_widget_kit_says_in_words_gets_its_form_back(root: Path) -> None:
    """The words come from the kit itself: were they to change, this would fail."""
    asked = predict("Which is <larger>?", options=["One & all", "Two"])
    number = predict("How many?", unit="points")
    answer = asked.reveal("Two", because="Two is more. It is <2>.").verdict
    check = self_check(
        Question("First?", {"yes & no": "It says <so>.", "no": "It does not."}, right="no"),
        Question("Second: a) or b)?", {"a": "Not a.", "b": "It is b.", "c": "Not c."}, right="b"),
    )
    page = build(
        root,
        printed(f"before\n{asked.words}\nafter\n"),
        printed(f"{number.words}\n"),
        printed(f"{answer}\n"),
        printed(f"{check.words}\n"),
    )
    assert '<div class="predict" role="note"><p><strong>Predict.</strong> Which is &lt;larger&gt;?</p>' in page
    assert "<ul><li>One &amp; all</li><li>Two</li></ul>" in page
    assert "How many?" in page
    assert "Open this notebook in Jupyter" not in page
    assert ">before</pre>" in page
    assert ">after</pre>" in page
    assert "<p>The answer: Two. Two is more. It is &lt;2&gt;.</p></details>" in page
    assert page.count('<details class="right">') == 2
    assert page.count('<details class="wrong">') == 3
    assert "<summary>yes &amp; no</summary><p>✗ No. It says &lt;so&gt;.</p>" in page
    assert "<summary>b</summary><p>✓ Right. It is b.</p>" in page
    assert "<li><p>Second: a) or b)?</p>" in page


def test_a_figures_description_stands_once_and_what_is_printed_after_it_stays(root: Path) -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    picture = new_output("display_data", {"image/png": png}, metadata={"image/png": {"alt": 'A "line" & more.'}})
    cell = new_code_cell("show()", outputs=[picture, new_output("stream", text='Figure: A "line" & more.\nthe end\n')])
    page = build(root, cell)
    assert page.count("A &quot;line&quot; &amp; more.") == 2  # the picture's name and its caption
    assert ">the end</pre>" in page


def test_headings_of_the_same_words_get_anchors_of_their_own(root: Path) -> None:
    page = build(root, new_markdown_cell("## Again\n\n## Again\n\n### $x$ & <b>y</b>"))
    assert 'id="again"' in page
    assert 'id="again-2"' in page


def test_objectives_length_and_needs_stand_on_the_index(root: Path) -> None:
    build(root)
    index = (root / "site/index.html").read_text()
    assert "About 30 minutes. You need: nothing." in index
    assert index.count("<li>Say ") == 2
    assert "<code>x</code>" in index
    assert "<math" in index


LINKS = {
    "[next](02_second.ipynb)": "next (in your course's notebooks)",
    "[this](01_first.ipynb#again)": '<a href="01_first.html#again">this</a>',
    "[work](../assignments/hw1/hw1.ipynb)": "work (in your course's notebooks)",
    "[out](https://pytorch.org/docs)": '<a href="https://pytorch.org/docs">out</a>',
    "[here](#again)": '<a href="#again">here</a>',
}


@pytest.mark.parametrize("markdown", LINKS)
def test_a_link_fits_the_site_or_becomes_words(root: Path, markdown: str) -> None:
    assert LINKS[markdown] in build(root, new_markdown_cell(f"## Again\n\nSee {markdown}."))


def test_with_a_repository_work_and_colab_are_linked(root: Path) -> None:
    page = build(
        root,
        new_markdown_cell("[work](../assignments/hw1/hw1.ipynb)"),
        course_file='\n[publish]\nrepository = "ada/x"\n',
    )
    assert 'href="https://github.com/ada/x/blob/main/notebooks/assignments/hw1/hw1.ipynb"' in page
    assert 'href="https://colab.research.google.com/github/ada/x/blob/main/notebooks/lectures/01_first.ipynb"' in page


def test_a_folded_answer_stays_folded_and_the_start_cell_is_left_out(root: Path) -> None:
    folded = new_code_cell("secret = 1", metadata={"jupyter": {"source_hidden": True}})
    page = build(root, new_code_cell("print(describe_start(SIZE))"), folded)
    assert '<details class="folded"><summary>the code of this cell</summary><pre class="code"' in page
    assert "describe_start" not in page


def test_a_second_build_leaves_what_did_not_change(root: Path) -> None:
    build(root)
    before = (root / "site/01_first.html").stat().st_mtime_ns
    (root / "site/CNAME").write_text("course.example.org")
    again = build_site(load_course(root), root / "site", [root / "notebooks/lectures/01_first.ipynb"], run=as_it_is)
    assert again.changed == ()
    assert (root / "site/01_first.html").stat().st_mtime_ns == before
    assert (root / "site/CNAME").exists()


# --- the link checker ---------------------------------------------------------------------------------------------

BROKEN = {
    '<a href="gone.html">x</a>': "leads to no file",
    '<a href="#gone">x</a>': "no place called 'gone'",
    '<a href="other.html#gone">x</a>': "no place called 'gone'",
    '<img src="gone.png" alt="x">': "leads to no file",
    '<p id="here"></p><p id="here"></p>': "is there twice",
}
WHOLE = [
    '<a href="other.html">x</a>',
    '<a href="other.html#there">x</a>',
    '<p id="a-b"></p><a href="#a%2Db">x</a>',
    '<img src="data:image/png;base64,AA==" alt="x">',
]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    (tmp_path / "other.html").write_text('<h2 id="there">There</h2>')
    return tmp_path / "other.html"


@pytest.mark.parametrize("html", BROKEN)
def test_a_broken_link_is_named(tmp_path: Path, other: Path, html: str) -> None:
    (tmp_path / "page.html").write_text(html)
    (said,) = check_links([tmp_path / "page.html", other]).broken
    assert said.startswith("page.html: ")
    assert BROKEN[html] in said


@pytest.mark.parametrize("html", WHOLE)
def test_a_whole_link_is_not(tmp_path: Path, other: Path, html: str) -> None:
    (tmp_path / "page.html").write_text(html)
    assert check_links([tmp_path / "page.html", other]).broken == ()


def test_addresses_outside_are_listed_once_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<a href="https://a.example/x">x</a><a href="https://a.example/x">y</a>')
    links = check_links([tmp_path / "page.html"])
    assert links.outside == ("https://a.example/x",)
    assert links.broken == ()


# --- bad inputs ---------------------------------------------------------------------------------------------------


def test_a_broken_link_in_a_lecture_is_exit_code_1(root: Path) -> None:
    write(root, "01_first", new_markdown_cell("[x](#gone)"))
    done = site(root, root / "site")
    assert done.exit_code == 1
    assert "broken: 01_first.html: '#gone' leads to no place called 'gone'" in done.output


BAD_CALLS = {
    "an unknown size": (["--size", "huge"], "standard or tiny"),
    "an unknown lecture": (["--lecture", "77"], "No lecture begins with '77'"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_is_one_sentence(root: Path, name: str) -> None:
    write(root, "01_first")
    words, said = BAD_CALLS[name]
    done = site(root, root / "site", *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (root / "site").exists()


BAD_LECTURES = {
    "raises": ("raise ValueError('of my own')", "01_first.ipynb stops with ValueError: of my own"),
    "ends its kernel": ("import os; os._exit(1)", "does not come to its end"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD_LECTURES)
def test_a_lecture_that_fails_is_named_and_nothing_is_written(root: Path, name: str) -> None:
    code, said = BAD_LECTURES[name]
    write(root, "01_first", new_code_cell(code))
    done = site(root, root / "site")
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "site").exists()


def test_a_file_that_is_no_notebook_is_named(root: Path) -> None:
    (root / "notebooks/lectures/01_first.ipynb").write_text("{")
    done = site(root, root / "site")
    assert done.exit_code == 2
    assert "is not a notebook" in done.stderr


def test_a_folder_that_cannot_be_written_is_said(root: Path) -> None:
    write(root, "01_first")
    (root / "file").write_text("in the way")
    done = site(root, root / "file/site")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_every_lecture_of_the_course_says_what_the_index_shows() -> None:
    from autograder.site.lecture import read_lecture

    for path in sorted((REPOSITORY / "notebooks/lectures").glob("*.ipynb")):
        lecture = read_lecture(path)
        assert 3 <= len(lecture.objectives) <= 5, path.stem
        assert 25 <= int(lecture.minutes) <= 45, path.stem
        assert lecture.needs.startswith("You need"), path.stem
