"""What happens to a notebook between the student's screen and the inbox: each damage a function on plain JSON.

A damage changes `work.notebook` (as json.load gives it) with `work.random`, and `work.truth` where it takes an answer
away or adds one: what may count for an exercise afterwards. It returns False where there is nothing to damage.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Cell = dict[str, Any]


@dataclass
class Work:
    """A notebook being damaged; `truth` holds the answers' sources by grade id, an empty list: none any more."""

    notebook: dict[str, Any]
    truth: dict[str, list[str]]
    random: random.Random
    other: dict[str, Any]  # a notebook of another assignment

    @property
    def cells(self) -> list[Cell]:
        """The cells, to be changed in place."""
        return self.notebook["cells"]  # type: ignore[no-any-return]

    def answers(self) -> list[Cell]:
        """Return the answer cells that still carry their grade id and read as the student wrote them."""
        return [cell for cell in self.cells if text(cell) in self.truth.get(grade_id(cell), ())]

    def tests(self) -> list[Cell]:
        """Return the locked cells with points."""
        return [cell for cell in self.cells if marks(cell).get("grade") and not marks(cell).get("solution")]

    def some(self, cells: list[Cell], share: float = 0.4) -> list[Cell]:
        """Return about `share` of the cells, at least one if there is one."""
        return self.random.sample(cells, min(len(cells), max(1, round(share * len(cells))))) if cells else []

    def place(self, cell: Cell) -> int:
        """Return where the very cell stands."""
        return next(at for at, other in enumerate(self.cells) if other is cell)


def text(cell: Cell) -> str:
    """Return a cell's source as one text."""
    return "".join(cell["source"])


def marks(cell: Cell) -> dict[str, Any]:
    """Return what nbgrader wrote on the cell."""
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def grade_id(cell: Cell) -> str:
    """Return the cell's grade id, or ""."""
    return str(marks(cell).get("grade_id", ""))


def code(source: str, **metadata: Any) -> Cell:
    """Return a code cell as an editor makes it, with an id of its own."""
    name = f"new{random.Random(source).randrange(10**8)}"
    return {
        "cell_type": "code", "id": name, "metadata": metadata, "source": source, "outputs": [], "execution_count": None,
    }  # fmt: skip


# --- what editors do on saving ---


def saved_by_colab(work: Work) -> bool:
    """Cell ids go, others come into the metadata; format 4.0; outputs come."""
    work.notebook["nbformat_minor"] = 0
    work.notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU",
        "kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"},
    }  # fmt: skip
    for cell in work.cells:
        cell.pop("id", None)
        cell["metadata"]["id"] = f"{work.random.getrandbits(48):x}"
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "ab12"}
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}]
            cell["execution_count"] = work.random.randrange(1, 90)
    return True


def saved_by_colab_without_nbgrader(work: Work) -> bool:
    """The same, and all cell metadata but Colab's own are lost."""
    for cell in work.cells:
        cell["metadata"] = {}
    return saved_by_colab(work)


def saved_by_vs_code(work: Work) -> bool:
    """Format 4.2 without ids, VS Code's own metadata, sources as lists, another kernel."""
    work.notebook["nbformat_minor"] = 2
    work.notebook["metadata"]["kernelspec"] = {"name": "venv311", "display_name": ".venv", "language": "python"}
    work.notebook["metadata"]["vscode"] = {"interpreter": {"hash": "31f2aee4"}}
    for cell in work.cells:
        cell.pop("id", None)
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = text(cell).splitlines(keepends=True)
    return True


def saved_by_vs_code_without_nbgrader(work: Work) -> bool:
    """The same, with nbgrader's metadata lost."""
    lost_nbgrader(work)
    return saved_by_vs_code(work)


def renewed_ids(work: Work) -> bool:
    """Every cell has a new id."""
    for cell in work.cells:
        cell["id"] = f"{work.random.getrandbits(32):08x}"
    return True


def lost_nbgrader(work: Work) -> bool:
    """`metadata.nbgrader` is gone from every cell."""
    for cell in work.cells:
        cell["metadata"].pop("nbgrader", None)
    return True


def lost_some_nbgrader(work: Work) -> bool:
    """`metadata.nbgrader` is gone from some cells."""
    for cell in work.some(work.cells):
        cell["metadata"].pop("nbgrader", None)
    return True


def lost_some_nbgrader_and_ids(work: Work) -> bool:
    """Some cells were made anew: neither nbgrader's metadata nor their id."""
    for cell in work.some(work.cells):
        cell["metadata"] = {}
        cell["id"] = f"{work.random.getrandbits(32):08x}"
    return True


def outputs_added(work: Work) -> bool:
    """Large outputs, widget state, counts and cell metadata from a session."""
    work.notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    for cell in work.cells:
        cell["metadata"] |= {"collapsed": False, "scrolled": True, "ExecuteTime": {"start_time": "2027-02-01"}}
        if cell["cell_type"] == "code":
            data = {"text/plain": ["tensor([1., 2.])"], "image/png": "iVBORw0KGgo="}
            cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
            cell["execution_count"] = work.random.randrange(1, 200)
    return True


def other_format_minor(work: Work) -> bool:
    """The format's minor number is another, ids or not."""
    work.notebook["nbformat_minor"] = work.random.choice([0, 1, 2, 3, 4])
    if work.random.random() < 0.5:
        for cell in work.cells:
            cell.pop("id", None)
    return True


def other_kernel(work: Work) -> bool:
    """The notebook names a kernel of the student's machine."""
    name = work.random.choice(["conda-env-dl-py", "julia-1.10", "venv", "python"])
    work.notebook["metadata"]["kernelspec"] = {"name": name, "display_name": name, "language": "python"}
    return True


def sources_as_lists(work: Work) -> bool:
    """Sources are lists of lines, some with blanks at the end."""
    for cell in work.cells:
        ends = "\n" * work.random.randrange(3) + " " * work.random.randrange(2)
        cell["source"] = (text(cell) + ends).splitlines(keepends=True)
    return True


# --- what hands do ---


def copied_cells(work: Work) -> bool:
    """Some cells stand there twice."""
    for cell in work.some(work.cells):
        work.cells.insert(work.place(cell) + 1, copy.deepcopy(cell))
    return True


def copied_and_edited_answers(work: Work) -> bool:
    """An answer was copied below itself and the copy was changed."""
    chosen = work.some([cell for cell in work.answers() if cell["cell_type"] == "code"])
    for cell in chosen:
        twin = copy.deepcopy(cell)
        twin["source"] = text(cell) + "\n\n# second try"
        work.truth[grade_id(cell)].append(text(twin))
        work.cells.insert(work.place(cell) + 1, twin)
    return bool(chosen)


def kept_the_empty_cell(work: Work) -> bool:
    """The released answer cell was copied, and only the copy was written in (before or behind the empty one)."""
    chosen = work.some([cell for cell in work.answers() if cell["cell_type"] == "code"])
    for cell in chosen:
        stub = copy.deepcopy(cell)
        stub["source"] = STUBS[grade_id(cell)]
        work.cells.insert(work.place(cell) + work.random.randrange(2), stub)
    return bool(chosen)


def deleted_cells(work: Work) -> bool:
    """Some cells are gone."""
    for cell in work.some(work.cells, 0.25):
        _delete(work, cell)
    return True


def deleted_answers(work: Work) -> bool:
    """Some answers are gone."""
    chosen = work.some(work.answers(), 0.3)
    for cell in chosen:
        _delete(work, cell)
    return bool(chosen)


def _delete(work: Work, cell: Cell) -> None:
    del work.cells[work.place(cell)]
    name = _whose(work, cell)  # by what it says: ids may have been swapped
    if name in work.truth and not any(text(other) in work.truth[name] for other in work.cells):
        work.truth[name] = []


def _whose(work: Work, cell: Cell) -> str:
    return next((name for name, sources in work.truth.items() if text(cell) in sources), "")


def retyped_cells(work: Work) -> bool:
    """Some cells became markdown, code or raw."""
    for cell in work.some(work.cells):
        others = [kind for kind in ("code", "markdown", "raw") if kind != cell["cell_type"]]
        cell["cell_type"] = work.random.choice(others)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
    return True


def shuffled_cells(work: Work) -> bool:
    """All cells are in a random order."""
    work.random.shuffle(work.cells)
    return True


def moved_cells(work: Work) -> bool:
    """A few cells stand elsewhere."""
    for cell in work.some(work.cells, 0.1):
        del work.cells[work.place(cell)]
        work.cells.insert(work.random.randrange(len(work.cells) + 1), cell)
    return True


def merged_neighbours(work: Work) -> bool:
    """A code cell was merged with the next code cell, as Shift-M does."""
    pairs = [
        (one, two)
        for one, two in zip(work.cells, work.cells[1:], strict=False)
        if one["cell_type"] == two["cell_type"] == "code"
    ]
    if not pairs:
        return False
    one, two = work.random.choice(pairs)
    one["source"] = text(one) + "\n\n" + text(two)
    del work.cells[work.place(two)]
    return True


def two_answers_in_one_cell(work: Work) -> bool:
    """An answer stands in another answer's cell; its own is gone or empty as released."""
    chosen = [cell for cell in work.answers() if cell["cell_type"] == "code"]
    if len(chosen) < 2:
        return False
    host, guest = work.random.sample(chosen, 2)
    host["source"] = text(host) + "\n\n\n" + text(guest)
    if work.random.random() < 0.5:
        del work.cells[work.place(guest)]
    else:
        guest["source"] = STUBS[grade_id(guest)]
    return True


def split_cells(work: Work) -> bool:
    """An answer was split at a line; both halves keep the metadata (JupyterLab) or only the first."""
    chosen = work.some([c for c in work.answers() if c["cell_type"] == "code" and text(c).count("\n") >= 1], 0.3)
    for cell in chosen:
        lines = text(cell).splitlines(keepends=True)
        cut = work.random.randrange(1, len(lines))
        second = copy.deepcopy(cell)
        cell["source"], second["source"] = "".join(lines[:cut]).rstrip("\n"), "".join(lines[cut:])
        second["id"] = f"{work.random.getrandbits(32):08x}"
        if work.random.random() < 0.5:
            second["metadata"] = {}
        work.cells.insert(work.place(cell) + 1, second)
    return bool(chosen)


def changed_tests(work: Work) -> bool:
    """Some test cells read otherwise."""
    ways = ("15.0", "# {0}", "{0}\n\n15.0", "print('all fine')", "check = lambda answer: 15.0\n{0}", "{0};")
    for cell in work.some(work.tests()):
        cell["source"] = work.random.choice(ways).format(text(cell))
    return bool(work.tests())


def emptied_tests(work: Work) -> bool:
    """Some test cells are empty."""
    for cell in work.some(work.tests()):
        cell["source"] = ""
    return bool(work.tests())


def swapped_grade_ids(work: Work) -> bool:
    """Two or more cells exchanged their nbgrader metadata."""
    marked = [cell for cell in work.cells if marks(cell)]
    if len(marked) < 2:
        return False
    for _ in range(work.random.randrange(1, 4)):
        one, two = work.random.sample(marked, 2)
        one["metadata"], two["metadata"] = two["metadata"], one["metadata"]
    return True


def swapped_answer_ids(work: Work) -> bool:
    """Two answers exchanged their nbgrader metadata."""
    answers = work.answers()
    if len(answers) < 2:
        return False
    one, two = work.random.sample(answers, 2)
    one["metadata"], two["metadata"] = two["metadata"], one["metadata"]
    return True


def duplicated_grade_ids(work: Work) -> bool:
    """Some cells carry another cell's nbgrader metadata."""
    marked = [cell for cell in work.cells if marks(cell)]
    for cell in work.some(marked, 0.15):
        cell["metadata"] = copy.deepcopy(work.random.choice(marked)["metadata"])
    return bool(marked)


def invalid_grade_ids(work: Work) -> bool:
    """Some grade ids or their whole metadata make no sense."""
    marked = work.some([cell for cell in work.cells if marks(cell)])
    for cell in marked:
        cell["metadata"]["nbgrader"] = work.random.choice(
            ["sse", [], None, {"grade_id": 7}, {"grade_id": ""}, {"grade_id": "../../etc"}, {"grade_id": "sse answer!"}]
        )
    return bool(marked)


def swapped_answers(work: Work) -> bool:
    """Two answers were typed into each other's cells."""
    answers = [cell for cell in work.answers() if cell["cell_type"] == "code"]
    if len(answers) < 2:
        return False
    one, two = work.random.sample(answers, 2)
    one["source"], two["source"] = text(two), text(one)
    return True


def answers_in_own_cells(work: Work) -> bool:
    """Answers were written into new cells anywhere; the released cells stay empty as released, or are gone."""
    chosen = work.some([cell for cell in work.answers() if cell["cell_type"] == "code"], 0.3)
    for cell in chosen:
        own, at = code(text(cell)), work.place(cell)
        if work.random.random() < 0.5:
            cell["source"] = STUBS[grade_id(cell)]
        else:
            del work.cells[at]
        near = work.random.random() < 0.5
        work.cells.insert(at + 1 if near else work.random.randrange(len(work.cells) + 1), own)
    return bool(chosen)


def answers_in_tests(work: Work) -> bool:
    """An answer was typed into its test cell or the next one's, its own cell is gone or as released."""
    chosen = [cell for cell in work.answers() if cell["cell_type"] == "code"]
    tests = work.tests()
    if not chosen or not tests:
        return False
    cell = work.random.choice(chosen)
    later = [test for test in tests if work.place(test) > work.place(cell)][:2] or tests[:1]
    test = work.random.choice(later)
    test["source"] = text(cell) + "\n\n" + text(test)
    if work.random.random() < 0.5:
        del work.cells[work.place(cell)]
    else:
        cell["source"] = STUBS[grade_id(cell)]
    return True


def code_in_markdown(work: Work) -> bool:
    """Answers stand in markdown cells, bare or in fences; the released cell is the same one, empty or gone."""
    chosen = work.some([cell for cell in work.answers() if cell["cell_type"] == "code"], 0.3)
    for cell in chosen:
        said = work.random.choice(["{0}", "```python\n{0}\n```", "My answer:\n\n```\n{0}\n```\n"]).format(text(cell))
        page = {"cell_type": "markdown", "id": f"{work.random.getrandbits(32):08x}", "metadata": {}, "source": said}
        way = work.random.randrange(3)
        at = work.place(cell)
        if way == 0:
            page["metadata"] = cell["metadata"]
            work.cells[at] = page
        elif way == 1:
            work.cells[at] = page
        else:
            cell["source"] = STUBS[grade_id(cell)]
            work.cells.insert(at + 1, page)
    return bool(chosen)


def renamed_functions(work: Work) -> bool:
    """An answer's function has another name, in the released cell or in a new one."""
    chosen = work.some([cell for cell in work.answers() if cell["cell_type"] == "code"], 0.3)
    for cell in chosen:
        name = grade_id(cell).removesuffix("-answer")
        changed = text(cell).replace(f"def {name}(", f"def my_{name}(").replace(f"class {name}", f"class My{name}")
        truth = work.truth[grade_id(cell)]
        truth[:] = [*(other for other in truth if other != text(cell)), changed]
        cell["source"] = changed
        if work.random.random() < 0.5:
            cell["metadata"], cell["id"] = {}, f"{work.random.getrandbits(32):08x}"
    return bool(chosen)


def cells_between(work: Work) -> bool:
    """The student's own cells stand everywhere."""
    scraps = (
        "x = torch.randn(3)\nx", "", "print('here')", "# notes", "import numpy as np", "%timeit 1 + 1", "!pip list",
        "def plot(x):\n    return x", "help(torch.softmax)", "1 +", "def draw(\n",
    )  # fmt: skip
    for _ in range(work.random.randrange(3, 12)):
        cell = code(work.random.choice(scraps))
        cell["id"] = f"{work.random.getrandbits(32):08x}"
        if work.random.random() < 0.3:
            cell = {"cell_type": "markdown", "id": cell["id"], "metadata": {}, "source": "Some notes of mine."}
        work.cells.insert(work.random.randrange(len(work.cells) + 1), cell)
    return True


def edited_header(work: Work) -> bool:
    """The title cell is changed, emptied or gone."""
    header = work.cells[0]
    if work.random.random() < 0.3:
        _delete(work, header)
    elif not marks(header):
        header["source"] = work.random.choice(["", "Ada Lovelace hw", "# HOMEWORK\nby me", text(header).upper()])
    return True


def edited_texts(work: Work) -> bool:
    """Locked texts are changed, and locked code between."""
    locked = [cell for cell in work.cells if marks(cell).get("locked") and not marks(cell).get("grade")]
    for cell in work.some(locked):
        cell["source"] = work.random.choice(["{0}\n\nmy note", "**Done!** {0}", "", "{0} "]).format(text(cell))
    return bool(locked)


def cells_of_another_assignment(work: Work) -> bool:
    """Cells of another assignment's notebook were pasted in, with their metadata or without."""
    for cell in work.random.sample(work.other["cells"], 5):
        pasted = copy.deepcopy(cell)
        if work.random.random() < 0.3:
            pasted["metadata"] = {}
        work.cells.insert(work.random.randrange(len(work.cells) + 1), pasted)
    return True


def own_definitions_of_others_names(work: Work) -> bool:
    """A scratch cell under an answer's test defines the same function once more, as a trial."""
    chosen = [cell for cell in work.answers() if cell["cell_type"] == "code"]
    tests = {grade_id(test): test for test in work.tests()}
    chosen = [cell for cell in chosen if grade_id(cell).removesuffix("-answer") in tests]
    for cell in work.some(chosen, 0.2):
        test = tests[grade_id(cell).removesuffix("-answer")]
        trial = text(cell) + "\n\n# trying around"
        work.cells.insert(work.place(test) + 1, code(trial))
        work.truth[grade_id(cell)].append(trial)
    return bool(chosen)


STUBS: dict[str, str] = {}
"""The answer cells as released, by grade id; whoever damages notebooks fills it first."""

Damage = Callable[[Work], bool]

EDITORS: tuple[Damage, ...] = (
    saved_by_colab, saved_by_colab_without_nbgrader, saved_by_vs_code, saved_by_vs_code_without_nbgrader, renewed_ids,
    lost_nbgrader, lost_some_nbgrader, lost_some_nbgrader_and_ids, outputs_added, other_format_minor, other_kernel,
    sources_as_lists,
)  # fmt: skip

HANDS: tuple[Damage, ...] = (
    copied_cells, copied_and_edited_answers, kept_the_empty_cell, deleted_cells, deleted_answers, retyped_cells,
    shuffled_cells, moved_cells, merged_neighbours, two_answers_in_one_cell, split_cells, changed_tests, emptied_tests,
    swapped_grade_ids, swapped_answer_ids, duplicated_grade_ids, invalid_grade_ids, swapped_answers,
    answers_in_own_cells, answers_in_tests, code_in_markdown, renamed_functions, cells_between, edited_header,
    edited_texts, cells_of_another_assignment, own_definitions_of_others_names,
)  # fmt: skip


def as_bytes(work: Work) -> bytes:
    """Return the file as it lies in the inbox."""
    return json.dumps(work.notebook, ensure_ascii=False).encode()
