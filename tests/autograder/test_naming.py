from __future__ import annotations

import itertools
import random
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_course import ROSTER

from autograder.intake.naming import Who, decide_person, header_witness, read_name
from autograder.intake.people import People, index_people
from autograder.rules.course_rules import Assignment
from autograder.rules.roster import Student, load_roster
from course_utils.naming.assignment_names import AssignmentNames, index_assignments
from course_utils.naming.convention import NAME_PATTERN, name_fault, wanted_name
from course_utils.naming.filenames import is_hidden_or_temporary, read_file_name
from course_utils.naming.headers import Header, read_header
from course_utils.naming.letters import joined, plain, words

ASSIGNMENTS = (
    *(Assignment(f"hw{n}", title, "homework") for n, title in enumerate(("A line by descent", "Forward"), start=1)),
    Assignment("hw12", "A long term", "homework"),
    Assignment("lab1", "What learns?", "lab"),
    Assignment("quiz1", "Lines and descent", "quiz"),
    Assignment("project", "Final project", "project"),
)
KNOWN = [each.name for each in ASSIGNMENTS]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    file = tmp_path_factory.mktemp("roster") / "roster.csv"
    file.write_text(ROSTER, encoding="utf-8")
    return index_people(load_roster(file), [each.title for each in ASSIGNMENTS])


@pytest.fixture(scope="module")
def names() -> AssignmentNames:
    return index_assignments(ASSIGNMENTS)


def who(path: str, people: People, names: AssignmentNames, header: str = "") -> Who:
    reading = read_name(path, people, names, KNOWN)
    return decide_person(people, (*reading.witnesses, header_witness(Header(name=header), people)))


# path, student, assignment, whether the name follows the pattern
CLEAR = [
    ("Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("ada_lovelace_HW1.ipynb", "s001", "hw1", True),
    ("ADA_LOVELACE_hw1.ipynb", "s001", "hw1", True),
    ("Ada Lovelace hw1.ipynb", "s001", "hw1", True),
    ("Ada%20Lovelace%20hw1.ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1 (1).ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1(2).ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1-2.ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1-Copy1.ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1 - Copy (3).ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1 copy 2.ipynb", "s001", "hw1", True),
    ("Copy of Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("Copy of Copy of Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("Kopie von Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("Ada_Lovelace_hw1.ipynb.txt", "s001", "hw1", True),
    ("Ada_Lovelace_hw1.ipynb.json", "s001", "hw1", True),
    ("Ada_Lovelace_hw1.json", "s001", "hw1", True),
    ("Ada_Lovelace_hw1.ipynb (1)", "s001", "hw1", True),
    ("Ada_Lovelace_late_hw1.ipynb", "s001", "hw1", True),
    ("lovelaceada_12345_67890_Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("lovelaceada_12345_67890_Ada_Lovelace_hw1-2.ipynb", "s001", "hw1", True),
    ("lovelaceada_LATE_12345_67890_Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("lovelaceada_LATE_12345_67890_hw1-1.ipynb", "s001", "hw1", False),
    ("Ada Lovelace_421337_assignsubmission_file_Ada_Lovelace_hw1.ipynb", "s001", "hw1", True),
    ("Ada Lovelace_421337_assignsubmission_file_/hw1.ipynb", "s001", "hw1", False),
    ("submissions.zip!/Ada Lovelace_421337_assignsubmission_file/untitled.ipynb", "s001", "", False),
    ("s001+hw1+2027-02-05 15:58:23.948203 UTC+a1b2/hw1.ipynb", "s001", "hw1", False),
    ("s001/hw1/hw1.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace_hw1.zip!/hw1.ipynb", "s001", "hw1", False),
    ("s001_hw1.ipynb", "s001", "hw1", False),
    ("ada@example.edu_hw1.ipynb", "s001", "hw1", False),
    ("Lovelace_Ada_hw1.ipynb", "s001", "hw1", False),
    ("hw1_Ada_Lovelace.ipynb", "s001", "hw1", False),
    ("AdaLovelaceHW1.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace_Homework 1.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace_hw_01.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace_hw1_final_v2.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace_final project.ipynb", "s001", "project", False),
    ("Ada_Lovelace_project-2.ipynb", "s001", "project", True),
    ("Ada_Lovelace_hw12.ipynb", "s001", "hw12", True),
    ("Ada_Lovelace_A_line_by_descent.ipynb", "s001", "hw1", False),
    ("Ada_Lovelace.ipynb", "s001", "", False),
    ("José_Muñoz_hw1.ipynb", "s003", "hw1", True),
    ("Jose_Munoz_hw1.ipynb", "s003", "hw1", True),
    ("JosÃ©_MuÃ±oz_hw1.ipynb", "s003", "hw1", True),
    ("Jos#U00e9_Mu#U00f1oz_hw1.ipynb", "s003", "hw1", True),
    ("Sean_OBrien_hw1.ipynb", "s004", "hw1", True),
    ("Seán_O'Brien_hw1.ipynb", "s004", "hw1", True),
    ("Seán_O’Brien_hw1.ipynb", "s004", "hw1", True),
    ("Sean_O&#39;Brien_hw1.ipynb", "s004", "hw1", True),
    ("Sean_O_Brien_hw1.ipynb", "s004", "hw1", True),
    ("María_José_García_López_hw1.ipynb", "s005", "hw1", True),
    ("MaríaJosé_GarcíaLópez_hw1.ipynb", "s005", "hw1", True),
    ("Maria_Lopez_hw1.ipynb", "s005", "hw1", True),
    ("Suharto_hw1.ipynb", "s009", "hw1", True),
    ("小明_王_hw1.ipynb", "s010", "hw1", True),
    ("王小明_hw1.ipynb", "s010", "hw1", True),
    ("Juergen_Mueller-Luedenscheidt_hw1.ipynb", "s011", "hw1", True),
    ("Jürgen_Müller_hw1.ipynb", "s011", "hw1", True),
    ("Jean-Luc_de_la_Cruz_hw1.ipynb", "s012", "hw1", True),
    ("JeanLuc_delaCruz_hw1.ipynb", "s012", "hw1", True),
    ("jean_cruz_hw1.ipynb", "s012", "hw1", True),
    ("delacruzjeanluc_1234_5678_hw1.ipynb", "s012", "hw1", False),
    ("lopezmaria_1234_5678_hw1.ipynb", "s005", "hw1", False),
    ("delacruzjean_1234_5678_Jean_Cruz_hw1.ipynb", "s012", "hw1", True),
    ("hoppergracebrewster_1234_5678_Grace_Hopper_hw1.ipynb", "s002", "hw1", True),
    ("Олена_Коваленко_hw1.ipynb", "s013", "hw1", True),
    ("олена коваленко hw1.ipynb", "s013", "hw1", True),
    ("Lukasz_Wojcik_hw1.ipynb", "s016", "hw1", True),
    ("Wei_Chen_s008_hw1.ipynb", "s008", "hw1", True),
    ("=?UTF-8?B?Sm9zw6lfTXXDsW96X2h3MS5pcHluYg==?=", "s003", "hw1", True),
]


@pytest.mark.parametrize(("path", "student", "assignment", "is_right"), CLEAR, ids=[row[0] for row in CLEAR])
def test_a_clear_name_is_read(
    people: People, names: AssignmentNames, path: str, student: str, assignment: str, is_right: bool
) -> None:
    reading = read_name(path, people, names, KNOWN)
    decided = decide_person(people, reading.witnesses)
    assert decided.student_id == student, decided
    said = reading.mentions.known or reading.folder_mentions.known
    assert said == ((assignment,) if assignment else ())
    known = people.by_id[student]
    fault = name_fault(reading.file, known.full_name, assignment or "hw1", NAME_PATTERN, known.id)
    assert (fault == "") is is_right, fault


# path, the header's name: whose it is cannot be said, and these students are among the candidates
OPEN = [
    ("hw1.ipynb", "", set()),
    ("Untitled1.ipynb", "", set()),
    ("final_version.ipynb", "", set()),
    ("downloads/hw1 (3).ipynb", "", set()),
    ("Ada_hw1.ipynb", "", {"s001"}),
    ("A_Lovelace_hw1.ipynb", "", {"s001"}),
    ("Ada_Lovelac_hw1.ipynb", "", {"s001"}),
    ("Ada_Lovlace_hw1.ipynb", "Ada Lovlace", {"s001"}),
    ("Ann_Schmidt_hw1.ipynb", "", {"s014", "s015"}),
    ("Schmidt_hw1.ipynb", "", {"s014", "s015"}),
    ("Wei_Chen_hw1.ipynb", "", {"s007", "s008"}),
    ("Wei_Chen_hw1.ipynb", "Wei Chen", {"s007", "s008"}),
    ("chenwei_111_222_hw1.ipynb", "Wei Chen", {"s007", "s008"}),
    ("Maria_Garcia_hw1.ipynb", "", {"s005", "s006"}),
    ("Jonathan_Swift_hw1.ipynb", "", set()),
    ("Jonathan_Swift_hw1.ipynb", "Jonathan Swift", set()),
    ("Ada_Lovelace_hw1.ipynb", "Grace Hopper", {"s001", "s002"}),
    ("Ada_Lovelace_hw1.ipynb", "Jonathan Swift", {"s001"}),
    ("Jonathan_Swift_hw1.ipynb", "Ada Lovelace", {"s001"}),
    ("lovelaceada_1234_5678_Grace_Hopper_hw1.ipynb", "", {"s001", "s002"}),
    ("Grace Hopper/Ada_Lovelace_hw1.ipynb", "", {"s001", "s002"}),
    ("Ada_Lovelace_s002_hw1.ipynb", "", {"s001", "s002"}),
    ("Jonathan_s002_hw1.ipynb", "", {"s002"}),
    ("Ada_Lovelace_Grace_Hopper_hw1.ipynb", "", {"s001", "s002"}),
    ("Ada_Augusta_Lovelace_hw1.ipynb", "", {"s001"}),
    ("s001+hw1+2027-02-05 15:58:23 UTC+x/Grace_Hopper_hw1.ipynb", "", {"s001", "s002"}),
]


@pytest.mark.parametrize(("path", "header", "candidates"), OPEN)
def test_nobody_is_guessed(
    people: People, names: AssignmentNames, path: str, header: str, candidates: set[str]
) -> None:
    decided = who(path, people, names, header)
    assert decided.student_id is None, decided
    assert candidates <= {each.student_id for each in decided.candidates}
    assert all(0 < each.confidence <= 1 for each in decided.candidates)
    assert decided.reason.endswith(".")


# path, the header's name, student: what the name leaves open the header settles
SETTLED = [
    ("hw1.ipynb", "Ada Lovelace", "s001"),
    ("hw1 (1).ipynb", "Lovelace, Ada", "s001"),
    ("final_version.ipynb", "José Muñoz", "s003"),
    ("Ada_hw1.ipynb", "Ada Lovelace", "s001"),
    ("Ada_Lovelac_hw1.ipynb", "Ada Lovelace", "s001"),
    ("Ada_Augusta_Lovelace_hw1.ipynb", "Ada Lovelace", "s001"),
    ("Ann_Schmidt_hw1.ipynb", "Anne Schmidt", "s015"),
    ("Maria_Garcia_hw1.ipynb", "María García", "s006"),
    ("Maria_Garcia_hw1.ipynb", "María José García López", "s005"),
    ("Ada_Lovelace_hw1.ipynb", "ada", "s001"),
    ("Ada_Lovelace_hw1.ipynb", "Ада Лавлейс", "s001"),
    ("Wei_Chen_hw1.ipynb", "Wei Chen, s007", "s007"),
    ("lovelaceada_1234_5678_linear_regression.ipynb", "", "s001"),
    ("lovelaceada_1234_5678_hw1.ipynb", "Countess", "s001"),
    ("A_line_by_descent.ipynb", "Олена Коваленко", "s013"),
]


@pytest.mark.parametrize(("path", "header", "student"), SETTLED)
def test_a_second_witness_settles_it(
    people: People, names: AssignmentNames, path: str, header: str, student: str
) -> None:
    decided = who(path, people, names, header)
    assert decided.student_id == student, decided
    assert decided.confidence >= 0.93


def test_fuzzy_candidates_state_how_sure_they_are(people: People, names: AssignmentNames) -> None:
    best = who("Grace_Hoper_hw1.ipynb", people, names).candidates[0]
    assert best.student_id == "s002"
    assert 0.8 < best.confidence < 0.93
    assert "% like" in best.evidence


def test_accents_tell_two_students_apart_only_when_they_are_written(names: AssignmentNames) -> None:
    pair = index_people((Student("a", "José", "Muñoz"), Student("b", "Jose", "Munoz")))
    assert who("José_Muñoz_hw1.ipynb", pair, names).student_id == "a"
    assert who("Jose_Munoz_hw1.ipynb", pair, names).student_id is None


def test_a_name_and_its_reverse_wait_unless_two_witnesses_agree(names: AssignmentNames) -> None:
    pair = index_people((Student("a", "Wei", "Chen"), Student("b", "Chen", "Wei")))
    assert who("Wei_Chen_hw1.ipynb", pair, names).student_id is None
    assert who("Wei_Chen_hw1.ipynb", pair, names, "Wei Chen").student_id == "a"
    assert who("Wei_Chen_hw1.ipynb", pair, names, "Chen Wei").student_id is None
    assert who("chenwei_123_456_hw1.ipynb", pair, names).student_id == "a", "platforms write the last name first"


def test_a_filler_that_is_a_roster_name_counts_as_a_name(names: AssignmentNames) -> None:
    people = index_people((Student("a", "An", "Late"), Student("b", "Ai", "Final")))
    assert who("An_Late_hw1.ipynb", people, names).student_id == "a"
    assert who("Ai_Final_hw1.ipynb", people, names).student_id == "b"


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("hw1", ("hw1",), ()),
        ("HW 01", ("hw1",), ()),
        ("homework#1", ("hw1",), ()),
        ("assignment_1", ("hw1",), ()),
        ("hw12", ("hw12",), ()),
        ("hw1_hw2", ("hw1", "hw2"), ()),
        ("hw9", (), ("hw9",)),
        ("hw123", (), ()),
        ("lab2", (), ("lab2",)),
        ("Lab_1", ("lab1",), ()),
        ("my laboratory 1", ("lab1",), ()),
        ("Ada_quiz", (), ()),
        ("FinalProject", ("project",), ()),
        ("projection", (), ()),
        ("Schw1", (), ()),
        ("CS101_hw2", ("hw2",), ()),
    ],
)
def test_assignments_are_found_in_texts(
    names: AssignmentNames, text: str, known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    mentions = names.find(text)
    assert (set(mentions.known), mentions.unknown) == (set(known), unknown)


@pytest.mark.parametrize(
    ("source", "name", "assignment"),
    [
        ("# HW1\n\n**Name:** Ada Lovelace\n\n**Assignment:** hw1", "Ada Lovelace", "hw1"),
        ("**Name**: Ada Lovelace  **Assignment**: hw1", "Ada Lovelace", "hw1"),
        ("__Name:__ O’Brien_", "O’Brien", ""),
        ("| Name | Ada |\n|---|---|\n| Assignment | hw1 |", "Ada", "hw1"),
        ("<b>Name:</b> José<br>Assignment: Homework 1", "José", "Homework 1"),
        ("<table><tr><td>Name:</td><td>Ada</td></tr></table>", "Ada", ""),
        ("First name: Ada\nLast name: Lovelace", "Ada Lovelace", ""),
        ("- **Student:** *Ada Lovelace*", "Ada Lovelace", ""),
        ("### Name: Ada\\_Lovelace", "Ada_Lovelace", ""),
        ("Name：王小明", "王小明", ""),
        ("**Name:** O&#39;Brien", "O'Brien", ""),
        ("**Name:**", "", ""),
        ("**Name:** ________", "", ""),
        ("**Name:** [your name here]", "", ""),
        ("**Name:** FirstName LastName", "", ""),
        ("**Name:** <your name>", "", ""),
        ("File name: x.csv", "", ""),
        ("The name: of the game", "", ""),
        ("**Name:** " + "x" * 500, "", ""),
    ],
)
def test_headers_are_read(source: str, name: str, assignment: str) -> None:
    header = read_header([{"cell_type": "markdown", "source": source}])
    assert (header.name, header.assignment) == (name, assignment)


def test_a_header_that_reads_as_released_was_not_filled_in() -> None:
    cells = [{"cell_type": "markdown", "source": "**Name:** Please fill in"}]
    assert read_header(cells).name == "Please fill in"
    assert read_header(cells, read_header(cells)).name == ""


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store",
        ".hw1.ipynb.swp",
        "._Ada_Lovelace_hw1.ipynb",
        "~$hw1.docx",
        "hw1.ipynb~",
        "Thumbs.db",
        "hw1.ipynb.crdownload",
        "hw1.ipynb.part",
        ".ipynb_checkpoints/hw1-checkpoint.ipynb",
        "__MACOSX/hw1.ipynb",
        "a/.git/config",
    ],
)
def test_hidden_and_temporary_files_are_told(path: str) -> None:
    assert is_hidden_or_temporary(path)


@pytest.mark.parametrize("path", ["hw1.ipynb", "a.b/hw1.ipynb", "part.ipynb", "bak/hw1.ipynb", "hw1.tmp.ipynb"])
def test_ordinary_files_are_not_hidden(path: str) -> None:
    assert not is_hidden_or_temporary(path)


# --- properties ---

LETTERS = st.characters(categories=("Lu", "Ll", "Lo"), max_codepoint=0x2FFF)
WORD = st.text(LETTERS, min_size=2, max_size=9)
GIVEN_NAMES = """
Ada Grace José Zoë Łukasz Nguyễn Björk Ólafur Chloé Françoise Renée Siobhán Niamh Søren Åsa İpek Çağla Ştefan
Dvořák Jiří Mária Ġorġ Þóra Œdipe Ming 伟 芳 秀英 김 민준 さくら 太郎 Ольга Дмитро Γιώργος Ελένη محمد فاطمة
יעל דוד प्रिया अर्जुन สมชาย ანა Արմեն Jean-Luc D'Angelo Mary-Kate
"""
SURNAMES = """
Lovelace Hopper Muñoz O'Brien O’Neill Müller Großmann Wójcik Nuñez Åkesson Østergård Çelik Şahin Đorđević
Ó-Súilleabháin Smith-Jones García López Fernández-Vega MacDonald van-Dyke d'Arc 李 王 张 박 田中 佐藤
Коваленко Шевченко Παπαδόπουλος حسن כהן शर्मा ใจดี გელაშვილი Պետրոսյան Nakamura Okonkwo Nwosu Ng Li Xu Ö
"""
GIVEN = st.sampled_from(GIVEN_NAMES.split())
SURNAME = st.sampled_from(SURNAMES.split())
PERSON = st.builds(
    lambda first, second, last, other: (f"{first} {second}".strip(), f"{last} {other}".strip()),
    GIVEN | WORD,
    st.just("") | GIVEN,
    SURNAME | WORD,
    st.just("") | SURNAME,
)
# What happens to a rightly named file on its way; all of it is to cost nothing.
MARKS = {
    "nothing": lambda stem: f"{stem}.ipynb",
    "browser": lambda stem: f"{stem} (1).ipynb",
    "firefox": lambda stem: f"{stem}(2).ipynb",
    "jupyter": lambda stem: f"{stem}-Copy1.ipynb",
    "windows": lambda stem: f"{stem} - Copy (2).ipynb",
    "drive": lambda stem: f"Copy of {stem}.ipynb",
    "mail": lambda stem: f"{stem}.ipynb.txt",
    "spaces": lambda stem: f"{stem.replace('_', ' ')}.ipynb",
    "percent": lambda stem: quote(f"{stem}.ipynb"),
    "decomposed": lambda stem: unicodedata.normalize("NFD", f"{stem}.ipynb"),
    "composed": lambda stem: unicodedata.normalize("NFC", f"{stem}.ipynb"),
    "small": lambda stem: f"{stem.lower()}.ipynb",
    "capital": lambda stem: f"{stem.upper()}.ipynb",
    "curly": lambda stem: f"{stem.replace(chr(39), '’')}.ipynb",
    "straight": lambda stem: f"{stem.replace('’', chr(39))}.ipynb",
    "canvas": lambda stem: f"{{account}}_12345_67890_{stem}-3.ipynb",
    "canvas, late": lambda stem: f"{{account}}_LATE_12345_67890_{stem}.ipynb",
    "misread": lambda stem: f"{stem}.ipynb".encode().decode("latin-1"),
}


def _student_of(person: tuple[str, str]) -> Student:
    return Student("q-0007", *person)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(person=PERSON, mark=st.sampled_from(sorted(MARKS)), assignment=st.sampled_from(["hw1", "project"]))
@example(("Jean Luc", "de la Cruz"), "percent", "hw1")
@example(("İpek", "Şahin"), "capital", "hw1")
@example(("Zoë", "Großmann"), "capital", "hw1")
def test_a_rightly_named_file_is_right_whatever_happened_on_the_way(
    person: tuple[str, str], mark: str, assignment: str
) -> None:
    student = _student_of(person)
    stem = wanted_name(student.full_name, assignment, NAME_PATTERN).removesuffix(".ipynb")
    account = joined(student.last_name) + joined(student.first_name)
    file = MARKS[mark](stem).replace("{account}", account)
    people = index_people((student, Student("q-0001", "Xavier", "Zzyzx")))
    reading = read_name(file, people, index_assignments(ASSIGNMENTS), KNOWN)
    assert reading.mentions.known == (assignment,)
    assert name_fault(reading.file, student.full_name, assignment, NAME_PATTERN) == ""
    assert decide_person(people, reading.witnesses).student_id == student.id


# What students do to names themselves; none of it may lead to somebody else.
SLIPS = {
    "none": lambda first, last, rng: f"{first}_{last}_hw1",
    "turned": lambda first, last, rng: f"{last}_{first}_hw1",
    "first only": lambda first, last, rng: f"{first}_hw1",
    "last only": lambda first, last, rng: f"hw1_{last}",
    "initial": lambda first, last, rng: f"{first[:1]}_{last}_hw1",
    "first words": lambda first, last, rng: f"{first.split()[0]}_{last.split()[0]}_hw1",
    "run together": lambda first, last, rng: f"{first}{last}hw1".replace(" ", ""),
    "missed letter": lambda first, last, rng: _without_a_letter(f"{first}_{last}", rng) + "_hw1",
    "two swapped": lambda first, last, rng: _with_two_swapped(f"{first}_{last}", rng) + "_hw1",
    "wrong letter": lambda first, last, rng: _with_a_wrong_letter(f"{first}_{last}", rng) + "_hw1",
    "fillers": lambda first, last, rng: f"final {first} {last} homework 1 version 3",
    "no name": lambda first, last, rng: "hw1",
}


def _without_a_letter(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + name[at + 1 :]


def _with_two_swapped(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _with_a_wrong_letter(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + rng.choice("aeinrst") + name[at + 1 :]


@pytest.mark.parametrize("seed", range(3))
def test_of_thousands_of_mangled_names_not_one_goes_to_another(names: AssignmentNames, seed: int) -> None:
    rng = random.Random(seed)
    given, family = GIVEN_NAMES.split(), SURNAMES.split()
    persons: dict[tuple[str, str], None] = {}
    while len(persons) < 110:
        first = rng.choice(given) + (f" {rng.choice(given)}" if rng.random() < 0.2 else "")
        last = rng.choice(family) + (f" {rng.choice(family)}" if rng.random() < 0.2 else "")
        persons[first, last] = None
    everybody = [Student(f"q-{n:04}", first, last) for n, (first, last) in enumerate(persons)]
    enrolled, strangers = everybody[:80], everybody[80:]
    # the hardest strangers: one letter away from somebody who is enrolled
    strangers += [Student(f"x-{s.id}", s.first_name, _with_a_wrong_letter(s.last_name, rng)) for s in enrolled]
    people = index_people(enrolled)
    known = {(plain(s.first_name), plain(s.last_name)) for s in enrolled}
    decided = mistaken = cases = 0
    for student in (*enrolled, *strangers):
        for slip, mark in itertools.product(SLIPS, rng.sample(sorted(m for m in MARKS if "canvas" not in m), 2)):
            for header in ("", student.full_name):
                stem = SLIPS[slip](student.first_name, student.last_name, rng)
                found = who(MARKS[mark](stem), people, names, header).student_id
                cases += 1
                decided += found == student.id
                if found not in (None, student.id):
                    other = people.by_id[found]
                    # No fault: a stranger who is an enrolled student's namesake, accents or dropped names apart,
                    # and a slip that left nothing but another's name.
                    same_name = (plain(student.first_name), plain(student.last_name)) in known
                    short = set(words(student.full_name)) <= set(words(other.full_name))
                    left = set(words(stem)) - {"hw", "1", "hw1"} <= set(words(other.full_name))
                    spelt = joined(other.full_name) in joined(stem)
                    mistaken += not (same_name or short or left or spelt)
    assert mistaken == 0
    assert decided > 0.5 * cases * len(enrolled) / (len(enrolled) + len(strangers))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(persons=st.lists(PERSON, min_size=1, max_size=8), at=st.integers(0, 7), header=st.booleans())
def test_a_student_is_found_or_left_open_but_never_taken_for_another(
    persons: list[tuple[str, str]], at: int, header: bool
) -> None:
    students = tuple(Student(f"q-{n:04}", *person) for n, person in enumerate(persons))
    student = students[at % len(students)]
    people = index_people(students)
    file = wanted_name(student.full_name, "hw1", NAME_PATTERN)
    decided = who(file, people, index_assignments(ASSIGNMENTS), student.full_name if header else "")
    assert decided.student_id in (student.id, None)
    assert student.id in {each.student_id for each in decided.candidates} or len(persons) > 5


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
@example("%%%")
@example("=?UTF-8?B?!!!?=")
@example("#U110000")
@example("_-1")
@example("(1)")
@example("a" * 50 + "_1_2_")
def test_no_name_breaks_the_reading(people: People, names: AssignmentNames, text: str) -> None:
    for path in (text, f"{text}.ipynb", f"{text}/{text}.ipynb"):
        reading = read_name(path.strip("/") or "x", people, names, KNOWN)
        decide_person(people, reading.witnesses)
        read_header([{"cell_type": "markdown", "source": f"**Name:** {text}\n{text}"}])


def test_the_wanted_name_follows_the_pattern_of_the_course() -> None:
    student = Student("s1", "Ada Augusta", "King")
    assert wanted_name(student.full_name, "hw1", NAME_PATTERN) == "Ada_Augusta_King_hw1.ipynb"
    other = "AssignmentName_LastName_FirstName.ipynb"
    assert wanted_name(student.full_name, "hw1", other) == "hw1_King_Ada_Augusta.ipynb"
    file = read_file_name("hw1_King_Ada.ipynb", KNOWN)
    assert name_fault(file, student.full_name, "hw1", other) == ""
    assert "the rule asks for" in name_fault(file, student.full_name, "hw1", NAME_PATTERN)


def test_every_name_in_the_tables_is_different() -> None:
    assert len({row[0] for row in CLEAR}) == len(CLEAR)
    assert Path(__file__).exists()
