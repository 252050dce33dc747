"""Similar notebooks: a copy is seen through new names, and the usual way to write an answer accuses nobody."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.certify.catalogue import load_catalogue
from autograder.exercises import exercises_of
from autograder.report.compared import usual_answers
from autograder.report.passages import MOST_CELLS, MOST_SOURCE, code_tokens, own_pieces, words
from autograder.report.similar import few_of, similar

CALLS = ("abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "round", "floor", "ceil", "square", "sign", "erf", "sort")
NOUNS = ("line", "point", "slope", "loss", "batch", "sample", "weight", "step", "error", "class", "graph", "score")
VERBS = ("follows", "leaves", "meets", "turns", "shrinks", "misses", "finds", "holds", "crosses", "repeats")


def new_notebook(cells: Sequence[NotebookNode]) -> NotebookNode:
    """Make a notebook as it may come in: nbformat's own maker refuses odd cells, and so would test less."""
    return NotebookNode(cells=list(cells), metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def code(seed: int, lines: int = 24) -> str:
    """Write a function of one's own: no two seeds give two lines alike in a row."""
    chance = random.Random(seed)
    body = [
        f"    x = torch.{chance.choice(CALLS)}(x {chance.choice('+-*/')} {chance.randint(2, 99)})" for _ in range(lines)
    ]
    return "\n".join(["def own(x):", *body, "    return x"])


def essay(seed: int, sentences: int = 9) -> str:
    chance = random.Random(seed)
    said = [
        f"The {chance.choice(NOUNS)} {chance.choice(VERBS)} the {chance.choice(NOUNS)} of {chance.choice(NOUNS)}."
        for _ in range(sentences)
    ]
    return " ".join(said)


def renamed(source: str) -> str:
    """Hide a copy as people do: other names, a comment, a docstring, more blanks, brackets set on new lines."""
    source = re.sub(r"\bx\b", "my_values", source).replace("def own", "def my_very_own")
    source = source.replace("):\n", '):\n    """I wrote this."""\n    # really\n', 1)
    return source.replace("(my_values ", "(\n        my_values   ")


def answer(source: str, name: str = "f") -> NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": f"{name}-answer", "solution": True}})


def written(text: str, name: str = "why") -> NotebookNode:
    about = {"grade_id": name, "solution": True, "grade": True, "locked": False}
    return new_markdown_cell(text, metadata={"nbgrader": about})


def group(*cells: Sequence[NotebookNode], others: int = 12, kind: str = "code") -> dict[str, NotebookNode]:
    """Make a class: those given, and others with work of their own."""
    own = answer if kind == "code" else written
    write = code if kind == "code" else essay
    notebooks = [new_notebook(cells=list(mine)) for mine in cells]
    notebooks += [new_notebook(cells=[own(write(1_000 + seed))]) for seed in range(others)]
    return {f"s{number:03}": notebook for number, notebook in enumerate(notebooks)}


def test_a_copy_is_seen_through_new_names_comments_and_layout() -> None:
    original = code(1)
    found = similar(group([answer(original)], [answer(renamed(original))]), [])
    (pair,) = found
    assert (pair.one, pair.other, pair.places, pair.words) == ("s000", "s001", ("f",), 0)
    assert pair.share == 1.0
    assert pair.tokens >= 100
    assert pair.likeness < 0.95
    assert pair.sides[0].source == original
    assert "my_values" in pair.sides[0].other_source


def test_cells_moved_about_and_filled_up_are_found_where_they_stand() -> None:
    mine = [answer(code(1, 7), "f"), answer(code(2, 7), "g")]
    theirs = [new_code_cell(code(50)), answer(code(2, 7), "g"), new_code_cell(code(1, 7))]
    (pair,) = similar(group(mine, theirs), [])
    assert {(side.place, side.other_place) for side in pair.sides} == {("f", "cell 3"), ("g", "g")}


def test_text_is_compared_by_its_words() -> None:
    text = essay(1)
    shouted = text.upper().replace(".", " !")
    (pair,) = similar(group([written(text)], [written(shouted)], kind="text"), [])
    assert (pair.tokens, pair.places) == (0, ("why",))
    assert pair.words >= 40


def test_the_same_place_stands_beside_it_where_several_would_do() -> None:
    mine = [written(essay(1), name) for name in ("why", "how", "when")]
    (pair,) = similar(group(mine, mine, kind="text"), [])
    assert [(side.place, side.other_place) for side in pair.sides] == [(name, name) for name in ("why", "how", "when")]


def test_code_and_text_of_two_make_one_pair() -> None:
    both = [answer(code(1)), written(essay(1))]
    (pair,) = similar(group(both, both), [])
    assert pair.tokens
    assert pair.words
    assert pair.places == ("f", "why")
    assert pair.likeness == 1.0


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        pytest.param([answer("def mse(p, y):\n    return ((p - y) ** 2).mean()", "mse")], [], id="a short answer"),
        pytest.param([answer(f"answer = {letter!r}", f"q{n}") for n, letter in enumerate("abcd" * 5)], [], id="a quiz"),
        pytest.param([written("It goes down.")], [], id="a short text"),
        pytest.param([answer(code(1))], [new_notebook(cells=[new_code_cell(code(1))])], id="the model answer"),
        pytest.param([written(essay(1))], [new_notebook(cells=[new_markdown_cell(essay(1))])], id="given text"),
        pytest.param(
            [new_code_cell(code(1), metadata={"nbgrader": {"grade_id": "g", "locked": True}})], [], id="given code"
        ),
        pytest.param([answer(code(1, 5))], [], id="five lines"),
        pytest.param([NotebookNode(cell_type="raw", source=code(1), metadata={})], [], id="a raw cell"),
        pytest.param([answer("# " + essay(1))], [], id="a comment alone"),
    ],
)
def test_what_all_may_have_or_is_short_accuses_nobody(cells: list[NotebookNode], known: list[NotebookNode]) -> None:
    assert similar(group(cells, cells), known) == ()


def test_what_more_than_a_few_wrote_is_the_usual_way() -> None:
    usual = [answer(code(1))]
    assert len(similar(group(usual, usual, usual), [])) == 3
    assert similar(group(usual, usual, usual, usual), []) == ()
    assert similar(group(*[usual] * 12, others=0), []) == ()


def test_one_exercise_alike_is_no_reason_yet() -> None:
    mine = [answer(code(1, 13)), answer(code(2), "g")]
    theirs = [answer(code(1, 13)), answer("g = 1", "g")]
    assert similar(group(mine, theirs), []) == ()
    both = [*theirs, answer(code(3, 9), "h")]
    assert len(similar(group([*mine, both[-1]], both), [])) == 1


def test_a_little_in_common_beside_much_of_ones_own_is_nothing() -> None:
    mine = [answer(code(1, 22)), answer(code(2, 40), "g")]
    theirs = [answer(code(1, 22)), answer(code(3, 40), "g")]
    assert similar(group(mine, theirs), []) == ()
    (pair,) = similar(group(mine, theirs[:1]), [])  # all of the smaller one stands in the other
    assert pair.share == 1.0


@pytest.mark.parametrize("assignment", ["hw1", "hw4", "hw5"])
def test_a_class_that_draws_from_a_few_answers_to_each_exercise_accuses_nobody(assignment: str) -> None:
    """The hardest honest class: every answer is, letter for letter, one of two or three."""
    pool = defaultdict(list)
    for known in load_catalogue():
        pool[known.exercise].append(known.code)
    chance = random.Random(4)
    names = [name for name in exercises_of(assignment) if pool[name]]
    class_of_40 = [[answer(chance.choice(pool[name]), name) for name in names] for _ in range(40)]
    assert similar(group(*class_of_40, others=0), [usual_answers(assignment)]) == ()


@pytest.mark.parametrize(("students", "few"), [(0, 0), (2, 0), (5, 1), (6, 2), (9, 3), (12, 3), (120, 6), (1_000, 50)])
def test_how_many_are_few(students: int, few: int) -> None:
    assert few_of(students) == few


def test_a_class_too_small_to_know_what_is_usual_accuses_nobody() -> None:
    assert similar(group([answer(code(1))], [answer(code(1))], others=3), []) == ()


def test_pairs_stand_in_one_order() -> None:
    made = group([answer(code(1))], [answer(code(1))], [answer(code(2))], [answer(code(2, 23))])
    found = similar(made, [])
    assert [(pair.one, pair.other) for pair in found] == [("s000", "s001"), ("s002", "s003")]
    assert similar(dict(reversed(made.items())), []) == found


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("a = b + 1", "total=value+1 # x", True),
        ("def f(x):\n    '''Doc.'''\n    return x", "def g(y):\n\n  return y", True),
        ("s = 'one'", 's = "two {x}"', True),
        ("x.mean()", "x.sum()", False),
        ("a + b", "a - b", False),
        ("len(x)", "sum(x)", False),
        ("x ** 2", "x ** 3", False),
        ("for i in x: pass", "while i in x: pass", False),
    ],
)
def test_what_counts_as_the_same_code(one: str, other: str, is_same: bool) -> None:
    assert (code_tokens(one) == code_tokens(other)) is is_same


def test_what_counts_as_the_same_text() -> None:
    assert words("**Größe** zählt, 3-mal!") == ("grösse", "zählt", "3", "mal") == words("größe ZÄHLT 3 Mal")


@pytest.mark.parametrize(
    "source",
    ["def f(x)\n    return", "'''" * 500, "(" * 5_000, "\x00\ud800\u202e", "%matplotlib inline\n!ls", "x" * 200_000,
     '"' * 20_001, "f'{f'{f'{x}'}'}'" * 200, "\\" * 5_000, "# " * 10_000, "0" * 20_000, "\n" * 20_000],
)  # fmt: skip
def test_a_strangers_cell_never_stops_it(source: str) -> None:
    cells = [NotebookNode(cell_type=kind, source=source, metadata={}) for kind in ("code", "markdown")]
    made = group(cells, cells)
    similar(made, [])
    assert all(len(piece.source) <= MOST_SOURCE for piece in own_pieces(made["s000"]))


@pytest.mark.parametrize(
    "cell",
    [{"cell_type": "code"}, {"cell_type": "code", "source": None}, {"cell_type": "code", "source": ["a", "b"]}, {},
     {"cell_type": "code", "source": "x = 1", "metadata": None},
     {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": "no table"}},
     {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": 7}}}],
)  # fmt: skip
def test_cells_of_no_known_form_do_not_stop_it(cell: dict[str, object]) -> None:
    for piece in own_pieces(new_notebook(cells=[NotebookNode(cell)])):
        assert piece.place


def test_a_flood_of_cells_is_cut() -> None:
    many = new_notebook(cells=[new_code_cell("x = 1")] * (2 * MOST_CELLS))
    assert len(own_pieces(many)) == MOST_CELLS
