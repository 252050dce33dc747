from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from graded_class import CLASS, build_course, copy_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.feedback import feedback_page, write_feedback
from autograder.marks import Marks, read_marks, write_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.receipts import Receipt, graded_notebook, graded_path, make_receipt, receipts
from autograder.rules.coursefile import Course, load_course
from autograder.rules.roster import Student


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def pages(course: Course) -> dict[str, str]:
    written = write_feedback(course, "hw1")
    return {path.parts[-3]: path.read_text(encoding="utf-8") for path in written}


def receipt_of(course: Course, student: str) -> Receipt:
    return next(receipt for receipt in receipts(course, "hw1") if receipt.student == student)


def page_with(course: Course, student: str, *cells: nbformat.NotebookNode) -> str:
    notebook = graded_notebook(course, "hw1", student)
    assert notebook is not None
    notebook.cells.extend(cells)
    return feedback_page(course, receipt_of(course, student), notebook)


def graded_cell(name: str, source: str, **about: object) -> nbformat.NotebookNode:
    known = {"grade": True, "grade_id": name, "locked": True, "points": 2, "schema_version": 3, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": {**known, "task": False, **about}})


def test_pages_lie_where_nbgrader_releases_them_from(course: Course, pages: dict[str, str]) -> None:
    assert sorted(pages) == [work.id for work in CLASS]
    folder = course.feedback / "s002" / "hw1"
    assert (folder / "hw1.html").is_file()
    assert (folder / "submission_secret.txt").read_text() == "secret-s002"
    assert (folder / "timestamp.txt").is_file()


def test_work_that_came_without_a_secret_does_not_stop_the_release(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    shutil.rmtree(changed.feedback, ignore_errors=True)
    for file in changed.autograded.rglob("*.txt"):
        file.unlink()
    pages = write_feedback(changed, "hw1")
    secrets = [(page.parent / "submission_secret.txt").read_text() for page in pages]
    assert len(set(secrets)) == len(pages)
    assert all(len(secret) >= 32 for secret in secrets)
    assert all((page.parent / "timestamp.txt").is_file() for page in pages)
    write_feedback(changed, "hw1")
    assert [(page.parent / "submission_secret.txt").read_text() for page in pages] == secrets


def test_a_page_has_receipt_answers_and_diagnoses(pages: dict[str, str]) -> None:
    page = pages["s002"]
    assert "<b>12</b> of 15 points" in page
    assert page.count('<section class="exercise"') == 9
    assert "The bias b is left out." in page
    assert "José Ángel García Márquez" in page
    answer = page.index('id="linear_predict"')
    beside = page[answer : page.index("</section>", answer)]
    assert '<span class="nf">linear_predict</span>' in beside
    assert "0 of 12 cases right" in beside


def test_locked_texts_are_folded_to_their_heading(pages: dict[str, str]) -> None:
    assert "<summary>2 · Sum of squared errors (1 point)</summary>" in pages["s001"]
    assert "<summary>Write your first and last name behind Name" in pages["s001"]


def test_formulas_are_mathml(pages: dict[str, str]) -> None:
    assert '<math display="block">' in pages["s001"]
    assert "$$" not in pages["s001"]
    assert "𝓛" in pages["s001"]  # \\mathcal L as the letter it is


def test_nobody_elses_name_and_no_solution(pages: dict[str, str]) -> None:
    names = {work.id: work.last_name or work.first_name for work in CLASS}
    for student, page in pages.items():
        for other, name in names.items():
            assert other == student or name not in page
        assert "BEGIN SOLUTION" not in page


def test_test_cells_are_not_shown_but_their_verdicts(course: Course) -> None:
    source = "assert f(3) == 9\n### BEGIN HIDDEN TESTS\nassert f(1234) == 5678\n### END HIDDEN TESTS"
    hidden = graded_cell("old", source)
    hidden.outputs = [
        new_output("error", ename="AssertionError", evalue="5678", traceback=["x", "assert f(1234) == 5678"])
    ]
    open_ = graded_cell("new", "assert g(3) == 9, 'g squares'")
    open_.outputs = [new_output("error", ename="AssertionError", evalue="g squares", traceback=["x"])]
    page = page_with(course, "s001", hidden, open_)
    assert "1234" not in page
    assert "5678" not in page
    assert "The tests of this exercise stopped with AssertionError." in page
    assert "stopped with AssertionError: g squares." in page


def test_hidden_cases_keep_their_inputs_and_results(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s002")
    assert notebook is not None
    for line in notebook.metadata["first_descent"]["verdicts"][0]["lines"]:
        if line["is_hidden"]:
            line["yours"], line["expected"] = "77.7701", "88.8802"
    score = next(score for score in scores(course, "hw1") if score.student == "s002")
    receipt = make_receipt(course, "hw1", Student("s002", "José", ""), score, notebook)
    assert "88.8802" in str(receipt.lines[0].verdict)
    page = feedback_page(course, receipt, notebook)
    assert "hidden: many rows" in page
    assert "77.7701" not in page
    assert "88.8802" not in page


def test_what_is_not_graded_is_not_zero(pages: dict[str, str]) -> None:
    assert "Not graded yet." in pages["s008"]
    assert "0</b> of" not in pages["s008"]
    assert "– of 3" in pages["s007"]
    assert "so far" in pages["s007"]


def test_faults_and_lateness_are_on_the_page(pages: dict[str, str]) -> None:
    assert '<a href="#cell-34"><code>cell 34</code></a>: This cell was stopped after 60 seconds.' in pages["s005"]
    assert 'id="cell-34"' in pages["s005"]
    assert "10 % of the points earned" in pages["s003"]
    assert "−1.2" in pages["s003"]
    assert "Nothing taken for lateness or format." in pages["s001"]


def test_own_outputs_are_shown(pages: dict[str, str]) -> None:
    assert 'alt="My dots and a line."' in pages["s001"]
    assert "<pre>17.9</pre>" in pages["s001"]


def test_pages_need_nothing_from_outside(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert "Content-Security-Policy" in page
        assert "default-src &#39;none&#39;" in page
        assert "<script" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert 'name="viewport"' in page


def test_only_what_changed_is_written_again(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    seen: list[tuple[int, int]] = []
    first = write_feedback(changed, "hw1", on_page=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (8, 8)
    before = {path: path.stat().st_mtime_ns for path in first}
    path = graded_path(changed, "hw1", "s002")
    notebook = nbformat.read(path, as_version=4)
    marks = read_marks(notebook)
    assert marks is not None
    write_marks(notebook, Marks(marks.verdicts, marks.faults, 99.0, "isolated"))
    notebook.cells.append(new_markdown_cell("One more thought."))
    nbformat.write(notebook, path)
    again = write_feedback(changed, "hw1")
    assert again == first
    assert [page.parts[-3] for page in again if page.stat().st_mtime_ns != before[page]] == ["s002"]
    assert not [stray for stray in changed.feedback.rglob("*") if stray.name.startswith(".")]


def test_a_text_answer_graded_by_hand_is_shown(course: Course) -> None:
    cell = new_markdown_cell("Because **squares** are convex.")
    known = {"grade": True, "grade_id": "why", "locked": False, "points": 3, "schema_version": 3, "solution": True}
    cell.metadata["nbgrader"] = {**known, "task": False}
    page = page_with(course, "s001", cell)
    assert "<strong>squares</strong>" in page
    assert "Waits for a person to grade it." in page


def test_an_exercise_whose_cell_is_gone_still_has_its_verdict(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s001")
    assert notebook is not None
    notebook.cells = [cell for cell in notebook.cells if "mae" not in str(cell.metadata.get("nbgrader"))]
    page = feedback_page(course, receipt_of(course, "s001"), notebook)
    assert "The cell of this exercise is not in the notebook." in page
    assert "mae: right" in page


def test_what_a_student_put_between_answer_and_check_stays_beside_the_verdict(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s001")
    assert notebook is not None
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    notebook.cells.insert(names.index("sse"), new_code_cell("my_trial = 1"))
    page = feedback_page(course, receipt_of(course, "s001"), notebook)
    card = page[page.index('id="sse"') : page.index('id="mse"')]
    assert "my_trial" in card
    assert card.index("my_trial") > card.index("sse</span>")


def test_an_answer_that_never_came_has_no_table_of_crosses(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s002")
    assert notebook is not None
    for line in notebook.metadata["first_descent"]["verdicts"][0]["lines"]:
        line["yours"] = line["expected"] = ""
    score = next(score for score in scores(course, "hw1") if score.student == "s002")
    receipt = make_receipt(course, "hw1", Student("s002", "José", ""), score, notebook)
    page = feedback_page(course, receipt, notebook)
    start = page.index('id="linear_predict"')
    card = page[start : page.index("</section>", start)]
    assert "<table" not in card
    assert "0 of 12 cases right" in page  # the receipt still has the evidence


def test_faults_of_the_run_are_sentences(course: Course) -> None:
    error = new_output("error", ename="KERNEL_DIED", evalue="This cell ended the Python process.", traceback=["x", "y"])
    page = page_with(course, "s001", new_code_cell("import os; os._exit(1)", outputs=[error]))
    assert '<p class="fault">This cell ended the Python process.</p>' in page
    assert "KERNEL_DIED" not in page


def test_code_that_was_handed_out_and_left_as_it_was_is_folded_and_what_it_showed_is_not(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s001")
    assert notebook is not None
    first = next(cell for cell in notebook.cells if cell.source.startswith("# Run this cell first."))
    first.outputs = [new_output("stream", text="The course is here.")]
    receipt = receipt_of(course, "s001")
    fold = '<details class="given code-given"><summary>Code that was given</summary>'
    page = feedback_page(course, receipt, notebook)
    before, after = page[: page.index("# Run this cell first")], page[page.index("# Run this cell first") :]
    assert before.rindex(fold) > before.rfind("</details>")
    assert after.index("</details>") < after.index("The course is here.")
    first.source += "\nmine = 1"
    changed = feedback_page(course, receipt, notebook)
    assert changed.count(fold) == page.count(fold) - 1


def test_without_the_assignments_source_nothing_is_folded_as_given(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    notebook = graded_notebook(changed, "hw1", "s001")
    receipt = receipt_of(changed, "s001")
    for damaged in (b"{", b"[]", None):
        source = changed.source / "hw1" / "hw1.ipynb"
        source.unlink() if damaged is None else source.write_bytes(damaged)
        assert '<details class="given code-given">' not in feedback_page(changed, receipt, notebook)


def test_a_quiz_opens_its_questions_and_speaks_of_one_answer(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    file = changed.root / "course.toml"
    file.write_text(file.read_text().replace('kind = "homework"', 'kind = "quiz"'))
    changed = load_course(changed.root)
    notebook = graded_notebook(changed, "hw1", "s002")
    assert notebook is not None
    for each in notebook.metadata["first_descent"]["verdicts"]:
        each["lines"] = []
    score = next(score for score in scores(changed, "hw1") if score.student == "s002")
    page = feedback_page(changed, make_receipt(changed, "hw1", Student("s002", "J", ""), score, notebook), notebook)
    folds = re.findall(r'<details class="block given"( open)?><summary>(.*?)</summary>', page)
    is_open = {title: bool(mark) for mark, title in folds}
    assert is_open["2 · Sum of squared errors (1 point)"]
    assert not any(mark for title, mark in is_open.items() if title.startswith(("Write your", "How wrong")))
    assert "linear_predict: not right (0 of 2 points)" in page
    for words in ("in every case", "not yet", "cases right"):
        assert words not in page
