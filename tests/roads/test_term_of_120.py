"""A class of 120 through a term: inbox, late work, extensions, excuses, marks by hand, a regrade, the final sheet.

What is real: all eighteen notebooks of the course, released by nbgrader; 240 badly named files collected from an inbox
for hw1 and hw6, and each of these submissions graded by `course grade`'s own pass; a changed exercise, tried and then
applied by a changed kit in a process of its own; formgrader's columns for marks by hand; the export. What is copied:
equal work runs once. In hw1 and hw6 a notebook whose code another student has handed in, too, takes over that run's
outputs and responses, and is judged and entered by itself. In the other sixteen assignments two students hand in the
two distinct works there are (one of the project) and are graded; everybody else gets a copy of their rows with a time
stamp of their own, to which the export applies the rules.

The totals of fourteen students are worked out by hand below; the weights are professionalism 20, assignments 20,
labs 10, quizzes 20, project 30, and the lowest lab and the lowest quiz are dropped.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest
from small_term import REPOSITORY, copy_kit
from sqlalchemy import text as sql
from term_class import (
    BY_INBOX,
    HOMEWORK,
    LABS,
    PEOPLE,
    QUIZZES,
    Person,
    copy_rows,
    hand_in,
    local,
    once_each,
    work,
    write_course,
)

from autograder.grading import grade
from autograder.history import Event, read_history
from autograder.intake.collecting import collect
from autograder.intake.decisions import decide_file
from autograder.intake.fates import ACCEPTED, NEEDS_PERSON, SUPERSEDED, Fate
from autograder.nbgrader_bridge.gradebook import scores
from autograder.nbgrader_bridge.steps import generate, open_gradebook, register_class
from autograder.regrading import Trial, preview
from autograder.rules.coursefile import Course, load_course
from autograder.rules.roster import load_roster
from autograder.term.exporting import Form, export

pytestmark = pytest.mark.slow

ALL = (*HOMEWORK, *LABS, *QUIZZES, "project")
FULL, PART, NOTHING = "full", "part", "nothing"

RULES = """
[by_hand]
professionalism = "professionalism.csv"

[[extensions]]
student = "s006"
assignment = "hw3"
until = "2024-03-07 23:59"
reason = "illness"
""" + "".join(
    f'\n[[excuses]]\nstudent = "{student}"\nassignment = "{quiz}"\nreason = "away for the team"\n'
    for student, quiz in [("s005", "quiz2"), *(("s012", quiz) for quiz in QUIZZES)]
)

LATER = """
[[extensions]]
student = "s024"
assignment = "hw1"
until = "2024-02-09 23:59"
reason = "a letter that came later"
"""

A_WEEK = 7 + 90 / (24 * 60)
"""To the minute a week late: work that is on time comes 90 minutes before its deadline."""

# What each of the first students does other than hand in full work on time: assignment -> (work, days late).
STORIES: dict[str, dict[str, tuple[str, float]]] = {
    "s002": {"hw1": (PART, 0)},
    "s003": {"hw1": (FULL, 2)},  # a second version, after one that was on time and worth less
    "s004": {"lab2": (FULL, 6), "lab3": (FULL, A_WEEK)},
    "s005": {"quiz2": (NOTHING, 0), "quiz4": (PART, 0)},
    "s006": {"hw2": (PART, 0), "hw3": (FULL, 2), "hw4": (FULL, 1)},
    "s007": {"hw5": (NOTHING, 0)},
    "s008": {},
    "s009": {"hw6": (FULL, 2)},
    "s010": {name: (PART, 0) for name in ALL if name != "project"},
    "s011": dict.fromkeys(ALL, (NOTHING, 0)),
    "s012": dict.fromkeys(QUIZZES, (NOTHING, 0)),
}
PROFESSIONALISM = {
    "s001": 100, "s002": 90, "s003": 100, "s004": 100, "s005": 50, "s006": 80, "s008": 100, "s009": 100,
    "s010": 60, "s011": 0, "s012": 70, "s013": 100, "s014": 100,
}  # fmt: skip

# student -> course total in percent, and how it was worked out; nothing of it is reckoned by the kit
TOTALS = {
    # all points everywhere
    "s001": Fraction(100),
    # hw1 13 of 15, and 14 after the regrade: assignments (14/15 + 5) / 6 = 89/90;
    # 20·9/10 + 20·89/90 + 10 + 20 + 30 = 78 + 178/9
    "s002": Fraction(880, 9),
    # hw1 15, two days late: 15 - 20 % = 12 of 15; (4/5 + 5) / 6 = 29/30; 20 + 20·29/30 + 60 = 80 + 58/3
    "s003": Fraction(298, 3),
    # lab2 six days late: half; lab3 seven days late: nothing, and dropped; labs (1 + 1/2 + 1 + 1 + 1) / 5 = 9/10;
    # 20 + 20 + 9 + 20 + 30
    "s004": Fraction(99),
    # quiz2 excused, quiz4 70 dropped: quizzes 1; 20·1/2 + 20 + 10 + 20 + 30
    "s005": Fraction(90),
    # hw2 12 of 15, hw3 in time by the extension, hw4 20 - 10 % = 18 of 20: (1 + 4/5 + 1 + 9/10 + 1 + 1) / 6 = 19/20;
    # 20·4/5 + 20·19/20 + 10 + 20 + 30 = 16 + 19 + 60
    "s006": Fraction(95),
    # hw5 missing: 5/6; no mark for professionalism yet: (20·5/6 + 10 + 20 + 30) / 80 = (230/3) / 80 = 23/24
    "s007": Fraction(2300, 24),
    # hw6 12 + 3/2 for the reflection = 27/2, called hw6.ipynb: less 5 % = 513/40 of 15 = 171/200;
    # (5 + 171/200) / 6 = 1171/1200; project 24 of 30; 20 + 20·1171/1200 + 10 + 20 + 24 = 74 + 1171/60
    "s008": Fraction(5611, 60),
    # hw6 15 with the reflection, two days late: 12 of 15; (5 + 4/5) / 6 = 29/30; the project waits for a person:
    # (20 + 58/3 + 10 + 20) / 70 = (208/3) / 70 = 104/105
    "s009": Fraction(10400, 105),
    # hw1 14 after the regrade, hw2 12, hw3 17 of 20, hw4 17 of 20, hw5 12, hw6 11 + 2:
    # (14/15 + 12/15 + 17/20 + 17/20 + 12/15 + 13/15) / 6 = (51/15 + 34/20) / 6 = (17/5 + 17/10) / 6 = 17/20;
    # labs 4 of 10 each, quizzes 70 each, project 15 of 30; 20·3/5 + 17 + 4 + 14 + 15
    "s010": Fraction(62),
    # nothing at all, and 0 for professionalism
    "s011": Fraction(0),
    # all quizzes excused: they leave the weighting; (20·7/10 + 20 + 10 + 30) / 80 = 74/80
    "s012": Fraction(7400, 80),
    # hw1 in a file called Untitled7.ipynb without a name at the top: 15 - 5 % - 5 % = 27/2, 9/10;
    # (5 + 9/10) / 6 = 59/60; 20 + 59/3 + 60
    "s013": Fraction(299, 3),
    # hw1 to hw6 one day late each: 9/10; 20 + 18 + 60
    "s014": Fraction(98),
}


@dataclass(frozen=True)
class Played:
    """The term as it went: what the steps gave back."""

    course: Course
    first: tuple[Fate, ...]
    second: tuple[Fate, ...]
    by_extension: Trial
    regrade: dict
    sheet: dict[str, dict[str, str]]


def plan(person: Person, assignment: str) -> tuple[str, float]:
    """Return which work somebody hands in, and how many days late."""
    number = int(person.id[1:])
    if number <= 13:
        return STORIES.get(person.id, {}).get(assignment, (FULL, 0))
    if number % 17 == 0:
        return NOTHING, 0
    late = 1 if number % 10 == 4 and assignment in HOMEWORK else 0
    return (PART if number % 3 == 0 and assignment != "project" else FULL), late


def moment(course: Course, person: Person, assignment: str) -> datetime:
    return local(course, assignment, days=plan(person, assignment)[1])


def file_name(person: Person, assignment: str) -> str:
    """Return a name as browsers, platforms and people make it; the first students' cost nothing, but for one."""
    number, right = int(person.id[1:]), f"{person.first}_{person.last}_{assignment}"
    if (person.id, assignment) == ("s008", "hw6"):
        return "upload 8/hw6.ipynb"
    if (person.id, assignment) == ("s013", "hw1"):
        return "Untitled7.ipynb"
    plain = f"{person.last}{person.first}".lower().replace("-", "")
    styles = [
        f"{right}.ipynb",
        f"{right} (1).ipynb",
        f"{plain}_{90000 + number}_{70000 + number}_{right}.ipynb",
        f"Copy of {right}.ipynb",
        f"{plain}_LATE_{90000 + number}_{70000 + number}_{right}-2.ipynb",
        f"{person.first} {person.last}_{4000 + number}_assignsubmission_file_/{right}.ipynb",
        f"{right}%20(2).ipynb",
        f"{person.first.lower()} {person.last.lower()} {assignment.upper()}.ipynb",
        f"{person.last}_{person.first}_{assignment}.ipynb",
        f"upload {number}/{assignment}.ipynb",
    ]
    return styles[number % (7 if number <= 14 else 10)]


def fill_inbox(course: Course, inbox: Path, assignment: str) -> None:
    for person in PEOPLE:
        kind = plan(person, assignment)[0]
        if kind == NOTHING:
            continue
        name = "" if (person.id, assignment) == ("s013", "hw1") else f"{person.first} {person.last}"
        notebook = work(course, assignment, kind, name)
        put(inbox / file_name(person, assignment), notebook, moment(course, person, assignment))
        if (person.id, assignment) == ("s003", "hw1"):
            early = work(course, assignment, PART, name)
            put(inbox / "earlier" / file_name(person, assignment), early, local(course, assignment))


def put(path: Path, notebook: nbformat.NotebookNode, when: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert not path.exists()
    nbformat.write(notebook, path)
    os.utime(path, (when.timestamp(), when.timestamp()))


def by_rows(course: Course, assignment: str) -> None:
    """Grade the two distinct works for real, and enter their rows for everybody who handed in the same."""
    s001, s010 = PEOPLE[0], PEOPLE[9]
    whose = {FULL: s001, PART: s010 if assignment != "project" else s001}
    for kind in (FULL, PART) if assignment != "project" else (FULL,):
        hand_in(course, assignment, whose[kind].id, work(course, assignment, kind), local(course, assignment))
    assert {item.status for item in grade(course, assignment, jobs=2)} == {"graded"}
    kinds = {person.id: plan(person, assignment)[0] for person in PEOPLE}
    copies = {student: whose[kind].id for student, kind in kinds.items() if kind != NOTHING}
    times = {person.id: moment(course, person, assignment) for person in PEOPLE}
    copy_rows(course, assignment, copies, times)


def mark(course: Course, assignment: str, marks: dict[str, dict[str, float]]) -> None:
    """Write what formgrader writes when a person types points: student -> cell -> points."""
    find = (
        "SELECT grade.id FROM grade JOIN base_cell ON grade.cell_id = base_cell.id "
        "JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id "
        "JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id "
        "JOIN assignment ON submitted_assignment.assignment_id = assignment.id "
        "WHERE base_cell.name = :cell AND submitted_assignment.student_id = :student AND assignment.name = :name"
    )
    give = f"UPDATE grade SET manual_score = :points, needs_manual_grade = 0 WHERE id = ({find})"
    with open_gradebook(course) as gradebook:
        for student, cells in marks.items():
            for cell, points in cells.items():
                where = {"student": student, "cell": cell, "name": assignment, "points": points}
                assert gradebook.db.execute(sql(give), where).rowcount == 1
        gradebook.db.commit()


def reflections() -> dict[str, dict[str, float]]:
    given = {}
    for person in PEOPLE:
        kind = plan(person, "hw6")[0]
        if kind != NOTHING:
            given[person.id] = {"reflection": {"s008": 1.5}.get(person.id, 3.0 if kind == FULL else 2.0)}
    return given


PARTS = {"question": 2, "data": 2, "baseline": 2, "plan": 2, "risks": 2, "runs": 3, "code": 2, "log": 3, "sources": 2,
         "story": 2, "evidence": 3, "doubt": 3, "answers": 2}  # fmt: skip


def projects() -> dict[str, dict[str, float]]:
    given: dict[str, dict[str, float]] = {}
    for person in PEOPLE:
        if plan(person, "project")[0] == NOTHING:
            continue
        marks = {name: float(most) for name, most in PARTS.items()}
        if person.id == "s008":
            marks |= {"runs": 0.0, "log": 0.0}
        if person.id == "s009":
            del marks["answers"]
        if person.id == "s010" or (int(person.id[1:]) > 14 and int(person.id[1:]) % 3 == 0):
            marks = {name: most / 2 for name, most in marks.items()}
        given[person.id] = marks
    return given


REGRADE = """
import json, sys
from autograder.grading import grade
from autograder.regrading import preview
from autograder.rules.coursefile import load_course
from term_class import once_each

course = load_course(sys.argv[1])
trial = preview(course, "hw1", place=once_each())
done = [item.status for item in grade(course, "hw1", place=once_each())]
print(json.dumps({"trial": trial.as_json(), "sentence": trial.sentence, "statuses": sorted(set(done))}))
"""


def regrade_with_a_changed_exercise(course: Course, folder: Path) -> dict:
    """Change what a mistake of hw1 keeps, in a copy of the kit; try it, and grade with it."""
    kit = copy_kit(folder / "kit")
    declared = kit / "autograder/exercises/hw1.py"
    source = declared.read_text(encoding="utf-8")
    old = '"The bias b is left out.", look='
    assert source.count(old) == 1
    declared.write_text(source.replace(old, '"The bias b is left out.", credit=0.5, look='), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(kit), str(Path(__file__).parent)])}
    command = [sys.executable, "-c", REGRADE, str(course.root)]
    done = subprocess.run(command, env=environment, cwd=kit, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def everything(course: Course) -> dict[str, bytes]:
    """Return all files that a preview must leave alone."""
    folders = [course.autograded, course.records]
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in (*paths, course.root / "gradebook.db")}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("term")
    root = folder / "course"
    root.mkdir()
    write_course(root, REPOSITORY, RULES)
    for name in ALL:
        shutil.copytree(REPOSITORY / "notebooks/assignments" / name, root / "notebooks/assignments" / name)
    course = load_course(root)
    for name in ALL:
        generate(course, name)
    register_class(course, load_roster(course.roster))
    for name in ALL:
        if name not in BY_INBOX:
            by_rows(course, name)

    for name in BY_INBOX:
        fill_inbox(course, course.inbox, name)
    first = collect(course)
    decide_file(course, "Untitled7.ipynb", "s013", "hw1", "he wrote that it is his")
    second = collect(course)
    for name in BY_INBOX:
        assert {item.status for item in grade(course, name, place=once_each())} == {"graded"}

    with (root / "course.toml").open("a", encoding="utf-8") as file:
        file.write(LATER)
    course = load_course(root)
    before = everything(course)
    by_extension = preview(course, "hw1")
    assert everything(course) == before
    assert [item.reason for item in grade(course, "hw1") if item.status == "graded"] == [
        "a rule in course.toml changed; the course's rules were applied anew, the notebook did not run again"
    ]
    regrade = regrade_with_a_changed_exercise(course, folder)

    mark(course, "hw6", reflections())
    mark(course, "project", projects())
    rows = "".join(f"{student},{percent}\n" for student, percent in PROFESSIONALISM.items())
    rows += "".join(f"{person.id},85\n" for person in PEOPLE[14:])
    (root / "professionalism.csv").write_text("id,percent\n" + rows)
    sheet = export(course, Form.FINAL).path.read_text(encoding="utf-8-sig")
    by_student = {row["student_id"]: row for row in csv.DictReader(io.StringIO(sheet, newline=""))}
    return Played(course, first, second, by_extension, regrade, by_student)


def test_every_file_of_the_inbox_has_a_fate_and_only_one_needed_a_person(played: Played) -> None:
    handed_in = sum(plan(person, name)[0] != NOTHING for person in PEOPLE for name in BY_INBOX)
    assert len(played.first) == handed_in + 1  # one came twice
    assert [fate.path for fate in played.first if fate.fate == NEEDS_PERSON] == ["Untitled7.ipynb"]
    counted = {(fate.student_id, fate.assignment) for fate in played.second if fate.fate == ACCEPTED}
    wanted = {(person.id, name) for person in PEOPLE for name in BY_INBOX if plan(person, name)[0] != NOTHING}
    assert counted == wanted
    [older] = [fate for fate in played.second if fate.fate == SUPERSEDED]
    assert (older.student_id, older.path) == ("s003", "earlier/" + file_name(PEOPLE[2], "hw1"))


@pytest.mark.parametrize("student", TOTALS)
def test_the_course_total_is_the_one_worked_out_by_hand(played: Played, student: str) -> None:
    assert float(played.sheet[student]["course total %"]) == round(float(TOTALS[student]), 4)


# student -> what other columns of the final sheet say, by the beginning of their names
COLUMNS = {
    "s002": {"hw1": "14"},
    "s003": {"hw1": "12"},
    "s004": {"lab2": "5", "lab3": "0", "labs": "90", "dropped": "lab3 quiz1"},
    "s005": {"quiz2": "", "quiz4": "70", "dropped": "lab1 quiz4", "not in it": "quiz2 excused"},
    "s006": {"hw2": "12", "hw3": "20", "hw4": "18", "assignments": "95"},
    "s007": {"hw5": "0", "missing": "hw5", "of the weight %": "80", "not in it": "professionalism has no mark yet"},
    "s008": {"hw6": "12.825", "project (": "24"},
    "s009": {"hw6": "12", "project (": "", "of the weight %": "70", "not in it": "project waits for a person"},
    "s010": {"hw3": "17", "hw6": "13", "labs": "40", "quizzes": "70", "project (": "15"},
    "s011": {"hw1": "0", "missing": " ".join(ALL), "professionalism": "0"},
    "s012": {"quiz1": "", "quizzes": "", "missing": "", "of the weight %": "80"},
    "s013": {"hw1": "13.5"},
    "s024": {"hw1": "14"},  # a part: 13, and 14 after the regrade; a day late, and in time by the later extension
}


@pytest.mark.parametrize("student", COLUMNS)
def test_the_final_sheet_says_what_was_worked_out_by_hand(played: Played, student: str) -> None:
    row = played.sheet[student]
    for start, said in COLUMNS[student].items():
        [column] = [name for name in row if name.startswith(start)]
        assert row[column] == said, column


def test_the_sheet_lists_the_whole_class_and_nobody_without_a_total(played: Played) -> None:
    assert list(played.sheet) == [person.id for person in PEOPLE]
    assert all(row["course total %"] for row in played.sheet.values())


def test_nbgraders_own_rows_say_the_same(played: Played) -> None:
    for name in ALL:
        [column] = [each for each in played.sheet["s001"] if each.startswith(f"{name} (of")]
        rows = {row.student: row for row in scores(played.course, name)}
        for student, line in played.sheet.items():
            row = rows.get(student)
            if row is None:
                assert line[column] == ("" if f"{name} excused" in line["not in it"] else "0")
            elif row.needs_person:
                assert (line[column], f"{name} waits for a person" in line["not in it"]) == ("", True)
            else:
                assert float(line[column]) == pytest.approx(row.raw - row.penalty, abs=1e-4)


def test_a_late_extension_moves_one_grade_and_runs_nothing(played: Played) -> None:
    trial = played.by_extension
    [move] = trial.moved
    assert (move.student, move.has_run, move.cells) == ("s024", False, ())
    assert move.before is not None
    assert move.after is not None
    # 13 points a day late: 11.7; in time: 13
    assert (move.before.final, move.after.final, move.difference) == (11.7, 13.0, 1.3)
    assert "the notebook did not run again" in move.reason


def test_a_changed_exercise_is_tried_first_and_then_entered(played: Played) -> None:
    trial = played.regrade["trial"]
    handed_in_part = {person.id for person in PEOPLE if plan(person, "hw1")[0] == PART}
    moved = {move["student"]: move for move in trial["students"] if move["moves"]}
    assert set(moved) == handed_in_part
    assert trial["moved"] == len(handed_in_part)
    assert (moved["s010"]["before"]["final"], moved["s010"]["after"]["final"]) == (13, 14)
    assert moved["s002"]["difference"] == 1
    [cell] = moved["s002"]["cells"]
    assert (cell["name"], cell["before"], cell["after"]) == ("linear_predict", 0, 1)
    assert "The bias b is left out" in cell["message"]
    assert "an exercise, a case or a mistake" in moved["s002"]["reason"]
    sizes = [abs(move["difference"]) for move in trial["students"]]
    assert sizes == sorted(sizes, reverse=True)
    said = f"{len(handed_in_part)} of {trial['submissions']} would move, mean +0."
    assert played.regrade["sentence"].startswith(said)
    assert played.regrade["statuses"] == ["graded"]


def test_every_change_of_a_grade_is_in_the_history_with_its_reason(played: Played) -> None:
    found = read_history(played.course, "hw1")
    assert not found.damaged
    graded, regraded = (entry for entry in found.entries if entry.student == "s002")
    assert (graded.event, graded.before, graded.after.final) == (Event.GRADED, None, 13)
    assert (regraded.event, regraded.moved) == (Event.REGRADED, {"linear_predict": (0, 1)})
    assert "an exercise, a case or a mistake" in regraded.reason
    [decided] = [entry for entry in found.entries if entry.student == "s013"]
    assert "Decided by a person: he wrote that it is his" in decided.reason
    events = [(entry.event, entry.after.final) for entry in found.entries if entry.student == "s024"]
    assert events == [(Event.GRADED, 11.7), (Event.RULES, 13), (Event.REGRADED, 14)]
    [first, by_hand] = (entry for entry in read_history(played.course, "hw6").entries if entry.student == "s008")
    assert first.after.cells["reflection"] is None
    assert (by_hand.event, by_hand.after.by_hand) == (Event.BY_HAND, {"reflection": 1.5})
    assert by_hand.reason.startswith("A mark given by hand: reflection not graded → 1.5.")
    assert by_hand.after.final == pytest.approx(12.825)
