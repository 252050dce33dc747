import pytest

from course_utils.widgets import Question, self_check

ONE = Question("1 + 1?", {"2": "One and one.", "11": "That is joining, not adding."}, right="2")
TWO = Question("Is x < y?", {"yes": "By choice.", "no": "Look again."}, right="yes")


def test_a_wrong_answer_explains_itself_and_the_right_one_too():
    check = self_check(ONE, TWO)
    assert check.answers[0].value == ""
    check.fields[0].value = "11"
    assert "No. That is joining, not adding." in check.answers[0].value
    check.fields[0].value = "2"
    assert "Right. One and one." in check.answers[0].value
    assert check.answers[1].value == ""


def test_the_first_choice_is_what_counts():
    check = self_check(ONE, TWO)
    check.fields[0].value = "11"
    check.fields[0].value = "2"
    check.fields[1].value = "yes"
    assert check.score == 1
    assert "1 right at the first try, 2 of 2 answered" in check.tally.value


def test_nothing_is_chosen_to_begin_with():
    check = self_check(ONE, TWO)
    assert [field.value for field in check.fields] == [None, None]
    assert "0 right at the first try, 0 of 2 answered" in check.tally.value


def test_without_a_browser_questions_come_before_every_explanation(capsys):
    self_check(ONE, TWO)._ipython_display_()
    printed = capsys.readouterr().out
    asked, explained = printed.split("Explanations")
    assert "B) 11" in asked
    assert "joining" not in asked
    assert "1A: Right. One and one." in explained
    assert "1B: No. That is joining, not adding." in explained
    assert "2B: No. Look again." in explained


@pytest.mark.parametrize(
    ("options", "right", "named"),
    [
        ({"2": "Yes."}, "3", "none of the options"),
        ({"2": "Yes.", "11": " "}, "2", "explain nothing"),
        ({}, "2", "none of the options"),
    ],
)
def test_a_question_that_cannot_teach_is_refused(options, right, named):
    with pytest.raises(ValueError, match=named):
        Question("1 + 1?", options, right=right)
