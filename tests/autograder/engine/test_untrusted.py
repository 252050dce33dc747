from __future__ import annotations

from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder.engine.outputs import Outputs
from autograder.engine.untrusted import sound_output

KINDS = ("stream", "display_data", "update_display_data", "execute_result", "error", "clear_output", "status", "x")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=12), inside, max_size=4),
    max_leaves=12,
)
FIELDS = ("name", "text", "data", "metadata", "transient", "execution_count", "ename", "evalue", "traceback", "wait")
CONTENTS = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | st.just({"text/plain": "x"})) | ANYTHING


@given(st.sampled_from(KINDS), CONTENTS)
def test_whatever_a_kernel_sends_the_notebook_stays_valid(kind: str, content: Any) -> None:
    sound = sound_output({"header": {"msg_type": kind}, "content": content})
    if sound is None:
        return
    outputs = Outputs(10_000)
    outputs.take(sound)
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs.cells)])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")


@pytest.mark.parametrize("message", [None, 3, {}, {"header": []}, {"header": {"msg_type": []}, "content": {}}])
def test_what_is_no_message_is_no_output(message: Any) -> None:
    assert sound_output(message) is None


def test_a_figure_passes_as_it_is() -> None:
    content = {
        "data": {"image/png": "aGk=", "text/plain": "<Figure>"},
        "metadata": {"image/png": {"width": 3}},
        "transient": {"display_id": "d"},
    }
    sound = sound_output({"header": {"msg_type": "display_data"}, "content": content})
    assert sound is not None
    assert sound["content"] == content
