"""Bring a folder up to date: write what is new or changed, remove what this program wrote and no longer writes.

A list of what was written stands in the folder (`.first-descent.json`). A file that is not on it, or that somebody
has changed since, is never overwritten or removed unless asked to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autograder.errors import FolderError, PublishError

LIST = ".first-descent.json"
_HARMLESS = {".git", ".gitattributes", ".github", ".DS_Store", "CNAME", LIST}
_SHOWN = 3


@dataclass(frozen=True)
class Written:
    """What became of a folder, as paths in it."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Earlier:
    """What earlier runs wrote: the digests that each file may have, and the assignments published."""

    files: Mapping[str, tuple[str, ...]]
    assignments: tuple[str, ...] = ()
    is_first: bool = False


def read_list(folder: Path) -> Earlier:
    """Read what earlier runs wrote into `folder`.

    Raises:
        PublishError: the list is damaged.
    """
    path = folder / LIST
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        files = {str(name): tuple(map(str, digests)) for name, digests in tree["files"].items()}
        if not all(_is_inside(name) for name in files):
            raise ValueError("a path leads out of the folder")
        return Earlier(files, tuple(map(str, tree["assignments"])))
    except FileNotFoundError:
        return Earlier({}, is_first=True)
    except NotADirectoryError:
        raise FolderError(f"{folder} is not a folder.", "Name a folder for the student repository.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"{path}, the list of what was published, cannot be read ({error}).",
            "Restore it from the repository's history, or publish into an empty folder.",
        ) from None


def update(
    folder: Path,
    files: Mapping[str, bytes],
    assignments: tuple[str, ...],
    *,
    force: bool = False,
    on_file: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write `files` (path with `/`: content) into `folder`; with `force` over whatever stands in their place.

    Raises:
        PublishError: the folder holds something else, or a file was changed by hand; nothing is written then.
        FolderError: it cannot be written.
    """
    earlier = read_list(folder)
    refuse_foreign(folder, files, earlier, force=force)
    digests = {name: _digest(data) for name, data in files.items()}
    stale = [name for name in earlier.files if name not in files and (folder / name).is_file()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Until all is done a file may be as it was or as it will be: stopped half-way, the next run goes on.
        either = {name: (*earlier.files.get(name, ()), digests[name]) for name in files}
        _write_list(folder, either | {name: earlier.files[name] for name in stale}, assignments)
        kinds: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
        for done, (name, data) in enumerate(files.items(), start=1):
            kinds[_write(folder / name, data)].append(name)
            on_file(done, len(files))
        removed = [name for name in stale if _remove(folder, name, earlier, force=force)]
        _write_list(folder, {name: (digest,) for name, digest in digests.items()}, assignments)
    except OSError as error:
        where = error.filename or folder
        raise FolderError(
            f"{where} cannot be written: {error.strerror}.", "Check the folder's permissions and the disk."
        ) from error
    new, changed, unchanged = (tuple(kinds[kind]) for kind in ("new", "changed", "unchanged"))
    return Written(new, changed, unchanged, tuple(removed))


def refuse_foreign(folder: Path, files: Mapping[str, bytes], earlier: Earlier, *, force: bool) -> None:
    """Raise if publishing would mix with, or write over, what somebody else made.

    Raises:
        PublishError: names the first of them.
    """
    for name in files:
        links = [parent for parent in PurePosixPath(name).parents if (folder / parent).is_symlink() and parent.name]
        if links:
            raise PublishError(f"{folder / links[0]} is a link to another folder.", "Publish into a folder of its own.")
    if force:
        return
    if earlier.is_first and folder.is_dir():
        foreign = sorted(path.name for path in folder.iterdir() if path.name not in _HARMLESS)
        if foreign:
            raise PublishError(
                f"{folder} holds {_some(foreign)}, which `course publish` did not write.",
                "Name an empty folder, or add --force to publish beside it and write over files of the same name.",
            )
    theirs = []
    for name, data in files.items():
        path = folder / name
        expected = (*earlier.files.get(name, ()), _digest(data))
        if path.is_symlink() or (path.exists() and (not path.is_file() or _digest(path.read_bytes()) not in expected)):
            theirs.append(name)
    if theirs:
        raise PublishError(
            f"In {folder} somebody has changed {_some(theirs)} since it was published.",
            "Make the change in the course itself and put the file back, or add --force to write over it.",
        )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _write(path: Path, data: bytes) -> str:
    exists = path.is_file() and not path.is_symlink()
    if exists and path.read_bytes() == data:
        return "unchanged"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)
    return "changed" if exists else "new"


def _remove(folder: Path, name: str, earlier: Earlier, *, force: bool) -> bool:
    """Remove a file this program wrote, unless somebody has made it theirs; and its folder if that is empty now."""
    path = folder / name
    if path.is_symlink() or (not force and _digest(path.read_bytes()) not in earlier.files[name]):
        return False
    path.unlink()
    for parent in path.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return True


def _write_list(folder: Path, files: Mapping[str, tuple[str, ...]], assignments: tuple[str, ...]) -> None:
    tree = {
        "about": "What `course publish` wrote here. It changes and removes these files, and no others.",
        "assignments": list(assignments),
        "files": {name: sorted(set(files[name])) for name in sorted(files)},
    }
    _write(folder / LIST, (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name
