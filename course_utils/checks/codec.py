"""Dataclasses, tensors and arrays to and from `.npz` files, never by pickle.

A tree of plain data becomes JSON; the numbers of every array in it lie in one block beside it, and the tree refers to
them by place (a member for each would cost more to open than to read). Tensors keep dtype, a non-contiguous layout and
`requires_grad`, because some mistakes only show on such inputs.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

MAX_BYTES = 64 * 1024 * 1024
"""No key, request or response is larger; a file that says it is was not made by us."""

MAX_WORDS = 4 * 1024 * 1024
"""Bytes of JSON in an archive: arrays lie beside it, and a megabyte of brackets becomes many of lists."""

NUMBERS = "biufc"
"""The kinds of NumPy dtype that are stored: nothing that could hold an object or run code."""


_DTYPE = re.compile(rf"[<>|][{NUMBERS}]\d{{1,2}}")
_MOST_AXES = 32


class CodecError(ValueError):
    """The bytes are not what `dump` writes."""


def dump(tree: Any, *, compressed: bool = True) -> bytes:
    """Return the bytes of an `.npz` archive that holds `tree` (dicts, lists, numbers, text, arrays, tensors).

    Raises CodecError if it holds anything else.
    """
    arrays = _Arrays()
    node = _encode(tree, arrays)
    text = json.dumps({"tree": node, "arrays": arrays.table}, separators=(",", ":"))
    stream = io.BytesIO()
    save = np.savez_compressed if compressed else np.savez
    save(stream, tree=_as_array(text.encode("utf-8")), numbers=_as_array(b"".join(arrays.blocks)))
    return stream.getvalue()


def _as_array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, dtype=np.uint8)


def load(source: bytes | Path) -> Any:
    """Rebuild the tree that `dump` wrote, from bytes that may come from anybody.

    Raises CodecError if they are damaged, hold a pickle, or unpack to more than `MAX_BYTES`.
    """
    try:
        with zipfile.ZipFile(_open(source)) as archive:
            return _Reader(archive).tree()
    except CodecError:
        raise
    except Exception as error:  # whatever a forged archive does to zipfile, json or NumPy
        raise CodecError(f"not an archive of ours ({type(error).__name__})") from error


def _open(source: bytes | Path) -> io.BytesIO:
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > MAX_BYTES:
        raise CodecError(f"the archive is larger than {MAX_BYTES} bytes")
    return io.BytesIO(source.read_bytes() if isinstance(source, Path) else source)


class _Reader:
    """Read one archive, and count what its arrays unpack to: one may be asked for many times."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MAX_BYTES
        self._table: Any = []
        self._numbers = b""

    def tree(self) -> Any:
        words = self._member("tree", MAX_WORDS)
        self._numbers = self._member("numbers", MAX_BYTES)
        text = words.decode("utf-8")
        # Read twice: what follows the tree says where its arrays lie, and json walks through it faster than we do.
        self._table = json.loads(text)["arrays"]
        return json.loads(text, object_hook=self._rebuilt)["tree"]

    def _rebuilt(self, node: dict[str, Any]) -> Any:
        """Return the tensor or array that a node stands for, or the node."""
        if "@tensor" in node:
            return _tensor(self.array(int(node["@tensor"])), bool(node["strided"]), bool(node["grad"]))
        return self.array(int(node["@array"])) if "@array" in node else node

    def _member(self, name: str, most: int) -> bytes:
        """Read the bytes of one member; its header is believed only once its size has been allowed."""
        with self._archive.open(f"{name}.npy") as member:
            if np.lib.format.read_magic(member) != (1, 0):
                raise CodecError("an archive of another version")
            shape, _, dtype = np.lib.format.read_array_header_1_0(member)
            if dtype != np.uint8 or len(shape) != 1 or not 0 <= shape[0] <= most:
                raise CodecError(f"{name} is not a row of at most {most} bytes")
            data = member.read(shape[0])
        if len(data) != shape[0]:
            raise CodecError(f"{name} ends early")
        return data

    def array(self, number: int) -> np.ndarray:
        """Return a fresh copy of an array, in the layout it was stored in."""
        if number < 0:
            raise CodecError("an array number below zero")
        kind, shape, start, is_fortran = self._table[number]
        if not _DTYPE.fullmatch(kind) or len(shape) > _MOST_AXES:
            raise CodecError(f"an array of {kind} {shape} is not an array of numbers")
        if not all(type(each) is int and each >= 0 for each in (*shape, start)):
            raise CodecError(f"an array cannot begin at {start} and have the shape {shape}")
        dtype = np.dtype(kind)
        size = math.prod(shape) * dtype.itemsize
        self._left -= size
        if self._left < 0:
            raise CodecError(f"the archive unpacks to more than {MAX_BYTES} bytes")
        data = self._numbers[start : start + size]
        if len(data) != size:
            raise CodecError("an array ends early")
        order: Literal["F", "C"] = "F" if is_fortran else "C"
        return np.frombuffer(bytearray(data), dtype).reshape(shape, order=order)


class _Arrays:
    """The blocks of numbers to store, and for each array its dtype, shape, place and whether columns come first."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.table: list[tuple[str, tuple[int, ...], int, bool]] = []
        self._known: dict[tuple[str, tuple[int, ...], bool, bytes], int] = {}
        self._size = 0

    def add(self, array: np.ndarray) -> int:
        """Store an array and return its number; the same one is kept once (most in a key stand there many times)."""
        if array.dtype.kind not in NUMBERS:
            raise CodecError(f"cannot store an array of {array.dtype.name}")
        is_fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        data = array.tobytes(order="F" if is_fortran else "C")
        what = (array.dtype.str, array.shape, is_fortran, data)
        if what not in self._known:
            self._known[what] = len(self.table)
            self.table.append((array.dtype.str, array.shape, self._size, is_fortran))
            self.blocks.append(data)
            self._size += len(data)
        return self._known[what]


def _encode(node: Any, arrays: _Arrays) -> Any:
    if isinstance(node, torch.Tensor):
        is_strided = not node.is_contiguous()
        return {"@tensor": arrays.add(_plain(node)), "strided": is_strided, "grad": node.requires_grad}
    if isinstance(node, np.ndarray):
        return {"@array": arrays.add(node)}
    if isinstance(node, dict):
        return {str(key): _encode(value, arrays) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_encode(value, arrays) for value in node]
    if node is None or isinstance(node, (bool, int, float, str)):
        return node
    raise CodecError(f"cannot store a {type(node).__name__}")


def _plain(tensor: torch.Tensor) -> np.ndarray:
    try:
        values: np.ndarray = tensor.detach().cpu().contiguous().numpy()
    except (TypeError, RuntimeError) as error:
        raise CodecError(f"cannot store a tensor of {tensor.dtype}") from error
    return values


def _tensor(values: np.ndarray, is_strided: bool, requires_grad: bool) -> torch.Tensor:
    if is_strided and values.nbytes << values.ndim > MAX_BYTES:
        raise CodecError(f"the archive unpacks to more than {MAX_BYTES} bytes")
    plain = torch.from_numpy(values)
    tensor = strided(plain) if is_strided else plain
    return tensor.requires_grad_() if requires_grad else tensor


def strided(tensor: torch.Tensor) -> torch.Tensor:
    """Return a copy of `tensor` with the same values whose elements do not lie side by side in memory."""
    if tensor.ndim == 0:
        return tensor.clone()
    roomy = torch.zeros([2 * size for size in tensor.shape], dtype=tensor.dtype)
    view = roomy[tuple(slice(None, None, 2) for _ in tensor.shape)]
    view.copy_(tensor)
    return view
