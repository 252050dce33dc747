"""Write nbgrader's log without what would steer the terminal it is read in: it names files as students named them."""

from __future__ import annotations

import copy
import logging
from typing import Any

from tornado.log import LogFormatter

from autograder.plain import plain


class PlainLines(logging.Formatter):
    """A formatter whose messages and tracebacks hold no escapes and no control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; its own colours stay."""
        harmless = copy.copy(record)
        harmless.msg, harmless.args = plain(record.getMessage()), ()
        harmless.exc_text = None  # another handler's formatter may have left the traceback there as it is
        return super().format(harmless)

    def formatException(self, ei: Any) -> str:
        """Return the traceback: an exception's message may quote a student's file."""
        return plain(super().formatException(ei))


class PlainFormatter(PlainLines, LogFormatter):
    """The same for nbgrader's applications, which write with Tornado's formatter."""


SETTINGS = {"formatters": {"console": {"class": f"{PlainFormatter.__module__}.{PlainFormatter.__name__}"}}}
"""For an application's `logging_config`, which keeps all else as it is."""
