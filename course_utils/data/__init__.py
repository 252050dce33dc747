"""The course's data: the thirteen scores, and digits, either MNIST's or the small ones that ship with the course."""

from __future__ import annotations

from course_utils.data.bundled import find_bundled
from course_utils.data.digits import Digits, load_digits_small
from course_utils.data.mnist import load_digits
from course_utils.data.scores import load_scores

__all__ = ["Digits", "find_bundled", "load_digits", "load_digits_small", "load_scores"]
