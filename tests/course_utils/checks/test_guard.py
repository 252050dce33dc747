"""Whatever a check runs, the notebook's own settings are as they were."""

from __future__ import annotations

import logging
import os
import random
import sys
import warnings

import numpy as np
import pytest
import torch
from notebook_state import state

from course_utils.checks.guard import plain_torch, seed_everything, untouched
from course_utils.checks.response import MAX_PRINTED


def upset_everything():
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)
    torch.rand(5), np.random.rand(5), random.random()
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.autograd.set_detect_anomaly(True, check_nan=False)
    torch.set_num_threads(torch.get_num_threads() + 1)
    warnings.simplefilter("always")
    np.seterr(all="ignore")
    logging.disable(logging.NOTSET)
    sys.stdout = sys.stderr


@pytest.fixture
def _quiet():
    """Put back what a test changes in earnest."""
    grad, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    yield
    torch.set_grad_enabled(grad)
    torch.set_default_dtype(dtype)
    torch.set_default_device(None)
    torch.autograd.set_detect_anomaly(False, check_nan=True)


def test_all_settings_come_back():
    before = state()
    with untouched(3):
        upset_everything()
    assert state() == before


def test_all_settings_come_back_after_an_error():
    before = state()

    def fail():
        with untouched(3):
            upset_everything()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert state() == before


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize(
    "prepare",
    [
        lambda: torch.set_default_dtype(torch.float64),
        lambda: torch.set_grad_enabled(False),
        lambda: torch.set_default_device("meta"),
        lambda: torch.autograd.set_detect_anomaly(True, check_nan=False),
    ],
    ids=["float64", "no gradients", "another device", "anomaly mode"],
)
def test_settings_of_the_notebook_are_set_aside_and_come_back(prepare):
    prepare()
    before = state()
    with untouched(3):
        assert torch.get_default_dtype() is torch.float32
        assert torch.is_grad_enabled()
        assert torch.ones(1).device.type == "cpu"
        upset_everything()
    assert state() == before


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("before", [None, "cpu"])
def test_a_default_device_that_the_code_sets_does_not_stay(before):
    torch.set_default_device(before)
    expected = torch.get_default_device()
    with untouched(3):
        torch.set_default_device("meta")
    assert torch.get_default_device() == expected


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_modes_of_the_notebook_are_set_aside(mode):
    with mode():
        before = state()
        with untouched(3):
            assert not torch.is_inference_mode_enabled()
            loss = (torch.ones(2, requires_grad=True) ** 2).sum()
            loss.backward()
        assert state() == before


def test_the_same_seed_draws_the_same_numbers():
    drawn = []
    for _ in range(2):
        with untouched(7):
            drawn.append((random.random(), np.random.rand(), torch.rand(1).item()))
    assert drawn[0] == drawn[1]
    with untouched(8):
        assert torch.rand(1).item() != drawn[0][2]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**40])
def test_any_crc_or_larger_is_a_seed(seed):
    with untouched(0):
        seed_everything(seed)


def test_prints_are_kept_apart_and_cut(capfd):
    with untouched(0) as printed:
        print("ŷ is", 3)
        sys.stdout.write("x" * 10_000)
        for _ in range(10_000):
            print("flood")
    assert printed.text().startswith("ŷ is 3\nxxx")
    assert len(printed.text()) == MAX_PRINTED
    assert capfd.readouterr() == ("", "")


def test_escape_sequences_do_not_survive():
    with untouched(0) as printed:
        print("\x1b]0;title\x07\x1b[2J")
    assert printed.text() == "]0;title[2J\n"


def test_nothing_reaches_stderr_by_whichever_door(capfd):
    handler = logging.StreamHandler(sys.stderr)  # one that a student made in an earlier cell
    logging.getLogger("student").addHandler(handler)
    with untouched(0):
        sys.stderr.write("written")
        print("printed", file=sys.stderr)
        os.write(2, b"past Python")
        warnings.warn("a warning", UserWarning, stacklevel=1)
        logging.getLogger("student").error("logged")
        logging.warning("logged by the root")
    logging.getLogger("student").removeHandler(handler)
    assert capfd.readouterr().err == ""
    os.write(2, b"back again")
    assert capfd.readouterr().err == "back again"


def test_plain_torch_makes_tensors_that_can_be_used_anywhere():
    with torch.inference_mode(), plain_torch():
        made = torch.ones(2, requires_grad=True)
    (made * 2).sum().backward()
    assert made.grad.tolist() == [2, 2]
