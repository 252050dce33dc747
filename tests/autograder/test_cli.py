"""The `course` command: an error is one sentence and exit code 2, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.cli import app

COURSE = 'name = "T"\ntime_zone = "UTC"\n[assignments.hw1]\nkind = "homework"\ndeadline = "2026-09-18 23:59"\n'


def course(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "course.toml").write_text(COURSE)
    return tmp_path


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


VERBS = ("demo", "generate", "collect", "grade", "feedback", "report", "doctor", "try", "certify", "publish", "site")


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_what_a_verb_does_and_gives_an_example(verb: str) -> None:
    shown = course(verb, "--help")
    assert shown.exit_code == 0
    assert f"course {verb}" in shown.output
    assert "Example:" in shown.output


BAD_COURSE_FILES = {
    "no file": (None, "no course file"),
    "not TOML": ("name = ", "not valid TOML"),
    "an unknown key": (COURSE + "colour = 3\n", "colour"),
    "a wrong type": (COURSE.replace('"T"', "3"), "name"),
    "a bad deadline": (COURSE.replace("09-18", "13-45"), "deadline"),
    "a bad zone": (COURSE.replace("UTC", "Mars/Olympus"), "time_zone"),
    "not UTF-8": (b"name = \xff\xfe", "UTF-8"),
    "empty": ("", "name"),
}


@pytest.mark.parametrize("verb", ["generate", "grade", "feedback", "report", "collect"])
@pytest.mark.parametrize("name", BAD_COURSE_FILES)
def test_a_bad_course_file_is_one_sentence_and_exit_code_2(tmp_path: Path, verb: str, name: str) -> None:
    content, word = BAD_COURSE_FILES[name]
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "course.toml").write_bytes(data)
    before = everything(tmp_path)
    words = [verb] if verb == "collect" else [verb, "hw1"]
    done = course(*words, "--course", tmp_path)
    assert done.exit_code == 2
    assert word in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.output + done.stderr
    assert everything(tmp_path) == before


BAD_CALLS = {
    "an unknown assignment": ("grade", "hw99"),
    "an assignment without a notebook": ("grade", "hw1"),
    "feedback on an unknown assignment": ("feedback", "hw99"),
    "a report on an unknown assignment": ("report", "hw99"),
    "an inbox that is not there": ("collect", "nowhere"),
    "no roster": ("collect", "inbox"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_is_one_sentence_and_exit_code_2(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "inbox").mkdir()
    before = everything(folder)
    done = course(*BAD_CALLS[name])
    assert done.exit_code == 2, done.output
    assert done.stderr.strip().startswith("course:")
    assert len(done.stderr.split()) < 80
    assert everything(folder) == before


def test_an_unwritable_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = course("demo", "--folder", tmp_path / "file" / "demo")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_the_demo_does_not_settle_in_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    done = course("demo", "--folder", tmp_path)
    assert done.exit_code == 2
    assert everything(tmp_path) == {"thesis.tex"}


def test_doctor_prints_json_for_programs(folder: Path) -> None:
    done = course("doctor", "--course", folder, "--json")
    found = {item["name"]: item for item in json.loads(done.stdout)}
    assert found["Python"]["state"] == "ok"
    assert found["course file"]["state"] == "ok"


BAD_ANSWERS = {
    "a missing file": ("gone.py", None, "cannot be read"),
    "no exercise in it": ("a.py", b"def hello(): pass", "defines no exercise"),
    "not text": ("a.py", b"\xff\xfe\x00", "is not UTF-8 text"),
    "not a notebook": ("a.ipynb", b"%PDF", "is not a notebook"),
    "an empty notebook": ("a.ipynb", b"", "is not a notebook"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_try_says_what_is_wrong_with_a_file(tmp_path: Path, name: str) -> None:
    file, data, words = BAD_ANSWERS[name]
    if data is not None:
        (tmp_path / file).write_bytes(data)
    done = course("try", tmp_path / file)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


@pytest.mark.slow
def test_try_judges_files_and_notebooks_alike(tmp_path: Path) -> None:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    wrong = "def mse(p, y):\n    return ((p - y) ** 2).sum()\n"
    (tmp_path / "a.py").write_text(wrong + "mae = lambda p, y: abs(p - y).mean()\n")
    nbformat.write(new_notebook(cells=[new_code_cell(wrong), new_code_cell("mse(3)")]), tmp_path / "a.ipynb")
    done = course("try", tmp_path / "a.py", tmp_path / "a.ipynb", "--json")
    assert done.exit_code == 0, done.stderr
    tried = json.loads(done.stdout)
    found = [[(v["exercise"], v["outcome"], v["mistake"]) for v in each["verdicts"]] for each in tried]
    assert found == [
        [("mse", "failed", "summed"), ("mae", "passed", "")],
        [("mse", "failed", "summed")],
    ]
