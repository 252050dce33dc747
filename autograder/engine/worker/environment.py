"""The environment of worker and kernels: a list of what is let through, so that no secret is by oversight."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import autograder

_KEPT = (
    "PATH", "LANG", "LANGUAGE", "TZ", "MNIST_DIR", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME",
    "KMP_DUPLICATE_LIB_OK",
    # Windows does not start a process without these
    "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR",
)  # fmt: skip

_SET = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def kept_environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return of the grader's variables what a submission may know."""
    return {name: value for name, value in variables.items() if name in _KEPT or name.startswith("LC_")}


def worker_environment() -> dict[str, str]:
    """Return the environment the worker starts with: forks can read it, so it holds no secret either.

    It imports this package from where the grader did, and nothing from the folder the grader is in.
    """
    home = {name: os.environ[name] for name in ("HOME",) if name in os.environ}
    here = str(Path(autograder.__file__).resolve().parent.parent)
    path = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return kept_environment() | _SET | home | {"MPLBACKEND": "agg", "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


def kernel_environment(home: str) -> dict[str, str]:
    """Return a submission's environment, with `home` as the folder for what Python's tools leave behind."""
    return kept_environment() | _SET | {
        "NBGRADER_EXECUTION": "autograde",
        "HOME": home,
        "TMPDIR": home,
        "IPYTHONDIR": home,
        "MPLCONFIGDIR": home,
    }  # fmt: skip
