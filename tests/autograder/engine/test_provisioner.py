"""Programs that know nothing of the kit get the kit's kernels through Jupyter's own extension point."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.provisioner import FirstDescentProvisioner
from autograder.engine.worker.client import isolation_here

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "first-descent")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    from jupyter_client.provisioning import KernelProvisionerFactory

    KernelProvisionerFactory.clear_instance()

    def execute(*sources: str):
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        folder = {"metadata": {"path": str(tmp_path)}}
        NotebookClient(notebook, resources=folder, timeout=30, allow_errors=True).execute()
        return [[output.get("text", output.get("ename")) for output in cell.outputs] for cell in notebook.cells]

    yield execute
    KernelProvisionerFactory.clear_instance()


def test_the_entry_point_is_installed() -> None:
    found = entry_points(group="jupyter_client.kernel_provisioners", name="first-descent")
    assert [point.load() for point in found] == [FirstDescentProvisioner]


def test_nbclient_runs_in_a_warm_sandboxed_kernel(run, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("1")
    (tmp_path / "hw1.ipynb").write_text("hidden tests")
    look = (
        "import os, sys\n"
        "print('torch' in sys.modules, sorted(os.listdir()), 'PGPASSWORD' in os.environ, os.path.exists('/etc/shadow'))"
    )
    outputs = run(look, "1 / 0", "open('new', 'w').close()")
    assert outputs[1:] == [["ZeroDivisionError"], []]
    if isolation_here().is_sandbox:
        assert outputs[0] == ["True ['table.csv'] False False\n"]
        assert not (tmp_path / "new").exists()


def test_a_kernel_that_dies_is_noticed(run) -> None:
    with pytest.raises(DeadKernelError):
        run("import os\nos._exit(3)")
