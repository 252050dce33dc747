"""Load before the fork what would be loaded after it, once per submission."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys

_MODULES = (
    # what notebooks import
    "numpy", "torch", "torch.nn.functional", "torch.optim", "torch.utils.data", "torch._dynamo",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "ipywidgets", "course_utils.checks.probe",
    "course_utils.checks.driving", "course_utils.bootstrap", "course_utils.data", "course_utils.data.mnist",
    "course_utils.data.digits", "course_utils.data.scores", "course_utils.plots", "course_utils.training",
    "course_utils.widgets", "course_utils.clinic", "course_utils.handing_in.submitting", "course_utils.handing_in.show",
    "encodings.cp437", "encodings.utf_8_sig", "zmq.utils.garbage",
    # what a kernel loads late
    "IPython.core.completer", "IPython.core.historyapp", "IPython.core.magics",
    "autograder.engine.worker.floods", "ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp",
    "ipykernel.zmqshell", "matplotlib_inline.backend_inline", "matplotlib_inline.config", "nbformat",
    "autograder.engine.worker.warm_app", "autograder.engine.worker.watched",
    "pexpect", "psutil", "tornado.platform.asyncio", "zmq.eventloop.zmqstream",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution", "IPython.core.oinspect", "IPython.extensions.storemagic", "faulthandler",
)  # fmt: skip
_OPTIONAL = (
    "torch._dynamo", "ipywidgets", "course_utils.widgets", "course_utils.clinic", "ipykernel.debugger", "pexpect",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution", "IPython.core.oinspect", "IPython.extensions.storemagic",
)  # fmt: skip

SECRET = ("autograder.exercises", "autograder.exercise", "autograder.keys", "autograder.nbgrader_bridge", "nbgrader")
"""What must never be in the worker's memory: right answers, and the way to the gradebook."""


class UnsafeForkError(RuntimeError):
    """A fork now would hand on a secret or a thread's lock."""


def preload() -> None:
    """Import everything, and draw one small picture, without starting a thread.

    Raises ImportError if something needed is missing, UnsafeForkError if a fork would not be safe after it.
    """
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            if name not in _OPTIONAL:
                raise
    import torch
    from IPython.core.pylabtools import find_gui_and_backend
    from matplotlib import pyplot

    # A parallel operation here would start a pool of threads that a fork does not have, and then waits for.
    torch.set_num_threads(1)
    figure, axes = pyplot.subplots(figsize=(1, 1))
    axes.plot([0, 1])
    axes.set_title("0")
    figure.savefig(io.BytesIO(), format="png")
    pyplot.close(figure)
    find_gui_and_backend("inline")  # it reads what every installed package says of itself, once
    from autograder.engine.worker import warm_app, watched

    warm_app.make_shell()
    watched.remember()
    warm_app.remember_modules()
    check_fork_is_safe()
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, every page in each child


def check_fork_is_safe() -> None:
    """Raise UnsafeForkError if there is a second thread, a CUDA context, or a secret in memory."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise UnsafeForkError(f"the worker runs {threads} threads, and a fork copies only one")
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        raise UnsafeForkError("the worker holds a CUDA context, and a fork breaks it")
    secrets = [name for name in sys.modules if name.startswith(SECRET)]
    if secrets:
        raise UnsafeForkError(f"the worker has loaded {secrets[0]}, and a fork would hand it to students")
