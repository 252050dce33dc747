"""The catalogue: answers that real students gave, wrong ones with evidence and right ones in many styles."""

from __future__ import annotations

import copy
import linecache
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from autograder.errors import ExerciseError

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"


@dataclass(frozen=True)
class KnownAnswer:
    """One answer of the catalogue: its id, the exercise, the code, and whether it is right."""

    id: str
    exercise: str
    code: str
    is_right: bool
    belief: str = ""

    def load(self) -> Any:
        """Run the code in a namespace like a notebook's and return the function or class it defines.

        Raises ExerciseError if it does not define the exercise.
        """
        namespace: dict[str, Any] = {
            "torch": torch,
            "np": np,
            "math": math,
            "copy": copy,
            "nn": nn,
            "F": functional,
            "Dataset": Dataset,
            "DataLoader": DataLoader,
        }
        name = f"<{self.id}>"
        linecache.cache[name] = (len(self.code), None, self.code.splitlines(keepends=True), name)
        exec(compile(self.code, name, "exec"), namespace)
        if self.exercise not in namespace:
            raise ExerciseError(f"The catalogue's {self.id} does not define {self.exercise}.")
        return namespace[self.exercise]


@lru_cache(maxsize=4)
def load_catalogue(folder: Path = FOLDER) -> tuple[KnownAnswer, ...]:
    """Return all answers of the catalogue: `mistakes*.yaml` and `right*.yaml` in `folder`.

    Raises ExerciseError if a file is missing or not of the catalogue's form.
    """
    wrong = _read(folder, "mistakes", is_right=False)
    right = _read(folder, "right", is_right=True)
    return (*wrong, *right)


def _read(folder: Path, key: str, *, is_right: bool) -> tuple[KnownAnswer, ...]:
    paths = sorted(folder.glob(f"{key}*.yaml"))
    if not paths:
        raise ExerciseError(f"There is no {key}.yaml in {folder}.")
    found = []
    for path in paths:
        try:
            items = yaml.safe_load(path.read_text(encoding="utf-8"))[key]
            found += [
                KnownAnswer(item["id"], item["exercise"], item["code"], is_right, item.get("misconception", ""))
                for item in items
            ]
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise ExerciseError(f"{path} is not a catalogue: {error}.") from error
    return tuple(found)
