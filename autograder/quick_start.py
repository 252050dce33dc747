"""Start sooner: leave out what importing jsonschema brings along and nothing here asks for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_GRAMMARS = "rfc3987_syntax"


@contextmanager
def without_address_grammars() -> Iterator[None]:
    """Let the enclosed imports find no rfc3987-syntax, which jsonschema then does without.

    It builds 38 grammars of internationalised web addresses when it is imported, which takes over two seconds; no
    notebook's schema has such an address. Whoever imports it later gets it.
    """
    if _GRAMMARS in sys.modules:
        yield
        return
    sys.modules[_GRAMMARS] = None  # type: ignore[assignment]  # so Python writes down that there is none
    try:
        yield
    finally:
        sys.modules.pop(_GRAMMARS, None)
