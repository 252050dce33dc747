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
# # 11 · Seeing features
#
# *About 45 minutes. You need: lectures 5 and 8 to 10.*
#
# ## What you will be able to do
#
# 1. Read a kernel: work out one number of its outcome by hand, and say what it answers to.
# 2. Show that what deep learning calls convolution is cross-correlation, and when that matters.
# 3. Let examples choose a kernel, and compare it with kernels made by hand.
# 4. Explain why one-hot times W is a row of W, and what an embedding is.
# 5. Judge hidden layers as features: by PCA, by class means and by nearest neighbours.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# **11 Seeing features** → 12 Debugging clinic
#
# Lecture 1 began with features made by hand, and promised that deep networks find their own. Now you can train such networks, so it is
# time to open one and look.

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

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from course_utils import plots
from course_utils.data import load_digits
from course_utils.widgets import Question, hidden_pca, kernel_editor, predict, self_check

torch.set_printoptions(precision=2, sci_mode=False)
torch.set_num_threads(1)  # for networks as small as these, a second thread costs more than it helps

# %% [markdown]
# The data are handwritten digits of 28×28 pixels. Three or four thousand of them are enough here.

# %%
source = {"tiny": "small", "standard": "auto"}[SIZE]
train_digits, test_digits = load_digits("train", source=source), load_digits("test", source=source)
X, y = train_digits.images[:4000], train_digits.labels[:4000]
X_test, y_test = test_digits.images[:800], test_digits.labels[:800]
print(train_digits.source)
print(f"for training X {tuple(X.shape)}, y {tuple(y.shape)}; for testing {len(X_test)}")

one_of_each = torch.stack([X_test[y_test == digit][0] for digit in range(10)])  # picture number d shows the digit d

# %% [markdown]
# ## 11.1 A kernel looks at a neighbourhood
#
# In lecture 1 a feature was one number for a whole picture: its ink, its symmetry. In a picture it is more useful to ask the same small question
# *everywhere*: "does the ink begin here?", "is this the end of a stroke?". The answers make a new picture.
#
# The question is written as a **kernel**: a small square of weights, say 3×3. Put it on the picture, multiply each weight by the pixel
# under it, add up the nine products, and write down the sum. Move one pixel on and repeat. It is the weighted sum of a neuron, with few
# inputs, and all of them neighbours.


# %%
def slide(image, kernel):
    """Slide a kernel (K, K) over an image (H, W); return the sums, (H - K + 1, W - K + 1)."""
    K = len(kernel)
    sums = torch.zeros(image.shape[0] - K + 1, image.shape[1] - K + 1)
    for r in range(sums.shape[0]):
        for c in range(sums.shape[1]):
            sums[r, c] = (image[r : r + K, c : c + K] * kernel).sum()
    return sums


image = torch.tensor([[0.0, 0, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 1, 1, 1]])  # paper on the left, ink on the right
across = torch.tensor([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])
print("a picture of 3×5 pixels:\n", image)
print("the kernel:\n", across)
print("the sums:", slide(image, across))

# %% [markdown]
# Do the first of the three sums by hand. The window covers the columns 0, 0 and 1; the kernel counts the left one negative and the right one
# positive: three rows of $-1\cdot0 + 0\cdot0 + 1\cdot1$ give 3.
#
# *What is on the right minus what is on the left*: you know that from lecture 3. It is the **derivative**, rise over run, for pixels. So this kernel answers "how
# steeply does the ink grow from left to right?" Adding three rows makes the answer less jumpy.

# %%
on_ink = predict(
    "The same kernel lies wholly inside a wide stroke, where every pixel is 1. What is the sum?", options=["9", "3", "1", "0"]
)
on_ink

# %%
sum_on_ink = slide(torch.ones(3, 3), across).item()

# %% jupyter={"source_hidden": true}
on_ink.reveal(
    f"{sum_on_ink:.0f}",
    "Three times −1, three times 0, three times +1. The weights add up to 0, so where nothing changes the answer is 0, on paper and on ink alike. A "
    "derivative does not see how dark it is, only how the darkness changes.",
)

# %% [markdown]
# Now play with kernels. On the left is the picture with the window; in the middle is the sum that is made there, in the open; on the right is what comes out when the
# window has been everywhere. (So that the result is as large as the picture, a border of paper is put around it. That is called *padding*.)
#
# - *Derivative across*: move the window (row and column) to a left edge of the stroke, then to a right edge. Why is one orange and the other purple?
# - *Derivative down*: which strokes does it not see?
# - *Smoothing*: each pixel becomes the mean of its neighbourhood. What do its weights add up to, and why must they?
# - *Sharpen* and *Edges all round*: what do their weights add up to? What does that tell you about even patches?
# - Make a kernel of your own that answers to one diagonal direction, and to the other one not.

# %%
kernel_editor(one_of_each, kernel="Derivative across", picture=4, row=12, column=10)

# %% [markdown]
# Two rules of thumb for reading a kernel. If the weights add up to 1, flat patches stay as they are. If they add up to 0, flat patches vanish and only *change*
# remains.
#
# PyTorch slides faster. `F.conv2d` takes many pictures and many kernels at once, so both have four dimensions. Pictures are `(N, channels, H, W)`; a *channel* is one layer of
# a picture (a colour photo has three, our digits one). Kernels are `(kernels, channels, K, K)`.

# %%
digit = one_of_each[4]
by_loop = slide(digit, across)
by_torch = F.conv2d(digit[None, None], across[None, None])  # [None, None] puts two dimensions of size 1 in front
print("loop:", tuple(by_loop.shape), "  conv2d:", tuple(by_torch.shape))
print(f"largest difference: {(by_loop - by_torch[0, 0]).abs().max():.6f}")

# %% [markdown]
# ## 11.2 What deep learning calls "convolution"
#
# The name of that function promises a **convolution**. Convolution is an old operation of mathematics; is this it? A picture with a single
# dot of ink will tell.

# %%
dot = torch.zeros(5, 5)
dot[2, 2] = 1.0
counting = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])

out_of_a_dot = predict(
    "conv2d slides the kernel with rows 1 2 3, 4 5 6, 7 8 9 over a picture with one dot in the middle. What comes out?",
    options=["The kernel as it is written", "The kernel turned by half a turn: 9 8 7, 6 5 4, 3 2 1", "The kernel mirrored: 3 2 1, 6 5 4, 9 8 7"],
)
out_of_a_dot

# %%
outcome = F.conv2d(dot[None, None], counting[None, None])[0, 0]

# %% jupyter={"source_hidden": true}
out_of_a_dot.reveal(
    "The kernel turned by half a turn: 9 8 7, 6 5 4, 3 2 1" if torch.equal(outcome, counting.rot90(2)) else "The kernel as it is written",
    "When the window is up and to the left of the dot, the dot lies under the kernel's lower right corner, the 9. So the 9 is written up and to the left.",
)

# %% [markdown]
# A convolution puts a copy of the kernel, as it is written, on every dot of ink. What `conv2d` does is the **cross-correlation**:
#
# $$\text{cross-correlation: } z_{r,c} = \sum_{i,j} w_{i,j}\,x_{r+i,\,c+j} \qquad\qquad \text{convolution: } z_{r,c} = \sum_{i,j} w_{i,j}\,x_{r-i,\,c-j}$$
#
# Here $i$ and $j$ count from the middle of the kernel. The two differ by a sign in the index, which is half a turn of the kernel. NumPy has both under their right names, for rows of numbers:

# %%
print("conv2d on a dot:\n", outcome)
turned = counting.rot90(2)  # two quarter turns
print("conv2d with the kernel turned first:\n", F.conv2d(dot[None, None], turned[None, None])[0, 0])

row, weights = torch.tensor([0.0, 0, 1, 0, 0]), torch.tensor([1.0, 2, 3])
print("numpy.convolve: ", np.convolve(row, weights, mode="valid"))
print("numpy.correlate:", np.correlate(row, weights, mode="valid"))
print("F.conv1d:       ", F.conv1d(row[None, None], weights[None, None])[0, 0].numpy())

print("\nlargest change of the outcome on a digit when the kernel is turned")
smooth = torch.full((3, 3), 1 / 9)
for name, kernel in [("smoothing", smooth), ("derivative", across)]:
    straight, half_turned = slide(digit, kernel), slide(digit, kernel.rot90(2))
    apart, apart_from_minus = (straight - half_turned).abs().max(), (straight + half_turned).abs().max()
    print(f"{name:10} {apart:.2f}   compared with minus the outcome: {apart_from_minus:.2f}")

# %% [markdown]
# So `conv2d` is a slip of the tongue that everybody has agreed on, and we shall say "convolution" too. When does it matter?
#
# - A kernel that looks the same after half a turn, like smoothing: never.
# - A derivative changes its sign. So take care when you copy a kernel from a book on signals.
# - A *learned* kernel: not at all. Learning finds whichever one is needed; you will see that in a moment.

# %% [markdown]
# ## 11.3 A layer that shares its weights
#
# Is sliding a kernel something new, beside the layers of lecture 5? No. Each sum is a weighted sum of pixels, so all sums together are one matrix product $z = x\,W^\top$. We can
# even find $W$: feed pictures in which only one pixel is 1, one after the other. Each answer is a column of $W$.

# %%
dots = torch.eye(784).reshape(784, 1, 28, 28)  # 784 pictures, each with one dot in another place
W = F.conv2d(dots, counting[None, None]).reshape(784, 676).T  # (O, D): 26 · 26 sums from 28 · 28 pixels
z = digit.reshape(1, 784) @ W.T
print("W:", tuple(W.shape), f"  largest difference from sliding: {(z.reshape(26, 26) - slide(digit, counting)).abs().max():.5f}")
print(f"weights in W: {W.numel():,}   not zero: {(W != 0).sum():,}   different ones among these: {len(W[W != 0].unique())}")

# %% [markdown]
# A **convolutional layer** is a linear layer with two ideas built in. Weights are **local**: a neuron sees only its neighbourhood. And they are **shared**: all neurons ask
# the same question. Half a million weights become nine.
#
# A layer has several kernels. Each makes its own picture, called a **feature map**, and has one bias.

# %%
how_many = predict("nn.Conv2d(1, 8, kernel_size=5): one channel goes in, 8 feature maps come out, kernels of 5×5. How many parameters has it?", unit="parameters")
how_many

# %%
layer = nn.Conv2d(1, 8, kernel_size=5)
count = sum(p.numel() for p in layer.parameters())

# %% jupyter={"source_hidden": true}
how_many.reveal(
    float(count),
    f"8 kernels of 25 weights are {layer.weight.numel()}, and 8 biases. A Linear layer with the same inputs and outputs would have {784 * 8 * 24 * 24 + 8 * 24 * 24:,}.",
    tolerance=0.0005,
)

# %% [markdown]
# Sharing has a useful consequence. Move the digit, and its feature map moves with it: the question is the same everywhere. For a Linear layer a moved digit is a new thing.

# %%
moved = digit.roll(3, dims=1)  # three pixels to the right; what falls out on the right would come in on the left, but that is paper
torch.manual_seed(0)
linear = nn.Linear(784, 784)
with torch.inference_mode():
    as_picture = linear(digit.reshape(1, 784)).reshape(28, 28)
    as_picture_moved = linear(moved.reshape(1, 784)).reshape(28, 28)
print("largest difference between 'move, then look' and 'look, then move'")
print(f"convolution: {(slide(moved, across)[:, 3:] - slide(digit, across)[:, :-3]).abs().max():.3f}")
print(f"Linear:      {(as_picture_moved[:, 3:] - as_picture[:, :-3]).abs().max():.3f}")

# %% [markdown]
# ## 11.4 Let the examples choose the kernel
#
# You wrote kernels by hand. Weights can be learned, and a kernel is weights. First an exam with a known answer: we show a kernel of nine zeros pairs of digits and
# their derivatives, and nothing else. In the second run the targets come from a *true* convolution.


# %%
def learn_kernel(inputs, targets, steps=400):
    """Find the 3×3 kernel that makes the targets from the inputs, both (N, 1, H, W)."""
    conv = nn.Conv2d(1, 1, kernel_size=3, bias=False)
    nn.init.zeros_(conv.weight)
    optimizer = torch.optim.Adam(conv.parameters(), lr=0.05)
    for step in range(steps):
        loss = ((conv(inputs) - targets) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return conv.weight.detach()[0, 0], loss.item()


pictures = X[:32, None]
for name, used in [("cross-correlation", across), ("convolution", across.rot90(2))]:  # a convolution turns the kernel first
    learned, loss = learn_kernel(pictures, F.conv2d(pictures, used[None, None]))
    print(f"targets by {name}: loss {loss:.6f}, learned kernel\n{learned.round(decimals=1) + 0.0}")  # + 0.0 makes -0 a 0

# %% [markdown]
# It found the derivative, and in the second run the derivative turned. Nobody had to know which of the two operations was used.
#
# ### Learned for a purpose
#
# In a network nobody gives targets for the kernels. There is only the loss at the very end. So: eight kernels of 5×5, a ReLU, then **max pooling** (of each 4×4 block of a feature map keep only the
# largest number: "was the thing seen somewhere around here?"), and a Linear layer that decides. Three ways to choose the kernels:
#
# - *random*: drawn once and never changed
# - *by hand*: derivatives in six directions, smoothing, edges all round; never changed
# - *learned*: they start from the same random ones and are trained with the rest
#
# The Linear layer is trained in all three. (This cell takes up to half a minute.)


# %%
def make_hand_kernels():
    """Return eight kernels (8, 1, 5, 5): derivatives in six directions, smoothing, and edges all round."""
    # down holds the row number at each of 5×5 places, from -2 to 2, and right the column number: two even slopes
    down, right = torch.meshgrid(torch.arange(-2.0, 3), torch.arange(-2.0, 3), indexing="ij")
    edges = torch.full((5, 5), -1 / 25)
    edges[2, 2] += 1
    kernels = [right, -right, down, -down, right + down, -right - down, torch.ones(5, 5), edges]
    return torch.stack([kernel / kernel.norm() for kernel in kernels])[:, None]


def make_conv_net(kind, seed):
    """Make the network; the kernels learn only where `kind` is "learned"."""
    torch.manual_seed(seed)
    # 28×28 pixels → 8 feature maps of 24×24 → pooled to 6×6 → 288 numbers for the Linear layer
    model = nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(8 * 6 * 6, 10))
    if kind == "by hand":
        with torch.no_grad():
            model[0].weight.copy_(make_hand_kernels())
            model[0].bias.zero_()
    model[0].requires_grad_(kind == "learned")  # without gradients these weights stay as they are
    return model


def train(model, epochs, seed=0, reach=0):
    """Train in batches of 64, each moved by up to `reach` pixels; return the last epoch's mean loss."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.002)
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(64):
            down, right = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
            batch = X[rows].roll((down, right), dims=(1, 2))
            loss = F.cross_entropy(model(batch[:, None]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
    model.eval()
    return total / len(X)


def count_right(model, images):
    """Return the share of the test labels that the model finds."""
    with torch.inference_mode():
        return (model(images[:, None]).argmax(dim=1) == y_test).float().mean().item()


epochs, seeds = {"tiny": (4, 1), "standard": (12, 3)}[SIZE]
print("kernels    parameters that learn   training loss   right on test digits")
for kind in ["random", "by hand", "learned"]:
    models = [make_conv_net(kind, seed) for seed in range(seeds)]
    losses = [train(model, epochs, seed) for seed, model in enumerate(models)]
    shares = [count_right(model, X_test) for model in models]
    free = sum(p.numel() for p in models[0].parameters() if p.requires_grad)
    print(f"{kind:10} {free:10,} {sum(losses) / seeds:25.3f}   " + "  ".join(f"{share:.1%}" for share in shares))
conv_net = models[0]  # the learned one

# %% [markdown]
# Our own kernels beat the random ones clearly. The learned ones reach the lowest loss, with only 208 more numbers to learn, and on the test digits they are about as good as ours or better. And nobody had to
# know what an edge is. Note also how far random kernels get: the layer above makes the best of what it is offered. A fair comparison always needs such a simple rival.
#
# What did they become?

# %%
learned_kernels, hand_kernels = conv_net[0].weight.detach(), make_hand_kernels()
with torch.inference_mode():
    rows = [
        ("by hand", hand_kernels[:, 0]),
        ("seen", F.conv2d(digit[None, None], hand_kernels)[0]),
        ("learned", learned_kernels[:, 0]),
        ("seen", F.conv2d(digit[None, None], learned_kernels)[0]),
    ]

figure = plots.new_figure(9.2, 5.0)
for line, (name, pictures_of) in zip(figure.subplots(4, 8), rows):
    for axes, picture in zip(line, pictures_of):
        axes.imshow(picture, cmap="PuOr_r", vmin=-picture.abs().max(), vmax=picture.abs().max())
        axes.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, fontsize=11)

plots.show(
    figure,
    f"Four rows of eight small pictures; orange is positive, purple negative. First row: the kernels made by hand, even slopes from purple to orange in six "
    f"directions, a plain patch, and one bright pixel on a plain patch. Second row: what each of them makes of a digit 4, edges of one direction in orange and of the other "
    f"in purple. Third row: the learned kernels; they are rougher; some have an orange and a purple side, as a derivative has, others are of nearly one colour, as smoothing is. Fourth row: what these make of the same "
    f"digit.",
)

# %%
simple = torch.stack([kernel.flatten() / kernel.norm() for kernel in (hand_kernels[0], hand_kernels[2], hand_kernels[6])])


def measure_simple(kernels):
    """Return the mean share of the kernels' squared weights that slope across, slope down and a mean make up."""
    flat = F.normalize(kernels.reshape(len(kernels), 25))  # each kernel a row of length 1
    # the product of two rows of length 1 says how far one goes along the other; its square is the share
    return ((flat @ simple.T) ** 2).sum(dim=1).mean().item()


torch.manual_seed(0)
share_learned, share_random = measure_simple(learned_kernels), measure_simple(torch.randn(2000, 1, 5, 5))
print(f"share of a kernel made up of slope across, slope down and mean:  learned {share_learned:.0%}   random {share_random:.0%}")

# %% [markdown]
# Several learned kernels have an orange and a purple side, like a derivative; others are nearly of one colour, like smoothing. Nobody asked for that. They became so because it helps to
# tell digits apart. The last line puts a number on it. Two slopes and a mean are 3 directions out of 25, so they make up about 3/25 of a random kernel. Of the learned ones they make up several times as much.

# %% [markdown]
# ## 11.5 Features for things that are not numbers
#
# A pixel is a number. A word, a user or a city is not. How does it get into a network? The plain way is a **one-hot** row: as many numbers as there are things, all
# 0, and a single 1 at the thing's place. Such rows say *which*, and nothing else: any two of them are equally far apart.
#
# What does a layer do with it? Take a table $W$ with one row per thing.

# %%
table = torch.tensor([[1.0, 2], [3, 4], [5, 6], [7, 8]])  # 4 things, 2 numbers for each
one_hot = F.one_hot(torch.tensor([2, 0, 2]), num_classes=4).float()
print("one-hot rows:\n", one_hot)
print("one-hot times W:\n", one_hot @ table)
print("rows 2, 0, 2 of W:\n", table[[2, 0, 2]])

# %% [markdown]
# **One-hot times $W$ is a row of $W$.** All products but one are with 0. So nobody multiplies: one looks the row up. That is all that `nn.Embedding` is, a table of weights with
# a row for each thing. (`nn.Linear` does the same sum. It stores $W$ as $(O, D)$, turned over, so there the row stands as a column.)

# %%
embedding = nn.Embedding(4, 2)
linear = nn.Linear(4, 2, bias=False)
with torch.no_grad():
    embedding.weight.copy_(table)
    linear.weight.copy_(table.T)
    print("Embedding's weight", tuple(embedding.weight.shape), "  Linear's weight", tuple(linear.weight.shape))
    print("the same rows:", torch.equal(embedding(torch.tensor([2, 0, 2])), linear(one_hot)))

# %% [markdown]
# The row of a thing is called its **embedding**. The rows are weights, so they are learned. Watch it with ten coins of a foreign land, marked A to J. You are
# shown purses with two coins in them, and told what the purse is worth. (Each coin has a worth from 0 to 9, in an order that is kept secret.)

# %%
COINS = "ABCDEFGHIJ"
secret = torch.randperm(10, generator=torch.Generator().manual_seed(11))  # the worth of each coin
purses = torch.cartesian_prod(torch.arange(10), torch.arange(10))  # all 100 pairs
purses = purses[torch.randperm(100, generator=torch.Generator().manual_seed(1))]
shown, hidden = purses[:60], purses[60:]
worth_shown, worth_hidden = secret[shown].sum(dim=1).float(), secret[hidden].sum(dim=1).float()
for (first, second), worth in list(zip(shown.tolist(), worth_shown.tolist()))[:4]:
    print(f"a purse with {COINS[first]} and {COINS[second]} is worth {worth:.0f}")

torch.manual_seed(0)
coins = nn.Embedding(10, 2)  # two numbers for each coin
nn.init.normal_(coins.weight, std=0.1)
start = coins.weight.detach().clone()
model = nn.Sequential(coins, nn.Flatten(), nn.Linear(4, 1))  # (N, 2) coins → (N, 2, 2) → (N, 4) → (N, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

# %%
rows_changed = predict("One training step with a single purse, holding the coins A and C. How many rows of the table (10 coins, 2 numbers each) does it change?", unit="row(s)")
rows_changed

# %%
loss = (model(torch.tensor([[0, 2]]))[0, 0] - secret[[0, 2]].sum()) ** 2
optimizer.zero_grad()
loss.backward()
optimizer.step()
changed = (coins.weight.detach() != start).any(dim=1)

# %% jupyter={"source_hidden": true}
rows_changed.reveal(
    float(changed.sum()),
    f"Only those of {' and '.join(COINS[i] for i in changed.nonzero()[:, 0].tolist())}. A row that was not looked up had no part in the loss, so its gradient is 0. A thing that "
    "is rare learns slowly; one that never comes keeps its random start.",
)

# %%
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(2000):
    loss = ((model(shown)[:, 0] - worth_shown) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.inference_mode():
    off = (model(hidden)[:, 0] - worth_hidden).abs().max().item()
print(f"loss {loss.item():.4f}; {len(hidden)} purses that were never shown: largest error {off:.2f}")

places = coins.weight.detach()
centred = places - places.mean(dim=0)
longest = torch.linalg.svd(centred)[2][0]  # the direction in which they are spread most; 11.6 comes back to it
order = (centred @ longest).argsort().tolist()
if secret[order[0]] > secret[order[-1]]:
    order.reverse()  # a line can be read from either end
print("coins in the order in which they lie on the line:", " ".join(COINS[i] for i in order))
print("what each is worth in secret:                    ", " ".join(str(secret[i].item()) for i in order))

figure = plots.new_figure(8.6, 3.6)
for axes, spots, title in zip(figure.subplots(1, 2), (start, places), ("embeddings before training", "after training")):
    plots.dress(axes, x="first number", y="second number", title=title)
    axes.plot(*spots.T, "o", color=plots.SKY, mec="black", ms=15)
    for spot, name in zip(spots.tolist(), COINS):
        axes.annotate(name, spot, ha="center", va="center", fontsize=10)
plots.show(
    figure,
    f"Two scatter plots of ten lettered coins, each at its two embedding numbers. Before training they lie around the origin without any order, within "
    f"{start.abs().max():.1f}. After training they lie nearly on one straight line, in the order {', '.join(COINS[i] for i in order)}, which is the order of their secret worth.",
)

# %% [markdown]
# The Linear layer only takes a weighted sum of a coin's two numbers, so it is a coin's place along one direction that counts.
#
# The network was never told that a coin *has* a worth, let alone which. It saw only letters. Yet things that act alike have come to lie close together, and it is right about purses it had never seen. Word
# embeddings in language models are made in the same way: a row per word, learned from the company the word keeps.

# %% [markdown]
# ## 11.6 Hidden layers as features
#
# Every hidden layer turns its input into new numbers. We may call them features, whatever they mean. Are they *better* features than pixels? For a clear answer we make the task harder: each test digit is moved by up
# to three pixels in each direction. To you nothing has changed. The pixels have changed completely.


# %%
def move_each(images, steps):
    """Move each picture by its own step: so many pixels down and so many to the right (the rim is nearly always paper)."""
    return torch.stack([image.roll(tuple(step), dims=(0, 1)) for image, step in zip(images, steps.tolist())])


def draw_steps(count, seed):
    """Draw for each picture two steps from -3 to 3."""
    return torch.randint(-3, 4, (count, 2), generator=torch.Generator().manual_seed(seed))


def measure_neighbours(known, asked):
    """Return the share of test examples whose nearest training example has the same label."""
    nearest = torch.cdist(asked, known).argmin(dim=1)  # cdist: the distance of every asked row from every known row
    return (y[nearest] == y_test).float().mean().item()


steps = draw_steps(len(X_test), seed=0)
X_moved = move_each(X_test, steps)
neighbours_straight = measure_neighbours(X.flatten(1), X_test.flatten(1))
print(f"by the nearest training picture, pixel by pixel: {neighbours_straight:.1%} of the test digits are right")

# %% [markdown]
# That is a strong rule for a thing with no training at all: find the training picture with the smallest distance, and take its label. Now the same with the moved digits.

# %%
moved_share = predict(
    "The test digits are moved by up to three pixels, the training pictures are not. What share is right now, by the nearest training picture?",
    options=["Nearly as many", "About half", "About one in ten, as by chance"],
)
moved_share

# %%
neighbours_moved = measure_neighbours(X.flatten(1), X_moved.flatten(1))

# %% jupyter={"source_hidden": true}
moved_share.reveal(
    "Nearly as many" if neighbours_moved > 0.8 else "About half" if neighbours_moved > 0.25 else "About one in ten, as by chance",
    f"{neighbours_moved:.1%}. Two strokes that lie beside each other share no pixel, so to the distance between pixels they are as different as can be.",
)

# %% [markdown]
# Now a network with three hidden layers of 128. During training each batch is moved by up to three pixels: the augmentation of lecture 10. We keep a copy from before the training. (This cell takes some seconds.)

# %%
torch.manual_seed(0)
network = nn.Sequential(
    nn.Flatten(),
    nn.Linear(784, 128), nn.ReLU(),
    nn.Linear(128, 128), nn.ReLU(),
    nn.Linear(128, 128), nn.ReLU(),
    nn.Linear(128, 10),
)  # fmt: skip
untrained = copy.deepcopy(network)
loss = train(network, epochs={"tiny": 20, "standard": 40}[SIZE], reach=3)
print(f"training loss {loss:.3f}; right on test digits {count_right(network, X_test):.1%}, on moved ones {count_right(network, X_moved):.1%}")


def look_inside(model, images):
    """Return the activations of each layer by name, pixels first and scores last, each (N, H)."""
    a = images[:, None]
    layers = {"pixels": images.flatten(1)}
    with torch.inference_mode():
        for part in model:
            a = part(a)
            if isinstance(part, nn.ReLU):
                layers[f"hidden {len(layers)}"] = a
    return {**layers, "scores": a}


inside = look_inside(network, X_moved)
print({name: tuple(a.shape) for name, a in inside.items()})

# %% [markdown]
# ### A picture of 128 dimensions
#
# How can you look at 128 numbers per digit? **Principal component analysis** (PCA) finds the direction in which the points are spread most, then the next one at a right angle to it, and so on. Draw the
# first two, and you have the best flat shadow of the cloud. It takes a few lines: subtract the mean, so that the cloud lies around 0, and let a tool of linear algebra, the *singular value decomposition*, find the
# directions.

# %%
for name, a in inside.items():
    centred = a - a.mean(dim=0)
    lengths = torch.linalg.svdvals(centred)  # how far the points are spread along each direction
    share = (lengths[:2] ** 2).sum() / (lengths**2).sum()
    print(f"{name:9} {a.shape[1]:4} numbers; the first two components hold {share:.0%} of the spread")

# %% [markdown]
# The figure shows the moved test digits, layer by layer. PCA knows nothing of the labels; they are only written on the points. The curve on the right does not depend on the shadow: with *all* numbers of the layer, how many
# digits are nearest to the mean of their own class?
#
# - Begin with *First layer* and press *Next*. Where do the classes come apart?
# - Switch to *untrained*. Do more layers alone make better features?
# - The dotted line uses only the two drawn numbers. Why is it so much lower? What does that say about classes that overlap in the picture?
# - Show one digit alone. Which digits stay together early, which late?

# %%
hidden_pca({"trained": inside, "untrained": look_inside(untrained, X_moved)}, y_test, layer=3)

# %% [markdown]
# Layer by layer the network pulls digits of one class together, wherever they were on the paper. The last layer then has an easy task: it needs only straight borders. Layers with random weights do nothing of the kind. Depth by itself is no merit; **it is the training that
# makes features**.
#
# Two warnings. A shadow hides: classes that overlap in two dimensions may be far apart in 128. And a single neuron, or a single axis of a PCA, need not mean anything that has a name.

# %% [markdown]
# ### Nearest neighbours in feature space
#
# Is the distance between features a better measure of likeness than the distance between pixels? For each moved test digit we find the nearest training pictures, once by pixels and once by the 128 numbers of hidden layer 3. The
# figure shows five digits that were moved far.

# %%
inside_train = look_inside(network, X)
by_pixels = torch.cdist(inside["pixels"], inside_train["pixels"]).argsort(dim=1)[:, :5]
by_features = torch.cdist(inside["hidden 3"], inside_train["hidden 3"]).argsort(dim=1)[:, :5]
is_far = steps.abs().sum(dim=1) >= 5
asked = [(is_far & (y_test == digit)).nonzero()[0].item() for digit in (2, 4, 5, 7, 9)]

figure = plots.new_figure(9.4, 4.6)
panels = figure.subplots(len(asked), 11)
for line, i in zip(panels, asked):
    found = [None, *by_pixels[i].tolist(), *by_features[i].tolist()]
    for axes, k in zip(line, found):
        axes.imshow(X_moved[i] if k is None else X[k], cmap="Greys", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
        if k is not None:
            is_same = bool(y[k] == y_test[i])
            axes.set_xlabel(f"{y[k]}" if is_same else f"{y[k]} ✗", fontsize=9, labelpad=2, color=plots.BLACK if is_same else plots.RED)
            axes.spines[:].set(color=plots.GRID if is_same else plots.RED, linewidth=1 if is_same else 2.5)
        else:
            axes.set_xlabel(f"asked: {y_test[i]}", fontsize=9, labelpad=2)
for column, title in [(0, "moved"), (1, "nearest by pixels"), (6, "nearest by features")]:
    panels[0][column].set_title(title, fontsize=11, loc="left")
right_pixels = sum((y[by_pixels[i]] == y_test[i]).sum().item() for i in asked)
right_features = sum((y[by_features[i]] == y_test[i]).sum().item() for i in asked)
plots.show(
    figure,
    f"Five digits that were moved far, {', '.join(str(y_test[i].item()) for i in asked)}, one a row. Beside each are the five nearest training pictures by pixels, then the five nearest by features. "
    f"By pixels {right_pixels} of the 25 neighbours show the asked digit: they are pictures with ink in the same place. By features {right_features} of 25 do, though their ink lies elsewhere. Wrong ones have a "
    f"red frame and a cross.",
)

# %%
X_train_moved = move_each(X, draw_steps(len(X), seed=1))
known = {"as they are": inside_train, "moved as well": look_inside(network, X_train_moved)}
print("moved test digits: right by the nearest training picture")
print("training pictures    by 784 pixels    by 128 features")
for name, layers in known.items():
    share_pixels = measure_neighbours(layers["pixels"], inside["pixels"])
    share_features = measure_neighbours(layers["hidden 3"], inside["hidden 3"])
    print(f"{name:15} {share_pixels:14.1%} {share_features:18.1%}")

# %% [markdown]
# The first line is a plain win for the features. But be fair. The network had seen moved digits in training, the pixels had not. In the second line they have: the training pictures to compare with are moved too. On some data the
# pixels then do as well or better. What the features still have: they need about a sixth of the numbers, and no known example near each position.
#
# The row of numbers in a late layer is called the **embedding** of the picture: the same word as for the coins, for the same thing. Likeness has become distance. That is how pictures are searched by likeness, and how a
# network trained on one task is reused for another: keep its features, replace the last layer.

# %% [markdown]
# ## 11.7 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "A 3×3 kernel has 8 in the middle and −1 everywhere else. What does it answer inside a wide, even stroke?",
        {
            "8": "The eight neighbours take one each away.",
            "0": "The weights add up to 0, so where nothing changes nothing comes out.",
            "1": "That would be a kernel whose weights add up to 1, such as smoothing.",
            "It depends on how dark the stroke is": "Twice the darkness doubles every product, and the products still cancel.",
        },
        right="0",
    ),
    Question(
        "What does conv2d compute?",
        {
            "A convolution: the kernel is turned, then slid": "That is what the name says. The dot showed otherwise.",
            "A cross-correlation: the kernel is slid as it is": "And since kernels are learned, nobody minds.",
            "The mean of each neighbourhood": "Only with the kernel that has 1/9 in every place.",
        },
        right="A cross-correlation: the kernel is slid as it is",
    ),
    Question(
        "nn.Conv2d(1, 4, kernel_size=3) gets pictures of 28×28 and then pictures of 56×56. How does the number of its parameters change?",
        {
            "It stays 40": "4 · 9 weights and 4 biases. The same kernels slide further.",
            "It is four times as large": "The feature maps are about four times as large; the weights are shared.",
            "It cannot take both": "It can. A Linear layer could not.",
        },
        right="It stays 40",
    ),
    Question(
        "A vocabulary has 10,000 words, each with an embedding of 50 numbers. A sentence holds 6 different words. How many numbers of the table get a gradient that is not zero, at most?",
        {
            "500,000": "That is the whole table. Rows that were not looked up had no part in the loss.",
            "300": "6 rows of 50.",
            "6": "Six rows, and each has 50 numbers.",
            "60,000": "One-hot rows are long, but they are inputs and not weights.",
        },
        right="300",
    ),
    Question(
        "In the PCA picture of a hidden layer, threes and eights overlap. What follows?",
        {
            "The network confuses them": "They may be far apart in the directions that are not drawn.",
            "Nothing certain: the shadow shows 2 of 128 directions": "Measure it with all the numbers, as the curve on the right does.",
            "The layer needs more training": "Perhaps, but this picture cannot tell.",
        },
        right="Nothing certain: the shadow shows 2 of 128 directions",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in short |
# |---|---|
# | kernel | a small square of weights; its sum of products at each place makes a feature map |
# | derivative kernel | right minus left; weights add up to 0: flat patches vanish |
# | smoothing kernel | a mean; weights add up to 1: flat patches stay |
# | cross-correlation | $z_{r,c} = \sum_{i,j} w_{i,j}\,x_{r+i,\,c+j}$: what `conv2d` computes |
# | convolution | $z_{r,c} = \sum_{i,j} w_{i,j}\,x_{r-i,\,c-j}$: the same with the kernel turned by half a turn |
# | size | $H \times W$ and $K \times K$ give $(H-K+1) \times (W-K+1)$ without padding |
# | parameters of `Conv2d(C, O, K)` | $O \cdot C \cdot K^2 + O$, whatever the size of the picture |
# | embedding | one-hot times $W$ is a row of $W$; the rows are learned |
# | PCA | centre, find the directions of largest spread, draw the first two |
#
# - A convolutional layer is a linear layer whose weights are local and shared; when the picture moves, its feature maps move along.
# - Learned kernels come to look like derivatives because that helps.
# - Training makes features: by depth, likeness of meaning becomes distance.
# - A shadow in two dimensions hides most of the directions. Measure, too.
#
# ## Now you
#
# In [lab 5](../assignments/lab5/lab5.ipynb) you invent a kernel, find out what no kernel can learn, look for a coin that nobody saw, and train features on nonsense. After that,
# [lecture 12](12_clinic.ipynb) takes networks that will not learn, and finds out why.
