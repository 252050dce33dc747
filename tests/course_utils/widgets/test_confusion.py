import ipywidgets as widgets
import pytest
import torch

from course_utils.widgets import confusion_explorer

LABELS = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
ANSWERS = torch.tensor([0, 1, 1, 1, 1, 2, 2, 2, 2, 2])  # two 0 read as 1, one 1 read as 2
IMAGES = torch.rand(10, 5, 5, generator=torch.Generator().manual_seed(0))
LOGITS = torch.zeros(10, 3)
LOGITS[torch.arange(10), ANSWERS] = torch.arange(1.0, 11.0)  # later rows are surer


def make(**settings):
    return confusion_explorer(IMAGES, LABELS, LOGITS, **settings)


def test_it_begins_with_the_most_frequent_mistake_and_counts_right_answers():
    live = make()
    assert live.values == {"truth": 0, "guess": 1}
    assert "Of 10 pictures 7 are read right (70.0%)." in live.description
    assert "Most frequent mistakes: 0 read as 1 (twice), 1 read as 2 (once)." in live.description
    assert "Framed: 0 read as 1, 2 of the 3 pictures" in live.description


def test_the_words_give_the_probabilities_of_the_framed_field():
    sure = torch.softmax(LOGITS, dim=1)[1:3, 1]
    assert f"with {sure.min():.0%} to {sure.max():.0%} for this answer" in make().description
    assert "2 read as 2, as it should be, 4 of the 4 pictures" in make(truth=2, guess=2).description
    assert (
        "2 read as 0, 0 of the 4 pictures that show this digit, so there is no picture"
        in make(truth=2, guess=0).description
    )


def test_the_buttons_walk_through_the_mistakes_only():
    live = make()
    press = {button.description: button.click for button in live.buttons}
    press["Next mistake"]()
    assert live.values == {"truth": 1, "guess": 2}
    press["Next mistake"]()
    assert live.values == {"truth": 0, "guess": 1}
    press["Mistake before"]()
    assert live.values == {"truth": 1, "guess": 2}
    live.move(truth=2, guess=2)
    press["Next mistake"]()
    assert live.values == {"truth": 0, "guess": 1}


def test_moving_a_slider_draws_another_picture():
    live = make()
    before = live.png
    live.controls["truth"].value = 1
    assert live.png != before
    assert all(isinstance(control, widgets.SelectionSlider) for control in live.controls.values())


def test_a_model_without_mistakes_has_none():
    perfect = torch.nn.functional.one_hot(LABELS, 3) * 9.0
    live = confusion_explorer(IMAGES, LABELS, perfect)
    assert "Most frequent mistakes: none." in live.description
    live.buttons[0].click()
    assert live.values == {"truth": 0, "guess": 0}


def test_at_most_nine_pictures_are_drawn_the_surest_first():
    many = torch.zeros(30, 3)
    many[:, 1] = torch.arange(30.0) / 5
    live = confusion_explorer(IMAGES.repeat(3, 1, 1), torch.zeros(30, dtype=torch.long), many, truth=0, guess=1)
    assert "the 9 surest are drawn" in live.description


def test_rows_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="10 images, 9 labels and 10 rows of logits"):
        confusion_explorer(IMAGES, LABELS[:9], LOGITS)
