"""A student's term: what each piece counts, the course total, and what it would be with marks still to come."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graded_class import build_course, copy_course
from test_feedback_hostile import Parsed
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import StaffError
from autograder.feedback import receipt_page, receipt_text
from autograder.receipts import Account, account_as_text, account_page, make_account, make_plan, read_marks_to_come
from autograder.receipts.accountpage import script_source, whatif_script
from autograder.rules.coursefile import Course, load_course
from autograder.rules.policies import Grade, Taken
from autograder.rules.roster import Student
from autograder.rules.totals import course_total
from autograder.term import Standing, Term, load_term
from autograder.term.grades import Entry

TERM = """
name = "First Descent"
time_zone = "America/New_York"
[assignments.hw1]
title = "A line by descent"
kind = "homework"
deadline = "2027-02-05 23:59"
[assignments.hw2]
title = "Forward"
kind = "homework"
deadline = "2027-02-19 23:59"
[assignments.hw3]
title = "Losses"
kind = "homework"
[assignments.more]
title = "For those who like more"
kind = "homework"
bonus = true
[assignments.lab1]
title = "What learns?"
kind = "lab"
points = 6
[assignments.quiz1]
title = "Lines and descent"
kind = "quiz"
[assignments.project]
title = "Project"
kind = "project"
points = 30
[drop_lowest]
assignments = 1
[[extensions]]
student = "s1"
assignment = "hw2"
until = "2027-02-23 12:00"
reason = "illness, letter of 3 February"
[[excuses]]
student = "s1"
assignment = "quiz1"
reason = "away for the team"
[by_hand]
professionalism = "professionalism.csv"
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course.toml").write_text(TERM)
    return load_course(tmp_path)


def grade(assignment: str, raw: float | None, most: float = 10.0, *taken: Taken, **more: Any) -> Grade:
    kind = {"lab1": "lab", "quiz1": "quiz", "project": "project"}.get(assignment, "homework")
    return Grade("s1", assignment, kind, raw, most, deductions=taken, **more)


def term_of(course: Course, *entries: Entry, name: Student | None = None) -> Term:
    person = name or Student("s1", "Zoë", "Müller")
    grades = [entry.grade for entry in entries]
    points = {each.assignment: each.max for each in grades}
    total = course_total(course, "s1", grades, {})
    return Term((person,), points, {("s1", each.grade.assignment): each for each in entries}, {"s1": total})


@pytest.fixture
def term(course: Course) -> Term:
    late = Taken("late", 0.8, "handed in 2027-02-24 12:30, due 2027-02-23 12:00, 1 day late: 10 %")
    return term_of(
        course,
        Entry(grade("hw1", 3.0), Standing.GRADED),
        Entry(grade("hw2", 8.0, 10.0, late), Standing.GRADED),
        Entry(grade("hw3", None), Standing.WAITS),
        Entry(grade("quiz1", None, is_excused=True, excuse="away for the team"), Standing.EXCUSED),
    )


@pytest.fixture
def account(course: Course, term: Term) -> Account:
    return make_account(course, term, term.students[0])


def test_every_piece_of_work_has_a_row_that_says_how_it_stands(account: Account) -> None:
    rows = {row.assignment: row for row in account.rows}
    assert list(rows) == ["hw1", "hw2", "hw3", "more", "lab1", "quiz1", "project"]
    assert rows["hw1"].state == "dropped, as one of the lowest"
    assert (rows["hw2"].raw, rows["hw2"].final) == (8.0, 7.2)
    assert rows["hw3"].state == "waits for a person; no zero"
    assert "away for the team" in rows["quiz1"].state
    assert (rows["lab1"].state, rows["lab1"].max) == ("to come", 6.0)
    assert rows["hw2"].extension == (
        "due moved from 19 Feb 2027, 23:59 EST to 23 Feb 2027, 12:00 EST: illness, letter of 3 February"
    )


def test_what_a_piece_counts_adds_up_to_its_category(account: Account) -> None:
    weight = next(row.weight for row in account.rows if row.assignment == "hw2")
    assert weight is not None
    assert (weight.pieces, weight.worth, weight.brings) == (1, 20.0, pytest.approx(14.4))
    assert "brings 14.4 of 20" in weight.sentence
    dropped = next(row.weight for row in account.rows if row.assignment == "hw1")
    assert dropped is not None
    assert dropped.worth is None
    assert "dropped" in dropped.sentence
    assert account.total.percent == pytest.approx(72)


def test_shares_of_several_pieces_and_a_bonus_add_up(course: Course) -> None:
    term = term_of(
        course,
        Entry(grade("hw1", 5.0), Standing.GRADED),
        Entry(grade("hw2", 8.0), Standing.GRADED),
        Entry(grade("hw3", 10.0), Standing.GRADED),
        Entry(grade("more", 1.0), Standing.GRADED),
    )
    account = make_account(course, term, term.students[0])
    brings = [row.weight.brings or 0.0 for row in account.rows if row.weight is not None]
    assert sum(brings) == pytest.approx(20 * 0.95)
    assert account.categories[1].percent == pytest.approx(95)
    more = next(row.weight for row in account.rows if row.assignment == "more")
    assert more is not None
    assert "It is a bonus" in more.sentence


def test_what_if_is_the_courses_own_rule(account: Account) -> None:
    plan = account.plan
    assert list(plan.open) == ["professionalism", "hw3", "more", "lab1", "project"]
    # hw3 full: hw1 is still the lowest, (0.72 + 1) / 2 of 20; professionalism 90 of 20
    total = plan.total({"hw3": 1.0, "professionalism": 0.9})
    assert total.percent == pytest.approx((20 * 0.86 + 20 * 0.9) / 40 * 100)
    assert plan.total({"hw3": 0.1}).percent == pytest.approx(51)  # hw3 is the lowest then, and dropped: 3 and 7.2
    assert plan.total({}).percent == account.total.percent
    assert plan.total({"project": 0.5}).weight_so_far == 50


def test_excused_work_stays_out_of_what_if(account: Account) -> None:
    assert "quiz1" not in account.plan.open
    assert account.plan.even(1.0).weight_so_far == 80


@pytest.mark.parametrize(
    ("texts", "shares"),
    [
        (["hw3=5"], {"hw3": 0.5}),
        ([" hw3 = 80 % "], {"hw3": 0.8}),
        (["lab1=6", "project=50%"], {"lab1": 1.0, "project": 0.5}),
        (["professionalism=0"], {"professionalism": 0.0}),
    ],
)
def test_marks_to_come_are_read(account: Account, texts: list[str], shares: dict[str, float]) -> None:
    assert read_marks_to_come(account.plan, texts) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        (["hw3"], "'hw3' is no mark"),
        (["hw3="], "is no mark"),
        (["=3"], "'=3' is no mark"),
        (["hw3=11"], "Expected 0 to 10 points"),
        (["hw3=-1"], "Expected 0 to 10 points"),
        (["hw3=nan"], "is no mark for hw3"),
        (["hw3=inf%"], "Expected 0% to 100%"),
        (["hw3=101%"], "Expected 0% to 100%"),
        (["hw3=five"], "is no mark for hw3"),
        (["hw3=1", "hw3=2"], "given twice"),
        (["hw1=10"], "it is graded"),
        (["quiz1=10"], "it is excused"),
        (["hw33=1"], 'Did you mean "hw3"'),
        (["assignments=50%"], "name a piece of its work"),
        (["more=3"], "nobody knows yet how many points"),
    ],
)
def test_a_mark_that_is_none_is_named(account: Account, texts: list[str], complaint: str) -> None:
    with pytest.raises(StaffError, match=re.escape(complaint)):
        read_marks_to_come(account.plan, texts)


def test_missing_work_is_not_open(course: Course) -> None:
    term = term_of(course, Entry(grade("hw1", 0.0), Standing.MISSING))
    with pytest.raises(StaffError, match="counts 0"):
        read_marks_to_come(make_plan(course, term, "s1"), ["hw1=5"])


def test_the_text_says_all_of_it(account: Account) -> None:
    text = account_as_text(account)
    for piece in (
        "Zoë Müller (s1)", "assignments, 20 % of the course: 72 %", "7.2 of 10", "8 raw points", "−0.8 late",
        "1 day late", "due moved from", "excused (away for the team)", "The course total so far is 72 %",
        "100 % in all of it",
    ):  # fmt: skip
        assert piece in text, piece
    supposed = account_as_text(account, {"hw3": 1.0, "project": 0.5})
    assert "With hw3 10, project 15 the course total would be" in supposed


def test_names_and_reasons_steer_neither_terminal_nor_page(course: Course, term: Term) -> None:
    evil = Student("s1", "\x1b[31m<script>alert(1)</script>", "\u202e</title>\"'")
    account = make_account(course, term, evil)
    text = account_as_text(account)
    assert not set(text) & set("\x1b\u202e")
    parsed = Parsed(account_page(account))
    assert [tag for tag, _ in parsed.tags].count("script") == 1
    assert "alert(1)" not in whatif_script()


def test_the_pages_policy_allows_its_own_script_only(account: Account) -> None:
    page = account_page(account)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert script
    assert policy
    assert f"script-src {script_source(script[1])}" in policy[1].replace("&#39;", "'")
    assert "unsafe-inline" not in policy[1].split("script-src")[1]
    assert not re.search(r"https?://|//[a-z]", re.sub(r"(?m)^\s*//.*$", "", page))


def test_a_term_without_anything_open_has_no_form(course: Course) -> None:
    (course.root / "professionalism.csv").write_text("id,percent\ns1,80\n")
    kinds = ("hw1", "hw2", "hw3", "more", "lab1", "quiz1", "project")
    term = term_of(course, *(Entry(grade(name, 5.0), Standing.GRADED) for name in kinds))
    page = account_page(make_account(course, term, term.students[0]))
    assert "<script" not in page
    assert "Nothing is open any more." in page


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


def test_a_receipt_is_asked_for_on_the_command_line(graded: Course, tmp_path: Path) -> None:
    def ask(*words: str) -> Any:
        return CliRunner().invoke(app, ["receipt", *words, "-C", str(graded.root)])

    assert "A line by descent" not in ask("s002").output
    assert "12 of 15" in ask("s002").output
    assert "The bias b is left out." in ask("s002", "hw1").output
    assert "the course total would be 80 %" in ask("s002", "--if", "professionalism=80%").output
    page = tmp_path / "s002.html"
    assert ask("s002", "--html", str(page)).exit_code == 0
    assert "<script>" in page.read_text(encoding="utf-8")
    assert ask("s002", "hw1", "--html", str(page)).exit_code == 0
    assert '<section class="exercise"' in page.read_text(encoding="utf-8")
    for words in (["s2"], ["s099", "hw1"], ["s002", "hw9"], ["s002", "hw1", "--if", "hw1=3"], ["s002", "--if", "x"]):
        assert ask(*words).exit_code == 2, words


def test_nobody_elses_name_is_on_a_receipt(graded: Course) -> None:
    text = receipt_text(graded, "s002", "hw1")
    for page in (text, receipt_page(graded, "s002"), receipt_page(graded, "s002", "hw1")):
        for other in ("Zoë", "Müller", "s001", "Siobh", "s003"):
            assert other not in page


def test_a_damaged_file_of_marks_by_hand_is_one_sentence(graded: Course, tmp_path: Path) -> None:
    changed = copy_course(graded, tmp_path)
    with (changed.root / "course.toml").open("a") as file:
        file.write('[by_hand]\nprofessionalism = "p.csv"\n')
    (changed.root / "p.csv").write_text("id,percent\ns001,lots\n")
    with pytest.raises(StaffError, match="line 2: percent is 'lots'"):
        receipt_text(load_course(changed.root), "s001")


def test_the_term_of_a_graded_class_agrees_with_the_exports(graded: Course) -> None:
    term = load_term(graded)
    for person in term.students:
        account = make_account(graded, term, person)
        assert account.total == term.totals[person.id]
        assert account.plan.total({}).percent == term.totals[person.id].percent


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as running:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
        chromium = running.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield chromium
        chromium.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_reckons_as_the_rule_does(browser: Any, course: Course, tmp_path: Path) -> None:
    """A hundred random terms with random marks: the page's script and the course's rule agree."""
    dice = random.Random(20270205)
    page = browser.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    drops = course.root / "course.toml"
    text = drops.read_text()
    for number in range(100):
        more = ['[[best_of]]\nassignments = ["hw1", "hw3"]\n'] if number % 3 == 0 else []
        more += ["[caps]\ncategory = 120\n"] if number % 2 else []
        drops.write_text(text.replace("assignments = 1", f"assignments = {number % 4}") + "".join(more))
        here = load_course(course.root)
        entries = []
        for name in ("hw1", "hw2", "hw3", "more", "lab1", "quiz1", "project"):
            most = dice.choice([1.0, 7.0, 15.0])
            raw = dice.choice([None, 0.0, most, round(dice.uniform(0, most), 2)])
            standing = Standing.GRADED if raw is not None else Standing.TO_COME
            entries.append(Entry(grade(name, raw, most), standing))
        if dice.random() < 0.5:
            (here.root / "professionalism.csv").write_text(f"id,percent\ns1,{dice.randint(0, 100)}\n")
        else:
            (here.root / "professionalism.csv").unlink(missing_ok=True)
        term = term_of(here, *entries)
        account = make_account(here, term, term.students[0])
        if number % 10 == 0:
            file = tmp_path / "term.html"
            file.write_text(account_page(account), encoding="utf-8")
            page.goto(file.as_uri())
        marks = {name: round(dice.random(), 4) for name in account.plan.open if dice.random() < 0.6}
        got = page.evaluate("([plan, marks]) => courseTotal(plan, marks)", [account.plan.as_data(), marks])
        wanted = account.plan.total(marks)
        assert got["weight"] == wanted.weight_so_far
        assert got["percent"] == (None if wanted.percent is None else pytest.approx(wanted.percent, abs=1e-5))
    assert not messages


@pytest.mark.browser
@pytest.mark.slow
def test_the_form_is_used_by_hand(browser: Any, account: Account, tmp_path: Path) -> None:
    file = tmp_path / "term.html"
    file.write_text(account_page(account, {"hw3": 0.5}), encoding="utf-8")
    page = browser.new_page(viewport={"width": 360, "height": 740}, offline=True)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(file.as_uri())
    said = page.locator("output")

    def expect(shares: dict[str, float]) -> None:
        percent = account.plan.total(shares).percent or 0.0
        found = re.search(r"Course total: ([\d.]+) %", said.inner_text())
        assert found, said.inner_text()
        assert float(found[1]) == pytest.approx(percent, abs=0.0051)

    expect({"hw3": 0.5})
    page.fill("input[name=hw3]", "10")
    page.fill("input[name=project]", "15")
    expect({"hw3": 1.0, "project": 0.5})
    page.fill("input[name=hw3]", "11")
    assert "hw3: a number from 0 to 10" in said.inner_text()
    assert page.get_attribute("input[name=hw3]", "aria-invalid") == "true"
    page.press("input[name=hw3]", "Enter")  # sends nothing, loads nothing
    page.fill("#all", "80")
    expect(dict.fromkeys(account.plan.open, 0.8))
    page.click("form button")
    expect({})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.url == file.as_uri()
    assert not messages


@pytest.mark.browser
@pytest.mark.slow
def test_without_scripts_the_table_stands(browser: Any, account: Account, tmp_path: Path) -> None:
    file = tmp_path / "term.html"
    file.write_text(account_page(account), encoding="utf-8")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(file.as_uri())
    assert not page.is_visible("#what-if")
    assert page.locator("caption").is_visible()
