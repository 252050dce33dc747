import pytest
import torch

from course_utils.widgets import mistake_gallery

N = 40
LABELS = torch.arange(N) % 10
IMAGES = torch.rand(N, 5, 5, generator=torch.Generator().manual_seed(0))
LOGITS = torch.zeros(N, 10)
LOGITS[torch.arange(N), LABELS] = torch.linspace(4, 6, N)
for row, strength in ((3, 9.0), (4, 8.0), (15, 5.5)):  # three mistakes: 3 as 4, 4 as 5, 5 as 6
    LOGITS[row, (LABELS[row] + 1) % 10] = strength
SURE = torch.softmax(LOGITS, dim=1).max(dim=1).values


def press(live, name):
    next(button for button in live.buttons if button.description == name).click()


def test_it_begins_with_the_surest_mistakes():
    words = mistake_gallery(IMAGES, LABELS, LOGITS).description
    assert words.startswith(f"Mistakes, 3 of 3, the surest: 3 read as 4 with {SURE[3]:.1%}, 4 read as 5 with")
    assert "Of 40 pictures 3 are read wrong" in words
    assert f"at least 90% sure of {(SURE[[3, 4, 15]] >= 0.9).sum()} of its mistakes" in words


def test_the_slider_goes_from_the_closest_calls_to_the_surest():
    live = mistake_gallery(IMAGES, LABELS, LOGITS)
    live.move(kind="Right answers")
    assert live.description.startswith(f"Right answers, 8 of 37, the surest: 9 read as 9 with {SURE[39]:.1%}")
    drawn = {live.png}
    for place in (18, 10, 0):
        live.move(place=place)
        drawn.add(live.png)
    assert len(drawn) == 4
    assert "the closest calls" in live.description
    assert f"0 read as 0 with {SURE[0]:.1%}." in live.description  # the least sure of all stands last


def test_the_buttons_choose_kind_and_end():
    live = mistake_gallery(IMAGES, LABELS, LOGITS)
    press(live, "Luckiest answers")
    assert live.values == {"place": 0, "kind": "Right answers"}
    press(live, "Closest mistakes")
    assert live.description.startswith("Mistakes, 3 of 3, the closest calls")
    press(live, "Surest mistakes")
    assert live.description.startswith("Mistakes, 3 of 3, the surest")


def test_a_model_without_mistakes_says_so():
    words = mistake_gallery(IMAGES, LABELS, torch.nn.functional.one_hot(LABELS, 10) * 9.0).description
    assert "there are none" in words
    assert "0 are read wrong" in words


def test_rows_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="40 images, 40 labels and 2 rows of logits"):
        mistake_gallery(IMAGES, LABELS, LOGITS[:2])
