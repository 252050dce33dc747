"""Fixtures of the roads: a real course folder, and a way to run commands of this environment in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_term import lay_out

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def course_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("course") / "term")


@pytest.fixture(scope="session")
def run() -> Command:
    """Run a command of this environment in a folder: `run("nbgrader", "list", cwd=folder)`."""
    scripts = Path(sys.prefix) / "bin"

    def call(*words: str, cwd: Path, expect: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"} | env
        done = subprocess.run(
            [str(scripts / words[0]), *words[1:]],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
        if expect is not None:
            assert done.returncode == expect, done.stdout + done.stderr
        return done

    return call
