"""Run a notebook's cells from top to bottom in this fresh process: `python -m course_utils.handing_in.runner`.

Reads a JSON list of [number, source] from standard input and writes one JSON line before and after each cell to what
was standard output. What the cells print goes nowhere; plots are drawn without a screen.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from typing import Any, TextIO

RUNNING = "FIRST_DESCENT_HANDING_IN"
"""Set in the environment of this process: `submit()` in a notebook that is being run by it does nothing."""
_LONGEST = 2_000  # characters kept of a message


def main() -> int:
    """Run the cells; return 0 once all of them were tried."""
    os.environ[RUNNING] = "1"
    os.environ["MPLBACKEND"] = "Agg"
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    cells = json.loads(sys.stdin.buffer.read().decode("utf-8", "replace"))
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  input() ends at once
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    shell = _shell()
    sys.path.insert(0, "")
    _tell(channel, event="ready")
    for number, source in cells:
        if sys.stdout.closed:  # a cell may close what it prints to
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        _tell(channel, event="begin", cell=number)
        _tell(channel, event="end", cell=number, **_run(shell, source))
    _tell(channel, event="done")
    channel.flush()
    os._exit(0)  # threads and exit handlers of a student's cells are not waited for


def _shell() -> Any:
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):  # type: ignore[misc]
        """A notebook's shell without a screen: there is no window to open."""

        kernel = None  # so that check() shows its verdict the way it does in a notebook

        def enable_gui(self, gui: str | None = None) -> None:
            """Open no window."""

    Shell.display_pub_class = CapturingDisplayPublisher
    shell = Shell.instance(history_load_length=0)
    shell.history_manager.enabled = False
    shell.showtraceback = lambda *args, **kwargs: None
    return shell


def _run(shell: Any, source: str) -> dict[str, Any]:
    shell.display_pub.outputs.clear()
    problem: BaseException | None = None
    result: Any = None
    try:
        outcome = shell.run_cell(source, store_history=True, silent=False)
        problem = outcome.error_before_exec or outcome.error_in_exec
        result = outcome.result
    except KeyboardInterrupt as error:  # it came between two steps of the shell
        problem = error
    shown = [_plain(output) for output in shell.display_pub.outputs]
    told: dict[str, Any] = {"shown": "\n".join(text for text in shown if text)[:_LONGEST]}
    if isinstance(result, float):  # check() gives points as a plain float
        told["points"] = float(result)
    if problem is not None:
        told |= {"error": type(problem).__name__, "says": _said(problem)[:_LONGEST], "line": _line_of(problem, source)}
    return told


def _plain(output: Any) -> str:
    data = output.get("data", {}) if isinstance(output, dict) else {}
    return str(data.get("text/plain", ""))


def _said(problem: BaseException) -> str:
    """Give the exception's words; those of a slip in the writing without the file's name, which is the shell's own."""
    try:
        return str(problem.msg if isinstance(problem, SyntaxError) else problem)
    except Exception:  # an exception of the student's own may fail to say anything
        return ""


def _line_of(problem: BaseException, source: str) -> list[Any]:
    """Give the line of the cell where it stopped, [number, text]: the last one that is the cell's own."""
    if isinstance(problem, SyntaxError) and problem.lineno:
        number = problem.lineno
    else:
        frames = traceback.extract_tb(problem.__traceback__)
        own = [f.lineno for f in frames if f.lineno and ("ipykernel_" in f.filename or "<ipython-input" in f.filename)]
        if not own:
            return []
        number = own[0]  # the line of this very cell; deeper ones may be in cells above
    lines = source.splitlines()
    return [number, lines[number - 1].strip()[:200]] if 0 < number <= len(lines) else []


def _tell(channel: TextIO, **what: Any) -> None:
    channel.write(json.dumps(what) + "\n")
    channel.flush()


if __name__ == "__main__":
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
