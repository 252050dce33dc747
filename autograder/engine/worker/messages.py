"""What grader and worker say to each other: one JSON object per packet, a descriptor beside it where there is one."""

from __future__ import annotations

import array
import json
import os
import socket
from typing import Any

_MOST_BYTES = 128 * 1024

TERSE = "first_descent_terse"
"""A request to a kernel with this in its metadata wants outputs, the word that it is done and a reply; no more."""


def send(to: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
    """Send one message.

    Raises OSError if the other side is gone.
    """
    data = json.dumps(message, separators=(",", ":")).encode("utf-8")
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    to.sendmsg([data], rights)


def receive(at: socket.socket) -> tuple[dict[str, Any], int | None] | None:
    """Return the next message and the descriptor that came with it, or None if the other side is gone.

    Raises TimeoutError or BlockingIOError as the socket is set, ValueError if it is no message of ours.
    """
    try:
        data, descriptors, _, _ = socket.recv_fds(at, _MOST_BYTES, 4)
    except ConnectionResetError:
        return None
    for surplus in descriptors[1:]:
        os.close(surplus)
    if not data:
        return None
    message = json.loads(data)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message, descriptors[0] if descriptors else None
