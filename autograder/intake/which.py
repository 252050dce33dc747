"""Decide which assignment a file is, from its name, header and cells; contradictions go to a person."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.intake.contents import ContentReading
from course_utils.naming.assignment_names import Mentions


@dataclass(frozen=True)
class Which:
    """The decision: an assignment, or None with candidates and the reason."""

    assignment: str | None
    candidates: tuple[str, ...]
    reason: str


def decide_assignment(
    said: tuple[tuple[str, Mentions], ...], content: ContentReading, with_notebook: frozenset[str]
) -> Which:
    """Decide the assignment.

    `said` pairs a place (file name, header, folder) with the assignments it names; `with_notebook` are the
    assignments whose released notebook is known, so that their cells can be told.
    """
    named = tuple(dict.fromkeys(name for _, mentions in said for name in mentions.known))
    candidates = tuple(dict.fromkeys((*([content.assignment] if content.assignment else ()), *content.mixed, *named)))
    if content.assignment is not None:
        against = [(where, mentions) for where, mentions in said if mentions.denies(content.assignment)]
        if against:
            spoken = " and ".join(f"{where} says {_listed(mentions)}" for where, mentions in against)
            return Which(None, candidates, f"The {spoken}, but the notebook holds {content.evidence}.")
        return Which(content.assignment, candidates, content.evidence)
    if content.mixed:
        return Which(None, candidates, f"The notebook mixes assignments: {content.evidence}.")
    clear = [(where, mentions.known[0]) for where, mentions in said if mentions.is_clear]
    if len({name for _, name in clear}) > 1:
        spoken = ", ".join(f"{where} says {name}" for where, name in clear)
        return Which(None, candidates, f"The assignment is contradictory: {spoken}.")
    if clear:
        where, name = clear[0]
        if name not in with_notebook:
            return Which(None, candidates, f"The {where} says {name}, which has not been released yet.")
        return Which(None, candidates, f"The {where} says {name}, but no cell in the notebook comes from {name}.")
    unknown = next((mentions.unknown[0] for _, mentions in said if mentions.unknown), "")
    if unknown:
        return Which(None, candidates, f"The course has no assignment {unknown}.")
    if named:
        return Which(None, candidates, f"The name mentions several assignments: {', '.join(named)}.")
    return Which(None, (), "Neither name nor header nor cells say which assignment it is.")


def _listed(mentions: Mentions) -> str:
    return " and ".join((*mentions.known, *mentions.unknown))
