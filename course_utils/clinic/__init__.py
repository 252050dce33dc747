"""The debugging clinic: real training runs, each the same healthy code with one line changed."""

from __future__ import annotations

from course_utils.clinic.examine import change_code, examine, read_code
from course_utils.clinic.faults import FAULTS, WARDS, Fault, Patient, admit, admit_ward, find_fault
from course_utils.clinic.record import Notes, Record
from course_utils.clinic.visit import Visit

__all__ = [
    "FAULTS",
    "WARDS",
    "Fault",
    "Notes",
    "Patient",
    "Record",
    "Visit",
    "admit",
    "admit_ward",
    "change_code",
    "examine",
    "find_fault",
    "read_code",
]
