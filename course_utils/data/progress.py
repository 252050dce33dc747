"""A line that grows while something is downloaded."""

from __future__ import annotations


class ProgressLine:
    """Print one line that grows: what, a bar, per cent, megabytes.

    Args:
        label: what is going on.
        total: bytes in all.
        shown: print nothing where it is false.
    """

    def __init__(self, label: str, total: int, *, shown: bool = True) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._shown = shown
        self._said = -1

    def add(self, size_bytes: int) -> None:
        """Count more bytes; print only when a whole per cent is added."""
        self.done += size_bytes
        percent = min(100, 100 * self.done // max(1, self.total))
        if self._shown and percent != self._said:
            self._said = percent
            bar = ("█" * (percent // 5)).ljust(20, "·")
            print(f"\r{self.label} {bar} {percent:3d} % of {self.total / 1e6:.1f} MB", end="", flush=True)

    def close(self) -> None:
        """End the line."""
        if self._said >= 0:
            print(flush=True)
