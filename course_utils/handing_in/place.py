"""Find the notebook that `submit()` stands in: its file, or in Colab what the browser holds."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course_utils.errors import HandInError
from course_utils.handing_in.cells import Cell, defined_names, grade_id
from course_utils.handing_in.names_used import names_used

_MOST_BYTES = 100_000_000  # what the grader takes in, too
_ANSWER_SECONDS = 3.0
_NAME_IT = 'Say which file it is: submit(file="hw1.ipynb").'


@dataclass(frozen=True)
class Found:
    """A notebook: its data as read, its cells, and where it lies; `is_live` where it came from the browser as it is."""

    path: Path
    data: Mapping[str, Any]
    cells: tuple[Cell, ...]
    is_live: bool = False


def find_notebook(file: str | os.PathLike[str] | None = None) -> Found:
    """Find and read the notebook this is called from, or `file`.

    Raises:
        HandInError: it cannot be found or read.
    """
    if file is not None:
        return read_file(Path(file).expanduser())
    if "google.colab" in sys.modules:
        return _in_colab()
    for path in (_said_by_vs_code(), _said_by_the_server(), _said_by_the_session()):
        if path is not None and path.is_file():
            return read_file(path)
    raise HandInError("The notebook's file could not be found from here.", _NAME_IT)


def read_file(path: Path) -> Found:
    """Read a notebook's file.

    Raises:
        HandInError: there is none, it is too large, or it is no notebook.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            large = (
                f"{path.name} has {size / 1e6:,.0f} MB, more than the {_MOST_BYTES / 1e6:,.0f} MB a notebook may have."
            )
            raise HandInError(
                large, "Clear its outputs (Edit > Clear Outputs of All Cells), save, and run this cell again."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise HandInError(f"There is no file {path}.", _NAME_IT) from None
    except IsADirectoryError:
        raise HandInError(f"{path} is a folder.", _NAME_IT) from None
    except OSError as error:
        raise HandInError(
            f"{path.name} cannot be read: {error.strerror}.", "Check the file, or download it anew."
        ) from None
    except UnicodeDecodeError:
        raise HandInError(f"{path.name} is no notebook: it is not text.", _NAME_IT) from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        broken = f"{path.name} is no notebook, or its file is damaged: it is not JSON."
        raise HandInError(broken, "Save the notebook in JupyterLab, then run this cell again.") from None
    return Found(path.absolute(), *_as_notebook(data, path.name))


def _as_notebook(data: Any, name: str) -> tuple[Mapping[str, Any], tuple[Cell, ...]]:
    cells = data.get("cells") if isinstance(data, dict) else None
    version = data.get("nbformat", 4) if isinstance(data, dict) else 4
    if version != 4:
        old = f"{name} has the notebook format {version!r}, and 4 is asked for."
        raise HandInError(old, "Open it in JupyterLab and save it there, then run this cell again.")
    # what is no cell is left out, as the grader does
    sound = [cell for cell in cells if _is_cell(cell)] if isinstance(cells, list) else []
    if not sound:
        raise HandInError(f"{name} is JSON, but not a notebook with cells.", _NAME_IT)
    return data, tuple(_plain(cell) for cell in sound)


def _is_cell(cell: object) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown", "raw")


def _plain(cell: Mapping[str, Any]) -> Cell:
    """Give a cell with its source as one text, and with metadata."""
    source, metadata = cell.get("source", ""), cell.get("metadata")
    text = "".join(map(str, source)) if isinstance(source, list) else source if isinstance(source, str) else ""
    text = text.encode("utf-8", "replace").decode()  # half a character, which JSON can carry, would stop the runner
    return {**cell, "source": text, "metadata": metadata if isinstance(metadata, dict) else {}}


def _in_colab() -> Found:
    """Ask the browser for the notebook as it is now, saved or not."""
    from google.colab import _message  # type: ignore[import-not-found, unused-ignore]

    answer = _message.blocking_request("get_ipynb", timeout_sec=30)
    data = answer.get("ipynb") if isinstance(answer, dict) else None
    if data is None:
        raise HandInError(
            "Colab did not hand over the notebook.", "Run this cell again; reload the page if that does not help."
        )
    said: Any = data
    for key in ("metadata", "colab", "name"):
        said = said.get(key) if isinstance(said, dict) else None
    name = str(said or "notebook.ipynb").replace("/", "_")
    return Found(Path.cwd() / name, *_as_notebook(data, name), is_live=True)


def _said_by_vs_code() -> Path | None:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    name = shell.user_ns.get("__vsc_ipynb_file__") if shell is not None else None
    return Path(str(name)) if name else None


def _said_by_the_session() -> Path | None:
    """Read what Jupyter's server told the kernel at its start: right unless the file was renamed since."""
    name = os.environ.get("JPY_SESSION_NAME", "")
    return Path(name) if name.endswith(".ipynb") else None


def _said_by_the_server() -> Path | None:
    """Ask Jupyter's servers on this machine which notebook this kernel belongs to: right after a renaming, too."""
    try:
        from ipykernel.connect import get_connection_file
        from jupyter_core.paths import jupyter_runtime_dir

        kernel = Path(get_connection_file()).stem.removeprefix("kernel-")
        servers = sorted(Path(jupyter_runtime_dir()).glob("*server-*.json"))
    except (ImportError, RuntimeError, OSError):
        return None
    for server in servers:
        for session in _sessions(server):
            root, path = session["root"], session.get("path") or session.get("notebook", {}).get("path", "")
            if session.get("kernel", {}).get("id") == kernel and str(path).endswith(".ipynb"):
                return Path(root) / str(path)
    return None


def _sessions(server: Path) -> Iterator[dict[str, Any]]:
    try:
        about = json.loads(server.read_text(encoding="utf-8"))
        address = f"{about['url'].rstrip('/')}/api/sessions"
        request = urllib.request.Request(address, headers={"Authorization": f"token {quote(about.get('token', ''))}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine
        with opener.open(request, timeout=_ANSWER_SECONDS) as answer:
            sessions = json.loads(answer.read())
        root = about.get("root_dir") or about["notebook_dir"]
        yield from ({**session, "root": root} for session in sessions if isinstance(session, dict))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # a server that has gone, or does not answer to us


def unsaved_cell(cells: Sequence[Cell], ran: Sequence[str]) -> int:
    """Return the number of a cell that was run in words the saved file does not hold yet; 0 if there is none.

    `ran` are the inputs of this kernel by their number, as IPython keeps them. A cell counts if the last input that
    defines one of its functions, or makes the name that an answer's cell is for, is not in the file, and the number
    beside the cell in the file is from before that run.
    """
    saved = {str(cell["source"]).strip() for cell in cells}
    made: dict[str, int] = {}  # the last input that makes a name
    for number, source in enumerate(ran):
        made |= dict.fromkeys(_made_in(source), number)
    for at, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "code":
            continue
        name, suffix, _ = grade_id(cell).partition("-answer")
        names = {*defined_names(cell), *([name] if suffix else ())}  # a quiz's answer is no function
        last = max((made.get(name, 0) for name in names), default=0)
        counted = cell.get("execution_count")
        is_older = not isinstance(counted, int) or counted < last or counted >= len(ran)
        if last and is_older and ran[last].strip() not in saved:
            return at
    return 0


def _made_in(source: str) -> set[str]:
    """List the names a cell makes: functions also where the cell is no whole Python."""
    return {*defined_names({"source": source}), *names_used(source).makes}
