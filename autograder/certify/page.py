"""The certificate as a page of the docs, made by `course certify --page docs/certificate.md`."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.certify.certificate import Certificate
from autograder.certify.equivalents import EQUIVALENT
from autograder.exercises import assignments, exercises_of

_HEAD = """\
# Certificate of the graders

Made by `course certify --page docs/certificate.md`; nothing here is typed by hand. Every exercise is tried on all
wrong answers that are known for it (the mistakes declared with it, and the catalogue's, which come from real
forums and repositories), on the catalogue's right answers, and on mutants: its own reference with one small change.

- **caught**: wrong answers that fail, of all known ones.
- **named**: caught with a message that names the misconception, and not only that numbers differ.
- **right**: right answers that pass; "own work" counts those that are right but use a call the exercise forbids.
- **mutants**: changed references that fail some case; those that pass are listed below, with why they are right.
"""


def as_page(certificates: Sequence[Certificate]) -> str:
    """Return the page in Markdown."""
    rows = [_HEAD, "", f"In all: {_totals(certificates)}", ""]
    by_exercise = {c.exercise: c for c in certificates}
    for assignment in assignments():
        mine = [by_exercise[name] for name in exercises_of(assignment) if name in by_exercise]
        if not mine:
            continue
        columns = COLUMNS if any(c.mutants for c in mine) else _WITHOUT_MUTANTS
        kept = [COLUMNS.index(column) for column in columns]
        rows += [f"## {assignment}", "", *_about(assignment), _totals(mine), ""]
        rows += ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
        rows += ["| " + " | ".join(cells(c)[place] for place in kept) + " |" for c in mine]
        rows.append("")
    rows += _lists(certificates)
    return "\n".join(rows).rstrip() + "\n"


def _totals(certificates: Sequence[Certificate]) -> str:
    wrong = sum(c.wrong for c in certificates)
    missed = sum(len(c.missed) for c in certificates)
    unnamed = sum(len(c.unnamed) for c in certificates)
    right = sum(c.right for c in certificates)
    refused = sum(len(c.refused) for c in certificates)
    accepted = f"; {right - refused} of {right} right answers accepted" if right else ""
    return (
        f"{wrong - missed} of {wrong} wrong answers caught, {wrong - unnamed} of them with the misconception named "
        f"({100 * (wrong - unnamed) / max(wrong, 1):.1f} %){accepted}."
    )


def _about(assignment: str) -> list[str]:
    if assignment.startswith("lab"):
        return ["A lab counts when it is done: what is caught is a record that the experiment cannot have left.", ""]
    if assignment.startswith("quiz"):
        return ["A question's reference is a letter or a number, which has no mutants.", ""]
    return []


COLUMNS = ("exercise", "caught", "named", "right", "own work", "mutants caught", "cannot tell apart")
_WITHOUT_MUTANTS = ("exercise", "caught", "named", "right", "cannot tell apart")


def cells(certificate: Certificate) -> tuple[str, ...]:
    """Return one certificate as the cells of a table, in the order of `COLUMNS`."""
    survivors = len(certificate.survivors) + len(certificate.equivalent)
    return (
        certificate.exercise,
        f"{certificate.wrong - len(certificate.missed)} of {certificate.wrong}",
        f"{certificate.wrong - len(certificate.unnamed)}",
        f"{certificate.right - len(certificate.refused)} of {certificate.right}",
        str(len(certificate.not_own_work) or ""),
        f"{certificate.mutants - survivors} of {certificate.mutants}",
        str(len(certificate.pairs) or ""),
    )


def _lists(certificates: Sequence[Certificate]) -> list[str]:
    rows: list[str] = []
    for title, field in (
        ("Wrong answers that pass", "missed"),
        ("Right answers that are refused", "refused"),
        ("Wrong answers without a name", "unnamed"),
        ("Mutants that pass and ask for a new case", "survivors"),
    ):
        found = [f"- {c.exercise}: `{name}`" for c in certificates for name in getattr(c, field)]
        rows += [f"## {title}", "", *(found or ["None."]), ""]
    pairs = [f"- {c.exercise}: `{one}` and `{other}`" for c in certificates for one, other in c.pairs]
    rows += ["## Mistakes that no case can tell apart", "", *(pairs or ["None."]), ""]
    equal = [f"- {c.exercise}: `{name}`: {EQUIVALENT[c.exercise][name]}" for c in certificates for name in c.equivalent]
    rows += ["## Mutants that are right", "", *(equal or ["None."])]
    return rows
