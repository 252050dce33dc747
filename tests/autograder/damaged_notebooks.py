"""Notebooks as students hand them in, each with one thing done to it, and the format rules that this breaks."""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from small_course import at

from course_utils.handing_in.cells import grade_id

Damage = Callable[[NotebookNode, tuple[str, ...]], None]


def answer(notebook: NotebookNode, exercise: str) -> NotebookNode:
    return notebook.cells[at(notebook, f"{exercise}-answer")]


def insert_before(notebook: NotebookNode, name: str, source: str) -> None:
    notebook.cells.insert(at(notebook, name), new_code_cell(source, execution_count=50))


def top(text: str) -> Damage:
    def change(notebook: NotebookNode, names: tuple[str, ...]) -> None:
        notebook.cells[0].source = text.replace("HW", notebook.cells[0].source.split("**Assignment:** ")[1])

    return change


def swap(notebook: NotebookNode, one: str, other: str) -> None:
    first, second = at(notebook, one), at(notebook, other)
    cells = notebook.cells
    cells[first], cells[second] = cells[second], cells[first]


def nothing(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    """Leave it as it is."""


def rerun_in_any_order(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for count, cell in zip(
        (41, 7, 99, 3, 12, 12, 58), (c for c in notebook.cells if c.cell_type == "code"), strict=False
    ):
        cell.execution_count = count


def outputs_cleared(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def metadata_lost(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def answer_to_the_end(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.append(notebook.cells.pop(at(notebook, f"{names[0]}-answer")))


def answers_swapped(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    swap(notebook, f"{names[0]}-answer", f"{names[1]}-answer")


def two_answers_in_one_cell(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(notebook, names[0]).source += "\n\n" + answer(notebook, names[1]).source
    notebook.cells.pop(at(notebook, f"{names[1]}-answer"))


def text_as_code(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    place = next(i for i, c in enumerate(notebook.cells) if grade_id(c).endswith("-reflection"))
    cell = notebook.cells[place]
    notebook.cells[place] = new_code_cell(f'"""{cell.source}"""', metadata=cell.metadata, id=cell.id)


def text_as_raw(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    place = next(i for i, c in enumerate(notebook.cells) if grade_id(c).endswith("-reflection"))
    notebook.cells[place].cell_type = "raw"


def helper_below(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(notebook, names[0]).source = f"def {names[0]}(x):\n    return helper(x)"
    notebook.cells.append(new_code_cell("def helper(x):\n    return 2 * x", execution_count=4))


def helper_below_in_two_steps(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(
        notebook, names[0]
    ).source = f"def inner(x):\n    return scale * x\n\ndef {names[0]}(x):\n    return inner(x)"
    notebook.cells.append(new_code_cell("scale = 2", execution_count=4))


def constant_below(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "rate = 2 * base")
    notebook.cells.append(new_code_cell("base = 0.1", execution_count=4))


def helper_deleted(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(notebook, names[0]).source = f"def {names[0]}(x):\n    return vanished(x)"


def cell_ran_with_what_is_gone(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "print(vanished)")


def error_is_shown(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "print(mistyped)")
    cell = notebook.cells[at(notebook, f"{names[0]}-answer") - 1]
    cell.outputs = [new_output("error", ename="NameError", evalue="name 'mistyped' is not defined", traceback=[])]


def never_ran(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "print(mistyped)")
    notebook.cells[at(notebook, f"{names[0]}-answer") - 1].execution_count = None


def guarded(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    source = "try:\n    print(later)\nexcept NameError:\n    print('not yet')\n"
    source += "if False:\n    print(later)\nf = lambda: later"
    insert_before(notebook, f"{names[0]}-answer", source)
    notebook.cells.append(new_code_cell("later = 1", execution_count=4))


def function_not_called(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "def plot():\n    print(later)")
    notebook.cells.append(new_code_cell("later = 1\nplot()", execution_count=4))


def star_import(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "from math import *\nprint(pi)")


def magics(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "%matplotlib inline\n!ls\nfiles = !ls\n%timeit 1 + 1\nprint(files)")


def other_language(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "%%bash\necho $later")


def own_cells(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "scratch = [n for n in range(3) if n]\nprint(scratch, _)")
    notebook.cells.insert(3, new_markdown_cell("my notes"))


def untouched_answers(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for name in names:
        answer(notebook, name).source = f"def {name}(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def answer_deleted(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.pop(at(notebook, f"{names[0]}-answer"))
    test = notebook.cells[at(notebook, names[0])]
    test.outputs = [new_output("error", ename="NameError", evalue=f"name '{names[0]}' is not defined", traceback=[])]


def syntax_error(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(notebook, names[0]).source = f"def {names[0]}(x)\n    return x"


def deep_sum(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    insert_before(notebook, f"{names[0]}-answer", "total = " + "1 + " * 3_000 + "1")


# what was done, the rules it breaks
DAMAGES: dict[str, tuple[Damage, tuple[str, ...]]] = {
    "nothing": (nothing, ()),
    "cells run again in any order": (rerun_in_any_order, ()),
    "outputs cleared": (outputs_cleared, ()),
    "metadata lost": (metadata_lost, ()),
    "own cells added": (own_cells, ()),
    "answers not written": (untouched_answers, ()),
    "an answer deleted": (answer_deleted, ()),
    "a syntax error": (syntax_error, ()),
    "a deep sum": (deep_sum, ()),
    "no header": (top("Hello"), ("header",)),
    "assignment left out": (top("**Name:** Ada Lovelace"), ("header",)),
    "header as a table": (top("| Name | Ada Lovelace |\n|---|---|\n| Assignment | HW |"), ()),
    "an answer moved to the end": (answer_to_the_end, ("placement",)),
    "two answers swapped": (answers_swapped, ("placement",)),
    "two answers in one cell": (two_answers_in_one_cell, ("placement",)),
    "a text answer made code": (text_as_code, ("text_answers",)),
    "a text answer made raw": (text_as_raw, ("text_answers",)),
    "a helper below its use": (helper_below, ("order",)),
    "a helper's helper below": (helper_below_in_two_steps, ("order",)),
    "a constant below its use": (constant_below, ("order",)),
    "a helper that is gone": (helper_deleted, ("order",)),
    "a name that is gone": (cell_ran_with_what_is_gone, ("order",)),
    "an error that is shown": (error_is_shown, ()),
    "a cell never run": (never_ran, ()),
    "guarded uses": (guarded, ()),
    "a function not called yet": (function_not_called, ()),
    "a star import": (star_import, ()),
    "magics": (magics, ()),
    "another language": (other_language, ()),
}
