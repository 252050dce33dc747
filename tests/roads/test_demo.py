"""The instructor's term in small, as `make demo` runs it: interrupted, taken up again, and run once more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.marks import read_marks
from autograder.nbgrader_bridge.gradebook import scores
from autograder.rules.coursefile import load_course

pytestmark = pytest.mark.slow
COMMAND = [str(Path(sys.prefix) / "bin" / "course"), "demo", "--json", "--folder", "term"]

# file → (student, raw, late, format, final); worked out by hand from people.py and the rules in the course file.
EXPECTED = {
    "Zoë_Müller_hw1.ipynb": ("Zoë Müller", "15/15", "", "", "15"),
    "JoséÁngel_GarcíaMárquez_hw1.ipynb": ("José Ángel García Márquez", "7/15", "", "", "7"),
    "oconnorsiobhan_48213_990121_Siobhán_O'Connor_hw1-1.ipynb": ("Siobhán O'Connor", "13/15", "", "", "13"),
    "Sukarno_hw1.ipynb": ("Sukarno", "8/15", "", "", "8"),
    "section-b.zip!/section-b/ThịMinhKhai_Nguyễn_hw1.ipynb": ("Thị Minh Khai Nguyễn", "15/15", "", "", "15"),
    # 1.3 days late: two started days, 20 % of 12.5 (gd_step lost, gd_fit keeps half of 3)
    "Anne-Marie_D'Souza_hw1.ipynb": ("Anne-Marie D'Souza", "12.5/15", "-2.5", "", "10"),
    # "hw1 (1).ipynb" does not say whose it is: 5 % of 12
    "hw1 (1).ipynb": ("Wei Zhang", "12/15", "", "-0.6", "11.4"),
    "Amara_Okafor_hw1.ipynb": ("Amara Okafor", "14/15", "", "", "14"),
    "Priya_Raghunathan_hw1.ipynb": ("Priya Raghunathan", "13/15", "", "", "13"),
    "Chloé_Lefèvre_hw1.ipynb": ("Chloé Lefèvre", "9/15", "", "", "9"),
    # 0.6 days late: one started day, 10 % of 9
    "Ibrahim_Diallo_hw1.ipynb": ("Ibrahim Diallo", "9/15", "-0.9", "", "8.1"),
    "lindqvistfreya_51877_1002213_Freya_Lindqvist_hw1.ipynb": ("Freya Lindqvist", "14/15", "", "", "14"),
    "Nkechi_Eze_hw1.ipynb": ("Nkechi Eze", "6/15", "", "", "6"),
    # 2.2 days late: three started days, 30 % of 14
    "Tamar_Ben-David_hw1.ipynb": ("Tamar Ben-David", "14/15", "-4.2", "", "9.8"),
    "Dilnoza_Karimova_hw1.ipynb": ("Dilnoza Karimova", "7/15", "", "", "7"),
}


def demo(folder: Path) -> list[dict[str, str]]:
    done = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def interrupt_after_the_first_grade(folder: Path) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(
        COMMAND,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background has SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    ends = time.monotonic() + 300
    while not list((folder / "term/records/grades/hw1").glob("*.json")) and time.monotonic() < ends:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)  # there is no event to wait for in another process's folder
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(COMMAND, process.returncode, out, err)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    folder = tmp_path_factory.mktemp("demo")
    stopped = interrupt_after_the_first_grade(folder)
    first = demo(folder)
    before = files_of(folder / "term")
    second = demo(folder)
    return folder / "term", stopped, first, second, before, files_of(folder / "term")


def files_of(term: Path) -> dict[Path, int]:
    """When each file that a run makes was last written."""
    kept = ("autograded", "submitted", "release", "feedback", "records/grades")
    return {path: path.stat().st_mtime_ns for part in kept for path in (term / part).rglob("*") if path.is_file()}


def test_ctrl_c_stops_with_a_word_and_keeps_what_is_done(runs) -> None:
    _, stopped, *_ = runs
    assert stopped.returncode == 130
    assert "What is done is kept" in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_every_file_of_the_inbox_ends_in_one_row(runs) -> None:
    folder, _, rows, *_ = runs
    files = {path.name for path in (folder / "inbox").iterdir() if path.suffix != ".zip"}
    assert {row["file"] for row in rows if "!/" not in row["file"]} == files
    assert len(rows) == len({row["file"] for row in rows}) == 36
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize("file", EXPECTED)
def test_a_row_is_as_worked_out_by_hand(runs, file: str) -> None:
    row = next(row for row in runs[2] if row["file"] == file)
    assert (row["student"], row["raw"], row["late"], row["format"], row["final"]) == EXPECTED[file]


FATES = {
    "JoséÁngel_GarcíaMárquez_hw1 (1).ipynb": "superseded",
    "Zoë_Müller_hw1 (1).ipynb": "refused",
    "Wei_Zhang_hw1.ipynb": "refused",
    "Kwame_Mensah_hw2.ipynb": "needs person",
    "homework final FINAL.ipynb": "needs person",
    ".DS_Store": "refused",
}


@pytest.mark.parametrize("file", FATES)
def test_what_is_not_graded_says_why(runs, file: str) -> None:
    row = next(row for row in runs[2] if row["file"] == file)
    assert row["raw"] == row["final"] == "–"
    assert row["reason"].startswith(FATES[file])


def test_hangs_kills_and_floods_cost_their_own_exercise_only(runs) -> None:
    rows = {row["student"]: row for row in runs[2] if row["raw"] != "–"}
    # gd_fit (3) hangs, rmse (1) is no Python; the endless cell costs nothing
    assert rows["Noah van der Berg"]["raw"] == "11/15"
    # least_squares (2) ends the process
    assert rows["Fatima al-Zahra"]["raw"] == "13/15"
    # mse_grad, gd_step, gd_fit are not written (7); the flood costs nothing; 29 minutes late is one started day
    assert (rows["Ravi Kumar"]["raw"], rows["Ravi Kumar"]["late"]) == ("8/15", "-0.8")


def test_copied_and_deleted_cells_are_put_right(runs) -> None:
    row = next(row for row in runs[2] if row["student"] == "Olga Ivanova")
    # mse_grad (3) is half of what it should be, and gd_fit (3) stands on it; the deleted check of rmse is back
    assert row["raw"] == "9/15"


def test_a_second_run_grades_nothing_and_ends_the_same(runs) -> None:
    _, _, first, second, *_ = runs
    assert first == second


def test_a_second_run_leaves_every_file_untouched(runs) -> None:
    *_, before, after = runs
    assert before
    assert before == after


def test_the_gradebook_says_what_the_table_says(runs) -> None:
    folder, _, rows, *_ = runs
    found = {score.student: score for score in scores(load_course(folder), "hw1")}
    assert len(found) == 30
    assert sum(row["raw"] != "–" for row in rows) == 30
    assert found["s006"].final == pytest.approx(10.0)


def test_report_and_pages_are_there_and_name_no_other_student(runs) -> None:
    folder, *_ = runs
    report = (folder / "reports/hw1.html").read_text(encoding="utf-8")
    assert "linear_predict: forgot the bias" in report
    page = (folder / "feedback/s002/hw1/hw1.html").read_text(encoding="utf-8")
    assert "García Márquez" in page
    assert "Siobhán" not in page
    assert read_marks(folder / "autograded/s002/hw1/hw1.ipynb") is not None
    assert os.access(folder / "exchange/first-descent-the-demo/outbound/hw1/hw1.ipynb", os.R_OK)
