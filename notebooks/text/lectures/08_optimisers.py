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
# # 8 · Optimisers
#
# *About 40 minutes. You need: lectures 3, 4 and 7.*
#
# ## What you will be able to do
#
# 1. Say what a mini-batch does to the gradient, and why a learning rate should shrink towards the end.
# 2. Write a step of momentum and a step of Adam by hand, and get the same numbers as PyTorch.
# 3. Choose an optimiser and a learning rate by a fair comparison.
# 4. Initialise a network: why not with zeros, and how large.
# 5. Recognise vanishing and exploding gradients from their norms by depth, and cure them.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → **8 Optimisers** → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# Backpropagation gives us the gradient. What to do with it is another question, and so far we have one answer:
# $w \leftarrow w - \eta\,g$. In this lecture you meet two better ones. And you learn where a walk must begin, so that there is a
# gradient at all.

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
from course_utils.data import load_digits_small, load_scores
from course_utils.widgets import Question, depth_explorer, optimiser_race, predict, self_check

torch.set_num_threads(1)  # for networks as small as these, a second thread costs more than it helps

# %% [markdown]
# We need two sets of data: the thirteen scores, where we know the answer, and the handwritten digits of 8×8 pixels that come with the
# course. The digits are shuffled once and standardised; the last ones are kept for testing.

# %%
quiz, final = load_scores()
scaled = (quiz - quiz.mean()) / quiz.std(correction=0)

digits = load_digits_small()
order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
images, labels = digits.images.reshape(-1, 64)[order], digits.labels[order]
X, y = images[:1400], labels[:1400]
X_test, y_test = images[1400:], labels[1400:]
mean, std = X.mean(), X.std()
X, X_test = (X - mean) / std, (X_test - mean) / std
print(digits.source)
print(f"for training X {tuple(X.shape)}, y {tuple(y.shape)}; for testing {len(X_test)}")

# %% [markdown]
# ## 8.1 The noise in a batch
#
# The gradient of a batch is an estimate of the gradient over all rows: right on average, wrong each time. How wrong? We take an
# untrained network, compute the gradient over all 1,400 digits, and then the gradients of many random batches. A gradient has one number for each
# parameter. Its length, the root of the sum of their squares, is called its **norm**. The **noise** is the typical distance between the two gradients,
# measured in lengths of the full one.


# %%
def make_model(seed=0):
    """Make a network of 64 inputs, 32 hidden neurons and 10 classes."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def gradient_of(model, rows):
    """Return the gradient of the mean loss over some rows, all parameters in one long row."""
    loss = F.cross_entropy(model(X[rows]), y[rows])
    # autograd.grad is backward() for people who want the gradients handed over, and .grad left alone
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))])


model = make_model()
full = gradient_of(model, torch.arange(len(X)))
generator = torch.Generator().manual_seed(0)
draws = {"tiny": 60, "standard": 200}[SIZE]


def measure_noise(batch_size):
    """Return the root mean squared distance of batch gradients from the full one, in its lengths."""
    batches = [torch.randint(len(X), (batch_size,), generator=generator) for _ in range(draws)]
    apart = torch.stack([gradient_of(model, rows) - full for rows in batches])
    return ((apart**2).sum(dim=1).mean().sqrt() / full.norm()).item()


print(f"batches of  16: noise {measure_noise(16):.2f}")

# %% [markdown]
# With 16 rows the noise is longer than the gradient itself!

# %%
noise_of_64 = predict(
    "Batches of 64 rows cost four times as much. By which factor does the noise shrink?",
    options=["It stays the same", "It is about half", "It is about a quarter", "It is about a sixteenth"],
)
noise_of_64

# %%
noises = {size: measure_noise(size) for size in (4, 16, 64, 256)}
ratio = noises[64] / noises[16]

# %% jupyter={"source_hidden": true}
noise_of_64.reveal(
    min([(1.0, "It stays the same"), (0.5, "It is about half"), (0.25, "It is about a quarter"), (1 / 16, "It is about a sixteenth")],
        key=lambda option: abs(option[0] - ratio))[1],
    f"The noise of 64 rows is {ratio:.2f} times the noise of 16. The noise of a mean goes with one over the square root of the number of "
    "rows: four times the work for half the noise.",
)

# %%
for size, noise in noises.items():
    print(f"batches of {size:3}: noise {noise:.2f}   noise · √size = {noise * size**0.5:.1f}")

# %% [markdown]
# The last column hardly changes: noise is proportional to $1/\sqrt{B}$. That is why small batches win far from the bottom: sixteen small
# steps in rough directions beat one exact step.
#
# Near the bottom it is different. There the gradient goes to zero and the noise does not. The walk never comes to rest; it wobbles in
# a ball whose size goes with $\eta$. See it on the scores, one random student per step, where the lowest MSE possible is
# known:


# %%
def walk_on_one(lr_at, steps=2000):
    """Walk with the gradient of one random student per step; return the mean MSE over the last 500 points."""
    generator = torch.Generator().manual_seed(0)
    rows = torch.randint(len(quiz), (steps,), generator=generator).tolist()
    w, b, last = 0.0, 0.0, []
    xs, ys = scaled.tolist(), final.tolist()
    for t, i in enumerate(rows):
        error = w * xs[i] + b - ys[i]
        w, b = w - lr_at(t) * 2 * error * xs[i], b - lr_at(t) * 2 * error
        if t >= steps - 500:
            last.append(((w * scaled + b - final) ** 2).mean())
    return torch.stack(last).mean().item()


for lr in [0.1, 0.03, 0.01]:
    print(f"η = {lr:<4} all the way:            MSE {walk_on_one(lambda t: lr):.2f}")
print(f"η = 0.1 / (1 + t/20), shrinking: MSE {walk_on_one(lambda t: 0.1 / (1 + t / 20)):.2f}")

table = torch.stack([scaled, torch.ones_like(scaled)], dim=1)
best = torch.linalg.lstsq(table, final[:, None]).solution[:, 0]
best_mse = ((table @ best - final) ** 2).mean().item()
print(f"the lowest possible:             MSE {best_mse:.2f}")

# %% [markdown]
# A rate that begins large and shrinks gets both: quick at first, quiet at the end. That is a **learning-rate schedule**. PyTorch has them in
# `torch.optim.lr_scheduler`.

# %% [markdown]
# ## 8.2 Momentum
#
# In lecture 3 the raw scores made a long, narrow valley. The walk bounced between the walls and crept along the floor. A heavy ball
# would do better. Across the valley its pushes cancel: left, right, left, right. Along the valley they add up.
#
# So keep a **velocity** $v$, a sum of past gradients that fades by a factor $\mu$ ("mu") each step, and move by it:
#
# $$v \leftarrow \mu\,v + g \qquad\qquad p \leftarrow p - \eta\,v$$
#
# $p$ is any parameter, $g$ its gradient. At $\mu = 0$ it is plain SGD. The usual value is 0.9.

# %%
top_speed = predict(
    "On a long, even slope the gradient is 1 in every step. With μ = 0.9, towards which number does the velocity v go?",
    unit="",
)
top_speed

# %%
v, speeds = 0.0, []
for step in range(200):
    v = 0.9 * v + 1.0
    speeds.append(v)

# %% jupyter={"source_hidden": true}
top_speed.reveal(
    round(speeds[-1], 6),
    f"It goes {speeds[0]:.2f}, {speeds[1]:.2f}, {speeds[2]:.2f}, … At rest v = 0.9·v + 1, so v = 1 / (1 − 0.9). On an even slope momentum "
    "walks ten times as fast as SGD with the same η.",
)


# %% [markdown]
# Now by hand, beside PyTorch:


# %%
def sgd_momentum_step(p, g, v, lr, mu):
    """Return the new parameter and the new velocity."""
    v = mu * v + g
    return p - lr * v, v


def slopes(w, b, x=quiz):
    """Return the two slopes of the MSE at a line."""
    error = w * x + b - final
    return torch.stack([2 * (error * x).mean(), 2 * error.mean()])


p, v = torch.tensor([0.0, 12.0], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
q = p.clone().requires_grad_()
optimizer = torch.optim.SGD([q], lr=0.003, momentum=0.9)
for step in range(50):
    p, v = sgd_momentum_step(p, slopes(*p), v, lr=0.003, mu=0.9)
    optimizer.zero_grad()
    ((q[0] * quiz + q[1] - final) ** 2).mean().backward()
    optimizer.step()
print("by hand:        w = {:.6f}, b = {:.6f}".format(*p))
print("torch.optim:    w = {:.6f}, b = {:.6f}".format(*q.detach()))

print("\nsteps on the raw scores until within 1 % of the lowest MSE, η = 0.003")
for mu in [0.0, 0.5, 0.9, 0.95]:
    p, v = torch.tensor([0.0, 12.0], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    steps = 0
    while ((p[0] * quiz + p[1] - final) ** 2).mean() > 1.01 * best_mse:
        p, v = sgd_momentum_step(p, slopes(*p), v, 0.003, mu)
        steps += 1
    print(f"μ = {mu:4}: {steps:5} steps")

# %% [markdown]
# The same valley, the same learning rate, and a small part of the steps.
#
# **Two conventions.** Some books write $v \leftarrow \mu v + (1-\mu)\,g$. Then $v$ is an average, not a sum, and with $\mu = 0.9$ each step is ten
# times shorter at the same $\eta$. Neither is wrong. But if you carry a learning rate from one to the other, multiply or divide it by
# $1 - \mu$:

# %%
runs = {"v = μv + g,        η = 0.003": (1.0, 0.003), "v = μv + (1−μ)g,   η = 0.003": (0.1, 0.003), "v = μv + (1−μ)g,   η = 0.03 ": (0.1, 0.03)}
for name, (share, lr) in runs.items():
    p, v = torch.tensor([0.0, 12.0], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    for step in range(50):
        v = 0.9 * v + share * slopes(*p)
        p = p - lr * v
    print(f"{name}: w = {p[0]:.4f}, b = {p[1]:.4f}")

# %% [markdown]
# PyTorch uses the first one, and so does this course.

# %% [markdown]
# ## 8.3 Adam
#
# Momentum still has one learning rate for all parameters. If one gradient is always near 1,000 and another near 0.001, no $\eta$ suits
# both. **Adam** (Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2015) measures how large each parameter's gradients are, and divides by that.
# It keeps two fading averages per parameter: $m$ of the gradient, and $s$ of its square. (The article, homework 5 and quiz 4 call the second one $v$. Here
# $v$ is the velocity, so we write $s$.)
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad\qquad s \leftarrow \beta_2 s + (1-\beta_2)\,g^2$$
#
# ($\beta$ is "beta"; each $\beta$ says how much of the old average is kept.) Both averages begin at 0, so at first they are too small. That is corrected, and
# the corrected ones get a hat. After $t$ steps (counted from 1)
#
# $$\hat{m} = \frac{m}{1-\beta_1^t} \qquad \hat{s} = \frac{s}{1-\beta_2^t} \qquad\qquad
# p \leftarrow p - \eta\,\frac{\hat{m}}{\sqrt{\hat{s}} + \varepsilon}$$
#
# $\varepsilon$ ("epsilon") is a tiny number, so that nothing is ever divided by 0. The usual values are $\beta_1 = 0.9$, $\beta_2 = 0.999$,
# $\varepsilon = 10^{-8}$ and $\eta = 0.001$.


# %%
def adam_step(p, g, m, s, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    """Return the new parameter and the two new averages, not corrected."""
    m = b1 * m + (1 - b1) * g
    s = b2 * s + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    s_hat = s / (1 - b2**t)
    return p - lr * m_hat / (s_hat.sqrt() + eps), m, s


p = torch.tensor([0.0, 12.0], dtype=torch.float64)
m, s = torch.zeros_like(p), torch.zeros_like(p)
q = p.clone().requires_grad_()
optimizer = torch.optim.Adam([q], lr=0.1)
for t in range(1, 51):
    p, m, s = adam_step(p, slopes(*p), m, s, t, lr=0.1)
    optimizer.zero_grad()
    ((q[0] * quiz + q[1] - final) ** 2).mean().backward()
    optimizer.step()
print("by hand:        w = {:.6f}, b = {:.6f}".format(*p))
print("torch.optim:    w = {:.6f}, b = {:.6f}".format(*q.detach()))

# %%
first_step = predict(
    "Two parameters. In the first step the gradient of one is 1,000, of the other 0.001. How far does Adam with η = 0.01 move them?",
    options=["By 10 and by 0.00001", "Both by about 0.01", "The first by 0.01, the second not at all"],
)
first_step

# %%
g = torch.tensor([1000.0, 0.001], dtype=torch.float64)
zero = torch.zeros(2, dtype=torch.float64)
moved = adam_step(zero, g, zero, zero, 1, lr=0.01)[0].abs()

# %% jupyter={"source_hidden": true}
first_step.reveal(
    "Both by about 0.01" if torch.allclose(moved, torch.full_like(moved, 0.01), rtol=1e-3) else "By 10 and by 0.00001",
    f"They move by {moved[0]:.6f} and {moved[1]:.6f}. In the first step m̂ = g and √ŝ = |g|, so their ratio is the sign of the gradient. Adam's "
    "η says how far a parameter goes in a step, whatever the scale of the loss.",
)

# %% [markdown]
# ### Slips to avoid
#
# **ε outside the root.** It guards against dividing by zero, and should be too small to matter elsewhere. Some texts write $\sqrt{\hat{s}+\varepsilon}$.
# Then $\varepsilon$ counts as a *squared* gradient: the root of $10^{-8}$ is $10^{-4}$, and every parameter with gradients smaller than that is
# slowed down.
#
# **No correction.** Without the hats the first step has another size:

# %%
eps, lr = 1e-8, 0.01
print("gradient     torch     ε outside   ε under the root   no correction")
for size in [1.0, 1e-2, 1e-4, 1e-6]:
    g = torch.tensor([size], dtype=torch.float64)
    q = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    q.grad = g.clone()
    torch.optim.Adam([q], lr=lr, eps=eps).step()
    outside = lr * g / ((g**2).sqrt() + eps)
    under = lr * g / (g**2 + eps).sqrt()
    raw = lr * 0.1 * g / ((0.001 * g**2).sqrt() + eps)  # m = 0.1·g, s = 0.001·g²
    print(f"{size:8.0e} {-q.item():10.6f} {outside.item():11.6f} {under.item():15.6f} {raw.item():17.6f}")

# %% [markdown]
# For a gradient of one millionth, ε in the wrong place makes the step about a hundred times too short. And without correction the first steps are three times too
# long, because $0.1 / \sqrt{0.001} \approx 3.16$. Both run without an error.

# %%
print(f"0.1 / √0.001 = {0.1 / 0.001**0.5:.2f}")

# %% [markdown]
# ### A race
#
# Three surfaces, seen from above. All three optimisers start at the orange diamond, and get the same noise where there is noise.
#
# - *Long valley*: the steep direction curves 25 times as much as the flat one. At which η does SGD fly off? (Lecture 3 gave a formula for it.)
# - What does the largest μ do, and why is it not the best?
# - *Saddle*: level in the middle, but not a minimum: it rises to two sides and falls to the other two. Who leaves first? Now add a little noise: is noise always bad?
# - *Two valleys*: at first all three end in the higher one. Add noise, change η and μ. Who gets over the ridge, and is that skill or luck?

# %%
fineness = {"tiny": 40, "standard": 120}[SIZE]
optimiser_race(surface="long valley", lr=0.03, adam_lr=0.1, momentum=0.9, steps=60, fineness=fineness)

# %% [markdown]
# There is no winner for every surface, and for every optimiser there is a learning rate that makes it look bad. So the fair question is
# not "which is better at η = 0.01?" but "which is better at *its own best* η?".

# %% [markdown]
# ### The same on digits
#
# Now a real network: 64-32-10, batches of 64. Every optimiser gets the same five learning rates and the same starting weights. (This cell takes
# up to ten seconds.)


# %%
def train(model, optimizer, epochs, seed=0):
    """Train on the digits in batches of 64; return each epoch's mean loss and the accuracy on the test digits."""
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(64):  # the row numbers, shuffled and cut into batches
            loss = F.cross_entropy(model(X[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(X))
    model.eval()
    with torch.inference_mode():
        accuracy = (model(X_test).argmax(dim=1) == y_test).float().mean().item()
    return losses, accuracy


OPTIMISERS = {
    "SGD": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr),
    "momentum": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9),
    "Adam": lambda parameters, lr: torch.optim.Adam(parameters, lr=lr),
}
RATES = [0.0003, 0.003, 0.03, 0.3, 3.0]
EPOCHS = {"tiny": 2, "standard": 5}[SIZE]

results = {}
for name, make in OPTIMISERS.items():
    results[name] = []
    for lr in RATES:
        model = make_model()
        losses, accuracy = train(model, make(model.parameters(), lr), EPOCHS)
        results[name].append(losses[-1])

print(f"training loss after {EPOCHS} epochs")
print("      η  " + "".join(f"{lr:>9}" for lr in RATES) + "    best η")
for name, values in results.items():
    print(f"{name:9}" + "".join(f"{value:9.3f}" for value in values) + f"{RATES[values.index(min(values))]:>10}")

figure = plots.new_figure(6.4, 3.8)
axes = plots.dress(figure.subplots(), x="learning rate η (log scale)", y=f"training loss after {EPOCHS} epochs", title="Each has its own best η")
for (name, values), marker, colour in zip(results.items(), "os^", (plots.BLUE, plots.RED, plots.BLACK)):
    axes.plot(RATES, values, marker=marker, color=colour, label=name)
axes.set_xscale("log")
axes.set_ylim(0, 3)
axes.legend(frameon=False)
plots.show(
    figure,
    f"Training loss after {EPOCHS} epochs, drawn up to 3, over the learning rate, from {RATES[0]} to {RATES[-1]}, for three optimisers. Each curve is a valley. "
    + " ".join(f"{name} is lowest at η = {RATES[v.index(min(v))]} with {min(v):.2f}." for name, v in results.items())
    + " At rates far from its best, each of them hardly learns or learns badly.",
)

# %% [markdown]
# Adam is at its best with a smaller $\eta$ than SGD. At equal $\eta$ you could "prove" any order you like. Rules of thumb: Adam with 0.001 is a
# good first try; momentum with a tuned rate and a schedule is often as good or better (Wilson and others, *The Marginal Value of Adaptive Gradient Methods in
# Machine Learning*, 2017). Always try η in steps of a factor of ten or three.

# %% [markdown]
# ### A step without `backward`, once more
#
# In lecture 4 a loop with `zero_grad(); step()` and no `backward()` trained nothing. Do optimisers with a memory rescue it?

# %%
for name, make in OPTIMISERS.items():
    model = make_model()
    optimizer = make(model.parameters(), 0.01)
    F.cross_entropy(model(X[:64]), y[:64]).backward()
    optimizer.step()  # one honest step, so that there is something to remember
    before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
    for step in range(100):
        loss = F.cross_entropy(model(X[:64]), y[:64])
        optimizer.zero_grad()
        optimizer.step()  # no loss.backward() before it
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    print(f"{name:9} moved by {(after - before).abs().max().item():.1f} in 100 steps")

# %% [markdown]
# No. `zero_grad()` sets each `.grad` to `None`, and a parameter without a gradient is passed over, memory or not.

# %% [markdown]
# ## 8.4 Where to begin
#
# For a line, the start did not matter. For a network it does. The simplest start is zero for all weights.

# %%
different = predict(
    "A network 64-32-10 starts with every weight at 0.1 and every bias at 0, and is trained for some epochs. How many *different* neurons "
    "does the hidden layer have afterwards?",
    unit="different neuron(s)",
)
different


# %%
def start_with(value):
    """Make the network with every weight at one value and every bias at 0."""
    model = make_model()
    for parameter in model.parameters():
        nn.init.constant_(parameter, value if parameter.dim() == 2 else 0.0)
    return model


outcomes = {}
for name, model in [("all 0", start_with(0.0)), ("all 0.1", start_with(0.1)), ("random", make_model())]:
    losses, accuracy = train(model, torch.optim.SGD(model.parameters(), lr=0.1), EPOCHS)
    W = model[0].weight.detach()
    count = len(torch.unique((W * 1e4).round(), dim=0))  # each different row once; alike to four decimals counts as alike
    outcomes[name] = (count, W.abs().max().item(), losses[-1], accuracy)

# %% jupyter={"source_hidden": true}
different.reveal(
    float(outcomes["all 0.1"][0]),
    "Neurons that begin alike see the same inputs, get the same gradient, and take the same step, for ever. Thirty-two neurons do the work "
    "of one.",
)

# %%
print("start     different neurons   largest weight   training loss   right")
for name, (count, largest, loss, accuracy) in outcomes.items():
    print(f"{name:8} {count:10} {largest:22.2f} {loss:15.3f} {accuracy:12.0%}")
print(f"no opinion at all would be a loss of ln 10 = {torch.log(torch.tensor(10.0)):.3f}")

# %% [markdown]
# Zeros are worse still. All activations are 0, so the weights of the last layer get no gradient; and the last weights are 0, so nothing
# comes down to the first layer either. Only the last bias moves. The loss stays at about $\ln 10$: the network has learned nothing from the
# pictures.
#
# **Weights must differ.** So they are drawn at random. Biases may begin at 0: the weights have made the neurons different already.
#
# ### How large?
#
# A pre-activation is a sum over $D$ inputs, $z = \sum_d w_d\,a_d$. Draw each weight by itself, with mean 0 and standard deviation $\sigma$. (Here $\sigma$ is a
# spread, not the sigmoid: the same letter.) Then positive and negative products mostly cancel, and what is left grows like the root of their number. For the squares:
#
# $$\text{mean of } z^2 = D\,\sigma^2 \cdot \text{mean of } a^2$$
#
# Each layer multiplies the size of the signal by $\sigma\sqrt{D}$. Below 1 it dies out, above 1 it explodes. ReLU throws half of the signal away, so that half of the mean
# square remains. To keep it level:
#
# | name | σ | for |
# |---|---|---|
# | Xavier | $\sqrt{2/(D+O)}$ | tanh, sigmoid: a compromise between the way up and the way down |
# | He (Kaiming) | $\sqrt{2/D}$ | ReLU: makes up for the lost half |
#
# The names are those of the authors (Glorot, Xavier, and Bengio, 2010; He, Kaiming, and others, 2015). $O$ is the number of neurons. *Tanh* is the activation of
# lecture 7 that goes from −1 to 1. "Up" is from the input to the loss, "down" is the way of the gradient.

# %%
torch.manual_seed(0)
for name, sigma in [("σ = 0.01", 0.01), ("He: σ = √(2/256)", (2 / 256) ** 0.5), ("σ = 1", 1.0)]:
    a, sizes = torch.randn(200, 256), []
    for layer in range(20):
        a = torch.relu(a @ (sigma * torch.randn(256, 256)).T)
        sizes.append((a**2).mean().sqrt().item())
    print(f"{name:16} size of the signal after layer 1: {sizes[0]:8.2g}   5: {sizes[4]:8.2g}   20: {sizes[19]:8.2g}")

# %% [markdown]
# With He the signal of layer 20 still has about the size it had. With 0.01 nothing is left of it, and with 1 it explodes. (`inf` is what
# `float32` says when a square is larger than the largest number it can hold.)

# %% [markdown]
# ## 8.5 Vanishing gradients
#
# What happens to the signal on its way up happens to the gradient on its way down. At each layer it is multiplied by $W^\top$ and by the slope of
# the activation $f'(z)$. And the sigmoid's slope is never above one quarter:

# %%
z = torch.linspace(-6, 6, 1201, requires_grad=True)
torch.sigmoid(z).sum().backward()
print(f"largest slope of the sigmoid: {z.grad.max():.2f}, at z = {z[z.grad.argmax()].abs():.1f}")
print(f"ten sigmoids on top of each other, at best: 0.25**10 = {0.25**10:.1e}")

# %% [markdown]
# The figure shows a network before its first step. On the left is the spread of the activations, layer by layer. On the right is the norm
# (the length) of the gradient at each layer's weights. Both have log scales: equal distances are equal factors.
#
# - Press *Vanishing*. How much smaller is the gradient at layer 1 than at the last? What do more layers do?
# - The spread on the left looks harmless there. Why does the gradient die all the same?
# - Press *Exploding*, then *Healthy*.
# - Is tanh with Xavier healthy? ReLU with Xavier?

# %%
rows = {"tiny": 32, "standard": 128}[SIZE]
depth_explorer(X[:rows], y[:rows], layers=10, activation="sigmoid", init="Xavier")

# %% [markdown]
# When the gradient at the first layer is a millionth of the last one's, the first layer stands still while the others learn to make do with its random
# output. Now train: ten layers, three recipes. Does Adam, which divides by the size of the gradient, save the sigmoid?


# %%
def make_deep(activation, init, layers=10):
    """Make a network of so many layers, 64 wide, its weights set by `init` and its biases 0."""
    torch.manual_seed(0)
    parts = []
    for layer in range(layers - 1):
        parts += [nn.Linear(64, 64), activation()]
    model = nn.Sequential(*parts, nn.Linear(64, 10))
    for part in model:
        if isinstance(part, nn.Linear):
            init(part.weight)
            nn.init.zeros_(part.bias)
    return model


recipes = {
    "sigmoid, Xavier": (nn.Sigmoid, nn.init.xavier_normal_),
    "tanh, Xavier": (nn.Tanh, nn.init.xavier_normal_),
    "ReLU, He": (nn.ReLU, nn.init.kaiming_normal_),
}
print(f"ten layers, {EPOCHS} epochs          first/last gradient      loss   right")
for name, recipe in recipes.items():
    for kind, lr in [("SGD", 0.03), ("Adam", 0.001)]:
        model = make_deep(*recipe)
        F.cross_entropy(model(X), y).backward()
        share = (model[0].weight.grad.norm() / model[-1].weight.grad.norm()).item()
        losses, accuracy = train(model, OPTIMISERS[kind](model.parameters(), lr), EPOCHS)
        print(f"{name:16} {kind:5} η = {lr:<6} {share:16.1e} {losses[-1]:16.3f} {accuracy:6.0%}")

# %% [markdown]
# The sigmoid network stays at one in ten, with either optimiser. (Adam would make steps of full size from the tiny gradients; but the
# activations hardly depend on the picture any more, so there is little to go by.) The same depth with tanh or ReLU, well initialised, learns at once. Two more cures come
# in practice: *normalisation* (lecture 10) and *skip connections*, which add a layer's input to its output, so that the gradient finds a way
# around.
#
# ### Better than one would fear
#
# Lecture 3 ended with a promise. Networks are not convex, so different starts end in different places. How bad is that?

# %%
ends, report = [], []
for seed in range({"tiny": 3, "standard": 5}[SIZE]):
    model = make_model(seed)
    losses, accuracy = train(model, torch.optim.Adam(model.parameters(), lr=0.01), 2 * EPOCHS, seed)
    ends.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    report.append((losses[-1], accuracy))
for seed, (loss, accuracy) in enumerate(report):
    print(f"seed {seed}: loss {loss:.3f}, right {accuracy:.1%}, distance from seed 0's weights {(ends[seed] - ends[0]).norm():.1f} (length {ends[seed].norm():.1f})")

# %% [markdown]
# The weights end far apart: the distance between two ends is larger than either is long. The losses and accuracies are close to each other. For this network
# there are many valleys of about the same depth, and finding any one of them will do.

# %% [markdown]
# ## 8.6 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "You want a tenth of the noise in the gradient. How many times larger must the batch be?",
        {
            "About 3 times": "That goes the wrong way about: it takes the square root. The noise goes with 1/√B.",
            "10 times": "That would divide the noise by √10, about 3.",
            "100 times": "√100 = 10. That is why nobody buys quiet with batch size alone.",
        },
        right="100 times",
    ),
    Question(
        "Momentum with μ = 0.9: p = 5, g = 2, v = 10, η = 0.1. What is the new p?",
        {
            "4.8": "That is plain SGD, 5 − 0.1 · 2. The velocity is missing.",
            "4": "That moves by the old velocity. First bring v up to date with the new gradient.",
            "3.9": "v = 0.9 · 10 + 2 = 11, and 5 − 0.1 · 11 = 3.9.",
            "4.08": "That is v = 0.9 · 10 + 0.1 · 2, the other convention. PyTorch adds the whole g.",
        },
        right="3.9",
    ),
    Question(
        "You multiply the loss by 1,000. What happens to Adam's steps?",
        {
            "They are 1,000 times longer": "That is SGD. Adam divides by the size of the gradients.",
            "They stay practically the same": "m̂ and √ŝ both grow by 1,000 and cancel. Only ε notices.",
            "They are 1,000 times shorter": "The numerator grows as well as the denominator.",
        },
        right="They stay practically the same",
    ),
    Question(
        "Why are weights not all set to the same number at the start?",
        {
            "The loss would be infinite": "It would be quite ordinary: ln 10 for ten classes with zeros.",
            "The neurons of a layer would stay alike for ever": "Same inputs, same gradients, same steps.",
            "PyTorch raises an error": "It trains without a word. That is the danger.",
            "It would be slow, but arrive in the end": "More epochs do not help: alike stays alike.",
        },
        right="The neurons of a layer would stay alike for ever",
    ),
    Question(
        "The gradient's norm is 0.3 at layer 12 and 0.0000001 at layer 1. What do you try first?",
        {
            "A larger batch": "That makes the gradient less noisy, not larger.",
            "A much larger learning rate": "It would be far too large for the upper layers.",
            "Another activation and initialisation, such as ReLU with He": "That keeps the signal level on the way up and on the way down.",
            "More layers": "Each layer makes the product smaller still.",
        },
        right="Another activation and initialisation, such as ReLU with He",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | formula |
# |---|---|
# | noise of a batch of $B$ rows | proportional to $1/\sqrt{B}$ |
# | SGD | $p \leftarrow p - \eta\,g$ |
# | momentum | $v \leftarrow \mu v + g, \quad p \leftarrow p - \eta\,v$; up to $1/(1-\mu)$ times as fast |
# | Adam | $p \leftarrow p - \eta\,\hat{m}\,/\,(\sqrt{\hat{s}} + \varepsilon)$, with $\hat{m} = m/(1-\beta_1^t)$, $\hat{s} = s/(1-\beta_2^t)$ |
# | signal from layer to layer | times $\sigma\sqrt{D}$, and $1/\sqrt2$ for ReLU |
# | initialisation | Xavier $\sigma = \sqrt{2/(D+O)}$, He $\sigma = \sqrt{2/D}$ |
# | sigmoid's slope | at most $\tfrac14$: ten of them leave less than a millionth |
#
# - Begin with a large learning rate, and let it shrink.
# - Compare optimisers each at its own best $\eta$.
# - Weights begin random, biases at zero.
# - When a deep network does not learn, look at the gradient's norm by layer.
#
# ## Now you
#
# In [homework 5](../assignments/hw5/hw5.ipynb) you write `sgd_step`, `sgd_momentum_step` and `adam_step`, as pure functions: values in, new values out, nothing
# changed in place. [Quiz 4](../assignments/quiz4/quiz4.ipynb) asks about lectures 7 and 8. [Lecture 9, Digits](09_digits.ipynb), puts everything together and
# reads real handwritten digits.
