from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.errors import CourseFileError, UnknownAssignmentError
from autograder.rules.coursefile import LateRule, load_course

HEAD = 'name = "Small course"\ntime_zone = "Europe/Paris"\n'
ROOT = Path(__file__).parents[2]


def write(folder: Path, body: str, head: str = HEAD) -> Path:
    file = folder / "course.toml"
    file.write_text(head + body, encoding="utf-8")
    return file


def test_the_course_file_of_this_repository_holds_the_rules_of_the_course() -> None:
    course = load_course(ROOT)
    assert course.weights == {
        "professionalism": 20,
        "assignments": 20,
        "labs": 10,
        "quizzes": 20,
        "project": 30,
    }
    assert course.late == {"homework": LateRule(percent_per_day=10), "lab": LateRule(None, 50, 7)}
    assert course.assignment("project").parts == {"description": 10, "repository": 10, "presentation": 10}
    kinds = [each.kind for each in course.assignments]
    assert [kinds.count(kind) for kind in ("homework", "lab", "quiz", "project")] == [6, 6, 5, 1]
    assert all(each.deadline is not None for each in course.assignments)


def test_what_is_left_out_has_the_same_rules(tmp_path: Path) -> None:
    short, full = load_course(write(tmp_path, "")), load_course(ROOT)
    assert (short.weights, short.late, short.format, short.grading) == (
        full.weights,
        full.late,
        full.format,
        full.grading,
    )
    assert short.time_zone == ZoneInfo("Europe/Paris")
    assert short.gradebook == f"sqlite:///{tmp_path / 'gradebook.db'}"


@pytest.mark.parametrize(
    "written", ['"2027-02-05 23:59"', '"2027-02-05T23:59"', "2027-02-05T23:59:00", "2027-02-05 23:59:31"]
)
def test_a_deadline_is_a_minute(tmp_path: Path, written: str) -> None:
    course = load_course(write(tmp_path, f'[assignments.hw1]\nkind = "homework"\ndeadline = {written}\n'))
    assert course.assignment("hw1").deadline == dt.datetime(2027, 2, 5, 23, 59)


def test_extensions_and_excuses_are_read(tmp_path: Path) -> None:
    body = """
[assignments.hw1]
kind = "homework"
deadline = "2027-02-05 23:59"
[[extensions]]
student = "s1"
assignment = "hw1"
until = "2027-02-08 12:00"
reason = "ill"
[[excuses]]
student = "s2"
assignment = "hw1"
"""
    course = load_course(write(tmp_path, body))
    assert course.extensions[0].until == dt.datetime(2027, 2, 8, 12)
    assert (course.excuses[0].student_id, course.excuses[0].until) == ("s2", None)


def test_a_listed_assignment_without_a_notebook_is_an_error_only_when_used(tmp_path: Path) -> None:
    course = load_course(write(tmp_path, '[assignments.hw2]\nkind = "homework"\n'))
    with pytest.raises(UnknownAssignmentError, match=r"hw2 holds no notebook .* Put hw2\.ipynb there"):
        course.notebook_stem("hw2")
    (course.source / "hw2").mkdir(parents=True)
    (course.source / "hw2" / "the_forward_pass.ipynb").touch()
    assert course.released_notebook("hw2") == tmp_path / "release" / "hw2" / "the_forward_pass.ipynb"


def test_an_unknown_assignment_names_the_nearest() -> None:
    with pytest.raises(UnknownAssignmentError, match=r'no assignment "hw_1"\. Did you mean "hw1"\?'):
        load_course(ROOT).assignment("hw_1")


THREE = ("quiz", "lab", "quiz")
BAD = [
    ("naem = 3\n", r"unknown key naem \(= 3\)\. Did you mean \"name\"\?"),
    ("roster = 3\n", r"roster is 3\. Expected a text"),
    ('roster = "  "\n', r"roster is '  '\. Expected a text"),
    (
        "[weights]\nlabs = 10\nquizes = 20\n",
        r"unknown key weights\.quizes \(= 20\)\. Did you mean \"quizzes\"\?",
    ),
    ("[weights]\nlabs = true\n", r"weights\.labs is True\. Expected a number from 0 to 100"),
    ("[weights]\nlabs = nan\n", r"weights\.labs is nan"),
    ("[weights]\nlabs = 10\n", r"weights that add up to 100"),
    ("[weights]\nlabs = -1\n", r"weights\.labs is -1"),
    ("weights = 3\n", r"weights is 3\. Expected a table: \[weights\]"),
    ("assignments = []\n", r"Expected a table: \[assignments\]"),
    ("[assignments]\nhw1 = 3\n", r"assignments\.hw1 is 3"),
    (
        "[assignments.hw1]\n",
        r"assignments\.hw1\.kind is missing\. Expected one of homework, lab, quiz, project",
    ),
    ('[assignments.hw1]\nkind = "labb"\n', r"assignments\.hw1\.kind is 'labb'\. Expected one of"),
    ('[assignments."../x"]\nkind = "lab"\n', r"it names a folder"),
    ('[assignments."a+b"]\nkind = "lab"\n', r"it names a folder"),
    ('[assignments.hw1]\nkind = "lab"\npoint = 3\n', r"assignments\.hw1\.point .*Did you mean \"points\"\?"),
    ('[assignments.hw1]\nkind = "lab"\npoints = inf\n', r"points is inf"),
    ('[assignments.hw1]\nkind = "lab"\nbonus = 1\n', r"bonus is 1\. Expected true or false"),
    ('[assignments.hw1]\nkind = "lab"\ndeadline = "Friday"\n', r"deadline is 'Friday'\. Expected a minute"),
    (
        '[assignments.hw1]\nkind = "lab"\ndeadline = "2027-02-05"\n',
        r"deadline is '2027-02-05'\. Expected a minute",
    ),
    (
        '[assignments.hw1]\nkind = "lab"\ndeadline = 2027-02-05\n',
        r"deadline is 2027-02-05\. Expected a minute",
    ),
    ('[assignments.hw1]\nkind = "lab"\ndeadline = 2027-02-05T23:59:00Z\n', r"without a zone"),
    ('[assignments.hw1]\nkind = "lab"\ndeadline = 20270205\n', r"deadline is 20270205"),
    ("[late.homwork]\npercent_per_day = 10\n", r"unknown key late\.homwork .*Did you mean \"homework\"\?"),
    ("[late.homework]\npercent_per_dya = 10\n", r"Did you mean \"percent_per_day\"\?"),
    ("[late.homework]\npercent_per_day = 110\n", r"a number from 0 to 100"),
    ("[late.lab]\nkeep_percent = 50\n", r"keep_percent together with under_days"),
    ("[late.lab]\nkeep_percent = 50\nunder_days = 1.5\n", r"under_days is 1\.5\. Expected a whole number"),
    ("[late.lab]\nkeep_percent = 50\npercent_per_day = 1\nunder_days = 7\n", r"either percent_per_day, or"),
    ("[extensions]\nstudent = 1\n", r"Expected an array of tables: \[\[extensions\]\]"),
    ('[[extensions]]\nstudent = "s1"\nassignment = "hw1"\n', r"extensions\[1\]\.assignment is 'hw1'"),
    ('[format]\nname_pattern = "X.ipynb"\n', r"these three pieces in any order: FirstName_LastName"),
    ("[format.deductions]\nheaders = 5\n", r"Did you mean \"header\"\?"),
    (
        "[grading]\ncell_timeout_seconds = 0\n",
        r"grading\.cell_timeout_seconds is 0\. Expected a number, 1 or more",
    ),
    (
        "[grading]\nlab_answer_words = 0\n",
        r"grading\.lab_answer_words is 0\. Expected a whole number, 1 or more",
    ),
    ("[grading]\nlab_answer_words = 15.5\n", r"Expected a whole number, 1 or more"),
    ("[grading]\nlab_answer_word = 15\n", r"Did you mean \"lab_answer_words\"\?"),
    ("[grading]\ncell_timeout = 60\n", r"Did you mean \"cell_timeout_seconds\"\?"),
    ('[gradebook]\naddress = "gradebook.db"\n', r"a database address such as postgresql"),
    ("[caps]\nwork = 90\n", r"caps\.work is 90\. Expected a number, 100 or more"),
    ("[caps]\nworks = 110\n", r"Did you mean \"work\"\?"),
    *(
        ("".join(f'[assignments.q{n}]\nkind = "{kind}"\n' for n, kind in enumerate(THREE, 1)) + more, said)
        for more, said in [
            ('[[best_of]]\nassignments = "q1"\n', r"best_of\[1\]\.assignments is 'q1'\. Expected a list of texts"),
            ('[[best_of]]\nassignments = ["q1", "q9"]\n', r"assignments is 'q9'\. Expected assignments of this file"),
            ('[[best_of]]\nassignments = ["q1"]\n', r"two or more assignments of the same kind"),
            ('[[best_of]]\nassignments = ["q1", "q2"]\n', r"two or more assignments of the same kind"),
            ('[[best_of]]\nassignments = ["q1", "q1"]\n', r"each assignment once"),
            ('[[best_of]]\nassignment = ["q1", "q3"]\n', r"best_of\[1\]\.assignments is missing"),
        ]
    ),
    ("[drop_lowest]\nlabs = 0.5\n", r"drop_lowest\.labs is 0\.5"),
    ("x = = 3\n", r"is not valid TOML: .*line 3"),
]


@pytest.mark.parametrize(("body", "sentence"), BAD, ids=[body.strip().replace("\n", " ") for body, _ in BAD])
def test_a_bad_course_file_is_one_sentence(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(CourseFileError, match=sentence) as caught:
        load_course(write(tmp_path, body))
    assert str(tmp_path / "course.toml") in str(caught.value)


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('time_zone = "UTC"\n', r"name is missing"),
        (
            'name = "x"\n',
            r'time_zone is missing\. Expected a time zone of the IANA list such as "Europe/Paris"',
        ),
        ('name = "x"\ntime_zone = "Paris"\n', r"time_zone is 'Paris'\. Expected a time zone"),
        ('name = "x"\ntime_zone = "Europe"\n', r"time_zone is 'Europe'"),
        ('name = "x"\ntime_zone = "../UTC"\n', r"time_zone is '\.\./UTC'"),
    ],
)
def test_name_and_time_zone_are_needed(tmp_path: Path, head: str, sentence: str) -> None:
    with pytest.raises(CourseFileError, match=sentence):
        load_course(write(tmp_path, "", head))


def test_a_missing_or_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseFileError, match=r"There is no course file at .*Give the folder"):
        load_course(tmp_path)
    (tmp_path / "course.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(CourseFileError, match="not UTF-8"):
        load_course(tmp_path)
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(CourseFileError, match="There is no course file"):
        load_course(tmp_path / "folder.toml")
