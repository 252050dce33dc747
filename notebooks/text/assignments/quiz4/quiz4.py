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
# # Quiz 4: Optimisers
#
# **Name:**
#
# **Assignment:** quiz4

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# This quiz is about lectures 7 and 8: the way back through a graph, momentum, Adam, and how networks begin. It has 10 questions of 10 points each and takes 15 to 20 minutes.
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_chain-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A chain of slopes (10 points)
#
# A neuron without bias: $z = w x$, $a = \sigma(z)$, and the loss is $E = \tfrac12 (y - a)^2$. At present $w = 0$, and the example is $x = 4$, $y = 1$. What is $\partial E / \partial w$? (The slope of the sigmoid is $a(1 - a)$.)

# %% nbgrader={"grade": false, "grade_id": "quiz4_chain-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_chain = ...  # a number
### BEGIN SOLUTION
quiz4_chain = -0.5  # −Δ · a(1 − a) · x = −0.5 · 0.25 · 4.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_chain", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_chain)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_reused-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Used more than once (10 points)
#
# $L = c + d$ with $c = a\,b$ and $d = a\,a$. At present $a = 4$ and $b = -1$. What is $\partial L / \partial a$?

# %% nbgrader={"grade": false, "grade_id": "quiz4_reused-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_reused = ...  # a number
### BEGIN SOLUTION
quiz4_reused = 7  # b along c, and a twice along d; contributions add up.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_reused", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_reused)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_shape-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · The shape of a gradient (10 points)
#
# A linear layer computes `Z = X @ W.T + b` with `X` of shape `(32, 20)` and `W` of shape `(8, 20)`. The gradient `dZ` has arrived. Which shape has `dW`, and how is it made?
#
# - **a** · `(32, 8, 20)`: one gradient for each row of `X`.
# - **b** · `(20, 8)`: it is `X.T @ dZ`.
# - **c** · `(32, 8)`: it is `dZ` itself, as for the bias.
# - **d** · `(8, 20)`: it is `dZ.T @ X`.

# %% nbgrader={"grade": false, "grade_id": "quiz4_shape-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_shape = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz4_shape = "d"  # A gradient has its parameter's shape; the product sums over the rows.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_shape", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_shape)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_kept-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · What is kept (10 points)
#
# In training, a forward pass keeps many of its intermediate values; in prediction they can be thrown away at once. Why are they kept?
#
# - **a** · The local slopes of the backward pass are computed from them.
# - **b** · The optimiser needs them for its step.
# - **c** · The next batch starts from them.
# - **d** · The loss is averaged over them.

# %% nbgrader={"grade": false, "grade_id": "quiz4_kept-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_kept = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz4_kept = "a"  # For instance x for the slope of w·x towards w, a for the slope of a sigmoid.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_kept", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_kept)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_differences-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Smaller and smaller (10 points)
#
# You check a gradient by $\frac{f(x + h) - f(x - h)}{2h}$ in float64, for a smooth curve such as $e^x$, and make $h$ smaller: $10^{-1}, 10^{-2}, \dots, 10^{-14}$. What does the **error** of this slope do?
#
# - **a** · It falls all the way: the smaller $h$, the better.
# - **b** · It grows all the way.
# - **c** · It falls at first, and grows again when $h$ is very small.
# - **d** · It is 0 for each of them, as it is for autograd.

# %% nbgrader={"grade": false, "grade_id": "quiz4_differences-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_differences = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz4_differences = "c"  # The error of the bend shrinks with h², rounding grows with 1/h.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_differences", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_differences)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_momentum-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A heavy ball (10 points)
#
# Momentum: $v \leftarrow \mu v + g$, then $p \leftarrow p - \eta v$, with $\mu = 0.9$ and $\eta = 0.1$. It starts with $v = 0$ and $p = 1$, and the gradient is $g = 2$ in both of the first two steps. What is $p$ **after two steps**?

# %% nbgrader={"grade": false, "grade_id": "quiz4_momentum-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_momentum = ...  # a number
### BEGIN SOLUTION
quiz4_momentum = 0.42  # v is 2, then 3.8; p is 0.8, then 0.42.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_momentum", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_momentum)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_adam-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Adam's first step (10 points)
#
# Adam with $\eta = 0.01$, $\beta_1 = 0.9$, $\beta_2 = 0.999$ makes its **first** step (both averages start at 0, with bias correction). The gradient is $50$. How **far** does the parameter move?

# %% nbgrader={"grade": false, "grade_id": "quiz4_adam-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_adam = ...  # a number
### BEGIN SOLUTION
quiz4_adam = 0.01  # Corrected, m is g and v is g², so the step is η · g/√(g²).
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_adam", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_adam)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_zeros-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · All alike (10 points)
#
# All weights and biases of a network with one hidden layer start at 0. It is trained by gradient descent. What happens to the neurons of the **hidden layer**?
#
# - **a** · They are different after a few steps: each sees the inputs in its own way.
# - **b** · They stay copies of one another.
# - **c** · They are different after a few steps if the batches are small: noise parts them.
# - **d** · They find the right weights more slowly, but each its own.

# %% nbgrader={"grade": false, "grade_id": "quiz4_zeros-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_zeros = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz4_zeros = "b"  # Same inputs, same gradients, same steps.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_zeros", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_zeros)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_vanishing-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · Through six sigmoids (10 points)
#
# A gradient of 1 goes back through 6 sigmoid neurons in a chain; all weights are 1. How large is it afterwards, **at best**, that is where every sigmoid is as steep as it can be?

# %% nbgrader={"grade": false, "grade_id": "quiz4_vanishing-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_vanishing = ...  # a number
### BEGIN SOLUTION
quiz4_vanishing = 0.0002441406  # A sigmoid is steepest at z = 0, with the slope 1/4; six of them are multiplied.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_vanishing", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_vanishing)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz4_noise-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 · The noise of a batch (10 points)
#
# Batches of 16 random rows give gradients with a noise (typical distance from the full gradient) of 0.8. Which noise do you expect of batches of 64 rows?

# %% nbgrader={"grade": false, "grade_id": "quiz4_noise-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz4_noise = ...  # a number
### BEGIN SOLUTION
quiz4_noise = 0.4  # Noise goes with one over the root of the batch size: four times the rows, half the noise.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz4_noise", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz4_noise)

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
