"""Read `course.toml` into one frozen dataclass.

    course = load_course("course.toml")      # or the folder that holds it
    course.assignment("hw1").deadline        # a local minute in course.time_zone

nbgrader's folders hang on the folder of the course file: `course.submitted / "s001" / "hw1"`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import CourseFileError, UnknownAssignmentError
from autograder.rules.course_rules import (
    CATEGORY_OF_KIND,
    KINDS,
    Assignment,
    Caps,
    Extension,
    FormatRules,
    LateRule,
    Limits,
    read_assignment,
    read_best_of,
    read_caps,
    read_drops,
    read_extensions,
    read_format,
    read_late,
    read_limits,
    read_weights,
)
from autograder.rules.publishing import Publishing, read_publishing
from autograder.rules.tables import Table, nearest

__all__ = [
    "CATEGORY_OF_KIND",
    "FILE_NAME",
    "KINDS",
    "Assignment",
    "Caps",
    "Course",
    "Extension",
    "FormatRules",
    "LateRule",
    "Limits",
    "load_course",
]

FILE_NAME = "course.toml"


@dataclass(frozen=True)
class Course:
    """Everything course.toml says, and where the course's folders are."""

    root: Path
    name: str
    time_zone: ZoneInfo
    roster: Path
    assignments: tuple[Assignment, ...]
    weights: Mapping[str, float]
    late: Mapping[str, LateRule]
    extensions: tuple[Extension, ...]
    excuses: tuple[Extension, ...]
    format: FormatRules
    grading: Limits
    drop_lowest: Mapping[str, int]
    best_of: tuple[tuple[str, ...], ...]
    caps: Caps
    gradebook: str
    publish: Publishing
    by_hand: Mapping[str, Path]

    @property
    def source(self) -> Path:
        """The folder of the assignments with their solutions (nbgrader's source directory)."""
        return self.root / "notebooks" / "assignments"

    @property
    def release(self) -> Path:
        """The folder of the assignments as students get them."""
        return self.root / "release"

    @property
    def submitted(self) -> Path:
        """The folder of what students handed in, one folder per student and assignment."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """The folder of executed and graded notebooks."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """The folder of the pages for students."""
        return self.root / "feedback"

    @property
    def inbox(self) -> Path:
        """The folder where downloaded files are dropped."""
        return self.root / "inbox"

    @property
    def records(self) -> Path:
        """The folder of what the kit remembers: fates, originals, decisions."""
        return self.root / "records"

    @property
    def reports(self) -> Path:
        """The folder of class reports."""
        return self.root / "reports"

    def assignment(self, name: str) -> Assignment:
        """Find an assignment by name.

        Raises:
            UnknownAssignmentError: the course file lists none of that name.
        """
        for each in self.assignments:
            if each.name == name:
                return each
        known = [each.name for each in self.assignments]
        raise UnknownAssignmentError(f'{self.root / FILE_NAME} lists no assignment "{name}".', nearest(name, known))

    def notebook_stem(self, name: str) -> str:
        """Name the assignment's notebook without `.ipynb`, as nbgrader wants it in `submitted`.

        Raises:
            UnknownAssignmentError: unknown in the course file, or its folder holds no notebook or several.
        """
        return self.source_notebook(name).stem

    def source_notebook(self, name: str) -> Path:
        """Find the assignment's notebook with solutions.

        Raises:
            UnknownAssignmentError: unknown in the course file, or its folder holds no notebook or several.
        """
        self.assignment(name)
        folder = self.source / name
        found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
        if len(found) == 1:
            return found[0]
        if folder / f"{name}.ipynb" in found:
            return folder / f"{name}.ipynb"
        holds = "several notebooks" if found else "no notebook"
        raise UnknownAssignmentError(f'{folder} holds {holds} for the assignment "{name}".', f"Put {name}.ipynb there.")

    def released_notebook(self, name: str) -> Path:
        """Say where nbgrader puts the students' version of the assignment's notebook."""
        return self.release / name / f"{self.notebook_stem(name)}.ipynb"

    def late_rule(self, kind: str) -> LateRule | None:
        """Find the late rule for a kind of work; None means lateness costs nothing."""
        return self.late.get(kind)


def load_course(path: str | Path = ".") -> Course:
    """Read a course file, or the `course.toml` in a folder.

    Raises:
        CourseFileError: missing, not TOML, an unknown key, or a value of the wrong type.
    """
    file = Path(path)
    if file.is_dir():
        file = file / FILE_NAME
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CourseFileError(
            f"There is no course file at {file}.", "Give the folder that holds course.toml."
        ) from None
    except OSError as error:
        raise CourseFileError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CourseFileError(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseFileError(f"{file} is not valid TOML: {error}.") from None
    return _read(Table(data, file), file.parent.resolve())


def _read(table: Table, root: Path) -> Course:
    name = table.text("name")
    zone = _zone(table)
    roster = root / table.text("roster", "roster.csv")
    assignments = tuple(read_assignment(name, each) for name, each in table.tables("assignments").items())
    weights = read_weights(table.table("weights"))
    course = Course(
        root=root,
        name=name,
        time_zone=zone,
        roster=roster,
        assignments=assignments,
        weights=weights,
        late=read_late(table),
        extensions=read_extensions(table, "extensions", assignments),
        excuses=read_extensions(table, "excuses", assignments),
        format=read_format(table.table("format")),
        grading=read_limits(table.table("grading")),
        drop_lowest=read_drops(table.table("drop_lowest")),
        best_of=read_best_of(table, assignments),
        caps=read_caps(table.table("caps")),
        gradebook=_gradebook(table.table("gradebook"), root),
        publish=read_publishing(table.table("publish")),
        by_hand=_by_hand(table.table("by_hand"), root, weights),
    )
    table.close()
    return course


def _zone(table: Table) -> ZoneInfo:
    expected = 'a time zone of the IANA list such as "Europe/Paris"'
    name = table.text("time_zone", expected=expected)
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder is an OSError
        raise table.wrong("time_zone", name, expected) from None


def _by_hand(table: Table, root: Path, weights: Mapping[str, float]) -> dict[str, Path]:
    files = {category: table.text(category, "", "the name of a CSV file with id,percent") for category in weights}
    table.close()
    return {category: root / name for category, name in files.items() if name}


def _gradebook(table: Table, root: Path) -> str:
    default = f"sqlite:///{root / 'gradebook.db'}"
    address = table.text("address", default)
    table.close()
    if "://" not in address:
        shown = address.rpartition("@")[2]  # before it may stand a password
        raise table.wrong("address", shown, "a database address such as postgresql://user:word@host/gradebook")
    return address
