"""Cut samples into mini-batches."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import torch

from autograder.draws import SINGLE, normal, not_contiguous
from autograder.exercise import Exercise, case, clue, seen, tensor


def _numbered(n: int, batch_size: int, shuffle: bool, d: int = 2, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    """Number the samples: row i of X is i, i + 0.5, …, and its target is 100 + i."""
    X = torch.arange(n, dtype=dtype)[:, None] + torch.arange(d, dtype=dtype) / 2
    return {"X": X, "y": torch.arange(100, 100 + n), "batch_size": batch_size, "shuffle": shuffle}


def _drawn_samples(
    generator: torch.Generator,
    n: int,
    batch_size: int,
    shuffle: bool,
    d: int = 3,
    dtype: torch.dtype = SINGLE,
) -> dict[str, Any]:
    return {
        "X": normal(generator, n, d, dtype=dtype),
        "y": torch.randperm(n, generator=generator),
        "batch_size": batch_size,
        "shuffle": shuffle,
    }


def _minibatches(X, y, batch_size, shuffle):
    order = torch.randperm(len(X)) if shuffle else torch.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


minibatches = Exercise(
    "minibatches",
    points=2,
    ask="Give (xb, yb) batch by batch: every sample once, the last batch may be smaller, a fresh order each "
    "call if shuffle is True, the order of the table if not.",
    reference=_minibatches,
    driver="minibatches",
    cases=[
        case("five rows in batches of 2", **_numbered(5, 2, shuffle=False)),
        case("six rows in batches of 3", **_numbered(6, 3, shuffle=False)),
        case("three rows, batches of 10", **_numbered(3, 10, shuffle=False)),
        case("one row", **_numbered(1, 4, shuffle=False)),
        case("batches of 1", **_numbered(4, 1, shuffle=False)),
        case("120 rows shuffled, batches of 16", **_numbered(120, 16, shuffle=True)),
        case("120 rows shuffled, batches of 12", **_numbered(120, 12, shuffle=True, d=1)),
        case("20 rows not shuffled, batches of 8", **_numbered(20, 8, shuffle=False)),
        case(
            "float32, not contiguous",
            not_contiguous(partial(_drawn_samples, n=7, batch_size=3, shuffle=False)),
        ),
    ],
    hidden=[
        case("many rows shuffled", partial(_drawn_samples, n=150, batch_size=32, shuffle=True)),
        case("many rows shuffled, even batches", partial(_drawn_samples, n=128, batch_size=16, shuffle=True)),
        case("many rows in order", partial(_drawn_samples, n=41, batch_size=8, shuffle=False)),
        case("even batches in order", partial(_drawn_samples, n=24, batch_size=8, shuffle=False)),
        case("fewer rows than a batch", partial(_drawn_samples, n=5, batch_size=64, shuffle=False)),
        case(
            "one row left over",
            partial(_drawn_samples, n=9, batch_size=4, shuffle=False, dtype=torch.float64),
        ),
        case("not contiguous", not_contiguous(partial(_drawn_samples, n=100, batch_size=9, shuffle=True))),
    ],
    parts=[
        seen("number of batches"),
        seen("rows in the smallest batch"),
        seen("rows in the largest batch"),
        seen("things per batch"),
        seen("axes of xb"),
        seen("axes of yb"),
        seen("share of samples seen exactly once"),
        seen("share of rows with their own target"),
        tensor("order of the samples", is_returned=False),
        seen("order is that of the table (1 = yes)"),
        seen("order is the same in a second call (1 = yes)"),
        seen("share of batches that are neighbours in the table"),
        clue("targets are in the order of the table"),
        clue("batches are in the order of the table"),
        tensor("a number of xb", is_returned=False),
        tensor("a number of yb", is_returned=False),
    ],
)


def _batches_of(order, X, y, batch_size):
    """Cut an order into batches: the frame of several mistakes."""
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def _order(count, shuffle):
    return torch.randperm(count) if shuffle else torch.arange(count)


@minibatches.mistake(
    "N // batch_size full batches do not cover the data: the rows left over are never seen.",
    look="How many rows come out for 5 rows in batches of 2?",
)
def dropped_the_last_batch(X, y, batch_size, shuffle):
    whole = len(X) // batch_size * batch_size
    yield from _batches_of(_order(len(X), shuffle)[:whole], X, y, batch_size)


@minibatches.mistake(
    "X and y are shuffled each by itself, so rows and targets no longer belong together.",
    look="How many orders do you draw for one pass?",
)
def shuffled_apart(X, y, batch_size, shuffle):
    first, second = _order(len(X), shuffle), _order(len(X), shuffle)
    for start in range(0, len(X), batch_size):
        stop = start + batch_size
        yield X[first[start:stop]], y[second[start:stop]]


@minibatches.mistake(
    "The rows of X are shuffled, the targets are not.",
    look="Which row does each target belong to after the shuffle?",
)
def shuffled_only_the_rows(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for start in range(0, len(X), batch_size):
        stop = start + batch_size
        yield X[order[start:stop]], y[start:stop]


@minibatches.mistake(
    "The targets are shuffled, the rows of X are not.",
    look="Which row does each target belong to after the shuffle?",
)
def shuffled_only_the_targets(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for start in range(0, len(X), batch_size):
        stop = start + batch_size
        yield X[start:stop], y[order[start:stop]]


@minibatches.mistake(
    "An extra batch for the remainder comes even when nothing is left: it is empty, and its mean loss is nan.",
    look="How many batches do 6 rows make in batches of 3?",
    credit=0.5,
)
def added_an_empty_batch(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for number in range(len(X) // batch_size + 1):
        rows = order[number * batch_size : (number + 1) * batch_size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "The argument shuffle changes nothing: the rows always come in the table's order.",
    look="Where is shuffle used?",
)
def never_shuffled(X, y, batch_size, shuffle):
    yield from _batches_of(_order(len(X), False), X, y, batch_size)


@minibatches.mistake(
    "The rows come shuffled even when shuffle is False.",
    look="What happens to the order when shuffle is False?",
)
def always_shuffled(X, y, batch_size, shuffle):
    yield from _batches_of(_order(len(X), True), X, y, batch_size)


@minibatches.mistake(
    "shuffle is read the wrong way round: True keeps the order, False mixes it.",
    look="Which branch mixes the rows?",
)
def shuffled_the_wrong_way_round(X, y, batch_size, shuffle):
    yield from _batches_of(_order(len(X), not shuffle), X, y, batch_size)


@minibatches.mistake(
    "Each call gives the same order: a fixed seed (or an order kept from before) makes every epoch alike.",
    look="What is different between your first call and your second?",
)
def drew_one_order_for_good(X, y, batch_size, shuffle):
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(X), generator=generator) if shuffle else torch.arange(len(X))
    yield from _batches_of(order, X, y, batch_size)


@minibatches.mistake(
    "The batches are mixed, but the same rows always stand in one batch together: mix the rows, then cut.",
    look="Which comes first, shuffling or cutting?",
)
def shuffled_the_batches(X, y, batch_size, shuffle):
    batches = list(_batches_of(torch.arange(len(X)), X, y, batch_size))
    if shuffle:
        random.shuffle(batches)
    yield from batches


@minibatches.mistake(
    "Rows are drawn with replacement: some come several times and others never.",
    look="What does randint give, and what does a permutation give?",
)
def drew_with_replacement(X, y, batch_size, shuffle):
    order = torch.randint(len(X), (len(X),)) if shuffle else torch.arange(len(X))
    yield from _batches_of(order, X, y, batch_size)


@minibatches.mistake(
    "batch_size is used as the number of batches: it is the number of rows in each.",
    look="How many rows should the first batch have?",
)
def made_that_many_batches(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for rows in torch.chunk(order, batch_size):
        yield X[rows], y[rows]


@minibatches.mistake(
    "Each batch has one row too many: the first row of the next batch is in it, too.",
    look="A slice [start:stop] ends before stop: how many rows is that?",
)
def overlapped_by_one_row(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size + 1]
        yield X[rows], y[rows]


@minibatches.mistake(
    "The window moves by one row, not by batch_size rows, so rows come many times.",
    look="Where does the second batch start?",
)
def moved_by_one_row(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for start in range(0, max(len(X) - batch_size + 1, 1)):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@minibatches.mistake(
    "The last batch is filled up with rows that came before: every row must come once, a smaller batch is fine.",
    look="How often does the first row come?",
)
def filled_up_the_last_batch(X, y, batch_size, shuffle):
    order = _order(len(X), shuffle)
    for start in range(0, len(X), batch_size):
        rows = order[(torch.arange(start, start + batch_size)) % len(X)]
        yield X[rows], y[rows]


@minibatches.mistake("Only the first batch comes out.", look="Does a return stand where a yield should?")
def stopped_after_the_first_batch(X, y, batch_size, shuffle):
    rows = _order(len(X), shuffle)[:batch_size]
    return [(X[rows], y[rows])]


@minibatches.mistake(
    "Only xb comes out: a batch is the pair (xb, yb).",
    look="What does a training loop need beside the inputs?",
)
def left_out_the_targets(X, y, batch_size, shuffle):
    for xb, _ in _batches_of(_order(len(X), shuffle), X, y, batch_size):
        yield xb


@minibatches.mistake(
    "The pair stands in the order (yb, xb): the inputs come first.", look="What do you yield, in which order?"
)
def exchanged_inputs_and_targets(X, y, batch_size, shuffle):
    for xb, yb in _batches_of(_order(len(X), shuffle), X, y, batch_size):
        yield yb, xb


@minibatches.mistake(
    "Your targets are columns, shape (n, 1), where shape (n,) is asked for: a loss would then compare every pair.",
    look="Print yb.shape.",
)
def made_columns_of_the_targets(X, y, batch_size, shuffle):
    for xb, yb in _batches_of(_order(len(X), shuffle), X, y, batch_size):
        yield xb, yb.reshape(-1, 1)


@minibatches.mistake(
    "A batch of one row loses its first axis: xb must stay (1, D).",
    look="What does squeeze do to a batch of one?",
)
def squeezed_a_batch_of_one(X, y, batch_size, shuffle):
    for xb, yb in _batches_of(_order(len(X), shuffle), X, y, batch_size):
        yield xb.squeeze(0), yb


@minibatches.mistake("Without shuffle the rows come from the last to the first.", look="Which row comes first?")
def went_backwards(X, y, batch_size, shuffle):
    order = torch.randperm(len(X)) if shuffle else torch.arange(len(X)).flip(0)
    yield from _batches_of(order, X, y, batch_size)


@minibatches.mistake(
    "Rows are mixed inside each batch only: the same rows still meet in every epoch.",
    look="Over which rows does the shuffle go?",
)
def shuffled_inside_each_batch(X, y, batch_size, shuffle):
    for xb, yb in _batches_of(torch.arange(len(X)), X, y, batch_size):
        rows = _order(len(xb), shuffle)
        yield xb[rows], yb[rows]


@minibatches.mistake(
    "Rows are taken batch_size apart, as when dealing cards: a batch is a run of neighbours in the order.",
    look="Which rows are in the first batch of five rows in batches of 2?",
)
def dealt_like_cards(X, y, batch_size, shuffle):
    order, count = _order(len(X), shuffle), math.ceil(len(X) / batch_size)
    for number in range(count):
        rows = order[number::count]
        yield X[rows], y[rows]
