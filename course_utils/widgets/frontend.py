"""Who is looking: a browser that can show widgets, or something that keeps only still output?"""

from __future__ import annotations

import os
import re
import sys
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# jupyter_client, which nbconvert, nbclient, nbgrader and the console use, numbers its messages
# "<session>_<process>_<count>"; every browser front end sends plain random ids.
_PYTHON_CLIENT = re.compile(r"_\d+_\d+$")


def is_live() -> bool:
    """Say whether a browser is at the other end of this kernel.

    The environment variable FIRST_DESCENT_WIDGETS (`live` or `static`) settles it where it is set.
    """
    wish = os.environ.get("FIRST_DESCENT_WIDGETS", "")
    if wish in ("live", "static"):
        return wish == "live"
    kernel = _find_kernel()
    if kernel is None:
        return False
    if "google.colab" in sys.modules or os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_PID"):
        return True
    return not _PYTHON_CLIENT.search(_message_id(kernel))


def bundle_view(widget: Any) -> dict[str, object]:
    """Return the MIME entry by which a front end finds the widget's live view (ipywidgets 7 and 8)."""
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}


def show_view(widget: Any, words: str) -> None:
    """Show a widget where it can live, and `words` as plain text where it cannot."""
    from IPython.display import display

    if is_live():
        display({**bundle_view(widget), "text/plain": words}, raw=True)
    else:
        print(words)


def _find_kernel() -> Any:
    """Return the ipykernel this code runs in, or None in a script or a terminal."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def _message_id(kernel: Any) -> str:
    """Return the id of the message that asked for the running cell, or an empty string."""
    parent = kernel.get_parent("shell")
    return str(parent.get("header", {}).get("msg_id", ""))
