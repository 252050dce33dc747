"""Gather everything a student repository holds, as paths and contents; nothing is written here but release/."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import FolderError, PublishError, UnknownAssignmentError
from autograder.nbgrader_bridge.steps import generate
from autograder.publish.dress import as_bytes, dress
from autograder.publish.leaks import refuse_leaks, secret_lines
from autograder.publish.pages import pages
from autograder.rules.coursefile import Course
from autograder.rules.publishing import Publishing

KIT = Path(__file__).resolve().parents[2]
LECTURES, ASSIGNMENTS = "notebooks/lectures", "notebooks/assignments"
# Folders that students get as they are, and what lies in them on a machine without belonging to them.
_AS_THEY_ARE = ("course_utils", "data")
_LITTER = {"__pycache__", ".ipynb_checkpoints", "_bundled", ".DS_Store"}
OnStep = Callable[[str], None]


def ready_assignments(course: Course) -> tuple[str, ...]:
    """List the assignments of the course file whose notebook stands, in the file's order."""
    ready = []
    for assignment in course.assignments:
        try:
            course.source_notebook(assignment.name)
        except UnknownAssignmentError:
            continue
        ready.append(assignment.name)
    return tuple(ready)


def gather(
    course: Course, assignments: Collection[str], target: Publishing, on_step: OnStep = lambda what: None
) -> dict[str, bytes]:
    """Return every file of the student repository by its path, assignments as nbgrader releases them.

    Raises:
        UnknownAssignmentError: an assignment has no notebook.
        GradebookError: nbgrader refuses to release one.
        PublishError: something would show a solution, or a notebook is not in the course's form.
        FolderError: a file cannot be read.
    """
    secrets = {f"{ASSIGNMENTS}/{name}": secret_lines(_read(course.source_notebook(name))) for name in assignments}
    notebooks: dict[str, NotebookNode] = {}
    files: dict[str, bytes] = {}
    for path in _lectures(course):
        on_step(path.stem)
        notebooks[f"{LECTURES}/{path.name}"] = _read(path)
    for name in assignments:
        on_step(name)
        _release(course, name)
        for path in _files(course.release / name):
            place = f"{ASSIGNMENTS}/{name}/{path.relative_to(course.release / name).as_posix()}"
            if path.suffix == ".ipynb":
                notebooks[place] = _read(path)
            else:
                files[place] = _bytes(path)
    for folder in _AS_THEY_ARE:
        on_step(folder)
        files |= {path.relative_to(KIT).as_posix(): _bytes(path) for path in _files(KIT / folder)}
    dressed = {place: dress(notebook, place, notebooks, target) for place, notebook in notebooks.items()}
    files |= {place: as_bytes(notebook) for place, notebook in dressed.items()}
    files |= pages(course, KIT, _titles(dressed), target)
    refuse_leaks(files, secrets)
    return dict(sorted(files.items()))


def _lectures(course: Course) -> list[Path]:
    """Find the course's own lectures, or else the kit's."""
    for folder in (course.root / LECTURES, KIT / LECTURES):
        if found := sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(".")):
            return found
    raise FolderError(f"{course.root / LECTURES} holds no lecture.", "Put the lecture notebooks there.")


def _release(course: Course, name: str) -> None:
    """Make the students' version by nbgrader, unless the one there is younger than its source."""
    released = course.released_notebook(name)
    sources = [path.stat().st_mtime for path in _files(course.source / name)]
    if not released.is_file() or released.stat().st_mtime <= max(sources):
        generate(course, name)


def _titles(notebooks: Mapping[str, NotebookNode]) -> dict[str, str]:
    """Return each notebook's first heading by its path."""
    titles = {}
    for place, notebook in notebooks.items():
        lines = "\n".join(str(cell.source) for cell in notebook.cells[:1]).splitlines()
        heading = next((line for line in lines if line.startswith("# ")), f"# {Path(place).stem}")
        titles[place] = heading.removeprefix("# ").strip()
    return titles


def _files(folder: Path) -> list[Path]:
    """List the files below a folder without what editors and Python leave there."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not _LITTER & set(path.relative_to(folder).parts)
        and path.suffix not in (".pyc", ".orig", ".tmp")
        and not path.name.startswith(".")
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.reads(_bytes(path).decode("utf-8"), as_version=4)
    except ValueError as error:  # NotJSONError and UnicodeDecodeError are ValueErrors
        raise PublishError(f"{path} is not a notebook ({str(error).splitlines()[0][:80]}).", "Save it again.") from None
