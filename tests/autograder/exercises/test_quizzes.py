"""Quizzes: every wrong answer is named, every right one accepted, and nothing of either is in students' hands."""

from __future__ import annotations

import importlib
import json
import re
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.errors import ExerciseError
from autograder.exercises import assignments
from autograder.nbgrader_bridge.stubs import ClearAnswers
from autograder.questions import Question, Quiz, choice, number, right, wrong
from autograder.rules.coursefile import load_course
from course_utils.checks import codec, judge_answer
from course_utils.checks.answer_key import KEYS, AnswerKey, key_to_tree, load_key
from course_utils.checks.diagnose import diagnose
from course_utils.checks.probe import write_request
from course_utils.checks.verdict import Outcome
from course_utils.data import load_scores

REPOSITORY = Path(__file__).resolve().parents[3]
QUIZZES: list[Quiz] = [
    importlib.import_module(f"autograder.exercises.{name}").QUIZ for name in assignments() if name.startswith("quiz")
]
QUESTIONS = {question.name: question for quiz in QUIZZES for question in quiz.questions}
NUMBERS = [name for name, question in QUESTIONS.items() if not question.options]
CHOICES = [name for name, question in QUESTIONS.items() if question.options]
BLAME = ("stupid", "silly", "obviously", "careless", "you should have", "you failed", "clearly", "simply", "of course")
LONGEST_MESSAGE = 80


@cache
def judges_key(name: str) -> AnswerKey:
    return QUESTIONS[name].answer_key(secret=1)


def judge(name: str, answer: object):
    return judge_answer(judges_key(name), answer)


# --- what the judge says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_wrong_answer_is_named_as_itself(name: str) -> None:
    for mistake in QUESTIONS[name].mistakes:
        verdict = judge(name, mistake.answer)
        assert (verdict.outcome, verdict.mistake, verdict.points) == (Outcome.FAILED, mistake.name, 0.0)
        assert (verdict.idea, verdict.look) == (mistake.idea, mistake.look)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_right_answer_earns_all_points_in_every_spelling(name: str) -> None:
    for answer in QUESTIONS[name].right_answers.values():
        verdict = judge(name, answer)
        assert (verdict.outcome, verdict.points) == (Outcome.PASSED, 10.0), answer


@pytest.mark.parametrize("name", QUESTIONS)
def test_open_answers_are_not_attempted_and_malformed_ones_told_how_to_mend_them(name: str) -> None:
    for answer in (..., None, ""):
        assert judge(name, answer).outcome is Outcome.NOT_ATTEMPTED
    for answer in (["b"], lambda: "b", "no idea", True, torch.tensor([1.0, 2.0])):
        verdict = judge(name, answer)
        assert (verdict.outcome, verdict.mistake, verdict.points) == (Outcome.FAILED, "malformed", 0.0)
        assert "Write one letter" in verdict.idea or "Write one number" in verdict.idea
        # Students read the same when they check it themselves.
        assert judge_answer(load_key(name), answer).idea == verdict.idea


@pytest.mark.parametrize("name", QUESTIONS)
def test_messages_are_short_and_kind_and_keep_the_right_answer(name: str) -> None:
    question = QUESTIONS[name]
    for mistake in question.mistakes:
        message = judge(name, mistake.answer).message()
        assert len(message.split()) < LONGEST_MESSAGE, message
        assert not [word for word in BLAME if f" {word}" in f" {message.lower()}"], message
        if question.options:
            assert question.options[str(question.reference)] not in message
        assert not re.search(r"\b(option|answer) [a-f]\b", mistake.idea + mistake.look)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_nobody_thought_of_is_wrong_without_a_name(name: str) -> None:
    verdict = judge(name, 123_456.789)
    assert (verdict.outcome, verdict.mistake, verdict.points) == (Outcome.FAILED, "", 0.0)
    assert not verdict.is_named


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_right_up_to_its_tolerance_and_a_count_exactly(name: str) -> None:
    question, value = QUESTIONS[name], float(QUESTIONS[name].reference)
    assert value != 0
    if question.is_whole:
        assert judge(name, value + 1).outcome is Outcome.FAILED
        assert judge(name, value - 1).outcome is Outcome.FAILED
        return
    assert judge(name, value * 1.009).outcome is Outcome.PASSED
    assert judge(name, value * 0.991).outcome is Outcome.PASSED
    assert judge(name, value * 1.02).outcome is Outcome.FAILED


def test_a_number_rounded_too_early_is_told_apart() -> None:
    verdict = judge("quiz3_softmax", 0.8)
    assert (verdict.outcome, verdict.mistake) == (Outcome.FAILED, "rounded-too-early")


@pytest.mark.parametrize("name", QUESTIONS)
def test_another_seed_makes_the_same_key(name: str) -> None:
    assert codec.dump(key_to_tree(QUESTIONS[name].answer_key(2))) == codec.dump(key_to_tree(judges_key(name)))


# --- what students have -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_frozen_key_says_the_form_and_nothing_else(name: str) -> None:
    question = QUESTIONS[name]
    tree = codec.load(KEYS / f"{name}.npz")
    assert (tree["expected"], tree["mistakes"]) == ([], [])
    assert [item["arguments"] for item in tree["cases"]] == [{}]
    form = {"form": "choice", "letters": "".join(question.options)} if question.options else {"form": "number"}
    assert tree["contract"].pop("options") == form
    (part,) = tree["contract"].pop("parts")
    assert part.pop("rtol64") in (1e-9, 0.01)
    assert part == {
        "name": "",
        "kind": "given",
        "keeps_dtype": True,
        "rtol32": 1e-5,
        "is_returned": True,
        "floor": 0.0,
    }
    assert tree["contract"] == {
        "name": name,
        "points": 10.0,
        "ask": question.title,
        "driver": "given",
        "forbid": [],
        "seconds": 5.0,
    }


OPTIONS = ("One.", "Two.", "Three.")


def with_right(place: int) -> Question:
    options = [
        right(text, why="w") if number == place else wrong(text, f"thought_{number}", "i", "l")
        for number, text in enumerate(OPTIONS)
    ]
    return choice("quiz9_q", "A title", "Which?", *options)


def with_number(answer: float) -> Question:
    guessed = wrong(77.0, "guessed", "i", "l")
    return number("quiz9_q", "A title", "How much?", answer=answer, why="w", mistakes=[guessed])


@pytest.mark.parametrize(
    ("one", "other"),
    [(with_right(0), with_right(2)), (with_number(0.25), with_number(1e6)), (with_number(3), with_number(12))],
    ids=["choices", "numbers", "whole numbers"],
)
def test_nothing_students_or_kernels_get_depends_on_the_right_answer(one: Question, other: Question) -> None:
    assert codec.dump(key_to_tree(one.answer_key())) == codec.dump(key_to_tree(other.answer_key()))
    keys = [question.answer_key(secret=5) for question in (one, other)]
    assert codec.dump(key_to_tree(keys[0])) != codec.dump(key_to_tree(keys[1]))
    assert len({write_request(key.contract, key.cases) for key in keys}) == 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_students_see_the_same_for_every_answer_they_may_give(name: str) -> None:
    question, key = QUESTIONS[name], load_key(name)
    answers = [mistake.answer for mistake in question.mistakes] + list(question.right_answers.values())
    seen = set()
    for answer in answers:
        verdict = judge_answer(key, answer)
        said = re.sub(r"answer: \S+\. Until", "answer: *. Until", json.dumps(verdict.to_json()))
        seen.add(said)
    assert len(seen) == 1
    assert verdict.outcome is Outcome.RECORDED


def released(name: str) -> nbformat.NotebookNode:
    source = nbformat.read(REPOSITORY / f"notebooks/assignments/{name}/{name}.ipynb", as_version=4)
    return ClearAnswers().preprocess(source, {})[0]


@pytest.mark.parametrize("quiz", QUIZZES, ids=lambda quiz: quiz.name)
def test_a_released_quiz_holds_no_answer_and_no_misconception(quiz: Quiz) -> None:
    notebook = released(quiz.name)
    text = nbformat.writes(notebook)
    assert "SOLUTION" not in text
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    for question in quiz.questions:
        form = r'one letter in quotes: "a"(, "[a-f]")* or "[a-f]"' if question.options else r"a (whole )?number.*"
        assert re.fullmatch(rf"{question.name} = \.\.\.  # {form}\n# YOUR CODE HERE", cells[f"{question.name}-answer"])
        plain = text.encode().decode("unicode_escape", errors="replace")
        for secret in (question.why, *(word for m in question.mistakes for word in (m.name, m.idea))):
            assert secret not in text, secret
            assert secret not in plain, secret


# --- the quizzes as a whole -------------------------------------------------------------------------------------


@pytest.mark.parametrize("quiz", QUIZZES, ids=lambda quiz: quiz.name)
def test_a_quiz_has_a_fair_make_up(quiz: Quiz) -> None:
    assert 8 <= len(quiz.questions) <= 10
    letters = [question.reference for question in quiz.questions if question.options]
    assert len(letters) >= 3
    assert len(quiz.questions) - len(letters) >= 3
    assert len(set(letters)) >= 3, "the right letters hardly change"
    for question in quiz.questions:
        assert len(question.options) in (0, 4)
        assert len(question.mistakes) >= 3
        assert len(question.text.split()) < 110


def test_the_letters_of_all_quizzes_are_spread() -> None:
    letters = [str(QUESTIONS[name].reference) for name in CHOICES]
    assert all(letters.count(letter) >= len(letters) / 8 for letter in "abcd")


def test_names_and_titles_are_those_of_the_course_file() -> None:
    course = load_course(REPOSITORY)
    assert [quiz.name for quiz in QUIZZES] == [f"quiz{number}" for number in range(1, 6)]
    for quiz in QUIZZES:
        assert course.assignment(quiz.name).title == quiz.title


def test_the_notebooks_are_as_declared() -> None:
    sys.path.insert(0, str(REPOSITORY / "tools"))
    try:
        import quizzes
    finally:
        sys.path.pop(0)
    assert quizzes.main(["check"]) == 0


@pytest.mark.parametrize("quiz", QUIZZES, ids=lambda quiz: quiz.name)
def test_the_source_notebook_solves_itself(quiz: Quiz) -> None:
    source = nbformat.read(REPOSITORY / f"notebooks/assignments/{quiz.name}/{quiz.name}.ipynb", as_version=4)
    given: dict[str, object] = {}
    for cell in source.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, given)
    for question in quiz.questions:
        assert judge(question.name, given[question.name]).outcome is Outcome.PASSED


# --- declarations that cannot be right --------------------------------------------------------------------------

W = wrong("Two.", "thought_so", "An idea.", "A look.")
R = right("One.", why="Because.")
N = wrong(2.0, "doubled", "An idea.", "A look.")

BAD = {
    "no right option": (lambda: choice("q", "t", "x", W, wrong("3", "b", "i", "l")), "0 right options"),
    "two right options": (lambda: choice("q", "t", "x", R, right("Uno.", why="w"), W), "2 right options"),
    "one option": (lambda: choice("q", "t", "x", R), "1 options"),
    "the same option twice": (lambda: choice("q", "t", "x", R, W, W), "the same option twice"),
    "the same mistake twice": (
        lambda: choice("q", "t", "x", R, W, wrong("3", "thought_so", "i", "l")),
        "the same mistake twice",
    ),
    "a wrong option without an idea": (lambda: choice("q", "t", "x", R, wrong("3", "b", "", "l")), "lacks"),
    "a wrong option without a look": (lambda: choice("q", "t", "x", R, wrong("3", "b", "i", "")), "lacks"),
    "a mistake that is right": (
        lambda: number("q", "t", "x", answer=2.001, why="w", mistakes=[N]),
        "gives 2 and the right answer gives 2.001",
    ),
    "two mistakes alike": (
        lambda: number("q", "t", "x", answer=1.0, why="w", mistakes=[N, wrong(2.01, "added", "i", "l")]),
        "'added' gives 2.01 and 'doubled' gives 2",
    ),
    "a question of another quiz": (
        lambda: Quiz("quiz1", "t", "x", (number("other", "t", "x", answer=1.0, why="w", mistakes=[N]),)),
        "stands in quiz1",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_declaration_that_cannot_be_right_is_refused(name: str) -> None:
    make, said = BAD[name]
    with pytest.raises(ExerciseError, match=re.escape(said)):
        make()


# --- the facts that the choices rest on -------------------------------------------------------------------------


def the_right_option(name: str) -> str:
    return QUESTIONS[name].options[str(QUESTIONS[name].reference)]


def test_one_outlier_pulls_the_line_of_absolute_values_least() -> None:
    x, y = load_scores()
    table = torch.stack([x, torch.ones_like(x)], dim=1)
    spoilt = y.clone()
    spoilt[y.argmax()] *= 10

    def squares(targets: torch.Tensor) -> torch.Tensor:
        return table @ torch.linalg.lstsq(table, targets[:, None]).solution[:, 0]

    def absolute(targets: torch.Tensor) -> torch.Tensor:
        # The line with the lowest MAE runs through two of the points.
        pairs = [(i, j) for i in range(len(x)) for j in range(i) if x[i] != x[j]]
        lines = [torch.linalg.solve(table[[i, j]], targets[[i, j]]) for i, j in pairs]
        return min((table @ line for line in lines), key=lambda fitted: (fitted - targets).abs().sum())

    assert (absolute(spoilt) - absolute(y)).abs().max() < (squares(spoilt) - squares(y)).abs().max() / 5
    assert "MAE" in the_right_option("quiz1_outlier")


def test_a_sum_of_losses_holds_on_to_the_graphs() -> None:
    weight, train_loss = torch.tensor(1.0, requires_grad=True), 0.0
    for _ in range(3):
        loss = weight**2
        loss.backward()
        train_loss += loss
    assert isinstance(train_loss, torch.Tensor)
    note, additions = train_loss.grad_fn, 0
    while note is not None and "Add" in note.name():
        note, additions = note.next_functions[0][0], additions + 1
    assert additions == 3
    assert "graph" in the_right_option("quiz2_total")


def test_no_grad_locks_no_parameter_and_changes_no_mode() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
    model(torch.ones(1, 2)).sum().backward()
    before, gradient = model[0].weight.clone(), model[0].weight.grad.clone()
    with torch.no_grad():
        model[0].weight -= 1
        assert model(torch.ones(1, 2)).grad_fn is None
        assert model.training
    assert torch.equal(model[0].weight, before - 1)
    assert torch.equal(model[0].weight.grad, gradient)


@pytest.mark.parametrize(
    ("option", "moves"),
    [("a", False), ("b", True), ("c", False), ("d", False)],
)
def test_only_one_order_of_the_lines_trains(option: str, moves: bool) -> None:
    torch.manual_seed(0)
    model, X, y = nn.Linear(1, 1), torch.ones(4, 1), torch.full((4, 1), 5.0)
    before = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scope = {"mse": F.mse_loss, "model": model, "X": X, "y": y, "optimizer": optimizer}
    lines = re.findall(r"`([^`]+)`", QUESTIONS["quiz2_order"].options[option])
    for _ in range(3):
        exec("\n".join(lines), scope)
    assert any(not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)) == moves
    assert (option == QUESTIONS["quiz2_order"].reference) == moves


def test_cross_entropy_takes_logits_and_class_numbers() -> None:
    logits, classes = torch.randn(5, 3), torch.randint(3, (5,))
    assert nn.CrossEntropyLoss()(logits, classes).isfinite()
    with pytest.raises(RuntimeError):
        nn.CrossEntropyLoss()(logits, classes[:, None])
    with pytest.raises((RuntimeError, ValueError)):
        nn.CrossEntropyLoss()(classes.float(), classes)


def test_naive_softmax_of_a_thousand_is_nan_and_a_shift_changes_nothing() -> None:
    z = torch.tensor([1000.0, 0.0])
    assert (z.exp() / z.exp().sum())[0].isnan()
    assert "nan" in the_right_option("quiz3_overflow")
    torch.testing.assert_close(F.softmax(torch.arange(3.0) + 100, 0), F.softmax(torch.arange(3.0), 0))


def test_differences_have_a_best_h() -> None:
    x = torch.tensor(0.0, dtype=torch.float64)
    errors = [abs(((x + h).exp() - (x - h).exp()) / (2 * h) - 1).item() for h in (1e-1, 1e-5, 1e-14)]
    assert errors[1] < errors[0] / 1e6
    assert errors[2] > errors[1] * 1e6


def test_neurons_that_begin_at_zero_stay_copies() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 1))
    for p in model.parameters():
        nn.init.zeros_(p)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(20):
        optimiser.zero_grad()
        F.mse_loss(model(torch.randn(4, 3)), torch.randn(4, 1)).backward()
        optimiser.step()
    assert model[0].weight.abs().max() > 0
    assert torch.equal(model[0].weight, model[0].weight[:1].expand(4, 3))


def test_batch_norm_takes_a_single_row_in_eval_mode_only() -> None:
    layer = nn.BatchNorm1d(2)
    with pytest.raises(ValueError, match="more than 1 value"):
        layer(torch.ones(1, 2))
    layer.running_mean.fill_(1.0)
    layer.eval()
    torch.testing.assert_close(layer(torch.ones(1, 2)), torch.zeros(1, 2))
    assert "running" in the_right_option("quiz5_single")


def test_a_seed_at_the_start_does_not_still_dropout() -> None:
    torch.manual_seed(0)
    layer = nn.Dropout()
    with torch.inference_mode():
        assert not torch.equal(layer(torch.ones(100)), layer(torch.ones(100)))
        layer.eval()
        assert torch.equal(layer(torch.ones(100)), layer(torch.ones(100)))


def test_the_verdict_on_a_question_goes_the_common_road() -> None:
    key = judges_key("quiz1_mse")
    assert diagnose(key, key.expected).outcome is Outcome.PASSED
