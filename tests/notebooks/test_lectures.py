"""Every lecture, run on a clean kernel as CI does, and read for what every lecture owes its reader."""

import os
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from lecture_facts import FACTS
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from slips import SLIPS

from course_utils import widgets

ROOT = Path(__file__).resolve().parents[2]
LECTURES = sorted((ROOT / "notebooks/lectures").glob("*.ipynb"))
QUESTIONS = {"predict", "self_check"}
FIGURES = re.compile(rf"^(?:{'|'.join(n for n in widgets.__all__ if n.islower() and n not in QUESTIONS)})\(", re.M)

each = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def read(path: Path):
    return nbformat.read(path, 4)


@cache
def run(path: Path):
    """Execute a lecture at size tiny, once for all tests."""
    notebook = read(path)
    wishes = {"FIRST_DESCENT_SIZE": "tiny", "FIRST_DESCENT_WIDGETS": "static"}
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute(env={**os.environ, **wishes})
    return notebook


def prose(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def printed(notebook) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs
    )


def test_there_are_lectures():
    assert {"02_a_line_through_scores", "03_downhill"} <= {path.stem for path in LECTURES}


@each
def test_a_lecture_is_stored_without_outputs_and_is_valid(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert "widgets" not in notebook.metadata


@each
def test_a_lecture_has_the_parts_every_lecture_has(path):
    notebook = read(path)
    text, code = prose(notebook), "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    for part in ("## What you will be able to do", "## Where we are", "## Summary", "## Now you"):
        assert part in text
    objectives = text.split("## What you will be able to do")[1].split("##")[0]
    assert 3 <= len(re.findall(r"^\d\. ", objectives, re.M)) <= 5
    assert code.count(" = predict(") >= 2
    assert code.count(" = predict(") == code.count(".reveal(")
    assert len(FIGURES.findall(code)) >= 2
    assert code.count("self_check(") == 1
    assert code.split("self_check(")[1].count("Question(") == 5
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert 'SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")' in first


@each
def test_each_guess_is_asked_for_in_a_cell_before_its_answer_which_is_folded_away(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    asked = {
        name: i
        for i, cell in enumerate(cells)
        for name in re.findall(r"^(\w+) = predict\(", cell.source, re.M)
    }
    for i, cell in enumerate(cells):
        for name in re.findall(r"^(\w+)\.reveal\(", cell.source, re.M):
            assert asked.pop(name) < i
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), (
                f"{name}: the answer can be read above"
            )
    assert not asked


@each
def test_every_link_to_a_file_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", prose(read(path))):
        if not target.startswith(("http", "attachment:")):
            assert (path.parent / target).exists(), target


# What a lecture leads to: the homework and lab of its line in the plan of the course, and the quiz that follows it.
LEADS_TO = {
    "01": ("lab1",), "02": ("hw1",), "03": ("hw1", "lab2", "quiz1"), "04": ("hw5", "quiz2"), "05": ("hw2", "lab3"),
    "06": ("hw3", "quiz3"), "07": ("hw4", "lab4"), "08": ("hw5", "quiz4"), "09": ("hw6",), "10": ("hw6", "quiz5"),
    "11": ("lab5",), "12": ("lab6", "project"),
}  # fmt: skip


@each
def test_a_lecture_links_to_its_homework_lab_and_quiz_and_to_the_next_lecture(path):
    end = prose(read(path)).split("## Now you")[1]
    for work in LEADS_TO[path.stem[:2]]:
        assert f"](../assignments/{work}/{work}.ipynb)" in end
    following = LECTURES[LECTURES.index(path) + 1 :][:1]
    assert all(f"]({lecture.name})" in end for lecture in following)


@each
@pytest.mark.slow
def test_a_lecture_runs_on_a_clean_kernel_without_error_or_warning(path):
    for cell in run(path).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")


@each
@pytest.mark.slow
def test_every_picture_has_alt_text_and_its_description_printed_below(path):
    notebook = run(path)
    pictures = 0
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for i, output in enumerate(outputs):
            if "image/png" in output.get("data", {}):
                pictures += 1
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 100
                assert outputs[i + 1].text.strip() == f"Figure: {alt}"
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert pictures == len(FIGURES.findall(code)) + code.count("plots.show(")


@each
@pytest.mark.slow
def test_every_number_in_the_prose_is_computed_in_the_same_lecture(path):
    """Decimals in the text must stand in an output, or in the code that the text talks about."""
    notebook = run(path)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    known = set(re.findall(r"\d+\.\d+", printed(notebook) + code))
    sections = {f"{int(path.stem[:2])}.{i}" for i in range(1, 20)}  # 2.1, 2.2, … are headings
    quoted = set(re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", prose(notebook)))
    assert sorted(quoted - known - sections) == []


@each
@pytest.mark.slow
def test_a_page_made_by_nbconvert_shows_pictures_and_words_and_no_dead_widget(path):
    page, _ = HTMLExporter().from_notebook_node(run(path))
    assert page.count("data:image/png;base64,") >= 2
    assert page.count("Figure: ") >= 2
    assert '<script type="application/vnd.jupyter.widget-view+json">' not in page


def test_every_lecture_has_facts_to_hold():
    assert sorted(FACTS) == [path.stem for path in LECTURES]


@each
@pytest.mark.slow
def test_a_lecture_prints_the_facts_its_prose_leans_on(path):
    text = printed(run(path))
    for fact in FACTS[path.stem]:
        line, times = fact if isinstance(fact, tuple) else (fact, None)
        assert (line in text) if times is None else (text.count(line) == times), line


@pytest.mark.slow
@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.false)
def test_a_slip_of_the_source_slides_is_shown_wrong_by_a_cell(slip):
    notebook = run(ROOT / f"notebooks/lectures/{slip.lecture}.ipynb")
    shows = [cell for cell in notebook.cells if cell.cell_type == "code" and slip.says in cell.source]
    assert shows, "no cell says so"
    assert any(slip.prints in "".join(output.get("text", "") for output in cell.outputs) for cell in shows)
