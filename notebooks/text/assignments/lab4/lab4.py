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
# # Lab 4: Gradients checked
#
# **Name:**
#
# **Assignment:** lab4

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
# You walk back through a graph, find the best small step, convict four wrong backward passes, and measure what a gradient costs. Six
# experiments and four questions after lecture 7. About 45 minutes, 10 points.
#
# **How a lab works**
#
# - A lab is graded **on completion**. An experiment counts when its result is there and is one that a run can give. Write your code below the line
#   `# YOUR CODE HERE`, and leave the result under the name that already stands there, in place of the three dots.
# - Run the check below each experiment. It says what is missing.
# - A question counts when you answer it in its own cell, in **at least 15 words of your own**. Copied sentences do not count as words.
#
# **Letters**: `dw` is short for the slope of the loss with respect to `w`; a gradient has the shape of what it belongs to. `z` stands before the activation, `a` after it.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell first, and again each time you restart the kernel. central_difference is that of lecture 7.
import time

import torch
from torch import nn

from course_utils import check
from course_utils.plots import BLUE, dress, new_figure, show
from course_utils.widgets import backprop_stepper

torch.set_num_threads(1)


def central_difference(loss_of, tensor, place, h=1e-5):
    """Return the slope of a loss when one number of a tensor changes; the tensor is put back."""
    old = tensor[place].item()
    tensor[place] = old + h
    above = loss_of()
    tensor[place] = old - h
    below = loss_of()
    tensor[place] = old
    return ((above - below) / (2 * h)).item()


def places_of(tensor):
    """Return the index of every number in a tensor, such as (2, 0)."""
    return [tuple(place) for place in torch.ones(tensor.shape).nonzero().tolist()]


print("The places of a tensor of shape (2, 3):", places_of(torch.zeros(2, 3)))

# %% [markdown] nbgrader={"grade": false, "grade_id": "walk_by_hand-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A walk back on paper (1 point)
#
# One neuron, one example: $u = w x$, $z = u + b$, $a = \sigma(z)$, $\Delta = y - a$, $E = \tfrac12\Delta^2$, with **w = 0.5, x = -2, b = 1, y = 0**.
#
# Take a sheet of paper. Fill in the values from left to right, then walk back to $w$. The slope of the sigmoid is $a(1-a)$. Only then set the sliders of the figure to these numbers, press *Start again*, and walk the same way with *Step*.
#
# **Record** `walk_by_hand`, three numbers: *your* gradient at `w`, as it stands on the paper; the figure's gradient at `w`; the figure's gradient at `b`.
#
# <details><summary>Stuck? Look at this first</summary>
#
# $z$ comes out as a very simple number, and the sigmoid of it, too. Then go back one box at a time: what arrived, times the local slope.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "graph-figure", "locked": true, "schema_version": 3, "solution": false, "task": false}
backprop_stepper(
    {"u": "w · x", "z": "u + b", "a": "σ(z)", "Δ": "y − a", "E": "½ Δ²"},
    {"w": 0.8, "x": 1.5, "b": -0.2, "y": 1.0},
    step=0,
)

# %% nbgrader={"grade": false, "grade_id": "walk_by_hand-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
walk_by_hand = ...
### BEGIN SOLUTION
walk_by_hand = [0.25, -0.25, 0.125]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "walk_by_hand", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(walk_by_hand)

# %% [markdown] nbgrader={"grade": false, "grade_id": "paper_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# Compare your paper with the figure. If they differ: at which box, and why? If they agree: which values of the way forward did you need on the way back, and what would you do if somebody had wiped them off?

# %% [markdown] nbgrader={"grade": true, "grade_id": "paper_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I had lost the minus sign at the box of Delta, so my number was 0.25 in place of minus 0.25. On the way back I needed x, a and Delta from the way forward; without them I would compute them again.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "v_curve-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · A V of your own (1 point)
#
# Choose a function and a place, for instance `torch.sin` at 1.0, or `torch.exp` at 2.0, or one that you make up (not a parabola: for that one the central difference has no curve to miss). Its true slope comes from autograd.
#
# Take at least ten steps `h`, from 0.1 down to 1e-15. For each compute the central difference and its **relative error** $|\text{difference} - \text{slope}| \,/\, |\text{slope}|$.
#
# **Predict first:** which `h` will be the best?
#
# **Record** `v_curve`, a row `[h, relative error]` for each step.
#
# <details><summary>Stuck? Look at this first</summary>
#
# The steps: `[10.0**-k for k in range(1, 16)]`. The central difference of $f$ at $x$ is $(f(x+h) - f(x-h)) / 2h$. Everything in float64.
#
# </details>
# <details><summary>Hint</summary>
#
# The slope: `x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)`, then `f(x).backward()`, then `x.grad`. For the differences use `x.detach()`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "v_curve-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
v_curve = ...
### BEGIN SOLUTION
def relative_errors(f, at, dtype):
    """Return a row [h, relative error] for each step from 0.1 to 1e-15."""
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    slope, x = x.grad, x.detach().to(dtype)
    rows = []
    for h in [10.0**-k for k in range(1, 16)]:
        difference = (f(x + h) - f(x - h)) / (2 * h)
        rows.append([h, ((difference - slope) / slope).abs().item()])
    return rows


v_curve = relative_errors(torch.sin, 1.0, torch.float64)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "v_curve", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(v_curve)

# %%
try:
    rows = torch.as_tensor(v_curve, dtype=torch.float64)
    steps, errors = rows[:, 0], rows[:, 1]
except (IndexError, RuntimeError, TypeError, ValueError):  # the dots, or something else than rows of two
    print("Experiment 2 has no rows of two numbers yet.")
else:
    figure = new_figure(6.0, 3.4)
    axes = dress(figure.add_subplot(), x="step h", y="relative error", title="Your V")
    axes.plot(steps, errors.clamp(min=1e-17), "o-", color=BLUE)
    axes.set_xscale("log")
    axes.set_yscale("log")
    best = errors.argmin().item()
    show(
        figure,
        f"The relative error over the step, both axes logarithmic: {len(rows)} points. The smallest error, {errors[best]:.1e}, is at h = {steps[best]:.0e}; "
        f"at the longest step it is {errors[steps.argmax()]:.1e}, at the shortest {errors[steps.argmin()]:.1e}.",
    )

# %% [markdown] nbgrader={"grade": false, "grade_id": "best_errors-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Half the digits (1 point)
#
# Do the same once more in float32: `x`, and so all that is computed from it, in `torch.float32`. Compare with the same true slope.
#
# **Record** `best_errors`, the smallest relative error over all your steps: in float32, then in float64.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `x.to(torch.float32)` makes the number a float32 one. The slope stays the float64 one from autograd.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "best_errors-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
best_errors = ...
### BEGIN SOLUTION
best_errors = [
    min(error for _, error in relative_errors(torch.sin, 1.0, torch.float32)),
    min(error for _, error in v_curve),
]
print(best_errors)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "best_errors", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(best_errors)

# %% [markdown] nbgrader={"grade": false, "grade_id": "v_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# Your V has two arms. What goes wrong on each of them? And why is the best step in float32 both longer and worse?

# %% [markdown] nbgrader={"grade": true, "grade_id": "v_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# On the right arm the step is so long that the curve bends away under it; on the left two almost equal numbers are subtracted and rounding is left over, divided by a tiny h. Float32 rounds earlier,
# so the left arm begins sooner.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "suspect_errors-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Five suspects (1 point)
#
# Below are five backward passes of the same small network. **One is right.** Do not read them yet: let small steps find it. `walk_back("A", *weights)` gives the suspect's four gradients, for `W1`, `b1`, `W2` and `b2`.
#
# For each suspect, compare all numbers of its gradients for `W1` and for `b1` with small steps. The measure is $|g - g'| \,/\, (|g| + |g'|)$; keep the largest.
#
# **Record** `suspect_errors`, five numbers, for the suspects A to E. Then read their code.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `central_difference(lambda: loss_of(*weights), weights[0], (2, 1))` is the slope by small steps for `W1[2, 1]`. Its partner is `walk_back("A", *weights)[0][2, 1]`.
#
# </details>
# <details><summary>Hint</summary>
#
# Three loops: over the letters, over the two tensors `weights[0]` and `weights[1]`, over `places_of(weights[...])`. Collect the relative errors of one letter in a list and take its `max`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "suspects", "locked": true, "schema_version": 3, "solution": false, "task": false}
rng = torch.Generator().manual_seed(4)
X, y = torch.randn(6, 3, generator=rng, dtype=torch.float64), torch.randn(6, 1, generator=rng, dtype=torch.float64)
weights = [torch.randn(shape, generator=rng, dtype=torch.float64) for shape in [(4, 3), (4,), (1, 4), (1,)]]


def loss_of(W1, b1, W2, b2):
    """Return the MSE of a network with four sigmoid neurons."""
    return ((torch.sigmoid(X @ W1.T + b1) @ W2.T + b2 - y) ** 2).mean()


def walk_back(suspect, W1, b1, W2, b2):
    """Return dW1, db1, dW2, db2 as the suspect computes them."""
    z1 = X @ W1.T + b1
    a1 = torch.sigmoid(z1)
    z2 = a1 @ W2.T + b2
    dz2 = 2 * (z2 - y) if suspect == "C" else 2 * (z2 - y) / len(X)
    da1 = dz2 @ W2
    slope = {"A": 1.0, "E": z1 * (1 - z1)}.get(suspect, a1 * (1 - a1))
    dz1 = da1 * slope
    db1 = dz1.mean(dim=0) if suspect == "D" else dz1.sum(dim=0)
    return dz1.T @ X, db1, dz2.T @ a1, dz2.sum(dim=0)


print("shapes of the gradients:", [tuple(gradient.shape) for gradient in walk_back("A", *weights)])

# %% nbgrader={"grade": false, "grade_id": "suspect_errors-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
suspect_errors = ...
### BEGIN SOLUTION
suspect_errors = []
for suspect in "ABCDE":
    gradients, errors = walk_back(suspect, *weights), []
    for gradient, weight in zip(gradients[:2], weights[:2]):
        for place in places_of(weight):
            small = central_difference(lambda: loss_of(*weights), weight, place)
            mine = gradient[place].item()
            errors.append(abs(mine - small) / (abs(mine) + abs(small)))
    suspect_errors.append(max(errors))
    print(suspect, f"{max(errors):.2g}")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "suspect_errors", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(suspect_errors)

# %% [markdown] nbgrader={"grade": false, "grade_id": "suspects_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Which suspect is right? For two of the others say what they do wrong, and whether training with their gradient would still work somehow, or not at all.

# %% [markdown] nbgrader={"grade": true, "grade_id": "suspects_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# B is right. C forgets to divide by the six rows, so its gradient is six times too long; it trains like a larger learning rate. E puts z where a belongs, so even the sign can be wrong and the
# loss may rise.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "piled_gradients-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Three times backward (1 point)
#
# Make a number `w` that requires a gradient, and a loss from it. Call `backward()` on that loss three times, each time computing the loss anew, and **never** clear the gradient. Write down `w.grad` after each call.
#
# **Predict first:** three times the same, or something else?
#
# **Record** `piled_gradients`, three numbers.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `w.grad` is one tensor that PyTorch goes on changing. Keep `w.grad.item()`, the number it holds now.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "piled_gradients-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
piled_gradients = ...
### BEGIN SOLUTION
w = torch.tensor(2.0, requires_grad=True)
piled_gradients = []
for _ in range(3):
    (w**3).backward()
    piled_gradients.append(w.grad.item())
print(piled_gradients)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "piled_gradients", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(piled_gradients)

# %% [markdown] nbgrader={"grade": false, "grade_id": "gradient_seconds-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · What a gradient costs (1 point)
#
# A network with 661 parameters. `by_small_steps()` moves every one of them up and down; `by_walking_back()` does one forward and one backward pass. Measure the seconds that each takes. Run both once before you measure: the first call of
# anything is slow.
#
# **Record** `gradient_seconds`, two times in seconds: small steps first.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `time.perf_counter()` is a clock in seconds. Read it before the call and after it.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "network", "locked": true, "schema_version": 3, "solution": false, "task": false}
torch.manual_seed(0)
inputs, targets = torch.randn(32, 10, dtype=torch.float64), torch.randn(32, 1, dtype=torch.float64)
network = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 1)).double()
parameters = list(network.parameters())
print("parameters:", sum(parameter.numel() for parameter in parameters))


def network_loss():
    """Return the MSE of the network."""
    return ((network(inputs) - targets) ** 2).mean()


def by_small_steps():
    """Return the gradient of every parameter by central differences."""
    with torch.no_grad():
        return [
            torch.tensor([central_difference(network_loss, parameter, place) for place in places_of(parameter)]).reshape(parameter.shape)
            for parameter in parameters
        ]


def by_walking_back():
    """Return the gradient of every parameter by one backward pass."""
    return torch.autograd.grad(network_loss(), parameters)

# %% nbgrader={"grade": false, "grade_id": "gradient_seconds-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
gradient_seconds = ...
### BEGIN SOLUTION
gradient_seconds = []
for way in (by_small_steps, by_walking_back):
    way()
    started = time.perf_counter()
    way()
    gradient_seconds.append(time.perf_counter() - started)
print(gradient_seconds)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "gradient_seconds", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(gradient_seconds)

# %% [markdown] nbgrader={"grade": false, "grade_id": "cost_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# From your two times: how long would small steps take for one gradient of the digit network of lecture 9, with 669,706 parameters? Say how you reckon. What are small steps good for all the same?

# %% [markdown] nbgrader={"grade": true, "grade_id": "cost_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Small steps took 0.12 seconds for 661 parameters, 1,322 passes. With a thousand times as many parameters there are a thousand times as many passes, each of them slower, so minutes to hours for a single step.
# They are good for checking a few numbers of a new backward pass.
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
