"""An environment with Colab's versions, made once in a cache folder and shared by all runs of the tests.

PyTorch is the one of this environment, lent by links: it is large, and Colab's own is new as well.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What a notebook meets on Colab today, and pytest.
COLAB = (
    "ipython==7.34.0",
    "ipykernel==6.17.1",
    "traitlets==5.7.1",
    "jupyter_client==7.4.9",
    "ipywidgets==7.7.1",
    "notebook==6.5.7",
    "anywidget==0.9.21",
    "matplotlib==3.10.*",
    "numpy==2.0.2",
    "pooch",
    "setuptools>=77.0.3",  # what the PyTorch that is lent asks for
    "tqdm",
    "nbformat",
    "nbclient",
    "nbconvert",
    "pytest",
)
STUB = Path(__file__).parent / "stub"


def colab_python() -> Path:
    """Return the Python of an environment with Colab's versions; skip the test where pip cannot make it."""
    asked = "\n".join([Path(__file__).read_text(encoding="utf-8"), sys.version, _version("torch")])
    cache = Path(os.environ.get("FIRST_DESCENT_TEST_CACHE") or Path.home() / ".cache/first-descent-tests")
    home = cache / f"colab-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    python = home / "bin/python"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        _pip(python, *COLAB)
        _lend("torch", python, home)
        (home / "complete").touch()
    return python


def fresh_python(folder: Path) -> Path:
    """Return the Python of an environment that sees Colab's packages and keeps what is installed into it for itself."""
    base = colab_python()
    subprocess.run([str(base), "-m", "venv", "--without-pip", str(folder)], check=True)
    (_site_packages(folder / "bin/python") / "colab.pth").write_text(f"{_site_packages(base)}\n")
    (_site_packages(folder / "bin/python") / "lent.pth").write_text(f"{base.parent.parent / 'lent'}\n")
    return folder / "bin/python"


def installed_into(python: Path) -> set[str]:
    """Return the distributions in an environment's own site-packages."""
    found = _site_packages(python).glob("*.dist-info")
    return {canonicalize_name(path.name.removesuffix(".dist-info").rsplit("-", 1)[0]) for path in found}


def _pip(python: Path, *words: str) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        pytest.skip(f"pip cannot install Colab's versions here: {done.stderr.strip().splitlines()[-1:]}")


def _site_packages(python: Path) -> Path:
    (found,) = python.parent.parent.glob("lib/python*/site-packages")
    return found


def _lend(name: str, python: Path, home: Path) -> None:
    """Link a distribution of this environment, and what it needs, into one that has not got it."""
    lent = home / "lent"
    lent.mkdir()
    waiting, seen = [name], {"numpy", "setuptools"}
    while waiting:
        each = canonicalize_name(waiting.pop())
        if each in seen:
            continue
        seen.add(each)
        try:
            found = distribution(each)
        except PackageNotFoundError:
            continue  # needed elsewhere only, on another system or with an extra
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            aim = Path(str(found.locate_file(top)))
            if aim.exists() and not (lent / top).exists():
                (lent / top).symlink_to(aim)
        wanted = [Requirement(line) for line in found.requires or ()]
        waiting += [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    (_site_packages(python) / "lent.pth").write_text(f"{lent}\n")


def _version(name: str) -> str:
    return distribution(name).version
