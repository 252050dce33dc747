"""What one submission costs, measured on a small class, and what a course of 100,000 would cost, computed from it.

    python benchmarks/scale.py                       20 submissions of hw1 and of hw4, 300 files to collect
    python benchmarks/scale.py -n 40 --write         the same with 40; the tables go into docs/scale.md

Every figure per submission is a difference: the run on the whole class less the run on two, so that what a run
starts with is not in it. Seconds are processor seconds, which a busy machine changes little.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from grading_process import ProcessorGroup

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/scale.md"
MARK = re.compile(r"(<!-- figures -->\n).*(<!-- end of figures -->)", re.DOTALL)
STUDENTS, ASSIGNMENTS, ROUND_TRIP_SECONDS = 100_000, 18, 0.0005
STEPS = ("grade", "again", "feedback", "report")

COURSE = """\
name = "Scale"
time_zone = "UTC"
roster = "roster.csv"
[assignments.{name}]
title = "Homework"
kind = "homework"
"""


def lay_out(root: Path, name: str, count: int) -> None:
    """Make a course folder with `count` submissions of `name`: the solution, and in two of three one wrong answer."""
    from autograder.certify.catalogue import load_catalogue
    from autograder.nbgrader_bridge.steps import generate
    from autograder.rules.coursefile import load_course

    root.mkdir()
    shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    (root / "course.toml").write_text(COURSE.format(name=name), encoding="utf-8")
    people = "".join(f"s{at:05},{_word(at)},{_word(at + 7919)},\n" for at in range(count))
    (root / "roster.csv").write_text(f"id,first_name,last_name,email\n{people}", encoding="utf-8")
    course = load_course(root)
    generate(course, name)
    wrong = [each for each in load_catalogue() if not each.is_right]
    solved = nbformat.read(course.source_notebook(name), as_version=4)
    answers = {
        _id(cell): re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
        for cell in solved.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    for at in range(count):
        notebook = nbformat.read(course.released_notebook(name), as_version=4)
        draw = random.Random(at)
        one = draw.choice(sorted(answers)).removesuffix("-answer") if at % 3 else ""
        spoilt = [each.code for each in wrong if each.exercise == one]
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                is_spoilt = bool(spoilt) and _id(cell) == f"{one}-answer"
                cell.source = draw.choice(spoilt) if is_spoilt else answers[_id(cell)]
        folder = root / "submitted" / f"s{at:05}" / name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        inbox = root / "inbox"
        inbox.mkdir(exist_ok=True)
        shutil.copy(folder / f"{name}.ipynb", inbox / f"{_word(at)}_{_word(at + 7919)}_{name.upper()}.ipynb")


def _word(number: int) -> str:
    """Return a name of letters only, another for each number."""
    draw = random.Random(number)
    return "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(4)).title()


def _id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def run_step(root: Path, name: str, step: str) -> dict[str, float]:
    """Do one step in this process and say what it took; started anew for each, by `measure`."""
    from sqlalchemy import Engine, event

    from autograder.feedback import write_feedback
    from autograder.grading import grade
    from autograder.intake.collecting import collect
    from autograder.report import write_report
    from autograder.rules.coursefile import load_course

    seen: Counter[str] = Counter()
    event.listen(Engine, "before_cursor_execute", lambda *_: seen.update(["statements"]))
    event.listen(Engine, "commit", lambda *_: seen.update(["commits"]))
    course = load_course(root)
    before, started = time.process_time(), time.perf_counter()
    if step in ("grade", "again"):
        for _ in grade(course, name, force=step == "grade", jobs=2):
            pass
    elif step == "collect":
        shutil.rmtree(course.submitted)
        collect(course, course.inbox)
    elif step == "feedback":
        write_feedback(course, name)
    else:
        write_report(course, name)
    return {
        "own": time.process_time() - before,
        "wall": time.perf_counter() - started,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0,
        "statements": float(seen["statements"]),
        "commits": float(seen["commits"]),
    }


def measure(root: Path, name: str, step: str) -> dict[str, float]:
    """Do one step in a process of its own; `all` are the processor seconds of it and of all that it started."""
    words = [sys.executable, "-W", "ignore", __file__, "--step", step, "--course", str(root), "--assignment", name]
    # No account of its own: kernels that are killed with their sandbox are in nobody's.
    with ProcessorGroup() as group:
        done = subprocess.run(words, capture_output=True, text=True, preexec_fn=group.enter)
        computed = group.seconds()
    if done.returncode:
        sys.exit(f"{step} of {name} failed:\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    found["all"] = computed
    return found


def sizes(root: Path) -> dict[str, float]:
    """Return the bytes and rows that a course folder holds."""
    found = {"gradebook": float((root / "gradebook.db").stat().st_size)}
    for folder in ("submitted", "autograded", "feedback", "records"):
        found[folder] = float(sum(file.stat().st_size for file in (root / folder).rglob("*") if file.is_file()))
    with sqlite3.connect(root / "gradebook.db") as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found["rows"] = float(sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables))
    return found


def message_sizes(root: Path, name: str) -> dict[str, float]:
    """Return the bytes of a task as it is sent to a cluster's worker, and of what comes back."""
    from autograder.engine.task import Task, read_files, run_task
    from autograder.nbgrader_bridge.running import folders_of, limits_of, probes_of
    from autograder.rules.coursefile import load_course

    course = load_course(root)
    student = "s00000"
    text = (course.submitted / student / name / f"{name}.ipynb").read_text(encoding="utf-8")
    probes = probes_of(name, nbformat.reads(text, as_version=4))
    task = Task(text, probes, limits_of(course), read_files(folders_of(course, name, student)))
    return {"task": float(len(pickle.dumps(task))), "result": float(len(pickle.dumps(run_task(task))))}


def per_submission(name: str, count: int, folder: Path) -> dict[str, float]:
    """Measure one assignment: a class of `count` less a class of two, by submission."""
    runs = []
    for size in (2, count):
        root = folder / f"{name}-{size}"
        lay_out(root, name, size)
        runs.append(({step: measure(root, name, step) for step in STEPS}, sizes(root)))
    (few, small), (many, large) = runs
    more = count - 2
    found = {f"{step} {key}": (many[step][key] - few[step][key]) / more for step in STEPS for key in few[step]}
    found |= {key: (large[key] - small[key]) / more for key in large}
    found["memory at start"] = few["grade"]["memory"]
    return found | message_sizes(folder / f"{name}-{count}", name)


def measured_table(found: dict[str, dict[str, float]], collect_seconds: float) -> str:
    """Return the table of what was measured, by assignment."""
    rows = [
        ("grade: processor seconds of all processes", "grade all", 1.0, ".2f"),
        ("  of these in the one process that writes", "grade own", 1.0, ".3f"),
        ("nothing changed: processor seconds", "again own", 1.0, ".3f"),
        ("feedback page: processor seconds", "feedback own", 1.0, ".3f"),
        ("class report: processor seconds", "report own", 1.0, ".3f"),
        ("database statements while grading", "grade statements", 1.0, ".0f"),
        ("transactions ended while grading", "grade commits", 1.0, ".1f"),
        ("rows in the gradebook", "rows", 1.0, ".0f"),
        ("gradebook (SQLite), kB", "gradebook", 1e-3, ".1f"),
        ("submitted notebook, kB", "submitted", 1e-3, ".0f"),
        ("graded notebook, kB", "autograded", 1e-3, ".0f"),
        ("feedback page, kB", "feedback", 1e-3, ".0f"),
        ("records (fingerprint, history), kB", "records", 1e-3, ".1f"),
        ("Dask: task sent, kB", "task", 1e-3, ".0f"),
        ("Dask: result sent back, kB", "result", 1e-3, ".0f"),
        ("memory of the writing process, two submissions, MB", "memory at start", 1e-6, ".0f"),
        ("  growth of it, kB", "grade memory", 1e-3, ".0f"),
    ]
    lines = [f"| measured, per submission | {' | '.join(found)} |", "|---" + "|---:" * len(found) + "|"]
    for label, key, scale, form in rows:
        # A difference of two runs may come out below nothing where there is next to nothing to measure.
        values = [format(max(each[key] * scale, 0.0), form) for each in found.values()]
        lines.append(f"| {label} | {' | '.join(values)} |")
    same = " | ".join([f"{collect_seconds:.0f}"] * len(found))
    lines.append(f"| collect: processor seconds for 10,000 files | {same} |")
    return "\n".join(lines)


def computed_table(each: dict[str, float], collect_seconds: float) -> str:
    """Return the table of what is computed for one assignment of the whole course."""
    work, own = each["grade all"], each["grade own"]
    lines = [f"| computed, one assignment of {STUDENTS:,} | 1 core | 16 cores | 256 cores |", "|---|---:|---:|---:|"]

    def hours(seconds: float) -> str:
        return f"{seconds / 3600:.1f} h"

    cores = (1, 16, 256)
    alone = [work * STUDENTS if one == 1 else max(work * STUDENTS / one, own * STUDENTS) for one in cores]
    shared = [work * STUDENTS / one for one in cores]
    lines.append(f"| grading, one `course grade` | {' | '.join(map(hours, alone))} |")
    lines.append(f"| grading, the class in shares, one `course grade` each | {' | '.join(map(hours, shared))} |")
    lines.append(f"| feedback pages, one process | {' | '.join([hours(each['feedback own'] * STUDENTS)] * 3)} |")
    lines.append(f"| collect, one process | {' | '.join([hours(collect_seconds * STUDENTS / 10_000)] * 3)} |")
    waits = " | ".join([hours(each["grade statements"] * ROUND_TRIP_SECONDS * STUDENTS)] * 3)
    lines.append(f"| waiting for a database half a millisecond away, one writer | {waits} |")
    disk = sum(each[key] for key in ("submitted", "autograded", "feedback", "records"))
    total = STUDENTS * ASSIGNMENTS / 1e9
    lines += [
        "",
        f"One writing process keeps up with {work / own:.1f} cores. A term of {ASSIGNMENTS} assignments like this one:"
        f" {STUDENTS * ASSIGNMENTS * work / 3600:,.0f} core hours, {total * disk:,.0f} GB of files,"
        f" {total * each['gradebook']:,.0f} GB of gradebook, {total * 1e3 * each['rows']:,.0f} million rows;"
        f" sent to a cluster and back {total * (each['task'] + each['result']):,.0f} GB.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, compute, print; with --write into docs/scale.md."""
    parser = argparse.ArgumentParser(description="What a submission costs, and what a course of 100,000 would.")
    parser.add_argument("-n", "--submissions", type=int, default=20)
    parser.add_argument("--assignment", default="hw1,hw4", help="one or several (default %(default)s)")
    parser.add_argument("--files", type=int, default=300, help="files to collect (default %(default)s)")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--course", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.step:
        print(json.dumps(run_step(given.course, given.assignment, given.step)))
        return
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        found = {name: per_submission(name, given.submissions, Path(folder)) for name in given.assignment.split(",")}
        seconds = []
        for size in (20, given.files):
            root = Path(folder) / f"collect-{size}"
            lay_out(root, "hw1", size)
            seconds.append(measure(root, "hw1", "collect")["own"])
        collect_seconds = (seconds[1] - seconds[0]) / (given.files - 20) * 10_000
    last = list(found.values())[-1]
    text = f"{measured_table(found, collect_seconds)}\n\n{computed_table(last, collect_seconds)}\n"
    print(text)
    print(f"{given.submissions} submissions, {os.cpu_count()} cores")
    if given.write:
        PAGE.write_text(MARK.sub(lambda m: f"{m[1]}{text}{m[2]}", PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
