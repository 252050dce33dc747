"""What a wrong array has to do with the right one, when no named mistake fits: twice as large, transposed, …

These sentences catch the mistakes nobody declared. Each holds only if it holds for every number.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

CLOSE = 1e-6


def find_pattern(yours: np.ndarray, expected: np.ndarray) -> str:
    """Return a sentence on how `yours` follows from `expected`, or "" if nothing simple does.

    Both are arrays of any shape; a relation that a single number would always satisfy is not reported
    for single numbers, except a sign or a small whole factor.
    """
    with np.errstate(all="ignore"):
        return _find(yours, expected)


def _find(yours: np.ndarray, expected: np.ndarray) -> str:
    if yours.shape != expected.shape:
        return _other_shape(yours, expected)
    mine, theirs = yours.astype(float).ravel(), expected.astype(float).ravel()
    if not (np.isfinite(mine).all() and np.isfinite(theirs).all()) or not theirs.size:
        return ""
    if not mine.any() and theirs.any():
        return "All your numbers are 0."
    if np.ptp(mine) == 0 and mine.size > 1 and np.ptp(theirs) > 0:
        return "Your numbers are all the same."
    return _factor(mine, theirs) or _offset(mine, theirs) or _order(yours, expected)


def _other_shape(yours: np.ndarray, expected: np.ndarray) -> str:
    if yours.size == expected.size and np.allclose(yours.ravel(), expected.ravel(), rtol=CLOSE, equal_nan=True):
        return "The numbers themselves are right: only the shape is not."
    if yours.ndim == 2 and yours.T.shape == expected.shape and np.allclose(yours.T, expected, rtol=CLOSE):
        return "It is the transpose of what is asked for."
    return ""


def _factor(mine: np.ndarray, theirs: np.ndarray) -> str:
    used = np.abs(theirs) > 1e-12 * np.abs(theirs).max(initial=0.0)
    if not used.any() or not np.allclose(mine[~used], 0.0, atol=1e-9):
        return ""
    ratios = mine[used] / theirs[used]
    factor = float(np.median(ratios))
    if not np.isfinite(factor) or factor == 0 or not np.allclose(ratios, factor, rtol=1e-5):
        return ""
    if abs(factor + 1) < CLOSE:
        return "Every number has the opposite sign."
    fraction = Fraction(factor).limit_denominator(64)
    if abs(float(fraction) / factor - 1) > 1e-5:
        return f"Every number is {factor:.4g} times what is expected." if used.sum() > 1 else ""
    if used.sum() == 1 and 1 not in (abs(fraction.numerator), fraction.denominator):
        return ""
    return f"Every number is {_say(fraction)} what is expected."


def _say(fraction: Fraction) -> str:
    sign = "minus " if fraction < 0 else ""
    if fraction.denominator == 1:
        return f"{sign}{abs(fraction.numerator)} times"
    return f"{sign}{abs(fraction.numerator)}/{fraction.denominator} of"


def _offset(mine: np.ndarray, theirs: np.ndarray) -> str:
    if mine.size < 2:
        return ""
    gaps = mine - theirs
    gap = float(np.median(gaps))
    scale = max(float(np.abs(theirs).max()), abs(gap))
    if np.allclose(gaps, gap, atol=1e-6 * scale) and abs(gap) > 1e-6 * scale:
        return f"Every number is off by the same {gap:.4g}."
    return ""


def _order(yours: np.ndarray, expected: np.ndarray) -> str:
    if yours.ndim == 2 and yours.shape[0] == yours.shape[1] and np.allclose(yours.T, expected, rtol=CLOSE):
        return "It is the transpose of what is asked for."
    if yours.size > 2 and np.allclose(np.sort(yours.ravel()), np.sort(expected.ravel()), rtol=CLOSE):
        return "The numbers are right but stand in another order."
    return ""
