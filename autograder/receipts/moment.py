"""How a moment is written on receipts and pages."""

from __future__ import annotations

from datetime import datetime


def say_moment(moment: datetime | None) -> str:
    """Write a moment with its zone: "5 Feb 2027, 23:59 EST"."""
    return "unknown" if moment is None else f"{moment.day} {moment:%b %Y, %H:%M %Z}".strip()
