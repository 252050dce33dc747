"""docs/figures.md names live figures that are there: in the module it says, and shown by the lecture it says."""

import re
from pathlib import Path

import pytest

from course_utils import widgets

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/figures.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|`]+ \| `(\w+)` \| \[`\w+`\]\(\.\./([\w/.]+)\) \| \[\d+\]\(\.\./([\w/.]+)\) \|$", re.M)
ROWS = ROW.findall(PAGE)


def test_the_fourteen_figures_are_listed_once_each():
    assert len({name for name, _, _ in ROWS}) == len(ROWS) == 14


@pytest.mark.parametrize(("name", "module", "lecture"), ROWS)
def test_a_figure_is_made_by_the_module_and_shown_by_the_lecture_that_the_page_names(name, module, lecture):
    made_by = getattr(widgets, name).__module__
    assert module == made_by.replace(".", "/") + ".py"
    twin = ROOT / lecture.replace("notebooks/lectures", "notebooks/text/lectures").replace(".ipynb", ".py")
    assert re.search(rf"^{name}\(", twin.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("page", ["figures", "lectures"])
def test_a_page_with_a_measured_table_has_its_two_marks_once(page):
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    command = {"figures": "redraw", "lectures": "lectures"}[page]
    begin, end = f"<!-- table: python benchmarks/{command}.py --write -->", "<!-- end of the table -->"
    assert text.count(begin) == text.count(end) == 1
    assert text.index(begin) < text.index(end)
