"""The root folder a submission sees: Python and what it needs, read-only; private folders that end with it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import site
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.engine.sandbox import system_calls as linux
from autograder.engine.sandbox.allowance import MIB, Allowance

CHANNEL = "/run/channel"
"""Where grader and kernel leave bytes for each other; its sockets lie here too."""

WORK = "/submission"
"""The folder a submission starts in."""

_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/nix/store", "/gnu/store",
)  # fmt: skip
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
          "/dev/stderr": "/proc/self/fd/2", "/dev/ptmx": "pts/ptmx"}  # fmt: skip
_FILES = {
    "/etc/passwd": "student:x:{user}:{group}::/tmp:/bin/sh\n",
    "/etc/group": "student:x:{group}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
_CHANNEL_BYTES = 160 * MIB
_QUIET = linux.MS_NOSUID | linux.MS_NODEV


@dataclass(frozen=True)
class Root:
    """What to build: on which empty folder, with whose files, for which user, readable beyond the system's own."""

    mount_point: str
    files: str
    readable: tuple[str, ...]
    user: int
    group: int


def needed_folders() -> tuple[str, ...]:
    """Return what this Python imports from: itself, its installed packages, `course_utils` and its data.

    Nothing else of a checkout: its other folders hold right answers.
    """
    import course_utils

    package = Path(course_utils.__file__).resolve().parent
    folders = [sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix, str(package)]
    folders += [path for path in (*sys.path, *site.getsitepackages(), site.getusersitepackages())
                if Path(path).name in ("site-packages", "dist-packages")]  # fmt: skip
    data = package.parent / "data"
    if (data / "scores.csv").is_file() or (package / "_bundled").is_dir():
        folders.append(str(data))
    if os.environ.get("MNIST_DIR"):
        folders.append(os.path.abspath(os.environ["MNIST_DIR"]))
    return outermost(folders)


def outermost(folders: list[str]) -> tuple[str, ...]:
    """Return the existing folders of the list that lie in no other one of it, nor in the system's."""
    existing = [path for path in dict.fromkeys(folders) if os.path.isdir(path)]
    others = (*existing, *_SYSTEM)
    return tuple(path for path in existing if not any(path != other and _is_in(path, other) for other in others))


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def build_root(root: Root, allowance: Allowance) -> int:
    """Build and enter the root in a new mount namespace; return a descriptor of its channel folder.

    Raises OSError where the machine refuses a mount that the sandbox cannot do without.
    """
    base = root.mount_point
    owner = f"uid={root.user},gid={root.group}"
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", base, "tmpfs", _QUIET, "size=1m,nr_inodes=4k,mode=755")
    private = f"size={allowance.disk_bytes},nr_inodes=20k,{owner}"
    # First the private folders: an environment may stand below /tmp, and must lie on top of them.
    for path, mode in ((WORK, "755"), ("/tmp", "1777"), ("/dev/shm", "1777")):
        _private(base + path, f"{private},mode={mode}")
    for path in (*_SYSTEM, *root.readable):
        _show(base, path)
    for name in _DEVICES:
        _show(base, f"/dev/{name}", sealed=False)
    files = f"size={_CHANNEL_BYTES},nr_inodes=1k,mode=755,{owner}"
    _private(base + CHANNEL, files, linux.MS_NOEXEC | linux.MS_NOSYMFOLLOW)
    _copy_files(root, base + WORK)
    _write_small_files(base, root)
    _mount_kernel_views(base)
    channel = os.open(base + CHANNEL, os.O_RDONLY | os.O_DIRECTORY)
    linux.mount(None, base, None, linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | _QUIET)
    linux.change_root(base)
    os.chdir(WORK)
    return channel


def _show(base: str, path: str, sealed: bool = True) -> None:
    """Let `path` be seen at the same place below `base`."""
    if not os.path.lexists(path) or os.path.lexists(base + path):
        return
    target = Path(base + path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.islink(path) and path in _SYSTEM:
        target.symlink_to(os.readlink(path))
        return
    if os.path.isdir(path):
        target.mkdir()
    else:
        target.touch()
    linux.mount(path, str(target), None, linux.MS_BIND | linux.MS_REC)
    if sealed:
        linux.seal(str(target))


def _private(path: str, options: str, flags: int = 0) -> None:
    os.makedirs(path, exist_ok=True)
    linux.mount("tmpfs", path, "tmpfs", _QUIET | flags, options)


def _copy_files(root: Root, target: str) -> None:
    """Copy the submission's data files: no notebook (these hold hidden tests), no link, no hidden folder.

    Raises OSError if they are too large.
    """
    for folder, below, names in os.walk(root.files):
        below[:] = [name for name in below if not name.startswith(".")]
        inside = os.path.join(target, os.path.relpath(folder, root.files))
        os.makedirs(inside, exist_ok=True)
        copied = [inside]
        for name in names:
            source, goal = os.path.join(folder, name), os.path.join(inside, name)
            if not name.endswith(".ipynb") and stat.S_ISREG(os.lstat(source).st_mode):
                _copy_file(source, goal)
                copied.append(goal)
        if os.getuid() == 0:
            for path in copied:
                os.chown(path, root.user, root.group)


def _copy_file(source: str, goal: str) -> None:
    try:
        shutil.copyfile(source, goal)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise OSError(errno.ENOSPC, f"the files beside the notebook are too large, {source} among them") from error


def _write_small_files(base: str, root: Root) -> None:
    for path, text in _FILES.items():
        Path(base + path).parent.mkdir(parents=True, exist_ok=True)
        Path(base + path).write_text(text.format(user=root.user, group=root.group), encoding="utf-8")
    for path, goal in _LINKS.items():
        os.symlink(goal, base + path)


def _mount_kernel_views(base: str) -> None:
    """Mount the new process namespace's /proc, read-only, and terminals; some containers refuse either.

    Other users' processes are not shown: the first one of the namespace may be root's, and stands in the real root.
    """
    os.makedirs(base + "/proc")
    os.makedirs(base + "/dev/pts")
    for options in ("hidepid=2", ""):
        with contextlib.suppress(OSError):
            linux.mount("proc", base + "/proc", "proc", _QUIET | linux.MS_NOEXEC | linux.MS_RDONLY, options)
            break
    with contextlib.suppress(OSError):
        options = "newinstance,ptmxmode=0666,mode=620"
        linux.mount("devpts", base + "/dev/pts", "devpts", linux.MS_NOSUID | linux.MS_NOEXEC, options)
