"""Faulty notebooks as students hand them in: what was done, what the student must read of it, and what it may cost.

The class works on four exercises of hw1. All of its answers are right unless a fault says otherwise, and build on each
other: `mse` calls `sse`, `rmse` calls `mse`. What a fault's own cell does stands between `mse` and `mae`.
"""

# ruff: noqa: E501  a row of the table is one line

from __future__ import annotations

import copy
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

Change = Callable[[NotebookNode], NotebookNode | bytes | None]

EXERCISES = ("sse", "mse", "mae", "rmse")
RIGHT = {
    "sse": "def sse(p, y):\n    return ((p - y) ** 2).sum()",
    "mse": "def mse(p, y):\n    return sse(p, y) / p.numel()",
    "mae": "def mae(p, y):\n    return torch.mean(torch.abs(y - p))",
    "rmse": "def rmse(p, y):\n    return mse(p, y) ** 0.5",
}


@dataclass(frozen=True)
class Faulty:
    """One faulty submission.

    `change` works on the answered notebook: in place, or it returns another one, or the bytes of the file. `says` is
    the sentence a student must read (a regular expression; "" if there is nothing to say), `costs` the exercises that
    lose their points. With `ungraded` it cannot be graded at all: that is then the reason. Of what is `fickle` it is
    chance whether it has any effect, and so whether there is something to say.
    """

    change: Change
    says: str = ""
    costs: tuple[str, ...] = ()
    ungraded: str = ""
    fickle: bool = False


def place(notebook: NotebookNode, name: str) -> int:
    for number, cell in enumerate(notebook.cells):
        about = cell.metadata.get("nbgrader", {})
        if isinstance(about, dict) and about.get("grade_id") == name:
            return number
    raise LookupError(name)


def cell_of(notebook: NotebookNode, name: str) -> NotebookNode:
    return notebook.cells[place(notebook, name)]


def answered(released: NotebookNode, full_name: str) -> NotebookNode:
    """Return the released notebook with everything right and the student's name on top."""
    notebook = copy.deepcopy(released)
    for name, source in RIGHT.items():
        cell_of(notebook, f"{name}-answer").source = source
    head = notebook.cells[0]
    head.source = head.source.replace("**Name:**", f"**Name:** {full_name}")
    return notebook


def as_saved(notebook: Any) -> bytes:
    """Return a file's bytes as an editor would write them, whatever is in the notebook."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def own(source: str) -> Change:
    """Put a cell of the student's own between mse and mae."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells.insert(place(notebook, "mae-text"), new_code_cell(source))

    return change


def answers(**sources: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        for name, source in sources.items():
            cell_of(notebook, f"{name}-answer").source = source

    return change


def both(*changes: Change) -> Change:
    def change(notebook: NotebookNode) -> NotebookNode | bytes | None:
        result = None
        for each in changes:
            result = each(notebook)
        return result

    return change


def every_cell(do: Callable[[NotebookNode], object]) -> Change:
    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            do(cell)

    return change


def marked(do: Callable[[dict[str, Any]], object]) -> Change:
    """Change nbgrader's metadata in every cell that has some."""

    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                do(cell.metadata["nbgrader"])

    return change


def file(data: bytes) -> Change:
    return lambda notebook: data


def text(do: Callable[[str], str], encoding: str = "utf-8") -> Change:
    """Change the text of the saved file."""
    return lambda notebook: do(as_saved(notebook).decode()).encode(encoding)


def raw(do: Callable[[dict[str, Any]], object]) -> Change:
    """Change the file's JSON, past what nbformat allows."""

    def change(notebook: NotebookNode) -> bytes:
        data = json.loads(as_saved(notebook))
        return as_saved(do(data) or data)

    return change


def in_each_cell(**fields: Any) -> Change:
    def do(data: dict[str, Any]) -> None:
        for cell in data["cells"]:
            if cell["cell_type"] == "code" or "outputs" not in fields:
                cell.update(fields)

    return raw(do)


def cut(notebook: NotebookNode) -> bytes:
    data = as_saved(notebook)
    return data[: len(data) * 2 // 3]


def format_3(notebook: NotebookNode) -> bytes:
    return as_saved(nbformat.convert(notebook, 3))


def large(notebook: NotebookNode) -> bytes:
    cell = new_code_cell("print('x' * 300_000_000)", outputs=[new_output("stream", text="#")])
    notebook.cells.insert(3, cell)
    return as_saved(notebook).replace(b'"#"', b'"' + b"x" * 300_000_000 + b'"')


def zipped(notebook: NotebookNode) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("notes.txt", "the notebook is on my other computer")
    return stream.getvalue()


def copied(name: str, source: str | None = None) -> Change:
    """Copy a cell with everything in its metadata; `source` is what the first of the two reads."""

    def change(notebook: NotebookNode) -> bytes:
        at = place(notebook, name)
        twin = copy.deepcopy(notebook.cells[at])
        if source is not None:
            twin.source = source
        notebook.cells.insert(at, twin)
        return as_saved(notebook)  # nbformat would renew the copied id

    return change


def deleted(*names: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        for name in names:
            del notebook.cells[place(notebook, name)]

    return change


def retyped(name: str, kind: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        cell = cell_of(notebook, name)
        cell.cell_type = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)

    return change


def shuffled(notebook: NotebookNode) -> None:
    random.Random(7).shuffle(notebook.cells)


def merged(first: str, second: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        cell_of(notebook, first).source += "\n\n" + cell_of(notebook, second).source
        del notebook.cells[place(notebook, second)]

    return change


def all_in_one(notebook: NotebookNode) -> None:
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [notebook.cells[0], new_code_cell(code)]


def split(notebook: NotebookNode) -> None:
    at = place(notebook, "mae-answer")
    notebook.cells[at].source = "weights = 1.0"
    notebook.cells.insert(at + 1, new_code_cell(RIGHT["mae"]))


def changed_tests(notebook: NotebookNode) -> None:
    for name in EXERCISES:
        cell = cell_of(notebook, name)
        cell.source = "1.0"
        cell.metadata.nbgrader.update(points=100, locked=False)


def swapped_ids(notebook: NotebookNode) -> None:
    one, other = cell_of(notebook, "mse-answer"), cell_of(notebook, "mae-answer")
    one.metadata.nbgrader.grade_id, other.metadata.nbgrader.grade_id = "mae-answer", "mse-answer"


def many_cells(notebook: NotebookNode) -> None:
    notebook.cells[3:3] = [new_markdown_cell(f"note {number}") for number in range(2_000)]


def noisy(notebook: NotebookNode) -> None:
    cell_of(notebook, "mse-answer").source = (
        "import logging, sys, warnings\n\ndef mse(p, y):\n    warnings.warn('a warning for every call')\n"
        "    logging.warning('and a line in the log')\n"
        "    for percent in range(0, 101, 10):\n        print(f'\\r{percent:3}%|{percent // 10 * chr(9608)}', end='', file=sys.stderr)\n"
        "    return ((p - y) ** 2).mean()"
    )


def unicode_everywhere(notebook: NotebookNode) -> None:
    cell_of(notebook, "mae-answer").source = "größe_日本 = '🎉 עברית'\n\ndef mae(p, y):\n    '''Ошибка‮ 😀 \u200b'''\n    Δ = p - y\n    return Δ.abs().mean()"
    notebook.cells.insert(3, new_code_cell("print('日本語 🎉 \\u202e עברית \\u0000 \\ud83d', größe := 'ß' * 3)"))
    notebook.cells.insert(4, new_markdown_cell("**¿Qué?** 𝓛 = ½·Σ, ​‮ 🧑🏽‍🚀 ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞"))


def deep(notebook: NotebookNode) -> bytes:
    return as_saved(notebook).replace(b'"metadata": {', b'"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "metadata": {', 1)


def conflict(notebook: NotebookNode) -> bytes:
    return as_saved(notebook).replace(b'"cells": [', b'<<<<<<< HEAD\n "cells": [\n=======\n "cells": [\n>>>>>>> fixed', 1)


def foreign_cells(notebook: NotebookNode) -> None:
    about = {"grade": True, "solution": False, "locked": True, "points": 50, "schema_version": 3, "grade_id": "relu"}
    notebook.cells.append(new_code_cell("check(relu)", metadata={"nbgrader": about}))


STOPPED = r"stopped after 2 seconds"
FLOODED = f"printed more than 20,000 bytes|{STOPPED}"  # whichever of the two bounds is met first
ENDED = r"ended the Python process"
AFTER = r"The Python process ended"
SEGFAULT = "import ctypes\nctypes.string_at(0)"
LOADER = """\
import threading
from torch.utils.data import DataLoader
lock = threading.Lock()
class Waits:
    def __len__(self): return 8
    def __getitem__(self, i):
        with lock: return float(i)
with lock:
    print(sum(DataLoader(Waits(), num_workers=2)))"""
SWALLOWS = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass"
FORK_BOMB = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
DETACHED = "import os\nfor _ in range(400):\n    try:\n        if os.fork() == 0: os.setsid()\n    except OSError: break\nwhile True: pass"

# Cells that the student wrote between mse and mae.
OWN_CELLS: dict[str, Faulty] = {
    "an infinite loop": Faulty(own("while True:\n    pass"), STOPPED),
    "a loop that swallows BaseException and SIGINT": Faulty(own(SWALLOWS), STOPPED),
    "a computation in C that cannot be interrupted": Faulty(own("x = 9 ** 9 ** 9"), STOPPED),
    "a sleep of an hour": Faulty(own("import time\ntime.sleep(3600)"), STOPPED),
    "a lock that waits for itself": Faulty(own("import threading\nlock = threading.Lock(); lock.acquire(); lock.acquire()"), STOPPED),
    "a subprocess without end": Faulty(own("!sleep 3600"), STOPPED),
    "a deadlocked DataLoader": Faulty(own(LOADER), STOPPED),
    "sleeping threads": Faulty(own("import threading, time\nfor _ in range(20): threading.Thread(target=time.sleep, args=(3600,)).start()")),
    "a thread that never rests": Faulty(own("import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()")),
    "a thread that ends the process a little later": Faulty(own("import os, threading\nthreading.Timer(0.05, os._exit, (1,)).start()\nimport time; time.sleep(0.04)"), ENDED + "|" + AFTER),
    "a fork bomb": Faulty(own(FORK_BOMB), STOPPED),
    "a fork bomb that detaches itself": Faulty(own(DETACHED), STOPPED),
    "a thousand threads": Faulty(own("import threading, time\nfor _ in range(1000): threading.Thread(target=time.sleep, args=(3600,)).start()"), "more processes than it may"),
    "a memory bomb": Faulty(own("x = []\nwhile True: x.append(bytearray(200_000_000))"), "more memory than there is|" + STOPPED + "|" + ENDED),
    "a tensor larger than any memory": Faulty(own("import torch\ntorch.zeros(10 ** 14)"), "more memory than there is"),
    "a disk fill": Faulty(own("f = open('big', 'wb')\nwhile True: f.write(bytes(1_000_000))"), "more to the disk than there is room for"),
    "a temporary folder filled up": Faulty(own("import tempfile\nfor i in range(10_000): open(f'{tempfile.gettempdir()}/{i}', 'wb').write(bytes(1_000_000))"), "more to the disk than there is room for"),
    "too many open files": Faulty(own("f = [open('/dev/null') for _ in range(100_000)]"), "more files than it may|" + STOPPED),
    "100 MB of output": Faulty(own("print('x' * 100_000_000)"), FLOODED),
    "output without end": Faulty(own("while True:\n    print('x' * 10_000)"), FLOODED),
    "a million display calls": Faulty(own("from IPython.display import display\nfor i in range(1_000_000): display(i)"), FLOODED),
    "os._exit": Faulty(own("import os\nos._exit(3)"), ENDED),
    "a segmentation fault": Faulty(own(SEGFAULT), ENDED),
    "an abort": Faulty(own("import os\nos.abort()"), ENDED),
    "a signal to itself": Faulty(own("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"), ENDED),
    "a recursion without end": Faulty(own("def f(): return f()\nf()"), "RecursionError|" + STOPPED),
    "a stack overflow": Faulty(own("import sys\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nA().x"), f"{ENDED}|{STOPPED}|stopped with|more memory"),
    "sys.exit": Faulty(own("import sys\nsys.exit(1)"), "asked Python to end"),
    "quit()": Faulty(own("quit()"), f"{ENDED}|{AFTER}", fickle=True),
    "input()": Faulty(own("name = input('What is your name? ')"), "nobody types while it is graded"),
    "a closed standard output": Faulty(own("import sys\nsys.stdout.close()\nprint('still there?')"), "ValueError"),
    "standard output set to None": Faulty(own("import sys\nsys.stdout = sys.stderr = None\nprint('nothing')"), f"{ENDED}|{AFTER}", fickle=True),
    "standard output closed by its number": Faulty(own("import os\nos.close(1); os.close(2)"), f"{ENDED}|{AFTER}", fickle=True),
    "every descriptor closed": Faulty(own("import os\nos.closerange(0, 500)"), f"{ENDED}|{AFTER}|stopped", fickle=True),
    "the kernel's own loop stopped": Faulty(own("get_ipython().kernel.io_loop.add_callback(get_ipython().kernel.io_loop.stop)"), f"{ENDED}|{AFTER}", fickle=True),
    "warnings and progress bars": Faulty(noisy),
    "an error in a cell of one's own": Faulty(own("1 / 0"), r"ZeroDivisionError"),
    "a syntax error in a cell of one's own": Faulty(own("for i in range(3)\n    print(i)"), "SyntaxError"),
    "thirty cells with errors": Faulty(lambda nb: notebook_with_errors(nb), "ValueError"),
    "a folder deleted": Faulty(own("import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)")),
    "an empty environment": Faulty(own("import os\nos.environ.clear()")),
    "check() overwritten": Faulty(own("check = None")),
    "everything deleted with %reset": Faulty(own("%reset -f"), "not defined|NameError", ("mae", "rmse")),
    "torch overwritten": Faulty(own("torch = 3"), "AttributeError", ("mae",)),
    "a magic that does not exist": Faulty(own("%%nothing\n1")),
    "unicode everywhere": Faulty(unicode_everywhere),
}  # fmt: skip


def notebook_with_errors(notebook: NotebookNode) -> None:
    for number in range(30):
        own(f"raise ValueError({number})")(notebook)


# Answers that are the fault themselves.
BAD_ANSWERS: dict[str, Faulty] = {
    "an answer that never ends when called": Faulty(answers(mae="def mae(p, y):\n    while True: pass"), "still running", ("mae",)),
    "an answer that swallows every interrupt": Faulty(answers(mae="def mae(p, y):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"), "still running", ("mae",)),
    "an answer that ends the process when called": Faulty(answers(mae="import os\ndef mae(p, y):\n    os._exit(0)"), "Calling mae " + ENDED, ("mae",)),
    "an answer that crashes the process when called": Faulty(answers(mae="def mae(p, y):\n    import ctypes\n    ctypes.string_at(0)"), "Calling mae " + ENDED, ("mae",)),
    "an answer whose cell never ends": Faulty(answers(sse=SWALLOWS + "\n" + RIGHT["sse"]), STOPPED, ("sse", "mse", "rmse")),
    "an answer whose cell ends the process": Faulty(answers(mae="import os\nos._exit(0)"), ENDED, ("mae",)),
    "an answer that is not Python": Faulty(answers(sse="def sse(p, y)\n    return 1"), "SyntaxError", ("sse", "mse", "rmse")),
    "an answer that was renamed": Faulty(answers(mae="def MAE(p, y):\n    return (p - y).abs().mean()"), "There is no mae", ("mae",)),
    "an answer that is a number": Faulty(answers(mae="mae = 3.0"), "TypeError", ("mae",)),
    "an answer that asks for input": Faulty(answers(mae="def mae(p, y):\n    return float(input())"), "mae|Error", ("mae",)),
    "an answer that calls sys.exit": Faulty(answers(mae="import sys\ndef mae(p, y):\n    sys.exit()"), "called exit", ("mae",)),
    "an answer that prints without end": Faulty(answers(mae="def mae(p, y):\n    while True: print('x' * 1000)"), "still running", ("mae",)),
    "an answer that gives NaN": Faulty(answers(mae="def mae(p, y):\n    return (p - y).abs().mean() * float('nan')"), "nan|finite|number", ("mae",)),
    "an answer that gives nothing": Faulty(answers(mae="def mae(p, y):\n    (p - y).abs().mean()"), "None|return", ("mae",)),
    "an answer that fills the memory": Faulty(answers(mae="def mae(p, y):\n    return torch.zeros(10 ** 14).mean()"), "mae|memory|Error", ("mae",)),
    "an answer that recurses without end": Faulty(answers(mae="def mae(p, y):\n    return mae(p, y)"), "RecursionError|recursion|itself", ("mae",)),
    "an answer that needs what a hung cell was to make": Faulty(both(own("while True: pass\nscale = 1.0"), answers(mae="def mae(p, y):\n    return scale * (p - y).abs().mean()")), STOPPED, ("mae",)),
    "an answer indented with tabs and blanks": Faulty(answers(mae="def mae(p, y):\n\te = p - y\n        return e.abs().mean()"), "TabError|IndentationError", ("mae",)),
}  # fmt: skip

# What editors, platforms and people do to the file.
FILES: dict[str, Faulty] = {
    "a kernel that does not exist": Faulty(lambda nb: nb.metadata.update(kernelspec={"name": "conda-env-dl", "display_name": "DL", "language": "python"})),
    "a kernel of another language": Faulty(lambda nb: nb.metadata.update(kernelspec={"name": "ir", "display_name": "R", "language": "R"}, language_info={"name": "R"})),
    "notebook format 3": Faulty(format_3),
    "notebook format 4.0 without cell ids": Faulty(raw(lambda data: [cell.pop("id") for cell in data["cells"]] and data.update(nbformat_minor=0))),
    "no nbgrader metadata": Faulty(every_cell(lambda cell: cell.metadata.clear()), "was put back"),
    "no metadata at all": Faulty(raw(lambda data: [cell.pop("metadata") for cell in data["cells"]] and data.pop("metadata") and None), "put"),
    "cell ids renewed and metadata lost, as Colab does": Faulty(every_cell(lambda cell: (cell.metadata.clear(), cell.metadata.update(id=f"c-{cell.id}", colab={"base_uri": "x"}), cell.update(id=f"new{cell.id}"))), "was put back"),
    "a copied answer": Faulty(copied("mse-answer"), "was there 2 times"),
    "a copied answer, the first copy wrong": Faulty(copied("mse-answer", "def mse(p, y):\n    return 0 * p"), "was there 2 times"),
    "a copied test cell": Faulty(copied("mse"), "was there 2 times"),
    "every cell copied": Faulty(lambda nb: as_saved(nb | {"cells": [cell for cell in nb.cells for _ in (1, 2)]}), "was there 2 times"),
    "a deleted test cell": Faulty(deleted("mse"), "mse was missing and was put back"),
    "all test cells deleted": Faulty(deleted(*EXERCISES), "was missing and was put back"),
    "a deleted answer": Faulty(deleted("mae-answer"), "mae-answer was missing and was put back", ("mae",)),
    "deleted texts": Faulty(deleted("sse-text", "mae-text"), "was missing and was put back"),
    "the set-up cell deleted": Faulty(deleted("setup"), "setup was missing and was put back"),
    "an answer turned into text": Faulty(retyped("mae-answer", "markdown"), "turned into markdown"),
    "an answer turned into raw text": Faulty(retyped("mae-answer", "raw"), "turned into raw"),
    "a test cell turned into text": Faulty(retyped("mae", "markdown"), "turned into markdown"),
    "cells shuffled": Faulty(shuffled, "stood in another place"),
    "cells in reverse order": Faulty(lambda nb: nb.cells.reverse(), "stood in another place"),
    "an answer merged with its test": Faulty(merged("mae-answer", "mae"), "mae was missing and was put back"),
    "two answers merged": Faulty(merged("mse-answer", "mae-answer"), "mae-answer was missing; its answer"),
    "everything in one cell": Faulty(all_in_one, "was missing and was put back"),
    "an answer split in two": Faulty(split, "mae-answer did not hold its answer"),
    "changed test cells": Faulty(changed_tests, "reads as released again"),
    "two grade ids swapped": Faulty(swapped_ids, "mse-answer had its metadata changed"),
    "grade ids with signs in them": Faulty(marked(lambda about: about.update(grade_id=f"{about['grade_id']}; drop table")), "was put back"),
    "grade ids that are numbers": Faulty(marked(lambda about: about.update(grade_id=17)), "was put back"),
    "empty grade ids": Faulty(marked(lambda about: about.update(grade_id="")), "was put back"),
    "grade ids of another course": Faulty(marked(lambda about: about.update(grade_id=f"cell-{about['grade_id'].encode().hex()}")), "was put back"),
    "grading metadata of an old nbgrader": Faulty(marked(lambda about: about.update(schema_version=1)), "was put back"),
    "grading metadata of a nbgrader to come": Faulty(marked(lambda about: about.update(schema_version=9)), "was put back"),
    "grading metadata that is a list": Faulty(every_cell(lambda cell: cell.metadata.update(nbgrader=["sse"]) if "nbgrader" in cell.metadata else None), "was put back"),
    "cells of another assignment among its own": Faulty(foreign_cells, "no cell of this assignment"),
    "a tag that skips execution": Faulty(every_cell(lambda cell: cell.metadata.update(tags=["skip-execution", "raises-exception"])), "had its tags changed|put back"),
    "2,000 more cells": Faulty(many_cells),
    "an empty answer": Faulty(answers(mae=""), "mae", ("mae",)),
    "NaN in the outputs": Faulty(in_each_cell(outputs=[{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"application/json": float("nan"), "text/plain": "nan"}}])),
    "outputs that are null": Faulty(in_each_cell(outputs=None)),
    "outputs that are nonsense": Faulty(in_each_cell(outputs=[7, {"output_type": "song"}, {}])),
    "execution counts that are words": Faulty(in_each_cell(outputs=[], execution_count="many")),
    "cell ids all alike": Faulty(in_each_cell(id="abc")),
    "cell ids that are not allowed": Faulty(in_each_cell(id="no blanks allowed!")),
    "sources that are lists of lines": Faulty(raw(lambda data: [cell.update(source=cell["source"].splitlines(keepends=True)) for cell in data["cells"]] and None)),
    "a source that is a number": Faulty(raw(lambda data: data["cells"][10].update(source=7)), "There is no mae|Not written|source was no text|mae", ("mae",)),
    "a cell that is a word": Faulty(raw(lambda data: data["cells"].insert(3, "cell"))),
    "a cell of a kind unheard of": Faulty(raw(lambda data: data["cells"].insert(3, {"cell_type": "song", "metadata": {}, "source": ""}))),
    "half a surrogate pair": Faulty(text(lambda said: said.replace("# Homework 1", "# \\ud83d Homework 1"))),
    "Windows line ends": Faulty(text(lambda said: said.replace("\\n", "\\r\\n").replace("\n", "\r\n")), "white space"),
    "a byte order mark": Faulty(text(lambda said: said, "utf-8-sig")),
    "UTF-16": Faulty(text(lambda said: said, "utf-16")),
    "Windows-1252": Faulty(both(own("name = 'Zoë'"), text(lambda said: said.encode("cp1252", "xmlcharrefreplace").decode("cp1252"), "cp1252"))),
}  # fmt: skip

# What cannot be graded at all: a person looks at it, or it is refused with a sentence. Never a 0.
UNGRADED: dict[str, Faulty] = {
    "a truncated file": Faulty(cut, ungraded="cut short|cut off"),
    "a notebook of 300 MB": Faulty(large, ungraded="300 MB|too large"),
    "an empty file": Faulty(file(b""), ungraded="empty|cannot be read as a notebook"),
    "a file of blanks": Faulty(file(b" \n\0\n"), ungraded="nothing but blanks|cannot be read as a notebook"),
    "a notebook without cells": Faulty(raw(lambda data: data.update(cells=[])), ungraded="no cells"),
    "a notebook with one empty cell": Faulty(raw(lambda data: data.update(cells=[{"cell_type": "code", "metadata": {}, "source": "", "outputs": [], "execution_count": None}])), ungraded="no cell in the notebook comes from hw1|Not one of its answers"),
    "another assignment's notebook": Faulty(file(b"hw2"), ungraded="the notebook holds|Not one of its answers"),
    "cells that are no list": Faulty(raw(lambda data: data.update(cells={"a": 1})), ungraded="not a notebook|no list of cells"),
    "JSON that is no notebook": Faulty(file(b'{"name": "Ada", "grade": 100}'), ungraded="not a notebook|no list of cells"),
    "JSON nested too deep": Faulty(deep, ungraded="nested too deep|cannot be read"),
    "git's conflict marks": Faulty(conflict, ungraded="conflict marks|cannot be read"),
    "a notebook format to come": Faulty(raw(lambda data: data.update(nbformat=5)), ungraded="format is 5|format"),
    "a PDF by another name": Faulty(file(b"%PDF-1.4 homework, printed from the browser"), ungraded="PDF|cannot be read"),
    "a web page by another name": Faulty(file(b"<!DOCTYPE html><title>Sign in</title>"), ungraded="web page|cannot be read"),
    "a script by another name": Faulty(file(b"def sse(p, y):\n    return 0\n"), ungraded="no JSON|cannot be read"),
    "a zip by another name": Faulty(zipped, ungraded="zip|notes|not a notebook|cannot be read"),
    "a comma too many": Faulty(text(lambda said: said.replace('"cells": [', '"cells": [,', 1)), ungraded="not valid JSON|cannot be read"),
}  # fmt: skip

TABLE: dict[str, Faulty] = {**OWN_CELLS, **BAD_ANSWERS, **FILES, **UNGRADED}

# At least one of each kind, few of those that wait for a time limit: the class where time is short.
SPREAD = (
    "an infinite loop",
    "a loop that swallows BaseException and SIGINT",
    "a deadlocked DataLoader",
    "sleeping threads",
    "a thread that ends the process a little later",
    "a fork bomb",
    "a memory bomb",
    "a tensor larger than any memory",
    "a disk fill",
    "100 MB of output",
    "a million display calls",
    "os._exit",
    "a segmentation fault",
    "sys.exit",
    "quit()",
    "input()",
    "a closed standard output",
    "warnings and progress bars",
    "an error in a cell of one's own",
    "a syntax error in a cell of one's own",
    "check() overwritten",
    "torch overwritten",
    "unicode everywhere",
    "an answer that never ends when called",
    "an answer that ends the process when called",
    "an answer whose cell ends the process",
    "an answer that is not Python",
    "an answer that was renamed",
    "an answer that is a number",
    "an answer that asks for input",
    "an answer that calls sys.exit",
    "an answer that gives NaN",
    "an answer that gives nothing",
    "a kernel that does not exist",
    "notebook format 3",
    "notebook format 4.0 without cell ids",
    "no nbgrader metadata",
    "no metadata at all",
    "cell ids renewed and metadata lost, as Colab does",
    "a copied answer",
    "a copied answer, the first copy wrong",
    "a copied test cell",
    "a deleted test cell",
    "a deleted answer",
    "the set-up cell deleted",
    "an answer turned into text",
    "a test cell turned into text",
    "cells shuffled",
    "an answer merged with its test",
    "everything in one cell",
    "an answer split in two",
    "changed test cells",
    "two grade ids swapped",
    "grade ids with signs in them",
    "empty grade ids",
    "cells of another assignment among its own",
    "NaN in the outputs",
    "half a surrogate pair",
    "a truncated file",
    "a notebook of 300 MB",
    "an empty file",
    "a notebook without cells",
    "a notebook with one empty cell",
    "another assignment's notebook",
    "JSON that is no notebook",
    "git's conflict marks",
)
