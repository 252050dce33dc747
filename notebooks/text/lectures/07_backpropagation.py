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
#     display_name: Python 3
#     language: python
#     name: python3
#   language_info:
#     name: python
# ---

# %% [markdown]
# # 7 · Backpropagation
#
# *About 45 minutes. You need: lectures 3, 5 and 6.*
#
# ## What you will be able to do
#
# 1. Draw a calculation as a graph, and compute every gradient in it by walking back.
# 2. Say what each kind of node does to a gradient, and why a node that is used twice adds up what comes back.
# 3. Take a gradient back through a whole layer, as a product of matrices.
# 4. Check any gradient with small steps, and choose the step.
# 5. Explain what the walk back has to remember, and how memory can be traded for computing.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → **7 Backpropagation** → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# Descent needs the slope of the loss with respect to *every* weight. For a line we found two slopes on paper. A network for
# digits has hundreds of thousands of weights, stacked in layers. `loss.backward()` finds all of those slopes in one walk, for about the price of
# computing the loss two more times. In this lecture you do by hand what it does, and nothing of it will stay magic.

# %%
# Run this cell first. It finds the course's own code; on Colab it fetches it, which takes about ten seconds.
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")  # "standard", or "tiny" for a quick run-through
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

print(describe_start(SIZE))

# %%
import math
from fractions import Fraction

import torch

from course_utils import plots
from course_utils.data import load_scores
from course_utils.widgets import Question, backprop_stepper, difference_explorer, predict, self_check

torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# ## 7.1 A calculation is a graph
#
# Take the smallest network there is: one neuron with one input, and a squared error. In small steps, each with a name:
#
# $$u = w\,x \qquad z = u + b \qquad a = \sigma(z) \qquad \Delta = y - a \qquad E = \tfrac12\Delta^2$$
#
# As always $z$ is the number before the activation and $a$ the one after it. $\Delta$ ("delta") is what the neuron falls short of its target. The ½ is
# there to cancel the 2 of the derivative.
#
# Draw a box for every number and an arrow from each number to those that are made from it. That is the **computation graph**.
# Filling in the values from left to right is the **forward pass**:

# %%
w, x, b, y = 0.8, 1.5, -0.2, 1.0


def sigmoid(z):
    """Return 1 / (1 + e^-z) of a plain number."""
    return 1 / (1 + math.exp(-z))


u = w * x
z = u + b
a = sigmoid(z)
delta = y - a
E = 0.5 * delta**2
print(f"u = {u:.4f}   z = {z:.4f}   a = {a:.4f}   Δ = {delta:.4f}   E = {E:.5f}")

# %% [markdown]
# ## 7.2 The chain rule, one box at a time
#
# What we want is $\partial E/\partial w$, the **gradient** of $E$ at $w$: by how much $E$ changes when $w$ changes a little, per unit of the change. (For a single number this is the partial
# derivative of lecture 3; on the way back everybody calls it a gradient.) $E$ is far from $w$, but each *single* box is easy. A box knows its **local slopes**: how its own result changes with each of the numbers it was made from.
#
# | box | local slopes |
# |---|---|
# | $u = w\,x$ | towards $w$: $x$. Towards $x$: $w$ |
# | $z = u + b$ | towards $u$: 1. Towards $b$: 1 |
# | $a = \sigma(z)$ | towards $z$: $a\,(1-a)$ |
# | $\Delta = y - a$ | towards $y$: 1. Towards $a$: **−1** |
# | $E = \tfrac12\Delta^2$ | towards $\Delta$: $\Delta$ |
#
# The **chain rule** says: slopes along a path are multiplied. If $z$ moves $a$ a fifth as much, and $a$ moves $\Delta$ by minus as much, then $z$ moves $\Delta$ by minus
# a fifth. So start at the right with $\partial E/\partial E = 1$, and go *back*, box by box. Each box takes the gradient that has arrived at it, multiplies it by a
# local slope, and hands the product on. That is the **backward pass**, and all there is to backpropagation:
#
# > gradient handed on = local slope × gradient that arrived
#
# The figure shows the end of the walk. Press *Start again*, then *Step*, and say each number aloud before you press. First come the values, from left to
# right. Then the gradients, from right to left; the label on an arrow is the local slope.
#
# - Which boxes just copy a gradient? Which one swaps the two values? Which one turns the sign around?
# - Set `w` and `x` to 3 and `y` to 0: a neuron that is sure and wrong. How large is the gradient at `a`, and what is left of it at `z`?
#   (The sigmoid is nearly flat out there. The neuron is *saturated*; lecture 6 had a cure.)

# %%
backprop_stepper(
    {"u": "w · x", "z": "u + b", "a": "σ(z)", "Δ": "y − a", "E": "½ Δ²"},
    {"w": 0.8, "x": 1.5, "b": -0.2, "y": 1.0},
)

# %% [markdown]
# Now the same in code, one line for each arrow. Read it beside the figure. `dz` is short for $\partial E/\partial z$, and so on. (A **leaf** is a box without an arrow into it: a number that was not
# calculated, such as a weight.)

# %%
dE = 1.0
ddelta = delta * dE
da = -1 * ddelta
dz = a * (1 - a) * da
du = 1 * dz
db = 1 * dz
dw = x * du
dx = w * du
print(f"by hand:   dw = {dw:.6f}   db = {db:.6f}   dx = {dx:.6f}")

leaves = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (w, x, b)]
E_torch = 0.5 * (y - torch.sigmoid(leaves[0] * leaves[1] + leaves[2])) ** 2
E_torch.backward()
print(f"autograd:  dw = {leaves[0].grad:.6f}   db = {leaves[2].grad:.6f}   dx = {leaves[1].grad:.6f}")

# %% [markdown]
# Two properties make this so cheap. Every box is visited **once**, and *one* walk gives the gradients of **all** numbers in the graph. And look at what the lines use: `delta`, `a`, `x`, `w`. The
# walk back needs values of the way forward, so these have to be **kept**. We come back to that.
#
# ### A slip to avoid: the lost minus sign, and the dropped slope
#
# With $\Delta = y - a$ the whole gradient is
#
# $$\frac{\partial E}{\partial w} = \underbrace{-\Delta}_{\partial E/\partial a} \cdot \underbrace{f'(z)}_{\partial a/\partial z} \cdot \underbrace{x}_{\partial z/\partial w}$$
#
# Two things get lost here in print. The **minus sign**, because $a$ stands in $\Delta$ with a minus. And the **slope of the activation** $f'(z)$, for a sigmoid $a(1-a)$. Without the minus you walk
# uphill (lecture 3). Without the slope the numbers are simply not the gradient:

# %%
right = -delta * a * (1 - a) * x
print(f"autograd               {leaves[0].grad:9.5f}")
print(f"-Δ · f'(z) · x         {right:9.5f}")
print(f"+Δ · f'(z) · x         {-right:9.5f}   the minus sign is lost")
print(f"-Δ · x                 {-delta * x:9.5f}   the slope is dropped: {delta * x / -right:.2f} times too large")

# %% [markdown]
# A dropped slope is treacherous. The sign is still right, so for one neuron training may look fine. In deeper networks it is wrong by another factor at every neuron, and for
# ReLU it moves weights of neurons that were switched off:

# %%
z_off = torch.tensor(-0.7, requires_grad=True)
(0.5 * (1.0 - torch.relu(z_off)) ** 2).backward()
print(f"a ReLU that is off: true gradient at z {z_off.grad.abs():.1f}, without the slope {-(1.0 - torch.relu(z_off)):.1f}")

# %% [markdown]
# ## 7.3 A node that is used twice
#
# In the graph above each number was used once. In a network that is rare: an input feeds every neuron of a layer, and a weight is used for every row of a batch. The smallest example:
#
# $$c = a\,b \qquad L = c + a \qquad\text{with } a = 2,\; b = -3$$

# %%
used_twice = predict("a is used twice: in c = a·b and in L = c + a. With a = 2 and b = −3, what is the gradient ∂L/∂a?")
used_twice

# %%
a_leaf = torch.tensor(2.0, requires_grad=True)
b_leaf = torch.tensor(-3.0, requires_grad=True)
L = a_leaf * b_leaf + a_leaf
L.backward()

# %% jupyter={"source_hidden": true}
used_twice.reveal(
    a_leaf.grad.item(),
    "Along the straight way comes 1. Through c comes b · 1 = −3. Both are effects of the same a, so they add up: 1 + (−3) = −2.",
)

# %% [markdown]
# A small change of `a` reaches `L` on two ways, and `L` feels both. **Along a path slopes are multiplied; where paths meet, they are added.** It is the same when a number enters one box twice, as in
# $d = a\,a$: two ways, each with the slope $a$, and together $2a$. Step through the figure. Watch step 4 and step 5: `a` first receives one part, then the other.

# %%
backprop_stepper({"c": "a · b", "L": "c + a"}, {"a": 2.0, "b": -3.0})

# %% [markdown]
# In code this is the difference between `=` and `+=`:

# %%
for a_value, b_value in [(2.0, -3.0), (0.5, 4.0)]:
    grad = 0.0
    grad = 1.0  # from L = c + a
    grad = b_value * 1.0  # from c = a·b: overwrites what was there
    added = 0.0
    added += 1.0
    added += b_value * 1.0
    h = 1e-6
    steps = ((a_value + h) * b_value + a_value + h - (a_value * b_value + a_value)) / h
    print(f"a = {a_value}, b = {b_value}: overwritten {grad:5.1f}   added {added:5.1f}   by a small step {steps:7.3f}")

# %% [markdown]
# There is a condition. A box may hand on only when **everything** has arrived at it. So the walk goes through the boxes in the reverse of the order in which they were computed: then all users of a box come before it.
#
# Adding up is also why PyTorch *adds* to `.grad`, and why the training loop of lecture 4 has to call `zero_grad()`.
#
# ### How PyTorch keeps the graph
#
# When you calculate with tensors that require gradients, PyTorch notes for every result which operation made it and from what. The notes hang on `grad_fn`. We can read them:


# %%
def show_graph(node, depth=0):
    """Print the operations behind a result, as PyTorch noted them."""
    print("    " * depth + type(node).__name__)
    for earlier, _ in node.next_functions:
        if earlier is not None:
            show_graph(earlier, depth + 1)


L = a_leaf * b_leaf + a_leaf
show_graph(L.grad_fn)

# %% [markdown]
# Read it from the top: `L` was made by an addition, one part of which was made by a multiplication. `AccumulateGrad` marks a leaf, where gradients are added up in `.grad`; that of `a`
# appears twice. Nothing in these notes depends on *formulas you wrote down*: whatever your code computed is the graph, loops and ifs included.

# %% [markdown]
# ## 7.4 A whole layer at once
#
# A layer takes a batch `X` (N, D) and computes $Z = XW^\top + b$, shape (N, O). Number by number:
#
# $$z_{no} = \sum_d x_{nd}\,W_{od} + b_o$$
#
# Suppose the gradient $dZ$ (N, O) has arrived from above. Ask for each number: **which z does it touch?** Then add up what comes back from there.
#
# - $W_{od}$ touches output $o$ in every row $n$, each time multiplied by $x_{nd}$. So $dW_{od} = \sum_n dz_{no}\,x_{nd}$.
# - $b_o$ touches output $o$ in every row, with slope 1. So $db_o = \sum_n dz_{no}$.
# - $x_{nd}$ touches all outputs of its own row. So $dx_{nd} = \sum_o dz_{no}\,W_{od}$.
#
# A sum over a letter that two tables share is a matrix product. So the three lines become:
#
# $$dW = dZ^\top X \qquad\qquad db = \sum_n dZ_{n} \qquad\qquad dX = dZ\,W$$
#
# Count the products: forward there is one for each layer, backward there are two. That is the whole price.
#
# A good check on paper: **a gradient has the shape of what it belongs to.** $dW$ must be (O, D), and of `dZ` (N, O) and `X` (N, D) only $dZ^\top X$ has that shape.

# %%
rng = torch.Generator().manual_seed(7)  # random numbers, but the same ones each time you run this
N, D, O = 5, 3, 2
X, W, bias = (torch.randn(shape, generator=rng, dtype=torch.float64) for shape in [(N, D), (O, D), (O,)])
dZ = torch.randn(N, O, generator=rng, dtype=torch.float64)  # whatever arrives from above

by_rows = torch.zeros(O, D, dtype=torch.float64)
for n in range(N):  # each row adds its part, because each row used the same W
    by_rows += dZ[n][:, None] * X[n][None, :]  # a column (O, 1) times a row (1, D): every dz of the row with every x of the row

W.requires_grad_(), X.requires_grad_(), bias.requires_grad_()
(X @ W.T + bias).backward(dZ)  # with an argument, the walk back starts from that gradient and not from 1

print("shapes: dW", tuple(W.grad.shape), " db", tuple(bias.grad.shape), " dX", tuple(X.grad.shape))
print(f"dW: row by row {(by_rows - W.grad).abs().max():.1f}, as a product {(dZ.T @ X - W.grad).abs().max():.1f} away from autograd")
print(f"db: {(dZ.sum(dim=0) - bias.grad).abs().max():.1f} away;  dX: {(dZ @ W - X.grad).abs().max():.1f} away")

# %% [markdown]
# Look at the loop: the rows of a batch share `W`, so what comes back from them is added. A batch is a node that is used N times.
#
# Now two layers, forward and backward, on the thirteen scores: four sigmoid neurons, then one output without an activation, and the MSE.

# %%
quiz, final = load_scores()
X = ((quiz - quiz.mean()) / quiz.std(correction=0)).reshape(-1, 1)  # (13, 1), standardised
y = final.reshape(-1, 1)  # (13, 1)


def forward(X, y, W1, b1, W2, b2):
    """Return the loss, and what the way back will need."""
    z1 = X @ W1.T + b1  # (N, 4)
    a1 = torch.sigmoid(z1)  # (N, 4)
    z2 = a1 @ W2.T + b2  # (N, 1), the prediction
    return ((z2 - y) ** 2).mean(), (a1, z2)


def backward(X, y, W2, kept):
    """Walk back through the two layers; return dW1, db1, dW2, db2."""
    a1, z2 = kept
    dz2 = 2 * (z2 - y) / len(X)  # (N, 1): from the mean of squares
    dW2, db2 = dz2.T @ a1, dz2.sum(dim=0)
    da1 = dz2 @ W2  # (N, 4)
    dz1 = da1 * a1 * (1 - a1)  # number by number: the slope of the sigmoid
    dW1, db1 = dz1.T @ X, dz1.sum(dim=0)
    return dW1, db1, dW2, db2


rng = torch.Generator().manual_seed(1)
weights = [torch.randn(shape, generator=rng, dtype=X.dtype) for shape in [(4, 1), (4,), (1, 4), (1,)]]

loss, kept = forward(X, y, *weights)
by_hand = backward(X, y, weights[2], kept)

watched = [weight.clone().requires_grad_() for weight in weights]
forward(X, y, *watched)[0].backward()
for name, mine, theirs in zip(["W1", "b1", "W2", "b2"], by_hand, watched):
    print(f"d{name} {tuple(mine.shape)!s:7} largest difference from autograd {(mine - theirs.grad).abs().max():.1e}")

# %% [markdown]
# Half a dozen lines for the gradients of every weight. And they train:

# %%
steps = {"tiny": 1_000, "standard": 4_000}[SIZE]
for step in range(steps):
    loss, kept = forward(X, y, *weights)
    gradients = backward(X, y, weights[2], kept)
    weights = [weight - 0.03 * gradient for weight, gradient in zip(weights, gradients)]
    if step in (0, 10, 100):
        print(f"step {step:5}: MSE {loss:8.2f}")
print(f"step {steps:5}: MSE {forward(X, y, *weights)[0]:8.2f}   (the best line of lecture 2: 18.60)")

# %% [markdown]
# Lower than any line. Whether it will also be better on the *next* student is another question, and lecture 10 asks it.

# %% [markdown]
# ## 7.5 What has to be kept, and what can be computed again
#
# The backward pass used `X`, `a1` and `z2`: values of the forward pass. That is why training needs much more memory than predicting. PyTorch keeps such values, too, and lets us listen in:

# %%
kept_shapes = []


def note(tensor):
    """Write down the shape of a tensor that autograd keeps for the way back."""
    kept_shapes.append(tuple(tensor.shape))
    return tensor


with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
    forward(X, y, *watched)  # `note` is called when a tensor is put away; the second function when it is taken out again
print("kept for the way back:", kept_shapes)

with torch.no_grad():  # no gradients wanted: nothing is kept
    kept_shapes.clear()
    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        forward(X, y, *watched)
print("under no_grad:        ", kept_shapes)

# %% [markdown]
# (`(4, 1)` is W2, turned on its side. `(13, 4)` is `a1`; two operations ask for it, but it stands in memory once.)
#
# Everything that is kept for each row and each layer adds up: for a deep network and a large batch it is most of the memory. There is a way out. **Keep only every k-th activation, and compute the others again when the walk
# back needs them.** It is called *checkpointing*. Here it is for a chain of 64 layers, with a count of what is held in memory. (The layers have the activation **tanh**, a relative of the sigmoid that
# goes from −1 to 1 and has the slope $1 - a^2$.)

# %%
layers = 64
rng = torch.Generator().manual_seed(2)
chain = [torch.randn(8, 8, generator=rng, dtype=torch.float64) / 8**0.5 for _ in range(layers)]
start = torch.randn(4, 8, generator=rng, dtype=torch.float64)


def walk_chain(every):
    """Train-step a chain of tanh layers, keeping each `every`-th input; return dW of layer 0 and two counts."""
    computed, kept, a = 0, {}, start
    for k in range(layers):  # forward
        if k % every == 0:
            kept[k] = a
        a = torch.tanh(a @ chain[k].T)
        computed += 1
    da, most_held = torch.ones_like(a), 0  # the loss is the sum of the last activations
    for first in reversed(range(0, layers, every)):  # backward, one stretch at a time
        stretch = [kept[first]]
        for k in range(first, min(first + every, layers)):  # compute the stretch again
            stretch.append(torch.tanh(stretch[-1] @ chain[k].T))
            computed += 1
        most_held = max(most_held, len(kept) + len(stretch) - 1)
        for k in reversed(range(first, min(first + every, layers))):
            dz = da * (1 - stretch[k - first + 1] ** 2)
            dW, da = dz.T @ stretch[k - first], dz @ chain[k]
        del kept[first]
    return dW, most_held, computed


held = predict(
    "64 layers. We keep the input of every 8th layer, and on the way back compute one stretch of 8 layers again at a time. How many "
    "activations are held in memory at most?"
)
held

# %% jupyter={"source_hidden": true}
held.reveal(
    walk_chain(8)[1],
    "The inputs of 8 stretches are kept, and the 8 results of the one stretch that is being walked: 8 + 8. The square root of the depth, twice.",
)

# %%
print("keep every   held at most   layers computed   dW of the first layer is the same")
reference = walk_chain(64)[0]
for every in [64, 32, 16, 8, 4, 2]:
    dW, most_held, computed = walk_chain(every)
    print(f"{every:10} {most_held:14} {computed:17}   {torch.allclose(dW, reference)}")

# %% [markdown]
# A quarter of the memory for one more forward pass, and exactly the same gradients. Too many checkpoints cost memory again; the best distance is near the square root of the depth.
# (To keep *everything* would hold 64 and compute 64 layers.) In PyTorch it is called `torch.utils.checkpoint`.

# %% [markdown]
# ## 7.6 Checking a gradient with small steps
#
# You have written a backward pass. Is it right? In lecture 3 you felt for a slope with a tiny step. The better way is to step to **both** sides, the *central difference*:
#
# $$f'(x) \approx \frac{f(x+h) - f(x-h)}{2h}$$
#
# How small should $h$ be?

# %%
which_step = predict(
    "In float64, a number has about 16 digits. Which step gives the most exact central difference?",
    options=["0.1", "0.00001", "0.000000000000001, as small as it gets"],
)
which_step


# %%
def f(x):
    """Return x³ - 2x², of a number, an array or a fraction."""
    return x * x * x - 2 * x * x


at = 1.7
exact = 3 * Fraction(at) ** 2 - 4 * Fraction(at)  # fractions do not round: this is the true slope, to the last digit
errors = {h: abs((f(at + h) - f(at - h)) / (2 * h) - float(exact)) for h in [0.1, 1e-5, 1e-15]}

# %% jupyter={"source_hidden": true}
which_step.reveal(
    ["0.1", "0.00001", "0.000000000000001, as small as it gets"][list(errors.values()).index(min(errors.values()))],
    "Errors: " + ", ".join(f"{error:.0e} for h = {h:g}" for h, error in errors.items()) + ". Too long a step misses the curve; too short a one "
    "subtracts two numbers that agree in nearly all their digits, and only rounding is left.",
)

# %% [markdown]
# Two errors pull in opposite directions. The curve bends away under a long step: for the central difference that error shrinks with $h^2$, for the one-sided one only with $h$. And rounding, divided by $h$,
# grows. Together they make a **V**. Move $h$ through it.
#
# - Which is better at its best, one-sided or central? At which $h$?
# - Switch to float32. How many digits are left? This is why gradients are checked in float64.

# %%
difference_explorer(f, x=at, slope=float(exact))

# %% [markdown]
# Now we check the backward pass of section 7.4, and a wrong one from which the slope of the sigmoid was dropped. The usual measure is the relative error, $|g - g'| \,/\, (|g| + |g'|)$: the distance of the
# two gradients, compared with their size.


# %%
def central_difference(loss_of, tensor, place, h=1e-5):
    """Return the slope of a loss when one number of a tensor changes; the tensor is put back."""
    old = tensor[place].item()
    tensor[place] = old + h
    above = loss_of()
    tensor[place] = old - h
    below = loss_of()
    tensor[place] = old
    return ((above - below) / (2 * h)).item()


rng = torch.Generator().manual_seed(1)
weights = [torch.randn(shape, generator=rng, dtype=X.dtype) for shape in [(4, 1), (4,), (1, 4), (1,)]]
loss, (a1, z2) = forward(X, y, *weights)
good = backward(X, y, weights[2], (a1, z2))[0]
bad = ((2 * (z2 - y) / len(X)) @ weights[2]).T @ X  # dW1 without the slope a1·(1 - a1)

print("neuron   small steps   by hand   relative error    slope dropped   relative error")
for k in range(4):
    small = central_difference(lambda: forward(X, y, *weights)[0], weights[0], (k, 0))
    off_good = abs(good[k, 0] - small) / (abs(good[k, 0]) + abs(small))
    off_bad = abs(bad[k, 0] - small) / (abs(bad[k, 0]) + abs(small))
    print(f"{k:6} {small:13.5f} {good[k, 0]:9.5f} {'below 1e-7' if off_good < 1e-7 else 'too large':>16} {bad[k, 0]:16.5f} {off_bad:16.2f}")

# %% [markdown]
# A right gradient agrees to seven digits or more. A wrong one does not come near. (At the corner of a ReLU the two sides disagree, and small steps give neither slope: shift the input a little and check again.)
#
# ### A slip to avoid: "autograd computes derivatives numerically"
#
# It does not. **Automatic differentiation is exact to rounding**: it multiplies the exact local slopes. There is no $h$ in it. Nor does it work out a formula for the whole. Compare both with the true slope:

# %%
point = torch.tensor(at, dtype=torch.float64, requires_grad=True)
f(point).backward()
wrong_by_autograd = abs(Fraction(point.grad.item()) - exact) / abs(exact)

steps_tried = [10.0**-k for k in range(1, 16)]
best_numerical = min(abs(Fraction((f(at + h) - f(at - h)) / (2 * h)) - exact) / abs(exact) for h in steps_tried)
print("autograd: relative error below 1e-15:", bool(wrong_by_autograd < Fraction(1, 10**15)))
print("small steps, the best of 15 values of h: below 1e-15:", bool(best_numerical < Fraction(1, 10**15)))
print(f"small steps are at best {float(best_numerical):.0e} away")

sizes = [784, 512, 512, 10]  # the digit network of lecture 9
parameters = sum(n_in * n_out + n_out for n_in, n_out in zip(sizes, sizes[1:]))
print(f"{parameters:,} parameters: by small steps {2 * parameters:,} forward passes for one gradient; by walking back: one forward, one backward")

# %% [markdown]
# So small steps are for *checking*, a few numbers at a time. Walking back is for *training*.

# %% [markdown]
# ## 7.7 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "A multiplication u = w·x with w = 4 and x = −2 receives the gradient 3. What does it hand to w?",
        {
            "12": "That is 4 · 3, what it hands to x. A product swaps the values.",
            "−6": "The slope towards w is x = −2, times the 3 that arrived.",
            "3": "An addition copies. A product multiplies by the other value.",
            "−8": "That is the value of u. On the way back slopes are multiplied by what arrived.",
        },
        right="−6",
    ),
    Question(
        "The same number enters a graph at three places. Its gradient is …",
        {
            "the sum of what comes back from the three": "A small change acts on the loss along all three ways, and the effects add.",
            "the product of the three": "Products are taken along one path. Paths that meet are added.",
            "what comes back last": "That is the slip of `=` in place of `+=`.",
            "the mean of the three": "There is nothing to divide by.",
        },
        right="the sum of what comes back from the three",
    ),
    Question(
        "X is (N, D), W is (O, D), and dZ (N, O) has arrived. Which product is dW?",
        {
            "dZ Xᵀ": "(N, O) times (D, N): the inner letters O and D do not match.",
            "Xᵀ dZ": "That has the shape (D, O). Our W is (O, D), and a gradient has the shape of what it belongs to.",
            "dZᵀ X": "(O, N) times (N, D) gives (O, D), and it sums over the rows n.",
            "dZ W": "That is dX, shape (N, D).",
        },
        right="dZᵀ X",
    ),
    Question(
        "Your gradient check in float32 with h = 1e-7 fails for every weight. What do you do first?",
        {
            "Rewrite the backward pass": "It may be right. In float32 that h lies far up the left arm of the V.",
            "Make h still smaller": "That makes rounding worse: it is divided by h.",
            "Check in float64 with h near 1e-5": "There a central difference is good to ten digits or so.",
            "Loosen the tolerance until it passes": "Then a wrong gradient passes as well.",
        },
        right="Check in float64 with h near 1e-5",
    ),
    Question(
        "Why does training take more memory than predicting?",
        {
            "The weights are stored twice": "Gradients take as much room as the weights, but that is not what grows with the batch.",
            "The walk back needs values of the way forward": "Each layer's input is kept until the gradient has passed.",
            "Autograd stores a formula for the whole network": "It stores no formula, only what each step was made from.",
            "It does not": "Under no_grad nothing was kept. Without it, several tensors were.",
        },
        right="The walk back needs values of the way forward",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | formula |
# |---|---|
# | handing on | gradient handed on = local slope × gradient that arrived |
# | used more than once | gradients from all uses are **added** |
# | sum, product | a sum copies the gradient; a product swaps the values |
# | squared error of one neuron | $\frac{\partial E}{\partial w} = -\Delta\; f'(z)\; x$ with $\Delta = y - a$ |
# | layer $Z = XW^\top + b$ | $dW = dZ^\top X$, $\quad db = \sum_n dZ_n$, $\quad dX = dZ\,W$ |
# | activation $a = f(z)$ | $dz = da \cdot f'(z)$, number by number |
# | central difference | $\frac{f(x+h)-f(x-h)}{2h}$, error of the order of $h^2$, plus rounding divided by $h$ |
#
# - One walk back gives all gradients, for about the price of two forward passes.
# - It needs values of the way forward: keep them, or compute them again.
# - Autograd is exact to rounding. Small steps are for checking.
#
# ## Now you
#
# In [homework 4](../assignments/hw4/hw4.ipynb) you write the walk back yourself: `sigmoid_grad`, `relu_grad`, `gelu_grad`, `softmax_backward`, `linear_backward`,
# `mlp_backward`, a `numerical_gradient`, and an autograd of your own, `Value`. (The homework's text gives you the local slopes of GELU and softmax. In a softmax every score touches *all* results of its row: you know
# what to do where ways meet.) In [lab 4](../assignments/lab4/lab4.ipynb) you check gradients, and convict wrong ones. [Lecture 8, Optimisers](08_optimisers.ipynb), then asks what to do with all those gradients.
