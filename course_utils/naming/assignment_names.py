"""Which assignment does a text name? `hw1`, `HW_01`, `Homework 1`, or its title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from course_utils.naming.letters import joined, split_camel_case

# How students write the kinds of work; a number follows.
_WORDS = {
    "homework": ("hw", "homework", "home work", "hwk", "assignment", "assign", "asgn"),
    "lab": ("lab", "laboratory"),
    "quiz": ("quiz",),
    "project": ("project", "final project"),
}
_SHORTEST_TITLE = 8  # letters; a shorter title could be anybody's word


class GradedWork(Protocol):
    """What has to be known of an assignment to find it in a text."""

    @property
    def name(self) -> str:
        """Its short name, such as hw1."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def kind(self) -> str:
        """homework, lab, quiz or project."""


@dataclass(frozen=True)
class Mentions:
    """The assignments a text names, `known` in the course or not (hw9), and the text without them."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    rest: str

    @property
    def is_clear(self) -> bool:
        """Whether the text names exactly one assignment and the course has it."""
        return len(self.known) == 1 and not self.unknown

    def denies(self, assignment: str) -> bool:
        """Say whether the text names other assignments and not this one."""
        return assignment not in self.known and bool(self.known or self.unknown)


@dataclass(frozen=True)
class AssignmentNames:
    """The course's assignments, ready to be found in texts; build it with `index_assignments`."""

    _patterns: tuple[tuple[str, re.Pattern[str]], ...]
    _titles: tuple[tuple[str, re.Pattern[str]], ...]
    _numbered: re.Pattern[str]

    def find(self, text: str) -> Mentions:
        """Find every assignment the text names."""
        for variant in (text, split_camel_case(text)):
            mentions = self._find(variant)
            if mentions.known or mentions.unknown:
                return mentions
        return Mentions((), (), text)

    def _find(self, text: str) -> Mentions:
        known: dict[str, None] = {}
        rest = text
        for name, pattern in self._patterns:
            if pattern.search(rest):
                known[name] = None
                rest = pattern.sub(" ", rest)
        # `final project, hw9`: what has a kind's word and a number but is not in the course
        unknown = tuple(dict.fromkeys(joined(found[0]) for found in self._numbered.finditer(rest)))
        if unknown:
            rest = self._numbered.sub(" ", rest)
        if not known and not unknown:
            titled = [(name, title) for name, title in self._titles if title.search(text)]
            if len(titled) == 1:
                return Mentions((titled[0][0],), (), titled[0][1].sub(" ", text))
        return Mentions(tuple(known), unknown, rest)


def index_assignments(assignments: Iterable[GradedWork]) -> AssignmentNames:
    """Prepare to find the course's assignments in texts."""
    listed = sorted(assignments, key=lambda each: -len(each.name))  # hw10 before hw1, hw1_extra before hw1
    words = sorted({word for kind in _WORDS.values() for word in kind}, key=len, reverse=True)
    return AssignmentNames(
        _patterns=tuple((each.name, _pattern(each)) for each in listed),
        _titles=tuple((each.name, _title(each.title)) for each in listed if len(joined(each.title)) >= _SHORTEST_TITLE),
        _numbered=re.compile(rf"(?<![^\W\d_])(?:{_any_of(words)})[\s_.#-]*\d{{1,2}}(?!\d)", re.IGNORECASE),
    )


def _pattern(assignment: GradedWork) -> re.Pattern[str]:
    """Build the pattern of a name; `hw1` also reads `HW-01`, `homework 1`, never `hw12`."""
    found = re.fullmatch(r"([^\W\d_]+)[_-]?0*(\d+)", assignment.name)
    if found is None:
        pieces = re.split(r"[_-]", assignment.name)
        body = r"[\s_-]*".join(re.escape(piece) for piece in pieces)
        return re.compile(rf"(?<![^\W_]){body}(?![^\W_])", re.IGNORECASE)
    stem, number = found[1].casefold(), found[2]
    kind_words = _WORDS[assignment.kind]
    stems = {stem, *kind_words} if stem in kind_words else {stem}
    return re.compile(rf"(?<![^\W\d_])(?:{_any_of(stems)})[\s_.#-]*0*{number}(?!\d)", re.IGNORECASE)


def _title(title: str) -> re.Pattern[str]:
    pieces = re.findall(r"\w+", title)
    return re.compile(r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, pieces)) + r"(?![^\W_])", re.IGNORECASE)


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"[\s_-]*") for word in longest_first)
