"""The term's grades and their exports, from a class with real rows in nbgrader's database."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from graded_class import build_course, copy_course

from autograder.errors import CourseFileError, FolderError, StaffError, UnknownAssignmentError
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.penalties import refresh_penalties
from autograder.nbgrader_bridge.steps import open_gradebook
from autograder.rules.byhand import read_by_hand
from autograder.rules.coursefile import Course, load_course
from autograder.term import Standing, load_term
from autograder.term.exporting import Form, export
from autograder.term.sheets import final_rows
from autograder.term.tables import as_csv, number, read_table

AFTER = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
BEFORE = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,hw1 (2041),Reading (2042),Assignments Current Score (read only)
    Points Possible,,,,,10,5,(read only)
"Müller, Zoë",9001,s001,zmuller,A,,4,
"García Márquez, José Ángel",9002,,s002@example.edu,A,3,,
"O'Connor, Siobhán",9003,s003,soconnor,B,,,
"<b>Ivanova</b>, Olga",9007,s007,oivanova,B,7,,
"Guest, Somebody",9100,g1,guest,B,2,,
"Student, Test",9999,,x17,B,,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments
Participant 11,Zoë Müller,s001@example.edu,Submitted for grading,,15.00,Yes,
Participant 13,Siobhán O'Connor,S003@Example.edu,Submitted for grading,,15.00,Yes,
Participant 18,Kwame Mensah,s008@example.edu,No submission,4.00,15.00,Yes,Old words
Participant 19,Some Body,body@example.edu,No submission,,15.00,Yes,
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built: Course, tmp_path: Path) -> Course:
    return copy_course(built, tmp_path / "course")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def add_rules(course: Course, text: str) -> None:
    file = course.root / "course.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def exported(course: Course, text: str, encoding: str = "utf-8") -> Path:
    path = course.root / "exported.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_everybody_stands_somewhere_and_only_what_is_graded_to_the_end_counts(built: Course) -> None:
    term = load_term(built, AFTER)
    standing = {person.id: term.entry(person.id, "hw1").standing for person in term.students}
    final = {person.id: term.entry(person.id, "hw1").grade.final for person in term.students}
    assert standing["s001"] is Standing.GRADED
    assert final["s001"] == 15
    assert final["s003"] == pytest.approx(10.8)  # a day late: 12 less 10 %
    assert (standing["s007"], final["s007"]) == (Standing.WAITS, None)
    assert (standing["s008"], final["s008"]) == (Standing.NOT_GRADED, None)
    assert (standing["s099"], final["s099"]) == (Standing.MISSING, 0)
    assert term.totals["s001"].percent == 100
    assert term.totals["s007"].percent is None
    assert term.totals["s099"].percent == 0


def test_before_the_deadline_nobody_misses_anything(built: Course) -> None:
    term = load_term(built, BEFORE)
    assert term.entry("s099", "hw1").standing is Standing.TO_COME
    assert term.totals["s099"].percent is None


def test_the_deadlines_own_minute_is_not_missed_yet(built: Course) -> None:
    due = dt.datetime(2027, 2, 6, 4, 59, tzinfo=dt.UTC)  # 23:59 in New York
    assert load_term(built, due + dt.timedelta(seconds=59)).entry("s099", "hw1").standing is Standing.TO_COME
    assert load_term(built, due + dt.timedelta(seconds=60)).entry("s099", "hw1").standing is Standing.MISSING


def test_excuses_and_marks_by_hand_count(course: Course) -> None:
    rules = '[[excuses]]\nstudent = "s099"\nassignment = "hw1"\nreason = "ill"\n[by_hand]\nprofessionalism = "p.csv"\n'
    add_rules(course, rules)
    (course.root / "p.csv").write_text("id,percent\ns099,80\ns001, 90 %\ns002,\n")
    term = load_term(load_course(course.root), AFTER)
    assert term.entry("s099", "hw1").standing is Standing.EXCUSED
    assert term.totals["s099"].percent == 80
    assert term.totals["s001"].percent == 95  # 20 of 100 % and 20 of 90 %
    assert term.totals["s002"].percent == 80  # no mark by hand yet: hw1 alone, 12 of 15


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id,percent\ns1,101\n", "line 2: percent is '101'"),
        ("id,percent\ns1,ten\n", "line 2: percent is 'ten'"),
        ("id,percent\ns1,nan\n", "line 2: percent is 'nan'"),
        ("id,percent\ns1,1\ns1,2\n", "line 3: s1 comes twice"),
        ("student,mark\ns1,1\n", "Expected id,percent"),
        ("", "Expected id,percent"),
        ("\udcff", "cannot be read"),
    ],
)
def test_bad_marks_by_hand_are_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CourseFileError, match=complaint):
        read_by_hand({"professionalism": file})


def test_marks_that_are_not_there_yet_are_no_error(tmp_path: Path) -> None:
    assert read_by_hand({"professionalism": tmp_path / "none.csv"}) == {}


def test_the_final_sheet_writes_nothing_for_what_is_not_graded(course: Course) -> None:
    done = export(course, Form.FINAL)
    rows = {row["student_id"]: row for row in table(done.path)}
    assert done.count == len(rows) == 9
    assert rows["s003"]["hw1 (of 15)"] == "10.8"
    assert rows["s003"]["assignments % (weight 20)"] == rows["s003"]["course total %"] == "72"
    assert rows["s003"]["of the weight %"] == "20"
    assert (rows["s007"]["hw1 (of 15)"], rows["s007"]["course total %"]) == ("", "")
    assert rows["s007"]["not in it"] == "hw1 waits for a person"
    assert rows["s008"]["not in it"] == "hw1 not graded"


def test_the_final_sheet_says_what_a_zero_is_and_which_weight_cannot_count(course: Course) -> None:
    for moment, said in ((BEFORE, ("", "")), (AFTER, ("0", "hw1"))):
        header, *lines = final_rows(course, load_term(course, moment))
        rows = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
        assert (rows["s099"]["hw1 (of 15)"], rows["s099"]["missing"]) == said
        assert {row["missing"] for name, row in rows.items() if name != "s099"} == {""}
    done = export(course, Form.FINAL)
    assert any("Nothing can count in professionalism (20 %)" in remark for remark in done.remarks)
    add_rules(course, '[by_hand]\nprofessionalism = "p.csv"\n')
    (course.root / "p.csv").write_text("id,percent\ns001,0\ns002,\n")
    done = export(load_course(course.root), Form.FINAL)
    rows = {row["student_id"]: row for row in table(done.path)}
    column = "professionalism % (weight 20)"
    assert (rows["s001"][column], rows["s001"]["not in it"]) == ("0", "")  # a 0 that somebody gave
    assert (rows["s002"][column], rows["s002"]["not in it"]) == ("", "professionalism has no mark yet")
    assert not any("professionalism" in remark for remark in done.remarks)


def test_parts_that_are_not_those_of_the_notebook_are_named(course: Course) -> None:
    file = course.root / "course.toml"
    file.write_text(file.read_text().replace('kind = "homework"', 'kind = "homework"\nparts = { a = 5, b = 5 }'))
    with pytest.raises(CourseFileError, match=r"hw1\.parts add up to 10, but the notebook is worth 15 points"):
        export(load_course(course.root), Form.FINAL)
    assert not list(course.reports.glob("*.csv"))


def test_every_grade_has_its_reasons(course: Course) -> None:
    rows = {row["student_id"]: row for row in table(export(course, Form.GRADES, ["hw1"]).path)}
    assert rows["s003"]["raw"] == "12"
    assert rows["s003"]["deductions"] == "1.2"
    assert "1 day late: 10 % of the points earned" in rows["s003"]["why"]
    assert rows["s001"]["why"] == ""


def test_a_mark_given_by_hand_moves_the_penalty_too(course: Course) -> None:
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("linear_predict", "hw1", "hw1", "s003").manual_score = 2.0
        gradebook.db.commit()
    assert refresh_penalties(course, "hw1") == {"s003": (pytest.approx(1.2), pytest.approx(1.4))}
    row = next(score for score in scores(course, "hw1") if score.student == "s003")
    assert row.final == pytest.approx(14 - 1.4)
    assert refresh_penalties(course, "hw1") == {}
    assert refresh_penalties(course, "hw2") == {}


def test_canvas_gets_its_own_rows_back_with_grades_in_them(course: Course) -> None:
    done = export(course, Form.CANVAS, ["hw1"], exported(course, CANVAS))
    rows = list(csv.reader(io.StringIO(done.path.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "hw1 (2041)"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "15"]
    written = {row[0]: row[5] for row in rows[2:]}
    assert written == {
        "Müller, Zoë": "15",
        "García Márquez, José Ángel": "12",
        "O'Connor, Siobhán": "10.8",
        "<b>Ivanova</b>, Olga": "7",  # waits for a person: what stood there stays
        "Guest, Somebody": "2",
        "Student, Test": "",
    }
    assert [row[:5] for row in rows[2:]] == [row[:5] for row in list(csv.reader(io.StringIO(CANVAS)))[2:]]
    assert done.count == 3
    assert "Not in the roster, left as they stood: Guest, Somebody." in done.remarks


def test_canvas_gets_a_new_column_where_it_has_none_and_ex_for_excused_work(course: Course) -> None:
    rules = '[[excuses]]\nstudent = "s001"\nassignment = "hw1"\nreason = "ill"\n'
    add_rules(course, rules)
    bare = "\n".join(",".join(line.split(",")[:6]) for line in CANVAS.splitlines()).replace(",hw1 (2041)", "")
    done = export(load_course(course.root), Form.CANVAS, ["hw1"], exported(course, bare))
    rows = {row["Student"]: row for row in table(done.path)}
    assert rows["Müller, Zoë"]["hw1"] == "EX"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_moodle_worksheet_gets_grades_and_reasons(course: Course, encoding: str) -> None:
    text = WORKSHEET if encoding != "cp1252" else WORKSHEET.replace(",", ";")
    done = export(course, Form.MOODLE, ["hw1"], exported(course, text, encoding))
    rows = {row["Identifier"]: row for row in table(done.path)}
    assert rows["Participant 11"]["Grade"] == "15"
    assert rows["Participant 13"]["Grade"] == "10.8"
    assert "1 day late" in rows["Participant 13"]["Feedback comments"]
    assert rows["Participant 18"]["Grade"] == "4.00"  # not graded here: what stood there stays
    assert rows["Participant 18"]["Feedback comments"] == "Old words"
    assert "Not in the roster, left as they stood: Some Body." in done.remarks
    assert list(rows["Participant 11"]) == WORKSHEET.splitlines()[0].split(",")


def test_a_moodle_gradebook_gets_its_column(course: Course) -> None:
    text = "First name,Last name,ID number,Email address,Assignment: hw1 (Real)\nZoë,Müller,s001,z@x,-\n"
    done = export(course, Form.MOODLE, ["hw1"], exported(course, text))
    assert table(done.path)[0]["Assignment: hw1 (Real)"] == "15"


def test_an_export_can_be_read_back_and_exported_again_to_the_same_bytes(course: Course) -> None:
    first = export(course, Form.CANVAS, ["hw1"], exported(course, CANVAS))
    again = export(course, Form.CANVAS, ["hw1"], first.path, course.root / "again.csv")
    assert again.path.read_bytes() == first.path.read_bytes()


def bad_tables(course: Course) -> list[tuple[Form, list[str], Path | None, type[Exception], str]]:
    def file(name: str, data: bytes) -> Path:
        path = course.root / name
        path.write_bytes(data)
        return path

    return [
        (Form.CANVAS, ["hw1"], None, StaffError, "made from Canvas's own table"),
        (Form.CANVAS, ["hw1"], course.root / "none.csv", FolderError, "cannot be read"),
        (Form.CANVAS, ["hw1"], course.root, FolderError, "cannot be read"),
        (Form.CANVAS, ["hw1"], file("empty.csv", b""), FolderError, "is empty"),
        (Form.CANVAS, ["hw1"], file("other.csv", b"a,b\n1,2\n"), StaffError, "no gradebook that Canvas exported"),
        (Form.CANVAS, ["hw1"], file("zip.csv", b"PK\x03\x04\x81\x8d"), FolderError, "no text"),
        (Form.MOODLE, ["hw1"], file("m.csv", b"Identifier,Full name\n1,2\n"), StaffError, "no grading worksheet"),
        (Form.MOODLE, [], file("m2.csv", b""), StaffError, "takes one assignment"),
        (
            Form.MOODLE,
            ["hw1"],
            file("m3.csv", WORKSHEET.replace("15.00", "10.00").encode()),
            StaffError,
            "at most 10.00 points are to be had, and the gradebook says 15",
        ),
        (Form.MOODLE, ["hw1"], file("m4.csv", WORKSHEET.replace("15.00", "many").encode()), StaffError, "at most many"),
        (Form.GRADES, ["hw9"], None, UnknownAssignmentError, "hw9"),
    ]


def test_bad_tables_are_named_and_nothing_is_written(course: Course) -> None:
    for form, names, template, kind, complaint in bad_tables(course):
        with pytest.raises(kind, match=complaint):
            export(course, form, names, template)
        assert not list(course.reports.glob("*.csv"))


def test_no_field_is_run_by_a_spreadsheet() -> None:
    text = as_csv([["=HYPERLINK(1)", "+1", "@x", 'He said "a, b"', "Müller"]], for_spreadsheets=True)
    assert text == "'=HYPERLINK(1),'+1,'@x,\"He said \"\"a, b\"\"\",Müller\r\n"


@pytest.mark.parametrize(
    ("value", "said"), [(None, ""), (0, "0"), (-0.0, "0"), (10.8, "10.8"), (2 / 3, "0.6667"), (123456.5, "123456.5")]
)
def test_numbers_are_plain(value: float | None, said: str) -> None:
    assert number(value) == said


def test_a_table_with_a_name_that_holds_a_line_break_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"x\ny",2\n')
    assert read_table(path) == [["a", "b"], ["x\ny", "2"]]
