"""No attack gains a point, reads a file of the grader's, leaves anything behind, or stops the grader; it is seen.

By default those are tried here that do not walk the whole road (tests/roads/test_attack_class.py); all with
FIRST_DESCENT_FULL=1.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from attack_table import ANSWERS, CANARY, FILES, HIDDEN, MACHINE, PATCHES, SHELL, TIMING, UNSEEN, WALKED, WRONG

from autograder.engine.execute import execute
from autograder.engine.judge import Judge, make_judge
from autograder.engine.limits import Limits
from autograder.engine.worker.client import isolation_here, shared_worker
from autograder.integrity import Evidence, listed, look
from course_utils.checks.verdict import Outcome

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).parents[3]
LIMITS = Limits(cell_seconds=3, notebook_seconds=25, output_bytes=50_000)


@dataclass(frozen=True)
class Place:
    """What an attacker would like to reach: the grader's files, a listening server, a listening socket."""

    folder: Path
    before: dict[str, str]
    server: socket.socket
    abstract: socket.socket

    def format(self, code: str) -> str:
        words = {
            "place": str(self.folder),
            "repository": str(REPOSITORY),
            "host": "127.0.0.1",
            "port": str(self.server.getsockname()[1]),
            "abstract": self.abstract.getsockname()[1:].decode(),
            "grader": str(os.getpid()),
        }
        for name, value in words.items():
            code = code.replace("{" + name + "}", value)
        return code.replace("{{", "{").replace("}}", "}") if "{{" in code else code


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return make_judge("hw1")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if not isolation_here().is_sandbox:
        pytest.skip(f"no sandbox on this machine: {isolation_here().refused}")
    folder = tmp_path_factory.mktemp("course")
    for name in ("source/hw1.ipynb", "gradebook.db", "submitted/s001/hw1/hw1.ipynb", "keys/mse.npz"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{CANARY} {name}")
    os.environ["GRADEBOOK_PASSWORD"] = CANARY
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        server.setblocking(False)
        abstract.bind(f"\0first-descent-test-{os.getpid()}")
        abstract.listen()
        abstract.setblocking(False)
        yield Place(folder, contents(folder), server, abstract)
    del os.environ["GRADEBOOK_PASSWORD"]


BEFORE = PATCHES | SHELL | FILES | MACHINE | TIMING | HIDDEN
IS_FULL = bool(os.environ.get("FIRST_DESCENT_FULL"))
TRIED = [name for name in (*BEFORE, *ANSWERS) if IS_FULL or name not in WALKED]


def test_there_are_at_least_sixty_attacks_and_nine_of_ten_are_seen() -> None:
    names = {*BEFORE, *ANSWERS}
    assert len(names) == len(BEFORE) + len(ANSWERS) >= 60
    assert UNSEEN.keys() <= names
    assert len(UNSEEN) <= 0.1 * len(names)


@pytest.mark.parametrize("name", TRIED)
def test_an_attack_gains_nothing(name: str, place: Place, homework, judge: Judge) -> None:
    if name in BEFORE:
        notebook = homework(before={"mse": place.format(BEFORE[name])}, mse=WRONG)
    else:
        notebook = homework(mse=place.format(ANSWERS[name]))
    before = shared_worker()
    execution = execute(notebook, {"mse": replace(judge.probes["mse"], seconds=4)}, LIMITS)
    verdict = judge.verdicts(execution)["mse"]
    assert (verdict.points, verdict.outcome is Outcome.PASSED) == (0.0, False)
    assert execution.isolation.is_sandbox
    assert CANARY not in str(execution.notebook) + str(verdict)
    assert contents(place.folder) == place.before
    assert shared_worker() is before, "the attack ended the worker"
    for listening in (place.server, place.abstract):
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert len(str(execution.notebook)) < 500_000
    seen = listed(look(Evidence(execution, (verdict,))))
    assert bool(seen) is (name not in UNSEEN), seen
    assert CANARY not in str(seen)


def test_nothing_is_left_for_the_next_submission(place: Place, homework, judge: Judge) -> None:
    plant = (
        "import os, pathlib\n"
        "for folder in ('/tmp', '/submission', '/dev/shm', '/run/channel', '.', '/var/tmp', '/'):\n"
        "    try: (pathlib.Path(folder) / 'planted').write_text('1')\n"
        "    except OSError: pass\n"
        "os.environ['PLANTED'] = '1'\n"
        "import torch; torch.planted = True\n"
        "import subprocess; subprocess.Popen(['sleep', '300'], start_new_session=True)"
    )
    look = (
        "import glob, os, torch\n"
        "print(glob.glob('/**/planted', recursive=False) + glob.glob('/*/planted') + glob.glob('/dev/shm/*'),\n"
        "      'PLANTED' in os.environ, hasattr(torch, 'planted'), os.popen('ps ax').read().count('sleep'))"
    )
    execute(homework(before={"mse": plant}, mse=WRONG), {}, LIMITS)
    second = execute(homework(before={"mse": look}, mse=WRONG), {}, LIMITS)
    assert second.notebook.cells[1].outputs[0].text.strip() == "[] False False 0"


def test_two_submissions_draw_different_numbers(homework) -> None:
    draw = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(()).item())"
    runs = [execute(homework(before={"mse": draw}, mse=WRONG), {}, LIMITS) for _ in range(2)]
    drawn = {run.notebook.cells[1].outputs[0].text for run in runs}
    numbers = [line.split() for line in drawn]
    assert len(drawn) == 2
    assert all(one != other for one, other in zip(*numbers, strict=True))


def test_an_attack_fails_by_the_sandbox_and_an_honest_answer_beside_it_still_counts(homework, judge: Judge) -> None:
    """The table above would also pass if everything scored 0."""
    answer = "def mse(p, y):\n    return ((p - y) ** 2).mean()"
    notebook = homework(before={"mse": PATCHES["allclose is always true"]}, mse=answer)
    verdict = judge.verdicts(execute(notebook, {"mse": judge.probes["mse"]}, LIMITS))["mse"]
    assert verdict.outcome is Outcome.PASSED
