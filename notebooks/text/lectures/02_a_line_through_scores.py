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
# # 2 · A line through scores
#
# *About 35 minutes. You need: a little Python, and what a straight line is.*
#
# ## What you will be able to do
#
# 1. Name the parts of a learning problem: data, model, residual, objective.
# 2. Compute SSE, MSE, MAE and RMSE, and say what each of them punishes.
# 3. Find the best line with a formula, and check that it is the best.
# 4. Write a line as a matrix product, and say what has to be added to make that true.
#
# ## Where we are
#
# 1 What learns? → **2 A line through scores** → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# Everything later in the course, up to a network that reads handwritten digits, has the same parts as the
# little problem in this notebook. So we take our time with it.

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
from course_utils.widgets import Question, line_and_squares, outlier_explorer, predict, self_check
from course_utils.widgets.outlier import find_least_absolute_line

torch.set_printoptions(precision=2, sci_mode=False)

# %% [markdown]
# ## 2.1 The data
#
# Thirteen students took a quiz, and later the final exam. We know both scores. Our question: **what does a
# quiz score tell us about the final score?**

# %%
quiz, final = load_scores()

print("student   quiz   final")
for number, (x, y) in enumerate(zip(quiz, final), start=1):
    print(f"{number:7} {x:6.1f} {y:7.1f}")

# %% [markdown]
# `quiz` and `final` are the *tensors* of lecture 1: PyTorch calculates with all their numbers at once. We call the
# number of rows `N`, a quiz score `x` (the **input**) and a final score `y` (the **target**). A row of the table
# is an **example**.

# %%
N = len(quiz)
print("N =", N, "  shape of quiz:", tuple(quiz.shape), "  type:", quiz.dtype)
print(f"mean quiz {quiz.mean():.2f}, mean final {final.mean():.2f}")

figure = plots.new_figure(5.6, 3.8)
axes = plots.dress(figure.subplots(), x="quiz x (points)", y="final y (points)", title="Thirteen students")
axes.scatter(quiz, final, color=plots.BLUE)
plots.show(
    figure,
    f"A scatter plot of {N} points, quiz score to the right and final score upwards. The points rise from "
    f"({quiz.min():.1f}, {final[quiz.argmin()]:.1f}) at the lower left to ({quiz.max():.1f}, "
    f"{final[quiz.argmax()]:.1f}) at the upper right, roughly along a straight line, with some scatter.",
)

# %% [markdown]
# ## 2.2 The model
#
# A **model** is a rule that turns an input into a prediction. Ours is a straight line:
#
# $$\hat{y} = w\,x + b$$
#
# Read $\hat{y}$ as "y hat": the *predicted* final, as opposed to the real one, $y$.
#
# - $w$ is the **weight**: by how many points the prediction rises for one more point in the quiz.
# - $b$ is the **bias**: what the line predicts for a quiz score of zero.
#
# $w$ and $b$ are the model's **parameters**. To learn means: to find good values for them. Any two numbers
# give *a* line. Let us try a pair.

# %%
w, b = 1.0, 5.0

predicted = w * quiz + b  # all thirteen predictions at once
residual = final - predicted  # what is left over

print("  quiz   final   predicted   residual")
for row in range(4):
    print(f"{quiz[row]:6.1f} {final[row]:7.1f} {predicted[row]:11.1f} {residual[row]:10.1f}")

# %% [markdown]
# ## 2.3 The residual
#
# The **residual** of a row is the target minus the prediction:
#
# $$r = y - \hat{y}$$
#
# Follow the second row by hand: quiz 8.4, so the line predicts $1.0 \times 8.4 + 5.0 = 13.4$. The student
# really got 13.6, so the residual is $13.6 - 13.4 = 0.2$. A positive residual: the student did better than the
# line says. A negative one: worse.

# %% [markdown]
# ## 2.4 The objective: one number for a whole line
#
# To say that one line is better than another we need *one* number per line. It is called the **objective**, or
# the **loss**, written $\mathcal{L}$: the smaller, the better.
#
# The first idea is to add up the residuals. It does not work, as this cell shows: we take lines of very
# different slopes, all through the middle of the points.

# %%
for slope in [1.3, 0.0, -5.0]:
    through_the_middle = final.mean() + slope * (quiz - quiz.mean())
    left_over = final - through_the_middle
    print(f"slope {slope:5.1f}: residuals add up to {left_over.sum().abs():.2f}, largest residual {left_over.abs().max():.1f}")

# %% [markdown]
# Every one of these lines scores zero, even the one that falls steeply where the points rise. Positive and negative
# residuals cancel. So we first make each residual positive: we **square** it, or we take its **absolute value**.
# Four objectives are in daily use:
#
# | name | formula | unit here | in words |
# |---|---|---|---|
# | SSE, sum of squared errors | $\sum_i r_i^2$ | points² | total area of the squares |
# | MSE, mean squared error | $\frac{1}{N}\sum_i r_i^2$ | points² | average square; does not grow just because there are more rows |
# | RMSE, root mean squared error | $\sqrt{\text{MSE}}$ | points | like MSE, back in the unit of the target |
# | MAE, mean absolute error | $\frac{1}{N}\sum_i \lvert r_i\rvert$ | points | average size of a miss |
#
# ($\sum_i$ means: add up over all rows $i$.)

# %%
squares = residual**2

SSE = squares.sum()
MSE = squares.mean()
RMSE = MSE.sqrt()
MAE = residual.abs().mean()

print(f"the line ŷ = {w} x + {b}:  SSE {SSE:.2f}   MSE {MSE:.2f}   RMSE {RMSE:.2f}   MAE {MAE:.2f}")

# %% [markdown]
# RMSE and MAE are both in points, and RMSE is the larger one. That is no accident. Squaring gives big misses more
# say. Before you go on, commit to a guess:

# %%
doubled = predict(
    "Suppose every residual became twice as large. What would happen to the SSE?",
    options=["It stays the same", "It doubles", "It becomes 4 times as large", "It becomes 8 times as large"],
)
doubled

# %% jupyter={"source_hidden": true}
growth = ((2 * residual) ** 2).sum() / (residual**2).sum()
doubled.reveal(
    f"It becomes {growth:.0f} times as large",
    "(2r)² = 4r², for each row. A student who is missed by 10 points counts 100 times as much as one who is "
    "missed by 1 point.",
)

# %% [markdown]
# ## 2.5 Find a good line by hand
#
# In the figure below each residual is drawn as the side of a square. The area of a square is that student's squared
# residual: blue for students above the line, orange for those below it. **SSE is the total area.** The bars on the
# right show the same areas, one for each student.
#
# Move `w` and `b` with the mouse, or click a slider and use the arrow keys.
#
# - Bring the MSE below 30. Then below 20.
# - Which students' squares are large whatever you do?
# - With the best line you can find: how low do you get?

# %%
line_and_squares(quiz, final, w=0.5, b=8.0, has_best_button=False)

# %%
best_mse = predict("What is the smallest MSE that any line can reach on these thirteen rows?", unit="points²")
best_mse

# %% [markdown]
# ## 2.6 The best line, by a formula
#
# For a line and squared residuals nobody has to search. There is a **closed form**: a formula that gives the best
# $w$ and $b$ straight away.
#
# The SSE is a smooth function of two numbers, $w$ and $b$, shaped like a bowl. At the bottom of a bowl the ground
# is level: whichever way you change $w$ or $b$ a tiny bit, the SSE does not fall. So both slopes (the *partial
# derivatives*) must be zero. Read $\partial\,\text{SSE}/\partial b$ as "how fast the SSE changes when only $b$ changes". Where the right-hand sides
# come from is in lecture 3; here we use them, and check them below.
#
# $$\frac{\partial\,\text{SSE}}{\partial b} = -2\sum_i r_i = 0 \qquad\qquad
# \frac{\partial\,\text{SSE}}{\partial w} = -2\sum_i r_i\,x_i = 0$$
#
# The first says: **the residuals of the best line add up to zero**, so it passes through the middle
# $(\bar{x}, \bar{y})$ of the points. So $b = \bar{y} - w\,\bar{x}$. Put that into the second, and only $w$ is unknown; solve for it:
#
# $$w^\star = \frac{\sum_i (x_i-\bar{x})(y_i-\bar{y})}{\sum_i (x_i-\bar{x})^2} \qquad\qquad
# b^\star = \bar{y} - w^\star\,\bar{x}$$
#
# A bar means "mean", a star means "best".

# %%
x_off, y_off = quiz - quiz.mean(), final - final.mean()

w_best = (x_off * y_off).sum() / (x_off**2).sum()
b_best = final.mean() - w_best * quiz.mean()

residual_best = final - (w_best * quiz + b_best)
mse_best = (residual_best**2).mean()

print(f"w* = {w_best:.3f}   b* = {b_best:.3f}")

# %% [markdown]
# And its MSE? Compare with what you reached by hand:

# %% jupyter={"source_hidden": true}
best_mse.reveal(
    float(mse_best),
    "No line does better, because at this one both slopes of the bowl are zero.",
)

# %% [markdown]
# Never trust a formula you have not checked. Three checks, each of another kind:

# %%
print(f"residuals add up to           {residual_best.sum().abs():.6f}")
print(f"residuals times quiz add up to {(residual_best * quiz).sum().abs():.6f}")

table = torch.stack([quiz, torch.ones(N, dtype=quiz.dtype)], dim=1)  # (13, 2): the quiz, and a column of ones; section 2.8 says why
from_torch = torch.linalg.lstsq(table, final[:, None]).solution[:, 0]  # [:, None] makes it a column
print(f"PyTorch's own solver:          w = {from_torch[0]:.3f}, b = {from_torch[1]:.3f}")

rng = torch.Generator().manual_seed(0)  # random numbers, but the same ones each time you run this
tries = {"tiny": 1_000, "standard": 100_000}[SIZE]
ws = w_best + torch.randn(tries, 1, generator=rng, dtype=quiz.dtype)
bs = b_best + 5 * torch.randn(tries, 1, generator=rng, dtype=quiz.dtype)
mses = ((final - (ws * quiz + bs)) ** 2).mean(dim=1)  # a row for each line, a column for each student; the mean along the row
print(f"{tries:,} other lines at random: {(mses < mse_best).sum()} of them are better")

# %% [markdown]
# So on these rows one more point in the quiz goes with 1.312 more points in the final, the line starts at
# 0.648, and its MSE is 18.60.
#
# **Is 18.60 good?** Compare it with a model that ignores the quiz and always predicts the mean final:

# %%
mse_of_the_mean = ((final - final.mean()) ** 2).mean()
print(f"always the mean: MSE {mse_of_the_mean:.2f}, RMSE {mse_of_the_mean.sqrt():.2f} points")
print(f"the best line:   MSE {mse_best:.2f}, RMSE {mse_best.sqrt():.2f} points")
print(f"the line removes {1 - mse_best / mse_of_the_mean:.0%} of the squared error")
print(f"a student with quiz 15: the line predicts {w_best * 15 + b_best:.1f}")

# %% [markdown]
# Two warnings. Thirteen rows are few: another class would give another line. And the line says what *goes with* a
# quiz score, not what would happen if somebody were *given* ten quiz points.

# %% [markdown]
# ### A slip to avoid: this is ordinary calculus
#
# You may read that the best line is found by "the calculus of variations". It is not. The calculus of variations
# looks for an unknown **function**. We look for two unknown **numbers**, and ordinary derivatives are enough.
# The difference matters. If the unknown were *any function at all*, the answer would be another one:

# %%
memory = {x.item(): y.item() for x, y in zip(quiz, final)}  # a "function" that has learnt the table by heart


def any_function_at_all(x: float) -> float | None:
    """Answer from memory."""
    return memory.get(x)


sse_of_memory = sum((y.item() - any_function_at_all(x.item())) ** 2 for x, y in zip(quiz, final))
print(f"SSE of the line:   {(residual_best**2).sum():.1f}")
print(f"SSE of the memory: {sse_of_memory:.1f}")
print(f"and for a new student with quiz 15 it says: {any_function_at_all(15.0)}")

# %% [markdown]
# A zero loss, and no use to anybody. That we allow only *lines* is what makes the answer say something about the next
# student. Lecture 10 comes back to this.

# %% [markdown]
# ## 2.7 Squares or absolute values?
#
# SSE, MSE and RMSE have the *same* best line. Dividing by $N$ or taking the root changes the number, but not which line has the lowest one. The MAE is
# another matter: it has a best line of its own.
#
# ### A slip to avoid: Σ|r| is not ½Σr²
#
# Some texts write the error as a sum of absolute values and go on, without a word, with half the sum of squares. (The
# half is there only to cancel the 2 of the derivative.) A cell shows that these are not the same thing:

# %%
sum_of_sizes = residual_best.abs().sum()
half_sum_of_squares = 0.5 * (residual_best**2).sum()
print(f"same residuals: Σ|r| = {sum_of_sizes:.2f}   ½Σr² = {half_sum_of_squares:.2f}")

guesses = torch.linspace(0, 30, 30_001, dtype=final.dtype)[:, None]  # 0.000 to 30.000: each is one constant prediction for everybody
by_sizes = guesses[(final - guesses).abs().sum(dim=1).argmin()].item()
by_squares = guesses[(0.5 * (final - guesses) ** 2).sum(dim=1).argmin()].item()
print(f"best constant by Σ|r|: {by_sizes:.2f}   the median of the finals: {final.median():.2f}")
print(f"best constant by ½Σr²: {by_squares:.2f}   the mean of the finals:   {final.mean():.2f}")

# %% [markdown]
# The absolute values are happiest with the **median** (the value in the middle, when all are sorted), the squares with the **mean**. And the median
# hardly cares how far away the farthest value is. That leads to the next question.

# %%
typo = predict(
    "The final of the student with quiz 16 is typed in wrongly: 97.7 in place of 27.7. Both best lines are "
    "computed again. Which one moves more?",
    options=["The line of least squares", "The line of least absolute residuals", "Both move equally"],
)
typo

# %%
student = int((quiz == 16).nonzero())  # the row where the quiz is 16
mistyped = final.clone()  # a copy, so that the table stays as it is
mistyped[student] = 97.7

moved = {}
for y in (final, mistyped):
    w_squares, b_squares = torch.linalg.lstsq(table, y[:, None]).solution[:, 0].tolist()
    w_sizes, b_sizes = find_least_absolute_line(quiz, y)  # there is no formula for this one: the function tries all lines through two points
    for name, w, b in [("squares", w_squares, b_squares), ("absolute residuals", w_sizes, b_sizes)]:
        moved.setdefault(name, []).append(w * 16 + b)  # what the line predicts at quiz 16

# %% jupyter={"source_hidden": true}
by = {name: abs(after - before) for name, (before, after) in moved.items()}
typo.reveal(
    f"The line of least {max(by, key=by.get)}" if max(by.values()) > 1.01 * min(by.values()) else "Both move equally",
    f"At quiz 16 the line of least squares moves by {by['squares']:.1f} points, the other one by {by['absolute residuals']:.1f}. Squared, a miss of 70 points "
    "weighs as much as 4,900 misses of 1 point, so this line runs towards the mistyped student. To the other line the student is just one of "
    "those above it, however far above.",
)

# %% [markdown]
# See for yourself. The figure starts with the mistyped score; move the slider slowly back to 27.7, and then down
# to 0. When does the dashed line begin to care?

# %%
outlier_explorer(quiz, final, row=student, value=97.7)

# %% [markdown]
# Which one is right? Neither. It is a decision: if large misses are really much worse than small ones, use squares; if
# the data may hold typing errors, absolute values are more robust. This course mostly uses squares (and later cross entropy)
# because their derivatives are smooth, and lecture 3 will need derivatives.

# %% [markdown]
# ## 2.8 The line as a matrix product
#
# One quiz gives one number per student. Had there been three quizzes there would be three. So from now on the
# inputs are a table `X` with `N` rows (examples) and `D` columns (features), and `w` holds one weight per column:
#
# $$\hat{y} = X\,w + b \qquad X: (N, D),\quad w: (D,),\quad b: \text{one number},\quad \hat{y}: (N,)$$
#
# `@` is Python's sign for the matrix product: in each row of `X`, every number times its weight, all added up. That is the weighted sum of lecture 1,
# for all rows at once. Our table has `D = 1`.

# %%
X = quiz.reshape(-1, 1)  # (13,) becomes (13, 1): thirteen rows, one column
weights = w_best.reshape(1)  # (1,)

as_matrix = X @ weights + b_best
print("shapes:", tuple(X.shape), "@", tuple(weights.shape), "+ one number ->", tuple(as_matrix.shape))
print(f"largest difference from w*quiz + b: {(as_matrix - (w_best * quiz + b_best)).abs().max():.6f}")

# %% [markdown]
# ### A slip to avoid: $f(x) = wx + b$ is not $f(x) = Ax$
#
# Here $A$ stands for any table of numbers that $x$ is multiplied by. A matrix product alone is *linear*: it sends 0 to 0, and it does not matter whether
# you add before or after. A line with a bias does neither:


# %%
def f(x):
    """Predict the final from the quiz with the best line."""
    return w_best * x + b_best


print(f"f(0) = {f(0):.3f}, but A·0 = 0 for every matrix A")
print(f"f(3) + f(4) = {f(3) + f(4):.3f}, but f(3 + 4) = {f(7):.3f}")

# %% [markdown]
# It becomes $Ax$ once a **1 is appended** to the input. Then the bias is simply the weight of the ones:

# %%
X_and_ones = torch.cat([X, torch.ones(N, 1, dtype=X.dtype)], dim=1)  # (13, 2)
A = torch.stack([w_best, b_best])  # (2,)

print("first row, with its 1:", X_and_ones[0].tolist())
print(f"largest difference: {(X_and_ones @ A - (w_best * quiz + b_best)).abs().max():.6f}")

# %% [markdown]
# That is exactly the `table` that we gave to PyTorch's solver in section 2.6. Remember the picture: a layer of a neural
# network computes $z = XW^\top + b$, and the line you have just fitted is the smallest layer there is. (The small $\top$ swaps rows and columns; lecture 5
# says why it is there.)

# %% [markdown]
# ## 2.9 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "A line predicts 20 for a student who got 14. What is the residual r = y − ŷ?",
        {
            "6": "That is its size. The order is target minus prediction: 14 − 20 is negative.",
            "−6": "14 − 20 = −6: the student did worse than the line says.",
            "36": "That is the squared residual, the area of the square.",
            "34": "That is the sum of both. A residual is what is left over: the difference.",
        },
        right="−6",
    ),
    Question(
        "You copy all thirteen rows, so that there are twenty-six. What happens for the same line?",
        {
            "SSE doubles, MSE stays": "Twice as many squares, each as large as before: the sum doubles, the mean does not.",
            "Both double": "The MSE divides by the number of rows, which doubles too.",
            "Both stay": "The SSE is a sum: with twice as many squares it is twice as large.",
            "SSE stays, MSE halves": "The squares of the copies are added to the sum, they do not vanish.",
        },
        right="SSE doubles, MSE stays",
    ),
    Question(
        "Final scores are measured in points. What is the unit of the RMSE?",
        {
            "points²": "That is the unit of SSE and MSE. The root takes it back.",
            "points": "Squaring gives points², the root gives points again: an RMSE can be compared with a score.",
            "no unit, it is a percentage": "Nothing was divided by a score. It is a typical miss, in points.",
        },
        right="points",
    ),
    Question(
        "For the line of least squares, which of these is always true?",
        {
            "It passes through at least one point": "It may miss every single one. Ours does.",
            "Half of the points lie above it": "That would be a matter of counting. Squares care about sizes, not counts.",
            "Its residuals add up to zero": "That is what a zero slope with respect to b says.",
            "Its residuals are all small": "The best of all lines can still be far from some points.",
        },
        right="Its residuals add up to zero",
    ),
    Question(
        "Why can f(x) = wx + b with b ≠ 0 not be written as a matrix product Ax?",
        {
            "Because w is not a matrix": "A single number is a 1×1 matrix. The trouble is the bias.",
            "Because A·0 = 0, but f(0) = b": "A matrix product sends zero to zero. Append a 1 to x and it works.",
            "It can: A = w + b": "Then f(x) would be wx + bx: the bias would be multiplied by the input.",
        },
        right="Because A·0 = 0, but f(0) = b",
    ),
)

# %% [markdown]
# ## Summary
#
# | part | here | formula |
# |---|---|---|
# | data | thirteen pairs of quiz and final score | $(x_i, y_i)$, $i = 1 \dots N$ |
# | model | a line with two parameters | $\hat{y} = wx + b$, for tables $\hat{y} = Xw + b$ |
# | residual | what the line leaves over | $r_i = y_i - \hat{y}_i$ |
# | objective | one number, smaller is better | $\text{SSE}=\sum r_i^2$, $\text{MSE}=\frac1N\sum r_i^2$, $\text{RMSE}=\sqrt{\text{MSE}}$, $\text{MAE}=\frac1N\sum\lvert r_i\rvert$ |
# | best line | both slopes are zero | $w^\star = \frac{\sum (x_i-\bar x)(y_i-\bar y)}{\sum (x_i-\bar x)^2}$, $b^\star=\bar y - w^\star\bar x$ |
#
# - The best line on our rows: $w^\star = 1.312$, $b^\star = 0.648$, MSE = 18.60.
# - Squares listen to large misses, absolute values do not.
# - A line is a matrix product only once a 1 is appended to the input.
#
# ## Now you
#
# In [homework 1](../assignments/hw1/hw1.ipynb) you can now do the first six exercises: `linear_predict`, `sse`, `mse`, `mae`,
# `rmse` and `least_squares`, for tables with any number of columns. The other three, and [lab 2](../assignments/lab2/lab2.ipynb), come after
# [lecture 3, Downhill](03_downhill.ipynb): what to do when there is no formula.
