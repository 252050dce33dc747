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
# # 9 · Digits
#
# *About 45 minutes. You need: lectures 4, 6 and 8.*
#
# ## What you will be able to do
#
# 1. Write a network as a class of your own, an `nn.Module`, and say what `model(X)` does beyond `forward`.
# 2. Write a training loop and a test loop for the processor or a graphics card, and say what each line is for.
# 3. Name five slips that raise no error, or the wrong one, and show what each of them costs.
# 4. Save weights, and take up a training run where it was cut off.
# 5. Find out what a network gets wrong, and how sure it was.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → **9 Digits** → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# You have all the parts by now: layers, a loss, gradients, an optimiser, the loop. In this lecture they become one program that
# reads handwriting. First you write the program by hand. Then you meet the course's own training function, and see, line beside line, that it is the same
# program. At the end you write a digit yourself.

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
import inspect
import tempfile
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course_utils import plots, training
from course_utils.data import load_digits
from course_utils.device import pick_device
from course_utils.errors import TrainingError
from course_utils.training import evaluate, fit
from course_utils.widgets import Question, confusion_explorer, digit_pad, mistake_gallery, predict, self_check

torch.set_num_threads(1)  # the same speed and the same rounding for everyone; a large network would want more
print(f"torch {torch.__version__}")

# %% [markdown]
# ## 9.1 The pictures
#
# The most famous collection of handwritten digits is **MNIST**: 70,000 pictures of 28×28 pixels. The cell fetches it when it is run for the first time (about
# 12 MB). Without a network you get the small collection of lecture 8, its pictures brought to the same 28×28 pixels. This lecture
# runs on either of them, and the line that is printed says which one you have.

# %%
source = "small" if SIZE == "tiny" else "auto"  # a quick run-through does not wait for a download
digits = load_digits("train", source=source)
digits_test = load_digits("test", source=source)
print(digits.source)
print(digits_test.source)

# %% [markdown]
# We make three parts of it, and no picture is in two of them:
#
# - **training** pictures, from which the weights are learned;
# - **validation** pictures, which we look at while we train and try things out;
# - **test** pictures, which we look at once, at the end.
#
# Why the second and the third must not be the same is a question for lecture 10.

# %%
most = {"tiny": 1000, "standard": 5000}[SIZE]  # all of MNIST would take minutes on a processor
held_out = min(len(digits) // 6, 2000)
count = min(most, len(digits) - held_out)

X, y = digits.images[:count], digits.labels[:count]
X_val, y_val = digits.images[-held_out:], digits.labels[-held_out:]
X_test, y_test = digits_test.images[:2000], digits_test.labels[:2000]
print(f"training X {tuple(X.shape)}, y {tuple(y.shape)}   validation {len(X_val):,}   test {len(X_test):,}")
print(f"X is {X.dtype}, from {X.min():.0f} (paper) to {X.max():.0f} (ink); y is {y.dtype}, from {y.min()} to {y.max()}")

figure = plots.new_figure(8.4, 2.6)
for place, picture, label in zip(figure.subplots(2, 10).ravel(), X, y):
    place.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    place.set_title(str(label.item()), fontsize=10)
    place.set_axis_off()
plots.show(
    figure,
    "The first twenty training pictures in two rows, grey ink on white paper, each with its label above: "
    + ", ".join(str(label) for label in y[:20].tolist())
    + ". The same digit looks different each time: slanted, thick, open or closed.",
)

# %% [markdown]
# Pixels from 0 to 1 are small numbers already, so we do not standardise them. (Lecture 3 standardised scores around 20, which made a long valley.)
#
# ## 9.2 A network as a class
#
# So far we put layers into `nn.Sequential`: one after another. A class of your own can do more. It is what you will see in nearly every
# program that uses PyTorch, and you write one in homework 6.


# %%
class MLP(nn.Module):
    """Give ten logits for each picture of 28×28 pixels."""

    def __init__(self, hidden=512):
        super().__init__()
        self.first = nn.Linear(28 * 28, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 10)

    def forward(self, X):
        a = X.flatten(start_dim=1)  # (N, 28, 28) → (N, 784)
        a = torch.relu(self.first(a))  # (N, 512)
        a = torch.relu(self.second(a))  # (N, 512)
        return self.last(a)  # (N, 10): logits


def make_model(seed=0):
    """Make the network, the same one each time for the same seed."""
    torch.manual_seed(seed)
    return MLP()


model = make_model()
for name, parameter in model.named_parameters():
    print(f"{name:14} {str(tuple(parameter.shape)):12} {parameter.numel():>9,}")
total = sum(parameter.numel() for parameter in model.parameters())  # numel: how many numbers are in a tensor
print(f"together {total:>29,}")

# %% [markdown]
# (MLP stands for *multi-layer perceptron*, an old name for layers of this kind one after another. We write 784-512-512-10 for it.)
#
# Read it aloud:
#
# - `class MLP(nn.Module)`: our class is a kind of `nn.Module`, and can do all that a module can.
# - `super().__init__()` sets up its bookkeeping. It must come first.
# - `self.first = nn.Linear(...)`: a layer that is put on `self` is entered in the books. So `parameters()` finds its weights, `to(device)` moves
#   them, and `state_dict()` saves them.
# - `forward` says what happens to a batch `X`. It returns **logits**, the raw scores of lecture 6. There is no softmax at the end: the loss takes
#   logits.

# %%
share = predict(
    "Three layers: 784 to 512, 512 to 512, 512 to 10. Which share of all parameters is in the first one?",
    options=["About a third", "About a half", "About 60 %", "About 90 %"],
)
share

# %%
in_first = sum(parameter.numel() for parameter in model.first.parameters())

# %% jupyter={"source_hidden": true}
share.reveal(
    min([(1 / 3, "About a third"), (0.5, "About a half"), (0.6, "About 60 %"), (0.9, "About 90 %")],
        key=lambda option: abs(option[0] - in_first / total))[1],
    f"784 · 512 + 512 = {in_first:,} of {total:,}, that is {in_first / total:.0%}. Each of the 512 neurons looks at every pixel.",
)

# %% [markdown]
# Before training, the network has no opinion. Its loss should be near $\ln 10$, and it should be right one time in ten. If the first loss
# is far from that, something is wrong before the first step. It is the cheapest test there is:

# %%
with torch.inference_mode():
    logits = make_model()(X_val)
print(f"loss {F.cross_entropy(logits, y_val):.3f}   ln 10 = {torch.log(torch.tensor(10.0)):.3f}")
print(f"right {(logits.argmax(dim=1) == y_val).float().mean():.1%}")

# %% [markdown]
# ### A slip to avoid: `model.forward(X)`
#
# You write `forward`, but you call the model itself: `model(X)`. PyTorch then calls `forward` for you, and also the **hooks** of lecture 4: functions that someone
# hung on the module, to look at what passes by. Here is one that notes the shape of what comes out. (`lambda` makes a function without a name, as in lecture 3.)

# %%
seen = []
model.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape)))

model(X[:3])
print("after model(X):        ", seen)
seen.clear()
model.forward(X[:3])
print("after model.forward(X):", seen)

# %% [markdown]
# The second call gave the same logits, and passed the hook by without a word.
#
# ## 9.3 The loop by hand
#
# ### Where to calculate
#
# A **device** is the part of the computer that calculates: the processor (`cpu`), a graphics card by Nvidia (`cuda`), or the graphics part of an Apple
# chip (`mps`). A graphics card does thousands of multiplications at the same time, and that is what layers are made of. The course's
# `pick_device()` takes the best one that it finds.

# %%
device = pick_device()
print("we calculate on:", device)

# %% [markdown]
# Two rules. **Model and data must be on the same device.** And `.to(device)` does two different things: a module is moved itself, but a
# tensor stays where it is, and you get a copy. So it is `model.to(device)`, but `xb = xb.to(device)`.
#
# ### Data
#
# A `Dataset` and a `DataLoader`, as in lecture 4.


# %%
class Pictures(Dataset):
    """Pair each picture with its label."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.images[i], self.labels[i]


train_set, val_set = Pictures(X, y), Pictures(X_val, y_val)
loader = DataLoader(train_set, batch_size=64, shuffle=True)
xb, yb = next(iter(loader))  # the first batch
print(f"a batch: pictures {tuple(xb.shape)}, labels {tuple(yb.shape)}")
print(f"{len(loader)} batches; the last one has {len(train_set) - 64 * (len(loader) - 1)} pictures")

# %% [markdown]
# ### One epoch of training, and a measurement
#
# Two functions. Everything that they need is an argument: the model, the batches, the optimiser, the device.


# %%
def train_one_epoch(model, loader, optimizer, device):
    """Take one step for each batch; return the mean loss per picture."""
    model.train()
    total = 0.0
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    return total / len(loader.dataset)


def measure(model, loader, device):
    """Return the mean loss per picture and the share of right answers; change nothing."""
    model.eval()
    total, right = 0.0, 0
    with torch.inference_mode():
        for xb, yb in loader:
            xb, yb = xb.to(device), yb.to(device)
            logits = model(xb)
            total += F.cross_entropy(logits, yb).item() * len(xb)
            right += (logits.argmax(dim=1) == yb).sum().item()
    return total / len(loader.dataset), right / len(loader.dataset)


# %% [markdown]
# | line | why |
# |---|---|
# | `model.train()` | Some layers act differently while training. This network has none; the next one may have. Lecture 10 is about them. |
# | `xb.to(device)` | The batch goes to where the model is. |
# | `zero_grad`, `backward`, `step` | Clear, backward, move: lecture 4. |
# | `loss.item() * len(xb)` | The loss is a mean over the batch. Times its size it is a sum, and sums can be added up. `item()` takes the bare number. |
# | `model.eval()` | The counterpart of `train()`: now the layers answer as they will in use. |
# | `inference_mode()` | No notes for `backward` are made: less time, much less memory. |
# | `argmax(dim=1)` | The answer is the class with the largest logit. Softmax would not change which one that is. |
#
# ### The program
#
# These are the six steps of lecture 4: data, model, optimiser, loss (inside `train_one_epoch`), train, evaluate. The order of the pictures comes from a
# generator of our own, so that we can use the very same order again in a moment: `randperm` gives the numbers of all pictures in a random order, and
# `sampler=order` tells the loader to follow it. (With `shuffle=True` it would draw an order for itself.) With MNIST the cell takes about five seconds.

# %%
EPOCHS = {"tiny": 4, "standard": 6}[SIZE]
LR = 0.001

by_hand = make_model().to(device)
optimizer = torch.optim.Adam(by_hand.parameters(), lr=LR, fused=True)
val_loader = DataLoader(val_set, batch_size=1024)
shuffle = torch.Generator().manual_seed(0)

began = time.perf_counter()  # a clock, in seconds
losses = []
for epoch in range(1, EPOCHS + 1):
    order = torch.randperm(len(train_set), generator=shuffle).tolist()
    loader = DataLoader(train_set, batch_size=64, sampler=order)
    losses.append(train_one_epoch(by_hand, loader, optimizer, device))
    val_loss, accuracy = measure(by_hand, val_loader, device)
    print(f"epoch {epoch}   train loss {losses[-1]:.4f}   validation loss {val_loss:.4f}   accuracy {accuracy:.4f}")
seconds_by_hand = time.perf_counter() - began
print(f"{seconds_by_hand:.1f} seconds")

# %% [markdown]
# That is all. A program of one page reads handwriting, and each line of it you have met before.
#
# (`fused=True`: Adam as in lecture 8, with all its formulas done in one go instead of one after the other. The numbers are the same but for rounding, and a step takes less
# time.)
#
# ## 9.4 The same loop as a function
#
# You will not want to type this for every experiment. `course_utils.training` has it as two functions, `fit` and `evaluate`. Same weights at the start, same
# order of the pictures, so it should give the same numbers:

# %%
with_fit = make_model()
began = time.perf_counter()
history = fit(with_fit, X, y, epochs=EPOCHS, lr=LR, validation=(X_val, y_val), device=device)
seconds_with_fit = time.perf_counter() - began

apart = max((a - b).abs().max().item() for a, b in zip(by_hand.parameters(), with_fit.parameters()))
print(f"{seconds_with_fit:.1f} seconds, by hand {seconds_by_hand:.1f}")
print(f"the largest difference between the two networks, over all {total:,} parameters: {apart:.4f}")

# %% [markdown]
# The same weights: it is the same program, and with many pictures a little faster. Side by side:
#
# | by hand | in `training.py` | the difference |
# |---|---|---|
# | `by_hand.to(device)` | `model.to(device)` | none |
# | `Adam(…, lr=LR, fused=True)` | `Adam(weights, lr=lr, fused=True)` | another optimiser can be given |
# | `order = randperm(…).tolist()` | `randperm(…).to(device).split(batch_size)` | row numbers stay a tensor, cut into batches |
# | `for xb, yb in loader:` | `for rows in batches:` | no `DataLoader` |
# | `xb, yb = xb.to(device), yb.to(device)` | `X, y = X.to(device), y.to(device)`, once, before the loop | all pictures fit onto the device |
# | `model.train()` | `with _mode(model, training=True):` | afterwards each part gets its mode back |
# | `F.cross_entropy(model(xb), yb)` | `loss(model(X[rows]), y[rows])` | another loss can be given |
# | `optimizer.zero_grad()` | `optimizer.zero_grad()` | none |
# | `loss.backward()` | `scaler.scale(batch_loss).backward()` | a helper for numbers of 16 bits; with 32 bits it is the same |
# | `optimizer.step()` | `scaler.step(optimizer)` | the same |
# | `total += loss.item() * len(xb)` | `total += batch_loss.detach() * len(rows)` | the sum stays on the device until the epoch is over |
# | `measure(by_hand, …)` | `evaluate(model, …)` | other metrics can be given |
#
# What makes it faster is the row with *no `DataLoader`*. A `DataLoader` asks for each picture by itself and stacks 64 of them; `X[rows]` takes them all at once. That works
# where the data fit into memory. Where they do not, you need the loader. On a graphics card the last but one row counts as well: `item()` makes the program wait until the card is done,
# and `detach()` does not.
#
# Nothing in that file should be magic. The extra section at the end of this notebook goes through it line by line.
#
# `fit` returns what happened, as a `History`. It holds the numbers, `history.train_loss` for example, and can make a table of them. The star marks the epoch with the lowest
# validation loss:

# %%
print(history.table())

# %% [markdown]
# ### Processor and graphics card
#
# How long does an epoch take on the devices of your computer?

# %%
for name in ["cpu", "cuda", "mps"]:
    try:
        here = pick_device(name)
    except TrainingError:
        print(f"{name:5} not in this computer")
        continue
    fit(make_model(), X, y, epochs=1, device=here, progress=False)  # not counted: the first steps set things up
    seconds = min(fit(make_model(), X, y, epochs=2, device=here, progress=False).seconds)
    print(f"{name:5} {seconds:.3f} seconds per epoch, {len(X) / seconds:,.0f} pictures per second")

# %% [markdown]
# No card? On Colab: *Runtime → Change runtime type → GPU*. A card is not always faster. It gets its orders one by one, and for a small network it waits for orders longer than
# it calculates. And a clock can lie: the program runs ahead of the card. `fit` reads the sum of the losses at the end of each epoch, which waits for the card, so its seconds are
# true.

# %% [markdown]
# ## 9.5 Slips to avoid
#
# You know three already: calling `model.forward(X)`, a forgotten `zero_grad`, and a mean of means (lecture 4). Here are more that are in many programs. Most of them raise no error at all, the others raise one somewhere else.
#
# ### `total += loss`
#
# Without `.item()` or `.detach()`, the sum is a tensor with notes for `backward`. What the notes need, they keep: all activations of all batches. (`inference_mode()` would have prevented it, but
# it was forgotten as well.) The hooks of lecture 7 tell us what is kept:

# %%
kept = {}


def weigh(tensor):
    """Write down the size of a tensor that autograd keeps; what lies in the same place in memory counts once."""
    kept[tensor.data_ptr()] = tensor.nbytes
    return tensor


dragging, plain = 0.0, 0.0
with torch.autograd.graph.saved_tensors_hooks(weigh, lambda tensor: tensor):
    for xb, yb in DataLoader(Pictures(X[:640], y[:640]), batch_size=64):
        loss = F.cross_entropy(with_fit(xb.to(device)), yb.to(device))
        dragging += loss  # the slip
        plain += loss.item()
for parameter in with_fit.parameters():
    kept.pop(parameter.data_ptr(), None)  # the weights are there anyway
print(f"total += loss:        {dragging:.4f}, a {type(dragging).__name__}; it keeps {sum(kept.values()) / 1e6:.1f} MB after 640 pictures,")
print(f"                      {sum(kept.values()) / 1e6 / 640 * 60_000:,.0f} MB after the 60,000 of MNIST")
print(f"total += loss.item(): {plain:.4f}, a {type(plain).__name__}; it keeps nothing")

# %% [markdown]
# The same sum; but memory grows with every batch. Such a program runs well for a while, and then stops with *out of memory*, in a line that is innocent.
#
# ### A device from outside
#
# This function looks right, and works. But it reads `device`, which is not among its arguments. It takes whatever the notebook has under that name at the time. A cell further down uses the name for
# something else, and the function breaks, with the same arguments. (`meta` is a device that stores shapes and no numbers; it is in every computer, so we can try this anywhere.)


# %%
def count_right(model, xb, yb):
    return (model(xb.to(device)).argmax(dim=1) == yb.to(device)).sum().item()


print("right:", count_right(with_fit, X_val[:100], y_val[:100]))
kept_device, device = device, torch.device("meta")  # many cells later
try:
    print("right:", count_right(with_fit, X_val[:100], y_val[:100]))
except (RuntimeError, NotImplementedError) as trouble:
    print("the same call now:", type(trouble).__name__)
device = kept_device

# %% [markdown]
# Pass the device in, as `train_one_epoch` does, or ask the model: `next(model.parameters()).device`.
#
# ### A test loop without `eval()`
#
# Our network would not notice: none of its layers acts differently while training. So the slip waits, until somebody adds such a layer. Then the test figures are wrong, and
# nothing says so. Lecture 10 has two layers of that kind, *dropout* and *batch norm*, and shows what it costs.
#
# A test loop needs both, `eval()` and `inference_mode()`. And training needs `train()` at the start of *each* epoch: the measurement in between has switched it off. What these two do **not** switch
# is anything outside the model's layers, such as changes you make to the pictures in a `Dataset`.
#
# ### Probabilities, or labels of the wrong kind, into `cross_entropy`
#
# `F.cross_entropy` takes **logits** and **class indices**. Suppose the network ends with a softmax, and is perfect: probability 1 for the right class.

# %%
twice = predict(
    "A perfect network for ten classes gives the probabilities 1, 0, 0, …, 0. They go into F.cross_entropy as if they were logits. Which loss does it say?",
    unit="",
)
twice

# %%
perfect = torch.eye(10)  # ten pictures, one of each class, each with probability 1 for its class
indices = torch.arange(10)
loss_of_perfect = F.cross_entropy(perfect, indices).item()

# %% jupyter={"source_hidden": true}
twice.reveal(
    round(loss_of_perfect, 3),
    "Softmax is applied a second time: e¹ / (e¹ + 9·e⁰) is only 0.23, and −ln 0.23 is 1.46. The loss can never get below that, and the gradients are weak. "
    "It trains, badly, and no error is raised.",
)

# %%
logits = 20 * torch.eye(10)
trials = {
    "logits, indices (right)": (logits, indices),
    "probabilities, indices": (torch.softmax(logits, dim=1), indices),
    "logits, floats": (logits, indices.float()),
    "logits, a column (10, 1)": (logits, indices[:, None]),
    "logits, labels 1 to 10": (logits, indices + 1),
}
for name, (scores, labels) in trials.items():
    try:
        print(f"{name:26} {F.cross_entropy(scores, labels):.4f}")
    except (RuntimeError, IndexError) as trouble:
        print(f"{name:26} {type(trouble).__name__}: {str(trouble).splitlines()[0][:70]}")

# %% [markdown]
# The last three say so at least. (On a CUDA card a label that is out of range ends in a *device-side assert*, and you have to restart the kernel. If you see
# one, look at the labels first.)
#
# ## 9.6 Saving, and going on
#
# ### Weights
#
# A trained network is its code and its numbers. The numbers are in `state_dict()`: name → tensor. `torch.save` writes them to a file. To get them back, make a network of the same
# shape and load them into it. `weights_only=True` makes sure that a file from somewhere else is data, and cannot run a program on your computer.

# %%
folder = Path(tempfile.mkdtemp())  # a new folder in the place for temporary files
torch.save(with_fit.state_dict(), folder / "digits.pt")
print(f"{(folder / 'digits.pt').stat().st_size / 1e6:.1f} MB for {total:,} numbers of 4 bytes")

again = make_model(seed=1)
print(f"another start: {evaluate(again, X_val, y_val)['accuracy']:.4f}")
again.load_state_dict(torch.load(folder / "digits.pt", weights_only=True))
print(f"loaded:        {evaluate(again, X_val, y_val)['accuracy']:.4f}   the saved one: {evaluate(with_fit, X_val, y_val)['accuracy']:.4f}")

# %% [markdown]
# ### A run that was cut off
#
# Colab closes after a while, batteries run out. Can a run go on as if nothing had happened? Weights alone will not do. Adam remembers averages of past gradients. The generator knows which
# order comes next. A **checkpoint** keeps all of that. With `checkpoint=`, `fit` writes one after each epoch.
#
# Here a run is cut off in its third epoch (`KeyboardInterrupt` is the error that the stop button raises), and then started again, with a fresh model, by the same call:


# %%
def pull_the_plug(record):
    """Stop the run at the end of its third epoch, before that epoch is written to the file."""
    if record["epoch"] == 3:
        raise KeyboardInterrupt


run = {"epochs": EPOCHS, "lr": LR, "validation": (X_val, y_val), "device": device, "checkpoint": folder / "run.pt"}
try:
    fit(make_model(), X, y, **run, on_epoch=pull_the_plug, progress=False)  # **run: each entry as a named argument
except KeyboardInterrupt:
    print("cut off")

resumed = make_model(seed=5)
fit(resumed, X, y, **run)
apart = max((a - b).abs().max().item() for a, b in zip(with_fit.parameters(), resumed.parameters()))
print(f"the largest difference to the run that was never cut off: {apart:.4f}")

# %% [markdown]
# Not nearly the same: the same, to the last digit. Now for comparison only the weights are kept. Adam begins again with an empty memory, and the order of the
# pictures begins again with the first one:

# %%
forgetful = make_model()
fit(forgetful, X, y, epochs=2, lr=LR, device=device, progress=False)
fit(forgetful, X, y, epochs=EPOCHS - 2, lr=LR, device=device, progress=False)
apart = max((a - b).abs().max().item() for a, b in zip(with_fit.parameters(), forgetful.parameters()))
print(f"the largest difference now: {apart:.4f}")

# %% [markdown]
# That network may be as good. But it is another one, and you will never know which of your results came from where it was cut.
#
# ## 9.7 What does it get wrong?
#
# Now the test pictures, for the first and only time.

# %%
scores = evaluate(with_fit, X_test, y_test)
with_fit.eval()
with torch.inference_mode():
    logits_test = with_fit(X_test.to(device)).cpu()
answers = logits_test.argmax(dim=1)
wrong = int((answers != y_test).sum())
print(f"test: loss {scores['loss']:.4f}, accuracy {scores['accuracy']:.2%}: {wrong} of {len(y_test):,} wrong")

# %% [markdown]
# One number. It says how often, but not what. Before you look: which two digits would *you* mix up?

# %%
mixed_up = predict(
    "Which two digits does the network mix up most often?",
    options=["1 and 7", "3 and 8", "4 and 9", "5 and 6", "Another pair"],
)
mixed_up

# %%
counts = torch.zeros(10, 10, dtype=torch.long)
for shown, answer in zip(y_test.tolist(), answers.tolist()):
    counts[shown, answer] += 1
pairs = {f"{a} and {b}": int(counts[a, b] + counts[b, a]) for a in range(10) for b in range(a + 1, 10)}
top = max(pairs, key=pairs.get)

# %% jupyter={"source_hidden": true}
mixed_up.reveal(
    top if top in ["1 and 7", "3 and 8", "4 and 9", "5 and 6"] else "Another pair",
    f"{top}: {pairs[top]} times. Other collections and other seeds give other pairs; with few mistakes, chance decides.",
)

# %% [markdown]
# The table `counts` is called the **confusion matrix**: a row for each digit that is shown, a column for each answer. Right answers are on the diagonal.
#
# - Walk through the mistakes with *Next mistake*. Would you have read these pictures right?
# - Is *a read as b* as frequent as *b read as a*?
# - Which digit has the most mistakes in its row, and which in its column? What does each of these mean?

# %%
confusion_explorer(X_test, y_test, logits_test)

# %% [markdown]
# ### The worst mistakes
#
# Some mistakes are hardly any: the picture could be either, and the network says so. Others are made with full confidence. Those tell you most: about the network, about the
# pictures, and sometimes about a label that is wrong.
#
# - *Surest mistakes*: what in the picture led the network astray?
# - *Closest mistakes*: is it in doubt where you are in doubt?
# - *Luckiest answers*: right, but only just. Would you have been sure?
# - Does "95 %" mean that it is right 95 times in 100? The cell below the figure counts.

# %%
mistake_gallery(X_test, y_test, logits_test)

# %%
sure, _ = torch.softmax(logits_test, dim=1).max(dim=1)
for low, high in [(0.0, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.01)]:
    chosen = (sure >= low) & (sure < high)
    if chosen.any():
        right = (answers == y_test)[chosen].float().mean()
        print(f"sure by {low:.0%} to {min(high, 1):.0%}: {int(chosen.sum()):5} pictures, mean {sure[chosen].mean():.1%}, right {right:.1%}")

# %% [markdown]
# The numbers that softmax gives are a network's own opinion. They are between 0 and 1 and sum to 1; that does not make them true. Trained for long, networks often come out too sure of themselves.
#
# ## 9.8 Your own digit
#
# Write a digit with the mouse or a finger. Watch the ten probabilities while you draw.
#
# - Does it read you right? Write the same digit slanted, with a wide loop, with a gap.
# - Write it small, in a corner. (The pad shows what the network gets to see: it moves and stretches what you draw, until it has the size and place of the training pictures.)
# - Draw a 1 and turn it into a 7, stroke by stroke. Where does it change its mind?
# - Draw a letter, or a face. Which digit is it, and how sure is the network? Could it answer "none of these"?

# %%
digit_pad(with_fit, digits_test)

# %% [markdown]
# Why does the pad move your digit to the middle? Let us move the test pictures out of it, sideways, by a few of their 28 pixels:

# %%
for pixels in (0, 2, 4):
    moved = torch.roll(X_test, pixels, dims=2)
    print(f"moved by {pixels} pixels: {evaluate(with_fit, moved, y_test)['accuracy']:.1%} right")

# %% [markdown]
# For you a 7 is a 7 wherever it stands. For this network, each pixel is an input of its own, with weights of its own, and a 7 two steps aside is another set of inputs. Lecture 11 has layers that do
# better.
#
# And letters and faces? The softmax has ten places and must share out all of its 1 among them. So a face gets a digit, and often a confident one. The network has never seen a face, and has no way to say so.
#
# That goes further. Test pictures come from the same collection as the training pictures: same pens, same scanner, same way of cutting out. Another collection is another world:

# %%
if digits.kind == "mnist":
    other = load_digits("test", source="small")
    print("trained on MNIST, tested on MNIST:            ", f"{scores['accuracy']:.1%}")
    print("trained on MNIST, tested on the small digits: ", f"{evaluate(with_fit, other.images, other.labels)['accuracy']:.1%}")
else:
    print("trained and tested on the small digits:", f"{scores['accuracy']:.1%}")
    print("MNIST is not at hand here. When the course was made, a network trained on the small digits was right on about 45 % of it.")

# %% [markdown]
# The accuracy on a test set is a statement about that collection. Whether it holds for *your* pictures is a question that only your pictures can answer. Lecture 10 goes on from here.

# %% [markdown]
# ## 9.9 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "Your class keeps its layers in a plain Python list: self.layers = [nn.Linear(784, 10)]. What happens?",
        {
            "It trains as usual": "A module only enters in its books what is put on self directly, or in nn.ModuleList, a list made for that. A plain list hides the layers.",
            "parameters() is empty, so there is nothing to train": "Nothing was entered in the books. nn.Sequential or nn.ModuleList would do it.",
            "Python raises an error in __init__": "A list is a perfectly good attribute. That is the trouble: nobody complains.",
        },
        right="parameters() is empty, so there is nothing to train",
    ),
    Question(
        "The training loss of an untrained network for 10 classes is 7.1. What do you think?",
        {
            "It is high, but training will bring it down": "Perhaps. But no opinion at all costs ln 10, about 2.3. This network is sure of wrong answers before it has seen anything.",
            "Something is wrong before the first step": "It should be near ln 10, about 2.3. Look at the size of the inputs, the initialisation and the labels.",
            "That is what ten classes cost": "Ten classes and no opinion cost ln 10, about 2.3.",
        },
        right="Something is wrong before the first step",
    ),
    Question(
        "Which line is missing in this test loop?  for xb, yb in loader: right += (model(xb).argmax(1) == yb).sum().item()",
        {
            "model.eval() before it": "Layers such as dropout and batch norm (lecture 10) would still act as in training. (And inference_mode would save time and memory.)",
            "optimizer.zero_grad() in it": "No gradient is computed or used here, so there is nothing to clear.",
            "torch.softmax before argmax": "Softmax keeps the order: the largest logit is the largest probability.",
            "model.train() after it": "The next training epoch should call it, yes. But this loop already counts wrongly.",
        },
        right="model.eval() before it",
    ),
    Question(
        "You want to take up a run tomorrow and get exactly the result of a run without a break. What do you save?",
        {
            "The weights": "Adam would start with empty averages, and the pictures would come in another order.",
            "The weights and the number of the epoch": "Adam's averages and the state of the random generators are missing.",
            "Weights, optimiser, random generators, history": "All that the next epoch depends on.",
            "The whole model with torch.save(model)": "That saves the class's name and the weights: Adam's averages and the generators are missing, and it will not load with weights_only=True.",
        },
        right="Weights, optimiser, random generators, history",
    ),
    Question(
        "A network reads 97 % of the test digits right. What do you know about your own handwriting?",
        {
            "97 % of it will be read right": "Only if your digits are like those of the collection: pen, size, place, the way they were cut out.",
            "At least 90 % will be read right": "There is no such guarantee. From one collection to another it can fall below a half.",
            "Little, until you have tried": "The number is about the collection. Collect some of your own, with labels, and measure.",
        },
        right="Little, until you have tried",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in PyTorch |
# |---|---|
# | a network | a class of kind `nn.Module`: layers on `self` in `__init__`, the way of a batch in `forward`; call `model(X)` |
# | the first check | before training, a loss near $\ln C$ for $C$ classes |
# | device | `model.to(device)`; `xb = xb.to(device)`; hand it in as an argument |
# | training | `train()`, then for each batch: loss, `zero_grad`, `backward`, `step` |
# | measuring | `eval()` **and** `inference_mode()` |
# | mean loss | $\frac{1}{N}\sum_b N_b\,\mathcal{L}_b$, with $N_b$ rows in batch $b$; add `loss.item()`, not `loss` |
# | loss | `cross_entropy(logits, class indices)` |
# | saving | `state_dict()`; for going on also the optimiser, the generators and the history |
# | confusion matrix | rows: what is shown; columns: what was answered |
#
# - Accuracy says how often. Look at the mistakes to learn what.
# - A probability from softmax is an opinion.
# - A test set speaks for its own collection.
#
# ## Now you
#
# In [homework 6](../assignments/hw6/hw6.ipynb) you write `MLP` as a class, count its parameters, and train a model of your own with `fit(X, y, seed)` until nine of ten unseen digits are read right. (`dropout` and `batchnorm` come after lecture 10.) [Lecture 10](10_generalising.ipynb) asks why
# the training loss keeps falling while the validation loss does not.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Extra: the training function, line by line
#
# *Optional, about 15 minutes more.* Nothing in `training.py` should be magic. So here is all of it, in pieces. The cell below only defines how to print a piece.

# %%
lines = inspect.getsource(training).splitlines()
printed = set()


def listing(first, last):
    """Print training.py from the line that begins with `first` to the next one after it that begins with `last`."""
    start = next(i for i, line in enumerate(lines) if line.strip().startswith(first))
    end = next(i for i in range(start + 1, len(lines)) if lines[i].strip().startswith(last))
    printed.update(range(start, end + 1))
    print("\n".join(f"{i + 1:4}  {lines[i]}" for i in range(start, end + 1)))


listing('"""Train a model', "Measure =")

# %% [markdown]
# The beginning: what the file takes from elsewhere. `checkpoint`, `device`, `history`, `refusals` and `seeds` are short files beside it. `Measure` is a name for *a function of
# outputs and targets that gives a number*: a loss is one, and so is the accuracy.

# %%
listing("def fit(", ") -> History:")
listing('"""Train the model on rows', '"""')

# %% [markdown]
# What you can ask for. All after the `*` must be given by name, as in `fit(model, X, y, epochs=5)`. It returns a `History`: the losses, the metrics and the
# seconds of each epoch.

# %%
listing("device = pick_device", "validation = (validation[0]")

# %% [markdown]
# Choose the device. Refuse what cannot work, before anything is changed: there must be as many labels as pictures, the labels must be whole numbers, and so on. Parameters that are
# frozen (`requires_grad` is off) are left out. Then everything goes to the device, once.

# %%
listing("optimizer = optimiser", 'settings |= {"validation"')

# %% [markdown]
# - The **optimiser**: yours, or Adam.
# - `half` and `scaler` are for **mixed precision**: large networks train faster on a CUDA card if the forward pass uses 16-bit numbers. They hold fewer
#   digits, and with one kind of them (`float16`) small gradients would become 0. So a scaler makes the loss larger before `backward` and the gradients smaller again after it.
#   For our network, and on any processor, `half` is `None`: the scaler does nothing, and the numbers have 32 bits as always.
# - `shuffle` gives the order of the pictures, from the seed.
# - `parts` and `settings` go into a checkpoint; see 9.6. (`|=` adds entries to a `dict`.)

# %%
listing("with torch.random.fork_rng", 'print(f"going on after epoch')

# %% [markdown]
# - `fork_rng` lends `fit` random numbers of its own. When it is done, yours go on as if nothing had been drawn.
# - If there is a checkpoint, all of it comes back: weights, the optimiser's memory, the state of every random generator, the history.

# %%
listing("while len(history) < epochs", "return replace(history")

# %% [markdown]
# The loop over epochs:
#
# - Draw an order, cut it into batches, train for one epoch, measure on the validation data.
# - A loss that is `nan` or infinite stops the run with a sentence that says what to try. Weights do not recover from it.
# - `patience`: if the validation loss has not fallen for that many epochs, the run ends, and the best weights come back. That is *early stopping*; lecture 10 tries it.
# - Print a line, call the function that you gave as `on_epoch`, write the checkpoint. (`asdict` turns the history into a `dict`; `replace` makes a copy of it with one field changed.)

# %%
listing("def _train_one_epoch(", "return total.item() / len(X)")

# %% [markdown]
# The heart, and you know it. `autocast` is the switch for 16-bit numbers, off when `half` is `None`.

# %%
listing("def evaluate(", "return {name: total / len(X)")
listing("def accuracy(", "return float(")

# %% [markdown]
# This is `measure`, for any loss and any **metrics**: numbers that you want to watch beside the loss, such as the accuracy. Each value is multiplied by the size of its batch, so an uneven last batch does no harm.

# %%
listing("@contextmanager", "part.training = was_training")

# %% [markdown]
# The last piece: put the model into a mode, and give each part its own mode back, even if an error comes in between. (`yield` is where the lines inside the `with` run.)

# %%
code = {i for i, line in enumerate(lines) if line.strip()}
print(f"lines of training.py that are not empty: {len(code)}; not shown above: {len(code - printed)}")
