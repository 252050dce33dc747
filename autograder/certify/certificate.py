"""Judge everything that is known to be wrong or right about an exercise, and count what the grader did with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from autograder.certify.catalogue import KnownAnswer
from autograder.certify.equivalents import EQUIVALENT
from autograder.certify.mutants import mutants_of
from autograder.exercise import Exercise
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.compare import looks_like
from course_utils.checks.diagnose import diagnose
from course_utils.checks.respond import respond
from course_utils.checks.verdict import Outcome, Verdict

SECRETS = (11, 12)
"""Seeds of the hidden cases a certificate is made with; the judge draws a fresh one for each grading run."""

_MUTANT_SECONDS = 1.5
"""A mutant that loops for ever is caught by the time limit: no need to wait for the student's."""


@dataclass(frozen=True)
class Certificate:
    """What the grader of one exercise did with all the answers it was tried on.

    `missed` are wrong answers that passed, `refused` right ones that did not, `unnamed` wrong ones whose message
    names no mistake, `pairs` mistakes that no case tells apart, `survivors` mutants that pass and are not known
    to be equivalent.
    """

    exercise: str
    wrong: int
    missed: tuple[str, ...]
    unnamed: tuple[str, ...]
    right: int
    refused: tuple[str, ...]
    not_own_work: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    mutants: int
    survivors: tuple[str, ...]
    equivalent: tuple[str, ...]
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether every wrong answer fails, every right one passes, and no mutant survives unexplained."""
        return not (self.missed or self.refused or self.survivors)

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as plain data for JSON."""
        return asdict(self) | {"is_sound": self.is_sound}


def certify(
    exercises: Iterable[Exercise],
    catalogue: Sequence[KnownAnswer],
    on_done: Callable[[str], None] | None = None,
    *,
    with_mutants: bool = True,
) -> Iterator[Certificate]:
    """Yield a certificate per exercise."""
    for exercise in exercises:
        mine = [answer for answer in catalogue if answer.exercise == exercise.name]
        yield certify_one(exercise, mine, with_mutants=with_mutants)
        if on_done is not None:
            on_done(exercise.name)


def certify_one(exercise: Exercise, catalogue: Sequence[KnownAnswer], *, with_mutants: bool = True) -> Certificate:
    """Judge the declared mistakes and right answers, the catalogue's answers and the reference's mutants."""
    started = time.perf_counter()
    keys = [exercise.answer_key(secret) for secret in SECRETS]
    wrong = {f"{exercise.name}/{mistake.name}": mistake.answer for mistake in exercise.mistakes}
    wrong |= {answer.id: answer.load() for answer in catalogue if not answer.is_right}
    judged = {name: _judge(keys, answer) for name, answer in wrong.items()}
    right = {f"{exercise.name}/{label}": _judge(keys, answer) for label, answer in exercise.right_answers.items()}
    right |= {answer.id: _judge(keys, answer.load()) for answer in catalogue if answer.is_right}
    declared = {mistake.name for mistake in exercise.mistakes}
    count, survivors, equivalent = _try_mutants(exercise, keys) if with_mutants else (0, (), ())
    return Certificate(
        exercise=exercise.name,
        wrong=len(judged),
        missed=tuple(name for name, verdict in judged.items() if verdict.outcome is Outcome.PASSED),
        unnamed=tuple(name for name, verdict in judged.items() if not _is_named(verdict, declared)),
        right=len(right),
        refused=tuple(name for name, v in right.items() if v.outcome not in (Outcome.PASSED, Outcome.NOT_OWN_WORK)),
        not_own_work=tuple(name for name, v in right.items() if v.outcome is Outcome.NOT_OWN_WORK),
        pairs=indistinguishable(keys[0]),
        mutants=count,
        survivors=survivors,
        equivalent=equivalent,
        seconds=time.perf_counter() - started,
    )


def _judge(keys: Sequence[AnswerKey], answer: Any) -> Verdict:
    """Return the verdict over all keys: the first that is not passed."""
    verdicts = [diagnose(key, respond(key.contract, answer, key.cases)) for key in keys]
    return next((verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED), verdicts[0])


def _is_named(verdict: Verdict, declared: set[str]) -> bool:
    if verdict.outcome in (Outcome.PASSED, Outcome.NOT_OWN_WORK):
        return True
    return bool(set(verdict.mistake.split("+")) & declared)


def indistinguishable(key: AnswerKey) -> tuple[tuple[str, str], ...]:
    """Return the pairs of mistakes that give the same responses in every case."""
    specs = key.contract.parts
    found = []
    for place, one in enumerate(key.mistakes):
        for other in key.mistakes[place + 1 :]:
            if all(map(lambda a, b: looks_like(a, b, specs), one.responses, other.responses)):
                found.append((one.name, other.name))
    return tuple(found)


def _try_mutants(exercise: Exercise, keys: Sequence[AnswerKey]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    known = EQUIVALENT.get(exercise.name, {})
    hasty = [replace(key, contract=replace(key.contract, seconds=_MUTANT_SECONDS)) for key in keys]
    count = 0
    survivors: list[str] = []
    equivalent: list[str] = []
    for mutant in mutants_of(exercise.reference):
        count += 1
        try:
            answer = mutant.load()
        except Exception:  # a mutant that cannot even be defined is caught
            continue
        if all(diagnose(key, respond(key.contract, answer, key.cases)).outcome is Outcome.PASSED for key in hasty):
            (equivalent if mutant.change in known else survivors).append(mutant.change)
    return count, tuple(survivors), tuple(equivalent)
