from __future__ import annotations

from typing import Any

import pytest

from autograder.engine.outputs import Outputs


def message(kind: str, **content: Any) -> dict[str, Any]:
    return {"header": {"msg_type": kind}, "content": content}


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return message("stream", name=name, text=text)


def display(text: str, **extra: Any) -> dict[str, Any]:
    return message("display_data", data={"text/plain": text}, metadata={}, **extra)


def test_streams_of_one_name_grow_together_and_stay_in_order() -> None:
    outputs = Outputs(1_000)
    for each in (stream("a"), stream("b"), stream("warn", "stderr"), stream("c")):
        outputs.take(each)
    assert [(o.name, o.text) for o in outputs.cells] == [
        ("stdout", "ab"),
        ("stderr", "warn"),
        ("stdout", "c"),
    ]
    assert not outputs.is_flooded


def test_a_flood_is_cut_at_the_cap_and_said() -> None:
    outputs = Outputs(100)
    for _ in range(50):
        outputs.take(stream("x" * 10))
    assert sum(len(o.text) for o in outputs.cells) == 100
    assert outputs.is_flooded


def test_a_million_displays_leave_a_bounded_number() -> None:
    outputs = Outputs(10_000_000)
    for number in range(5_000):
        outputs.take(display(str(number)))
    assert len(outputs.cells) == Outputs.MOST
    assert outputs.is_flooded


def test_an_error_stays_even_after_a_flood_but_not_in_full_length() -> None:
    outputs = Outputs(10)
    outputs.take(stream("x" * 50))
    outputs.take(message("error", ename="ValueError", evalue="v" * 9_999, traceback=["t" * 9_999] * 999))
    error = outputs.cells[-1]
    assert outputs.has_error
    assert error.ename == "ValueError"
    assert len(error.evalue) == 2_000
    assert sum(map(len, error.traceback)) <= 40 * 2_000


def test_clear_output_now_and_with_the_next_output() -> None:
    outputs = Outputs(1_000)
    outputs.take(stream("old"))
    outputs.take(message("clear_output", wait=True))
    assert outputs.cells[0].text == "old"
    outputs.take(stream("new"))
    assert [o.text for o in outputs.cells] == ["new"]
    outputs.take(message("clear_output", wait=False))
    assert outputs.cells == []


def test_a_display_is_updated_in_place() -> None:
    outputs = Outputs(1_000)
    outputs.take(display("0 %", transient={"display_id": "bar"}))
    outputs.take(
        message("update_display_data", data={"text/plain": "100 %"}, metadata={}, transient={"display_id": "bar"})
    )
    assert outputs.cells[0].data["text/plain"] == "100 %"


@pytest.mark.parametrize("kind", ["status", "comm_open", "execute_input", "made_up"])
def test_other_messages_are_not_outputs(kind: str) -> None:
    outputs = Outputs(1_000)
    outputs.take(message(kind, text="x"))
    assert outputs.cells == []
