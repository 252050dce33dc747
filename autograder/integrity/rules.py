"""What in a program an honest answer to an exercise has no use for, as data: a name, and what to say of it."""

from __future__ import annotations

import re

CHECKER = ("course_utils.checks", "autograder", "nbgrader")
"""Only `check` itself is for notebooks."""

IMPORTED = {
    "ctypes": "it calls the C library, past Python",
    "socket": "it opens network connections by hand",
    "pty": "it asks for a terminal",
    "builtins": "it gets hold of Python's own functions",
}
"""By the module that is imported."""

FAINTLY_IMPORTED = {
    "gc": "it works with Python's memory",
    "inspect": "it looks at running code",
    "pickle": "it packs or unpacks objects that may run code",
    "requests": "it asks for the network",
    "sqlite3": "it opens a database",
    "subprocess": "it starts other programs",
    "threading": "it starts threads",
    "urllib": "it asks for the network",
}
"""Found in honest notebooks as well."""

USED = {
    "atexit.register": "it leaves something to run when Python ends",
    "gc.get_objects": "it searches Python's memory for objects that are not its own",
    "gc.get_referrers": "it searches Python's memory for objects that are not its own",
    "inspect.currentframe": "it looks into the functions that call it",
    "inspect.stack": "it looks into the functions that call it",
    "object.__setattr__": "it changes an object that is made not to be changed",
    "os.chroot": "it tries to change the root of the file system",
    "os.fork": "it makes copies of its own process",
    "os.getppid": "it asks which process runs it",
    "os.kill": "it sends signals to processes",
    "os.killpg": "it sends signals to processes",
    "os.link": "it makes links to files",
    "os.mkfifo": "it makes a pipe where a file is expected",
    "os.symlink": "it makes links to files",
    "signal.setitimer": "it sets a timer that the deadlines use",
    "signal.signal": "it changes what happens on a signal",
    "site.getsitepackages": "it asks where Python's packages lie",
    "site.getusersitepackages": "it asks where Python's packages lie",
    "sys._current_frames": "it looks into the functions that call it",
    "sys._getframe": "it looks into the functions that call it",
    "sys.modules.update": "it puts modules of its own in the place of others",
    "sys.setprofile": "it watches every function that is called",
    "sys.settrace": "it watches every line that is run",
    "threading.settrace": "it watches every line that is run",
}
"""By the full name that is used."""

SHELL = {
    "ast_transformers": "it rewrites cells before they run",
    "do_execute": "it replaces how the kernel runs a cell",
    "input_transformers_cleanup": "it rewrites cells before they run",
    "input_transformers_post": "it rewrites cells before they run",
    "iopub_socket": "it writes to the channel by which the kernel reports",
    "run_cell": "it gets hold of how a cell is run",
    "set_custom_exc": "it replaces what happens on an error",
}
"""By the last part of a name: what belongs to the notebook's shell and kernel."""

METHODS = {
    "__reduce__": "it defines what is run when an object is unpacked",
    "__reduce_ex__": "it defines what is run when an object is unpacked",
    "__torch_dispatch__": "it answers torch's own calls for a tensor",
    "__torch_function__": "it answers torch's own calls for a tensor",
}
"""By the method that a class defines."""

PATCHED = (
    "builtins", "course_utils", "IPython", "math", "numpy", "os", "pathlib", "random", "signal", "statistics", "sys",
    "time", "torch",
)  # fmt: skip
"""Packages in which an honest notebook puts nothing."""

SETTINGS = ("torch.backends", "torch._dynamo.config", "sys.stdout", "sys.stderr", "sys.path", "sys.argv")
"""Places in them that are there to be set."""

SCRIPT = re.compile(r"<script|javascript:|\bon(?:load|error|click|mouseover)\s*=", re.I)

TEXTS = (
    (re.compile(r"gradebook|(?:^|/)(?:submitted|autograded)(?:/|$)", re.I), "it names the grader's files"),
    (re.compile(r"(?:^|/)source/|notebooks/assignments|autograder/"), "it names files with right answers"),
    (re.compile(r"/proc/|/run/channel|/dev/(?:vd|sd|mem)|/etc/(?:passwd|shadow)"), "it names files of the machine"),
    (re.compile(r"~root\b|\.ssh\b|id_rsa"), "it names somebody's private files"),
    (re.compile(r"sitecustomize|usercustomize|profile_default|site-packages|\.pth\b"),
     "it names files that Python runs when it starts"),
    (SCRIPT, "it holds a script for a browser"),
    (re.compile("\x1b(?![\\[][0-9;]*[mAKG])|\x9d|\x9b"), "it holds codes that steer a terminal"),
)  # fmt: skip
"""By what a text in the program says."""

LOCAL_ADDRESS = re.compile(r"https?://(?:localhost|127\.|10\.|192\.168\.|169\.254\.|0\.0\.0\.0|\[::1\])", re.I)
COMMANDS = re.compile(r"\b(?:unshare|nsenter|sudo|mount|chroot|mknod|gdb|strace|nc|curl|wget|kill|pkill|crontab|at)\b")
UNPACKERS = ("base64", "codecs.decode", "zlib.decompress", "marshal", "bytes.fromhex", "binascii")
STARTERS = ("os.system", "os.popen", "subprocess", "os.execv", "os.execvp", "os.spawnl", "pty.spawn")
