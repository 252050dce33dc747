"""How long a learner waits for a live figure: from moving a control to the changed picture on the screen.

    python benchmarks/redraw.py                every figure of every lecture
    python benchmarks/redraw.py 02 09 --moves 12
    python benchmarks/redraw.py --write        and put the table into docs/figures.md

Each lecture runs at size `tiny` in a real JupyterLab in a real Chromium. A key or a click goes to each control of each
figure; the clock starts with the browser's own event and stops at the frame after the one that has the changed picture.
In the same page the peer is timed, what one would write without the kit: the picture of lecture 2 drawn anew by pyplot
in ipywidgets' `interactive_output`. `ratio` is the peer's median over the figure's. The page is driven from outside;
nothing of that lies between the two moments. A figure's median is that of all moves of all its controls. Exits with 1
if a figure's median is above `--aim`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Error, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooSlow

from course_utils import widgets

REPOSITORY = Path(__file__).resolve().parents[1]
LECTURES = REPOSITORY / "notebooks/lectures"
FIGURES = [name for name in widgets.__all__ if name.islower() and name not in ("predict", "self_check")]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SECONDS = 1000  # Playwright counts milliseconds
AIM_MILLISECONDS = 150.0
PAGE = REPOSITORY / "docs/figures.md"
BEGIN, END = "<!-- table: python benchmarks/redraw.py --write -->", "<!-- end of the table -->"
CONTROLS = ".noUi-handle, select, .widget-toggle-buttons, .fd-pad-canvas"
PEER = "interactive_output (peer)"

PEER_CELL = """
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle
from course_utils.data import load_scores

def _draw_anew(w, b):
    x, y = (scores.numpy() for scores in load_scores())
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 4.6))
    left.set_aspect("equal")
    for x0, y0, r in zip(x, w * x + b, y - w * x - b):
        left.add_patch(Rectangle((x0 - abs(r) if r > 0 else x0, min(y0, y0 + r)), abs(r), abs(r), alpha=0.25))
    left.plot([6, 35], [w * 6 + b, w * 35 + b], color="black")
    left.scatter(x, y)
    right.barh(range(13), (y - w * x - b) ** 2)
    plt.show()

_weight = ipywidgets.FloatSlider(value=0.5, min=-1, max=3, step=0.01, description="weight w")
_bias = ipywidgets.FloatSlider(value=8, min=-15, max=25, step=0.05, description="bias b")
display(ipywidgets.VBox([_weight, _bias, ipywidgets.interactive_output(_draw_anew, {"w": _weight, "b": _bias})]))
print("the peer stands here")
"""

# `watch(cell)` waits for a key or a click, and then until the cell looks other than now; `took` is the time between.
WATCH = """() => {
window.look = cell => [
  ...[...cell.querySelectorAll(".jp-OutputArea img")].map(img => img.complete && img.naturalWidth ? img.src : "…"),
  ...[...cell.querySelectorAll(".fd-pad-share")].map(share => share.textContent),
  ...[...cell.querySelectorAll(".fd-pad-seen")].map(canvas => canvas.toDataURL()),
].join("|");
window.watch = cell => {
  const before = window.look(cell);
  const run = (window.run ?? 0) + 1;
  let began = null;
  Object.assign(window, { run, took: null });
  const begin = event => { began ??= event.timeStamp; };
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, begin, { capture: true, once: true });
  const frame = () => {
    if (window.run !== run) return;
    const now = window.look(cell);
    if (began !== null && now && now !== before && !now.includes("…")) {
      requestAnimationFrame(() => { window.took = performance.now() - began; });
    } else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};
window.settle = async cell => {
  for (let before = null, quiet = 0; quiet < 3;) {
    await new Promise(resolve => setTimeout(resolve, 60));
    const now = window.look(cell);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
};
}"""

# An arrow key goes on in one direction until the slider is at its end.
WAY = """slider => {
  const [low, now, high] = ["min", "now", "max"].map(name => slider.getAttribute(`aria-value${name}`));
  if (now === low) slider.dataset.way = "ArrowRight";
  else if (now === high) slider.dataset.way = "ArrowLeft";
  return slider.dataset.way ??= "ArrowRight";
}"""


@dataclass(frozen=True)
class Timing:
    """What one control of one figure took, in milliseconds."""

    lecture: str
    figure: str
    control: str
    times: tuple[float, ...]
    peer_median: float = float("nan")

    @property
    def median(self) -> float:
        """The median over the moves; not a number where the picture never changed."""
        return statistics.median(self.times) if self.times else float("nan")

    @property
    def p95(self) -> float:
        """The time that one move in twenty exceeds."""
        if len(self.times) < 2:
            return self.median
        return statistics.quantiles(self.times, n=20, method="inclusive")[-1]

    def __str__(self) -> str:
        where = f"{self.lecture}  {self.figure:26.26} {self.control:22.22}"
        if not self.times:
            return f"{where} its picture did not change"
        ratio = self.peer_median / self.median
        return f"{where} {self.median:6.0f} ms  {self.p95:6.0f} ms {ratio:6.1f}×  {len(self.times):3d}"


@contextmanager
def serve(home: Path, wished: Sequence[str]) -> Iterator[str]:
    """Start a JupyterLab over copies of the lectures, each with the peer at its end; yield its address."""
    for file in sorted(LECTURES.glob("*.ipynb")):
        if not wished or file.stem[:2] in wished:
            notebook = nbformat.read(file, as_version=4)
            notebook.cells.append(nbformat.v4.new_code_cell(PEER_CELL))
            nbformat.write(notebook, home / file.name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != "FIRST_DESCENT_WIDGETS"}
    environment |= {"FIRST_DESCENT_SIZE": "tiny", "PYTHONPATH": str(REPOSITORY)}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        environment[name] = str(home / ".jupyter" / name)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=home)
    assert process.stderr is not None  # we asked for a pipe
    try:
        if not any(f"http://127.0.0.1:{port}/lab" in line for line in process.stderr):
            sys.exit("JupyterLab did not start")
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop the server
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def run_all(page: Page, address: str) -> None:
    """Open a notebook and run it to its end; open it anew if JupyterLab was not ready."""
    prompts = page.locator(".jp-InputPrompt")
    started = prompts.filter(has_text="[1]").or_(prompts.filter(has_text="[*]"))
    for _ in range(5):
        page.goto(f"{address}?reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        # Before its kernel is there, "Run All Cells" is lost.
        page.locator("#jp-main-statusbar").get_by_text(re.compile(r"Python 3.*\| Idle")).wait_for()
        try:
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=15 * SECONDS)
            page.get_by_text("Run All Cells", exact=True).click(timeout=15 * SECONDS)
            started.first.wait_for(state="attached", timeout=15 * SECONDS)
            page.locator(".jp-OutputArea").get_by_text("the peer stands here").wait_for(state="attached")
            page.evaluate(WATCH)
            return
        except TooSlow:
            continue
    sys.exit(f"{address} did not run to its end")


def name_figure(source: str) -> str:
    """Return which figure of the kit a cell's code makes."""
    made = [name for name in FIGURES if re.search(rf"\b{name}\(", source)]
    return PEER if "_draw_anew" in source else made[0] if made else "?"


def time_lecture(page: Page, file: Path, moves: int) -> list[Timing]:
    """Time every control of every figure in a lecture that has run, and of the peer."""
    timings = []
    for index, cell in enumerate(nbformat.read(file, as_version=4).cells):
        figure = name_figure(cell.source) if cell.cell_type == "code" else "?"
        there = page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
        if figure == "?" or not there.locator(CONTROLS).count():
            continue
        there.scroll_into_view_if_needed()
        for control in there.locator(CONTROLS).all():
            if control.is_visible():
                timings.append(time_control(page, there, control, (file.stem[:2], figure), moves))
    peers = [time for timing in timings if timing.figure == PEER for time in timing.times]
    median = statistics.median(peers) if peers else float("nan")
    return [Timing(t.lecture, t.figure, t.control, t.times, median) for t in timings]


def time_control(page: Page, cell: Locator, control: Locator, where: tuple[str, str], moves: int) -> Timing:
    """Move one control several times, after one move that is not counted."""
    control.scroll_into_view_if_needed()
    handle = cell.element_handle()
    times: list[float] = []
    for number in range(moves + 1):
        page.evaluate("cell => window.settle(cell)", handle)
        page.evaluate("cell => window.watch(cell)", handle)
        try:
            move(control, number)
            page.wait_for_function("() => window.took !== null", timeout=4 * SECONDS)
        except Error:  # a move that changes nothing: a control without effect in this state
            continue
        if number:
            times.append(float(page.evaluate("() => window.took")))
    return Timing(*where, name_control(control), tuple(times))


def move(control: Locator, number: int) -> None:
    """Move a slider by one step, turning round at its ends; choose the next option; draw a piece of a stroke."""
    kind = control.evaluate("c => c.className + ' ' + c.tagName")
    if "noUi-handle" in kind:
        control.focus()
        control.press(control.evaluate(WAY))
    elif "fd-pad-canvas" in kind:
        control.click(position={"x": 60 + 20 * (number % 8), "y": 40 + 25 * (number % 8)})
    elif "SELECT" in kind:
        control.focus()
        control.press("ArrowDown" if number % 2 == 0 else "ArrowUp")
    else:
        states = control.locator("button").evaluate_all("all => all.map(b => b.classList.contains('mod-active'))")
        control.locator("button").nth((states.index(True) + 1) % len(states)).click()


def name_control(control: Locator) -> str:
    """Return the label that stands beside a control, or what kind of control it is."""
    said: Any = control.evaluate(
        "c => c.closest('.widget-inline-hbox')?.querySelector('.widget-label')?.textContent || ''"
    )
    kind = control.evaluate("c => c.classList.contains('fd-pad-canvas') ? 'a dot of ink' : 'buttons'")
    return str(said or kind)


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the lectures that were asked for and print one line for each control."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lectures", nargs="*", help="numbers such as 02; all without any")
    parser.add_argument("--moves", type=int, default=8, help="how often each control is moved")
    parser.add_argument("--write", action="store_true", help="put the table into docs/figures.md; times every lecture")
    parser.add_argument("--aim", type=float, default=AIM_MILLISECONDS, help="milliseconds a median may take")
    options = parser.parse_args(arguments)
    if options.write and options.lectures:
        parser.error("--write needs every lecture: leave the numbers out")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("needs Chromium on the PATH or in $CHROMIUM")
    timings: list[Timing] = []
    print(f"{'':2}  {'figure':26} {'control':22} {'median':>9} {'p95':>10} {'ratio':>7} moves")
    with (
        tempfile.TemporaryDirectory() as name,
        serve(Path(name), options.lectures) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for file in sorted(Path(name).glob("*.ipynb")):
            page = browser.new_page(viewport={"width": 1250, "height": 1200})
            page.set_default_timeout(90 * SECONDS)
            run_all(page, f"{address}/lab/tree/{file.name}")
            for timing in time_lecture(page, file, options.moves):
                print(timing, flush=True)
                timings.append(timing)
            page.close()
        browser.close()
    if options.write:
        put(f"{tabulate(timings, options.aim)}\n\n{summarise(timings)}")
    return report(timings, options.aim)


def by_figure(timings: Sequence[Timing]) -> dict[tuple[str, str], list[Timing]]:
    """Return the timings of each figure of each lecture, without the peer and without what never changed."""
    found: dict[tuple[str, str], list[Timing]] = {}
    for timing in timings:
        if timing.figure != PEER and timing.times:
            found.setdefault((timing.lecture, timing.figure), []).append(timing)
    return found


def median_of(parts: Sequence[Timing]) -> float:
    """Return the median over all moves of all controls."""
    return statistics.median(time for part in parts for time in part.times)


def tabulate(timings: Sequence[Timing], aim: float) -> str:
    """Return the table of figures in Markdown."""
    rows = [
        f"| lecture | figure | module | controls | median, ms | slowest control, ms | over {aim:.0f} ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for (lecture, figure), parts in sorted(by_figure(timings).items()):
        module = Path(str(sys.modules[getattr(widgets, figure).__module__].__file__)).relative_to(REPOSITORY)
        slowest = max(parts, key=lambda part: part.median)
        middle = median_of(parts)
        cells = (
            lecture,
            f"`{figure}`",
            f"[`{module.stem}`](../{module.as_posix()})",
            str(len(parts)),
            f"{middle:.0f}",
            f"{slowest.median:.0f} ({slowest.control})",
            "**yes**" if middle > aim else "",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def summarise(timings: Sequence[Timing]) -> str:
    """Say in a sentence what all of it comes to, and on which machine."""
    ours = [part for parts in by_figure(timings).values() for part in parts]
    typical = statistics.median(timing.median for timing in ours)
    ratio = statistics.median(timing.peer_median / timing.median for timing in ours)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{len(ours)} controls of {len({part.figure for part in ours})} figures: {typical:.0f} ms, {ratio:.1f} times "
        f"as fast as the peer. Measured on {os.cpu_count()} cores{load}; with more than one a core, all times grow."
    )


def put(table: str, page: Path = PAGE) -> None:
    """Write the table between the two markers of a page, which must be there."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{page} needs the lines {BEGIN!r} and {END!r}, once each, around the place of the table")
    page.write_text(f"{text.split(BEGIN)[0]}{BEGIN}\n\n{table}\n\n{END}{text.split(END)[1]}", encoding="utf-8")


def report(timings: Sequence[Timing], aim: float) -> int:
    """Print what all of it comes to; return 1 if a figure misses the aim."""
    figures = by_figure(timings)
    if not figures:
        sys.exit("nothing was timed")
    slow = {name: median_of(parts) for (_, name), parts in figures.items() if median_of(parts) > aim}
    unseen = [name for name in FIGURES if name not in {figure for _, figure in figures}]
    print(f"\n{summarise(timings)}")
    if unseen:
        print(f"not in these lectures: {', '.join(unseen)}")
    print(f"over {aim:.0f} ms: " + (", ".join(f"{name} ({time:.0f})" for name, time in slow.items()) or "none"))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
