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
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   language_info:
#     name: python
# ---

# %% [markdown]
# # Homework 5: Training loops
#
# **Name:**
#
# **Assignment:** hw5

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# In lecture 4 you walked through the six steps of a PyTorch loop, in lecture 8 you raced optimisers against each other. Here
# you build the parts yourself: batches, a data set, three kinds of step, an epoch of training, and an honest measurement. At
# the end your own parts train a network on digits.
#
# **How this notebook works**
#
# - Each exercise has three cells: what to do, your answer, and a check. Write your answer in place of the line
#   `raise NotImplementedError()`, run the cell, then run the check below it. You may run a check as often as you like.
# - A check tries your answer on small inputs and shows your numbers beside the right ones. If it knows the idea
#   behind a wrong number, it says so. When your homework is graded, the same answer meets other inputs as well: other
#   batch sizes, other models, other optimisers.
# - An exercise that you leave alone costs only its own points.
# - Stuck? Read the hints one at a time: try again after each.
#
# **Rules that hold for all exercises**
#
# - What you are given is not yours to change: no `+=` on a tensor you were handed, and no call whose name ends in `_`. Make
#   new tensors. (The one exception: `train_one_epoch` is there to change the model, through its optimiser.)
# - A function does not remember earlier calls, and it uses what it is handed: no global model, no global `device`.
# - Inputs are tensors in float32 or float64, and results keep that dtype. Where *one number* is asked for, a Python float, a
#   NumPy number and a tensor without axes are all fine.
# - Any call of PyTorch or NumPy is allowed. Try each exercise by hand first: that is what it is for.
#
# **Letters**: `X` (N, D) are inputs, one row for each sample; `y` (N,) are targets. `xb` and `yb` are one batch of them. `p` is a
# parameter, `g` its gradient, and `lr` is the learning rate η.

# %%
# Run this cell first. It finds the course's own code; on Colab it fetches it, which takes about ten seconds.
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

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

print(describe_start())

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell, too: both again each time you restart the kernel.
import math

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course_utils import check
from course_utils.data import load_digits_small
from course_utils.plots import BLACK, BLUE, GREEN, ORANGE, dress, new_figure, show

# %% [markdown] nbgrader={"grade": false, "grade_id": "minibatches-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Mini-batches (2 points)
#
# One pass over all samples is an **epoch**. A loop seldom takes all samples at once: it takes them in small batches, and one step
# follows each batch. So that the batches differ from epoch to epoch, the samples are shuffled first, each row together with
# its own target.
#
# **Write** `minibatches(X, y, batch_size, shuffle)`: something to loop over that gives pairs `(xb, yb)`. A list of pairs will do,
# and so will a generator (a function with `yield`).
#
# - Every sample comes **exactly once**. If N is not a multiple of `batch_size`, the **last batch is smaller**. No batch is empty.
# - `xb` is (n, D) and `yb` is (n,), with n = `batch_size` for all but the last. Row and target stay together.
# - `shuffle=True`: the samples are mixed (not only the batches), and each call makes a **fresh** order.
# - `shuffle=False`: the samples come in the order of the table.
# - Draw your random numbers from PyTorch, NumPy or Python as you like, without a fixed seed.
#
# **A worked example.** Five rows in batches of 2: their numbers are [0, 1, 2, 3, 4].
#
# | shuffle | an order | the batches |
# |---|---|---|
# | `False` | 0 1 2 3 4 | [0, 1] [2, 3] **[4]** |
# | `True`, first call | 3 0 4 1 2 | [3, 0] [4, 1] [2] |
# | `True`, second call | 1 4 2 0 3 | [1, 4] [2, 0] [3] |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Make `X` with the rows 0, 1, 2, 3, 4 and `y` with the same numbers, and print each batch. Does each number come once? Does every
# row come with its own number?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Don't move the data: make an order of row numbers, shuffled or not, and cut *that* into pieces.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.randperm(N)` mixes the numbers 0 … N-1, `torch.arange(N)` leaves them in order. `X[rows]` picks rows, and the same `rows` pick
# from `y`.
#
# </details>
# <details><summary>Hint 3</summary>
#
# `range(0, N, batch_size)` gives where each batch starts. A slice that reaches past the end simply stops there.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "minibatches-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatches(X, y, batch_size, shuffle):
    """Give the samples batch by batch, as pairs (xb, yb).

    X: (N, D) inputs.  y: (N,) targets.  batch_size: rows in a batch.  shuffle: mix the samples first?
    Every sample comes once; the last batch may be smaller.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(len(X)) if shuffle else torch.arange(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "minibatches", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(minibatches)

# %% [markdown] nbgrader={"grade": false, "grade_id": "PairDataset-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · A data set (1 point)
#
# PyTorch cuts batches for you: that is what `DataLoader` does. All it asks of your data is a **data set**: an object that knows
# how many samples there are, and that gives you sample number i.
#
# **Write** the class `PairDataset`, made from `X` (N, D) and `y` (N,):
#
# | you write | you get |
# |---|---|
# | `len(ds)` | N |
# | `ds[i]` | the pair `(X[i], y[i])`: shapes (D,) and (), **no extra axis** |
#
# - Items may be asked for in any order, and more than once.
# - Two data sets do not disturb each other.
#
# **A worked example.** `X = [[1, 10], [2, 20], [3, 30]]`, `y = [7, 8, 9]`. Then `len(ds)` is 3 and `ds[1]` is `([2, 20], 8)`.
# A `DataLoader` with batches of 2 then makes `xb = [[1, 10], [2, 20]]` and `yb = [7, 8]`: it is the *loader* that adds the axis of the batch.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Make the data set of the example by hand and print `len(ds)`, `ds[2]` and `ds[0]`, in this order.
#
# </details>
# <details><summary>Hint 1</summary>
#
# There are three methods to write: `__init__` keeps X and y, `__len__` is what `len(ds)` calls, `__getitem__` is what `ds[i]` calls.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Keep the data on `self`. `X.shape` has two numbers: which of them counts samples?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "PairDataset-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class PairDataset(Dataset):
    """Samples (X[i], y[i]).

    X: (N, D) inputs.  y: (N,) targets.
    """

    def __init__(self, X, y):
        """Keep the data."""
        ### BEGIN SOLUTION
        self.X, self.y = X, y
        ### END SOLUTION

    def __len__(self):
        """Return the number of samples."""
        ### BEGIN SOLUTION
        return len(self.X)
        ### END SOLUTION

    def __getitem__(self, i):
        """Return the pair (x, y) of sample number i."""
        ### BEGIN SOLUTION
        return self.X[i], self.y[i]
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "PairDataset", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(PairDataset)

# %% [markdown] nbgrader={"grade": false, "grade_id": "sgd_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · A step of SGD (1 point)
#
# The plainest optimiser goes against the gradient, by the learning rate:
#
# $$p \;\leftarrow\; p - \eta\, g$$
#
# **Write** `sgd_step(p, g, lr)`: `p` and `g` have the same shape (any shape). It **returns the new parameter**; the old `p` stays
# what it was.
#
# **A worked example.** p = [4, -1], g = [2, 6], lr = 0.5 gives [4 - 1, -1 - 3] = **[3, -4]**.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Where the slope is positive, the loss grows to the right. Which way must p go?
#
# </details>
# <details><summary>Hint 1</summary>
#
# One line, one new tensor. `p -= …` would change the tensor that the caller holds.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "sgd_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_step(p, g, lr):
    """Return the parameter after one step of plain SGD.

    p: parameter.  g: its gradient, same shape.  lr: learning rate.
    """
    ### BEGIN SOLUTION
    return p - lr * g
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sgd_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(sgd_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "sgd_momentum_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · A step with momentum (2 points)
#
# A ball keeps rolling. The **velocity** v collects gradients and forgets old ones bit by bit; the parameter moves by the velocity:
#
# $$v \;\leftarrow\; \mu\, v + g \qquad\qquad p \;\leftarrow\; p - \eta\, v$$
#
# **Write** `sgd_momentum_step(p, g, v, lr, mu)`. It returns **(new p, new v)**.
#
# - This is PyTorch's form: the whole gradient g enters v (not (1 - μ)·g), and η stands in the second line only.
# - p moves by the **new** v. No look-ahead (Nesterov).
# - `mu` is a number from 0 to 1. In the very first step v is 0.
#
# **A worked example.** p = 5, v = 4, lr = 0.1, μ = 0.5, and the gradient is 1 in both steps:
#
# | step | new v | new p |
# |---|---|---|
# | first | 0.5·4 + 1 = **3** | 5 - 0.1·3 = **4.7** |
# | second | 0.5·3 + 1 = **2.5** | 4.7 - 0.1·2.5 = **4.45** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# With μ = 0 this must be plain SGD. With g = 0 the ball rolls on, and slows down. Does yours?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Two lines, in the order of the formula: first the new velocity, then the step with it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Give the new velocity a line of its own, made from `mu * v` and `g`. `v *= mu` would change the caller's v.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "sgd_momentum_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_momentum_step(p, g, v, lr, mu):
    """Return (new parameter, new velocity) after one step with momentum.

    p: parameter.  g: its gradient.  v: velocity.  All of the same shape.
    lr: learning rate.  mu: how much of the old velocity stays.
    """
    ### BEGIN SOLUTION
    v = mu * v + g
    return p - lr * v, v
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sgd_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(sgd_momentum_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "adam_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · A step of Adam (3 points)
#
# Adam keeps two running averages for each number: m of the gradient and v of its square. It then divides one by the root of the
# other, so that steep and flat directions get steps of about the same length.
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\, g \qquad\qquad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2$$
#
# Both start at 0, so in the first steps they are far too small. That is put right by a **correction** that fades with the step
# number t = 1, 2, 3, …:
#
# $$\hat m = \frac{m}{1-\beta_1^{\,t}} \qquad \hat v = \frac{v}{1-\beta_2^{\,t}} \qquad\qquad
# p \leftarrow p - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# **Write** `adam_step(p, g, m, v, t, lr, b1, b2, eps)`. It returns **(new p, new m, new v)**.
#
# - `t` is a whole number and is **1 in the first step**.
# - m and v come back **without** the correction: the next step needs them so.
# - `eps` is added **after** the root of the corrected v.
#
# **A worked example.** p = 2, lr = 0.1, β₁ = 0.9, β₂ = 0.99, ε tiny. The gradient is 0.5 and then 1.
#
# | t | m | v | corrected m | corrected v | step | new p |
# |---|---|---|---|---|---|---|
# | 1 | 0.05 | 0.0025 | 0.5 | 0.25 | 0.1·0.5/0.5 = 0.1 | **1.9** |
# | 2 | 0.145 | 0.012475 | 0.7632 | 0.6269 | 0.1·0.7632/0.7918 = 0.0964 | **1.8036** |
#
# The very first step is always as long as the learning rate, whatever the gradient. Can you see why?
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print m, v and both corrected values for the first line of the table. Which is the first one that differs?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Five lines, one for each formula. Give the corrected values names of their own, so that m and v stay as they must be returned.
#
# </details>
# <details><summary>Hint 2</summary>
#
# β₁ᵗ is `b1**t`. For t = 1 the correction divides by 1 - β₁, exactly what the first average lacks.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Where a gradient has always been 0, v is 0, too. With ε outside the root you divide 0 by ε, which is 0: no step, no nan.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "adam_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(p, g, m, v, t, lr, b1, b2, eps):
    """Return (new parameter, new m, new v) after step number t of Adam.

    p: parameter.  g: its gradient.  m, v: running averages of g and g².  All of the same shape.
    t: step number, 1 in the first step.  lr: learning rate.  b1, b2: what stays of m and of v.
    """
    ### BEGIN SOLUTION
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    fair_m = m / (1 - b1**t)
    fair_v = v / (1 - b2**t)
    return p - lr * fair_m / (fair_v.sqrt() + eps), m, v
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "adam_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(adam_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_one_epoch-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · One epoch of training (3 points)
#
# Now the parts meet. For each batch: clear the old gradients, go forward, compute the loss, go backward, take a step.
#
# **Write** `train_one_epoch(model, loader, loss_fn, optimizer, device)`. It makes one pass over the loader and returns the **mean loss
# per sample seen** during this pass, as one number.
#
# | you get | what it is |
# |---|---|
# | `model` | an `nn.Module`, already on `device`, with no gradients left over from before |
# | `loader` | gives batches `(x, y)`, on the CPU |
# | `loss_fn(scores, y)` | the **mean** loss of a batch |
# | `optimizer` | one of PyTorch's, it holds the model's weights |
# | `device` | a `torch.device`: where x and y must be moved before use |
#
# - Put the model in **training mode** first: it may come from an evaluation. It may be left in that mode, or be given back in
#   the mode it came in.
# - Move **both** x and y to `device`, and use the moved ones.
# - **One step for each batch**, made with the gradients of this batch alone.
# - The loss of a batch is the one you went backward from (measured before the step).
# - The last batch may be smaller, and a loader may show fewer samples than its data set has, or some twice: weigh by the samples
#   that really came.
# - What you return must not carry its graph along: a loss that still requires gradients keeps every batch in memory. `.item()` makes a
#   plain number of it.
#
# **A worked example** of the mean. Three batches:
#
# | batch | samples | its mean loss | loss times samples |
# |---|---|---|---|
# | 1 | 3 | 2 | 6 |
# | 2 | 3 | 4 | 12 |
# | 3 | 1 | 10 | 10 |
# | together | 7 | | 28, so the mean is 28/7 = **4** |
#
# The mean of the three means is 5.33: the one sample of the last batch would count as much as three others.
#
# <details><summary>Stuck? Look at this first</summary>
#
# The check lists what it saw: optimiser steps, the mode, what was moved, the weights afterwards. Which is the first line that is
# off?
#
# </details>
# <details><summary>Hint 1</summary>
#
# In the loop, in this order: move, `zero_grad`, forward, loss, `backward`, `step`, then add to your totals.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `x.to(device)` does not change x: it returns the moved tensor. Catch it.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Keep two totals: the sum of loss times samples, and the number of samples. Divide once, after the loop.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "train_one_epoch-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    """Train the model for one pass over the loader; return the mean loss per sample seen.

    loss_fn(scores, y) is the mean loss of a batch.  x and y must be moved to `device`.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "train_one_epoch", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(train_one_epoch)

# %% [markdown] nbgrader={"grade": false, "grade_id": "evaluate-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · An honest measurement (3 points)
#
# How good is the model on samples it has not learned from? To measure is not to train: nothing about the model may change, and no
# gradients are needed.
#
# **Write** `evaluate(model, loader, loss_fn, device)`. It returns **(mean loss per sample seen, accuracy)**, two numbers.
#
# - The model gives scores (n, C); the class it predicts is the one with the highest score in the row. The accuracy is the share
#   of samples predicted right, **from 0 to 1**.
# - Put the model in **evaluation mode**, so that dropout is off and batch norm uses its running statistics.
# - Build **no graph**: wrap the work in `torch.no_grad()` or `torch.inference_mode()`. These do not change the mode, and the
#   mode does not switch off gradients: you need both. After your function, gradients are switched on as before.
# - No weight and no buffer changes. When you are done, you may **leave the model in evaluation mode or give back** the mode it came
#   in: both are right.
# - As before: move x and y, weigh by the samples that really came.
#
# **A worked example** of the accuracy. Batches of 3, 3 and 1 samples, with 3, 2 and 0 predicted right: 5/7 = **0.714**. The mean of the
# three shares would be (1 + 0.667 + 0)/3 = 0.556.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Call your function twice in a row on the same model. If the two results differ, something in the model is still in training mode.
#
# </details>
# <details><summary>Hint 1</summary>
#
# `scores.argmax(1)` gives one class for each row. Compare it with y and count where they are equal.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Three totals: loss times samples, hits, samples. Two divisions, after the loop.
#
# </details>
# <details><summary>Hint 3</summary>
#
# `torch.set_grad_enabled(False)` as a line of its own stays off for good. In a `with` block it ends with the block.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "evaluate-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(model, loader, loss_fn, device):
    """Return (mean loss per sample seen, accuracy from 0 to 1), and leave the model as it is.

    loss_fn(scores, y) is the mean loss of a batch.  x and y must be moved to `device`.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "evaluate", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(evaluate)

# %% [markdown] nbgrader={"grade": false, "grade_id": "at-work-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Your parts at work
#
# No points here, only your own work to look at. On the left your three optimisers go down the same valley, which is 20 times as steep
# across as it is along: the height is (20·a² + b²)/2, from the point (1, 3), with the same learning rate of 0.09. On the right your
# `PairDataset`, `train_one_epoch` and `evaluate` teach a small network the 8×8 digits.
#
# **Predict first:** plain SGD at 0.09 is close to bouncing out of the valley (0.1 is the limit). Which of the three is lowest after 60
# steps? Then run the cell. Each part appears once your functions work.

# %%
def valley(step):
    """Walk 60 steps down the valley and return the heights."""
    p, state, heights = torch.tensor([1.0, 3.0]), {}, []
    steep = torch.tensor([20.0, 1.0])
    for t in range(1, 61):
        heights.append(float((steep * p**2).sum() / 2))
        p = step(p, steep * p, t, state)
    return heights


def with_momentum(p, g, t, state):
    p, state["v"] = sgd_momentum_step(p, g, state.get("v", torch.zeros(2)), 0.09, 0.6)
    return p


def with_adam(p, g, t, state):
    zero = torch.zeros(2)
    p, state["m"], state["v"] = adam_step(p, g, state.get("m", zero), state.get("v", zero), t, 0.09, 0.9, 0.99, 1e-8)
    return p


def teach_digits():
    """Train for eight epochs and return the accuracy on held-out digits after each."""
    torch.manual_seed(5)
    digits = load_digits_small()
    order = torch.randperm(len(digits))
    learn, held_out = order[:1200], order[1200:]
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    training = DataLoader(PairDataset(digits.images[learn], digits.labels[learn]), batch_size=50, shuffle=True)
    testing = DataLoader(PairDataset(digits.images[held_out], digits.labels[held_out]), batch_size=100)
    loss, device = nn.CrossEntropyLoss(), torch.device("cpu")
    accuracies = [evaluate(model, testing, loss, device)[1]]
    for _ in range(8):
        train_one_epoch(model, training, loss, optimizer, device)
        accuracies.append(evaluate(model, testing, loss, device)[1])
    return accuracies


walks = {
    "SGD": (lambda: valley(lambda p, g, t, state: sgd_step(p, g, 0.09)), "-", BLACK),
    "momentum 0.6": (lambda: valley(with_momentum), "--", BLUE),
    "Adam": (lambda: valley(with_adam), ":", ORANGE),
}
figure = new_figure(9.0, 3.6, columns=2)
left, right = figure.subplots(1, 2)
dress(left, x="step", y="height (log scale)", title="Three ways down a valley")
dress(right, x="epoch", y="share right", title="Digits not seen in training")
left.set_yscale("log")
right.set_ylim(0, 1)
words = "Left, height over 60 steps in a narrow valley; right, accuracy on held-out digits over 8 epochs."
for label, (walk, line, colour) in {**walks, "digits": (teach_digits, "o-", GREEN)}.items():
    axes = right if label == "digits" else left
    try:
        heights = [float(height) for height in walk()]
        axes.plot(range(len(heights)), heights, line, color=colour, label=label)
    except NotImplementedError:
        words += f" {label}: not written yet."
    except Exception as problem:  # whatever goes wrong in an unfinished answer, the others are still drawn
        words += f" {label}: stopped with {type(problem).__name__}."
    else:
        words += f" {label}: {heights[0]:.3g} at first, {heights[-1]:.3g} at last."
if left.lines:
    left.legend(frameon=False)
show(figure, words)

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the seven checks.

# %%
from course_utils.handing_in import submit

submit()
