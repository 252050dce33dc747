"""`check()` as students meet it: in any state of their notebook, with any answer, in a notebook or a terminal."""

from __future__ import annotations

import copy
import functools
import os
import subprocess
import sys
import textwrap

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from notebook_state import state

from course_utils import check
from course_utils.checks.answer_key import KEYS, load_key
from course_utils.errors import CheckError

RIGHT = {
    "mse": "def mse(p, y):\n    return ((p - y) ** 2).mean()",
    "linear_predict": "def linear_predict(X, w, b):\n    return X @ w + b",
    "gd_step": "def gd_step(w, b, dw, db, lr):\n    return w - lr * dw, b - lr * db",
    "mse_grad": (
        "def mse_grad(X, y, w, b):\n"
        "    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()\n"
        "    loss = ((X @ w + b - y) ** 2).mean()\n"
        "    loss.backward()\n"
        "    return w.grad, b.grad"
    ),
}
POINTS = {"mse": 1.0, "linear_predict": 2.0, "gd_step": 1.0, "mse_grad": 3.0}


def cell(source, **names):
    """Run a cell of a notebook; return its namespace."""
    namespace = {"torch": torch, "np": np, "check": check, "__name__": "__main__", **names}
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), namespace)
    return namespace


def checked(source, name, **names):
    """Run an answer's cell and `check(name)` after it; return what the check returned."""
    namespace = cell(source, **names)
    exec(compile(f"points = check({name})", "<cell>", "exec"), namespace)
    return namespace["points"]


@pytest.mark.parametrize("name", RIGHT)
def test_the_points_are_a_plain_float(name, capsys):
    points = checked(RIGHT[name], name)
    assert type(points) is float
    assert points == POINTS[name]
    assert capsys.readouterr().out.startswith(f"✓ {name}: right ({POINTS[name]:g} of {POINTS[name]:g} point")


@pytest.mark.parametrize("name", sorted(path.stem for path in KEYS.glob("*.npz")))
def test_a_stub_of_every_exercise_has_no_points_and_changes_nothing(name, capsys):
    before = state_of_test()
    stub = f"class {name}:\n    def __init__(self, *a, **k):\n        raise NotImplementedError()"
    if load_key(name).contract.driver in ("record", "given"):  # a value is asked for, not a function
        stub = f"{name} = ..."
    assert checked(stub, name) == 0.0
    assert state_of_test() == before
    assert "not written yet" in capsys.readouterr().out


def state_of_test():
    """Return the state but for the streams, which pytest exchanges between a test's phases."""
    return {name: value for name, value in state().items() if name not in ("streams", "stderr", "live threads")}


# --- the notebook is as it was ---------------------------------------------------------------------------------

UNRULY = """
import logging, random, signal, sys, warnings
def mse(p, y):
    random.seed(0); np.random.seed(0); torch.manual_seed(0); torch.rand(3)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    torch.autograd.set_detect_anomaly(True)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    logging.disable(50)
    print("out"); print("err", file=sys.stderr)
    p += 1
    return ((p - y) ** 2).mean()
"""


@pytest.mark.parametrize(
    "source",
    [
        RIGHT["mse"],
        UNRULY,
        "def mse(p, y): raise KeyError('no')",
        "def mse(p, y): p.zero_(); y.zero_()",
        "def mse(p, y): raise SystemExit",
        "def mse(p, y): return torch.zeros(10**13)",
    ],
    ids=["right", "unruly", "raises", "destroys", "exits", "hogs"],
)
def test_check_changes_nothing_global_and_no_key(source, capsys):
    before, key = state_of_test(), copy.deepcopy(load_key("mse").cases)
    checked(source, "mse")
    assert state_of_test() == before
    for made, kept in zip(load_key("mse").cases, key, strict=True):
        for name, value in made.arguments.items():
            assert torch.equal(value, kept.arguments[name])
    assert capsys.readouterr().err == ""


def test_students_draws_go_on_as_if_there_had_been_no_check(capsys):
    torch.manual_seed(5), np.random.seed(5)
    drawn = torch.rand(2).tolist() + np.random.rand(2).tolist()
    torch.manual_seed(5), np.random.seed(5)
    first = torch.rand(1).tolist(), np.random.rand(1).tolist()
    checked(RIGHT["mse"], "mse")
    assert [*first[0], *torch.rand(1).tolist(), *first[1], *np.random.rand(1).tolist()] == drawn


# --- whatever state the notebook is in -----------------------------------------------------------------------


@pytest.fixture
def _restored():
    """Put back what a notebook has set for itself."""
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_grad_enabled(True)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    load_key.__globals__["_load"].cache_clear()


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize(
    "setting",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_default_dtype(torch.float16)",
        "torch.set_default_device('meta')",
        pytest.param(
            "torch.set_default_device('cuda')",
            marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
        ),
        "torch.set_grad_enabled(False)",
        "np.seterr(all='raise')",
        "import warnings; warnings.simplefilter('error')",
    ],
)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_under_any_setting(setting, name, recwarn, capsys):
    load_key.__globals__["_load"].cache_clear()  # the key may be read for the first time in this state
    cell(setting)
    for _ in range(2):
        assert checked(RIGHT[name], name) == POINTS[name]


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("mode", ["torch.no_grad()", "torch.inference_mode()", "torch.device('meta')"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_inside_any_block_and_after_it(mode, name, capsys):
    load_key.__globals__["_load"].cache_clear()
    inside = cell(f"{RIGHT[name]}\nwith {mode}:\n    points = check({name})")
    assert inside["points"] == POINTS[name]
    assert checked(RIGHT[name], name) == POINTS[name]


@pytest.mark.parametrize(
    "broken",
    [
        "sum = max",
        "print = len = float = range = abs = None",
        "np = 'numpy'",
        "import builtins; str = 3",
        "KEYS = load_key = Verdict = 0",
        "check_ = check; __builtins__['__doc__'] = 3" if isinstance(__builtins__, dict) else "x = 1",
    ],
)
def test_names_a_student_has_overwritten_do_no_harm(broken, capsys):
    assert checked(f"{RIGHT['mse']}\n{broken}", "mse") == 1.0


def test_an_answer_that_uses_an_overwritten_torch_is_told_its_own_line(capsys):
    assert checked("torch = None\ndef mse(p, y):\n    return torch.mean((p - y) ** 2)", "mse") == 0.0
    assert "AttributeError: 'NoneType' object has no attribute 'mean'" in capsys.readouterr().out


def test_checks_may_be_run_twice_and_in_any_order(capsys):
    for name in (*RIGHT, *reversed(RIGHT)):
        assert checked(RIGHT[name], name) == POINTS[name]


def test_a_mended_answer_is_judged_anew(capsys):
    namespace = cell("def mse(p, y): return ((p - y) ** 2).sum()\nfirst = check(mse)")
    exec(f"{RIGHT['mse']}\nsecond = check(mse)", namespace)
    assert (namespace["first"], namespace["second"]) == (0.0, 1.0)


# --- which exercise is meant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("mse = lambda p, y: ((p - y) ** 2).mean()", 1.0),
        ("def half(k, p, y): return k * ((p - y) ** 2).mean()\nmse = functools.partial(half, 1)", 1.0),
        ("class Loss:\n    def __call__(self, p, y): return ((p - y) ** 2).mean()\nmse = Loss()", 1.0),
        ("def my_first_try(p, y): return ((p - y) ** 2).mean()\nmse = my_first_try", 1.0),
        ("mse = torch.nn.MSELoss()", 1.0),
        ("mse = torch.nn.functional.mse_loss", 1.0),
        ("mse = torch.no_grad()(lambda p, y: ((p - y) ** 2).mean())", 1.0),
        ("def mae(p, y): return (p - y).abs().mean()\nmse = mae", 0.0),
        ("def mae(p, y): return ((p - y) ** 2).mean()\nmse = mae", 1.0),  # judged as what it was handed over as
        ("def gd_step(p, y): return ((p - y) ** 2).mean()\nmse = gd_step", 1.0),
        ("mse = None", 0.0),
        ("mse = 3.0", 0.0),
        ("mse = torch.tensor([1.0, 2.0])", 0.0),
    ],
)
def test_the_exercise_is_the_one_whose_name_the_answer_was_given(source, points, capsys):
    assert checked(source, "mse", functools=functools) == points
    assert "mse:" in capsys.readouterr().out


def test_an_answer_in_a_function_of_its_own_is_found(capsys):
    namespace = cell("""
        def inside():
            mse = lambda p, y: ((p - y) ** 2).mean()
            return check(mse)
        points = inside()
    """)
    assert namespace["points"] == 1.0


def test_a_name_may_be_given(capsys):
    assert check(lambda p, y: ((p - y) ** 2).mean(), "mse") == 1.0


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("check(lambda p, y: p)", "No exercise is called '<lambda>'"),
        ("def meen_squared(p, y): return p\ncheck(meen_squared)", "No exercise is called 'meen_squared'"),
        ("check(3.0)", "No exercise is called 'float'"),
        ("check(None)", "No exercise is called 'NoneType'"),
        ("check(torch.ones(2))", "No exercise is called 'Tensor'"),
        ("check(sum, 'meen')", "no answer key for an exercise called 'meen'"),
        ("check(sum, '../../secrets')", "no answer key"),
    ],
)
def test_what_belongs_to_no_exercise_is_said_in_one_sentence(source, words):
    with pytest.raises(CheckError, match=words.replace("(", r"\(")) as error:
        cell(source)
    assert len(str(error.value).split()) < 40


# --- in a terminal, in a notebook ------------------------------------------------------------------------------

SCRIPT = """
from course_utils import check
def mse(p, y):
    print("η =", len(p))
    return ((p - y) ** 2).sum()
print(repr(check(mse)))
"""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_a_terminal_of_any_encoding_shows_the_verdict(encoding):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=120,
        check=False,
    )
    shown = done.stdout.decode(encoding)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    assert "mse: not yet (0 of 1 points)" in shown
    assert "This is the sum of the squares" in shown
    assert shown.splitlines()[-1] == "0.0"


CELLS = [
    "import torch, sys, os, time, warnings\nfrom course_utils import check",
    RIGHT["mse"],
    "check(mse)",
    "def sse(p, y):\n    while True:\n        try:\n            time.sleep(1)\n        except BaseException: pass",
    "check(sse)",
    "def mae(p, y):\n    os.write(2, b'noise')\n    warnings.warn('noise')\n    print('noise', file=sys.stderr)\n"
    "    return (p - y).abs().mean()",
    "check(mae)",
    "sum = max\ncheck(mse)",
    "def rmse(p, y):\n    raise NotImplementedError()",
    "check(rmse)",
    "check(rmes)",
]


@pytest.mark.slow
def test_in_a_notebook_the_verdict_is_shown_and_the_points_are_the_result():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120).execute()
    results = []
    for made in notebook.cells:
        by_kind = {output.output_type: output for output in made.outputs}
        assert not any(output.get("name") == "stderr" for output in made.outputs), made.outputs
        if "execute_result" in by_kind:
            shown = by_kind["display_data"].data
            assert "<details" in shown["text/html"] or "not written" in shown["text/html"]
            assert "mse" in shown["text/plain"] or "mae" in shown["text/plain"] or "sse" in shown["text/plain"]
            results.append(by_kind["execute_result"].data["text/plain"])
    assert results == ["1.0", "0.0", "1.0", "1.0", "0.0"]
    assert notebook.cells[-1].outputs[-1].ename == "NameError"
