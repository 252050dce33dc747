"""Keep the end of every graded notebook the same: a word before handing in, then `submit()`.

    python tools/last_cells.py check            exit 1 and name every notebook that ends otherwise
    python tools/last_cells.py write [part…]    write it into the text twins; then run `tools/pairs.py sync`

What stood under the heading "Hand in" is kept where it says more than this: only the lines about running, saving and
naming go. The last cell is no graded cell, so that a student may write `submit(file="…")` there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

WORDS = """\
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
"""
_LOCKED = {"grade": False, "grade_id": "hand-in-text", "locked": True}
MARKER = f"# %% [markdown] nbgrader={json.dumps({**_LOCKED, 'schema_version': 3, 'solution': False, 'task': False})}\n"
LAST = """\
# %%
from course_utils.handing_in import submit

submit()
"""
# What earlier versions said in their own words, now said above.
_OLD = re.compile(
    r"^# ## Hand in\n#\n(?:# 1\. \*Kernel[^\n]*\n(?P<look># 2\. [^\n]*\n)# 3\. Save, and name your file [^\n]*\n)?",
    re.M,
)
_EACH_TIME = re.compile(r"^# Each time: [^\n]*\n#\n", re.M)
_CELL = re.compile(r"^# %%.*?(?=^# %%|\Z)", re.M | re.S)


def is_ended(text: str) -> bool:
    """Say whether a twin ends with the words and the last cell."""
    cells = [cell.group().strip() for cell in _CELL.finditer(text)]
    return len(cells) > 1 and cells[-1] == LAST.strip() and cells[-2].startswith((MARKER + WORDS).strip())


def put_end(text: str) -> str:
    """Return the twin's text with its end as it should be."""
    if is_ended(text):
        return text
    cells = [cell.group() for cell in _CELL.finditer(text)]
    head = text[: text.index(cells[0])]
    if cells[-1].strip() == LAST.strip():
        cells.pop()
    more = ""
    if '"grade_id": "hand-in-text"' in cells[-1].partition("\n")[0]:
        more = _more(cells.pop().partition("\n")[2])
    body = "".join(cells).rstrip("\n")
    return f"{head}{body}\n\n{MARKER}{WORDS}{more}\n{LAST}"


def _more(said: str) -> str:
    """Return what the old cell said beyond running, saving and naming."""
    if "## Before you hand in" in said:  # an older wording of the words
        rest = said.partition("as often as you like.\n")[2].strip("\n")
    else:
        found = _OLD.search(said)
        look = (found["look"] or "") if found else ""
        rest = look.replace("# 2. ", "# ") + _EACH_TIME.sub("", _OLD.sub("", said)).strip("\n")
    rest = re.sub(r"^(?:#[ ]*\n)+", "", rest.strip("\n") + "\n") if rest.strip("#\n ") else ""
    return f"#\n{rest}" if rest else ""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("check", "write"))
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("only", nargs="*", help="parts of names: only the twins that contain one of them")
    options = parser.parse_args(arguments)
    texts = sorted((options.root / "notebooks" / "text" / "assignments").rglob("*.py"))
    texts = [path for path in texts if not options.only or any(part in str(path) for part in options.only)]
    wrong = [path for path in texts if not is_ended(path.read_text(encoding="utf-8"))]
    for path in wrong:
        if options.verb == "write":
            path.write_text(put_end(path.read_text(encoding="utf-8")), encoding="utf-8")
            print(f"wrote the end of {path.relative_to(options.root)}")
        else:
            print(f"{path.relative_to(options.root)} ends otherwise: `python tools/last_cells.py write`")
    return 1 if wrong and options.verb == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
