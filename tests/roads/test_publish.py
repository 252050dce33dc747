"""`course publish`: what students get is whole, leads somewhere, and holds nothing of the staff's."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from small_term import REPOSITORY, lay_out
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.exercises import select_exercises
from autograder.publish import publish as publish_to
from autograder.publish.folder import LIST
from autograder.rules.coursefile import load_course

LECTURES = sorted(path.name for path in (REPOSITORY / "notebooks/lectures").glob("*.ipynb"))
HW1 = "notebooks/assignments/hw1/hw1.ipynb"


def publish(root: Path, folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["publish", str(folder), "--course", str(root), *words])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("publish") / "course")


@pytest.fixture(scope="module")
def students(root: Path) -> Path:
    folder = root.parent / "students"
    done = publish(root, folder, "--repository", "ada/deep-learning", "--branch", "spring/2027")
    assert done.exit_code == 0, done.output + done.stderr
    return folder


# --- what is in it ------------------------------------------------------------------------------------------------


def test_everything_that_students_need_is_there(students: Path) -> None:
    there = contents(students)
    assert {f"notebooks/lectures/{name}" for name in LECTURES} < set(there)
    for name in (HW1, "README.md", "LICENSE", "environment.yml", "pyproject.toml", "docs/guides/student.md"):
        assert name in there
    for folder in ("course_utils", "data"):
        tracked = subprocess.run(
            ["git", "ls-files", folder], cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout.split()
        assert {name for name in tracked if (REPOSITORY / name).is_file()} <= set(there)
    assert not [name for name in there if "__pycache__" in name or name.endswith(".pyc")]


def test_only_these_folders_are_in_it(students: Path) -> None:
    tops = {name.split("/")[0] for name in contents(students)}
    files = {"README.md", "LICENSE", "environment.yml", "pyproject.toml", ".gitignore", LIST}
    assert tops == {"notebooks", "course_utils", "data", "docs"} | files


@pytest.mark.parametrize(
    "word", ["BEGIN SOLUTION", "HIDDEN TESTS", "import autograder", "from autograder", "MARK SCHEME"]
)
def test_no_file_holds_a_mark_of_the_staffs_side(students: Path, word: str) -> None:
    assert [name for name, data in contents(students).items() if word.encode() in data] == []


def test_no_file_is_a_text_twin_or_an_exercise_declaration(students: Path) -> None:
    for name, data in contents(students).items():
        assert b"format_name: percent" not in data, name
        assert b"Exercise(\n" not in data, name
        assert not name.startswith(("autograder", "tests", "notebooks/text")), name


def test_no_reference_and_no_solution_is_in_any_file_of_the_work(students: Path) -> None:
    source = nbformat.read(REPOSITORY / HW1, as_version=4)
    text = "\n".join(cell.source for cell in source.cells)
    blocks = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.S)
    lines = {line.strip() for block in blocks for line in block.splitlines() if len(line.strip()) >= 25}
    assert len(lines) > 5
    published = nbformat.read(students / HW1, as_version=4)
    shown = "\n".join(cell.source for cell in published.cells)
    assert [line for line in lines if line in shown] == []


def test_no_python_file_holds_a_reference(students: Path) -> None:
    code = "\n".join(data.decode() for name, data in contents(students).items() if name.endswith(".py"))
    for exercise in select_exercises(()):
        try:
            lines = inspect.getsource(exercise.reference).splitlines()  # type: ignore[arg-type]
        except (OSError, TypeError):
            continue
        body = "\n".join(lines[1:]).strip()
        # one line, such as a count of parameters, is what drivers and lectures may say, too
        assert "\n" not in body or body not in code, exercise.name


def test_answer_keys_are_the_students_ones(students: Path) -> None:
    keys = {name: data for name, data in contents(students).items() if name.endswith(".npz") and "/keys/" in name}
    assert keys
    for name, data in keys.items():
        assert (REPOSITORY / name).read_bytes() == data


# --- Colab and Binder ---------------------------------------------------------------------------------------------


def notebooks(folder: Path) -> list[Path]:
    return sorted((folder / "notebooks").rglob("*.ipynb"))


def test_each_notebook_has_badges_that_lead_to_itself(students: Path) -> None:
    for path in notebooks(students):
        here = path.relative_to(students).as_posix()
        top = nbformat.read(path, as_version=4).cells[0].source
        assert top.startswith("# ")
        badges = re.findall(r"\[!\[([^\]]+)\]\(([^)]+)\)\]\(([^)]+)\)", top)
        assert [alt for alt, _, _ in badges] == ["Open this notebook in Colab", "Open this notebook on Binder"]
        colab, binder = (unquote(target) for _, _, target in badges)
        assert colab == f"https://colab.research.google.com/github/ada/deep-learning/blob/spring/2027/{here}"
        assert binder == f"https://mybinder.org/v2/gh/ada/deep-learning/spring/2027?urlpath=lab/tree/{here}"
        assert "spring%2F2027?" in badges[1][2]  # Binder takes a slash for the next part of its address


def test_each_notebook_knows_where_colab_finds_the_course(students: Path) -> None:
    for path in notebooks(students):
        code = next(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
        assert 'COURSE = "https://github.com/ada/deep-learning/archive/refs/heads/spring/2027.zip"' in code


def test_a_published_homework_comes_back_without_a_remark(students: Path, root: Path) -> None:
    """The address and the badges stand in cells that nobody grades: restoring has nothing to put back."""
    from autograder.intake.restore import restore
    from course_utils.naming.headers import read_header

    published = nbformat.read(students / HW1, as_version=4)
    released = nbformat.read(root / "release/hw1/hw1.ipynb", as_version=4)
    assert restore(published, released).changes == ()
    published.cells[0].source = published.cells[0].source.replace("**Name:**", "**Name:** Ada Lovelace")
    header = read_header(published.cells, read_header(released.cells))
    assert (header.name, header.assignment) == ("Ada Lovelace", "hw1")


def test_without_a_repository_there_is_no_badge_and_no_dead_address(root: Path, tmp_path: Path) -> None:
    done = publish(root, tmp_path / "plain")
    assert done.exit_code == 0
    assert "No badges" in done.output
    for path in notebooks(tmp_path / "plain"):
        text = path.read_text(encoding="utf-8")
        assert "colab.research" not in text
        assert 'COURSE = \\"\\"' in text
    readme = (tmp_path / "plain/README.md").read_text()
    assert "Colab" not in readme
    assert "github.com" not in readme


# --- links, environment, package ----------------------------------------------------------------------------------


def test_every_link_to_a_file_leads_to_one(students: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in students.rglob("*.md")}
    for path in notebooks(students):
        cells = nbformat.read(path, as_version=4).cells
        texts[path] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for path, text in texts.items():
        plain = re.sub(r"`[^`\n]*`|```.*?```", "", text, flags=re.S)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", plain):
            if "://" not in target and not target.startswith("attachment:"):
                assert (path.parent / target).exists(), f"{path}: {target}"


def test_a_link_to_work_that_is_not_handed_out_becomes_words(students: Path) -> None:
    lecture = (students / "notebooks/lectures/05_neurons_and_layers.ipynb").read_text(encoding="utf-8")
    assert "hw2.ipynb" not in lecture
    assert "(not handed out yet)" in lecture


def test_environment_and_package_ask_for_what_notebooks_import_and_no_more(students: Path) -> None:
    own = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    theirs = tomllib.loads((students / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert theirs["dependencies"] == own["dependencies"]
    assert theirs["optional-dependencies"] == {"lab": own["optional-dependencies"]["lab"]}
    assert "scripts" not in theirs
    listed = yaml.safe_load((students / "environment.yml").read_text(encoding="utf-8"))
    assert listed["name"] == "first-descent"
    words = " ".join(listed["dependencies"])
    assert "pytorch" in words
    assert "jupyterlab" in words
    assert "nbgrader" not in words
    assert "pytest" not in words
    assert len(listed["dependencies"]) == len(own["dependencies"]) + len(own["optional-dependencies"]["lab"]) + 2


@pytest.mark.slow
def test_the_package_can_be_built_and_holds_its_data(students: Path, tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(students)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    listed = subprocess.run([sys.executable, "-m", "zipfile", "-l", str(wheel)], capture_output=True, text=True).stdout
    assert "course_utils/_bundled/scores.csv" in listed
    assert "course_utils/checks/keys/mse.npz" in listed
    assert "notebooks" not in listed


# --- the second run -----------------------------------------------------------------------------------------------


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A repository published without a repository name, for tests that change it."""
    folder = tmp_path / "students"
    assert publish(root, folder, "--json").exit_code == 0
    return folder


def test_a_second_run_changes_nothing(root: Path, copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    done = json.loads(publish(root, copy, "--json").stdout)
    assert done["written"]["new"] == done["written"]["changed"] == done["written"]["removed"] == []
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()} == before


def test_only_what_changed_is_written_and_what_others_put_there_stays(root: Path, copy: Path) -> None:
    (copy / "videos.md").write_text("the instructor's own page")
    (copy / ".git").mkdir()
    (copy / ".git/HEAD").write_text("ref: refs/heads/main\n")
    done = json.loads(publish(root, copy, "--json", "--repository", "ada/x").stdout)
    changed = set(done["written"]["changed"])
    assert changed == {"README.md", HW1, *(f"notebooks/lectures/{name}" for name in LECTURES)}
    assert done["written"]["removed"] == []
    assert (copy / "videos.md").read_text() == "the instructor's own page"
    assert (copy / ".git/HEAD").exists()


def test_what_is_no_longer_part_of_the_course_is_removed_if_this_program_wrote_it(root: Path, copy: Path) -> None:
    tree = json.loads((copy / LIST).read_text())
    for name in ("notebooks/lectures/00_old.ipynb", "notebooks/old/kept.ipynb"):
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("as published")
        tree["files"][name] = ["0" * 32]
    from autograder.publish.folder import _digest

    tree["files"]["notebooks/lectures/00_old.ipynb"] = [_digest(b"as published")]
    (copy / LIST).write_text(json.dumps(tree))
    done = json.loads(publish(root, copy, "--json").stdout)
    assert done["written"]["removed"] == ["notebooks/lectures/00_old.ipynb"]
    assert not (copy / "notebooks/lectures/00_old.ipynb").exists()
    assert (copy / "notebooks/old/kept.ipynb").read_text() == "as published"  # somebody's change since then


def test_a_file_changed_by_hand_is_not_written_over_unless_asked(root: Path, copy: Path) -> None:
    (copy / "README.md").write_text("our own words")
    before = contents(copy)
    done = publish(root, copy, "--repository", "ada/x")
    assert done.exit_code == 2
    assert "README.md" in done.stderr
    assert contents(copy) == before
    assert publish(root, copy, "--repository", "ada/x", "--force").exit_code == 0
    assert "our own words" not in (copy / "README.md").read_text()


def test_a_run_that_was_stopped_is_finished_by_the_next(root: Path, copy: Path) -> None:
    def stop_after_three(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_to(load_course(root), copy, repository="ada/x", force=False, on_file=stop_after_three)
    before = contents(copy)
    assert publish(root, copy, "--repository", "ada/x").exit_code == 0
    assert 'COURSE = \\"https' in (copy / HW1).read_text()
    assert contents(copy) != before


def test_only_adds_to_what_was_published_before(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "course")
    text = (root / "course.toml").read_text()
    (root / "course.toml").write_text(
        text.replace("[grading]", '[assignments.hw2]\nkind = "homework"\ndeadline = "2026-09-25 23:59"\n\n[grading]')
    )
    source = root / "notebooks/assignments"
    (source / "hw2").mkdir()
    (source / "hw2/hw2.ipynb").write_bytes((REPOSITORY / "notebooks/assignments/hw2/hw2.ipynb").read_bytes())
    folder = tmp_path / "students"
    first = json.loads(publish(root, folder, "--json", "--only", "hw2").stdout)
    assert first["assignments"] == ["hw2"]
    assert not (folder / HW1).exists()
    second = json.loads(publish(root, folder, "--json", "--only", "hw1").stdout)
    assert second["assignments"] == ["hw1", "hw2"]
    assert second["written"]["removed"] == []
    assert "A line by descent" in (folder / "README.md").read_text()


# --- bad inputs ---------------------------------------------------------------------------------------------------

BAD_CALLS = {
    "a repository without an owner": (["--repository", "deep-learning"], "owner and a name"),
    "a repository's whole address": (["--repository", "https://github.com/ada/x"], "owner and a name"),
    "quotes in the repository": (["--repository", 'ada/x"; import os'], "owner and a name"),
    "a branch with spaces": (["--branch", "my branch"], "a branch name"),
    "a branch that climbs": (["--branch", "../x"], "a branch name"),
    "an unknown assignment": (["--only", "hw9"], "hw9"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_is_one_sentence_and_nothing_is_written(root: Path, tmp_path: Path, name: str) -> None:
    words, said = BAD_CALLS[name]
    done = publish(root, tmp_path / "students", *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "students").exists()


def in_a_file(folder: Path) -> Path:
    folder.write_text("a file")
    return folder


def with_foreign_content(folder: Path) -> Path:
    folder.mkdir()
    (folder / "thesis.tex").write_text("mine")
    return folder


def with_a_damaged_list(folder: Path) -> Path:
    folder.mkdir()
    (folder / LIST).write_text('{"files": 3}')
    return folder


def with_a_list_that_leads_out(folder: Path) -> Path:
    folder.mkdir()
    (folder / LIST).write_text('{"files": {"../course/course.toml": ["x"]}, "assignments": []}')
    return folder


def with_a_folder_that_is_a_link(folder: Path) -> Path:
    folder.mkdir()
    (folder.parent / "elsewhere").mkdir()
    (folder / LIST).write_text('{"files": {}, "assignments": []}')
    (folder / "notebooks").symlink_to(folder.parent / "elsewhere")
    return folder


BAD_FOLDERS = {
    in_a_file: "not a folder",
    with_foreign_content: "thesis.tex",
    with_a_damaged_list: "cannot be read",
    with_a_list_that_leads_out: "leads out",
    with_a_folder_that_is_a_link: "is a link",
}


@pytest.mark.parametrize("make", BAD_FOLDERS, ids=lambda make: make.__name__)
def test_a_folder_that_will_not_do_is_refused_in_one_sentence(root: Path, tmp_path: Path, make) -> None:
    folder = make(tmp_path / "students")
    before = contents(tmp_path)
    done = publish(root, folder)
    assert done.exit_code == 2
    assert BAD_FOLDERS[make] in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize("where", [".", "notebooks", "release", "..", "notebooks/assignments/hw1/students"])
def test_the_course_itself_is_never_published_into(root: Path, where: str) -> None:
    before = set(contents(root))
    done = publish(root, root / where, "--force")
    assert done.exit_code == 2
    assert "with its solutions" in done.stderr
    assert set(contents(root)) == before


def test_a_solution_outside_its_marks_stops_everything(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "course")
    source = root / "notebooks/assignments/hw1"
    (source / "answers.py").write_text("# my own notes\n### BEGIN SOLUTION\n")
    done = publish(root, tmp_path / "students")
    assert done.exit_code == 2
    assert "answers.py" in done.stderr
    assert not (tmp_path / "students").exists()


def test_a_copied_solution_is_found_by_its_lines(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "course")
    source = root / "notebooks/assignments/hw1"
    text = "\n".join(cell.source for cell in nbformat.read(source / "hw1.ipynb", as_version=4).cells)
    block = max(re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.S), key=len)
    (source / "notes.txt").write_text(f"for the tutors:\n{block}")
    done = publish(root, tmp_path / "students")
    assert done.exit_code == 2
    assert "notes.txt" in done.stderr
    assert not (tmp_path / "students").exists()


BAD_SETTINGS = {
    'repository = "x"': "publish.repository",
    "repository = 3": "publish.repository",
    'branch = ""': "publish.branch",
    'branch = "-d"': "publish.branch",
    'repo = "a/b"': "publish.repo",
}


@pytest.mark.parametrize("line", BAD_SETTINGS)
def test_a_bad_setting_is_named(tmp_path: Path, line: str) -> None:
    root = lay_out(tmp_path / "course")
    with (root / "course.toml").open("a") as file:
        file.write(f"\n[publish]\n{line}\n")
    done = publish(root, tmp_path / "students")
    assert done.exit_code == 2
    assert BAD_SETTINGS[line] in done.stderr


def test_the_course_files_repository_is_used(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "course")
    with (root / "course.toml").open("a") as file:
        file.write('\n[publish]\nrepository = "emmy/kit"\nbranch = "dev"\n')
    assert publish(root, tmp_path / "students").exit_code == 0
    assert "emmy/kit/blob/dev/notebooks" in (tmp_path / "students/README.md").read_text()
