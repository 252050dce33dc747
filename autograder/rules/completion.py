"""Whether a written answer of a lab is there: the same count of the student's own words on both sides."""

from course_utils.handing_in.own_words import own_words, why_incomplete

__all__ = ["own_words", "why_incomplete"]
