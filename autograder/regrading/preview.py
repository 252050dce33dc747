"""Find out what grading would do, by doing it in a copy of the course: the same code, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from autograder.fingerprint import Fingerprints
from autograder.grading import BY_HAND, NO_RUN, OnStart, Status, chosen_of, grade, needs_no_run, pending, submissions
from autograder.intake.collected import accepted
from autograder.intake.fates import Fate
from autograder.marks import Marks, read_marks
from autograder.nbgrader_bridge.gradebook import Score, maximum, scores
from autograder.nbgrader_bridge.places import Place
from autograder.nbgrader_bridge.steps import generate
from autograder.nbgrader_bridge.trial import trial_course
from autograder.regrading.move import CellMove, Move, Standing, Trial
from autograder.rules.coursefile import Course
from autograder.rules.policies import Grade, apply, rules


def preview(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    force: bool = False,
    jobs: int = 1,
    on_start: OnStart | None = None,
    scheduler: str = "",
    place: AbstractContextManager[Place] | None = None,
) -> Trial:
    """Return what `grade` with these arguments would change; gradebook, autograded and records stay as they are.

    Raises what `grade` raises.
    """
    course.source_notebook(assignment)
    chosen = chosen_of(course, assignment, students)
    reasons = pending(course, assignment, chosen)
    wanted = [student for student in chosen if force or reasons[student]]
    fates = accepted(course, assignment)
    fingerprints = Fingerprints(course, assignment, fates)
    now = {score.student: score for score in scores(course, assignment)} if chosen else {}
    to_run = [name for name in wanted if force or name not in now or not needs_no_run(course, fingerprints, name)]
    moves = [
        _by_rules(course, now[student], fates.get(student), reasons[student])
        for student in wanted
        if student not in to_run
    ]
    followed = [
        _by_rules(course, now[student], fates.get(student), BY_HAND)
        for student in chosen
        if student in now and student not in wanted
    ]
    moves += [move for move in followed if _is_taken_from(move)]
    if to_run:
        with trial_course(course, assignment, to_run) as trial:
            if maximum(trial, assignment) is None:
                generate(trial, assignment)
            graded = grade(
                trial,
                assignment,
                students=to_run,
                force=True,
                on_start=on_start,
                jobs=jobs,
                scheduler=scheduler,
                place=place,
            )
            ended = {each.student: each for each in graded}
            then = {score.student: score for score in scores(trial, assignment)}
            for student in to_run:
                before, after = now.get(student), then.get(student)
                if ended[student].status is not Status.GRADED or after is None:
                    standing = _standing(course, before) if before is not None else None
                    moves.append(Move(student, standing, None, ended[student].reason, has_run=True))
                    continue
                reason = reasons[student] or "asked for"
                marks = _marks(trial, assignment, student)
                moves.append(_compared(course, before, after, reason, marks))
    in_order = tuple(sorted(moves, key=lambda move: chosen.index(move.student)))
    return Trial(assignment, in_order, len(submissions(course, assignment)))


def _by_rules(course: Course, score: Score, fate: Fate | None, reason: str) -> Move:
    """Apply the rules as they are today to what was earned."""
    grade_now = apply(
        Grade(
            student_id=score.student,
            assignment=score.assignment,
            kind=course.assignment(score.assignment).kind,
            raw=score.raw,
            max=score.max,
            submitted_at=score.submitted_at,
        ),
        rules(course, fate.deductions if fate is not None else ()),
    )
    before = _standing(course, score)
    penalty = round(max(0.0, min(score.raw, sum(line.points for line in grade_now.deductions))), 6)
    final = None if before.raw is None else grade_now.final
    after = Standing(before.raw, penalty, final, before.waits)
    if grade_now.is_excused:  # it counted until now, if it is the excuse that is new
        before = Standing(before.raw, before.penalty, None if before.raw is None else score.final, before.waits)
    return Move(score.student, before, after, f"{reason}; {NO_RUN}")


def _is_taken_from(move: Move) -> bool:
    """Whether the rules would take more or less than stands in the gradebook."""
    return move.before is not None and move.after is not None and not _is_same(move.before.penalty, move.after.penalty)


def _compared(course: Course, before: Score | None, after: Score, reason: str, marks: Marks) -> Move:
    had = before.cells if before is not None else {}
    names = dict.fromkeys([*had, *after.cells])
    cells = tuple(
        CellMove(name, had.get(name), after.cells.get(name), _message(marks, name))
        for name in names
        if before is not None and not _is_same(had.get(name), after.cells.get(name))
    )
    standing = _standing(course, before) if before is not None else None
    return Move(after.student, standing, _standing(course, after), reason, cells, has_run=True)


def _standing(course: Course, score: Score) -> Standing:
    is_graded = any(value is not None for value in score.cells.values())
    if not is_graded:
        return Standing(None, round(score.penalty, 6), None, score.needs_person)
    excused = any((each.student_id, each.assignment) == (score.student, score.assignment) for each in course.excuses)
    final = None if excused else round(score.final, 6)
    return Standing(round(score.raw, 6), round(score.penalty, 6), final, score.needs_person)


def _marks(course: Course, assignment: str, student: str) -> Marks:
    path = course.autograded / student / assignment / f"{course.notebook_stem(assignment)}.ipynb"
    return (read_marks(path) if path.is_file() else None) or Marks()


def _message(marks: Marks, name: str) -> str:
    verdict = marks.verdict(name)
    return verdict.message().split("\n")[0] if verdict is not None else ""


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < 1e-6
