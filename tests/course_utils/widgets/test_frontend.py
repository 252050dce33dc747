import nbformat
import pytest
from nbclient import NotebookClient

from course_utils.widgets.frontend import WIDGET_VIEW, is_live

CELLS = """
from course_utils.data import load_scores
from course_utils.widgets import line_and_squares, predict
line_and_squares(*load_scores())
"""


def run(source: str):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook.cells[0].outputs


@pytest.mark.parametrize(
    ("wish", "expected"), [("live", True), ("static", False), ("", False), ("odd", False)]
)
def test_the_environment_settles_it_and_a_script_is_not_live(monkeypatch, wish, expected):
    monkeypatch.setenv("FIRST_DESCENT_WIDGETS", wish)
    assert is_live() is expected


@pytest.mark.slow
def test_nbconvert_keeps_a_still_picture_with_alt_text_and_the_words(monkeypatch):
    for name in ("FIRST_DESCENT_WIDGETS", "JPY_SESSION_NAME", "VSCODE_PID"):
        monkeypatch.delenv(name, raising=False)
    picture, words = run(CELLS)
    assert set(picture.data) == {"image/png", "text/plain"}
    assert "SSE = 574.0" in picture.metadata["image/png"]["alt"]
    assert words.text.startswith("Figure: 13 points")


@pytest.mark.slow
def test_a_browser_gets_the_widget_and_a_page_without_one_the_picture(monkeypatch):
    monkeypatch.setenv("FIRST_DESCENT_WIDGETS", "live")
    (bundle,) = run(CELLS)
    assert set(bundle.data) == {WIDGET_VIEW, "image/png", "text/plain"}
    assert "SSE = 574.0" in bundle.data["text/plain"]
    assert len(bundle.data[WIDGET_VIEW]["model_id"]) == 32


@pytest.mark.slow
def test_a_kernel_started_by_a_notebook_server_is_live(monkeypatch):
    monkeypatch.delenv("FIRST_DESCENT_WIDGETS", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", "lecture.ipynb")
    (bundle,) = run("from course_utils.widgets import predict\npredict('How many?', unit='steps')")
    assert set(bundle.data) == {WIDGET_VIEW, "text/plain"}
