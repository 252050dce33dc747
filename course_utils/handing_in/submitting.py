"""`submit()`: the last cell of every graded notebook."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.errors import HandInError
from course_utils.handing_in.facts import Facts, Work, read_facts
from course_utils.handing_in.fresh import run_fresh
from course_utils.handing_in.place import Found, find_notebook, unsaved_cell
from course_utils.handing_in.report import Report, make_report
from course_utils.handing_in.runner import RUNNING
from course_utils.handing_in.show import ReportView, SentenceView
from course_utils.handing_in.writing import write_copy

# Where one of these is set, the notebook is being graded or checked, and there is nobody to hand it in.
_NOBODY_HERE = (RUNNING, "NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
if TYPE_CHECKING:
    _HerePath = Path
else:
    _HerePath = type(Path())  # in Python 3.11 Path itself cannot be derived from
_KINDS = {"hw": "homework", "lab": "lab", "quiz": "quiz"}


class _Written(_HerePath):
    """The copy's path; below the panel, which names the file, a notebook does not show it once more."""

    __slots__ = ()

    def _ipython_display_(self) -> None:
        """Show nothing."""


def submit(assignment: str = "", *, file: str | os.PathLike[str] | None = None, run: bool = True) -> Path | None:
    """Say what the grader will see in this notebook, and write the file to hand in; return its path.

    The saved notebook is run from top to bottom in a fresh Python (`run=False` leaves that out), held against the
    course's rules of form, and copied to FirstName_LastName_Assignment.ipynb beside it; in Colab it is downloaded.
    The notebook itself is never changed. What the rules are and how the notebook looked when it was handed out stands
    in its metadata (`course_utils.handing_in.facts`), because students have no course file. `assignment` is needed
    only in a notebook that has lost them, and `file` only where the notebook cannot be found from here.

    Returns None, and writes nothing, where something stands in the way: it says what, and how to mend it.
    """
    if any(os.environ.get(name) for name in _NOBODY_HERE):
        return None
    try:
        found = find_notebook(file)
        facts = _facts(found, assignment)
        if not found.is_live and file is None and (at := unsaved_cell(found.cells, _inputs())):
            raise HandInError(
                f"Cell {at} is not saved as you ran it last.",
                "Save the notebook (Ctrl+S, or ⌘S), then run this cell again. "
                f"If cell {at} is as you want it, run it once more first.",
            )
        report = _look(found, facts, run)
        report = replace(report, notes=(*_saved(found), *report.notes))
        if report.stops:
            _show(ReportView(report))
            return None
        path = write_copy(found, report.wanted, report.student, report.assignment)
    except HandInError as error:
        _show(SentenceView(str(error)))
        return None
    _show(ReportView(report, f"Hand in this file: {path.name}"))
    if "google.colab" in sys.modules:
        _download(path)
    return _Written(path)


def _facts(found: Found, assignment: str) -> Facts:
    metadata = found.data.get("metadata")
    facts = read_facts(metadata) if isinstance(metadata, dict) else None
    if facts is not None and assignment in ("", facts.assignment):
        return facts
    if facts is not None:
        raise HandInError(f"This notebook is {facts.assignment}, not {assignment}.", "Write submit() without a name.")
    if not assignment:
        raise HandInError(
            f"{found.path.name} does not say which assignment it is: it is not the notebook as it was handed out.",
            'Work in that one, or say which assignment this is: submit("hw1").',
        )
    if not assignment.replace("_", "").replace("-", "").isalnum():
        raise HandInError(f"{assignment!r} is no assignment.", 'Write its short name: submit("hw1").')
    kind = _KINDS.get(assignment.rstrip("0123456789"), "project")
    return Facts(assignment=assignment, kind=kind, works=(Work(assignment, assignment, kind),))


def _look(found: Found, facts: Facts, run: bool) -> Report:
    """Make the report; a notebook that cannot be handed in anyway is not run first."""
    report = make_report(found.path.name, found.cells, facts)
    if not run or report.stops:
        return replace(report, answers=())
    print(f"Running {found.path.name} from top to bottom in a fresh Python. This takes as long as Run All Cells.")
    return make_report(found.path.name, found.cells, facts, run_fresh(found.cells, facts.cell_timeout_seconds))


def _saved(found: Found) -> Sequence[str]:
    """Say of which moment the file is: words typed since are not in it, and only their writer can know of them."""
    if found.is_live:
        return ()
    when = dt.datetime.fromtimestamp(found.path.stat().st_mtime)
    return (f"Read as it was saved on {when:%d} {when:%B} at {when:%H:%M}: what you typed since is not in it.",)


def _inputs() -> Sequence[str]:
    """Give what was run in this kernel, by its number, as it was typed."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    history: Any = getattr(shell, "history_manager", None)
    return tuple(getattr(history, "input_hist_raw", ()))


def _show(view: ReportView | SentenceView) -> None:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        from IPython.display import display

        display(view)
        return
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(str(view).encode(encoding, "replace").decode(encoding))


def _download(path: Path) -> None:
    from google.colab import files  # type: ignore[import-not-found, unused-ignore]

    files.download(str(path))
