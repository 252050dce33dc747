"""An error of the kit is its sentence, in a notebook too."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from course_utils.errors import AnswerKeyError, CheckError, DataError, KitError


def test_every_error_says_what_and_how_to_mend_it() -> None:
    for kind in (KitError, DataError, CheckError, AnswerKeyError):
        assert str(kind("The file is empty.", "Download it again.")) == "The file is empty. Download it again."
        assert str(kind("The file is empty.")) == "The file is empty."


def test_a_notebook_shows_the_sentence_and_no_traceback(capsys) -> None:
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from course_utils import check\n\ndef sofmax(x):\n    return x\n\ncheck(sofmax)")
        shown = capsys.readouterr()
        assert "No exercise is called 'sofmax'" in shown.out + shown.err
        assert "Traceback" not in shown.out + shown.err
        assert "_exercise_of" not in shown.out + shown.err
    finally:
        InteractiveShell.clear_instance()
