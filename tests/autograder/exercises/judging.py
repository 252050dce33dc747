"""Judge answers to exercises on visible and hidden cases: what the tests of every homework share."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from autograder.certify.catalogue import FOLDER
from autograder.exercises import find_exercise
from course_utils.checks import judge_answer
from course_utils.checks.answer_key import AnswerKey
from course_utils.checks.verdict import Verdict

LONGEST_MESSAGE = 80
"""Words: what a beginner reads before giving up."""

SECRETS = (None, 1, 2**31 - 1) if os.environ.get("FIRST_DESCENT_FULL") else (None, 2**31 - 1)
"""Of which seeds the hidden cases are drawn; None for the visible cases alone."""


@cache
def key_of(name: str, secret: int | None = None) -> AnswerKey:
    """Return the key of an exercise: visible cases, and hidden ones when a secret seed is given."""
    return find_exercise(name).answer_key(secret)


def judge(name: str, answer: Any, secret: int | None = None) -> Verdict:
    """Return the verdict on an answer to the exercise `name`."""
    return judge_answer(key_of(name, secret), answer)


def catalogue(kind: str, *exercises: str) -> list[Any]:
    """Return the catalogue's entries for these exercises as pytest parameters; `kind` is "mistakes" or "right"."""
    import yaml

    entries = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))[kind]
    return [pytest.param(entry, id=entry["id"]) for entry in entries if entry["exercise"] in exercises]


def written(code: str, name: str) -> Callable[..., Any]:
    """Run a student's code and return the function called `name`."""
    namespace: dict[str, Any] = {
        "torch": torch,
        "nn": torch.nn,
        "F": torch.nn.functional,
        "np": np,
        "math": math,
        "copy": copy,
    }
    exec(compile(code, "<answer>", "exec"), namespace)
    answer: Callable[..., Any] = namespace[name]
    return answer
