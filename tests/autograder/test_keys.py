"""Frozen keys: fresh, stable, and free of what students must not have."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder import keys
from autograder.exercises import assignments, exercises_of
from course_utils.checks import codec
from course_utils.checks.answer_key import KEYS, load_key, save_key
from course_utils.checks.contract import PartSpec
from course_utils.checks.response import Raised, Response

EVERY = [exercise for name in assignments() for exercise in exercises_of(name).values()]
HW1 = exercises_of("hw1")
FEW = {name: HW1[name] for name in ("sse", "mse", "linear_predict")}


@pytest.fixture
def _only_a_few(monkeypatch):
    monkeypatch.setattr(keys, "select_exercises", lambda names: list(FEW.values()))


@pytest.mark.usefixtures("_only_a_few")
def test_freezing_writes_every_key_and_a_second_time_nothing(tmp_path):
    written = keys.freeze(tmp_path)
    assert {path.stem for path in written} == set(FEW)
    assert keys.stale(tmp_path) == {}
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert keys.freeze(tmp_path) == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamps


@pytest.mark.usefixtures("_only_a_few")
def test_a_key_without_an_exercise_goes(tmp_path):
    keys.freeze(tmp_path)
    left_over = tmp_path / "softmin.npz"
    left_over.write_bytes((tmp_path / "mse.npz").read_bytes())
    assert keys.stale(tmp_path) == {"softmin": "has a key but is not declared"}
    assert keys.freeze(tmp_path) == [left_over]
    assert not left_over.exists()


def reworded(key):
    first, *rest = key.mistakes
    return replace(key, mistakes=(replace(first, idea="Other words."), *rest))


def recontracted(key):
    return replace(key, contract=replace(key.contract, parts=(PartSpec("", "tensor"),)))


def with_other_inputs(key):
    first, *rest = key.cases
    changed = {name: value + 1 for name, value in first.arguments.items()}
    return replace(key, cases=(replace(first, arguments=changed), *rest))


def with_code_of_a_mistake(key):
    first, *rest = key.mistakes
    raised = Response(raised=Raised("error", "ValueError", "", "wrong", 3, "return the_solution(x)"))
    return replace(key, mistakes=(replace(first, responses=(raised, *first.responses[1:])), *rest))


def with_other_numbers(key):
    part = key.expected[0].parts[0]
    changed = replace(key.expected[0], parts=(replace(part, values=np.asarray(part.values + 1)),))
    return replace(key, expected=(changed, *key.expected[1:]))


@pytest.mark.usefixtures("_only_a_few")
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (reworded, "the contract, a case or a mistake has changed"),
        (recontracted, "the contract, a case or a mistake has changed"),
        (with_code_of_a_mistake, "the contract, a case or a mistake has changed"),
        (with_other_inputs, "the contract, a case or a mistake has changed"),
        (with_other_numbers, "the expected numbers have changed"),
    ],
)
def test_a_key_that_no_longer_says_what_the_exercise_says_is_stale(tmp_path, spoil, reason):
    keys.freeze(tmp_path)
    save_key(spoil(HW1["mse"].answer_key()), tmp_path)
    assert keys.stale(tmp_path) == {"mse": reason}
    assert [path.stem for path in keys.freeze(tmp_path)] == ["mse"]
    assert keys.stale(tmp_path) == {}


@pytest.mark.usefixtures("_only_a_few")
def test_a_missing_and_a_damaged_key_are_stale(tmp_path):
    keys.freeze(tmp_path)
    (tmp_path / "mse.npz").unlink()
    (tmp_path / "sse.npz").write_bytes(b"half")
    reasons = keys.stale(tmp_path)
    assert set(reasons) == {"mse", "sse"}
    assert "no answer key" in reasons["mse"]
    assert "damaged" in reasons["sse"]


@pytest.mark.usefixtures("_only_a_few")
def test_the_command_says_what_is_stale_and_how_to_mend_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(keys, "stale", lambda: {"mse": "the expected numbers have changed"})
    assert keys.main(["--check"]) == 1
    assert "mse: the expected numbers have changed. Run `make keys`" in capsys.readouterr().err
    monkeypatch.setattr(keys, "stale", dict)
    assert keys.main(["--check"]) == 0


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_the_key_in_the_repository_is_fresh_and_holds_visible_cases_only(exercise):
    assert not keys._why_stale(exercise, KEYS)
    assert not any(made.is_hidden for made in load_key(exercise.name).cases)


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_no_hidden_case_and_no_line_of_code_is_in_a_key(exercise):
    key = load_key(exercise.name)
    for response in (*key.expected, *(one for known in key.mistakes for one in known.responses)):
        assert response.printed == ""
        if response.raised is not None:
            assert (response.raised.message, response.raised.function, response.raised.line) == ("", "", "")
    words = json.dumps(_words_of(codec.load(KEYS / f"{exercise.name}.npz")))
    for code in ("def ", "lambda", "import torch", "return torch", " @ ", "/autograder/", "site-packages"):
        assert code not in words
    hidden = {made.label for made in exercise.cases(1) if made.is_hidden}
    assert not any(f'"{label}"' in words for label in hidden - {made.label for made in exercise.cases()})


def _words_of(node):
    """Return the tree of a key without its arrays and without the inputs, which may hold code to be run."""
    if isinstance(node, dict):
        return {name: _words_of(value) for name, value in node.items() if name != "arguments"}
    if isinstance(node, list):
        return [_words_of(value) for value in node]
    return node if isinstance(node, str) else None


def test_a_key_is_small():
    assert all(path.stat().st_size < 2_000_000 for path in KEYS.glob("*.npz"))
