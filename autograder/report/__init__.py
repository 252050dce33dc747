"""The class report: one self-contained page for an instructor with ten minutes.

write_report(course, "hw1")     # reports/hw1.html
"""

from __future__ import annotations

from autograder.report.page import report_page, write_report

__all__ = ["report_page", "write_report"]
