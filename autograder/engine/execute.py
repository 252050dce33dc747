"""Run a notebook to its end whatever it does, and ask it for responses on the way.

A cell that hangs is interrupted, a kernel that dies is replaced: the cells that ran before are run again in
the new one, the one at fault is left out, and the marks earned so far stay.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.changed import changed_names
from autograder.engine.faults import NOT_WRITTEN, Fault, FaultKind, say_error
from autograder.engine.kernel import CellRun, Ended, Kernel
from autograder.engine.limits import Limits
from autograder.engine.sandbox.isolation import UNISOLATED, Isolation
from course_utils.checks.codec import MAX_BYTES

_SIGN_OF_LIFE_SECONDS = 5.0
_MOST_ERRORS_TOLD = 5
_MOST_SUSPECTS = 3
_ENDED = "This cell ended the Python process it ran in; the cells after it were run without it."
_ENDED_LATE = "The Python process ended right after this cell; the cells below it were run in a new one."

_PROBE = (
    "__import__('course_utils.checks.probe', fromlist=['answer_request']).answer_request("
    "__import__('pathlib').Path({request!r}), __import__('pathlib').Path({response!r}), globals())"
)


@dataclass(frozen=True)
class Probe:
    """A request to put to the kernel right after a graded cell: its bytes, and the seconds it may take."""

    request: bytes
    seconds: float


@dataclass(frozen=True)
class Execution:
    """A notebook that has been run: outputs filled in, faults survived, and raw responses by grade_id."""

    notebook: NotebookNode
    faults: tuple[Fault, ...]
    responses: Mapping[str, bytes]
    seconds: float
    isolation: Isolation = UNISOLATED
    changed: tuple[str, ...] = ()
    """What grading calls by name and stood for something else at the end: the kernel's own word, and no proof."""


def execute(
    notebook: NotebookNode,
    probes: Mapping[str, Probe],
    limits: Limits,
    *,
    files: Path | Sequence[Path] | Mapping[str, bytes] = (),
    on_cell: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
    skips_checks: bool = False,
) -> Execution:
    """Run `notebook` in a kernel of its own, in an empty folder with the assignment's other `files`.

    `files` is a folder, or several: a file of a later one takes the place of the same file of an earlier one. Or it
    is the files themselves, by relative path.
    `probes` are asked by grade_id after the cell that carries it. `on_cell(done, total)` reports progress.
    With `skips_checks` a test cell that only calls check() is not run: its probe asks for the same, and more.
    The notebook given is changed in place: its code cells get the outputs of this run.

    Raises RuntimeError if no kernel could be started, InterruptedError soon after `is_stopped` says so.
    """
    started = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="first-descent-"))
    try:
        _lay_out(files, folder)
        run = _Run(notebook, probes, limits, folder, is_stopped, skips_checks)
        run.all_cells(on_cell)
        spent = time.perf_counter() - started
        return Execution(notebook, tuple(run.faults), run.responses, spent, run.isolation, run.changed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(files: Path | Sequence[Path] | Mapping[str, bytes], folder: Path) -> None:
    """Put the data files where the notebook finds them."""
    if isinstance(files, Mapping):
        for name, data in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return
    for source in (files,) if isinstance(files, Path) else files:
        for name, path in data_files(source):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def data_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield an assignment's data files with their relative paths.

    No link, which may lead anywhere, and never a notebook, which may hold what a student must not read.
    """
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            yield str(path.relative_to(folder)), path


@dataclass(eq=False)
class _Ran:
    """A cell that ran well; `is_own` says that the student added it to the notebook.

    Such a cell is a suspect where the process ends later, until it ended without it as well.
    """

    name: str
    source: str
    is_own: bool
    is_suspect: bool


@dataclass
class _Run:
    """One notebook's run: which cells have run, what went wrong, what came back."""

    notebook: NotebookNode
    probes: Mapping[str, Probe]
    limits: Limits
    folder: Path
    is_stopped: Callable[[], bool] | None = None
    skips_checks: bool = False
    faults: list[Fault] = field(default_factory=list)
    responses: dict[str, bytes] = field(default_factory=dict)
    ran: list[_Ran] = field(default_factory=list)
    restarts: int = 0
    isolation: Isolation = UNISOLATED
    changed: tuple[str, ...] = ()
    errors: int = 0
    before: str = ""
    """The cell that ran last, while nothing has been said of it."""

    def all_cells(self, on_cell: Callable[[int, int], None] | None) -> None:
        """Run every code cell in order."""
        cells = [(number, cell) for number, cell in enumerate(self.notebook.cells) if cell.cell_type == "code"]
        ends = time.monotonic() + self.limits.notebook_seconds
        kernel = Kernel(
            self.folder,
            self.limits.start_seconds,
            output_bytes=self.limits.output_bytes,
            is_stopped=self.is_stopped,
        )
        with kernel:
            self.isolation = kernel.isolation
            for done, (number, cell) in enumerate(cells):
                self._go_on()
                name = _name(cell, number)
                cell.outputs, cell.execution_count = [], None
                left = ends - time.monotonic()
                if left <= 0 or self.restarts > self.limits.restarts:
                    kind = FaultKind.NO_TIME_LEFT if left <= 0 else FaultKind.NO_RESTART_LEFT
                    self._fault(cell, name, kind, "This cell was not run: the cells above it used up the run.")
                    continue
                self._cell(kernel, cell, name, left)
                if on_cell is not None:
                    on_cell(done + 1, len(cells))
            self.changed = changed_names(kernel)
        if self.errors > _MOST_ERRORS_TOLD:
            more = self.errors - _MOST_ERRORS_TOLD
            sentence = f"After it {more} more {'cell' if more == 1 else 'cells'} stopped with an error."
            told = [fault.cell for fault in self.faults if fault.kind is FaultKind.CELL_ERROR]
            self.faults.append(Fault(told[-1], FaultKind.CELL_ERROR, sentence))

    def _cell(self, kernel: Kernel, cell: NotebookNode, name: str, left: float) -> None:
        if not kernel.is_alive():
            self._blame_the_cell_before()
            if not self._revive(kernel):
                sentence = "This cell was not run: the kernel could not be kept alive."
                self._fault(cell, name, FaultKind.NO_RESTART_LEFT, sentence)
                return
        is_check = name in self.probes and cell.source.strip() == f"check({name})"
        if cell.source.strip() and not (is_check and self.skips_checks):
            seconds = min(self.limits.cell_seconds, left)
            run = kernel.run(cell.source, seconds, self.limits.output_bytes)
            if run.ended is Ended.DIED and _is_answer(cell):
                run = self._answer_again(kernel, cell.source, seconds) or run
            cell.outputs, cell.execution_count = run.outputs.cells, run.execution_count
            self._note(cell, name, run, seconds)
            self.before = name if run.ended in (Ended.OK, Ended.ERROR) else ""
            if run.ended in (Ended.OK, Ended.ERROR) and name not in self.probes:
                is_own = not cell.metadata.get("nbgrader")
                self.ran.append(_Ran(name, cell.source, is_own, is_suspect=is_own))
        probe = self.probes.get(name)
        if probe is not None:
            self._ask(kernel, name, probe)

    def _answer_again(self, kernel: Kernel, source: str, seconds: float) -> CellRun | None:
        """Run an answer's cell again that ended the process; None if no kernel could be had.

        An answer that merely defines a function ends no process: what stood before it did, late. If it happens twice,
        it is tried without one of the student's own cells before it; if that does not help, it was the answer.
        """
        if not self._revive(kernel):
            return None
        self._blame_the_cell_before()
        run = kernel.run(source, seconds, self.limits.output_bytes)

        def is_alive_after() -> bool:
            nonlocal run
            run = kernel.run(source, seconds, self.limits.output_bytes)
            return run.ended is not Ended.DIED

        if run.ended is Ended.DIED:
            self._without_suspects(kernel, is_alive_after)
        return run

    def _without_suspects(self, kernel: Kernel, again: Callable[[], bool]) -> None:
        """Do `again` in kernels in which one of the student's own cells did not run, the last first.

        Such a cell stays out, and is named, once `again` says that the process lived; if it never does, all are kept
        and suspected no more.
        """
        suspects = [ran for ran in self.ran if ran.is_suspect]
        for suspect in reversed(suspects[-_MOST_SUSPECTS:]):
            place = self.ran.index(suspect)
            del self.ran[place]
            if not self._revive(kernel):
                return
            if again():
                self._blame(suspect.name)
                return
            self.ran.insert(place, suspect)
        for suspect in suspects:
            suspect.is_suspect = False

    def _note(self, cell: NotebookNode, name: str, run: CellRun, seconds: float) -> None:
        if run.ended is Ended.DEADLINE:
            sentence = f"This cell was stopped after {seconds:g} seconds: does every loop in it come to an end?"
            self._fault(cell, name, FaultKind.DEADLINE, sentence)
        elif run.ended is Ended.DIED:
            self._fault(cell, name, FaultKind.KERNEL_DIED, _ENDED)
        elif run.ended is Ended.ERROR:
            self._note_error(cell, name)
        if run.outputs.is_flooded:
            sentence = f"This cell printed more than {self.limits.output_bytes:,} bytes; the rest is left out."
            self.faults.append(Fault(name, FaultKind.FLOOD, sentence))

    def _note_error(self, cell: NotebookNode, name: str) -> None:
        """Say with which error a cell stopped; of a cell with points its tests say it."""
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        if error is None or error.ename == NOT_WRITTEN or cell.metadata.get("nbgrader", {}).get("grade"):
            return
        self.errors += 1
        if self.errors <= _MOST_ERRORS_TOLD:
            self.faults.append(Fault(name, FaultKind.CELL_ERROR, say_error(error.ename, error.evalue)))

    def _blame_the_cell_before(self) -> None:
        """Say of the cell that ran last that the process ended after it, unless it is known why."""
        if self.before:
            self._blame(self.before)
        self.before = ""

    def _blame(self, name: str) -> None:
        fault = Fault(name, FaultKind.KERNEL_DIED, _ENDED_LATE)
        if fault not in self.faults:
            self.faults.append(fault)

    def _fault(self, cell: NotebookNode, name: str, kind: FaultKind, sentence: str) -> None:
        self.faults.append(Fault(name, kind, sentence))
        cell.outputs = [*cell.outputs, new_output("error", ename=kind.name, evalue=sentence, traceback=[sentence])]

    def _go_on(self) -> None:
        if self.is_stopped is not None and self.is_stopped():
            raise InterruptedError("the run was stopped")

    def _revive(self, kernel: Kernel) -> bool:
        """Start a new kernel and run again in it what ran well before; False if that is no longer allowed."""
        while self.restarts < self.limits.restarts:
            self._go_on()  # a run that was stopped starts no kernel
            self.restarts += 1
            try:
                kernel.restart()
            except RuntimeError:
                continue
            for place, ran in enumerate(self.ran):
                kernel.run(ran.source, self.limits.cell_seconds, 0, keep_history=False)
                kernel.run("pass", _SIGN_OF_LIFE_SECONDS, 0, keep_history=False)
                if not kernel.is_alive():
                    # What ran well the first time killed the kernel now, or a cell of the student's own before it did,
                    # a little later: leave that out next time.
                    own = [at for at in range(place + 1) if self.ran[at].is_own]
                    del self.ran[own[-1] if own else place]
                    break
            else:
                return True
        self.restarts = self.limits.restarts + 1
        return False

    def _ask(self, kernel: Kernel, name: str, probe: Probe) -> None:
        """Put a probe to the kernel and keep the bytes it answers with."""
        if not kernel.is_alive():
            self._blame_the_cell_before()
            if not self._revive(kernel):
                return
        run, data = self._ask_once(kernel, probe)
        if _has_died(run, data) and self._revive(kernel):
            # What an earlier cell left running may have ended the process, and not the answer: a second call tells.
            again, data = self._ask_once(kernel, probe)
            run = again or run
            if data is not None:
                sentence = f"The Python process ended while {name} was called; in a new one it answered."
                self.faults.append(Fault(name, FaultKind.KERNEL_DIED, sentence))

            def is_alive_after() -> bool:
                nonlocal run, data
                run, data = self._ask_once(kernel, probe)
                return not _has_died(run, data)

            if _has_died(run, data):
                self._without_suspects(kernel, is_alive_after)
        self.before = self.before if kernel.is_alive() else ""
        if data is not None:
            self.responses[name] = data
        else:
            self.faults.append(Fault(name, FaultKind.NO_RESPONSE, _why_silent(name, run)))

    def _ask_once(self, kernel: Kernel, probe: Probe) -> tuple[CellRun | None, bytes | None]:
        """Put a probe to the kernel; return how that ran (None: there was no room for the request) and its answer."""
        try:
            request = kernel.put(probe.request)
        except OSError:
            return None, None
        response = f"{request}.response"
        run = kernel.run(_PROBE.format(request=request, response=response), probe.seconds, 2_000, keep_history=False)
        data = kernel.take(response, MAX_BYTES)
        kernel.discard(request)
        return run, data


def _has_died(run: CellRun | None, data: bytes | None) -> bool:
    return data is None and run is not None and run.ended is Ended.DIED


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _why_silent(name: str, run: CellRun | None) -> str:
    if run is None:
        return f"{name} could not be called: no room was left for its inputs."
    if run.ended is Ended.DIED:
        return f"Calling {name} ended the Python process it ran in."
    if run.ended is Ended.DEADLINE:
        return f"Calling {name} did not come to an end in time."
    error = next((output for output in run.outputs.cells if output.output_type == "error"), None)
    return f"{name} could not be called" + (f" ({error.ename})." if error is not None else ".")


def _name(cell: NotebookNode, number: int) -> str:
    """Return the cell's grade_id, or "cell 7" counted as a person counts."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return str(grade_id) if grade_id else f"cell {number + 1}"
