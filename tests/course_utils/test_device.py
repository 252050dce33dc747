"""The device: the best one here, or the one named, or one clear sentence."""

import subprocess
import sys

import pytest
import torch

from course_utils.device import choose_half_precision, pick_device
from course_utils.errors import TrainingError

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA card in this computer")
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_without_a_name_the_fastest_device_here_is_chosen():
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert pick_device() == torch.device(expected)


@pytest.mark.parametrize("name", ["cpu", "CPU", " cpu ", torch.device("cpu")])
def test_the_processor_can_always_be_had(name):
    assert pick_device(name) == CPU


@needs_cuda
def test_a_card_can_be_named_with_or_without_its_number():
    assert pick_device("cuda") == CUDA
    assert pick_device("cuda:0") == torch.device("cuda:0")


@pytest.mark.parametrize("name", ["cuda:99", "mps:7", "gpu", "tpu", "", "cpu:0:1", "cudda"])
def test_a_device_that_is_not_here_is_one_sentence_and_the_ones_that_are(name):
    with pytest.raises(TrainingError, match="not in this computer") as caught:
        pick_device(name)
    assert repr(name) in caught.value.what
    assert "cpu" in caught.value.mend


def test_asking_for_a_card_where_there_is_none_says_where_colab_has_one():
    code = (
        "from course_utils.device import pick_device\n"
        "from course_utils.errors import TrainingError\n"
        "try: pick_device('cuda')\n"
        "except TrainingError as problem: print(problem)\n"
        "print(pick_device())\n"
    )
    blind = {"CUDA_VISIBLE_DEVICES": "", "PATH": "", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", code], env=blind, capture_output=True, text=True, check=True)
    assert "The device 'cuda' is not in this computer." in run.stdout
    assert "Colab" in run.stdout


def test_half_precision_is_never_chosen_off_cuda():
    assert choose_half_precision("auto", CPU, 10**12) is None
    assert choose_half_precision(False, CUDA, 10**12) is None
    assert choose_half_precision("auto", CUDA, 10**6) is None
    with pytest.raises(TrainingError, match="gains nothing on the device 'cpu'"):
        choose_half_precision(True, CPU, 10**12)


@needs_cuda
def test_half_precision_is_chosen_on_cuda_where_the_steps_are_large():
    assert choose_half_precision("auto", CUDA, 10**12) in (torch.bfloat16, torch.float16)
    assert choose_half_precision(True, CUDA, 1) in (torch.bfloat16, torch.float16)
