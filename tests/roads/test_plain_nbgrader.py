"""nbgrader stays nbgrader: its own commands, in its own order, on the kit's folders."""

from __future__ import annotations

import csv
import getpass
import shutil
from pathlib import Path

import nbformat
import pytest
from small_term import fill

from autograder.marks import read_marks
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def released(course_folder: Path, run) -> Path:
    """hw1, generated and released into the exchange by nbgrader."""
    run("nbgrader", "generate_assignment", "hw1", "--create", cwd=course_folder)
    (course_folder / "exchange").mkdir()
    (course_folder / "exchange").chmod(0o777)
    run("nbgrader", "release_assignment", "hw1", cwd=course_folder)
    return course_folder


@pytest.fixture(scope="module")
def submitted(released: Path, tmp_path_factory, run) -> Path:
    """One student's way: fetch, answer, submit; then the instructor collects."""
    desk = tmp_path_factory.mktemp("desk")
    config = "\n".join(
        (
            "c = get_config()",
            f"c.Exchange.root = {str(released / 'exchange')!r}",
            "c.CourseDirectory.course_id = 'a-test-course'",
        )
    )
    (desk / "nbgrader_config.py").write_text(config)
    run("nbgrader", "fetch_assignment", "hw1", cwd=desk)
    assert sorted(path.name for path in (desk / "hw1").iterdir()) == ["hw1.ipynb"]
    fill(desk / "hw1/hw1.ipynb", "no bias", "turned round", name="Ada Lovelace")
    run("nbgrader", "submit", "hw1", cwd=desk)
    run("nbgrader", "collect", "hw1", cwd=released)
    return released


def test_the_source_validates_and_the_stubs_do_not(released: Path, run) -> None:
    good = run("nbgrader", "validate", "notebooks/assignments/hw1/hw1.ipynb", cwd=released)
    assert "Success" in good.stdout + good.stderr
    bad = run("nbgrader", "validate", "release/hw1/hw1.ipynb", cwd=released, expect=None)
    assert "VALIDATION FAILED" in (bad.stdout + bad.stderr).upper()


def test_the_release_holds_no_solution(released: Path) -> None:
    text = (released / "release/hw1/hw1.ipynb").read_text()
    assert "BEGIN SOLUTION" not in text
    assert "raise NotImplementedError()" in text
    assert "torch.linalg.lstsq" not in text
    assert [path.name for path in (released / "release/hw1").iterdir()] == ["hw1.ipynb"]


def test_collect_brings_the_submission_in(submitted: Path) -> None:
    folder = submitted / "submitted" / getpass.getuser() / "hw1"
    assert (folder / "hw1.ipynb").is_file()
    assert (folder / "timestamp.txt").is_file()


def test_autograde_feedback_and_export(submitted: Path, run) -> None:
    student = getpass.getuser()
    run("nbgrader", "autograde", "hw1", cwd=submitted)
    marks = read_marks(submitted / "autograded" / student / "hw1/hw1.ipynb")
    assert marks is not None
    wrong = {verdict.exercise: verdict.mistake for verdict in marks.verdicts if verdict.outcome is not Outcome.PASSED}
    assert wrong == {
        "linear_predict": "forgot_the_bias",
        "mse_grad": "took_target_minus_prediction",
        "gd_fit": wrong["gd_fit"],
    }

    run("nbgrader", "generate_feedback", "hw1", cwd=submitted)
    page = (submitted / "feedback" / student / "hw1/hw1.html").read_text()
    assert "The bias b is left out." in page

    run("nbgrader", "export", "--to", "grades.csv", cwd=submitted)
    with open(submitted / "grades.csv", newline="") as stream:
        row = next(each for each in csv.DictReader(stream) if each["student_id"] == student)
    earned = sum(verdict.points for verdict in marks.verdicts)
    assert float(row["raw_score"]) == earned
    assert float(row["max_score"]) == 15.0
    assert 0 < earned < 15


def test_a_forged_score_in_the_submission_is_worth_nothing(submitted: Path, run) -> None:
    folder = submitted / "submitted/forger/hw1"
    folder.mkdir(parents=True)
    shutil.copy(submitted / "release/hw1/hw1.ipynb", folder)
    notebook = nbformat.read(folder / "hw1.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "99.0"
            cell.metadata.nbgrader.points = 99
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "99.0"})]
    notebook.metadata["first_descent"] = {"verdicts": [], "faults": [], "seconds": 0, "isolation": ""}
    nbformat.write(notebook, folder / "hw1.ipynb")
    run("nbgrader", "autograde", "hw1", "--student", "forger", cwd=submitted)
    marks = read_marks(submitted / "autograded/forger/hw1/hw1.ipynb")
    assert marks is not None
    assert {verdict.outcome for verdict in marks.verdicts} == {Outcome.NOT_ATTEMPTED}
    assert sum(verdict.points for verdict in marks.verdicts) == 0.0
