"""Measure a model."""

from __future__ import annotations

from functools import partial

import torch

from autograder.draws import SINGLE
from autograder.exercise import Exercise, case, scalar, seen, tensor
from autograder.exercises.hw5.tasks import AVERAGED, CLASSIFIER, MOODY, TRAINED, draw_task, mean_per_sample


def _evaluate(model, loader, loss_fn, device):
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            scores = model(x)
            total += loss_fn(scores, y).item() * len(y)
            correct += (scores.argmax(1) == y).sum().item()
            count += len(y)
    return total / count, correct / count


evaluate = Exercise(
    "evaluate",
    points=3,
    ask="Measure a model: return (mean loss per sample seen, accuracy in [0, 1]), in evaluation mode, without "
    "building a graph, without changing the model.",
    reference=_evaluate,
    driver="evaluate",
    seconds=20.0,
    cases=[
        case(
            "six samples in two even batches",
            partial(draw_task, n=6, layers=CLASSIFIER, batch_size=3, starts_in="eval"),
        ),
        case(
            "seven samples in batches of 3, the last is smaller",
            partial(draw_task, n=7, layers=CLASSIFIER, batch_size=3, starts_in="eval"),
        ),
        case("dropout and batch norm, coming from training", partial(draw_task, n=11, layers=MOODY, batch_size=4)),
        case(
            "a sampler that skips and repeats",
            partial(draw_task, n=9, layers=CLASSIFIER, batch_size=2, order=[8, 1, 1, 5, 0]),
        ),
        case(
            "a model on another device",
            partial(draw_task, n=6, layers=CLASSIFIER, batch_size=4, device="another", starts_in="eval"),
        ),
        case("one sample", partial(draw_task, n=1, layers=MOODY, batch_size=4)),
        case("float32", partial(draw_task, n=8, layers=MOODY, batch_size=5, dtype=SINGLE)),
    ],
    hidden=[
        case("many samples", partial(draw_task, n=61, layers=CLASSIFIER, batch_size=8)),
        case("many samples with dropout and batch norm", partial(draw_task, n=45, layers=MOODY, batch_size=7)),
        case("another sampler", partial(draw_task, n=12, layers=MOODY, batch_size=3, order=[3, 3, 7, 11, 0, 2, 9])),
        case(
            "another device",
            partial(draw_task, n=11, layers=MOODY, batch_size=4, device="another", starts_in="eval"),
        ),
        case("one sample a batch", partial(draw_task, n=5, layers=MOODY, batch_size=1)),
        case("float32 in uneven batches", partial(draw_task, n=19, layers=CLASSIFIER, batch_size=4, dtype=SINGLE)),
    ],
    parts=[
        scalar("loss", **AVERAGED),
        scalar("accuracy", **AVERAGED),
        seen("result still carries its graph (1 = yes)"),
        seen("batches seen outside evaluation mode"),
        seen("batches that built a graph"),
        seen("batches of x not moved to the device"),
        seen("batches of y not moved to the device"),
        seen("mode at the end as asked (1 = yes)"),
        seen("gradients still switched on afterwards (1 = yes)"),
        seen("weights that can learn"),
        tensor("weights", **TRAINED),
        tensor("running statistics", **TRAINED),
    ],
)


def _measure(model, loader, loss_fn, device, *, mode=True, graph=False, moved=("x", "y"), hits=None, scores_of=None):
    """Evaluate with parts of it replaced; return (losses, hits, sizes) per batch: the frame of many mistakes."""
    if mode:
        model.eval()
    losses, right, sizes = [], [], []
    with torch.set_grad_enabled(graph):
        for x, y in loader:
            x = x.to(device) if "x" in moved else x
            y = y.to(device) if "y" in moved else y
            scores = model(x)
            losses.append(loss_fn(scores_of(scores) if scores_of else scores, y).item())
            right.append((hits or _hits)(scores, y))
            sizes.append(len(y))
    return losses, right, sizes


def _hits(scores, y):
    return (scores.argmax(1) == y).sum().item()


def _both(losses, right, sizes):
    return mean_per_sample(losses, sizes), sum(right) / sum(sizes)


@evaluate.mistake(
    "The model stays in training mode: no_grad() does not switch dropout off, nor batch norm's own means.",
    look="Which mode is the model in when your function starts?",
)
def forgot_evaluation_mode(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, mode=False))


@evaluate.mistake("The model is put in training mode to be measured.", look="Which of train() and eval() do you call?")
def measured_in_training_mode(model, loader, loss_fn, device):
    model.train()
    return _both(*_measure(model, loader, loss_fn, device, mode=False))


@evaluate.mistake(
    "Neither evaluation mode nor no_grad(): dropout and batch norm act as in training, and a graph is built.",
    look="Which two switches does a measurement need?",
)
def measured_as_in_training(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, mode=False, graph=True))


@evaluate.mistake(
    "The accuracies of the batches are averaged: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch's accuracy?",
    credit=0.5,
)
def averaged_the_accuracies(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return mean_per_sample(losses, sizes), sum(hit / size for hit, size in zip(right, sizes, strict=True)) / len(sizes)


@evaluate.mistake(
    "The batch losses are averaged with equal weight: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch loss?",
    credit=0.5,
)
def averaged_the_losses(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / len(losses), sum(right) / sum(sizes)


@evaluate.mistake(
    "Loss and accuracy are averaged batch by batch: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch's numbers?",
)
def averaged_both_by_batch(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / len(losses), sum(hit / size for hit, size in zip(right, sizes, strict=True)) / len(sizes)


@evaluate.mistake(
    "argmax() without an axis gives one place in the whole table: each row needs its own class.",
    look="What shape has scores.argmax()?",
)
def took_argmax_over_everything(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, hits=lambda scores, y: (scores.argmax() == y).sum().item()))


@evaluate.mistake(
    "argmax goes down the columns: that finds the best sample for each class. Each row needs its best class.",
    look="What shape has scores.argmax(0)?",
)
def took_argmax_down_the_columns(model, loader, loss_fn, device):
    def hits(scores, y):
        best = scores.argmax(0)
        return (best[: len(y)] == y[: len(best)]).sum().item()

    return _both(*_measure(model, loader, loss_fn, device, hits=hits))


@evaluate.mistake(
    "A graph is built for every batch: measuring needs no gradients, and the graphs cost memory.",
    look="Which context switches gradients off?",
    credit=0.5,
)
def built_the_graph(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, graph=True))


@evaluate.mistake(
    "Gradients are switched off and stay off after your function: the next training step would fail.",
    look="Who switches them on again? A `with` block does.",
    credit=0.5,
)
def switched_gradients_off_for_good(model, loader, loss_fn, device):
    result = _both(*_measure(model, loader, loss_fn, device))
    torch.set_grad_enabled(False)
    return result


@evaluate.mistake(
    "The weights are frozen and stay frozen after your function: the model could never learn again.",
    look="Which context switches gradients off for a while?",
    credit=0.5,
)
def froze_the_weights(model, loader, loss_fn, device):
    model.requires_grad_(False)
    return _both(*_measure(model, loader, loss_fn, device))


@evaluate.mistake(
    "The accuracy is in percent: a share between 0 and 1 is asked for.",
    look="What is the accuracy of a perfect model?",
    credit=0.5,
)
def gave_percent(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return loss, 100 * accuracy


@evaluate.mistake(
    "The accuracy is a count of hits: divide it by the samples seen.",
    look="What is the accuracy of a perfect model?",
)
def returned_the_count(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return mean_per_sample(losses, sizes), sum(right)


@evaluate.mistake("The hits are divided by the number of batches.", look="How many samples were seen?")
def divided_by_the_batches(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return mean_per_sample(losses, sizes), sum(right) / len(sizes)


@evaluate.mistake(
    "This is the share of errors: the accuracy is the share of hits.",
    look="What is the accuracy of a perfect model?",
)
def gave_the_error_rate(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return loss, 1 - accuracy


@evaluate.mistake(
    "The pair stands the wrong way round: first the loss, then the accuracy.",
    look="What do you return first?",
    credit=0.5,
)
def exchanged_the_pair(model, loader, loss_fn, device):
    loss, accuracy = _evaluate(model, loader, loss_fn, device)
    return accuracy, loss


@evaluate.mistake(
    "You divide by the length of the data set: a sampler may show fewer samples, or some twice. Count what came.",
    look="How many samples did the loader really give?",
    credit=0.5,
)
def divided_by_the_whole_data_set(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    count = len(loader.dataset)
    return mean_per_sample(losses, sizes) * sum(sizes) / count, sum(right) / count


@evaluate.mistake(
    "Softmax is taken before the loss: cross entropy takes the raw scores and does that itself.",
    look="What does loss_fn expect as its first argument?",
)
def softmaxed_before_the_loss(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, scores_of=lambda scores: scores.softmax(1)))


@evaluate.mistake(
    "The losses are added up and never divided: the mean per sample is asked for.",
    look="What do you divide the loss by?",
)
def returned_the_sum_of_batch_losses(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses), sum(right) / sum(sizes)


@evaluate.mistake(
    "The sum of batch means is divided by the number of samples: each mean stands for a whole batch.",
    look="What must each batch loss be multiplied by before you add?",
)
def forgot_the_sizes_of_batches(model, loader, loss_fn, device):
    losses, right, sizes = _measure(model, loader, loss_fn, device)
    return sum(losses) / sum(sizes), sum(right) / sum(sizes)


@evaluate.mistake("Your function ends after the first batch.", look="How far is your return indented?")
def returned_after_the_first_batch(model, loader, loss_fn, device):
    return _both(*(values[:1] for values in _measure(model, [next(iter(loader))], loss_fn, device)))


@evaluate.mistake(
    "Only the last batch counts: totals must grow over all batches.", look="Where are your totals set to 0?"
)
def kept_only_the_last_batch(model, loader, loss_fn, device):
    return _both(*(values[-1:] for values in _measure(model, loader, loss_fn, device)))


@evaluate.mistake(
    "Neither x nor y is moved: `x.to(device)` returns the moved tensor and leaves x where it is.",
    look="What happens to the result of .to?",
)
def moved_no_batch(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, moved=()))


@evaluate.mistake("x is moved to the device, y is not: the loss needs both in one place.", look="On which device is y?")
def moved_only_the_inputs(model, loader, loss_fn, device):
    return _both(*_measure(model, loader, loss_fn, device, moved=("x",)))


@evaluate.mistake(
    "The loss carries the graph it was made by, which keeps every batch in memory: use no_grad() and .item().",
    look="What type does your function return?",
    credit=0.5,
)
def returned_a_loss_with_its_graph(model, loader, loss_fn, device):
    model.eval()
    total, correct, count = 0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        scores = model(x)
        total = total + loss_fn(scores, y) * len(y)
        correct += _hits(scores, y)
        count += len(y)
    return total / count, correct / count


@evaluate.mistake(
    "A score above 0.5 is counted as a hit: the class is the one with the highest score in the row.",
    look="Can two scores of one row be above 0.5?",
)
def used_a_threshold(model, loader, loss_fn, device):
    def hits(scores, y):
        return (scores[torch.arange(len(y)), y] > 0.5).sum().item()

    return _both(*_measure(model, loader, loss_fn, device, hits=hits))
