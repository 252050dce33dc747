"""Time `course grade` against stock `nbgrader autograde` on the same class, and find where the rest of the time goes.

    python benchmarks/grading.py                                      4 submissions of hw4, 2 rounds in turns
    python benchmarks/grading.py -n 100 --stock-sample 6              stock nbgrader on 6 of 100, and so to all
    python benchmarks/grading.py --overhead -n 30                     the students' own cells, the steps, the limit
    python benchmarks/grading.py --scaling 10 100 1000                the kit alone, on copies; memory
    python benchmarks/grading.py --otter                              otter-grader's local run of the same answers
    python benchmarks/grading.py … --write docs/speed.md              put the figures there, with the command

Both grade the same files, each in a course folder of its own. Stock nbgrader runs without the kit's configuration:
its own Execute, its own scores (the test cells return points). The ratio of whole runs contains what each starts with
(nbgrader's imports; for the kit the worker's and the judge's keys as well); the ratio per further submission, from
runs on all and on one, is what a large class sees. Figures are ratios within a round, the rounds in turns: a machine's
load changes between them.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grading_class import lay_out, student
from grading_otter import otter_seconds
from grading_parts import own_seconds, stages
from grading_process import Cost, measure

from autograder.nbgrader_bridge.gradebook import scores
from autograder.rules.coursefile import load_course

Table = tuple[str, list[str]]
"""A heading and the rows of a table in Markdown."""


@dataclass(frozen=True)
class Setting:
    """What to grade and how: the assignment, notebooks at a time, where the course folders go."""

    assignment: str
    jobs: int
    folder: Path

    def grade(self, root: Path, only: str = "") -> Cost:
        """Grade the class in `root` with the kit, or one student of it."""
        one = ("--student", only) if only else ()
        return measure(root, "course", "grade", self.assignment, "--force", "-j", str(self.jobs), *one)

    def autograde(self, root: Path, only: str = "") -> Cost:
        """Grade the class in `root` with stock nbgrader, or one student of it."""
        one = ("--student", only) if only else ()
        return measure(root, "nbgrader", "autograde", self.assignment, "--force", *one)


@dataclass(frozen=True)
class Round:
    """One turn of each: on all (stock: on its sample) and on one."""

    stock_all: Cost
    stock_one: Cost
    kit_all: Cost
    kit_one: Cost


def compare(setting: Setting, count: int, sample: int, rounds: int) -> Table:
    """Grade a class with both in turns, and set their times side by side."""
    stock, kit = setting.folder / "stock", setting.folder / "kit"
    sampled = [number * count // sample for number in range(sample)]
    lay_out(stock, setting.assignment, sampled, stock=True)
    lay_out(kit, setting.assignment, range(count))
    first = student(0)
    taken = []
    for number in range(rounds):
        steps = {
            "stock_all": lambda: setting.autograde(stock),
            "kit_all": lambda: setting.grade(kit),
            "stock_one": lambda: setting.autograde(stock, first),
            "kit_one": lambda: setting.grade(kit, first),
        }
        order = list(steps) if number % 2 == 0 else ["kit_all", "stock_all", "kit_one", "stock_one"]
        taken.append(Round(**{name: steps[name]() for name in order}))
        _say(f"round {number + 1}: {_in_words(taken[-1], count, sample)}")
    slow = [_further(each.stock_all, each.stock_one, sample) for each in taken]
    fast = [_further(each.kit_all, each.kit_one, count) for each in taken]
    whole = [each.stock_one.seconds + (count - 1) * a for each, a in zip(taken, slow, strict=True)]
    rows = [
        "| | stock nbgrader | the kit | ratio |",
        "|---|---|---|---|",
        _row("whole run, s", whole, [each.kit_all.seconds for each in taken]),
        _row("each further submission, s", slow, fast),
        _row("one submission alone, s", [e.stock_one.seconds for e in taken], [e.kit_one.seconds for e in taken]),
        f"| processor seconds per submission | {_middle(e.stock_all.computed / sample for e in taken):.2f} "
        f"| {_middle(e.kit_all.computed / count for e in taken):.2f} | |",
        f"| grading process at its most, MB | {_middle(e.stock_all.most_mb for e in taken):.0f} "
        f"| {_middle(e.kit_all.most_mb for e in taken):.0f} | |",
    ]
    heading = f"{count} submissions of {setting.assignment}, right and wrong mixed, {setting.jobs} at a time"
    if sample < count:
        heading += f"; stock nbgrader ran {sample} of them, its whole run is reckoned from these"
    theirs, ours = _rows(stock, setting.assignment), _rows(kit, setting.assignment)
    same = sum(theirs[name] == ours[name] for name in theirs)
    rows += ["", f"All cells' grades agree in {same} of the {len(theirs)} submissions that both graded (where they do"]
    rows += ["not, an answer passes the visible cases, which is all that stock nbgrader has, and fails a hidden one)."]
    return heading, rows


def scale(setting: Setting, sizes: Sequence[int]) -> Table:
    """Grade classes of several sizes, made of copies, with the kit."""
    rows = [
        "| submissions | whole run, s | each further one, s | processor s each | grading process, MB | worker, MB |",
        "|---|---|---|---|---|---|",
    ]
    for size in sizes:
        root = setting.folder / f"scale{size}"
        lay_out(root, setting.assignment, range(size), copies_of=20)
        one, whole = setting.grade(root, student(0)), setting.grade(root)
        further = _further(whole, one, size)
        each = (whole.computed - one.computed) / max(1, size - 1)
        row = f"| {size:,} | {whole.seconds:.1f} | {further:.3f} | {each:.2f} "
        rows.append(row + f"| {whole.most_mb:.0f} | {whole.worker_mb:.0f} |")
        _say(rows[-1])
    return f"Classes of several sizes of {setting.assignment} (20 works, copied), {setting.jobs} at a time", rows


def overhead(setting: Setting, count: int) -> Table:
    """Set the cost of a submission beside that of its own cells, and say which steps make the rest."""
    root = setting.folder / "overhead"
    lay_out(root, setting.assignment, range(count))
    own = own_seconds(root, setting.assignment)
    many = _further(setting.grade(root), setting.grade(root, student(0)), count)
    single = Setting(setting.assignment, 1, setting.folder)
    alone = _further(single.grade(root), single.grade(root, student(0)), count)
    limit = own.cells + own.calls
    rows = [
        "| per submission | s |",
        "|---|---|",
        f"| own cells, all imported, no kernel | {own.cells:.3f} |",
        f"| own answers, called on the judge's cases (hidden ones too) | {own.calls:.3f} |",
        f"| (the test cells, which run in stock nbgrader and not here | {own.checks:.3f}) |",
        f"| **physical limit**: own time divided by {setting.jobs} cores | {limit / setting.jobs:.3f} |",
        f"| **cost**, {setting.jobs} at a time | {many:.3f} |",
        f"| **overhead** above the limit | {many - limit / setting.jobs:.3f} |",
        f"| cost, one at a time | {alone:.3f} |",
        f"| overhead above own time, one at a time | {alone - limit:.3f} |",
    ]
    _say("\n".join(rows))
    rows += ["", "| step, one submission at a time | s |", "|---|---|"]
    rows += [f"| {name} | {seconds:.3f} |" for name, seconds in stages(root, setting.assignment).items()]
    return f"Where the time goes: {count} submissions of {setting.assignment}", rows


def otter(setting: Setting, count: int) -> Table:
    """Set otter-grader's local run of the same answers beside one submission's cost."""
    root = setting.folder / "otter"
    lay_out(root, setting.assignment, range(count))
    version, seconds, points = otter_seconds(root, setting.assignment)
    ours = _further(setting.grade(root), setting.grade(root, student(0)), count)
    theirs = statistics.mean(seconds)
    kit = [sum(value or 0.0 for value in cells.values()) for cells in _rows(root, setting.assignment).values()]
    rows = [
        "| | s per submission |",
        "|---|---|",
        f"| otter-grader {version}, `otter run` | {theirs:.1f} |",
        f"| the kit, {setting.jobs} at a time, each further submission | {ours:.2f} |",
        f"| ratio | {theirs / ours:.0f} |",
        "",
        f"Points by otter {points}, by the kit {kit}.",
    ]
    return f"otter-grader on the same answers: {count} submissions of {setting.assignment}", rows


def write(page: Path, block: str, table: Table, words: str) -> None:
    """Put a table into the page in place of the one between the block's marks."""
    heading, rows = table
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- figures: {block} -->", f"<!-- end: {block} -->"
    if begin not in text or end not in text:
        sys.exit(f"{page} has no place for these figures: {begin} … {end}")
    fresh = "\n".join([begin, "", f"{heading}. {_machine()}", "", "```sh", words, "```", "", *rows, "", end])
    page.write_text(re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: fresh, text, flags=re.S), "utf-8")


def _machine() -> str:
    return f"Linux, {os.cpu_count()} cores, Python {platform.python_version()}."


def _further(whole: Cost, one: Cost, count: int) -> float:
    """Return the seconds of each submission after the first."""
    return (whole.seconds - one.seconds) / max(1, count - 1)


def _row(label: str, slow: Sequence[float], fast: Sequence[float]) -> str:
    ratio = _middle(a / b for a, b in zip(slow, fast, strict=True))
    return f"| {label} | {_middle(slow):.2f} | {_middle(fast):.2f} | **{ratio:.1f}** |"


def _middle(values) -> float:
    return statistics.median(values)


def _in_words(taken: Round, count: int, sample: int) -> str:
    slow, fast = _further(taken.stock_all, taken.stock_one, sample), _further(taken.kit_all, taken.kit_one, count)
    return (
        f"stock {taken.stock_all.seconds:.1f} s for {sample}, kit {taken.kit_all.seconds:.1f} s for {count};"
        f" each further one {slow:.2f} s and {fast:.3f} s, {slow / fast:.1f} times"
    )


def _rows(root: Path, assignment: str) -> dict[str, dict[str, float | None]]:
    """Return every cell's score by student, from nbgrader's database."""
    return {row.student: dict(row.cells) for row in scores(load_course(root), assignment)}


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description="Time course grade against stock nbgrader autograde.")
    parser.add_argument("-n", "--submissions", type=int, default=4)
    parser.add_argument("--assignment", default="hw4", help="one whose answers are in the catalogue: hw1 to hw6")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--stock-sample", type=int, default=0, help="let stock nbgrader grade only so many of them")
    parser.add_argument("--scaling", type=int, nargs="+", default=[], metavar="N", help="instead: these sizes")
    parser.add_argument("--overhead", action="store_true", help="instead: where the time goes")
    parser.add_argument("--otter", action="store_true", help="instead: otter-grader's local run")
    parser.add_argument("--write", type=Path, help="put the figures into this page, too")
    given = parser.parse_args()
    sample = min(given.stock_sample or given.submissions, given.submissions)
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        setting = Setting(given.assignment, given.jobs, Path(folder))
        if given.scaling:
            block, table = "scaling", scale(setting, given.scaling)
        elif given.overhead:
            block, table = "overhead", overhead(setting, given.submissions)
        elif given.otter:
            block, table = "otter", otter(setting, given.submissions)
        else:
            block, table = "ratio", compare(setting, given.submissions, sample, given.rounds)
    _say(f"\n{table[0]}. {_machine()}\n\n" + "\n".join(table[1]))
    if given.write:
        words = [word for word in sys.argv[1:] if word not in ("--write", str(given.write))]
        write(given.write, block, table, shlex.join(["python", "benchmarks/grading.py", *words]))


if __name__ == "__main__":
    main()
