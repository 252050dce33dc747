"""Python, PyTorch and its GPU, the commands nbgrader runs from PATH, and a browser."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import warnings
from pathlib import Path

from autograder.doctor.finding import INSTALL_ALL, Finding, State, installed_version

OLDEST_PYTHON, NEWEST_TESTED_PYTHON = (3, 11), (3, 13)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def look_at_python() -> Finding:
    """Compare the running Python with those the kit is made for."""
    here = f"{'.'.join(str(part) for part in sys.version_info[:3])} ({sys.executable})"
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(
            "Python", State.MISSING, here, "Install Python 3.11 or newer: make setup PYTHON=python3.12"
        )
    if sys.version_info[:2] > NEWEST_TESTED_PYTHON:
        return Finding(
            "Python", State.WARN, here, "The kit is tested on Python 3.11 to 3.13: if in doubt take one."
        )
    return Finding("Python", State.OK, here)


def look_at_torch() -> Finding:
    """Say which PyTorch this is and which GPU it can use; importing it takes seconds."""
    name, version = "PyTorch", installed_version("torch")
    if version is None:
        return Finding(name, State.MISSING, "not installed", INSTALL_ALL)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        import torch

        has_cuda = torch.cuda.is_available()
    if has_cuda:
        return Finding(name, State.OK, f"{version}, CUDA on {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Finding(name, State.OK, f"{version}, MPS (Apple GPU)")
    if shutil.which("nvidia-smi"):
        why = f" ({told[0].message})" if told else ""
        return Finding(
            name,
            State.WARN,
            f"{version} sees no GPU, though an NVIDIA driver is installed{why}",
            "The course runs on the CPU. For the GPU pick a build at https://pytorch.org/get-started/locally",
        )
    return Finding(name, State.OK, f"{version}, CPU only (enough for the whole course)")


def look_at_command(name: str, command: str) -> Finding:
    """Say whether PATH leads to this environment's command; nbgrader runs `alembic` by its bare name."""
    version = installed_version(command)
    if version is None:
        return Finding(name, State.MISSING, "not installed", INSTALL_ALL)
    scripts = Path(sysconfig.get_path("scripts"))
    found = shutil.which(command)
    mend = f'Put this environment first on PATH: export PATH="{scripts}:$PATH" (`make lab` does)'
    if found is None:
        return Finding(name, State.MISSING, f"{version} is installed, but `{command}` is not on PATH", mend)
    if not (scripts.is_dir() and Path(found).parent.samefile(scripts)):
        return Finding(name, State.WARN, f"PATH leads to another environment's: {found}", mend)
    return Finding(name, State.OK, f"{version}, on PATH")


def look_at_chromium() -> Finding:
    """Find a browser for the tests that drive JupyterLab."""
    for browser in BROWSERS:
        if path := shutil.which(browser):
            return Finding("Chromium", State.OK, path)
    return Finding(
        "Chromium",
        State.WARN,
        "not found; only the browser tests need it, and are skipped without it",
        "Debian: apt-get install chromium",
    )
