"""Read MNIST's own file format (IDX), and find its four files in a folder however they are spelled.

An IDX file is a head of big-endian 32-bit numbers (the kind of data, then the length along each axis) and then the
plain bytes. Format: http://yann.lecun.com/exdb/mnist, section "File formats".
"""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np

from course_utils.errors import DataError

IMAGES_MAGIC, LABELS_MAGIC = 0x803, 0x801  # unsigned bytes with three axes, and with one
SIDE = 28
_MOST_ITEMS = 1_000_000  # a head that promises more is damaged; it must not make us ask for gigabytes
# torchvision keeps them in MNIST/raw, others call the second part `test` or write `.idx3-ubyte`.
_SUBFOLDERS = ("", "raw", "MNIST/raw")
_SPELLING = re.compile(r"(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\.gz)?", re.IGNORECASE)
_MEND = "Give MNIST_DIR a folder with MNIST's four IDX files, or unset it."


def read_split(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Read one part of MNIST from a folder with the IDX files, plain or gzipped.

    Args:
        folder: holds the files, itself or in `raw` or `MNIST/raw`.
        split: `train` or `test`.

    Returns:
        images (N, 28, 28) and labels (N,), both uint8.

    Raises:
        DataError: a file is missing, not IDX, cut short, or images and labels do not belong together.
    """
    images_file, labels_file = _find(folder, split, "images"), _find(folder, split, "labels")
    images, labels = read_idx(images_file, IMAGES_MAGIC), read_idx(labels_file, LABELS_MAGIC)
    if images.shape[1:] != (SIDE, SIDE):
        raise DataError(
            f"{images_file} holds pictures of {images.shape[1]}×{images.shape[2]} pixels, not 28×28.", _MEND
        )
    if len(images) != len(labels) or not len(images):
        raise DataError(
            f"{images_file} has {len(images):,} pictures and {labels_file.name} has {len(labels):,} labels.", _MEND
        )
    if labels.max() > 9:
        raise DataError(f"{labels_file} holds the label {labels.max()}, which is no digit.", _MEND)
    return images, labels


def read_idx(file: Path, magic: int) -> np.ndarray:
    """Read one IDX file of unsigned bytes into an array.

    Args:
        file: the file; gzipped where its name ends in `.gz`.
        magic: the first number of the head, which says the type and the number of axes.

    Raises:
        DataError: the file cannot be read, does not begin as it should, or has more or fewer bytes than it promises.
    """
    axes = magic & 0xFF
    try:
        # gzip's own file object and a plain one are read alike
        with cast("IO[bytes]", gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb")) as raw:
            head = raw.read(4 * (1 + axes))
            numbers = struct.unpack(f">{1 + axes}I", head) if len(head) == 4 * (1 + axes) else (0,)
            if numbers[0] != magic:
                raise DataError(f"{file} is not an IDX file of MNIST's kind.", _MEND)
            shape = numbers[1:]
            promised = math.prod(shape)
            if promised > _MOST_ITEMS * SIDE * SIDE:
                raise DataError(f"{file} promises {promised:,} bytes, which no part of MNIST has.", _MEND)
            body = raw.read(promised + 1)
    except (OSError, EOFError, zlib.error) as problem:  # what gzip raises for half a file is an EOFError
        raise DataError(f"{file} cannot be read ({problem}).", _MEND) from problem
    if len(body) != promised:
        there = f"{len(body):,}" if len(body) < promised else "more"
        raise DataError(f"{file} promises {promised:,} bytes and holds {there}.", _MEND)
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _find(folder: Path, split: str, what: str) -> Path:
    """Return the file with `images` or `labels` of a split; a plain one before a gzipped one."""
    parts = ("train",) if split == "train" else ("t10k", "test")
    try:
        if not folder.is_dir():
            raise DataError(f"The folder {folder}, which should hold MNIST, does not exist.", _MEND)
        there = [file for sub in _SUBFOLDERS if (folder / sub).is_dir() for file in sorted((folder / sub).iterdir())]
    except OSError as problem:
        raise DataError(f"The folder {folder} cannot be read ({problem.strerror}).", _MEND) from problem
    spelled = [(file, _SPELLING.fullmatch(file.name)) for file in there if file.is_file()]
    fitting = [file for file, match in spelled if match and match[1].lower() in parts and match[2].lower() == what]
    if not fitting:
        raise DataError(f"The folder {folder} has no file {parts[0]}-{what}-idx…-ubyte, plain or .gz.", _MEND)
    return min(fitting, key=lambda file: file.suffix.lower() == ".gz")
