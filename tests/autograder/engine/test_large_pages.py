"""Large pages: which memory is asked for, and that nothing in it changes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.engine.kernel import Ended, Kernel
from autograder.engine.worker import server
from autograder.engine.worker.large_pages import SIZE, _private, gather

MAPS = """\
00400000-00800000 r-xp 00000000 08:01 123 /usr/bin/python3.11
00a00000-00e01000 rw-p 00000000 00:00 0 [heap]
7f0000001000-7f0000600000 rw-p 00000000 00:00 0
7f0000800000-7f0000a00000 rw-s 00000000 00:01 99 /dev/shm/shared
7f0000a00000-7f0000c00000 rw-p 00000000 08:01 77 /usr/lib/libtorch.so
7f0000c00000-7f0000c10000 rw-p 00000000 00:00 0
7ffc00000000-7ffc00400000 rw-p 00000000 00:00 0 [stack]
7ffc00500000-7ffc00900000 ---p 00000000 00:00 0
"""


def test_only_whole_large_pages_of_our_own_memory_are_asked_for() -> None:
    assert list(_private(MAPS)) == [(0xA00000, 0xE00000), (0x7F0000200000, 0x7F0000600000)]


@pytest.mark.skipif(sys.platform != "linux", reason="the worker is for Linux")
def test_gathering_changes_nothing_that_is_held() -> None:
    held = bytearray(range(256)) * (4 * SIZE // 256)
    before = bytes(held)
    assert gather() >= 0
    assert held == before


def test_a_system_that_refuses_is_left_alone(tmp_path: Path) -> None:
    nowhere = tmp_path / "maps"
    nowhere.write_text("100000000000-100000400000 rw-p 00000000 00:00 0 \n")  # nobody's memory: Linux says no
    assert gather(nowhere) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the worker is for Linux")
def test_kernels_run_before_and_after_it(tmp_path: Path) -> None:
    """The worker's fork of that number gathers; it and its neighbours know what they should."""
    source = "import torch\nassert torch.ones(3).sum() == 3"
    for _ in range(server._FEW_FORKS + 2):
        with Kernel(tmp_path, 60) as kernel:
            assert kernel.run(source, 30, 10_000).ended is Ended.OK
