"""The rule of the file name, over the names that real rosters and platforms have."""

from __future__ import annotations

import pytest
from real_names import PEOPLE, names

from course_utils.naming.convention import NAME_PATTERN, name_fault, safe_words, wanted_name
from course_utils.naming.filenames import read_file_name

NAMES = names()


def test_there_are_four_hundred_names_all_different() -> None:
    assert len({row[0] for row in NAMES}) == len(NAMES) >= 400
    assert len(set(PEOPLE)) == len(PEOPLE) >= 100


@pytest.mark.parametrize(("file", "first", "last", "is_right"), NAMES, ids=[row[0] for row in NAMES])
def test_a_name_follows_the_rule_or_not(file: str, first: str, last: str, is_right: bool) -> None:
    fault = name_fault(read_file_name(file, ["hw1"]), f"{first} {last}".strip(), "hw1", NAME_PATTERN)
    assert (fault == "") is is_right, fault


WANTED = [
    ("Ada Lovelace", "Ada_Lovelace_hw1.ipynb"),
    ("  Ada   Lovelace ", "Ada_Lovelace_hw1.ipynb"),
    ("María José García López", "María_José_García_López_hw1.ipynb"),
    ("Suharto", "Suharto_hw1.ipynb"),
    ("王小明", "王小明_hw1.ipynb"),
    ("../../etc/passwd", "etc_passwd_hw1.ipynb"),
    ("Ada / Lovelace", "Ada_Lovelace_hw1.ipynb"),
    ("Ada\\Lovelace", "Ada_Lovelace_hw1.ipynb"),
    ('Ada "the first" Lovelace', "Ada_the_first_Lovelace_hw1.ipynb"),
    ("J. R. R. Tolkien", "J_R_R_Tolkien_hw1.ipynb"),
    (".hidden Name", "hidden_Name_hw1.ipynb"),
    ("Zachary St. Clair", "Zachary_St_Clair_hw1.ipynb"),
    ("Ada\u202eLovelace", "Ada_Lovelace_hw1.ipynb"),
    ("Seán O’Brien", "Seán_O’Brien_hw1.ipynb"),
]


@pytest.mark.parametrize(("person", "wanted"), WANTED)
def test_the_wanted_name_is_safe_and_follows_the_rule(person: str, wanted: str) -> None:
    assert wanted_name(person, "hw1") == wanted
    assert not set('/\\:*?"<>|') & set(wanted)
    said = " ".join(safe_words(person))
    assert name_fault(read_file_name(wanted, ["hw1"]), said, "hw1", NAME_PATTERN) == ""


@pytest.mark.parametrize(
    "pattern", ["AssignmentName_LastName_FirstName.ipynb", "LastName_FirstName_AssignmentName.ipynb"]
)
@pytest.mark.parametrize("person", ["Ada Lovelace", "María José García López", "Suharto"])
def test_the_wanted_name_follows_other_patterns(person: str, pattern: str) -> None:
    wanted = wanted_name(person, "hw1", pattern)
    assert name_fault(read_file_name(wanted, ["hw1"]), person, "hw1", pattern) == ""
    if " " in person:
        assert name_fault(read_file_name(wanted_name(person, "hw1"), ["hw1"]), person, "hw1", pattern)


# However a roster divides a long name, the verdict is the same: the student's side cannot know how.
@pytest.mark.parametrize(
    ("file", "is_right"),
    [
        ("Maria_Lopez_hw1.ipynb", True),
        ("Maria_Jose_Garcia_Lopez_hw1.ipynb", True),
        ("Maria_Garcia_hw1.ipynb", True),
        ("Lopez_Maria_hw1.ipynb", False),
        ("Maria_hw1.ipynb", False),
        ("Maria_Lopez.ipynb", False),
        ("Maria_Lopez_hw2.ipynb", False),
    ],
)
def test_one_of_several_names_is_enough(file: str, is_right: bool) -> None:
    fault = name_fault(read_file_name(file, ["hw1", "hw2"]), "María José García López", "hw1", NAME_PATTERN)
    assert (fault == "") is is_right


def test_the_students_own_id_costs_nothing() -> None:
    file = read_file_name("Wei_Chen_s008_hw1.ipynb", ["hw1"])
    assert name_fault(file, "Wei Chen", "hw1", NAME_PATTERN, "s008") == ""
    assert name_fault(file, "Wei Chen", "hw1", NAME_PATTERN, "s007") != ""
