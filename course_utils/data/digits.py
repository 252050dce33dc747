"""Pictures of handwritten digits: the small ones that ship with the course, and how they grow to MNIST's size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.data.bundled import find_bundled
from course_utils.errors import DataError

if TYPE_CHECKING:
    import torch

_TEST_SHARE = 5  # one picture in five is kept for the test


@dataclass(frozen=True)
class Digits:
    """Hold pictures of handwritten digits and what they show.

    Attributes:
        images: (N, H, W) floats, 0 is paper and 1 is ink.
        labels: (N,) int64, the digit 0 to 9 in each picture.
        source: one line that says where the pictures come from.
        kind: `mnist` or `small`, the collection they belong to: a model knows the one it was trained on.
    """

    images: torch.Tensor
    labels: torch.Tensor
    source: str
    kind: str = "small"

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.labels)


def load_digits_small(dtype: torch.dtype | None = None, path: str | Path | None = None) -> Digits:
    """Load the 1,797 handwritten digits of 8×8 pixels that ship with the kit.

    Args:
        dtype: of the images, `torch.float32` unless told otherwise.
        path: another `.npz` file with `images` (N, 8, 8) of 0 to 16 and `labels` (N,).

    Returns:
        images (1797, 8, 8) from 0 to 1, labels (1797,).

    Raises:
        DataError: the file is missing or damaged.
    """
    import zipfile

    import numpy as np
    import torch

    file = Path(path) if path is not None else find_bundled("digits_8x8.npz")
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as problem:
        raise DataError(
            f"The digits file {file} cannot be read ({type(problem).__name__}: {problem}).",
            "Copy it again from the course's data folder.",
        ) from problem
    return Digits(
        images=torch.from_numpy(images).to(dtype or torch.float32) / 16,
        labels=torch.from_numpy(labels).to(torch.int64),
        source="1,797 digits of 8×8 pixels, UCI Machine Learning Repository, as shipped by scikit-learn",
    )


def load_small_split(split: str, dtype: torch.dtype | None = None) -> Digits:
    """Load one part of the small digits, brought to MNIST's 28×28 pixels: bicubic to 20×20, 4 pixels of paper around.

    The two parts are always the same: 1,438 pictures to train on and 359 to test on, drawn once without replacement.

    Args:
        split: `train` or `test`.
        dtype: of the images, `torch.float32` unless told otherwise.

    Returns:
        images (N, 28, 28) from 0 to 1, labels (N,).

    Raises:
        DataError: the file is missing or damaged.
    """
    import numpy as np
    import torch

    small = load_digits_small()
    # The file goes writer by writer, so its end is not like its beginning. numpy has promised that RandomState keeps
    # its numbers; torch and numpy's newer generators have not.
    order = np.random.RandomState(0).permutation(len(small))
    cut = len(small) // _TEST_SHARE
    chosen = torch.from_numpy(order[cut:] if split == "train" else order[:cut])
    return Digits(
        images=grow(small.images[chosen]).to(dtype or torch.float32),
        labels=small.labels[chosen],
        source=f"small digits, {split} part: {len(chosen):,} of the 1,797 8×8 pictures that ship with the course "
        "(UCI), brought to 28×28",
    )


def grow(images: torch.Tensor) -> torch.Tensor:
    """Bring pictures (N, 8, 8) from 0 to 1 to (N, 28, 28): bicubic to 20×20, 4 pixels of paper around."""
    from torch.nn import functional

    grown = functional.interpolate(images[:, None], size=(20, 20), mode="bicubic", align_corners=False)
    return functional.pad(grown.clamp(0, 1), (4, 4, 4, 4))[:, 0]  # bicubic overshoots at sharp edges
