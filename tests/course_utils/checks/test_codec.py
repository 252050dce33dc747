"""Archives: what goes in comes out, and bytes from anybody do no harm."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from course_utils.checks import codec
from course_utils.checks.codec import CodecError, dump, load, strided

TREE = {"words": ["ŷ = 1·x", None, True, 3, 2.5], "array": np.arange(6).reshape(2, 3)}


def npz(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return stream.getvalue()


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    text = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def words(data: bytes) -> bytes:
    return npz(tree=npy(np.frombuffer(data, np.uint8)), numbers=npy(np.zeros(0, np.uint8)))


def tree(node: object, *table: object, numbers: bytes = b"\0" * 16) -> bytes:
    text = json.dumps({"tree": node, "arrays": table}).encode()
    return npz(tree=npy(np.frombuffer(text, np.uint8)), numbers=npy(np.frombuffer(numbers, np.uint8)))


def test_a_tree_of_plain_data_comes_back():
    back = load(dump(TREE))
    assert back["words"] == TREE["words"]
    np.testing.assert_array_equal(back["array"], TREE["array"])


def test_a_file_is_read_like_its_bytes(tmp_path):
    (tmp_path / "key.npz").write_bytes(dump(TREE))
    assert load(tmp_path / "key.npz")["words"] == TREE["words"]


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(3.5),
        torch.tensor([1.0, float("nan"), float("-inf")], dtype=torch.float64),
        torch.tensor([True, False]),
        torch.tensor([[1, 2]]),
        torch.zeros(0, 3),
        torch.arange(6.0).reshape(2, 3).T,
        strided(torch.arange(6.0).reshape(2, 3)),
        torch.ones(2, requires_grad=True),
        torch.tensor([1 + 2j]),
    ],
    ids=str,
)
def test_tensors_keep_values_dtype_and_what_mistakes_need(tensor):
    back = load(dump({"x": tensor}))["x"]
    torch.testing.assert_close(back, tensor, equal_nan=True, rtol=0, atol=0)
    assert back.dtype == tensor.dtype
    assert back.is_contiguous() == tensor.is_contiguous()
    assert back.requires_grad == tensor.requires_grad


@given(
    some.recursive(
        some.none() | some.booleans() | some.integers(-(2**60), 2**60) | some.floats(allow_nan=False) | some.text(),
        lambda inner: some.lists(inner) | some.dictionaries(some.text(min_size=1).filter(lambda k: k[0] != "@"), inner),
        max_leaves=20,
    )
)
@settings(max_examples=80, deadline=None)
def test_any_plain_tree_comes_back(node):
    assert load(dump(node)) == node


def test_strided_tensors_hold_the_same_numbers_apart():
    for shape in ((), (4,), (2, 3), (0,), (1, 1)):
        tensor = torch.rand(shape)
        assert torch.equal(strided(tensor), tensor)
    assert not strided(torch.rand(3)).is_contiguous()


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        lambda x: x,
        np.array([object()]),
        np.array(["text"]),
        torch.ones(2, dtype=torch.bfloat16),
        torch.eye(2).to_sparse(),
        torch.ones(2, device="meta"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_is_refused_when_written(value):
    with pytest.raises(CodecError, match="cannot store"):
        dump({"x": value})


class Evil:
    def __reduce__(self):
        return (os.system, ("touch pwned",))


GOOD = dump(TREE)
TWO = ["<f8", [2], 0, False]
"""A row of the table: two numbers from the block's beginning, rows first."""
ARRAY = {"@array": 0}
LARGE = ["<f8", [2**17], 0, False]
NO_NUMBERS = npy(np.zeros(0, np.uint8))
BAD = {
    "nothing": b"",
    "no zip": b"not a zip file",
    "a pickle": pickle.dumps({"tree": 1}),
    "half of a good one": GOOD[: len(GOOD) // 2],
    "a good one without its end": GOOD[:-30],
    "a flipped byte": GOOD[:60] + bytes([GOOD[60] ^ 0xFF]) + GOOD[61:],
    "no tree": npz(numbers=NO_NUMBERS),
    "no numbers": npz(tree=npy(np.frombuffer(b'{"tree": 1, "arrays": []}', np.uint8))),
    "no table of arrays": words(b'{"tree": 1}'),
    "a list in place of both": words(b"[]"),
    "a pickled object inside": npz(tree=npy(np.array([Evil()], dtype=object), allow_pickle=True), numbers=NO_NUMBERS),
    "a pickled object beside": npz(
        tree=npy(np.frombuffer(b'{"tree": 1, "arrays": []}', np.uint8)),
        numbers=npy(np.array([Evil()], dtype=object), allow_pickle=True),
    ),
    "text in place of bytes": npz(tree=npy(np.array(["a", "b"])), numbers=NO_NUMBERS),
    "records in place of bytes": npz(tree=npy(np.zeros(2, "i4,f8")), numbers=NO_NUMBERS),
    "bytes in two axes": npz(tree=npy(np.zeros((2, 2), np.uint8)), numbers=NO_NUMBERS),
    "a missing array": tree(ARRAY),
    "an array number below zero": tree({"@array": -1}, TWO),
    "an array number that is a word": tree({"@array": "../../key"}, TWO),
    "an array of objects": tree(ARRAY, ["|O", [2], 0, False]),
    "an array of text": tree(ARRAY, ["<U1", [2], 0, False]),
    "an array of records": tree(ARRAY, ["<i4,<f8", [1], 0, False]),
    "an array of no known kind": tree(ARRAY, [7, [2], 0, False]),
    "an array of kind f999": tree(ARRAY, ["<f99", [1], 0, False]),
    "a row of the table that is short": tree(ARRAY, ["<f8", [2]]),
    "a row of the table that is a number": tree(ARRAY, 3),
    "an array that ends early": tree(ARRAY, ["<f8", [3], 0, False]),
    "an array that begins behind the end": tree(ARRAY, ["<f8", [1], 10**12, False]),
    "an array that begins before the beginning": tree(ARRAY, ["<f8", [1], -8, False]),
    "an array with a negative size": tree(ARRAY, ["<f8", [-2], 0, False]),
    "an array with two negative sizes": tree(ARRAY, ["<f8", [-1, -2], 0, False]),
    "an array with half a size": tree(ARRAY, ["<f8", [1.5], 0, False]),
    "an array with a true size": tree(ARRAY, ["<f8", [True], 0, False]),
    "an array of a thousand axes": tree(ARRAY, ["<f8", [1] * 1000, 0, False]),
    "an array that promises terabytes": tree(ARRAY, ["<f8", [10**12], 0, False]),
    "a tensor without its marks": tree({"@tensor": 0}, TWO),
    "a gradient on whole numbers": tree({"@tensor": 0, "strided": False, "grad": True}, ["<i8", [2], 0, False]),
    "not json": words(b"{'a': 1}"),
    "not utf-8": words(b"\xff\xfe\xff"),
    "brackets without end": words(b"[" * 100_000),
    "a number of a million digits": words(b"9" * 1_000_000),
    "a member that is no npy": npz(tree=b"hello", numbers=NO_NUMBERS),
    "an npy that ends early": npz(tree=npy(np.zeros(9, np.uint8))[:-3], numbers=NO_NUMBERS),
    "a header that promises terabytes": npz(tree=header((10**12,), "|u1"), numbers=NO_NUMBERS),
    "a header that promises more than there is": npz(tree=header((100,), "|u1"), numbers=NO_NUMBERS),
    "a header with a negative size": npz(tree=header((-5,), "|u1") + b"1" * 40, numbers=NO_NUMBERS),
    "a header that is code": npz(tree=b"\x93NUMPY\x01\x00\x20\x00" + b"__import__('os').abort()        "),
    "a bomb of zeros": npz(tree=npy(np.zeros(codec.MAX_BYTES + 1, np.uint8)), numbers=NO_NUMBERS),
    "a bomb of zeros beside": npz(tree=NO_NUMBERS, numbers=npy(np.zeros(codec.MAX_BYTES + 1, np.uint8))),
    "a bomb of many arrays": tree([ARRAY] * 80, LARGE, numbers=bytes(2**20)),
    "a bomb of strides": tree({"@tensor": 0, "strided": True, "grad": False}, ["<f8", [1] * 32, 0, False]),
    "a bomb of words": words(b"[" + b"[]," * 2_000_000 + b"[]]"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_archives_end_in_one_kind_of_error_and_run_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CodecError):
        load(BAD[name])
    assert list(tmp_path.iterdir()) == []


def test_a_file_too_large_is_not_even_read(tmp_path):
    large = tmp_path / "large.npz"
    with large.open("wb") as file:
        file.truncate(codec.MAX_BYTES + 1)
    with pytest.raises(CodecError, match="larger"):
        load(large)


@given(some.integers(0, len(GOOD) - 1), some.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_a_good_archive_with_one_wrong_byte_is_read_or_refused(place, change):
    data = bytearray(GOOD)
    data[place] ^= change
    with contextlib.suppress(CodecError):
        load(bytes(data))


@given(some.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_refused(data):
    with pytest.raises(CodecError):
        load(data)
