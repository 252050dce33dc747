"""First Descent, the student's side: what the notebooks import.

`import course_utils` is cheap on purpose (torch and matplotlib load when first needed), and nothing in
here knows the package `autograder`, its references or its hidden cases.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

__all__ = ["__version__", "check"]


def __getattr__(name: str) -> Any:
    """Load `check` when it is first asked for, so that `import course_utils` does not load torch."""
    if name == "check":
        from course_utils.checks import check

        return check
    raise AttributeError(f"module 'course_utils' has no attribute {name!r}")
