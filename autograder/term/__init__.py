"""A term's grades: everyone's marks for all work, the course totals, and the files that learning platforms take in."""

from autograder.term.grades import Standing, Term, load_term

__all__ = ["Standing", "Term", "load_term"]
