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
# # Homework 1: A line by descent
#
# **Name:**
#
# **Assignment:** hw1

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# In lecture 2 you dragged a line through thirteen pairs of scores until the squares were small. In lecture 3 you let
# the slope of the loss do the dragging. Here you build both by hand, from nine short functions, and at the end the
# machine draws *your* line.
#
# **How this notebook works**
#
# - Each exercise has three cells: what to do, your answer, and a check. Write your answer in place of the line
#   `raise NotImplementedError()`, run the cell, then run the check below it. You may run a check as often as you like.
# - A check tries your function on small inputs and shows your numbers beside the right ones. If it knows the idea
#   behind a wrong number, it says so. When your homework is graded, the same function meets other inputs as well:
#   one row, many rows, square tables.
# - An exercise that you leave alone costs only its own points.
# - Stuck? Read the hints one at a time: try again after each.
#
# **Rules that hold for all nine functions**
#
# - Your function returns its result; printing it is not enough.
# - What you are given is not yours to change: no `+=` on an argument. Make new tensors.
# - The same arguments give the same result, however often the function was called before.
# - Inputs are tensors in float32 or float64, and your result has the dtype of the inputs. Where *one number* is asked
#   for, a tensor without axes, a Python float and a NumPy number are all fine.
# - Any call of PyTorch or NumPy is allowed. Loops are fine, too: your function only has to finish within a few seconds.
#
# **Letters**: `X` is the table of inputs, one row per student, of shape (N, D): N rows, D features. `w` (D,) are the
# weights, `b` is the bias, `y` (N,) are the targets, `p` are predictions.

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
from course_utils.data import load_scores
from course_utils.plots import BLACK, BLUE, GREEN, ORANGE, dress, new_figure, show

quiz, final = load_scores()  # thirteen students: a quiz score and a final score each, shape (13,)
X_scores = quiz.reshape(-1, 1)  # the same quiz scores as a table with one feature, shape (13, 1)

print("quiz :", quiz.tolist())
print("final:", final.tolist())

# %% [markdown] nbgrader={"grade": false, "grade_id": "linear_predict-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Predict with a line (2 points)
#
# A linear model predicts one number for each row: multiply each entry by its weight, add up, add the bias.
#
# $$\hat y_n \;=\; \sum_{d=1}^{D} X_{nd}\, w_d + b \qquad\text{or, for all rows at once,}\qquad \hat y = X w + b$$
#
# **Write** `linear_predict(X, w, b)`: `X` is (N, D), `w` is (D,), `b` is a tensor with one number and no axes.
# It returns the predictions, shape **(N,)**.
#
# **A worked example.** Two rows, two features: `w = [3, -1]`, `b = 4`.
#
# | row of `X` | row times `w` | plus `b` |
# |---|---|---|
# | `[2, 1]` | 2·3 + 1·(-1) = 5 | **9** |
# | `[0, 5]` | 0·3 + 5·(-1) = -5 | **-1** |
#
# so the result is `[9, -1]`, with shape (2,).
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print `X.shape`, `w.shape` and the shape of what you return. N rows need N predictions: not one, and not N by 1.
#
# </details>
# <details><summary>Hint 1</summary>
#
# The sum of products of a row with `w` is a dot product. A table times a vector takes all of these dot products at once.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In PyTorch the sign for a matrix product is `@`. `*` multiplies entry by entry and adds nothing up.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "linear_predict-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_predict(X, w, b):
    """Predict one number for each row of X.

    X: (N, D) inputs.  w: (D,) weights.  b: the bias, one number.
    Returns the predictions, shape (N,).
    """
    ### BEGIN SOLUTION
    return X @ w + b
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "linear_predict", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(linear_predict)

# %% [markdown] nbgrader={"grade": false, "grade_id": "losses-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## How wrong is a line?
#
# A prediction `p` misses its target `y` by the error `e = p - y`. To compare two lines we need **one** number for
# all errors together. There are four usual ones, and you write each of them. They all share this worked example:
#
# | prediction `p` | target `y` | error `e` | square `e²` | size `abs(e)` |
# |---|---|---|---|---|
# | 3 | 1 | 2 | 4 | 2 |
# | 5 | 6 | -1 | 1 | 1 |
# | 4 | 4 | 0 | 0 | 0 |
# | | | | sum **5** | sum **3** |
#
# In all four, `p` and `y` have the same shape, usually (N,) and sometimes a table (N, K). The result is one number
# over **all** M numbers in them (M = N, or N times K). There is no ½ in front.

# %% [markdown] nbgrader={"grade": false, "grade_id": "sse-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Sum of squared errors (1 point)
#
# $$\text{SSE} = \sum_{m=1}^{M} (p_m - y_m)^2$$
#
# **Write** `sse(p, y)`. For the worked example it gives 4 + 1 + 0 = **5**.
#
# Squares make every error count as positive, and one large error count more than several small ones.
#
# <details><summary>Hint 1</summary>
#
# Three steps: the errors, their squares, the sum of all of them. Which step comes first matters: the errors of the
# worked example add up to 1, and 1² is not 5.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In Python a square is `** 2`, and a tensor has a method that adds up all of its numbers.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "sse-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sse(p, y):
    """Return the sum of the squared errors: one number. p and y have the same shape."""
    ### BEGIN SOLUTION
    return ((p - y) ** 2).sum()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sse", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(sse)

# %% [markdown] nbgrader={"grade": false, "grade_id": "mse-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Mean squared error (1 point)
#
# $$\text{MSE} = \frac{1}{M} \sum_{m=1}^{M} (p_m - y_m)^2$$
#
# **Write** `mse(p, y)`. For the worked example it gives 5 / 3 = **1.667**.
#
# The SSE grows when you add students. The mean does not: it lets you compare a class of 13 with a class of 200.
#
# <details><summary>Stuck? Look at this first</summary>
#
# How many numbers are there in a table of 3 rows and 2 columns? What does `len` of that table say?
#
# </details>
# <details><summary>Hint 1</summary>
#
# It is the SSE divided by how many squares went into it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "mse-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mse(p, y):
    """Return the mean of the squared errors: one number. p and y have the same shape."""
    ### BEGIN SOLUTION
    return ((p - y) ** 2).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "mse", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(mse)

# %% [markdown] nbgrader={"grade": false, "grade_id": "mae-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Mean absolute error (1 point)
#
# $$\text{MAE} = \frac{1}{M} \sum_{m=1}^{M} |p_m - y_m|$$
#
# **Write** `mae(p, y)`. For the worked example it gives 3 / 3 = **1**: the line misses by one point on average.
#
# <details><summary>Hint 1</summary>
#
# |e| is the size of an error without its sign. Take it for each error *before* you average: otherwise +2 and -2 cancel.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Python's `abs(…)` works on tensors, and tensors have a method `.abs()`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "mae-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mae(p, y):
    """Return the mean of the absolute errors: one number. p and y have the same shape."""
    ### BEGIN SOLUTION
    return (p - y).abs().mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "mae", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(mae)

# %% [markdown] nbgrader={"grade": false, "grade_id": "rmse-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Root mean squared error (1 point)
#
# $$\text{RMSE} = \sqrt{\frac{1}{M} \sum_{m=1}^{M} (p_m - y_m)^2}$$
#
# **Write** `rmse(p, y)`. For the worked example it gives the root of 1.667, which is **1.291**.
#
# The MSE is measured in *points squared*, which nobody can picture. The root brings it back to points.
#
# <details><summary>Hint 1</summary>
#
# Read the formula from the inside out: error, square, mean, root. You have written the first three already.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.sqrt` takes a tensor. `math.sqrt`, or `** 0.5`, takes a plain number as well.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "rmse-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rmse(p, y):
    """Return the square root of the mean squared error: one number. p and y have the same shape."""
    ### BEGIN SOLUTION
    return mse(p, y) ** 0.5
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "rmse", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(rmse)

# %% [markdown] nbgrader={"grade": false, "grade_id": "least_squares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · The best line, in one go (2 points)
#
# For a line there is a formula for the weights with the smallest SSE. Append a column of ones to `X`; call the wider
# table $A$, shape (N, D + 1). The bias is then just the weight of the ones, and the best weights solve the
# *normal equations*:
#
# $$A = \begin{bmatrix} X & \mathbf 1 \end{bmatrix}, \qquad A^\top\! A \begin{bmatrix} w \\ b \end{bmatrix} = A^\top y$$
#
# **Write** `least_squares(X, y)`: `X` is (N, D), `y` is (N,). It returns **two** things in this order: `w` with shape
# (D,), then `b`, one number. You may assume that the equations have exactly one solution.
#
# **A worked example.** Three points (0, 1), (1, 3), (2, 2). Here
#
# $$A^\top\! A = \begin{bmatrix} 5 & 3 \\ 3 & 3 \end{bmatrix}, \quad A^\top y = \begin{bmatrix} 7 \\ 6 \end{bmatrix}:
# \qquad 5w + 3b = 7,\quad 3w + 3b = 6 \quad\Rightarrow\quad w = 0.5,\; b = 1.5$$
#
# For the thirteen scores, lecture 2 found w = 1.312 and b = 0.648.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the shape of `A`, and look at one of its rows: the entries of a student, then a 1.
#
# </details>
# <details><summary>Hint 1</summary>
#
# `torch.ones_like(X[:, :1])` is a column of ones with the dtype of `X`; `torch.cat([…, …], dim=1)` puts tables side by side.
#
# </details>
# <details><summary>Hint 2</summary>
#
# To solve M v = r use `torch.linalg.solve(M, r)`. (`1 / M` is something else: it turns every *entry* upside down.)
#
# </details>
# <details><summary>Hint 3</summary>
#
# The solution v has D + 1 numbers. Your ones stand in the last column, so the last number is b and the others are w.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "least_squares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def least_squares(X, y):
    """Find the w and b with the smallest sum of squared errors, in closed form.

    X: (N, D) inputs.  y: (N,) targets.
    Returns (w, b): w has shape (D,), b is one number.
    """
    ### BEGIN SOLUTION
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    solution = torch.linalg.lstsq(A, y[:, None]).solution[:, 0]
    return solution[:-1], solution[-1]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "least_squares", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(least_squares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "mse_grad-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Which way is uphill? (3 points)
#
# Most models have no such formula. Then we go downhill, and for that we need the slope of the loss
# $\mathcal L = \text{MSE}(Xw + b,\; y)$ in every direction. Write $e_n = \hat y_n - y_n$ for the error of row n. The chain
# rule gives, for each row, the derivative of $e_n^2$, which is $2 e_n$, times the derivative of $e_n$ itself:
# $X_{nd}$ for the weight $w_d$, and 1 for the bias. The mean over the rows stays a mean:
#
# $$\frac{\partial \mathcal L}{\partial w_d} = \frac{1}{N}\sum_{n=1}^{N} 2\, e_n\, X_{nd}, \qquad
# \frac{\partial \mathcal L}{\partial b} = \frac{1}{N}\sum_{n=1}^{N} 2\, e_n$$
#
# **Write** `mse_grad(X, y, w, b)`: `X` is (N, D), `y` is (N,), `w` is (D,), `b` one number. It returns `dw` with
# shape (D,), one slope per weight, then `db`, one number.
#
# **A worked example.** Two rows with one feature, `X = [[1], [2]]`, `y = [1, 3]`, at `w = [2]`, `b = 0`.
#
# | x | y | prediction | error e | 2·e·x | 2·e |
# |---|---|---|---|---|---|
# | 1 | 1 | 2 | 1 | 2 | 2 |
# | 2 | 3 | 4 | 1 | 4 | 2 |
# | | | | mean | **dw = [3]** | **db = 2** |
#
# Both are positive: the predictions are too high, and the loss grows further if w or b grow.
#
# <details><summary>Stuck? Look at this first</summary>
#
# The sign: with error = *prediction - target*, predictions that are too high must give a positive `db`. The shape:
# `dw` must have as many numbers as `w`.
#
# </details>
# <details><summary>Hint 1</summary>
#
# First get the errors, all N of them: you have a function that predicts.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For `dw` each *row* of `X` is multiplied by its own error, and then you go down the columns. That is a matrix
# product with the transpose, `X.T @ …`.
#
# </details>
# <details><summary>Hint 3</summary>
#
# To see whether a slope is right without the check: raise `b` by 0.001 and see how much the MSE grows. That growth,
# divided by 0.001, is nearly `db`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "mse_grad-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mse_grad(X, y, w, b):
    """Return the gradient of the mean squared error of X w + b against y.

    X: (N, D) inputs.  y: (N,) targets.  w: (D,) weights.  b: the bias, one number.
    Returns (dw, db): dw has shape (D,), db is one number.
    """
    ### BEGIN SOLUTION
    error = X @ w + b - y
    return 2 * X.T @ error / len(y), 2 * error.mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "mse_grad", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(mse_grad)

# %% [markdown] nbgrader={"grade": false, "grade_id": "gd_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · One step downhill (1 point)
#
# The gradient points uphill, so we go the other way. The learning rate η (`lr` in code) says how far:
#
# $$w \leftarrow w - \eta\, \frac{\partial \mathcal L}{\partial w}, \qquad b \leftarrow b - \eta\, \frac{\partial \mathcal L}{\partial b}$$
#
# **Write** `gd_step(w, b, dw, db, lr)`. It returns the **new** `w` and `b`, in this order. The old ones stay as they
# are: whoever called you may still need them.
#
# **A worked example.** `w = [3]`, `b = 1`, `dw = [4]`, `db = -2`, `lr = 0.1`:
# 3 - 0.1·4 = **2.6** and 1 - 0.1·(-2) = **1.2**.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `w -= …` changes the tensor you were given. `w = w - …` makes a new one and only moves the name.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gd_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gd_step(w, b, dw, db, lr):
    """Take one step of gradient descent.

    w, dw: (D,).  b, db: one number each.  lr: the learning rate, a float.
    Returns the new (w, b); the arguments are left as they are.
    """
    ### BEGIN SOLUTION
    return w - lr * dw, b - lr * db
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gd_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(gd_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "gd_fit-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · All the way down (3 points)
#
# Now put the pieces together: start at zero, take the gradient, make a step, and again.
#
# **Write** `gd_fit(X, y, lr, steps)`: `X` is (N, D), `y` is (N,), `lr` a float, `steps` a whole number, 0 or more. It
# returns `w` (D,) and `b` (one number) after **exactly** `steps` steps on the MSE.
#
# - Start from `w` = zeros with shape (D,) and `b` = 0, in the dtype of `X`.
# - Each step uses all N rows.
# - Both gradients are taken at the *same* point; then `w` and `b` move together.
# - After 0 steps, w and b are still zero.
#
# **A worked example.** `X = [[0], [2]]`, `y = [1, 3]`, `lr = 0.25`:
#
# | step | w | b | errors | dw | db |
# |---|---|---|---|---|---|
# | start | 0 | 0 | -1, -3 | -6 | -4 |
# | after 1 | 1.5 | 1 | 0, 1 | 2 | 1 |
# | after 2 | **1** | **0.75** | | | |
#
# <details><summary>Stuck? Look at this first</summary>
#
# If one step is right and two are not: is `b`'s gradient perhaps taken with the *new* `w`? If every number is off from
# the start: do `mse_grad` and `gd_step` pass their checks?
#
# </details>
# <details><summary>Hint 1</summary>
#
# You may call your own `mse_grad` and `gd_step`. Then the loop has two lines.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `torch.zeros(X.shape[1], dtype=X.dtype)` gives D zeros in the right dtype; `torch.zeros((), dtype=X.dtype)` gives one
# number without axes.
#
# </details>
# <details><summary>Hint 3</summary>
#
# `for _ in range(steps):` runs exactly `steps` times. How far is your `return` indented?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "gd_fit-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gd_fit(X, y, lr, steps):
    """Fit w and b by full-batch gradient descent on the mean squared error, from zeros.

    X: (N, D) inputs.  y: (N,) targets.  lr: the learning rate.  steps: how many steps, 0 or more.
    Returns (w, b) after exactly `steps` steps: w has shape (D,), b is one number.
    """
    ### BEGIN SOLUTION
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    for _ in range(steps):
        w, b = gd_step(w, b, *mse_grad(X, y, w, b), lr)
    return w, b
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gd_fit", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(gd_fit)

# %% [markdown] nbgrader={"grade": false, "grade_id": "lines-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Your lines
#
# No points here, only your own work to look at. The cell draws what `least_squares` and `gd_fit` find for the thirteen
# scores. Each line appears once its function works.
#
# **Predict first:** with η = 0.005, will the line after one step lie above or below the best one? Then run the cell, and
# change `lr` and the numbers of steps. What happens at `lr = 0.007`? (Lecture 3 says why.)

# %%
lr = 0.005
fits = {
    "closed form": lambda: least_squares(X_scores, final),
    "1 step": lambda: gd_fit(X_scores, final, lr, 1),
    "2 steps": lambda: gd_fit(X_scores, final, lr, 2),
    "1000 steps": lambda: gd_fit(X_scores, final, lr, 1000),
}

figure = new_figure(columns=1)
axes = dress(figure.add_subplot(), x="quiz score", y="final score", title="Thirteen students and your lines")
axes.scatter(quiz, final, color=BLACK, zorder=3)
words = "A black dot for each of the thirteen students, quiz score across and final score up."
ends = (0, 27)
for (label, fit), colour, dashes in zip(fits.items(), (BLACK, ORANGE, BLUE, GREEN), ("-", ":", "-.", "--")):
    try:
        w, b = fit()
        w, b = float(w[0]), float(b)
        heights = [w * x + b for x in ends]
    except NotImplementedError:
        words += f" {label}: not written yet."
    except Exception as problem:  # whatever goes wrong in an unfinished answer, the other lines are still drawn
        words += f" {label}: stopped with {type(problem).__name__}."
    else:
        axes.plot(ends, heights, dashes, color=colour, label=label)
        words += f" {label}: w = {w:.3f}, b = {b:.3f}."
axes.set_ylim(-5, 60)
if axes.lines:
    axes.legend(frameon=False)
show(figure, words)

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the nine checks.

# %%
from course_utils.handing_in import submit

submit()
