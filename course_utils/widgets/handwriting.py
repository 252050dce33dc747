"""Bring a drawing to the form in which a collection of digits holds its pictures.

A network has only seen digits of one size, in one place. A drawing that is small, or in a corner, is for it a new
kind of picture; so the drawing goes through the same steps as the pictures it has learned from.

MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"): a digit is scaled, with its
proportions kept, until it just fits into 20×20 pixels; the scaling makes grey edges. Then it is put into 28×28
pixels so that its centre of mass lies in the middle.

The small digits (E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits"): a program of NIST's (M. Garris
and others, NISTIR 5469, 1994) made pictures of 32×32 black or white pixels. The ink in each block of 4×4 pixels was
counted, which leaves 8×8 numbers; the course brings them to 28×28 (`course_utils.data.digits`). What the program does
is seen in the 1,797 pictures: every digit stands upright, is as high as the box, and has equally much ink. The
numbers below are measured on them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SIDE = 28
_BOX = 20  # MNIST's digits lie in 20×20 pixels
_MIDDLE = 14.0  # in MNIST the centre of mass has the row and column 14, counted from 0

# Of the small digits: a box of 32×32, in which they are about 22 wide; 31 % of it is ink.
_SMALL_BOX, _SMALL_WIDTH, _SMALL_INK = 32, 22, 0.31
_NARROW = 0.3  # a digit narrower than this, for its height, is left narrow: a 1
_THINNEST = 6
_BLUR = 1.5  # pixels; a stroke grows or shrinks along its own edge


def as_mnist(ink: Any) -> np.ndarray:
    """Scale a drawing to MNIST's 20×20 box and put its centre of mass into the middle of 28×28.

    Args:
        ink: (H, W) numbers, 0 is paper and 1 is ink.

    Returns:
        (28, 28) float32, 0 to 1; all 0 where there is no ink.
    """
    drawing = crop(ink)
    page = np.zeros((SIDE, SIDE), dtype=np.float32)
    if drawing.size == 0:
        return page
    digit = _scale(drawing, _fitting(drawing, _BOX))
    height, width = digit.shape
    mass = digit.sum()
    top = round(_MIDDLE - float((digit.sum(axis=1) * np.arange(height)).sum() / mass))
    left = round(_MIDDLE - float((digit.sum(axis=0) * np.arange(width)).sum() / mass))
    top, left = min(max(top, 0), SIDE - height), min(max(left, 0), SIDE - width)
    page[top : top + height, left : left + width] = digit
    return page


def as_small_digit(ink: Any) -> np.ndarray:
    """Make a drawing as upright, high, wide and black as the small digits, and count it down to their 8×8 numbers.

    Args:
        ink: (H, W) numbers, 0 is paper and 1 is ink.

    Returns:
        (28, 28) float32, 0 to 1, as `load_digits(source="small")` gives them; all 0 where there is no ink.
    """
    import torch

    from course_utils.data.digits import grow

    drawing = _set_upright(crop(ink))
    counted = np.zeros((8, 8), dtype=np.float32)
    if drawing.size:
        height, width = drawing.shape
        wide = max(_THINNEST, round(_SMALL_WIDTH * min(1.0, width / height / _NARROW)))
        bitmap = np.zeros((_SMALL_BOX, _SMALL_BOX), dtype=np.float32)
        left = (_SMALL_BOX - wide) // 2
        bitmap[:, left : left + wide] = _scale(drawing, (_SMALL_BOX, wide))
        counted = _blacken(bitmap).reshape(8, 4, 8, 4).mean(axis=(1, 3))
    grown: np.ndarray = grow(torch.from_numpy(counted)[None])[0].numpy()
    return grown


def _set_upright(drawing: np.ndarray) -> np.ndarray:
    """Shift each row sideways, so that on the whole the ink no longer leans."""
    if not drawing.size:
        return drawing
    height, width = drawing.shape
    rows, columns = np.mgrid[:height, :width]
    mass = drawing.sum()
    row, column = (rows * drawing).sum() / mass, (columns * drawing).sum() / mass
    spread = ((rows - row) ** 2 * drawing).sum()
    lean = ((rows - row) * (columns - column) * drawing).sum() / max(spread, 1e-6)
    upright = np.zeros((height, width + 2 * height), dtype=np.float32)
    for i in range(height):
        start = height - round(float(np.clip(lean, -1, 1) * (i - row)))
        upright[i, start : start + width] = drawing[i]
    return crop(upright)


def _blacken(bitmap: np.ndarray) -> np.ndarray:
    """Turn grey into black or white: the darkest pixels of the blurred picture, as many as a small digit has."""
    reach = np.arange(-6, 7)
    bell = np.exp(-(reach**2) / (2 * _BLUR**2))
    bell /= bell.sum()
    blurred = np.apply_along_axis(np.convolve, 1, bitmap, bell, mode="same")
    blurred = np.apply_along_axis(np.convolve, 0, blurred, bell, mode="same")
    faintest = np.sort(blurred.ravel())[-round(_SMALL_INK * blurred.size)]
    black: np.ndarray = (blurred >= max(faintest, 1e-4)).astype(np.float32)
    return black


def crop(ink: Any) -> np.ndarray:
    """Cut the paper around the ink away; nothing is left of an empty page."""
    page = np.asarray(ink, dtype=np.float32)
    is_ink = page > 0.1  # the faint rim of a stroke does not decide where it ends
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if not len(rows):
        return np.zeros((0, 0), dtype=np.float32)
    return page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _fitting(drawing: np.ndarray, box: int) -> tuple[int, int]:
    """Return height and width with the same proportions, the longer one as long as the box."""
    longest = max(drawing.shape)
    height, width = (max(1, round(box * length / longest)) for length in drawing.shape)
    return height, width


def _scale(drawing: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale a picture; where it shrinks each new pixel is a mean of the old ones beneath it."""
    import torch
    from torch.nn import functional

    page = torch.tensor(drawing)[None, None]
    scaled = functional.interpolate(page, size=size, mode="bilinear", antialias=True, align_corners=False)
    result: np.ndarray = scaled[0, 0].clamp(0, 1).numpy()
    return result
