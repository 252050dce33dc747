"""From inside a kernel, `submit()` finds its own notebook: real kernels, started by a real Jupyter server."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from handed_out import ROOT, save, small
from jupyter_client.blocking.client import BlockingKernelClient
from own_jupyterlab import listening

pytestmark = pytest.mark.slow

SUBMIT = "from course_utils.handing_in import submit\nsubmit(run=False)"
SECONDS = 90


@dataclass
class Server:
    """A Jupyter server over a folder of its own."""

    address: str
    token: str
    home: Path
    runtime: Path

    def ask(self, way: str, where: str, **data: Any) -> Any:
        request = urllib.request.Request(
            f"{self.address}api/{where}",
            method=way,
            data=json.dumps(data).encode() if data else None,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.loads(answer.read() or "null")

    def open(self, path: str) -> tuple[dict[str, Any], BlockingKernelClient]:
        """Open a notebook as JupyterLab does: a session with a kernel of its own."""
        kernel = {"name": "python3"}
        session = self.ask("POST", "sessions", path=path, name=Path(path).name, type="notebook", kernel=kernel)
        client = BlockingKernelClient()
        client.load_connection_file(str(self.runtime / f"kernel-{session['kernel']['id']}.json"))
        client.start_channels(hb=False)  # on a busy machine a slow heart is no death
        client.wait_for_ready(timeout=SECONDS)
        return session, client


def told(client: BlockingKernelClient, source: str) -> str:
    """Run a cell and give what it shows, as plain text."""
    shown: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        content = message["content"]
        shown.append(content.get("text") or content.get("data", {}).get("text/plain", ""))
        shown.extend(content.get("traceback", ()))

    client.execute_interactive(source, output_hook=hear, timeout=SECONDS, store_history=True)
    return " ".join("\n".join(shown).split())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, runtime = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("runtime")
    environment = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(home / ".config"),
        "IPYTHONDIR": str(home / ".ipython"),
        "PYTHONPATH": str(ROOT),
    }
    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "FIRST_DESCENT_HANDING_IN"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    command += [f"--ServerApp.root_dir={home}"]
    with listening(command, r"(http://127\.0\.0\.1:\d+/)\S*\?token=(\w+)", home, environment) as found:
        yield Server(found[1], found[2], home, runtime)


@pytest.fixture(autouse=True)
def same_runtime_folder(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(server.runtime))


def test_each_of_two_notebooks_of_one_name_finds_itself(server: Server) -> None:
    for folder, student in (("week 1", "Ada Lovelace"), ("week 2", "Grace Hopper")):
        save(server.home / folder / "hw1.ipynb", small(student))
    first = server.open("week 1/hw1.ipynb")
    second = server.open("week 2/hw1.ipynb")
    assert "accept this notebook: Grace Hopper, hw1" in told(second[1], SUBMIT)
    assert "accept this notebook: Ada Lovelace, hw1" in told(first[1], SUBMIT)
    assert (server.home / "week 1/Ada_Lovelace_hw1.ipynb").exists()
    assert (server.home / "week 2/Grace_Hopper_hw1.ipynb").exists()

    # renamed while it is open, and its old name given to another: the server knows better than the kernel's start
    session, client = first
    (server.home / "week 1/hw1.ipynb").rename(server.home / "week 1/Übung eins.ipynb")
    save(server.home / "week 1/hw1.ipynb", small("Somebody Else"))
    server.ask("PATCH", f"sessions/{session['id']}", path="week 1/Übung eins.ipynb")
    said = told(client, SUBMIT)
    assert "Ada Lovelace, hw1" in said
    assert "Somebody" not in said
    (server.home / "week 1/Ada_Lovelace_hw1 (2).ipynb").unlink()

    # a cell changed and run, and the file not saved since
    said = told(client, "def double(x):\n    return 'another way'")
    said = told(client, SUBMIT)
    assert "Not handed in yet" in said
    assert "Cell 3 is not saved as you ran it last. Save the notebook (Ctrl+S, or ⌘S), then run this cell" in said
    assert "another way" not in (server.home / "week 1/Ada_Lovelace_hw1.ipynb").read_text(encoding="utf-8")
    save(server.home / "week 1/Übung eins.ipynb", small(answer="def double(x):\n    return 'another way'"))
    # the copy under the first number is of a notebook with another name, and is not written over
    assert "Hand in this file: Ada_Lovelace_hw1 (2).ipynb" in told(client, SUBMIT)
    assert "another way" in (server.home / "week 1/Ada_Lovelace_hw1 (2).ipynb").read_text(encoding="utf-8")
    for _, each in (first, second):
        each.stop_channels()


def test_a_kernel_that_belongs_to_no_notebook_says_so(server: Server) -> None:
    kernel = server.ask("POST", "kernels", name="python3")
    client = BlockingKernelClient()
    client.load_connection_file(str(server.runtime / f"kernel-{kernel['id']}.json"))
    client.start_channels(hb=False)  # on a busy machine a slow heart is no death
    client.wait_for_ready(timeout=SECONDS)
    said = told(client, SUBMIT)
    assert 'The notebook\'s file could not be found from here. Say which file it is: submit(file="hw1.ipynb").' in said
    assert "Traceback" not in said

    # a notebook that was opened and never written: its file is gone before it is asked for
    save(server.home / "gone.ipynb", small())
    _, other = server.open("gone.ipynb")
    (server.home / "gone.ipynb").unlink()
    assert "The notebook's file could not be found from here." in told(other, SUBMIT)

    # in Visual Studio Code the shell itself says which file it is
    save(server.home / "in code.ipynb", small("Ada King"))
    path = str(server.home / "in code.ipynb")
    assert "Ada King, hw1" in told(client, f"__vsc_ipynb_file__ = {path!r}\n{SUBMIT}")
    for each in (client, other):
        each.stop_channels()


def test_with_the_whole_run_the_kernel_at_hand_is_left_alone(server: Server) -> None:
    save(server.home / "whole" / "hw1.ipynb", small("Ada Lovelace"))
    _, client = server.open("whole/hw1.ipynb")
    told(client, "scratch = 'mine'")
    said = told(client, SUBMIT.replace("run=False", ""))
    assert "Running hw1.ipynb from top to bottom in a fresh Python." in said
    assert "So far 2 of 2 points by the checks" in said
    assert "'mine' False" in told(client, "print(repr(scratch), 'double' in globals())")
    client.stop_channels()
