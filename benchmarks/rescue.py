"""How many damaged notebooks are put right: released homeworks, filled in, damaged, restored, compared.

    python benchmarks/rescue.py                 about 1,100 damages: each kind alone, then two to four together
    python benchmarks/rescue.py --seed 7 --each 40 --together 1000
    python benchmarks/rescue.py --write         the table goes into docs/rescue.md

An answer is *right* if its own exercise's test finds what the student wrote for it (or the released cell, where the
student deleted theirs), *for a person* if restoring lists it below its threshold, *wrong* if the test finds something
else and nobody is told, *lost* if it finds the empty cell although the answer is in the notebook, and nobody is told.
Exits with 1 if an answer is wrong or lost.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import random
import re
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from rescue_damages import EDITORS, HANDS, STUBS, Damage, Work, as_bytes, grade_id, marks, text

from autograder.certify.catalogue import load_catalogue
from autograder.intake.notebookfile import read_notebook
from autograder.intake.restore import Change, Restored, restore
from autograder.nbgrader_bridge.steps import generate
from autograder.rules.coursefile import load_course
from course_utils.handing_in.cells import defined_names, normal

REPOSITORY = Path(__file__).resolve().parent.parent
HOMEWORKS = tuple(f"hw{number}" for number in range(1, 7))
REFLECTION = "My model mixes up 4 and 9. It looked at the closed loop; I would try more pictures of nines first."
SEED = 6
PAGE = REPOSITORY / "docs/rescue.md"
MARK = re.compile(r"(<!-- figures -->\n).*(<!-- end of figures -->)", re.DOTALL)


@dataclass(frozen=True)
class Homework:
    """A released notebook (plain JSON) and the answers students gave to it, right and wrong, by grade id."""

    name: str
    released: Mapping[str, Any]
    answers: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Case:
    """A damaged submission: the file's bytes, and what may count for each answer (none: the student deleted it)."""

    homework: Homework
    kind: str
    file: bytes
    truth: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Found:
    """What became of a damaged submission: the outcome of each answer by grade id, and the report of changes."""

    case: Case
    outcomes: Mapping[str, str]
    changes: tuple[Change, ...]
    problem: str = ""

    @property
    def outcome(self) -> str:
        """The worst outcome of its answers."""
        ranks = ("wrong", "lost", "person", "right")
        return min(self.outcomes.values(), key=ranks.index) if not self.problem else "wrong"


def load_homeworks(folder: Path) -> tuple[Homework, ...]:
    """Release the homeworks with nbgrader into `folder` and read them with the catalogue's answers."""
    for name in ("course.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder / name)
    for name in HOMEWORKS:
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, folder / "notebooks/assignments" / name)
    course = load_course(folder)
    known = load_catalogue()
    homeworks = []
    for name in HOMEWORKS:
        generate(course, name)
        released = json.loads(course.released_notebook(name).read_text(encoding="utf-8"))
        solved = json.loads((course.source / name / f"{name}.ipynb").read_text(encoding="utf-8"))
        answers = {}
        for cell in solved["cells"]:
            if marks(cell).get("solution"):
                exercise = grade_id(cell).removesuffix("-answer")
                own = "\n".join(line for line in text(cell).splitlines() if "### " not in line)
                written = [REFLECTION] if cell["cell_type"] == "markdown" else [own]
                answers[grade_id(cell)] = [*written, *(each.code for each in known if each.exercise == exercise)]
        homeworks.append(Homework(name, released, answers))
        STUBS.update({grade_id(cell): text(cell) for cell in released["cells"] if marks(cell).get("solution")})
    return tuple(homeworks)


def fill_in(homework: Homework, other: Homework, seed: str) -> Work:
    """Answer a released notebook as a student might: right and wrong answers drawn from the catalogue."""
    draw = random.Random(seed)
    notebook = copy.deepcopy(dict(homework.released))
    truth = {name: [draw.choice(answers).strip("\n")] for name, answers in homework.answers.items()}
    for cell in notebook["cells"]:
        cell["source"] = truth.get(grade_id(cell), [text(cell)])[0]
    notebook["cells"][0]["source"] = text(notebook["cells"][0]).replace("**Name:**", "**Name:** Ada Lovelace")
    return Work(notebook, truth, draw, copy.deepcopy(dict(other.released)))


def make_cases(homeworks: Sequence[Homework], *, each: int, together: int, seed: int = SEED) -> Iterator[Case]:
    """Yield `each` submissions for every kind of damage alone, then `together` with two to four of them."""
    for damage in (*EDITORS, *HANDS):
        for number in range(each):
            yield from _damaged(homeworks, [damage], damage.__name__, f"{seed}/{damage.__name__}/{number}", number)
    for number in range(together):
        draw = random.Random(f"{seed}/{number}")
        damages = draw.sample(HANDS, draw.randrange(1, 4)) + draw.sample(EDITORS, 1)
        yield from _damaged(homeworks, damages, f"{len(damages)} together", f"{seed}/together/{number}", number)


def _damaged(
    homeworks: Sequence[Homework], damages: Sequence[Damage], kind: str, seed: str, number: int
) -> Iterator[Case]:
    homework = homeworks[number % len(homeworks)]
    work = fill_in(homework, homeworks[(number + 1 + number // 6 % 5) % len(homeworks)], seed)
    written = copy.deepcopy(work.truth)
    done = [damage for damage in damages if damage(work)]  # a list: each of them must act
    if done:  # a deleted answer may stand there still, as a copy: `rescue` looks
        yield Case(homework, kind, as_bytes(work), {name: work.truth[name] or written[name] for name in written})


def rescue(case: Case) -> Found:
    """Read a file as the intake does, restore it, and say what became of each answer."""
    read = read_notebook(case.file, "submission.ipynb")
    if read.notebook is None:
        return Found(case, {}, (), f"it could not be read: {read.problem}")
    released = nbformat.from_dict(dict(case.homework.released))
    restored = restore(read.notebook, read_notebook(json.dumps(released).encode(), "").notebook)
    said = " ".join(normal(cell["source"]) for cell in read.notebook["cells"])
    outcomes = {
        name: _outcome(name, [each for each in sources if normal(each) in said], sources, restored)
        for name, sources in case.truth.items()
    }
    return Found(case, outcomes, restored.changes, _not_whole(restored, case.homework))


def _not_whole(restored: Restored, homework: Homework) -> str:
    """Say what a rebuilt notebook lacks: every graded cell once, in order, locked ones as released; "" if nothing."""
    wanted = [cell for cell in homework.released["cells"] if grade_id(cell)]
    cells = [cell for cell in restored.notebook["cells"] if grade_id(cell)]
    if [grade_id(cell) for cell in cells] != [grade_id(cell) for cell in wanted]:
        return "its graded cells are not those that were released"
    for cell, original in zip(cells, wanted, strict=True):
        if marks(cell) != marks(original) or cell["cell_type"] != original["cell_type"]:
            return f"{grade_id(cell)} is not of its type or lacks its metadata"
        if not marks(original).get("solution") and cell["source"] != text(original):
            return f"{grade_id(cell)} does not read as released"
    try:
        nbformat.validate(restored.notebook)
    except nbformat.ValidationError as error:
        return f"it is no valid notebook: {str(error).splitlines()[0]}"
    return ""


def _outcome(name: str, present: Sequence[str], written: Sequence[str], restored: Restored) -> str:
    if any(change.grade_id == name and change.needs_person for change in restored.changes):
        return "person"
    cells = restored.notebook["cells"]
    own = next((cell["source"] for cell in cells if grade_id(cell) == name), "")
    if normal(own) in [normal(each) for each in present]:
        return "right"
    exercise = name.removesuffix("-answer")
    counts = _what_counts(cells, exercise)
    empty = {"", _definition(STUBS[name], exercise)}
    if counts in ("", normal(own)) and any(normal(each) in normal(own) for each in present):
        return "right"  # under another name, or beside a slip of the student's, but in its place
    if present and counts and counts in {_definition(each, exercise) for each in present}:
        return "right"
    if not present and counts in empty:
        return "right" if not written or normal(own) in ("", normal(STUBS[name])) else "lost"
    return "lost" if counts in empty else "wrong"


def _what_counts(cells: Sequence[Any], exercise: str) -> str:
    """Return the definition an exercise's test finds: the last one in a code cell before it."""
    found = ""
    for cell in cells:
        if grade_id(cell) == exercise:
            break
        if cell["cell_type"] == "code" and exercise in defined_names(cell):
            found = _definition(cell["source"], exercise)
    return found


def _definition(source: str, name: str) -> str:
    """Return the last definition of a name, without its looks; the whole source where it does not parse."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return normal(source)
    kinds = (ast.FunctionDef, ast.ClassDef)
    return next((ast.dump(node) for node in reversed(body) if isinstance(node, kinds) and node.name == name), "")


def table(found: Sequence[Found]) -> str:
    """Return the Markdown table: by kind of damage, the share of answers right, for a person, lost and wrong."""
    lines = ["| damage | notebooks | answers | right | for a person | lost | wrong |", "|---" + "|---:" * 6 + "|"]
    for kind in (*dict.fromkeys(each.case.kind for each in found), "all"):
        chosen = [each for each in found if kind in (each.case.kind, "all")]
        count = Counter(outcome for each in chosen for outcome in each.outcomes.values())
        total = max(1, count.total())
        bad = count["wrong"] + sum(bool(each.problem) for each in chosen)
        lines.append(
            f"| {kind.replace('_', ' ')} | {len(chosen)} | {count.total()} | {100 * count['right'] / total:.1f} % | "
            f"{100 * count['person'] / total:.1f} % | {count['lost']} | {bad} |"
        )
    return "\n".join(lines)


def summary(found: Sequence[Found]) -> str:
    """Say all of it in one sentence of Markdown."""
    count = Counter(outcome for each in found for outcome in each.outcomes.values())
    share = {name: f"{100 * count[name] / max(1, count.total()):.2f} %" for name in ("right", "person")}
    broken = sum(bool(each.problem) for each in found)
    return (
        f"**{len(found):,} notebooks with {count.total():,} answers: {share['right']} right, {share['person']} listed"
        f" for a person, {count['lost']} lost in silence, {count['wrong']} wrong; {broken} rebuilt notebooks that are"
        " not whole.**"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and what went wrong, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=18, help="notebooks for each kind alone (default %(default)s)")
    parser.add_argument("--together", type=int, default=400, help="notebooks with several (default %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other notebooks (default %(default)s)")
    parser.add_argument("--show", type=int, default=5, help="how many bad ones to show (default %(default)s)")
    parser.add_argument("--write", action="store_true", help="write docs/rescue.md")
    options = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", message="Cell is missing an id field")
    with tempfile.TemporaryDirectory() as folder:
        homeworks = load_homeworks(Path(folder))
    cases = make_cases(homeworks, each=options.each, together=options.together, seed=options.seed)
    found = [rescue(case) for case in cases]
    print(table(found))
    print(said := summary(found))
    if options.write:
        text = f"{said}\n\nSeed {options.seed}; another seed, other notebooks.\n\n{table(found)}\n"
        PAGE.write_text(MARK.sub(lambda m: f"{m[1]}{text}{m[2]}", PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    bad = [each for each in found if each.outcome in ("wrong", "lost")]
    for each in bad[: options.show]:
        print(f"\n{each.case.homework.name}, {each.case.kind}: {each.problem or dict(each.outcomes)}")
        print("\n".join(f"  {change.confidence:.2f} {change.kind}: {change.what}" for change in each.changes))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
