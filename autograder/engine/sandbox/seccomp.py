"""Which system calls a kernel may not make: what changes the machine, other processes, or the sandbox itself.

A deny list, for what torch, NumPy and Python need is wide; the namespaces are the wall, this is the second one.
Classic BPF as in Documentation/userspace-api/seccomp_filter.rst, for x86-64 and aarch64.
"""

from __future__ import annotations

import errno
import struct

from autograder.engine.sandbox import system_calls as linux

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86-64, aarch64); None where the machine has no such call
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_SOCKET = {"x86_64": 41, "aarch64": 198}
_SOCKET_FAMILIES = (1, 2, 10, 16)
"""Unix, IPv4, IPv6, and netlink, which looking up a name needs; VSOCK would lead out of the network namespace."""

_NEW_NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWCGROUP
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUSER
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
)

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _ERRNO = 0x8000_0000, 0x7FFF_0000, 0x0005_0000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x4000_0000


def has_filter(machine: str) -> bool:
    """Whether the filter is known for this architecture."""
    return machine in _AUDIT


def compile_filter(machine: str) -> bytes:
    """Return the BPF program for `machine` ("x86_64" or "aarch64")."""
    column = 0 if machine == "x86_64" else 1
    program = [
        _step(_LOAD, 0, 0, _ARCHITECTURE),
        _step(_JUMP_EQUAL, 1, 0, _AUDIT[machine]),
        _step(_RETURN, 0, 0, _KILL),
        _step(_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        program += [_step(_JUMP_AT_LEAST, 0, 1, _X32), _step(_RETURN, 0, 0, _KILL)]
    for numbers in _DENIED.values():
        number = numbers[column]
        if number is not None:
            program += _refuse(number, errno.EPERM)
    # clone3 keeps its flags in memory that a filter cannot see: without it, libraries fall back to clone.
    program += _refuse(_CLONE3, errno.ENOSYS)
    program += [
        _step(_JUMP_EQUAL, 0, 4, _CLONE[machine]),
        _step(_LOAD, 0, 0, _FIRST_ARGUMENT),
        _step(_JUMP_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        _step(_RETURN, 0, 0, _ERRNO | errno.EPERM),
        _step(_RETURN, 0, 0, _ALLOW),
    ]
    count = len(_SOCKET_FAMILIES)
    program += [_step(_JUMP_EQUAL, 0, count + 2, _SOCKET[machine]), _step(_LOAD, 0, 0, _FIRST_ARGUMENT)]
    program += [
        _step(_JUMP_EQUAL, count - number, 0, family) for number, family in enumerate(_SOCKET_FAMILIES)
    ]
    program += [_step(_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT), _step(_RETURN, 0, 0, _ALLOW)]
    return b"".join(program)


def _refuse(number: int, error: int) -> list[bytes]:
    return [_step(_JUMP_EQUAL, 0, 1, number), _step(_RETURN, 0, 0, _ERRNO | error)]


def _step(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
