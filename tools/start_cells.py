"""Keep the start cell the same in every notebook: it finds the course's code, and on Colab it fetches it.

    python tools/start_cells.py check            exit 1 and name every notebook whose start cell differs
    python tools/start_cells.py write [part…]    write it into the text twins; then run `tools/pairs.py sync`

It is the first code cell, the same in lectures (which also have a size) and in graded work. There it stands before
the locked set-up cell and is no graded cell itself, so that a published notebook may carry its course's address.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SIZE = 'SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")  # "standard", or "tiny" for a quick run-through\n'
START = """\
# %%
# Run this cell first. It finds the course's own code; on Colab it fetches it, which takes about ten seconds.
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

{size}COURSE = ""  # where Colab gets the course from; `course publish` writes the address here

if find_spec("course_utils") is None:  # it was not installed: look in the folders above this notebook's
    above = [folder for folder in Path.cwd().resolve().parents if (folder / "course_utils").is_dir()]
    if above:
        sys.path.insert(0, str(above[0]))
    elif COURSE and "google.colab" in sys.modules:
        subprocess.run([sys.executable, "-m", "pip", "install", "-qq", COURSE])
if find_spec("course_utils") is None:
    raise SystemExit("The course's code is not here. Open this notebook inside the course's folder, then run it again.")

from course_utils.bootstrap import describe_start

print(describe_start({argument}))
"""
LECTURE_START = START.format(size=SIZE, argument="SIZE")
GRADED_START = START.format(size="", argument="").replace("import os\n", "")

# What earlier versions of the lectures had, line by line: their part of the first code cell and its last line.
_OLD_HEAD = re.compile(
    r"^import os\nimport sys\n(?P<more>(?:import \w+\n)*)from pathlib import Path\n\nSIZE = [^\n]*\n\n"
    r"try:\n    import course_utils\nexcept ModuleNotFoundError:.*?\n    import course_utils\n\n",
    re.M | re.S,
)
_OLD_LINE = re.compile(r'^print\(f"First Descent \{course_utils[^\n]*\n', re.M)
_TOUCHING = re.compile(r"^(import (?:copy|math|warnings|time|random)\n)(?=import (?:torch|numpy))", re.M)
_CELL = re.compile(r"^# %%.*?(?=^# %%|\Z)", re.M | re.S)


def wanted_start(path: Path) -> str:
    """Return the start cell that the twin at `path` should have."""
    return LECTURE_START if "lectures" in path.parts else GRADED_START


def is_started(text: str, path: Path) -> bool:
    """Say whether the first code cell of a twin is the start cell."""
    return first_code_cell(text).strip() == wanted_start(path).strip()


def first_code_cell(text: str) -> str:
    """Return the first code cell of a twin with its marker line; empty if it has none."""
    cells = (cell.group() for cell in _CELL.finditer(text))
    return next((cell for cell in cells if not cell.startswith("# %% [")), "")


def put_start(text: str, path: Path) -> str:
    """Return the twin's text with the start cell as its first code cell."""
    if is_started(text, path):
        return text
    first, start = first_code_cell(text), wanted_start(path)
    if not first:
        raise SystemExit(f"{path} has no code cell: write its first one, then run this again.")
    if "describe_start" in first:  # an older wording of the start cell
        return text.replace(first, start + "\n", 1)
    if "lectures" in path.parts:
        rest, changed = _OLD_HEAD.subn(lambda found: found["more"] and found["more"] + "\n", first)
        if not changed and "course_utils" in first.split("from course_utils")[0]:
            raise SystemExit(f"{path} begins in a way this tool does not know: begin it as another lecture does.")
        rest = _TOUCHING.sub(r"\1\n", _OLD_LINE.sub("", rest)).rstrip() + "\n\n"
        return text.replace(first, start + "\n" + rest, 1)
    return text.replace(first, start + "\n" + first, 1)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verb", choices=("check", "write"))
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("only", nargs="*", help="parts of names: only the twins that contain one of them")
    options = parser.parse_args(arguments)
    texts = sorted((options.root / "notebooks" / "text").rglob("*.py"))
    texts = [path for path in texts if not options.only or any(part in str(path) for part in options.only)]
    wrong = [path for path in texts if not is_started(path.read_text(encoding="utf-8"), path)]
    for path in wrong:
        if options.verb == "write":
            path.write_text(put_start(path.read_text(encoding="utf-8"), path), encoding="utf-8")
            print(f"wrote the start cell of {path.relative_to(options.root)}")
        else:
            print(f"{path.relative_to(options.root)} has another start cell: `python tools/start_cells.py write`")
    return 1 if wrong and options.verb == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
