"""Checks: try an answer on cases, hold it against the answer key, and name the mistake.

In a notebook: `check(softmax)`. In a script or a terminal the same call prints the same words.
"""

from course_utils.checks.checking import check, judge_answer

__all__ = ["check", "judge_answer"]
