"""How far a submission is kept apart from the grader and its machine, and how to say so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from autograder.errors import StaffError


class SandboxError(StaffError):
    """A sandbox was asked for, and this machine refuses one."""


class Way(StrEnum):
    """By which means a kernel is kept apart."""

    USER_NAMESPACE = "user namespace"
    """An ordinary user's way: namespaces of a user namespace of its own."""
    ROOT = "root"
    """Root's way: namespaces made by root, then an unprivileged user without a name."""
    LIMITS = "limits"
    """No namespaces to be had: an ordinary process with limits."""
    NONE = "none"
    """No worker to be had (macOS, Windows): an ordinary kernel."""


@dataclass(frozen=True)
class Isolation:
    """What holds: the way, whether system calls are filtered and memory is limited as a whole, and why not more."""

    way: Way
    has_filter: bool = False
    has_group: bool = False
    refused: str = ""

    @property
    def is_sandbox(self) -> bool:
        """Whether students' code can reach neither files, network nor processes of this machine."""
        return self.way in (Way.USER_NAMESPACE, Way.ROOT)

    @property
    def sentence(self) -> str:
        """Say it as the end of "submissions run in …"."""
        if self.is_sandbox:
            extras = "no network, no view of other files or processes, limits on memory, processes, disk and time"
            calls = "" if self.has_filter else "; system calls are not filtered on this architecture"
            return f"a sandbox of their own ({extras}{calls})"
        why = f": {self.refused}" if self.refused else ""
        if self.way is Way.LIMITS:
            return f"ordinary processes with limits, not isolated from this machine's files and network{why}"
        return f"ordinary kernels, not isolated from this machine{why}"

    def require(self) -> None:
        """Raise SandboxError unless this is a sandbox."""
        if not self.is_sandbox:
            raise SandboxError(
                f"A sandbox is required, and submissions would run in {self.sentence}.",
                "`course doctor` says what this machine refuses; without --require-sandbox grading goes on.",
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Isolation:
        """Rebuild from `to_json`'s plain data."""
        return cls(Way(data["way"]), bool(data["has_filter"]), bool(data["has_group"]), str(data["refused"]))


UNISOLATED = Isolation(Way.NONE)
