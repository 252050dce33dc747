"""Read messages of a kernel that may forge them: what is no well-formed output is not one."""

from __future__ import annotations

from typing import Any

_KINDS = ("stream", "display_data", "update_display_data", "execute_result", "error", "clear_output")
_MOST_PARTS = 20


def sound_output(message: Any) -> dict[str, Any] | None:
    """Return the message with its content in the form nbformat asks for, or None if it is no output.

    Text under a text type is text, data is keyed by text, and nothing else is in it: an output is written
    to files and pages, and a list where a text should be would stop whoever reads it.
    """
    try:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind not in _KINDS or not isinstance(content, dict):
            return None
        return {"header": {"msg_type": kind}, "msg_type": kind, "content": _CLEAN[kind](content)}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _stream(content: dict[str, Any]) -> dict[str, Any]:
    name = content.get("name")
    return {"name": name if name in ("stdout", "stderr") else "stdout", "text": _text(content["text"])}


def _data(content: dict[str, Any]) -> dict[str, Any]:
    data = content["data"]
    if len(data) > _MOST_PARTS:
        raise ValueError("too many representations")
    kept = {_text(kind): value if kind.endswith("json") else _text(value) for kind, value in data.items()}
    transient = content.get("transient")
    display_id = transient.get("display_id") if isinstance(transient, dict) else None
    metadata = content.get("metadata")
    sizes = {
        kind: {side: value for side, value in about.items() if isinstance(value, (int, float, bool))}
        for kind, about in (metadata.items() if isinstance(metadata, dict) else ())
        if kind in kept and isinstance(about, dict)
    }
    named = {"display_id": display_id} if isinstance(display_id, str) else {}
    return {"data": kept, "metadata": sizes, "transient": named}


def _result(content: dict[str, Any]) -> dict[str, Any]:
    count = content.get("execution_count")
    number = count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None
    return {**_data(content), "execution_count": number}


def _error(content: dict[str, Any]) -> dict[str, Any]:
    traceback = content.get("traceback")
    lines = [line for line in traceback if isinstance(line, str)] if isinstance(traceback, list) else []
    return {"ename": _text(content["ename"])[:200], "evalue": _text(content["evalue"]), "traceback": lines}


def _clear(content: dict[str, Any]) -> dict[str, Any]:
    return {"wait": content.get("wait") is True}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    # Half a surrogate pair is no character: it cannot be written to a file.
    return value.encode("utf-8", "replace").decode("utf-8")


_CLEAN = {
    "stream": _stream,
    "display_data": _data,
    "update_display_data": _data,
    "execute_result": _result,
    "error": _error,
    "clear_output": _clear,
}
