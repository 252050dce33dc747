"""`submit()` in Colab: it reads what the browser holds, saved or not, and hands the copy to the browser."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handed_out import ROOT, save, small

from course_utils.handing_in.submitting import submit


def forget_google() -> None:
    for name in [name for name in sys.modules if name == "google" or name.startswith("google.")]:
        del sys.modules[name]


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Colab's package is loaded, and the browser holds the notebook in this file."""
    monkeypatch.syspath_prepend(str(ROOT / "tests/colab/stub"))
    forget_google()
    importlib.import_module("google.colab")
    (tmp_path / "content").mkdir()
    monkeypatch.chdir(tmp_path / "content")
    monkeypatch.setenv("COLAB_STUB_NOTEBOOK", str(tmp_path / "browser.json"))
    yield tmp_path / "browser.json"
    forget_google()  # the tests that come after this one are not in Colab


def colab(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    notebook["metadata"]["colab"] = {"name": name, "provenance": []}
    return notebook


def test_the_copy_is_written_and_downloaded(browser: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(browser, colab(small(), "Copy of hw1.ipynb"))
    path = submit()
    assert path == Path.cwd() / "Ada_Lovelace_hw1.ipynb"
    text = capsys.readouterr().out
    assert "The grader will accept this notebook: Ada Lovelace, hw1" in text
    assert "So far 2 of 2 points by the checks" in text
    assert f"[downloaded {path}]" in text
    assert "Read as it was saved" not in text, "it is what stands on the screen"
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][2]["source"]
    assert [each.name for each in Path.cwd().iterdir()] == ["Ada_Lovelace_hw1.ipynb"]


def test_a_rightly_named_notebook_is_downloaded_too(browser: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(browser, colab(small(), "Ada_Lovelace_hw1.ipynb"))
    assert submit(run=False) == Path.cwd() / "Ada_Lovelace_hw1.ipynb"
    assert "[downloaded" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (None, "Colab did not hand over the notebook. Run this cell again; reload the page"),
        ([], "is JSON, but not a notebook with cells"),
        ({"cells": []}, "is JSON, but not a notebook with cells"),
        ({"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4}, "does not say which assignment it is"),
        (colab(small(""), "../../hw1.ipynb"), "Your name is missing at the top"),
        ({**small(), "metadata": []}, "does not say which assignment it is"),
        (colab(small(), ""), "Hand in this file: Ada_Lovelace_hw1.ipynb"),
    ],
)
def test_whatever_the_browser_holds_is_a_sentence(
    browser: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], held: Any, told: str
) -> None:
    if held is None:
        monkeypatch.delenv("COLAB_STUB_NOTEBOOK")
    else:
        browser.write_text(json.dumps(held), encoding="utf-8")
    path = submit(run=False)
    assert told in " ".join(capsys.readouterr().out.split())
    assert (path is not None) is told.startswith("Hand in")
