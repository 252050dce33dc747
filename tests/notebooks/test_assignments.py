"""Every assignment with declared exercises: its notebook has the parts that grading and students rely on."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from autograder.exercises import assignments, exercises_of, find_exercise
from autograder.nbgrader_bridge.stubs import ClearAnswers

FOLDER = Path(__file__).parents[2] / "notebooks" / "assignments"
NAMES = [name for name in assignments() if (FOLDER / name / f"{name}.ipynb").is_file()]

# The roads' tests run all of them, solved and untouched, in the grader's kernels: here, in a kernel as a student has it,
# two do by default.
RUN = NAMES if os.environ.get("FIRST_DESCENT_FULL") else ["hw1", "hw5"]


def read(name):
    return nbformat.read(FOLDER / name / f"{name}.ipynb", as_version=4)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def run(notebook):
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=300).execute()
    return notebook


def earned(notebook):
    """Return the points that stock nbgrader reads from the check cells, by exercise."""
    return {
        marks(cell)["grade_id"]: determine_grade(cell)[0]
        for cell in notebook.cells
        if marks(cell).get("grade") and cell.cell_type == "code"
    }


@pytest.mark.parametrize("name", NAMES)
def test_name_and_assignment_stand_at_the_top(name):
    top = read(name).cells[0]
    assert top.cell_type == "markdown"
    lines = [line.strip() for line in top.source.splitlines()]
    assert lines[0].startswith("# ")
    assert "**Name:**" in lines
    assert f"**Assignment:** {name}" in lines


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_has_its_three_cells_in_order(name):
    cells = {marks(cell)["grade_id"]: (place, cell) for place, cell in enumerate(read(name).cells) if marks(cell)}
    places = []
    for exercise in exercises_of(name).values():
        text, answer, test = (cells[f"{exercise.name}{end}"] for end in ("-text", "-answer", ""))
        places += [text[0], answer[0], test[0]]
        assert text[1].cell_type == "markdown"
        assert marks(text[1])["locked"]
        assert "<details>" in text[1].source or not name.startswith("hw")
        assert marks(answer[1])["solution"]
        assert not marks(answer[1])["locked"]
        assert '"""' in answer[1].source or exercise.contract.driver in ("record", "given")  # these leave a value
        assert "### BEGIN SOLUTION" in answer[1].source
        assert test[1].source == f"check({exercise.name})"
        assert (marks(test[1])["grade"], marks(test[1])["locked"]) == (True, True)
        assert marks(test[1])["points"] == exercise.contract.points
    assert places == sorted(places)


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_stored_clean_and_in_nbgraders_form(name):
    notebook = read(name)
    nbformat.validate(notebook)
    ids = [marks(cell)["grade_id"] for cell in notebook.cells if marks(cell)]
    assert len(ids) == len(set(ids))
    assert "setup" in ids
    for cell in notebook.cells:
        if marks(cell):
            assert marks(cell)["schema_version"] == 3
            assert {"grade", "grade_id", "locked", "solution", "task"} <= set(marks(cell))
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert [path.name for path in (FOLDER / name).iterdir() if path.suffix == ".py"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_the_source_earns_all_points_and_shows_no_error(name):
    notebook = run(read(name))
    # Students' keys know nothing of a quiz's answers: its questions are graded after they have been handed in.
    assert earned(notebook) == {
        e.name: 0.0 if e.contract.driver == "given" else e.contract.points for e in exercises_of(name).values()
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error", (cell.source, output)
            assert output.get("name") != "stderr", (cell.source, output)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_the_stubs_earn_nothing_and_only_they_are_missing(name):
    notebook, _ = ClearAnswers().preprocess(read(name), {})
    assert "SOLUTION" not in nbformat.writes(notebook)
    run(notebook)
    assert set(earned(notebook).values()) == {0.0}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error", (cell.source, output)
            assert output.get("name") != "stderr", (cell.source, output)


# --- the worked examples of homework 1 are what the references give --------------------------------------------


def double(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


P, Y = double(3, 5, 4), double(1, 6, 4)

WORKED = [
    ("linear_predict", (double([2, 1], [0, 5]), double(3, -1), double(4)[0]), ([9, -1],), "`[9, -1]`"),
    ("sse", (P, Y), (5,), "**5**"),
    ("mse", (P, Y), (5 / 3,), "**1.667**"),
    ("mae", (P, Y), (1,), "**1**"),
    ("rmse", (P, Y), (1.2909944,), "**1.291**"),
    ("least_squares", (double([0], [1], [2]), double(1, 3, 2)), ([0.5], 1.5), r"w = 0.5,\; b = 1.5"),
    ("mse_grad", (double([1], [2]), double(1, 3), double(2), double(0)[0]), ([3], 2), "**dw = [3]** | **db = 2**"),
    ("gd_step", (double(3), double(1)[0], double(4), double(-2)[0], 0.1), ([2.6], 1.2), "**2.6**"),
    ("gd_fit", (double([0], [2]), double(1, 3), 0.25, 1), ([1.5], 1), "| after 1 | 1.5 | 1 |"),
    ("gd_fit", (double([0], [2]), double(1, 3), 0.25, 2), ([1], 0.75), "| after 2 | **1** | **0.75** |"),
]


@pytest.mark.parametrize(("name", "inputs", "outputs", "words"), WORKED)
def test_the_worked_examples_of_homework_1_are_right(name, inputs, outputs, words):
    given = find_exercise(name).reference(*inputs)
    for value, expected in zip(given if isinstance(given, tuple) else (given,), outputs, strict=True):
        torch.testing.assert_close(value, torch.tensor(expected, dtype=torch.float64))
    texts = {marks(cell).get("grade_id"): cell.source for cell in read("hw1").cells}
    assert words in texts[f"{name}-text"]
