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
# # 6 · Losses for classes
#
# *About 40 minutes. You need: lectures 3 and 5.*
#
# ## What you will be able to do
#
# 1. Turn logits into probabilities, for two classes and for many, and say what the temperature does.
# 2. Write binary cross entropy and cross entropy, and know what they are for a model that has learned nothing.
# 3. Explain why losses take logits, and compute the log of a sum of exponentials without overflow.
# 4. Split a cross entropy into the entropy of the truth and the KL divergence, and say which part a model can change.
# 5. Give a loss of PyTorch what it expects: logits and class numbers.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# **6 Losses for classes** → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# So far the target was a number: a final score. Very often it is a *class*: passed or failed, cat or dog or hen, which of
# ten digits. A class is not a quantity; "three" is not more than "two" when we mean pictures. So we need another kind of
# prediction and another loss. At the end of this lecture they read handwritten digits.

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

import torch
import torch.nn.functional as F  # losses, activations and more, as plain functions

from course_utils import plots
from course_utils.data import load_digits_small, load_scores
from course_utils.widgets import Question, cross_entropy_gap, predict, probability_bars, self_check

torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# ## 6.1 Yes or no: from a logit to a probability
#
# Back to the thirteen students. Say a final of 15 points or more is a pass. The target is now yes or no, written 1 or 0.

# %%
quiz, final = load_scores()
passed = (final >= 15).to(quiz.dtype)  # 1 for yes, 0 for no
N = len(quiz)

order = quiz.argsort()  # the rows from the lowest quiz to the highest
print("quiz:  ", " ".join(f"{x:5.1f}" for x in quiz[order]))
print("passed:", " ".join(f"{y:5.0f}" for y in passed[order]))
print(f"{passed.sum():.0f} of {N} passed")

# %% [markdown]
# A high quiz goes with a pass, but not without exceptions. So the honest prediction is not a hard yes or no but a
# **probability**, a number between 0 and 1. A line $wx + b$ gives *any* number. We let it: its result is called the **logit** $z$,
# and a squashing function, the **sigmoid** of lecture 5, turns it into a probability:
#
# $$z = w\,x + b \qquad\qquad p = \sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# What does a logit *mean*? Solve for $z$:
#
# $$z = \ln\frac{p}{1 - p}$$
#
# $p/(1-p)$ are the **odds**: "three to one" for $p = 3/4$. And $\ln$ is the *natural logarithm*: $\ln q$ is the number to whose power $e$ must be taken to
# give $q$. So a logit is the log of the odds. Zero means fifty-fifty, each +1 multiplies the odds by $e$, and a change of sign swaps yes and no.

# %%
print("logit z   odds p/(1-p)   probability p")
for z in [-4.0, -1.0, 0.0, 1.0, math.log(3), 4.0]:
    p = torch.sigmoid(torch.tensor(z)).item()
    print(f"{z:7.3f} {p / (1 - p):14.3f} {p:15.4f}")

# %% [markdown]
# ## 6.2 Binary cross entropy
#
# Which loss fits a probability? Ask how *surprised* the model is by what really happened. If it said 0.99 and the
# student passed: hardly at all. If it said 0.01 and the student passed: very much. The surprise is **minus the log of the
# probability that the model gave to the truth**:
#
# $$\text{surprise} = -\ln p_\text{truth}$$
#
# Why a log? The model's probability for *all* thirteen results together is a product of thirteen numbers. The log turns the
# product into a sum, one term for each row, and a sum is what we can average and differentiate. (In code $\ln$ is `torch.log`. The unit of a surprise
# in natural logs is called a **nat**.)

# %%
print("probability given to the truth   surprise (nats)")
for p in [0.99, 0.9, 0.5, 0.1, 0.01, 0.001]:
    print(f"{p:30} {-math.log(p):17.3f}")

# %% [markdown]
# For a coin-flip prediction the surprise is $\ln 2$ = 0.693. Being sure and right costs next to nothing; being sure and wrong costs
# without limit.
#
# The probability given to the truth is $p$ where $y = 1$, and $1 - p$ where $y = 0$. One formula says both, because one of its two
# terms is always zero:
#
# $$\ell = -\big(\, y \ln p \;+\; (1 - y) \ln (1 - p) \,\big)$$
#
# That is the loss $\ell$ of one row. Its mean over the rows is the **binary cross entropy**, BCE.


# %%
def bce(p, y):
    """Return the mean binary cross entropy of probabilities p and targets y, both (N,)."""
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


p = torch.tensor([0.9, 0.2, 0.6])
y = torch.tensor([1.0, 0.0, 0.0])
print(f"by hand:   {-(math.log(0.9) + math.log(0.8) + math.log(0.4)) / 3:.4f}")
print(f"formula:   {bce(p, y):.4f}")
print(f"PyTorch's: {F.binary_cross_entropy(p, y):.4f}")

# %% [markdown]
# ### A slip to avoid: the lost plus sign
#
# Print it without the plus sign, as some slides do, and the two terms are *multiplied*:
#
# $$-\; y \ln p \;\cdot\; (1 - y) \ln (1 - p)$$
#
# For a hard label one of $y$ and $1 - y$ is 0, so the product is 0, whatever the model says:

# %%
for said in [0.999, 0.5, 0.001]:
    p, y = torch.tensor([said]), torch.tensor([1.0])
    product = -(y * p.log() * (1 - y) * (1 - p).log()).mean()
    print(f"the model says {said:5}, the truth is yes: with the plus {bce(p, y):6.3f}   without it {product.abs():.3f}")

# %% [markdown]
# A loss that is zero everywhere has no downhill. Nothing would ever be learned.

# %% [markdown]
# ## 6.3 Learn it: a gradient of great simplicity
#
# To go downhill we need $\partial\ell/\partial z$. Two slopes are needed for it: that of $\ln p$, which is $1/p$, and that of the sigmoid, which is
# $\sigma'(z) = p\,(1-p)$. The chain rule multiplies them, and nearly everything cancels:
#
# $$\frac{\partial \ell}{\partial z} = \Big(-\frac{y}{p} + \frac{1-y}{1-p}\Big)\; p\,(1-p) = p - y$$
#
# **Prediction minus target.** The same as for the squared error of a line, but for a factor of 2. Never trust a formula you have not checked:

# %%
z = torch.tensor([-3.0, 0.0, 2.0, 5.0], dtype=torch.float64, requires_grad=True)
y = torch.tensor([1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
bce(torch.sigmoid(z), y).backward()
print("autograd:  ", [round(value, 6) for value in z.grad.tolist()])
print("(p - y)/N: ", [round(value, 6) for value in ((torch.sigmoid(z) - y) / 4).tolist()])

# %% [markdown]
# The division by 4 is the mean over four rows. Now the walk of lecture 3, on the standardised quiz:

# %%
scaled = (quiz - quiz.mean()) / quiz.std(correction=0)
w, b, lr = torch.tensor(0.0, dtype=quiz.dtype), torch.tensor(0.0, dtype=quiz.dtype), 1.0

for step in range(201):
    p = torch.sigmoid(w * scaled + b)
    if step in (0, 1, 10, 100, 200):
        right = ((p > 0.5) == (passed == 1)).double().mean()
        print(f"step {step:3}: BCE {bce(p, passed):.4f}   right {right:.0%}   w {w:.3f}   b {b:.3f}")
    slope_w = ((p - passed) * scaled).mean()
    slope_b = (p - passed).mean()
    w, b = w - lr * slope_w, b - lr * slope_b

# %%
figure = plots.new_figure(6.4, 3.6)
axes = plots.dress(figure.subplots(), x="quiz x (points)", y="probability of a pass", title="From logit to probability")
xs = torch.linspace(0, 28, 200, dtype=quiz.dtype)
curve = torch.sigmoid(w * (xs - quiz.mean()) / quiz.std(correction=0) + b)
axes.plot(xs, curve, color=plots.BLACK, label="σ(wx + b)")
axes.scatter(quiz[passed == 1], passed[passed == 1], color=plots.BLUE, label="passed", zorder=3)
axes.scatter(quiz[passed == 0], passed[passed == 0], color=plots.RED, marker="x", label="failed", zorder=3)
axes.legend(frameon=False, loc="center right")
even = quiz.mean() - b / w * quiz.std(correction=0)
plots.show(
    figure,
    "The thirteen students, quiz score to the right, failed ones (crosses) at height 0 and passed ones (dots) at height 1. An "
    f"S-shaped curve, the model's probability of a pass, rises from near 0 on the left to near 1 on the right and crosses one half "
    f"at a quiz score of {even:.1f}. Students who failed and lie on the right of that point: {((quiz > even) & (passed == 0)).sum()}. Students "
    f"who passed and lie on its left: {((quiz < even) & (passed == 1)).sum()}.",
)

# %%
print(f"fifty-fifty at quiz {even:.1f}; a quiz of 5 passes with {curve[(xs - 5).abs().argmin()]:.1%}, "
      f"one of 20 with {curve[(xs - 20).abs().argmin()]:.1%}")

# %% [markdown]
# The first loss is 0.6931, the $\ln 2$ of someone who knows nothing. **If your first loss is not near that, look for a mistake before you
# train.**
#
# Could we not simply have taken the squared error, $(p - y)^2$? Both are small when the model is right. Look at where it is *sure
# and wrong*, at a logit of −8 while the truth is yes:

# %%
steeper = predict(
    "The truth is yes and the logit is −8. Which loss has the larger slope there, so that descent mends the mistake sooner?",
    options=["The squared error (p − y)²", "Binary cross entropy", "Both slopes are about the same"],
)
steeper

# %%
slopes = {}
for name, loss_of in [("squared error", lambda p: (p - 1) ** 2), ("cross entropy", lambda p: -p.log())]:
    z = torch.tensor(-8.0, dtype=torch.float64, requires_grad=True)
    loss_of(torch.sigmoid(z)).backward()
    slopes[name] = z.grad.item()

# %% jupyter={"source_hidden": true}
steeper.reveal(
    "Binary cross entropy" if abs(slopes["cross entropy"]) > abs(slopes["squared error"]) else "The squared error (p − y)²",
    f"{slopes['cross entropy']:.4f} against {slopes['squared error']:.4f}. The sigmoid is flat out there, and the squared error has to "
    "pass its slope, p(1−p). In cross entropy that factor has cancelled. The worst mistakes get the strongest pull.",
)

# %%
zs = torch.linspace(-8, 8, 200, dtype=torch.float64)
figure = plots.new_figure(6.4, 3.6)
axes = plots.dress(figure.subplots(), x="logit z (the truth is yes)", y="loss", title="Sure and wrong is on the left")
axes.plot(zs, -torch.sigmoid(zs).log(), color=plots.BLUE, lw=2, label="cross entropy, −ln σ(z)")
axes.plot(zs, (torch.sigmoid(zs) - 1) ** 2, color=plots.RED, lw=2, ls="--", label="squared error, (σ(z) − 1)²")
axes.legend(frameon=False)
plots.show(
    figure,
    "Two losses over the logit, for a truth of yes. On the right both are near 0. To the left the squared error (dashed) levels off "
    "just below 1 and becomes flat. Cross entropy (solid) goes on rising in a straight line with a slope of nearly -1.",
)

# %% [markdown]
# ## 6.4 Many classes: softmax
#
# With $C$ classes the model gives $C$ logits, one for each. They compete for one whole. **Softmax** makes each of them positive and
# then divides by the sum:
#
# $$p_c = \frac{e^{z_c}}{\sum_k e^{z_k}}$$


# %%
def softmax(z):
    """Return the probabilities of one row of logits (C,). Section 6.6 shows where it breaks."""
    return z.exp() / z.exp().sum()


names = ["cat", "dog", "hen", "owl"]
z = torch.tensor([2.0, 1.0, -1.0, 0.5])
p = softmax(z)
print("logit  e to the z  probability")
for name, score, share in zip(names, z, p):
    print(f"{score:5.1f} {score.exp():11.3f} {share:12.3f}  {name}")
print(f"sum {z.exp().sum():13.3f} {p.sum():12.3f}")

# %%
shifted = predict(
    "Add 5 to all four logits. What becomes of the probabilities?",
    options=["All of them grow", "The largest grows, the others shrink", "They stay the same"],
)
shifted

# %% jupyter={"source_hidden": true}
shifted.reveal(
    "They stay the same" if torch.allclose(softmax(z + 5), p) else "All of them grow",
    "Every e^z is multiplied by the same e^5, above and below the line, and it cancels. Only differences between logits count. We shall "
    "need that soon.",
)

# %% [markdown]
# And a big shift in the other direction, to be sure:

# %%
print("before:", [round(share, 4) for share in p.tolist()])
print("z - 20:", [round(share, 4) for share in softmax(z - 20).tolist()])

# %% [markdown]
# Drag the logits. Click a slider and use the arrow keys for small steps.
#
# - Press *Add 1 to all*: you know what to expect now.
# - Make the right class's probability 0.9. How far must its logit stand above the others?
# - Press *All equal* and read the loss. Then change the right class. Does the loss change?
# - The **temperature** $T$ divides all logits before softmax. Move it down to 0.1, then up to 50. What can it change, and what can it
#   never change?

# %%
probability_bars([2.0, 1.0, -1.0, 0.5], names, right=0)

# %% [markdown]
# A low temperature is cold and hard: the winner takes all. A high one melts the differences away, until all classes are equal.
# The *order* of the classes never changes. A number for each, at three temperatures:

# %%
print("   T   " + "   ".join(f"{name:>6}" for name in names))
for T in [0.1, 1.0, 50.0]:
    print(f"{T:5} " + "  ".join(f"{share:7.4f}" for share in softmax(z / T)))

two = torch.tensor([1.7, 0.4])
print(f"\nsoftmax of two logits: {softmax(two)[0]:.4f};  sigmoid of their difference: {torch.sigmoid(two[0] - two[1]):.4f}")

# %% [markdown]
# The last line shows that the sigmoid is softmax for two classes, with the second logit held at 0. One idea, not two.

# %% [markdown]
# ## 6.5 Cross entropy
#
# The surprise is what it was: minus the log of the probability given to the truth. The logits are a table $(N, C)$, a row for each example and a column for
# each class. The target $y_n$ of row $n$ is the *number* of the right class, from 0 to $C - 1$, so all targets together have shape $(N,)$. In each row
# we look the right class's probability up:
#
# $$\mathcal{L} = \frac1N \sum_n -\ln p_{n,\,y_n}$$

# %%
logits = torch.tensor([[2.0, 1.0, -1.0, 0.5], [0.0, 0.0, 0.0, 0.0], [-2.0, 0.0, 1.0, 3.0]])  # (N, C) = (3, 4)
y = torch.tensor([0, 2, 1])  # a cat, a hen, a dog

losses = []
for row, right in zip(logits, y):
    p = softmax(row)
    losses.append(-p[right].log())
    print(f"{names[right]}: its probability is {p[right]:.4f}, the loss is {losses[-1]:.4f}")

print(f"mean:       {torch.stack(losses).mean():.4f}")
print(f"PyTorch's:  {F.cross_entropy(logits, y):.4f}")

# %% [markdown]
# The second row is a model without an opinion. All four probabilities are ¼, so its loss is $\ln 4$ = 1.3863, whichever class is right. With $C$ equal
# classes it is $\ln C$.

# %%
first_loss = predict("A fresh network for ten digits, all its logits about equal: what is its first loss?", unit="nats")
first_loss

# %% jupyter={"source_hidden": true}
first_loss.reveal(
    F.cross_entropy(torch.zeros(8, 10), torch.arange(8)).item(),
    "ln 10, whatever the labels. Remember this number: if a new classifier for ten classes starts far above it, something is wrong with "
    "its first weights or with the loss.",
)

# %% [markdown]
# The gradient is again "prediction minus target", where the target is a row with a single 1 at the right class (**one-hot**):
#
# $$\frac{\partial \mathcal{L}}{\partial z_n} = \frac1N\,\big(p_n - \text{one-hot}(y_n)\big)$$

# %%
asked = logits.clone().requires_grad_()
F.cross_entropy(asked, y).backward()
formula = (torch.softmax(logits, dim=1) - F.one_hot(y, 4)) / 3
print(f"largest difference between autograd and the formula: {(asked.grad - formula).abs().max():.7f}")
print("each row sums to 0:", asked.grad.sum(dim=1).abs().max().item() < 1e-6)

# %% [markdown]
# ### A slip to avoid: probabilities where logits are expected
#
# `F.cross_entropy`, and `nn.CrossEntropyLoss`, which is the same as a class, contain the softmax. They want **logits** $(N, C)$ and **class numbers**
# $(N,)$. Give them probabilities, and softmax is taken twice. There is no error message, only a loss that cannot come down. Class numbers of another kind
# or shape, at least, are refused:

# %%
sure = torch.tensor([[20.0, 0.0, 0.0, 0.0]])  # as sure as one can be, and right
label = torch.tensor([0])
print(f"logits:        {F.cross_entropy(sure, label):.4f}")
print(f"probabilities: {F.cross_entropy(torch.softmax(sure, dim=1), label):.4f}")

try:
    F.cross_entropy(sure, torch.tensor([0.0]))  # a class number must be a whole number (int64)
except (RuntimeError, ValueError) as problem:
    print(f"class numbers as floats: {type(problem).__name__}")
try:
    F.cross_entropy(sure, torch.tensor([[0]]))  # a column (N, 1) where (N,) is wanted
except (RuntimeError, ValueError) as problem:
    print(f"class numbers as a column: {type(problem).__name__}")

# %% [markdown]
# The best that a softmax of probabilities can reach here is 0.7437: even "1, 0, 0, 0" is, taken as logits, rather undecided.
#
# ### A slip to avoid: BCE is not the loss of a softmax over ten classes
#
# Binary cross entropy asks a separate yes-or-no question for every class. Softmax asks *one* question with ten answers. The two losses
# are different numbers with different gradients:

# %%
ten = torch.linspace(-2, 2, 10)[None, :]  # one row of ten logits, and the right class is number 7
seven = torch.tensor([7])
p = torch.softmax(ten, dim=1)
print(f"cross entropy:                       {F.cross_entropy(ten, seven):.4f}")
print(f"BCE of the same probabilities, sum:  {F.binary_cross_entropy(p, F.one_hot(seven, 10).float(), reduction='sum'):.4f}")
print(f"BCE of the same probabilities, mean: {F.binary_cross_entropy(p, F.one_hot(seven, 10).float()):.4f}")

# %% [markdown]
# Use BCE where several answers may be true at once ("there is a cat", "there is a dog"), with a sigmoid for each. Use cross entropy where
# exactly one is.

# %% [markdown]
# ## 6.6 Why logits, and the log of a sum of exponentials
#
# Our `softmax` above is right on paper. In a computer numbers have an end. Try a logit of 1000:

# %%
big = torch.tensor([1000.0, 0.0, -1000.0])
print("e to the 1000:        ", big.exp()[0].item())
print("softmax by the formula:", softmax(big).tolist())
print("PyTorch's softmax:     ", torch.softmax(big, dim=0).tolist())

last = next(z for z in range(200) if torch.tensor(float(z)).exp().isinf())
print(f"float32 gives inf from e^{last} on")

# %% [markdown]
# `inf` divided by `inf` is `nan`, "not a number", and one `nan` in a loss turns every weight into `nan` at the next step. Nobody needs a logit of
# 1000 for that: it starts at 89.
#
# The cure is the shift that changes nothing. Subtract the row's largest logit $m$ first. Now the largest exponent is 0:

# %%
m = big.max()
print("shifted logits:", (big - m).tolist())
print("softmax:       ", softmax(big - m).tolist())
print("and its log:   ", softmax(big - m).log().tolist())

# %% [markdown]
# Better, but look at the last line. A probability that is too small for the computer has become 0, and its log is `-inf`. If *that* class is the
# right one, the loss is infinite, although the true answer is simply 1000 or 2000. A popular patch is to add a small number inside the log. It does not crash,
# and it is wrong:

# %%
for right in range(3):
    patched = -(softmax(big - m)[right] + 1e-8).log()
    print(f"right class {right}: patched {patched.abs():8.3f}    true loss {F.cross_entropy(big[None], torch.tensor([right])):8.1f}")

# %% [markdown]
# With the patch a mistake of 1000 and one of 2000 cost the same 18.421, and the slope there is 0: nothing pulls the model back. The real cure is not
# to compute the probability at all. Put the log into the formula *on paper*:
#
# $$-\ln p_y = -\ln \frac{e^{z_y}}{\sum_k e^{z_k}} = \underbrace{\ln \sum_k e^{z_k}}_{\text{log-sum-exp}} - \; z_y$$
#
# and take the shift along, adding $m$ again behind the log:
#
# $$\ln \sum_k e^{z_k} = m + \ln \sum_k e^{z_k - m}, \qquad m = \max_k z_k$$
#
# One term of the sum is now $e^0 = 1$, so the log is never of 0. No exponent is above 0, so nothing overflows. (PyTorch has it as `torch.logsumexp`, and the
# logs of all probabilities of a row as `torch.log_softmax`. That is what `F.cross_entropy` uses inside.)


# %%
def log_sum_exp(z):
    """Return ln Σ e^z of one row of logits (C,), for logits of any size."""
    m = z.max()
    return m + (z - m).exp().sum().log()


for right in range(3):
    print(f"right class {right}: {log_sum_exp(big) - big[right]:8.1f}")
print(f"and on small logits it is what it was: {log_sum_exp(z):.6f} = {z.exp().sum().log():.6f}")

# %% [markdown]
# So this is **why losses take logits**: from the probability alone the answer cannot be found any more, because it has been rounded to 0 or 1. The same holds for
# yes or no. Far out $\sigma(z)$ is exactly 1, and the log of $1 - 1$ is `-inf`:

# %%
z_out, no = torch.tensor([40.0]), torch.tensor([0.0])
print("sigma(40) in float32:           ", torch.sigmoid(z_out).item())
print("BCE from the probability:       ", bce(torch.sigmoid(z_out), no).item())
print("PyTorch's, from the probability:", F.binary_cross_entropy(torch.sigmoid(z_out), no).item(), "(it cuts the log off at -100)")
print("PyTorch's, from the logit:      ", F.binary_cross_entropy_with_logits(z_out, no).item())

# %% [markdown]
# ## 6.7 Entropy, cross entropy and KL divergence
#
# Why is it called *cross entropy*? So far the truth was certain. Let it be uncertain: on days like today it rains with probability $p$, and a
# forecaster believes $q$. The forecaster's *average* surprise is taken with the true chances, of the believed ones:
#
# $$\text{CE}(p, q) = -\sum_c p_c \ln q_c$$
#
# Someone who knows $p$ is still surprised now and then. That unavoidable average is the **entropy** of the truth, $H(p) = -\sum_c p_c \ln p_c$. What a wrong
# belief costs *on top* is the **Kullback-Leibler divergence**:
#
# $$\text{KL}(p\,\|\,q) = \sum_c p_c \ln \frac{p_c}{q_c} \qquad\qquad \text{CE}(p, q) = H(p) + \text{KL}(p\,\|\,q)$$

# %%
p = torch.tensor([0.7, 0.3], dtype=torch.float64)
q = torch.tensor([0.3, 0.7], dtype=torch.float64)

H = -(p * p.log()).sum()
CE = -(p * q.log()).sum()
KL = (p * (p / q).log()).sum()
print(f"H {H:.4f} + KL {KL:.4f} = {H + KL:.4f};   CE = {CE:.4f}")

# %% [markdown]
# Move the belief $q$ and watch the gap. Then move the truth.
#
# - Where is the cross entropy lowest, and how low is it there? Can it be zero?
# - Press *Swap p and q* with the truth at 0.5 and the belief at 0.1. Is KL the same in both directions?
# - Press *A certain label*. What is left of $H$? That is the loss of section 6.2.

# %%
cross_entropy_gap(p=0.7, q=0.3)

# %%
rng = torch.Generator().manual_seed(6)
pairs = {"tiny": 1_000, "standard": 100_000}[SIZE]
p = torch.randn(pairs, 5, generator=rng, dtype=torch.float64).softmax(dim=1)
q = torch.randn(pairs, 5, generator=rng, dtype=torch.float64).softmax(dim=1)

H = -(p * p.log()).sum(dim=1)
CE = -(p * q.log()).sum(dim=1)
KL = (p * (p / q).log()).sum(dim=1)
print(f"{pairs:,} random pairs of five classes: CE = H + KL in all of them: {torch.allclose(CE, H + KL)}")
print(f"KL below zero: {(KL < 0).sum()} times")

half, tenth = torch.tensor([0.5, 0.5]), torch.tensor([0.1, 0.9])
print(f"KL(half‖tenth) = {(half * (half / tenth).log()).sum():.3f}, KL(tenth‖half) = {(tenth * (tenth / half).log()).sum():.3f}")

one_hot = torch.tensor([0.0, 1.0])
print("a certain label, 0·log 0 as the computer sees it:", (one_hot * one_hot.log()).sum().item())
print("with torch.xlogy, which knows that it is 0:      ", torch.xlogy(one_hot, one_hot).sum().item())

# %% [markdown]
# KL is never below zero, it is zero only for $q = p$, and it has a direction: it is no distance. A model changes $q$, so it can change only the KL part. For certain labels
# $H = 0$, and cross entropy *is* the KL divergence. (A class with $p = 0$ adds exactly 0; a computer has to be told.)

# %% [markdown]
# ## 6.8 All of it on real digits
#
# 1,797 handwritten digits of 8×8 pixels, ten classes, one layer: $z = XW^\top + b$ with `W` (10, 64). Loss: cross entropy. The gradient at the logits is
# `dz` in the code, $p - $ one-hot. A weight's gradient is `dz` times the input that it multiplies, added up over the rows; as for the line of lecture 3, and
# for all weights at once it is `dz.T @ X` (lecture 7 takes that slowly). Everything by hand, so that you see that nothing is hidden. Watch the first loss.

# %%
digits = load_digits_small(dtype=torch.float64)
X, y = digits.images.reshape(len(digits), -1), digits.labels
shuffled = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
train, test = shuffled[:1500], shuffled[1500:]  # the test pictures are never trained on

W, b = torch.zeros(10, 64, dtype=X.dtype), torch.zeros(10, dtype=X.dtype)
steps = {"tiny": 100, "standard": 300}[SIZE]
history, shares = [], []
for step in range(steps + 1):
    z = X[train] @ W.T + b  # (1500, 10)
    history.append(F.cross_entropy(z, y[train]).item())
    shares.append((z.argmax(dim=1) == y[train]).double().mean().item())  # argmax: the number of the largest logit in each row
    dz = (torch.softmax(z, dim=1) - F.one_hot(y[train], 10)) / len(train)
    W, b = W - 0.5 * dz.T @ X[train], b - 0.5 * dz.sum(dim=0)

z = X[test] @ W.T + b
for step in [0, 1, 10, steps]:
    print(f"step {step:3}: loss {history[step]:.4f}   right {shares[step]:.1%}")
print(f"on the {len(test)} digits it has never seen: loss {F.cross_entropy(z, y[test]):.4f}, "
      f"right {(z.argmax(dim=1) == y[test]).double().mean():.1%}")

# %%
figure = plots.new_figure(7.2, 3.4)
left, right = figure.subplots(1, 2)
plots.dress(left, x="step", y="cross entropy (nats)", title="Loss: smooth")
left.plot(history[:60], color=plots.BLUE)
left.axhline(math.log(10), color=plots.ORANGE, ls="--", label="guessing: ln 10")
left.legend(frameon=False)
left.set_ylim(0, 2.5)
plots.dress(right, x="step", y="accuracy", title="Accuracy: in jumps")
right.plot(shares[:60], color=plots.GREEN)
right.set_ylim(0, 1)
plots.show(
    figure,
    f"Two curves over the first 60 steps. Left, the cross entropy falls smoothly from {history[0]:.2f}, the dashed line of guessing, to "
    f"{history[59]:.2f}. Right, the accuracy jumps from {shares[0]:.0%} to {shares[1]:.0%} at the first step and then climbs in small steps to {shares[59]:.0%}.",
)

# %% [markdown]
# It starts at 2.3026, the $\ln 10$ you predicted, and one layer learns to read most digits.
#
# People ask for the **accuracy**, the share of rows whose largest logit is the right one. Why not descend on that? Because it has no slope: nudge a weight, and almost always no
# row changes sides.

# %%
nudged = W.clone()
nudged[3, 20] += 1e-6
for name, table in [("before", W), ("after ", nudged)]:
    z = X[test] @ table.T + b
    print(f"{name} a nudge of one weight: accuracy {(z.argmax(dim=1) == y[test]).double().mean():.6f}, loss {F.cross_entropy(z, y[test]):.10f}")

# %% [markdown]
# ## 6.9 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "A model's logit for yes is 0. What does it believe?",
        {
            "No, for certain": "That would be a logit far below zero. A logit is no probability.",
            "Fifty-fifty": "The odds are e⁰ = 1 to 1, so p = ½.",
            "Nothing can be said": "σ(0) = ½, always.",
        },
        right="Fifty-fifty",
    ),
    Question(
        "The logits of a row differ. What happens to its softmax probabilities when all of them are doubled?",
        {
            "They stay the same": "Adding the same number changes nothing. Doubling doubles the differences.",
            "They double": "They always add up to 1.",
            "The largest grows": "Doubling is a temperature of ½: colder and harder.",
            "They become more equal": "That is what halving the logits does.",
        },
        right="The largest grows",
    ),
    Question(
        "A new classifier for 100 classes shows a first loss of 4.6. What do you think?",
        {
            "Far too large, stop": "Compare with ln 100, the loss of someone who knows nothing.",
            "Just what one expects": "ln 100 is about 4.6: it has no opinion yet.",
            "It has learned something already": "Then the loss would lie below ln 100.",
        },
        right="Just what one expects",
    ),
    Question(
        "The last line of a model is a softmax, and the loss is F.cross_entropy. What goes wrong?",
        {
            "Nothing, it is safer": "Softmax is then taken twice.",
            "An error is raised": "If only! Shapes and types fit, so nothing complains.",
            "The loss stays high even when the model is sure and right": "Probabilities differ by 1 at most, so as logits they are undecided.",
            "The loss becomes negative": "Minus the log of a probability never does.",
        },
        right="The loss stays high even when the model is sure and right",
    ),
    Question(
        "The labels are uncertain by nature: H(p) = 0.6 nats. How low can the cross entropy of the best model go?",
        {
            "0": "Only the KL part can go to 0. The entropy of the truth stays.",
            "0.6": "CE = H + KL, and KL is 0 when q = p.",
            "Below 0": "Neither H nor KL is ever negative.",
            "It depends on the model": "A worse one stays above. The floor belongs to the data.",
        },
        right="0.6",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | formula |
# |---|---|
# | logit and probability | $p = \sigma(z)$, $\quad z = \ln\frac{p}{1-p}$ |
# | binary cross entropy | $\ell = -\big(y\ln p + (1-y)\ln(1-p)\big)$ |
# | softmax with temperature | $p_c = e^{z_c/T} \,/\, \sum_k e^{z_k/T}$ |
# | cross entropy | $\ell = -\ln p_y = \ln\sum_k e^{z_k} - z_y$ |
# | log-sum-exp | $\ln\sum_k e^{z_k} = m + \ln\sum_k e^{z_k-m}$, $\quad m=\max_k z_k$ |
# | gradient at the logits, for both | $p - y$ (one-hot for many classes), divided by $N$ for a mean |
# | floor and gap | $\text{CE}(p,q) = H(p) + \text{KL}(p\,\|\,q)$ |
# | no opinion | $\ln C$: 0.6931 for two classes, 2.3026 for ten |
#
# - The loss is the surprise: minus the log of the probability given to the truth.
# - Give losses logits. From a probability that has been rounded to 0 or 1 nothing can be saved.
# - Only differences between logits count; that is what makes log-sum-exp safe.
#
# ## Now you
#
# In [homework 3](../assignments/hw3/hw3.ipynb) you write `bce_logits`, `cross_entropy`, `kl_div` and `accuracy`, straight from logits and so
# that they survive logits of a thousand. [Quiz 3](../assignments/quiz3/quiz3.ipynb) asks about lectures 5 and 6. The next lecture,
# [Backpropagation](07_backpropagation.ipynb), asks how $p - y$ travels back through the layers below.
