"""Let the class of attackers loose on the kit and on stock nbgrader, and print what each gained beside it.

    python benchmarks/attacks.py                            the kit and stock nbgrader; about fifteen minutes
    python benchmarks/attacks.py --only NaN "points edited"  these attacks only
    python benchmarks/attacks.py --write docs/attacks.md    put the table there

Everybody's answers are wrong, so an honest score is 0 of 3 points. The kit grades with `course grade`. Stock nbgrader
grades with plain `nbgrader autograde` and without the kit's configuration; its three test cells hold asserts, visible
and hidden ones, as courses write them. What would harm this machine where nothing keeps it off, or aims at the kit's
own code, is not run against it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests/roads"))

from attackers import (
    ANSWERS,
    BEFORE,
    CANARY,
    HONEST,
    IDS,
    LEAVE_NO_TRACE,
    NAMES,
    grade_id,
    hand_in,
    lay_out,
    words_for,
)

from autograder.engine.worker.client import isolation_here
from autograder.receipts import receipts
from autograder.rules.coursefile import Course

REPOSITORY = Path(__file__).resolve().parents[1]
HARMFUL = {
    "writing the gradebook", "links in the channel", "reading home", "reading the environment",
    "reading other processes", "leaving by /proc", "mounting the disk", "a new namespace",
    "writing where Python starts", "writing into the checker", "planting a start-up file", "the network",
    "the network by name", "a host's abstract socket", "a virtual machine's socket", "killing the grader",
    "tracing the parent", "stopping itself",
}  # fmt: skip
"""Not run where nothing keeps them off: they read or change this machine, or end what grades."""

SAME_AIM = {
    "an AST transformer": (
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "get_ipython().ast_transformers.append(T())"
    ),
    "an input transformer": (
        "get_ipython().input_transformers_post.append("
        "lambda lines: [line for line in lines if not line.startswith('assert')] or ['pass\\n'])"
    ),
    "run_cell is replaced": (
        "ip = get_ipython()\n_run = ip.run_cell_async\n"
        "ip.run_cell_async = lambda source, *a, **k: _run('pass' if 'assert' in source else source, *a, **k)"
    ),
}
"""The same attack, aimed at asserts in place of check()."""

_TESTS = {
    "sse": ("assert torch.allclose(sse(p, y), torch.tensor(17.0))", "torch.allclose(sse(p, y), ((p - y) ** 2).sum())"),
    "mse": ("assert abs(mse(p, y) - 17 / 3) < 1e-4", "abs(mse(p, y) - ((p - y) ** 2).mean()) < 1e-4"),
    "mae": ("assert mae(p, y) == 5 / 3", "torch.isclose(mae(p, y), (p - y).abs().mean())"),
}
_TEST_CELL = """\
p, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 2.0, 7.0])
{visible}
### BEGIN HIDDEN TESTS
p, y = torch.linspace(-2, 3, 11), torch.cos(torch.linspace(0, 5, 11))
assert {hidden}
### END HIDDEN TESTS"""
_STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "attacks"
c.ExecutePreprocessor.timeout = 10
"""
_SECONDS = 7200


@dataclass(frozen=True)
class Row:
    """One attack as it went: points from the kit, what it saw, points from stock nbgrader, whether it read a canary."""

    name: str
    kit: float | None
    seen: str
    stock: float | None
    stock_read: bool
    why_not: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table as text."""
        kit = "not graded" if self.kit is None else f"{self.kit:g}"
        if self.why_not:
            return (self.name, kit, self.seen, self.why_not, "–")
        stock = "not graded" if self.stock is None else f"{self.stock:g}"
        return (self.name, kit, self.seen, stock, "yes" if self.stock_read else "no")


COLUMNS = ("attack", "kit: points", "kit: what the instructor reads", "stock: points", "stock: read what it should not")


def why_not_on_stock(name: str) -> str:
    """Say why an attack is not run against stock nbgrader; "" if it is."""
    code = BEFORE.get(name, ANSWERS.get(name, ""))
    if name in HARMFUL:
        return "not run: harmful"
    if "course_utils" in code or "answer_request" in code or "/run/channel" in code:
        return "not run: aims at the kit"
    return ""


def run(*words: str, cwd: Path, home: Path) -> str:
    """Run a command of this environment, whatever comes of it, and return what it printed."""
    scripts = Path(sys.prefix) / "bin"
    environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}
    environment |= {"GRADEBOOK_PASSWORD": f"{CANARY}-environment"}
    done = subprocess.run(
        [str(scripts / words[0]), *words[1:]], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="replace", timeout=_SECONDS,
    )  # fmt: skip
    return done.stdout + done.stderr


def grade_with_the_kit(course: Course, home: Path) -> dict[str, tuple[float | None, str]]:
    """Grade the class and return points and the first thing seen, by student."""
    run("course", "grade", "hw1", "-j", "2", cwd=course.root, home=home)
    found = {}
    for receipt in receipts(course, "hw1"):
        seen = receipt.sightings[0].sentence if receipt.sightings else ""
        found[receipt.student] = (receipt.raw, seen or " ".join(receipt.needs_person))
    return found


def lay_out_stock(root: Path, source: Path, names: tuple[str, ...], words: Mapping[str, object], home: Path) -> None:
    """Make a course as nbgrader's documentation has it, with the same work handed in."""
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if grade_id(cell) in _TESTS:
            visible, hidden = _TESTS[grade_id(cell)]
            cell.source = _TEST_CELL.format(visible=visible, hidden=hidden)
        elif grade_id(cell) == "setup":
            cell.source = "import torch"
    (root / "source/hw1").mkdir(parents=True)
    nbformat.write(notebook, root / "source/hw1/hw1.ipynb")
    (root / "nbgrader_config.py").write_text(_STOCK_CONFIG, encoding="utf-8")
    run("nbgrader", "generate_assignment", "hw1", "--create", cwd=root, home=home)
    released = nbformat.read(root / "release/hw1/hw1.ipynb", as_version=4)
    hand_in(root, released, names, {**words, "place": root})
    for name in set(names) & SAME_AIM.keys():
        _aim_at_asserts(root / "submitted" / IDS[name] / "hw1/hw1.ipynb", name)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for student in HONEST:
            gradebook.update_or_create_student(student, email=f"{student}.{CANARY}-gradebook@example.org")


def _aim_at_asserts(path: Path, name: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.get("id") == "own":
            cell.source = SAME_AIM[name]
    nbformat.write(notebook, path)


def stock_points(root: Path) -> dict[str, tuple[float | None, bool]]:
    """Return what stock nbgrader gave, and whether a canary was read, by student."""
    found = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for folder in sorted((root / "submitted").iterdir()):
            path = root / "autograded" / folder.name / "hw1/hw1.ipynb"
            try:
                points = float(gradebook.find_submission("hw1", folder.name).score) if path.is_file() else None
            except MissingEntry:
                points = None
            found[folder.name] = (points, path.is_file() and CANARY in _shown(path))
    return found


def _shown(path: Path) -> str:
    """Return what the cells of a graded notebook showed."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return "".join(str(cell.get("outputs", "")) for cell in notebook.cells)


def compare(names: Sequence[str], folder: Path) -> tuple[list[Row], dict[str, tuple[float | None, float | None]]]:
    """Run the attacks against both; the second value is what the honest earned from each in the class's own run.

    Where a notebook stopped stock nbgrader's run for the class, those without a grade are graded one at a time.
    """
    home = folder / "home"
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = words_for(folder, REPOSITORY, server.getsockname()[1])
        course = lay_out(folder / "kit", tuple(names), words)
        kit = grade_with_the_kit(course, home)
        _say(f"the kit has graded {len(kit)} submissions")
        stock_names = tuple(name for name in names if not why_not_on_stock(name))
        lay_out_stock(folder / "stock", course.source_notebook("hw1"), stock_names, words, home)
        run("nbgrader", "autograde", "hw1", cwd=folder / "stock", home=home)
        first = stock_points(folder / "stock")
        left = [student for student, (points, _) in first.items() if points is None]
        for student in left:
            run("nbgrader", "autograde", "hw1", "--student", student, cwd=folder / "stock", home=home)
        stock = stock_points(folder / "stock")
        _say(f"stock nbgrader has graded {len(stock)} submissions")
    rows = []
    for name in names:
        points, seen = kit[IDS[name]]
        told = seen or ("nothing: it leaves no trace, and gains nothing" if name in LEAVE_NO_TRACE else "nothing")
        why_not = why_not_on_stock(name)
        rows.append(Row(name, points, told, *(stock[IDS[name]] if not why_not else (None, False)), why_not=why_not))
    return rows, {student: (kit[student][0], first[student][0]) for student in HONEST}


_INTRODUCTION = """\
Made by `python benchmarks/attacks.py --write docs/attacks.md`. Each row is a notebook, all of whose answers are wrong:
an honest score is 0 of 3 points. The kit graded them as one class with `course grade`. Stock nbgrader graded with plain
`nbgrader autograde`, without the kit's configuration: three test cells of asserts (visible and hidden ones), a limit of
10 seconds for a cell. What would harm the machine where nothing keeps it off, or aims at the kit's own code, was not
run against it. A notebook with a test cell twice stops stock nbgrader's run for the class: those left were graded one
at a time. Attacks that rewrite cells were aimed at asserts there, where their aim is `check()` here.
"""


def page(rows: Sequence[Row], honest: Mapping[str, tuple[float | None, float | None]]) -> str:
    """Return the result in Markdown."""
    ran = [row for row in rows if not row.why_not]
    gained = [row for row in ran if row.stock]
    listed = [row for row in rows if not row.seen.startswith("nothing")]
    total = [row for row in gained if row.stock == 3]
    read = [row for row in ran if row.stock_read]
    lines = [
        "# Attacks, against the kit and against stock nbgrader",
        "",
        _INTRODUCTION,
        f"- **The kit:** {sum(bool(row.kit) for row in rows)} of {len(rows)} attacks gained a point; {len(listed)} are",
        "  listed for the instructor with what was seen.",
        f"- **Stock nbgrader:** {len(gained)} of the {len(ran)} that were run gained points, {len(total)} of them",
        f"  all three; {len(read)} showed solutions, the gradebook or another student's work in their outputs.",
        "",
        "Four honest students were graded in the same class, two before the attackers and two after. Their points",
        "(kit, stock; – is no grade, because an attack had stopped the class's run): "
        + "; ".join(f"{who} {_number(kit)}, {_number(stock)}" for who, (kit, stock) in honest.items())
        + ".",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|" + "---|" * len(COLUMNS),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells) + " |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these attacks only")
    parser.add_argument("--write", type=Path, help="a page to write")
    given = parser.parse_args()
    isolation_here().require()
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    try:
        made = page(*compare([name for name in NAMES if not given.only or name in given.only], folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(made)
    if given.write is not None:
        given.write.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
