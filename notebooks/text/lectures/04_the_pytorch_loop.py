# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all,-execution,-collapsed,-scrolled,-trusted
#     notebook_metadata_filter: kernelspec,language_info.name,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   language_info:
#     name: python
# ---

# %% [markdown]
# # 4 · The PyTorch loop
#
# *About 40 minutes. You need: lectures 2 and 3.*
#
# ## What you will be able to do
#
# 1. Let PyTorch compute a gradient, and say what `backward()` does and what stands in `.grad`.
# 2. Feed rows to a model with a `Dataset` and a `DataLoader`; tell a batch, a step and an epoch apart.
# 3. Write the six steps of every training program, by hand and with `nn` and `optim`, and match them line by line.
# 4. Recognise the mistakes that raise no error: a missing `zero_grad`, a shape that spreads, a mean of means.
# 5. Evaluate a model so that the number means what it says.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → **4 The PyTorch loop** → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# In lecture 3 you walked downhill with derivatives that you had worked out on paper. Nobody does that for a network of a
# million weights. In this lecture PyTorch takes over, one job after another. The problem stays the old one, the line
# through thirteen scores: we know the right answer, so every new tool can be checked.

# %%
# Run this cell first. It finds the course's own code; on Colab it fetches it, which takes about ten seconds.
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")  # "standard", or "tiny" for a quick run-through
COURSE = ""  # where Colab gets the course from; `course publish` writes the address here

if find_spec("course_utils") is None:  # it was not installed: look in the folders above this notebook's
    above = [folder for folder in Path.cwd().resolve().parents if (folder / "course_utils").is_dir()]
    if above:
        sys.path.insert(0, str(above[0]))
    elif COURSE and "google.colab" in sys.modules:
        subprocess.run([sys.executable, "-m", "pip", "install", "-qq", COURSE])
if find_spec("course_utils") is None:
    raise SystemExit("The course's code is not here. Open this notebook inside the course's folder, then run it again.")

from course_utils.bootstrap import describe_start

print(describe_start(SIZE))

# %%
import warnings

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course_utils import plots
from course_utils.data import load_scores
from course_utils.widgets import Question, minibatch_explorer, predict, self_check, zero_grad_explorer

# %% [markdown]
# The data are prepared as in lecture 3, with two changes. The numbers are `float32`, the kind that networks are
# trained with: about seven digits, half the memory. And both columns get the shape of a table, `(N, 1)`: `N` rows,
# one column. Why the second matters so much you will see in section 4.6.

# %%
quiz, final = load_scores(torch.float32)
N = len(quiz)

mean, std = quiz.mean(), quiz.std(correction=0)
X = ((quiz - mean) / std).reshape(N, 1)  # inputs, standardised
Y = final.reshape(N, 1)  # targets

print("X:", tuple(X.shape), X.dtype, "  Y:", tuple(Y.shape), Y.dtype)

ones = torch.ones(N, 1)
best = torch.linalg.lstsq(torch.cat([X, ones], dim=1), Y).solution
w_best, b_best = best[0].item(), best[1].item()
mse_best = ((w_best * X + b_best - Y) ** 2).mean().item()
print(f"the best line, to compare with: w = {w_best:.3f}, b = {b_best:.3f}, MSE = {mse_best:.2f}")

# %% [markdown]
# ## 4.1 Autograd: the gradient without the paper
#
# A tensor made with `requires_grad=True` is one that PyTorch watches. Whatever you calculate from it, PyTorch writes
# down: which operation, on which numbers. The notes form a **graph**. Nothing about your code changes:

# %%
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(12.0, requires_grad=True)

loss = ((w * X + b - Y) ** 2).mean()
print("the loss:", loss)

note, notes = loss.grad_fn, []
while note is not None:
    notes.append(note.name().split("::")[-1].removesuffix("Backward0"))
    note = note.next_functions[0][0] if note.next_functions else None
print("noted down, last operation first:", " ← ".join(notes))

# %% [markdown]
# (The loop at the end of the cell only reads the notes from PyTorch; you will not need it again.) Read the notes from right to left: multiply (by `w`),
# add (`b`), subtract (`Y`), square (a power), take the mean. `AccumulateGrad` is the end of the trail: here stands the parameter that will get its gradient.
#
# `loss.backward()` walks this trail backwards and applies the chain rule at every note. Lecture 7 takes that walk step by
# step. What it leaves behind is one number (or table) per parameter, in the parameter's field `.grad`:

# %%
print("before:", w.grad, b.grad)
loss.backward()
print(f"after:  ∂𝓛/∂w = {w.grad:.4f}   ∂𝓛/∂b = {b.grad:.4f}")

error = (w * X + b - Y).detach()  # detach: the same numbers, no notes
print(f"formulas of lecture 3: {2 * (error * X).mean():.4f}            {2 * error.mean():.4f}")

# %% [markdown]
# ### A slip to avoid: "autograd is numerical differentiation"
#
# In lecture 3 we first felt the slope by going "a tiny bit to the right". That is *numerical* differentiation, and it is
# always a little wrong. Autograd is not that. It applies the rules of calculus to each operation, so it is exact up to the
# rounding of the numbers themselves. Compare both with the formula, in `float64`:


# %%
def loss_at(w):
    """Return the MSE of the line ŷ = w·x + 12, in float64."""
    return ((w * X.double() + 12 - Y.double()) ** 2).mean()


w64 = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
loss_at(w64).backward()
formula = 2 * ((0 * X.double() + 12 - Y.double()) * X.double()).mean()
print(f"autograd:                    off by {abs(w64.grad - formula):.0e}")
for tiny_bit in [1e-2, 1e-5, 1e-8, 1e-11, 1e-14]:
    felt = (loss_at(tiny_bit) - loss_at(0.0)) / tiny_bit
    print(f"tiny bit of {tiny_bit:.0e}: the slope is off by {abs(felt - formula):.0e}")

# %% [markdown]
# A large "tiny bit" is wrong because the loss is curved. A very small one is wrong because two nearly equal numbers are
# subtracted, and rounding is all that remains. Autograd has neither trouble.

# %% [markdown]
# ## 4.2 Gradients add up
#
# Now suppose you compute the loss again, and call `backward()` again, without doing anything in between.

# %%
second = predict(
    "The first backward() left a certain number in w.grad. The same loss is computed and backward() is called a second "
    "time. What stands in w.grad then?",
    options=["The same number", "Twice the number", "Zero", "None: it was used up"],
)
second

# %%
once = w.grad.item()
loss = ((w * X + b - Y) ** 2).mean()
loss.backward()
twice = w.grad.item()

# %% jupyter={"source_hidden": true}
second.reveal(
    "Twice the number" if abs(twice - 2 * once) < 1e-3 else "The same number",
    f"It was {once:.4f} and is {twice:.4f}. backward() does not write into .grad, it adds to what stands there.",
)

# %% [markdown]
# This is on purpose. A parameter may be used in several places of a model, and then its gradient *is* a sum. But
# between two steps downhill, the old sum has to go. Forget it, and every step follows all the gradients since the beginning:
#
# $$w \leftarrow w - \eta\,(g_1 + g_2 + \dots + g_t) \qquad\text{in place of}\qquad w \leftarrow w - \eta\,g_t$$
#
# No error is raised. See what happens. The bowl is the standardised one of lecture 3, where any η below 1 arrives.
#
# - Step through the walk without clearing. Why does it not stop at the bottom?
# - Does a smaller η cure it?
# - Switch to *with zero_grad*.

# %%
fineness = {"tiny": 40, "standard": 120}[SIZE]
zero_grad_explorer(quiz, final, start=(0.0, 12.0), lr=0.1, steps=25, fineness=fineness)

# %% [markdown]
# At the bottom the newest gradient is zero, but the *sum* is at its largest: the walk rushes past, like a marble in a bowl
# without friction. A smaller η only makes it swing more slowly. **If your loss swings for ever, look for `zero_grad` first.**
#
# ### One step by hand
#
# So a step has three parts: clear, backward, move. The move itself must not be noted down: it is not part of the model. That is
# what `torch.no_grad()` says.

# %%
lr = 0.1
w.grad, b.grad = None, None  # clear: None is what a fresh parameter has
loss = ((w * X + b - Y) ** 2).mean()
loss.backward()  # backward
with torch.no_grad():  # move
    w -= lr * w.grad
    b -= lr * b.grad
print(f"loss before the step {loss:.2f}, after it {((w * X + b - Y) ** 2).mean():.2f}")

try:
    w -= lr * w.grad  # without no_grad
except RuntimeError as trouble:
    print("without no_grad PyTorch says:", trouble)

# %% [markdown]
# (A *leaf* is a tensor that was not calculated from watched ones: a parameter. *In-place* means that its numbers are overwritten.)
#
# `no_grad()` changes no result. It only leaves the notes away, and with them the memory that they would take. So it is also used to measure a model. There
# you will more often meet its stricter sister, `inference_mode()`: it takes no notes either, and what was made in it can never become part of a graph.

# %% [markdown]
# ## 4.3 Dataset and DataLoader
#
# Thirteen rows fit into one formula. A million pictures do not fit into memory. So programs take a few rows at a time: a
# **mini-batch**, or batch for short. Two classes do that for you.
#
# A **Dataset** answers two questions: how many examples are there, and what is example number `i`? In Python these are two methods with fixed names:
# `len(dataset)` calls `__len__`, and `dataset[i]` calls `__getitem__`. Nothing more is needed.


# %%
class Scores(Dataset):
    """Pair each standardised quiz score with its final."""

    def __init__(self, X, Y):
        self.X, self.Y = X, Y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.Y[i]


dataset = Scores(X, Y)
x0, y0 = dataset[0]
print(f"{len(dataset)} examples; the first: x = {x0.item():.3f} with shape {tuple(x0.shape)}, y = {y0.item():.1f}")

# %% [markdown]
# A **DataLoader** does the rest. It asks a Dataset for examples, in order or shuffled, and stacks them into batches.

# %%
loader = DataLoader(dataset, batch_size=4)
for number, (xb, yb) in enumerate(loader, start=1):
    print(f"batch {number}: x {tuple(xb.shape)}, y {tuple(yb.shape)}, finals {[round(y, 1) for y in yb[:, 0].tolist()]}")

# %% [markdown]
# The last batch is smaller: 13 is not a multiple of 4. Keep that in mind.
#
# One walk through all batches is an **epoch**. One batch, one gradient, one move: that is a **step**.

# %%
how_many = predict(
    "13 rows in batches of 4, for 3 epochs. How many steps is that?",
    unit="steps",
)
how_many

# %%
steps = 0
for epoch in range(3):
    for xb, yb in loader:
        steps += 1

# %% jupyter={"source_hidden": true}
how_many.reveal(
    float(steps),
    f"An epoch is {len(loader)} steps, 4 + 4 + 4 + 1 rows: the small batch at the end is a step like the others. "
    f"Three epochs make {steps}.",
)

# %% [markdown]
# For training we shuffle: a fresh order in each epoch, so that no batch always holds the same rows. A *generator* with a seed
# makes the same "random" order every time you run the notebook.

# %%
shuffled = DataLoader(dataset, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(0))
for epoch in range(2):
    print(f"epoch {epoch}:", [[round(y, 1) for y in yb[:, 0].tolist()] for xb, yb in shuffled])

# %% [markdown]
# ## 4.4 What a batch does to the walk
#
# The gradient of four rows is not the gradient of all thirteen. It is an estimate: right on average, wrong each time. Descent with such
# estimates is called **stochastic gradient descent**, SGD. (*Stochastic* means: with chance in it.)
#
# - Begin with *All rows*: one step per epoch. That is the walk of lecture 3.
# - Make the batch smaller. After one epoch, which batch size is nearest to the bottom? After twenty?
# - With *One row*: what does a smaller η change?

# %%
minibatch_explorer(quiz, final, start=(0.0, 12.0), batch_size=4, lr=0.1, epochs=5, fineness=fineness)

# %% [markdown]
# Small batches take many cheap, wobbly steps; large ones take few, exact steps. Far from the bottom every step helps, and small
# batches win. Near the bottom the wobble stays, and its size goes with η. Lecture 8 comes back to both.

# %% [markdown]
# ## 4.5 The six steps, twice
#
# Every training program of this course has the same six steps:
#
# 1. **data**: what comes in, in which batches;
# 2. **model**: parameters and a prediction;
# 3. **optimiser**: how a parameter moves, given its gradient;
# 4. **loss**: one number, smaller is better;
# 5. **train**: for each batch: predict, compare, clear, backward, move;
# 6. **evaluate**: how good is it now, with nothing moving?
#
# First by hand, with nothing but tensors and `backward()`. The weight is already written as a layer's table, `W (O, D)`: one output,
# one input, so `(1, 1)`. Three small things are new:
#
# - `device` is the part of the computer that calculates: the processor (`cpu`), or a graphics card (`cuda`) where there is one. `.to(device)` brings a
#   tensor there.
# - `loss.item()` takes the plain number out of the tensor. It is a mean over the rows of the batch, so `loss.item() * len(xb)` is a sum over them. The sums
#   of all batches, divided by all rows, are the loss of the epoch. Section 4.6 shows what happens if you do it otherwise.
# - `W.T` swaps the rows and columns of `W`, as in lecture 1. For a table of one number it changes nothing; from lecture 5 on it does.

# %%
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
EPOCHS = 20

# 1 data
loader = DataLoader(dataset, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(0))

# 2 model
W = torch.zeros(1, 1, device=device, requires_grad=True)
b = torch.zeros(1, device=device, requires_grad=True)

# 3 optimiser
lr = 0.1


# 4 loss
def mse(prediction, target):
    return ((prediction - target) ** 2).mean()


# 5 train
by_hand = []
for epoch in range(EPOCHS):
    total = 0.0
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        prediction = xb @ W.T + b
        loss = mse(prediction, yb)
        W.grad, b.grad = None, None
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        total += loss.item() * len(xb)
    by_hand.append(total / len(dataset))

# 6 evaluate
with torch.inference_mode():
    mse_by_hand = mse(X.to(device) @ W.T + b, Y.to(device)).item()

print("training loss, epoch 1, 2, 3, 10, 20:", [round(by_hand[i], 2) for i in (0, 1, 2, 9, 19)])
print(f"w = {W.item():.4f}   b = {b.item():.4f}   MSE over all rows = {mse_by_hand:.4f}")

# %% [markdown]
# And now with PyTorch's own parts. `nn` has models and losses, `optim` has optimisers. Put the two cells side by side: line
# by line they are the same program.

# %%
# 1 data
loader = DataLoader(dataset, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(0))

# 2 model
model = nn.Linear(in_features=1, out_features=1).to(device)
nn.init.zeros_(model.weight)  # only to begin where we began by hand; the _ at the end of a name says: overwrites the tensor
nn.init.zeros_(model.bias)

# 3 optimiser
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# 4 loss
loss_fn = nn.MSELoss()

# 5 train
with_torch = []
for epoch in range(EPOCHS):
    model.train()
    total = 0.0
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        prediction = model(xb)
        loss = loss_fn(prediction, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    with_torch.append(total / len(dataset))

# 6 evaluate
model.eval()
with torch.inference_mode():
    mse_with_torch = loss_fn(model(X.to(device)), Y.to(device)).item()

w_torch, b_torch = model.weight.item(), model.bias.item()
print("training loss, epoch 1, 2, 3, 10, 20:", [round(with_torch[i], 2) for i in (0, 1, 2, 9, 19)])
print(f"w = {w_torch:.4f}   b = {b_torch:.4f}   MSE over all rows = {mse_with_torch:.4f}")
apart = max(abs(one - other) for one, other in zip(by_hand, with_torch))
print(f"largest difference between the two, in any epoch's loss: {apart:.6f}")
print(f"last epoch's training loss: {with_torch[-1]:.2f}   the line at rest: {mse_with_torch:.2f}")

# %% [markdown]
# The same numbers, from the first epoch to the last. So there is no magic in these parts. (Two lines have no partner above: `model.train()` and
# `model.eval()` tell the model whether it is being trained. To a line that makes no difference; section 4.6 has a model to which it does.)
#
# | step | by hand | with `nn` and `optim` |
# |---|---|---|
# | model | `W`, `b` with `requires_grad=True` | `nn.Linear(1, 1)` holds them: `model.parameters()` |
# | predict | `xb @ W.T + b` | `model(xb)` |
# | loss | `((prediction - target) ** 2).mean()` | `nn.MSELoss()` |
# | clear | `W.grad, b.grad = None, None` | `optimizer.zero_grad()` |
# | backward | `loss.backward()` | `loss.backward()` |
# | move | `W -= lr * W.grad` under `no_grad` | `optimizer.step()` |
# | evaluate | `inference_mode()` | `model.eval()` and `inference_mode()` |
#
# From now on only the model and the loss will change. The loop stays, up to the digits of lecture 9.

# %%
figure = plots.new_figure(6.4, 3.6)
axes = plots.dress(figure.subplots(), x="epoch", y="training loss (MSE)", title="By hand and with torch")
axes.plot(range(1, EPOCHS + 1), by_hand, "s-", color=plots.BLUE, ms=8, label="by hand")
axes.plot(range(1, EPOCHS + 1), with_torch, "o--", color=plots.ORANGE, ms=4, label="with nn and optim")
axes.axhline(mse_best, color=plots.GREEN, ls=":", label=f"best line, {mse_best:.2f}")
axes.set_xticks(range(2, EPOCHS + 1, 2))
axes.legend(fontsize=9, frameon=False)
plots.show(
    figure,
    f"The training loss over {EPOCHS} epochs for the loop by hand (blue squares) and with nn and optim (orange dots on a "
    f"dashed line). The two curves lie on top of each other: they fall from {by_hand[0]:.0f} in the first epoch to "
    f"{by_hand[3]:.1f} in the fourth, then wobble near the dotted line of the best line at {mse_best:.2f}.",
)

# %% [markdown]
# Why is the training loss of the last epoch, 20.34, not the MSE of the line that came out, 19.10? Each batch is measured just before the
# step that uses it, and the line moves on between batches. So the loss of an epoch belongs to no single line. That is why there is a step 6:
# hold still, and measure.

# %% [markdown]
# ## 4.6 Mistakes that raise no error
#
# A loop with a mistake in it usually runs. It prints numbers, and they may even fall. Here are the ones that cost people days. Each cell does it
# wrong on purpose.
#
# ### A step without `backward`
#
# The order is: clear, backward, step. Leave `backward` out and the optimiser finds no gradients, and says nothing.

# %%
idle = nn.Linear(1, 1)
idle_optimizer = torch.optim.SGD(idle.parameters(), lr=0.1)
before = idle.weight.item()
for step in range(100):
    loss = loss_fn(idle(X), Y)
    idle_optimizer.zero_grad()
    idle_optimizer.step()  # no loss.backward() before it
print(f"the weight moved by {abs(idle.weight.item() - before):.1f} in 100 steps")

# %% [markdown]
# ### Shapes that spread
#
# When two shapes differ, PyTorch stretches the smaller one until they fit, if it can. That is **broadcasting**, and it is handy: `b` is
# one number and is added to thirteen. It can also surprise you. Let the predictions of the best line be a column and leave the finals as they came from the
# file:

# %%
prediction = w_best * X + b_best
print("prediction:", tuple(prediction.shape), "   final:", tuple(final.shape))

# %%
spread = predict(
    "A tensor of shape (13, 1) minus a tensor of shape (13,): what is the shape of the result?",
    options=["(13,)", "(13, 1)", "(13, 13)", "PyTorch raises an error"],
)
spread

# %%
difference = prediction - final

# %% jupyter={"source_hidden": true}
spread.reveal(
    str(tuple(difference.shape)),
    "A shape of one dimension counts as a row, (1, 13). The column is copied to the right and the row downwards, so every student's "
    "prediction is compared with every student's final.",
)

# %%
print(f"mean of all {difference.numel()} squares: {(difference**2).mean():.1f}")
print(f"the real MSE, column minus column: {((prediction - Y) ** 2).mean():.1f}")

# %% [markdown]
# 141.9 in place of 18.6, from the best line there is. Worse, training on it *works*: the number falls, to the wrong place.

# %%
w, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
for step in range(200):
    loss = ((w * X + b - final) ** 2).mean()  # (13, 1) minus (13,)
    w.grad, b.grad = None, None
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
print(f"trained on the spread squares: w = {abs(w.item()):.3f}, b = {b.item():.3f}; mean final {final.mean():.3f}")
print(f"its number fell to {loss.item():.1f}; its real MSE is {((w * X + b - Y) ** 2).mean().item():.1f}")

with warnings.catch_warnings(record=True) as heard:
    warnings.simplefilter("always")
    nn.MSELoss()(prediction, final)
print("nn.MSELoss at least warns:", str(heard[0].message).split(". ")[0])

# %% [markdown]
# If everybody is compared with everybody, the quiz is of no use, and the line becomes flat: the mean final for all. The cure is a
# habit: **look at both shapes before you subtract.**
#
# ### The mean of means
#
# Our batches have 4, 4, 4 and 1 rows. Somebody evaluates the best line batch by batch and takes the mean of the four losses:

# %%
in_order = DataLoader(dataset, batch_size=4)
losses, sizes = [], []
for xb, yb in in_order:
    losses.append(loss_fn(w_best * xb + b_best, yb).item())
    sizes.append(len(xb))

mean_of_means = sum(losses) / len(losses)
true_mean = sum(loss * size for loss, size in zip(losses, sizes)) / sum(sizes)
print("losses of the batches:", [round(loss, 2) for loss in losses], "  rows:", sizes)
print(f"mean of the batch means: {mean_of_means:.2f}")
print(f"weighted by their rows:  {true_mean:.2f}   MSE over the table: {mse_best:.2f}")

# %% [markdown]
# 16.89 looks better than the best line can be. The one row of the last batch counted as much as four rows elsewhere. So weight each batch
# by its rows, as both loops above do: `total += loss.item() * len(xb)`, and divide by the number of rows at the end.
#
# ### `total += loss`
#
# Why `loss.item()`? Without it the total is itself a watched tensor, and drags the notes of every batch along, and the memory with them. `backward()` does
# not take the notes away:


# %%
def count_notes(result):
    """Return how many notes of the graph hang on a total."""
    seen, waiting = set(), [getattr(result, "grad_fn", None)]
    while waiting:
        note = waiting.pop()
        if note is not None and note not in seen:
            seen.add(note)
            waiting += [following for following, _ in note.next_functions]
    return len(seen)


model.train()
dragging, plain = 0.0, 0.0
for number, (xb, yb) in enumerate(in_order, start=1):
    loss = loss_fn(model(xb.to(device)), yb.to(device))
    loss.backward()
    dragging = dragging + loss
    plain = plain + loss.item()
    print(f"after batch {number}: notes with loss {count_notes(dragging):2}, with loss.item() {count_notes(plain)}")
print("types:", type(dragging).__name__, "and", type(plain).__name__)

# %% [markdown]
# ### Evaluating in training mode
#
# Some layers behave differently while training. *Dropout* (lecture 10) sets inputs to zero at random: good for training, nonsense
# for a measurement. `model.eval()` switches it off. `inference_mode()` is something else: it stops the notes. You want both.

# %%
torch.manual_seed(0)  # the same "random" numbers each time
forgetful = nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))  # first the one, then the other
nn.init.constant_(forgetful[1].weight, w_best)
nn.init.constant_(forgetful[1].bias, b_best)
with torch.inference_mode():
    forgetful.train()
    print("left in train mode, three times:", [round(loss_fn(forgetful(X), Y).item(), 1) for _ in range(3)])
    forgetful.eval()
    print("in eval mode, three times:      ", [round(loss_fn(forgetful(X), Y).item(), 1) for _ in range(3)])
    print("watched:", forgetful(X).requires_grad)

# %% [markdown]
# ### `model.forward(x)` and a device from nowhere
#
# Two smaller ones. `model(x)` does more than `model.forward(x)`: it also runs the *hooks*, little functions that tools attach to a model to look
# inside. And a function that reads a global `device` is not a function of its arguments: the same call gives something else when a cell far
# away has changed the global. (`meta` is a device that knows shapes but holds no numbers.)

# %%
visits = []
model.register_forward_hook(lambda *_: visits.append("seen"))  # from now on each call of the model makes an entry in the list
model(X.to(device))
print("model(x):         hook ran", len(visits), "time")
model.forward(X.to(device))
print("model.forward(x): hook ran", len(visits) - 1, "times more")

place = torch.device("cpu")


def doubled(x):
    """Double x, on a device that the caller cannot see."""
    return 2 * x.to(place)


print("\nfirst call: ", doubled(torch.ones(1)))
place = torch.device("meta")
print("same call:  ", doubled(torch.ones(1)))

# %% [markdown]
# ## 4.7 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "What does loss.backward() do?",
        {
            "It moves the parameters downhill": "That is optimizer.step(). backward() moves nothing.",
            "It adds the gradient of the loss to each parameter's .grad": "Adds: that is why they must be cleared.",
            "It replaces each parameter's .grad by the new gradient": "It adds to what stands there, as section 4.2 showed.",
            "It estimates the slope by going a tiny bit to the right": "That is numerical differentiation; autograd is exact to rounding.",
        },
        right="It adds the gradient of the loss to each parameter's .grad",
    ),
    Question(
        "1,000 rows, batches of 64, 2 epochs. How many steps?",
        {
            "2": "That is the number of epochs. A step is one batch.",
            "30": "1,000 / 64 = 15.625. The last 40 rows are a batch too.",
            "32": "15 full batches and one of 40 rows make 16 steps an epoch.",
            "2,000": "That would be batches of one row.",
        },
        right="32",
    ),
    Question(
        "The training loss swings up and down for ever, even with a small learning rate. What do you look for first?",
        {
            "A missing model.eval()": "That spoils a measurement, but does not make the walk swing.",
            "A missing zero_grad()": "Each step follows the sum of all gradients so far, and rushes past the bottom.",
            "A missing backward()": "Then nothing would move at all.",
            "A batch size that is too small": "That makes the loss wobble, and a small learning rate calms it.",
        },
        right="A missing zero_grad()",
    ),
    Question(
        "prediction has shape (32, 1), target has shape (32,). What is ((prediction - target) ** 2).mean()?",
        {
            "The MSE": "Only if the two shapes were the same.",
            "An error message": "Broadcasting finds a way to make them fit.",
            "A mean over 1,024 differences, most between strangers": "(32, 1) and (1, 32) spread to (32, 32).",
            "32 separate losses": "mean() makes one number of whatever comes in.",
        },
        right="A mean over 1,024 differences, most between strangers",
    ),
    Question(
        "Two batches: 4 rows with a mean loss of 10, and 1 row with a loss of 20. What is the mean loss of the five rows?",
        {
            "15": "That is the mean of the two means: the single row counts four times too much.",
            "12": "(4 · 10 + 1 · 20) / 5 = 60 / 5.",
            "30": "That is the sum of the means.",
            "60": "That is the sum over the rows. Divide by five.",
        },
        right="12",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in short |
# |---|---|
# | autograd | `loss.backward()` adds $\frac{\partial\mathcal{L}}{\partial w}$ to `w.grad`, exact to rounding |
# | step | clear, backward, move: $w \leftarrow w - \eta\,\frac{\partial\mathcal{L}}{\partial w}$ on the loss of one batch |
# | epoch | one pass over all rows: $\lceil N / B \rceil$ steps for batches of $B$ rows (round up) |
# | six steps | data, model, optimiser, loss, train, evaluate |
# | mean over uneven batches | $\mathcal{L} = \frac{1}{N}\sum_k n_k\,\mathcal{L}_k$, with $n_k$ rows in batch $k$ |
#
# - Inside the loop: `prediction = model(xb)`, `loss = loss_fn(prediction, yb)`, `zero_grad`, `backward`, `step`.
# - Look at shapes before you subtract: `(13, 1) - (13,)` gave an "MSE" of 141.9 in place of 18.6.
# - Take numbers out with `loss.item()`, weight them by rows.
# - Measure with `model.eval()` *and* `inference_mode()`.
#
# ## Now you
#
# In [homework 5](../assignments/hw5/hw5.ipynb) you build this loop yourself, part by part: `minibatches`, `PairDataset`, `sgd_step`, `train_one_epoch` and
# `evaluate`. (Its two other optimisers come in lecture 8.) [Quiz 2](../assignments/quiz2/quiz2.ipynb) asks about this lecture. Then
# [lecture 5, Neurons and layers](05_neurons_and_layers.ipynb), replaces the line by something that can bend.
