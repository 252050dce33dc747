"""The `course` command: every verb of the instructor's term.

An error is one sentence on standard error and exit code 2; Ctrl-C is 130 and keeps what is done.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from autograder import screen
from autograder.errors import PublishError
from autograder.quick_start import ADDRESS_GRAMMARS, leaving_out
from course_utils.errors import KitError

if TYPE_CHECKING:
    from autograder.history import Damage, Entry
    from autograder.receipts import Receipt
    from autograder.regrading import Move, Standing, Trial

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Grade a course of notebooks: from a downloads folder to grades with a reason for every point.",
    epilog="Example:  course collect ~/Downloads  then  course grade hw1  then  course report hw1",
)

CourseOption = Annotated[
    Path, typer.Option("--course", "-C", help="The folder that holds course.toml.", metavar="FOLDER")
]
AssignmentArgument = Annotated[str, typer.Argument(help="Its name in course.toml.", metavar="ASSIGNMENT")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
HERE = Path(".")
Verb = TypeVar("Verb", bound=Callable[..., None])


def command(epilog: str) -> Callable[[Verb], Verb]:
    """Register a verb; the kit's errors become one sentence and exit code 2, Ctrl-C exit code 130."""

    def register(verb: Verb) -> Verb:
        @functools.wraps(verb)
        def guarded(*args: Any, **kwargs: Any) -> None:
            try:
                verb(*args, **kwargs)
            except KitError as error:
                screen.show_error(error)
                raise typer.Exit(2) from error
            except KeyboardInterrupt:
                screen.err.print("Stopped. What is done is kept: run the same command again to go on.")
                raise typer.Exit(130) from None

        app.command(verb.__name__.rstrip("_"), epilog=epilog)(guarded)
        return verb

    return register


@command(epilog="Example:  course demo --folder /tmp/term")
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's course is made.")] = Path("demo"),
    as_json: JsonOption = False,
) -> None:
    """Run the term in small: a class of thirty, badly named files, grades, feedback, a report."""
    from autograder.demo.road import run_demo

    run_demo(folder, as_json=as_json)


@command(epilog="Example:  course generate hw1")
def generate(assignment: AssignmentArgument, course: CourseOption = HERE) -> None:
    """Make the students' version of an assignment in release/ and enter it in the gradebook."""
    from autograder.roads import run_generate
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    run_generate(loaded, assignment)
    screen.say(f"{loaded.released_notebook(assignment)}")


@command(epilog="Example:  course collect ~/Downloads --dry-run --json")
def collect(
    inbox: Annotated[Path | None, typer.Argument(help="A folder, a zip or a notebook; inbox/ if left out.")] = None,
    course: CourseOption = HERE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each file; write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """File what came in under students and assignments; every file gets a fate and a reason."""
    from autograder.intake.fates import as_row
    from autograder.roads import run_collect
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    fates = run_collect(loaded, inbox or loaded.inbox, dry_run=dry_run)
    if as_json:
        screen.show_json([as_row(fate, loaded.format.max_percent) for fate in fates])
        return
    screen.show_table(
        ("file", "fate", "student", "assignment", "reason"),
        [(fate.path, fate.fate, fate.student_id or "–", fate.assignment or "–", fate.reason) for fate in fates],
    )


@command(epilog='Example:  course decide   then   course decide "hw1 (1).ipynb" s003 hw1 --note "asked her"')
def decide(
    file: Annotated[str | None, typer.Argument(help="As `course collect` names it; leave out to list.")] = None,
    student: Annotated[str | None, typer.Argument(help='An id of the roster, or "-" to set the file aside.')] = None,
    assignment: Annotated[str | None, typer.Argument(help="Its name in course.toml.")] = None,
    course: CourseOption = HERE,
    note: Annotated[str, typer.Option(help="Why: it is kept with the decision.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the files that wait for a person, or say whose work one of them is; the next collect follows it."""
    from autograder.intake.decisions import decide_file, waiting
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    if file is not None:
        decision = decide_file(loaded, file, student or "", assignment or "", note)
        whose = "set aside" if not decision.assignment else f"{decision.student_id}'s {decision.assignment}"
        screen.say(f"{decision.path}: {whose}. Run course collect again to file it.")
        return
    fates = waiting(loaded)
    if as_json:
        screen.show_json([fate.as_json() for fate in fates])
        return
    rows = []
    for fate in fates:
        people = [f"{each.student_id} ({each.confidence:.0%}, {each.evidence})" for each in fate.candidates]
        work = [fate.assignment] if fate.assignment else list(fate.assignment_candidates)
        rows.append((fate.path, "; ".join(people) or "–", ", ".join(work) or "–", fate.reason))
    screen.show_table(("file", "whose it may be", "which assignment", "why it waits"), rows)


@command(epilog="Example:  course grade hw1 -j 2   or   course grade hw1 --preview")
def grade(
    assignment: AssignmentArgument,
    course: CourseOption = HERE,
    student: Annotated[
        list[str] | None, typer.Option("--student", "-s", help="Only this student; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what has not changed, too.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many notebooks run at a time.")] = 1,
    require_sandbox: Annotated[
        bool, typer.Option("--require-sandbox", help="Refuse to run students' code that is not isolated.")
    ] = False,
    scheduler: Annotated[
        str, typer.Option(help="Run notebooks on the workers of this Dask scheduler.", metavar="tcp://HOST:PORT")
    ] = "",
    why: Annotated[bool, typer.Option("--why", help="Only say why each would be graded now.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say whose grade would move, how far and why; write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Run and judge the submissions that changed, and enter their grades in the gradebook."""
    if not why and not scheduler:
        from autograder.engine.worker.client import shared_worker

        shared_worker()  # it imports torch while this process imports nbgrader
    from autograder.grading import pending, submissions
    from autograder.roads import run_grade
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    loaded.source_notebook(assignment)
    if why:
        reasons = pending(loaded, assignment, tuple(student or ()) or submissions(loaded, assignment))
        if as_json:
            screen.show_json(reasons)
            return
        screen.show_table(
            ("student", "graded now because"),
            [(who, text or "(it would not be)") for who, text in reasons.items()],
        )
        return
    if preview:
        from autograder.roads import run_preview

        trial = run_preview(
            loaded, assignment, students=tuple(student or ()), force=force, jobs=jobs, scheduler=scheduler
        )
        if as_json:
            screen.show_json(trial.as_json())
            return
        _show_trial(trial)
        return
    done = run_grade(
        loaded,
        assignment,
        students=tuple(student or ()),
        force=force,
        jobs=jobs,
        require_sandbox=require_sandbox,
        scheduler=scheduler,
    )
    if as_json:
        screen.show_json([asdict(graded) for graded in done])
        return
    _show_grades(loaded.root, assignment)


def _show_trial(trial: Trial) -> None:
    def points(standing: Standing | None, name: str) -> str:
        return screen.number(getattr(standing, name)) if standing is not None else "–"

    def cells(move: Move) -> str:
        parts = []
        for cell in move.cells:
            said = f" ({cell.message})" if cell.message else ""
            parts.append(f"{cell.name} {screen.number(cell.before)} → {screen.number(cell.after)}{said}")
        return "; ".join(parts)

    rows = []
    for move in trial.moved:
        pairs = [f"{points(move.before, name)} → {points(move.after, name)}" for name in ("raw", "final")]
        by = "" if move.difference is None else f"{move.difference:+.2f}".rstrip("0").rstrip(".")
        waits = "waits for a person; " if move.after is None or move.after.waits else ""
        rows.append((move.student, *pairs, by, cells(move), waits + move.reason))
    if rows:
        screen.show_table(("student", "raw", "final", "by", "exercises", "why"), rows, title=trial.assignment)
    screen.say(trial.sentence)
    if trial.moved:
        screen.say(f"Nothing is written yet. To enter it: course grade {trial.assignment}")


@command(epilog="Example:  course history s003 hw1")
def history(
    student: Annotated[str, typer.Argument(help="An id of the roster.", metavar="STUDENT")],
    assignment: Annotated[str | None, typer.Argument(help="Its name in course.toml; all if left out.")] = None,
    course: CourseOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show how a student's grades came to be: every change, when and why; marks given by hand, too."""
    from autograder.errors import StaffError
    from autograder.history import look, read_history
    from autograder.nbgrader_bridge.gradebook import class_list
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    names = [loaded.assignment(assignment).name] if assignment else [each.name for each in loaded.assignments]
    entries: list[Entry] = []
    damaged: list[Damage] = []
    for name in names:
        look(loaded, name)
        found = read_history(loaded, name)
        entries += [entry for entry in found.entries if entry.student == student]
        damaged += found.damaged
    if not entries and student not in {person.id for person in class_list(loaded)}:
        raise StaffError(f"{student} is not in the class.", f"The roster is {loaded.roster}.")
    entries.sort(key=lambda entry: entry.time)
    for damage in damaged:
        screen.err.print(damage.sentence, markup=False, soft_wrap=True)
    if as_json:
        screen.show_json([entry.as_json() for entry in entries])
        return
    rows = []
    for entry in entries:
        before = screen.number(entry.before.final) if entry.before is not None else "–"
        cells = [f"{name} {screen.number(old)} → {screen.number(new)}" for name, (old, new) in entry.moved.items()]
        rows.append(
            (
                f"{entry.time.astimezone(loaded.time_zone):%Y-%m-%d %H:%M}",
                entry.assignment,
                f"{before} → {screen.number(entry.after.final)}",
                screen.number(entry.after.penalty),
                "; ".join(cells) if entry.before is not None else "",
                entry.event.value,
                entry.reason,
            )
        )
    columns = ("when", "assignment", "final", "taken", "exercises", "what", "why")
    screen.show_table(columns, rows, title=student)


def _show_grades(root: Path, assignment: str) -> None:
    from autograder.receipts import receipts
    from autograder.rules.coursefile import load_course

    rows = [
        (
            receipt.student,
            receipt.name,
            f"{screen.number(receipt.raw)} / {screen.number(receipt.max)}",
            screen.number(receipt.final),
            "; ".join(_remarks(receipt)),
        )
        for receipt in receipts(load_course(root), assignment)
    ]
    screen.show_table(("student", "name", "raw", "final", ""), rows, title=f"{assignment}")


def _remarks(receipt: Receipt) -> Iterator[str]:
    """Say what of a submission a person should look at, and what happened to it."""
    from autograder.receipts import in_short

    if receipt.needs_person:
        yield "waits for a person"
    if receipt.sightings:
        seen = receipt.sightings[0]
        more = f" (and {len(receipt.sightings) - 1} more)" if len(receipt.sightings) > 1 else ""
        yield f"look at it: {seen.cell or 'the file'}: {seen.sentence}{more}"
    if happened := in_short(receipt):
        yield happened


@command(epilog="Example:  course feedback hw1")
def feedback(assignment: AssignmentArgument, course: CourseOption = HERE, as_json: JsonOption = False) -> None:
    """Write a feedback page for each graded submission."""
    from autograder.roads import run_feedback
    from autograder.rules.coursefile import load_course

    pages = run_feedback(load_course(course), assignment)
    if as_json:
        screen.show_json([str(page) for page in pages])
        return
    screen.say(f"{len(pages)} feedback pages" + (f", the first at {pages[0]}" if pages else ""))


@command(epilog="Example:  course receipt s003   or   course receipt s003 --if hw6=12 --if quiz5=80% --html s003.html")
def receipt(
    student: Annotated[str, typer.Argument(help="An id of the roster.", metavar="STUDENT")],
    assignment: Annotated[str | None, typer.Argument(help="One piece of work; the whole term if left out.")] = None,
    course: CourseOption = HERE,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page in place of text.", metavar="FILE")] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option("--if", help="A mark on what is open: hw6=12, or hw6=80%; may be repeated.", metavar="WORK=MARK"),
    ] = None,
) -> None:
    """Show a student's receipt: all work of the term and the course total, or one submission line by line."""
    from autograder.feedback import receipt_page, receipt_text
    from autograder.rules.coursefile import load_course
    from autograder.templates import write_page

    loaded = load_course(course)
    marks = tuple(what_if or ())
    if html is None:
        screen.say(receipt_text(loaded, student, assignment, marks))
        return
    write_page(html, receipt_page(loaded, student, assignment, marks))
    screen.say(str(html))


@command(epilog="Example:  course report hw1")
def report(assignment: AssignmentArgument, course: CourseOption = HERE) -> None:
    """Write the class report: scores, misconceptions to reteach, what waits for a person."""
    from autograder.roads import run_report
    from autograder.rules.coursefile import load_course

    screen.say(str(run_report(load_course(course), assignment)))


@command(epilog="Example:  course export final   or   course export canvas hw1 --template exported.csv")
def export(
    form: Annotated[str, typer.Argument(help="final, grades, canvas or moodle.", metavar="FORM", show_default=False)],
    assignments: Annotated[list[str] | None, typer.Argument(help="All if left out.", metavar="[ASSIGNMENT…]")] = None,
    course: CourseOption = HERE,
    template: Annotated[
        Path | None, typer.Option(help="The gradebook as Canvas or Moodle exported it.", metavar="FILE")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to write.", metavar="FILE")] = None,
) -> None:
    """Write grades as CSV: the final sheet, every grade with its reasons, or a table Canvas or Moodle takes in."""
    from autograder.errors import StaffError
    from autograder.rules.coursefile import load_course
    from autograder.term.exporting import Form
    from autograder.term.exporting import export as export_grades

    forms = [each.value for each in Form]
    if form not in forms:
        raise StaffError(f"There is no export called {form!r}.", f"Choose one of {', '.join(forms)}.")
    done = export_grades(load_course(course), Form(form), tuple(assignments or ()), template, out)
    screen.say(f"{done.path}: {done.count} {'students' if form == 'final' else 'grades'}")
    for remark in done.remarks:
        screen.say(remark)


@command(epilog="Example:  course publish ../students --repository ada/deep-learning --only hw1 --only lab1")
def publish(
    folder: Annotated[Path, typer.Argument(help="Empty, or made by an earlier run.", metavar="FOLDER")],
    course: CourseOption = HERE,
    repository: Annotated[
        str | None, typer.Option(help="Where it will be on GitHub; badges and Colab need it.", metavar="OWNER/NAME")
    ] = None,
    branch: Annotated[str | None, typer.Option(help="Its branch; main if left out.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="An assignment, besides those published earlier; all if left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that others put there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the student repository: lectures, released assignments, course_utils, data; nothing of the staff's."""
    from autograder.publish import publish as publish_to
    from autograder.rules.coursefile import load_course

    loaded = load_course(course)
    with screen.progress() as bars:
        gathering, writing = bars.add_task("Gathering", total=None), bars.add_task("Writing", total=None)
        done = publish_to(
            loaded,
            folder,
            repository=repository,
            branch=branch,
            only=tuple(only or ()),
            force=force,
            on_step=lambda what: bars.update(gathering, description=f"Gathering {what}", advance=1),
            on_file=lambda count, total: bars.update(writing, completed=count, total=total),
        )
    if as_json:
        screen.show_json(asdict(done))
        return
    written = done.written
    counts = {name: len(getattr(written, name)) for name in ("new", "changed", "unchanged", "removed")}
    screen.say(f"{folder}: {', '.join(f'{count} files {name}' for name, count in counts.items())}")
    screen.say(f"assignments: {', '.join(done.assignments) or 'none'}")
    if done.waiting:
        screen.say(f"without a notebook yet: {', '.join(done.waiting)}")
    if not done.target.repository:
        screen.say("No badges, nothing for Colab: name the repository with --repository or in course.toml, [publish].")


@command(epilog="Example:  course site site --lecture 02 --lecture 03 --size tiny")
def site(
    folder: Annotated[Path, typer.Argument(help="Where the pages go.", metavar="FOLDER")] = Path("site"),
    course: CourseOption = HERE,
    lecture: Annotated[
        list[str] | None, typer.Option(help="A lecture by the beginning of its name; all if left out.")
    ] = None,
    size: Annotated[str, typer.Option(help="standard, or tiny for a quick look.")] = "standard",
    as_json: JsonOption = False,
) -> None:
    """Run the lectures and render them as a small website that needs no network; exit code 1 if a link is broken."""
    from autograder.rules.coursefile import load_course
    from autograder.site import Size, build_site, find_lectures

    if size not in tuple(Size):
        raise PublishError(f"--size is {size!r}.", "Expected standard or tiny.")
    loaded = load_course(course)
    lectures = find_lectures(loaded, tuple(lecture or ()))
    with screen.progress() as bars:
        whole, cells = bars.add_task("Lectures", total=len(lectures)), bars.add_task("", total=None)
        names = [path.stem for path in lectures]

        def show(name: str, done: int, total: int) -> None:
            bars.update(whole, completed=names.index(name) + (done == total))
            bars.update(cells, description=f"  {name}", completed=done, total=total)

        built = build_site(loaded, folder, lectures, size=Size(size), on_cell=show)
    if as_json:
        screen.show_json(asdict(built))
    else:
        screen.say(f"{built.index}: {len(built.pages)} pages, {len(built.changed)} changed")
        outside = len(built.links.outside)
        screen.say(f"{built.links.count} links followed, {outside} addresses outside the site (not followed)")
        for each in built.links.broken:
            screen.say(f"broken: {each}")
    if built.links.broken:
        raise typer.Exit(1)


@command(epilog="Example:  course try my_answers.py somebody.ipynb --json")
def try_(
    files: Annotated[
        list[Path],
        typer.Argument(help="Python files or notebooks that define exercises.", metavar="ANSWERS…"),
    ],
    as_json: JsonOption = False,
) -> None:
    """Judge the answers in files on visible and hidden cases; say what a student would be told."""
    from autograder.trying import try_answers
    from course_utils.checks.show import as_text

    with screen.progress() as bars:
        task = bars.add_task("Trying", total=len(files))
        tried = []
        for path in files:
            tried.append(try_answers(path))
            bars.advance(task)
    if as_json:
        screen.show_json(
            [
                {
                    "path": str(each.path),
                    "verdicts": [verdict.to_json() for verdict in each.verdicts],
                    "faults": [fault.to_json() for fault in each.faults],
                }
                for each in tried
            ]
        )
        return
    for each in tried:
        screen.say(f"\n{each.path}")
        for fault in each.faults:
            screen.say(f"! {fault.cell}: {fault.sentence}")
        for verdict in each.verdicts:
            screen.say(as_text(verdict))


@command(epilog="Example:  course certify softmax cross_entropy --page docs/certificate.md")
def certify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Exercises or assignments; all if left out.", metavar="[NAME…]")
    ] = None,
    page: Annotated[Path | None, typer.Option(help="Write the table as a Markdown page, too.", metavar="FILE")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove the graders on all known wrong and right answers and on mutants; exit code 1 if one is unsound."""
    from autograder.certify.catalogue import load_catalogue
    from autograder.certify.certificate import certify as certificates_of
    from autograder.certify.page import COLUMNS, as_page, cells
    from autograder.exercises import select_exercises

    chosen = select_exercises(tuple(names or ()))
    with screen.progress() as bars:
        task = bars.add_task("Certifying", total=len(chosen))
        found = list(
            certificates_of(
                chosen,
                load_catalogue(),
                lambda name: bars.update(task, advance=1, description=f"Certified {name}"),
            )
        )
    if page is not None:
        page.write_text(as_page(found), encoding="utf-8")
    if as_json:
        screen.show_json([certificate.to_json() for certificate in found])
    else:
        screen.show_table((*COLUMNS, "seconds"), [(*cells(c), f"{c.seconds:.1f}") for c in found])
        for certificate in found:
            for what in ("missed", "refused", "unnamed", "survivors"):
                for name in getattr(certificate, what):
                    screen.say(f"{certificate.exercise}: {what}: {name}")
    if not all(certificate.is_sound for certificate in found):
        raise typer.Exit(1)


@command(epilog="Example:  course doctor --json")
def doctor(course: CourseOption = HERE, as_json: JsonOption = False) -> None:
    """Say what this machine lacks and how to get it; exit code 1 if something needed is missing."""
    from autograder.doctor import examine, is_ready

    findings = examine(course if (course / "course.toml").exists() else None)
    if as_json:
        screen.show_json([asdict(finding) for finding in findings])
    else:
        screen.show_table(
            ("", "what", "found", "how to mend it"),
            [(finding.state, finding.name, finding.found, finding.mend) for finding in findings],
        )
    if not is_ready(findings):
        raise typer.Exit(1)


def main() -> None:
    """Run the command."""
    with leaving_out(ADDRESS_GRAMMARS):
        app()


if __name__ == "__main__":
    main()
