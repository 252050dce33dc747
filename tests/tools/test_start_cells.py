"""The start cell: the same in every notebook, and what it does where the course is, is not, or cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import start_cells  # noqa: E402

TWINS = sorted((ROOT / "notebooks/text").rglob("*.py"))
LECTURE = Path("notebooks/text/lectures/02.py")
WORK = Path("notebooks/text/assignments/hw1/hw1.py")
HEAD = "# %% [markdown]\n# # Title\n\n"


@pytest.mark.parametrize("twin", TWINS, ids=lambda path: path.stem)
def test_every_notebook_begins_with_it(twin: Path) -> None:
    assert start_cells.is_started(twin.read_text(encoding="utf-8"), twin)


def test_there_are_notebooks() -> None:
    assert len(TWINS) >= 14


def run(code: str, folder: Path, *search: Path) -> subprocess.CompletedProcess[str]:
    """Run the start cell's code in a Python that knows nothing of this environment's packages but `search`."""
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, search))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course's folder with an empty notebook folder in it."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course/course_utils").symlink_to(ROOT / "course_utils")
    (tmp_path / "course/notebooks/lectures").mkdir(parents=True)
    return tmp_path / "course"


@pytest.mark.parametrize("start", [start_cells.LECTURE_START, start_cells.GRADED_START], ids=["lecture", "graded"])
def test_in_a_copy_of_the_course_it_uses_the_folder_above(course: Path, start: str) -> None:
    done = run(start, course / "notebooks/lectures")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert "used from the course's folder, nothing was installed" in line
    assert line.endswith("; size standard." if "SIZE" in start else "ipywidgets is missing.")


def test_where_the_course_is_not_it_says_so_in_one_sentence(tmp_path: Path) -> None:
    done = run(start_cells.LECTURE_START, tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("The course's code is not here.")
    assert len(done.stderr.splitlines()) == 1


def test_an_address_is_not_used_on_a_computer_of_ones_own(tmp_path: Path) -> None:
    start = start_cells.LECTURE_START.replace('COURSE = ""', 'COURSE = "http://127.0.0.1:9/nothing.zip"')
    done = run(start, tmp_path)
    assert "pip" not in done.stderr
    assert "not here" in done.stderr


OLD_HEAD = """\
import copy
import os
import sys
import warnings
from pathlib import Path

SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")  # "standard", or "tiny" for a quick run-through

try:
    import course_utils
except ModuleNotFoundError:  # look above
    sys.path.insert(0, "..")
    import course_utils

import torch

print(f"First Descent {course_utils.__version__}, size {SIZE}")
"""


def test_an_earlier_head_of_a_lecture_is_split(tmp_path: Path) -> None:
    written = start_cells.put_start(f"{HEAD}# %%\n{OLD_HEAD}\n# %%\nx = 1\n", LECTURE)
    assert start_cells.is_started(written, LECTURE)
    rest = written.split(start_cells.LECTURE_START)[1]
    assert rest.split("# %%")[1] == "\nimport copy\nimport warnings\n\nimport torch\n\n"
    assert start_cells.put_start(written, LECTURE) == written


def test_it_stands_before_the_locked_set_up_cell() -> None:
    setup = '# %% nbgrader={"grade_id": "setup"}\nimport torch\n'
    written = start_cells.put_start(f"{HEAD}{setup}", WORK)
    assert written == f"{HEAD}{start_cells.GRADED_START}\n{setup}"


def test_an_older_wording_is_replaced() -> None:
    older = start_cells.GRADED_START.replace("-qq", "-q")
    assert start_cells.put_start(f"{HEAD}{older}\n# %%\nx = 1\n", WORK) == (
        f"{HEAD}{start_cells.GRADED_START}\n# %%\nx = 1\n"
    )


BAD_TWINS = {
    "no code cell": HEAD,
    "a head of its own": f"{HEAD}# %%\nimport course_utils\nfrom course_utils import check\n",
}


@pytest.mark.parametrize("name", BAD_TWINS)
def test_a_twin_it_cannot_begin_is_named(name: str) -> None:
    with pytest.raises(SystemExit, match=r"02\.py"):
        start_cells.put_start(BAD_TWINS[name], LECTURE)


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = tmp_path / WORK
    twin.parent.mkdir(parents=True)
    twin.write_text(f"{HEAD}# %%\nx = 1\n")
    assert start_cells.main(["check", "--root", str(tmp_path)]) == 1
    assert "hw1.py has another start cell" in capsys.readouterr().out
    assert start_cells.main(["write", "--root", str(tmp_path)]) == 0
    assert start_cells.main(["check", "--root", str(tmp_path)]) == 0
