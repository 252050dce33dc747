"""A copy of a course to try things in: what is graded there leaves the gradebook and all folders as they are."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import Column, MetaData, String, Table, create_engine, inspect, select

from autograder.errors import FolderError
from autograder.intake.fates import LEDGER
from autograder.nbgrader_bridge.steps import refusals
from autograder.rules.coursefile import FILE_NAME, Course, load_course


@contextmanager
def trial_course(course: Course, assignment: str, students: Iterable[str]) -> Iterator[Course]:
    """Copy what grading `assignment` of `students` needs into a folder of its own, gradebook included.

    The folder goes when the context ends. Raises GradebookError if the gradebook cannot be read, FolderError if
    there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(prefix="first-descent-trial-") as folder:
        root = Path(folder)
        try:
            _copy_folders(course, root, assignment, students)
            trial = _own_course(course, root)
        except OSError as error:
            raise FolderError(
                f"The course cannot be copied to {root} to try a grading there: {error.strerror or error}.",
                "Is there room on that disk? TMPDIR names another one.",
            ) from error
        copy_gradebook(course, trial)
        yield trial


def copy_gradebook(course: Course, trial: Course) -> None:
    """Copy every row of a course's gradebook, whatever database holds it, into that of `trial`, which is empty.

    Raises GradebookError if one of them cannot be reached.
    """
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
    with refusals(course):
        source, target = create_engine(course.gradebook), create_engine(trial.gradebook)
        try:
            if not inspect(source).has_table(version.name):
                return  # there is no gradebook yet: nbgrader makes one in the copy
            with source.connect() as reading, target.begin() as writing:
                for table in (*Base.metadata.sorted_tables, version):
                    table.create(writing)
                    for rows in reading.execute(select(table)).mappings().partitions(1000):
                        writing.execute(table.insert(), [dict(row) for row in rows])
        finally:
            source.dispose()
            target.dispose()


def _copy_folders(course: Course, root: Path, assignment: str, students: Iterable[str]) -> None:
    folders = [course.source / assignment, course.release / assignment]
    folders += [course.submitted / student / assignment for student in students]
    folders += [course.records / "answers" / assignment]
    for folder in folders:
        if folder.is_dir():
            # links stay links: where they lead is none of a copy's business
            shutil.copytree(folder, root / folder.relative_to(course.root), symlinks=True)
    for file in (course.records / LEDGER, course.roster):
        if file.is_file():
            target = root / (file.relative_to(course.root) if file.is_relative_to(course.root) else file.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)


def _own_course(course: Course, root: Path) -> Course:
    """Write the course file without the gradebook's address: nbgrader's settings are read from it, too."""
    text = (course.root / FILE_NAME).read_text(encoding="utf-8-sig")
    text = re.sub(r"(?m)^\s*\[\s*gradebook\s*\][^\n]*\n(?:(?!\s*\[)[^\n]*\n?)*", "", text)
    text = re.sub(r"(?m)^\s*gradebook\b[^\n]*\n", "", text)
    (root / FILE_NAME).write_text(text, encoding="utf-8")
    trial = load_course(root)
    if trial.gradebook != f"sqlite:///{trial.root / 'gradebook.db'}":
        raise FolderError(
            f"{course.root / FILE_NAME} names its gradebook in a way that a trial cannot leave out.",
            "Write it as a table: [gradebook] and, in the next line, address = …",
        )
    return trial
