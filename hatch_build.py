"""Keep the staff's side out of the student's wheel.

An editable install (`pip install -e .[instructor]`, what `make setup` does) is a clone: it has both packages
and the `course` command. A built wheel is what a student installs: it holds `course_utils` and its data, so
the command, the entry points and the extras that belong to `autograder` are dropped from its metadata.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAFF_EXTRAS = ("instructor", "postgres", "test")


class StudentWheel(BuildHookInterface):  # type: ignore[type-arg]
    """Drop what only works beside `autograder` from every wheel that is not editable."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Change the metadata before hatchling writes it; `version` is 'standard' or 'editable'."""
        if version != "standard":
            return
        core = self.metadata.core
        core.scripts.clear()
        core.entry_points.clear()
        for extra in STAFF_EXTRAS:
            core.optional_dependencies.pop(extra, None)
