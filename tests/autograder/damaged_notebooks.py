"""Notebooks as students hand them in, each with one thing done to it, and the format rules that this breaks."""

from __future__ import annotations

import copy
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
        first, _, assignment = notebook.cells[0].source.partition("**Assignment:** ")
        title = first.splitlines()[0].partition(": ")[2]
        notebook.cells[0].source = text.replace("HW", assignment).replace("TITLE", title)

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


# --- the top of the notebook ---


def as_code_comment(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    said = notebook.cells[0].source.split("**Assignment:** ")[1]
    notebook.cells[0] = new_code_cell(f"# Name: Ada Lovelace\n# Assignment: {said}", execution_count=1)


def as_raw(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[0].cell_type = "raw"


def below_own_words(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.insert(0, new_markdown_cell("Some words of mine before it begins."))


def at_the_bottom(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.append(notebook.cells.pop(0))


# --- cells copied, split, merged, deleted, retyped ---


def reversed_cells(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[2:] = notebook.cells[:1:-1]


def answer_copied(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    place = at(notebook, f"{names[0]}-answer")
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))


def everything_twice(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells += copy.deepcopy(notebook.cells)


def check_deleted(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.pop(at(notebook, names[0]))


def check_rewritten(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[at(notebook, names[0])].source = f"print({names[0]})\ncheck({names[0]})"


def text_deleted(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.pop(at(notebook, f"{names[0]}-text"))


def text_rewritten(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[at(notebook, f"{names[0]}-text")].source += "\n\nI think this is easy."


def text_below_its_answer(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    swap(notebook, f"{names[0]}-text", f"{names[0]}-answer")


def all_answers_at_the_end(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    sources = [notebook.cells.pop(at(notebook, f"{name}-answer")).source for name in names]
    notebook.cells.append(new_code_cell("\n\n".join(sources), execution_count=60))


def merged_into_its_text(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    gone = notebook.cells.pop(at(notebook, f"{names[0]}-answer"))
    notebook.cells[at(notebook, f"{names[0]}-text")].source += f"\n\n{gone.source}"


def merged_with_its_check(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    gone = notebook.cells.pop(at(notebook, names[0]))
    answer(notebook, names[0]).source += f"\n\n{gone.source}"


def split(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    whole = answer(notebook, names[0]).source
    answer(notebook, names[0]).source = "factor = 2"
    notebook.cells.insert(at(notebook, names[0]), new_code_cell(whole, execution_count=6))


def code_answer_as_text(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    place = at(notebook, f"{names[0]}-answer")
    cell = notebook.cells[place]
    notebook.cells[place] = new_markdown_cell(cell.source, metadata=cell.metadata, id=cell.id)


def text_answer_in_a_cell_of_ones_own(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    place = next(i for i, c in enumerate(notebook.cells) if grade_id(c).endswith("-reflection"))
    notebook.cells[place] = new_markdown_cell("It surprised me that a line can learn at all.")


def text_answer_deleted(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells.pop(next(i for i, c in enumerate(notebook.cells) if grade_id(c).endswith("-reflection")))


def empty_cells(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for place in range(len(notebook.cells), 0, -1):
        notebook.cells.insert(place, new_code_cell(""))


def renamed_function(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    answer(notebook, names[0]).source = f"def my_{names[0]}(x):\n    return x"
    test = notebook.cells[at(notebook, names[0])]
    test.outputs = [new_output("error", ename="NameError", evalue=f"name '{names[0]}' is not defined", traceback=[])]


# --- what tools make of a notebook ---


def ids_lost(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def ids_all_the_same(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for cell in notebook.cells:
        cell["id"] = "same"


def saved_by_colab(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    ids_lost(notebook, names)
    notebook.metadata["colab"] = {"provenance": [], "name": "anything.ipynb"}
    for number, cell in enumerate(notebook.cells):
        cell.metadata |= {"id": f"x{number}", "colab": {"base_uri": "https://localhost/"}}


def another_kernel(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


def no_metadata(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.metadata = NotebookNode()


def windows_lines(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def large_outputs(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[at(notebook, names[0])].outputs.insert(0, new_output("stream", name="stdout", text="x" * 1_000_000))


def picture_attached(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[0]["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}


def marks_tampered_with(notebook: NotebookNode, names: tuple[str, ...]) -> None:
    notebook.cells[at(notebook, names[0])].metadata["nbgrader"]["points"] = 100
    answer(notebook, names[0]).metadata["nbgrader"]["locked"] = True


# --- in which order a notebook runs ---


def above(source: str, below: str = "") -> Damage:
    """Put a cell before the first answer, and another at the end."""

    def change(notebook: NotebookNode, names: tuple[str, ...]) -> None:
        insert_before(notebook, f"{names[0]}-answer", source)
        if below:
            notebook.cells.append(new_code_cell(below, execution_count=51))

    return change


DAMAGES |= {
    "two headings": (top("# Name: Ada Lovelace\n# HW"), ()),
    "name last first": (top("**Name:** Lovelace, Ada\n\n**Assignment:** HW"), ()),
    "name in capitals": (top("**Name:** ADA LOVELACE\n\n**Assignment:** HW"), ()),
    "name with underscores": (top("**Name:** Ada_Lovelace\n\n**Assignment:** HW"), ()),
    "name between bars": (top("__Name__: Ada Lovelace | __Assignment__: HW"), ()),
    "header in HTML": (top("<b>Name:</b> Ada&nbsp;Lovelace<br>Assignment: HW"), ()),
    "a wide colon": (top("Name：Ada Lovelace\n\nAssignment：HW"), ()),
    "header as a comment": (as_code_comment, ()),
    "header in a raw cell": (as_raw, ()),
    "own words above the header": (below_own_words, ()),
    "header at the bottom": (at_the_bottom, ("header",)),
    "the template's words as a name": (top("**Name:** FirstName LastName\n\n**Assignment:** HW"), ("header",)),
    "only the title": (top("**Name:** Ada Lovelace\n\n# TITLE"), ()),
    "cells in reverse": (reversed_cells, ("placement",)),
    "an answer copied": (answer_copied, ()),
    "everything twice": (everything_twice, ()),
    "a check deleted": (check_deleted, ()),
    "a check rewritten": (check_rewritten, ()),
    "a text deleted": (text_deleted, ()),
    "a text rewritten": (text_rewritten, ()),
    "a text below its answer": (text_below_its_answer, ("placement",)),
    "all answers in one cell at the end": (all_answers_at_the_end, ("placement",)),
    "an answer merged into its text": (merged_into_its_text, ("placement",)),
    "an answer merged with its check": (merged_with_its_check, ()),
    "an answer split in two": (split, ()),
    "a code answer made text": (code_answer_as_text, ()),
    "a text answer in a cell of one's own": (text_answer_in_a_cell_of_ones_own, ()),
    "a text answer deleted": (text_answer_deleted, ()),
    "empty cells everywhere": (empty_cells, ()),
    "a function renamed": (renamed_function, ()),
    "cell ids lost": (ids_lost, ()),
    "cell ids all the same": (ids_all_the_same, ()),
    "saved by Colab": (saved_by_colab, ()),
    "another kernel": (another_kernel, ()),
    "no metadata at all": (no_metadata, ()),
    "Windows line ends": (windows_lines, ()),
    "a megabyte of output": (large_outputs, ()),
    "a picture attached": (picture_attached, ()),
    "nbgrader's marks changed": (marks_tampered_with, ()),
    "an import below its use": (above("np.zeros(3)", "import numpy as np"), ("order",)),
    "a class below its use": (above("net = Net()", "class Net:\n    pass"), ("order",)),
    "a decorator below its use": (above("@timed\ndef f():\n    pass", "def timed(f):\n    return f"), ("order",)),
    "a default below its use": (above("def f(rate=base):\n    pass", "base = 1"), ("order",)),
    "a formatted text below its use": (above("print(f'{score:.2f}')", "score = 1.0"), ("order",)),
    "a count that begins below": (above("count += 1", "count = 0"), ("order",)),
    "a list made of what is below": (above("[n * step for n in range(3)]", "step = 2"), ("order",)),
    "a timed cell that needs what is below": (above("%%time\ntotal = sum(rows)", "rows = [1]"), ("order",)),
    "three uses of what is below": (above("a\nb\nc\nd", "a = b = c = d = 1"), ("order",)),
    "an error in between": (above("1 / 0"), ()),
    "a cell for scripts only": (above('if __name__ == "__main__":\n    print(later)', "later = 1"), ()),
    "a guarded import": (above("try:\n    import cupy\nexcept ImportError:\n    cupy = None\nprint(cupy)"), ()),
    "a name made in a branch": (above("import os\nif os.sep == '/':\n    here = 1\nprint(here)"), ()),
    "a loop's name used after it": (above("for n in range(3):\n    last = n\nprint(n, last)"), ()),
    "a name for a piece of an expression": (above("if (size := 3) > 2:\n    print(size)"), ()),
    "a match": (above("match 3:\n    case int(whole):\n        print(whole)"), ()),
    "names by their text": (above("globals()['later'] = 1\nprint(later)"), ()),
    "a recursion": (above("def down(n):\n    return n and down(n - 1)\ndown(3)"), ()),
    "installing a package": (above("!pip install rich\n%load_ext autoreload\n%autoreload 2"), ()),
    "asking for help": (above("len?\nprint(len)"), ()),
}
