"""How to call an answer that is more than a function of tensors.

A driver gets the answer and one case's arguments and returns the parts of the response, in the order of the
contract's `parts`. The same driver runs the reference, the mistakes and the student's answer, so whatever
it measures is measured alike. Add one by writing a function under `@driver("name")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.errors import CheckError

Driver = Callable[[Any, dict[str, Any], dict[str, Any]], Any]
"""`driver(answer, arguments, options) -> whatever the answer gave`: one value, or a tuple with one per part."""

_DRIVERS: dict[str, Driver] = {}


def driver(name: str) -> Callable[[Driver], Driver]:
    """Register the decorated function as the driver `name`."""

    def register(function: Driver) -> Driver:
        _DRIVERS[name] = function
        return function

    return register


def find_driver(name: str) -> Driver:
    """Return the driver registered under `name`.

    Raises CheckError if there is none.
    """
    # The drivers of training exercises pull in more of torch: they register when first asked for.
    from course_utils.checks import driving  # noqa: F401

    try:
        return _DRIVERS[name]
    except KeyError:
        raise CheckError(
            f"No driver is called {name!r}.", f"Known drivers: {', '.join(sorted(_DRIVERS))}."
        ) from None


@driver("function")
def call_function(answer: Any, arguments: dict[str, Any], options: dict[str, Any]) -> Any:
    """Call `answer` with the case's arguments by position, as the exercise's signature lists them."""
    return answer(*arguments.values())
