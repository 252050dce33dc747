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
# # Quiz 1: Lines and descent
#
# **Name:**
#
# **Assignment:** quiz1

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# This quiz is about lectures 1 to 3: what learns, the line and its losses, and the way downhill. It has 10 questions of 10 points each and takes 15 to 20 minutes.
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_rings-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Three rings (10 points)
#
# Deep learning is a part of machine learning, and machine learning is a part of artificial intelligence. Which of these is machine learning, but **not** deep learning?
#
# - **a** · A chess program: people wrote its rules and how far it looks ahead.
# - **b** · A network of twelve layers that was trained to read handwriting.
# - **c** · A line whose slope and bias were fitted to exam scores.
# - **d** · A spam filter: mail goes out if it holds one of forty words that a person listed.

# %% nbgrader={"grade": false, "grade_id": "quiz1_rings-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_rings = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz1_rings = "c"  # Its two numbers were fitted to examples, and it has no layers of learned features.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_rings", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_rings)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_residual-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · What is left over (10 points)
#
# A line $\hat y = w x + b$ has $w = 1.5$ and $b = 2$. A student has the quiz score $x = 8$ and the final score $y = 11$. What is the **residual** of this student?

# %% nbgrader={"grade": false, "grade_id": "quiz1_residual-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_residual = ...  # a number
### BEGIN SOLUTION
quiz1_residual = -3  # The line predicts 14; the residual is target minus prediction.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_residual", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_residual)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_mse-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · One number for a whole line (10 points)
#
# Three students have the residuals 1, −2 and 5. What is the **mean squared error** (MSE)?

# %% nbgrader={"grade": false, "grade_id": "quiz1_mse-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_mse = ...  # a number
### BEGIN SOLUTION
quiz1_mse = 10  # The squares add up to 30; there are three rows.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_mse", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_mse)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_outlier-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · A slip of the keyboard (10 points)
#
# One final score of 30 was typed in as 300. Four people fit a line to the same table, each by making another loss as small as possible. Whose line does the slip pull **least**?
#
# - **a** · The line with the lowest SSE.
# - **b** · The line with the lowest MAE.
# - **c** · The line with the lowest MSE.
# - **d** · The line with the lowest RMSE.

# %% nbgrader={"grade": false, "grade_id": "quiz1_outlier-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_outlier = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz1_outlier = "b"  # In MAE a residual counts by its size, not by its square. The other three have the same best line.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_outlier", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_outlier)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_slope-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The slope of the loss (10 points)
#
# A line through the origin, $\hat y = w x$, and two students:
#
# | $x$ | $y$ |
# |---|---|
# | 1 | 3 |
# | 2 | 2 |
#
# The loss is the MSE. What is its derivative $\frac{d\mathcal{L}}{dw}$ at $w = 2$?

# %% nbgrader={"grade": false, "grade_id": "quiz1_slope-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_slope = ...  # a number
### BEGIN SOLUTION
quiz1_slope = 3  # 2/N times the sum of (w·x − y)·x over the rows.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_slope", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_slope)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · One step downhill (10 points)
#
# A model has one weight, $w = 0.5$. The derivative of the loss there is $-3$, and the learning rate is $\eta = 0.1$. Where is $w$ **after one step** of gradient descent?

# %% nbgrader={"grade": false, "grade_id": "quiz1_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_step = ...  # a number
### BEGIN SOLUTION
quiz1_step = 0.8  # w − η·slope; two minus signs, so w grows.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_step", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_level-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Level ground (10 points)
#
# Nothing is known of a loss but that it is a smooth curve over one weight $w$. At the present $w$ its derivative is 0. What follows **for certain**?
#
# - **a** · This is the lowest point of the whole curve.
# - **b** · The loss is 0 there.
# - **c** · The learning rate was too small to get any further.
# - **d** · A step of gradient descent leaves $w$ where it is.

# %% nbgrader={"grade": false, "grade_id": "quiz1_level-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_level = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz1_level = "d"  # The step is η times the derivative, so it is 0 for every η.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_level", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_level)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_growing-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · Further and further (10 points)
#
# The loss has its minimum at $w = 0$. Gradient descent starts at $w = 1$ and takes these steps: 1, −2, 4, −8, … The loss grows at every step. What is wrong?
#
# - **a** · The learning rate is too large.
# - **b** · The learning rate is too small.
# - **c** · Nothing: with more steps it will come down.
# - **d** · The sign of the step is turned: it walks uphill.

# %% nbgrader={"grade": false, "grade_id": "quiz1_growing-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_growing = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz1_growing = "a"  # Each step points the right way and lands beyond the minimum, further off than it began.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_growing", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_growing)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_rate-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · There in one step (10 points)
#
# The loss is $\mathcal{L}(w) = 5 w^2$. With which learning rate $\eta$ does **one** step of gradient descent land exactly on the minimum, wherever it starts?

# %% nbgrader={"grade": false, "grade_id": "quiz1_rate-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_rate = ...  # a number
### BEGIN SOLUTION
quiz1_rate = 0.1  # The step gives w − η·10·w, which is 0 for every w if η·10 is 1.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_rate", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_rate)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz1_standardising-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 · Mean 0, spread 1 (10 points)
#
# Before fitting $\hat y = w x + b$ by gradient descent on the MSE, the quiz scores are standardised: less their mean, divided by their standard deviation. What does that change?
#
# - **a** · The best line fits better: its MSE becomes smaller.
# - **b** · The scores follow a bell curve afterwards.
# - **c** · The valley of the loss becomes round, so that one learning rate suits both $w$ and $b$.
# - **d** · The minimum moves to $w = 0$ and $b = 0$.

# %% nbgrader={"grade": false, "grade_id": "quiz1_standardising-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz1_standardising = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz1_standardising = "c"  # Both curvatures become equal and the two parameters no longer pull on each other.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz1_standardising", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz1_standardising)

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
