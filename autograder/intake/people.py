"""Who of the roster does a text name? Candidates with a stated confidence; nothing is decided here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from autograder.rules.roster import Student
from course_utils.naming.letters import (
    caseless,
    joined,
    joined_with_accents,
    plain,
    split_camel_case,
    transliterated,
    words,
)
from course_utils.naming.namewords import FILLERS, PARTICLES, runs

# Confidence that a text names a student. From SURE on it may decide alone, below it needs a second witness.
IDENTIFIED = 1.0  # the student's id or e-mail address
EXACT = 1.0  # the full name as in the roster, accents and order too
UNACCENTED = 0.99  # the full name, accents left out or put in
REORDERED = 0.97  # the full name, last name first
PARTIAL = 0.93  # a given name and a surname, of several
SURE = 0.93
LONGER = 0.90  # the full name and further names the roster does not know
FUZZY = 0.90  # times the likeness of the letters
LOOSE = 0.60  # a given name or a surname alone
_CUTOFF = 80.0  # rapidfuzz ratio, percent


@dataclass(frozen=True)
class Candidate:
    """A student a text may name: `confidence` from 0 to 1, and what it rests on."""

    student_id: str
    confidence: float
    evidence: str


@dataclass(frozen=True)
class People:
    """The roster, indexed for look-ups by name; build it with `index_people`."""

    students: tuple[Student, ...]
    by_id: dict[str, Student] = field(repr=False)
    _tokens: dict[str, tuple[int, ...]] = field(repr=False)
    _forward: dict[str, tuple[int, ...]] = field(repr=False)
    _backward: dict[str, tuple[int, ...]] = field(repr=False)
    _by_word: dict[str, tuple[int, ...]] = field(repr=False)
    _short_backward: dict[str, tuple[int, ...]] = field(repr=False)  # some surnames, then some given names
    _by_family: dict[str, tuple[int, ...]] = field(repr=False)
    _letters: tuple[str, ...] = field(repr=False)  # every spelling of every full name, for likeness
    _owners: tuple[int, ...] = field(repr=False)  # whose spelling it is
    _fillers: frozenset[str] = field(repr=False)

    def find(self, text: str) -> tuple[Candidate, ...]:
        """List the students `text` may name, best first, at most eight of them."""
        if not text.strip():
            return ()
        identified, rest = self._identified(text)
        name = self.without_fillers(rest)
        found: dict[int, Candidate] = {}
        for variant in dict.fromkeys((name, split_camel_case(name))):
            for place, candidate in self._named(variant):
                if place not in found or found[place].confidence < candidate.confidence:
                    found[place] = candidate
        if len(identified) == 1 and (not name or identified.keys() & found.keys()):
            return _ranked(identified)  # the id also tells namesakes apart
        names_another = any(candidate.confidence >= SURE for candidate in found.values())
        for place, candidate in identified.items():
            # beside a name that is nobody's an id does not decide alone; beside another's it is a rival
            is_proof = names_another or not name
            found[place] = candidate if is_proof else replace(candidate, confidence=LONGER)
        return _ranked(found)

    def find_last_first(self, text: str) -> tuple[Candidate, ...]:
        """List the students a platform means by `lovelaceada`: last name and first name run together."""
        key = joined(text)
        single = [place for place in self._forward.get(key, ()) if not self._has_two_names(place)]
        for places, confidence, evidence in (
            ((*self._backward.get(key, ()), *single), UNACCENTED, "the platform's name of the account"),
            (self._short_backward.get(key, ()), PARTIAL, "the account has one of the given names and surnames"),
            (self._begun_by(key), LONGER, "the account's name goes on after the student's"),
        ):
            if places:
                return _ranked(dict(self._candidate(place, confidence, evidence) for place in places))
        return _ranked(dict(self._alike(key))) if key else ()

    def _has_two_names(self, place: int) -> bool:
        return bool(self.students[place].first_name and self.students[place].last_name)

    def _begun_by(self, key: str) -> tuple[int, ...]:
        """Find students with this beginning: `lovelaceadaaugusta`, where the roster has no second name."""
        found = []
        for end in range(2, len(key)):
            for place in self._by_family.get(key[:end], ()):
                given = words(self.students[place].first_name)
                if given and key[end:].startswith(given[0]):
                    found.append(place)
        return tuple(sorted(set(found)))

    def has_namesake(self, student: Student) -> bool:
        """Say whether another student has the same full name, accents and case apart."""
        return len(self._forward[joined(student.first_name) + joined(student.last_name)]) > 1

    def find_id(self, text: str) -> tuple[Candidate, ...]:
        """List the one student whose id is `text`, or nobody."""
        student = self.by_id.get(text)
        return (Candidate(student.id, IDENTIFIED, "id"),) if student else ()

    def without_fillers(self, text: str) -> str:
        """Leave out the words that name nobody, and numbers."""
        kept = []
        for piece in re.split(r"[\s_,;.+~()\[\]{}!&]+", text):
            inside = words(piece)
            if inside and not all(self._is_filler(word) for word in inside):
                kept.append(piece)
        return " ".join(kept)

    def _is_filler(self, word: str) -> bool:
        if word in self._by_word:
            return False
        return word.rstrip("0123456789") in self._fillers or word.isdigit()  # `v2`, `draft3`, `2027`

    def _candidate(self, place: int, confidence: float, evidence: str) -> tuple[int, Candidate]:
        return place, Candidate(self.students[place].id, round(confidence, 3), evidence)

    def _identified(self, text: str) -> tuple[dict[int, Candidate], str]:
        """Find ids and addresses as whole words; give also the text without them."""
        found: dict[int, Candidate] = {}
        rest = []
        for chunk in re.split(r"[\s,;:()\[\]<>]+", text):
            pieces = chunk.split("_")
            while pieces:  # an id may hold underscores itself: the longest run that is one counts
                for size in range(min(4, len(pieces)), 0, -1):
                    token = caseless("_".join(pieces[:size])).strip(".")
                    if token in self._tokens:
                        for place in self._tokens[token]:
                            found.update([self._candidate(place, IDENTIFIED, f"id or address {token}")])
                        break
                else:
                    size = 1
                    rest.append(pieces[0])
                pieces = pieces[size:]
        return found, " ".join(rest)

    def _named(self, name: str) -> Iterable[tuple[int, Candidate]]:
        key, accented = joined(name), joined_with_accents(name)
        if not key:
            return
        whole = [
            *((place, True) for place in self._forward.get(key, ())),
            *((place, False) for place in self._backward.get(key, ())),
        ]
        # A text with accents that fit one student exactly is not the other student who has none.
        if accented != key:
            exact = [(place, way) for place, way in whole if accented == self._accented(place, way)]
            whole = exact or whole
        for place, is_forward in whole:
            if not is_forward:
                yield self._candidate(place, REORDERED, "full name, last name first")
            elif accented == self._accented(place, True):
                yield self._candidate(place, EXACT, "full name")
            else:
                yield self._candidate(place, UNACCENTED, "full name but for accents")
        if accented == key or not whole:
            yield from self._by_pieces(frozenset(words(name)))
        if not whole:
            yield from self._alike(key)

    def _accented(self, place: int, is_forward: bool) -> str:
        student = self.students[place]
        pieces = (student.first_name, student.last_name)
        return "".join(joined_with_accents(each) for each in (pieces if is_forward else pieces[::-1]))

    def _by_pieces(self, said: frozenset[str]) -> Iterable[tuple[int, Candidate]]:
        for place in {place for word in said for place in self._by_word.get(word, ())}:
            student = self.students[place]
            given = frozenset(words(student.first_name)) & said
            family = (frozenset(words(student.last_name)) & said) - PARTICLES
            everything = frozenset(words(student.full_name))
            if given and family:
                if said <= everything:
                    yield self._candidate(place, PARTIAL, "one of the given names and one of the surnames")
                else:
                    unknown = " ".join(sorted(said - everything))
                    yield self._candidate(place, LONGER, f"given name and surname, and also {unknown}")
            elif given or family:
                yield self._candidate(place, LOOSE, "only " + " ".join(sorted(given or family)))

    def _alike(self, key: str) -> Iterable[tuple[int, Candidate]]:
        alike = process.extract(key, self._letters, scorer=fuzz.ratio, score_cutoff=_CUTOFF, limit=8)
        for text, score, at in reversed(alike):  # a dict made of this keeps the best of two spellings
            yield self._candidate(self._owners[at], FUZZY * score / 100, f"{score:.0f} % like {text}")


def _ranked(found: dict[int, Candidate]) -> tuple[Candidate, ...]:
    order = sorted(found.items(), key=lambda item: (-item[1].confidence, item[0]))
    return tuple(candidate for _, candidate in order[:8])


def index_people(students: Iterable[Student], course_words: Iterable[str] = ()) -> People:
    """Index a roster for look-ups by name; `course_words` (titles and the like) name nobody."""
    listed = tuple(students)
    tokens, forward, backward, by_word, short, family = (defaultdict(set) for _ in range(6))
    fuzzy: dict[tuple[str, int], None] = {}
    for place, student in enumerate(listed):
        for spell in (plain, transliterated):
            first, last = joined(spell(student.first_name)), joined(spell(student.last_name))
            forward[first + last].add(place)
            fuzzy[first + last, place] = None
            if first and last:
                backward[last + first].add(place)
                family[last].add(place)
                for surname in runs(words(spell(student.last_name))):
                    for given in runs(words(spell(student.first_name))):
                        short[surname + given].add(place)
                fuzzy[last + first, place] = None
            for word in words(spell(student.full_name)):
                if word not in PARTICLES:
                    by_word[word].add(place)
    for place, student in enumerate(listed):
        for token in _identifiers(student):
            # grace@… is Grace's address, but "Grace" in a text is a name that others may have too
            if plain(token) not in by_word:
                tokens[token].add(place)
    return People(
        students=listed,
        by_id={student.id: student for student in listed},
        _tokens=_frozen(tokens),
        _forward=_frozen(forward),
        _backward=_frozen(backward),
        _by_word=_frozen(by_word),
        _short_backward=_frozen(short),
        _by_family=_frozen(family),
        _letters=tuple(text for text, _ in fuzzy),
        _owners=tuple(place for _, place in fuzzy),
        _fillers=(FILLERS | {word for text in course_words for word in words(text) if len(word) > 2}) - set(by_word),
    )


def _frozen(index: dict[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(sorted(places)) for key, places in index.items()}


def _identifiers(student: Student) -> Iterable[str]:
    """Yield what can stand for a student; a short number or word could be anything."""
    has_digit = any(c.isdigit() for c in student.id)
    has_letter = any(c.isalpha() for c in student.id)
    if len(student.id) >= 5 or (has_digit and has_letter):
        yield caseless(student.id)
    if "@" in student.email:
        yield caseless(student.email)
        local = caseless(student.email.split("@")[0])
        if len(local) >= 5:
            yield local
