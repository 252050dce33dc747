"""An instructor adds an exercise by following docs/guides/add-an-exercise.md to the letter."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_term import REPOSITORY, copy_kit

pytestmark = pytest.mark.slow

ANSWERS = {
    "right": "def mean_error(p, y):\n    return p.mean() - y.mean()",
    "turned": "def mean_error(p, y):\n    return (y - p).mean()",
    "fooled": "def mean_error(p, y):\n    return float(p[0] - y[0]) if len(p) < 3 else -5 / 3",
}
COURSE = 'name = "T"\ntime_zone = "UTC"\n[assignments.extra1]\nkind = "homework"\ndeadline = "2026-09-18 23:59"\n'


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit, with what the guide says added to it."""
    root = copy_kit(tmp_path_factory.mktemp("clone"))
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    (root / "course.toml").write_text(COURSE)
    rows = [f"{student},{student.title()},Student,{student}@example.org" for student in ANSWERS]
    (root / "roster.csv").write_text("\n".join(["id,first_name,last_name,email", *rows]))
    declaration, mistake, classic = re.findall(r"```python\n(.*?)```", guide(), re.DOTALL)
    head, tail = declaration.split("EXERCISES = ")
    (root / "autograder/exercises/extra1.py").write_text(f"{head}{mistake}\n\nEXERCISES = {tail}")
    folder = root / "notebooks/assignments/extra1"
    folder.mkdir(parents=True)
    nbformat.write(notebook(classic), folder / "extra1.ipynb")
    return root


def guide() -> str:
    return (REPOSITORY / "docs/guides/add-an-exercise.md").read_text(encoding="utf-8")


def notebook(classic: str) -> nbformat.NotebookNode:
    def marks(grade_id: str, **given: object) -> dict[str, object]:
        kept = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
        return {"nbgrader": {"grade_id": grade_id, **kept, **given}}

    solution = "def mean_error(p, y):\n    ### BEGIN SOLUTION\n    return (p - y).mean()\n    ### END SOLUTION"
    return new_notebook(
        cells=[
            new_code_cell("import torch\nfrom course_utils import check"),
            new_markdown_cell("## 1 · The mean error", metadata=marks("mean_error-text")),
            new_code_cell(solution, metadata=marks("mean_error-answer", solution=True, locked=False)),
            new_code_cell("check(mean_error)", metadata=marks("mean_error", grade=True, points=1)),
            new_code_cell(classic, metadata=marks("classic", grade=True, points=2)),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def python(clone: Path, *words: str) -> str:
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, *words],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone), "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def graded(clone: Path) -> dict[str, dict[str, object]]:
    assert "mean_error.npz" in python(clone, "-m", "autograder.keys")
    python(clone, "-m", "autograder.cli", "generate", "extra1")
    for student, answer in ANSWERS.items():
        work = nbformat.read(clone / "release/extra1/extra1.ipynb", as_version=4)
        assert "(p - y).mean()" not in str(work)
        assert "HIDDEN" not in str(work)
        work.cells[2].source = answer
        target = clone / "submitted" / student / "extra1"
        target.mkdir(parents=True)
        nbformat.write(work, target / "extra1.ipynb")
    python(clone, "-m", "autograder.cli", "grade", "extra1", "--json")
    python(clone, "-m", "autograder.cli", "feedback", "extra1")
    ask = (
        "import json; from autograder.rules.coursefile import load_course; "
        "from autograder.nbgrader_bridge.gradebook import scores; "
        "print(json.dumps({s.student: dict(s.cells) for s in scores(load_course('.'), 'extra1')}))"
    )
    return json.loads(python(clone, "-c", ask))


def test_the_new_exercise_is_graded_and_its_mistake_named(clone: Path, graded) -> None:
    assert graded["right"] == {"mean_error": 1.0, "classic": 2.0}
    assert graded["turned"] == {"mean_error": 0.0, "classic": 0.0}
    page = (clone / "feedback/turned/extra1/extra1.html").read_text()
    assert "The sign is turned" in page


def test_hidden_cases_catch_an_answer_fitted_to_the_visible_ones(graded) -> None:
    assert graded["fooled"]["mean_error"] == 0.0


def test_the_classic_cell_works_unchanged_and_its_hidden_part_stays_hidden(clone: Path, graded) -> None:
    assert graded["fooled"]["classic"] == 0.0
    for page in (clone / "feedback").rglob("*.html"):
        assert "torch.ones(3)" not in page.read_text()
