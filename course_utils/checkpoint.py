"""Keep the state of a training run in a file, so that a run that was cut off can go on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from course_utils.errors import TrainingError


def save_checkpoint(path: str | Path, state: Mapping[str, Any]) -> None:
    """Write a state (tensors, numbers, texts, and containers of them) to a file, whole or not at all.

    Raises:
        TrainingError: the file cannot be written.
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())  # on the disk, not only on its way there
        part.replace(path)  # one move: whoever looks sees the old file or the new one, never half of one
    except (OSError, RuntimeError) as problem:  # torch reports a full disk as a RuntimeError
        mend = "Choose a folder that you can write to and that has room."
        raise TrainingError(f"The checkpoint {path} cannot be written ({problem}).", mend) from problem


def load_checkpoint(path: str | Path, like: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read a state back, or return None where there is no file yet.

    Args:
        path: the file.
        like: the model's `state_dict()`: the file's "model" must have the same names and shapes.
        settings: what the run is started with: the file's "settings" must be the same.

    Raises:
        TrainingError: the file is damaged, is no checkpoint, or belongs to another model or another run.
    """
    path = Path(path)
    if not path.exists():
        return None
    mend = "delete the file or give another path, to train from the beginning."
    try:  # weights_only: a file from elsewhere must not be able to run code here
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        there = {name: tuple(tensor.shape) for name, tensor in state["model"].items()}
        saved = dict(state["settings"])
    except Exception as problem:  # a damaged file fails in any way it likes: as zip, as pickle, as tensor, as dict
        what = f"The checkpoint {path} is damaged, or no checkpoint of fit's."
        raise TrainingError(what, mend.capitalize()) from problem
    here = {name: tuple(tensor.shape) for name, tensor in like.items()}
    _compare("model", path, there, here, "Make the model that the file was saved from, or " + mend)
    _compare("run", path, saved, settings, "Use the settings that the file was saved with, or " + mend)
    return state


def _compare(kind: str, path: Path, there: Mapping[str, Any], here: Mapping[str, Any], mend: str) -> None:
    """Name the first thing that differs between the file and the run."""
    for name in [*here, *there]:
        if there.get(name) != here.get(name):
            what = f"{name} is {there.get(name)} in the file and {here.get(name)} here"
            raise TrainingError(f"The checkpoint {path} is of another {kind}: {what}.", mend)
