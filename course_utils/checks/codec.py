"""Dataclasses, tensors and arrays to and from `.npz` files, never by pickle.

A tree of plain data becomes JSON; every array in it is stored apart and referred to by number. Tensors keep
dtype, a non-contiguous layout and `requires_grad`, because some mistakes only show on such inputs.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
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


Stored = dict[tuple[str, tuple[int, ...], bytes], tuple[int, np.ndarray]]
"""Arrays by what they hold, each with its number: most numbers in a key stand there many times, and are kept once."""


class CodecError(ValueError):
    """The bytes are not what `dump` writes."""


def dump(tree: Any) -> bytes:
    """Return the bytes of an `.npz` archive that holds `tree` (dicts, lists, numbers, text, arrays, tensors).

    Raises CodecError if it holds anything else.
    """
    arrays: Stored = {}
    text = json.dumps(_encode(tree, arrays), separators=(",", ":"))
    members = {f"a{number}": array for number, array in arrays.values()}
    members["tree"] = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez_compressed(stream, **members)  # type: ignore[arg-type]
    return stream.getvalue()


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
    """Read the members of one archive, and count what they unpack to."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MAX_BYTES
        self._known: dict[str, np.ndarray] = {}

    def tree(self) -> Any:
        words = self.array("tree").tobytes()
        if len(words) > MAX_WORDS:
            raise CodecError(f"the archive holds more than {MAX_WORDS} bytes of words")
        return _decode(json.loads(words.decode("utf-8")), lambda number: self.array(f"a{number}"))

    def array(self, name: str) -> np.ndarray:
        """Read one `.npy` member; its header is believed only once its size has been allowed.

        Each time a member is asked for, it is a copy of its own, and counts.
        """
        if name in self._known:
            self._take(self._known[name].nbytes)
            return self._known[name].copy()
        with self._archive.open(f"{name}.npy") as member:
            version = np.lib.format.read_magic(member)
            read_header = (
                np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            )
            shape, is_fortran, dtype = read_header(member)
            if dtype.kind not in NUMBERS or min(shape, default=0) < 0:
                raise CodecError(f"an array of {dtype.name} {shape} is not an array of numbers")
            size = math.prod(shape) * dtype.itemsize
            self._take(size)
            data = member.read(size)
        order: Literal["F", "C"] = "F" if is_fortran else "C"
        self._known[name] = np.frombuffer(data, dtype).reshape(shape, order=order)
        return self._known[name].copy()

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise CodecError(f"the archive unpacks to more than {MAX_BYTES} bytes")


def _encode(node: Any, arrays: Stored) -> Any:
    if isinstance(node, torch.Tensor):
        is_strided = not node.is_contiguous()
        return {"@tensor": _store(_plain(node), arrays), "strided": is_strided, "grad": node.requires_grad}
    if isinstance(node, np.ndarray):
        return {"@array": _store(node, arrays)}
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


def _store(array: np.ndarray, arrays: Stored) -> int:
    if array.dtype.kind not in NUMBERS:
        raise CodecError(f"cannot store an array of {array.dtype.name}")
    number, _ = arrays.setdefault((array.dtype.str, array.shape, array.tobytes()), (len(arrays), array))
    return number


def _decode(node: Any, array: Callable[[int], np.ndarray]) -> Any:
    if isinstance(node, dict):
        if "@tensor" in node:
            return _tensor(array(int(node["@tensor"])), bool(node["strided"]), bool(node["grad"]))
        if "@array" in node:
            return array(int(node["@array"]))
        return {key: _decode(value, array) for key, value in node.items()}
    if isinstance(node, list):
        return [_decode(value, array) for value in node]
    return node


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
