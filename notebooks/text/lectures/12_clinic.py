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
# # 12 · Debugging clinic and your project
#
# *About 40 minutes. You need: lectures 4, 6, 8, 10 and 11.*
#
# ## What you will be able to do
#
# 1. Test a network in three cheap ways before its first epoch.
# 2. Read the gauges of a training run, and say what is normal.
# 3. Find the fault of a sick network with few measurements.
# 4. Choose a first architecture, and judge it against simple ones.
# 5. Plan a project that can be finished.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → **12 Debugging clinic**
#
# So far you met mistakes one by one, each in the lecture where it belongs. In real work nobody tells you which lecture you are in. The network
# does not learn, or learns badly, and you have to find out why. That can be learned, and this lecture is the training ground.

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
import torch
import torch.nn.functional as F
from torch import nn

from course_utils import plots
from course_utils.clinic import admit_ward, examine, read_code
from course_utils.data import load_digits_small
from course_utils.widgets import Question, clinic_gauges, gauge_explorer, predict, self_check

torch.set_num_threads(1)  # for networks as small as these, a second thread costs more than it helps
digits = load_digits_small()
print(digits.source)

# %% [markdown]
# ## 12.1 Networks fail without a word
#
# Misspell a name in Python, and an error points to the line. Forget `zero_grad`, and nothing happens at all: the code runs, numbers come out, and they are
# a little or very much worse than they could be. Of the twelve faults of this lecture and its lab, **not one** raises an error.
#
# Here is a training run that is healthy. It is short, and everything in it is from lectures 4 to 10. Read it line by line: every patient of today is this code
# with **one line** changed.

# %%
print(read_code())

# %% [markdown]
# Five remarks.
#
# - `rows: int = 1000` says that `rows` is meant to be a whole number, and is 1000 if nothing else is given. `Any` means: of any type. Python does not check it; readers are glad of it.
# - The order in the file is *pictures, then split, then scale*. Mean and standard deviation come from the training pictures alone (lecture 10).
# - The network is 64-32-32-10, with ReLU and with dropout of one half before the last layer.
# - `model.eval()` stands before the look, `model.train()` before the steps.
# - `notes.look` and `notes.step` only write down what happens. They change nothing.
#
# The kit's `examine` runs this code once and returns the notes:

# %%
healthy = examine(digits)
print(f"loss of the first batch {healthy.first_loss:.2f}, mean loss of epoch {healthy.epochs}: {healthy.losses[-1]:.2f}")
print(f"right at the end: training {healthy.accuracy[-1, 0]:.1%}, validation {healthy.accuracy[-1, 1]:.1%}")

# %% [markdown]
# ## 12.2 Before the first epoch
#
# Three tests cost seconds and save hours. Make them a habit, as a pilot walks round the plane before take-off.
#
# **Test 1: the loss before any step.** An untrained network should have no opinion. With ten classes its loss should be near $\ln 10$. Much more means
# that it is sure of itself and wrong. Look at the inputs and at the size of the weights then.


# %%
def make_model(seed=0):
    """Make the clinic's network, without its dropout, so that the numbers are quiet."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10))


order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
pixels, labels = 16 * digits.images.reshape(-1, 64)[order], digits.labels[order]
mean, std = pixels[:1000].mean(), pixels[:1000].std()
X, y = (pixels[:1000] - mean) / std, labels[:1000]
X_val, y_val = (pixels[1000:1400] - mean) / std, labels[1000:1400]

model = make_model()
print(f"no opinion:                   {torch.log(torch.tensor(10.0)):.2f}")
print(f"first loss:                   {F.cross_entropy(model(X), y):.2f}")
print(f"first loss, pixels not scaled {F.cross_entropy(model(pixels[:1000]), y):.2f}")
print(f"first loss, pixels times 16   {F.cross_entropy(model(16 * pixels[:1000]), y):.2f}")

# %% [markdown]
# **Test 2: look just before the network.** Not at the files, not at the data set: at the very tensors that go into `model(...)`. What shape, what
# type, what range? And do the pictures show what the labels say? Everything that your code did on the way is then behind you.

# %%
batch, targets = X[:8], y[:8]
for name, tensor in [("training", X), ("validation", X_val)]:
    print(f"{name:10} {tuple(tensor.shape)}, {tensor.dtype}, mean {tensor.mean().item():z.2f}, std {tensor.std():.2f}", end=", ")
    print(f"from {tensor.min():.2f} to {tensor.max():.2f}")
counts = y.bincount()
print(f"labels     {tuple(targets.shape)}, {targets.dtype}, from {y.min()} to {y.max()}, each digit {counts.min()} to {counts.max()} times")

figure = plots.new_figure(8.0, 1.5)
for axes, picture, target in zip(figure.subplots(1, 8), batch, targets):
    axes.imshow(picture.reshape(8, 8), cmap="gray_r")
    axes.set_title(f"y = {target}", fontsize=11)
    axes.set_axis_off()
plots.show(
    figure,
    "The first eight training pictures as they go into the network, 8×8 pixels each, with their labels above: "
    + ", ".join(str(int(target)) for target in targets) + ". Every picture shows the digit that its label says.",
)

# %% [markdown]
# **Test 3: learn ten pictures by heart.** A network that cannot learn ten pictures will not learn a thousand. Take ten, train until the loss is near 0.
# If it does not get there, the fault is in the code or its settings and not in the data: more data, more epochs or a larger network will not help.


# %%
def learn_by_heart(X_few, y_few, steps=200):
    """Train on a few pictures, all of them in every step; return the loss of each step."""
    model = make_model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    losses = []
    for step in range(steps):
        loss = F.cross_entropy(model(X_few), y_few)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


losses = learn_by_heart(X[:10], y[:10])
for step in (0, 20, 50, 199):
    print(f"step {step:3}: loss {losses[step]:.3f}")

# %%
by_heart = predict(
    "Somebody shuffled the pictures and forgot the labels: every label now belongs to another picture. What does test 3 say?",
    options=[
        "The loss stays at ln 10: there is nothing to learn",
        "The loss stops half-way: some labels are right by chance",
        "The loss goes to 0 all the same",
    ],
)
by_heart

# %%
wrong_labels = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(1))][:10]
losses = learn_by_heart(X[:10], wrong_labels)
count = (wrong_labels == y[:10]).sum().item()

# %% jupyter={"source_hidden": true}
by_heart.reveal(
    "The loss goes to 0 all the same" if losses[-1] < 0.1 else "The loss stops half-way: some labels are right by chance",
    f"Only {count} of the ten labels are right, and the loss is {losses[-1]:.3f} after 200 steps. Ten pictures can be learned by heart with any labels. Test 3 finds "
    "faults of the code; faults of the data are found by test 2, with your own eyes.",
)

# %% [markdown]
# Each test has its blind spot. That is the reason for having several.

# %% [markdown]
# ## 12.3 The gauges
#
# Suppose that the run has begun. What can be read off while it goes on? Here are three gauges by hand, beside the loss. Each is one line:
#
# - the **norm of the gradient** of each layer's weights: does any signal come down?
# - the **update-to-weight ratio**: how long is a step, measured in lengths of the weights that it changes?
# - the share of **dead** neurons: those whose ReLU gives 0 for *every* picture. The slope is 0 there as well, so no gradient reaches their weights,
#   and they stay dead.

# %%
model = make_model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
generator = torch.Generator().manual_seed(0)
print("step   loss    norm of the gradient          step / weights               dead")
print("              layer 1  layer 2  layer 3   layer 1  layer 2  layer 3    layer 1")
for step in range(201):
    rows = torch.randint(len(X), (50,), generator=generator)
    loss = F.cross_entropy(model(X[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    before = [W.detach().clone() for W in weights]
    optimizer.step()
    if step % 50 == 0:
        norms = "".join(f"{W.grad.norm():9.2f}" for W in weights)
        ratios = "".join(f"{(W.detach() - old).norm() / old.norm():9.4f}" for W, old in zip(weights, before))
        dead = (model[:2](X) == 0).all(dim=0).float().mean()  # the first layer and its ReLU
        print(f"{step:4} {loss.item():6.2f} {norms} {ratios} {dead:9.0%}")

# %% [markdown]
# | gauge | what it tells | when to worry |
# |---|---|---|
# | loss curve | is it going down? | flat from the start; a jump up; stuck above what is possible |
# | accuracy, training and validation | does what is learned hold for others? | a wide gap, or none at all where there should be one |
# | gradient norms by layer | does every layer get a signal? | exactly 0; a million times apart; growing |
# | update-to-weight ratio | is the learning rate of a sensible size? | above a tenth, or below a ten-thousandth |
# | neurons | where do the pre-activations $z$ lie? | all below 0 (dead), all the same, in the hundreds |
# | inputs, pictures | what really goes in? | other scale in validation than in training; labels that do not fit |
# | asked twice | does the same picture get the same answer? | two answers: something random is still switched on |
# | ten pictures | can the code learn anything? | the loss does not go to 0 |
#
# About the ratio you will read that it should be near a thousandth. That is a rule of thumb for large networks and long runs. Ours takes only 600 steps, and is healthy at a
# hundredth. Do not worry about a factor of three. Worry about a factor of a hundred.
#
# ### Turn the learning rate, watch the gauges
#
# The loss curve is always on the left. On the right is a gauge of your choice. Grey is the healthy run with η = 0.2. The slider *epoch* winds the run back.
#
# - Choose the gauge *updates*. At which η is a step a tenth of the weights or more? What does the loss do there?
# - η = 2.0: choose *neurons* and wind back to epoch 1, then forward. When do the neurons die?
# - η = 0.002: which gauges look healthy, although nothing is learned?
#
# But guess first.

# %%
too_fast = predict(
    "The healthy run has η = 0.2. What does the loss do with η = 2.0, ten times as much?",
    options=[
        "It falls faster and ends lower",
        "It overflows and becomes nan",
        "It jumps at first and then stays near ln 10 = 2.30, as good as guessing",
    ],
)
too_fast

# %% [markdown]
# (The next cell takes up to ten seconds: seven runs, of 30 epochs each.)

# %%
RATES = {"tiny": ["0.002", "0.2", "2.0"], "standard": ["0.0002", "0.002", "0.02", "0.2", "0.6", "2.0", "6.0"]}[SIZE]
runs = {rate: examine(digits, "lr=0.2", f"lr={rate}") for rate in RATES}
fast = runs["2.0"]

# %% jupyter={"source_hidden": true}
too_fast.reveal(
    "It jumps at first and then stays near ln 10 = 2.30, as good as guessing" if abs(fast.losses[-1] - 2.30) < 0.15 else "It overflows and becomes nan",
    f"It ends at {fast.losses[-1]:.2f}. The first steps are {fast.first_updates.max():.2f} of the weights' length; they throw the neurons so far off that "
    f"{fast.dead[-1, 1]:.0%} of layer 2 are dead at the end. A dead neuron gets no gradient, so no later step can wake it up again.",
)

# %%
print("     η   last loss   validation   first step / weights   dead in layer 2")
for rate, run in runs.items():
    last, share, dead = run.losses[-1], run.accuracy[-1, 1], run.dead[-1, 1]
    print(f"{rate:>6} {last:9.2f} {share:12.1%} {run.first_updates.max():17.5f} {dead:19.0%}")

# %% [markdown]
# Here η = 0.6 does no worse than our "healthy" run. *Healthy* means that nothing is broken, not that nothing can be improved.

# %%
gauge_explorer(runs, healthy, name="learning rate η", run="0.2")

# %% [markdown]
# ## 12.4 The clinic
#
# Eight networks, brought in by worried owners. Each of them is the healthy code with one line changed, really trained just now. (The cell takes up to ten
# seconds.)

# %%
patients = admit_ward(digits, "lecture")
print(f"{len(patients)} patients")

# %%
look_well = predict(
    "All eight have a fault that spoils the result. How many of their training loss curves look healthy: below 0.5 at the end?",
    unit="curves",
)
look_well

# %%
ends = [patient.record.losses[-1] for patient in patients]

# %% jupyter={"source_hidden": true}
look_well.reveal(
    float(sum(end < 0.5 for end in ends)),
    "Two train as if nothing were wrong. A fault in how you *measure* does not show in the training loss at all.",
)

# %%
figure = plots.new_figure(9.2, 4.2)
for number, (axes, patient) in enumerate(zip(figure.subplots(2, 4, sharex=True, sharey=True).flat, patients), 1):
    plots.dress(axes, x="", y="", title=f"patient {number}")
    axes.plot(range(1, 31), healthy.losses, color="#8A8A8A", ls=":")
    axes.plot(range(1, 31), patient.record.losses, color=plots.BLUE, lw=2)
    axes.set_ylim(0, 3)
figure.supxlabel("epoch", fontsize=11)
figure.supylabel("training loss", fontsize=11)
plots.show(
    figure,
    "Eight small panels, the training loss of each patient over 30 epochs, with the healthy run dotted in grey. At the end the patients are at "
    + ", ".join(f"{end:.2f}" for end in ends)
    + f"; the healthy run at {healthy.losses[-1]:.2f}. Patients 1, 4 and 8 are flat near 2.30, patient 5 nearly so; patient 2 falls and jumps up; "
    "patient 6 falls and gets stuck; patients 3 and 7 follow the healthy curve.",
)

# %% [markdown]
# Four of them look almost the same, and two look well. The loss curve alone cannot tell.
#
# ### How to go about it
#
# Do not measure at random. Ask: *which measurement parts the suspects that are left?*
#
# | what you see | suspects | what parts them |
# |---|---|---|
# | flat from the first step | no gradient at all (all weights 0, dead neurons); tiny steps | *gradients*: exactly 0 or not? Then *neurons*, at epoch 1, or *updates* |
# | nearly flat, falls slowly | labels that do not fit; tiny steps | *pictures*; *updates* |
# | falls, then jumps up and stays up | learning rate too large; inputs not scaled; old gradients not cleared | *inputs*; *updates* at the very first step; `.grad` against the batch alone in *gradients* |
# | falls and gets stuck, though many answers are right | the loss does not get what it expects | *accuracy* beside the loss; read the line of the loss |
# | training well, validation bad | overfitting; validation scaled in another way; eval mode forgotten | *inputs*; *asked twice* |
# | validation too good to be true | the same pictures in both sets | *inputs* |
#
# **The rules.** You have **16 measurements** for all eight patients together, so two for each. The loss curve is free. Choose a patient and a gauge and press
# *Measure*. What you have measured stays open; winding the epochs back costs nothing. Then choose a diagnosis. There are more diagnoses than patients. A wrong one
# costs a measurement too, and you are told what does not fit.

# %%
clinic_gauges(patients, healthy, budget=16)

# %% [markdown]
# After each right diagnosis you see the line that was changed. Did you notice how small these lines are? That is why one does not find them by staring at the code.
#
# ### Habits of good clinicians
#
# - **Simplify until it works.** A small network, no augmentation, one η all the way, fixed seeds. Then add one thing at a time, and look each time.
# - **One change, one run, one line in your notes.** Two changes at once can cancel.
# - **Say what you expect before you run.** A surprise is the cheapest measurement there is.
# - **Find the cause, not the symptom.** With η = 2.0 neurons were dead at the end. Another activation would hide that; a smaller η heals it.
# - **Mistrust good news as well.** Nobody looks for a fault when the figure is high.

# %% [markdown]
# ## 12.5 Choosing an architecture
#
# Your project begins with data and a question, and somebody asks: which network? Begin at the other end: *how good is a model that is almost nothing?* That number is
# called the **baseline**, and without it no result means anything.

# %%
linear_share = predict(
    "Always saying the most frequent digit is right for about one picture in ten. How many percent does a single linear layer get right, on pictures it has not seen?",
    unit="%",
)
linear_share

# %% [markdown]
# (The next cell trains four models three times each: up to fifteen seconds.)


# %%
def share_right(model):
    """Return the share of validation pictures that a model gets right."""
    model.eval()
    with torch.inference_mode():
        return (model(X_val).argmax(dim=1) == y_val).float().mean().item()


def train_and_measure(make, seed):
    """Train a fresh model with Adam and return its share right and its number of parameters."""
    torch.manual_seed(seed)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range({"tiny": 8, "standard": 20}[SIZE]):
        model.train()
        for rows in torch.randperm(len(X)).split(50):
            loss = F.cross_entropy(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return share_right(model), sum(p.numel() for p in model.parameters())


LADDER = {
    "one linear layer": lambda: nn.Linear(64, 10),
    "MLP 64-32-10": lambda: nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)),
    "MLP 64-256-256-10": lambda: nn.Sequential(
        nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    ),
    "small convolutional": lambda: nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),  # 64 numbers → one channel of 8×8
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 4 * 4, 10),
    ),
}

most_frequent = (y_val == y.bincount().argmax()).float().mean().item()
ladder = {name: [train_and_measure(make, seed) for seed in range(3)] for name, make in LADDER.items()}
linear = sum(share for share, _ in ladder["one linear layer"]) / 3

# %% jupyter={"source_hidden": true}
linear_share.reveal(
    round(100 * linear, 1),
    "Ten weighted sums go nearly the whole way. Whoever starts with a deep network never learns that.",
    tolerance=0.03,
)

# %%
print("model                  parameters   right (three seeds)")
print(f"most frequent digit             0   {most_frequent:.1%}")
for name, results in ladder.items():
    print(f"{name:20} {results[0][1]:12,}   " + "  ".join(f"{share:.1%}" for share, _ in results))
p = max(share for results in ladder.values() for share, _ in results)
error = (p * (1 - p) / len(y_val)) ** 0.5
print(f"chance alone moves a share of {p:.0%} of {len(y_val)} pictures by about {100 * error:.1f} points")

# %% [markdown]
# Read the last line first. Another draw of 400 pictures would give another share, even for the same network. Statistics knows how far off it typically is: $\sqrt{p\,(1-p)/N}$ for a share $p$ of
# $N$ pictures. A difference that chance can make shows nothing: the convolutional network and the large MLP cannot be told apart here, for another seed moves each of
# them as much. To part them one needs more pictures to test on.
#
# **Which first model?** The shape of the data decides:
#
# | data | begin with | then |
# |---|---|---|
# | a table of columns | a linear model (*decision trees*, chains of yes-or-no questions, are strong here too) | an MLP with one or two hidden layers |
# | small pictures | a linear layer on the pixels | a small convolutional network |
# | large pictures | features from a network that others have trained, and a linear layer on top | train the upper layers of that network too (*fine-tuning*) |
# | text | how often each word occurs, and a linear layer | embeddings, then a trained language model with a new last layer |
# | sound | a picture of its frequencies over time | a small convolutional network |
#
# And four rules for the way up:
#
# 1. **Copy before you invent.** Take the simplest network that somebody used on data like yours.
# 2. **First large enough to overfit, then less.** If it cannot learn the training pictures by heart, it is too small or has a fault. If it can, bring the gap down: more data,
#    augmentation, dropout, early stopping.
# 3. **Choose by validation; open the test set once**, at the end. Whatever you choose by the test set is no longer tested (lecture 10).
# 4. **Several seeds**, and the spread beside the mean.

# %% [markdown]
# ## 12.6 Your project
#
# In the project you take one question from data to answer. It counts 30 of the course's 100 points: **description** 10, **repository** 10, **presentation** 10. What each is graded by stands in
# the project's notebook. In short:
#
# - **The description** comes first: question, data, the baseline, what you will measure, what could go wrong. Two pages.
# - **The repository** holds code that runs from top to bottom on another machine, and the table of your runs.
# - **The presentation** takes eight minutes: what you asked, what you found, how sure you are.
#
# A good question fits in a sentence and has a number for an answer. Compare:
#
# | too large | fits |
# |---|---|
# | "Recognise handwriting" | "How many labelled digits does an MLP need for 95 %, with and without augmentation?" |
# | "Compare optimisers" | "Is Adam still ahead of momentum on these digits when both get the same number of tries to find their η?" |
# | "Explain what networks see" | "Do the first-layer kernels of five seeds agree? By which measure?" |
#
# Honest work that finds "no difference" gets full points. A high figure that nobody can repeat does not.
#
# ### What to read next
#
# - Andrej Karpathy, *A Recipe for Training Neural Networks* (2019), karpathy.github.io/2019/04/25/recipe: this lecture's subject, by somebody who has seen every patient.
# - *CS231n: notes*, Stanford, cs231n.github.io, part 3 of the section on neural networks: gauges and checks, with pictures.
# - Aston Zhang and others, *Dive into Deep Learning*, d2l.ai: the next book after this course; every page runs.
# - Simon Prince, *Understanding Deep Learning*, udlbook.github.io: clear figures, careful mathematics, notebooks.
# - *UvA Deep Learning Tutorials*, uvadlc-notebooks.readthedocs.io: transformers, graphs and more, in PyTorch; guide 3 is about debugging.
# - Andrej Karpathy, *Neural Networks: Zero to Hero*, videos: from a scalar `Value`, as in homework 4, to a language model.

# %% [markdown]
# ## 12.7 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "Five classes, an untrained network, and a first loss of 14. What do you look at first?",
        {
            "The number of epochs": "It has not begun yet. No number of epochs explains a first loss.",
            "What goes into the network: its range and its mean": "ln 5 is about 1.6. A loss of 14 means large logits, and those come from large inputs or large weights.",
            "The optimiser": "It has not made a step yet.",
            "Whether there are enough pictures": "The number of pictures does not change the loss of an untrained network.",
        },
        right="What goes into the network: its range and its mean",
    ),
    Question(
        "The loss is flat, and the gradient norms are healthy: 0.3 in each layer. Which suspect is left?",
        {
            "Dead neurons": "Then the gradients below them would be 0.",
            "All weights begin at 0": "Then the gradients of the weights would be exactly 0.",
            "A learning rate that is much too small": "There is a signal, but the steps are too short to see. The update-to-weight ratio confirms it.",
            "Softmax before the cross entropy": "That makes gradients small, and the loss still falls some way.",
        },
        right="A learning rate that is much too small",
    ),
    Question(
        "Training accuracy 99 %, validation accuracy 12 % with ten classes. Which is the least likely?",
        {
            "Validation pictures scaled in another way": "That fits well: the network is asked about numbers that it never saw.",
            "The validation labels are out of order": "That fits: answers are right, and are compared with the wrong labels.",
            "Ordinary overfitting to a thousand digits": "Overfitting costs some points. Down to guessing it does not go while the rule in the data is simple.",
        },
        right="Ordinary overfitting to a thousand digits",
    ),
    Question(
        "The same picture gets another answer each time you ask. Why?",
        {
            "The learning rate is too large": "Nothing is learned while you ask.",
            "The network is in training mode and has dropout": "Call model.eval() before you measure.",
            "The gradients were not cleared": "Gradients have no part in an answer.",
            "float32 is not exact": "It is rounded the same way every time on the same machine, and the differences would be tiny.",
        },
        right="The network is in training mode and has dropout",
    ),
    Question(
        "Your new idea gets 97.5 % and the old model 96.8 %, on 400 pictures, one seed each. What do you write?",
        {
            "The new idea is better": "Three pictures more. Chance alone moves such a figure by that much.",
            "The new idea is 0.7 points better, within what chance can do; more seeds and pictures are needed": "Figure, doubt, and what would settle it.",
            "There is no difference": "You do not know that either: you could not have seen one.",
        },
        right="The new idea is 0.7 points better, within what chance can do; more seeds and pictures are needed",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in short |
# |---|---|
# | first loss | near $\ln C$ for $C$ classes |
# | look just before the network | shape, type, range, and pictures beside their labels |
# | ten pictures by heart | if the loss does not go to 0, the fault is in the code |
# | update-to-weight ratio | $\lVert \eta\,g \rVert / \lVert W \rVert$ for SGD; about $10^{-3}$ to $10^{-2}$ |
# | dead neuron | 0 for every picture, so no gradient, for ever |
# | softmax before cross entropy | the loss cannot go below $\ln(e + 9) - 1$ with ten classes |
# | doubt of a share $p$ of $N$ pictures | about $\sqrt{p\,(1-p)/N}$ |
#
# - Networks fail without a word. Measure.
# - Choose the measurement that parts the suspects you have left.
# - Simple baselines first, one change at a time, several seeds.
# - Choose by validation; open the test set once.
#
# ## Now you
#
# [Lab 6](../assignments/lab6/lab6.ipynb) has four more patients, and no buttons: you change lines and read gauges yourself. Then comes the [project](../assignments/project/project.ipynb).
#
# You began this course with a line through thirteen points. Now you can build a network, train it, find out why it does not learn, and say how sure you are of what it does. Go and ask it
# something of your own.
