"""Grade the benchmark's answers with otter-grader's local run, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat

_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "first-descent-otter"
_TEST = """\
OK_FORMAT = True
test = {{
    "name": {name!r},
    "points": {points},
    "suites": [{{"cases": [{{"code": {code!r}, "hidden": False, "locked": False}}],
                "scored": True, "setup": "", "teardown": "", "type": "doctest"}}],
}}
"""
_CODE = """\
>>> import contextlib, io
>>> with contextlib.redirect_stdout(io.StringIO()):
...     earned = check({name})
>>> float(earned) >= {points}
True"""


def otter_seconds(root: Path, assignment: str) -> tuple[str, list[float], list[float]]:
    """Grade every submission in `root` with `otter run`; return otter's version, seconds and points of each.

    Each test asks the course's own check for full points: otter's tests give all of a question's points or none. The
    notebook comes without its test cells, so that nothing is checked twice.
    """
    python = _environment()
    version = subprocess.run(
        [python, "-c", "import otter; print(otter.__version__)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    archive = _pack(root, assignment)
    seconds, points = [], []
    for path in sorted((root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")):
        folder = root / "otter" / path.parent.parent.name
        folder.mkdir(parents=True)
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
        nbformat.write(notebook, folder / path.name)
        started = time.perf_counter()
        done = subprocess.run(
            [python, "-m", "otter", "run", "-a", str(archive), "-o", str(folder), str(folder / path.name)],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds.append(time.perf_counter() - started)
        if done.returncode:
            sys.exit(f"otter run failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        results = json.loads((folder / "results.json").read_text())
        points.append(sum(float(test.get("score") or 0.0) for test in results["tests"]))
        print(f"otter: {seconds[-1]:.1f} s, {points[-1]:g} points", flush=True)
    return version, seconds, points


def _environment() -> str:
    """Return a Python that has otter-grader beside this environment's packages; made once, in the user's cache."""
    python = _CACHE / "bin" / "python"
    if not python.exists():
        print(f"installing otter-grader into {_CACHE}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(_CACHE)], check=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "otter-grader"], check=False
        )
        if done.returncode:
            sys.exit("otter-grader cannot be installed here: no figures for it")
    # The course's own packages come after otter's, so that what otter needs is its own.
    [packages] = (_CACHE / "lib").glob("python*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "course.pth").write_text("\n".join([*ours, str(Path(__file__).resolve().parent.parent)]) + "\n")
    return str(python)


def _pack(root: Path, assignment: str) -> Path:
    """Make otter's autograder archive: a test for each graded cell, and its configuration."""
    archive = root / "autograder.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("otter_config.json", json.dumps({"pdf": False, "show_stdout": False, "lang": "python"}))
        source = root / "notebooks" / "assignments" / assignment / f"{assignment}.ipynb"
        for cell in nbformat.read(source, as_version=4).cells:
            about = cell.metadata.get("nbgrader", {})
            if not about.get("grade") or cell.cell_type != "code":
                continue
            name, points = about["grade_id"], float(about["points"])
            code = _CODE.format(name=name, points=points)
            packed.writestr(f"tests/{name}.py", _TEST.format(name=name, points=points, code=code))
    return archive
