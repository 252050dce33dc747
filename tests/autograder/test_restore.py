from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from small_course import HW1, answered, at, graded, released_notebook

from autograder.intake.restore import SURE_ENOUGH, Restored, restore
from course_utils.handing_in.cells import grade_id

RELEASED = released_notebook("hw1", "A line by descent", HW1)
SOUND = answered(RELEASED)


def sound() -> NotebookNode:
    return copy.deepcopy(SOUND)


def ids(notebook: NotebookNode) -> list[str]:
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)]


def source(notebook: NotebookNode, name: str) -> str:
    return str(notebook.cells[at(notebook, name)].source)


def kinds(restored: Restored) -> list[str]:
    return [change.kind for change in restored.changes]


def check_whole(restored: Restored) -> None:
    """Every graded cell once, in the released order, of its type, with its metadata; locked ones as released."""
    notebook = restored.notebook
    nbformat.validate(notebook)
    assert ids(notebook) == ids(RELEASED)
    for cell in RELEASED.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name:
            found = notebook.cells[at(notebook, name)]
            assert found.cell_type == cell.cell_type
            assert found.metadata.nbgrader == cell.metadata.nbgrader
            if not cell.metadata.nbgrader.solution:
                assert found.source == cell.source


def check_answers(restored: Restored, *but: str) -> None:
    """Every answer stands in its own cell, except the ones named."""
    for name in ids(RELEASED):
        if name.endswith(("-answer", "-reflection")) and name not in but:
            assert source(restored.notebook, name) == source(SOUND, name), name


def test_a_notebook_without_faults_comes_back_equal() -> None:
    notebook = sound()
    restored = restore(notebook, RELEASED)
    assert restored.changes == ()
    assert restored.notebook == SOUND
    assert restore(copy.deepcopy(RELEASED), RELEASED).changes == ()


def test_a_students_own_cells_are_no_fault() -> None:
    notebook = sound()
    notebook.cells.insert(5, new_code_cell("scratch = 1", id="own-1"))
    notebook.cells.insert(0, new_markdown_cell("Hello", id="own-2"))
    notebook.cells.append(new_code_cell("", id="own-3"))
    restored = restore(notebook, RELEASED)
    assert restored.changes == ()
    assert restored.notebook == notebook


# --- one damage at a time ---

Damage = Callable[[NotebookNode], None]


def lose_all_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def lose_metadata_and_ids(notebook: NotebookNode) -> None:
    lose_all_metadata(notebook)
    for place, cell in enumerate(notebook.cells):
        cell.id = f"colab-{place}"
        cell.metadata = NotebookNode({"id": f"x{place}", "colab": {"base_uri": "https://colab"}})


def lose_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        del cell["id"]


def renew_ids(notebook: NotebookNode) -> None:
    for place, cell in enumerate(notebook.cells):
        cell.id = f"new-{place}"


def same_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.id = "same"


def bad_ids(notebook: NotebookNode) -> None:
    notebook.cells[3].id = "not valid!"
    notebook.cells[4].id = "x" * 70


def delete_tests(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("points") != 2]


def delete_texts(notebook: NotebookNode) -> None:
    notebook.cells = [
        cell for cell in notebook.cells if not str(cell.metadata.get("nbgrader", {}).get("grade_id")).endswith("-text")
    ]


def change_tests(notebook: NotebookNode) -> None:
    for name in HW1:
        notebook.cells[at(notebook, name)].source = "15.0"


def skip_tests(notebook: NotebookNode) -> None:
    for name in HW1:
        notebook.cells[at(notebook, name)].metadata.tags = ["skip-execution"]


def change_points(notebook: NotebookNode) -> None:
    notebook.cells[at(notebook, "sse")].metadata.nbgrader.points = 100


def unlock(notebook: NotebookNode) -> None:
    notebook.cells[at(notebook, "sse")].metadata.nbgrader.update(locked=False, solution=True)


def malformed_metadata(notebook: NotebookNode) -> None:
    notebook.cells[at(notebook, "sse")].metadata.nbgrader = "sse"
    notebook.cells[at(notebook, "mse")].metadata.nbgrader = NotebookNode({"grade_id": 7})
    notebook.cells[at(notebook, "gd_step-text")].metadata.nbgrader = NotebookNode({"grade_id": "a b/../c"})


def shuffle(notebook: NotebookNode) -> None:
    random.Random(3).shuffle(notebook.cells)


def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def move_an_answer_behind_its_test(notebook: NotebookNode) -> None:
    place = at(notebook, "sse-answer")
    notebook.cells.insert(place + 1, notebook.cells.pop(place))


def retype_answers(notebook: NotebookNode) -> None:
    for name in HW1:
        cell = notebook.cells[at(notebook, f"{name}-answer")]
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


def retype_tests_to_raw(notebook: NotebookNode) -> None:
    for name in HW1:
        cell = notebook.cells[at(notebook, name)]
        cell.cell_type = "raw"
        del cell["outputs"], cell["execution_count"]


def retype_texts(notebook: NotebookNode) -> None:
    for name in (*(f"{each}-text" for each in HW1), "hw1-reflection"):
        cell = notebook.cells[at(notebook, name)]
        cell.cell_type = "code"
        cell.outputs, cell.execution_count = [], None


def copy_every_cell(notebook: NotebookNode) -> None:
    notebook.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(2)]


def append_a_copy_of_everything(notebook: NotebookNode) -> None:
    notebook.cells += copy.deepcopy(notebook.cells)


def other_kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = NotebookNode(name="my-conda-env", display_name="mine", language="python")


def foreign_cells(notebook: NotebookNode) -> None:
    notebook.cells.insert(
        4, new_code_cell("check(gelu)", metadata=graded("gelu", locked=True, solution=False, points=9))
    )


def add_what_editors_add(notebook: NotebookNode) -> None:
    notebook.metadata.colab = {"provenance": [], "collapsed_sections": ["a"]}
    notebook.metadata.vscode = {"interpreter": {"hash": "abc"}}
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {}}
    for cell in notebook.cells:
        cell.metadata.update(id="x", collapsed=True, scrolled=False, jupyter={"outputs_hidden": True})


def trailing_blanks(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = (
            cell.source.replace("\n", "  \n") if "-text" in str(cell.metadata.get("nbgrader")) else cell.source
        )


DAMAGES: dict[str, tuple[Damage, set[str]]] = {
    function.__name__: (function, expected)
    for function, expected in (
        (lose_all_metadata, {"metadata"}),
        (lose_metadata_and_ids, {"metadata"}),
        (lose_ids, {"id"}),
        (renew_ids, set()),
        (same_ids, {"id"}),
        (bad_ids, {"id"}),
        (delete_tests, {"put back"}),
        (delete_texts, {"put back"}),
        (change_tests, {"text put back"}),
        (skip_tests, {"metadata"}),
        (change_points, {"metadata"}),
        (unlock, {"metadata"}),
        (malformed_metadata, {"metadata"}),
        (shuffle, {"moved"}),
        (reverse, {"moved"}),
        (move_an_answer_behind_its_test, {"moved"}),
        (retype_answers, {"retyped"}),
        (retype_tests_to_raw, {"retyped"}),
        (retype_texts, {"retyped"}),
        (copy_every_cell, {"copy", "id"}),
        (append_a_copy_of_everything, {"copy", "id"}),
        (other_kernel, {"kernel"}),
        (foreign_cells, {"foreign"}),
        (add_what_editors_add, set()),
        (trailing_blanks, {"text put back"}),
    )
}


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_a_damage_is_mended_and_told(name: str) -> None:
    damage, expected = DAMAGES[name]
    notebook = sound()
    damage(notebook)
    before = copy.deepcopy(notebook)
    restored = restore(notebook, RELEASED)
    assert notebook == before, "the submission itself is left alone"
    assert set(kinds(restored)) == expected
    check_whole(restored)
    check_answers(restored)
    assert all(SURE_ENOUGH <= change.confidence <= 1 for change in restored.changes)
    assert all(change.what and not change.needs_person for change in restored.changes)
    assert restore(restored.notebook, RELEASED).changes == (), "what is mended needs no mending"


@settings(max_examples=150, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(DAMAGES)), min_size=2, max_size=4, unique=True))
def test_damages_together_never_put_an_answer_into_another_exercise(names: list[str]) -> None:
    notebook = sound()
    for name in names:
        with contextlib.suppress(ValueError, KeyError, AttributeError):  # its cell is gone already
            DAMAGES[name][0](notebook)
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    for exercise in HW1:
        answer = source(restored.notebook, f"{exercise}-answer")
        assert answer in (
            source(SOUND, f"{exercise}-answer"),
            source(RELEASED, f"{exercise}-answer"),
        ) or answer.startswith("#")
        test = source(restored.notebook, exercise)
        assert test == f"check({exercise})"
    assert restore(restored.notebook, RELEASED).changes == ()


# --- copies ---


def test_of_copies_the_one_that_was_worked_on_counts() -> None:
    notebook = sound()
    place = at(notebook, "sse-answer")
    notebook.cells.insert(place, copy.deepcopy(RELEASED.cells[at(RELEASED, "sse-answer")]))
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    check_answers(restored)
    change = restored.changes[0]
    assert (change.kind, change.grade_id, change.cell) == ("copy", "sse-answer", place + 2)
    assert "was there 2 times" in change.what
    assert "the copy that was worked on" in change.what


def test_of_copies_worked_on_the_one_that_ran_last_counts_and_the_others_stay() -> None:
    notebook = sound()
    place = at(notebook, "sse-answer")
    second = copy.deepcopy(notebook.cells[place])
    second.source = "def sse(x):\n    return 'second'"
    second.id = "second"
    late = copy.deepcopy(second)
    late.source, late.id = "def sse(x):\n    return 'after the test'", "late"
    notebook.cells.insert(place + 1, second)
    notebook.cells.insert(place + 3, late)
    restored = restore(notebook, RELEASED)
    assert "'second'" in source(restored.notebook, "sse-answer")
    assert [cell.source for cell in restored.notebook.cells].count(source(SOUND, "sse-answer")) == 1
    assert ids(restored.notebook) == ids(RELEASED)


def test_a_copied_cell_used_for_another_exercise_goes_there() -> None:
    notebook = sound()
    wanted = source(notebook, "mse-answer")
    del notebook.cells[at(notebook, "mse-answer")]
    twin = copy.deepcopy(notebook.cells[at(notebook, "sse-answer")])
    twin.source, twin.id = wanted, "twin"
    notebook.cells.insert(at(notebook, "mse"), twin)
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    check_answers(restored)


def test_different_answers_to_be_read_by_a_person_are_not_chosen_in_silence() -> None:
    notebook = sound()
    place = at(notebook, "hw1-reflection")
    other = copy.deepcopy(notebook.cells[place])
    other.source, other.id = "Something quite different.", "other"
    notebook.cells.insert(place + 1, other)
    restored = restore(notebook, RELEASED)
    asked = [change for change in restored.changes if change.needs_person]
    assert [(change.kind, change.grade_id) for change in asked] == [("copy", "hw1-reflection")]
    assert "Something quite different." in [cell.source for cell in restored.notebook.cells]


# --- missing answers ---


def test_a_deleted_answer_is_put_back_unanswered() -> None:
    notebook = sound()
    del notebook.cells[at(notebook, "sse-answer")]
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    check_answers(restored, "sse-answer")
    assert source(restored.notebook, "sse-answer") == source(RELEASED, "sse-answer")
    assert [(c.kind, c.cell, c.what) for c in restored.changes] == [
        ("put back", 0, "sse-answer was missing and was put back unanswered")
    ]


def test_an_answer_merged_with_another_gets_its_own_cell_again() -> None:
    notebook = sound()
    place, other = at(notebook, "sse-answer"), at(notebook, "mse-answer")
    notebook.cells[place].source += "\n\n" + notebook.cells[other].source
    del notebook.cells[other]
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    assert source(restored.notebook, "mse-answer") == source(SOUND, "mse-answer")
    namespace: dict[str, object] = {}
    for cell in restored.notebook.cells:
        if cell.cell_type == "code" and "def " in cell.source:
            exec(cell.source, namespace)
    assert namespace["mse"](2) == 6  # type: ignore[operator]
    assert kinds(restored) == ["merged"]


def test_an_answer_merged_with_its_test_is_kept_and_the_test_put_back() -> None:
    notebook = sound()
    place = at(notebook, "sse-answer")
    notebook.cells[place].source += "\n\ncheck(sse)"
    del notebook.cells[place + 1]
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    check_answers(restored, "sse-answer")
    assert "def sse(" in source(restored.notebook, "sse-answer")


def test_an_answer_typed_into_the_test_cell_gets_a_cell_of_its_own() -> None:
    notebook = sound()
    del notebook.cells[at(notebook, "sse-answer")]
    test = notebook.cells[at(notebook, "sse")]
    test.source = "def sse(x):\n    return 42\n\ncheck(sse)"
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    own = [cell.source for cell in restored.notebook.cells if "return 42" in cell.source]
    assert len(own) == 1
    assert "check(" not in own[0]
    namespace: dict[str, object] = {}
    for cell in restored.notebook.cells:
        if cell.cell_type == "code" and "def " in cell.source:
            exec(cell.source, namespace)
    assert namespace["sse"](1) == 42  # type: ignore[operator]


def test_an_answer_written_anew_in_another_cell_is_found_by_what_it_defines() -> None:
    notebook = sound()
    place = at(notebook, "sse-answer")
    notebook.cells[place] = new_code_cell(SOUND.cells[place].source, id="fresh")
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    check_answers(restored)
    (change,) = restored.changes
    assert (change.kind, change.confidence) == ("metadata", 0.95)
    assert "it defines sse" in change.what


def test_an_answer_with_a_slip_in_its_syntax_is_found_all_the_same() -> None:
    notebook = sound()
    place = at(notebook, "sse-answer")
    notebook.cells[place] = new_code_cell("def sse(x)\n    return x +", id="fresh")
    restored = restore(notebook, RELEASED)
    assert source(restored.notebook, "sse-answer") == "def sse(x)\n    return x +"


@pytest.mark.parametrize("more", [0, 1])
def test_a_text_answer_is_taken_by_its_place_only_if_it_can_be_no_other(more: int) -> None:
    notebook = sound()
    place = at(notebook, "hw1-reflection")
    text = notebook.cells[place].source
    notebook.cells[place] = new_markdown_cell(text, id="fresh")
    if more:
        notebook.cells.insert(place, new_markdown_cell("Another text of mine.", id="more"))
    # what stands after the last graded cell is in its place too, so the closing words must be told apart
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    if more:
        (change,) = [change for change in restored.changes if change.needs_person]
        assert change.kind == "unsure"
        assert f"its answer may be cell {place + 1}, {place + 2}" in change.what
        assert source(restored.notebook, "hw1-reflection") == "YOUR ANSWER HERE"
    else:
        assert source(restored.notebook, "hw1-reflection") == text
    assert text in [cell.source for cell in restored.notebook.cells]


def test_own_cells_stay_behind_the_cell_they_stood_behind_when_cells_are_moved_back() -> None:
    notebook = sound()
    notebook.cells.insert(at(notebook, "sse-answer") + 1, new_code_cell("after_sse = 1", id="own"))
    block = notebook.cells[at(notebook, "sse-answer") : at(notebook, "sse-answer") + 2]
    for cell in block:
        notebook.cells.remove(cell)
    notebook.cells += block
    restored = restore(notebook, RELEASED)
    check_whole(restored)
    place = at(restored.notebook, "sse-answer")
    assert restored.notebook.cells[place + 1].source == "after_sse = 1"


def test_the_imports_come_first_again_after_shuffling() -> None:
    for seed in range(20):
        notebook = sound()
        random.Random(seed).shuffle(notebook.cells)
        restored = restore(notebook, RELEASED)
        sources = [cell.source for cell in restored.notebook.cells]
        assert sources == [cell.source for cell in SOUND.cells]


def test_outputs_and_counts_are_kept() -> None:
    notebook = sound()
    del notebook.cells[at(notebook, "sse")]
    restored = restore(notebook, RELEASED)
    kept = restored.notebook.cells[at(restored.notebook, "mse")]
    assert kept.outputs == SOUND.cells[at(SOUND, "mse")].outputs
    back = restored.notebook.cells[at(restored.notebook, "sse")]
    assert (back.outputs, back.execution_count) == ([], None)


def test_restoring_is_the_same_every_time() -> None:
    notebook = sound()
    copy_every_cell(notebook)
    lose_ids(notebook)
    assert restore(copy.deepcopy(notebook), RELEASED) == restore(copy.deepcopy(notebook), RELEASED)


def test_an_older_notebook_without_ids_is_no_fault() -> None:
    notebook = sound()
    lose_ids(notebook)
    notebook.nbformat_minor = 4
    assert restore(notebook, RELEASED).changes == ()
