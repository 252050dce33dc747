"""The course as Colab runs it: its older widgets and IPython, google.colab loaded, nothing installed beforehand."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import nbformat
import pytest
from colab_environment import STUB, colab_python, fresh_python, installed_into
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.publish import publish
from autograder.rules.coursefile import load_course

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LECTURES = sorted(path.stem for path in (ROOT / "notebooks/lectures").glob("*.ipynb"))
# All of them with ALL_LECTURES=1.
CHOSEN = LECTURES if os.environ.get("ALL_LECTURES") else ["02_a_line_through_scores", "05_neurons_and_layers"]
WIDGETS = ("figures", "prediction", "frontend", "zero_grad")
COURSE_FILE = """\
name = "A test course"
time_zone = "UTC"
[assignments.hw1]
kind = "homework"
deadline = "2026-09-18 23:59"
"""


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published student repository."""
    course = tmp_path_factory.mktemp("colab") / "course"
    (course / "notebooks").mkdir(parents=True)
    (course / "notebooks/assignments").mkdir()
    (course / "notebooks/assignments/hw1").symlink_to(ROOT / "notebooks/assignments/hw1")
    (course / "course.toml").write_text(COURSE_FILE)
    folder = course.parent / "students"
    publish(load_course(course), folder, repository="ada/deep-learning")
    return folder


@pytest.fixture(scope="module")
def archive(students: Path) -> Iterator[str]:
    """The address of the repository as a zip, as GitHub serves a branch: everything in one folder."""
    served = students.parent / "served"
    served.mkdir()
    with zipfile.ZipFile(served / "main.zip", "w") as file:
        for path in sorted(students.rglob("*")):
            file.write(path, Path("deep-learning-main") / path.relative_to(students))
    handler = partial(QuietHandler, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/main.zip"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def colab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a Colab machine that nobody has used."""
    return fresh_python(tmp_path_factory.mktemp("machine") / "python")


@pytest.fixture
def run(colab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[NotebookNode], NotebookNode]:
    """Run a notebook on that machine, in a kernel started as Colab starts it, alone in its folder."""
    spec = tmp_path / "jupyter/kernels/colab"
    spec.mkdir(parents=True)
    command = [str(colab), "-m", "colab_kernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Colab", "language": "python"}))
    content = tmp_path / "content"
    content.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIRST_DESCENT", "PYTHON"))}
    wishes = {"PYTHONPATH": str(STUB), "FIRST_DESCENT_SIZE": "tiny"}

    def execute(notebook: NotebookNode) -> NotebookNode:
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
        resources = {"metadata": {"path": str(content)}}
        NotebookClient(notebook, kernel_name="colab", timeout=180, resources=resources).execute(env={**kept, **wishes})
        return notebook

    return execute


def said(notebook: NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") for output in outputs)


def opened(students: Path, name: str, archive: str) -> NotebookNode:
    """A notebook as Colab opens it from the repository, its address leading to this machine."""
    notebook = nbformat.read(students / "notebooks" / name, as_version=4)
    published = "https://github.com/ada/deep-learning/archive/refs/heads/main.zip"
    start = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert published in start.source
    start.source = start.source.replace(published, archive)
    return notebook


def without_warnings(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")


def test_the_first_cell_fetches_the_course_and_nothing_else(
    students: Path, archive: str, colab: Path, run: Callable[[NotebookNode], NotebookNode]
) -> None:
    assert "first-descent" not in installed_into(colab)
    before = installed_into(colab)
    notebook = opened(students, "lectures/02_a_line_through_scores.ipynb", archive)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"][:1]
    without_warnings(run(notebook))
    assert installed_into(colab) - before == {"first-descent"}
    (line,) = said(notebook).strip().splitlines()
    assert line.startswith("First Descent")
    assert "installed by pip (on Colab)" in line
    assert "ipywidgets 7.7.1" in line
    assert line.endswith("size tiny.")


@pytest.mark.parametrize("stem", CHOSEN)
def test_a_lecture_runs_and_its_figures_are_live(
    students: Path, archive: str, run: Callable[[NotebookNode], NotebookNode], stem: str
) -> None:
    notebook = run(opened(students, f"lectures/{stem}.ipynb", archive))
    without_warnings(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    live = [o for o in outputs if "application/vnd.jupyter.widget-view+json" in o.get("data", {})]
    assert len(live) >= 4  # two predictions, two figures, and the self-check


def test_a_homework_runs_and_checks_answers(
    students: Path, archive: str, run: Callable[[NotebookNode], NotebookNode]
) -> None:
    notebook = opened(students, "assignments/hw1/hw1.ipynb", archive)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "mse-answer":
            cell.source = "def mse(p, y):\n    return ((p - y) ** 2).sum()"
    without_warnings(run(notebook))
    pages = [
        o.data["text/html"] for c in notebook.cells for o in c.get("outputs", []) if "text/html" in o.get("data", {})
    ]
    assert any("This is the sum of the squares" in page for page in pages)


def test_without_an_address_the_first_cell_says_what_to_do(tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks/lectures/02_a_line_through_scores.ipynb", as_version=4)
    start = next(cell for cell in notebook.cells if cell.cell_type == "code").source
    done = subprocess.run(
        [str(colab_python()), "-c", f"import google.colab\n{start}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(STUB)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "The course's code is not here. Open this notebook inside the course's folder, then run it again."
    )


def test_the_widgets_own_tests_pass_with_colabs_widgets() -> None:
    """Their callbacks, with ipywidgets 7.7.1; elsewhere they run with ipywidgets 8."""
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "filterwarnings=",
        "-o",
        "addopts=",
        "-m",
        "not slow and not browser",
    ]
    folder = "tests/course_utils/widgets"
    tests = [folder] if os.environ.get("ALL_LECTURES") else [f"{folder}/test_{each}.py" for each in WIDGETS]
    done = subprocess.run(
        [str(colab_python()), "-m", "pytest", *options, *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{STUB}", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
