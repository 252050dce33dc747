from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from graded_class import build_course, copy_course

from autograder.errors import FolderError, RosterError, UnknownAssignmentError
from autograder.feedback import feedback_page
from autograder.intake.fates import ACCEPTED, Fate, Ledger, save_ledger
from autograder.intake.fates import Deduction as FormatFault
from autograder.intake.restore import Change
from autograder.nbgrader_bridge.gaveup import forget_given_up, note_given_up, why_given_up
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.receipts import Receipt, as_text, graded_notebook, graded_path, make_receipt, receipts, say_moment
from autograder.receipts.receipt import Line
from autograder.report import report_page
from autograder.rules.coursefile import Course, load_course
from autograder.rules.roster import Student
from course_utils.checks.verdict import Outcome, Verdict


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def by_id(course: Course) -> dict[str, Receipt]:
    return {receipt.student: receipt for receipt in receipts(course, "hw1")}


@pytest.mark.parametrize(
    ("student", "raw", "final"),
    [("s001", 15, 15), ("s002", 12, 12), ("s003", 12, 10.8), ("s004", 10, 10), ("s006", 9, 9), ("s008", None, None)],
)
def test_the_sums_are_the_gradebooks(by_id: dict[str, Receipt], student: str, raw: float, final: float) -> None:
    receipt = by_id[student]
    assert receipt.raw == raw
    assert receipt.final == (None if final is None else pytest.approx(final))
    if raw is not None:
        assert sum(line.points or 0 for line in receipt.lines) == pytest.approx(raw)
        assert receipt.raw - sum(each.points for each in receipt.deductions) == pytest.approx(receipt.final)


def test_every_exercise_has_a_line_with_rule_and_evidence(by_id: dict[str, Receipt]) -> None:
    for student in ("s001", "s003", "s004", "s007"):
        lines = by_id[student].lines
        assert [line.exercise for line in lines][:2] == ["linear_predict", "sse"]
        assert len(lines) == 9
        assert sum(line.max for line in lines) == 15
        assert all(line.rule and line.evidence.startswith(f"cell {line.exercise}") for line in lines)


def test_a_line_says_why(by_id: dict[str, Receipt]) -> None:
    line = by_id["s002"].lines[0]
    assert (line.points, line.max) == (0, 2)
    assert "bias b is left out" in line.message
    assert line.evidence == "cell linear_predict, 0 of 12 cases right"
    unwritten = by_id["s003"].lines[4]
    assert unwritten.verdict is not None
    assert unwritten.verdict.outcome is Outcome.NOT_ATTEMPTED
    assert unwritten.rule.startswith("Not written yet")


def test_what_broke_on_our_side_waits_and_is_no_zero(by_id: dict[str, Receipt]) -> None:
    receipt = by_id["s007"]
    broken = next(line for line in receipt.lines if line.exercise == "gd_fit")
    assert broken.points is None
    assert "no zero" in broken.rule
    assert receipt.raw == 12
    assert not receipt.is_complete
    assert any("gd_fit" in reason for reason in receipt.needs_person)
    assert "– of 3" in as_text(receipt)


def test_not_graded_is_not_zero(by_id: dict[str, Receipt]) -> None:
    receipt = by_id["s008"]
    assert (receipt.raw, receipt.final, receipt.share, receipt.lines) == (None, None, None, ())
    assert receipt.needs_person == ("This submission is not graded yet.",)
    assert re.search(r"final +– of", as_text(receipt))
    assert "0 of" not in as_text(receipt)


def test_who_handed_in_nothing_has_no_receipt(by_id: dict[str, Receipt]) -> None:
    assert "s099" not in by_id


def test_lateness_is_taken_by_the_rule_with_its_evidence(by_id: dict[str, Receipt]) -> None:
    (taken,) = by_id["s003"].deductions
    assert (taken.rule, taken.points) == ("late", 1.2)
    assert "2027-02-06 07:00" in taken.evidence
    assert "10 % of the points earned" in taken.evidence


def test_what_the_gradebook_takes_beyond_the_rules_is_said(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    with open_gradebook(changed) as gradebook:
        gradebook.find_submission("hw1", "s001").notebooks[0].late_submission_penalty = 2.0
        gradebook.db.commit()
    receipt = receipts(changed, "hw1")[0]
    (taken,) = receipt.deductions
    assert (taken.rule, taken.points, receipt.final) == ("gradebook", 2.0, 13.0)


def test_an_excuse_is_no_zero(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    with (changed.root / "course.toml").open("a") as file:
        file.write('[[excuses]]\nstudent = "s002"\nassignment = "hw1"\nreason = "in hospital"\n')
    receipt = receipts(load_course(changed.root), "hw1")[1]
    assert (receipt.excuse, receipt.final, receipt.needs_person) == ("in hospital", None, ())


def test_an_extension_moves_the_deadline_of_the_receipt(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    with (changed.root / "course.toml").open("a") as file:
        file.write('[[extensions]]\nstudent = "s003"\nassignment = "hw1"\nuntil = "2027-02-07 12:00"\n')
    receipt = receipts(load_course(changed.root), "hw1")[2]
    assert say_moment(receipt.deadline) == "7 Feb 2027, 12:00 EST"
    assert [taken.rule for taken in receipt.deductions] == ["gradebook"]  # graded before the extension was given


@pytest.mark.parametrize(("rule", "evidence"), [("name", 'the file is called "hw1"'), ("header", "no name at the top")])
def test_format_faults_are_cited(course: Course, tmp_path: Path, rule: str, evidence: str) -> None:
    changed = copy_course(course, tmp_path)
    fault = FormatFault(rule, 5.0, evidence)
    fate = Fate("hw1.ipynb", ACCEPTED, "", "s001", "Zoë Müller", "hw1", deductions=(fault,), digest="d")
    save_ledger(changed.records / "fates.json", Ledger((fate,), {}))
    taken = receipts(changed, "hw1")[0].deductions[0]
    assert (taken.rule, taken.points) == (rule, 0.75)
    assert taken.words.startswith("format: ")
    assert evidence in taken.evidence


def test_times_are_on_the_courses_clock(by_id: dict[str, Receipt]) -> None:
    receipt = by_id["s001"]
    assert say_moment(receipt.submitted_at) == "5 Feb 2027, 15:15 EST"
    assert say_moment(receipt.deadline) == "5 Feb 2027, 23:59 EST"


def test_a_mark_by_hand_stands_in_place_of_the_checks(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    with open_gradebook(changed) as gradebook:
        gradebook.find_grade("mae", "hw1", "hw1", "s002").manual_score = 0.5
        gradebook.db.commit()
    receipt = receipts(changed, "hw1")[1]
    line = next(line for line in receipt.lines if line.exercise == "mae")
    assert (line.points, line.rule, line.message) == (0.5, "Graded by a person.", "")
    assert receipt.raw == 12.5


def test_partial_credit_says_its_share(by_id: dict[str, Receipt]) -> None:
    line = next(line for line in by_id["s005"].lines if line.exercise == "least_squares")
    assert (line.points, line.is_partial) == (1, True)
    assert "50 %" in line.rule


def test_what_was_put_back_is_listed(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    sure = Change("moved", "mse-answer", 7, "mse-answer stood in another place (cell 7) and was moved back", 0.95)
    unsure = Change("matched", "mae-answer", 9, "cell 9 looks like mae-answer", 0.6)
    fate = Fate("Zoë.ipynb", ACCEPTED, "", "s001", "Zoë Müller", "hw1", changes=(sure, unsure), digest="d")
    save_ledger(changed.records / "fates.json", Ledger((fate,), {}))
    receipt = receipts(changed, "hw1")[0]
    assert receipt.restored == (sure.what, unsure.what)
    assert any(unsure.what in reason for reason in receipt.needs_person)
    assert not any(sure.what in reason for reason in receipt.needs_person)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {"first_descent": 7}}',
        b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {"first_descent": {"verdicts": 1}}}',
    ],
)
@pytest.mark.filterwarnings("ignore")  # nbformat has much to say about these
def test_a_damaged_graded_notebook_leaves_the_gradebooks_word(course: Course, tmp_path: Path, content: bytes) -> None:
    changed = copy_course(course, tmp_path)
    graded_path(changed, "hw1", "s001").write_bytes(content)
    receipt = receipts(changed, "hw1")[0]
    assert receipt.final == 15
    assert {line.points for line in receipt.lines} <= {0, 1, 2, 3}


def test_a_student_who_left_the_roster_goes_by_the_id(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    changed.roster.write_text("id,first_name,last_name\ns9,Someone,Else\n")
    receipt = receipts(changed, "hw1")[0]
    assert (receipt.student, receipt.name) == ("s001", "s001")


def test_without_a_roster_the_gradebooks_names_stand(course: Course, by_id: dict[str, Receipt], tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    changed.roster.unlink()
    graded = [receipt for receipt in receipts(changed, "hw1") if receipt.final is not None]
    assert graded
    assert {receipt.student: receipt.name for receipt in graded} == {
        receipt.student: by_id[receipt.student].name for receipt in graded
    }


def test_errors_are_sentences(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    with pytest.raises(UnknownAssignmentError, match="hw9"):
        receipts(changed, "hw9")
    changed.roster.write_text("first_name,last_name\nAda,Lovelace\n")
    with pytest.raises(RosterError, match="no column id"):
        receipts(changed, "hw1")


def test_a_verdict_does_not_steer_the_terminal(course: Course) -> None:
    notebook = graded_notebook(course, "hw1", "s002")
    assert notebook is not None
    evil = "\x1b]0;pwned\x07\x1b[2J\u202egnp.exe\u2066\ud800 red"
    notebook.metadata["first_descent"]["verdicts"][0]["idea"] = evil
    score = next(score for score in scores(course, "hw1") if score.student == "s002")
    receipt = make_receipt(course, "hw1", Student("s002", "\x1b[31mJosé", "\u202eGarcía"), score, notebook)
    text = as_text(receipt)
    assert not set(text) & set("\x1b\x07\u202e\u2066\ud800")
    assert "red" in text
    assert "[U+202E]" in text
    text.encode("utf-8")


def test_the_text_has_every_number(by_id: dict[str, Receipt]) -> None:
    text = as_text(replace(by_id["s003"], submitted_at=datetime(2027, 2, 6, 12, tzinfo=UTC)))
    for piece in ("Siobhán O'Connor (s003)", "0 of 2", "12 of 15", "−1.2", "10.8 of 15", "6 Feb 2027, 12:00 UTC"):
        assert piece in text


def test_the_fixture_is_a_real_notebook(course: Course) -> None:
    nbformat.validate(graded_notebook(course, "hw1", "s001"))


# Why a submission is not graded: one sentence on its page, its receipt and in the class report.


CELL = {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": "mse-answer"}}, "outputs": []}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as a notebook"),
        (b'{"cells": [', "cannot be read as a notebook"),
        (b"\xff\xfe\x00", "cannot be read as a notebook"),
        (b"[" * 200_000, "cannot be read as a notebook"),
        (b"%PDF-1.7", "cannot be read as a notebook"),
        (b"[]", "holds no list of cells"),
        (b"{}", "holds no list of cells"),
        (b'{"worksheets": [{"cells": []}]}', "holds no list of cells"),
        (b'{"cells": [3, null]}', "holds no list of cells"),
        (json.dumps({"cells": [CELL, CELL]}).encode(), "Two cells of hw1.ipynb carry the same label, mse-answer"),
        (json.dumps({"cells": [CELL | {"metadata": meta} for meta in (None, [], {"nbgrader": 3})]}).encode(), ""),
        (json.dumps({"cells": [CELL]}).encode(), ""),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(course: Course, tmp_path: Path, content: bytes, said: str) -> None:
    changed = copy_course(course, tmp_path)
    (changed.submitted / "s008" / "hw1" / "hw1.ipynb").write_bytes(content)
    receipt = next(each for each in receipts(changed, "hw1") if each.student == "s008")
    (reason,) = receipt.needs_person
    assert reason.startswith("This submission is not graded yet.")
    assert said in reason
    assert reason in as_text(receipt)
    assert (receipt.raw, receipt.final) == (None, None)


def test_a_missing_notebook_names_what_is_there_instead(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    folder = changed.submitted / "s008" / "hw1"
    (folder / "hw1.ipynb").rename(folder / "\x1b[31mhomework 1.ipynb")
    (reason,) = next(each for each in receipts(changed, "hw1") if each.student == "s008").needs_person
    assert reason.endswith("There is no hw1.ipynb in what was handed in, only homework 1.ipynb.")


def test_what_grading_said_when_it_gave_up_is_on_page_receipt_and_report(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    words = "Grading could not finish with it: no kernel <b>could</b> be started."
    note_given_up(changed, "hw1", "s008", words)
    made = receipts(changed, "hw1")
    receipt = next(each for each in made if each.student == "s008")
    assert receipt.needs_person == (f"This submission is not graded yet. {words}",)
    page = feedback_page(changed, receipt, None)
    assert page.count("no kernel &lt;b&gt;could&lt;/b&gt; be started.") == 1
    assert "Not graded yet." in page
    assert "no kernel &lt;b&gt;could&lt;/b&gt; be started." in report_page(changed, "hw1", made)
    forget_given_up(changed, "hw1", "s008")
    assert next(each for each in receipts(changed, "hw1") if each.student == "s008").needs_person == (
        "This submission is not graded yet.",
    )


def test_a_reason_ends_with_the_next_grading_whichever_road_it_came_by(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    note_given_up(changed, "hw1", "s001", "It stopped.")
    assert why_given_up(changed, "hw1", "s001") == "It stopped."
    path = graded_path(changed, "hw1", "s001")
    later = (changed.records / "gave_up/hw1/s001.txt").stat().st_mtime_ns + 10**9
    os.utime(path, ns=(later, later))
    assert why_given_up(changed, "hw1", "s001") == ""


def test_a_reason_that_cannot_be_kept_is_an_error_of_the_folder(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    changed.records.mkdir(exist_ok=True)
    (changed.records / "gave_up").write_text("a file where the folder should be")
    with pytest.raises(FolderError, match="cannot be written"):
        note_given_up(changed, "hw1", "s001", "It stopped.")
    assert why_given_up(changed, "hw1", "s001") == ""


# A question with one answer is not right "in every case".


@pytest.mark.parametrize(
    ("outcome", "points", "rule"),
    [
        (Outcome.PASSED, 10.0, "Right: all points."),
        (Outcome.FAILED, 0.0, "Not right: no points."),
        (Outcome.FAILED, 5.0, "Partial credit: this mistake keeps 50 % of the points."),
        (Outcome.NOT_ATTEMPTED, 0.0, "Not answered: no points."),
        (Outcome.BROKEN, 0.0, "The check itself failed: a person has looked at it."),
    ],
)
def test_a_question_with_one_answer(outcome: Outcome, points: float, rule: str) -> None:
    line = Line("quiz1_slope", points, 10.0, Verdict("quiz1_slope", outcome, points, 10.0))
    assert line.rule == rule
    assert line.evidence == "cell quiz1_slope"
