"""Homework 5: every mistake is named as itself, right answers pass, loops are judged on what they did."""

from __future__ import annotations

import pytest
import torch
from answers_hw5 import RIGHT, WRONG
from judging import LONGEST_MESSAGE, SECRETS, catalogue, judge, key_of, written

from autograder.exercises import exercises_of, find_exercise
from autograder.exercises.hw5.tasks import MOODY, draw_task
from course_utils.checks.answer_key import load_key
from course_utils.checks.diagnose import diagnose, fitting_mistakes
from course_utils.checks.driving.training import set_up
from course_utils.checks.verdict import Outcome

EXERCISES = exercises_of("hw5")
POINTS = {
    "minibatches": 2,
    "PairDataset": 1,
    "sgd_step": 1,
    "sgd_momentum_step": 2,
    "adam_step": 3,
    "train_one_epoch": 3,
    "evaluate": 3,
}
MISTAKES = [(name, mistake.name) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]
IMPORTS = "from torch.utils.data import DataLoader, Dataset, TensorDataset\n"


def answer_of(name, code):
    return written(IMPORTS + code, name)


def test_points_add_up_to_fifteen():
    assert {name: exercise.contract.points for name, exercise in EXERCISES.items()} == POINTS
    assert sum(POINTS.values()) == 15


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_named_as_itself_and_as_nothing_else(name, mistake, secret):
    key = key_of(name, secret)
    known = next(known for known in key.mistakes if known.name == mistake)
    assert [fitting.name for fitting in fitting_mistakes(key, known.responses)] == [mistake]
    verdict = diagnose(key, known.responses)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake == mistake
    assert verdict.points == known.credit * POINTS[name]
    assert len(verdict.message().split()) < LONGEST_MESSAGE


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right_answers_pass_in_any_style(name, code, secret):
    verdict = judge(name, answer_of(name, code), secret)
    assert verdict.outcome is Outcome.PASSED, verdict.message()
    assert verdict.points == POINTS[name]


@pytest.mark.parametrize(("name", "code", "mistake"), WRONG)
def test_wrong_answers_fail_and_say_why(name, code, mistake):
    for secret in SECRETS:
        verdict = judge(name, answer_of(name, code), secret)
        assert verdict.outcome is Outcome.FAILED
        assert len(verdict.message().split()) < LONGEST_MESSAGE
        if mistake:
            assert verdict.mistake == mistake


@pytest.mark.parametrize("entry", catalogue("mistakes", *EXERCISES))
def test_the_catalogues_wrong_answers_get_a_named_mistake(entry):
    answer = answer_of(entry["exercise"], entry["code"])
    declared = {mistake.name for mistake in find_exercise(entry["exercise"]).mistakes}
    verdict, visible = judge(entry["exercise"], answer, 1), judge(entry["exercise"], answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.mistake in declared
    assert visible.mistake == verdict.mistake


@pytest.mark.parametrize("entry", catalogue("right", *EXERCISES))
def test_the_catalogues_right_answers_pass(entry):
    verdict = judge(entry["exercise"], answer_of(entry["exercise"], entry["code"]), 1)
    assert verdict.outcome is Outcome.PASSED, verdict.message()


@pytest.mark.parametrize("name", EXERCISES)
def test_stubs_are_not_attempted(name):
    stub = f"class {name}(Dataset):\n    def __init__(self, X, y): raise NotImplementedError()"
    if name != "PairDataset":
        stub = f"def {name}(*inputs):\n    raise NotImplementedError()"
    verdict = judge(name, answer_of(name, stub), 1)
    assert verdict.outcome is Outcome.NOT_ATTEMPTED
    assert verdict.points == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_frozen_keys_are_those_of_the_exercises(name):
    frozen, fresh = load_key(name), key_of(name)
    assert [case.label for case in frozen.cases] == [case.label for case in fresh.cases]
    assert [mistake.name for mistake in frozen.mistakes] == [mistake.name for mistake in fresh.mistakes]
    assert not any(case.is_hidden for case in frozen.cases)


@pytest.mark.parametrize("secret", range(60, 80))
def test_a_random_order_is_never_taken_for_a_mistake(secret):
    reference = EXERCISES["minibatches"].reference
    assert judge("minibatches", reference, secret).outcome is Outcome.PASSED


# --- both ways of leaving the mode behind -----------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["model.eval()", "model.train(was)", "pass"])
def test_evaluate_may_leave_evaluation_mode_or_give_the_mode_back(ending):
    code = f"""
def evaluate(model, loader, loss_fn, device):
    was = model.training
    model.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    {ending}
    return loss / n, hits / n
"""
    assert judge("evaluate", answer_of("evaluate", code), 1).outcome is Outcome.PASSED


def test_evaluate_may_not_switch_a_model_to_training():
    code = """
def evaluate(model, loader, loss_fn, device):
    model.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    model.train()
    return loss / n, hits / n
"""
    assert judge("evaluate", answer_of("evaluate", code)).outcome is Outcome.FAILED


# --- a device of its own ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "move",
    ["x.to(device)", "x.cuda()", "x.to(device=device, non_blocking=True)", "x.to(next(model.parameters()).device)",
     "torch.as_tensor(x, device=device)", "x.to(device, x.dtype)", "x.to(next(model.parameters()))"],
)  # fmt: skip
def test_every_way_of_moving_counts_as_moved(move):
    code = f"""
def evaluate(model, loader, loss_fn, device):
    model.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for x, y in loader:
            x, y = {move if "cuda" not in move else "x.cuda() if device.type == 'cuda' else x"}, y.to(device)
            out = model(x)
            loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    return loss / n, hits / n
"""
    assert judge("evaluate", answer_of("evaluate", code), 1).outcome is Outcome.PASSED


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", ["train_one_epoch", "evaluate"])
def test_right_answers_give_the_same_numbers_on_a_real_device(name):
    settings = {"optimizer": "sgd", "lr": 0.1} if name == "train_one_epoch" else {}
    arguments = draw_task(torch.Generator().manual_seed(5), n=11, layers=MOODY, batch_size=4, **settings)
    codes = [code for exercise, code in RIGHT if exercise == name]
    results = []
    for device in ("cpu", "cuda"):
        for code in codes:
            bench = set_up(arguments)
            bench.model.to(device)
            extra = [torch.optim.SGD(bench.model.parameters(), lr=0.1)] if settings else []
            found = answer_of(name, code)(bench.model, bench.loader, bench.loss, *extra, torch.device(device))
            numbers = list(found) if isinstance(found, (tuple, list)) else [found]
            results.append([*map(float, numbers), float(bench.weights().sum())])
    for result in results:
        assert result == pytest.approx(results[0], rel=1e-5)
