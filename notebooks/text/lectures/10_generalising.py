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
# # 10 · Generalising
#
# *About 45 minutes. You need: lectures 4, 6, 8 and 9.*
#
# ## What you will be able to do
#
# 1. Split data into training, validation and test, and show why choosing on the test set flatters.
# 2. Recognise overfitting from two curves, and stop at the right epoch.
# 3. Compute dropout and batch norm by hand in both modes, and get PyTorch's numbers.
# 4. Say what `train()` and `eval()` switch, and what they do not.
# 5. Compare remedies against overfitting fairly: several seeds, one validation set, one look at the test set.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → **10 Generalising** →
# 11 Seeing features → 12 Debugging clinic
#
# So far we made the training loss small. But nobody needs answers for the pictures that we have answers for already. What counts is the
# next picture. A model that does well on data it has not seen is said to **generalise**.

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

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course_utils import plots
from course_utils.data import load_digits
from course_utils.training import fit
from course_utils.widgets import Question, mode_switch, playground, predict, self_check

torch.set_num_threads(1)  # for networks as small as these, a second thread costs more than it helps

# %% [markdown]
# Labels cost money: someone has to look at each picture. So today we are poor. From the training part of the digits we take 100 pictures
# with their labels to learn from, later 400. Another 1,000 tell us how well it went. The test part goes into a drawer, and the drawer
# stays shut until the end.

# %%
source = {"tiny": "small", "standard": "auto"}[SIZE]
digits = load_digits("train", source=source)
drawer = load_digits("test", source=source)

order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
images, labels = digits.images[order], digits.labels[order]
X_400, y_400 = images[:400], labels[:400]
X, y = X_400[:100], y_400[:100]
X_valid, y_valid = images[400:1400], labels[400:1400]
print(digits.source)
print(f"to learn from: X {tuple(X.shape)}; to judge by: X_valid {tuple(X_valid.shape)}")
print(f"in the drawer: {len(drawer)} pictures")

# %% [markdown]
# ## 10.1 One hundred labels
#
# The network is small: 784-128-10. The loop is the one of lecture 9. After each epoch it measures the network on the pictures it learns from, and on the 1,000 others.
# (`dropout`, `has_norm`, `weight_decay` and `augment` wait for later sections. Until then they do nothing.)


# %%
def make_model(dropout=0.0, has_norm=False, seed=0):
    """Make a network 784-128-10, with dropout or batch norm in its hidden layer if asked for."""
    torch.manual_seed(seed)
    layers = [nn.Flatten(), nn.Linear(784, 128)]
    if has_norm:
        layers.append(nn.BatchNorm1d(128))
    layers += [nn.ReLU(), nn.Dropout(dropout), nn.Linear(128, 10)]  # a dropout of 0 does nothing
    return nn.Sequential(*layers)


def make_optimizer(model, weight_decay=0.0):
    """Make SGD with momentum."""
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=weight_decay)


def train_epoch(model, optimizer, X, y, generator, augment=None):
    """Walk once through the rows, in random order and batches of 20."""
    model.train()
    for rows in torch.randperm(len(X), generator=generator).split(20):
        batch = X[rows] if augment is None else augment(X[rows], generator)
        loss = F.cross_entropy(model(batch), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def measure(model, X, y):
    """Return the mean loss and the share right, in evaluation mode."""
    model.eval()
    with torch.inference_mode():
        logits = model(X)
        return F.cross_entropy(logits, y).item(), (logits.argmax(dim=1) == y).float().mean().item()


def train(model, X, y, epochs, weight_decay=0.0, augment=None, seed=0):
    """Train; return four curves: loss and share right on the rows given, then on the validation rows."""
    optimizer, generator = make_optimizer(model, weight_decay), torch.Generator().manual_seed(seed)
    curves = []
    for epoch in range(epochs):
        train_epoch(model, optimizer, X, y, generator, augment)
        curves.append((*measure(model, X, y), *measure(model, X_valid, y_valid)))  # two and two numbers, in one row of four
    return torch.tensor(curves).T


print(f"parameters: {sum(p.numel() for p in make_model().parameters()):,}")

# %%
EPOCHS = {"tiny": 80, "standard": 100}[SIZE]
memory = predict(
    f"A network of 101,770 parameters trains on 100 pictures for {EPOCHS} epochs. Which does it get right in the end?",
    options=["All of the 100, and as many of the others", "All of the 100, fewer of the others", "About nine of ten of both"],
)
memory

# %%
model = make_model()
loss, right, loss_valid, right_valid = train(model, X, y, EPOCHS)

# %% jupyter={"source_hidden": true}
memory.reveal(
    "All of the 100, fewer of the others"
    if right[-1] == 1 and right_valid[-1] < 0.97
    else ("About nine of ten of both" if right[-1] < 1 else "All of the 100, and as many of the others"),
    f"It gets {right[-1]:.0%} of its own pictures and {right_valid[-1]:.1%} of the others. It has hardly anything left to learn from its own.",
)

# %%
best = int(loss_valid.argmin())  # counted from 0
epochs = torch.arange(1, EPOCHS + 1)

figure = plots.new_figure(8.6, 3.8)
left, middle = figure.subplots(1, 2)
plots.dress(left, x="epoch", y="loss", title="Loss")
plots.dress(middle, x="epoch", y="share right", title="Right")
for axes, own, others in ((left, loss, loss_valid), (middle, right, right_valid)):
    axes.plot(epochs, own, "-", color=plots.BLUE, lw=2, label="the 100 it learns from")
    axes.plot(epochs, others, "--", color=plots.RED, lw=2, label="1,000 others")
    axes.axvline(best + 1, color=plots.GREEN, lw=1.2, ls=":")
left.plot(best + 1, loss_valid[best], "*", color=plots.GREEN, mec="black", ms=13, label="lowest on the others")
left.legend(fontsize=9, frameon=False)
left.set_ylim(0, 2 * loss_valid[best])
middle.set_ylim(0, 1.03)
plots.show(
    figure,
    f"Two plots over {EPOCHS} epochs. Left: the loss, its upper part cut off. On the 100 training pictures it falls to {loss[-1]:.3f}, while on 1,000 others it is lowest after "
    f"epoch {best + 1} with {loss_valid[best]:.3f} and ends at {loss_valid[-1]:.3f}. Right: the share right ends at {right[-1]:.0%} and {right_valid[-1]:.1%}.",
)

# %% [markdown]
# The distance between the two curves is called the **generalisation gap**. The blue loss goes to zero. The red one falls, turns, and rises. From the turn on, whatever the network learns about its 100
# pictures makes it worse on others. That is **overfitting**, and the two curves are how you recognise it.
#
# Odd: the share right does not fall with it. So what is getting worse? Look at the pictures it gets wrong, and at how sure it is of them. "How sure" is the
# probability it gives to its answer. (The seed fixes the whole walk, so we can walk to the best epoch once more.)

# %%
early = make_model()
train(early, X, y, best + 1)
for name, network in [(f"after epoch {best + 1}", early), (f"after epoch {EPOCHS}", model)]:
    with torch.inference_mode():
        sure, said = network(X_valid).softmax(dim=1).max(dim=1)
    print(f"{name:16} how sure it is where it is wrong: {sure[said != y_valid].mean():.2f}")

# %% [markdown]
# It makes about as many mistakes and is surer of each. Cross entropy punishes that (lecture 6), and so will your users.
#
# ### How much can it learn by heart?
#
# Now we shuffle the 100 labels. Each picture gets the label of some other picture, and there is nothing left to understand. Can the network still get its 100 right?

# %%
shuffled = y[torch.randperm(100, generator=torch.Generator().manual_seed(1))]
_, right_shuffled, _, right_others = train(make_model(), X, shuffled, EPOCHS)
print(f"shuffled labels: {right_shuffled[-1]:.0%} of the 100 as labelled, {right_others[-1]:.0%} of the 1,000 others")

# %% [markdown]
# It learns nonsense just as well, and on the others it is as good as a blind guess. Large networks do this with a million pictures (Zhang and others, *Understanding deep
# learning requires rethinking generalization*, 2017). So a training loss near zero proves nothing: only data it has not seen can tell whether a network has understood.
#
# And there is a puzzle in it. The same network, with a thousand times as many parameters as pictures, got most of the *other* digits right when the labels made sense.
# Counting parameters does not explain generalising. What does is still being worked out.

# %% [markdown]
# ## 10.2 Three piles
#
# | pile | used for | how often |
# |---|---|---|
# | **training** | gradients | in every step |
# | **validation** | choices: how many epochs, which η, which network | after every run |
# | **test** | one number for the report | once, at the end |
#
# Why is the validation score not good enough for the report? No gradient ever touched that data. But we *choose* by it. See what that does
# with models that know nothing at all: they guess.

# %%
lucky = predict(
    "200 models guess digits at random, each on the same 100 pictures. You keep the best one. How many of the 100 did it get right?",
    unit="of 100",
)
lucky


# %%
def choose_best(candidates, repeats=200, pictures=100, seed=0):
    """Return the score of the best of many guessers where it was chosen, and on new pictures (means over repeats)."""
    generator = torch.Generator().manual_seed(seed)
    chosen, fresh = [], []
    for repeat in range(repeats):
        hits = torch.rand(2, candidates, pictures, generator=generator) < 0.1  # each guess is right one time in ten
        scores, new_scores = hits.float().mean(dim=2)
        chosen.append(scores.max())
        fresh.append(new_scores[scores.argmax()])
    return torch.stack(chosen).mean().item(), torch.stack(fresh).mean().item()


best_of_200 = choose_best(200)

# %% jupyter={"source_hidden": true}
lucky.reveal(
    round(100 * best_of_200[0]),
    f"On average the best of 200 gets {100 * best_of_200[0]:.1f}, nearly twice the 10 of an honest guess. On new pictures the same model gets "
    f"{100 * best_of_200[1]:.1f}. It was not good. It was lucky, and we chose the luck.",
    tolerance=0.1,
)

# %%
print("candidates   the best, where it was chosen   the same on new pictures")
for candidates in (1, 10, 100, 500):
    there, fresh = choose_best(candidates)
    print(f"{candidates:10} {there:24.1%} {fresh:26.1%}")

# %% [markdown]
# The more you try, the better the best one looks. With real models the effect is smaller, because they differ in more than luck; but it always
# points up. Whoever chooses on the test set has only a second validation set, and reports a number that is too good.
#
# Two more leaks that have cost people their results:
#
# - **Twins.** The same picture, or two pictures of one patient, in training and in test. Split by patient, not by picture.
# - **Borrowed numbers.** Whatever is computed from data is part of training: a mean to subtract, a vocabulary, a list of the best features. Compute it
#   from the training pile only.

# %% [markdown]
# ## 10.3 Early stopping
#
# If the validation loss is lowest early on, why go on? Often labels are wrong here and there, and then stopping matters most. So let us
# take 400 pictures, and spoil every fourth label.

# %%
generator = torch.Generator().manual_seed(1)
spoilt = torch.randperm(400, generator=generator)[:100]
y_spoilt = y_400.clone()
y_spoilt[spoilt] = (y_400[spoilt] + torch.randint(1, 10, (100,), generator=generator)) % 10  # some other digit

LAST = {"tiny": 40, "standard": 60}[SIZE]
model = make_model()
loss, right, loss_valid, right_valid = train(model, X_400, y_spoilt, LAST)
best = int(loss_valid.argmin())
print("epoch   right on the 400, as labelled   right on the 1,000 others")
for epoch in sorted({0, 4, best, LAST // 2 - 1, LAST - 1}):
    note = "   lowest validation loss" if epoch == best else ""
    print(f"{epoch + 1:5} {right[epoch]:20.1%} {right_valid[epoch]:28.1%}{note}")

# %% [markdown]
# First the network learns what most of the labels agree on. Then, one by one, it learns the wrong ones by heart, and unlearns a part of what was
# right. **Early stopping** takes the weights of the best epoch:
#
# 1. After each epoch, measure the validation loss.
# 2. If it is the lowest so far, keep a copy of the weights. (`copy.deepcopy` copies a thing with all that is in it.)
# 3. If it has not been the lowest for `patience` epochs, stop, and take the copy back.


# %%
def train_patiently(model, X, y, patience, most_epochs=100, seed=0, copy_weights=copy.deepcopy):
    """Train until the validation loss has not improved for `patience` epochs; give the model its best weights back."""
    optimizer, generator = make_optimizer(model), torch.Generator().manual_seed(seed)
    lowest, best_epoch, weights = float("inf"), 0, None
    for epoch in range(1, most_epochs + 1):
        train_epoch(model, optimizer, X, y, generator)
        loss, _ = measure(model, X_valid, y_valid)
        if loss < lowest:
            lowest, best_epoch, weights = loss, epoch, copy_weights(model.state_dict())
        elif epoch - best_epoch >= patience:
            break
    model.load_state_dict(weights)
    return best_epoch, epoch


patient = make_model()
best_epoch, last_epoch = train_patiently(patient, X_400, y_spoilt, patience=10)
print(f"stopped after epoch {last_epoch}, back to epoch {best_epoch}: right {measure(patient, X_valid, y_valid)[1]:.1%}")
print(f"trained to the end, {LAST} epochs:           right {right_valid[-1]:.1%}")

# %% [markdown]
# Patience is needed because the curve is bumpy: a single worse epoch means little.
#
# ### Slip: the copy that was none
#
# `model.state_dict()` hands out the weights themselves, not a copy. Training goes on and changes them, also in your hand. Here is the same function, without the copy:

# %%
careless = make_model()
best_epoch, last_epoch = train_patiently(careless, X_400, y_spoilt, patience=10, copy_weights=lambda weights: weights)
print(f"with a copy:    validation loss {measure(patient, X_valid, y_valid)[0]:.3f}")
print(f"without a copy: validation loss {measure(careless, X_valid, y_valid)[0]:.3f}")

# %% [markdown]
# No error: the last weights were put in place of the last weights.
#
# `fit` of lecture 9 does all this when you give it `patience`:

# %%
model = make_model()
history = fit(
    model, X_400, y_spoilt, epochs=100, batch_size=20, validation=(X_valid, y_valid), patience=10,
    optimiser=lambda parameters: torch.optim.SGD(parameters, lr=0.05, momentum=0.9), device="cpu", progress=False,
)  # fmt: skip
print(f"stopped early: {history.stopped_early}, after epoch {len(history)}; weights of epoch {history.best_epoch}: right {measure(model, X_valid, y_valid)[1]:.1%}")

# %% [markdown]
# One warning: the epoch was *chosen* on the validation pile, so its score there is a little flattering. That is what the drawer is for.

# %% [markdown]
# ## 10.4 A playground, and weight decay
#
# Two groups of points, a small network, and its border. Press the triangle: the network trains on the points you see, and is judged by 400 others that
# you do not see. Press it again to pause.
#
# - It has been trained for some epochs already. Look at the border: what do its spikes and islands surround? Press *Start again* and then the triangle. When does the star
#   stop moving?
# - Run with 200 points in place of 60. How far does the red curve climb now?
# - Back to 60 points, and only 1 neuron in each layer. Now the network cannot even learn its own points. That is **underfitting**.
# - Raise the **weight decay** λ, which is explained below, notch by notch, and run each time. Which curve gets worse at once, and which gets better first?
#   What do the last notches do?

# %%
epochs = {"tiny": 100, "standard": 600}[SIZE]
playground(shape="disc and ring", points=60, noise=0.6, layers=2, width=32, lr=0.1, epochs=epochs)

# %% [markdown]
# Spikes and islands around single points need steep slopes, and steep slopes need large weights. So make large weights expensive. **Weight decay** adds to the
# loss the squares of all weights, times a small number:
#
# $$\mathcal{L} + \frac{\lambda}{2}\sum_k w_k^2$$
#
# Its gradient is $\lambda w$, so a step of SGD becomes
#
# $$w \leftarrow w - \eta\,(g + \lambda w) = (1 - \eta\lambda)\,w - \eta\,g$$
#
# In every step the weights shrink by a small share, unless the data insist. It is also called L2 regularisation: anything that is
# meant to narrow the generalisation gap is called a **regularisation**. In PyTorch it is an argument of the optimiser:

# %%
w = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, weight_decay=0.3)
w.sum().backward()  # a loss whose gradient g is 1 for each weight
by_hand = (1 - 0.1 * 0.3) * w.detach() - 0.1 * w.grad
optimizer.step()
print("by hand    ", by_hand)
print("torch.optim", w.detach())

# %% [markdown]
# (With Adam the added λw would be divided by the size of the gradients, like all else. `torch.optim.AdamW` shrinks the weights apart from that, and is the one to use.)

# %% [markdown]
# ## 10.5 Dropout
#
# If a network leans on one neuron only, it is in trouble when that neuron is wrong. So, in training, we take neurons away at random: in each
# step, each hidden neuron is set to 0 with probability $p$. No neuron can rely on any other one being there.
#
# What is kept is divided by $1 - p$:
#
# $$\text{train:}\quad x_i \leftarrow \begin{cases} 0 & \text{with probability } p \\ x_i / (1-p) & \text{otherwise} \end{cases}
# \qquad\qquad \text{eval:}\quad x_i \leftarrow x_i$$
#
# so that the mean stays what it was: $p \cdot 0 + (1-p)\cdot \frac{x_i}{1-p} = x_i$. (Dividing in training rather than multiplying in evaluation is
# sometimes called *inverted* dropout. It is what everyone does now.)

# %%
x = torch.ones(100_000)
print("  p   mean without scaling   by hand   nn.Dropout: mean in train, in eval   largest number in train")
for p in (0.2, 0.5, 0.8):
    is_kept = torch.rand(x.shape) >= p
    layer = nn.Dropout(p)
    trained, evaluated = layer.train()(x), layer.eval()(x)
    means = f"{(x * is_kept).mean():15.2f} {(x * is_kept / (1 - p)).mean():16.2f} {trained.mean():19.2f} {evaluated.mean():12.2f}"
    print(f"{p:.1f} {means} {trained.max():22.2f}")

# %% [markdown]
# The first column of means is the slip. Without the scaling, the next layer gets used to inputs that are too small, and in evaluation they are suddenly larger by $1/(1-p)$.
# The last column tells what `p` means in PyTorch: with 0.8, four of five are dropped, and the fifth becomes 1 / 0.2.
#
# Now look inside. The figure sends one batch of 8 pictures through a layer. Upper left: what goes in, twelve of the hidden layer's
# pre-activations for each picture. Lower left: what comes out. Right: each entry's *average* output over all passes, against its input.
#
# - Press *One more pass* a few times. Do the crosses stay in place? Then *Twenty more*: where do the points go?
# - Switch to `model.eval()`. What is left of the layer?
# - Set p to 0.9. How many passes does the average need now?
# - The playground above has a slider *dropout p*. Does it help there as much as the best weight decay?

# %%
with torch.no_grad():
    Z = early[1](X_400.flatten(1))  # the hidden layer's pre-activations, for 400 pictures
mode_switch(Z, layer="dropout", p=0.5, passes=5)

# %% [markdown]
# ### Slip: evaluating without `eval()`

# %%
model = make_model(dropout=0.5)
train(model, X, y, EPOCHS // 2)
for mode in ("train", "eval"):
    shares = []
    for attempt in range(4):
        model.train(mode == "train")
        with torch.inference_mode():
            shares.append((model(X_valid).argmax(dim=1) == y_valid).float().mean().item())
    print(f"in mode {mode:5}: " + "   ".join(f"{share:.1%}" for share in shares))

# %% [markdown]
# Without `eval()` half of the neurons are missing, other ones each time. So the numbers are lower, and change from call to call. `inference_mode` does not help: it switches
# off the graph, not the dropout.
#
# Usual values are p = 0.1 to 0.5, after the activation of hidden layers. Never after the last layer: a score that is dropped is a wrong
# score.

# %% [markdown]
# ## 10.6 Batch norm
#
# Lecture 8 kept the signal level from layer to layer by choosing the first weights well. **Batch norm** keeps it level all the time. For every neuron it
# takes the mean and the variance of its pre-activations over the batch, and uses them to standardise. (The **variance** is the mean squared distance from the mean; its root is
# the standard deviation of lecture 3.)
#
# $$\text{out} = \gamma\,\frac{z - \text{mean}}{\sqrt{\text{variance} + \varepsilon}} + \beta$$
#
# ε ("epsilon") is tiny and guards against dividing by zero. γ ("gamma") and β ("beta") are parameters, one of each per neuron, and begin at 1 and 0. With
# them the layer can learn another spread and mean, if that is better.
#
# In evaluation there may be no batch: a single picture must get an answer, and always the same. So in training the layer also collects **running
# statistics**, a fading average of the batches' means and variances, and in evaluation it uses those:
#
# $$\text{running} \leftarrow (1 - 0.1)\cdot\text{running} + 0.1\cdot\text{of this batch}$$

# %%
z = Z[:32]
norm = nn.BatchNorm1d(128)
out = norm(z)  # a new layer is in training mode

mean, variance = z.mean(dim=0), z.var(dim=0, correction=0)  # divided by N
by_hand = (z - mean) / torch.sqrt(variance + 1e-5)
running_mean = 0.9 * 0 + 0.1 * mean
running_var = 0.9 * 1 + 0.1 * z.var(dim=0)  # divided by N - 1
print(f"train: largest difference of the outputs       {(out - by_hand).abs().max():.0e}")
print(f"       ... of the running means                {(norm.running_mean - running_mean).abs().max():.0e}")
print(f"       ... of the running variances            {(norm.running_var - running_var).abs().max():.0e}")

norm.eval()
by_hand = (z - running_mean) / torch.sqrt(running_var + 1e-5)
print(f"eval:  largest difference of the outputs       {(norm(z) - by_hand).abs().max():.0e}")

# %% [markdown]
# Two details that bite:
#
# - The formula divides the variance by $N$, the running variance by $N - 1$. Both are in PyTorch's layer, and in homework 6.
# - `momentum=0.1` is the share of the *new* value. In lecture 8, μ = 0.9 was the share of the old one. Same word, the other way round.
#
# One picture alone has no spread, so training refuses it and evaluation does not:

# %%
norm.train()
try:
    norm(z[:1])
except ValueError as problem:
    print(f"train, N = 1: ValueError: {problem}")
norm.eval()
print(f"eval,  N = 1: output of shape {tuple(norm(z[:1]).shape)}")

# %% [markdown]
# The same figure again, now with batch norm. On the right are each neuron's mean and spread: of this batch, and running. Those in use are drawn bold.
#
# - Give picture 1 *other neighbours*, in either mode. In which one does row 1 of the output change?
# - How many *passes* does it take until the running statistics have settled? What does evaluation look like before the first one?
# - *Batch size* 1, in either mode. Batch size 2, in training: why are there only two different colours?

# %%
mode_switch(Z, layer="batch norm", mode="train", passes=5)

# %% [markdown]
# In training mode a picture's answer depends on the others in its batch. As a little noise that is harmless. But what if we forget `eval()`?

# %%
normed = make_model(has_norm=True)
train(normed, X, y, EPOCHS // 2)
print(f"in eval mode: {measure(normed, X_valid, y_valid)[1]:.1%} right")

# %%
sorted_batches = predict(
    "We forget eval(), and hand over the same 1,000 pictures sorted by digit, 50 at a time. How many are right now?",
    options=["As many as before", "About half", "Less than a third"],
)
sorted_batches

# %%
by_digit = y_valid.argsort()
forgetful = copy.deepcopy(normed).train()
before = forgetful[2].running_mean.clone()  # part 2 of the network is its batch norm
with torch.inference_mode():
    said = torch.cat([forgetful(X_valid[rows]).argmax(dim=1) for rows in by_digit.split(50)])
share = (said == y_valid[by_digit]).float().mean().item()
moved = (forgetful[2].running_mean - before).norm() / before.norm()

# %% jupyter={"source_hidden": true}
sorted_batches.reveal(
    "Less than a third" if share < 1 / 3 else ("About half" if share < 0.7 else "As many as before"),
    f"{share:.0%}. In a batch of sevens, what all sevens have in common is the mean, and batch norm takes the mean away.",
)

# %%
print(f"while being 'only evaluated', the running means moved by {moved:.0%} of their length")

# %% [markdown]
# That is the second half of the slip: in training mode even an evaluation changes the model, because each batch goes into the running statistics.
#
# Why does batch norm help? That is debated. "It prevents changes in the lower layers" stands on many slides. It is a hypothesis, and a contested one: the extra section at the
# end of this notebook tries it out. What you can say safely: batch norm standardises each neuron, and it lets you train deeper networks with larger η.

# %% [markdown]
# ## 10.7 Augmentation
#
# The best remedy is more data. If there is none, make some: a digit that is shifted or turned a little is still the same digit. **Augmentation** changes
# each picture at random every time it is used, and keeps its label.


# %%
def augment(pictures, generator, pixels=2, angle=0.2):
    """Shift each picture by up to `pixels`, and turn it by up to `angle` (in radians, 0.2 is 11 degrees)."""
    count = len(pictures)
    turn = angle * (2 * torch.rand(count, generator=generator) - 1)
    shift = pixels / 14 * (2 * torch.rand(count, 2, generator=generator) - 1)  # half a picture, 14 pixels, counts as 1
    rows = torch.stack([turn.cos(), -turn.sin(), shift[:, 0], turn.sin(), turn.cos(), shift[:, 1]], dim=1)
    grid = F.affine_grid(rows.reshape(count, 2, 3), (count, 1, 28, 28), align_corners=False)
    return F.grid_sample(pictures[:, None], grid, align_corners=False)[:, 0]


generator = torch.Generator().manual_seed(0)
figure = plots.new_figure(8.6, 3.0)
grid = figure.subplots(3, 10)
for row, picture in zip(grid, X[:3], strict=True):
    shown = torch.cat([picture[None], augment(picture.expand(9, 28, 28), generator)])
    for axes, one in zip(row, shown, strict=True):
        axes.imshow(one, cmap="Greys", vmin=0, vmax=1)
        axes.set_xticks([])
        axes.set_yticks([])
for axes in grid[:, 0]:
    axes.spines[:].set(color=plots.RED, linewidth=2)
grid[0, 0].set_title("as it is", fontsize=11)
grid[0, 5].set_title("nine times changed", fontsize=11)
plots.show(
    figure,
    f"Three training pictures, of the digits {y[0]}, {y[1]} and {y[2]}, each in a row of ten. The first in a row is the picture as it is, in a red frame; the other nine are the same "
    "digit, shifted by up to two pixels and turned by up to eleven degrees. All can still be read.",
)

# %% [markdown]
# The six numbers in a row of `rows` say how to turn and where to shift one picture. `affine_grid` works out, for each pixel of the new picture, from which place of the old one it is taken, and `grid_sample` fetches it.
#
# The label must survive the change, and that depends on the task: a 6 that is turned by half a turn is a 9.
#
# ### Slip: `eval()` does not switch it off
#
# Augmentation often sits in a `Dataset`, as here. `train()` and `eval()` are messages to a *model*: they reach its dropout and its batch norm, and nothing else. The dataset never hears of them.


# %%
class Shaken(Dataset):
    """Digits that are changed at random each time they are asked for."""

    def __init__(self, X, y):
        self.X, self.y = X, y
        self.generator = torch.Generator().manual_seed(0)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return augment(self.X[i : i + 1], self.generator)[0], self.y[i]


early.eval()
shaken, still = Shaken(X_valid, y_valid), torch.utils.data.TensorDataset(X_valid, y_valid)
for name, data in (("still", still), ("shaken", shaken)):
    shares = []
    for attempt in range(3):
        with torch.inference_mode():
            hits = [early(batch).argmax(dim=1) == targets for batch, targets in DataLoader(data, batch_size=250)]
        shares.append(torch.cat(hits).float().mean().item())
    print(f"model.eval(), data {name:6}: " + "   ".join(f"{share:.1%}" for share in shares))

# %% [markdown]
# The model was in evaluation mode each time. The share is lower and changes from run to run, because the *pictures* are still being shaken.
# The cure is two datasets: one that augments, for training, and a plain one for validation and test.
#
# | | `train()` | `eval()` |
# |---|---|---|
# | dropout | drops and scales | does nothing |
# | batch norm | uses the batch, collects running statistics | uses the running statistics |
# | augmentation in the data | goes on | **goes on** |
# | the graph for `backward` | is built | **is built**: `inference_mode` or `no_grad` switch that off |
# | parameters, `requires_grad` | trained by whoever steps | **the same** |

# %% [markdown]
# ## 10.8 A fair comparison
#
# 100 clean labels again, and every remedy of this lecture. Each one trains for the same number of epochs from several seeds: the seed decides the first weights and the order of
# the batches. What differs by less than the seeds do, does not differ as far as we know.

# %%
winner = predict(
    "Which single change raises the share of right answers on the 1,000 others most?",
    options=["Early stopping", "Weight decay", "Dropout", "Batch norm", "Augmentation", "400 labels in place of 100"],
)
winner

# %%
# This takes about ten seconds.
SEEDS = range({"tiny": 2, "standard": 4}[SIZE])
LONG = {"tiny": 40, "standard": 80}[SIZE]


def run(name, seed):
    """Train one model with one remedy."""
    rows, epochs = (X_400, y_400), LONG // 4  # as many steps as 100 labels make in LONG epochs
    if name != "400 labels in place of 100":
        rows, epochs = (X, y), LONG
    model = make_model(dropout=0.3 if name == "Dropout" else 0.0, has_norm=name == "Batch norm", seed=seed)
    if name == "Early stopping":
        train_patiently(model, *rows, patience=10, most_epochs=epochs, seed=seed)
        return model
    optimizer = make_optimizer(model, weight_decay=0.003 if name == "Weight decay" else 0.0)
    generator = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        train_epoch(model, optimizer, *rows, generator, augment if name == "Augmentation" else None)
    return model


REMEDIES = ["Nothing", "Early stopping", "Weight decay", "Dropout", "Batch norm", "Augmentation", "400 labels in place of 100"]
models = {name: [run(name, seed) for seed in SEEDS] for name in REMEDIES}
scores = {name: torch.tensor([measure(model, X_valid, y_valid) for model in models[name]]) for name in REMEDIES}
share_right = {name: values[:, 1].mean().item() for name, values in scores.items()}

# %% jupyter={"source_hidden": true}
winner.reveal(
    max(REMEDIES[1:], key=share_right.get),
    f"From {share_right['Nothing']:.1%} to {share_right['400 labels in place of 100']:.1%}. No trick replaces data. The next table has the rest.",
)

# %%
print("                             right on the others     loss on the others")
for name, values in scores.items():
    mean, spread = values.mean(dim=0), values.std(dim=0)
    print(f"{name:27} {mean[1]:10.1%} ± {spread[1]:.1%} {mean[0]:16.3f} ± {spread[0]:.3f}")

# %% [markdown]
# Behind ± stands the standard deviation over the seeds. Which rows differ from *Nothing* by clearly more than that? Which remedies leave the share alone and lower the loss: are
# they useless? (Section 10.1 says what a lower loss at the same share means.)
#
# How much a remedy helps depends on the data. The small 8×8 digits that ship with the course were centred by whoever made them, so shifting them
# brings little; on MNIST, augmentation is the best of the lot. Dropout was made for networks that are much larger than
# this one. Nobody knows beforehand. So try, with several seeds, and choose on the validation pile.
#
# ### The drawer
#
# We choose the best row that makes do with 100 labels. Now, and only now, we open the drawer. Once.

# %%
chosen = max(REMEDIES[:-1], key=share_right.get)
tested = [measure(model, drawer.images, drawer.labels)[1] for model in models[chosen]]
print(f"chosen: {chosen}. On the validation pile {share_right[chosen]:.1%}, in the test {sum(tested) / len(tested):.1%}")

# %% [markdown]
# That second number goes into the report, whether we like it or not.

# %% [markdown]
# ## 10.9 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "Training loss 0.001 and falling, validation loss 0.9 and rising. What is it?",
        {
            "A learning rate that is too large": "Then the training loss would not be so small.",
            "Overfitting": "The network gets better on its own data and worse on others.",
            "A bug in the loss": "Both curves are as they should be for a network that learns by heart.",
            "Underfitting": "That is when not even the training loss gets small.",
        },
        right="Overfitting",
    ),
    Question(
        "You tried 40 settings and report the test score of the one with the best test score. What is wrong?",
        {
            "Nothing, the model never trained on the test set": "No gradient touched it, but a choice did. The best of 40 is in part the luckiest of 40.",
            "The score is too good": "Choose on validation data, and open the test set once.",
            "The score is too bad": "Luck that is chosen always points up.",
            "40 settings are too few": "The more you try, the worse it gets.",
        },
        right="The score is too good",
    ),
    Question(
        "nn.Dropout(0.2), training mode. An entry is 4. What may come out?",
        {
            "0 or 4": "The scaling is missing: what is kept is divided by 0.8.",
            "0 or 5": "4 / (1 − 0.2) = 5, and 0 one time in five. The mean is 4.",
            "0 or 20": "0.2 is the probability to drop, not to keep.",
            "Always 4": "That is evaluation mode.",
        },
        right="0 or 5",
    ),
    Question(
        "A network with batch norm answers well with batches of 100 and oddly with a single picture. What was forgotten?",
        {
            "model.eval()": "In training mode it uses the batch's own statistics. A linear layer's batch norm refuses one picture; after a convolution it may not even complain.",
            "torch.inference_mode()": "That saves memory and time. It does not touch batch norm.",
            "zero_grad()": "Nothing is trained here.",
            "A larger running momentum": "The running statistics are not used in training mode at all.",
        },
        right="model.eval()",
    ),
    Question(
        "Your Dataset turns each picture at random. You call model.eval() and measure twice on the validation set. What do you get?",
        {
            "Twice the same number": "eval() tells the model, not the dataset. The pictures differ each time.",
            "Two different numbers": "The dataset goes on turning. Validation data need a dataset without it.",
            "An error": "Nothing complains. That is what makes it a slip.",
        },
        right="Two different numbers",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in short |
# |---|---|
# | overfitting | training loss falls, validation loss rises |
# | three piles | training: gradients. Validation: choices. Test: one number, once |
# | early stopping | keep a *copy* of the weights of the lowest validation loss; wait `patience` epochs |
# | weight decay | $w \leftarrow (1 - \eta\lambda)\,w - \eta\,g$ |
# | dropout, train | 0 with probability $p$, else $x/(1-p)$; the mean stays $x$ |
# | batch norm, train | $\gamma\,(z - \text{mean})/\sqrt{\text{variance} + \varepsilon} + \beta$, of the batch |
# | running statistics | $(1 - 0.1)\cdot\text{old} + 0.1\cdot\text{of this batch}$; used in evaluation |
# | augmentation | change the picture, keep the label; in the training data only |
#
# - A training loss near zero proves nothing.
# - `eval()` before measuring, `train()` before training on. Neither reaches the data.
# - More data beats every trick. Without it, try the tricks over several seeds.
#
# ## Now you
#
# In [homework 6](../assignments/hw6/hw6.ipynb) you write `dropout` and `batchnorm` yourself, in both modes, and train a network of your own on the digits until nine of ten unseen ones are right. [Quiz 5](../assignments/quiz5/quiz5.ipynb)
# asks about lectures 9 and 10. [Lecture 11](11_seeing_features.ipynb) looks at what the hidden layers have learned to see.

# %% [markdown] jp-MarkdownHeadingCollapsed=true
# ## Extra: why does batch norm help?
#
# *Optional, about 3 minutes more.* That it helps is easy to see. We take a network with seven hidden layers of sigmoids, the kind that learned nothing in lecture 8.
#
# *Why* it helps is another matter. Its inventors (Ioffe and Szegedy, *Batch Normalization*, 2015) proposed that it keeps each layer's inputs from shifting while the layers
# below change; they called the shifting *internal covariate shift*. From there it is a short way to a sentence found in many slides: "batch norm prevents changes in the lower layers". Let us look at how far the first layer moves. And let us try what
# Santurkar and others tried (*How Does Batch Normalization Help Optimization?*, 2018): after each batch norm, put the shifting back in, with random scales and shifts that are
# new in every step.


# %%
class Jolt(nn.Module):
    """In training, scale and shift each neuron by random numbers that are new in every step."""

    def forward(self, x):
        if not self.training:
            return x
        return x * (1 + 0.5 * torch.randn(x.shape[1])) + 0.5 * torch.randn(x.shape[1])


def make_deep(kind, seed=0):
    """Make seven hidden layers of 64 sigmoids: "plain", with "batch norm", or with batch norm and "jolts"."""
    torch.manual_seed(seed)
    parts = [nn.Flatten()]
    for layer in range(7):
        parts.append(nn.Linear(64 if layer else 784, 64))
        nn.init.xavier_normal_(parts[-1].weight)
        parts += {"plain": [], "batch norm": [nn.BatchNorm1d(64)], "jolts": [nn.BatchNorm1d(64), Jolt()]}[kind]
        parts.append(nn.Sigmoid())
    return nn.Sequential(*parts, nn.Linear(64, 10))


print("              right on the others   first layer moved, in its lengths")
for kind in ("plain", "batch norm", "jolts"):
    deep, generator = make_deep(kind), torch.Generator().manual_seed(0)
    optimizer, start = make_optimizer(deep), deep[1].weight.detach().clone()
    for epoch in range({"tiny": 10, "standard": 20}[SIZE]):
        train_epoch(deep, optimizer, X_400, y_400, generator)
    distance = ((deep[1].weight - start).norm() / start.norm()).item()
    print(f"{kind:10} {measure(deep, X_valid, y_valid)[1]:18.1%} {distance:26.3f}")

# %% [markdown]
# - Without batch norm the first layer does not move and the network learns nothing. With it, the first layer *does* move. Batch norm does not prevent changes below:
#   it makes them possible.
# - With jolts the inputs of every layer shift in every step, on purpose, and the network still learns where the plain one does not. So a steady distribution cannot be
#   the whole reason.
#
# Santurkar and others give another one: with batch norm the loss changes more smoothly along a step, so that larger steps are safe. The matter is not closed.
