"""Write files whole or not at all, and keep originals by their content."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from autograder.errors import FolderError


def write_if_changed(file: Path, data: bytes) -> bool:
    """Write `data` unless the file holds it already; say whether it was written.

    Raises:
        FolderError: the folder cannot be written.
    """
    try:
        if file.read_bytes() == data:
            return False
    except OSError:
        pass
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(temporary, 0o644)
            os.replace(temporary, file)  # the name changes hands in one step
        except BaseException:  # Ctrl-C too
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FolderError(
            f"{file} cannot be written: {error.strerror or error}.", "Check the folder and the space left."
        ) from None
    return True


def original_path(records: Path, digest: str, path: str) -> Path:
    """Say where the original with this digest is kept; its ending stays, so that it can be opened."""
    name = path.replace("!/", "/").rsplit("/", 1)[-1]
    ending = name.rsplit(".", 1)[-1].casefold() if "." in name else ""
    suffix = f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
    return records / "inbox" / digest[:2] / f"{digest}{suffix}"


def keep_original(records: Path, digest: str, path: str, data: bytes) -> None:
    """Keep an original by its content; what is kept already stays untouched."""
    file = original_path(records, digest, path)
    if not file.exists():
        write_if_changed(file, data)


def find_original(records: Path, digest: str) -> bytes | None:
    """Give the bytes of a kept original, or None if it is gone."""
    for file in sorted((records / "inbox" / digest[:2]).glob(f"{digest}*")):
        try:
            return file.read_bytes()
        except OSError:
            continue
    return None
