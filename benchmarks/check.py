"""How long a student waits for check(): median seconds per exercise, beside one run of the reference alone.

    python benchmarks/check.py                 every exercise
    python benchmarks/check.py --rounds 20 softmax mse

Everything is imported before the clock starts, on one core. The answer checked is the reference; `alone` calls it once
on each visible case and does nothing else; the ratio says what the checking itself costs. Exits with 1 if an exercise
is slower than `--aim`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch

from autograder.exercise import Exercise
from autograder.exercises import select_exercises
from course_utils.checks import check
from course_utils.checks.answer_key import load_key
from course_utils.checks.drivers import find_driver
from course_utils.checks.respond import copy_arguments

AIM_SECONDS = 0.3


def use_one_core() -> None:
    """Bind this process to one core, where the system lets it, and torch to one thread."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)


def run_alone(exercise: Exercise) -> None:
    """Call the reference once on each visible case, as its driver would."""
    drive = find_driver(exercise.contract.driver)
    for case in load_key(exercise.name).cases:
        drive(exercise.reference, copy_arguments(case.arguments), exercise.contract.options)


def run_check(exercise: Exercise) -> None:
    """Check the reference as a student checks an answer; the verdict goes to no screen."""
    with contextlib.redirect_stdout(io.StringIO()):
        check(exercise.reference, exercise.name)


def median_seconds(run: Callable[[Exercise], Any], exercise: Exercise, rounds: int) -> float:
    """Return the median over `rounds` runs, after one that is not counted."""
    run(exercise)
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        run(exercise)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*", help="names of exercises; all if none is given")
    parser.add_argument("--rounds", type=int, default=7, help="runs per exercise (default %(default)s)")
    parser.add_argument("--aim", type=float, default=AIM_SECONDS, help="seconds (default %(default)s)")
    options = parser.parse_args(arguments)
    use_one_core()
    slow = []
    print(f"{'exercise':20} {'check, s':>9} {'alone, s':>9} {'ratio':>7}")
    for exercise in select_exercises(options.exercises):
        alone = median_seconds(run_alone, exercise, options.rounds)
        checked = median_seconds(run_check, exercise, options.rounds)
        print(f"{exercise.name:20} {checked:9.4f} {alone:9.4f} {checked / alone:7.1f}", flush=True)
        if checked > options.aim:
            slow.append(exercise.name)
    print(f"slower than {options.aim:g} s: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
