"""Be a kernel: what a forked child does once it is in its sandbox."""

from __future__ import annotations

import importlib
import logging
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True)
class KernelRequest:
    """One kernel that is asked for: its environment, its connection, and the output it may send per cell."""

    environment: Mapping[str, str]
    connection: Mapping[str, Any]
    output_bytes: int
    threads: int

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> KernelRequest:
        """Read a request."""
        return cls(dict(data["environment"]), dict(data["connection"]), int(data["output_bytes"]), int(data["threads"]))


def run_kernel(request: KernelRequest, channel: str, is_ready: Callable[[], None]) -> None:
    """Run an IPython kernel until it is told to stop; `is_ready` is called once it listens."""
    _forget_the_parent(request)
    import json

    from autograder.engine.worker.floods import CappedStream, hold_back_floods
    from autograder.engine.worker.warm_app import WarmApp, WarmKernel, settings
    from autograder.engine.worker.watched import remember_shell

    path = f"{channel}/connection.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**request.connection, "ip": f"{channel}/k"}, file)
    sys.path.insert(0, "")
    sys.argv = ["ipykernel_launcher", "-f", path]
    app: Any = WarmApp.instance(
        config=settings(),
        log_level=logging.CRITICAL,
        connection_file=path,
        outstream_class=f"{CappedStream.__module__}.{CappedStream.__name__}",
        kernel_class=WarmKernel,
        parent_handle=1,  # somebody else watches over us
    )
    with _nothing_to_debug():
        app.initialize()
    hold_back_floods(app.shell, request.output_bytes)
    remember_shell(app.shell)
    is_ready()
    app.start()


@contextmanager
def _nothing_to_debug() -> Iterator[None]:
    """Show ipykernel no module: it asks each of thousands for its file, to step over it in a debugger."""
    module: Any = importlib.import_module("ipykernel.ipkernel")
    own = module.sys
    module.sys = SimpleNamespace(**(vars(own) | {"modules": {}}))
    try:
        yield
    finally:
        module.sys = own


def _forget_the_parent(request: KernelRequest) -> None:
    """Take on the environment, and draw fresh randomness: a fork shares its parent's generators."""
    os.environ.clear()
    os.environ.update(request.environment)
    import numpy
    import torch

    torch.set_num_threads(request.threads)
    random.seed()
    numpy.random.seed()
    torch.default_generator.seed()  # torch.seed() asks for other devices first, of which a sandbox has none
