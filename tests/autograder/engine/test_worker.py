"""The warm worker and its kernels: what they hold, how they end, and on machines that allow less."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.engine import processes
from autograder.engine.kernel import Ended, Kernel
from autograder.engine.sandbox.allowance import Allowance
from autograder.engine.sandbox.isolation import Way
from autograder.engine.worker.client import Worker, isolation_here, shared_worker
from autograder.engine.worker.environment import kept_environment, kernel_environment
from autograder.engine.worker.preload import SECRET

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the worker forks, and is for Linux"),
]


def text_of(kernel: Kernel, source: str) -> str:
    run = kernel.run(source, 20, 190_000)
    assert run.ended is Ended.OK, run.outputs.cells
    return "".join(output.text for output in run.outputs.cells if output.output_type == "stream")


@pytest.fixture
def kernel(tmp_path: Path):
    (tmp_path / "table.csv").write_text("1,2")
    (tmp_path / "hw1.ipynb").write_text("{}")
    (tmp_path / ".git").mkdir()
    (tmp_path / "link").symlink_to("/etc/hostname")
    with Kernel(tmp_path, 60) as running:
        yield running


def test_a_kernel_holds_what_notebooks_need_and_nothing_that_is_secret(kernel: Kernel) -> None:
    loaded = text_of(kernel, "import sys\nprint(*sorted(sys.modules))").split()
    assert {"torch", "numpy", "matplotlib.pyplot", "course_utils.checks.probe"} <= set(loaded)
    assert [name for name in loaded if name.startswith(SECRET)] == []


def test_a_kernel_sees_copies_of_data_files_only(kernel: Kernel, tmp_path: Path) -> None:
    if not isolation_here().is_sandbox:
        pytest.skip("no sandbox here")
    assert text_of(kernel, "import os\nprint(sorted(os.listdir()), os.getcwd())").strip() == "['table.csv'] /submission"
    text_of(kernel, "open('table.csv', 'w').write('changed')\nopen('new', 'w').close()\nprint()")
    assert (tmp_path / "table.csv").read_text() == "1,2"
    assert not (tmp_path / "new").exists()


def test_all_that_a_cell_writes_arrives_with_it(kernel: Kernel) -> None:
    """Whoever writes it: the cell, a thread, a process of its own; streams that hold nothing are not flushed."""
    source = (
        "import subprocess, sys, threading\nprint('one')\n"
        "t = threading.Thread(target=lambda: print('two'))\nt.start()\nt.join()\n"
        "subprocess.run(['echo', 'three'])\nprint('four', flush=True)\nsys.stderr.write('five')\n"
        "print('six', end='')"
    )
    said = text_of(kernel, source)
    assert all(word in said for word in ("one", "two", "four", "five", "six"))
    assert text_of(kernel, "print('next')").endswith("next\n")


def test_a_killed_kernel_takes_its_children_with_it(kernel: Kernel) -> None:
    text_of(kernel, "import subprocess\np = subprocess.Popen(['sleep', '12345.678'], start_new_session=True)")
    assert count("sleep 12345.678") == 1
    kernel.close()
    for _ in range(200):  # until Linux has ended the namespace
        if count("sleep 12345.678") == 0:
            break
        os.sched_yield()
    assert count("sleep 12345.678") == 0


def test_a_killed_worker_takes_all_of_its_kernels_with_it(kernel: Kernel) -> None:
    worker = shared_worker()
    assert worker is not None
    text_of(kernel, "import subprocess\np = subprocess.Popen(['sleep', '23456.789'], start_new_session=True)")
    assert count("sleep 23456.789") == 1
    os.kill(worker._process.pid, signal.SIGKILL)
    ends = time.monotonic() + 20
    while count("sleep 23456.789") and time.monotonic() < ends:
        time.sleep(0.05)
    assert count("sleep 23456.789") == 0


ORPHANS = """\
import os, time
for _ in range(20):
    if os.fork() == 0:
        if os.fork() == 0:
            time.sleep(0.05)
        os._exit(0)
    os.wait()
ends = time.monotonic() + 10
while len(found := [name for name in os.listdir("/proc") if name.isdigit()]) > {most} and time.monotonic() < ends:
    time.sleep(0.05)
print(len(found))
"""


def test_orphans_are_buried_and_processes_of_others_not_shown(kernel: Kernel) -> None:
    if not isolation_here().is_sandbox:
        pytest.skip("no sandbox here")
    most = 1 if isolation_here().way is Way.ROOT else 2  # an ordinary user's first process is theirs too, and shown
    assert int(text_of(kernel, ORPHANS.format(most=most))) == most


def count(command: str) -> int:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode().strip())
        except OSError:
            continue
    return lines.count(command)


def test_a_worker_that_died_is_replaced_and_the_run_goes_on(tmp_path: Path) -> None:
    first = shared_worker()
    assert first is not None
    first.isolation()
    os.kill(first._process.pid, signal.SIGKILL)
    first._process.wait()
    with Kernel(tmp_path, 60) as kernel:
        assert text_of(kernel, "print(1)") == "1\n"
    assert shared_worker() is not first
    assert not first._mount_point.exists(), "the dead worker's folder is left behind"
    assert not first._log.exists()


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_kernel_that_ends_before_it_answers_is_asked_for_once_more(
    deaths: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    def start_and_kill(*given: Any) -> Any:
        process, isolation = processes.start_process(*given)
        started.append(process)
        if len(started) <= deaths:
            process.send_signal(signal.SIGKILL)
        return process, isolation

    monkeypatch.setattr("autograder.engine.kernel.start_process", start_and_kill)
    if deaths == 1:
        with Kernel(tmp_path, 60) as kernel:
            assert text_of(kernel, "print(1)") == "1\n"
    else:
        with pytest.raises(RuntimeError, match="the kernel ended with code -9 before it answered"):
            Kernel(tmp_path, 60).start()
    assert [process.exit_code for process in started] == [-signal.SIGKILL, -signal.SIGKILL]


def test_kernels_of_one_worker_run_side_by_side(tmp_path: Path) -> None:
    with Kernel(tmp_path, 60) as one, Kernel(tmp_path, 60) as other:
        text_of(one, "x = 'one'\nopen('/tmp/x', 'w').write(x)\nprint()")
        assert text_of(other, "import os\nprint('x' in globals(), os.path.exists('/tmp/x'))").strip() == "False False"


def test_two_workers_give_their_kernels_different_users(tmp_path: Path) -> None:
    """What one user may start is counted over the whole machine: a bomb under one grader must not starve another's."""
    if isolation_here().way is not Way.ROOT:
        pytest.skip("only root can give each kernel a user of its own")
    workers = [Worker(), Worker()]
    try:
        for worker in workers:
            worker.isolation()
        kernels = [w.fork(tmp_path, kernel_environment("/tmp"), Allowance(), 1_000, 60) for w in workers for _ in "123"]
        users = [kernel.folder.stat().st_uid for kernel in kernels]
        for kernel in kernels:
            kernel.close()
        assert len(set(users)) == len(users)
    finally:
        for worker in workers:
            worker.close()


def test_bytes_go_in_and_come_out_under_names_that_cannot_be_foreseen(kernel: Kernel) -> None:
    path = kernel.put(b"\0request")
    assert text_of(kernel, f"print(open({path!r}, 'rb').read())").strip() == repr(b"\0request")
    text_of(kernel, f"open({path + '.response'!r}, 'wb').write(b'x' * 1000)\nprint()")
    assert kernel.take(path + ".response", 999) is None
    text_of(kernel, f"open({path + '.response'!r}, 'wb').write(b'x' * 1000)\nprint()")
    assert kernel.take(path + ".response", 1000) == b"x" * 1000
    assert kernel.take(path + ".response", 1000) is None


def test_only_what_is_listed_gets_into_the_environment() -> None:
    given = {"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "x", "PGPASSWORD": "x", "JPY_PARENT_PID": "1"}
    assert kept_environment(given) == {"PATH": "/bin", "LC_ALL": "C"}
    assert kernel_environment("/tmp")["NBGRADER_EXECUTION"] == "autograde"


ASK = """
    import sys, tempfile
    from pathlib import Path
    from autograder.engine.kernel import Kernel
    with Kernel(Path(tempfile.mkdtemp()), 90) as kernel:
        kernel.run("import os; os.system('sleep 54321.5 &')", 30, 9000)
        run = kernel.run("print(os.getuid(), os.path.exists('/etc/shadow'))", 30, 9000)
        request = kernel.put(b"12")
        kernel.run(f"open('{request}.r', 'wb').write(open('{request}', 'rb').read() * 2)", 30, 9000)
        said, taken = run.outputs.cells[0].text.strip(), kernel.take(request + ".r", 99)
        print(kernel.isolation.way, "|", said, "|", taken, "|", kernel.isolation.sentence)
"""

UNSHARE = shutil.which("unshare")
SETPRIV = shutil.which("setpriv")


def ask(*wrapper: str) -> list[str]:
    command = [*wrapper, sys.executable, "-c", textwrap.dedent(ASK)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    return [part.strip() for part in done.stdout.split("|")]


def can_unshare() -> bool:
    command = [str(UNSHARE), "--user", "--map-root-user", "true"]
    return UNSHARE is not None and subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="no user namespaces (or no unshare command) to try other users in")
def test_an_ordinary_user_gets_a_sandbox_too() -> None:
    """The process is user 1000 without a capability: what it then does, it does by a namespace of its own."""
    way, seen, came_back, sentence = ask(UNSHARE, "--user", "--map-user=1000", "--map-group=1000")
    assert (way, seen, came_back) == ("user namespace", "1000 False", "b'1212'")
    assert sentence.startswith("a sandbox of their own")


@pytest.mark.skipif(not can_unshare() or SETPRIV is None, reason="no way to make a machine that refuses namespaces")
def test_where_namespaces_are_refused_kernels_run_and_it_is_said() -> None:
    script = 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"'
    way, seen, came_back, sentence = ask(UNSHARE, "--user", "--map-root-user", "sh", "-c", script, "sh")
    assert (way, seen, came_back) == ("limits", "0 True", "b'1212'")
    assert "not isolated from this machine" in sentence
    assert count("sleep 54321.5") == 0
