"""A kernel's channels as the grader holds them: bounded in what they take in, and patient with lost messages."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import zmq
from jupyter_client.blocking import BlockingKernelClient

MOST_MESSAGE_BYTES = 8 * 1024 * 1024
"""A longer message is not taken in: the channel is cut, and joined again."""

_MOST_WAITING = 100
_POLL_SECONDS = 0.25
_GRACE_SECONDS = 0.5
"""How long outputs are awaited after the kernel said that a cell is done."""
_REPLY_SECONDS = 2.0


@dataclass(frozen=True)
class Reply:
    """The kernel's word that a request is done, with the number it gave the cell."""

    execution_count: int | None


class Connection:
    """Run code in a kernel over its channels and hand what it shows to a function."""

    def __init__(self, info: Mapping[str, Any], is_alive: Callable[[], bool]) -> None:
        context: zmq.Context[Any] = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, MOST_MESSAGE_BYTES)
        context.setsockopt(zmq.RCVHWM, _MOST_WAITING)
        context.setsockopt(zmq.LINGER, 0)
        context.setsockopt(zmq.RECONNECT_IVL, 20)
        self._context = context
        self._is_alive = is_alive
        self._client = BlockingKernelClient(context=context)
        self._client.load_connection_info(dict(info))
        self._client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
        self._replies: dict[str, Reply] = {}

    def close(self) -> None:
        """Let go of the channels."""
        with contextlib.suppress(Exception):
            self._client.stop_channels()
        with contextlib.suppress(Exception):
            self._context.destroy(linger=0)

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the kernel answers and its outputs arrive here.

        Raises RuntimeError if that takes longer than `seconds`, or the kernel ends.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self._is_alive():
            message_id = self._client.kernel_info()
            if self._await_idle(message_id, min(ends, time.monotonic() + 1.0)):
                return
        raise RuntimeError(f"the kernel did not answer within {seconds:g} seconds")

    def _await_idle(self, message_id: str, ends: float) -> bool:
        while (left := ends - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                if _is_idle(self._client.get_iopub_msg(timeout=left), message_id):
                    return True
        return False

    def ask(self, source: str, *, keep_history: bool) -> str:
        """Ask the kernel to run `source`; return the request's id."""
        return str(
            self._client.execute(source, store_history=keep_history, allow_stdin=False, stop_on_error=False)
        )

    def listen(self, message_id: str, ends: float, show: Callable[[Any], None]) -> bool:
        """Hand over outputs of the request until it is done; False past `ends` or if the kernel ended."""
        done_at: float | None = None
        while (left := ends - time.monotonic()) > 0:
            try:
                message = self._client.get_iopub_msg(timeout=min(_POLL_SECONDS, left))
            except queue.Empty:
                # A flood may have swept the word that it is idle away; the reply comes by another channel.
                if done_at is None and self._has_replied(message_id):
                    done_at = time.monotonic()
                if done_at is not None and time.monotonic() - done_at > _GRACE_SECONDS:
                    return True
                if not self._is_alive():
                    return False
                continue
            except Exception:  # not signed, not readable, too deep: no output
                continue
            if _parent(message) != message_id:
                continue
            if _is_idle(message, message_id):
                return True
            show(message)
        return False

    def reply(self, message_id: str) -> Reply | None:
        """Return the kernel's reply to the request, or None if it never came: it is broken then."""
        ends = time.monotonic() + _REPLY_SECONDS
        while message_id not in self._replies and time.monotonic() < ends:
            if not self._has_replied(message_id, 0.2) and not self._is_alive():
                break
        return self._replies.pop(message_id, None)

    def _has_replied(self, message_id: str, seconds: float = 0) -> bool:
        with contextlib.suppress(Exception):
            while message_id not in self._replies:
                message = self._client.get_shell_msg(timeout=seconds)
                count = message["content"].get("execution_count")
                self._replies = {str(_parent(message)): Reply(count if isinstance(count, int) else None)}
        return message_id in self._replies


def _parent(message: Any) -> Any:
    parent = message.get("parent_header")
    return parent.get("msg_id") if isinstance(parent, dict) else None


def _is_idle(message: Any, message_id: str) -> bool:
    content = message.get("content")
    return (
        _parent(message) == message_id
        and message.get("msg_type") == "status"
        and isinstance(content, dict)
        and content.get("execution_state") == "idle"
    )
