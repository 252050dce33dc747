"""The sandbox's rules as data: the filter as the kernel would run it, folders that are shown, control groups."""

from __future__ import annotations

import errno
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.control_group import ControlGroups, find_control_groups
from autograder.engine.sandbox.isolation import UNISOLATED, Isolation, SandboxError, Way
from autograder.engine.sandbox.root import outermost
from autograder.engine.sandbox.seccomp import compile_filter

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
KILL, ALLOW = 0x8000_0000, 0x7FFF_0000
REFUSED = 0x0005_0000 | errno.EPERM


def verdict(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """Run the compiled program as Linux does: load, jump, return."""
    audit = ARCHITECTURES[machine] if architecture is None else architecture
    data = struct.pack("<IIQQ", number, audit, 0, argument)
    program = compile_filter(machine)
    steps = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize(
    ("machine", "number"),
    [
        *(("x86_64", number) for number in (101, 165, 272, 321, 425, 442)),
        *(("aarch64", number) for number in (117, 40, 97, 280, 425, 442)),
    ],
)
def test_calls_that_change_the_machine_are_refused(machine: str, number: int) -> None:
    assert verdict(machine, number) == REFUSED


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_ordinary_calls_are_allowed_and_foreign_ones_kill(machine: str) -> None:
    read, clone, socket = {"x86_64": (0, 56, 41), "aarch64": (63, 220, 198)}[machine]
    assert verdict(machine, read) == ALLOW
    assert verdict(machine, clone, 0x11) == ALLOW
    assert verdict(machine, clone, 0x1000_0011) == REFUSED
    assert verdict(machine, 435) == 0x0005_0000 | errno.ENOSYS
    assert [verdict(machine, socket, family) == ALLOW for family in (1, 2, 10, 16, 17, 40)] == [True] * 4 + [False] * 2
    other = next(audit for name, audit in ARCHITECTURES.items() if name != machine)
    assert verdict(machine, read, architecture=other) == KILL


def test_the_x32_numbers_of_x86_64_kill() -> None:
    assert verdict("x86_64", 0x4000_0000 | 101) == KILL


def test_folders_inside_others_are_shown_once(tmp_path: Path) -> None:
    for name in ("a/b", "ab", "c"):
        (tmp_path / name).mkdir(parents=True)
    paths = [str(tmp_path / name) for name in ("a", "a/b", "ab", "a", "missing")]
    assert outermost([*paths, "/usr/lib"]) == (paths[0], paths[2])


def test_a_group_per_submission_in_version_1(tmp_path: Path) -> None:
    for controller in ("memory", "pids"):
        (tmp_path / controller / "class").mkdir(parents=True)
    groups = find_control_groups("4:memory:/class\n3:pids:/class\n0::/\n", {}, tmp_path)
    assert groups == ControlGroups(tmp_path / "memory/class", tmp_path / "pids/class", is_version_2=False)
    groups.create("one", Allowance(memory_bytes=7, processes=5))
    assert (tmp_path / "memory/class/first-descent-one/memory.limit_in_bytes").read_text() == "7"
    assert (tmp_path / "pids/class/first-descent-one/pids.max").read_text() == "7"


@pytest.mark.parametrize(
    ("controllers", "present", "is_found"),
    [("cpu memory pids", "10\n11\n", True), ("cpu memory pids", "10\n99\n", False), ("cpu", "10\n", False)],
)
def test_version_2_moves_only_the_graders_own_processes(
    tmp_path: Path, controllers: str, present: str, is_found: bool
) -> None:
    scope = tmp_path / "scope"
    scope.mkdir()
    (scope / "cgroup.controllers").write_text(controllers)
    (scope / "cgroup.procs").write_text(present)
    (scope / "cgroup.subtree_control").write_text("")
    groups = find_control_groups("0::/scope\n", {10: 1, 11: 10}, tmp_path)
    assert (groups is not None) is is_found
    assert (scope / "first-descent-grader").exists() is is_found


def test_without_groups_nothing_is_found(tmp_path: Path) -> None:
    assert find_control_groups("0::/\n", {}, tmp_path) is None
    assert find_control_groups("", {}, tmp_path) is None


def test_isolation_says_what_holds_and_refuses_what_does_not() -> None:
    sandbox = Isolation(Way.USER_NAMESPACE, has_filter=True)
    sandbox.require()
    assert Isolation.from_json(sandbox.to_json()) == sandbox
    assert "not filtered" in replace(sandbox, has_filter=False).sentence
    for weaker in (UNISOLATED, Isolation(Way.LIMITS, refused="Operation not permitted")):
        assert "not isolated" in weaker.sentence
        with pytest.raises(SandboxError, match="not isolated"):
            weaker.require()
    assert "Operation not permitted" in Isolation(Way.LIMITS, refused="Operation not permitted").sentence
