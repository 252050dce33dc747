"""Homework 5, training loops: mini-batches, a data set, three optimisers, an epoch of training, an evaluation."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import torch
from torch.utils.data import Dataset

from autograder.draws import SINGLE, labels, normal, not_contiguous
from autograder.exercise import Exercise, case, scalar, tensor
from course_utils.checks.contract import PartSpec


def as_double(*rows: Any) -> torch.Tensor:
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)


def seen(name: str, **tolerances: Any) -> PartSpec:
    """Say that a part is one number which the driver measured."""
    return scalar(name, is_returned=False, **tolerances)


def clue(name: str) -> PartSpec:
    """Say that a part is one number which is never judged: it tells mistakes apart."""
    return PartSpec(name, "clue", is_returned=False)


# --- minibatches ----------------------------------------------------------------------------------------------


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


# --- PairDataset ----------------------------------------------------------------------------------------------


class _PairDataset(Dataset):
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


def _items(
    generator: torch.Generator, n: int, d: int, asks: list[int], dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    return {"X": normal(generator, n, d, dtype=dtype), "y": labels(generator, n, 10), "asks": asks}


PairDataset = Exercise(
    "PairDataset",
    points=1,
    ask="A data set made from X (N, D) and y (N,): len(ds) is N, ds[i] is the pair (X[i], y[i]).",
    reference=_PairDataset,
    driver="pair_dataset",
    cases=[
        case("three rows", X=as_double([1, 10], [2, 20], [3, 30]), y=torch.tensor([7, 8, 9]), asks=[0, 1, 2]),
        case(
            "the last item first",
            X=as_double([1, 10], [2, 20], [3, 30]),
            y=torch.tensor([7, 8, 9]),
            asks=[2, 0],
        ),
        case("the same item twice", X=as_double([1, 2, 3], [4, 5, 6]), y=as_double([0.5, 1.5]), asks=[1, 1, 0]),
        case("one row, one feature", X=as_double([[5]]), y=torch.tensor([3]), asks=[0]),
        case("a square table", X=as_double([1, 2], [3, 4]), y=torch.tensor([5, 6]), asks=[1]),
        case("float32, not contiguous", not_contiguous(partial(_items, n=5, d=3, asks=[4, 2, 0], dtype=SINGLE))),
    ],
    hidden=[
        case("many items in order", partial(_items, n=20, d=4, asks=list(range(20)))),
        case("items here and there", partial(_items, n=15, d=3, asks=[14, 3, 3, 0, 9, 7])),
        case("more features than rows", partial(_items, n=2, d=9, asks=[1, 0])),
        case("a single item", partial(_items, n=1, d=4, asks=[0], dtype=SINGLE)),
        case("not contiguous", not_contiguous(partial(_items, n=6, d=2, asks=[5, 1]))),
    ],
    parts=[
        seen("len(ds)"),
        seen("things in ds[i]"),
        seen("axes of x in ds[i]"),
        seen("axes of y in ds[i]"),
        seen("numbers in x of ds[i]"),
        tensor("x of the items", is_returned=False),
        tensor("y of the items", is_returned=False),
        tensor("xb from a DataLoader", is_returned=False),
        tensor("yb from a DataLoader", is_returned=False),
    ],
)


@PairDataset.mistake(
    "The length is the number of columns: a data set is as long as it has samples, and these are rows.",
    look="What do the two numbers in X.shape count?",
)
class CountedTheFeatures(_PairDataset):
    def __len__(self):
        return self.X.shape[1]


@PairDataset.mistake("An item is only x: the pair (x, y) is asked for.", look="What does a training loop unpack?")
class LeftOutTheTarget(_PairDataset):
    def __getitem__(self, i):
        return self.X[i]


@PairDataset.mistake(
    "Items come from a counter of your own: `ds[i]` must be item i, in whatever order items are asked.",
    look="Is the number in the brackets used?",
)
class CountedForItself(_PairDataset):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.at = -1

    def __getitem__(self, i):
        self.at = (self.at + 1) % len(self.X)
        return self.X[self.at], self.y[self.at]


@PairDataset.mistake("The pair stands the wrong way round: x comes first, then y.", look="What is ds[0][0]?")
class ExchangedThePair(_PairDataset):
    def __getitem__(self, i):
        return self.y[i], self.X[i]


@PairDataset.mistake(
    "The x of an item keeps the axis of the batch, shape (1, D): an item is (D,), the loader adds the axis.",
    look="What do X[i] and X[i:i+1] differ in?",
)
class KeptTheAxisOfX(_PairDataset):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i]


@PairDataset.mistake(
    "The y of an item has an axis of its own, shape (1,): the loader then makes a column of the targets.",
    look="Print the shape of ds[0][1].",
)
class KeptTheAxisOfY(_PairDataset):
    def __getitem__(self, i):
        return self.X[i], self.y[i : i + 1]


@PairDataset.mistake(
    "Both x and y of an item have an extra axis: the loader adds the axis of the batch.",
    look="What do X[i] and X[i:i+1] differ in?",
)
class KeptBothAxes(_PairDataset):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i : i + 1]


@PairDataset.mistake("Every item is the whole data set: ds[i] is sample i alone.", look="Where is i used?")
class GaveEverything(_PairDataset):
    def __getitem__(self, i):
        return self.X, self.y


@PairDataset.mistake("Items are counted from 1: the first one is ds[0].", look="Which row is X[0]?")
class CountedFromOne(_PairDataset):
    def __getitem__(self, i):
        return self.X[i - 1], self.y[i - 1]


@PairDataset.mistake(
    "The length is one too small: it is the number of samples, and the last index is one less.",
    look="How many rows has X?",
)
class GaveTheLastIndex(_PairDataset):
    def __len__(self):
        return len(self.X) - 1


@PairDataset.mistake(
    "The length counts all numbers in X: a data set is as long as it has samples.",
    look="How many pairs are there?",
)
class CountedEveryNumber(_PairDataset):
    def __len__(self):
        return self.X.numel()


@PairDataset.mistake(
    "The length adds X and y up: one row and one target are one sample.", look="How many pairs are there?"
)
class CountedBothTables(_PairDataset):
    def __len__(self):
        return len(self.X) + len(self.y)


@PairDataset.mistake(
    "The data belong to the class, so a second data set overwrites the first: give each its own, with self.",
    look="Where are X and y kept?",
)
class KeptTheDataInTheClass(Dataset):
    def __init__(self, X, y):
        KeptTheDataInTheClass.X, KeptTheDataInTheClass.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


@PairDataset.mistake("Every item is the first one.", look="Where is i used?")
class GaveTheFirstItem(_PairDataset):
    def __getitem__(self, i):
        return self.X[0], self.y[0]


@PairDataset.mistake(
    "Columns are taken where rows are asked for: sample i is row i.", look="What do X[i] and X[:, i] give?"
)
class TookColumns(_PairDataset):
    def __getitem__(self, i):
        return self.X[:, i % self.X.shape[1]], self.y[i]


# --- sgd_step -------------------------------------------------------------------------------------------------


def _sgd(generator: torch.Generator, *shape: int, lr: float, dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {
        "p": normal(generator, *shape, dtype=dtype),
        "g": normal(generator, *shape, dtype=dtype),
        "lr": lr,
    }


sgd_step = Exercise(
    "sgd_step",
    points=1,
    ask="One step of plain SGD: the new parameter, after moving by the learning rate lr against the gradient g.",
    reference=lambda p, g, lr: p - lr * g,
    cases=[
        case("two numbers", p=as_double([1, 2]), g=as_double([10, -4]), lr=0.1),
        case("a learning rate of 1", p=as_double([1, 2]), g=as_double([3, 5]), lr=1.0),
        case("a learning rate of 0", p=as_double([1, 2]), g=as_double([3, 5]), lr=0.0),
        case("a square table", p=as_double([1, 2], [3, 4]), g=as_double([1, 0], [2, -1]), lr=0.5),
        case("a gradient of 0", p=as_double([1, -2, 3]), g=as_double([0, 0, 1]), lr=0.3),
        case("float32", lambda generator: _sgd(generator, 3, lr=0.05, dtype=SINGLE)),
        case("a table that is not contiguous", not_contiguous(lambda generator: _sgd(generator, 2, 3, lr=0.2))),
    ],
    hidden=[
        case("a wide table", lambda generator: _sgd(generator, 4, 30, lr=0.01)),
        case("a single number", lambda generator: _sgd(generator, 1, lr=2.0)),
        case("a number without axes", lambda generator: _sgd(generator, lr=0.3)),
        case("three axes in float32", lambda generator: _sgd(generator, 2, 3, 4, lr=0.1, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _sgd(generator, 5, 2, lr=0.07))),
    ],
)


@sgd_step.mistake("You step along the gradient: that is uphill.", look="Towards which side does the loss fall?")
def climbed(p, g, lr):
    return p + lr * g


@sgd_step.mistake(
    "Your code changes the caller's p in place, so the old value is lost.",
    look="What does -= (or sub_) do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_the_callers_parameter(p, g, lr):
    p -= lr * g
    return p


@sgd_step.mistake(
    "Your code changes the caller's gradient in place.", look="What does *= (or mul_) do to g?", credit=0.5
)
def changed_the_callers_gradient(p, g, lr):
    g *= lr
    return p - g


@sgd_step.mistake(
    "The learning rate is missing: you take the whole gradient.", look="Where does lr stand in your step?"
)
def forgot_the_learning_rate(p, g, lr):
    return p - g


@sgd_step.mistake("You return the step, not the new parameter.", look="Where does p come in?")
def returned_the_step(p, g, lr):
    return -lr * g


@sgd_step.mistake("The parameter is scaled by the gradient: a step is subtracted.", look="Is p multiplied or moved?")
def multiplied_the_parameter(p, g, lr):
    return p * (1 - lr * g)


@sgd_step.mistake(
    "Only the sign of the gradient is used: a steeper slope must give a longer step.",
    look="What does the size of g do?",
)
def stepped_by_the_sign(p, g, lr):
    return p - lr * torch.sign(g)


@sgd_step.mistake(
    "The learning rate multiplies the difference p - g: it belongs to the gradient alone.",
    look="What should come out when lr is 0?",
)
def scaled_the_difference(p, g, lr):
    return lr * (p - g)


@sgd_step.mistake(
    "The gradient is averaged over its numbers first: each number has its own slope.",
    look="What shape has the step you subtract?",
)
def averaged_the_gradient(p, g, lr):
    return p - lr * g.mean()


@sgd_step.mistake(
    "The gradient is cut to length 1 first: plain SGD uses it as it is.",
    look="What does twice the gradient change?",
)
def normalised_the_gradient(p, g, lr):
    return p - lr * g / (g.norm() + 1e-12)


@sgd_step.mistake("This is half a step: there is no ½ in the update.", look="Which factors stand before g?")
def took_half_a_step(p, g, lr):
    return p - lr * g / 2


# --- sgd_momentum_step ----------------------------------------------------------------------------------------


def _momentum(
    generator: torch.Generator, *shape: int, lr: float, mu: float, dtype: torch.dtype = torch.float64
) -> dict[str, Any]:
    p, g, v = (normal(generator, *shape, dtype=dtype) for _ in range(3))
    return {"p": p, "g": g, "v": v, "lr": lr, "mu": mu}


def _sgd_momentum_step(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * v, v


sgd_momentum_step = Exercise(
    "sgd_momentum_step",
    points=2,
    ask="One step with momentum: the velocity becomes mu·v + g, the parameter moves by lr against the new "
    "velocity. Returns (new p, new v).",
    reference=_sgd_momentum_step,
    cases=[
        case("a second step", p=as_double([1]), g=as_double([2]), v=as_double([10]), lr=0.1, mu=0.5),
        case(
            "the first step, v = 0",
            p=as_double([1, 2]),
            g=as_double([3, -1]),
            v=as_double([0, 0]),
            lr=0.1,
            mu=0.9,
        ),
        case(
            "mu = 0 is plain SGD",
            p=as_double([1, 2]),
            g=as_double([3, -1]),
            v=as_double([5, 7]),
            lr=0.1,
            mu=0.0,
        ),
        case("mu = 1", p=as_double([1, 2]), g=as_double([3, -1]), v=as_double([5, 7]), lr=0.5, mu=1.0),
        case("no gradient: it rolls on", p=as_double([0]), g=as_double([0]), v=as_double([4]), lr=0.25, mu=0.5),
        case(
            "a square table",
            p=as_double([1, 2], [3, 4]),
            g=as_double([1, 0], [0, 2]),
            v=as_double([2, 4], [6, 8]),
            lr=0.5,
            mu=0.25,
        ),
        case("float32", lambda generator: _momentum(generator, 3, lr=0.05, mu=0.9, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _momentum(generator, 2, 3, lr=0.2, mu=0.8))),
    ],
    hidden=[
        case("a wide table", lambda generator: _momentum(generator, 4, 30, lr=0.01, mu=0.9)),
        case("a single number", lambda generator: _momentum(generator, 1, lr=1.5, mu=0.3)),
        case("a small mu", lambda generator: _momentum(generator, 6, lr=0.1, mu=0.1)),
        case(
            "many numbers in float32",
            lambda generator: _momentum(generator, 20, lr=0.1, mu=0.95, dtype=SINGLE),
        ),
        case(
            "a table not contiguous",
            not_contiguous(lambda generator: _momentum(generator, 5, 2, lr=0.07, mu=0.6)),
        ),
    ],
    parts=[tensor("p"), tensor("v")],
)


@sgd_momentum_step.mistake(
    "The new gradient counts only (1 - mu) times: this text's velocity takes the whole gradient, mu·v + g.",
    look="Which factor stands before g in the formula above?",
)
def averaged_the_gradients(p, g, v, lr, mu):
    v = mu * v + (1 - mu) * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "The parameter moves by the old velocity: renew v first, then move by the new one.",
    look="What happens to p in the very first step, where v is 0?",
    credit=0.5,
)
def moved_by_the_old_velocity(p, g, v, lr, mu):
    return p - lr * v, mu * v + g


@sgd_momentum_step.mistake(
    "mu multiplies the gradient: it belongs to the old velocity, which must fade.",
    look="Which of the two should fade?",
)
def damped_the_gradient(p, g, v, lr, mu):
    v = v + mu * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "This is Nesterov's look-ahead: here p moves by the new velocity and nothing else.",
    look="What exactly does lr multiply in the formula above?",
)
def looked_ahead(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * (g + mu * v), v


@sgd_momentum_step.mistake(
    "lr stands inside the velocity: the velocity collects plain gradients, lr comes when p moves.",
    look="What is v after the first step?",
)
def put_the_rate_into_the_velocity(p, g, v, lr, mu):
    v = mu * v + lr * g
    return p - v, v


@sgd_momentum_step.mistake(
    "The velocity is mu·v - lr·g here: in this text it collects gradients, without sign and lr.",
    look="What is v after the first step?",
)
def used_the_signed_velocity(p, g, v, lr, mu):
    v = mu * v - lr * g
    return p + v, v


@sgd_momentum_step.mistake("You climb: the step goes along the velocity.", look="Is the step added or subtracted?")
def climbed_with_momentum(p, g, v, lr, mu):
    v = mu * v + g
    return p + lr * v, v


@sgd_momentum_step.mistake("The velocity takes no part: this is a plain SGD step.", look="What changes if v is large?")
def forgot_the_velocity(p, g, v, lr, mu):
    return p - lr * g, mu * v + g


@sgd_momentum_step.mistake(
    "You return the old velocity: the next step needs the new one.", look="Which v do you return?"
)
def returned_the_old_velocity(p, g, v, lr, mu):
    return p - lr * (mu * v + g), v


@sgd_momentum_step.mistake(
    "The old velocity never fades: mu is not used.", look="What should happen to v when mu is 0?"
)
def forgot_mu(p, g, v, lr, mu):
    v = v + g
    return p - lr * v, v


@sgd_momentum_step.mistake("mu and 1 - mu are exchanged.", look="What should happen to v when mu is 0?")
def exchanged_mu(p, g, v, lr, mu):
    v = (1 - mu) * v + mu * g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "mu multiplies the sum of both: it damps the old velocity alone.", look="What are the brackets around?"
)
def damped_both(p, g, v, lr, mu):
    v = mu * (v + g)
    return p - lr * v, v


@sgd_momentum_step.mistake("The gradient is subtracted from the velocity.", look="What is v after the first step?")
def subtracted_the_gradient(p, g, v, lr, mu):
    v = mu * v - g
    return p - lr * v, v


@sgd_momentum_step.mistake(
    "The gradient counts twice: in the velocity, and once more in the step.", look="How often does g come in?"
)
def added_the_gradient_twice(p, g, v, lr, mu):
    v = mu * v + g
    return p - lr * (v + g), v


@sgd_momentum_step.mistake("The learning rate is missing from the step.", look="What if lr were 0?")
def forgot_the_rate(p, g, v, lr, mu):
    v = mu * v + g
    return p - v, v


@sgd_momentum_step.mistake("The pair stands the wrong way round: (new p, new v).", look="What do you return first?")
def returned_the_velocity_first(p, g, v, lr, mu):
    v = mu * v + g
    return v, p - lr * v


@sgd_momentum_step.mistake(
    "Your code changes the caller's p and v in place.",
    look="What does += do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_p_and_v(p, g, v, lr, mu):
    v *= mu
    v += g
    p -= lr * v
    return p, v


@sgd_momentum_step.mistake(
    "Your code changes the caller's v in place.",
    look="What does *= or += do to a tensor that somebody else holds?",
    credit=0.5,
)
def changed_the_callers_velocity(p, g, v, lr, mu):
    v *= mu
    v += g
    return p - lr * v, v


# --- adam_step ------------------------------------------------------------------------------------------------


def _moments(
    generator: torch.Generator,
    *shape: int,
    t: int,
    lr: float = 0.01,
    b1: float = 0.9,
    b2: float = 0.99,
    eps: float = 1e-8,
    dtype: torch.dtype = torch.float64,
) -> dict[str, Any]:
    p, g, m = (normal(generator, *shape, dtype=dtype) for _ in range(3))
    v = normal(generator, *shape, dtype=dtype) ** 2
    if t == 1:
        m, v = torch.zeros_like(m), torch.zeros_like(v)
    return {"p": p, "g": g, "m": m, "v": v, "t": t, "lr": lr, "b1": b1, "b2": b2, "eps": eps}


def _adam(p, g, m, v, t, lr, b1, b2, eps):
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    fair_m, fair_v = m / (1 - b1**t), v / (1 - b2**t)
    return p - lr * fair_m / (fair_v.sqrt() + eps), m, v


adam_step = Exercise(
    "adam_step",
    points=3,
    ask="One step of Adam at step t = 1, 2, …: returns (new p, new m, new v). m and v are returned before the "
    "correction; eps is added after the square root.",
    reference=_adam,
    cases=[
        case(
            "the first step",
            p=as_double([1]),
            g=as_double([4]),
            m=as_double([0]),
            v=as_double([0]),
            t=1,
            lr=0.1,
            b1=0.9,
            b2=0.99,
            eps=1e-8,
        ),
        case(
            "the second step",
            p=as_double([1]),
            g=as_double([4]),
            m=as_double([2]),
            v=as_double([3]),
            t=2,
            lr=0.1,
            b1=0.5,
            b2=0.75,
            eps=1e-8,
        ),
        case(
            "a large eps",
            p=as_double([1, 2]),
            g=as_double([4, -2]),
            m=as_double([1, 1]),
            v=as_double([4, 9]),
            t=3,
            lr=0.5,
            b1=0.5,
            b2=0.75,
            eps=1.0,
        ),
        case(
            "a gradient of 0",
            p=as_double([1, 2]),
            g=as_double([0, 3]),
            m=as_double([0, 0]),
            v=as_double([0, 0]),
            t=1,
            lr=0.1,
            b1=0.9,
            b2=0.99,
            eps=1e-8,
        ),
        case(
            "a square table",
            p=as_double([1, 2], [3, 4]),
            g=as_double([1, -3], [2, 5]),
            m=as_double([1, 0], [2, -1]),
            v=as_double([1, 2], [4, 3]),
            t=5,
            lr=0.1,
            b1=0.8,
            b2=0.9,
            eps=1e-3,
        ),
        case(
            "the thousandth step",
            p=as_double([1, -1]),
            g=as_double([0.5, 2]),
            m=as_double([0.2, 1]),
            v=as_double([0.3, 2]),
            t=1000,
            lr=0.01,
            b1=0.9,
            b2=0.999,
            eps=1e-8,
        ),
        case("float32", lambda generator: _moments(generator, 3, t=4, dtype=SINGLE)),
        case("not contiguous", not_contiguous(lambda generator: _moments(generator, 2, 3, t=7))),
    ],
    hidden=[
        case("a wide table", lambda generator: _moments(generator, 4, 30, t=12)),
        case("a first step of many", lambda generator: _moments(generator, 10, t=1, b2=0.999)),
        case("a coarse eps", lambda generator: _moments(generator, 6, t=2, eps=0.1, b1=0.7)),
        case("other betas", lambda generator: _moments(generator, 5, t=3, b1=0.6, b2=0.8, lr=0.3)),
        case("many numbers in float32", lambda generator: _moments(generator, 20, t=6, dtype=SINGLE)),
        case("a table not contiguous", not_contiguous(lambda generator: _moments(generator, 5, 2, t=9))),
    ],
    parts=[tensor("p"), tensor("m"), tensor("v")],
)


def _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_m=None, grow_v=None, fair_m=None, fair_v=None, divide=None):
    """Run Adam with one of its lines replaced: the frame of several mistakes."""
    m = grow_m(m, g) if grow_m else b1 * m + (1 - b1) * g
    v = grow_v(v, g) if grow_v else b2 * v + (1 - b2) * g**2
    good_m = fair_m(m) if fair_m else m / (1 - b1**t)
    good_v = fair_v(v) if fair_v else v / (1 - b2**t)
    step = divide(good_m, good_v) if divide else good_m / (good_v.sqrt() + eps)
    return p - lr * step, m, v


def _same(value):
    return value


@adam_step.mistake(
    "The bias correction is missing: m and v start at 0, so the first averages are far too small.",
    look="What are m and v after the first step, for a gradient of 4?",
)
def forgot_the_correction(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=_same, fair_v=_same)


@adam_step.mistake(
    "v averages the size of the gradient: it must average its square.",
    look="What is under the square root later?",
)
def forgot_to_square(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_v=lambda v, g: b2 * v + (1 - b2) * g.abs())


@adam_step.mistake(
    "The step number is raised inside: t starts at 1 already, so the first correction must use t = 1.",
    look="Which t comes with the first call?",
    credit=0.5,
)
def counted_from_zero(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        fair_m=lambda m: m / (1 - b1 ** (t + 1)),
        fair_v=lambda v: v / (1 - b2 ** (t + 1)),
    )


@adam_step.mistake(
    "The corrected moments are returned as the new state: next time they would be corrected once more.",
    look="Which m and v does the next step need?",
    credit=0.5,
)
def returned_the_corrected_moments(p, g, m, v, t, lr, b1, b2, eps):
    p, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return p, m / (1 - b1**t), v / (1 - b2**t)


@adam_step.mistake(
    "eps stands under the square root: here it is added after the root.",
    look="What does the root go over?",
    credit=0.5,
)
def put_eps_under_the_root(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / (v + eps).sqrt())


@adam_step.mistake(
    "eps is added before the correction, so it is corrected, too: add it to the root of the corrected v.",
    look="To which number is eps added?",
    credit=0.5,
)
def added_eps_before_the_correction(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        divide=lambda m, v: m / (v * (1 - b2**t)).sqrt().add(eps) * (1 - b2**t) ** 0.5,
    )


@adam_step.mistake("eps is missing: where gradients have always been 0 you divide by 0.", look="What is 0/0?")
def forgot_eps(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / v.sqrt())


@adam_step.mistake(
    "The square root is missing: m has the units of a gradient, v those of its square.",
    look="What do you divide by?",
)
def forgot_the_root(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, divide=lambda m, v: m / (v + eps))


@adam_step.mistake(
    "Only m is corrected: v starts at 0 as well.", look="What is v after the first step, for a gradient of 4?"
)
def corrected_only_m(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_v=_same)


@adam_step.mistake(
    "Only v is corrected: m starts at 0 as well.", look="What is m after the first step, for a gradient of 4?"
)
def corrected_only_v(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=_same)


@adam_step.mistake(
    "The correction uses 1 - b, whatever t is: it must fade, with b to the power t.",
    look="What should the correction be at the thousandth step?",
)
def corrected_as_in_the_first_step(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: m / (1 - b1), fair_v=lambda v: v / (1 - b2))


@adam_step.mistake(
    "The correction multiplies by b times t: it is b to the power t.",
    look="What does ** do, and what does *?",
)
def multiplied_by_t(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: m / (1 - b1 * t), fair_v=lambda v: v / (1 - b2 * t)
    )


@adam_step.mistake("b1 and b2 are exchanged.", look="Which of the two belongs to m?")
def exchanged_the_betas(p, g, m, v, t, lr, b1, b2, eps):
    return _adam(p, g, m, v, t, lr, b2, b1, eps)


@adam_step.mistake(
    "The weights b and 1 - b are exchanged in both averages: the old average counts b times.",
    look="How much of the old m should stay when b1 is 0.9?",
)
def exchanged_old_and_new(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        grow_m=lambda m, g: (1 - b1) * m + b1 * g,
        grow_v=lambda v, g: (1 - b2) * v + b2 * g**2,
    )


@adam_step.mistake(
    "The gradient is added in full: in Adam it counts 1 - b times.", look="Which factor stands before g in m?"
)
def added_the_whole_gradient(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, grow_m=lambda m, g: b1 * m + g, grow_v=lambda v, g: b2 * v + g**2)


@adam_step.mistake("You climb: the step is subtracted from p.", look="Is the step added or subtracted?")
def climbed_with_adam(p, g, m, v, t, lr, b1, b2, eps):
    new, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return 2 * p - new, m, v


@adam_step.mistake("The step uses the raw gradient where m is asked for.", look="What is m for?")
def stepped_by_the_gradient(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(p, g, m, v, t, lr, b1, b2, eps, fair_m=lambda m: g)


@adam_step.mistake(
    "The step uses the old m and v: renew both first.", look="What would the first step be, with m = v = 0?"
)
def stepped_by_the_old_moments(p, g, m, v, t, lr, b1, b2, eps):
    step = (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps)
    return p - lr * step, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2


@adam_step.mistake(
    "v squares the new average m: it must average the squares of the gradient.", look="What is squared in v?"
)
def squared_the_average(p, g, m, v, t, lr, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * m**2
    return p - lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps), m, v


@adam_step.mistake(
    "You return m and v as they came in: the next step needs the new ones.",
    look="Which m and v do you return?",
)
def returned_the_old_moments(p, g, m, v, t, lr, b1, b2, eps):
    return _adam(p, g, m, v, t, lr, b1, b2, eps)[0], m, v


@adam_step.mistake("m and v are returned in the wrong order: (new p, new m, new v).", look="What do you return second?")
def returned_v_before_m(p, g, m, v, t, lr, b1, b2, eps):
    p, m, v = _adam(p, g, m, v, t, lr, b1, b2, eps)
    return p, v, m


@adam_step.mistake(
    "The squares are averaged over all numbers: each number has its own v.", look="What shape has your v?"
)
def shared_one_second_moment(p, g, m, v, t, lr, b1, b2, eps):
    return _adam_with(
        p,
        g,
        m,
        v,
        t,
        lr,
        b1,
        b2,
        eps,
        grow_v=lambda v, g: b2 * v + (1 - b2) * (g**2).mean() * torch.ones_like(g),
    )


@adam_step.mistake(
    "Your code changes the caller's m and v in place.",
    look="What does *= or += do to a tensor somebody else holds?",
    credit=0.5,
)
def changed_the_callers_moments(p, g, m, v, t, lr, b1, b2, eps):
    m.mul_(b1).add_((1 - b1) * g)
    v.mul_(b2).add_((1 - b2) * g**2)
    return p - lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps), m, v


@adam_step.mistake(
    "Your code changes the caller's p, m and v in place.",
    look="What does -= do to a tensor somebody else holds?",
    credit=0.5,
)
def changed_everything(p, g, m, v, t, lr, b1, b2, eps):
    m.mul_(b1).add_((1 - b1) * g)
    v.mul_(b2).add_((1 - b2) * g**2)
    p -= lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps)
    return p, m, v


# --- train_one_epoch ------------------------------------------------------------------------------------------

PLAIN = [["linear", 2, 3], ["tanh"], ["linear", 3, 1], ["join"]]
"""A small regression: two features, three hidden neurons, one number per row."""

CLASSIFIER = [["linear", 3, 4], ["tanh"], ["linear", 4, 3]]
"""A small classifier of three classes."""

MOODY = [["linear", 3, 6], ["batchnorm", 6], ["relu"], ["dropout", 0.3], ["linear", 6, 3]]
"""A classifier that behaves differently in training and in evaluation."""


def _task(
    generator: torch.Generator,
    n: int,
    layers: list[list[Any]],
    batch_size: int,
    *,
    order: list[int] | None = None,
    starts_in: str = "train",
    device: str = "cpu",
    loss: str = "cross entropy",
    dtype: torch.dtype = torch.float64,
    **settings: Any,
) -> dict[str, Any]:
    """Draw a task for a model: inputs that differ much from batch to batch, so that every mean shows."""
    features = layers[0][1]
    X = normal(generator, n, features) * torch.linspace(0.5, 2, n, dtype=torch.float64)[:, None]
    y = labels(generator, n, 3) if loss == "cross entropy" else normal(generator, n, scale=2.0, dtype=dtype)
    return {
        "X": X.to(dtype),
        "y": y,
        "layers": layers,
        "loss": loss,
        "batch_size": batch_size,
        "order": order or torch.randperm(n, generator=generator).tolist(),
        "starts_in": starts_in,
        "device": device,
        "seed": int(torch.randint(1000, (), generator=generator)),
        **settings,
    }


def _train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


TRAINED = {"rtol64": 1e-6, "rtol32": 1e-4, "is_returned": False}
"""A float32 epoch piles up rounding; what a mistake does to the weights is far larger."""

AVERAGED = {"rtol64": 1e-5, "rtol32": 1e-5}
"""A loss is a Python float whatever the model's dtype, and float32 means round at the seventh digit."""

train_one_epoch = Exercise(
    "train_one_epoch",
    points=3,
    ask="Train the model for one pass over the loader; return the mean loss per sample seen, a Python float.",
    reference=_train_one_epoch,
    driver="train_one_epoch",
    seconds=20.0,
    cases=[
        case(
            "six rows in two even batches",
            partial(_task, n=6, layers=PLAIN, batch_size=3, loss="mse", optimizer="sgd", lr=0.05),
        ),
        case(
            "seven rows in batches of 3, the last is smaller",
            partial(_task, n=7, layers=PLAIN, batch_size=3, loss="mse", optimizer="sgd", lr=0.05),
        ),
        case(
            "dropout and batch norm, left in evaluation mode",
            partial(_task, n=10, layers=MOODY, batch_size=4, starts_in="eval", optimizer="sgd", lr=0.1),
        ),
        case(
            "a sampler that skips and repeats",
            partial(
                _task,
                n=9,
                layers=CLASSIFIER,
                batch_size=2,
                order=[8, 1, 1, 5, 0],
                optimizer="momentum",
                lr=0.1,
            ),
        ),
        case(
            "an optimiser that remembers (Adam)",
            partial(_task, n=8, layers=CLASSIFIER, batch_size=3, optimizer="adam", lr=0.05),
        ),
        case(
            "a model on another device",
            partial(_task, n=6, layers=CLASSIFIER, batch_size=4, device="another", optimizer="sgd", lr=0.1),
        ),
        case(
            "float32, one batch",
            partial(_task, n=5, layers=CLASSIFIER, batch_size=8, dtype=SINGLE, optimizer="sgd", lr=0.1),
        ),
    ],
    hidden=[
        case(
            "many batches with momentum",
            partial(_task, n=43, layers=CLASSIFIER, batch_size=8, optimizer="momentum", lr=0.05),
        ),
        case(
            "dropout and batch norm",
            partial(_task, n=26, layers=MOODY, batch_size=8, starts_in="train", optimizer="adam", lr=0.02),
        ),
        case(
            "dropout and batch norm after an evaluation",
            partial(_task, n=22, layers=MOODY, batch_size=5, starts_in="eval", optimizer="momentum", lr=0.05),
        ),
        case(
            "another sampler",
            partial(
                _task,
                n=12,
                layers=PLAIN,
                batch_size=4,
                order=[3, 3, 7, 11, 0, 2, 9],
                loss="smooth l1",
                optimizer="sgd",
                lr=0.1,
            ),
        ),
        case(
            "another device",
            partial(
                _task,
                n=11,
                layers=MOODY,
                batch_size=4,
                device="another",
                starts_in="eval",
                optimizer="sgd",
                lr=0.1,
            ),
        ),
        case(
            "one sample a batch",
            partial(_task, n=6, layers=PLAIN, batch_size=1, loss="mse", optimizer="adam", lr=0.05),
        ),
        case(
            "float32 in uneven batches",
            partial(_task, n=19, layers=CLASSIFIER, batch_size=4, dtype=SINGLE, optimizer="momentum", lr=0.05),
        ),
    ],
    parts=[
        scalar("loss", **AVERAGED),
        seen("loss still carries its graph (1 = yes)"),
        seen("optimiser steps"),
        seen("batches learned from outside training mode"),
        seen("batches of x not moved to the device"),
        seen("batches of y not moved to the device"),
        seen("mode at the end as asked (1 = yes)"),
        tensor("weights", **TRAINED),
        tensor("running statistics", **TRAINED),
        clue("backward passes"),
        clue("call before the first step"),
    ],
)


def _epoch(model, loader, loss_fn, optimizer, device, *, mode=True, zero=True, step=True, moved=("x", "y")):
    """Train for an epoch with parts of it switched off, and return (losses, sizes): the frame of many mistakes."""
    if mode:
        model.train()
    losses, sizes = [], []
    for x, y in loader:
        x = x.to(device) if "x" in moved else x
        y = y.to(device) if "y" in moved else y
        if zero:
            optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        if step:
            optimizer.step()
        losses.append(loss.item())
        sizes.append(len(y))
    return losses, sizes


def _mean(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


@train_one_epoch.mistake(
    "Old gradients stay: backward adds to .grad, so each step uses the sum over all batches so far.",
    look="What must happen to .grad before the next backward?",
)
def forgot_to_zero_the_gradients(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, zero=False))


@train_one_epoch.mistake(
    "step comes before backward: at that moment the gradients have just been cleared, so nothing is learned.",
    look="What is in .grad when step is called?",
)
def stepped_before_backward(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        optimizer.step()
        loss.backward()
        losses.append(loss.item())
        sizes.append(len(y))
    return _mean(losses, sizes)


@train_one_epoch.mistake(
    "Each step uses the gradients of the batch before: step comes before backward, and nothing is cleared between.",
    look="Which batch made the gradients that step finds?",
)
def stepped_one_batch_late(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        sizes.append(len(y))
    return _mean(losses, sizes)


@train_one_epoch.mistake(
    "The model stays in the mode it came in: after an evaluation, dropout and batch norm stay switched off.",
    look="Which mode is the model in when your function starts?",
)
def forgot_training_mode(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, mode=False))


@train_one_epoch.mistake(
    "The model is put in evaluation mode to be trained.", look="Which of train() and eval() do you call?"
)
def trained_in_evaluation_mode(model, loader, loss_fn, optimizer, device):
    model.eval()
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, mode=False))


@train_one_epoch.mistake(
    "The batch means are averaged with equal weight: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch loss?",
)
def averaged_the_batch_means(model, loader, loss_fn, optimizer, device):
    losses, _ = _epoch(model, loader, loss_fn, optimizer, device)
    return sum(losses) / len(losses)


@train_one_epoch.mistake(
    "The sum of batch means is divided by the number of samples: each mean stands for a whole batch.",
    look="What must each batch loss be multiplied by before you add?",
)
def forgot_the_batch_sizes(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return sum(losses) / sum(sizes)


@train_one_epoch.mistake(
    "The losses are added up and never divided: the mean per sample is asked for.",
    look="What do you divide by?",
)
def returned_the_sum_of_losses(model, loader, loss_fn, optimizer, device):
    return sum(_epoch(model, loader, loss_fn, optimizer, device)[0])


@train_one_epoch.mistake(
    "The losses of all samples are added up and never divided.", look="How many samples were seen?"
)
def returned_the_sum_over_samples(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return _mean(losses, sizes) * sum(sizes)


@train_one_epoch.mistake(
    "Only the last batch's loss is returned: the mean over the whole epoch is asked for.",
    look="What happens to the losses before it?",
)
def returned_the_last_loss(model, loader, loss_fn, optimizer, device):
    return _epoch(model, loader, loss_fn, optimizer, device)[0][-1]


@train_one_epoch.mistake(
    "You divide by the length of the data set: a sampler may show fewer samples, or some twice. Count what came.",
    look="How many samples did the loader really give?",
    credit=0.5,
)
def divided_by_the_data_set(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return _mean(losses, sizes) * sum(sizes) / len(loader.dataset)


@train_one_epoch.mistake(
    "Every batch is counted as full: batch_size times the number of batches is more than the samples seen.",
    look="How large is the last batch?",
)
def counted_every_batch_as_full(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return _mean(losses, sizes) * sum(sizes) / (loader.batch_size * len(sizes))


@train_one_epoch.mistake(
    "The loss you return still carries the graph it was made by, which keeps every batch in memory: use .item().",
    look="What type does your function return?",
    credit=0.5,
)
def kept_the_graph(model, loader, loss_fn, optimizer, device):
    model.train()
    total, count = 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss * len(y)
        count += len(y)
    return total / count


@train_one_epoch.mistake(
    "The optimiser never steps: gradients are computed and thrown away.", look="Who changes the weights?"
)
def forgot_to_step(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, step=False))


@train_one_epoch.mistake(
    "There is no backward: step finds no gradients, so the weights stay as they are.",
    look="Where do gradients come from?",
)
def forgot_backward(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        losses.append(loss_fn(model(x), y).item())
        optimizer.step()
        sizes.append(len(y))
    return _mean(losses, sizes)


@train_one_epoch.mistake(
    "The gradients are cleared between backward and step: the step has nothing to go by.",
    look="What is in .grad when step is called?",
)
def cleared_before_the_step(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(y))
    return _mean(losses, sizes)


@train_one_epoch.mistake(
    "One step is made at the end of the epoch: with mini-batches, each batch makes a step.",
    look="How far is your step indented?",
)
def stepped_once_per_epoch(model, loader, loss_fn, optimizer, device):
    optimizer.zero_grad()
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device, zero=False, step=False)
    optimizer.step()
    return _mean(losses, sizes)


@train_one_epoch.mistake(
    "One step is made at the end, with the last batch's gradients only.",
    look="How far is your step indented?",
)
def stepped_with_the_last_batch(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device, step=False)
    optimizer.step()
    return _mean(losses, sizes)


@train_one_epoch.mistake("Your function ends after the first batch.", look="How far is your return indented?")
def returned_inside_the_loop(model, loader, loss_fn, optimizer, device):
    x, y = next(iter(loader))
    return _mean(*_epoch(model, [(x, y)], loss_fn, optimizer, device))


@train_one_epoch.mistake(
    "Each round asks the loader for a new start, so the first batch comes again and again.",
    look="What does iter(loader) give each time it is called?",
)
def started_the_loader_anew(model, loader, loss_fn, optimizer, device):
    batches = [next(iter(loader)) for _ in range(len(loader))]
    return _mean(*_epoch(model, batches, loss_fn, optimizer, device))


@train_one_epoch.mistake(
    "This is two epochs: one pass over the loader is asked for.", look="How often does the loader start?"
)
def trained_two_epochs(model, loader, loss_fn, optimizer, device):
    first = _epoch(model, loader, loss_fn, optimizer, device)
    second = _epoch(model, loader, loss_fn, optimizer, device)
    return _mean(first[0] + second[0], first[1] + second[1])


@train_one_epoch.mistake(
    "Neither x nor y is moved: `x.to(device)` returns the moved tensor and leaves x where it is.",
    look="What happens to the result of .to?",
)
def moved_nothing(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, moved=()))


@train_one_epoch.mistake(
    "x is moved to the device, y is not: the loss needs both in one place.", look="On which device is y?"
)
def moved_only_x(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, moved=("x",)))


@train_one_epoch.mistake("y is moved to the device, x is not: the model cannot read it.", look="On which device is x?")
def moved_only_y(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, loss_fn, optimizer, device, moved=("y",)))


@train_one_epoch.mistake(
    "The loss is divided by the batch size before backward: it is a mean already, and the steps become too small.",
    look="What does loss_fn give for a batch?",
)
def divided_the_loss_before_backward(model, loader, loss_fn, optimizer, device):
    return _mean(*_epoch(model, loader, lambda p, y: loss_fn(p, y) / len(y), optimizer, device))


@train_one_epoch.mistake(
    "The loss is multiplied by the batch size before backward, so gradients are too large: weigh it in the sum only.",
    look="Which number is backward called on?",
)
def multiplied_the_loss_before_backward(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, lambda p, y: loss_fn(p, y) * len(y), optimizer, device)
    return sum(losses) / sum(sizes)


@train_one_epoch.mistake(
    "The loss is computed again after the step: report the loss of the model before it learned from the batch.",
    look="How often does each batch go through the model?",
)
def measured_after_the_step(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        losses.append(loss_fn(model(x), y).item())
        sizes.append(len(y))
    return _mean(losses, sizes)


# --- evaluate -------------------------------------------------------------------------------------------------


def _evaluate(model, loader, loss_fn, device):
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            scores = model(x)
            total += loss_fn(scores, y).item() * len(y)
            correct += (scores.argmax(1) == y).sum().item()
            count += len(y)
    return total / count, correct / count


evaluate = Exercise(
    "evaluate",
    points=3,
    ask="Measure a model: return (mean loss per sample seen, accuracy in [0, 1]), in evaluation mode, without "
    "building a graph, without changing the model.",
    reference=_evaluate,
    driver="evaluate",
    seconds=20.0,
    cases=[
        case(
            "six samples in two even batches",
            partial(_task, n=6, layers=CLASSIFIER, batch_size=3, starts_in="eval"),
        ),
        case(
            "seven samples in batches of 3, the last is smaller",
            partial(_task, n=7, layers=CLASSIFIER, batch_size=3, starts_in="eval"),
        ),
        case("dropout and batch norm, coming from training", partial(_task, n=11, layers=MOODY, batch_size=4)),
        case(
            "a sampler that skips and repeats",
            partial(_task, n=9, layers=CLASSIFIER, batch_size=2, order=[8, 1, 1, 5, 0]),
        ),
        case(
            "a model on another device",
            partial(_task, n=6, layers=CLASSIFIER, batch_size=4, device="another", starts_in="eval"),
        ),
        case("one sample", partial(_task, n=1, layers=MOODY, batch_size=4)),
        case("float32", partial(_task, n=8, layers=MOODY, batch_size=5, dtype=SINGLE)),
    ],
    hidden=[
        case("many samples", partial(_task, n=61, layers=CLASSIFIER, batch_size=8)),
        case("many samples with dropout and batch norm", partial(_task, n=45, layers=MOODY, batch_size=7)),
        case("another sampler", partial(_task, n=12, layers=MOODY, batch_size=3, order=[3, 3, 7, 11, 0, 2, 9])),
        case(
            "another device",
            partial(_task, n=11, layers=MOODY, batch_size=4, device="another", starts_in="eval"),
        ),
        case("one sample a batch", partial(_task, n=5, layers=MOODY, batch_size=1)),
        case("float32 in uneven batches", partial(_task, n=19, layers=CLASSIFIER, batch_size=4, dtype=SINGLE)),
    ],
    parts=[
        scalar("loss", **AVERAGED),
        scalar("accuracy", **AVERAGED),
        seen("result still carries its graph (1 = yes)"),
        seen("batches seen outside evaluation mode"),
        seen("batches that built a graph"),
        seen("batches of x not moved to the device"),
        seen("batches of y not moved to the device"),
        seen("mode at the end as asked (1 = yes)"),
        seen("gradients still switched on afterwards (1 = yes)"),
        seen("weights that can learn"),
        tensor("weights", **TRAINED),
        tensor("running statistics", **TRAINED),
    ],
)


def _measure(model, loader, loss_fn, device, *, mode=True, graph=False, moved=("x", "y"), hits=None, scores_of=None):
    """Evaluate with parts of it replaced; return (losses, hits, sizes) per batch: the frame of many mistakes."""
    if mode:
        model.eval()
    losses, right, sizes = [], [], []
    with torch.set_grad_enabled(graph):
        for x, y in loader:
            x = x.to(device) if "x" in moved else x
            y = y.to(device) if "y" in moved else y
            scores = model(x)
            losses.append(loss_fn(scores_of(scores) if scores_of else scores, y).item())
            right.append((hits or _hits)(scores, y))
            sizes.append(len(y))
    return losses, right, sizes


def _hits(scores, y):
    return (scores.argmax(1) == y).sum().item()


def _both(losses, right, sizes):
    return _mean(losses, sizes), sum(right) / sum(sizes)


@evaluate.mistake(
    "The model stays in training mode: no_grad() does not switch dropout off, nor batch norm's own means.",
    look="Which mode is the model in when your function starts?",
)
def forgot_evaluation_mode(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, mode=False))


@evaluate.mistake("The model is put in training mode to be measured.", look="Which of train() and eval() do you call?")
def measured_in_training_mode(model, loader, loss_fn, device):
    model.train()
    return _both(*_measure(model, loader, loss_fn, device, mode=False))


@evaluate.mistake(
    "Neither evaluation mode nor no_grad(): dropout and batch norm act as in training, and a graph is built.",
    look="Which two switches does a measurement need?",
)
def measured_as_in_training(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, mode=False, graph=True))


@evaluate.mistake(
    "The accuracies of the batches are averaged: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch's accuracy?",
    credit=0.5,
)
def averaged_the_accuracies(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return _mean(losses, sizes), sum(hit / size for hit, size in zip(right, sizes, strict=True)) / len(sizes)


@evaluate.mistake(
    "The batch losses are averaged with equal weight: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch loss?",
    credit=0.5,
)
def averaged_the_losses(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / len(losses), sum(right) / sum(sizes)


@evaluate.mistake(
    "Loss and accuracy are averaged batch by batch: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch's numbers?",
)
def averaged_both_by_batch(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / len(losses), sum(hit / size for hit, size in zip(right, sizes, strict=True)) / len(sizes)


@evaluate.mistake(
    "argmax() without an axis gives one place in the whole table: each row needs its own class.",
    look="What shape has scores.argmax()?",
)
def took_argmax_over_everything(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, hits=lambda scores, y: (scores.argmax() == y).sum().item()))


@evaluate.mistake(
    "argmax goes down the columns: that finds the best sample for each class. Each row needs its best class.",
    look="What shape has scores.argmax(0)?",
)
def took_argmax_down_the_columns(model, loader, loss_fn, device):
    def hits(scores, y):
        best = scores.argmax(0)
        return (best[: len(y)] == y[: len(best)]).sum().item()

    return _both(*_measure(model, loader, loss_fn, device, hits=hits))


@evaluate.mistake(
    "A graph is built for every batch: measuring needs no gradients, and the graphs cost memory.",
    look="Which context switches gradients off?",
    credit=0.5,
)
def built_the_graph(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, graph=True))


@evaluate.mistake(
    "Gradients are switched off and stay off after your function: the next training step would fail.",
    look="Who switches them on again? A `with` block does.",
    credit=0.5,
)
def switched_gradients_off_for_good(model, loader, loss_fn, device):
    result = _both(*_measure(model, loader, loss_fn, device))
    torch.set_grad_enabled(False)
    return result


@evaluate.mistake(
    "The weights are frozen and stay frozen after your function: the model could never learn again.",
    look="Which context switches gradients off for a while?",
    credit=0.5,
)
def froze_the_weights(model, loader, loss_fn, device):
    model.requires_grad_(False)
    return _both(*_measure(model, loader, loss_fn, device))


@evaluate.mistake(
    "The accuracy is in percent: a share between 0 and 1 is asked for.",
    look="What is the accuracy of a perfect model?",
    credit=0.5,
)
def gave_percent(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return loss, 100 * accuracy


@evaluate.mistake(
    "The accuracy is a count of hits: divide it by the samples seen.",
    look="What is the accuracy of a perfect model?",
)
def returned_the_count(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return _mean(losses, sizes), sum(right)


@evaluate.mistake("The hits are divided by the number of batches.", look="How many samples were seen?")
def divided_by_the_batches(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return _mean(losses, sizes), sum(right) / len(sizes)


@evaluate.mistake(
    "This is the share of errors: the accuracy is the share of hits.",
    look="What is the accuracy of a perfect model?",
)
def gave_the_error_rate(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return loss, 1 - accuracy


@evaluate.mistake(
    "The pair stands the wrong way round: first the loss, then the accuracy.",
    look="What do you return first?",
    credit=0.5,
)
def exchanged_the_pair(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return accuracy, loss


@evaluate.mistake(
    "You divide by the length of the data set: a sampler may show fewer samples, or some twice. Count what came.",
    look="How many samples did the loader really give?",
    credit=0.5,
)
def divided_by_the_whole_data_set(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    count = len(loader.dataset)
    return _mean(losses, sizes) * sum(sizes) / count, sum(right) / count


@evaluate.mistake(
    "Softmax is taken before the loss: cross entropy takes the raw scores and does that itself.",
    look="What does loss_fn expect as its first argument?",
)
def softmaxed_before_the_loss(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, scores_of=lambda scores: scores.softmax(1)))


@evaluate.mistake(
    "The losses are added up and never divided: the mean per sample is asked for.",
    look="What do you divide the loss by?",
)
def returned_the_sum_of_batch_losses(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses), sum(right) / sum(sizes)


@evaluate.mistake(
    "The sum of batch means is divided by the number of samples: each mean stands for a whole batch.",
    look="What must each batch loss be multiplied by before you add?",
)
def forgot_the_sizes_of_batches(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / sum(sizes), sum(right) / sum(sizes)


@evaluate.mistake("Your function ends after the first batch.", look="How far is your return indented?")
def returned_after_the_first_batch(model, loader, loss_fn, device):
    return _both(*(values[:1] for values in _measure(model, [next(iter(loader))], loss_fn, device)))


@evaluate.mistake(
    "Only the last batch counts: totals must grow over all batches.", look="Where are your totals set to 0?"
)
def kept_only_the_last_batch(model, loader, loss_fn, device):
    return _both(*(values[-1:] for values in _measure(model, loader, loss_fn, device)))


@evaluate.mistake(
    "Neither x nor y is moved: `x.to(device)` returns the moved tensor and leaves x where it is.",
    look="What happens to the result of .to?",
)
def moved_no_batch(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, moved=()))


@evaluate.mistake("x is moved to the device, y is not: the loss needs both in one place.", look="On which device is y?")
def moved_only_the_inputs(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, moved=("x",)))


@evaluate.mistake(
    "The loss carries the graph it was made by, which keeps every batch in memory: use no_grad() and .item().",
    look="What type does your function return?",
    credit=0.5,
)
def returned_a_loss_with_its_graph(model, loader, loss_fn, device):
    model.eval()
    total, correct, count = 0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        scores = model(x)
        total = total + loss_fn(scores, y) * len(y)
        correct += _hits(scores, y)
        count += len(y)
    return total / count, correct / count


@evaluate.mistake(
    "A score above 0.5 is counted as a hit: the class is the one with the highest score in the row.",
    look="Can two scores of one row be above 0.5?",
)
def used_a_threshold(model, loader, loss_fn, device):
    def hits(scores, y):
        return (scores[torch.arange(len(y)), y] > 0.5).sum().item()

    return _both(*_measure(model, loader, loss_fn, device, hits=hits))


EXERCISES = (minibatches, PairDataset, sgd_step, sgd_momentum_step, adam_step, train_one_epoch, evaluate)
