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
# # Homework 2: Forward
#
# **Name:**
#
# **Assignment:** hw2

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# In lecture 5 a neuron added up its inputs, added a bias and bent the result. Here you write the pieces yourself: three
# activations, softmax, a layer, and the network that is made of them. It is the forward pass of every later homework.
#
# **How this notebook works**
#
# - Each exercise has three cells: what to do, your answer, and a check. Write your answer in place of the line
#   `raise NotImplementedError()`, run the cell, then run the check below it. You may run a check as often as you like.
# - A check tries your function on small inputs and shows your numbers beside the right ones. If it knows the idea
#   behind a wrong number, it says so. When your homework is graded, the same function meets other inputs as well:
#   one row, many rows, square tables, numbers of a thousand.
# - An exercise that you leave alone costs only its own points.
# - Stuck? Read the hints one at a time: try again after each.
#
# **Rules that hold for all six functions**
#
# - Your function returns its result; printing it is not enough.
# - What you are given is not yours to change: no `+=` on it, and no call whose name ends in `_`. Make new
#   tensors.
# - The same arguments give the same result, however often the function was called before.
# - Inputs are tensors in float32 or float64. Your result is a tensor with the dtype of the inputs.
# - PyTorch already has most of what you build here. The call that *is* the exercise is not allowed there, and each text
#   says which that is. The check sees what really runs; it then says "not your own work", and the exercise earns no
#   points. Everything else is allowed: NumPy, loops, helper functions of your own, functions from earlier exercises.
#
# **Letters**: `x` are inputs, one row per sample. A layer's output before the activation is `z`, after it `a`. N counts
# samples, D inputs, H hidden units, O outputs, C classes.

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

from course_utils import check
from course_utils.plots import BLACK, BLUE, GREEN, ORANGE, dress, new_figure, show

# %% [markdown] nbgrader={"grade": false, "grade_id": "sigmoid-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Sigmoid (2 points)
#
# The sigmoid σ squeezes any number into the range from 0 to 1. It turns a score into the probability of a yes.
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# **Write** `sigmoid(x)`: `x` has any shape. The result has the same shape, with σ of each number.
#
# - It must work for every finite number: σ(1000) is 1 and σ(-1000) is 0, never `nan`.
# - It must also be right where it is tiny: σ(-20) is 0.000000002061, and σ(-21) is smaller still.
# - **Not allowed here:** `torch.sigmoid`, `nn.Sigmoid`, `torch.special.expit`, `F.logsigmoid`.
#
# **A worked example.**
#
# | x | e to the -x | 1 + that | σ(x) |
# |---|---|---|---|
# | 0 | 1 | 2 | **0.5** |
# | 1 | 0.3679 | 1.3679 | **0.7311** |
# | -3 | 20.09 | 21.09 | **0.0474** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Try your function on 0. Is it 0.5? Then on 2: is it above 0.5?
#
# </details>
# <details><summary>Hint 1</summary>
#
# `torch.exp` raises e to each number of a tensor. Arithmetic with a plain number, as in `1 + t`, reaches each number, too.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Python divides before it adds: `1 / 1 + t` is not `1 / (1 + t)`.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Large numbers: in the computer, e to the 1000 is `inf`. `1 / inf` is 0, and that is fine. `inf / inf` is `nan`. Which of
# the two can happen in your formula?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "sigmoid-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid(x):
    """Return σ of each number of x: a tensor of the same shape, with values from 0 to 1."""
    ### BEGIN SOLUTION
    return 1 / (1 + torch.exp(-x))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sigmoid", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(sigmoid)

# %% [markdown] nbgrader={"grade": false, "grade_id": "relu-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · ReLU (1 point)
#
# The most used activation is also the simplest: positive numbers pass, negative ones become 0.
#
# $$\text{ReLU}(x) = \max(0,\; x)$$
#
# **Write** `relu(x)`: `x` has any shape. The result has the same shape; `x` itself stays as it is.
#
# **Not allowed here:** `torch.relu`, `nn.ReLU`, `F.relu` and `F.threshold` (nor their cousins `relu6`, `relu_`).
#
# **A worked example.** `[-2, 0, 1.5]` becomes `[0, 0, 1.5]`.
#
# <details><summary>Stuck? Look at this first</summary>
#
# After the call, print what you put in. Are the negative numbers still there? `x[x < 0] = 0` writes into the caller's tensor.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Python's own `max` compares two things as a whole. PyTorch has functions that compare number by number: look at
# `torch.where`, `torch.maximum` or `clamp`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "relu-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu(x):
    """Return max(0, x) for each number of x: a tensor of the same shape."""
    ### BEGIN SOLUTION
    return torch.where(x > 0, x, torch.zeros_like(x))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "relu", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(relu)

# %% [markdown] nbgrader={"grade": false, "grade_id": "gelu-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · GELU (2 points)
#
# GELU is a smooth relative of ReLU, used in many language models. It lets a *share* of x through. The share is Φ(x), the part
# of a bell curve (the standard normal distribution) that lies below x: nearly 0 far to the left, ½ in the middle, nearly
# 1 far to the right.
#
# $$\text{GELU}(x) = x \cdot \Phi(x), \qquad \Phi(x) = \tfrac12\left(1 + \operatorname{erf}\!\left(\frac{x}{\sqrt 2}\right)\right)$$
#
# **Write** `gelu(x)`: `x` has any shape. The result has the same shape.
#
# - Compute the **exact** form above, with `torch.erf` (or another function that gives Φ). The approximations you may find
#   elsewhere, with tanh or with a sigmoid, are close but count as wrong here.
# - **Not allowed here:** `F.gelu`, `nn.GELU`.
#
# **A worked example.**
#
# | x | Φ(x) | x · Φ(x) |
# |---|---|---|
# | -1 | 0.1587 | **-0.1587** |
# | 0 | 0.5 | **0** |
# | 1 | 0.8413 | **0.8413** |
# | 3 | 0.9987 | **2.9960** |
#
# Look at the rows for 1 and -1: their difference is 0.8413 + 0.1587 = 1. Always: GELU(x) - GELU(-x) = x.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Is your GELU(0) exactly 0? Φ is *multiplied* by x, not added to it.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Write Φ first, and compare it with the table. A helper function may stand above `gelu` in the same cell.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `math.sqrt(2)` is √2, about 1.414. It divides x *inside* erf.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gelu-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gelu(x):
    """Return x·Φ(x), the exact GELU, of each number of x: a tensor of the same shape."""
    ### BEGIN SOLUTION
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gelu", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(gelu)

# %% [markdown] nbgrader={"grade": false, "grade_id": "softmax-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Softmax (4 points)
#
# A network for C classes ends in C scores for each sample. Softmax turns the scores of a row into probabilities: all are
# above 0, and each row sums to 1. The largest score gets the largest share.
#
# $$\text{softmax}(x)_{nc} = \frac{e^{x_{nc}}}{\sum_{k=1}^{C} e^{x_{nk}}}$$
#
# **Write** `softmax(x)`: `x` is (N, C), one row per sample. The result is (N, C), and each **row** sums to 1.
#
# - It must work for every finite score. In the computer e to the 1000 is `inf`, so the formula needs one change first.
#   The key: **if you subtract the same number from all scores of a row, its softmax stays the same**, because the factor
#   cancels:
#
# $$\frac{e^{x_c - m}}{\sum_k e^{x_k - m}} = \frac{e^{-m}\, e^{x_c}}{e^{-m} \sum_k e^{x_k}} = \frac{e^{x_c}}{\sum_k e^{x_k}}$$
#
# - It must stay right when one row has scores near 1000 and the next has scores near -1000.
# - **Not allowed here:** `torch.softmax`, `log_softmax` and `softmin`, in any of their forms. `torch.logsumexp` is allowed.
#
# **A worked example.** The scores `[2, 1, 0]`:
#
# | score | e to the score | share |
# |---|---|---|
# | 2 | 7.389 | 7.389 / 11.107 = **0.665** |
# | 1 | 2.718 | 2.718 / 11.107 = **0.245** |
# | 0 | 1 | 1 / 11.107 = **0.090** |
# | sum | 11.107 | 1 |
#
# `[1002, 1001, 1000]` has the same softmax, and `[5, 5, 5]` gives 1/3 for each class.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print `softmax(x).sum(dim=1)`: N ones. If `sum(dim=0)` gives the ones, you went down the columns.
#
# </details>
# <details><summary>Hint 1</summary>
#
# First make it right for small scores, `torch.exp` and a division. Then care for the large ones.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The sum of each row has shape (N,), and (N, C) divided by (N,) goes wrong: shapes are matched from the right. Keep the
# axis: `sum(dim=1, keepdim=True)` has shape (N, 1).
#
# </details>
# <details><summary>Hint 3</summary>
#
# Which number m should each row subtract? With the row's own largest score no exponent is above 0, so nothing overflows, and
# at least one e to the power is 1, so the sum is never 0. `torch.amax(x, dim=1, keepdim=True)` gives these.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "softmax-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(x):
    """Turn scores into probabilities, row by row.

    x: (N, C) scores.
    Returns (N, C) probabilities; each row sums to 1, for scores of any size.
    """
    ### BEGIN SOLUTION
    powers = torch.exp(x - torch.amax(x, dim=1, keepdim=True))
    return powers / powers.sum(dim=1, keepdim=True)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "softmax", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(softmax)

# %% [markdown] nbgrader={"grade": false, "grade_id": "linear_forward-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · A layer (3 points)
#
# One neuron takes D inputs, multiplies each by its weight, adds up, and adds its bias. A layer is O neurons side by side, all
# looking at the same inputs. Row o of `W` holds the weights of neuron o, and `b[o]` is its bias:
#
# $$z_{no} = \sum_{d=1}^{D} x_{nd}\, W_{od} + b_o \qquad\text{or, for all at once,}\qquad z = x\,W^\top + b$$
#
# **Write** `linear_forward(x, W, b)`: `x` is (N, D), `W` is (O, D), `b` is (O,). The result `z` is **(N, O)**: one row for
# each sample, one column for each neuron. No activation yet.
#
# **Not allowed here:** `F.linear`, `nn.Linear`.
#
# **A worked example.** Two samples, three inputs, two neurons:
#
# $$x = \begin{bmatrix} 1 & 0 & 2 \\ 0 & 1 & -1 \end{bmatrix},\quad
# W = \begin{bmatrix} 1 & 2 & 0 \\ 0 & -1 & 3 \end{bmatrix},\quad b = \begin{bmatrix} 10 & 0 \end{bmatrix}$$
#
# | sample | first neuron | second neuron |
# |---|---|---|
# | 1 | 1·1 + 0·2 + 2·0 + 10 = **11** | 1·0 + 0·(-1) + 2·3 + 0 = **6** |
# | 2 | 0·1 + 1·2 - 1·0 + 10 = **12** | 0·0 + 1·(-1) - 1·3 + 0 = **-4** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Write the shapes below your line: (N, D) times *what* gives (N, O)? If your answer is right for some shapes and stops
# for others, a transpose is missing, or `b` meets the wrong axis.
#
# </details>
# <details><summary>Hint 1</summary>
#
# `@` is the matrix product, and `W.T` is W with rows and columns swapped, shape (D, O). (`reshape` does not swap: it
# deals the numbers out anew.)
#
# </details>
# <details><summary>Hint 2</summary>
#
# `b` has shape (O,). Added to (N, O) it goes to each row as it is, because shapes are matched from the right.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "linear_forward-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_forward(x, W, b):
    """Return the pre-activations z = x Wᵀ + b of a layer.

    x: (N, D) inputs.  W: (O, D) weights, one row per neuron.  b: (O,) biases.
    Returns z, shape (N, O).
    """
    ### BEGIN SOLUTION
    return x @ W.T + b
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "linear_forward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(linear_forward)

# %% [markdown] nbgrader={"grade": false, "grade_id": "mlp_forward-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A network (3 points)
#
# Two layers in a row are no more than one: a straight line of a straight line is a straight line. With ReLU between them
# they can bend.
#
# $$z_1 = x\,W_1^\top + b_1, \qquad a_1 = \text{ReLU}(z_1), \qquad z_2 = a_1 W_2^\top + b_2$$
#
# **Write** `mlp_forward(x, W1, b1, W2, b2)`: `x` is (N, D), `W1` is (H, D), `b1` is (H,), `W2` is (C, H), `b2` is (C,). It
# returns $z_2$, the **logits**, shape (N, C).
#
# - Logits are scores of any sign and size: no ReLU and no softmax after the last layer. (The losses of homework 3 take logits.)
# - Every call is allowed here, and so are your own `linear_forward` and `relu`. If one of these is not written yet, the check
#   says so.
#
# **A worked example.** One sample `[1, 2]`, three hidden units, two classes:
#
# $$W_1 = \begin{bmatrix} 1 & -1 \\ 1 & 1 \\ 0 & 2 \end{bmatrix},\; b_1 = \begin{bmatrix} 0 & -1 & -5 \end{bmatrix},\quad
# W_2 = \begin{bmatrix} 3 & 1 & 1 \\ 2 & -2 & 4 \end{bmatrix},\; b_2 = \begin{bmatrix} 0.5 & 0 \end{bmatrix}$$
#
# | step | numbers |
# |---|---|
# | z₁ | 1 - 2 + 0 = -1, then 1 + 2 - 1 = 2, then 4 - 5 = -1 |
# | a₁ | 0, 2, 0 |
# | z₂ | 1·2 + 0.5 = **2.5**, then -2·2 + 0 = **-4** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the shapes of z₁, a₁ and z₂: (N, H), (N, H), (N, C). Is there any 0 in a₁?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Three lines, one for each equation above. You have written the function for each of them.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "mlp_forward-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_forward(x, W1, b1, W2, b2):
    """Return the logits of a network with one hidden layer: linear, ReLU, linear.

    x: (N, D) inputs.  W1: (H, D), b1: (H,) first layer.  W2: (C, H), b2: (C,) second layer.
    Returns the logits, shape (N, C).
    """
    ### BEGIN SOLUTION
    a1 = relu(linear_forward(x, W1, b1))
    return linear_forward(a1, W2, b2)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "mlp_forward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(mlp_forward)

# %% [markdown] nbgrader={"grade": false, "grade_id": "curves-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Your curves
#
# No points here, only your own work to look at. On the left are your three activations. On the right is your network with
# three hidden units: each hidden unit has a kink at another place, and the output layer adds them up to a bump.
#
# **Predict first:** where will the bump have its top, and how high is it? Then run the cell. Change a number in `b1` or `W2`, and
# say before you run it again what will move. Each curve appears once its function works.

# %%
W1, b1 = torch.tensor([[1.0], [1.0], [1.0]]), torch.tensor([1.0, 0.0, -1.0])
W2, b2 = torch.tensor([[1.0, -2.0, 1.0]]), torch.tensor([0.0])

xs = torch.linspace(-4, 4, 161)
curves = {
    "sigmoid": lambda: sigmoid(xs),
    "ReLU": lambda: relu(xs),
    "GELU": lambda: gelu(xs),
    "network": lambda: mlp_forward(xs[:, None], W1, b1, W2, b2)[:, 0],
}

figure = new_figure(9.0, 3.6, columns=2)
left, right = figure.subplots(1, 2)
dress(left, x="x", y="activation", title="Three activations")
dress(right, x="x", y="output", title="A bump from three kinks")
words = "Left, your activations over x from -4 to 4; right, the output of your network over the same x."
for (label, curve), colour, dashes in zip(curves.items(), (BLUE, BLACK, ORANGE, GREEN), ("-", ":", "--", "-")):
    axes = right if label == "network" else left
    try:
        heights = [float(height) for height in curve()]
        axes.plot(xs.tolist(), heights, dashes, color=colour, label=label)
    except NotImplementedError:
        words += f" {label}: not written yet."
    except Exception as problem:  # whatever goes wrong in an unfinished answer, the other curves are still drawn
        words += f" {label}: stopped with {type(problem).__name__}."
    else:
        top = max(range(len(heights)), key=heights.__getitem__)
        first, last, best, place = (round(v, 2) + 0.0 for v in (heights[0], heights[-1], heights[top], float(xs[top])))
        words += f" {label}: {first} at the left end, {last} at the right end, highest at x = {place} with {best}."
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
# Look through the six checks.

# %%
from course_utils.handing_in import submit

submit()
