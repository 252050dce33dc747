"""A kernel's channels as the grader holds them: bounded in what they take in, and patient with lost messages."""

from __future__ import annotations

import contextlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import zmq
from jupyter_client.session import Session

from autograder.engine.worker.messages import TERSE

MOST_MESSAGE_BYTES = 8 * 1024 * 1024
"""A longer message is not taken in: the channel is cut, and joined again."""

_MOST_WAITING = 100
_POLL_SECONDS = 0.25
_GRACE_SECONDS = 0.5
"""How long outputs are awaited after the kernel said that a cell is done."""
_REPLY_SECONDS = 2.0
_UNREADABLE: dict[str, Any] = {"parent_header": {}}


@dataclass(frozen=True)
class Reply:
    """The kernel's word that a request is done, with the number it gave the cell."""

    execution_count: int | None


class Connection:
    """Run code in a kernel over its channels and hand what it shows to a function."""

    def __init__(self, info: Mapping[str, Any], is_alive: Callable[[], bool]) -> None:
        self._is_alive = is_alive
        self._session = Session(key=_bytes(info["key"]), signature_scheme=str(info["signature_scheme"]))
        self._context: zmq.Context[Any] = zmq.Context()
        self._context.setsockopt(zmq.MAXMSGSIZE, MOST_MESSAGE_BYTES)
        self._context.setsockopt(zmq.RCVHWM, _MOST_WAITING)
        self._context.setsockopt(zmq.LINGER, 0)
        self._context.setsockopt(zmq.RECONNECT_IVL, 20)
        self._outputs = self._context.socket(zmq.SUB)
        self._outputs.subscribe(b"")
        self._outputs.connect(_address(info, "iopub_port"))
        self._shell = self._context.socket(zmq.DEALER)
        self._shell.connect(_address(info, "shell_port"))
        self._replies: dict[str, Reply] = {}

    def close(self) -> None:
        """Let go of the channels."""
        self._context.destroy(linger=0)

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the kernel answers and its outputs arrive here.

        Raises RuntimeError if that takes longer than `seconds`, or the kernel ends.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self._is_alive():
            message_id = self._send("kernel_info_request", {})
            if self._await_idle(message_id, min(ends, time.monotonic() + 1.0)):
                return
        raise RuntimeError(f"the kernel did not answer within {seconds:g} seconds")

    def _await_idle(self, message_id: str, ends: float) -> bool:
        while (left := ends - time.monotonic()) > 0:
            message = self._receive(self._outputs, left)
            if message is not None and _is_idle(message, message_id):
                return True
        return False

    def ask(self, source: str, *, keep_history: bool) -> str:
        """Ask the kernel to run `source`; return the request's id."""
        content = {
            "code": source,
            "silent": False,
            "store_history": keep_history,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        return self._send("execute_request", content)

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        sent = self._session.send(self._shell, kind, content, metadata={TERSE: True})
        return str(sent["header"]["msg_id"])

    def _receive(self, channel: Any, seconds: float) -> Any:
        """Return the next message, or None if there is none in time or it is not signed or not readable."""
        try:
            if not channel.poll(max(int(seconds * 1000), 0)):
                return None
            return self._read(channel.recv_multipart(zmq.NOBLOCK))
        except Exception:  # whatever a forged message does to the parser: it is no message
            return _UNREADABLE

    def _read(self, parts: list[bytes]) -> dict[str, Any]:
        """Return a signed message; the session's own reading takes half of its time to look for dates in it.

        Raises ValueError, or whatever json raises, if it is none.
        """
        _, (signature, header, parent, metadata, content, *_) = self._session.feed_identities(parts)
        if not hmac.compare_digest(signature, self._session.sign([header, parent, metadata, content])):
            raise ValueError("it is not signed")
        about = json.loads(header)
        return {
            "header": about,
            "msg_type": about["msg_type"],
            "parent_header": json.loads(parent),
            "content": json.loads(content.decode("utf-8", "replace")),
        }

    def listen(self, message_id: str, ends: float, show: Callable[[Any], None]) -> bool:
        """Hand over outputs of the request until it is done; False past `ends` or if the kernel ended."""
        done_at: float | None = None
        while (left := ends - time.monotonic()) > 0:
            message = self._receive(self._outputs, min(_POLL_SECONDS, left))
            if message is None:
                # A flood may have swept the word that it is idle away; the reply comes by another channel.
                if done_at is None and self._has_replied(message_id):
                    done_at = time.monotonic()
                if done_at is not None and time.monotonic() - done_at > _GRACE_SECONDS:
                    return True
                if not self._is_alive():
                    return False
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
        while message_id not in self._replies:
            message = self._receive(self._shell, seconds)
            if message is None:
                return False
            with contextlib.suppress(KeyError, TypeError, AttributeError):
                count = message["content"].get("execution_count")
                self._replies = {str(_parent(message)): Reply(count if isinstance(count, int) else None)}
        return True


def _bytes(key: Any) -> bytes:
    return key if isinstance(key, bytes) else str(key).encode("ascii")


def _address(info: Mapping[str, Any], port: str) -> str:
    separator = "-" if info["transport"] == "ipc" else ":"
    return f"{info['transport']}://{info['ip']}{separator}{info[port]}"


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
