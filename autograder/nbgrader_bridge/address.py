"""The gradebook's address: opened so that two graders can begin at once, and said without its password."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import InvalidEntry
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from autograder.errors import GradebookError

_TRIES = 5
_CONNECT_SECONDS = "10"  # libpq itself waits for minutes
_PASSWORD = re.compile(r"(://[^:/?#]*):.*@")  # greedy: a password may hold an @ of its own
_IN_QUERY = re.compile(r"(?i)(password=)[^&\s]*")


def without_password(address: str) -> str:
    """Return a database's address as it may be shown."""
    return _IN_QUERY.sub(r"\1***", _PASSWORD.sub(r"\1:***@", address))


@contextmanager
def refusals(address: str) -> Iterator[None]:
    """Turn what the database at `address` refuses into GradebookError, which never says the password."""
    shown = without_password(address)
    driver, password = _read(address, shown)
    mend = "Is the address in course.toml right and the database running?"
    try:
        yield
    except SQLAlchemyError as error:
        raise GradebookError(f"The gradebook at {shown} refused: {_reason(error, password)}.", mend) from None
    except InvalidEntry as error:  # nbgrader's own word for it
        raise GradebookError(f"The gradebook at {shown} refused: {_reason(error, password)}.", mend) from None
    except ModuleNotFoundError as error:
        if not driver or error.name is None or error.name.partition(".")[0] != driver:
            raise
        raise GradebookError(
            f"The gradebook at {shown} needs the Python package {driver}, which is not installed.",
            'For PostgreSQL: python -m pip install "first-descent[postgres]"; its addresses begin with postgresql://.',
        ) from None


def _read(address: str, shown: str) -> tuple[str, str]:
    """Return an address's driver ("" where it is not known) and its password."""
    try:
        url = make_url(address)
    except (SQLAlchemyError, ValueError):  # the port is no number, say
        raise GradebookError(
            f"The gradebook's address {shown} cannot be read.",
            "Write it as postgresql://user:password@host:5432/name in course.toml.",
        ) from None
    try:
        return url.get_driver_name(), str(url.password or "")
    except (SQLAlchemyError, ImportError):
        return url.drivername.partition("+")[2], str(url.password or "")


def _reason(error: Exception, password: str) -> str:
    """Return the first line of what the database said, without the SQL, and without the password should it be in it."""
    said = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
    first = said.strip().partition("\n")[0].rstrip(". ")
    return first.replace(password, "***") if password else first


def opened(make: Callable[[], Any]) -> Any:
    """Open a gradebook; again where another grader made the same tables at the same moment.

    Raises SQLAlchemyError or InvalidEntry if it cannot be opened.
    """
    os.environ.setdefault("PGCONNECT_TIMEOUT", _CONNECT_SECONDS)
    for _ in range(_TRIES - 1):
        try:
            return make()
        except OperationalError as error:
            if "already exists" not in str(error):  # SQLite's word; all else would be the same again
                raise
        except (DBAPIError, InvalidEntry):
            continue
    return make()


def take_turns(gradebook: Any, student: str) -> None:
    """Wait until no other grader writes rows of `student`; until the transaction's end it is this one's turn.

    Two graders may enter the same student, or the same submission, at the same moment: the second one must find
    the first one's rows, and not make them again. SQLite has one writer at a time anyway.
    """
    if gradebook.db.get_bind().dialect.name != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(f"first-descent {student}".encode()).digest()[:8], "big", signed=True)
    gradebook.db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
