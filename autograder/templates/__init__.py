"""The pages' templates, and the one way to fill and to write them.

Whatever is put into a template is escaped and rid of control characters, unless it is `Markup`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.errors import FolderError
from autograder.plain import plain
from course_utils.checks.show import code_marks

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Nothing is loaded, no script runs, nothing is sent: whatever slipped through the cleaning stays dead."""


def render(template: str, **values: Any) -> str:
    """Fill the template of that file name and return the page; `policy` may be given by a page that runs a script."""
    page = _environment().get_template(template).render({"policy": CONTENT_SECURITY_POLICY, **values})
    return page.encode("utf-8", "replace").decode("utf-8")


def write_page(path: Path, page: str) -> bool:
    """Write a page if it differs from what is there; a reader never meets half a page. Return whether it did.

    Raises:
        FolderError: the folder cannot be written.
    """
    data = page.encode("utf-8")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise FolderError(
            f"{path} cannot be written: {error.strerror}.", "Check the folder's permissions and the disk."
        ) from error
    return True


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = points
    environment.filters["percent"] = percent
    environment.globals["marked"] = marked
    return environment


def _harmless(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return plain(value)


def marked(sentence: str) -> Markup:
    """Return a sentence of a verdict with its code marks set, safe for a page."""
    return Markup(code_marks(plain(sentence)))


def points(value: float | None) -> str:
    """Write points without a needless ".0"; a dash where there is no grade, which is not a 0."""
    if value is None:
        return "–"
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def percent(share: float | None) -> str:
    """Write a share between 0 and 1 as whole percent."""
    return "–" if share is None else f"{100 * share:.0f} %"
