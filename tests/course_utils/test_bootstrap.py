"""The one line a notebook begins with: which copy of the course, on what, where."""

import sys
import types
from pathlib import Path

import pytest

import course_utils
from course_utils.bootstrap import describe_start, find_place, is_installed


def test_it_is_one_line_with_versions_and_size() -> None:
    line = describe_start("tiny")
    assert line.startswith(f"First Descent {course_utils.__version__}: ")
    assert f"Python 3.{sys.version_info.minor}, torch 2." in line
    assert line.endswith("; size tiny.")
    assert "\n" not in line
    assert describe_start().endswith(".")
    assert "size" not in describe_start()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/usr/lib/python3.13/site-packages/course_utils", True),
        ("/home/ada/deep-learning/course_utils", False),
        ("/content/site-packages-old/course_utils", False),
    ],
)
def test_a_copy_is_told_from_an_installation(path: str, expected: bool) -> None:
    assert is_installed(Path(path)) is expected


def test_services_are_known_by_what_they_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BINDER_REPO_URL", "BINDER_LAUNCH_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    assert find_place() == ""
    monkeypatch.setenv("BINDER_REPO_URL", "https://github.com/ada/deep-learning")
    assert find_place() == "Binder"
    assert "(on Binder)" in describe_start()
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    assert find_place() == "Colab"
