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
# # Lab 5: Seeing features
#
# **Name:**
#
# **Assignment:** lab5

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
# In lecture 11 you saw kernels, embeddings and hidden layers. Here you try them: six small experiments and four questions about what you saw. About 45 minutes,
# 10 points.
#
# **How a lab works**
#
# - A lab is graded **on completion**. An experiment counts when its result is there and is one that a run can give: a poor result is as welcome as
#   a good one. Write your code below the line `# YOUR CODE HERE`, and leave the result under the name that already stands there, in place of
#   the three dots.
# - Run the check below each experiment. It says what is missing.
# - A question counts when you answer it in its own cell, in **at least 15 words of your own**. There is no right text to find. Say what you saw and
#   what you think it comes from. Copied sentences do not count as words.
# - Guess before you run. Nobody grades a guess, but it makes you look twice.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell first, and again each time you restart the kernel. The data are the small digits that ship with the course.
import torch
import torch.nn.functional as F
from torch import nn

from course_utils import check
from course_utils.data import load_digits
from course_utils.plots import BLUE, ORANGE, dress, new_figure, show
from course_utils.widgets import hidden_pca, kernel_editor

torch.set_num_threads(1)
train_digits, test_digits = load_digits("train", source="small"), load_digits("test", source="small")
X, y = train_digits.images, train_digits.labels  # (N, 28, 28), from 0 (paper) to 1 (ink)
X_test, y_test = test_digits.images, test_digits.labels
one_of_each = torch.stack([X_test[y_test == digit][0] for digit in range(10)])  # picture number d shows the digit d
print(f"{len(X)} digits to learn from, {len(X_test)} to test on")


def slide(pictures, kernel):
    """Slide a kernel (3, 3) over pictures (N, H, W) with paper around them; return the sums (N, H, W)."""
    return F.conv2d(pictures[:, None], kernel[None, None], padding=1)[:, 0]

# %% [markdown] nbgrader={"grade": false, "grade_id": "diagonal_strengths-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A kernel of your own (1 point)
#
# Invent a 3×3 kernel that answers to strokes that rise to the right, like **/**, and as little as possible to strokes that fall to the right, like **\\**. Try it on the digits in the figure: type
# your weights into the fields. (Picture 4 and picture 7 have strokes in several directions.)
#
# **Record** `diagonal_strengths`, what `measure_diagonals(my_kernel)` gives back: the kernel's largest answer to a rising stroke and to a falling one. Call your three rows of
# weights `my_kernel`; you need it again.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Where must the positive weights lie, so that a rising stroke passes through all of them? What must the others be, so that a patch full of ink gives 0?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "kernel-figure", "locked": true, "schema_version": 3, "solution": false, "task": false}
kernel_editor(one_of_each, kernel="Edges all round", picture=7, row=12, column=14)

# %% nbgrader={"grade": false, "grade_id": "diagonals", "locked": true, "schema_version": 3, "solution": false, "task": false}
def measure_diagonals(kernel):
    """Return the largest answer of a kernel (3, 3) to a stroke like / and to one like \\."""
    kernel = torch.as_tensor(kernel, dtype=torch.float32)
    if tuple(kernel.shape) != (3, 3):
        print(f"Three rows of three weights are asked for. Yours has shape {tuple(kernel.shape)}.")
    falling = torch.eye(11)
    answers = slide(torch.stack([falling.flip(1), falling]), kernel).amax(dim=(1, 2)).tolist()
    print(f"largest answer: {answers[0]:.2f} to /, {answers[1]:.2f} to \\   (the weights add up to {kernel.sum():.2f})")
    return answers

# %% nbgrader={"grade": false, "grade_id": "diagonal_strengths-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
diagonal_strengths = ...
### BEGIN SOLUTION
my_kernel = [[-1.0, -1.0, 2.0], [-1.0, 2.0, -1.0], [2.0, -1.0, -1.0]]
diagonal_strengths = measure_diagonals(my_kernel)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "diagonal_strengths", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(diagonal_strengths)

# %% [markdown] nbgrader={"grade": false, "grade_id": "turned_changes-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Half a turn (1 point)
#
# A convolution turns the kernel by half a turn before it slides; `conv2d` does not. For which kernels is that the same?
#
# **Predict first:** put these three in order, from the least change to the most: smoothing, the derivative across, your own kernel.
#
# **Record** `turned_changes`, three numbers in this order: the largest difference, over the pictures in `one_of_each`, between sliding the kernel as it is and sliding it turned.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `kernel.rot90(2)` is the kernel after two quarter turns. `(a - b).abs().max().item()` is the largest difference of two tensors.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "turned_changes-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
smoothing = torch.full((3, 3), 1 / 9)
derivative = torch.tensor([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])
turned_changes = ...
### BEGIN SOLUTION
turned_changes = []
for kernel in (smoothing, derivative, torch.tensor(my_kernel)):
    straight, turned = slide(one_of_each, kernel), slide(one_of_each, kernel.rot90(2))
    turned_changes.append((straight - turned).abs().max().item())
print(turned_changes)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "turned_changes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(turned_changes)

# %% [markdown] nbgrader={"grade": false, "grade_id": "kernels_read-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# What do the weights of your kernel add up to, and what follows for a patch that is all ink? What did half a turn do to your kernel, and could you have foreseen it from the weights
# alone?

# %% [markdown] nbgrader={"grade": true, "grade_id": "kernels_read", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# My weights add up to 0, so an even patch gives 0 and only strokes remain. Half a turn left it as it was, because the weight at each place equals the weight at the
# opposite place. The derivative has opposite signs there, so it changes most.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "left_over-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · What a kernel can learn, and what not (1 point)
#
# `learn_kernel(inputs, targets)` finds the 3×3 kernel that makes the targets from the inputs as well as any kernel can. It gives back the kernel and the **share that is left over**: the mean
# squared error, divided by the mean square of the targets. 0 means that it can be done, 1 that nothing was learned.
#
# **Predict first:** for which of these four targets does it find a kernel?
#
# | | target |
# |---|---|
# | 1 | the derivative of each picture, `slide(pictures, derivative)` |
# | 2 | each picture moved one pixel to the right, `pictures.roll(1, dims=2)` |
# | 3 | each picture moved three pixels to the right |
# | 4 | each picture mirrored, left and right exchanged, `pictures.flip(2)` |
#
# **Record** `left_over`, the four shares. Print the second kernel and look at it: where is its 1?
#
# <details><summary>Stuck? Look at this first</summary>
#
# `kernel, share = learn_kernel(pictures, pictures.flip(2))` does the last one.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "learn-kernel", "locked": true, "schema_version": 3, "solution": false, "task": false}
pictures = X[:32]


def learn_kernel(inputs, targets):
    """Find the kernel (3, 3) that makes targets (N, H, W) from inputs (N, H, W) best; return it and the share left over."""
    windows = F.unfold(inputs[:, None].double(), kernel_size=3, padding=1)  # (N, 9, H·W): what lies under the kernel at each place
    A, b = windows.transpose(1, 2).reshape(-1, 9), targets.double().reshape(-1, 1)
    kernel = torch.linalg.lstsq(A, b).solution  # least squares, as for the line in lecture 2
    left = ((A @ kernel - b) ** 2).mean() / (b**2).mean()
    return kernel.reshape(3, 3).float(), left.item()

# %% nbgrader={"grade": false, "grade_id": "left_over-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
left_over = ...
### BEGIN SOLUTION
left_over = []
for targets in (slide(pictures, derivative), pictures.roll(1, dims=2), pictures.roll(3, dims=2), pictures.flip(2)):
    kernel, share = learn_kernel(pictures, targets)
    print(f"{share:.4f}", kernel.round(decimals=2))
    left_over.append(share)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "left_over", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(left_over)

# %% [markdown] nbgrader={"grade": false, "grade_id": "out_of_reach-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# Which targets could the kernel not learn, and what do they have in common? Would a Linear layer with 784 inputs and 784 outputs be able to learn them, and what would it cost?

# %% [markdown] nbgrader={"grade": true, "grade_id": "out_of_reach", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# It could not move by three pixels and not mirror, because the ink that it needs lies outside its window, and for the mirror even at another distance for each pixel. A Linear layer sees all pixels and could do both, but
# with 784 times 784 weights, and it would need many pictures.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "moved_rows-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · The coin nobody saw (1 point)
#
# Ten coins, A to J, each worth from 0 to 9 in secret, and purses of two, as in the lecture. Take every purse with the coin J (number 9) out of the training. What becomes of J's row in the table?
#
# **Predict first:** does J's embedding end near that of a cheap coin, of a costly one, or somewhere else?
#
# **Record** `moved_rows = [how far J's row moved, how far the other nine rows moved on average]`, each as a distance from start to end.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `shown = purses[(purses != 9).all(dim=1)]` keeps the purses in which neither coin is J.
#
# </details>
# <details><summary>Hint</summary>
#
# `start, end = learn_coins(shown)` gives two tables (10, 2). `(end - start).norm(dim=1)` is the distance of each row.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "coins", "locked": true, "schema_version": 3, "solution": false, "task": false}
secret = torch.randperm(10, generator=torch.Generator().manual_seed(5))
purses = torch.cartesian_prod(torch.arange(10), torch.arange(10))  # all 100 purses with two coins


def learn_coins(shown, steps=1500):
    """Train a table of ten embeddings on purses (N, 2); return it as it was at the start and at the end, (10, 2) each."""
    torch.manual_seed(0)
    table = nn.Embedding(10, 2)
    nn.init.normal_(table.weight, std=0.1)
    start = table.weight.detach().clone()
    model = nn.Sequential(table, nn.Flatten(), nn.Linear(4, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for step in range(steps):
        loss = ((model(shown)[:, 0] - secret[shown].sum(dim=1)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{len(shown)} purses, last loss {loss.item():.4f}")
    return start, table.weight.detach()

# %% nbgrader={"grade": false, "grade_id": "moved_rows-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
moved_rows = ...
### BEGIN SOLUTION
start, end = learn_coins(purses[(purses != 9).all(dim=1)])
distances = (end - start).norm(dim=1)
moved_rows = [distances[9].item(), distances[:9].mean().item()]
print(moved_rows)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "moved_rows", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(moved_rows)

# %% [markdown] nbgrader={"grade": false, "grade_id": "rare_things-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Why did J's row do what it did? Think of a shop that keeps an embedding for every customer and every article, or of a language model with a row for every word. Who gets a
# poor embedding there, and what could be done about it?

# %% [markdown] nbgrader={"grade": true, "grade_id": "rare_things", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# J was in no purse, so its row had no part in any loss and its gradient was zero; it kept its random start. New customers and rare words are in the same place: what the
# model says of them is accident. One could describe them by things they share with others, or build words from smaller pieces.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "own_means-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Features from true labels and from nonsense (1 point)
#
# The cell below trains the network of the lecture on moved digits, and shows its layers. Look through them, from the pixels
# on. Every test digit was moved by three pixels, in one of four directions: do you find these four again?
#
# Then train the same network once more, with **shuffled labels**: each picture gets the label of some other picture. It tries to learn what is not there.
#
# **Predict first:** which features are better, measured by the digits nearest to the mean of their own class: those from shuffled labels, or the pixels themselves?
#
# **Record** `own_means`, two rows of five shares (pixels, hidden 1, 2, 3, scores): first for `network`, then for the network trained on shuffled labels.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `[share_near_mean(a) for a in look_inside(network, X_moved).values()]` is the first row.
#
# </details>
# <details><summary>Hint</summary>
#
# `shuffled = y[torch.randperm(len(y))]`. Then `train(make_network(), shuffled)` gives a trained network, like the one in the cell below.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "network", "locked": true, "schema_version": 3, "solution": false, "task": false}
def make_network(seed=0):
    """Make the network 784-128-128-128-10."""
    torch.manual_seed(seed)
    parts = [nn.Flatten()]
    for inputs in (784, 128, 128):
        parts += [nn.Linear(inputs, 128), nn.ReLU()]
    return nn.Sequential(*parts, nn.Linear(128, 10))


def train(model, labels, epochs=40):
    """Train on X and these labels, each batch moved by up to three pixels; return the model."""
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    for epoch in range(epochs):
        for rows in torch.randperm(len(X), generator=generator).split(64):
            down, right = torch.randint(-3, 4, (2,), generator=generator).tolist()
            loss = F.cross_entropy(model(X[rows].roll((down, right), dims=(1, 2))[:, None]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(f"{epochs} epochs, last loss {loss.item():.2f}")
    return model


def look_inside(model, images):
    """Return the activations of each layer by name, pixels first and scores last, each (N, H)."""
    a, layers = images[:, None], {"pixels": images.flatten(1)}
    with torch.inference_mode():
        for part in model:
            a = part(a)
            if isinstance(part, nn.ReLU):
                layers[f"hidden {len(layers)}"] = a
    return {**layers, "scores": a}


def share_near_mean(activations):
    """Return the share of test digits (N, H) that are nearest to the mean of their own class, they themselves left out."""
    members = F.one_hot(y_test, 10).to(activations.dtype)  # (N, 10)
    counts = members.sum(dim=0)
    means = members.T @ activations / counts[:, None]
    distances = torch.cdist(activations, means)
    # Left out of its own mean, a digit lies n / (n - 1) times as far from it.
    distances = torch.where(members == 1, distances * counts / (counts - 1), distances)
    return (distances.argmin(dim=1) == y_test).double().mean().item()


def move(images, pixels):
    """Move each picture by so many pixels, up or down and left or right, by chance."""
    signs = 2 * torch.randint(0, 2, (len(images), 2), generator=torch.Generator().manual_seed(0)) - 1
    return torch.stack([image.roll(tuple(sign), dims=(0, 1)) for image, sign in zip(images, (pixels * signs).tolist())])


X_moved = move(X_test, 3)
network = train(make_network(), y)
layers = look_inside(network, X_moved)
hidden_pca({"trained": layers, "untrained": look_inside(make_network(), X_moved)}, y_test, layer=0)

# %% nbgrader={"grade": false, "grade_id": "own_means-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
own_means = ...
### BEGIN SOLUTION
shuffled = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(1))]
own_means = []
for model in (network, train(make_network(), shuffled)):
    own_means.append([share_near_mean(a) for a in look_inside(model, X_moved).values()])
print(own_means)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "own_means", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(own_means)

# %% [markdown] nbgrader={"grade": false, "grade_id": "neighbours_by_step-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · How far do the features reach? (1 point)
#
# The network was trained on digits moved by up to three pixels. Now ask for the nearest training picture of test digits that are moved by 0, 1, 2, 3, 4 and 5 pixels, by pixels and by features.
#
# **Predict first:** at which step do the pixels fall below one half, and what do the features do beyond three?
#
# **Record** `neighbours_by_step`, two rows of six shares: first by pixels, then by `hidden 3` of `network`.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `share_by_neighbour("pixels", move(X_test, 2))` is the third number of the first row.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "neighbours", "locked": true, "schema_version": 3, "solution": false, "task": false}
known = look_inside(network, X)


def share_by_neighbour(layer, images):
    """Return the share of test digits whose nearest training picture in that layer has the same label."""
    asked = look_inside(network, images)[layer]
    nearest = torch.cdist(asked, known[layer]).argmin(dim=1)
    return (y[nearest] == y_test).double().mean().item()

# %% nbgrader={"grade": false, "grade_id": "neighbours_by_step-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
steps = [0, 1, 2, 3, 4, 5]
neighbours_by_step = ...
### BEGIN SOLUTION
neighbours_by_step = [[share_by_neighbour(layer, move(X_test, step)) for step in steps] for layer in ("pixels", "hidden 3")]
print(neighbours_by_step)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "neighbours_by_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(neighbours_by_step)

# %% [markdown] nbgrader={"grade": false, "grade_id": "reach-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell draws your two rows.

# %%
try:
    rows = torch.as_tensor(neighbours_by_step).reshape(2, 6).tolist()
except (RuntimeError, TypeError, ValueError):  # the dots, or something else than two rows of six
    print("Experiment 6 has no two rows of six shares yet.")
else:
    figure = new_figure(6.4, 3.2)
    axes = dress(figure.add_subplot(), x="pixels moved", y="right by nearest neighbour")
    for row, name, colour, marker in zip(rows, ("by pixels", "by features"), (ORANGE, BLUE), ("o", "s")):
        axes.plot(steps, row, color=colour, marker=marker, label=name)
    axes.axvline(3, color="black", lw=0.8, ls=":")
    axes.set_ylim(0, 1.03)
    axes.legend()
    said = [f"{name} {', '.join(f'{share:.0%}' for share in row)}" for name, row in zip(("by pixels", "by features"), rows)]
    show(figure, f"Two curves of the share right over 0 to 5 pixels moved: {'; '.join(said)}. A dotted line at 3 marks how far training went.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "features_forget-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# Describe the two curves. What have the features learned to forget, and who told them to? Name a task for which forgetting that would be a mistake.

# %% [markdown] nbgrader={"grade": true, "grade_id": "features_forget", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# By pixels the share falls at once and is at one half after two pixels; the features stay above nine tenths up to two and then fall steeply, beyond what they were trained on. They have learned to forget
# the place, because the training moved the digits and kept the label. For reading where a ball is on a field the place is everything.
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
