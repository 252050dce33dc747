"""The declaration of an experiment: an exercise like any other, with a value for its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder import keys
from autograder.certify.certificate import certify_one
from autograder.errors import ExerciseError
from autograder.experiment import Bound, at_least, experiment
from course_utils.checks import codec, judge_answer
from course_utils.checks.answer_key import key_from_tree, key_to_tree

ONE = Bound("negative", "Never negative.", "Which sign?", breaks=-1.0, low=0.0)


def made(**changes):
    return experiment("loss_of_mine", **{"points": 1, "ask": "Run it.", "example": 2.0, "bounds": [ONE], **changes})


def test_the_form_is_said_in_words():
    assert made().contract.options["form"] == "one number"
    assert made(shape=(at_least(3),)).contract.options["form"] == "at least 3 numbers"
    assert made(shape=(4, at_least(2))).contract.options["form"] == "a table of 4 by at least 2 numbers"
    assert made(shape=(2,), form="w and b").contract.options["form"] == "w and b"


def test_its_key_goes_through_the_codec_unchanged():
    key = made().answer_key(3)
    again = key_from_tree(codec.load(codec.dump(key_to_tree(key))))
    assert again.contract == key.contract
    assert keys._difference(key, again) == ""


def test_it_has_a_certificate_without_mutants():
    certificate = certify_one(made(), [])
    assert certificate.is_sound
    assert (certificate.wrong, certificate.unnamed, certificate.mutants) == (1, (), 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bounds": [ONE, ONE]}, "two bounds called 'negative'"),
        ({"bounds": [Bound("open", "It.", "Look.", breaks=1.0)]}, "bounds nothing"),
        ({"bounds": [Bound("odd", "It.", "Look.", breaks=1.0, low=0.0, of="median")]}, "looks at 'median'"),
    ],
)
def test_a_slip_in_a_declaration_is_one_sentence(changes, words):
    with pytest.raises(ExerciseError, match=words):
        made(**changes)


def test_only_the_keys_asked_for_are_written(tmp_path):
    assert {path.stem for path in keys.freeze(tmp_path, ("mse", "rmse"))} == {"mse", "rmse"}
    assert keys.freeze(tmp_path, ("mae",)) == [tmp_path / "mae.npz"]
    assert (tmp_path / "mse.npz").is_file()


def test_a_key_nobody_declared_is_said(capsys):
    assert keys.main(["sofmax"]) == 1
    assert "No exercise is called 'sofmax'" in capsys.readouterr().err


def test_the_guides_example_does_what_the_guide_says():
    guide = Path(__file__).parents[2] / "docs" / "guides" / "labs.md"
    found = re.search(r"```python\n(from autograder.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    names: dict = {}
    exec(found[1], names)
    (losses,) = names["EXERCISES"]
    assert judge_answer(losses.answer_key(), losses.reference).points == 1.0
    for bound in losses.mistakes:
        assert judge_answer(losses.answer_key(), bound.answer).mistake == bound.name
