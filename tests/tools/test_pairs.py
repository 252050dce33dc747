import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupytext.config import load_jupytext_config
from jupytext.paired_paths import paired_paths

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import pairs  # noqa: E402  it stands in tools/, which is no package

GRADED = {
    "grade": True,
    "grade_id": "mse",
    "locked": True,
    "points": 1,
    "schema_version": 3,
    "solution": False,
}


@pytest.fixture
def course(tmp_path):
    """A folder with one lecture and one assignment, in step."""
    (tmp_path / "jupytext.toml").write_text((ROOT / "jupytext.toml").read_text())
    cell = nbformat.v4
    lecture = cell.new_notebook(
        cells=[
            cell.new_markdown_cell("# A title", id="title"),
            cell.new_code_cell("x = 1\nx", id="code"),
            cell.new_markdown_cell(
                "![a](attachment:a.png)", id="picture", attachments={"a.png": {"image/png": "QQ=="}}
            ),
        ],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    lecture.cells[1].outputs = [cell.new_output("execute_result", {"text/plain": "1"}, execution_count=1)]
    homework = cell.new_notebook(
        cells=[
            cell.new_code_cell("### BEGIN SOLUTION\npass\n### END SOLUTION", id="answer"),
            cell.new_code_cell("check('mse')", id="graded", metadata={"nbgrader": dict(GRADED)}),
            cell.new_code_cell("%matplotlib inline\n!ls", id="magic", metadata={"tags": ["skip"]}),
        ]
    )
    for name, notebook in (("lectures/01", lecture), ("assignments/hw1/hw1", homework)):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    assert pairs.main(["sync", "--root", str(tmp_path)]) == 0
    return tmp_path


def paths(course, name="lectures/01"):
    return course / f"notebooks/{name}.ipynb", course / f"notebooks/text/{name}.py"


def check(course, capsys):
    capsys.readouterr()
    code = pairs.main(["check", "--root", str(course)])
    return code, capsys.readouterr().err


def test_sync_writes_the_missing_twins_and_check_agrees(course, capsys):
    assert all(
        path.is_file() for name in ("lectures/01", "assignments/hw1/hw1") for path in paths(course, name)
    )
    assert check(course, capsys) == (0, "")


def test_no_twin_with_solutions_lies_beside_a_source_notebook(course):
    assert [path.name for path in (course / "notebooks/assignments/hw1").iterdir()] == ["hw1.ipynb"]


def test_the_twin_holds_nbgraders_metadata_and_no_outputs(course):
    text = paths(course, "assignments/hw1/hw1")[1].read_text()
    assert '"grade_id": "mse"' in text
    assert "1.0" not in paths(course)[1].read_text()


def test_a_changed_notebook_is_named_with_the_way_out(course, capsys):
    path, _ = paths(course)
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = "# Another title"
    nbformat.write(notebook, path)
    code, said = check(course, capsys)
    assert code == 1
    assert "notebooks/lectures/01.ipynb and notebooks/text/lectures/01.py differ" in said
    assert "tools/pairs.py sync" in said
    assert "+# # Another title" in said
    assert "hw1" not in said


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook.cells[1].metadata.nbgrader.update(points=2),
        lambda notebook: notebook.cells[1].metadata.pop("nbgrader"),
        lambda notebook: notebook.cells[2].metadata.update(tags=[]),
        lambda notebook: notebook.cells.pop(),
        lambda notebook: notebook.cells.reverse(),
        lambda notebook: notebook.cells[0].update(cell_type="markdown"),
    ],
    ids=["points", "no nbgrader", "tags", "one cell fewer", "order", "type"],
)
def test_every_kind_of_difference_is_seen(course, capsys, change):
    path, _ = paths(course, "assignments/hw1/hw1")
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(nbformat.from_dict({**notebook, "cells": [clean(cell) for cell in notebook.cells]}), path)
    assert check(course, capsys)[0] == 1


def clean(cell):
    if cell.cell_type == "markdown":
        return {key: value for key, value in cell.items() if key not in ("outputs", "execution_count")}
    return cell


def test_outputs_and_ids_are_no_difference(course, capsys):
    path, _ = paths(course)
    notebook = nbformat.read(path, 4)
    notebook.cells[1].outputs = []
    notebook.cells[1].execution_count = 7
    notebook.cells[0].id = "other"
    nbformat.write(notebook, path)
    assert check(course, capsys)[0] == 0


def test_text_to_notebook_keeps_ids_outputs_attachments_and_nbgrader(course):
    path, text = paths(course)
    text.write_text(text.read_text().replace("# A title", "# A better title") + "\n# %%\ny = 2\n")
    assert pairs.main(["sync", "--from", "text", "--root", str(course)]) == 0
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells[:3]] == ["title", "code", "picture"]
    assert notebook.cells[0].source == "# A better title"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "1"
    assert notebook.cells[2].attachments == {"a.png": {"image/png": "QQ=="}}
    assert notebook.cells[3].source == "y = 2"

    path, text = paths(course, "assignments/hw1/hw1")
    text.write_text(text.read_text().replace("check('mse')", "check('mse', 'all new')"))
    pairs.main(["sync", "--from", "text", "--root", str(course)])
    notebook = nbformat.read(path, 4)
    assert notebook.cells[1].id == "graded"
    assert notebook.cells[1].metadata.nbgrader == GRADED
    assert notebook.cells[2].source == "%matplotlib inline\n!ls"
    assert notebook.cells[2].metadata.tags == ["skip"]


def test_new_cells_get_the_same_ids_whoever_syncs(course):
    path, _ = paths(course)
    ids = []
    for _ in range(2):
        path.unlink()
        pairs.main(["sync", "--root", str(course)])
        ids.append([cell.id for cell in nbformat.read(path, 4).cells])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_two_equal_cells_get_two_ids(course):
    path, text = paths(course)
    text.write_text(text.read_text() + "\n# %%\nsame = 1\n\n# %%\nsame = 1\n")
    pairs.main(["sync", "--from", "text", "--root", str(course)])
    ids = [cell.id for cell in nbformat.read(path, 4).cells]
    assert len(ids) == len(set(ids)) == 5


@pytest.mark.parametrize("newer", ["text", "notebook"])
def test_the_newer_side_wins(course, newer):
    path, text = paths(course)
    text.write_text(text.read_text().replace("A title", "Said by the text"))
    os.utime(text, (2_000_000_000, 2_000_000_000))
    os.utime(path, (2_000_000_000 + (5 if newer == "notebook" else -5),) * 2)
    pairs.main(["sync", "--root", str(course)])
    expected = "# Said by the text" if newer == "text" else "# A title"
    assert nbformat.read(path, 4).cells[0].source == expected
    assert f"# {expected}\n" in text.read_text()


def test_sync_leaves_alone_what_agrees(course):
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*.*")}
    pairs.main(["sync", "--root", str(course)])
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*.*")} == before


def test_a_twin_alone_and_a_notebook_alone_are_named(course, capsys):
    paths(course)[0].unlink()
    paths(course, "assignments/hw1/hw1")[1].unlink()
    code, said = check(course, capsys)
    assert code == 1
    assert "notebooks/text/lectures/01.py has no notebook" in said
    assert "notebooks/assignments/hw1/hw1.ipynb has no text twin" in said


def test_checkpoints_are_no_notebooks(course, capsys):
    hidden = course / "notebooks/lectures/.ipynb_checkpoints"
    hidden.mkdir()
    (hidden / "01-checkpoint.ipynb").write_text("{}")
    assert check(course, capsys)[0] == 0


def test_jupyterlab_pairs_the_same_files(course):
    for name in ("lectures/01", "assignments/hw1/hw1"):
        notebook, text = paths(course, name)
        formats = load_jupytext_config(str(notebook)).default_formats(str(notebook))
        for side, extension in ((notebook, ".ipynb"), (text, ".py")):
            found = paired_paths(str(side), {"extension": extension, **_folder(side, formats)}, formats)
            assert {path for path, _ in found} == {str(notebook), str(text)}


def _folder(side, formats):
    import jupytext.formats

    wanted = side.suffix
    return next(
        form for form in jupytext.formats.long_form_multiple_formats(formats) if form["extension"] == wanted
    )


def test_the_command_line_ends_with_the_right_code(course):
    command = [sys.executable, str(ROOT / "tools/pairs.py"), "check", "--root", str(course)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    paths(course)[1].unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_repositorys_own_pairs_are_in_step(capsys):
    code = pairs.main(["check", "lectures"])
    assert code == 0, capsys.readouterr().err
