"""A history: one more epoch at a time, and what can be read from it."""

import pytest

from course_utils.history import History


def run(*losses: float, validation: bool = True) -> History:
    history = History()
    for loss in losses:
        scores = {"loss": loss, "accuracy": 1 - loss} if validation else {}
        history = history.add(loss + 1, scores, seconds=0.5)
    return history


def test_an_epoch_is_added_to_a_new_history_and_the_old_one_stays():
    one = run(0.4)
    two = one.add(1.2, {"loss": 0.2, "accuracy": 0.8}, 0.25)
    assert len(one) == 1
    assert two.train_loss == (1.4, 1.2)
    assert two.validation_loss == (0.4, 0.2)
    assert two.metrics == {"accuracy": (0.6, 0.8)}
    assert two.seconds == (0.5, 0.25)


@pytest.mark.parametrize(
    ("losses", "best"), [((3, 2, 1), 3), ((1, 2, 3), 1), ((2, 1, 1), 2), ((1, 1, 1), 1), ((5,), 1)]
)
def test_the_best_epoch_is_the_first_with_the_lowest_loss(losses, best):
    assert run(*losses).best_epoch == run(*losses, validation=False).best_epoch == best


@pytest.mark.parametrize(
    ("losses", "patience", "stalled"),
    [((1, 2, 3), 2, True), ((1, 2), 2, False), ((3, 2, 1), 1, False), ((1, 2, 3), None, False), ((), 1, False)],
)
def test_a_run_has_stalled_when_the_best_epoch_lies_patience_epochs_back(losses, patience, stalled):
    assert run(*losses).has_stalled(patience) is stalled


def test_records_are_the_columns_row_by_row():
    assert run(0.4, 0.3).records()[1] == {
        "epoch": 2, "train_loss": 1.3, "validation_loss": 0.3, "accuracy": 0.7, "seconds": 0.5,
    }  # fmt: skip
    assert list(run(0.4, validation=False).records()[0]) == ["epoch", "train_loss", "seconds"]
    assert History().records() == []


def test_the_table_has_a_line_per_epoch_and_stars_the_best():
    lines = run(0.4, 0.1, 0.3).table().splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["epoch", "train", "loss", "validation", "loss", "accuracy", "seconds"]
    assert [line.endswith("*") for line in lines] == [False, False, True, False]
    assert len({len(line.removesuffix(" *")) for line in lines}) == 1
    assert History().table() == "no epochs yet"


def test_the_last_line_says_how_far_the_run_is():
    line = run(0.4, 0.25).last_line(10)
    assert line.startswith("epoch  2/10 [####................]")
    assert "validation loss 0.2500  accuracy 0.7500  0.5 s" in line
