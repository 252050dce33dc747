"""`submit()`: what it says, what it writes, and every way in which it can be called wrongly."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from handed_out import save, small

from course_utils.handing_in.facts import KEY
from course_utils.handing_in.place import unsaved_cell
from course_utils.handing_in.submitting import submit
from course_utils.handing_in.writing import COPY_KEY


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# --- the way it is meant ---


def test_it_runs_fresh_says_what_the_grader_sees_and_writes_the_rightly_named_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(tmp_path / "hw1 (1).ipynb", small())
    before = file.read_bytes()
    path = submit(file=file)
    assert path == tmp_path / "Ada_Lovelace_hw1.ipynb"
    assert file.read_bytes() == before, "the notebook itself is never changed"
    text = said(capsys)
    assert "The grader will accept this notebook: Ada Lovelace, hw1" in text
    assert "✓ written double 2 of 2 cell 3" in text
    assert "✓ written words – of 1 cell 6 5 words of your own; a person grades it." in text
    assert "So far 2 of 2 points by the checks; the grader tries other inputs as well." in text
    assert "1 more point is graded later." in text
    assert "No deduction for form is to come." in text
    assert "handed in as it is, that would cost 5 %. Hand in the file that is named below; its name is right." in text
    assert "Read as it was saved on" in text
    assert text.endswith("Hand in this file: Ada_Lovelace_hw1.ipynb")
    copy, original = json.loads(path.read_text(encoding="utf-8")), json.loads(before)
    assert copy["cells"] == original["cells"]
    assert copy["metadata"].pop(COPY_KEY)["student"] == "Ada Lovelace"
    assert copy["metadata"] == original["metadata"]


def test_again_it_writes_the_same_copy_anew(tmp_path: Path) -> None:
    file = save(tmp_path / "mine.ipynb", small())
    first = submit(file=file, run=False)
    save(file, small(answer="def double(x):\n    return x + x"))
    assert submit(file=file, run=False) == first
    assert first is not None
    assert "x + x" in first.read_text(encoding="utf-8")
    assert sorted(everything_in(tmp_path)) == ["Ada_Lovelace_hw1.ipynb", "mine.ipynb"]


def test_a_rightly_named_notebook_is_its_own_copy(tmp_path: Path) -> None:
    file = save(tmp_path / "Ada_Lovelace_hw1.ipynb", small())
    before = everything_in(tmp_path)
    assert submit(file=file, run=False) == file
    assert everything_in(tmp_path) == before


def test_another_file_of_that_name_stays(tmp_path: Path) -> None:
    theirs = save(tmp_path / "Ada_Lovelace_hw1.ipynb", small(answer="# theirs"))
    file = save(tmp_path / "mine.ipynb", small())
    before = theirs.read_bytes()
    assert submit(file=file, run=False) == tmp_path / "Ada_Lovelace_hw1 (2).ipynb"
    assert theirs.read_bytes() == before


def test_a_copy_that_was_worked_in_stays(tmp_path: Path) -> None:
    file = save(tmp_path / "mine.ipynb", small())
    copy = submit(file=file, run=False)
    assert copy is not None
    worked_in = json.loads(copy.read_text(encoding="utf-8"))
    worked_in["cells"][2]["source"] = "# worked in the copy"
    save(copy, worked_in)
    assert submit(file=file, run=False) == tmp_path / "Ada_Lovelace_hw1 (2).ipynb"
    assert "# worked in the copy" in copy.read_text(encoding="utf-8")


def test_a_link_of_that_name_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("mine")
    (tmp_path / "Ada_Lovelace_hw1.ipynb").symlink_to(elsewhere)
    file = save(tmp_path / "mine.ipynb", small())
    assert submit(file=file, run=False) == tmp_path / "Ada_Lovelace_hw1 (2).ipynb"
    assert elsewhere.read_text() == "mine"


def test_where_it_is_run_by_a_grader_it_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = save(tmp_path / "mine.ipynb", small())
    for name in ("FIRST_DESCENT_HANDING_IN", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        with monkeypatch.context() as here:
            here.setenv(name, "1")
            assert submit(file=file) is None
    assert list(everything_in(tmp_path)) == ["mine.ipynb"]


# --- each deduction, with its cell and how to mend it ---


def moved(notebook: dict[str, Any]) -> None:
    notebook["cells"].append(notebook["cells"].pop(2))


def text_made_code(notebook: dict[str, Any]) -> None:
    notebook["cells"][5] |= {"cell_type": "code", "outputs": [], "execution_count": None, "source": "# twice"}


def needs_what_is_below(notebook: dict[str, Any]) -> None:
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1}
    notebook["cells"].insert(2, {**empty, "id": "a", "source": "print(later)"})
    notebook["cells"].append({**empty, "id": "b", "source": "later = 1"})


def without_assignment(notebook: dict[str, Any]) -> None:
    notebook["cells"][0]["source"] = "**Name:** Ada Lovelace"


DEDUCTIONS = [
    (without_assignment, "rule header: cell 1: at the top is missing: the assignment's name.", "Write it in the first"),
    (moved, "rule placement: double-answer stood in another place (cell 7).", "Put each answer back"),
    (
        text_made_code,
        "rule text_answers: words is a code cell and must be markdown (cell 6).",
        "Click beside the",
    ),
    (
        needs_what_is_below,
        "rule order: cell 3 needs later, which only cell 9 makes.",
        "Move what is needed",
    ),
]


@pytest.mark.parametrize(("change", "told", "mend"), DEDUCTIONS, ids=[row[0].__name__ for row in DEDUCTIONS])
def test_each_deduction_is_named_with_its_cell_and_how_to_mend_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], None],
    told: str,
    mend: str,
) -> None:
    notebook = small(deductions={"name": 5, "header": 6, "placement": 7, "text_answers": 8, "order": 9})
    change(notebook)
    path = submit(file=save(tmp_path / "Ada_Lovelace_hw1.ipynb", notebook), run=change is needs_what_is_below)
    assert path is not None, "a deduction stops nobody"
    text = said(capsys)
    percent = {"header": 6, "placement": 7, "text_answers": 8, "order": 9}[told.split()[1].rstrip(":")]
    assert f"−{percent} % of the points, {told} {mend}" in text
    if change is needs_what_is_below:
        assert "Cell 3 stops: NameError: name 'later' is not defined, in line 1: \"print(later)\"." in text


def test_all_rules_together_take_no_more_than_the_course_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = small(max_percent=10)
    for change in (without_assignment, text_made_code, needs_what_is_below):
        change(notebook)
    submit(file=save(tmp_path / "x.ipynb", notebook), run=False)
    assert "All rules of form together take at most 10 %." in said(capsys)


# --- what stands in the way: one sentence, how to mend it, and nothing is written ---


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def enlarged(file: Path) -> None:
    os.truncate(file, 300_000_000)  # sparse: takes no room


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


def replaced_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def removed(file: Path) -> None:
    file.unlink()


def not_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x01")


def without_cells(file: Path) -> None:
    file.write_text('{"cells": [], "metadata": {}, "nbformat": 4}')


def with_damaged_facts(file: Path) -> None:
    notebook = json.loads(file.read_text(encoding="utf-8"))
    notebook["metadata"][KEY] = {"assignment": "hw1", "released": "!!!"}
    save(file, notebook)


def with_nothing_of_the_released(file: Path) -> None:
    notebook = json.loads(file.read_text(encoding="utf-8"))
    del notebook["cells"][1:]
    save(file, notebook)


def named(text: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] = text
        save(file, notebook)

    return change


IN_THE_WAY: list[tuple[str, Callable[[Path], None], dict[str, Any], str]] = [
    ("no name typed", named("# hw1\n\n**Name:**"), {}, "Your name is missing at the top .* Write first and last name"),
    ("the template's name", named("**Name:** Your Name"), {}, "Your name is missing at the top"),
    ("a name of signs", named("**Name:** /// ..\n\n**Assignment:** hw1"), {}, "Your name is missing at the top"),
    (
        "a very long name",
        named(f"**Name:** {'王' * 150}\n\n**Assignment:** hw1"),
        {},
        "cannot be written to .* Download",
    ),
    ("another assignment at the top", named("**Name:** A B\n\n**Assignment:** hw2"), {}, "says hw2, but .* is hw1"),
    ("another assignment asked for", lambda file: None, {"assignment": "hw2"}, "is hw1, not hw2. Write submit\\(\\)"),
    ("no cell of the course", with_nothing_of_the_released, {}, "No cell of this notebook comes from hw1. Put your"),
    ("facts damaged", with_damaged_facts, {}, 'does not say which assignment it is.*submit\\("hw1"\\)'),
    ("facts damaged, path", with_damaged_facts, {"assignment": "../hw1"}, "'../hw1' is no assignment. Write its short"),
    ("300 MB", enlarged, {}, "has 300 MB, more than the 100 MB .* Clear its outputs"),
    ("empty", emptied, {}, "is no notebook, or its file is damaged: it is not JSON. Save the notebook"),
    ("cut", cut, {}, "is no notebook, or its file is damaged: it is not JSON. Save the notebook"),
    ("no text", not_text, {}, "is no notebook: it is not text"),
    ("a folder", replaced_by_a_folder, {}, "is a folder. Say which file it is"),
    ("no file", removed, {}, "There is no file .* Say which file it is"),
    ("no cells", without_cells, {}, "is JSON, but not a notebook with cells"),
]


@pytest.mark.parametrize(("what", "change", "asked", "told"), IN_THE_WAY, ids=[row[0] for row in IN_THE_WAY])
def test_what_stands_in_the_way_is_one_sentence_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    what: str,
    change: Callable[[Path], None],
    asked: dict[str, Any],
    told: str,
) -> None:
    file = save(tmp_path / "mine.ipynb", small())
    change(file)
    assert submit(file=file, run=False, **asked) is None
    text = said(capsys)
    assert "✗ Not handed in yet" in text
    assert re.search(told, text), text
    assert "Traceback" not in text
    assert [path.name for path in tmp_path.iterdir()] == ([] if change is removed else ["mine.ipynb"])


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Ada/Lovelace", "Ada_Lovelace_hw1.ipynb"),
        ("../../Ada Lovelace", "Ada_Lovelace_hw1.ipynb"),
        ("Ada: Lovelace?", "Ada_Lovelace_hw1.ipynb"),
        ("Lovelace, Ada", "Ada_Lovelace_hw1.ipynb"),
        ("Seán O’Brien", "Seán_O’Brien_hw1.ipynb"),
        ("Suharto", "Suharto_hw1.ipynb"),
        ("小明 王", "小明_王_hw1.ipynb"),
    ],
)
def test_any_name_gives_a_file_in_this_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: str, wanted: str
) -> None:
    file = save(tmp_path / "work" / "mine.ipynb", small(typed))
    assert submit(file=file, run=False) == tmp_path / "work" / wanted
    assert ("Only one name stands at the top" in said(capsys)) is (typed == "Suharto")


def test_a_notebook_without_facts_is_handed_in_once_it_says_which_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = small()
    del notebook["metadata"][KEY]
    file = save(tmp_path / "mine.ipynb", notebook)
    assert submit(file=file, run=False) is None
    assert "does not say which assignment it is" in said(capsys)
    assert submit("hw1", file=file, run=False) == tmp_path / "Ada_Lovelace_hw1.ipynb"


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder that this process may read and not write: as root it gives its rights away for the while."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        yield place
        os.chmod(place, 0o755)


@pytest.mark.skipif(os.name == "nt", reason="folders' modes are another matter on Windows")
def test_a_folder_that_cannot_be_written_is_one_sentence(nobody: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = save(nobody / "mine.ipynb", small())
    os.chmod(nobody, 0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        assert submit(file=file, run=False) is None
    finally:
        os.seteuid(me)
    text = said(capsys)
    assert f"Ada_Lovelace_hw1.ipynb cannot be written to {nobody}: Permission denied." in text
    assert "Download the notebook (File > Download) and name it Ada_Lovelace_hw1.ipynb." in text
    assert [path.name for path in nobody.iterdir()] == ["mine.ipynb"]


# --- cells that do not do what they should, in the fresh run ---

ENDLESS = "def double(x):\n    while True:\n        pass"
DEAF = """
import time
def double(x):
    while True:
        try:
            time.sleep(99)
        except BaseException:
            pass
"""
FATAL = [
    ("loops", ENDLESS, "Its check in cell 4 stops: Timeout: It ran longer than 2 seconds and was stopped"),
    ("loops and does not listen", DEAF, "Cell 4 could not be stopped; the cells below it were not tried."),
    ("ends Python", "import os\nos._exit(3)", "Cell 3 ended Python; the cells below it were not tried."),
]


@pytest.mark.parametrize(("what", "answer", "told"), FATAL, ids=[row[0] for row in FATAL])
def test_a_cell_that_cannot_be_finished_is_named_and_the_file_is_written_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, answer: str, told: str
) -> None:
    file = save(tmp_path / "mine.ipynb", small(answer=answer, cell_timeout_seconds=2))
    assert submit(file=file) == tmp_path / "Ada_Lovelace_hw1.ipynb"
    text = said(capsys)
    assert told in text
    assert "Traceback" not in text


CELLS = [
    ("raise SystemExit", "SystemExit, in line 1"),
    ("input('your name?')", "EOFError: EOF when reading a line, in line 1"),
    ("def f(x)\n    return x", r"SyntaxError: expected ':', in line 1: \"def f\(x\)\"\."),
    ("import cupid", "ModuleNotFoundError: No module named 'cupid', in line 1"),
    ("1\nopen('notes.txt')", "FileNotFoundError: .*, in line 2"),
    ("raise ValueError('a\\nb' * 999)", "ValueError: a ba b"),
    ("class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd", "ZeroDivisionError"),
    ("%nothing", "UsageError"),
    ("!exit 3", ""),
    ("print('x' * 50_000_000)", ""),
    ("open('made.txt', 'w').write('x')", ""),
    ("import os\nos.close(1)", ""),
    ("import sys\nsys.stdout.close()", ""),
    ("import threading, time\nthreading.Thread(target=time.sleep, args=(9999,)).start()", ""),
    ("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", ""),
    ("%%bash\necho hello", ""),
]


def test_cells_that_misbehave_are_named_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = small()
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    for number, (source, _) in enumerate(CELLS):
        notebook["cells"].insert(2 + number, {**empty, "id": f"c{number}", "source": source})
    file = save(tmp_path / "mine.ipynb", notebook)
    assert submit(file=file) == tmp_path / "Ada_Lovelace_hw1.ipynb"
    text = said(capsys)
    assert "So far 2 of 2 points" in text
    for number, (source, told) in enumerate(CELLS):
        stops = re.search(rf"Cell {3 + number} stops: {told}", text)
        assert (stops is not None) is bool(told), (source, text)
    assert len(text) < 6_000
    assert "Traceback" not in text
    assert sorted(everything_in(tmp_path)) == ["Ada_Lovelace_hw1.ipynb", "mine.ipynb"], "it ran in a folder of its own"


STOPPING = [
    ("def double(x):\n    return y", "✓ written double 0 of 2 cell 3 Its check in cell 4 stops: NameError: name 'y'"),
    ("1 / 0", "✗ stops double 0 of 2 cell 3 ZeroDivisionError: division by zero, in line 1"),
    ("def double(x):\n    raise NotImplementedError", "○ not written double – of 2 cell 3"),
]


@pytest.mark.parametrize(("answer", "told"), STOPPING)
def test_an_answer_that_stops_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, told: str
) -> None:
    submit(file=save(tmp_path / "mine.ipynb", small(answer=answer)))
    text = said(capsys)
    assert told in text
    assert "Cell 4 stops" not in text


# --- the saved file and what was run since ---


def code(source: str, count: int | None, answers: str = "") -> dict[str, Any]:
    marks = {"nbgrader": {"grade_id": f"{answers}-answer", "solution": True}} if answers else {}
    return {"cell_type": "code", "metadata": marks, "source": source, "execution_count": count}


ONE, TWO = "def f(): 1", "def f(): 2"
UNSAVED = [
    ("as it ran", code(ONE, 1), ["", ONE], 0),
    ("run in other words since", code(ONE, 1), ["", ONE, TWO], 1),
    ("never run when it was saved", code(ONE, None), ["", TWO], 1),
    ("counted by an earlier kernel", code(ONE, 40), ["", TWO], 1),
    ("tried elsewhere, then run again", code(ONE, 3), ["", "x", TWO, ONE], 0),
    ("a blank line more", code(f"{ONE}\n", 1), ["", ONE], 0),
    ("a quiz's answer changed", code("q1 = 'a'", 1, "q1"), ["", "q1 = 'a'", "q1 = 'b'"], 1),
    ("a scratch name changed", code("n = 1", 1), ["", "n = 1", "n = 2"], 0),
    ("nothing was run", code(ONE, None), [""], 0),
    ("text", {"cell_type": "markdown", "metadata": {}, "source": ONE}, ["", TWO], 0),
]


@pytest.mark.parametrize(("what", "cell", "ran", "unsaved"), UNSAVED, ids=[row[0] for row in UNSAVED])
def test_a_file_older_than_the_screen_is_noticed(what: str, cell: dict[str, Any], ran: list[str], unsaved: int) -> None:
    assert unsaved_cell([cell], ran) == unsaved
