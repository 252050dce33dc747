import pytest
import torch

from course_utils.widgets import mistake_gallery

N = 20
LABELS = torch.arange(N) % 10
IMAGES = torch.rand(N, 5, 5, generator=torch.Generator().manual_seed(0))
LOGITS = torch.zeros(N, 10)
LOGITS[torch.arange(N), LABELS] = 5.0
for row, strength in ((3, 9.0), (4, 8.0), (15, 5.5)):  # three mistakes: 3 as 4, 4 as 5, 5 as 6
    LOGITS[row, (LABELS[row] + 1) % 10] = strength
SURE = torch.softmax(LOGITS, dim=1)


def test_the_surest_mistakes_come_first():
    words = mistake_gallery(IMAGES, LABELS, LOGITS).description
    assert f"3 read as 4 with {SURE[3].max():.1%}, 4 read as 5 with {SURE[4].max():.1%}, 5 read as 6 with" in words
    assert "Of 20 pictures 3 are read wrong" in words
    assert f"at least 90% sure of {(SURE[[3, 4, 15]].max(dim=1).values >= 0.9).sum()} of its mistakes" in words


def test_the_closest_call_is_the_one_with_the_smallest_lead():
    live = mistake_gallery(IMAGES, LABELS, LOGITS)
    live.move(order="Closest calls")
    assert live.description.startswith(f"Closest calls, page 1 of 3: 5 read as 6 with {SURE[15].max():.1%}")
    live.move(order="Surest right answers")
    assert "read as 4 with" not in live.description.split("Of 20")[0].replace("4 read as 4", "")


def test_pages_turn_and_stop_at_the_last():
    live = mistake_gallery(IMAGES, LABELS, LOGITS, order="Closest calls")
    press = {button.description: button.click for button in live.buttons}
    before = live.png
    for _ in range(9):
        press["Next page"]()
    assert live.values["page"] == 3
    assert "page 3 of 3" in live.description
    assert live.png != before
    live.move(order="Surest mistakes")  # has one page only
    assert "page 1 of 1" in live.description
    press["First page"]()
    assert live.values["page"] == 1


def test_a_model_without_mistakes_says_so():
    words = mistake_gallery(IMAGES, LABELS, torch.nn.functional.one_hot(LABELS, 10) * 9.0).description
    assert "there are none" in words
    assert "0 are read wrong" in words


def test_rows_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="20 images, 20 labels and 2 rows of logits"):
        mistake_gallery(IMAGES, LABELS, LOGITS[:2])
