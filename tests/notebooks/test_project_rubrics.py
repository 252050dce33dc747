"""The project: every text has its rubric, levels and points add up, each part is worth what the course file says."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks/assignments/project/project.ipynb"
GUIDE = ROOT / "docs/guides/project_rubrics.md"
PARTS = ("description", "repository", "presentation")


def cells():
    return nbformat.read(NOTEBOOK, as_version=4).cells


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def graded_by_part() -> dict[str, dict[str, float]]:
    """Return the points of each graded text, under the part whose heading stands above it."""
    found: dict[str, dict[str, float]] = {}
    part = ""
    for cell in cells():
        if (name := str(marks(cell).get("grade_id", ""))).removesuffix("-text") in PARTS:
            part = name.removesuffix("-text")
            found[part] = {}
        if marks(cell).get("grade"):
            found[part][name] = marks(cell)["points"]
    return found


TEXTS = [(part, name, points) for part, texts in graded_by_part().items() for name, points in texts.items()]


def text_above(name: str) -> str:
    return next(cell.source for cell in cells() if marks(cell).get("grade_id") == f"{name}-text")


def test_the_parts_are_worth_what_the_course_file_says():
    course = tomllib.loads((ROOT / "course.toml").read_text(encoding="utf-8"))
    parts = course["assignments"]["project"]["parts"]
    assert {part: sum(points.values()) for part, points in graded_by_part().items()} == parts
    assert sum(parts.values()) == course["weights"]["project"]


@pytest.mark.parametrize(("part", "name", "points"), TEXTS)
def test_each_text_is_a_cell_for_a_person_to_grade_below_its_locked_rubric(part, name, points):
    (place, cell), (above, rubric) = (
        next((i, cell) for i, cell in enumerate(cells()) if marks(cell).get("grade_id") == wanted)
        for wanted in (name, f"{name}-text")
    )
    assert above == place - 1
    assert (cell.cell_type, rubric.cell_type) == ("markdown", "markdown")
    assert (marks(cell)["solution"], marks(cell)["locked"]) == (True, False)
    assert (marks(rubric)["locked"], marks(rubric)["grade"]) == (True, False)
    assert cell.source.startswith("### BEGIN SOLUTION\n")
    assert cell.source.endswith("\n### END SOLUTION")


@pytest.mark.parametrize(("part", "name", "points"), TEXTS)
def test_the_levels_go_from_all_points_to_none_by_whole_points(part, name, points):
    heading, rubric = text_above(name).split("\n", 1)
    assert heading.endswith(f"({points} points)")
    levels = [int(level) for level in re.findall(r"^\| (\d) \| .{10,} \|$", rubric, re.M)]
    assert levels == list(range(int(points), -1, -1))


@pytest.mark.parametrize("part", PARTS)
def test_a_parts_table_lists_its_texts_and_points(part):
    listed = re.findall(r"^\| ([ABC]\d) \| (.+) \| (\d) \|$", text_above(part), re.M)
    texts = graded_by_part()[part]
    assert [int(points) for _, _, points in listed] == list(texts.values())
    for (number, words, points), name in zip(listed, texts, strict=True):
        assert text_above(name).lower().startswith(f"## {number} · {words} ({points} points)".lower())


def test_the_deductions_of_one_level_are_told_apart_by_their_words():
    for _, name, _ in TEXTS:
        words = re.findall(r"^\| \d \| (.{10,}) \|$", text_above(name), re.M)
        assert all(first != second for first, second in pairwise(words))


def test_the_guide_for_graders_names_every_text_with_its_points():
    guide = GUIDE.read_text(encoding="utf-8")
    for _, name, points in TEXTS:
        number = text_above(name).split(" · ")[0].removeprefix("## ")
        assert re.search(rf"^\| {number} \| `{name}` \| {points} \|", guide, re.M), name


@pytest.mark.slow
def test_the_notebook_runs_without_error_or_warning():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(
        notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
