"""Give any program that starts Jupyter kernels a warm, sandboxed one: stock nbgrader, nbclient.

Chosen as `c.KernelProvisionerFactory.default_provisioner_name = "first-descent"`, which `configure` does for a
course, or by JUPYTER_DEFAULT_PROVISIONER_NAME=first-descent. The entry point is in pyproject.toml.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.isolation import Way
from autograder.engine.worker.client import ForkedKernel, isolation_here, shared_worker
from autograder.engine.worker.environment import kernel_environment

_START_SECONDS = 60.0
_OUTPUT_BYTES = 5_000_000
_POLL_SECONDS = 0.005
_HANDED_ON = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "PAGER")


class FirstDescentProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Fork Python kernels from the warm worker; start other kernels, or all where there is no worker, as usual."""

    process: _Popen | Any = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare the launch; a forked kernel speaks over Unix sockets in a folder of its own."""
        isolation = await asyncio.to_thread(isolation_here)
        self._is_forked = isolation.way is not Way.NONE and self.kernel_spec.language == "python"
        if not isolation.is_sandbox:
            self.log.warning("Notebooks run in %s.", isolation.sentence)
        if not self._is_forked:
            return dict(await super().pre_launch(**kwargs))
        self.connection_info: dict[str, Any] = {}
        kwargs.pop("extra_arguments", None)
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork the kernel and return its connection."""
        if not self._is_forked:
            return dict(await super().launch_kernel(cmd, **kwargs))
        worker = shared_worker()
        if worker is None:
            raise RuntimeError("there is no worker to fork a kernel from")
        self.cwd = str(kwargs.get("cwd") or os.getcwd())
        home = self.cwd if worker.isolation().way is Way.LIMITS else "/tmp"
        given = kwargs.get("env") or {}
        environment = kernel_environment(home) | {name: given[name] for name in _HANDED_ON if name in given}
        kernel = await asyncio.to_thread(
            worker.fork,
            Path(self.cwd),
            environment,
            Allowance(),
            _OUTPUT_BYTES,
            _START_SECONDS,
            self.parent.session.key.decode("ascii"),
        )
        self.process = _Popen(kernel)
        self.pid = self.pgid = None
        self.connection_info = {**kernel.connection, "key": self.parent.session.key}
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while await self.poll() is None:
            await asyncio.sleep(_POLL_SECONDS)
        code = self.process.wait() if self.process else 0
        self.process = None
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel's folder."""
        if isinstance(self.process, _Popen):
            self.process.wait()
            self.process = None
        await super().cleanup(restart)


class _Popen:
    """A forked kernel as jupyter_client knows processes."""

    stdin = stdout = stderr = None

    def __init__(self, kernel: ForkedKernel) -> None:
        self._kernel = kernel

    def poll(self) -> int | None:
        return self._kernel.poll()

    def wait(self) -> int | None:
        self._kernel.close()
        return self._kernel.exit_code

    def send_signal(self, number: int) -> None:
        self._kernel.send_signal(number)

    def kill(self) -> None:
        self._kernel.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self._kernel.send_signal(signal.SIGTERM)
