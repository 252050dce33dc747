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
# # Lab 3: Layers and activations
#
# **Name:**
#
# **Assignment:** lab3

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

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# What does one neuron see, what does a second layer add, and what does the bend between them do? Six experiments and four questions after
# lecture 5. About 45 minutes, 10 points.
#
# **How a lab works**
#
# - A lab is graded **on completion**. An experiment counts when its result is there and is one that a run can give. Write your code below the line
#   `# YOUR CODE HERE`, and leave the result under the name that already stands there, in place of the three dots.
# - Run the check below each experiment. It says what is missing.
# - A question counts when you answer it in its own cell, in **at least 15 words of your own**. Copied sentences do not count as words.
#
# **Letters**: `X` (N, D) are the inputs, `W` (O, D) the weights of a layer, `b` (O,) its biases, `z` is the sum before the activation, `a` what comes after it.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell first, and again each time you restart the kernel. make_moons is that of lecture 5.
import math

import torch
from torch import nn

from course_utils import check
from course_utils.plots import BLUE, ORANGE, dress, new_figure, show
from course_utils.widgets import neuron_heatmap

torch.set_num_threads(1)


def make_moons(n, noise, seed):
    """Return points (2n, 2) on two half circles, standardised, and their labels (2n,), 0 above and 1 below."""
    random = torch.Generator().manual_seed(seed)
    angle = math.pi * torch.rand(2, n, generator=random)
    upper = torch.stack([torch.cos(angle[0]), torch.sin(angle[0])], dim=1)
    lower = torch.stack([1 - torch.cos(angle[1]), 0.5 - torch.sin(angle[1])], dim=1)
    X = torch.cat([upper, lower]) + noise * torch.randn(2 * n, 2, generator=random)
    labels = torch.cat([torch.zeros(n), torch.ones(n)])
    return (X - X.mean(dim=0)) / X.std(dim=0), labels


X, labels = make_moons(n=100, noise=0.12, seed=0)
print("X:", tuple(X.shape), "  labels:", tuple(labels.shape))

# %% [markdown] nbgrader={"grade": false, "grade_id": "neuron_by_hand-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · One neuron (1 point)
#
# Be the optimiser: bring as many points as you can to their side. Circles belong where the map is dark, triangles where it is bright.
#
# **Record** `neuron_by_hand = [w1, w2, b, share]`: the three sliders, and the share of points on their side (150 of 200 are 0.75).
#
# <details><summary>Stuck? Look at this first</summary>
#
# Set `b` to 0 and turn the black line with the two weights. Then shift it with `b`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "neuron-figure", "locked": true, "schema_version": 3, "solution": false, "task": false}
neuron_heatmap(X, labels, w1=1.0, w2=-1.0, b=0.5)

# %% nbgrader={"grade": false, "grade_id": "neuron_by_hand-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
neuron_by_hand = ...
### BEGIN SOLUTION
neuron_by_hand = [0.6, -2.5, 0.55, 177 / 200]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "neuron_by_hand", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(neuron_by_hand)

# %% [markdown] nbgrader={"grade": false, "grade_id": "one_line-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# Double all three numbers of your neuron in the figure. What changes in the picture, what stays, and why? And which points does no neuron of this kind get right?

# %% [markdown] nbgrader={"grade": true, "grade_id": "one_line", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The border stays, because twice zero is still zero, but the colours get harder: the sigmoid rises more steeply. The tips of the moons that reach into the other group always lie on
# the wrong side.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "corners_right-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Four corners (1 point)
#
# Four points: label 1 where exactly one input is 1. No straight border parts them.
#
# | x₁ | x₂ | label |
# |---|---|---|
# | 0 | 0 | 0 |
# | 0 | 1 | 1 |
# | 1 | 0 | 1 |
# | 1 | 1 | 0 |
#
# Choose the numbers of a network with two hidden neurons **by hand**: `W1` (2, 2), `b1` (2,), `w2` (2,), `b2`. It says "1" where its output is above 0. Try for five minutes; then take the best
# you have.
#
# **Record** `corners_right`, two numbers: what `count_corners` gives for your numbers with ReLU, and for the *same* numbers with `activation=no_activation`.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Let the first neuron count how many inputs are 1: its weights are 1 and 1, its bias 0. What should the second neuron do, so that it speaks up only when *both* are 1?
#
# </details>
# <details><summary>Hint</summary>
#
# With weights 1, 1 and bias -1 the second neuron's ReLU is 0, 0, 0, 1 at the four corners. The first is 0, 1, 1, 2. Which sum of the two is large in the middle and small at both ends?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "corners", "locked": true, "schema_version": 3, "solution": false, "task": false}
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
is_one = torch.tensor([False, True, True, False])


def no_activation(z):
    """Leave z as it is."""
    return z


def count_corners(W1, b1, w2, b2, activation=torch.relu):
    """Return how many of the four corners the network gets right."""
    hidden = activation(corners @ torch.tensor(W1, dtype=torch.float32).T + torch.tensor(b1, dtype=torch.float32))
    output = hidden @ torch.tensor(w2, dtype=torch.float32) + b2
    print(f"{activation.__name__}: output at the four corners", [round(value, 2) for value in output.tolist()])
    return int(((output > 0) == is_one).sum())

# %% nbgrader={"grade": false, "grade_id": "corners_right-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
W1 = [[1.0, 0.0], [0.0, 1.0]]  # choose your own numbers
b1 = [0.0, 0.0]
w2 = [1.0, 1.0]
b2 = -0.5
corners_right = ...
### BEGIN SOLUTION
W1, b1, w2, b2 = [[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [1.0, -2.0], -0.5
corners_right = [count_corners(W1, b1, w2, b2), count_corners(W1, b1, w2, b2, activation=no_activation)]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "corners_right", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(corners_right)

# %% [markdown] nbgrader={"grade": false, "grade_id": "collapse_errors-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Three layers that are one (1 point)
#
# Below are three linear layers with random weights. Find **one** `W` (1, 2) and **one** `b` (1,) that do the same as all three: multiply out
# $\big((X W_1^\top + b_1) W_2^\top + b_2\big) W_3^\top + b_3$. Then compare on all points.
#
# **Record** `collapse_errors`, two largest differences: between `X @ W.T + b` and the three layers, and between `X @ W.T + b` and the three layers with ReLU after the first and the second.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `first.weight` is $W_1$ with shape (16, 2), `first.bias` is $b_1$. Write the shapes of the three weights in a row: in which order can they be multiplied, so that (1, 2) comes out?
#
# </details>
# <details><summary>Hint</summary>
#
# The bias $b_1$ goes through the second and the third layer, $b_2$ only through the third. Multiply out for a single number first: $w_3(w_2(w_1 x + b_1) + b_2) + b_3$.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "layers", "locked": true, "schema_version": 3, "solution": false, "task": false}
torch.manual_seed(2)
first, second, third = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)
with torch.no_grad():  # nothing is trained in this experiment
    deep = third(second(first(X)))
    bent = third(torch.relu(second(torch.relu(first(X)))))
print("weights:", tuple(first.weight.shape), tuple(second.weight.shape), tuple(third.weight.shape), "  outputs:", tuple(deep.shape))

# %% nbgrader={"grade": false, "grade_id": "collapse_errors-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
collapse_errors = ...
### BEGIN SOLUTION
W = third.weight @ second.weight @ first.weight
b = third.weight @ (second.weight @ first.bias + second.bias) + third.bias
one_layer = (X @ W.T + b).detach()
collapse_errors = [(one_layer - deep).abs().max(), (one_layer - bent).abs().max()]
print(collapse_errors)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "collapse_errors", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(collapse_errors)

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_bend-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# Explain to somebody who has missed the lecture why a second layer is worth nothing without an activation between the two. Use what your four corners, or your `W` and `b`, showed.

# %% [markdown] nbgrader={"grade": true, "grade_id": "why_bend", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# A sum of sums is again a sum: my one W with two weights gave the same numbers as 337 parameters in three layers, so the border stays straight. Only the ReLU, which treats the two
# sides differently, made the four corners possible.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "moon_shares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Four activations, three seeds (1 point)
#
# `train_on_moons(activation, seed)` trains a 2-16-16-1 network and returns the share right on the points it learned from. Run it for `nn.Identity` (no activation), `nn.ReLU`,
# `nn.Sigmoid` and `nn.GELU`, with the seeds 0, 1 and 2. (Together this takes about 10 seconds.)
#
# **Predict first:** which of the four differ, and does the seed matter?
#
# **Record** `moon_shares`: four rows, in this order, of three shares each.
#
# <details><summary>Stuck? Look at this first</summary>
#
# The activation goes in as a class, without brackets: `train_on_moons(nn.ReLU, 0)`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "training", "locked": true, "schema_version": 3, "solution": false, "task": false}
def train_on_moons(activation, seed, steps=600):
    """Train a 2-16-16-1 network on the moons; return the share of points on the right side."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(2, 16), activation(), nn.Linear(16, 16), activation(), nn.Linear(16, 1), nn.Sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for step in range(steps):
        loss = ((model(X)[:, 0] - labels) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.inference_mode():
        return ((model(X)[:, 0] > 0.5) == (labels == 1)).float().mean().item()

# %% nbgrader={"grade": false, "grade_id": "moon_shares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
moon_shares = ...
### BEGIN SOLUTION
moon_shares = []
for activation in (nn.Identity, nn.ReLU, nn.Sigmoid, nn.GELU):
    moon_shares.append([train_on_moons(activation, seed) for seed in (0, 1, 2)])
    print(f"{activation.__name__:>8}", moon_shares[-1])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "moon_shares", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(moon_shares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "seeds_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Two of your four rows are no better than your neuron from experiment 1, but for different reasons. Which two, and what do you think the reasons are? What would you change to find out?

# %% [markdown] nbgrader={"grade": true, "grade_id": "seeds_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Identity cannot do better, it is one straight line, with any seed. The sigmoid could, it has a bend, but it learns slowly because its slope is small; I would give it ten times
# as many steps and see.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "wave_errors-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Built and trained (1 point)
#
# Lecture 5 built a wave out of bumps, three ReLUs each. Here are the same networks twice: with the weights *built*, and with weights *trained* from a random start. How large is the largest error with 15, 30, 60 and
# 120 ReLUs? (About 5 seconds.)
#
# **Record** `wave_errors`, two rows of four errors: `largest_error(build(relus))`, then `largest_error(train_on_wave(relus))`.

# %% nbgrader={"grade": false, "grade_id": "wave", "locked": true, "schema_version": 3, "solution": false, "task": false}
grid = torch.linspace(0, 1, 2001).reshape(-1, 1)


def wave(x):
    """Return one full wave over [0, 1]."""
    return torch.sin(2 * math.pi * x)


def largest_error(network):
    """Return the largest distance between a network and the wave."""
    with torch.inference_mode():
        return (network(grid) - wave(grid)).abs().max().item()


def build(relus):
    """Return a network whose weights are built: one bump for every three ReLUs."""
    centres = torch.linspace(0, 1, relus // 3)
    width = centres[1]
    heights = wave(centres) / width
    network = nn.Sequential(nn.Linear(1, relus), nn.ReLU(), nn.Linear(relus, 1))
    with torch.no_grad():
        network[0].weight.fill_(1.0)
        network[0].bias.copy_(-torch.cat([centres - width, centres, centres + width]))
        network[2].weight.copy_(torch.cat([heights, -2 * heights, heights]).reshape(1, -1))
        network[2].bias.fill_(0.0)
    return network


def train_on_wave(relus, steps=800, seed=0):
    """Return a network of the same shape, trained on the wave from a random start."""
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(1, relus), nn.ReLU(), nn.Linear(relus, 1))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    x = grid[::10]
    for step in range(steps):
        loss = ((network(x) - wave(x)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network

# %% nbgrader={"grade": false, "grade_id": "wave_errors-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
relus = [15, 30, 60, 120]
wave_errors = ...
### BEGIN SOLUTION
wave_errors = [
    [largest_error(build(count)) for count in relus],
    [largest_error(train_on_wave(count)) for count in relus],
]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "wave_errors", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(wave_errors)

# %%
try:
    rows = torch.as_tensor(wave_errors).reshape(2, 4).tolist()
except (RuntimeError, TypeError, ValueError):  # the dots, or something else than two rows of four
    print("Experiment 5 has no two rows of four errors yet.")
else:
    figure = new_figure(6.4, 3.2)
    axes = dress(figure.add_subplot(), x="ReLUs", y="largest error")
    for row, name, colour, marker in zip(rows, ("built", "trained"), (BLUE, ORANGE), ("o", "s")):
        axes.plot(relus, row, color=colour, marker=marker, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(relus, [str(count) for count in relus])
    axes.legend()
    said = [f"{name} {', '.join(f'{error:.3g}' for error in row)}" for name, row in zip(("built", "trained"), rows)]
    show(figure, f"Two curves of the largest error over 15, 30, 60 and 120 ReLUs, both axes logarithmic: {'; '.join(said)}.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "silent_shares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · Silent neurons (1 point)
#
# A ReLU is silent where its $z$ is below 0. What if that is so for *every* point? Take a layer of 1,000 neurons with random weights and give all of them the same bias: 0, then -1, -2, -3, -4. Which share of them is
# silent for all 200 points of `X`?
#
# **Record** `silent_shares`, five shares, in this order.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `z = X @ W.T + bias` has shape (200, 1000). A neuron is a column. `(z > 0).any(dim=0)` says of each column whether any point wakes it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "silent_shares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
W = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
biases = [0, -1, -2, -3, -4]
silent_shares = ...
### BEGIN SOLUTION
silent_shares = []
for bias in biases:
    is_awake = (X @ W.T + bias > 0).any(dim=0)
    silent_shares.append((~is_awake).double().mean().item())
print(silent_shares)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "silent_shares", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(silent_shares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "silent_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# Suppose that training pushes a neuron to a bias of -4, where it is silent for every point. What is the slope of its ReLU there, and can gradient descent wake it up again? What does that have to do with the gap
# between *built* and *trained*?

# %% [markdown] nbgrader={"grade": true, "grade_id": "silent_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Left of zero the ReLU is flat, its slope is 0, so the gradient of its weights is 0 and no step ever moves them: it stays asleep. Weights that fit the wave exist, but training can get
# stuck on the way to them.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the six checks, and see that each question has its answer.

# %%
from course_utils.handing_in import submit

submit()
