"""Build the course's website: each lecture run once and rendered with its outputs, an index, and all links checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import FolderError, PublishError
from autograder.rules.coursefile import Course
from autograder.site.lecture import Lecture, read_lecture, with_body
from autograder.site.links import Links, check_links
from autograder.site.pages import index_page, lecture_page
from autograder.site.running import Size, run_lecture
from autograder.templates import write_page

__all__ = ["Site", "Size", "build_site", "find_lectures"]

KIT = Path(__file__).resolve().parents[2]
LECTURES = "notebooks/lectures"


@dataclass(frozen=True)
class Site:
    """What was built: the pages, which of them changed, and what the link checker found."""

    index: Path
    pages: tuple[Path, ...]
    changed: tuple[Path, ...]
    links: Links


def find_lectures(course: Course, only: Sequence[str] = ()) -> tuple[Path, ...]:
    """List the lecture notebooks of a course (or else the kit's), or those whose names begin as in `only`.

    Raises:
        FolderError: there are none.
        PublishError: one of `only` is the beginning of none.
    """
    for folder in (course.root / LECTURES, KIT / LECTURES):
        if found := tuple(sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))):
            break
    else:
        raise FolderError(f"{course.root / LECTURES} holds no lecture.", "Put the lecture notebooks there.")
    for each in only:
        if not any(path.stem.startswith(each) for path in found):
            known = ", ".join(path.stem for path in found)
            raise PublishError(f"No lecture begins with {each!r}.", f"There are: {known}.")
    return tuple(path for path in found if not only or any(path.stem.startswith(each) for each in only))


def build_site(
    course: Course,
    folder: Path,
    lectures: Sequence[Path],
    *,
    size: Size = Size.STANDARD,
    on_cell: Callable[[str, int, int], None] = lambda name, done, total: None,
    run: Callable[[Path, Size, Callable[[int, int], None]], NotebookNode] = run_lecture,
) -> Site:
    """Run the lectures and write the site into `folder`; a page that did not change is left as it is.

    Args:
        course: its name stands on every page.
        folder: where the site goes; other files there are left alone.
        lectures: the notebooks, in order.
        size: which of the lecture's two sizes is run.
        on_cell: is told the lecture, the cells done, and how many there are.
        run: runs a notebook; another way may be passed.

    Raises:
        PublishError: a lecture stops with an error.
        FolderError: the folder cannot be written.
    """
    read = [read_lecture(path) for path in lectures]
    bodies: Mapping[str, NotebookNode] = {
        path.stem: run(path, size, lambda done, total, name=path.stem: on_cell(name, done, total))  # type: ignore[misc]
        for path in lectures
    }
    known = {lecture.stem for lecture in read}
    whole: list[Lecture] = [with_body(lecture, bodies[lecture.stem], known, course.publish) for lecture in read]
    pages = {"index.html": index_page(course, whole)}
    for number, lecture in enumerate(whole):
        before = whole[number - 1] if number else None
        after = whole[number + 1] if number + 1 < len(whole) else None
        pages[f"{lecture.stem}.html"] = lecture_page(course, lecture, whole, before, after)
    folder = folder.expanduser().resolve()
    changed = tuple(folder / name for name, page in pages.items() if write_page(folder / name, page))
    written = tuple(folder / name for name in pages)
    return Site(folder / "index.html", written, changed, check_links(written))
