from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import RosterError
from autograder.rules.roster import Student, load_roster

TEXT = "id,first_name,last_name,email\ns1,Zoë,O’Brien-Łuk,zoe@example.edu\ns2,Suharto,,\n"
WANTED = (Student("s1", "Zoë", "O’Brien-Łuk", "zoe@example.edu"), Student("s2", "Suharto", ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_save_it_in_many_ways(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(TEXT.replace(",", delimiter).replace("\n", end).encode(encoding))
    assert load_roster(file) == WANTED


def test_latin_1(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes("id;first_name;last_name\ns1;José;Muñoz\n".encode("latin-1"))
    assert load_roster(file) == (Student("s1", "José", "Muñoz"),)


@pytest.mark.parametrize(
    "header",
    [
        "ID,First Name,Last Name,E-mail",
        "Student ID,FIRSTNAME,Surname,mail",
        '"Id","first-name","Last_Name",EMAIL',
    ],
)
def test_header_names_in_any_dress(tmp_path: Path, header: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(f"\n{header},section\ns1,Ada,Lovelace,a@b.c,7\n\n", encoding="utf-8")
    assert load_roster(file) == (Student("s1", "Ada", "Lovelace", "a@b.c"),)


def test_namesakes_are_two_students(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("id,first_name,last_name\ns1,Wei,Chen\ns2,Wei,Chen\n", encoding="utf-8")
    assert [student.id for student in load_roster(file)] == ["s1", "s2"]


BAD = [
    ("", "is empty"),
    ("\n\n", "is empty"),
    ("id,first_name,last_name\n", "lists no students"),
    (
        "id,name\ns1,Ada\n",
        r"line 1: no column first_name and no column last_name\. The header reads: id, name",
    ),
    ("id,first_name,last_name,ID\ns1,A,B,s2\n", "two columns are called id"),
    ("id,first_name,last_name\n,Ada,Lovelace\n", "line 2: Ada Lovelace has no id"),
    ("id,first_name,last_name\ns1,,\n", "line 2: student s1 has no name"),
    ("id,first_name,last_name\ns1\n", "line 2: student s1 has no name"),
    ("id,first_name,last_name\n../s1,Ada,Lovelace\n", r"line 2: '\.\./s1' cannot be a student's id"),
    ("id,first_name,last_name\ns 1,Ada,Lovelace\n", "cannot be a student's id"),
    ("id,first_name,last_name\ns+1,Ada,Lovelace\n", "cannot be a student's id"),
    (
        "id,first_name,last_name\ns1,Ada,Lovelace\n\nS1,Grace,Hopper\n",
        r"the id S1 comes twice, on line 2 \(Ada Lovelace\) and on line 4 \(Grace Hopper\)",
    ),
    ("id,first_name,last_name,email\ns1,A,B,x@y\ns2,C,D,X@y\n", "the email X@y comes twice"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_bad_roster_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RosterError, match=sentence) as caught:
        load_roster(file)
    assert str(file) in str(caught.value)


def test_no_roster_and_no_csv(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"There is no roster at .* id, first_name, last_name, email"):
        load_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_bytes(b"PK\x03\x04 a spreadsheet")
    with pytest.raises(RosterError, match="is a spreadsheet or zip"):
        load_roster(tmp_path / "roster.csv")
    (tmp_path / "roster.csv").write_bytes(b"\xff\xfea")
    with pytest.raises(RosterError, match="not text in a known encoding"):
        load_roster(tmp_path / "roster.csv")
