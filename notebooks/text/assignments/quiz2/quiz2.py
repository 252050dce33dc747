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
# # Quiz 2: The PyTorch loop
#
# **Name:**
#
# **Assignment:** quiz2

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# This quiz is about lecture 4: autograd, shapes that meet, batches and epochs, and the lines of the loop. It has 10 questions of 10 points each and takes 15 to 20 minutes.
#
# **How it works**
#
# - Each question has three cells: what is asked, your answer, and a check. Put your answer in place of the three dots,
#   run the cell, then run the check below it.
# - A **choice** is answered by one letter in quotes: `"b"`. Exactly one option is right.
# - A **number** is written as it is: `0.25` or `-3`. Keep at least three digits; up to 1% off is still
#   right. Where a *whole* number is asked for, it has to be exact.
# - The check only says that your answer is **recorded**, and how to mend one that cannot be read. Whether it is right you
#   learn after the quiz has been graded, together with the idea behind a wrong answer.
# - Until you hand in you may change every answer. A question that you leave alone costs only its own points.
# - Paper, a calculator and the scratch cell below are welcome.

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
import torch

from course_utils import check

# %%
# A place to calculate. Nothing in this cell is graded.

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_shapes-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Two shapes meet (10 points)
#
# `p` has shape `(4, 1)` and `y` has shape `(4,)`. Which shape has `p - y`?
#
# - **a** · `(4,)`: each prediction meets its target.
# - **b** · `(4, 1)`: the first shape wins.
# - **c** · `(4, 4)`: every prediction meets every target.
# - **d** · None: PyTorch stops with an error.

# %% nbgrader={"grade": false, "grade_id": "quiz2_shapes-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_shapes = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz2_shapes = "c"  # y is read as (1, 4); p is stretched over the columns and y over the rows.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_shapes", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_shapes)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_trap-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · A perfect model with a loss (10 points)
#
# The predictions are perfect, but one shape is not:
#
# ```python
# p = torch.tensor([[1.0], [3.0]])   # shape (2, 1)
# y = torch.tensor([1.0, 3.0])       # shape (2,)
# print(((p - y) ** 2).mean())
# ```
#
# Which number is printed?

# %% nbgrader={"grade": false, "grade_id": "quiz2_trap-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_trap = ...  # a number
### BEGIN SOLUTION
quiz2_trap = 2  # The table of differences is [[0, −2], [2, 0]]; the mean of its four squares is printed.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_trap", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_trap)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_added-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Three times backward (10 points)
#
# ```python
# w = torch.tensor(3.0, requires_grad=True)
# for _ in range(3):
#     loss = w ** 2
#     loss.backward()
# print(w.grad)
# ```
#
# Which number is printed?

# %% nbgrader={"grade": false, "grade_id": "quiz2_added-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_added = ...  # a number
### BEGIN SOLUTION
quiz2_added = 18  # Each backward() adds 2·w to what stands in w.grad.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_added", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_added)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_order-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · The order of the lines (10 points)
#
# These lines stand in the loop over batches. Which order trains the model as it should?
#
# - **a** · `loss = mse(model(X), y)`, then `loss.backward()`, then `optimizer.zero_grad()`, then `optimizer.step()`
# - **b** · `optimizer.zero_grad()`, then `loss = mse(model(X), y)`, then `loss.backward()`, then `optimizer.step()`
# - **c** · `optimizer.zero_grad()`, then `loss = mse(model(X), y)`, then `optimizer.step()`, then `loss.backward()`
# - **d** · `loss = mse(model(X), y)`, then `optimizer.zero_grad()`, then `optimizer.step()`

# %% nbgrader={"grade": false, "grade_id": "quiz2_order-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_order = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz2_order = "b"  # Clear, forward, backward, move. (zero_grad after step would do as well.)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_order", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_order)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_steps-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Counting steps (10 points)
#
# A `DataLoader` cuts 13 rows into batches of 4; the last one may be smaller, and nothing is dropped. How many **optimiser steps** are 5 epochs?

# %% nbgrader={"grade": false, "grade_id": "quiz2_steps-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_steps = ...  # a whole number
### BEGIN SOLUTION
quiz2_steps = 20  # 4 batches an epoch, the last with one row; one step per batch.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_steps", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_steps)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_mean_loss-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · An uneven last batch (10 points)
#
# The mean losses of three batches were
#
# | rows in the batch | mean loss |
# |---|---|
# | 4 | 2 |
# | 4 | 4 |
# | 2 | 9 |
#
# What is the mean loss over **all rows**?

# %% nbgrader={"grade": false, "grade_id": "quiz2_mean_loss-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_mean_loss = ...  # a number
### BEGIN SOLUTION
quiz2_mean_loss = 4.2  # Each batch counts by its rows: (4·2 + 4·4 + 2·9) / 10.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_mean_loss", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_mean_loss)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_total-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Adding up the loss (10 points)
#
# Somebody adds up the loss of each batch with `train_loss += loss`, after `loss.backward()` and without `.item()`. What is `train_loss` after 100 batches?
#
# - **a** · A Python float, because a loss is one number.
# - **b** · A tensor without a graph, because `backward()` has removed it.
# - **c** · The loss of the last batch, because `loss` is made anew each time.
# - **d** · A tensor that holds on to a graph which grows with every batch.

# %% nbgrader={"grade": false, "grade_id": "quiz2_total-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_total = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz2_total = "d"  # Each addition is noted, and every loss hangs on its own graph; loss.item() gives the plain number.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_total", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_total)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_no_grad-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · Without notes (10 points)
#
# A model is evaluated inside `with torch.no_grad():`. What does that change?
#
# - **a** · PyTorch takes no notes for a backward pass: the same numbers, with less memory.
# - **b** · Dropout and batch norm behave as in evaluation.
# - **c** · All gradients in `.grad` are set to zero.
# - **d** · The parameters cannot be changed inside the block.

# %% nbgrader={"grade": false, "grade_id": "quiz2_no_grad-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_no_grad = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz2_no_grad = "a"  # Only the recording is off; values, modes and parameters are as before.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_no_grad", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_no_grad)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_dataset-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · What a loader asks for (10 points)
#
# A `DataLoader` is to shuffle the rows of your own `Dataset` class and cut them into batches. Which methods does your class have to offer for that?
#
# - **a** · One that returns the next batch.
# - **b** · One that shuffles, and one that returns the row at a number.
# - **c** · One that says how many rows there are, and one that returns the row at a number.
# - **d** · One that returns all rows as one tensor.

# %% nbgrader={"grade": false, "grade_id": "quiz2_dataset-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_dataset = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz2_dataset = "c"  # __len__ and __getitem__; order and batches are the loader's.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_dataset", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_dataset)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz2_idle-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 · What moves? (10 points)
#
# ```python
# w = torch.tensor(2.0, requires_grad=True)
# optimizer = torch.optim.SGD([w], lr=0.1)
# for _ in range(3):
#     optimizer.zero_grad()
#     loss = (w - 5) ** 2
#     optimizer.step()
# print(w.item())
# ```
#
# Which number is printed?

# %% nbgrader={"grade": false, "grade_id": "quiz2_idle-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz2_idle = ...  # a number
### BEGIN SOLUTION
quiz2_idle = 2  # backward() is never called, so there is no gradient to step along.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz2_idle", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz2_idle)

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the 10 checks: does each say *recorded*?

# %%
from course_utils.handing_in import submit

submit()
