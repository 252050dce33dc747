"""Train for one epoch."""

from __future__ import annotations

from functools import partial

from autograder.draws import SINGLE
from autograder.exercise import Exercise, case, clue, scalar, seen, tensor
from autograder.exercises.hw5.tasks import AVERAGED, CLASSIFIER, MOODY, PLAIN, TRAINED, draw_task, mean_per_sample


def _train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


train_one_epoch = Exercise(
    "train_one_epoch",
    points=3,
    ask="Train the model for one pass over the loader; return the mean loss per sample seen, a Python float.",
    reference=_train_one_epoch,
    driver="train_one_epoch",
    seconds=20.0,
    cases=[
        case(
            "six rows in two even batches",
            partial(draw_task, n=6, layers=PLAIN, batch_size=3, loss="mse", optimizer="sgd", lr=0.05),
        ),
        case(
            "seven rows in batches of 3, the last is smaller",
            partial(draw_task, n=7, layers=PLAIN, batch_size=3, loss="mse", optimizer="sgd", lr=0.05),
        ),
        case(
            "dropout and batch norm, left in evaluation mode",
            partial(draw_task, n=10, layers=MOODY, batch_size=4, starts_in="eval", optimizer="sgd", lr=0.1),
        ),
        case(
            "a sampler that skips and repeats",
            partial(
                draw_task,
                n=9,
                layers=CLASSIFIER,
                batch_size=2,
                order=[8, 1, 1, 5, 0],
                optimizer="momentum",
                lr=0.1,
            ),
        ),
        case(
            "an optimiser that remembers (Adam)",
            partial(draw_task, n=8, layers=CLASSIFIER, batch_size=3, optimizer="adam", lr=0.05),
        ),
        case(
            "a model on another device",
            partial(draw_task, n=6, layers=CLASSIFIER, batch_size=4, device="another", optimizer="sgd", lr=0.1),
        ),
        case(
            "float32, one batch",
            partial(draw_task, n=5, layers=CLASSIFIER, batch_size=8, dtype=SINGLE, optimizer="sgd", lr=0.1),
        ),
    ],
    hidden=[
        case(
            "many batches with momentum",
            partial(draw_task, n=43, layers=CLASSIFIER, batch_size=8, optimizer="momentum", lr=0.05),
        ),
        case(
            "dropout and batch norm",
            partial(draw_task, n=26, layers=MOODY, batch_size=8, starts_in="train", optimizer="adam", lr=0.02),
        ),
        case(
            "dropout and batch norm after an evaluation",
            partial(draw_task, n=22, layers=MOODY, batch_size=5, starts_in="eval", optimizer="momentum", lr=0.05),
        ),
        case(
            "another sampler",
            partial(
                draw_task,
                n=12,
                layers=PLAIN,
                batch_size=4,
                order=[3, 3, 7, 11, 0, 2, 9],
                loss="smooth l1",
                optimizer="sgd",
                lr=0.1,
            ),
        ),
        case(
            "another device",
            partial(
                draw_task,
                n=11,
                layers=MOODY,
                batch_size=4,
                device="another",
                starts_in="eval",
                optimizer="sgd",
                lr=0.1,
            ),
        ),
        case(
            "one sample a batch",
            partial(draw_task, n=6, layers=PLAIN, batch_size=1, loss="mse", optimizer="adam", lr=0.05),
        ),
        case(
            "float32 in uneven batches",
            partial(draw_task, n=19, layers=CLASSIFIER, batch_size=4, dtype=SINGLE, optimizer="momentum", lr=0.05),
        ),
    ],
    parts=[
        scalar("loss", **AVERAGED),
        seen("loss still carries its graph (1 = yes)"),
        seen("optimiser steps"),
        seen("batches learned from outside training mode"),
        seen("batches of x not moved to the device"),
        seen("batches of y not moved to the device"),
        seen("mode at the end as asked (1 = yes)"),
        tensor("weights", **TRAINED),
        tensor("running statistics", **TRAINED),
        clue("backward passes"),
        clue("call before the first step"),
    ],
)


def _epoch(model, loader, loss_fn, optimizer, device, *, mode=True, zero=True, step=True, moved=("x", "y")):
    """Train for an epoch with parts of it switched off, and return (losses, sizes): the frame of many mistakes."""
    if mode:
        model.train()
    losses, sizes = [], []
    for x, y in loader:
        x = x.to(device) if "x" in moved else x
        y = y.to(device) if "y" in moved else y
        if zero:
            optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        if step:
            optimizer.step()
        losses.append(loss.item())
        sizes.append(len(y))
    return losses, sizes


@train_one_epoch.mistake(
    "Old gradients stay: backward adds to .grad, so each step uses the sum over all batches so far.",
    look="What must happen to .grad before the next backward?",
)
def forgot_to_zero_the_gradients(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, zero=False))


@train_one_epoch.mistake(
    "step comes before backward: at that moment the gradients have just been cleared, so nothing is learned.",
    look="What is in .grad when step is called?",
)
def stepped_before_backward(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        optimizer.step()
        loss.backward()
        losses.append(loss.item())
        sizes.append(len(y))
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake(
    "Each step uses the gradients of the batch before: step comes before backward, and nothing is cleared between.",
    look="Which batch made the gradients that step finds?",
)
def stepped_one_batch_late(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        sizes.append(len(y))
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake(
    "The model stays in the mode it came in: after an evaluation, dropout and batch norm stay switched off.",
    look="Which mode is the model in when your function starts?",
)
def forgot_training_mode(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, mode=False))


@train_one_epoch.mistake(
    "The model is put in evaluation mode to be trained.", look="Which of train() and eval() do you call?"
)
def trained_in_evaluation_mode(model, loader, loss_fn, optimizer, device):
    model.eval()
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, mode=False))


@train_one_epoch.mistake(
    "The batch means are averaged with equal weight: the samples of a smaller last batch then count too much.",
    look="How many samples stand behind each batch loss?",
)
def averaged_the_batch_means(model, loader, loss_fn, optimizer, device):
    losses, _ = _epoch(model, loader, loss_fn, optimizer, device)
    return sum(losses) / len(losses)


@train_one_epoch.mistake(
    "The sum of batch means is divided by the number of samples: each mean stands for a whole batch.",
    look="What must each batch loss be multiplied by before you add?",
)
def forgot_the_batch_sizes(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return sum(losses) / sum(sizes)


@train_one_epoch.mistake(
    "The losses are added up and never divided: the mean per sample is asked for.",
    look="What do you divide by?",
)
def returned_the_sum_of_losses(model, loader, loss_fn, optimizer, device):
    return sum(_epoch(model, loader, loss_fn, optimizer, device)[0])


@train_one_epoch.mistake(
    "The losses of all samples are added up and never divided.", look="How many samples were seen?"
)
def returned_the_sum_over_samples(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return mean_per_sample(losses, sizes) * sum(sizes)


@train_one_epoch.mistake(
    "Only the last batch's loss is returned: the mean over the whole epoch is asked for.",
    look="What happens to the losses before it?",
)
def returned_the_last_loss(model, loader, loss_fn, optimizer, device):
    return _epoch(model, loader, loss_fn, optimizer, device)[0][-1]


@train_one_epoch.mistake(
    "You divide by the length of the data set: a sampler may show fewer samples, or some twice. Count what came.",
    look="How many samples did the loader really give?",
    credit=0.5,
)
def divided_by_the_data_set(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return mean_per_sample(losses, sizes) * sum(sizes) / len(loader.dataset)


@train_one_epoch.mistake(
    "Every batch is counted as full: batch_size times the number of batches is more than the samples seen.",
    look="How large is the last batch?",
)
def counted_every_batch_as_full(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device)
    return mean_per_sample(losses, sizes) * sum(sizes) / (loader.batch_size * len(sizes))


@train_one_epoch.mistake(
    "The loss you return still carries the graph it was made by, which keeps every batch in memory: use .item().",
    look="What type does your function return?",
    credit=0.5,
)
def kept_the_graph(model, loader, loss_fn, optimizer, device):
    model.train()
    total, count = 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss * len(y)
        count += len(y)
    return total / count


@train_one_epoch.mistake(
    "The optimiser never steps: gradients are computed and thrown away.", look="Who changes the weights?"
)
def forgot_to_step(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, step=False))


@train_one_epoch.mistake(
    "There is no backward: step finds no gradients, so the weights stay as they are.",
    look="Where do gradients come from?",
)
def forgot_backward(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        losses.append(loss_fn(model(x), y).item())
        optimizer.step()
        sizes.append(len(y))
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake(
    "The gradients are cleared between backward and step: the step has nothing to go by.",
    look="What is in .grad when step is called?",
)
def cleared_before_the_step(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(len(y))
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake(
    "One step is made at the end of the epoch: with mini-batches, each batch makes a step.",
    look="How far is your step indented?",
)
def stepped_once_per_epoch(model, loader, loss_fn, optimizer, device):
    optimizer.zero_grad()
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device, zero=False, step=False)
    optimizer.step()
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake(
    "One step is made at the end, with the last batch's gradients only.",
    look="How far is your step indented?",
)
def stepped_with_the_last_batch(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, loss_fn, optimizer, device, step=False)
    optimizer.step()
    return mean_per_sample(losses, sizes)


@train_one_epoch.mistake("Your function ends after the first batch.", look="How far is your return indented?")
def returned_inside_the_loop(model, loader, loss_fn, optimizer, device):
    x, y = next(iter(loader))
    return mean_per_sample(*_epoch(model, [(x, y)], loss_fn, optimizer, device))


@train_one_epoch.mistake(
    "Each round asks the loader for a new start, so the first batch comes again and again.",
    look="What does iter(loader) give each time it is called?",
)
def started_the_loader_anew(model, loader, loss_fn, optimizer, device):
    batches = [next(iter(loader)) for _ in range(len(loader))]
    return mean_per_sample(*_epoch(model, batches, loss_fn, optimizer, device))


@train_one_epoch.mistake(
    "This is two epochs: one pass over the loader is asked for.", look="How often does the loader start?"
)
def trained_two_epochs(model, loader, loss_fn, optimizer, device):
    first = _epoch(model, loader, loss_fn, optimizer, device)
    second = _epoch(model, loader, loss_fn, optimizer, device)
    return mean_per_sample(first[0] + second[0], first[1] + second[1])


@train_one_epoch.mistake(
    "Neither x nor y is moved: `x.to(device)` returns the moved tensor and leaves x where it is.",
    look="What happens to the result of .to?",
)
def moved_nothing(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, moved=()))


@train_one_epoch.mistake(
    "x is moved to the device, y is not: the loss needs both in one place.", look="On which device is y?"
)
def moved_only_x(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, moved=("x",)))


@train_one_epoch.mistake("y is moved to the device, x is not: the model cannot read it.", look="On which device is x?")
def moved_only_y(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, loss_fn, optimizer, device, moved=("y",)))


@train_one_epoch.mistake(
    "The loss is divided by the batch size before backward: it is a mean already, and the steps become too small.",
    look="What does loss_fn give for a batch?",
)
def divided_the_loss_before_backward(model, loader, loss_fn, optimizer, device):
    return mean_per_sample(*_epoch(model, loader, lambda p, y: loss_fn(p, y) / len(y), optimizer, device))


@train_one_epoch.mistake(
    "The loss is multiplied by the batch size before backward, so gradients are too large: weigh it in the sum only.",
    look="Which number is backward called on?",
)
def multiplied_the_loss_before_backward(model, loader, loss_fn, optimizer, device):
    losses, sizes = _epoch(model, loader, lambda p, y: loss_fn(p, y) * len(y), optimizer, device)
    return sum(losses) / sum(sizes)


@train_one_epoch.mistake(
    "The loss is computed again after the step: report the loss of the model before it learned from the batch.",
    look="How often does each batch go through the model?",
)
def measured_after_the_step(model, loader, loss_fn, optimizer, device):
    model.train()
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        losses.append(loss_fn(model(x), y).item())
        sizes.append(len(y))
    return mean_per_sample(losses, sizes)
