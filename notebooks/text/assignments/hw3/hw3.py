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
# # Homework 3: Losses for classes
#
# **Name:**
#
# **Assignment:** hw3

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# In lecture 6 you dragged probability bars and watched the loss. Here you write the losses yourself, straight from the
# logits that a network gives, and so that they survive logits of a thousand. The last exercise counts what people ask for in
# the end: how many are right.
#
# **How this notebook works**
#
# - Each exercise has three cells: what to do, your answer, and a check. Write your answer in place of the line
#   `raise NotImplementedError()`, run the cell, then run the check below it. You may run a check as often as you like.
# - A check tries your function on small inputs and shows your numbers beside the right ones. If it knows the idea
#   behind a wrong number, it says so. When your homework is graded, the same function meets other inputs as well:
#   one row, many rows, square tables, logits of a thousand.
# - An exercise that you leave alone costs only its own points.
# - Stuck? Read the hints one at a time: try again after each.
#
# **Rules that hold for all four functions**
#
# - Your function returns **one number**: a tensor without axes, a Python float or a NumPy number.
# - What you are given is not yours to change: no `+=` on it, and no call whose name ends in `_`. Make new tensors.
# - The same arguments give the same result, however often the function was called before.
# - Inputs are tensors in float32 or float64; class labels are whole numbers (int64), from 0 to C - 1.
# - Losses are in **nats**: log is the natural logarithm, `torch.log`.
# - PyTorch already has these losses. The call that *is* the exercise is not allowed there, and each text says which that
#   is. The check sees what really runs; it then says "not your own work", and the exercise earns no points. Everything
#   else is allowed: NumPy, loops, helper functions of your own, also your softmax from homework 2.
#
# **Letters**: `z` are logits, the scores that a network gives before any sigmoid or softmax. `y` are the targets, `p` and `q`
# are probabilities. N counts rows (samples), C counts classes.

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
from course_utils.plots import BLACK, BLUE, GREEN, ORANGE, dress, new_figure, show

# %% [markdown] nbgrader={"grade": false, "grade_id": "bce_logits-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Binary cross entropy from logits (6 points)
#
# Yes or no? The network gives one logit z for each row, and σ(z) = 1 / (1 + e⁻ᶻ) is the probability of a yes. The target y
# is 1 for yes and 0 for no (or something between, if the truth is itself unsure). The loss of a row is minus the log of
# the probability that the network gave to the truth:
#
# $$\ell_n = -\Big( y_n \log \sigma(z_n) \;+\; (1 - y_n) \log\big(1 - \sigma(z_n)\big) \Big), \qquad
# \mathcal L = \frac1N \sum_{n=1}^{N} \ell_n$$
#
# **Write** `bce_logits(z, y)`: `z` is (N,), `y` is (N,) with numbers from 0 to 1. It returns 𝓛, the **mean** over the rows.
#
# - It must be finite and right for every finite z. A logit of 1000 where y = 0 costs 1000; where y = 1 it costs 0.
# - Small numbers that keep log away from 0 (as in `log(p + 1e-8)`) don't do: they turn that 1000 into 18.
# - **Not allowed here:** `F.binary_cross_entropy_with_logits`, `F.binary_cross_entropy`, `F.cross_entropy` and their `nn`
#   classes. Building blocks such as `torch.log1p`, `F.softplus` and `F.logsigmoid` are allowed.
#
# **A worked example.**
#
# | z | y | probability given to the truth | minus its log |
# |---|---|---|---|
# | 1 | 1 | σ(1) = 0.7311 | 0.3133 |
# | -2 | 1 | σ(-2) = 0.1192 | 2.1269 |
# | 0 | 0 | 1 - σ(0) = 0.5 | 0.6931 |
# | | | mean | **1.0444** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Is your loss for z = 0 the log of 2, about 0.6931, whatever y is? Does a row with y = 0 cost more when z grows?
#
# </details>
# <details><summary>Hint 1</summary>
#
# Write it from the formula first, and see which cases fail. For z = 1000 the sigmoid is exactly 1 in the computer, and the
# log of 1 - 1 is `-inf`. So σ must not be computed at all: put it into the formula on paper.
#
# </details>
# <details><summary>Hint 2</summary>
#
# -log σ(z) = log(1 + e⁻ᶻ), and -log(1 - σ(z)) = log(1 + eᶻ) = z + log(1 + e⁻ᶻ). With these two, the loss of a row
# is (1 - y)·z + log(1 + e⁻ᶻ). Check it with the table. What happens to it at z = -1000?
#
# </details>
# <details><summary>Hint 3</summary>
#
# log(1 + e⁻ᶻ) is also max(-z, 0) + log(1 + e^(-abs(z))). Now e only ever gets numbers of 0 or less: at worst it becomes 0.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "bce_logits-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bce_logits(z, y):
    """Return the mean binary cross entropy of logits, in nats: one number.

    z: (N,) logits.  y: (N,) targets from 0 to 1.
    Finite and right for logits of any size.
    """
    ### BEGIN SOLUTION
    rows = z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))
    return rows.mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "bce_logits", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check(bce_logits)

# %% [markdown] nbgrader={"grade": false, "grade_id": "cross_entropy-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Cross entropy from logits (7 points)
#
# With C classes the network gives C logits for each row, and softmax makes probabilities of them that share one whole.
# The target is the number of the right class. Again the loss of a row is minus the log of the probability given to the truth:
#
# $$\ell_n = -\log \text{softmax}(z_n)_{y_n}, \qquad \mathcal L = \frac1N \sum_{n=1}^{N} \ell_n$$
#
# Only the right class is looked up. The others count all the same, because they stand in softmax's sum. Writing the log of
# the fraction as a difference gets rid of both the fraction and the log of a tiny number:
#
# $$\ell_n = \log \sum_{k=1}^{C} e^{z_{nk}} \;-\; z_{n y_n}$$
#
# **Write** `cross_entropy(z, y)`: `z` is (N, C), `y` is (N,) with class numbers (int64). It returns 𝓛, the **mean** over the N rows.
#
# - It must be finite and right for every finite z: being sure and wrong by 1000 costs 1000, not `inf` and not 18.
# - **Not allowed here:** `F.cross_entropy`, `F.nll_loss`, `torch.log_softmax` and their `nn` classes. `torch.logsumexp` is
#   allowed, and so is a log softmax that you write yourself.
#
# **A worked example.** Two rows, three classes:
#
# | logits | y | sum of the e to the z | its log | minus the logit of y | loss |
# |---|---|---|---|---|---|
# | `[2, 0, 0]` | 0 | 7.389 + 1 + 1 = 9.389 | 2.2395 | - 2 | 0.2395 |
# | `[0, 1, 0]` | 2 | 1 + 2.718 + 1 = 4.718 | 1.5514 | - 0 | 1.5514 |
# | | | | | mean | **0.8955** |
#
# When all logits of a row are equal, every class has the probability 1/C, and the loss is log C: 1.0986 for three classes. A
# network that has learned nothing starts there.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Is it log C for equal logits? If yours is C times too small, your mean runs over classes as well. If it is never near 0
# however sure the logits are, softmax is in it twice.
#
# </details>
# <details><summary>Hint 1</summary>
#
# Pick one number from each row: `table[torch.arange(N), y]` takes row 0 at y[0], row 1 at y[1], and so on. (`table[:, y]`
# takes all of these columns for every row.)
#
# </details>
# <details><summary>Hint 2</summary>
#
# e to the 1000 is `inf` in the computer. Subtracting a number m from a whole row changes nothing, if it is added again
# behind the log: log Σ eᶻ = m + log Σ e^(z - m).
#
# </details>
# <details><summary>Hint 3</summary>
#
# The row's own largest logit is a good m: then one term of the sum is 1, so the log is never of 0, and no exponent is above 0.
# Keep its axis (`keepdim=True`) when you subtract it. `torch.logsumexp` does the same.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "cross_entropy-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy(z, y):
    """Return the mean cross entropy of logits, in nats: one number.

    z: (N, C) logits.  y: (N,) class numbers from 0 to C - 1, int64.
    Finite and right for logits of any size.
    """
    ### BEGIN SOLUTION
    largest = torch.amax(z, dim=1, keepdim=True)
    log_sums = largest[:, 0] + torch.log(torch.exp(z - largest).sum(dim=1))
    return (log_sums - z[torch.arange(len(y)), y]).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "cross_entropy", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
check(cross_entropy)

# %% [markdown] nbgrader={"grade": false, "grade_id": "kl_div-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · KL divergence (4 points)
#
# How far is what the model says (q) from what is true (p), when both are probabilities? The Kullback-Leibler divergence
# is the average, under p, of how much more probable p finds each class than q does:
#
# $$\text{KL}(p\,\|\,q) = \sum_{c=1}^{C} p_c \log \frac{p_c}{q_c}$$
#
# It is 0 when p and q are equal, and never below 0. It has a direction: KL(p‖q) and KL(q‖p) are different numbers. And it is
# the part of the cross entropy that a better model could save: cross entropy = entropy of p + KL(p‖q).
#
# **Write** `kl_div(p, q)`: `p` and `q` are (N, C), each row sums to 1. It returns the **mean over the N rows** of KL(p‖q); each
# row is a **sum** over its classes.
#
# - q is above 0 everywhere. **p may hold zeros**, and a class with p = 0 adds exactly 0: in the limit, 0·log 0 is 0. In
#   the computer `0 * log(0)` is `nan`. Adding a small number to p and q shifts every result, so that does not do.
# - `p` and `q` are probabilities already, not logits.
# - **Not allowed here:** `F.kl_div`, `nn.KLDivLoss`, `torch.distributions.kl_divergence`.
#
# **A worked example.**
#
# | p | q | terms | KL |
# |---|---|---|---|
# | `[0.5, 0.5, 0]` | `[0.25, 0.25, 0.5]` | 0.5·log 2, 0.5·log 2, 0 | 0.6931 |
# | `[0.2, 0.3, 0.5]` | `[0.2, 0.3, 0.5]` | 0, 0, 0 | 0 |
# | | | mean | **0.3466** |
#
# <details><summary>Stuck? Look at this first</summary>
#
# Is it 0 when you give it the same table twice? Which of the two tables stands in front of the log?
#
# </details>
# <details><summary>Hint 1</summary>
#
# A term may be negative (where p is smaller than q). Leave it so: only the sum is never below 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For the zeros: `torch.xlogy(a, b)` is a·log(b), and 0 where a is 0. Or choose with `torch.where`, or compute with the
# classes where p is above 0 only. Whatever you choose: divide by the number of rows.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "kl_div-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def kl_div(p, q):
    """Return the mean over the rows of KL(p‖q), in nats: one number.

    p, q: (N, C) probabilities, rows sum to 1; q is above 0, p may hold zeros.
    """
    ### BEGIN SOLUTION
    terms = torch.xlogy(p, p) - p * torch.log(q)
    return terms.sum(dim=1).mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "kl_div", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(kl_div)

# %% [markdown] nbgrader={"grade": false, "grade_id": "accuracy-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Accuracy (3 points)
#
# The loss is for the machine, which needs a slope. People ask: how many did it get right? The prediction of a row is the
# class with the largest logit. (No softmax needed: it doesn't change which one is largest.)
#
# $$\text{accuracy} = \frac{\text{number of rows with } \arg\max_c z_{nc} = y_n}{N}$$
#
# **Write** `accuracy(logits, y)`: `logits` is (N, C), `y` is (N,) with class numbers. It returns a share **between 0 and 1**.
#
# - Not a percentage, and not rounded.
# - If several logits of a row are equally large, the **first** of them is the prediction. `argmax` does that.
#
# **A worked example.**
#
# | logits | prediction | y | |
# |---|---|---|---|
# | `[0.1, 2, -1]` | 1 | 1 | right |
# | `[3, 0, 3]` | 0 (the first of two) | 0 | right |
# | `[0, 1, 2]` | 2 | 1 | wrong |
# | `[5, 4, 0]` | 0 | 0 | right |
#
# Three of four: **0.75**.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the shape of your predictions: (N,), one class for each row. `argmax` needs to know along which axis.
#
# </details>
# <details><summary>Hint 1</summary>
#
# `predictions == y` is a tensor of True and False. PyTorch takes a mean of numbers only: convert first, to float32 or
# float64. (float16 keeps three digits.)
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "accuracy-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy(logits, y):
    """Return the share of rows whose largest logit stands at the label: a number from 0 to 1.

    logits: (N, C).  y: (N,) class numbers from 0 to C - 1, int64.
    """
    ### BEGIN SOLUTION
    return (logits.argmax(dim=1) == y).double().mean()
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "accuracy", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(accuracy)

# %% [markdown] nbgrader={"grade": false, "grade_id": "curves-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Your losses
#
# No points here, only your own work to look at. On the left is your binary loss over the logit, for a yes and for a no. On
# the right is one row with the logits `[s, 0, 0]`, whose right class is the first: your cross entropy and your accuracy
# while s grows.
#
# **Predict first:** where will accuracy jump, and what does cross entropy do there? Which of the two tells a network in
# which direction to go? Then run the cell. Each curve appears once its function works.

# %%
xs = torch.arange(-60, 61) / 10
first_class = torch.tensor([0])
row = [torch.tensor([[s, 0.0, 0.0]]) for s in xs.tolist()]
curves = {
    "y = 1 (yes)": lambda: [bce_logits(x.reshape(1), torch.tensor([1.0])) for x in xs],
    "y = 0 (no)": lambda: [bce_logits(x.reshape(1), torch.tensor([0.0])) for x in xs],
    "cross entropy": lambda: [cross_entropy(logits, first_class) for logits in row],
    "accuracy": lambda: [accuracy(logits, first_class) for logits in row],
}

figure = new_figure(9.0, 3.6, columns=2)
left, right = figure.subplots(1, 2)
dress(left, x="logit z", y="loss", title="Yes or no")
dress(right, x="logit s of the right class", y="loss, or share right", title="Three classes, logits [s, 0, 0]")
words = "Left, your binary cross entropy over the logit from -6 to 6; right, cross entropy and accuracy of one row."
colours, lines = (BLUE, ORANGE, BLACK, GREEN), ("-", "--", "-", ":")
for number, (label, curve) in enumerate(curves.items()):
    axes = left if number < 2 else right
    try:
        heights = [float(height) for height in curve()]
        axes.plot(xs.tolist(), heights, lines[number], color=colours[number], label=label)
    except NotImplementedError:
        words += f" {label}: not written yet."
    except Exception as problem:  # whatever goes wrong in an unfinished answer, the other curves are still drawn
        words += f" {label}: stopped with {type(problem).__name__}."
    else:
        first, middle, last = (round(heights[place], 2) + 0.0 for place in (0, 60, 120))
        words += f" {label}: {first} at -6, {middle} at 0, {last} at 6."
for axes in (left, right):
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
# Look through the four checks.

# %%
from course_utils.handing_in import submit

submit()
