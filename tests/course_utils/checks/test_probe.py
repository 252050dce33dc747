"""The worker's side of grading: it answers and decides nothing, and its answer is read with distrust."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_keys import SCALAR, case, contract, vector

from course_utils.checks import codec
from course_utils.checks.probe import answer_request, read_response, write_request

CASES = (case("visible", x=vector(1, 2)), case("secret", x=vector(3, 4), is_hidden=True))
DEAL = contract(SCALAR, seconds=1.0)


def ask(tmp_path, namespace, deal=DEAL):
    request, response = tmp_path / "request.npz", tmp_path / "response.npz"
    request.write_bytes(write_request(deal, CASES))
    answer_request(request, response, namespace)
    return read_response(response.read_bytes(), len(CASES))


def test_a_request_is_answered_by_the_function_of_that_name(tmp_path):
    responses = ask(tmp_path, {"thing": torch.sum, "other": torch.mean})
    assert [response.parts[0].values for response in responses] == [3, 7]


def test_a_request_holds_inputs_and_nothing_of_what_is_right():
    tree = codec.load(write_request(DEAL, CASES))
    assert set(tree) == {"contract", "cases"}
    assert {name for made in tree["cases"] for name in made} == {"label", "is_hidden", "arguments"}


def test_a_function_that_is_not_there_is_a_name_error(tmp_path):
    responses = ask(tmp_path, {"other": torch.mean})
    assert {response.raised.type for response in responses} == {"NameError"}
    assert "'thing'" in responses[0].raised.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, "error"),
        (lambda x: None, None),
        (lambda x: iter(int, 1), None),
        (lambda x: torch.zeros(10**5, 10**5), "memory"),
        (lambda x: torch.zeros(1).expand(10**12), None),
        (lambda x: torch.zeros(3000, 3000), None),
        (lambda x: "\x1b[2J" * 10**6, None),
        (lambda x: print("\x00" * 10**6), None),
        (lambda x: sum(1 for _ in iter(int, 1)), "deadline"),
        (lambda x: exit(0), "exit"),
        (lambda x: np.array([object()]), None),
    ],
)
def test_whatever_the_answer_does_the_request_is_answered(tmp_path, answer, kind):
    responses = ask(tmp_path, {"thing": answer})
    assert {response.raised.kind if response.raised else None for response in responses} == {kind}
    assert (tmp_path / "response.npz").stat().st_size < 1_000_000


def replies(count):
    part = {"kind": "number", "values": np.array(3.0), "dtype": "float", "shape": [], "device": "", "shown": ""}
    one = {
        "parts": [part],
        "raised": None,
        "structure": "",
        "changed": [],
        "remembers": False,
        "used": [],
        "printed": "",
    }
    return [one] * count


def test_a_sound_reply_is_read():
    assert len(read_response(codec.dump(replies(2)), 2)) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06" + b"\0" * 18,
        codec.dump(replies(1)),
        codec.dump(replies(3)),
        codec.dump({"responses": replies(2)}),
        codec.dump(3),
        codec.dump(None),
        codec.dump("text"),
        codec.dump([None, None]),
        codec.dump([[], []]),
        codec.dump([{**replies(1)[0], "raised": 5}] * 2),
        codec.dump([{**replies(1)[0], "parts": [{"kind": "number"}]}] * 2),
        codec.dump(np.zeros(2)),
        codec.dump(torch.zeros(2)),
        codec.dump({"0": 1, "1": 2}),
    ],
)
def test_a_forged_reply_is_refused_in_one_kind_of_error(data):
    with pytest.raises(codec.CodecError):
        read_response(data, 2)
