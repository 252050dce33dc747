"""Write the quizzes' notebooks from their declarations, so that a question stands in one place only.

    python tools/quizzes.py write    write notebooks/assignments/quizN and their text twins
    python tools/quizzes.py check    exit 1 and name every quiz whose notebook says something else

A question's text, its options and its solution come from `autograder/exercises/quizN.py`: change them there.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).resolve().parent))

from last_cells import LAST, WORDS  # noqa: E402
from pairs import Pair, merge_text, read_notebook, write_text  # noqa: E402
from start_cells import GRADED_START  # noqa: E402

from autograder.exercises import assignments  # noqa: E402
from autograder.questions import POINTS, TOLERANCE, Question, Quiz  # noqa: E402

HEAD = """\
# {heading}: {title}

**Name:**

**Assignment:** {name}"""

START = """\
Write your first and last name behind **Name** in the cell above (double-click it).

This quiz is about {about}. It has {count} questions of {points:g} points each and takes 15 to 20 minutes.

**How it works**

- Each question has three cells: what is asked, your answer, and a check. Put your answer in place of the three dots,
  run the cell, then run the check below it.
- A **choice** is answered by one letter in quotes: `"b"`. Exactly one option is right.
- A **number** is written as it is: `0.25` or `-3`. Keep at least three digits; up to {tolerance:.0%} off is still
  right. Where a *whole* number is asked for, it has to be exact.
- The check only says that your answer is **recorded**, and how to mend one that cannot be read. Whether it is right you
  learn after the quiz has been graded, together with the idea behind a wrong answer.
- Until you hand in you may change every answer. A question that you leave alone costs only its own points.
- Paper, a calculator and the scratch cell below are welcome."""

SETUP = """\
# Run this cell, too: both again each time you restart the kernel.
import torch

from course_utils import check"""

SCRATCH = "# A place to calculate. Nothing in this cell is graded."

END = """\
{words}

Look through the {count} checks: does each say *recorded*?"""


def quizzes() -> list[Quiz]:
    """Return the declared quizzes in order."""
    names = [name for name in assignments() if name.startswith("quiz")]
    return [importlib.import_module(f"autograder.exercises.{name}").QUIZ for name in names]


def make_notebook(quiz: Quiz) -> Any:
    """Return the quiz as a source notebook, solutions included."""
    facts = {
        "name": quiz.name,
        "heading": quiz.name.replace("quiz", "Quiz "),
        "title": quiz.title,
        "about": quiz.about,
        "count": len(quiz.questions),
        "points": POINTS,
        "tolerance": TOLERANCE,
        "words": "\n".join(line.removeprefix("#").removeprefix(" ") for line in WORDS.splitlines()),
    }
    cells = [
        new_markdown_cell(HEAD.format(**facts)),
        _graded(new_markdown_cell(START.format(**facts)), "start-text"),
        new_code_cell(GRADED_START.removeprefix("# %%\n").strip()),
        _graded(new_code_cell(SETUP), "setup"),
        new_code_cell(SCRATCH),
    ]
    for place, question in enumerate(quiz.questions, start=1):
        cells += [
            _graded(new_markdown_cell(say_question(place, question)), f"{question.name}-text"),
            _graded(new_code_cell(say_answer(question)), f"{question.name}-answer", locked=False, solution=True),
            _graded(new_code_cell(f"check({question.name})"), question.name, grade=True, points=int(POINTS)),
        ]
    cells.append(_graded(new_markdown_cell(END.format(**facts)), "hand-in-text"))
    cells.append(new_code_cell(LAST.removeprefix("# %%\n").strip()))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def say_question(place: int, question: Question) -> str:
    """Return the text cell of a question."""
    rows = [f"## {place} · {question.title} ({POINTS:g} points)", "", question.text.strip()]
    if question.options:
        rows += ["", *(f"- **{letter}** · {text}" for letter, text in question.options.items())]
    return "\n".join(rows)


def say_answer(question: Question) -> str:
    """Return the answer cell of a question: the open answer, then the solution that a release leaves out."""
    if question.options:
        *first, last = (f'"{letter}"' for letter in question.options)
        form, solution = f"one letter in quotes: {', '.join(first)} or {last}", f'"{question.reference}"'
    else:
        form = f"a {'whole ' if question.is_whole else ''}number{f', in {question.unit}' if question.unit else ''}"
        solution = f"{question.reference:.7g}"
    return (
        f"{question.name} = ...  # {form}\n"
        "### BEGIN SOLUTION\n"
        f"{question.name} = {solution}  # {question.why}\n"
        "### END SOLUTION"
    )


def _graded(
    cell: Any, name: str, *, locked: bool = True, solution: bool = False, grade: bool = False, points: int | None = None
) -> Any:
    marks: dict[str, Any] = {"grade": grade, "grade_id": name, "locked": locked, "solution": solution, "task": False}
    marks |= {"schema_version": 3} | ({} if points is None else {"points": points})
    cell.metadata["nbgrader"] = dict(sorted(marks.items()))
    return cell


def pair_of(quiz: Quiz, root: Path) -> Pair:
    """Return where the quiz's notebook and its text twin stand."""
    folder = root / "notebooks"
    return Pair(
        folder / "assignments" / quiz.name / f"{quiz.name}.ipynb",
        folder / "text" / "assignments" / quiz.name / f"{quiz.name}.py",
    )


def bring_up_to_date(quiz: Quiz, root: Path, *, writes: bool) -> bool:
    """Say whether the quiz's notebook differs from its declaration; write it if `writes`."""
    pair = pair_of(quiz, root)
    old = read_notebook(pair.notebook) if pair.notebook.exists() else None
    merged = merge_text(make_notebook(quiz), old, quiz.name)
    text = write_text(merged, pair.text)
    before = write_text(old, pair.text) if old is not None else ""
    is_same = text == before and pair.text.exists() and pair.text.read_text(encoding="utf-8") == text
    if writes and not is_same:
        pair.notebook.parent.mkdir(parents=True, exist_ok=True)
        pair.text.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(merged, pair.notebook)
        pair.text.write_text(text, encoding="utf-8")
    return not is_same


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("write", "check"))
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    writes = options.verb == "write"
    changed = [quiz.name for quiz in quizzes() if bring_up_to_date(quiz, options.root, writes=writes)]
    for name in changed:
        print(f"wrote {name}" if writes else f"{name} is not as declared: run `python tools/quizzes.py write`.")
    return 1 if changed and not writes else 0


if __name__ == "__main__":
    sys.exit(main())
