"""What a drawing looks like once it is brought to the form that a network knows."""

import os

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from course_utils.data import load_digits
from course_utils.widgets.handwriting import as_mnist, as_small_digit, crop

BOTH = pytest.mark.parametrize("prepare", [as_mnist, as_small_digit])
REAL = os.environ.get("MNIST_DIR")


def page_with(top, left, height, width):
    page = np.zeros((112, 112), dtype=np.float32)
    page[top : top + height, left : left + width] = 1
    return page


def on_a_pad(pictures, seed=0):
    """Lay each picture on a pad of 112×112, in a size and at a place of its own."""
    random = np.random.RandomState(seed)
    pages = []
    for picture in pictures:
        side = int(112 * random.uniform(0.4, 0.9))
        top, left = random.randint(0, 113 - side, 2)
        page = np.zeros((112, 112), dtype=np.float32)
        grown = functional.interpolate(picture[None, None], size=(side, side), mode="bilinear")
        page[top : top + side, left : left + side] = grown[0, 0].numpy()
        pages.append(page)
    return pages


@pytest.mark.parametrize("page", [page_with(5, 7, 60, 30), page_with(0, 0, 20, 112), page_with(80, 90, 32, 22)])
def test_a_drawing_fills_mnists_box_and_has_its_mass_in_the_middle(page):
    picture = as_mnist(page)
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    height, width = (int(picture.any(axis=axis).sum()) for axis in (1, 0))
    assert max(height, width) == 20
    drawn = crop(page).shape
    assert height / width == pytest.approx(drawn[0] / drawn[1], rel=0.15)
    for axis in (0, 1):
        middle = (picture.sum(axis=1 - axis) * np.arange(28)).sum() / picture.sum()
        assert abs(middle - 14) <= 0.5


def test_the_heavy_side_of_a_drawing_comes_to_the_middle():
    page = page_with(20, 50, 80, 6)  # a stem with a heavy foot
    page[80:100, 30:76] = 1
    rows = np.flatnonzero(as_mnist(page).any(axis=1))
    assert (rows[0] + rows[-1]) / 2 < 13  # so its box lies higher than the middle
    assert rows[0] == 0 or (as_mnist(page).sum(axis=1) * np.arange(28)).sum() / as_mnist(page).sum() <= 14.5


@BOTH
def test_where_and_how_large_one_draws_does_not_matter(prepare):
    one, other = page_with(2, 3, 40, 20), page_with(60, 80, 50, 25)
    assert np.abs(prepare(one) - prepare(other)).mean() < 0.04  # one edge may fall on the next pixel


@BOTH
@pytest.mark.parametrize(
    "page",
    [
        np.zeros((112, 112)),
        page_with(111, 0, 1, 1),
        page_with(3, 0, 1, 112),
        page_with(0, 50, 112, 1),
        np.ones((112, 112)),
        np.eye(112),
        np.fliplr(np.eye(112)),
        np.full((112, 112), 0.05),
    ],
)
def test_odd_drawings_give_a_picture_all_the_same(prepare, page):
    picture = prepare(page)
    assert picture.shape == (28, 28)
    assert np.isfinite(picture).all()
    assert 0 <= picture.min() <= picture.max() <= 1
    assert picture.any() == bool((page > 0.1).any())


def test_a_leaning_stroke_is_set_upright_as_the_small_digits_are():
    page = np.zeros((112, 112))
    for row in range(10, 100):
        page[row, 90 - row * 3 // 4 : 102 - row * 3 // 4] = 1

    def lean(picture):
        """How many pixels the upper ink lies to the right of the lower."""
        ink = np.flatnonzero(picture.any(axis=1))
        upper, lower = picture[ink[:4]].sum(axis=0), picture[ink[-4:]].sum(axis=0)
        return (upper / upper.sum() - lower / lower.sum()) @ np.arange(28)

    assert lean(as_mnist(page)) > 8
    assert abs(lean(as_small_digit(page))) < 1.5


def test_a_prepared_drawing_has_as_much_ink_as_a_small_digit():
    small = load_digits("train", "small").images.mean().item()
    for page in (page_with(10, 40, 90, 12), page_with(10, 20, 60, 60)):
        assert as_small_digit(page).mean() == pytest.approx(small, rel=0.15)


def trained_on(digits):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for batch in torch.randperm(16_000).remainder(len(digits)).split(64):
        optimiser.zero_grad()
        functional.cross_entropy(model(digits.images[batch]), digits.labels[batch]).backward()
        optimiser.step()
    return model


def share_right(model, pictures, labels):
    with torch.inference_mode():
        answers = model(torch.as_tensor(np.stack(pictures))).argmax(dim=1)
    return (answers == labels).float().mean().item()


def test_small_digits_laid_anywhere_on_the_pad_are_read_far_better_once_prepared():
    model, test = trained_on(load_digits("train", "small")), load_digits("test", "small")
    images, labels = test.images[:200], test.labels[:200]
    pages = on_a_pad(images)
    shrunk = [functional.interpolate(torch.tensor(page)[None, None], size=28, mode="area")[0, 0] for page in pages]
    as_they_were = share_right(model, images, labels)
    assert as_they_were > 0.93
    assert share_right(model, shrunk, labels) < 0.5
    prepared = [as_small_digit(page) for page in pages]  # from pictures that have been 8×8 pixels once
    assert share_right(model, prepared, labels) > as_they_were - 0.22


@pytest.mark.skipif(not REAL, reason="needs MNIST_DIR, a folder with real MNIST digits")
def test_real_digits_laid_anywhere_on_the_pad_are_read_as_well_as_before():
    test = load_digits("test", "mnist")
    images, labels = test.images[:300], test.labels[:300]
    pages = on_a_pad(images)
    model = trained_on(load_digits("train", "mnist"))
    as_they_were = share_right(model, images, labels)
    assert as_they_were > 0.85
    assert share_right(model, [as_mnist(page) for page in pages], labels) > as_they_were - 0.03
    small = trained_on(load_digits("train", "small"))  # and a network that knows only the small ones
    assert share_right(small, [as_small_digit(page) for page in pages], labels) > 0.7
