"""The receipt of a submission: what each exercise earned, what each rule took, and the evidence for both.

    for receipt in receipts(course, "hw1"):
        print(as_text(receipt))

A receipt is made from what is on record (gradebook, graded notebook, rules); it decides nothing itself. What
is not graded has `None` for its points, never 0.
"""

from __future__ import annotations

from autograder.receipts.gather import graded_notebook, graded_path, make_receipt, receipt_of, receipts
from autograder.receipts.receipt import Deduction, Line, Receipt
from autograder.receipts.text import as_text, say_moment

__all__ = [
    "Deduction",
    "Line",
    "Receipt",
    "as_text",
    "graded_notebook",
    "graded_path",
    "make_receipt",
    "receipt_of",
    "receipts",
    "say_moment",
]
