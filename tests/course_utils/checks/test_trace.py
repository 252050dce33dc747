"""Which torch calls an answer really makes, by whichever name."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from course_utils.checks.trace import AUTOGRAD, names_in, watching

X = torch.randn(3, 4)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: torch.softmax(X, 1), "softmax"),
        (lambda: X.softmax(1), "softmax"),
        (lambda: F.softmax(X, dim=1), "softmax"),
        (lambda: torch.nn.Softmax(dim=1)(X), "softmax"),
        (lambda: torch.ops.aten._softmax(X, 1, False), "softmax"),
        (lambda: getattr(torch, "soft" + "max")(X, 1), "softmax"),
        (lambda: torch.special.softmax(X, 1), "softmax"),
        (lambda: torch.Tensor.softmax(X, 1), "softmax"),
        (lambda: F.cross_entropy(X, torch.zeros(3, dtype=torch.long)), "log_softmax"),
        (lambda: X.clone().relu_(), "relu_"),
    ],
)
def test_a_call_is_seen_by_whichever_name(call, name):
    with watching([name]) as seen:
        call()
    assert name in seen


def test_own_arithmetic_is_not_taken_for_the_call():
    with watching(["softmax"]) as seen:
        e = torch.exp(X - X.max(1, keepdim=True).values)
        e / e.sum(1, keepdim=True)
    assert not {"softmax", "log_softmax", AUTOGRAD} & seen


def test_nothing_is_watched_where_nothing_is_forbidden():
    with watching(()) as seen:
        torch.softmax(X, 1)
    assert seen == set()


def test_watching_ends_with_its_block_also_after_an_error():
    def fail():
        with watching(["exp"]) as seen:
            raise_in_the_middle(seen)

    def raise_in_the_middle(seen):
        kept.append(seen)
        raise KeyError

    kept = []
    with pytest.raises(KeyError):
        fail()
    torch.exp(X)
    assert "exp" not in kept[0]


@pytest.mark.parametrize(
    "differentiate",
    [
        lambda w: (w**2).sum().backward(),
        lambda w: torch.autograd.grad((w**2).sum(), w),
        lambda w: torch.func.grad(lambda v: (v**2).sum())(w.detach()),
    ],
)
def test_differentiation_by_torch_is_seen_by_whichever_door(differentiate):
    with watching([AUTOGRAD]) as seen:
        differentiate(torch.ones(2, requires_grad=True))
    assert AUTOGRAD in seen


def test_names_in_code_reach_into_inner_functions_and_leave_out_own_ones():
    def answer(x):
        def inner(v):
            return torch.softmax(v, 1)

        return [helper(row) for row in inner(x)]

    def helper(row):
        return row

    found = names_in(answer.__code__, frozenset({"helper"}))
    assert "softmax" in found
    assert "helper" not in found
