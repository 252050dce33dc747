"""Quiz 2, the PyTorch loop: lecture 4."""

from __future__ import annotations

import math

import torch

from autograder.questions import Quiz, choice, number, right, wrong


def double(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


# --- 1. and 2. two shapes that meet -------------------------------------------------------------------------

ROWS = 4
MET = torch.zeros(ROWS, 1) - torch.zeros(ROWS)

shapes = choice(
    "quiz2_shapes",
    "Two shapes meet",
    f"`p` has shape `({ROWS}, 1)` and `y` has shape `({ROWS},)`. Which shape has `p - y`?",
    wrong(
        f"`({ROWS},)`: each prediction meets its target.",
        "paired_the_rows",
        "That is what was meant, but PyTorch lines shapes up from the right: y counts as one row of four columns, p as "
        "four "
        "rows of one.",
        "Write the two shapes below each other, flush right.",
    ),
    wrong(
        f"`({ROWS}, 1)`: the first shape wins.",
        "let_the_first_shape_win",
        "The order of the two makes no difference. Along each axis a size of 1 is stretched to the other's size, in "
        "both "
        "tensors.",
        "Which tensor has the size 1 along the last axis?",
    ),
    right(
        f"`{tuple(MET.shape)}`: every prediction meets every target.",
        why="y is read as (1, 4); p is stretched over the columns and y over the rows.",
    ),
    wrong(
        "None: PyTorch stops with an error.",
        "expected_an_error",
        "An error comes only where two sizes differ and neither is 1. Here one of them is 1, so nothing warns you: "
        "that is "
        "why it is such a common trap.",
        "Try it in a cell and print the shape.",
    ),
)

P, T = double(1, 3), double(1, 3)
TRAP = ((P[:, None] - T) ** 2).mean().item()

trap = number(
    "quiz2_trap",
    "A perfect model with a loss",
    "The predictions are perfect, but one shape is not:\n\n"
    "```python\np = torch.tensor([[1.0], [3.0]])   # shape (2, 1)\n"
    "y = torch.tensor([1.0, 3.0])       # shape (2,)\n"
    "print(((p - y) ** 2).mean())\n```\n\nWhich number is printed?",
    answer=TRAP,
    why="The table of differences is [[0, −2], [2, 0]]; the mean of its four squares is printed.",
    mistakes=[
        wrong(
            0.0,
            "paired_the_rows",
            "With matching shapes the loss would be 0. Here each of the two predictions meets both targets, and two of "
            "these "
            "four pairs do not fit.",
            "How many numbers does p − y hold?",
        ),
        wrong(
            ((P[:, None] - T) ** 2).sum().item(),
            "gave_the_sum",
            "You found the four differences. Their squares are averaged at the end, not only added up.",
            "How many squares are there?",
        ),
        wrong(
            (P[:, None] - T).abs().mean().item(),
            "took_absolute_values",
            "You found the four differences. They are squared before the mean is taken.",
            "What does ** 2 do to a difference of 2?",
        ),
    ],
)

# --- 3. gradients add up ------------------------------------------------------------------------------------

W0, ROUNDS = 3.0, 3


def gradient_after(rounds: int) -> float:
    leaf = torch.tensor(W0, dtype=torch.float64, requires_grad=True)
    for _ in range(rounds):
        (leaf**2).backward()
    return leaf.grad.item()


added = number(
    "quiz2_added",
    "Three times backward",
    "```python\n"
    f"w = torch.tensor({W0}, requires_grad=True)\n"
    f"for _ in range({ROUNDS}):\n    loss = w ** 2\n    loss.backward()\nprint(w.grad)\n```\n\nWhich number is "
    "printed?",
    answer=gradient_after(ROUNDS),
    why="Each backward() adds 2·w to what stands in w.grad.",
    mistakes=[
        wrong(
            gradient_after(1),
            "expected_overwriting",
            "This is the gradient of one round. backward() does not write over .grad, it adds to what stands there.",
            "Which line of a training loop is missing here?",
        ),
        wrong(
            gradient_after(1) ** ROUNDS,
            "multiplied_the_rounds",
            "The three gradients are added, not multiplied: multiplying is for the steps along one path of the chain "
            "rule.",
            "What does 'accumulate' mean for three equal numbers?",
        ),
        wrong(
            W0**2 * ROUNDS,
            "added_up_the_losses",
            "This is the sum of the losses. In .grad stand derivatives.",
            "What is the derivative of w²?",
        ),
        wrong(
            W0 * ROUNDS,
            "forgot_the_two",
            "The gradients add up, as you saw. But the derivative of w² brings a factor of 2.",
            "What is the slope of w² at w = 3?",
        ),
        wrong(
            0.0,
            "expected_clearing",
            "Nothing clears the gradient here: PyTorch does it only when you ask for it.",
            "Which call empties .grad?",
        ),
    ],
)

# --- 4. the order of the lines ------------------------------------------------------------------------------

LOSS, BACKWARD, STEP, ZERO = "loss = mse(model(X), y)", "loss.backward()", "optimizer.step()", "optimizer.zero_grad()"


def listing(*lines: str) -> str:
    return ", then ".join(f"`{line}`" for line in lines)


order = choice(
    "quiz2_order",
    "The order of the lines",
    "These lines stand in the loop over batches. Which order trains the model as it should?",
    wrong(
        listing(LOSS, BACKWARD, ZERO, STEP),
        "cleared_before_the_step",
        "zero_grad() comes between backward() and step() here: the fresh gradient is thrown away before the step can "
        "use it.",
        "What stands in .grad at the moment of step()?",
    ),
    right(
        listing(ZERO, LOSS, BACKWARD, STEP),
        why="Clear, forward, backward, move. (zero_grad after step would do as well.)",
    ),
    wrong(
        listing(ZERO, LOSS, STEP, BACKWARD),
        "stepped_before_backward",
        "The step comes before the gradient of this batch is there. And the next round clears that gradient before any "
        "step "
        "has used it.",
        "What stands in .grad at the moment of step()?",
    ),
    wrong(
        listing(LOSS, ZERO, STEP),
        "left_backward_out",
        "Without backward() nothing fills .grad: after zero_grad() there is nothing to step along, and the weights "
        "stay as they "
        "are.",
        "Which of the calls computes the gradients?",
    ),
)

# --- 5. steps -----------------------------------------------------------------------------------------------

N, SIZE, EPOCHS = 13, 4, 5
LOADER = torch.utils.data.DataLoader(torch.zeros(N, 1), batch_size=SIZE)

steps = number(
    "quiz2_steps",
    "Counting steps",
    f"A `DataLoader` cuts {N} rows into batches of {SIZE}; the last one may be smaller, and nothing is dropped. How "
    "many "
    f"**optimiser steps** are {EPOCHS} epochs?",
    answer=EPOCHS * len(LOADER),
    why="4 batches an epoch, the last with one row; one step per batch.",
    mistakes=[
        wrong(
            EPOCHS * (N // SIZE),
            "dropped_the_last_batch",
            "You counted whole batches only. One row is left over in each epoch, and it makes a small batch of its "
            "own.",
            "Which rows are in the last batch?",
        ),
        wrong(
            EPOCHS * N / SIZE,
            "counted_parts_of_a_batch",
            "A batch that is not full still takes one whole step.",
            "How many batches does one epoch have? Then take it times the epochs.",
        ),
        wrong(
            math.ceil(EPOCHS * N / SIZE),
            "ran_batches_across_epochs",
            "You put the rows of all epochs in one line and cut that. Each epoch is cut for itself and ends with its "
            "own small "
            "batch.",
            "How many batches does one epoch have?",
        ),
        wrong(
            EPOCHS * N,
            "took_one_step_per_row",
            "That is one step for each row. A step is made for each batch, from the mean loss of its rows.",
            "How many rows share one call of step()?",
        ),
        wrong(
            EPOCHS,
            "took_one_step_per_epoch",
            "That is one step for each epoch, as in lecture 3 where all rows went in at once. Here each batch makes a "
            "step.",
            "Is step() inside the loop over batches or outside of it?",
        ),
        wrong(
            len(LOADER),
            "counted_one_epoch",
            "This is the number of steps in one epoch.",
            "How often does the loader go through the rows?",
        ),
    ],
)

# --- 6. the mean of the means -------------------------------------------------------------------------------

COUNTS, LOSSES = double(4, 4, 2), double(2, 4, 9)
TRUE_MEAN = ((COUNTS * LOSSES).sum() / COUNTS.sum()).item()

mean_loss = number(
    "quiz2_mean_loss",
    "An uneven last batch",
    "The mean losses of three batches were\n\n| rows in the batch | mean loss |\n|---|---|\n"
    + "".join(f"| {n:g} | {loss:g} |\n" for n, loss in zip(COUNTS.tolist(), LOSSES.tolist(), strict=True))
    + "\nWhat is the mean loss over **all rows**?",
    answer=TRUE_MEAN,
    why="Each batch counts by its rows: (4·2 + 4·4 + 2·9) / 10.",
    mistakes=[
        wrong(
            LOSSES.mean().item(),
            "averaged_the_batches",
            "This is the mean of the batch means. It gives the two rows of the last batch as much say as four of the "
            "others.",
            "How many rows stand behind each of the three numbers?",
        ),
        wrong(
            LOSSES.sum().item(),
            "added_up_the_batches",
            "The batch means are added here, and nothing is divided.",
            "Can a mean be larger than all of the numbers it is made from?",
        ),
        wrong(
            (COUNTS * LOSSES).sum().item(),
            "gave_the_sum",
            "You weighted each batch by its rows, which is half of it. This is the sum of the losses of all rows.",
            "How many rows are there in all?",
        ),
        wrong(
            (COUNTS * LOSSES).mean().item(),
            "divided_by_the_batches",
            "You weighted each batch by its rows, and divided by the number of batches. The sum is over rows.",
            "How many rows are there in all?",
        ),
    ],
)

# --- 7. what train_loss is ----------------------------------------------------------------------------------

total = choice(
    "quiz2_total",
    "Adding up the loss",
    "Somebody adds up the loss of each batch with `train_loss += loss`, after `loss.backward()` and without `.item()`. "
    "What is "
    "`train_loss` after 100 batches?",
    wrong(
        "A Python float, because a loss is one number.",
        "took_a_tensor_for_a_float",
        "A loss is a tensor with one number in it. Adding tensors gives a tensor; .item() is what takes the number "
        "out.",
        "Print type(train_loss).",
    ),
    wrong(
        "A tensor without a graph, because `backward()` has removed it.",
        "expected_backward_to_cut",
        "backward() frees the numbers kept for it, but the loss keeps its place in the graph, and the sum notes each "
        "addition.",
        "Print train_loss.grad_fn.",
    ),
    wrong(
        "The loss of the last batch, because `loss` is made anew each time.",
        "expected_overwriting",
        "The name loss gets a new value in each round; train_loss keeps what was there and grows.",
        "What does += do to what stands on its left?",
    ),
    right(
        "A tensor that holds on to a graph which grows with every batch.",
        why="Each addition is noted, and every loss hangs on its own graph; loss.item() gives the plain number.",
    ),
)

# --- 8. no gradients while evaluating -----------------------------------------------------------------------

no_grad = choice(
    "quiz2_no_grad",
    "Without notes",
    "A model is evaluated inside `with torch.no_grad():`. What does that change?",
    right(
        "PyTorch takes no notes for a backward pass: the same numbers, with less memory.",
        why="Only the recording is off; values, modes and parameters are as before.",
    ),
    wrong(
        "Dropout and batch norm behave as in evaluation.",
        "took_no_grad_for_eval",
        "These have a mode of their own, and model.eval() switches it. no_grad() is about the notes for backward() "
        "only.",
        "Two switches, two jobs: which call changes model.training?",
    ),
    wrong(
        "All gradients in `.grad` are set to zero.",
        "took_no_grad_for_zero_grad",
        "What stands in .grad stays there. Emptying it is the work of zero_grad().",
        "Does anything inside the block touch .grad?",
    ),
    wrong(
        "The parameters cannot be changed inside the block.",
        "took_no_grad_for_a_lock",
        "They can: the step by hand, w -= lr * w.grad, is written inside just such a block. What is left out is the "
        "note of it.",
        "Where did you see no_grad() in the walk by hand?",
    ),
)

# --- 9. Dataset and DataLoader ------------------------------------------------------------------------------

dataset = choice(
    "quiz2_dataset",
    "What a loader asks for",
    "A `DataLoader` is to shuffle the rows of your own `Dataset` class and cut them into batches. Which methods does "
    "your class "
    "have to offer for that?",
    wrong(
        "One that returns the next batch.",
        "gave_the_loaders_work_away",
        "Making batches is the loader's own work. It asks the dataset for single rows only.",
        "Who knows the batch size: Dataset or DataLoader?",
    ),
    wrong(
        "One that shuffles, and one that returns the row at a number.",
        "expected_the_dataset_to_shuffle",
        "The loader shuffles the numbers of the rows, not the rows. For that it has to know how many there are.",
        "Between which numbers may it draw?",
    ),
    right(
        "One that says how many rows there are, and one that returns the row at a number.",
        why="__len__ and __getitem__; order and batches are the loader's.",
    ),
    wrong(
        "One that returns all rows as one tensor.",
        "expected_all_in_memory",
        "Then all rows would have to fit into memory. A loader asks for one row after the other, which may come from a "
        "file.",
        "What would you do with a million pictures?",
    ),
)

# --- 10. a loop without backward ----------------------------------------------------------------------------

START, GOAL, RATE, TIMES = 2.0, 5.0, 0.1, 3


def walk(times: int) -> float:
    leaf = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([leaf], lr=RATE)
    for _ in range(times):
        optimiser.zero_grad()
        ((leaf - GOAL) ** 2).backward()
        optimiser.step()
    return leaf.item()


idle = number(
    "quiz2_idle",
    "What moves?",
    "```python\n"
    f"w = torch.tensor({START}, requires_grad=True)\noptimizer = torch.optim.SGD([w], lr={RATE})\n"
    f"for _ in range({TIMES}):\n    optimizer.zero_grad()\n    loss = (w - {GOAL:g}) ** 2\n    optimizer.step()\n"
    "print(w.item())\n```\n\nWhich number is printed?",
    answer=START,
    why="backward() is never called, so there is no gradient to step along.",
    mistakes=[
        wrong(
            walk(TIMES),
            "assumed_backward",
            "This is where three steps would lead. But look at the lines: no gradient is ever computed.",
            "Which call fills w.grad?",
        ),
        wrong(
            walk(1),
            "assumed_one_backward",
            "This is where one step would lead. But look at the lines: no gradient is ever computed.",
            "Which call fills w.grad?",
        ),
        wrong(
            GOAL,
            "gave_the_minimum",
            "This is where the loss is lowest. A loop gets there only by steps along gradients.",
            "What stands in w.grad at the moment of step()?",
        ),
        wrong(
            2 * START - walk(1),
            "walked_uphill",
            "This is one step in the wrong direction. But look at the lines: no gradient is ever computed.",
            "Which call fills w.grad?",
        ),
    ],
)

QUIZ = Quiz(
    "quiz2",
    "The PyTorch loop",
    "lecture 4: autograd, shapes that meet, batches and epochs, and the lines of the loop",
    (shapes, trap, added, order, steps, mean_loss, total, no_grad, dataset, idle),
)
EXERCISES = QUIZ.questions
