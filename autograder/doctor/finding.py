"""One thing that was looked at, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata

INSTALL_ALL = "Run `make setup`, or: python -m pip install -c constraints.txt -e '.[test]'"


class State(StrEnum):
    """How a finding stands: fine, good to have, or needed and not there."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its name, how it stands, what was found, and how to mend it ('' if it is fine)."""

    name: str
    state: State
    found: str
    mend: str = ""


def installed_version(distribution: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def look_for(name: str, distribution: str) -> Finding:
    """Say whether a distribution is installed, and in which version."""
    version = installed_version(distribution)
    if version is None:
        return Finding(name, State.MISSING, "not installed", INSTALL_ALL)
    return Finding(name, State.OK, version)
