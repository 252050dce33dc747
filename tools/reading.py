"""Check how the lectures read: reading level, length and spelling.

    python tools/reading.py              a table; exit 1 if a lecture misses a bound
    python tools/reading.py 03 07        these lectures only
    python tools/reading.py --words      list the words that no list knows, to be mended or added to tools/words.txt

Level: the grade of Flesch and Kincaid over the prose (Kincaid and others 1975), without code, formulas and tables.
Length: minutes to read the prose at 200 words a minute and the code line by line, to guess, to play and to answer.
What stands under a heading `## Extra: …` at a lecture's end is optional: its minutes are counted apart.
Spelling: the prose, and what the code prints and comments, in British English.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table
from spellchecker import SpellChecker

ROOT = Path(__file__).resolve().parent.parent
LECTURES = ROOT / "notebooks" / "lectures"
WORDS = Path(__file__).with_name("words.txt")

HIGHEST_GRADE = 9.0
SHORTEST_MINUTES, LONGEST_MINUTES = 25, 45
WORDS_A_MINUTE = 200
MINUTES_A_CODE_LINE = 4 / 60
MINUTES_A_GUESS, MINUTES_A_LIVE_FIGURE, MINUTES_A_PICTURE, MINUTES_A_QUESTION = 1.0, 2.5, 0.5, 0.5
MINUTES_A_LISTING = 1.0  # about fifteen lines of the course's own code, printed to be read
EXTRA = "## Extra: "
FURTHEST_OFF = 0.25  # what a lecture says that an extra takes may be off by so much

# American spellings that dictionaries know, where this course has the British one. Names in code are not looked at.
_AMERICAN = re.compile(
    r"(?:col|behavi|neighb|fav|hon|lab|vap|rum|flav|hum)or(?:s|ed|ing|ful|less|able|hood|ite|ites)?"
    r"|(?:cent|fib|theat)er(?:s|ed)?|gray(?:er|s)?|catalog|analog|dialog"
    r"|(?:optim|normal|standard|general|initial|minim|maxim|real|recogn|organ|summar|visual|regular|memor|random|penal"
    r"|emphas|final|special|local|equal|token|vector|discret|factor|central|character)iz(?:e|es|ed|er|ers|ing|ation|ations)"
    r"|(?:label|travel|cancel|model|level|total|signal|channel)(?:ed|ing)|defense|offense|license[ds]|practiced|practicing"
)
# Two vowels that are two syllables: sci-ence, cre-ate, be-ing, line-ar.
_TWO_HEARD = r"ia|io(?!n|us)|iu|[dl]ie[nt]|cie|eo(?!u)|uie|dea|area|creat|inear|eing|[^gq]ua[lt]|reu|oef"
_MATPLOTLIBS = ("ha", "va", "loc", "cmap", "anchor", "interpolation", "rotation_mode")  # their values are not ours
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# Lines of code that nobody stops at: imports, comments, drawing, lone strings and brackets.
_PASSED_OVER = re.compile(r'\s*(?:#|import |from |"""|[)\]}]+,?$|axes|figure|plots\.|f?"[^"]*",?$)|.*\baxes\.')
_LISTING = re.compile(r"^(?:listing|print\(read_code)\(", re.M)
_SENTENCE_END = re.compile(r"[.!?](?=[\s)\"*]|$)|\n\s*\n")


@dataclass(frozen=True)
class Reading:
    """What was found in one lecture."""

    stem: str
    words: int
    grade: float
    minutes: float
    said_minutes: int
    misspelt: tuple[str, ...]
    extra_minutes: float = 0.0
    said_extra_minutes: int = 0
    live_figures: int = 0

    @property
    def misses(self) -> tuple[str, ...]:
        """Say in words which bounds are missed."""
        found = []
        if self.grade > HIGHEST_GRADE:
            found.append(f"its grade is {self.grade:.1f}, above {HIGHEST_GRADE:g}: shorter sentences, plainer words")
        if not SHORTEST_MINUTES <= self.minutes <= LONGEST_MINUTES:
            found.append(f"it takes {self.minutes:.0f} minutes, not {SHORTEST_MINUTES} to {LONGEST_MINUTES}")
        if not SHORTEST_MINUTES <= self.said_minutes <= LONGEST_MINUTES:
            found.append(f"it says that it takes {self.said_minutes} minutes")
        if abs(self.said_extra_minutes - self.extra_minutes) > FURTHEST_OFF * self.extra_minutes:
            found.append(f"its extra takes {self.extra_minutes:.0f} minutes and says {self.said_extra_minutes}")
        if self.misspelt:
            found.append("unknown words: " + ", ".join(self.misspelt))
        return tuple(found)


def read(path: Path) -> Reading:
    """Measure one lecture notebook."""
    cells = nbformat.read(path, as_version=4).cells
    begins = next((i for i, cell in enumerate(cells) if cell.source.startswith(EXTRA)), len(cells))
    text, code = _text_and_code(cells[:begins])
    extra_text, extra_code = _text_and_code(cells[begins:])
    prose, extra_prose = prose_of(text), prose_of(extra_text)
    names = {name for source in code + extra_code for name in _names(source)}
    printed = "\n".join(said for source in code + extra_code for said in _said(source))
    said = re.search(r"\*About (\d+) minutes", text)
    said_extra = re.search(r"\*Optional, about (\d+) minutes", extra_text)
    return Reading(
        path.stem,
        len(_WORD.findall(prose)),
        grade(f"{prose}\n\n{extra_prose}"),
        minutes(prose, code),
        int(said[1]) if said else 0,
        tuple(misspelt(f"{bare(text)}\n{bare(extra_text)}\n{printed}", names)),
        minutes(extra_prose, extra_code),
        int(said_extra[1]) if said_extra else 0,
        count_live_figures(code + extra_code),
    )


def _text_and_code(cells: Iterable[nbformat.NotebookNode]) -> tuple[str, list[str]]:
    """Return the markdown of some cells as one text, and the sources of their code without the start cell."""
    cells = list(cells)
    text = "\n\n".join(str(cell.source) for cell in cells if cell.cell_type == "markdown")
    code = [str(cell.source) for cell in cells if cell.cell_type == "code" and "describe_start(" not in cell.source]
    return text, code


def bare(text: str) -> str:
    """Return markdown without code, formulas, addresses and HTML; tables and headings stay."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$", " ", text, flags=re.S)
    text = re.sub(r"(`+).+?\1|\$[^$\n]+?\$", " x ", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"<[^>\n]+>|https?://\S+", " ", text)


def prose_of(text: str) -> str:
    """Return what is read as sentences: paragraphs and lists, without headings, tables and the map of the course."""
    kept = []
    for line in bare(re.sub(r"^1 What learns\?.*?(?=\n\n|\Z)", "", text, flags=re.M | re.S)).splitlines():
        if line.lstrip().startswith(("#", "|")):
            kept.append("")
        elif re.match(r"\s*(?:[-*]|\d+\.)\s", line):  # each item is a sentence, whether it ends with a full stop or not
            kept += ["", re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", line)]
        else:
            kept.append(line.replace(">", " ", 1) if line.startswith(">") else line)
    return re.sub(r"[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}", "", "\n".join(kept))


def grade(prose: str) -> float:
    """Return the Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    words = _WORD.findall(prose)
    sentences = sum(bool(_WORD.search(piece)) for piece in _SENTENCE_END.split(prose))
    if not words:
        return 0.0
    return 0.39 * len(words) / max(1, sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """Count the syllables of an English word: its groups of vowels, without an e that is not heard."""
    letters = word.lower().replace("'", "").replace("\u2019", "")
    count = len(re.findall(r"[aeiouyáéèêëïöü]+", letters))
    count += len(re.findall(_TWO_HEARD, letters))
    if re.search(
        r"[^aeiouyl]e$|[aeiou]le$|[^aeiouydt]ed$|[^aeiouysxzcgh]es$|[^aeiouylsxzcgh]e(?:line|ment|ly|ful|less)$",
        letters,
    ):
        count -= 1
    return max(1, count)


def minutes(prose: str, code: Iterable[str]) -> float:
    """Estimate how long a learner takes: reading, code, guesses, live figures, the self-check."""
    code = list(code)
    whole = "\n".join(code)
    lines = [line for source in code if "self_check(" not in source for line in source.splitlines() if line.strip()]
    asked = whole.partition("self_check(")[2]
    return (
        (len(_WORD.findall(prose)) + len(_WORD.findall(asked))) / WORDS_A_MINUTE
        + sum(not _PASSED_OVER.match(line) for line in lines) * MINUTES_A_CODE_LINE
        + whole.count(" = predict(") * MINUTES_A_GUESS
        + count_live_figures(code) * MINUTES_A_LIVE_FIGURE
        + whole.count("plots.show(") * MINUTES_A_PICTURE
        + whole.count("    Question(") * MINUTES_A_QUESTION
        + len(_LISTING.findall(whole)) * MINUTES_A_LISTING
    )


def count_live_figures(code: Iterable[str]) -> int:
    """Count the live figures that cells show."""
    calls = re.compile(rf"^(?:{'|'.join(_figures())})\(", re.M)
    return sum(len(calls.findall(source)) for source in code)


@cache
def _figures() -> tuple[str, ...]:
    from course_utils import widgets

    return tuple(name for name in widgets.__all__ if name.islower() and name not in ("predict", "self_check"))


def misspelt(text: str, names: Iterable[str] = ()) -> list[str]:
    """List the words that no list knows, and American spellings, in the order of the alphabet."""
    known, names = _known(), {name.lower() for name in names}
    found = set()
    for word in _WORD.findall(text):
        small = word.lower().replace("\u2019", "'").removesuffix("'s").removesuffix("s'")
        if len(small) < 3 or not small.isascii() or word.isupper() or re.search(r"[a-z][A-Z]", word) or small in names:
            continue
        if small in known:
            continue
        if _AMERICAN.fullmatch(small) or not _checker().known([small]):
            found.add(word)
    return sorted(found, key=str.lower)


@cache
def _checker() -> SpellChecker:
    return SpellChecker(language="en")


@cache
def _known() -> frozenset[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.split("#")[0].strip().lower() for line in lines)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a cell; a magic or half a line ends it, which is what a spelling checker needs to know."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _names(source: str) -> Iterator[str]:
    for token in _tokens(source):
        if token.type == tokenize.NAME:
            yield token.string
            yield from token.string.split("_")


def _said(source: str) -> Iterator[str]:
    """Yield what code says in words: comments and strings, without what is put in and matplotlib's own words."""
    before = ("", "")
    for token in _tokens(source):
        if token.type == tokenize.COMMENT:
            yield bare(token.string)
        is_text = token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE"
        if is_text and (before[1] != "=" or before[0] not in _MATPLOTLIBS):
            text = re.sub(r"\bf(?=['\"])", " ", re.sub(r"\{[^{}]*\}|\\[a-z]", " ", token.string))
            yield bare(text)
        before = (before[1], token.string)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=LECTURES, help=argparse.SUPPRESS)
    parser.add_argument("--words", action="store_true", help="list the unknown words alone, one a line")
    parser.add_argument("only", nargs="*", help="beginnings of names: only these lectures")
    options = parser.parse_args(arguments)
    paths = [
        p for p in sorted(options.folder.glob("*.ipynb")) if not options.only or p.stem.startswith(tuple(options.only))
    ]
    if not paths:
        print(f"No such lecture in {options.folder}.", file=sys.stderr)
        return 2
    found = [read(path) for path in paths]
    if options.words:
        print("\n".join(sorted({word.lower() for each in found for word in each.misspelt})))
        return 1 if any(each.misspelt for each in found) else 0
    table = Table(header_style="bold")
    for column in ("lecture", "words", "grade", "minutes", "says", "extra", "unknown words"):
        table.add_column(column, justify="left" if column in ("lecture", "unknown words") else "right")
    for each in found:
        numbers = (str(each.words), f"{each.grade:.1f}", f"{each.minutes:.0f}", str(each.said_minutes))
        numbers += (f"+{each.extra_minutes:.0f}" if each.extra_minutes else "–",)
        table.add_row(each.stem, *numbers, ", ".join(each.misspelt) or "–")
    Console(width=None if sys.stdout.isatty() else 150, highlight=False).print(table)
    for each in found:
        for miss in each.misses:
            print(f"{each.stem}: {miss}", file=sys.stderr)
    return 1 if any(each.misses for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
