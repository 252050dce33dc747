"""Each homework, lab, quiz and the project ends in `submit()`, and it says of each what stands in it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from handed_out import GRADED, of_the_course, save

from course_utils.handing_in.cells import grade_id
from course_utils.handing_in.facts import read_facts
from course_utils.handing_in.fresh import run_fresh
from course_utils.handing_in.place import read_file
from course_utils.handing_in.report import Report, make_report
from course_utils.handing_in.submitting import submit

# Running every one fresh takes minutes; one of each kind is run by default.
RUN = GRADED if os.environ.get("FIRST_DESCENT_FULL") else ["hw1", "lab2", "quiz1", "project"]
AT_ONCE = {"hw": "written", "lab": "written", "quiz": "recorded", "project": "written"}


def test_all_eighteen_are_there() -> None:
    kinds = [name.rstrip("0123456789") for name in GRADED]
    assert {kind: kinds.count(kind) for kind in kinds} == {"hw": 6, "lab": 6, "quiz": 5, "project": 1}


@pytest.mark.parametrize("name", GRADED)
def test_it_ends_in_submit_and_carries_what_submit_has_to_know(name: str) -> None:
    notebook = of_the_course(name)
    last = notebook.cells[-1]
    assert last.source == "from course_utils.handing_in import submit\n\nsubmit()"
    assert not grade_id(last)
    facts = read_facts(json.loads(nbformat.writes(notebook))["metadata"])
    assert facts is not None
    assert facts.assignment == name
    assert len(facts.works) == len(GRADED)
    assert [cell["source"] for cell in facts.released[1:]] == [cell.source for cell in notebook.cells[1:]]
    assert set(facts.deductions) == {"name", "header", "placement", "text_answers", "order"}


@pytest.mark.parametrize("name", GRADED)
def test_without_a_run_it_names_every_answer_and_no_deduction(name: str, tmp_path: Path) -> None:
    for solved in (False, True):
        notebook = of_the_course(name, solved=solved)
        found = read_file(save(tmp_path / f"Ada_Lovelace_{name}.ipynb", json.loads(nbformat.writes(notebook))))
        facts = read_facts(found.data["metadata"])
        assert facts is not None
        report = make_report(found.path.name, found.cells, facts)
        assert (report.stops, report.deductions, report.wanted) == ((), (), f"Ada_Lovelace_{name}.ipynb")
        assert report.answers
        states = {answer.state for answer in report.answers}
        assert states <= ({"written", "recorded"} if solved else {"not written"}), report.answers


def report_of(name: str, folder: Path, *, solved: bool) -> Report:
    notebook = json.loads(nbformat.writes(of_the_course(name, solved=solved)))
    found = read_file(save(folder / f"{name}.ipynb", notebook))
    facts = read_facts(found.data["metadata"])
    assert facts is not None
    return make_report(found.path.name, found.cells, facts, run_fresh(found.cells, 300))


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_its_own_answers_run_fresh_and_are_all_there(name: str, tmp_path: Path) -> None:
    report = report_of(name, tmp_path, solved=True)
    assert report.notes == (), "no cell stops"
    state = AT_ONCE[name.rstrip("0123456789")]
    for answer in report.answers:
        assert answer.state == state, answer
        assert answer.points in (None, answer.max_points), answer
    if state == "written" and name != "project":
        assert any(answer.points for answer in report.answers)


@pytest.mark.slow
def test_an_untouched_one_says_that_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads(nbformat.writes(of_the_course("hw1")))
    path = submit(file=save(tmp_path / "hw1.ipynb", notebook))
    assert path == tmp_path / "Ada_Lovelace_hw1.ipynb"
    text = " ".join(capsys.readouterr().out.split())
    assert text.count("○ not written") == 9
    assert "So far 0 of 15 points by the checks" in text
    assert "stops" not in text
