"""What this machine has of what the kit needs, and how to get what it has not: `course doctor`.

Each check looks at the real thing (makes a namespace, asks JupyterLab which extensions it would load).
None raises: a check that cannot look says so in its finding.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.doctor.course_folder import look_at_course_file, look_at_exchange
from autograder.doctor.finding import INSTALL_ALL, Finding, State, look_for
from autograder.doctor.jupyter import look_at_lab_extension, look_at_server_extensions
from autograder.doctor.machine import look_at_control_groups, look_at_disk, look_at_sandbox
from autograder.doctor.software import look_at_chromium, look_at_command, look_at_python, look_at_torch

__all__ = ["Finding", "State", "examine", "is_ready"]


def examine(course_root: Path | None) -> tuple[Finding, ...]:
    """Look at everything the kit needs; `course_root` holds course.toml, or is None where there is none."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Python", look_at_python),
        ("PyTorch", look_at_torch),
        ("nbgrader", lambda: look_at_command("nbgrader", "nbgrader")),
        ("Alembic", lambda: look_at_command("Alembic", "alembic")),
        ("JupyterLab", lambda: look_for("JupyterLab", "jupyterlab")),
        ("nbgrader in JupyterLab", look_at_lab_extension),
        ("formgrader's server", look_at_server_extensions),
        ("Jupytext", lambda: look_for("Jupytext", "jupytext")),
        ("sandbox", look_at_sandbox),
        ("memory limits", look_at_control_groups),
        ("exchange folder", lambda: look_at_exchange(course_root)),
        ("Chromium", look_at_chromium),
        ("disk space", lambda: look_at_disk(course_root or Path.cwd())),
        ("course file", lambda: look_at_course_file(course_root)),
    )
    return tuple(_look(name, check) for name, check in checks)


def is_ready(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing that is needed is missing; warnings do not count."""
    return all(finding.state is not State.MISSING for finding in findings)


def _look(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # a broken installation fails in any way, and the other findings still count
        found = f"could not be examined ({type(error).__name__}: {error})"
        return Finding(name, State.MISSING, found, INSTALL_ALL)
