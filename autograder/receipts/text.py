"""A receipt in words, for a terminal or a mail."""

from __future__ import annotations

from autograder.plain import one_line, plain
from autograder.receipts.moment import say_moment
from autograder.receipts.receipt import Receipt
from autograder.templates import points as say_points


def as_text(receipt: Receipt) -> str:
    """Return the receipt for a terminal or a mail."""
    names = [line.exercise for line in receipt.lines] + [taken.words for taken in receipt.deductions]
    wide = max((len(name) for name in names), default=10) + 2
    rows = [f"{receipt.assignment} · {receipt.title}: {receipt.name} ({receipt.student})"]
    for line in receipt.lines:
        earned = f"{say_points(line.points)} of {say_points(line.max)}"
        rows.append(f"  {line.exercise:<{wide}}{earned:>12}   {line.rule} [{line.evidence}]")
        if line.message:
            rows.append(f"  {'':<{wide}}{'':>12}   {one_line(line.message, 400)}")
    rows.append(f"  {'raw':<{wide}}{f'{say_points(receipt.raw)} of {say_points(receipt.max)}':>12}")
    for taken in receipt.deductions:
        rows.append(f"  {taken.words:<{wide}}{say_points(-taken.points):>12}   {taken.evidence}")
    rows.append(f"  {'final':<{wide}}{f'{say_points(receipt.final)} of {say_points(receipt.max)}':>12}")
    rows.append(f"  handed in {say_moment(receipt.submitted_at)}, due {say_moment(receipt.deadline)}")
    if receipt.extension:
        rows.append(f"  {receipt.extension}")
    if receipt.excuse:
        rows.append(f"  excused: {receipt.excuse}; it leaves the weighting and is no zero")
    if receipt.weight is not None:
        rows += [f"  {receipt.weight.sentence}", f"  {receipt.weight.total_sentence}"]
    rows += [f"  comment on {each.cell}: {one_line(each.text, 400)}" for each in receipt.comments]
    rows += [f"  survived: {fault.cell}: {fault.sentence}" for fault in receipt.faults]
    rows += [f"  put back: {change}" for change in receipt.restored]
    rows += [f"  waits: {reason}" for reason in receipt.needs_person]
    return plain("\n".join(rows))
