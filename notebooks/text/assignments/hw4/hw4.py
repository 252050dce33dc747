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
# # Homework 4: Backward
#
# **Name:**
#
# **Assignment:** hw4

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# In lecture 7 you clicked through a graph: forward with values, backward with gradients. Here you write the walk back
# yourself: first the slope of a single number, then a layer, then a whole network. After that come a way to check any
# gradient, and a small autograd of your own.
#
# **How this notebook works**
#
# - Each exercise has three cells: what to do, your answer, and a check. Write your answer in place of the line
#   `raise NotImplementedError()`, run the cell, then run the check below it. You may run a check as often as you like.
# - A check tries your answer on small inputs and shows your numbers beside the right ones. If it knows the idea
#   behind a wrong number, it says so. When your homework is graded, the same answer meets other inputs as well.
# - An exercise that you leave alone costs only its own points.
# - Stuck? Read the hints one at a time: try again after each.
#
# **Rules that hold for all exercises**
#
# - **By hand.** PyTorch's own differentiation (`.backward()`, `torch.autograd`, `torch.func.grad` and their like) is not
#   allowed, except in experiments of your own: an answer that uses it gets the verdict *not your own work* and no
#   points. Everything else is allowed: `torch.sigmoid`, `torch.softmax`, `F.cross_entropy`, loops, NumPy.
# - Your function returns its result. What you are given is not yours to change: no `+=` on an argument.
# - The same arguments give the same result, however often the function was called before.
# - Inputs are tensors in float32 or float64, and your result has the dtype of the inputs. Where *one number* is asked
#   for, a tensor without axes, a Python float and a NumPy number are all fine.
# - Every number in a result must be finite, for scores as large as ±1000.
#
# **Letters.** `x` (N, D) is a table of inputs, one row per sample. A layer has weights `W` (O, D) and a bias `b` (O,). Its
# pre-activation is `z = x Wᵀ + b`, and `a = f(z)` is its activation. 𝓛 is the loss. For any tensor `t` in the network, `dt` is
# short for ∂𝓛/∂t, the **gradient** at t. It always has the shape of `t`. `dout` is the gradient that arrives from above, at the
# output of the piece you are working on.
#
# **The microscope.** When one of your gradients differs, the check draws the computation graph. Read it from right to
# left, the way gradients walk. Green boxes with ✓ are right, orange boxes with ✗ depart, and the box with the thick border is the
# **first** one to depart: look there, because everything after it is only spoilt by it. A dashed box holds a gradient that
# you do not return. The same stands below the picture in words.

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
import torch.nn.functional as F

from course_utils import check
from course_utils.plots import BLUE, ORANGE, dress, new_figure, show

# %% [markdown] nbgrader={"grade": false, "grade_id": "sigmoid_grad-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · The slope of the sigmoid (1 point)
#
# Going back through an activation means multiplying by its slope at each number. With $s = \sigma(x)$ the sigmoid's slope is
#
# $$\sigma'(x) = s\,(1 - s)$$
#
# **Write** `sigmoid_grad(x)`: `x` is the **pre-activation**, of any shape. It returns the slopes, in the shape of `x`.
#
# **A worked example.** `x = [0, 2]`. The sigmoid gives 0.5 and 0.8808, so the slopes are 0.5·0.5 = **0.25** and
# 0.8808·0.1192 = **0.105**. Far from 0 on either side the curve is flat: the slope at ±1000 is 0, and never nan.
#
# <details><summary>Stuck? Look at this first</summary>
#
# What goes into your function: the number before the sigmoid, or after it?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Give the sigmoid of `x` a name, then write the formula with that name.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.sigmoid` is safe for large numbers. A sigmoid built with `torch.exp` on its own may give inf divided by inf.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "sigmoid_grad-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_grad(x):
    """Return the slope of the sigmoid at each number of x, the pre-activation (any shape)."""
    ### BEGIN SOLUTION
    s = torch.sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sigmoid_grad", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(sigmoid_grad)

# %% [markdown] nbgrader={"grade": false, "grade_id": "relu_grad-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The slope of ReLU (1 point)
#
# ReLU is $\max(0, x)$: flat to the left of 0, and a line of slope 1 to the right. At exactly 0 it has a corner and no slope;
# this course takes **0** there, as PyTorch does.
#
# **Write** `relu_grad(x)`: `x` is the pre-activation, of any shape. It returns the slopes in the shape and the **dtype** of `x`.
#
# **A worked example.** `x = [-2, 0, 3]` gives **`[0, 0, 1]`**.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the dtype of your result. A comparison gives `True` and `False`, and a slope is a number like `x`.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Which question about each number decides between 0 and 1? Write it as a comparison, then change its dtype.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "relu_grad-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_grad(x):
    """Return the slope of ReLU at each number of x, the pre-activation (any shape); 0 where x is 0."""
    ### BEGIN SOLUTION
    return (x > 0).to(x.dtype)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "relu_grad", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(relu_grad)

# %% [markdown] nbgrader={"grade": false, "grade_id": "gelu_grad-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · The slope of GELU (1 point)
#
# The exact GELU is a product, $x \cdot \Phi(x)$, where $\Phi$ is the area under the bell curve $\varphi$ to the left of x:
#
# $$\Phi(x) = \tfrac12\left(1 + \operatorname{erf}\frac{x}{\sqrt2}\right), \qquad
# \varphi(x) = \Phi'(x) = \frac{1}{\sqrt{2\pi}}\, e^{-x^2/2}$$
#
# `x` is used **twice**, so two paths lead back to it, and what comes back along them adds up. That is the product rule,
# $(u v)' = u' v + u v'$.
#
# **Write** `gelu_grad(x)` for x of any shape, with the exact GELU (not the tanh approximation).
#
# **A worked example.** At `x = 0`: Φ(0) = 0.5 and φ(0) = 0.3989; the slope is **0.5**. At `x = 1`: Φ(1) = 0.8413, φ(1) =
# 0.2420, and the slope is **1.0833**.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Compute Φ(1) and φ(1) on their own and compare them with the worked example.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Put u = x and v = Φ(x). What are u′ and v′?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.erf`, `torch.exp`, `math.sqrt` and `math.pi` are all you need.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gelu_grad-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gelu_grad(x):
    """Return the slope of the exact GELU, x·Φ(x), at each number of x (any shape)."""
    ### BEGIN SOLUTION
    area = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    bell = torch.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
    return area + x * bell
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gelu_grad", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(gelu_grad)

# %% [markdown] nbgrader={"grade": false, "grade_id": "softmax_backward-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Back through softmax (3 points)
#
# Softmax is no function of one number at a time: raise one score, and **all** probabilities of its row move. For one row with
# probabilities $p = \operatorname{softmax}(x)$ the slopes are
#
# $$\frac{\partial p_j}{\partial x_i} = p_i\,(\delta_{ij} - p_j), \qquad\text{where } \delta_{ij} \text{ is 1 if } i = j, \text{ else } 0.$$
#
# The chain rule adds up all ways from $x_i$ to the loss:
#
# $$dx_i = \sum_j dout_j\, \frac{\partial p_j}{\partial x_i} = p_i \Big(dout_i - \sum_j p_j\, dout_j\Big)$$
#
# **Write** `softmax_backward(x, dout)`: scores `x` (N, C) and the gradient `dout` (N, C) at the probabilities. It returns `dx`
# (N, C). Each row is a distribution of its own: rows have nothing to do with each other. Scores may be ±1000.
#
# **A worked example.** One row with p = [0.25, 0.75] (scores `[0, 1.0986]`) and `dout = [4, 0]`. The sum is 0.25·4 + 0.75·0 = 1, so
# dx = [0.25·(4 - 1), 0.75·(0 - 1)] = **[0.75, -0.75]**. A row of dx always sums to 0.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the sum of each row of your `dx`. Adding the same number to all scores of a row changes no probability, so these
# sums have to be 0.
#
# </details>
# <details><summary>Hint 1</summary>
#
# The sum over j is one number per row. Which axis do you sum over, and which shape lets you subtract the result from
# `dout`?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `t.sum(dim=…, keepdim=True)` keeps the axis that it sums over, with length 1.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "softmax_backward-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax_backward(x, dout):
    """Take a gradient back through softmax.

    x: (N, C) scores.  dout: (N, C) gradient at the probabilities.
    Returns dx: (N, C), the gradient at the scores.
    """
    ### BEGIN SOLUTION
    p = torch.softmax(x, dim=1)
    return p * (dout - (p * dout).sum(dim=1, keepdim=True))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "softmax_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(softmax_backward)

# %% [markdown] nbgrader={"grade": false, "grade_id": "linear_backward-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Back through a linear layer (4 points)
#
# Forward, a layer computes $z_{no} = \sum_i x_{ni} W_{oi} + b_o$ for each row n and output o. Which z does each number touch?
# $x_{ni}$ touches all outputs of its row. $W_{oi}$ and $b_o$ touch output o in **every row**. Add up what comes back:
#
# $$dx_{ni} = \sum_o dout_{no}\, W_{oi}, \qquad dW_{oi} = \sum_n dout_{no}\, x_{ni}, \qquad db_o = \sum_n dout_{no}$$
#
# **Write** `linear_backward(dout, x, W)`: `dout` (N, O), `x` (N, I), `W` (O, I). It returns **three** tensors in this order:
# `dx` (N, I), `dW` (O, I), `db` (O,). There is no 1/N here: if the loss is a mean, `dout` carries it already.
#
# **A worked example.** Two rows, two inputs, one output: `dout = [[2], [-1]]`, `x = [[1, 3], [4, 0]]`, `W = [[5, 6]]`.
#
# | | by hand | result |
# |---|---|---|
# | dx | row 1: 2·[5, 6]; row 2: -1·[5, 6] | **[[10, 12], [-5, -6]]** |
# | dW | 2·[1, 3] + (-1)·[4, 0] | **[[-2, 6]]** |
# | db | 2 + (-1) | **[1]** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Write the shape under each factor. A gradient has the shape of what it belongs to: `dW.shape == W.shape`. When a table is
# square, shapes cannot warn you.
#
# </details>
# <details><summary>Hint 1</summary>
#
# A sum over a letter that two tables share is a matrix product. In which product of `dout` and `W` is o the letter in the
# middle?
#
# </details>
# <details><summary>Hint 2</summary>
#
# For `dW` the letter in the middle is n, the rows. It stands first in both tables, so one of them has to be transposed.
#
# </details>
# <details><summary>Hint 3</summary>
#
# `db` needs no product: only a sum. Over which axis of `dout`, so that O numbers are left?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "linear_backward-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_backward(dout, x, W):
    """Take a gradient back through z = x Wᵀ + b.

    dout: (N, O) gradient at z.  x: (N, I) inputs.  W: (O, I) weights.
    Returns (dx, dW, db) with shapes (N, I), (O, I) and (O,).
    """
    ### BEGIN SOLUTION
    return dout @ W, dout.T @ x, dout.sum(dim=0)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "linear_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(linear_backward)

# %% [markdown] nbgrader={"grade": false, "grade_id": "mlp_backward-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · Back through a whole network (5 points)
#
# Forward, the network of homework 2 with the loss of homework 3:
#
# $$z_1 = x W_1^\top + b_1, \quad a_1 = \operatorname{relu}(z_1), \quad z_2 = a_1 W_2^\top + b_2, \quad
# \mathcal L = \text{mean over the rows of cross entropy}(z_2, y)$$
#
# Backward, in the order of the walk. It starts with a formula that lecture 7 derived: at the logits, softmax and cross
# entropy together leave only "probabilities minus labels", and the mean over N rows brings a 1/N:
#
# $$dz_2 = \frac{1}{N}\big(\operatorname{softmax}(z_2) - \text{one-hot}(y)\big)$$
#
# From there on you have built every piece: back through a layer, through ReLU's slope, through a layer.
#
# **Write** `mlp_backward(x, y, W1, b1, W2, b2)`: `x` (N, I), `y` (N,) class indices (int64), `W1` (H, I), `b1` (H,), `W2` (C, H), `b2` (C,). It
# returns **five** things in this order: the loss (one number), `dW1`, `db1`, `dW2`, `db2`. Logits may be as large as ±1000.
#
# **A worked example.** One row: `x = [[2]]`, `y = [0]`, `W1 = [[1], [-1]]`, `b1 = [0, 1]`, `W2 = [[1, 1], [0, -1]]`, `b2 = [-2, 0]`.
#
# | forward | | backward | |
# |---|---|---|---|
# | z1 | [2, -1] | dz2 = p - [1, 0] | [-0.5, 0.5] |
# | a1 | [2, 0] | dW2, db2 | **[[-1, 0], [1, 0]]**, **[-0.5, 0.5]** |
# | z2 | [0, 0] | da1 | [-0.5, -1] |
# | p | [0.5, 0.5] | dz1 (unit 2 was off) | [-0.5, 0] |
# | 𝓛 | ln 2 = **0.693** | dW1, db1 | **[[-1], [0]]**, **[-0.5, 0]** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Do the checks of 2 and 5 pass? Then let the microscope tell you how far your gradients are right: if `dW2` and `db2`
# are right, the fault lies behind them.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Keep z1, a1 and z2 from the way forward. You may call your own `relu_grad` and `linear_backward`, and
# `F.cross_entropy(z2, y)` for the loss.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `F.one_hot(y, C)` turns labels into rows with a single 1. `linear_backward` of the upper layer gives you da1 as its first
# result.
#
# </details>
# <details><summary>Hint 3</summary>
#
# ReLU works number by number: multiply da1 by the slopes at z1. Where a unit was off, nothing comes back.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "mlp_backward-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_backward(x, y, W1, b1, W2, b2):
    """Return the loss of linear, ReLU, linear, mean cross entropy, and its gradients.

    x: (N, I) inputs.  y: (N,) class indices.  W1: (H, I).  b1: (H,).  W2: (C, H).  b2: (C,).
    Returns (loss, dW1, db1, dW2, db2): one number, then each gradient in the shape of its parameter.
    """
    ### BEGIN SOLUTION
    z1 = x @ W1.T + b1
    a1 = torch.relu(z1)
    z2 = a1 @ W2.T + b2
    dz2 = (torch.softmax(z2, dim=1) - F.one_hot(y, z2.shape[1])) / len(x)
    da1, dW2, db2 = linear_backward(dz2, a1, W2)
    _, dW1, db1 = linear_backward(da1 * relu_grad(z1), x, W1)
    return F.cross_entropy(z2, y), dW1, db1, dW2, db2
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "mlp_backward", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check(mlp_backward)

# %% [markdown] nbgrader={"grade": false, "grade_id": "numerical_gradient-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · A gradient without calculus (2 points)
#
# How do you check a gradient when there is no answer key? Move one entry of x a little to either side and see how much
# f changes. This **central difference** is nearly the slope, for every f:
#
# $$g_i = \frac{f(x + h\, e_i) - f(x - h\, e_i)}{2h}$$
#
# where $e_i$ is 0 everywhere except for a 1 at entry i. The error shrinks with h². (With one-sided differences it shrinks only with h.)
#
# **Write** `numerical_gradient(f, x, h)`: `f` takes a tensor and returns one number (a tensor without axes), `x` is a float64
# tensor of **any shape**, `h` is the step, a float. It returns all $g_i$ in the shape and dtype of `x`, for just the step `h` that
# the caller chose: the checks use large steps, too, where the error shows. `x` must be as it was when you are done.
#
# **A worked example.** f(x) = Σ x³ at `x = [2]` with `h = 1`: (3³ - 1³) / 2 = (27 - 1) / 2 = **13**. The exact slope is 3·2² = 12;
# the error is h² = 1.
#
# <details><summary>Stuck? Look at this first</summary>
#
# How many entries of `x` differ between the two points at which you call `f`? It must be one.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Make a tensor of zeros like `x`, set one entry to h, and both add it to `x` and subtract it. Then `x` itself never changes.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For any shape: make the tensor of zeros flat, with `x.numel()` entries, set its entry i, and give it the shape of `x` again. The same
# at the end for your result.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "numerical_gradient-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_gradient(f, x, h):
    """Return the gradient of f at x by central differences of step h.

    f: takes a tensor like x, returns one number.  x: float64, any shape.  h: the step, a float.
    Returns a tensor with the shape and dtype of x; x itself is left as it is.
    """
    ### BEGIN SOLUTION
    gradient = torch.zeros(x.numel(), dtype=x.dtype)
    for i in range(x.numel()):
        flat = torch.zeros(x.numel(), dtype=x.dtype)
        flat[i] = h
        step = flat.reshape(x.shape)
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient.reshape(x.shape)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "numerical_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(numerical_gradient)

# %% [markdown] nbgrader={"grade": false, "grade_id": "Value-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · An autograd of your own (3 points)
#
# PyTorch does not know your formulas: it notes, for each result, what it was made from and the slope towards each of
# these. The walk back is then the same for every graph. Build this for single numbers.
#
# **Write** the class `Value`:
#
# - `Value(data)` holds one number: `.data` is the number, `.grad` is the gradient, 0 at the start.
# - `+`, `-`, `*`, `-a`, `a ** k` (k a whole number) and `a.relu()` each make a **new** `Value`. A plain number may stand on either side:
#   `2 * a`, `a + 1`, `10 - a`. The slope of relu at 0 is 0.
# - `L.backward()` sets `.grad` of L and of **every** node behind it to ∂L/∂(that node). For L itself that is 1.
# - A node that is used twice gets the **sum** of what comes back along both ways.
# - A node may pass its gradient on only when all of it has arrived: everybody who used the node comes before it.
# - A second `L.backward()` gives the same gradients again, not twice as much: old ones are set to 0 first.
# - Long chains work (the check has one of 2,000 nodes), and no node is visited again and again (the check doubles a number forty times:
#   that graph has 40 nodes, and a million million ways through it).
#
# The operators in the lower half of the cell are there already: they use yours.
#
# **A worked example.** `a = Value(2)`, `b = Value(-3)`, `c = a * b`, `L = c + a`. Forward: c = -6, L = -4. Backward: L.grad = 1; c.grad = 1; b.grad =
# 1·2 = **2**; and a is used twice: 1 from the sum and 1·(-3) through c, so a.grad = **-2**.
#
# In the check's table `grads` lists the gradients of the leaves in the order in which they first appear, then those of the other names in the
# order they are made. In the worked example: a, b, c, L.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Draw the graph of `L = a + a` on paper. How many arrows lead to a? What should a.grad be, and what does your code give?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Let each node keep a list of pairs: a node it was made from, and the slope towards it. For c = a·b the pairs are (a, b.data) and
# (b, a.data). An `other` that is a plain number can be wrapped: `other if isinstance(other, Value) else Value(other)`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `backward()` has three parts: put the nodes in order, each after those it was made from; set all gradients to 0 and the last one's
# to 1; walk the order from the end to the start, and let each node *add* slope times its own gradient to those it was made from.
#
# </details>
# <details><summary>Hint 3</summary>
#
# To find the order, follow the pairs back from L, and put a node on the list after everything behind it is on it. A function that
# calls itself is short, but Python stops it after about 1,000 calls within calls. So keep a list of your own: take the last node
# off it; if you see it for the first time, put it back, marked as "seen", and put those it was made from on top; when a marked
# one comes off, it is its turn.
#
# </details>
# <details><summary>Hint 4</summary>
#
# To remember which nodes you have seen, use a set of `id(node)`: two nodes may hold the same number and still be two nodes.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "Value-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Value:
    """One number that remembers how it was made, so that gradients can walk back.

    data: the number.  grad: d(the node on which backward() was called) / d(this node), 0 before.
    """

    def __init__(self, data):
        """Hold the number, a gradient of 0, and whatever else you need."""
        ### BEGIN SOLUTION
        self.data = data
        self.grad = 0.0
        self.made_from = []  # pairs: a node, and the slope towards it
        ### END SOLUTION

    def __add__(self, other):
        """Return self + other; other is a Value or a plain number."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        result = Value(self.data + other.data)
        result.made_from = [(self, 1.0), (other, 1.0)]
        return result
        ### END SOLUTION

    def __mul__(self, other):
        """Return self * other; other is a Value or a plain number."""
        ### BEGIN SOLUTION
        other = other if isinstance(other, Value) else Value(other)
        result = Value(self.data * other.data)
        result.made_from = [(self, other.data), (other, self.data)]
        return result
        ### END SOLUTION

    def __pow__(self, k):
        """Return self ** k; k is a plain whole number."""
        ### BEGIN SOLUTION
        result = Value(self.data**k)
        result.made_from = [(self, k * self.data ** (k - 1))]
        return result
        ### END SOLUTION

    def relu(self):
        """Return max(0, self); the slope at 0 is 0."""
        ### BEGIN SOLUTION
        result = Value(max(0.0, self.data))
        result.made_from = [(self, 1.0 if self.data > 0 else 0.0)]
        return result
        ### END SOLUTION

    def backward(self):
        """Set .grad of this node to 1, and of every node behind it to d(this node) / d(that node)."""
        ### BEGIN SOLUTION
        order, seen, to_do = [], set(), [(self, False)]
        while to_do:
            node, is_marked = to_do.pop()
            if is_marked:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                to_do.append((node, True))
                to_do.extend((earlier, False) for earlier, _ in node.made_from)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for earlier, slope in node.made_from:
                earlier.grad += slope * node.grad
        ### END SOLUTION

    # These are ready: they use what you wrote above.

    def __radd__(self, number):
        return self + number

    def __rmul__(self, number):
        return self * number

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, number):
        return -self + number

    def __repr__(self):
        return f"Value({self.data:g}, grad={self.grad:g})"

# %% nbgrader={"grade": true, "grade_id": "Value", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(Value)

# %% [markdown] nbgrader={"grade": false, "grade_id": "learn-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## See it learn
#
# The next cell trains a network on four points that no straight line can part (XOR), with *your* `mlp_backward` and nothing
# else: 100 steps downhill from small random weights. Below the curve stands how far your gradients lie from your own
# `numerical_gradient` at the start.

# %% nbgrader={"grade": false, "grade_id": "learn", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Nothing to write here: run it when exercises 6 and 7 pass.
points = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
classes = torch.tensor([0, 1, 1, 0])
dice = torch.Generator().manual_seed(4)
weights = [torch.randn(shape, generator=dice, dtype=torch.float64) for shape in ((8, 2), (8,), (2, 8), (2,))]
start, losses, words = [w.clone() for w in weights], [], ""
try:
    for _ in range(100):
        loss, *slopes = mlp_backward(points, classes, *weights)
        losses.append(float(loss))
        weights = [w - slope for w, slope in zip(weights, slopes)]
    words = f"The loss of your network over 100 steps: from {losses[0]:.3f} down to {losses[-1]:.3f}."
    by_steps = numerical_gradient(lambda W1: F.cross_entropy(
        torch.relu(points @ W1.T + start[1]) @ start[2].T + start[3], classes), start[0], 1e-5)
    gap = float((by_steps - mlp_backward(points, classes, *start)[1]).abs().max())
    words += f" Your dW1 and your numerical gradient differ by at most {gap:.1e} at the start."
except NotImplementedError:
    words += " An exercise is not written yet."
except Exception as problem:  # whatever goes wrong in an unfinished answer, the notebook goes on
    words += f" Stopped with {type(problem).__name__}."

figure = new_figure(5.0, 3.0, columns=1)
axes = figure.subplots()
dress(axes, x="step", y="loss", title="XOR, learnt with your gradients")
axes.axhline(math.log(2), color=ORANGE, linestyle="--", label="guessing: ln 2")
if losses:
    axes.plot(losses, color=BLUE, label="your network")
axes.locator_params(nbins=3)
axes.legend(frameon=False)
show(figure, words.strip())

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the eight checks.

# %%
from course_utils.handing_in import submit

submit()
