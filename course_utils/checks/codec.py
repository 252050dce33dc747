"""Dataclasses, tensors and arrays to and from `.npz` files, never by pickle.

A tree of plain data becomes JSON; every array in it is stored apart and referred to by number. Tensors keep
dtype, a non-contiguous layout and `requires_grad`, because some mistakes only show on such inputs.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

MAX_BYTES = 64 * 1024 * 1024
"""No key, request or response is larger; a file that says it is was not made by us."""


class CodecError(ValueError):
    """The bytes are not what `dump` writes."""


def dump(tree: Any) -> bytes:
    """Return the bytes of an `.npz` archive that holds `tree` (dicts, lists, numbers, text, arrays, tensors)."""
    arrays: list[np.ndarray] = []
    text = json.dumps(_encode(tree, arrays), separators=(",", ":"))
    members = {f"a{number}": array for number, array in enumerate(arrays)}
    members["tree"] = np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez_compressed(stream, **members)  # type: ignore[arg-type]
    return stream.getvalue()


def load(source: bytes | Path) -> Any:
    """Rebuild the tree that `dump` wrote.

    Raises CodecError if the bytes are damaged, hold a pickle, or unpack to more than `MAX_BYTES`.
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise CodecError(f"the archive unpacks to more than {MAX_BYTES} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as members:
            text = members["tree"].tobytes().decode("utf-8")
            return _decode(json.loads(text), lambda number: members[f"a{number}"])
    except CodecError:
        raise
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, TypeError, AttributeError) as error:
        raise CodecError(f"not an archive of ours: {error}") from error
    except (RecursionError, NotImplementedError, OverflowError, MemoryError, RuntimeError) as error:
        raise CodecError(f"not an archive of ours: {type(error).__name__}") from error


def _encode(node: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(node, torch.Tensor):
        arrays.append(node.detach().cpu().contiguous().numpy())
        is_strided = not node.is_contiguous()
        return {"@tensor": len(arrays) - 1, "strided": is_strided, "grad": node.requires_grad}
    if isinstance(node, np.ndarray):
        arrays.append(node)
        return {"@array": len(arrays) - 1}
    if isinstance(node, dict):
        return {str(key): _encode(value, arrays) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_encode(value, arrays) for value in node]
    if node is None or isinstance(node, (bool, int, float, str)):
        return node
    raise CodecError(f"cannot store a {type(node).__name__}")


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
    plain = torch.from_numpy(np.array(values))
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
