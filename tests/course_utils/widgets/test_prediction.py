import pytest

from course_utils.widgets import predict


def test_a_guess_is_recorded_once_and_locks_the_question():
    question = predict("Up or down?", options=["up", "down"])
    question.field.value = "down"
    question.button.click()
    assert question.guess == "down"
    assert question.field.disabled
    assert question.button.disabled
    question.commit("up")
    assert question.guess == "down"
    assert "Recorded: down" in question.note.value


def test_nothing_is_chosen_to_begin_with_and_an_empty_choice_is_not_a_guess():
    question = predict("Up or down?", options=["up", "down"])
    assert question.field.value is None
    question.button.click()
    assert question.guess is None
    assert "Choose one" in question.note.value


def test_the_answer_waits_for_the_guess():
    question = predict("Up or down?", options=["up", "down"])
    reveal = question.reveal("down", "The slope is positive.")
    assert "waits" in reveal.panel.value
    assert "positive" not in reveal.panel.value
    question.commit("up")
    assert "Your guess: up. The answer: down. Not this time" in reveal.panel.value
    assert "The slope is positive." in reveal.panel.value
    assert reveal.skip.layout.display == "none"


def test_a_reveal_after_the_guess_shows_at_once():
    question = predict("Up or down?", options=["up", "down"])
    question.commit("down")
    assert "You had it" in question.reveal("down", "So it is.").panel.value


def test_the_answer_can_be_had_without_a_guess():
    question = predict("How many?", unit="steps")
    reveal = question.reveal(1, "One is enough.")
    reveal.skip.click()
    assert "The answer: 1 steps. One is enough." in reveal.panel.value
    assert question.guess is None


@pytest.mark.parametrize(("guess", "is_right"), [(18.6, True), (19.0, True), (17.0, False), (0.0, False)])
def test_a_number_counts_as_right_when_it_is_near(guess, is_right):
    question = predict("How low?", unit="points²")
    question.field.value = guess
    question.button.click()
    assert question.reveal(18.6, "No line does better.").is_right is is_right


def test_a_zero_answer_wants_a_zero():
    question = predict("What is left?")
    question.commit(0.0)
    assert question.reveal(0.0, "Nothing.").is_right


def test_answers_outside_the_options_are_refused():
    question = predict("Up or down?", options=["up", "down"])
    with pytest.raises(ValueError, match="none of the options"):
        question.commit("left")
    with pytest.raises(ValueError, match="none of the options"):
        question.reveal("left", "No.")
    assert question.guess is None


def test_markup_in_a_question_is_text():
    question = predict("Is a < b?", options=["<b>yes</b>", "no"])
    question.commit("<b>yes</b>")
    assert "<b>yes</b>" not in question.reveal("no", "1 < 2").panel.value


def test_without_a_browser_question_and_answer_are_printed(capsys):
    question = predict("Up or down?", options=["up", "down"])
    question._ipython_display_()
    question.reveal("down", "The slope is positive.")._ipython_display_()
    printed = capsys.readouterr().out
    assert "Predict: Up or down?" in printed
    assert "( ) up" in printed
    assert "The answer: down. The slope is positive." in printed
