"""A verdict in a notebook and in a terminal: the same words, and nothing of a student's that acts."""

from __future__ import annotations

import html.parser

import pytest

from course_utils.checks.show import VerdictView, as_html, as_text, code_marks, headline, points
from course_utils.checks.verdict import CaseLine, Outcome, Verdict

LINES = (
    CaseLine("one number", True),
    CaseLine("three numbers", False, "17", "5.667"),
    CaseLine("changes", False, "changed p", ""),
    CaseLine("many rows", False, is_hidden=True),
)
FAILED = Verdict(
    "mse",
    Outcome.FAILED,
    0.5,
    1.0,
    saw="With p = [3] you returned 9; expected 3.",
    idea="This is the sum.",
    look="Does `len(p)` stand in it?",
    mistake="summed",
    lines=LINES,
    printed="p is 3\nand y is 4\n",
)


class Reader(html.parser.HTMLParser):
    """Read a page as a browser would: tags opened and closed in pairs, and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.words = [], [], ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data + " "


def test_the_terminal_has_every_word():
    assert as_text(FAILED).splitlines() == [
        "✗ mse: not yet (0.5 of 1 points)",
        "  This is the sum.",
        "  With p = [3] you returned 9; expected 3.",
        "  Does `len(p)` stand in it?",
        "  ✓ one number",
        "  ✗ three numbers: yours 17, expected 5.667",
        "  ✗ changes: yours changed p",
        "  ✗ hidden: many rows",
        "  your code printed:",
        "  | p is 3",
        "  | and y is 4",
    ]


def test_the_notebook_has_the_same_words_in_sound_html():
    page = Reader(as_html(FAILED))
    for words in ("mse: not yet (0.5 of 1 points)", "This is the sum.", "17", "5.667", "hidden: many rows", "p is 3"):
        assert words in page.words
    assert "1 of 4 cases right" in page.words
    assert ("details", {"open": None}) in page.seen
    marks = [attributes.get("aria-label") for tag, attributes in page.seen if tag == "td"]
    assert {"right", "not right"} <= set(marks)
    assert "<code>len(p)</code>" in as_html(FAILED)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sign_and_a_word(outcome):
    verdict = Verdict("mse", outcome, 0, 1, idea="Why.", lines=LINES)
    assert len(headline(verdict)) > len("mse:  (0 of 1 points)")
    assert "Why." in as_text(verdict)
    Reader(as_html(verdict))


def test_a_question_with_one_answer_is_not_right_and_not_unfinished():
    assert headline(Verdict("quiz1_mse", Outcome.FAILED, 0, 10)) == "quiz1_mse: not right (0 of 10 points)"
    assert headline(Verdict("mse", Outcome.FAILED, 0, 1, lines=LINES)) == "mse: not yet (0 of 1 points)"
    assert "not yet" in headline(Verdict("snow", Outcome.FAILED, 0, 1, on_completion=True))


@pytest.mark.parametrize("outcome", [Outcome.NOT_ATTEMPTED, Outcome.BLOCKED])
def test_no_table_where_nothing_was_tried(outcome):
    verdict = Verdict("mse", outcome, 0, 1, lines=LINES)
    assert "three numbers" not in as_text(verdict)
    assert "table" not in as_html(verdict)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</pre></details></div><iframe src='x'>",
        "`<b>` and `unclosed <i>",
        "&lt;script&gt;",
        "<!-- ",
        "]]>",
        "\u2028<svg/onload=alert(1)>",
    ],
)
def test_nothing_a_student_wrote_becomes_a_tag(evil):
    line = CaseLine(evil, False, evil, evil)
    verdict = Verdict(evil, Outcome.FAILED, 0, 1, saw=evil, idea=evil, look=evil, lines=(line,), printed=evil)
    page = Reader(as_html(verdict))
    assert {tag for tag, _ in page.seen} <= {
        *("div", "span", "code", "pre", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert not any(name.startswith("on") for _, attributes in page.seen for name in attributes)


def test_a_view_shows_itself_in_both():
    view = VerdictView(FAILED)
    assert repr(view) == as_text(FAILED)
    assert view._repr_html_() == as_html(FAILED)


def test_a_long_print_is_cut_in_the_terminal():
    verdict = Verdict("mse", Outcome.FAILED, 0, 1, printed="\n".join(map(str, range(100))))
    assert as_text(verdict).count("\n  | ") == 10


@pytest.mark.parametrize(("number", "said"), [(1.0, "1"), (0.5, "0.5"), (0, "0"), (12.25, "12.25")])
def test_points_have_no_needless_zero(number, said):
    assert points(number) == said


def test_code_marks_need_their_partner():
    assert code_marks("a `b` c `d` e") == "a <code>b</code> c <code>d</code> e"
    Reader(f"<div>{code_marks('one ` only')}</div>")
