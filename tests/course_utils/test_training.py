"""fit and evaluate, with the plain loop as the oracle."""

import math
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.errors import TrainingError
from course_utils.training import accuracy, evaluate, fit, seed_everything

ROOT = Path(__file__).resolve().parents[2]
N, D, C = 130, 6, 3  # 130 = 4·32 + 2: the last batch is small


@pytest.fixture(autouse=True)
def one_thread():
    """Use one thread: for models as small as these a second one only waits for the first."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def make_data(rows: int = N, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    X = torch.randn(rows, D, generator=torch.Generator().manual_seed(seed))
    return X, X[:, :C].argmax(dim=1)


def make_model(seed: int = 0, dropout: float = 0.0) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(D, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, C))


def same_state(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    return all(name == name2 and torch.equal(a, b) for (name, a), (name2, b) in pairs)


X, Y = make_data()
HELD_OUT = make_data(50, seed=1)
QUIET = {"progress": False, "device": "cpu", "batch_size": 32}


# --- what it does


def test_the_file_that_lecture_9_reads_line_by_line_stays_under_two_hundred_lines():
    assert len((ROOT / "course_utils/training.py").read_text(encoding="utf-8").splitlines()) < 200


def test_fit_gives_bit_for_bit_the_weights_and_losses_of_the_plain_loop():
    by_hand, losses = make_model(), []
    optimizer = torch.optim.Adam(by_hand.parameters(), lr=0.01, fused=True)
    generator = torch.Generator().manual_seed(5)
    for _ in range(3):
        by_hand.train()
        total = 0.0
        for rows in torch.randperm(N, generator=generator).split(32):
            loss = F.cross_entropy(by_hand(X[rows]), Y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / N)
    model = make_model()
    history = fit(model, X, Y, epochs=3, lr=0.01, seed=5, **QUIET)
    assert same_state(model, by_hand)
    assert history.train_loss == pytest.approx(losses, rel=1e-6)
    assert len(history) == len(history.seconds) == 3
    assert history.validation_loss == ()
    assert history.metrics == {}


def test_the_default_is_adam_to_rounding():
    fused, plain = nn.Linear(D, C), nn.Linear(D, C)
    plain.load_state_dict(fused.state_dict())
    fit(fused, X, Y, epochs=2, lr=0.01, **QUIET)
    fit(plain, X, Y, epochs=2, optimiser=lambda parameters: torch.optim.Adam(parameters, lr=0.01), **QUIET)
    assert torch.allclose(fused.weight, plain.weight, atol=1e-5)
    assert torch.allclose(fused.bias, plain.bias, atol=1e-5)


def test_another_seed_is_another_order():
    one, other = make_model(), make_model()
    fit(one, X, Y, epochs=1, seed=0, **QUIET)
    fit(other, X, Y, epochs=1, seed=1, **QUIET)
    assert not same_state(one, other)


def test_dropout_is_repeated_with_the_seed_and_the_callers_random_numbers_go_on_undisturbed():
    models = [make_model(dropout=0.5) for _ in range(2)]
    torch.manual_seed(3)
    fit(models[0], X, Y, epochs=2, **QUIET)
    after_fit = torch.rand(1).item()
    torch.manual_seed(3)
    assert after_fit == torch.rand(1).item()
    fit(models[1], X, Y, epochs=2, **QUIET)
    assert same_state(*models)


def test_the_validation_scores_are_those_of_evaluate_after_each_epoch():
    seen, model = [], make_model()
    history = fit(
        model, X, Y, epochs=3, validation=HELD_OUT, on_epoch=lambda _: seen.append(evaluate(model, *HELD_OUT)), **QUIET
    )
    assert history.validation_loss == tuple(scores["loss"] for scores in seen)
    assert history.metrics == {"accuracy": tuple(scores["accuracy"] for scores in seen)}


def test_on_epoch_gets_the_record_in_the_callers_mode():
    seen, model = [], make_model().eval()
    history = fit(model, X, Y, epochs=2, on_epoch=lambda record: seen.append((record, model.training)), **QUIET)
    assert [record for record, _ in seen] == history.records()
    assert [training for _, training in seen] == [False, False]


def test_an_optimiser_of_ones_own_gets_the_parameters_that_are_trained():
    model, given = make_model(), []
    model[0].requires_grad_(False)
    before = model[0].weight.clone()

    def make(parameters):
        given.extend(parameters)
        return torch.optim.SGD(given, lr=0.1)

    fit(model, X, Y, epochs=1, optimiser=make, **QUIET)
    assert len(given) == 4
    assert torch.equal(model[0].weight, before)


def test_a_regression_is_fitted_with_another_loss_and_without_accuracy():
    target = X @ torch.arange(1.0, D + 1)[:, None]
    history = fit(
        nn.Linear(D, 1), X, target, epochs=40, lr=0.1, loss=F.mse_loss, validation=(X, target), seed=0, **QUIET
    )
    assert history.metrics == {}
    assert history.validation_loss[-1] < 0.01


def test_each_part_of_the_model_gets_its_mode_back():
    model = make_model()
    model[1].eval()
    before = [part.training for part in model.modules()]
    evaluate(model, X, Y)
    fit(model, X, Y, epochs=1, **QUIET)
    with pytest.raises(IndexError):
        fit(model, X, Y + 1, epochs=1, **QUIET)  # class 3 of 0 to 2
    assert [part.training for part in model.modules()] == before


def test_progress_prints_a_line_per_epoch_but_twenty_at_most(capsys):
    fit(make_model(), X, Y, epochs=2, **{**QUIET, "progress": True})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("epoch 1/2 [##########..........]  train loss ")
    fit(make_model(), X, Y, epochs=50, **{**QUIET, "progress": True})
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) <= 20
    assert "epoch 50/50 [####################]" in shown.out
    assert shown.err == ""  # a test cell with anything on stderr scores nothing
    fit(make_model(), X, Y, epochs=1, **QUIET)
    assert capsys.readouterr().out == ""


# --- evaluate


@pytest.mark.parametrize("batch_size", [1, 7, 64, N, 1000])
def test_evaluate_is_the_mean_over_rows_whatever_the_batches(batch_size):
    model = make_model().eval()
    with torch.no_grad():
        outputs = model(X)
    model.train()
    scores = evaluate(model, X, Y, metrics={"largest": lambda z, y: z.amax(1).mean()}, batch_size=batch_size)
    assert scores == pytest.approx(
        {"loss": F.cross_entropy(outputs, Y).item(), "largest": outputs.amax(1).mean().item()}, rel=1e-5
    )
    assert evaluate(model, X, Y)["accuracy"] == pytest.approx(accuracy(outputs, Y))


def test_evaluate_leaves_weights_buffers_gradients_and_random_numbers_alone():
    model = make_model(dropout=0.5).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    torch.manual_seed(0)
    assert evaluate(model, X, Y) == evaluate(model, X, Y)
    drawn = torch.rand(1)
    torch.manual_seed(0)
    assert drawn == torch.rand(1)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert model.training


# --- early stopping


def test_early_stopping_ends_the_run_and_takes_the_best_weights_back(capsys):
    few, unlike = (X[:20], Y[:20]), (HELD_OUT[0], (HELD_OUT[1] + 1) % C)  # labels that training moves away from
    model, kept = make_model(), {}

    def keep(record):
        kept[record["epoch"]] = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    settings = {**QUIET, "progress": True, "lr": 0.01, "on_epoch": keep}
    history = fit(model, *few, epochs=60, validation=unlike, patience=3, **settings)
    assert history.stopped_early
    assert len(history) == history.best_epoch + 3 < 60
    assert history.best_epoch == history.validation_loss.index(min(history.validation_loss)) + 1
    assert all(torch.equal(kept[history.best_epoch][name], t) for name, t in model.state_dict().items())
    assert evaluate(model, *unlike)["loss"] == history.validation_loss[history.best_epoch - 1]
    assert f"back to the weights of epoch {history.best_epoch}" in capsys.readouterr().out


def test_patience_that_is_never_used_up_lets_the_run_end():
    history = fit(make_model(), X, Y, epochs=3, validation=HELD_OUT, patience=3, **QUIET)
    assert not history.stopped_early
    assert len(history) == 3


# --- checkpoints

RUNS = {
    "adam and dropout": {},
    "momentum": {"optimiser": lambda parameters: torch.optim.SGD(parameters, lr=0.05, momentum=0.9)},
    "early stopping": {"patience": 50, "validation": HELD_OUT},
}


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("cut", [1, 3, 4])
def test_a_resumed_run_ends_in_exactly_the_weights_of_an_uninterrupted_one(tmp_path, settings, cut):
    whole, first, second = (make_model(seed, dropout=0.5) for seed in (0, 0, 9))
    file = tmp_path / "new folder" / "run.pt"
    straight = fit(whole, X, Y, epochs=4, **settings, **QUIET)
    fit(first, X, Y, epochs=cut, checkpoint=file, **settings, **QUIET)
    torch.rand(17)  # other draws in between must not matter
    resumed = fit(second, X, Y, epochs=4, checkpoint=file, **settings, **QUIET)
    assert same_state(whole, second)
    assert resumed.train_loss == straight.train_loss
    assert resumed.validation_loss == straight.validation_loss
    assert resumed.best_epoch == straight.best_epoch


KILLED = """
import os, signal, sys
sys.path[:0] = [{root!r}, {here!r}]
import torch
from test_training import QUIET, X, Y, make_model
from course_utils.training import fit
torch.set_num_threads({threads})  # sums in another order round differently
model = make_model(dropout=0.5)
calls = 0
def die(*_):
    global calls
    calls += 1
    if calls == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
{hook}
fit(model, X, Y, epochs=4, checkpoint={file!r}, **QUIET)
"""
HOOKS = {
    "in the middle of an epoch": (12, "model.register_forward_hook(die)"),  # the second batch of epoch 3
    "in the middle of writing": (
        13,  # inside the third checkpoint: torch.save has written part of the file
        "write = os.fsync\ndef kill_late(n):\n    write(n); [die() for _ in range(5)]\nos.fsync = kill_late",
    ),
}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize(("call", "hook"), HOOKS.values(), ids=HOOKS)
def test_a_killed_run_is_resumed_to_exactly_the_same_weights(tmp_path, call, hook):
    file = tmp_path / "run.pt"
    here = str(Path(__file__).parent)
    names = {"root": str(ROOT), "here": here, "call": call, "hook": hook, "file": str(file)}
    code = KILLED.format(**names, threads=torch.get_num_threads())
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    whole, resumed = make_model(dropout=0.5), make_model(seed=9, dropout=0.5)
    straight = fit(whole, X, Y, epochs=4, **QUIET)
    after = []
    history = fit(resumed, X, Y, epochs=4, checkpoint=file, on_epoch=after.append, **QUIET)
    assert [record["epoch"] for record in after] == [3, 4]  # two epochs were safe on the disk
    assert history.train_loss == straight.train_loss
    assert same_state(whole, resumed)


def test_a_finished_run_is_loaded_and_not_trained_again(tmp_path, capsys):
    file, model = tmp_path / "run.pt", make_model()
    fit(model, X, Y, epochs=2, checkpoint=file, **QUIET)
    again, calls = make_model(seed=9), []
    history = fit(again, X, Y, epochs=2, checkpoint=file, on_epoch=calls.append, **{**QUIET, "progress": True})
    assert calls == []
    assert len(history) == 2
    assert same_state(again, model)
    assert "going on after epoch 2" in capsys.readouterr().out


def test_resume_false_begins_anew_and_writes_over_the_file(tmp_path):
    file = tmp_path / "run.pt"
    fit(make_model(), X, Y, epochs=3, checkpoint=file, **QUIET)
    history = fit(make_model(), X, Y, epochs=1, lr=0.5, checkpoint=file, resume=False, **QUIET)
    assert len(history) == 1
    assert len(torch.load(file, weights_only=True)["history"]["train_loss"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_a_run_that_stopped_early_is_not_taken_up_again_but_for_more_patience(tmp_path):
    few, unlike = (X[:20], Y[:20]), (HELD_OUT[0], (HELD_OUT[1] + 1) % C)
    settings = {"validation": unlike, "lr": 0.01, "checkpoint": tmp_path / "run.pt", "epochs": 60, **QUIET}
    stopped = fit(make_model(), *few, patience=2, **settings)
    assert fit(make_model(), *few, patience=2, **settings) == stopped
    assert len(fit(make_model(), *few, patience=4, **settings)) > len(stopped)


def test_a_checkpoint_that_could_run_code_is_refused(tmp_path):
    file = tmp_path / "run.pt"
    torch.save({"model": print, "settings": {}}, file)
    with pytest.raises(TrainingError, match="damaged, or no checkpoint"):
        fit(make_model(), X, Y, checkpoint=file, **QUIET)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"hello", lambda b: b[:-50]])
def test_a_damaged_checkpoint_is_one_sentence_and_changes_nothing(tmp_path, damage):
    file, model = tmp_path / "run.pt", make_model()
    fit(make_model(), X, Y, epochs=1, checkpoint=file, **QUIET)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(TrainingError, match=r"run\.pt is damaged, or no checkpoint of fit's\. Delete the file"):
        fit(model, X, Y, checkpoint=file, **QUIET)
    assert same_state(model, make_model())


OTHERS = {
    "another width": (nn.Sequential(nn.Linear(D, 8), nn.ReLU(), nn.Linear(8, C)), {}, r"another model: 0\.weight is"),
    "more layers": (nn.Sequential(*make_model(), nn.Linear(C, C)), {}, r"another model: 5\.weight is None in the file"),
    "learning rate": (None, {"lr": 0.5}, r"another run: lr is 0\.001 in the file and 0\.5 here"),
    "batch size": (None, {"batch_size": 8}, "another run: batch_size is 32 in the file and 8 here"),
    "seed": (None, {"seed": 4}, "another run: seed is 0 in the file and 4 here"),
    "validation": (None, {"validation": HELD_OUT}, "validation is False in the file and True here"),
    "optimiser": (None, {"optimiser": lambda p: torch.optim.SGD(p, lr=0.001)}, "Adam in the file and SGD here"),
}


@pytest.mark.parametrize(("model", "settings", "message"), OTHERS.values(), ids=OTHERS)
def test_a_checkpoint_of_another_model_or_run_is_refused_and_changes_nothing(tmp_path, model, settings, message):
    file = tmp_path / "run.pt"
    fit(make_model(), X, Y, epochs=1, checkpoint=file, **QUIET)
    model = model or make_model()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(TrainingError, match=message):
        fit(model, X, Y, checkpoint=file, **{**QUIET, **settings})
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(TrainingError, match=r"The checkpoint .* cannot be written"):
        fit(make_model(), X, Y, checkpoint=tmp_path / "file" / "run.pt", epochs=1, **QUIET)
    (tmp_path / "folder").mkdir()
    with pytest.raises(TrainingError, match=r"The checkpoint .* (cannot be written|is damaged)"):
        fit(make_model(), X, Y, checkpoint=tmp_path / "folder", epochs=1, **QUIET)


# --- bad inputs

ONE_NAN = X.clone()
ONE_NAN[7, 2] = math.nan
FROZEN = make_model().requires_grad_(False)
BAD = {
    "rows do not match": ({"y": Y[:-1]}, "X has 130 rows and y has 129. Each row needs one target."),
    "no rows": ({"X": X[:0], "y": Y[:0]}, "X has no rows."),
    "float labels": ({"y": Y.float()}, r"y holds torch.float32, not class indices \(torch.int64\). .*y = y.long\(\)"),
    "small integer labels": ({"y": Y.to(torch.int32)}, r"y holds torch.int32, .*y.long\(\)"),
    "float labels, loss as a module": ({"y": Y.float(), "loss": nn.CrossEntropyLoss()}, "not class indices"),
    "arrays": ({"X": X.numpy()}, "X is a ndarray, not a tensor of rows."),
    "a list": ({"y": Y.tolist()}, "y is a list, not a tensor of rows."),
    "a number": ({"y": Y[0]}, "y is a Tensor, not a tensor of rows."),
    "raw pictures": ({"X": X.to(torch.uint8)}, r"X holds whole numbers \(torch.uint8\).*/ 255"),
    "validation rows": ({"validation": (X, Y[:3])}, "The validation data's X has 130 rows and y has 3."),
    "validation labels": ({"validation": (X, Y.double())}, "The validation data's y holds torch.float64"),
    "no epochs": ({"epochs": 0}, "epochs is 0. Give epochs a whole number from 1 on."),
    "no batch": ({"batch_size": 0}, "batch_size is 0."),
    "no patience": ({"patience": 0, "validation": HELD_OUT}, "patience is 0."),
    "patience for nothing": ({"patience": 2}, "patience needs rows to measure on."),
    "nothing to train": ({"model": FROZEN}, "weights to train is 0. Keep the model's layers as attributes"),
    "no such device": ({"device": "cuda:99"}, "The device 'cuda:99' is not in this computer."),
    "half precision on a processor": ({"mixed_precision": True}, "Mixed precision gains nothing on the device 'cpu'."),
    "too large a step": ({"lr": 1e30}, "The training loss is (nan|inf) in epoch [12]. Try a tenth of the"),
    "nan in the data": ({"X": ONE_NAN}, "The training loss is nan in epoch 1. X itself holds nan"),
    "nan in the validation data": ({"validation": (ONE_NAN, Y)}, "The validation loss is nan in epoch 1."),
}  # fmt: skip


@pytest.mark.parametrize(("given", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_trained_is_one_clear_sentence(given, message):
    arguments = {"model": make_model(), "X": X, "y": Y, "epochs": 2, **QUIET, **given}
    with pytest.raises(TrainingError, match=message):
        fit(**arguments)


@pytest.mark.parametrize("name", ["rows do not match", "no rows", "float labels", "arrays", "raw pictures"])
def test_evaluate_refuses_the_same_data(name):
    given, message = BAD[name]
    with pytest.raises(TrainingError, match=message):
        evaluate(**{"model": make_model(), "X": X, "y": Y, **given})


# --- seeds and cards


def test_seed_everything_seeds_python_numpy_and_torch():
    import random

    import numpy as np

    draws = []
    for _ in range(2):
        seed_everything(2**33 + 1)
        draws.append((random.random(), float(np.random.rand()), torch.rand(1).item()))
    assert draws[0] == draws[1]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA card in this computer")
def test_a_run_on_a_card_learns_and_resumes_exactly(tmp_path):
    file, whole, first, second = tmp_path / "run.pt", *(make_model(dropout=0.5) for _ in range(3))
    settings = {**QUIET, "device": "cuda", "validation": HELD_OUT}
    straight = fit(whole, X, Y, epochs=4, **settings)
    fit(first, X, Y, epochs=2, checkpoint=file, **settings)
    resumed = fit(second, X, Y, epochs=4, checkpoint=file, **settings)
    assert same_state(whole, second)
    assert resumed.train_loss == straight.train_loss
    half = fit(make_model(), X, Y, epochs=20, lr=0.01, mixed_precision=True, **settings)
    assert half.metrics["accuracy"][-1] > 0.8
