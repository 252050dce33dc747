"""From responses and an answer key to a verdict: which false idea does a wrong answer rest on?

The order is the one a student is helped by: a named mistake that gives the same numbers in every case; one
named mistake for each part of the answer; then what anybody can see (not written, raised, None, type,
shape, dtype, device, arguments changed, remembers, not finite, wrong numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from course_utils.checks import messages
from course_utils.checks.answer_key import KEYS, AnswerKey, KnownMistake
from course_utils.checks.compare import Departure, Difference, compare, looks_like, part_looks_like
from course_utils.checks.contract import Case, PartSpec
from course_utils.checks.question import judge_given
from course_utils.checks.recording import RECORD, judge_record
from course_utils.checks.response import Part, Response
from course_utils.checks.verdict import CaseLine, Outcome, Verdict


@dataclass(frozen=True)
class Finding:
    """A case in which the response departs from the expected one, and how."""

    case: Case
    given: Response
    expected: Response
    difference: Difference


def diagnose(key: AnswerKey, responses: Sequence[Response]) -> Verdict:
    """Return the verdict on one answer.

    `responses` stand in the order of `key.cases`. Inputs, numbers and error texts of hidden cases never
    enter the verdict: only their labels do.
    """
    if key.contract.driver == RECORD:
        return judge_record(key, responses)
    if key.contract.driver == "given":
        return judge_given(key, responses)
    verdict = _judge(key, responses)
    if "graph" not in key.contract.options:
        return verdict
    from course_utils.checks.guard import plain_torch
    from course_utils.checks.microscope import look_closer

    with plain_torch():
        return look_closer(key, responses, verdict)


def _judge(key: AnswerKey, responses: Sequence[Response]) -> Verdict:
    contract = key.contract
    findings = _findings(key, responses)
    lines = _lines(key, findings)
    printed = _printed(key, responses, findings)
    blank = Verdict(contract.name, Outcome.PASSED, contract.points, contract.points, lines=lines, printed=printed)
    if not findings:
        return _own_work(blank, responses)
    failed = replace(blank, outcome=Outcome.FAILED, points=0.0)
    raised = findings[0].given.raised
    if raised is not None:
        early = _stopped_early(failed, raised.kind, raised.function)
        if early is not None:
            return early
    finding = _most_telling(findings)
    mistake = find_mistake(key, responses)
    if mistake is not None:
        shown = _most_telling(findings, with_numbers=True)
        return replace(
            failed,
            points=round(mistake.credit * contract.points, 4),
            idea=mistake.idea,
            saw=messages.say_numbers(shown.case, shown.difference),
            look=mistake.look,
            mistake=mistake.name,
        )
    by_part = _mistakes_by_part(key, responses)
    if by_part:
        ideas = [
            f"{spec.name or 'result'}: {known.idea}" if len(contract.parts) > 1 else known.idea
            for spec, known in by_part
        ]
        return replace(
            failed,
            idea=" ".join(dict.fromkeys(ideas)),
            saw=messages.say_numbers(finding.case, finding.difference),
            look=by_part[0][1].look,
            mistake="+".join(dict.fromkeys(known.name for _, known in by_part)),
        )
    two = _two_mistakes(key, responses)
    if two:
        return replace(
            failed,
            idea=f"Two things. {two[0].idea} And: {two[1].idea}",
            saw=messages.say_numbers(finding.case, finding.difference),
            look="Mend one at a time.",
            mistake="+".join(known.name for known in two),
        )
    generic = messages.generic(contract, finding.case, finding.given, finding.expected, finding.difference)
    return replace(failed, idea=generic.idea, saw=generic.saw, look=generic.look, mistake=generic.name)


def find_mistake(key: AnswerKey, responses: Sequence[Response]) -> KnownMistake | None:
    """Return the named mistake that departs wherever the answer departs, with the same numbers; else None."""
    fitting = fitting_mistakes(key, responses)
    return fitting[0] if fitting else None


def fitting_mistakes(key: AnswerKey, responses: Sequence[Response]) -> list[KnownMistake]:
    """Return all named mistakes that give these responses, the earliest declared first."""
    specs = key.contract.parts
    # The first case comes last: a judge's mistakes run as far as they are asked for, and to the end for this one.
    places = (*range(1, len(responses)), *range(min(1, len(responses))))
    found = []
    for mistake in key.mistakes:
        agree = all(looks_like(responses[at], mistake.responses[at], specs) for at in places)
        if agree and _shows_itself(mistake, key):
            found.append(mistake)
    return found


def _shows_itself(mistake: KnownMistake, key: AnswerKey) -> bool:
    """Whether a mistake departs by something to see: an exception alone could have many causes."""
    for given, expected in zip(mistake.responses, key.expected, strict=True):
        if given.raised is None and compare(given, expected, key.contract.parts) is not None:
            return True
    return False


def _two_mistakes(key: AnswerKey, responses: Sequence[Response]) -> tuple[KnownMistake, KnownMistake] | None:
    """Return two named mistakes that, made together, explain every case: each case looks as one of them leaves it.

    Where neither shows, the response has to be right; where only one shows, it has to look like that one.
    """
    specs = key.contract.parts
    is_right = [compare(given, want, specs) is None for given, want in zip(responses, key.expected, strict=True)]
    telling = []
    for mistake in key.mistakes:
        pairs = list(zip(mistake.responses, key.expected, strict=True))
        shows = {place for place, (one, want) in enumerate(pairs) if compare(one, want, specs) is not None}
        fits = {place for place in shows if looks_like(responses[place], mistake.responses[place], specs)}
        if fits and not any(is_right[place] for place in shows) and _shows_itself(mistake, key):
            telling.append((mistake, shows, fits))
    wrong = {place for place, right in enumerate(is_right) if not right}
    for number, (first, shows, fits) in enumerate(telling):
        for second, others, fits_too in telling[number + 1 :]:
            alone = (shows - others) <= fits and (others - shows) <= fits_too and shows != others
            if alone and fits | fits_too == wrong and min(len(fits), len(fits_too)) < len(wrong):
                return first, second
    return None


def _mistakes_by_part(key: AnswerKey, responses: Sequence[Response]) -> list[tuple[PartSpec, KnownMistake]]:
    """Explain each wrong part by a mistake of its own; empty unless every wrong part can be explained."""
    specs = key.contract.parts
    usable = [
        number
        for number, given in enumerate(responses)
        if len(given.parts) == len(specs) and not (given.raised or given.structure or given.changed or given.remembers)
    ]
    if len(specs) < 2 or len(usable) < len(responses):
        return []
    found = []
    for place, spec in enumerate(specs):
        mine = [responses[number].parts[place] for number in usable]
        right = [key.expected[number].parts[place] for number in usable]
        if all(part_looks_like(a, b, spec) for a, b in zip(mine, right, strict=True)):
            continue
        known = next(
            (mistake for mistake in key.mistakes if _part_agrees(mistake, usable, place, mine, spec)),
            None,
        )
        if known is None:
            return []
        found.append((spec, known))
    return found


def _part_agrees(
    mistake: KnownMistake,
    usable: Sequence[int],
    place: int,
    mine: Sequence[Part],
    spec: PartSpec,
) -> bool:
    for number, part in zip(usable, mine, strict=True):
        response = mistake.responses[number]
        if response.raised is not None or len(response.parts) <= place:
            return False
        if not part_looks_like(part, response.parts[place], spec):
            return False
    return True


def _findings(key: AnswerKey, responses: Sequence[Response]) -> list[Finding]:
    found = []
    for case, given, expected in zip(key.cases, responses, key.expected, strict=True):
        difference = compare(given, expected, key.contract.parts)
        if difference is not None:
            found.append(Finding(case, given, expected, difference))
    return found


def _most_telling(findings: Sequence[Finding], with_numbers: bool = False) -> Finding:
    """Pick the case to show: visible before hidden, the earliest kind of departure, the smallest inputs."""

    def rank(finding: Finding) -> tuple[bool, bool, int, int]:
        has_numbers = finding.difference.departure in (Departure.VALUES, Departure.NOT_FINITE)
        return (
            finding.case.is_hidden,
            with_numbers and not has_numbers,
            int(finding.difference.departure),
            messages.size_of(finding.case),
        )

    return min(findings, key=rank)


def _lines(key: AnswerKey, findings: Sequence[Finding]) -> tuple[CaseLine, ...]:
    wrong = {id(finding.case): finding.difference for finding in findings}
    lines = []
    for case in key.cases:
        difference = wrong.get(id(case))
        if difference is None:
            lines.append(CaseLine(case.label, True, is_hidden=case.is_hidden))
        elif case.is_hidden:
            lines.append(CaseLine(case.label, False, is_hidden=True))
        else:
            lines.append(CaseLine(case.label, False, *messages.side_by_side(difference)))
    return tuple(lines)


def _printed(key: AnswerKey, responses: Sequence[Response], findings: Sequence[Finding]) -> str:
    """Return what the answer printed in the first visible case, the failing ones first."""
    shown = [finding.given for finding in findings if not finding.case.is_hidden]
    shown += [given for case, given in zip(key.cases, responses, strict=True) if not case.is_hidden]
    return next((response.printed for response in shown if response.printed), "")


def _own_work(passed: Verdict, responses: Sequence[Response]) -> Verdict:
    used = sorted({name for response in responses for name in response.used})
    if not used:
        return passed
    return replace(
        passed,
        outcome=Outcome.NOT_OWN_WORK,
        points=0.0,
        idea=f"The numbers are right, but your answer uses {messages.listed(used)}.",
        look=f"{passed.exercise} is the thing to build here: write it from simpler operations.",
        mistake="not-own-work",
    )


def _stopped_early(failed: Verdict, kind: str, function: str) -> Verdict | None:
    """Tell apart a stub, and an exercise that stands on another one which is not there yet."""
    is_other = bool(function) and function != failed.exercise and (KEYS / f"{function}.npz").is_file()
    if is_other:
        state = "is not written yet" if kind == "unwritten" else "stopped with an error"
        return replace(
            failed,
            outcome=Outcome.BLOCKED,
            idea=f"{failed.exercise} calls your {function}, which {state}.",
            look=f"Mend {function} first, then run this check again.",
            mistake="blocked",
        )
    if kind == "unwritten":
        return replace(
            failed,
            outcome=Outcome.NOT_ATTEMPTED,
            idea="Not written yet.",
            look="Replace `raise NotImplementedError()` with your answer.",
        )
    return None
