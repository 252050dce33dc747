"""A visit to the clinic: measurements cost, wrong diagnoses cost and are explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from course_utils.clinic.faults import FAULTS, Fault, Patient


@dataclass
class Visit:
    """Keep the purse and what was done so far.

    Attributes:
        patients: the sick runs.
        budget: how many measurements one may take in all; a wrong diagnosis costs one as well.
        diagnoses: what one may choose from.
    """

    patients: Sequence[Patient]
    budget: int
    diagnoses: Sequence[Fault] = FAULTS
    taken: set[tuple[int, str]] = field(default_factory=set)
    wrong: list[tuple[int, str]] = field(default_factory=list)
    found: set[int] = field(default_factory=set)

    @property
    def left(self) -> int:
        """How many measurements are left."""
        return max(0, self.budget - len(self.taken) - len(self.wrong))

    def is_taken(self, place: int, gauge: str) -> bool:
        """Say whether a patient's gauge may be read."""
        return (place, gauge) in self.taken

    def measure(self, place: int, gauge: str) -> str:
        """Take a measurement and return what to say about it. What was measured before costs nothing."""
        if self.is_taken(place, gauge):
            return "You have this measurement already. It cost nothing."
        if not self.left:
            return "The budget is used up. Make your diagnosis from what you have."
        self.taken.add((place, gauge))
        return f"Measured. {self.left} of {self.budget} left."

    def diagnose(self, place: int, key: str) -> tuple[bool, str]:
        """Return whether a diagnosis is right, and why or why not.

        A wrong one costs a measurement, once. The same fault cannot be found twice in one patient.
        """
        patient = self.patients[place]
        chosen = next(fault for fault in self.diagnoses if fault.key == key)
        if chosen.key == patient.fault.key:
            self.found.add(place)
            return True, f"Right: {chosen.name}. {chosen.why} Treatment: {chosen.treatment}"
        if (place, key) not in self.wrong:
            self.wrong.append((place, key))
        why = chosen.object_to(patient.record)
        return False, f"No, not this: {chosen.name}. {why} {self.left} of {self.budget} left."

    def start_again(self) -> None:
        """Forget everything that was measured and found."""
        self.taken.clear()
        self.wrong.clear()
        self.found.clear()

    @property
    def tally(self) -> str:
        """How the visit stands, in a sentence."""
        return (
            f"{len(self.found)} of {len(self.patients)} patients treated. Measurements: {len(self.taken)}. "
            f"Wrong diagnoses: {len(self.wrong)}. {self.left} of {self.budget} left."
        )
