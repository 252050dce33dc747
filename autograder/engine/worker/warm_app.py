"""A kernel whose settings are given to it, which has one thread for requests, and says no more than it is asked for.

There is no command line to parse and no file to look for. Subshells, for which ipykernel 7 hands every request from one
thread to another, are for people at a keyboard; so is the word that a cell has begun. The shell that runs the cells was
made before the fork.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.utils.path import get_home_dir
from traitlets.config import Config

from autograder.engine.worker.messages import TERSE

_loaded: set[str] = set()


def remember_modules() -> None:
    """Note which modules a fresh kernel has, once for all: reading a thousand names copies a thousand pages."""
    _loaded.update(sys.modules)


def settings() -> Config:
    """Return a kernel's settings: no history, no wait for slow networks."""
    wanted = Config()
    wanted.HistoryManager.enabled = False
    wanted.HistoryManager.hist_file = ":memory:"
    wanted.IPythonKernel._execute_sleep = 0.0  # outputs come over a socket of this machine
    return wanted


def make_shell() -> None:
    """Make the shell that each kernel forked from here finds ready, which is a third of its start."""
    # Said here, for it empties what every logger has noted. A kernel's log has no handler: Python would write its
    # warnings among a cell's outputs.
    logging.getLogger(WarmApp.__name__).setLevel(logging.CRITICAL)
    shell: Any = ZMQInteractiveShell.instance(
        config=settings(),
        ipython_dir=os.sep,  # a folder that is there; `WarmKernel` says which it is
        profile_dir=ProfileDir(),
        compiler_class=XCachingCompiler,
    )
    shell.enable_gui = lambda gui=None: None  # there is no window to wait for, nor a kernel to do it
    shell.enable_matplotlib("inline")  # the worker drew its one picture without a notebook
    del shell.enable_gui


class _NoThread:
    """Stands where ipykernel has the thread that hands requests on: it is false, and nothing is handed on."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class WarmKernel(IPythonKernel):
    """IPython's kernel without subshells; a request can spare it the words that only a person waits for."""

    _supports_kernel_subshells = False

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]
        shell: Any = self.shell  # made in another process, with other folders and no kernel
        shell.parent = shell.kernel = self
        shell.profile_dir, shell.ipython_dir = self.profile_dir, os.environ["IPYTHONDIR"]
        shell.home_dir, shell.starting_dir = get_home_dir(), os.getcwd()
        shell.history_manager.dir_hist[:] = [Path.cwd()]

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        if status == "busy" and _is_terse(parent or self.get_parent(channel)):  # type: ignore[no-untyped-call]
            return
        super()._publish_status(status, channel, parent)  # type: ignore[no-untyped-call]

    def _publish_execute_input(self, code: str, parent: Any, execution_count: int) -> None:
        if not _is_terse(parent):
            super()._publish_execute_input(code, parent, execution_count)  # type: ignore[no-untyped-call]


def _is_terse(parent: Any) -> bool:
    metadata = parent.get("metadata") if isinstance(parent, Mapping) else None
    return isinstance(metadata, Mapping) and bool(metadata.get(TERSE))


class WarmApp(IPKernelApp):
    """ipykernel's application, less a fifth of its start, which goes into options and files that a fork cannot have.

    Settings files under /etc do not count either: one submission's kernel is like another's on every machine.
    """

    def parse_command_line(self, argv: Any = None) -> None:
        """Take no words: the settings came with the instance."""

    def load_config_file(self, *names: Any, **settings: Any) -> None:
        """Read no settings file."""

    def init_kernel(self) -> None:
        """Make the kernel, with no thread between the sockets and it."""
        if getattr(self, "shell_channel_thread", None) is not None:  # it came with ipykernel 7, and has not started
            self.shell_channel_thread = _NoThread()
        super().init_kernel()  # type: ignore[no-untyped-call]

    def init_code(self) -> None:
        """Run nothing before the first cell: a home folder that is empty has no files for it."""
        shell: Any = self.shell
        shell.user_ns_hidden.update(shell.user_ns)
        shell._sys_modules_keys = _loaded or set(sys.modules)

    def _configure_logging(self) -> None:
        """Leave the loggers as they are: nobody reads a kernel's log."""
