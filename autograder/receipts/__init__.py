"""The receipt of a submission: what each exercise earned, what each rule took, and the evidence for both.

    for receipt in receipts(course, "hw1"):
        print(as_text(receipt))

    print(account_as_text(make_account(course, load_term(course), student)))     # the student's term

A receipt is made from what is on record (gradebook, graded notebook, rules); it decides nothing itself. What
is not graded has `None` for its points, never 0.
"""

from __future__ import annotations

from autograder.nbgrader_bridge.comments import Comment
from autograder.receipts.account import Account, make_account
from autograder.receipts.accountpage import account_page
from autograder.receipts.accounttext import account_as_text
from autograder.receipts.gather import graded_notebook, graded_path, make_receipt, receipt_of, receipts
from autograder.receipts.in_short import in_short
from autograder.receipts.moment import say_moment
from autograder.receipts.receipt import Deduction, Line, Receipt
from autograder.receipts.text import as_text
from autograder.receipts.whatif import Plan, make_plan, read_marks_to_come

__all__ = [
    "Account",
    "Comment",
    "Deduction",
    "Line",
    "Plan",
    "Receipt",
    "account_as_text",
    "account_page",
    "as_text",
    "graded_notebook",
    "graded_path",
    "in_short",
    "make_account",
    "make_plan",
    "make_receipt",
    "read_marks_to_come",
    "receipt_of",
    "receipts",
    "say_moment",
]
