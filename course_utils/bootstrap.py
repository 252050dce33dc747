"""Say in one line what the start cell of a notebook did: which copy of the course runs, on what, and where.

The start cell itself stands in the notebooks, because it must run before this package can be imported;
`python tools/start_cells.py` keeps it the same in all of them.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import course_utils

_PACKAGE = Path(__file__).resolve().parent


def find_place() -> str:
    """Name the service the notebook runs on: "Colab", "Binder", or "" for a computer of one's own."""
    if "google.colab" in sys.modules:
        return "Colab"
    return "Binder" if "BINDER_REPO_URL" in os.environ or "BINDER_LAUNCH_HOST" in os.environ else ""


def is_installed(package: Path = _PACKAGE) -> bool:
    """Say whether the course's code was installed by pip, rather than used from a copy of the course."""
    return "site-packages" in package.parts


def describe_start(size: str = "") -> str:
    """Return one line: the course's version, where it was found, what it runs on, and the notebook's size."""
    place = find_place()
    found = "installed by pip" if is_installed() else "used from the course's folder, nothing was installed"
    on = f" (on {place})" if place else ""
    runs_on = [f"Python {sys.version_info.major}.{sys.version_info.minor}"]
    runs_on += [f"{name} {_version(name)}" for name in ("torch", "ipywidgets")]
    words = f"First Descent {course_utils.__version__}: {found}{on}. {', '.join(runs_on)}"
    return f"{words}; size {size}." if size else f"{words}."


def _version(name: str) -> str:
    """Look a version up without importing the package: torch takes seconds."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "is missing"
