"""The engine on real kernels: whatever a notebook does, the run ends, says so, and keeps what was earned."""

from __future__ import annotations

import pytest

from autograder.engine.execute import Execution, execute
from autograder.engine.faults import FaultKind
from autograder.engine.judge import Judge, make_judge
from autograder.engine.limits import Limits
from course_utils.checks.verdict import Outcome, Verdict

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=4, notebook_seconds=120, output_bytes=20_000)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return make_judge("hw1", secret=7)


def graded(notebook, judge: Judge, limits: Limits = LIMITS) -> tuple[Execution, dict[str, Verdict]]:
    names = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    probes = {name: probe for name, probe in judge.probes.items() if name in names}
    execution = execute(notebook, probes, limits)
    return execution, judge.verdicts(execution)


def test_an_honest_notebook_is_run_and_judged(homework, judge) -> None:
    notebook = homework(
        sse=None,
        mse=None,
        mae="def mae(p, y):\n    raise NotImplementedError()",
        rmse="def rmse(p, y):\n    return ((p - y) ** 2).mean()",
    )
    execution, verdicts = graded(notebook, judge)
    assert execution.faults == ()
    assert [(v.exercise, v.outcome) for v in verdicts.values()] == [
        ("sse", Outcome.PASSED),
        ("mse", Outcome.PASSED),
        ("mae", Outcome.NOT_ATTEMPTED),
        ("rmse", Outcome.FAILED),
    ]
    assert verdicts["rmse"].mistake == "forgot_the_root"
    assert any(line.is_hidden for line in verdicts["sse"].lines)
    assert execution.notebook.cells[2].outputs[-1].data["text/plain"] == "1.0"


BAD_CELLS = {
    "an endless loop": ("while True:\n    pass", FaultKind.DEADLINE),
    "a loop that swallows every exception": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        FaultKind.DEADLINE,
    ),
    "a cell that ends the process": ("import os\nos._exit(3)", FaultKind.KERNEL_DIED),
    "a crash": ("import ctypes\nctypes.string_at(0)", FaultKind.KERNEL_DIED),
    "a killed parent": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", FaultKind.KERNEL_DIED),
    "a flood": ("for i in range(100_000):\n    print('x' * 80)", FaultKind.FLOOD),
    "a flood of displays": (
        "from IPython.display import display\nfor i in range(3_000):\n    display('x' * 50)",
        FaultKind.FLOOD,
    ),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_costs_nothing_but_itself(name: str, homework, judge) -> None:
    source, kind = BAD_CELLS[name]
    execution, verdicts = graded(homework(before={"mse": source}, sse=None, mse=None), judge)
    assert kind in {fault.kind for fault in execution.faults}
    assert all(fault.sentence.endswith((".", "?")) for fault in execution.faults)
    assert [v.outcome for v in verdicts.values()] == [Outcome.PASSED, Outcome.PASSED], verdicts["mse"].message()
    assert sum(len(str(cell)) for cell in execution.notebook.cells) < 200_000


QUIET_CELLS = {
    "input": "try:\n    input('name? ')\nexcept Exception as problem:\n    print(type(problem).__name__)",
    "sys.exit": "import sys\nsys.exit(0)",
    "closed stdout": "import sys\nsys.stdout.close()",
    "warnings and a bar": "import warnings, sys\nwarnings.warn('careful')\nprint('50%', file=sys.stderr)",
    "a syntax error": "def (",
    "nothing": "",
    "a magic": "%time 1 + 1",
    "a shell line": "!echo hello",
    "a sleeping thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
}


@pytest.mark.parametrize("name", QUIET_CELLS)
def test_what_merely_looks_bad_is_no_fault(name: str, homework, judge) -> None:
    execution, verdicts = graded(homework(before={"mse": QUIET_CELLS[name]}, sse=None, mse=None), judge)
    said = {"sys.exit": ["This cell asked Python to end; the cells after it were run all the same."]}
    said |= {"a syntax error": ["This cell stopped with SyntaxError"]}
    told = [fault.sentence.split(" (")[0] for fault in execution.faults]
    assert told == said.get(name, [])
    assert {fault.kind for fault in execution.faults} <= {FaultKind.CELL_ERROR}
    assert [v.outcome for v in verdicts.values()] == [Outcome.PASSED, Outcome.PASSED]


BAD_ANSWERS = {
    "hangs": ("def mse(p, y):\n    while True:\n        pass", "too-slow"),
    "kills": ("import os\ndef mse(p, y):\n    os._exit(0)", "no-response"),
    "is not Python": ("def mse(p, y)\n    return 1", "raised-SyntaxError"),
    "is gone": ("x = 1", "not-defined"),
    "is no function": ("mse = 3", "raised-TypeError"),
    "raises": ("def mse(p, y):\n    return p @ undefined", "raised-NameError"),
    "prints without end": ("def mse(p, y):\n    while True:\n        print('x' * 1000)", "too-slow"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_loses_its_own_exercise_only(name: str, homework, judge) -> None:
    answer, mistake = BAD_ANSWERS[name]
    _, verdicts = graded(homework(sse=None, mse=answer, mae=None), judge)
    assert verdicts["sse"].outcome is verdicts["mae"].outcome is Outcome.PASSED
    assert (verdicts["mse"].points, verdicts["mse"].mistake) == (0.0, mistake)
    assert verdicts["mse"].idea


ABS_ENDS_THE_PROCESS = "import os, torch\ntorch.abs = torch.Tensor.abs = lambda *_, **__: os._exit(1)"
LATE = "The Python process ended right after this cell; the cells below it were run in a new one."


def test_an_answer_does_not_pay_for_a_cell_above_it_that_ends_the_process_later(homework, judge) -> None:
    notebook = homework(before={"sse": ABS_ENDS_THE_PROCESS, "mse": "x = 1"}, sse=None, mse=None, mae=None, rmse=None)
    execution, verdicts = graded(notebook, judge)
    assert [verdict.outcome for verdict in verdicts.values()] == [Outcome.PASSED] * 4
    assert ("cell 2", LATE) in {(fault.cell, fault.sentence) for fault in execution.faults}


def test_an_answer_that_ends_the_process_costs_no_helper_above_it(homework, judge) -> None:
    helper = "def size_of(x):\n    return x.abs()"
    by_helper = "def mae(p, y):\n    return size_of(p - y).mean()"
    notebook = homework(before={"mse": helper}, sse=None, mse=BAD_ANSWERS["kills"][0], mae=by_helper)
    execution, verdicts = graded(notebook, judge)
    assert [verdict.points for verdict in verdicts.values()] == [1.0, 0.0, 1.0]
    assert "Calling mse ended the Python process it ran in." in {fault.sentence for fault in execution.faults}
    assert LATE not in {fault.sentence for fault in execution.faults}


def test_a_notebook_that_uses_up_its_time_keeps_what_was_earned(homework, judge) -> None:
    tight = Limits(cell_seconds=3, notebook_seconds=9, output_bytes=20_000)
    notebook = homework(
        before={"mse": "import time\ntime.sleep(60)", "mae": "time.sleep(60)", "rmse": "time.sleep(60)"},
        sse=None,
        mse=None,
        mae=None,
        rmse=None,
    )
    execution, verdicts = graded(notebook, judge, tight)
    assert verdicts["sse"].outcome is Outcome.PASSED
    assert FaultKind.NO_TIME_LEFT in {fault.kind for fault in execution.faults}
    assert verdicts["rmse"].points == 0.0


def test_the_kernel_finds_the_data_files_but_no_notebook(tmp_path, homework, judge) -> None:
    (tmp_path / "table.csv").write_text("1,2\n")
    (tmp_path / "hw1.ipynb").write_text("{}")
    notebook = homework(
        before={"sse": "import os\nprint(sorted(n for n in os.listdir() if not n.startswith('.')))"}, sse=None
    )
    execution = execute(notebook, {}, LIMITS, files=tmp_path)
    assert execution.notebook.cells[1].outputs[0].text == "['table.csv']\n"


def test_a_test_cell_that_only_checks_need_not_run(homework, judge) -> None:
    answers = {"sse": None, "mae": "def mae(p, y):\n    while True:\n        pass"}
    notebook = homework(**answers)
    probes = {name: judge.probes[name] for name in answers}
    execution = execute(notebook, probes, LIMITS, skips_checks=True)
    verdicts = judge.verdicts(execution)
    assert [cell.execution_count for cell in execution.notebook.cells] == [1, 2, None, 3, None]
    assert (verdicts["sse"].outcome, verdicts["mae"].mistake) == (Outcome.PASSED, "too-slow")
