"""Whose file is it, going by names alone: file name, platform, folders, and the header when there is one.

Pure functions from texts to decisions. Nobody is ever guessed: a decision needs a witness that is sure and no
witness that says otherwise; whatever stays open has its candidates listed for a person.

    reading = read_name("lovelaceada_12345_67890_Ada_Lovelace_hw1-2.ipynb", people, names)
    decide_person(people, reading.witnesses).student_id          # "s001"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.intake.people import LOOSE, PARTIAL, SURE, UNACCENTED, Candidate, People
from course_utils.naming.assignment_names import AssignmentNames, Mentions
from course_utils.naming.filenames import FileName, read_file_name
from course_utils.naming.headers import Header
from course_utils.naming.letters import scripts

_RIVAL_OF_PARTIAL = 0.80  # a partial name decides only where nobody else comes near
_CLEAR_LEAD = 0.02  # two witnesses that agree need only this much before the next student


@dataclass(frozen=True)
class Witness:
    """One place that names a student: where, what it says, and whom that may mean."""

    where: str
    text: str
    candidates: tuple[Candidate, ...]
    is_platform: bool = False

    @property
    def sure(self) -> Candidate | None:
        """The one student this witness names beyond doubt, if there is one."""
        if not self.candidates or self.candidates[0].confidence < SURE:
            return None
        best, *others = self.candidates
        rival = _RIVAL_OF_PARTIAL if best.confidence <= PARTIAL else SURE
        return None if any(other.confidence >= rival for other in others) else best

    def confidence_in(self, student_id: str) -> float:
        """Say how well this witness fits a student; 0 if not at all."""
        return max((c.confidence for c in self.candidates if c.student_id == student_id), default=0.0)


@dataclass(frozen=True)
class NameReading:
    """What a path tells: the file name in parts, the assignments named, and the witnesses for the student."""

    file: FileName
    mentions: Mentions
    folder_mentions: Mentions
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True)
class Who:
    """The decision: a student with a confidence, or None with candidates and the reason."""

    student_id: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    reason: str


def read_name(path: str, people: People, names: AssignmentNames, known: Iterable[str] = ()) -> NameReading:
    """Read a file's path below the inbox; folders and archives around it count as `/`-separated parts."""
    known = tuple(known)
    *folders, last = [part for part in path.replace("!/", "/").split("/") if part]
    file = read_file_name(last, known)
    mentions = names.find(file.stem)
    witnesses = [*_platform(file, people), Witness("file name", mentions.rest, people.find(mentions.rest))]
    folder_mentions = Mentions((), (), "")
    for folder in reversed(folders):
        outside = read_file_name(folder, known)
        named = names.find(outside.platform_assignment or outside.stem)
        if not (folder_mentions.known or folder_mentions.unknown):
            folder_mentions = named
        if file.stamped_at is None and outside.stamped_at is not None:
            file = replace(file, stamped_at=outside.stamped_at)
        file = replace(file, sent_order=file.sent_order or outside.sent_order)
        witnesses += _platform(outside, people)
        if not outside.platform_assignment:
            witness = Witness(f"folder {folder}", named.rest, people.find(named.rest))
            # a folder called `downloads` speaks of nobody; only a clear name counts
            witnesses += [witness] if witness.sure else []
    return NameReading(file, mentions, folder_mentions, tuple(witnesses))


def _platform(file: FileName, people: People) -> Iterator[Witness]:
    """Yield what the learning platform says; its word is about the account that uploaded."""
    if "canvas" in file.marks:
        yield Witness("platform", file.platform_person, people.find_last_first(file.platform_person), True)
    elif "moodle" in file.marks:
        yield Witness("platform", file.platform_person, people.find(file.platform_person), True)
    elif "exchange" in file.marks:
        yield Witness("exchange", file.platform_ids[0], people.find_id(file.platform_ids[0]), True)


def header_witness(header: Header, people: People) -> Witness:
    """Turn a notebook's header into a witness."""
    text = f"{header.name} {header.identifier}".strip()
    return Witness("header", header.name or text, people.find(text))


def decide_person(people: People, witnesses: Iterable[Witness]) -> Who:
    """Decide whose work it is, or leave it open with candidates."""
    heard = tuple(witnesses)
    candidates = _merged(heard)
    sure = [(witness, witness.sure) for witness in heard if witness.sure is not None]
    named = {candidate.student_id for _, candidate in sure if candidate is not None}
    if len(named) > 1:
        said = ", ".join(
            f"{witness.where} says {people.by_id[candidate.student_id].full_name}"
            for witness, candidate in sure
            if candidate is not None
        )
        return Who(None, 0.0, candidates, f"Names contradict each other: {said}.")
    if not named:
        return _decide_jointly(people, heard, candidates)
    student_id = named.pop()
    has_platform = any(witness.is_platform for witness, _ in sure)
    against = [w for w in heard if _contradicts(w, student_id, people, has_platform)]
    if against:
        said = " and ".join(f'{witness.where} says "{witness.text.strip(" _-")}"' for witness in against)
        name = people.by_id[student_id].full_name
        return Who(None, 0.0, candidates, f"The {sure[0][0].where} points to {name}, but {said}.")
    best = max((c for _, c in sure if c is not None), key=lambda c: c.confidence)
    where = next(witness.where for witness, candidate in sure if candidate == best)
    return Who(student_id, best.confidence, candidates, f"{where} ({best.evidence})")


def _decide_jointly(people: People, heard: tuple[Witness, ...], candidates: tuple[Candidate, ...]) -> Who:
    """Let two witnesses that agree settle what neither could alone: a name that is part of another's."""
    speaking = [witness for witness in heard if witness.candidates]
    leaders = {_leader(witness) for witness in speaking}
    if len(speaking) >= 2 and len(leaders) == 1 and None not in leaders:
        student_id = leaders.pop() or ""
        confidences = [witness.confidence_in(student_id) for witness in speaking]
        silent = [w for w in heard if w not in speaking and _contradicts(w, student_id, people, False)]
        if max(confidences) >= UNACCENTED and min(confidences) >= SURE and not silent:
            where = " and ".join(witness.where for witness in speaking)
            return Who(student_id, min(confidences), candidates, f"{where}, which agree")
    if len(candidates) > 1 and candidates[1].confidence >= SURE:
        several = " or ".join(people.by_id[c.student_id].full_name for c in candidates[:3])
        ids = ", ".join(c.student_id for c in candidates[:3])
        return Who(None, 0.0, candidates, f"The name fits more than one student: {several} ({ids}).")
    if candidates:
        best = candidates[0]
        name = people.by_id[best.student_id].full_name
        share = f"{best.confidence:.0%}".replace("%", " %")
        return Who(None, 0.0, candidates, f"The nearest student is {name} ({share}: {best.evidence}).")
    said = next((w.text.strip(" _-") for w in heard if people.without_fillers(w.text)), "")
    reason = (
        f'Nobody on the roster is called "{said}".' if said else "Neither the name nor the header says whose it is."
    )
    return Who(None, 0.0, (), reason)


def _leader(witness: Witness) -> str | None:
    best, *others = witness.candidates
    if others and best.confidence - others[0].confidence < _CLEAR_LEAD - 1e-9:
        return None
    return best.student_id


def _contradicts(witness: Witness, student_id: str, people: People, has_platform: bool) -> bool:
    """Say whether a witness speaks of somebody else."""
    if witness.confidence_in(student_id) >= LOOSE:
        return False
    said = people.without_fillers(witness.text)
    if not said:
        return False
    if witness.candidates and witness.candidates[0].confidence >= LOOSE:
        return True
    # words that fit nobody: against a platform's word they prove nothing
    student = people.by_id[student_id]
    return not has_platform and bool(scripts(said) & scripts(student.full_name))


def _merged(witnesses: tuple[Witness, ...]) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for witness in witnesses:
        for candidate in witness.candidates:
            known = best.get(candidate.student_id)
            if known is None or known.confidence < candidate.confidence:
                best[candidate.student_id] = replace(candidate, evidence=f"{witness.where}: {candidate.evidence}")
    return tuple(sorted(best.values(), key=lambda c: (-c.confidence, c.student_id))[:5])
