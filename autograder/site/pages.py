"""Fill the site's templates: the index and one page for each lecture."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.feedback.cells import code_colours
from autograder.publish.address import colab_address, page_address
from autograder.rules.coursefile import Course
from autograder.site.lecture import Lecture
from autograder.templates import render


def index_page(course: Course, lectures: Sequence[Lecture]) -> str:
    """Return the index: every lecture with its length and what one can do after it."""
    return render("site_index.html.j2", course=course.name, lectures=lectures, home=_home(course), **_common())


def lecture_page(
    course: Course, lecture: Lecture, lectures: Sequence[Lecture], before: Lecture | None, after: Lecture | None
) -> str:
    """Return a lecture's page, with the ways to its neighbours."""
    colab = ""
    if course.publish.repository:
        colab = colab_address(course.publish, f"notebooks/lectures/{lecture.stem}.ipynb")
    return render(
        "site_lecture.html.j2",
        course=course.name,
        lecture=lecture,
        lectures=lectures,
        before=before,
        after=after,
        colab=colab,
        **_common(),
    )


def _home(course: Course) -> str:
    return page_address(course.publish) if course.publish.repository else ""


def _common() -> dict[str, object]:
    return {"code_colours": code_colours()}
