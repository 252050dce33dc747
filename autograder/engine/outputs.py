"""Collect what a cell shows, up to a cap: fifty printed megabytes must not become two hundred in the grader."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

SHOWN = ("stream", "display_data", "execute_result", "error")


class Outputs:
    """The outputs of one cell, capped in bytes and in number."""

    MOST = 200
    """A million display calls leave this many outputs at most."""

    def __init__(self, cap_bytes: int) -> None:
        self.cells: list[NotebookNode] = []
        self.is_flooded = False
        self.has_error = False
        self._room = cap_bytes
        self._clear_next = False

    def take(self, message: dict[str, Any]) -> None:
        """Add one message from the kernel's output channel; what is over the cap is dropped."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "clear_output":
            self._clear(bool(content.get("wait")))
        elif kind == "update_display_data":
            self._update(content)
        elif kind in SHOWN:
            self.has_error |= kind == "error"
            self._clear_if_due()
            if kind == "stream":
                self._stream(str(content.get("name", "stdout")), str(content.get("text", "")))
            else:
                self._add(output_from_msg(message), content)

    def _clear(self, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self.cells.clear()

    def _clear_if_due(self) -> None:
        if self._clear_next:
            self.cells.clear()
            self._clear_next = False

    def _stream(self, name: str, text: str) -> None:
        kept = self._take_room(text)
        if not kept:
            return
        last = self.cells[-1] if self.cells else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += kept
        elif self._has_place():
            self.cells.append(NotebookNode(output_type="stream", name=name, text=kept))

    def _take_room(self, text: str) -> str:
        if len(text) > self._room:
            self.is_flooded = True
            text = text[: max(self._room, 0)]
        self._room -= len(text)
        return text

    def _has_place(self) -> bool:
        if len(self.cells) < self.MOST:
            return True
        self.is_flooded = True
        return False

    def _add(self, output: NotebookNode, content: dict[str, Any]) -> None:
        size = sum(len(str(value)) for value in content.get("data", {}).values())
        size += sum(len(line) for line in content.get("traceback", ()))
        if output.output_type == "error":
            # An error always stays: it is the reason for what comes next.
            output.traceback = [line[:2_000] for line in output.traceback[:40]]
            output.evalue = output.evalue[:2_000]
            self.cells.append(output)
            return
        if size > self._room:
            self.is_flooded = True
            return
        self._room -= size
        if self._has_place():
            display_id = content.get("transient", {}).get("display_id")
            if display_id:
                output.metadata["display_id"] = display_id
            self.cells.append(output)

    def _update(self, content: dict[str, Any]) -> None:
        display_id = content.get("transient", {}).get("display_id")
        size = sum(len(str(value)) for value in content.get("data", {}).values())
        if not display_id or size > self._room:
            return
        self._room -= size
        for output in self.cells:
            if output.get("metadata", {}).get("display_id") == display_id:
                output.data = NotebookNode(content["data"])
