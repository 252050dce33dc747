"""A PostgreSQL server of the test's own: a fresh folder, a password, reached by a socket file, no port."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

USER = "grader"
PASSWORD = "correct-horse@battery:staple"  # an @ and a colon, as good passwords have
QUOTED = "correct-horse%40battery%3Astaple"


def programs() -> Path | None:
    """Return the folder that holds initdb, pg_ctl and psql: the newest version's, or where PATH leads."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


@contextmanager
def server() -> Iterator[Path]:
    """Start a server and yield the folder of its socket; skip the test where there is none to start."""
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server on this machine: install one (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="fd-pg-"))  # short: a socket's path has room for a hundred letters
    as_whom = _unprivileged()
    try:
        (folder / "word").write_text(PASSWORD)
        if as_whom is not None:
            for path in (folder, folder / "word"):
                shutil.chown(path, as_whom)
        words = (place / "initdb", "-D", folder / "data", "-U", USER, "--pwfile", folder / "word")
        _call([*words, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"], folder, as_whom)
        control = (place / "pg_ctl", "-D", folder / "data", "-w")
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=40"
        _call([*control, "-t", "60", "-l", folder / "log", "-o", settings, "start"], folder, as_whom)
        try:
            yield folder
        finally:
            _call([*control, "-m", "immediate", "stop"], folder, as_whom)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path, name: str, *, user: str = USER, password: str = QUOTED) -> str:
    """Return a database's address as course.toml holds it."""
    return f"postgresql://{user}:{password}@/{name}?host={folder}"


def _unprivileged() -> str | None:
    """Return whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {person.pw_name for person in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _call(words: Sequence[object], folder: Path, as_whom: str | None) -> None:
    group = pwd.getpwnam(as_whom).pw_gid if as_whom is not None else None
    out = folder.parent / f"{folder.name}.out"  # a pipe would be held open by the server
    try:
        with out.open("w+") as said:
            done = subprocess.run(
                [str(word) for word in words], cwd=folder, user=as_whom, group=group,
                extra_groups=[] if as_whom is not None else None,
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=120,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, said.read() + "".join(log.read_text() for log in folder.glob("log"))
    finally:
        out.unlink(missing_ok=True)
