"""Find the small files that ship with the course: in `data/` of a clone, in `course_utils/_bundled/` of a wheel."""

from __future__ import annotations

from pathlib import Path

from course_utils.errors import DataError

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "_bundled", _PACKAGE.parent / "data")


def find_bundled(name: str, folders: tuple[Path, ...] = _FOLDERS) -> Path:
    """Return the path of a data file that ships with the kit.

    Raises:
        DataError: the file is in none of the folders.
    """
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    looked_in = " and ".join(str(folder) for folder in folders)
    raise DataError(
        f"The data file {name} that ships with the course was not found (looked in {looked_in}).",
        "Install the course again, or copy the file back from the repository's data folder.",
    )
