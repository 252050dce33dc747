"""The course's own folder: its course.toml, and the exchange folder that its nbgrader_config.py names."""

from __future__ import annotations

import os
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from autograder.doctor.finding import Finding, State
from autograder.rules.coursefile import load_course
from course_utils.errors import KitError

DEFAULT_EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's own


def look_at_course_file(course_root: Path | None) -> Finding:
    """Read course.toml as grading would."""
    name = "course file"
    if course_root is None:
        mend = "Run `course doctor` in the folder that holds course.toml."
        return Finding(name, State.WARN, "no course.toml here", mend)
    try:
        course = load_course(course_root)
    except KitError as error:
        return Finding(name, State.MISSING, error.what, error.mend)
    return Finding(name, State.OK, course.name)


def look_at_exchange(course_root: Path | None) -> Finding:
    """Say whether nbgrader's exchange folder can be written by this user."""
    try:
        folder = Path(_configured_exchange(course_root))
    except Exception as error:  # a configuration is a program, and may raise anything
        found = f"nbgrader_config.py cannot be read ({type(error).__name__}: {error})"
        return Finding("exchange folder", State.MISSING, found, "Mend that file: nbgrader fails with it.")
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Finding("exchange folder", State.OK, f"{folder} can be written")
    found = f"{folder} cannot be written" if folder.exists() else f"{folder} does not exist"
    return Finding(
        "exchange folder",
        State.WARN,
        f"{found}; only nbgrader's release_assignment, fetch_assignment, submit and collect need it",
        f"sudo mkdir -p {folder} && sudo chmod ugo+rwx {folder}; "
        "or name another folder as c.Exchange.root in nbgrader_config.py",
    )


def _configured_exchange(course_root: Path | None) -> str:
    if course_root is None or not (course_root / "nbgrader_config.py").is_file():
        return DEFAULT_EXCHANGE
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course_root)).load_config()
    return str(config.get("Exchange", {}).get("root", DEFAULT_EXCHANGE))
