"""Start sooner: leave out what imports bring along and nothing here asks for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESS_GRAMMARS = "rfc3987_syntax"
"""jsonschema brings it: 38 grammars of internationalised web addresses, built in two seconds. No notebook has any."""

DEBUGGER = "debugpy"
"""ipykernel brings it."""


@contextmanager
def leaving_out(*names: str) -> Iterator[None]:
    """Let the enclosed imports find no module of these names, which they do without; later ones find it.

    A module that is loaded already stays.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # so Python writes down that there is none
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
