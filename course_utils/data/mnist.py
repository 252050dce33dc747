"""MNIST: where it is fetched from, where it is kept, and what to do where it cannot be had."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.data.digits import Digits, load_small_split
from course_utils.data.fetch import Origin, Remote, fetch
from course_utils.data.idx import read_split
from course_utils.errors import DataError

if TYPE_CHECKING:
    import torch

MNIST = Origin(
    title="MNIST",
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    files=(
        Remote(
            "train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        Remote(
            "train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        Remote(
            "t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        Remote("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
)
OFFICIAL_SIZES = {"train": 60_000, "test": 10_000}
SOURCES = ("auto", "small", "mnist")
SPLITS = ("train", "test")

# Why "auto" could not take MNIST, or "" where it could. Kept until the kernel ends: if the network came or went between
# two calls, the model would be trained on one kind of digit and tested on the other.
_decided: dict[tuple[str, Origin, Path], str] = {}


def load_digits(
    split: str = "train",
    source: str = "auto",
    dtype: torch.dtype | None = None,
    progress: bool = True,
    *,
    origin: Origin = MNIST,
    cache: str | Path | None = None,
) -> Digits:
    """Load handwritten digits of 28×28 pixels: MNIST where it can be had, else the small ones that ship with the kit.

    Args:
        split: `train` or `test`.
        source: `mnist` takes the folder that the environment variable MNIST_DIR names, or else the cache, and downloads
            what is missing (11.6 MB). `small` needs no network. `auto` takes MNIST if it can be had, and else
            says in one sentence why not and takes the small ones; the choice holds until the kernel ends. The
            environment variable FIRST_DESCENT_DATA (`auto`, `small` or `mnist`) stands in for `auto`.
        dtype: of the images, `torch.float32` unless told otherwise.
        progress: show a bar while MNIST is downloaded.
        origin: files, checksums and mirrors, for a school with a mirror of its own.
        cache: the folder downloads are kept in: FIRST_DESCENT_CACHE, or else the usual place for caches.

    Returns:
        images (N, 28, 28), 0 is paper and 1 is ink; labels (N,), int64; a line that says what these pictures are.

    Raises:
        DataError: a name is not one of these, or `mnist` was asked for and cannot be had.
    """
    _expect("split", split, SPLITS)
    _expect("source", source, SOURCES)
    if source == "auto":
        source = os.environ.get("FIRST_DESCENT_DATA", "").strip().lower() or "auto"
        _expect("FIRST_DESCENT_DATA", source, SOURCES)
    keep_in = find_cache(cache)
    if source == "auto":
        source = "small" if _why_not_mnist(origin, keep_in, progress) else "mnist"
    if source == "small":
        return load_small_split(split, dtype)
    return _load_mnist(split, dtype, origin, keep_in, progress)


def find_cache(cache: str | Path | None = None) -> Path:
    """Return the folder downloads are kept in: the one given, FIRST_DESCENT_CACHE, or the system's place for caches."""
    import pooch

    named = cache or os.environ.get("FIRST_DESCENT_CACHE")
    return Path(named).expanduser() if named else Path(pooch.os_cache("first-descent")) / "mnist"


def _load_mnist(split: str, dtype: torch.dtype | None, origin: Origin, cache: Path, progress: bool) -> Digits:
    import torch

    named = _folder_named()
    if named is None:
        fetch(origin, cache, progress)
    pixels, labels = read_split(named or cache, split)
    images = torch.tensor(pixels, dtype=dtype or torch.float32).div_(255)
    return Digits(images, torch.tensor(labels, dtype=torch.int64), _say_source(split, len(labels), named), kind="mnist")


def _say_source(split: str, count: int, named: Path | None) -> str:
    """Say what was loaded, and do not call a part of MNIST the whole."""
    where = "" if named is None else ", from the folder that MNIST_DIR names"
    official = OFFICIAL_SIZES[split]
    part = "" if count == official else f" (the official {split} part has {official:,})"
    return f"MNIST, {split} part: {count:,} pictures of 28×28 pixels{where}{part}"


def _folder_named() -> Path | None:
    """Return the folder that MNIST_DIR names, if it names one."""
    named = os.environ.get("MNIST_DIR", "").strip()
    return Path(named).expanduser() if named else None


def _why_not_mnist(origin: Origin, cache: Path, progress: bool) -> str:
    """Return why MNIST cannot be had, or an empty string; say it once."""
    question = (os.environ.get("MNIST_DIR", "").strip(), origin, cache)
    if question not in _decided:
        _decided[question] = _try_mnist(origin, cache, progress)
        if _decided[question]:
            print(
                f"{_decided[question].rstrip('.')}, so you get the small digits that ship with the course (8×8 pixels "
                "brought to 28×28); a model trained on these is right on only about 45 % of MNIST."
            )
    return _decided[question]


def _try_mnist(origin: Origin, cache: Path, progress: bool) -> str:
    """Bring MNIST in, both parts, and return what went wrong."""
    named = _folder_named()
    try:
        if named is None:
            fetch(origin, cache, progress)
        else:
            for split in SPLITS:
                read_split(named, split)
    except DataError as problem:
        return problem.what
    return ""


def _expect(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise DataError(f"{name} is {value!r}, which is not known.", f"Choose one of: {', '.join(allowed)}.")
