"""Whether a written answer of a lab is there: graded on completion, by counting the student's own words.

    why_incomplete("YOUR ANSWER HERE", released="YOUR ANSWER HERE", given="", least=15)   # a sentence
    why_incomplete("The loss rose, because …", …)                                        # "" : it is an answer

What does not count: the text as it was released, passages copied from the notebook's own text, the same word over and
over. Whether an answer is good, a person says: their mark stands in place of this one.
"""

from __future__ import annotations

import re
from collections import Counter

COPIED = 6
"""So many words in a row that stand in the notebook's text are copied; fewer may be its terms."""

REPEATS = 3
"""A word counts so many times at most: "the" may come back, "word word word …" does not get far."""

_NOT_READ = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>|https?://\S+|\]\([^)]*\)", re.DOTALL)
"""Comments, tags and addresses: no reader sees them."""

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"  # a sign of a script that has no spaces between words
    r"|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:['\u2019.-][^\W_]+)*"
)


def why_incomplete(answer: str, *, released: str, given: str, least: int) -> str:
    """Say why a written answer does not count as given; "" if it does.

    `released` is the text that stood in its cell, `given` the text of the notebook around it, `least` how many words of
    the student's own are asked for.
    """
    if answer.strip() == released.strip():
        return "The answer cell is as it was released."
    if not answer.strip():
        return "The answer cell is empty."
    own = own_words(answer, released, given)
    if own >= least:
        return ""
    said = f"{own} {'word' if own == 1 else 'words'}: at least {least} are asked for."
    if own < len(_words(answer)):
        said += " What stood in the cell, what is copied from the notebook and what is repeated does not count."
    return said


def own_words(answer: str, released: str = "", given: str = "") -> int:
    """Count the words of an answer that are the student's own."""
    for line in released.splitlines():
        if len(_words(line)) > 1:
            answer = answer.replace(line.strip(), "\n")
    words = _without_copies(_words(answer), _words(given))
    return sum(min(count, REPEATS) for count in Counter(words).values())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(_NOT_READ.sub(" ", text))]


def _without_copies(words: list[str], given: list[str]) -> list[str]:
    """Return the words that stand in no run of `COPIED` words of the given text."""
    runs = {tuple(given[start : start + COPIED]) for start in range(len(given) - COPIED + 1)}
    copied = {
        place
        for start in range(len(words) - COPIED + 1)
        if tuple(words[start : start + COPIED]) in runs
        for place in range(start, start + COPIED)
    }
    return [word for place, word in enumerate(words) if place not in copied]
