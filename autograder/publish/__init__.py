"""Make the student repository: lectures, released assignments and what they need, and nothing of the staff's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import PublishError
from autograder.publish.address import choose_repository
from autograder.publish.folder import Written, read_list, refuse_foreign, update
from autograder.publish.gather import KIT, gather, ready_assignments
from autograder.rules.coursefile import Course
from autograder.rules.publishing import Publishing

__all__ = ["Published", "publish"]


@dataclass(frozen=True)
class Published:
    """What a run did: the assignments in the repository, those without a notebook yet, and the files written."""

    assignments: tuple[str, ...]
    waiting: tuple[str, ...]
    target: Publishing
    written: Written


def publish(
    course: Course,
    folder: Path,
    *,
    repository: str | None = None,
    branch: str | None = None,
    only: Sequence[str] = (),
    force: bool = False,
    on_step: Callable[[str], None] = lambda what: None,
    on_file: Callable[[int, int], None] = lambda done, total: None,
) -> Published:
    """Make the student repository in `folder`, or bring it up to date.

    Args:
        course: the course whose assignments are published.
        folder: empty, or made by an earlier run.
        repository: OWNER/NAME on GitHub, in place of the course file's.
        branch: the branch, in place of the course file's.
        only: publish these assignments, besides those published earlier; all that stand if empty.
        force: write over what others put there.
        on_step: is told what is being gathered.
        on_file: is told how many files of how many are written.

    Raises:
        StaffError: one sentence; nothing is written then but release/.
    """
    target = choose_repository(course.publish, repository, branch)
    folder = folder.expanduser().resolve()
    _refuse_own_folders(course, folder)
    earlier = read_list(folder)
    refuse_foreign(folder, {}, earlier, force=force)  # before nbgrader works for a minute
    ready = ready_assignments(course)
    for name in only:
        course.source_notebook(name)
    chosen = tuple(name for name in ready if not only or name in only or name in earlier.assignments)
    files = gather(course, chosen, target, on_step)
    written = update(folder, files, chosen, force=force, on_file=on_file)
    waiting = tuple(each.name for each in course.assignments if each.name not in ready)
    return Published(chosen, waiting, target, written)


def _refuse_own_folders(course: Course, folder: Path) -> None:
    """Keep the student repository out of the folders it is made from."""
    own = [course.root / "notebooks", course.release, course.submitted, KIT / "course_utils", KIT / "data"]
    own += [KIT / "autograder"]
    if any(root == folder or folder in root.parents for root in (course.root, KIT)) or any(
        folder == each or each in folder.parents for each in own
    ):
        raise PublishError(
            f"{folder} is part of the course with its solutions.",
            "Name another folder, such as ../students, for the student repository.",
        )
