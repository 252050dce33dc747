"""A JupyterLab of one's own in a folder, and a page in Chromium that runs a notebook there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "test-artifacts"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SECONDS = 1000  # Playwright counts milliseconds


def write_notebook(path: Path, *sources: str) -> None:
    """Write a notebook with these code cells and a text cell below them."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_markdown_cell("The cell below.")])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


@contextmanager
def serve(home: Path, **variables: str) -> Iterator[str]:
    """Start a JupyterLab over a folder, with these environment variables; yield its address."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FIRST_DESCENT")}
    with tempfile.TemporaryDirectory(prefix="own-jupyterlab-") as own:
        environment |= {
            "JUPYTER_RUNTIME_DIR": f"{own}/runtime",
            "JUPYTER_CONFIG_DIR": f"{own}/config",
            "JUPYTERLAB_SETTINGS_DIR": f"{own}/settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{own}/workspaces",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
        command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={home}"]
        with listening(command, r"(http://127\.0\.0\.1:\d+)/lab", home, environment | variables) as found:
            yield found[1]


@contextmanager
def listening(command: list[str], says: str, home: Path, environment: dict[str, str]) -> Iterator[re.Match[str]]:
    """Start a Jupyter server in a folder and yield what it `says` of itself, its address first, once it listens."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=home)
    assert process.stderr is not None
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(says, line):
                break
        else:
            pytest.fail("the server did not start:\n" + "".join(said[-20:]))
        drain = threading.Thread(target=process.stderr.read, daemon=True)  # a full pipe would stop the server
        drain.start()
        _await_answer(found[1])
        yield found
    finally:
        process.terminate()
        process.wait(timeout=60)
    drain.join(timeout=60)
    process.stderr.close()


def _await_answer(address: str) -> None:
    """Wait until the server listens: it says where it is before."""
    ends = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address.rstrip('/')}/api", timeout=60).close()
            return
        except urllib.error.HTTPError:  # an answer, too
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def run_all(page, address: str) -> None:
    """Open the notebook and run its cells; open it anew if JupyterLab was not ready and asks for a kernel."""
    from playwright.sync_api import TimeoutError as TooSlow

    ran = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[\d+\]"))
    ready = page.locator("#jp-main-statusbar").get_by_text(re.compile(r"Python 3.*\| Idle"))
    for _ in range(3):
        page.goto(address)
        try:
            ready.wait_for()  # before it, "Run All Cells" is lost, and JupyterLab may ask for a kernel
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=15 * SECONDS)
            page.get_by_text("Run All Cells", exact=True).click(timeout=15 * SECONDS)
            ran.first.wait_for(state="attached")
            return
        except TooSlow:
            continue
    pytest.fail("no cell was run")
