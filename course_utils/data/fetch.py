"""Fetch files from the network: checksums, a cache, mirrors in turn, resume, progress.

pooch keeps the cache and checks the sums: a file gets its name only once its sum is right, so half a file is never
taken for a whole one. What pooch lacks stands here: going on where a broken download ended, another mirror when one
fails, and a quick, plain word when there is no network at all.
"""

from __future__ import annotations

import errno
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from course_utils.data.progress import ProgressLine
from course_utils.errors import DataError

CONNECT_SECONDS = 3.0
STALL_SECONDS = 8.0  # longest silence in the middle of a download
SLOWEST_SECONDS = 600.0  # for one file
ANSWER_SECONDS = 4.0  # within which one mirror must have answered, name look-up and all
GRACE_SECONDS = 0.5  # how much longer the others have once one has answered
ROUNDS = 2  # how often the row of mirrors is gone through
_CHUNK = 1 << 14  # what a broken connection loses at most
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Remote:
    """Name a file on the mirrors, with its length and its SHA-256 checksum."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Origin:
    """Say what is fetched and from where.

    Attributes:
        title: what students call it.
        mirrors: addresses that end in a slash, the first choice first; each has every file.
        files: what each of them has.
    """

    title: str
    mirrors: tuple[str, ...]
    files: tuple[Remote, ...]

    @property
    def size_bytes(self) -> int:
        """The bytes of all files together."""
        return sum(file.size_bytes for file in self.files)


def find_missing(origin: Origin, cache: Path) -> tuple[Remote, ...]:
    """Return the files that the cache lacks, or has with another checksum."""
    import pooch

    def is_there(file: Remote) -> bool:
        try:
            return bool(pooch.file_hash(str(cache / file.name), alg="sha256") == file.sha256)
        except OSError:
            return False

    return tuple(file for file in origin.files if not is_there(file))


def fetch(origin: Origin, cache: Path, progress: bool = True) -> None:
    """Bring every file of an origin into the cache; what is there already is not asked for again.

    Args:
        origin: files and mirrors.
        cache: the folder; it is made where it is missing. A broken download leaves `NAME.part`, from which the next
            call goes on.
        progress: print a bar that grows.

    Raises:
        DataError: no mirror answers, every mirror fails, or the cache cannot be written to.
    """
    missing = find_missing(origin, cache)
    if not missing:
        return
    mirrors = find_answering(origin)
    line = ProgressLine(f"Downloading {origin.title}", sum(file.size_bytes for file in missing), shown=progress)
    try:
        for file in missing:
            _fetch_one(origin, file, mirrors, cache, line)
    finally:
        line.close()


def find_answering(origin: Origin, seconds: float = ANSWER_SECONDS) -> tuple[str, ...]:
    """Return the mirrors in their order, but those that answer first. All are asked at once: no network is soon known.

    Any answer counts, even a refusal: it shows that there is a network. Each mirror is asked in a thread of its own,
    since the look-up of a name has no time limit that we could set.

    Raises:
        DataError: none answered in time.
    """
    import requests

    answers: queue.SimpleQueue[tuple[str, bool]] = queue.SimpleQueue()

    def ask(mirror: str) -> None:
        try:
            requests.head(mirror, timeout=(CONNECT_SECONDS, CONNECT_SECONDS)).close()
            answers.put((mirror, True))
        except requests.RequestException:
            answers.put((mirror, False))

    deadline = time.monotonic() + seconds
    for mirror in origin.mirrors:
        threading.Thread(target=ask, args=(mirror,), daemon=True).start()
    answered: set[str] = set()
    for _ in origin.mirrors:
        try:
            mirror, is_there = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if is_there:
            answered.add(mirror)
            deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
    if answered:
        return tuple(sorted(origin.mirrors, key=lambda mirror: mirror not in answered))
    hosts = " and ".join(_host(mirror) for mirror in origin.mirrors)
    raise DataError(
        f"{origin.title} cannot be downloaded, because {hosts} cannot be reached from here.",
        f"Connect to the internet and try again, or set MNIST_DIR to a folder that has {origin.title}.",
    )


def _fetch_one(origin: Origin, file: Remote, mirrors: tuple[str, ...], cache: Path, line: ProgressLine) -> None:
    """Fetch one file from the first mirror that gives it whole and right."""
    import pooch
    import requests

    began_at = line.done
    went_wrong: dict[str, str] = {}
    for mirror in mirrors * ROUNDS:
        line.done = began_at
        try:
            with _quiet_pooch():
                pooch.retrieve(
                    mirror + file.name,
                    known_hash=f"sha256:{file.sha256}",
                    fname=file.name,
                    path=cache,
                    downloader=_make_downloader(file, cache / f"{file.name}.part", line.add),
                )
            return
        except requests.HTTPError as problem:
            went_wrong[mirror] = f"answered {problem}".split(":")[0]
        except requests.Timeout:
            went_wrong[mirror] = "did not answer in time"
        except requests.RequestException:
            went_wrong[mirror] = "broke the connection off"
        except ValueError:  # pooch, or the downloader where there are too many bytes
            went_wrong[mirror] = "gave a wrong file (its checksum differs)"
        except OSError as problem:  # no other mirror helps where we cannot write
            raise _explain(origin, cache, problem) from problem
    said = ", ".join(f"{_host(mirror)} {what}" for mirror, what in went_wrong.items())
    raise DataError(
        f"{origin.title} cannot be downloaded, because of {file.name}: {said}.",
        "Try again later; what has come so far is kept.",
    )


def _make_downloader(file: Remote, part: Path, report: Callable[[int], None]) -> Callable[[str, str, object], None]:
    """Return what pooch calls to download: it goes on from `part` and gives the file up only when it is whole."""
    import requests

    def download(url: str, output_file: str, _pooch: object) -> None:
        there = part.stat().st_size if part.exists() else 0
        if there > file.size_bytes:
            part.unlink()
            there = 0
        give_up_at = time.monotonic() + SLOWEST_SECONDS
        if there < file.size_bytes:
            # "identity": with any other encoding the server's bytes are not the file's bytes
            headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
            with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, STALL_SECONDS)) as answer:
                answer.raise_for_status()
                goes_on = answer.status_code == requests.codes.partial_content
                there = there if goes_on else 0
                report(there)
                with part.open("ab" if goes_on else "wb") as out:
                    for chunk in answer.iter_content(_CHUNK):
                        out.write(chunk)
                        there += len(chunk)
                        report(len(chunk))
                        if there > file.size_bytes:
                            break
                        if time.monotonic() > give_up_at:
                            raise requests.Timeout(f"{file.name} took over {SLOWEST_SECONDS:.0f} s")
        if there < file.size_bytes:
            raise requests.ConnectionError(f"{url} ended after {there} of {file.size_bytes} bytes")
        os.replace(part, output_file)  # pooch checks the sum next and throws a wrong file away

    return download


def _explain(origin: Origin, cache: Path, problem: OSError) -> DataError:
    """Turn a failure to write into one sentence, and leave no rubbish on a full disk."""
    room = f"{origin.title} needs {origin.size_bytes / 1e6:.1f} MB"
    elsewhere = "set FIRST_DESCENT_CACHE to another folder"
    if problem.errno in _NO_ROOM:
        for part in cache.glob("*.part"):
            part.unlink(missing_ok=True)
        return DataError(f"{room}, and the disk that holds {cache} is full.", f"Make room, or {elsewhere}.")
    why = "is read-only" if isinstance(problem, PermissionError) or problem.errno == errno.EROFS else ""
    why = why or f"cannot be used ({problem.strerror or problem})"
    return DataError(
        f"{origin.title} cannot be kept, because the cache folder {cache} {why}.",
        f"Make the folder writable, or {elsewhere}.",
    )


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch from writing to stderr, which a notebook shows in red."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _host(mirror: str) -> str:
    return urlsplit(mirror).hostname or mirror
