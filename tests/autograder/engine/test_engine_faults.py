"""More ways in which notebooks misbehave by mistake: each ends, is said in one sentence, and costs only itself.

By default every second one is tried, with FIRST_DESCENT_FULL=1 all; a class of faults walks both roads in
tests/roads/test_faults.py.
"""

# ruff: noqa: E501  a row of the table is one line

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from autograder.engine.execute import execute
from autograder.engine.faults import FaultKind
from autograder.engine.judge import Judge, make_judge
from autograder.engine.limits import Limits
from autograder.engine.worker.client import isolation_here
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow
STEP = 1 if os.environ.get("FIRST_DESCENT_FULL") else 2
LIMITS = Limits(cell_seconds=2, notebook_seconds=60, output_bytes=50_000)
SSE = "def sse(p, y):\n    return ((p - y) ** 2).sum()"
MAE = "def mae(p, y):\n    return (p - y).abs().mean()"


@pytest.fixture(scope="module")
def judge() -> Judge:
    if not isolation_here().is_sandbox:
        pytest.skip(f"fork bombs are for a sandbox, and this machine has none: {isolation_here().refused}")
    return make_judge("hw1", secret=7)


def run_with(cell: str, homework, judge: Judge, limits: Limits = LIMITS):
    notebook = homework(before={"mae": cell}, sse=SSE, mae=MAE)
    execution = execute(notebook, {name: judge.probes[name] for name in ("sse", "mae")}, limits)
    return execution, judge.verdicts(execution)


FAULTY = {
    "a fork bomb": ("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", None),
    "a fork bomb that detaches": ("import os\nfor _ in range(400):\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: break\nwhile True: pass", None),
    "a C loop that cannot be interrupted": ("x = 9 ** 9 ** 9", FaultKind.DEADLINE),
    "a long sleep": ("import time\ntime.sleep(1000)", FaultKind.DEADLINE),
    "waiting for a lock of its own": ("import threading\nlock = threading.Lock(); lock.acquire(); lock.acquire()", FaultKind.DEADLINE),
    "SIGINT is ignored": ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", FaultKind.DEADLINE),
    "a subprocess without end": ("!sleep 1000", FaultKind.DEADLINE),
    "SIGTERM to itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", FaultKind.KERNEL_DIED),
    "abort": ("import os\nos.abort()", FaultKind.KERNEL_DIED),
    "every descriptor closed": ("import os\nos.closerange(0, 500)", None),
    "100 MB of output": ("print('x' * 100_000_000)", FaultKind.FLOOD),
    "output without end": ("while True:\n    print('x' * 10_000)", FaultKind.FLOOD),
    "a million displays": ("from IPython.display import display\nfor i in range(1_000_000): display(i)", FaultKind.FLOOD),
    "a thread that prints": ("import threading\ndef _p():\n    for _ in range(100): print('x' * 1000)\nthreading.Thread(target=_p, daemon=True).start()\nimport time; time.sleep(0.5)", FaultKind.FLOOD),
    "the kernel's own shutdown": ("import asyncio\nget_ipython().kernel.io_loop.add_callback(get_ipython().kernel.io_loop.stop)", None),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FAULTY)[::STEP])
def test_a_fault_is_said_and_costs_only_itself(name: str, homework, judge) -> None:
    cell, kind = FAULTY[name]
    execution, verdicts = run_with(cell, homework, judge)
    kinds = {fault.kind for fault in execution.faults}
    assert kind in kinds if kind is not None else True, kinds
    assert all(fault.sentence.endswith((".", "?")) for fault in execution.faults)
    assert [v.outcome for v in verdicts.values()] == [Outcome.PASSED, Outcome.PASSED], verdicts["mae"].message()
    assert len(str(execution.notebook)) < 200_000


HARMLESS = {
    "a memory bomb": "x = []\nwhile True: x.append(bytearray(100_000_000))",
    "a huge tensor": "import torch\ntorch.zeros(100_000_000_000)",
    "a full disk": "f = open('big', 'wb')\nwhile True: f.write(bytes(1_000_000))",
    "a full temporary folder": "import tempfile\nfor i in range(10_000): open(f'{tempfile.gettempdir()}/{i}', 'wb').write(bytes(1_000_000))",
    "a full shared memory": "open('/dev/shm/x', 'wb').write(bytes(100_000_000))",
    "too many open files": "f = [open('/dev/null') for _ in range(10_000)]",
    "a thousand threads": "import threading, time\nfor _ in range(1000): threading.Thread(target=time.sleep, args=(100,)).start()",
    "endless recursion": "def f(): return f()\nf()",
    "standard output is None": "import sys\nsys.stdout = sys.stderr = None",
    "standard output closed by number": "import os\nos.close(1); os.close(2)",
    "quit": "quit()",
    "reset": "%reset -f",
    "another folder": "import os\nos.chdir('/tmp')",
    "an empty environment": "import os\nos.environ.clear()",
    "a default dtype left behind": "import torch\ntorch.set_default_dtype(torch.float64)",
    "gradients left off": "import torch\ntorch.set_grad_enabled(False)",
    "a DataLoader with workers": "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\nassert len(list(DataLoader(TensorDataset(torch.rand(64, 3)), batch_size=8, num_workers=2))) == 8",
    "a DataLoader that is left": "from torch.utils.data import DataLoader\nit = iter(DataLoader(range(100), num_workers=2)); next(it)",
    "a progress bar": "import sys\nfor i in range(50): print(f'\\r{i} %', end='', file=sys.stderr)",
    "a figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "a parallel product": "import torch\ntorch.set_num_threads(2); (torch.rand(700, 700) @ torch.rand(700, 700)).sum()",
    "an await": "import asyncio\nawait asyncio.sleep(0.01)",
    "unicode everywhere": "größe = '日本語 🎉 \\u202e עברית'; print(größe)",
    "half a surrogate pair": "print('\\ud800')",
    "a null byte": "print('\\0')",
    "a cell magic that is not there": "%%nothing\n1",
    "an optimiser": "import torch\nw = torch.zeros(1, requires_grad=True); torch.optim.Adam([w]).step()",
}  # fmt: skip


SLOW = ("a memory bomb", "endless recursion")
"""Touching gigabytes and writing a traceback of a thousand frames take seconds: these may be stopped, too."""


@pytest.mark.parametrize("name", list(HARMLESS)[::STEP])
def test_what_runs_into_a_limit_loses_nothing_else(name: str, homework, judge) -> None:
    cell = HARMLESS[name] + ("\nimport torch\nfrom course_utils import check\n" + SSE if name == "reset" else "")
    limits = LIMITS if name in SLOW else replace(LIMITS, cell_seconds=20)
    execution, verdicts = run_with(cell, homework, judge, limits)
    allowed = {FaultKind.KERNEL_DIED, FaultKind.CELL_ERROR} | ({FaultKind.DEADLINE} if name in SLOW else set())
    assert {fault.kind for fault in execution.faults} <= allowed
    assert [v.outcome for v in verdicts.values()] == [Outcome.PASSED, Outcome.PASSED], verdicts["mae"].message()
    shown = [output for cell in execution.notebook.cells for output in cell.get("outputs", ())]
    errors = [output.ename for output in shown if output.output_type == "error"]
    if name.startswith(("a DataLoader", "a figure", "a parallel", "an await", "an optimiser", "a progress")):
        assert errors == []


def test_a_figure_is_shown(homework, judge) -> None:
    execution, _ = run_with(HARMLESS["a figure"], homework, judge)
    assert any("image/png" in output.get("data", {}) for cell in execution.notebook.cells for output in cell.outputs)
