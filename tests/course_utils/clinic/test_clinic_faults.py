"""Each fault is one line of the healthy code, really trained, and known by signs that no other run shows."""

from functools import cache

import pytest
import torch
from torch.nn import functional as F

from course_utils.clinic import (
    FAULTS,
    WARDS,
    Record,
    admit,
    admit_ward,
    change_code,
    examine,
    find_fault,
    healthy,
    read_code,
)
from course_utils.data import load_digits_small
from course_utils.errors import KitError

KEYS = [fault.key for fault in FAULTS]


@cache
def record_of(key: str, seed: int) -> Record:
    change = (find_fault(key).right, find_fault(key).wrong) if key else ()
    return examine(load_digits_small(), *change, seed=seed)


@pytest.mark.parametrize("fault", FAULTS, ids=KEYS)
def test_a_fault_changes_one_line_and_nothing_else(fault):
    right, wrong = read_code().splitlines(), change_code(fault.right, fault.wrong).splitlines()
    assert len(set(right) - set(wrong)) <= 1
    assert len(set(wrong) - set(right)) <= 1
    assert right != wrong
    compile("\n".join(wrong), fault.key, "exec")


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("key", ["", *KEYS])
def test_a_run_shows_the_signs_of_its_own_fault_and_of_no_other(key, seed):
    record = record_of(key, seed)
    assert [fault.key for fault in FAULTS if not fault.object_to(record)] == ([key] if key else [])


@pytest.mark.parametrize("key", KEYS)
def test_every_wrong_diagnosis_is_answered_with_what_the_gauges_say(key):
    record = record_of(key, 0)
    for fault in FAULTS:
        if fault.key != key:
            objection = fault.object_to(record)
            assert objection.startswith("With this fault ")
            assert ". Here " in objection
            assert "(gauge: " in objection
            assert "nan" not in objection


@pytest.mark.parametrize("fault", FAULTS, ids=KEYS)
def test_the_treatment_quotes_the_line_that_ran(fault):
    sick = change_code(fault.right, fault.wrong)
    for code in fault.treatment.split("`")[1::2]:
        assert code in read_code() or code in sick


def test_the_healthy_run_learns_and_the_sick_ones_do_not_do_as_well():
    well = record_of("", 0)
    assert well.accuracy[-1, 1] > 0.93
    for key in KEYS:
        record = record_of(key, 0)
        assert key == "leak" or record.accuracy[-1, 1] < well.accuracy[-1, 1] - 0.03
    assert record_of("leak", 0).accuracy[-1, 1] > well.accuracy[-1, 1] + 0.02


def test_the_notes_change_nothing_and_say_what_a_plain_loop_says():
    digits = load_digits_small()
    record = examine(digits, seed=3, epochs=2)

    class Nobody:
        def look(self, *_): ...
        def step(self, _model, loss, _rows):
            losses.append(loss.item())

    losses = []
    torch.manual_seed(3)
    model = healthy.train(digits, Nobody(), epochs=2)
    assert record.first_loss == losses[0]
    assert record.losses == pytest.approx([sum(losses[:20]) / 20, sum(losses[20:]) / 20])
    torch.manual_seed(3)
    order = torch.randperm(len(digits))[:1000]
    X, y = 16 * digits.images.reshape(-1, 64)[order], digits.labels[order]
    again = examine(digits, seed=3, epochs=3)
    logits = model((X - X.mean()) / X.std())  # the model is in train mode: dropout on
    assert F.cross_entropy(logits, y) < losses[0]
    model.eval()
    share = (model((X - X.mean()) / X.std()).argmax(dim=1) == y).double().mean().item()
    assert again.accuracy[2, 0] == pytest.approx(share)


def test_gradients_and_steps_belong_together():
    record = record_of("", 0)
    assert record.gradients == pytest.approx(record.fresh)
    piled = record_of("zero_grad", 0)
    assert (piled.gradients[1] > 1.5 * piled.fresh[1]).all()
    assert (record_of("zero_start", 0).gradients == 0).all()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("            loss.backward()\n", ""),
        ("            optimizer.step()\n", ""),
        ("torch.optim.SGD(model.parameters()", "torch.optim.SGD(model[0].parameters()"),
        ("nn.ReLU(), nn.Linear(32, 32), nn.ReLU()]", "nn.Sigmoid(), nn.Linear(32, 32), nn.Sigmoid()]"),
        ("[nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU()]", "[nn.Linear(64, 32)]"),
        ("*hidden, nn.Dropout(0.5), nn.Linear(32, 10)", "nn.Linear(64, 10)"),
        ("y[batch]", "y[:len(batch)]"),
        ("F.cross_entropy", "-F.cross_entropy"),
        ("lr=0.2", "lr=1e6"),
    ],
)
def test_faults_that_students_invent_are_recorded_too(right, wrong):
    record = examine(load_digits_small(), right, wrong, epochs=3)
    assert record.losses.shape == (3,)
    assert record.accuracy.shape == (3, 2)
    if "backward" in right:
        assert not record.gradients.any()
        assert not record.updates.any()


def test_an_examination_leaves_the_callers_generator_and_threads_alone():
    threads = torch.get_num_threads()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    examine(load_digits_small(), epochs=1)
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (lambda: change_code("lr=0.3", "lr=1"), "stands 0 times"),
        (lambda: change_code("model", "net"), "it is not clear what to change"),
        (lambda: find_fault("softmax2"), "Known are lr_high, lr_low"),
        (lambda: admit(load_digits_small(), ("softmax", "gremlins")), "There is no fault 'gremlins'"),
        (lambda: admit_ward(load_digits_small(), "cellar"), "Known are lecture, lab"),
    ],
)
def test_a_slip_is_answered_in_a_sentence(do, says):
    with pytest.raises(KitError, match=says.replace("(", r"\(")):
        do()


def test_the_wards_hold_every_fault_once():
    assert sorted(WARDS["lecture"] + WARDS["lab"]) == sorted(KEYS)
    assert len(WARDS["lecture"]) == 8


def test_a_patient_does_not_tell_its_fault_by_its_name():
    (patient,) = admit(load_digits_small(), ("lr_low",))
    assert "lr" not in repr(patient)
    assert "0.0002" not in repr(patient)
