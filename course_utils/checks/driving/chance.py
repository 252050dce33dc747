"""Numbers measured on random answers, brought to where chance no longer shows.

A right answer that draws at random never gives the same numbers twice. What a driver returns must be the same
for every right answer, and must still show by how much a wrong one is off.
"""

from __future__ import annotations

SIGMAS = 7.0
"""A right answer lies further off than this many standard deviations once in 4·10¹¹ times."""


def settled(measured: float, expected: float, deviation: float) -> float:
    """Return `expected` where chance alone explains the distance, else `measured` as it is.

    `deviation` is the standard deviation of the measurement, given that the answer is right.
    """
    return expected if abs(measured - expected) <= SIGMAS * deviation else measured


def deviation_of_share(share: float, count: int) -> float:
    """Return the standard deviation of a share of `count` independent draws, each a hit with chance `share`."""
    return float((share * (1 - share) / count) ** 0.5)


def quartered(share: float) -> float:
    """Round a share down to a quarter, so that only 1 itself counts as all."""
    return int(share * 4) / 4
