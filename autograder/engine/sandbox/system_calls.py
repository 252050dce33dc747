"""The few Linux system calls for which Python has no word of its own, each raising OSError with its name.

Numbers and flags: include/uapi/linux and each machine's unistd.h.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import signal
import socket
import struct
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_NOSYMFOLLOW, MS_BIND, MS_REC, MS_PRIVATE = 32, 256, 4096, 16384, 1 << 18

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_MOUNT_SETATTR = 442
_MNT_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
_PR_SET_NO_NEW_PRIVS = 38
_MADV_COLLAPSE = 25
_CAPABILITY_VERSION_3 = 0x20080522
_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 0x1, 0x40


@functools.cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def machine() -> str:
    """Return this machine's architecture as Linux names it."""
    name = platform.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)


def collapse(address: int, length: int) -> None:
    """Have Linux (6.1 and later) put a stretch of this process's memory into large pages now."""
    _check(_libc().madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), _MADV_COLLAPSE), "madvise(MADV_COLLAPSE)")


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones."""
    _check(_libc().unshare(flags), f"unshare({flags:#x})")


def join(descriptor: int, kind: int) -> None:
    """Join the namespace of the given kind that `descriptor` stands for."""
    _check(_libc().setns(descriptor, kind), f"setns({kind:#x})")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount `source` on `target`."""
    _check(
        _libc().mount(
            source.encode() if source else None,
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"mount {source or kind or ''} on {target}",
    )


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user_namespace")]


def seal(target: str) -> None:
    """Make the mount at `target`, and all below it, read-only and blind to set-user-id files."""
    wanted = _MountAttributes(1 | 2, 0, 0, 0)
    result = _libc().syscall(
        _MOUNT_SETATTR,
        _AT_FDCWD,
        target.encode(),
        _AT_RECURSIVE,
        ctypes.byref(wanted),
        ctypes.sizeof(wanted),
    )
    if result < 0:  # Linux before 5.12: the mount itself only, with the flags it may not lose
        kept = os.statvfs(target).f_flag & (MS_NODEV | MS_NOEXEC)
        mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept)


def change_root(folder: str) -> None:
    """Make `folder`, a mount of its own, the root, and let go of the old one."""
    os.chdir(folder)
    _check(_libc().syscall(_PIVOT_ROOT[machine()], b".", b"."), "pivot_root")
    _check(_libc().umount2(b".", _MNT_DETACH), "umount of the old root")
    os.chdir("/")


def _prctl(option: int, value: int, what: str) -> None:
    numbers = [ctypes.c_ulong(number) for number in (option, value, 0, 0, 0)]
    _check(_libc().prctl(*numbers), what)


def die_with_parent() -> None:
    """Be killed when the parent ends, however it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, "PR_SET_PDEATHSIG")


def adopt_orphans() -> None:
    """Become the parent of processes below whose own parent ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1, "PR_SET_CHILD_SUBREAPER")


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory."""
    _prctl(_PR_SET_DUMPABLE, 0, "PR_SET_DUMPABLE")


def bound_capabilities() -> None:
    """Let no program that is run from here on gain a capability."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "PR_SET_NO_NEW_PRIVS")
    highest = int(Path("/proc/sys/kernel/cap_last_cap").read_text()) if _is_proc_here() else 40
    for capability in range(highest + 1):
        try:
            _prctl(_PR_CAPBSET_DROP, capability, "PR_CAPBSET_DROP")
        except OSError:  # without CAP_SETPCAP: no_new_privs keeps it out of reach all the same
            break


def drop_capabilities() -> None:
    """Give up every capability this process holds."""
    header = struct.pack("II", _CAPABILITY_VERSION_3, 0)
    _check(_libc().capset(header, bytes(24)), "capset")


def _is_proc_here() -> bool:
    return os.path.exists("/proc/sys/kernel/cap_last_cap")


def raise_loopback() -> None:
    """Bring up the loopback interface of a new network namespace."""
    import fcntl  # not there on Windows, where this module is imported and not used

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING)
        fcntl.ioctl(one, _SIOCSIFFLAGS, request)


def install_filter(program: bytes) -> None:
    """Filter this process's system calls, and its children's, by a compiled BPF program."""
    buffer = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HP", len(program) // 8, ctypes.addressof(buffer))
    _check(_libc().prctl(22, 2, pointer, 0, 0), "seccomp")
