"""How long each lecture runs on a clean kernel, and how much memory it takes.

    python benchmarks/lectures.py              every lecture at both sizes
    python benchmarks/lectures.py 09 10 --sizes tiny
    python benchmarks/lectures.py --write      and put the table into docs/lectures.md

Each lecture runs from top to bottom on a kernel of its own, one after the other, on two cores where the system lets it.
The clock starts before the kernel does. `memory` is the most that the kernel's process ever held (Linux), at the
largest size that was run. With MNIST in the cache or in `MNIST_DIR` the lectures use it, else the small digits.
Exits with 1 if a lecture takes more than 60 seconds at `standard`, 15 at `tiny`, or 2 GB.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient

REPOSITORY = Path(__file__).resolve().parents[1]
LECTURES = REPOSITORY / "notebooks/lectures"
PAGE = REPOSITORY / "docs/lectures.md"
BEGIN, END = "<!-- table: python benchmarks/lectures.py --write -->", "<!-- end of the table -->"
MOST_SECONDS = {"standard": 60.0, "tiny": 15.0}
MOST_MEGABYTES = 2000.0
PEAK = """
from pathlib import Path
_status = Path("/proc/self/status")
_lines = _status.read_text().splitlines() if _status.exists() else []
print(next((int(line.split()[1]) / 1000 for line in _lines if line.startswith("VmHWM")), "nan"))
"""

sys.path.insert(0, str(REPOSITORY / "tools"))
import reading  # noqa: E402  # a tool beside us, no package


@dataclass(frozen=True)
class Run:
    """What one lecture took at one size."""

    lecture: str
    size: str
    seconds: float
    megabytes: float

    @property
    def misses(self) -> tuple[str, ...]:
        """Say in words which bounds are missed."""
        found = []
        if self.seconds > MOST_SECONDS[self.size]:
            most = MOST_SECONDS[self.size]
            found.append(f"{self.lecture} takes {self.seconds:.0f} s at {self.size}, over {most:.0f}")
        if self.megabytes > MOST_MEGABYTES:
            found.append(f"{self.lecture} takes {self.megabytes:.0f} MB at {self.size}, over {MOST_MEGABYTES:.0f}")
        return tuple(found)


def use_two_cores() -> int:
    """Bind this process, and the kernels it starts, to two cores where the system lets it; return how many it has."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    return len(os.sched_getaffinity(0))


def run(path: Path, size: str) -> Run:
    """Execute one lecture on a kernel of its own.

    Raises:
        CellExecutionError: a cell of the lecture raises an error.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    began = time.perf_counter()
    client.execute(env={**os.environ, "FIRST_DESCENT_SIZE": size})
    seconds = time.perf_counter() - began
    return Run(path.stem, size, seconds, float(notebook.cells[-1].outputs[-1].text))


def tabulate(paths: Sequence[Path], runs: Mapping[tuple[str, str], Run]) -> str:
    """Return the table of lectures in Markdown."""
    rows = [
        "| lecture | minutes to read | optional | live figures | seconds, `standard` | seconds, `tiny` | memory, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for path in paths:
        read = reading.read(path)
        extra = f"+{read.extra_minutes:.0f}" if read.extra_minutes else ""
        seconds = [f"{runs[path.stem, size].seconds:.0f}" if (path.stem, size) in runs else "" for size in MOST_SECONDS]
        peak = max((each.megabytes for each in runs.values() if each.lecture == path.stem), default=float("nan"))
        link = f"[{path.stem[:2]} {path.stem[3:].replace('_', ' ')}](../notebooks/lectures/{path.name})"
        cells = (link, f"{read.minutes:.0f}", extra, str(read.live_figures), *seconds, f"{peak:.0f}")
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def put(table: str, page: Path = PAGE) -> None:
    """Write the table between the two markers of a page, which must be there."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{page} needs the lines {BEGIN!r} and {END!r}, once each, around the place of the table")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def describe_data() -> str:
    """Say which digits the lectures had at size standard."""
    from course_utils.data import load_digits

    return "MNIST" if load_digits("train").kind == "mnist" else "the small digits, for want of MNIST"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the lectures that were asked for and print one line for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lectures", nargs="*", help="numbers such as 02; all without any")
    parser.add_argument("--sizes", nargs="*", choices=MOST_SECONDS, default=list(MOST_SECONDS))
    parser.add_argument("--write", action="store_true", help="put the table into docs/lectures.md; runs every lecture")
    options = parser.parse_args(arguments)
    every = sorted(LECTURES.glob("*.ipynb"))
    paths = [path for path in every if not options.lectures or path.stem[:2] in options.lectures]
    if options.write and (paths != every or len(options.sizes) < len(MOST_SECONDS)):
        parser.error("--write needs every lecture at every size: leave the numbers and --sizes out")
    cores = use_two_cores()
    runs: dict[tuple[str, str], Run] = {}
    for path in paths:
        for size in options.sizes:
            each = runs[path.stem, size] = run(path, size)
            print(f"{each.lecture:26} {size:8} {each.seconds:6.1f} s {each.megabytes:6.0f} MB", flush=True)
    said = f"Run on {cores} cores with {describe_data()}; memory is the most at either size."
    table = tabulate(paths, runs)
    print(f"\n{table}\n\n{said}")
    if options.write:
        put(f"{table}\n\n{said}")
    misses = [miss for each in runs.values() for miss in each.misses]
    print("\n".join(misses), file=sys.stderr, end="\n" if misses else "")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
