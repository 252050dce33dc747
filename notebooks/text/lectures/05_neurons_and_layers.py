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
# # 5 · Neurons and layers
#
# *About 40 minutes. You need: lectures 2 to 4.*
#
# ## What you will be able to do
#
# 1. Compute a neuron by hand: weighted sum, bias, activation; keep `z` and `a` apart.
# 2. Write sigmoid, ReLU, GELU and softmax, and say what each of them does to a number or a row of numbers.
# 3. Write a whole layer as one matrix product, and predict every shape in it.
# 4. Show that linear layers stacked on each other are one linear layer, and what an activation between them changes.
# 5. Say what the universal approximation theorem promises, and what it does not.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → **5 Neurons and layers** →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# You can train a line. A line cannot bend, and most of the world does. In this lecture we add the one ingredient that is
# missing, a simple function between two lines, and see how far it carries. The loop of lecture 4 stays as it was.

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
import copy
import math

import torch
from torch import nn

from course_utils import plots
from course_utils.widgets import Question, boundary_film, bump_builder, neuron_heatmap, predict, self_check

# %% [markdown]
# ## 5.1 The data: two moons
#
# We need points that no straight line can part. Two half circles, one open below and one open above, each reaching into
# the other, with a little noise. A few lines make them (you may skip what is inside the function):


# %%
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
N, D = X.shape
print(f"X: {N} points with {D} inputs each; labels: {int((labels == 0).sum())} zeros, {int((labels == 1).sum())} ones")

figure = plots.new_figure(5.6, 4.0)
axes = plots.dress(figure.subplots(), x="input x₁", y="input x₂", title="Two moons")
axes.plot(*X[labels == 0].T, "o", color=plots.SKY, mec="black", mew=0.5, label="group 0")
axes.plot(*X[labels == 1].T, "^", color=plots.ORANGE, mec="black", mew=0.5, label="group 1")
axes.legend(fontsize=9, frameon=False, loc="upper right")
plots.show(
    figure,
    f"A scatter plot of {N} points with two inputs. Group 0 (circles) forms an arch in the upper left, group 1 (triangles) a bowl in "
    f"the lower right. The right foot of the arch stands inside the bowl and the left rim of the bowl reaches into the arch, so that no "
    f"straight line parts the two.",
)

# %% [markdown]
# ## 5.2 One neuron
#
# A **neuron** does three things. It multiplies each input by a weight and adds up the products. It adds a **bias**. It sends the
# sum through a simple function, its **activation** $f$:
#
# $$z = w_1x_1 + w_2x_2 + b \qquad\qquad a = f(z)$$
#
# The two letters matter. $z$ is what comes out **before** the activation (the *pre-activation*); $a$ is what comes out **after** it.
# Texts that call both of them $z$ have confused generations of students.
#
# Follow one point by hand. As $f$ we take the *sigmoid*, which squeezes every number into the range from 0 to 1. Its formula is $1 / (1 + e^{-z})$, where
# $e$ is a fixed number a little below 3, and $e$ to the power of a number is `torch.exp` of it in code:

# %%
x = torch.tensor([1.0, -0.5])
w = torch.tensor([2.0, 1.0])
b = torch.tensor(-0.5)

products = w * x
z = products.sum() + b
a = 1 / (1 + torch.exp(-z))
print(f"products {products.tolist()}, their sum {products.sum():.1f}, with the bias z = {z:.1f}, activation a = {a:.3f}")

# %% [markdown]
# Where is $z = 0$? On a straight line in the plane of the inputs. On one side of it $z$ is positive, on the other negative: **a neuron
# cuts the plane in two.** The weights say which way the line runs and how steeply $z$ grows; the bias shifts the line.
#
# ### A slip to avoid: a neuron without a bias
#
# Some pictures of neurons leave the bias out. Then $z = 0$ at the origin, whatever the weights are: the line is nailed to one point.

# %%
torch.manual_seed(0)
many_weights = torch.randn(1000, 2)
origin = torch.zeros(2)
print(f"1000 neurons without bias: largest |z| at the origin {(many_weights @ origin).abs().max():.1f}")

far = X + 5  # the same moons somewhere else in the plane
same_side = ((far @ many_weights.T) > 0).float().mean(dim=0)  # for each neuron, the share of points with z > 0
parting = ((same_side > 0) & (same_side < 1)).float().mean()
print(f"moons moved away from the origin: {parting:.0%} of these neurons still part any point from another")

# %% [markdown]
# Now be the optimiser. Bring as many points as you can to their group's side: circles where the map is dark, triangles where it is bright. On the
# right you see every point's $z$ and $a$ on the curve of the activation.
#
# - How many of the 200 can you get with one neuron?
# - Double both weights and the bias. What moves, and what does not?
# - Switch the activation. Does the black line move? Why not?
# - Press *No bias*. What can you still do?

# %%
neuron_heatmap(X, labels, w1=1.0, w2=-1.0, b=0.5)

# %% [markdown]
# However you turn it, the border is a straight line. The activation changes *how* the output rises across it, not where it is. One neuron
# cannot part the moons. But first let us look at activations.

# %% [markdown]
# ## 5.3 Activations: sigmoid, ReLU, GELU
#
# | name | formula | what it does |
# |---|---|---|
# | sigmoid | $\sigma(z) = \dfrac{1}{1 + e^{-z}}$ | squeezes any number into (0, 1); flat at both ends |
# | ReLU | $\max(0, z)$ | keeps what is positive, sets the rest to 0; one sharp bend |
# | GELU | $z\cdot\Phi(z)$ | a ReLU with a soft bend; dips a little below 0 |
#
# $\Phi(z)$ ("capital phi") is the share of a bell curve that lies below $z$: near 0 for very negative $z$, one half at 0, near 1 for large $z$. So GELU
# multiplies a number by that share: large ones pass, very negative ones fade. (In the code, `torch.erf` is a ready-made function from which the share is
# computed.)


# %%
def sigmoid(z):
    """Squeeze each number into the range from 0 to 1."""
    return 1 / (1 + torch.exp(-z))


def relu(z):
    """Keep positive numbers, set the others to zero."""
    return torch.where(z > 0, z, 0.0)


def phi(z):
    """Return the share of a bell curve (mean 0, standard deviation 1) below each number."""
    return 0.5 * (1 + torch.erf(z / math.sqrt(2)))


def gelu(z):
    """Multiply each number by phi of it."""
    return z * phi(z)


z = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])
print("      z", "  ".join(f"{value:6.1f}" for value in z.tolist()))
for function, of_torch in [(sigmoid, torch.sigmoid), (relu, torch.relu), (gelu, nn.functional.gelu)]:
    off = (function(z) - of_torch(z)).abs().max()
    print(f"{function.__name__:>7}", "  ".join(f"{value:6.3f}" for value in function(z).tolist()), f"  off torch's by {off:.6f}")

# %%
figure = plots.new_figure(8.4, 3.2)
zs = torch.linspace(-4, 4, 200)
for axes, function, colour in zip(figure.subplots(1, 3), [sigmoid, relu, gelu], [plots.GREEN, plots.BLUE, plots.RED]):
    plots.dress(axes, x="z", y="a", title=function.__name__)
    axes.plot(zs, function(zs), color=colour, lw=2)
    axes.axvline(0, color=plots.BLACK, lw=0.8)
plots.show(
    figure,
    f"Three curves over z from -4 to 4. Sigmoid: an S from near 0 to near 1, one half at z = 0. ReLU: 0 up to z = 0, then a straight "
    f"line upwards. GELU: like ReLU with a soft bend, and a shallow dip to {gelu(zs).min():.2f} near z = {zs[gelu(zs).argmin()]:.2f}.",
)

# %% [markdown]
# ### A slip to avoid: GELU is $z\cdot\Phi(z)$, not $z + \Phi(z)$
#
# One sign, and the function is another one. Two numbers are enough to tell them apart:

# %%
for value in [0.0, -3.0]:
    z = torch.tensor(value)
    print(f"z = {value:4.1f}:  z·Φ(z) = {z * phi(z):6.3f}   torch: {nn.functional.gelu(z):6.3f}   z + Φ(z) = {z + phi(z):6.3f}")

# %% [markdown]
# With the plus, nothing is held back: a neuron that should be silent at −3 shouts −2.999.

# %% [markdown]
# ## 5.4 Softmax: from scores to probabilities
#
# The three activations take each number alone. **Softmax** takes a whole *row* of scores, one for each class to choose from, and makes probabilities of
# it: all positive, adding up to 1. It takes $e$ to the power of each score, and divides by the sum of them all:
#
# $$\text{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$

# %%
scores = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])  # two examples, three classes


def softmax(z):
    """Turn each row of scores (N, C) into probabilities."""
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)  # dim=1: along the row; keepdim: (N, 1), so that each row is divided by its own sum


probabilities = softmax(scores)
for row, p in zip(scores, probabilities):
    print("scores", row.tolist(), "→ probabilities", [round(value, 3) for value in p.tolist()], f"sum {p.sum():.1f}")

columns = torch.exp(scores) / torch.exp(scores).sum(dim=0, keepdim=True)
print("with dim=0 in place of dim=1 the rows add up to", [round(value, 3) for value in columns.sum(dim=1).tolist()])

# %%
shifted = predict(
    "The first row of scores was (2, 1, 0). Add 10 to each: (12, 11, 10). What happens to the probabilities?",
    options=["They stay the same", "They become more nearly equal", "The first comes much closer to 1"],
)
shifted

# %%
after = softmax(scores[:1] + 10)
apart = (after - probabilities[:1]).abs().max()

# %% jupyter={"source_hidden": true}
shifted.reveal(
    "They stay the same" if apart < 1e-5 else "The first comes much closer to 1",
    f"They are {[round(value, 3) for value in after[0].tolist()]}. e^(z+10) = e^10 · e^z: the factor stands above and below the bar "
    "and cancels. Only differences between scores count.",
)

# %% [markdown]
# With two classes softmax is the sigmoid of the difference, so you knew it already. (For scores like 1000 the formula overflows. Lecture 6 cures that with the
# very shift you have just seen.)

# %%
pair = torch.tensor([[1.3, -0.4]])
print(f"softmax, first of two: {softmax(pair)[0, 0]:.4f}    sigmoid of the difference: {sigmoid(pair[0, 0] - pair[0, 1]):.4f}")

# %% [markdown]
# ## 5.5 A layer is a matrix product
#
# A **layer** is a row of neurons that all look at the same inputs. Neuron number $o$ has its own weights: they are row $o$ of the table $W$, and its
# bias is $b_o$. For $N$ examples, $D$ inputs and $O$ neurons:
#
# $$z = X\,W^\top + b \qquad\qquad X: (N, D),\quad W: (O, D),\quad b: (O,),\quad z: (N, O)$$
#
# $W^\top$ is $W$ with rows and columns swapped, `W.T`. Every number in $z$ is one neuron's sum for one example. To see that nothing else is going on, do it
# twice: neuron by neuron, and as one product.

# %%
torch.manual_seed(1)
O = 5
W, b = torch.randn(O, D), torch.randn(O)

one_by_one = torch.empty(N, O)  # a table to be filled
for n in range(N):
    for o in range(O):
        one_by_one[n, o] = (W[o] * X[n]).sum() + b[o]

z = X @ W.T + b
print("shapes:", tuple(X.shape), "@", tuple(W.T.shape), "+", tuple(b.shape), "->", tuple(z.shape))
print(f"largest difference from the loop over {N * O} sums: {(z - one_by_one).abs().max():.6f}")

layer = nn.Linear(D, O)
with torch.no_grad():
    layer.weight.copy_(W)
    layer.bias.copy_(b)
    print("nn.Linear's weight:", tuple(layer.weight.shape), f" largest difference: {(layer(X) - z).abs().max():.6f}")

# %%
how_many = predict("A layer with 784 inputs (a picture of 28 × 28) and 10 neurons: how many parameters has it?", unit="parameters")
how_many

# %%
picture_layer = nn.Linear(784, 10)
count = sum(p.numel() for p in picture_layer.parameters())

# %% jupyter={"source_hidden": true}
how_many.reveal(
    float(count),
    f"Weights: 10 · 784 = {picture_layer.weight.numel():,}. And one bias per neuron: {picture_layer.bias.numel()} more.",
    tolerance=0.0005,
)

# %% [markdown]
# ## 5.6 Layers upon layers
#
# The outputs of one layer can be the inputs of the next. That is a **neural network**. Layers between input and output are called *hidden*. Does a
# second layer help? Without an activation: not at all. Put the first into the second:
#
# $$(X W_1^\top + b_1)\,W_2^\top + b_2 = X\,\underbrace{(W_2W_1)^\top}_{W^\top} + \underbrace{(W_2b_1 + b_2)}_{b}$$
#
# That is one layer, with other numbers. **Stacked linear layers collapse.**

# %%
torch.manual_seed(2)
first, second, third = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 1)

with torch.inference_mode():
    deep = third(second(first(X)))

    W = third.weight @ second.weight @ first.weight
    b = third.weight @ (second.weight @ first.bias + second.bias) + third.bias
    flat = X @ W.T + b
    bent = third(torch.relu(second(torch.relu(first(X)))))

numbers = sum(p.numel() for part in (first, second, third) for p in part.parameters())
print(f"three layers, {numbers} parameters; collapsed: W {tuple(W.shape)} and b {tuple(b.shape)}, {W.numel() + b.numel()} parameters")
print(f"largest difference, without activation: {(deep - flat).abs().max():.6f}")
print(f"largest difference, with ReLU between:  {(bent - flat).abs().max():.6f}")

# %%
border = predict(
    "We train these three layers on the two moons, without any activation between them. What will the border between the groups look like?",
    options=["A straight line", "Three straight pieces, one per layer", "A smooth curve"],
)
border

# %% [markdown]
# Here is the training. The same six steps as in lecture 4, all 200 points as one batch. `nn.Sequential` makes one model of several parts: it hands the
# output of each part on to the next. The loss is the MSE between output and label; lecture 6 has a better one. A sigmoid at the very end keeps the output
# between 0 and 1. The only difference between the runs is the activation *between* the layers. (This cell takes some seconds.)

# %%
torch.set_num_threads(1)  # for networks this small one core is quicker than several that wait for each other


def train_on_moons(activation, steps, every):
    """Train a 2-16-16-1 network; return frames of (step, copy of the model as it was then)."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(2, 16), activation(), nn.Linear(16, 16), activation(), nn.Linear(16, 1), nn.Sigmoid()
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    loss_fn = nn.MSELoss()
    target = labels.reshape(N, 1)  # a column, like the output
    frames = []
    for step in range(steps + 1):
        if step % every == 0:
            frames.append((step, copy.deepcopy(model)))  # a copy with weights of its own, which later steps do not change
        loss = loss_fn(model(X), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return frames


steps, every = {"tiny": (300, 30), "standard": (1500, 75)}[SIZE]
films = {
    "no activation": train_on_moons(nn.Identity, steps, every),  # Identity: a = z
    "ReLU": train_on_moons(nn.ReLU, steps, every),
    "sigmoid": train_on_moons(nn.Sigmoid, steps, every),
}

with torch.inference_mode():
    for name, frames in films.items():
        output = frames[-1][1](X)[:, 0]
        share = ((output > 0.5) == (labels == 1)).float().mean()
        print(f"{name:>13}: {share:.1%} of the points on the right side after {steps} steps")

    z = films["no activation"][-1][1][:-1](X)  # the trained network without its last sigmoid
    X_and_ones = torch.cat([X, torch.ones(N, 1)], dim=1)
    off_linear = (z - X_and_ones @ torch.linalg.lstsq(X_and_ones, z).solution).abs().max().item()

# %% jupyter={"source_hidden": true}
border.reveal(
    "A straight line" if off_linear < 1e-3 else "A smooth curve",
    f"Three linear layers are one linear layer: a plain w₁x₁ + w₂x₂ + b gives the trained network's z to within {off_linear:.6f}. "
    "And z = 0 is then a straight line. The sigmoid at the end does not move that line.",
)

# %% [markdown]
# Look at the training, step by step. The slider goes through it; the buttons above the picture choose the network.
#
# - *No activation*: what does the training still change, and what can it not change?
# - *ReLU*: count the straight pieces of the border. Where do they come from?
# - *sigmoid*: it bends as well. What is different about the way it learns? (Lecture 8 says why.)

# %%
boundary_film(X, labels, films, film="ReLU")

# %% [markdown]
# Each ReLU of the first layer has a line where it switches on: its $z = 0$. On one side it passes its sum on, on the other it is silent. So the plane falls into
# regions, and in each region the network is a plain linear function. At the lines it bends. **The activation is what makes a second layer worth having.**

# %% [markdown]
# ## 5.7 How far does it carry?
#
# One more neuron is one more bend. How much can be built of bends? Take three ReLUs of one input: the first starts to rise, the second, times −2, turns it
# down, the third makes it level again. That is a **bump**, on the right of the figure. Put bumps side by side, each made as high as the curve you
# want is there.
#
# - *wave*: double the number of bumps, twice. By how much does the error fall each time?
# - *jump*: the same. Does the error go to zero?
# - Look at the grey parts. What does the sum know about the curve there?

# %%
bump_builder(target="wave", bumps=6, shown=3)

# %% [markdown]
# Nothing here is drawn by other means than a network with one hidden layer. To be sure, we write the same sum as two layers, and let PyTorch run it:


# %%
def build_from_bumps(target, bumps):
    """Return the ReLU network that joins the target's values at evenly spaced points of [0, 1]."""
    centres = torch.linspace(0, 1, bumps)
    width = centres[1]
    kinks = torch.cat([centres - width, centres, centres + width])
    heights = target(centres) / width
    network = nn.Sequential(nn.Linear(1, 3 * bumps), nn.ReLU(), nn.Linear(3 * bumps, 1))
    with torch.no_grad():
        network[0].weight.fill_(1.0)
        network[0].bias.copy_(-kinks)
        network[2].weight.copy_(torch.cat([heights, -2 * heights, heights]).reshape(1, -1))
        network[2].bias.fill_(0.0)
    return network


def wave(x):
    """Return one full wave over [0, 1]."""
    return torch.sin(2 * math.pi * x)


def jump(x):
    """Return a curve that is not continuous."""
    return torch.where(x < 0.47, -0.6, 0.8)


grid = torch.linspace(0, 1, 5001).reshape(-1, 1)
largest = {}
with torch.inference_mode():
    for bumps in [5, 10, 20, 40, 80]:
        for target in [wave, jump]:
            largest[target.__name__, bumps] = (build_from_bumps(target, bumps)(grid) - target(grid)).abs().max().item()
        print(f"{bumps:3} bumps: largest error, wave {largest['wave', bumps]:.4f}   jump {largest['jump', bumps]:.4f}")

# %% [markdown]
# For the wave the error falls about fourfold with every doubling: as small as you like, if you pay with neurons. At the jump it does not fall at all: near the jump some
# point is always wrong by about half its height or more.
#
# ### What the theorem says
#
# This is the idea behind the **universal approximation theorem**: any *continuous* function, on a *bounded and closed* set of inputs (the interval, edges included, not all
# numbers), can be approximated as closely as you like by a network with *one* hidden layer, a suitable *nonlinear* activation and *enough* neurons.
#
# Each word is needed:
#
# | leave out | and |
# |---|---|
# | continuous | the jump: the largest error stays |
# | a bounded set | the grey parts: outside, the sum knows nothing |
# | nonlinear | everything collapses to a line; and a polynomial such as $z^2$ will not do either |
# | enough neurons | few bumps, large error |
#
# The remark about $z^2$ deserves a cell. A sum of squares of lines is a parabola, however many neurons there are. How do you see that points lie on a parabola? Take them at
# equal distances, then the differences from each to the next, then the differences of those, and once more. These *third differences* are all zero for a parabola, and for
# other curves they are not:

# %%
torch.manual_seed(3)
at = torch.linspace(0, 1, 6, dtype=torch.float64).reshape(-1, 1)
inner, outer = nn.Linear(1, 1000, dtype=torch.float64), nn.Linear(1000, 1, dtype=torch.float64)
with torch.inference_mode():
    for name, f in [("z²", torch.square), ("ReLU", torch.relu), ("GELU", nn.functional.gelu)]:
        y = outer(f(inner(at)))[:, 0]
        print(f"1000 neurons with {name:>4}: largest third difference {torch.diff(y, n=3).abs().max():.6f}")

# %% [markdown]
# ### What it does not say
#
# It says that good weights **exist**. It does not say how many neurons you need, nor that gradient descent **finds** the weights, nor that the network will be right on points
# it has not seen. Try it: the same shape of network as 20 bumps, but trained from a random start on the wave.

# %%
xs = torch.linspace(0, 1, 200).reshape(-1, 1)
training_steps = {"tiny": 300, "standard": 2000}[SIZE]
for seed in range(3):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(1, 60), nn.ReLU(), nn.Linear(60, 1))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    for step in range(training_steps):
        loss = ((network(xs) - wave(xs)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.inference_mode():
        error = (network(grid) - wave(grid)).abs().max()
    print(f"trained from random start {seed}: largest error {error:.3f}")
print(f"built by hand, 60 ReLUs too:   largest error {largest['wave', 20]:.3f}")

# %% [markdown]
# The weights that we built are out there, and training did not come near them. Better optimisers and better starts (lecture 8) close much of this gap. That is
# why they have a lecture of their own, and why "networks can learn anything" is not what the theorem says.

# %% [markdown]
# ## 5.8 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "A neuron with ReLU has w = (1, −2), b = 1. What is its activation a for x = (1, 2)?",
        {
            "−2": "That is z = 1·1 − 2·2 + 1, before the activation.",
            "0": "z = 1 − 4 + 1 = −2, and ReLU sets what is negative to 0.",
            "2": "ReLU cuts negative numbers off; it does not turn their sign.",
            "−3": "That is the weighted sum without the bias, and without the activation.",
        },
        right="0",
    ),
    Question(
        "What is GELU at 0, and near which value does it lie at −3?",
        {
            "0, and just below 0": "0 · Φ(0) = 0, and at −3 a tiny Φ multiplies the −3.",
            "0.5, and near −3": "That is z + Φ(z). GELU multiplies.",
            "0, and exactly 0": "That is ReLU. GELU dips a little below.",
            "0.5, and near 0": "That is the sigmoid, or Φ itself.",
        },
        right="0, and just below 0",
    ),
    Question(
        "X has shape (32, 20). A layer has 7 neurons. Which shapes have W, b and z?",
        {
            "(20, 7), (7,), (32, 7)": "W has one row per neuron: (O, D). In the product it is turned over, W.T.",
            "(7, 20), (7,), (32, 7)": "W (O, D), b (O,), z = X Wᵀ + b (N, O).",
            "(7, 20), (32,), (7, 32)": "The bias belongs to the neurons, and rows of z are examples.",
            "(7, 20), (20,), (32, 7)": "One bias per neuron, not per input.",
        },
        right="(7, 20), (7,), (32, 7)",
    ),
    Question(
        "Five linear layers are stacked with nothing between them. What can they do that one cannot?",
        {
            "Bend five times": "Bends come from activations. There are none.",
            "Draw a finer border": "The border is one straight line.",
            "Nothing": "W₅W₄W₃W₂W₁ is one matrix. All that is gained are parameters to store.",
            "Learn faster, because they are deeper": "They describe the same lines. Depth pays only with activations between.",
        },
        right="Nothing",
    ),
    Question(
        "What does universal approximation promise for a continuous function on [0, 1]?",
        {
            "Gradient descent finds a network that approximates it": "It says nothing about training.",
            "Some network with one hidden layer, wide enough, approximates it": "Weights exist. How wide, and how to find them, is another matter.",
            "Every network with one hidden layer approximates it": "A narrow one cannot, and most weights are wrong.",
            "The network is right outside [0, 1] as well": "The bumps were all zero there.",
        },
        right="Some network with one hidden layer, wide enough, approximates it",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | formula |
# |---|---|
# | neuron | $z = \sum_d w_d x_d + b$, $\quad a = f(z)$: `z` before the activation, `a` after it |
# | sigmoid | $\sigma(z) = 1/(1+e^{-z})$ |
# | ReLU | $\max(0, z)$ |
# | GELU | $z\cdot\Phi(z)$, with $\Phi(z)=\tfrac12\left(1+\text{erf}(z/\sqrt2)\right)$ |
# | softmax | $e^{z_k}/\sum_j e^{z_j}$ along each row; unchanged when a number is added to the whole row |
# | layer | $z = XW^\top + b$: $X\,(N, D)$, $W\,(O, D)$, $b\,(O,)$, $z\,(N, O)$; $O\cdot D + O$ parameters |
# | two linear layers | $W = W_2W_1$, $b = W_2b_1 + b_2$: one linear layer |
#
# - A neuron cuts its inputs' space along the line $z = 0$; the bias shifts it.
# - Without an activation between them, layers collapse. With one, they bend.
# - Universal approximation: continuous function, bounded closed set, a suitable nonlinearity, enough neurons. Nothing about training.
#
# ## Now you
#
# [Homework 2](../assignments/hw2/hw2.ipynb) is this lecture in six functions: `sigmoid`, `relu`, `gelu`, `softmax`, `linear_forward` and
# `mlp_forward`. The versions above are the plain ones; the homework also sends numbers of a thousand. In [lab 3](../assignments/lab3/lab3.ipynb) you build
# neurons, bends and bumps of your own. Then [lecture 6, Losses for classes](06_losses_for_classes.ipynb), gives networks the right loss for choosing
# between classes.
