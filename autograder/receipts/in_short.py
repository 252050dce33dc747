"""What happened to a submission, in a few sentences: for its row in a table of the class."""

from __future__ import annotations

from autograder.plain import one_line
from autograder.receipts.receipt import Receipt


def in_short(receipt: Receipt, most: int = 2) -> str:
    """Return at most `most` sentences, what matters most first: waits, faults, lost points, what was put back."""
    said = list(receipt.needs_person)
    said += [f"{fault.cell}: {fault.sentence}" for fault in receipt.faults]
    lost = [line for line in receipt.lines if line.points is not None and line.points < line.max]
    said += [f"{line.exercise}: {_first_sentence(line.message or line.rule)}" for line in lost]
    said += [f"Put back: {change.rstrip('.')}." for change in receipt.restored]
    more = len(said) - most
    shown = [one_line(each, 300) for each in said[:most]]
    return "\n".join([*shown, f"… and {more} more on the feedback page"] if more > 0 else shown)


def _first_sentence(text: str) -> str:
    first = text.split(". ")[0]
    return first if first.endswith((".", "?", "!")) else f"{first}."
