"""`nbgrader generate_feedback` with the kit's configuration writes the kit's pages, comments and all."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import pytest
from graded_class import CLASS, build_course, comment, copy_course
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from test_feedback_hostile import assert_harmless
from traitlets.config import Config

from autograder.feedback import write_feedback
from autograder.nbgrader_bridge.config import configure
from autograder.nbgrader_bridge.steps import bin_on_path, open_gradebook
from autograder.rules.coursefile import Course

TYPED = "Look at slide 7 & tell me: is 2 < 3?\n<script>alert(1)</script> <img src=x onerror=alert(2)>\u202e\x1b[31m red"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = build_course(tmp_path_factory.mktemp("course"), CLASS[:4])
    comment(course, "s002", "mae-answer", TYPED)
    return course


def generate_feedback(course: Course, assignment: str = "hw1") -> None:
    """Do what the command and formgrader's button do, from wherever the server was started."""
    config = Config()
    configure(config, course.root)
    folders = CourseDirectory(config=config)
    folders.assignment_id = assignment
    with bin_on_path():
        GenerateFeedback(coursedir=folders, config=config, log=logging.getLogger("test")).start()


@pytest.fixture(scope="module")
def pages(course: Course) -> dict[str, str]:
    generate_feedback(course)
    return {
        path.parts[-3]: path.read_text(encoding="utf-8") for path in sorted(course.feedback.glob("*/hw1/hw1.html"))
    }


def test_it_is_the_kits_page(course: Course, pages: dict[str, str], tmp_path: Path) -> None:
    assert list(pages) == [work.id for work in CLASS[:4]]
    assert "The bias b is left out." in pages["s002"]
    assert '<h2 id="receipt">Receipt</h2>' in pages["s002"]
    ours = copy_course(course, tmp_path)
    shutil.rmtree(ours.feedback)
    assert {path.parts[-3]: path.read_text(encoding="utf-8") for path in write_feedback(ours, "hw1")} == pages


def test_no_test_cell_and_nobody_elses_name_is_in_it(pages: dict[str, str]) -> None:
    for student, page in pages.items():
        assert "<script" not in page
        assert_harmless(page)
        for work in CLASS[:4]:
            assert work.id == student or (work.last_name or work.first_name) not in page


def test_it_can_be_released(course: Course, pages: dict[str, str]) -> None:
    for student in pages:
        folder = course.feedback / student / "hw1"
        assert (folder / "submission_secret.txt").read_text() == f"secret-{student}"
        assert (folder / "timestamp.txt").is_file()


def test_a_submission_without_a_secret_gets_one(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    shutil.rmtree(changed.feedback, ignore_errors=True)
    for file in changed.autograded.rglob("submission_secret.txt"):
        file.unlink()
    generate_feedback(changed)
    secrets = {path.read_text() for path in changed.feedback.rglob("submission_secret.txt")}
    assert len(secrets) == 4
    assert all(len(secret) == 64 for secret in secrets)


def test_what_was_typed_in_formgrader_stands_beside_the_answer(pages: dict[str, str]) -> None:
    page = pages["s002"]
    start = page.index('id="mae"')
    card = page[start : page.index("</section>", start)]
    assert "<b>Your instructor writes:</b>" in card
    assert "is 2 &lt; 3?\n&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(2)&gt;[U+202E] red" in card
    assert "Your instructor writes" not in pages["s001"]


def test_a_comment_that_is_taken_back_is_gone(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    comment(changed, "s002", "mae-answer", "  ")
    shutil.rmtree(changed.feedback, ignore_errors=True)  # what is there is left alone, unless with --force
    generate_feedback(changed)
    assert "Your instructor writes" not in (changed.feedback / "s002/hw1/hw1.html").read_text(encoding="utf-8")


def test_work_the_course_file_does_not_list_keeps_nbgraders_page(course: Course, tmp_path: Path) -> None:
    changed = copy_course(course, tmp_path)
    for folder in (changed.source, changed.autograded / "s001"):
        (folder / "extra").mkdir()
        shutil.copy(changed.autograded / "s001/hw1/hw1.ipynb", folder / "extra/extra.ipynb")
    with open_gradebook(changed) as gradebook:
        gradebook.add_assignment("extra")
        gradebook.add_notebook("extra", "extra")
        for cell in gradebook.find_notebook("hw1", "hw1").grade_cells:
            gradebook.add_grade_cell(cell.name, "extra", "extra", max_score=cell.max_score, cell_type="code")
        for cell in gradebook.find_notebook("hw1", "hw1").solution_cells:
            gradebook.add_solution_cell(cell.name, "extra", "extra")
        gradebook.add_submission("extra", "s001")
    generate_feedback(changed, "extra")
    page = (changed.feedback / "s001/extra/extra.html").read_text(encoding="utf-8")
    assert 'id="receipt"' not in page
    assert re.search(r"(?i)<title>extra", page)


def test_a_graded_notebook_the_gradebook_does_not_know_is_named(
    course: Course, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    changed = copy_course(course, tmp_path)
    with open_gradebook(changed) as gradebook:
        gradebook.remove_submission("hw1", "s003")
    shutil.rmtree(changed.submitted / "s003")
    shutil.rmtree(changed.feedback, ignore_errors=True)
    with pytest.raises(Exception, match=r"(?i)fail|error|could not"):
        generate_feedback(changed)
    assert "The gradebook knows of no submission of s003 for hw1" in caplog.text
    assert sorted(path.parts[-3] for path in changed.feedback.rglob("*.html")) == ["s001", "s002", "s004"]
