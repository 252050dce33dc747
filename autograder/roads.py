"""The verbs of the `course` command with progress on the screen: collect, grade, feedback, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import screen
from autograder.intake.collecting import collect
from autograder.intake.fates import Fate
from autograder.rules.coursefile import Course
from autograder.rules.roster import load_roster

if TYPE_CHECKING:  # each road loads what it needs when it is taken: collecting needs neither torch nor nbgrader
    from autograder.grading import Graded
    from autograder.regrading import Trial


def run_generate(course: Course, assignment: str) -> None:
    """Make the students' version and enter assignment and class in the gradebook."""
    from autograder.nbgrader_bridge.steps import generate, register_class

    generate(course, assignment)
    if course.roster.exists():
        register_class(course, load_roster(course.roster))


def run_collect(course: Course, inbox: Path, *, dry_run: bool = False) -> tuple[Fate, ...]:
    """Collect an inbox with a progress bar and return every file's fate."""
    with screen.progress() as bars:
        task = bars.add_task("Collecting", total=None)
        return collect(
            course,
            inbox,
            dry_run=dry_run,
            progress=lambda done, total, name: bars.update(task, completed=done, total=total),
        )


def run_grade(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    jobs: int = 1,
    require_sandbox: bool = False,
    scheduler: str = "",
) -> tuple[Graded, ...]:
    """Grade what has changed, with a bar for the class and one for the notebook at hand.

    Ctrl-C between or inside submissions loses nothing that is done.
    """
    from autograder.engine.worker.client import isolation_here
    from autograder.grading import Status, grade, submissions
    from autograder.nbgrader_bridge.gradebook import maximum

    if maximum(course, assignment) is None:
        run_generate(course, assignment)
    done: list[Graded] = []
    total = len(students) or len(submissions(course, assignment))
    isolation = isolation_here() if not scheduler else None  # a cluster's workers look after their own
    if require_sandbox and isolation is not None:
        isolation.require()
    if isolation is not None and not isolation.is_sandbox:
        screen.err.print(f"[bold yellow]Warning:[/] submissions run in {isolation.sentence}.")
    with screen.progress() as bars:
        whole = bars.add_task(f"Grading {assignment}", total=total)
        cells = bars.add_task("", total=None, visible=False)

        def on_start(student: str, number: int, count: int) -> Callable[[int, int], None]:
            bars.update(cells, description=f"  {screen.printable(student)}", completed=0, total=None, visible=True)
            return lambda ran, of: bars.update(cells, completed=ran, total=of)

        for graded in grade(
            course,
            assignment,
            students=students,
            force=force,
            on_start=on_start,
            jobs=jobs,
            require_sandbox=require_sandbox,
            scheduler=scheduler,
        ):
            done.append(graded)
            bars.update(whole, completed=len(done))
            if graded.status is Status.NEEDS_PERSON:
                bars.console.print(f"{graded.student}: {graded.reason}", markup=False)
    return tuple(done)


def run_preview(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    jobs: int = 1,
    scheduler: str = "",
) -> Trial:
    """Find out what grading would change, with a progress bar; nothing is written."""
    from autograder.regrading import preview

    with screen.progress() as bars:
        whole = bars.add_task(f"Trying {assignment}", total=None)

        def on_start(student: str, number: int, count: int) -> None:
            bars.update(whole, completed=number, total=count)

        return preview(
            course, assignment, students=students, force=force, jobs=jobs, on_start=on_start, scheduler=scheduler
        )


def run_feedback(course: Course, assignment: str) -> tuple[Path, ...]:
    """Write the feedback pages that changed, with a progress bar."""
    from autograder.feedback import write_feedback

    with screen.progress() as bars:
        task = bars.add_task("Writing feedback", total=None)
        return write_feedback(
            course, assignment, on_page=lambda done, total: bars.update(task, completed=done, total=total)
        )


def run_report(course: Course, assignment: str) -> Path:
    """Write the class report."""
    from autograder.report import write_report

    return write_report(course, assignment)
