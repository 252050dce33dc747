"""The lectures read as they should, and the tool that says so can be trusted."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import reading  # noqa: E402

LECTURES = sorted((ROOT / "notebooks/lectures").glob("*.ipynb"))


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_a_lecture_is_plain_long_enough_and_well_spelt(path: Path) -> None:
    assert reading.read(path).misses == ()


SYLLABLES = {
    "the": 1, "loss": 1, "line": 1, "moves": 1, "used": 1, "noise": 1, "learned": 1, "weight": 1, "real": 1,
    "needed": 2, "classes": 2, "table": 2, "lecture": 2, "minutes": 2, "values": 2, "being": 2, "science": 2,
    "gradient": 3, "idea": 3, "area": 3, "linear": 3, "created": 3, "derivative": 4, "probability": 5,
}  # fmt: skip


@pytest.mark.parametrize("word", SYLLABLES)
def test_syllables_are_counted_as_they_are_heard(word: str) -> None:
    assert reading.syllables(word) == SYLLABLES[word]


def test_the_grade_is_the_formula_of_flesch_and_kincaid() -> None:
    # 2 sentences, 10 words, 11 syllables
    prose = "The cat sat on the mat. It was very fat."
    assert reading.grade(prose) == pytest.approx(0.39 * 10 / 2 + 11.8 * 11 / 10 - 15.59)
    assert reading.grade("") == 0


def test_hard_prose_gets_a_high_grade_and_plain_prose_a_low_one() -> None:
    hard = (
        "Notwithstanding considerable methodological heterogeneity, regularisation demonstrably ameliorates "
        "generalisation, particularly under distributional misspecification and computational constraints."
    )
    plain = "We drop some of the units. The net then learns not to lean on one of them. That helps."
    assert reading.grade(hard) > 20
    assert reading.grade(plain) < 4


def test_code_formulas_tables_and_headings_are_no_prose() -> None:
    text = (
        "# Heading words\n\nWe have `some_code(here)` and $\\alpha + \\beta$.\n\n$$\\sum x$$\n\n"
        "| a | table |\n|---|---|\n\n- one *item*\n- two"
    )
    words = reading.prose_of(text).split()
    assert words == ["We", "have", "x", "and", "x", ".", "one", "item", "two"]


MISSPELT = {
    "We recieve the gradient.": ["recieve"],
    "The Optimizer of colors.": ["colors", "Optimizer"],
    "The optimiser's colours, and `teh_code` in $x_{teh}$.": [],
    "Neighbours, centred; standardised: it's fine, isn't it?": [],
    "PyTorch and MSE and NumPy and z.": [],
    "[a lnik](http://teh.example)": ["lnik"],
}


@pytest.mark.parametrize("text", MISSPELT)
def test_a_misspelt_or_american_word_is_found(text: str) -> None:
    assert reading.misspelt(reading.bare(text)) == MISSPELT[text]


def lecture(folder: Path, *cells: nbformat.NotebookNode) -> Path:
    path = folder / "01_small.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def test_what_code_prints_and_remarks_is_spelt_too_and_its_names_are_not(tmp_path: Path) -> None:
    code = (
        'teh_count = 1  # the secnod\nprint(f"the thrid {teh_count:.2f} of teh")\n'
        'axes.text(0, 0, "frist", ha="center", color="gray")\n'
    )
    found = reading.read(lecture(tmp_path, new_code_cell(code)))
    assert found.misspelt == ("frist", "gray", "secnod", "thrid")


def test_minutes_count_words_code_guesses_figures_and_questions() -> None:
    prose = "word " * 2000
    assert reading.minutes(prose, []) == pytest.approx(10)
    code = "import torch\n# a remark\n\nx = 1\ny = x + 1\n"
    assert reading.minutes("", [code]) == pytest.approx(2 * reading.MINUTES_A_CODE_LINE)
    live = "guess = predict(q)\nline_and_squares(quiz, final)\n"
    assert reading.minutes("", [live]) == pytest.approx(1.0 + 2.5 + 2 * reading.MINUTES_A_CODE_LINE)


def test_printed_code_takes_time_to_read() -> None:
    assert reading.minutes("", ["listing('a', 'b')"]) == reading.MINUTES_A_LISTING + reading.MINUTES_A_CODE_LINE


def test_an_extra_is_counted_apart_and_spelt_like_the_rest(tmp_path: Path) -> None:
    main, extra = "*About 30 minutes.*\n\n" + "A word or two. " * 1400, "A word or two. " * 300
    told = f"## Extra: more\n\n*Optional, about 6 minutes.* {extra} Teh end."
    found = reading.read(lecture(tmp_path, new_markdown_cell(main), new_markdown_cell(told)))
    assert found.minutes == pytest.approx(28, abs=0.1)
    assert found.extra_minutes == pytest.approx(6, abs=0.1)
    assert found.misses == ("unknown words: Teh",)


def test_an_extra_that_does_not_say_how_long_it_takes_is_a_miss(tmp_path: Path) -> None:
    main, extra = "*About 30 minutes.*\n\n" + "A word or two. " * 1400, "A word or two. " * 300
    cells = [new_markdown_cell(main), new_markdown_cell(f"## Extra: more\n\n*Optional, about 2 minutes.* {extra}")]
    assert reading.read(lecture(tmp_path, *cells)).misses == ("its extra takes 6 minutes and says 2",)


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (
            [new_markdown_cell("*About 30 minutes.*\n\n" + "Notwithstanding methodological heterogeneity. " * 9)],
            "grade",
        ),
        ([new_markdown_cell("*About 30 minutes.* A short one.")], "it takes 0 minutes"),
        ([new_markdown_cell("*About 90 minutes.* " + "A word or two. " * 1500)], "says that it takes 90 minutes"),
        ([new_markdown_cell("*About 30 minutes.* " + "A word or tow recieved. " * 1400)], "unknown words: recieved"),
    ],
)
def test_a_miss_is_named_and_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str], cells, word) -> None:
    lecture(tmp_path, *cells)
    assert reading.main(["--folder", str(tmp_path)]) == 1
    assert word in capsys.readouterr().err


def test_a_lecture_that_is_not_there_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reading.main(["--folder", str(tmp_path)]) == 2
    assert "No such lecture" in capsys.readouterr().err


def test_the_word_list_is_in_order_and_has_no_word_twice() -> None:
    parts = (ROOT / "tools/words.txt").read_text(encoding="utf-8").split("\n\n")
    listed = [[line for line in part.splitlines() if not line.startswith("#")] for part in parts]
    for words in listed:
        assert words == sorted(words, key=str.lower)
    every = [word.lower() for words in listed for word in words]
    assert len(every) == len(set(every))
