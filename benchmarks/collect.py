"""Time `course collect` over a large inbox: seconds, files per second, peak memory, and every file's fate counted.

    python benchmarks/collect.py                     10,000 files of the six homeworks
    python benchmarks/collect.py -n 1000 --twice     and a second time over the same files

The files are the course's own homeworks with answers and a megabyte of outputs in some, under names as browsers and
platforms write them: a class of 500, each with several versions, zips among them, and one in twenty broken, nameless
or a stranger's. Collecting runs as a process of its own, whose peak memory the system tells; making the files is not
timed. The aim is 10,000 files in under 60 seconds and 500 MB.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
HOMEWORKS = tuple(f"hw{number}" for number in range(1, 7))
GIVEN = "Ada Grace José Wei Olena Łukasz Amara Priya Tomás Yuki Noor Lena Kofi Mei Ivan Sofía Omar Ingrid Chloé Raj"
FAMILY = (
    "Lovelace Hopper Muñoz Chen Kovalenko Wójcik Okafor Raghunathan García Tanaka Rahman Schmidt Mensah Lin Petrov "
    "Reyes Haddad Solberg Dupont Patel Novák O’Brien Kim Rossi Silva"
)
MARKS = (
    "{stem}.ipynb",
    "{stem} ({n}).ipynb",
    "{account}_{n}_{upload}_{stem}-{n}.ipynb",
    "{account}_LATE_{n}_{upload}_{stem}.ipynb",
    "Copy of {stem}.ipynb",
    "{full}_{upload}_assignsubmission_file_{stem}.ipynb",
    "{work} ({n}).ipynb",
    "{stem} final v2.ipynb",
)


def lay_out(root: Path, files: int, seed: int = 7) -> None:
    """Make a course of six released homeworks, a class of 500, and an inbox of `files` files."""
    import nbformat

    from autograder.nbgrader_bridge.handing_in import facts_of
    from autograder.nbgrader_bridge.stubs import ClearAnswers
    from autograder.rules.coursefile import load_course
    from course_utils.handing_in.facts import KEY, write_facts

    rng = random.Random(seed)
    shutil.copy(REPOSITORY / "course.toml", root / "course.toml")
    people = [(given, family) for family in FAMILY.split() for given in GIVEN.split()]
    rows = "".join(f"s{n:03},{first},{last},\n" for n, (first, last) in enumerate(people))
    (root / "roster.csv").write_text(f"id,first_name,last_name,email\n{rows}", encoding="utf-8")
    course = load_course(root)
    answered: dict[str, dict[str, Any]] = {}
    for name in HOMEWORKS:
        source = REPOSITORY / "notebooks" / "assignments" / name / f"{name}.ipynb"
        for folder in (root / "notebooks" / "assignments" / name, root / "release" / name):
            folder.mkdir(parents=True)
        shutil.copy(source, root / "notebooks" / "assignments" / name / source.name)
        released, _ = ClearAnswers().preprocess(nbformat.read(source, as_version=4), {})
        released.metadata[KEY] = write_facts(facts_of(course, name, released))
        nbformat.write(released, root / "release" / name / source.name)
        answered[name] = json.loads(nbformat.writes(released))
    packed: list[tuple[str, bytes]] = []
    for number in range(files):
        first, last = people[rng.randrange(len(people))]
        name = rng.choice(HOMEWORKS)
        path, data = _file(rng, number, (first, last), name, answered[name])
        if number % 50 < 10:
            packed.append((path, data))
        else:
            _drop(root / "inbox" / f"{number % 40:02}" / path, data)
        if packed and (len(packed) == 100 or number == files - 1):
            _drop(root / "inbox" / f"download {number}.zip", _zipped(packed))
            packed = []


def _file(
    rng: random.Random, number: int, person: tuple[str, str], name: str, released: dict[str, Any]
) -> tuple[str, bytes]:
    from course_utils.naming.convention import wanted_name

    full = " ".join(person)
    stem = wanted_name(full, name).removesuffix(".ipynb")
    account = f"{person[1]}{person[0]}".lower().replace("’", "")
    words = {"stem": stem, "account": account, "full": full, "work": name, "n": rng.randrange(10, 99)}
    path = f"{number}/{rng.choice(MARKS).format(upload=100_000 + number, **words)}"
    notebook = copy.deepcopy(released)
    header = "" if rng.random() < 0.02 else full
    top = "".join(notebook["cells"][0]["source"]).replace("**Name:**", f"**Name:** {header}")
    notebook["cells"][0]["source"] = top
    _work_in(notebook, rng, number)
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        said = "".join(cell["source"]).replace("raise NotImplementedError()", f"return {rng.random()}")
        cell["source"] = said
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": f"{rng.random()}\n" * 20}]
    if number % 100 == 0:  # a plot or two
        picture = {"image/png": "A" * 1_000_000}
        notebook["cells"][-1]["outputs"] = [{"output_type": "display_data", "data": picture, "metadata": {}}]
    data = json.dumps(notebook, ensure_ascii=False, indent=1).encode()
    if number % 40 == 0:
        return path, rng.choice((b"", data[: len(data) // 2], b"%PDF-1.7"))
    if number % 40 == 1:
        return f"{number}/Stranger_Number{number}_{name}.ipynb", data.replace(full.encode(), b"Stranger Number")
    return path, data


def _work_in(notebook: dict[str, Any], rng: random.Random, number: int) -> None:
    """Do what students do: every third adds cells of its own, and one in twenty-five damages the notebook."""
    if number % 3 == 0:
        for extra in range(3):
            own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": f"own{extra}"}
            own["source"] = f"def tried_{extra}(x):\n    return x * {rng.random()}\n\nprint(tried_{extra}(2))"
            notebook["cells"].insert(rng.randrange(1, len(notebook["cells"])), own)
    if number % 25 == 3:
        notebook["cells"].append(notebook["cells"].pop(rng.randrange(2, len(notebook["cells"]))))
    elif number % 25 == 4:
        for cell in notebook["cells"]:
            cell["metadata"] = {}


def _drop(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def _zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(path, data)
    return target.getvalue()


def collect(root: Path, *options: str) -> tuple[float, float, float, Counter[str]]:
    """Collect in a process of its own; return its seconds, its seconds of work, peak memory in MB, and the fates.

    What a process holds before it starts another counts as the other's, so this one stays small.
    """
    command = [sys.executable, "-m", "autograder.cli", "collect", "--course", str(root), "--json", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, cwd=REPOSITORY)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(process.returncode)
        said.seek(0)
        fates = Counter(fate["fate"] for fate in json.load(said))
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, fates


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", "--files", type=int, default=10_000, help="how many files (10,000)")
    parser.add_argument("--twice", action="store_true", help="collect the same inbox a second time")
    parser.add_argument("--dry-run", action="store_true", help="only say what would become of each")
    parser.add_argument("--keep", type=Path, help="make the course here and leave it there")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make is not None:
        lay_out(options.make, options.files)
        return
    root = options.keep or Path(tempfile.mkdtemp(prefix="collect_"))
    root.mkdir(parents=True, exist_ok=True)
    try:
        if not (root / "inbox").exists():
            command = [sys.executable, __file__, "--make", str(root), "-n", str(options.files)]
            subprocess.run(command, check=True, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
        size = sum(file.stat().st_size for file in (root / "inbox").rglob("*") if file.is_file())
        print(f"{options.files:,} files, {size / 1e6:,.0f} MB; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        more = ("--dry-run",) if options.dry_run else ()
        for number in range(2 if options.twice else 1):
            seconds, work, peak, fates = collect(root, *more)
            rate = sum(fates.values()) / seconds
            took = f"{seconds:.1f} s ({work:.1f} s of work)"
            print(f"{'again: ' if number else ''}{took}, {rate:,.0f} files per second, peak {peak:,.0f} MB")
            print("  " + ", ".join(f"{count:,} {fate}" for fate, count in sorted(fates.items())))
    finally:
        if options.keep is None:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
