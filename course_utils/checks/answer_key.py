"""The answer key of one exercise: visible inputs, expected responses, and what each mistake would give.

A key holds no code. Students have the frozen keys in `course_utils/checks/keys`; the judge makes a larger
key of the same form, with hidden cases, from fresh inputs each time it grades.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.checks import codec
from course_utils.checks.contract import Case, Contract, PartSpec
from course_utils.checks.response import MAX_ELEMENTS, MAX_PRINTED, Part, Raised, Response, plain_text
from course_utils.errors import AnswerKeyError

KEYS = Path(__file__).parent / "keys"
"""Where the frozen keys stand: one `<exercise>.npz` each."""

MAX_NAMES = 50
"""Names in one list of a response: arguments changed, forbidden calls used."""

FORMAT = 1
"""Raised when the form of a key changes; an older kit then says so in place of failing strangely."""


@dataclass(frozen=True)
class KnownMistake:
    """A wrong answer that has a name: its sentences, the share of the points it keeps, and its responses."""

    name: str
    idea: str
    look: str
    credit: float
    responses: Sequence[Response]


@dataclass(frozen=True)
class AnswerKey:
    """All that is needed to judge responses to `contract` on `cases`."""

    contract: Contract
    cases: tuple[Case, ...]
    expected: tuple[Response, ...]
    mistakes: Sequence[KnownMistake]

    @property
    def is_sealed(self) -> bool:
        """Whether the key says only how to read an answer: that of a quiz, as students have it."""
        return not self.expected

    def sealed(self) -> AnswerKey:
        """Return the key without anything that tells right from wrong."""
        return replace(self, expected=(), mistakes=())


def load_key(exercise: str, folder: Path = KEYS) -> AnswerKey:
    """Return the frozen key of `exercise`.

    Raises AnswerKeyError if there is none or if the file is damaged.
    """
    path = folder / f"{exercise}.npz"
    try:
        stamp = path.stat().st_mtime_ns
    except (OSError, ValueError):  # ValueError: a name that no file can have
        raise AnswerKeyError(
            f"There is no answer key for an exercise called {exercise!r}.",
            "Has the function been renamed? check() takes the function under the name the exercise gives it.",
        ) from None
    return _load(path, stamp)


@lru_cache(maxsize=64)
def _load(path: Path, stamp: int) -> AnswerKey:
    try:
        return key_from_tree(codec.load(path))
    except (codec.CodecError, KeyError, TypeError, ValueError) as error:
        raise AnswerKeyError(
            f"The answer key {path.name} is damaged ({error}).", "Install the course kit again."
        ) from error


def save_key(key: AnswerKey, folder: Path = KEYS) -> Path:
    """Write `key` to its file and return the path."""
    path = folder / f"{key.contract.name}.npz"
    path.write_bytes(codec.dump(key_to_tree(key)))
    return path


def key_to_tree(key: AnswerKey) -> dict[str, Any]:
    """Return the key as plain data for the codec."""
    return {
        "format": FORMAT,
        "contract": contract_to_tree(key.contract),
        "cases": cases_to_tree(key.cases),
        "expected": responses_to_tree(key.expected),
        "mistakes": [
            {
                "name": mistake.name,
                "idea": mistake.idea,
                "look": mistake.look,
                "credit": mistake.credit,
                "responses": responses_to_tree(mistake.responses),
            }
            for mistake in key.mistakes
        ],
    }


def key_from_tree(tree: dict[str, Any]) -> AnswerKey:
    """Rebuild a key from the codec's plain data; raises ValueError for another version's form."""
    if tree["format"] != FORMAT:
        raise ValueError(f"it has form {tree['format']}, this kit reads form {FORMAT}")
    return AnswerKey(
        contract_from_tree(tree["contract"]),
        cases_from_tree(tree["cases"]),
        responses_from_tree(tree["expected"]),
        tuple(
            KnownMistake(
                item["name"],
                item["idea"],
                item["look"],
                item["credit"],
                responses_from_tree(item["responses"]),
            )
            for item in tree["mistakes"]
        ),
    )


def contract_to_tree(contract: Contract) -> dict[str, Any]:
    """Return a contract as plain data."""
    return asdict(contract)


def contract_from_tree(tree: dict[str, Any]) -> Contract:
    """Rebuild a contract from plain data."""
    known = dict(tree)
    known["parts"] = tuple(PartSpec(**spec) for spec in tree["parts"])
    known["forbid"] = tuple(tree["forbid"])
    return Contract(**known)


def cases_to_tree(cases: tuple[Case, ...]) -> list[dict[str, Any]]:
    """Return cases as plain data."""
    return [{"label": case.label, "is_hidden": case.is_hidden, "arguments": case.arguments} for case in cases]


def cases_from_tree(tree: list[dict[str, Any]]) -> tuple[Case, ...]:
    """Rebuild cases from plain data."""
    return tuple(Case(item["label"], item["arguments"], item["is_hidden"]) for item in tree)


def responses_to_tree(responses: Sequence[Response]) -> list[dict[str, Any]]:
    """Return responses as plain data."""
    return [
        {
            "parts": [
                {
                    "kind": part.kind,
                    "values": part.values,
                    "dtype": part.dtype,
                    "shape": list(part.shape),
                    "device": part.device,
                    "shown": part.shown,
                }
                for part in response.parts
            ],
            "raised": asdict(response.raised) if response.raised else None,
            "structure": response.structure,
            "changed": list(response.changed),
            "remembers": response.remembers,
            "used": list(response.used),
            "printed": response.printed,
        }
        for response in responses
    ]


def responses_from_tree(tree: list[dict[str, Any]]) -> tuple[Response, ...]:
    """Rebuild responses from plain data, as it came out of a process that is not to be trusted.

    Raises KeyError, TypeError or ValueError if a field is missing or of the wrong type.
    """
    return tuple(_response(_table(item)) for item in _rows(tree))


def _response(item: dict[str, Any]) -> Response:
    raised = item["raised"]
    return Response(
        parts=tuple(_part(_table(part)) for part in _rows(item["parts"])),
        raised=None if raised is None else _raised(_table(raised)),
        structure=plain_text(item["structure"]),
        changed=_names(item["changed"]),
        remembers=bool(item["remembers"]),
        used=_names(item["used"]),
        printed=plain_text(item["printed"], MAX_PRINTED),
    )


def _raised(item: dict[str, Any]) -> Raised:
    return Raised(
        kind=plain_text(item["kind"]),
        type=plain_text(item["type"]),
        message=plain_text(item["message"]),
        function=plain_text(item["function"]),
        line_number=int(item["line_number"]),
        line=plain_text(item["line"]),
    )


def _table(item: object) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise TypeError("not a table of fields")
    return item


def _rows(items: object) -> list[Any]:
    if not isinstance(items, list):
        raise TypeError("not a list")
    return items


def _names(items: object) -> tuple[str, ...]:
    return tuple(plain_text(item) for item in _rows(items)[:MAX_NAMES])


def _part(item: dict[str, Any]) -> Part:
    values = item["values"]
    shape = tuple(int(size) for size in _rows(item["shape"]))
    if values is not None and not (isinstance(values, np.ndarray) and values.dtype.kind in "biuf"):
        raise ValueError("a part's values are not an array of numbers")
    if values is not None and values.shape != shape:
        raise ValueError("a part's values do not have the shape it names")
    if values is None and item["kind"] in ("tensor", "array", "number") and math.prod(shape) <= MAX_ELEMENTS:
        raise ValueError("a part's values are missing")
    return Part(
        plain_text(item["kind"]),
        values,
        plain_text(item["dtype"]),
        shape,
        plain_text(item["device"]),
        plain_text(item["shown"]),
    )
