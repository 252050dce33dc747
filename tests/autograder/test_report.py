from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from graded_class import CLASS, build_course, copy_course
from nbformat.v4 import new_code_cell
from test_feedback_hostile import Parsed, assert_harmless

from autograder.engine.faults import Fault, FaultKind
from autograder.errors import FolderError, UnknownAssignmentError
from autograder.feedback import write_feedback
from autograder.intake.fates import ACCEPTED, NEEDS_PERSON, REFUSED, SUPERSEDED, Fate, Ledger, save_ledger
from autograder.intake.people import Candidate
from autograder.receipts import Deduction, Line, Receipt, graded_path, receipts
from autograder.report import report_page, write_report
from autograder.report.figures import BY_HAND, PARTIAL, WAITS, class_figures
from autograder.report.page import files_of
from autograder.report.similar import Pair, SideBySide
from autograder.rules.coursefile import Course
from autograder.rules.roster import load_roster
from course_utils.checks.verdict import Outcome, Verdict

WHEN = datetime(2027, 2, 5, 20, 0, tzinfo=UTC)
FILES = (
    Fate("Zoë_Müller_hw1.ipynb", ACCEPTED, "Student by file name.", "s001", "Zoë Müller", "hw1", WHEN, digest="a"),
    Fate("hw1 (1).ipynb", SUPERSEDED, "A later version counts.", "s001", "Zoë Müller", "hw1", WHEN, digest="b"),
    Fate(
        "notes\u202e<img src=x>.ipynb", NEEDS_PERSON, "Nobody is called so.", None, "", "hw1", None,
        candidates=(Candidate("s003", 0.71, "given name"),), digest="c",
    ),
    Fate("empty.ipynb", REFUSED, "The file is empty.", digest="d"),
    Fate("Ada_hw2.ipynb", ACCEPTED, "Student by file name.", "s002", "Ada", "hw2", WHEN, digest="e"),
)  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = build_course(tmp_path_factory.mktemp("course"))
    save_ledger(course.records / "fates.json", Ledger(FILES, {}))
    write_feedback(course, "hw1")
    return course


@pytest.fixture(scope="module")
def made(course: Course) -> tuple[Receipt, ...]:
    return receipts(course, "hw1")


@pytest.fixture(scope="module")
def page(course: Course) -> str:
    return write_report(course, "hw1").read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    start = page.index(f'<section id="{name}">')
    return page[start : page.index("</section>", start)]


def test_the_middle_is_over_what_is_graded_to_the_end(made: tuple[Receipt, ...]) -> None:
    figures = class_figures("hw1", made)
    assert len(figures.graded) == 7
    assert [receipt.student for receipt in figures.complete] == ["s001", "s002", "s003", "s004", "s005", "s006"]
    assert figures.median == pytest.approx((10.8 + 11) / 2)
    assert figures.mean == pytest.approx((15 + 12 + 10.8 + 10 + 11 + 9) / 6)
    assert figures.bins == (0, 0, 0, 0, 0, 0, 2, 2, 1, 1)


def test_exercises_are_listed_from_the_hardest(made: tuple[Receipt, ...]) -> None:
    exercises = class_figures("hw1", made).exercises
    assert [each.name for each in exercises[:2]] == ["mse_grad", "linear_predict"]
    hardest = exercises[0]
    assert (hardest.graded, hardest.full, hardest.mean) == (7, 4, pytest.approx(12 / 7))
    assert hardest.ways == {Outcome.PASSED.value: 4, Outcome.FAILED.value: 3}
    by_name = {each.name: each for each in exercises}
    assert by_name["least_squares"].ways[PARTIAL] == 1
    assert by_name["gd_fit"].ways[WAITS] == 1
    assert by_name["gd_fit"].graded == 6
    assert by_name["rmse"].ways[Outcome.NOT_ATTEMPTED.value] == 1


def test_misconceptions_have_share_sentence_and_names(made: tuple[Receipt, ...]) -> None:
    ideas = {(idea.exercise, idea.mistake): idea for idea in class_figures("hw1", made).ideas}
    bias = ideas["linear_predict", "forgot_the_bias"]
    assert bias.share == pytest.approx(3 / 7)
    assert bias.sentence == "The bias b is left out."
    assert bias.students == ("José Ángel García Márquez", "Siobhán O'Connor", "Wei Zhang")
    assert bias.is_declared


def test_a_mistake_in_one_part_counts_as_that_mistake(made: tuple[Receipt, ...]) -> None:
    line = next(line for line in made[3].lines if line.exercise == "mse_grad")
    assert line.verdict is not None
    two = replace(line, verdict=replace(line.verdict, mistake="dropped_the_two+forgot_the_bias_gradient"))
    receipt = replace(made[0], lines=(two,))
    found = {idea.mistake: idea for idea in class_figures("hw1", [receipt]).ideas}
    assert set(found) == {"dropped_the_two", "forgot_the_bias_gradient"}
    assert found["dropped_the_two"].sentence.startswith("The factor 2")


def test_messages_that_named_nothing_are_candidates(made: tuple[Receipt, ...]) -> None:
    figures = class_figures("hw1", made)
    (unnamed,) = figures.unnamed
    assert (unnamed.exercise, [receipt.student for receipt in unnamed.receipts]) == ("sse", ["s004"])
    assert "13.88" in unnamed.saw
    (exercise,) = [each for each in figures.exercises if each.unnamed]
    assert (exercise.name, exercise.failed, exercise.unnamed) == ("sse", 1, 1)


def test_unnamed_answers_with_the_same_numbers_are_one_row(course: Course) -> None:
    def failed(student: str, saw: str) -> Receipt:
        line = Line("sse", 0.0, 1.0, verdict("sse", Outcome.FAILED, saw=saw))
        return receipt_with(line, student=student, name=student)

    made = [failed("s1", "You returned 3."), failed("s2", "You returned 7."), failed("s3", "You returned 7.")]
    made.append(receipt_with(Line("sse", 0.0, 1.0, verdict("sse", Outcome.FAILED, saw="x", mistake="raised"))))
    unnamed = class_figures("hw1", made).unnamed
    assert [(each.saw, [receipt.student for receipt in each.receipts]) for each in unnamed] == [
        ("You returned 7.", ["s2", "s3"]),
        ("You returned 3.", ["s1"]),
    ]
    words = re.sub(r"<[^>]*>", "", section(report_page(course, "hw1", made), "unnamed"))
    assert "sse 3 of 4 failed" in words


def test_a_mark_by_hand_is_no_verdict_of_the_check() -> None:
    receipt = receipt_with(Line("why", 2.0, 3.0), Line("f", 1.0, 1.0, verdict("f", Outcome.FAILED)))
    figures = class_figures("lab1", [receipt])
    assert all(each.ways == {BY_HAND: 1} for each in figures.exercises)


def receipt_with(*lines: Line, **more: object) -> Receipt:
    known = {"student": "s1", "name": "Ada", "assignment": "hw1", "title": "A line"}
    known |= {"raw": 2.0, "max": 4.0, "final": 2.0}
    return Receipt(**{**known, "lines": lines, **more})  # type: ignore[arg-type]


def verdict(name: str, outcome: Outcome, **more: object) -> Verdict:
    return Verdict(name, outcome, 0.0, 1.0, **more)  # type: ignore[arg-type]


def test_every_file_and_every_student_has_a_row(page: str) -> None:
    files = section(page, "files")
    assert files.count("<tr>") == 1 + 4  # a head, and the files that are or may be hw1
    for words in ("Zoë_Müller_hw1.ipynb", "superseded", "needs a person", "refused", "The file is empty."):
        assert words in files
    assert "Ada_hw2.ipynb" not in files
    students = section(page, "students")
    assert students.count("<tr>") == 1 + len(CLASS) + 1
    assert "nothing on record" in students
    assert "12</strong> so far" in students
    assert re.search(r"Kwame Mensah</a></th><td>s008</td><td class=\"num\">–</td>", students)


def test_what_waits_for_a_person_comes_first(page: str) -> None:
    assert page.index('id="waiting"') < page.index('id="reteach"') < page.index('id="students"')
    waits = section(page, "waiting")
    assert "gd_fit" in waits
    assert "Kwame Mensah" in waits
    assert "Siobhán O&#39;Connor s003 (71 %)" in waits
    assert "Nina Absent (s099)" in waits


def test_what_to_reteach_is_said_in_sentences(page: str) -> None:
    reteach = section(page, "reteach")
    assert "<strong>43 %</strong>" in reteach
    assert "<q>The bias b is left out.</q>" in reteach
    assert "Ask them: Where does the line cross zero if b is 5?" in reteach
    top = reteach[: reteach.index("</ul>")]
    assert "uphill" not in top  # one student's mistake is in the table only
    assert "uphill" in reteach


def test_every_plot_has_words_and_a_table(page: str) -> None:
    plots = re.findall(r"<figure><svg .*?</svg>.*?</table>", page, re.DOTALL)
    assert len(plots) == 3
    for plot in plots:
        assert 'role="img"' in plot
        assert re.search(r"<title[^>]*>\S.*?</title><desc[^>]*>\S", plot)
        assert "currentColor" in plot
        assert "#010203" not in plot
    assert "2 at 60 to 70 percent" in page


def test_no_two_things_on_the_page_have_one_id(page: str) -> None:
    ids = Counter(attributes["id"] for _, attributes in Parsed(page).tags if "id" in attributes)
    drawn = {name for name in ids if re.fullmatch(r"[mp][0-9a-f]{8,}", name)}  # matplotlib's marks and clips
    assert all(count == 1 for name, count in ids.items() if name not in drawn)
    links = [attributes.get("href", "") for tag, attributes in Parsed(page).tags if tag == "a"]
    referred = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert referred <= set(ids)


def test_isolation_is_said_loudly_where_there_is_none(course: Course, made: tuple[Receipt, ...], page: str) -> None:
    assert "Student code was not isolated." in page[: page.index("<main>")]
    kept = [replace(receipt, isolation="a sandbox of their own (no network)") for receipt in made]
    quiet = report_page(course, "hw1", kept)
    assert "was not isolated" not in quiet
    assert "a sandbox of their own" in quiet


def test_deductions_faults_rescues_and_borrowed_work_are_listed(course: Course) -> None:
    own = verdict("sse", Outcome.NOT_OWN_WORK, idea="Your answer uses `torch.sum`.", mistake="not-own-work")
    receipt = receipt_with(
        Line("sse", 0.0, 1.0, own),
        deductions=(Deduction("late", 0.4, "1 day late"), Deduction("name", 0.1, "called x.ipynb")),
        restored=("mse was deleted and put back",),
        faults=(Fault("cell 3", FaultKind.KERNEL_DIED, "This cell ended the Python process."),),
        seconds=100.0,
    )
    page = report_page(course, "hw1", [receipt])
    rules = section(page, "rules")
    assert "Late: 1 student, 0.4 points in all." in rules
    assert "Format: file name: 1 student" in rules
    assert "called x.ipynb" in rules
    integrity = section(page, "integrity")
    for words in ("<code>torch.sum</code>", "mse was deleted and put back", "This cell ended the Python process."):
        assert words in integrity


def test_similar_notebooks_stand_side_by_side(course: Course, made: tuple[Receipt, ...]) -> None:
    sides = tuple(SideBySide("mse", "cell 7", f"x = {n}", f"y = {n} < 2") for n in range(4))
    pair = Pair("s002", "s003", 140, 50, 0.8, sides)
    seen = section(report_page(course, "hw1", made, pairs=[pair] * 11), "similar")
    assert "Look at these side by side." in seen
    assert "80 % of what is rare in one of them" in seen
    assert "140 pieces of code, 50 words" in seen
    assert seen.count('<div class="beside') == 3 * 10
    assert "y = 1 &lt; 2" in seen
    assert "1 more on their pages." in seen
    assert "1 more pairs are less alike" in seen
    for word in ("cheat", "plagiar", "copied", "stole", "guilty", "suspect"):
        assert word not in seen.lower()


def test_a_class_with_a_copy_among_its_own_work(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    calls = ["abs", "exp", "log", "sin", "cos", "sign"] * 4
    lines = [f"    x = torch.{call}(x * {n})" for n, call in enumerate(calls)]
    for student, name in (("s002", "helper"), ("s006", "my_helper")):
        path = graded_path(changed, "hw1", student)
        notebook = nbformat.read(path, as_version=4)
        for half in (lines[:12], lines[12:]):
            body = "\n".join([f"def {name}(x):", *half]).replace("x", "x" if student == "s002" else "values")
            notebook.cells.append(new_code_cell(body))
        nbformat.write(notebook, path)
    page = write_report(changed, "hw1").read_text(encoding="utf-8")
    assert section(page, "similar").count('<details class="pair">') == 1
    assert "José Ángel García Márquez</strong> and <strong>Wei Zhang" in page


def test_where_nothing_is_alike_it_says_so(course: Course, page: str) -> None:
    assert "None share more than the usual ways" in section(page, "similar")
    assert "In a class this small" in section(report_page(course, "hw1", ()), "similar")


@dataclass(frozen=True)
class Sighting:
    cell: str
    sentence: str
    quote: str = ""


def test_what_was_noticed_is_listed_by_student(course: Course, made: tuple[Receipt, ...]) -> None:
    noticed = {
        "s002": [Sighting("mse", "It reads the judge's file.", "open('<key>')"), Sighting("", "A link lay beside it.")],
        "s004": [],
        '"><script>': [Sighting("cell 3", "\x1b[31m<script>alert(1)</script>")],
    }
    page = report_page(course, "hw1", made, noticed=noticed)
    seen = section(page, "integrity")
    assert "It reads the judge&#39;s file. <code>open(&#39;&lt;key&gt;&#39;)</code>" in seen
    assert "<code>the file</code>: A link lay beside it." in seen
    assert "Sukarno" not in seen
    assert "<script>" not in seen
    assert "\x1b" not in seen


def test_the_page_stands_alone(page: str) -> None:
    assert "Content-Security-Policy" in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#|\.\./feedback/)[^"]*"', page)
    assert "<img src=x>" not in page
    assert "Olga &lt;b&gt;Ivanova" in page


def test_links_lead_to_the_feedback_pages(course: Course, page: str) -> None:
    links = set(re.findall(r'href="(\.\./feedback/[^"#]*)', page))
    assert len(links) == len(CLASS)
    assert all((course.reports / link).resolve().is_file() for link in links)


def test_the_same_class_gives_the_same_bytes(course: Course, page: str) -> None:
    stamp = write_report(course, "hw1").stat().st_mtime_ns
    path = write_report(course, "hw1")
    assert path.read_text(encoding="utf-8") == page
    assert path.stat().st_mtime_ns == stamp


def test_a_class_without_anything_graded_has_a_report(course: Course, tmp_path: Path) -> None:
    page = report_page(course, "hw1", (), (), load_roster(course.roster))
    assert "No submission is graded to the end yet." in page
    assert "0 of 9" in page
    assert "<svg" not in page
    changed = copy_course(course, tmp_path)
    shutil.rmtree(changed.autograded)
    (changed.root / "gradebook.db").unlink()
    page = write_report(changed, "hw1").read_text(encoding="utf-8")
    assert "8 of 9" in page
    assert section(page, "waiting").count("This submission is not graded yet.") == len(CLASS)


def test_a_name_cannot_do_anything(course: Course, made: tuple[Receipt, ...]) -> None:
    evil = replace(made[1], student='"><script>', name="<script>alert(1)</script>\u202e", restored=("\x1b[2J<img>",))
    page = report_page(course, "hw1", [evil], FILES)
    page = re.sub(r"<svg xmlns.*?</svg>", "", page, flags=re.DOTALL)
    assert_harmless(re.sub(r' (?:href|xlink:href)="(?:\.\./feedback|#)[^"]*"', "", page))


@pytest.mark.parametrize(
    ("fate", "is_listed"),
    [
        (Fate("a", ACCEPTED, "", "s1", "A", "hw1"), True),
        (Fate("a", ACCEPTED, "", "s1", "A", "hw2"), False),
        (Fate("a", NEEDS_PERSON, "", assignment_candidates=("hw1", "hw2")), True),
        (Fate("a", NEEDS_PERSON, "", assignment_candidates=("hw2", "hw3")), False),
        (Fate("a", REFUSED, ""), True),
    ],
)
def test_files_that_may_be_this_assignment_are_listed(fate: Fate, is_listed: bool) -> None:
    assert bool(files_of([fate], "hw1")) is is_listed


def test_errors_are_sentences(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UnknownAssignmentError, match="hw9"):
        write_report(course, "hw9")
    changed = copy_course(course, tmp_path)
    shutil.rmtree(changed.reports, ignore_errors=True)
    changed.reports.write_text("a file where the folder should be")
    with pytest.raises(FolderError, match="cannot be written"):
        write_report(changed, "hw1")
    assert changed.reports.is_file()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_a_phone_and_loads_nothing(course: Course, page: str, width: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    file = course.reports / "hw1.html"
    asked: list[str] = []
    said: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": width, "height": 800})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(file.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert asked == [file.as_uri()]
    assert said == []
    assert wide <= width
