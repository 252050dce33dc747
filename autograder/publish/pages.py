"""Write what stands beside the notebooks of a student repository: README, guide, environment, package, licence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.errors import PublishError
from autograder.publish.address import BINDER_PICTURE, COLAB_PICTURE, binder_address, colab_address, page_address
from autograder.rules.coursefile import Course
from autograder.rules.publishing import Publishing

GUIDE = "docs/guides/student.md"
_STAFF_SECTION = "  # instructor\n"


def pages(course: Course, kit: Path, titles: Mapping[str, str], target: Publishing) -> dict[str, bytes]:
    """Return the files beside the notebooks, by path.

    Args:
        course: whose name and deadlines stand in the README.
        kit: the folder of the kit's own pyproject.toml, environment.yml and licence.
        titles: each published notebook's heading, by path.
        target: where the repository will be.
    """
    lectures = [_row(path, title, target) for path, title in titles.items() if "/assignments/" not in path]
    work = [
        _row(path, titles[path], target) | {"kind": each.kind, "deadline": each.deadline}
        for each in course.assignments
        for path in titles
        if f"/assignments/{each.name}/" in path
    ]
    project = tomllib.loads((kit / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    values: dict[str, Any] = {
        "course": course,
        "lectures": lectures,
        "work": work,
        "project": project,
        "page": page_address(target) if target.repository else "",
        "repository_name": target.repository.partition("/")[2],
    }
    texts = {
        "README.md": _fill("README.md.j2", values),
        "pyproject.toml": _fill("pyproject.toml.j2", values),
        "environment.yml": student_environment((kit / "environment.yml").read_text(encoding="utf-8")),
        ".gitignore": ".ipynb_checkpoints/\n__pycache__/\n*.egg-info/\n.venv/\n",
        "LICENSE": (kit / "LICENSE").read_text(encoding="utf-8"),
        GUIDE: (kit / GUIDE).read_text(encoding="utf-8"),
    }
    return {path: text.encode("utf-8") for path, text in texts.items()}


def student_environment(environment: str) -> str:
    """Return the kit's environment.yml without what only staff and tests need.

    Raises:
        PublishError: its sections are not where they are expected.
    """
    kept, mark, _ = environment.partition(_STAFF_SECTION)
    if not mark:
        raise PublishError("environment.yml has no section `# instructor`, so the students' part cannot be told apart.")
    lines = [line for line in kept.splitlines() if not line.startswith("#")]
    head = "# conda env create -f environment.yml && conda activate first-descent && jupyter lab"
    return "\n".join([head, *lines]) + "\n"


def _row(path: str, title: str, target: Publishing) -> dict[str, Any]:
    row: dict[str, Any] = {"path": path, "title": title, "stem": PurePosixPath(path).stem, "badges": ""}
    if target.repository:
        row["badges"] = (
            f"[![Open {row['stem']} in Colab]({COLAB_PICTURE})]({colab_address(target, path)}) "
            f"[![Open {row['stem']} on Binder]({BINDER_PICTURE})]({binder_address(target, path)})"
        )
    return row


def _fill(template: str, values: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    # Markdown and TOML, not HTML: nothing is escaped, and every value is the course's own.
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
