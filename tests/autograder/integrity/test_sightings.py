"""What is seen in source, file and outputs, and how it is put down."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.integrity import Kind, Sighting, is_listed, listed
from autograder.integrity.file import look_at_file, look_beside, read_cells
from autograder.integrity.outputs import look_at_outputs
from autograder.integrity.source import look_at_source

SEEN = {
    "torch.allclose": "import torch as t\nt.allclose = print",
    "torch.equal": "from torch import nn\n__import__('torch').equal = print",
    "into torch": "import torch\nsetattr(torch, 'equal', print)",
    "builtins.len": "import builtins as b\nb.len = print",
    "module's or a class's own names": "import torch\ntorch.Tensor.__dict__['x'] = 1",
    "puts together": "__import__('tor' + 'ch')",
    "unpacks first": "import base64\nexec(base64.b64decode('cHJpbnQ='))",
    "grading code: course_utils.checks.codec": "import importlib\nimportlib.import_module('course_utils.checks.codec')",
    "grading code: autograder": "def f():\n    from autograder import keys",
    "grader's files": "open(f'{1}/gradebook.db')",
    "steer a terminal": "print('\\x1b]0;x\\x07')",
    "names files of the machine": "%%bash\ncat /proc/1/environ",
    "no use for": "import os\nos.system('sudo ls')",
}


@pytest.mark.parametrize("part", SEEN)
def test_a_program_is_read(part: str) -> None:
    found = [each for each in look_at_source([("mse-answer", SEEN[part])]) if part in each.sentence]
    assert len(found) == 1, look_at_source([("x", SEEN[part])])
    assert found[0].is_clear
    assert (found[0].kind, found[0].cell) == (Kind.SOURCE, "mse-answer")
    assert found[0].quote


def test_a_name_imported_in_another_cell_is_known() -> None:
    cells = [("cell 1", "import torch as magic"), ("cell 2", "magic.equal = print")]
    assert [each.cell for each in look_at_source(cells)] == ["cell 2"]


def test_a_quote_is_one_line_of_printable_text() -> None:
    (found,) = look_at_source([("cell 1", "x = 1\nprint('\x1b]0;evil\x07', 'gradebook')" + " " * 500)])[:1]
    assert found.quote.isprintable()
    assert len(found.quote) <= 160
    assert "\\x1b]0;evil" in found.quote


@pytest.mark.parametrize(
    "source", ["-" * 100_000 + "1", "(" * 100_000, "x" * 300_000, "[" * 90 + "]" * 90, "a.b" * 9_000]
)
def test_a_program_that_is_hard_to_read_stops_nobody(source: str) -> None:
    look_at_source([("cell 1", source)])


GIVEN = {
    "cells": [
        {"cell_type": "code", "source": "def mse(p, y):\n    ...", "outputs": [],
         "metadata": {"nbgrader": {"grade_id": "mse-answer", "solution": True, "grade": False, "locked": False}}},
        {"cell_type": "code", "source": "check(mse)", "outputs": [],
         "metadata": {"nbgrader": {"grade_id": "mse", "solution": False, "grade": True, "locked": True, "points": 2}}},
    ],
    "metadata": {"first_descent": {"assignment": "hw1"}},
}  # fmt: skip


def _test_cell(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook["cells"][1]


def _about(notebook: dict[str, Any], at: int = 1) -> dict[str, Any]:
    return notebook["cells"][at]["metadata"]["nbgrader"]


def _result(text: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}}


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "points": (lambda n: _about(n).update(points=99), "worth 99 points; handed out it was 2"),
    "unlocked": (lambda n: _about(n).update(locked=False), "no longer marked as locked"),
    "a number": (lambda n: _test_cell(n).update(source="99.0"), "test cell was changed"),
    "a shown number": (lambda n: _test_cell(n).update(source="print(1.0)"), "test cell was changed"),
    "a result": (lambda n: _test_cell(n).update(outputs=[_result("99.0")]), "a result of 99"),
    "a claim": (lambda n: _about(n, 0).update(grade=True, points=50), "claims 50 points"),
    "a tag": (lambda n: _test_cell(n)["metadata"].update(tags=["skip-execution"]), "would not be run"),
    "a marked solution": (lambda n: n["cells"][0].update(source="### BEGIN SOLUTION\n"), "instructor's version"),
    "marks": (lambda n: n["metadata"].update(first_descent={"verdicts": []}), "marks in its metadata"),
    "another cell": (
        lambda n: n["cells"].append(
            {"source": "9", "metadata": {"nbgrader": {"grade_id": "x", "grade": True, "points": 9}}}
        ),
        "claims 9 points",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_is_compared_with_what_was_handed_out(name: str) -> None:
    change, sentence = CHANGES[name]
    notebook = copy.deepcopy(GIVEN)
    change(notebook)
    (found,) = look_at_file(notebook, GIVEN)
    assert sentence in found.sentence
    assert found.is_clear


def test_ordinary_changes_to_a_file_are_not_clear() -> None:
    notebook = copy.deepcopy(GIVEN)
    _test_cell(notebook).update(source="print(mse)\ncheck(mse)\n", outputs=[_result("2.0")])
    _about(notebook).update(points=1)
    assert not is_listed(look_at_file(notebook, GIVEN))
    _test_cell(notebook).update(source=" \n")
    assert not is_listed(look_at_file(notebook, GIVEN))
    del notebook["cells"][1]["metadata"]["nbgrader"]
    assert look_at_file(notebook, GIVEN) == ()
    assert look_at_file(GIVEN, {}) == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": [null, 3, {"metadata": []}], "metadata": 1}', b"[" * 100_000,
     b'{"cells": [{"metadata": {"nbgrader": {"grade_id": [], "points": "x"}}, "source": [1, null], "outputs": [3]}]}',
     b'{"cells": [{"metadata": {"nbgrader": {"grade_id": "mse", "points": "9"}}, "outputs": [{"data": []}, 3]}]}'],
)  # fmt: skip
def test_whatever_a_file_holds_it_is_read(data: bytes) -> None:
    assert not is_listed(look_at_file(read_cells(data), GIVEN))


def test_links_and_names_beside_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("1")
    assert look_beside(tmp_path) == ()
    (tmp_path / "data.csv").symlink_to("/etc/passwd")
    (tmp_path / "a\x1b]0;b.csv").write_text("1")
    seen = look_beside(tmp_path)
    assert [each.quote for each in seen] == ["a\\x1b]0;b.csv", "data.csv → /etc/passwd"]
    assert is_listed(seen)
    assert look_beside(tmp_path / "missing") == ()


OUTPUTS = {
    "\x1b]0;title\x07": True,
    "\x1b[2Jcleared": False,
    "mse passed: 1 / 1": False,
    "PermissionError: [Errno 13] Permission denied: '/root'": False,
}


@pytest.mark.parametrize("text", OUTPUTS)
def test_outputs_are_looked_at(text: str) -> None:
    (found,) = look_at_outputs("cell 3", [{"output_type": "stream", "name": "stdout", "text": text}])
    assert (found.cell, found.is_clear) == ("cell 3", OUTPUTS[text])
    assert found.quote.isprintable()


@pytest.mark.parametrize("text", ["\x1b[31mred\x1b[0m", "50 %\r100 %", "\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", ""])
def test_ordinary_outputs_show_nothing(text: str) -> None:
    assert not is_listed(look_at_outputs("cell 3", [{"output_type": "stream", "name": "stdout", "text": text}]))


def test_faint_sightings_list_nobody_and_stand_behind_clear_ones() -> None:
    faint = Sighting(Kind.OUTPUT, "cell 1", "Faint.", "", False)
    clear = Sighting(Kind.SOURCE, "cell 2", "Clear.", "x = 1")
    assert listed([faint, faint]) == ()
    assert listed([faint, clear, faint, clear]) == (clear, faint)
    assert [Sighting.from_json(json.loads(json.dumps(each.to_json()))) for each in (faint, clear)] == [faint, clear]
