"""A kernel's application whose settings are given to it: there is no command line to parse, and no file to look for."""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp


class WarmApp(IPKernelApp):
    """ipykernel's application, less a fifth of its start, which goes into options and files that a fork cannot have.

    Settings files under /etc do not count either: one submission's kernel is like another's on every machine.
    """

    def parse_command_line(self, argv: Any = None) -> None:
        """Take no words: the settings came with the instance."""

    def load_config_file(self, *names: Any, **settings: Any) -> None:
        """Read no settings file."""

    def _run_startup_files(self) -> None:
        """Run no file of a home folder that is empty."""
