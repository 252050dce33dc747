"""The web addresses of a student repository, and the badges that lead there."""

from __future__ import annotations

from urllib.parse import quote

from autograder.errors import PublishError
from autograder.rules.publishing import EXPECTED_BRANCH, EXPECTED_REPOSITORY, Publishing, is_branch, is_repository

COLAB_PICTURE = "https://colab.research.google.com/assets/colab-badge.svg"
BINDER_PICTURE = "https://mybinder.org/badge_logo.svg"


def choose_repository(said: Publishing, repository: str | None, branch: str | None) -> Publishing:
    """Return the course file's repository and branch, with what the command line says in their place.

    Raises:
        PublishError: the repository is not OWNER/NAME, or the branch cannot be one.
    """
    if repository is not None and not is_repository(repository):
        raise PublishError(f"--repository is {repository!r}.", f"Expected {EXPECTED_REPOSITORY}.")
    if branch is not None and not is_branch(branch):
        raise PublishError(f"--branch is {branch!r}.", f"Expected {EXPECTED_BRANCH}.")
    return Publishing(repository or said.repository, branch or said.branch)


def archive_address(target: Publishing) -> str:
    """Return the address of the branch as a zip, which pip can install."""
    return f"https://github.com/{target.repository}/archive/refs/heads/{quote(target.branch)}.zip"


def page_address(target: Publishing) -> str:
    """Return the repository's own page."""
    return f"https://github.com/{target.repository}"


def notebook_address(target: Publishing, path: str) -> str:
    """Return the page that shows the notebook at `path`."""
    return f"https://github.com/{target.repository}/blob/{quote(target.branch)}/{quote(path)}"


def colab_address(target: Publishing, path: str) -> str:
    """Return the address that opens the notebook at `path` in Colab."""
    return f"https://colab.research.google.com/github/{target.repository}/blob/{quote(target.branch)}/{quote(path)}"


def binder_address(target: Publishing, path: str) -> str:
    """Return the address that opens the notebook at `path` on Binder."""
    branch = quote(target.branch, safe="")
    return f"https://mybinder.org/v2/gh/{target.repository}/{branch}?urlpath={quote(f'lab/tree/{path}', safe='')}"


def badges(target: Publishing, path: str) -> str:
    """Return the notebook's two badges as Markdown."""
    return (
        f"[![Open this notebook in Colab]({COLAB_PICTURE})]({colab_address(target, path)})\n"
        f"[![Open this notebook on Binder]({BINDER_PICTURE})]({binder_address(target, path)})"
    )
