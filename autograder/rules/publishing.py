"""Where the student repository is on the web: [publish] in the course file, or the options of `course publish`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.rules.tables import Table

EXPECTED_REPOSITORY = 'an owner and a name such as "ada/first-descent-2027"'
EXPECTED_BRANCH = 'a branch name such as "main"'
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"(?![/.-])(?!.*(?:\.\.|//|/\.))[A-Za-z0-9._/+-]{1,200}(?<![/.])")


@dataclass(frozen=True)
class Publishing:
    """The student repository on GitHub, OWNER/NAME, and its branch; no repository: no badges, no address."""

    repository: str = ""
    branch: str = "main"


def is_repository(text: str) -> bool:
    """Say whether a text is OWNER/NAME as GitHub has them."""
    return _REPOSITORY.fullmatch(text) is not None


def is_branch(text: str) -> bool:
    """Say whether a text can be a branch."""
    return _BRANCH.fullmatch(text) is not None


def read_publishing(table: Table) -> Publishing:
    """Read [publish].

    Raises:
        CourseFileError: the repository is not OWNER/NAME, or the branch cannot be one.
    """
    repository = table.text("repository", "", expected=EXPECTED_REPOSITORY)
    branch = table.text("branch", "main", expected=EXPECTED_BRANCH)
    table.close()
    if repository and not is_repository(repository):
        raise table.wrong("repository", repository, EXPECTED_REPOSITORY)
    if not is_branch(branch):
        raise table.wrong("branch", branch, EXPECTED_BRANCH)
    return Publishing(repository, branch)
