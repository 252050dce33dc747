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
# # 3 · Downhill
#
# *About 40 minutes. You need: lecture 2.*
#
# ## What you will be able to do
#
# 1. Read the sign of a derivative as a direction: which way is down?
# 2. Write gradient descent by hand: the gradient, the step, the loop.
# 3. Say from a loss curve whether the learning rate is too small, right or too large, and compute where it breaks.
# 4. Explain why a badly scaled input makes descent slow, and cure it by standardising.
# 5. Say what a zero derivative does and does not promise.
#
# ## Where we are
#
# 1 What learns? → 2 A line through scores → **3 Downhill** → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# In lecture 2 a formula gave us the best line. Neural networks have no such formula. What they have is a way to
# get a little better, again and again. In this lecture we use it on the line, where we know the right answer and can
# check every step.

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

from course_utils import plots
from course_utils.data import load_scores
from course_utils.widgets import Question, contour_stepper, learning_rate_explorer, predict, self_check


# %%
quiz, final = load_scores()
N = len(quiz)
print(f"{N} students; mean quiz {quiz.mean():.2f}, mean final {final.mean():.2f}")

# %% [markdown]
# ## 3.1 One parameter, one slope
#
# To begin with we leave the bias out: $\hat{y} = w\,x$, a line through the origin. Then the loss depends on one number:
#
# $$\mathcal{L}(w) = \frac{1}{N}\sum_i (w\,x_i - y_i)^2$$
#
# Picture it as a valley, and yourself in it in thick fog. You cannot see the bottom. But you can feel with your
# foot **which way the ground falls**. That is all gradient descent ever uses.
#
# How do we feel the slope? Go a tiny bit to the right and see how the loss changes:


# %%
def loss(w):
    """Return the MSE of the line ŷ = w·x, for one weight."""
    return ((w * quiz - final) ** 2).mean()


tiny_bit = 1e-6
w = torch.tensor(0.0, dtype=quiz.dtype)
slope = (loss(w + tiny_bit) - loss(w)) / tiny_bit
print(f"at w = {w:.1f}: the loss is {loss(w):.2f}, the slope is {slope:.1f}")

# %% [markdown]
# The slope is called the **derivative** of $\mathcal{L}$ at this $w$, written $\frac{d\mathcal{L}}{dw}$: how fast the loss changes for each 1 that $w$ changes. It is
# negative here: going right, the loss *falls*.
#
# Calculus gives the same number without any "tiny bit". Each row adds the square of $w\,x_i - y_i$. By the chain rule its derivative is the derivative of the
# outside (the square of something: 2 times that something) times the derivative of the inside ($w\,x_i - y_i$ changes by $x_i$ for each 1 of $w$):
#
# $$\frac{d\mathcal{L}}{dw} = \frac{2}{N}\sum_i (w\,x_i - y_i)\,x_i$$
#
# In code, once more, with a third opinion: PyTorch can work out derivatives by itself (lecture 4 shows how).


# %%
def derivative(w):
    """Return the derivative of the loss at w."""
    return 2 * ((w * quiz - final) * quiz).mean()


asked = torch.tensor(0.0, dtype=quiz.dtype, requires_grad=True)
loss(asked).backward()

print(f"a tiny bit to the right: {slope:.3f}")
print(f"the formula:             {derivative(w):.3f}")
print(f"PyTorch's autograd:      {asked.grad:.3f}")

# %%
which_way = predict(
    "At w = 3 the line is far too steep. What is the sign of the derivative there, and which way should w go?",
    options=[
        "Negative, so w should become larger",
        "Negative, so w should become smaller",
        "Positive, so w should become larger",
        "Positive, so w should become smaller",
    ],
)
which_way

# %% jupyter={"source_hidden": true}
which_way.reveal(
    "Positive, so w should become smaller" if derivative(3.0) > 0 else "Negative, so w should become larger",
    f"At w = 3 the derivative is {derivative(3.0):.1f}: to the right the loss rises, so downhill is to the left.",
)

# %%
print("    w      loss   derivative   downhill is")
for w in [-1.0, 0.0, 1.0, 1.358, 2.0, 3.0]:
    d = derivative(w).item()
    way = "nowhere: level" if abs(d) < 0.5 else "to the left" if d > 0 else "to the right"
    print(f"{w:5.2f} {loss(w):9.2f} {d:12.1f}   {way}")

figure = plots.new_figure(6.4, 3.8)
axes = plots.dress(figure.subplots(), x="weight w", y="loss (MSE)", title="The slope says which way is down")
ws = torch.linspace(-1, 3.7, 200, dtype=quiz.dtype)
axes.plot(ws, [loss(w) for w in ws], color=plots.BLACK)
for w, colour in [(0.0, plots.BLUE), (1.358, plots.GREEN), (3.0, plots.RED)]:
    near = torch.tensor([w - 0.45, w + 0.45])
    axes.plot(near, loss(w) + derivative(w) * (near - w), color=colour, lw=3)
    axes.plot(w, loss(w), "o", color=colour)
plots.show(
    figure,
    "The loss over the weight w: a valley, a parabola open upwards. On its left side, at w = 0, the tangent (blue) "
    "falls to the right; at the bottom, near w = 1.36, it is level (green); on the right side, at w = 3, it rises (red).",
)

# %% [markdown]
# So **step against the sign of the derivative**. Negative derivative: make $w$ larger. Positive: make it smaller.

# %% [markdown]
# ## 3.2 The step
#
# How far? The derivative helps there too: it is large where the valley is steep and goes to zero at the bottom. So
# we step in proportion to it, and call the factor the **learning rate**, $\eta$ ("eta"; `lr` in code):
#
# $$w \leftarrow w - \eta\,\frac{d\mathcal{L}}{dw}$$
#
# The minus sign is what takes us *down*.

# %%
lr = 0.001
w = torch.tensor(0.0, dtype=quiz.dtype)

print("step      w      loss   derivative")
for step in range(6):
    print(f"{step:4} {w:7.4f} {loss(w):8.3f} {derivative(w):12.3f}")
    w = w - lr * derivative(w)

# %% [markdown]
# The steps get shorter by themselves as the ground gets flatter. Nobody had to tell them to.
#
# ### A slip to avoid: the lost minus sign
#
# With $\Delta = y - \hat{y}$ and $E = \tfrac12\Delta^2$ the chain rule gives $\partial E = -\Delta\;\partial\hat{y}$. Read it so: when the prediction changes by a tiny
# $\partial\hat{y}$, then $E$ changes by $-\Delta$ times that. Texts lose the minus sign with ease, because $\hat{y}$ stands in $\Delta$ with a minus. What
# happens if you do? (Here $\hat{y} = w\,x$, so for each 1 of $w$ the prediction changes by $x$, and the derivative is $-\Delta\,x$.)

# %%
x, y = quiz[0], final[0]  # one student is enough
w = torch.tensor(0.0, dtype=quiz.dtype, requires_grad=True)
E = 0.5 * (y - w * x) ** 2
E.backward()
delta = (y - w * x).item()
print(f"true derivative {w.grad:9.2f}    -Δ·x = {-delta * x:9.2f}    +Δ·x = {delta * x:9.2f}")

right, wrong = 0.0, 0.0
for step in range(1, 6):
    right = right - 0.001 * (-(y - right * x) * x)
    wrong = wrong - 0.001 * (+(y - wrong * x) * x)
    print(f"step {step}: E with the minus {0.5 * (y - right * x) ** 2:8.2f}    without it {0.5 * (y - wrong * x) ** 2:10.2f}")

# %% [markdown]
# Without the minus sign you climb, faster and faster. If a loss *rises* from the first step on, look for a sign first.

# %% [markdown]
# ## 3.3 How large may the learning rate be?
#
# With $\eta = 0.001$ it went well. A larger one would be quicker, would it not?

# %%
how_fast = predict(
    "Now η = 0.007, seven times as large. After 20 steps from w = 0, where the loss starts near 299: what has happened?",
    options=[
        "It is at the bottom, only sooner",
        "It swings from side to side, but comes nearer",
        "The loss is larger than at the start, and growing",
    ],
)
how_fast

# %%
w, losses = torch.tensor(0.0, dtype=quiz.dtype), []
for step in range(21):
    losses.append(loss(w).item())
    w = w - 0.007 * derivative(w)

# %% jupyter={"source_hidden": true}
how_fast.reveal(
    "The loss is larger than at the start, and growing"
    if losses[-1] > losses[0]
    else "It swings from side to side, but comes nearer",
    f"The loss went from {losses[0]:.0f} to {losses[-1]:,.0f}. Each step flies over the bottom and lands higher up on "
    "the other side, where the slope is steeper, so the next step is longer still.",
)

# %% [markdown]
# We can compute exactly when that happens. The loss is a parabola, so its derivative is a straight line in $w$. The slope of that straight line,
# the *second* derivative, is called the **curvature** $c$. The line is at 0 where the valley has its bottom, $w^\star$. So the derivative is
# $c\,(w - w^\star)$. Put that into the step, and take $w^\star$ away on both sides:
#
# $$w_\text{new} - w^\star = (w - w^\star) - \eta\,c\,(w - w^\star) = (1 - \eta c)\,(w - w^\star)$$
#
# Every step multiplies the distance to the bottom by the same factor, $1 - \eta c$:
#
# | η | factor | what you see |
# |---|---|---|
# | far below 1/c | just under 1 | creeps |
# | 1/c | 0 | there in one step |
# | between 1/c and 2/c | negative, above −1 | swings from side to side, comes nearer |
# | above 2/c | below −1 | swings and flies off: it **diverges** |

# %%
c = 2 * (quiz**2).mean()  # the derivative of 2·mean((w·x − y)·x) with respect to w
print(f"curvature c = {c:.1f};  1/c = {1 / c:.5f};  2/c = {2 / c:.5f}")

print("      η    factor    loss after 20 steps")
for lr in [0.0001, 0.001, float(1 / c), 0.006, 0.0065, 0.0066, 0.007]:
    w = torch.tensor(0.0, dtype=quiz.dtype)
    for step in range(20):
        w = w - lr * derivative(w)
    print(f"{lr:.5f} {1 - lr * c:9.3f} {loss(w):14,.2f}")

# %% [markdown]
# Play with it. Press the four buttons in turn, then look for the learning rate that reaches the bottom in the fewest
# steps. On the left you see the walk in the valley, on the right the loss after each step: the curve that you will look at
# every day when you train networks. Learn its four faces.

# %%
learning_rate_explorer(quiz, final, lr=0.006)

# %% [markdown]
# ## 3.4 Two parameters: the gradient
#
# Now the bias comes back, $\hat{y} = w\,x + b$. There are two slopes, one if we change only $w$, one if we change only $b$.
# They are the **partial derivatives**, and together they are the **gradient**:
#
# $$\frac{\partial\mathcal{L}}{\partial w} = \frac{2}{N}\sum_i (\hat{y}_i - y_i)\,x_i \qquad\qquad
# \frac{\partial\mathcal{L}}{\partial b} = \frac{2}{N}\sum_i (\hat{y}_i - y_i)$$
#
# The gradient points in the direction in which the loss *rises* most steeply. We step the other way, in both at once:
#
# $$w \leftarrow w - \eta\,\frac{\partial\mathcal{L}}{\partial w} \qquad\qquad b \leftarrow b - \eta\,\frac{\partial\mathcal{L}}{\partial b}$$
#
# "At once" matters: work out both slopes first, with the old $w$ and $b$, and only then move.


# %%
def descend(x, y, w, b, lr, steps):
    """Walk downhill on the MSE from (w, b); return the last w and b, and the loss before each step and at the end."""
    losses = []
    for step in range(steps):
        error = w * x + b - y
        losses.append((error**2).mean().item())
        slope_w = 2 * (error * x).mean()
        slope_b = 2 * error.mean()
        w, b = w - lr * slope_w, b - lr * slope_b
    losses.append(((w * x + b - y) ** 2).mean().item())
    return w, b, losses


w, b, losses = descend(quiz, final, w=0.0, b=12.0, lr=0.006, steps=60)
print(f"from the flat line ŷ = 12: after 60 steps w = {w:.3f}, b = {b:.3f}")
print("loss at step 0, 10, 20, …, 60:", [round(value, 1) for value in losses[::10]])

# %% [markdown]
# The best line has $w = 1.312$, $b = 0.648$ and an MSE of 18.60. Sixty steps, and we are not nearly there. Why not? Look at the map.
# Each point of it is a line; the colour and the contour lines say how large its loss is, like the heights on a hiking map.
#
# The figure shows the sixty steps. Press *Start again*, then *Step* a few times, and watch where the walk goes. Then *Ten
# steps*. What is quick, what is slow?

# %%
fineness = {"tiny": 40, "standard": 120}[SIZE]
contour_stepper(quiz, final, start=(0.0, 12.0), lr=0.006, steps=60, fineness=fineness)

# %% [markdown]
# The valley is long and narrow. Across it the walls are steep, and the walk bounces between them. Along it the floor is nearly
# level, and the walk creeps. One learning rate has to do for both: **the steep direction sets the limit, the flat direction
# sets the waiting time.**

# %% [markdown]
# ## 3.5 Conditioning, in numbers
#
# With two parameters the curvature is a table of four second derivatives (the *Hessian*, $H$): how fast each of the two slopes changes with each of the
# two parameters. For our MSE they are $\frac2N$ times $\sum x_i^2$, $\sum x_i$ (twice) and $N$. With $T$ for the table of lecture 2, the inputs and their
# appended 1, that is the matrix product $H = \frac2N\,T^\top T$ (`T.T` swaps rows and columns).
#
# The **eigenvalues** of $H$ are the curvatures in the steepest and in the flattest direction. How they are computed is no matter here; PyTorch does it.

# %%
ones = torch.ones_like(quiz)
table = torch.stack([quiz, ones], dim=1)  # (13, 2), the inputs with their appended 1

H = 2 / N * table.T @ table
flattest, steepest = torch.linalg.eigvalsh(H)
print(f"steepest curvature {steepest:.2f}, flattest {flattest:.4f}")
print(f"condition number: steepest / flattest = {steepest / flattest:.0f}")
print(f"contour lines, length / width: square root of that = {(steepest / flattest).sqrt():.1f}")
print(f"the MSE's limit:  2 / steepest = {2 / steepest:.5f}")

H_of_sse = 2 * table.T @ table  # no division by N
print(f"the SSE's limit:  2 / steepest = {2 / torch.linalg.eigvalsh(H_of_sse).max():.6f}")

# %% [markdown]
# The ratio is called the **condition number**. 1 is a round bowl; ours is close to 650. The contour lines are ellipses, 25.5
# times as long as they are wide. (Why the root? The height grows with the *square* of the distance from the bottom. And the map above uses different
# scales for $w$ and $b$, or you would see only a thread.)
#
# Descent on the MSE diverges above $\eta = 0.00655$. On the SSE, which is thirteen times as large, it diverges already above
# $0.000504$: a *sum* in place of a *mean* wants a learning rate thirteen times smaller. Do not believe the formula, try it:

# %%
for lr in [0.0065, 0.0066]:
    w, b, losses = descend(quiz, final, 0.0, 0.0, lr, steps=1000)
    print(f"η = {lr}: after 1000 steps the MSE is {losses[-1]:.4g}")
for lr in [0.0005, 0.00051]:  # the slopes of the SSE are N times those of the MSE: as if η were N times as large
    w, b, losses = descend(quiz, final, 0.0, 0.0, N * lr, steps=1000)
    print(f"the same on the SSE, η = {lr}: after 1000 steps the SSE is {N * losses[-1]:.4g}")

best_mse = ((table @ torch.linalg.lstsq(table, final[:, None]).solution[:, 0] - final) ** 2).mean().item()
print(f"\nlowest MSE possible: {best_mse:.2f}.  Steps from ŷ = 12 until within 1 % of it:")
patience = {"tiny": 1200, "standard": 3000}[SIZE]
for lr in [0.003, 0.006, 0.0065]:
    _, _, losses = descend(quiz, final, 0.0, 12.0, lr, steps=patience)
    arrived = next((step for step, value in enumerate(losses) if value < 1.01 * best_mse), None)
    print(f"η = {lr}: {arrived if arrived is not None else f'more than {patience}'} steps")

# %% [markdown]
# Hundreds of steps for a line through thirteen points! For a network of a million weights that would be hopeless. Happily there is a
# cure, and it costs one line.

# %% [markdown]
# ## 3.6 Standardise the input
#
# The valley is narrow because quiz scores are all positive and large: a change of $w$ moves every prediction a lot, and always in the
# same direction as a change of $b$. So shift the input to mean 0, and scale it to standard deviation 1. (The *standard deviation* is the typical distance
# from the mean: the root of the mean squared distance.)
#
# $$\tilde{x} = \frac{x - \text{mean}(x)}{\text{std}(x)}$$

# %%
mean, std = quiz.mean(), quiz.std(correction=0)  # correction=0: divide by N, as in the MSE
scaled = (quiz - mean) / std
print(f"mean {scaled.mean().abs():.2f}, standard deviation {scaled.std(correction=0):.2f}")

scaled_table = torch.stack([scaled, ones], dim=1)
H_scaled = 2 / N * scaled_table.T @ scaled_table
print("curvatures, standardised:", [round(value, 6) for value in torch.linalg.eigvalsh(H_scaled).tolist()])

# %% [markdown]
# The scores have another zero and another unit now, and that is all. Their order and their pattern are what they were: standardising makes no bell curve
# of them.
#
# Both curvatures are 2. The bowl is round, and the limit is $2/2 = 1$. You know the factor $1 - \eta c$ by now:

# %%
steps_needed = predict("On the standardised quiz, with η = 0.5: how many steps until the line is the best one?", unit="step(s)")
steps_needed

# %%
w_scaled, b_scaled, losses = descend(scaled, final, 0.0, 12.0, lr=0.5, steps=3)

# %% jupyter={"source_hidden": true}
steps_needed.reveal(
    next(step for step, value in enumerate(losses) if abs(value - best_mse) < 1e-9),
    f"1 − ηc = 1 − 0.5·2 = 0: the first step takes away the whole distance. Losses: {[round(v, 2) for v in losses]}.",
)

# %% [markdown]
# From hundreds of steps to one. And it *is* the same line, with the same MSE. Translate it back to plain quiz points: put the formula for $\tilde{x}$
# into $w\,\tilde{x} + b$, and collect what stands before $x$ and what stands alone.

# %%
w_back = w_scaled / std
b_back = b_scaled - w_scaled * mean / std
print(f"standardised: w = {w_scaled:.3f}, b = {b_scaled:.3f}  (b is now the mean final, {final.mean():.3f})")
print(f"translated:   w = {w_back:.3f}, b = {b_back:.3f}")

# %% [markdown]
# Now the map again. Both walks begin at the same line. Switch between *raw* and *standardised*, and try the learning rates to the end of
# the slider. Where does each map begin to diverge?

# %%
contour_stepper(quiz, final, start=(0.0, 12.0), inputs="standardised", lr=0.1, steps=20, fineness=fineness)

# %% [markdown]
# One step is the luck of a single input. With many inputs, standardising makes each of them equally loud, but they may still go up and
# down together, and the bowl stays somewhat stretched. It helps nearly always, and lecture 8 shows optimisers that do more.

# %% [markdown]
# ## 3.7 What a zero derivative promises
#
# ### A slip to avoid: "where the derivative is zero, there is the minimum"
#
# At a minimum of a smooth function the derivative is zero. The other way round it is not true:


# %%
def slope_of(function, at):
    """Return the derivative of a function at one point, by autograd."""
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    function(x).backward()
    return x.grad.item()


# `lambda x: …` is a function without a name: what stands before the colon goes in, what stands behind it comes out
for name, function in [("-x²", lambda x: -(x**2)), ("x³", lambda x: x**3), ("x²", lambda x: x**2)]:
    left, here, right = (function(torch.tensor(x)).item() for x in (-0.1, 0.0, 0.1))
    kind = "a minimum" if left > here < right else "a maximum" if left < here > right else "neither"
    print(f"{name:>3}: derivative at 0 is {abs(slope_of(function, 0.0)):.1f}, and 0 is {kind}")

# %% [markdown]
# And even where it is a minimum, it may not be the lowest one. This function has two valleys; the start decides where you end:


# %%
def two_valleys(x):
    """Return the height of a landscape with two valleys."""
    return (x**2 - 1) ** 2 + 0.3 * x


for start in [-2.0, 2.0]:
    x = start
    for step in range(200):
        x = x - 0.02 * slope_of(two_valleys, x)
    print(f"start {start:4.1f}: ends at x = {x:.3f}, derivative {abs(slope_of(two_valleys, x)):.6f}, height {two_valleys(x):.3f}")

# %% [markdown]
# Only where a function is **convex** (it curves upwards everywhere, like a bowl) is a point with zero derivative the lowest point
# of all. Our MSE is convex in $(w, b)$: both of its curvatures are positive, and they are the same everywhere.

# %%
print("curvatures of the MSE of a line:", [round(value, 4) for value in torch.linalg.eigvalsh(H).tolist()])
print("both positive:", bool((torch.linalg.eigvalsh(H) > 0).all()))

# %% [markdown]
# Networks are not convex. We go downhill all the same, and (lecture 8) it works better than one would fear.

# %% [markdown]
# ## 3.8 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "At the present w the derivative of the loss is −4. With η = 0.1, what is the next w?",
        {
            "w − 0.4": "The step is −η times the derivative: −0.1 · (−4) = +0.4.",
            "w + 0.4": "−0.1 · (−4) = +0.4: the loss falls to the right, so we go right.",
            "w − 4": "The learning rate is missing, and the sign is wrong too.",
            "0.4": "That is the change. It is added to the old w.",
        },
        right="w + 0.4",
    ),
    Question(
        "The loss goes 300, 420, 588, 823, … What do you try first?",
        {
            "A smaller learning rate": "Growing by the same factor each step is the face of an η above 2/c.",
            "More steps": "Each further step makes it worse.",
            "A larger learning rate": "The steps are too long already.",
            "Another starting point": "Above the limit, descent flies off from everywhere but the bottom itself.",
        },
        right="A smaller learning rate",
    ),
    Question(
        "Someone replaces the MSE over 13 rows by the SSE. What should happen to the learning rate?",
        {
            "Nothing, the best line is the same": "The bottom is in the same place, but the walls are 13 times as steep.",
            "13 times larger": "The gradient is 13 times larger, so the same step needs a smaller η.",
            "13 times smaller": "SSE = 13 · MSE, so are its derivative and its curvature; the limit 2/c shrinks.",
        },
        right="13 times smaller",
    ),
    Question(
        "Why is descent on the raw quiz scores slow?",
        {
            "There are too few rows": "Thirteen rows standardised take one step.",
            "The steep direction limits η, and the flat one needs many steps": "That is what a large condition number means.",
            "The starting point was bad": "In a round bowl any start is one step of η = 0.5 away.",
            "The derivative is wrong": "It agreed with autograd in every digit shown.",
        },
        right="The steep direction limits η, and the flat one needs many steps",
    ),
    Question(
        "Training stops at a point where the gradient is zero. What do you know for certain?",
        {
            "It is the lowest point of all": "Only if the loss is convex. The two valleys showed a counterexample.",
            "It is a minimum": "It might be a maximum, or neither, as x³ at 0.",
            "Gradient descent will not move from here": "The step is −η · 0 = 0. More you do not know.",
        },
        right="Gradient descent will not move from here",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | formula |
# |---|---|
# | gradient of the MSE | $\frac{\partial\mathcal{L}}{\partial w}=\frac2N\sum(\hat y_i-y_i)\,x_i$, $\quad\frac{\partial\mathcal{L}}{\partial b}=\frac2N\sum(\hat y_i-y_i)$ |
# | step | $w\leftarrow w-\eta\,\frac{\partial\mathcal{L}}{\partial w}$, $\quad b\leftarrow b-\eta\,\frac{\partial\mathcal{L}}{\partial b}$, both from the old values |
# | distance to the bottom, per step | times $1-\eta c$, with curvature $c$ |
# | limit of the learning rate | $\eta < 2/c_\text{steepest}$: 0.00655 for our MSE, 0.000504 for our SSE |
# | condition number | $c_\text{steepest}/c_\text{flattest}$: about 650 raw, 1 standardised |
# | standardising | $\tilde x=(x-\text{mean})/\text{std}$, then one step of $\eta=0.5$ lands |
#
# - Step against the sign of the derivative, in proportion to it.
# - A loss curve has four faces: creeping, good, swinging, flying off.
# - A zero derivative is a minimum for certain only where the function is convex.
#
# ## Now you
#
# In [homework 1](../assignments/hw1/hw1.ipynb) you can now do the last three exercises, `mse_grad`, `gd_step` and `gd_fit`: the same
# walk, for tables with any number of columns. In [lab 2](../assignments/lab2/lab2.ipynb) you fit lines by hand, by eye and by descent, and
# [quiz 1](../assignments/quiz1/quiz1.ipynb) asks about lectures 1 to 3. [Lecture 4, The PyTorch loop](04_the_pytorch_loop.ipynb), then lets PyTorch compute
# the gradient.
