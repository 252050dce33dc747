"""A written answer of a lab counts when it is there: the same cases for whoever counts."""

from __future__ import annotations

import pytest

from course_utils.handing_in.own_words import own_words, why_incomplete

RELEASED = "YOUR ANSWER HERE"
GIVEN = """## 4 · What did you see?
Why does the loss get smaller with each step at first, and why does it grow without end
once the learning rate is large?"""

ANSWERS = {
    "a plain sentence": "The steps were too long, so w jumped over the bottom of the bowl and landed higher each time.",
    "with the prompt left in": f"{RELEASED}\n\nThe steps were too long, so w jumped over the bottom and landed higher "
    "up on the other side.",
    "with terms of the question": "Once the learning rate is 0.0066 each step lands farther from the minimum than the "
    "last, so the loss grows.",
    "with numbers and formulas": "With $w = 1.3$ and $b = 0.65$ I got an MSE of 18.6; moving w by 0.1 gave 21.2, "
    "moving b by 0.1 only 18.7.",
    "as a list": "- too small: 200 steps, still 40\n- right: 20 steps, 18.7\n- too large: inf after 31 steps, then nan",
    "in another script": "学習率が大きいと損失は毎回大きくなりました",
    "exactly fifteen words": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_there_counts(answer):
    assert why_incomplete(answer, released=RELEASED, given=GIVEN, least=15) == ""


NO_ANSWERS = {
    "as released": (RELEASED, "as it was released"),
    "as released, with space": (f"\n{RELEASED}  \n", "as it was released"),
    "empty": (" \n", "is empty"),
    "one word": ("Yes.", "1 word: at least 15"),
    "fourteen words": ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen", "14 words"),
    "the prompt and a few words": (f"{RELEASED} I do not know", "4 words: at least 15"),
    "the question, pasted": (GIVEN, "copied from the notebook"),
    "the question, pasted in capitals": (GIVEN.upper(), "copied from the notebook"),
    "the question and a word": (f"{GIVEN} Yes.", "1 word: at least 15"),
    "one word again and again": ("loss " * 40, "3 words"),
    "a few words again and again": ("I do not know. " * 10, "12 words"),
    "a comment nobody sees": ("<!-- one two three four five six seven eight nine ten 11 12 13 14 15 16 -->", "0 words"),
    "a long link": ("[here](a-b/c d e f g h i j k l m n o p q r s t) https://a.b/c?d=e&f=g", "1 word"),
    "an image": ('<img src="one two three four five six seven eight nine ten 11 12 13 14 15 16">', "0 words"),
    "signs only": ("?!… — *** ### $$", "0 words"),
}


@pytest.mark.parametrize(("answer", "words"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_said(answer, words):
    assert words in why_incomplete(answer, released=RELEASED, given=GIVEN, least=15)


def test_how_many_words_are_asked_for_is_the_courses_to_say():
    assert why_incomplete("Because it diverged.", released=RELEASED, given=GIVEN, least=3) == ""
    assert "at least 4" in why_incomplete("Because it diverged.", released=RELEASED, given=GIVEN, least=4)


def test_a_comparison_is_not_taken_for_a_tag():
    assert own_words("if loss < 3 and w > 2 then stop") == 8
    assert own_words("don't count it's parts: well-known 0.5") == 6


def test_a_long_text_is_counted_in_a_moment():
    assert own_words(" ".join(f"word{n}" for n in range(20_000)), RELEASED, GIVEN * 20) == 20_000
