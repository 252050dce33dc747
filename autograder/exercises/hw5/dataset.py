"""Pair inputs with targets in a data set."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch.utils.data import Dataset

from autograder.draws import SINGLE, labels, normal, not_contiguous
from autograder.exercise import Exercise, case, seen, tensor


def as_double(*rows: Any) -> torch.Tensor:
    return torch.tensor(rows if len(rows) > 1 else rows[0], dtype=torch.float64)


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
class counted_the_features(_PairDataset):
    def __len__(self):
        return self.X.shape[1]


@PairDataset.mistake("An item is only x: the pair (x, y) is asked for.", look="What does a training loop unpack?")
class left_out_the_target(_PairDataset):
    def __getitem__(self, i):
        return self.X[i]


@PairDataset.mistake(
    "Items come from a counter of your own: `ds[i]` must be item i, in whatever order items are asked.",
    look="Is the number in the brackets used?",
)
class counted_for_itself(_PairDataset):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.at = -1

    def __getitem__(self, i):
        self.at = (self.at + 1) % len(self.X)
        return self.X[self.at], self.y[self.at]


@PairDataset.mistake("The pair stands the wrong way round: x comes first, then y.", look="What is ds[0][0]?")
class exchanged_the_pair(_PairDataset):
    def __getitem__(self, i):
        return self.y[i], self.X[i]


@PairDataset.mistake(
    "The x of an item keeps the axis of the batch, shape (1, D): an item is (D,), the loader adds the axis.",
    look="What do X[i] and X[i:i+1] differ in?",
)
class kept_the_axis_of_x(_PairDataset):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i]


@PairDataset.mistake(
    "The y of an item has an axis of its own, shape (1,): the loader then makes a column of the targets.",
    look="Print the shape of ds[0][1].",
)
class kept_the_axis_of_y(_PairDataset):
    def __getitem__(self, i):
        return self.X[i], self.y[i : i + 1]


@PairDataset.mistake(
    "Both x and y of an item have an extra axis: the loader adds the axis of the batch.",
    look="What do X[i] and X[i:i+1] differ in?",
)
class kept_both_axes(_PairDataset):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i : i + 1]


@PairDataset.mistake("Every item is the whole data set: ds[i] is sample i alone.", look="Where is i used?")
class gave_everything(_PairDataset):
    def __getitem__(self, i):
        return self.X, self.y


@PairDataset.mistake("Items are counted from 1: the first one is ds[0].", look="Which row is X[0]?")
class counted_from_one(_PairDataset):
    def __getitem__(self, i):
        return self.X[i - 1], self.y[i - 1]


@PairDataset.mistake(
    "The length is one too small: it is the number of samples, and the last index is one less.",
    look="How many rows has X?",
)
class gave_the_last_index(_PairDataset):
    def __len__(self):
        return len(self.X) - 1


@PairDataset.mistake(
    "The length counts all numbers in X: a data set is as long as it has samples.",
    look="How many pairs are there?",
)
class counted_every_number(_PairDataset):
    def __len__(self):
        return self.X.numel()


@PairDataset.mistake(
    "The length adds X and y up: one row and one target are one sample.", look="How many pairs are there?"
)
class counted_both_tables(_PairDataset):
    def __len__(self):
        return len(self.X) + len(self.y)


@PairDataset.mistake(
    "The data belong to the class, so a second data set overwrites the first: give each its own, with self.",
    look="Where are X and y kept?",
)
class kept_the_data_in_the_class(Dataset):
    def __init__(self, X, y):
        kept_the_data_in_the_class.X, kept_the_data_in_the_class.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


@PairDataset.mistake("Every item is the first one.", look="Where is i used?")
class gave_the_first_item(_PairDataset):
    def __getitem__(self, i):
        return self.X[0], self.y[0]


@PairDataset.mistake(
    "Columns are taken where rows are asked for: sample i is row i.", look="What do X[i] and X[:, i] give?"
)
class took_columns(_PairDataset):
    def __getitem__(self, i):
        return self.X[:, i % self.X.shape[1]], self.y[i]
