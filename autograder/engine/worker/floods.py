"""Hold back, inside the kernel, what the grader would drop anyway.

Only a courtesy to honest notebooks: a cell that prints without end then costs its own time and nobody's
memory. The bound that counts is the grader's (engine/outputs.py, engine/connection.py).
"""

from __future__ import annotations

from typing import Any

from ipykernel.iostream import OutStream

_MOST_DISPLAYS = 400


class _Room:
    """What the running cell may still send."""

    def __init__(self) -> None:
        self.most = self.characters = 2**40
        self.displays = _MOST_DISPLAYS

    def renew(self, *_: Any) -> None:
        self.characters, self.displays = self.most, _MOST_DISPLAYS


_room = _Room()


class CappedStream(OutStream):
    """Standard output or error up to the cell's room; what comes after is dropped."""

    _is_waiting = False

    def flush(self) -> None:
        """Send what was written; nothing was, and no other thread is woken to find that out.

        A kernel flushes four times for each cell, which is a third of what a short cell costs.
        """
        if self._is_waiting:
            self._is_waiting = False  # first: what another thread writes meanwhile is for the next time
            super().flush()  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Write what there is room for."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if _room.characters <= 0:
            return len(string)
        kept = string[: _room.characters]
        _room.characters -= len(kept)
        super().write(kept)
        self._is_waiting = True
        return len(string)


def hold_back_floods(shell: Any, output_bytes: int) -> None:
    """Give each cell of `shell` room for `output_bytes` and a little more, so that the grader sees the flood."""
    _room.most = output_bytes + 1_000
    _room.renew()
    shell.events.register("pre_run_cell", _room.renew)
    shell.display_pub.register_hook(_hold_back)


def _hold_back(message: dict[str, Any]) -> dict[str, Any] | None:
    _room.displays -= 1
    return message if _room.displays >= 0 else None
