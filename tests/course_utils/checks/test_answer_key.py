"""Answer keys: frozen and read back, or refused in one sentence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from small_keys import SCALAR, case, key, vector

from course_utils.checks import codec
from course_utils.checks.answer_key import (
    FORMAT,
    KEYS,
    key_from_tree,
    key_to_tree,
    load_key,
    responses_from_tree,
    responses_to_tree,
    save_key,
)
from course_utils.checks.compare import looks_like
from course_utils.errors import AnswerKeyError


def total(x):
    return x.sum()


def mean(x):
    return x.mean()


def fails(x):
    raise ValueError("no")


KEY = key(total, [case("three", x=vector(1, 2, 3)), case("none", x=vector())], mean, fails, parts=SCALAR, seconds=2.5)


def test_a_key_comes_back_from_its_file(tmp_path):
    path = save_key(KEY, tmp_path)
    assert path == tmp_path / "thing.npz"
    back = load_key("thing", tmp_path)
    assert back.contract == KEY.contract
    assert [(c.label, c.is_hidden) for c in back.cases] == [("three", False), ("none", False)]
    assert torch.equal(back.cases[0].arguments["x"], vector(1, 2, 3))
    pairs = [(back.expected, KEY.expected)]
    for known, mistake in zip(back.mistakes, KEY.mistakes, strict=True):
        assert dataclasses.replace(known, responses=()) == dataclasses.replace(mistake, responses=())
        pairs.append((known.responses, mistake.responses))
    for some, others in pairs:
        assert all(looks_like(one, other, SCALAR) for one, other in zip(some, others, strict=True))


def test_a_key_that_was_written_again_is_read_again(tmp_path):
    save_key(KEY, tmp_path)
    first = load_key("thing", tmp_path)
    save_key(dataclasses.replace(KEY, mistakes=()), tmp_path)
    (tmp_path / "thing.npz").touch()
    assert load_key("thing", tmp_path) is not first
    assert load_key("thing", tmp_path).mistakes == ()


@pytest.mark.parametrize("name", ["nothing", "", "../keys/mse", "a\0b", "x" * 5000, "mse.npz"])
def test_no_key_is_one_sentence(name, tmp_path):
    with pytest.raises(AnswerKeyError, match="no answer key"):
        load_key(name, tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tree: {},
        lambda tree: [],
        lambda tree: {**tree, "format": FORMAT + 1},
        lambda tree: {**tree, "contract": {"name": "thing"}},
        lambda tree: {**tree, "contract": {**tree["contract"], "colour": "red"}},
        lambda tree: {**tree, "expected": [{}]},
        lambda tree: {**tree, "mistakes": [1]},
        lambda tree: {**tree, "cases": None},
    ],
)
def test_a_key_of_another_form_is_one_sentence(spoil, tmp_path):
    (tmp_path / "thing.npz").write_bytes(codec.dump(spoil(key_to_tree(KEY))))
    with pytest.raises(AnswerKeyError, match=r"thing\.npz is damaged"):
        load_key("thing", tmp_path)


def test_half_a_key_is_one_sentence(tmp_path):
    path = save_key(KEY, tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AnswerKeyError, match="Install the course kit again"):
        load_key("thing", tmp_path)


def test_a_key_holds_no_code_and_no_hidden_case():
    for path in KEYS.glob("*.npz"):
        frozen = load_key(path.stem)
        assert not any(made.is_hidden for made in frozen.cases)
        words = str(key_to_tree(frozen)["contract"]) + "".join(m.idea + m.look for m in frozen.mistakes)
        assert "lambda" not in words
        assert "import " not in words


def test_the_tree_of_a_key_gives_the_key_again():
    tree = codec.load(codec.dump(key_to_tree(KEY)))
    assert key_from_tree(tree).contract == KEY.contract


# --- responses from a process that is not to be trusted -----------------------------------------------------

GOOD = responses_to_tree(KEY.expected)[0]
PART = GOOD["parts"][0]
RAISED = {"kind": "error", "type": "E", "message": "m", "function": "f", "line_number": 1, "line": "l"}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "text",
        [],
        {},
        {**GOOD, "parts": None},
        {**GOOD, "parts": [None]},
        {**GOOD, "parts": [{**PART, "values": [1.0]}]},
        {**GOOD, "parts": [{**PART, "values": "6"}]},
        {**GOOD, "parts": [{**PART, "values": np.array(["6"])}]},
        {**GOOD, "parts": [{**PART, "values": np.array([6 + 0j])}]},
        {**GOOD, "parts": [{**PART, "values": torch.tensor(6.0)}]},
        {**GOOD, "parts": [{**PART, "values": np.array([6.0])}]},  # not the shape it names
        {**GOOD, "parts": [{**PART, "values": None}]},
        {**GOOD, "parts": [{**PART, "shape": ["three"]}]},
        {**GOOD, "parts": [{**PART, "shape": 3}]},
        {**GOOD, "parts": [{name: PART[name] for name in PART if name != "dtype"}]},
        {**GOOD, "raised": "an error"},
        {**GOOD, "raised": {**RAISED, "line_number": "third"}},
        {**GOOD, "raised": {"kind": "error"}},
        {**GOOD, "changed": None},
        {**GOOD, "used": 3},
        {name: GOOD[name] for name in GOOD if name != "printed"},
    ],
)
def test_forged_responses_of_the_wrong_form_are_refused(bad):
    with pytest.raises((KeyError, TypeError, ValueError)):
        responses_from_tree([bad])


def test_forged_text_is_cut_and_cleaned():
    evil = "\x1b[31m" + "x" * 100_000
    tree = {
        **GOOD,
        "raised": dict.fromkeys(RAISED, evil) | {"line_number": 3},
        "structure": evil,
        "printed": evil,
        "changed": [evil] * 1000,
        "used": [evil, 3, None],
        "parts": [{**PART, "dtype": evil, "device": evil, "kind": evil, "shown": evil}],
    }
    (response,) = responses_from_tree([tree])
    assert "\x1b" not in repr(response)
    assert len(repr(response)) < 30_000
