"""Read a TOML table key by key; what is left over or of the wrong type is named in one sentence."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from autograder.errors import CourseFileError

_REQUIRED: Any = object()
_NEAR = 60.0  # rapidfuzz ratio in percent: below this a suggestion would puzzle more than it helps


def nearest(word: str, known: Mapping[str, Any] | list[str] | tuple[str, ...]) -> str:
    """Say `Did you mean "…"?` for the known word nearest to `word`, or list what is known."""
    words = [str(each) for each in known]
    best = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_NEAR, processor=str.casefold)
    if best is not None:
        return f'Did you mean "{best[0]}"?'
    return "Known here: " + ", ".join(words) + "." if words else ""


class Table:
    """One table of a course file: each read takes a key out, `close` complains about what was never read."""

    def __init__(self, data: Mapping[str, Any], file: Path, path: str = "") -> None:
        self._data = data
        self._file = file
        self._path = path
        self._known: list[str] = []

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def wrong(self, key: str, value: object, expected: str) -> CourseFileError:
        """Build the error that names file, key, value and what was expected."""
        shown = str(value) if isinstance(value, dt.date) else repr(value)
        return CourseFileError(f"{self._file}: {self._name(key)} is {shown}.", f"Expected {expected}.")

    def _take(self, key: str, default: Any, expected: str) -> Any:
        self._known.append(key)
        if key in self._data:
            return self._data[key]
        if default is _REQUIRED:
            raise CourseFileError(f"{self._file}: {self._name(key)} is missing.", f"Expected {expected}.")
        return default

    def text(self, key: str, default: Any = _REQUIRED, expected: str = "a text in quotes") -> str:
        """Read a text that is not blank."""
        value = self._take(key, default, expected)
        if value is default:
            return str(value)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, value, expected)
        return value

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """Read a text that is one of `choices`."""
        expected = "one of " + ", ".join(choices)
        value = self._take(key, _REQUIRED, expected)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(key, value, expected)
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Read true or false."""
        value = self._take(key, default, "true or false")
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def number(self, key: str, default: Any = _REQUIRED, low: float = 0.0, high: float | None = None) -> float:
        """Read a number from `low` to `high`, both included."""
        expected = f"a number from {low:g} to {high:g}" if high is not None else f"a number, {low:g} or more"
        value = self._take(key, default, expected)
        # bool is an int in Python; `percent_per_day = true` is a slip, not 1
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, value, expected)
        if not low <= value < math.inf or (high is not None and value > high):
            raise self.wrong(key, value, expected)
        return float(value)

    def optional_number(self, key: str, low: float = 0.0, high: float | None = None) -> float | None:
        """Read a number like `number`, or None where the key is not written."""
        if key in self._data:
            return self.number(key, low=low, high=high)
        self._known.append(key)
        return None

    def whole(self, key: str, default: Any = _REQUIRED, low: int = 0) -> int:
        """Read a whole number, `low` or more."""
        expected = f"a whole number, {low} or more"
        value = self._take(key, default, expected)
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise self.wrong(key, value, expected)
        return value

    def minute(self, key: str, default: Any = _REQUIRED) -> dt.datetime | None:
        """Read a local minute, as text `2027-02-05 23:59` or a TOML local date-time; seconds are dropped."""
        expected = 'a minute on the course\'s clock such as "2027-02-05 23:59", without a zone'
        value = self._take(key, default, expected)
        if value is default:
            return None
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value.strip())
            except ValueError:
                raise self.wrong(key, value, expected) from None
            # fromisoformat reads a bare date as midnight: a deadline a day early, so it is refused
            if len(str(self._data[key]).strip()) < len("2027-02-05 23:59"):
                raise self.wrong(key, self._data[key], expected)
        if not isinstance(value, dt.datetime) or value.tzinfo is not None:
            raise self.wrong(key, value, expected)
        return value.replace(second=0, microsecond=0)

    def table(self, key: str) -> Table:
        """Read a table; a missing one reads as empty."""
        value = self._take(key, {}, "a table")
        if not isinstance(value, dict):
            raise self.wrong(key, value, f"a table: [{self._name(key)}]")
        return Table(value, self._file, self._name(key))

    def tables(self, key: str) -> dict[str, Table]:
        """Read a table of tables, such as [assignments.hw1], [assignments.hw2]."""
        outer = self.table(key)
        return {name: outer.table(name) for name in outer.names()}

    def array(self, key: str) -> list[Table]:
        """Read an array of tables, such as [[extensions]]."""
        value = self._take(key, [], "an array of tables")
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, value, f"an array of tables: [[{self._name(key)}]]")
        return [Table(each, self._file, f"{self._name(key)}[{place}]") for place, each in enumerate(value, start=1)]

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts."""
        expected = 'a list of texts such as ["quiz1", "quiz2"]'
        value = self._take(key, _REQUIRED, expected)
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            raise self.wrong(key, value, expected)
        return tuple(value)

    def names(self) -> list[str]:
        """List the table's own keys, in file order."""
        return list(self._data)

    def close(self) -> None:
        """Complain about the first key that nobody asked for, naming the nearest known one."""
        for key, value in self._data.items():
            if key not in self._known:
                raise CourseFileError(
                    f"{self._file}: unknown key {self._name(key)} (= {_short(value)}).",
                    nearest(key, self._known),
                )


def _short(value: object) -> str:
    shown = str(value) if isinstance(value, dt.date) else repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
