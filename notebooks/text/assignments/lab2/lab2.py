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
# # Lab 2: Fitting by hand
#
# **Name:**
#
# **Assignment:** lab2

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
# You fit lines in six ways: by eye, with one student missing, with good and bad learning rates, from good and bad starts, on a better scale, and
# to numbers of your own. Four questions ask what you saw. It follows lectures 2 and 3. About 45 minutes, 10 points.
#
# **How a lab works**
#
# - A lab is graded **on completion**. An experiment counts when its result is there and is one that a run can give. Write your code below the line
#   `# YOUR CODE HERE`, and leave the result under the name that already stands there, in place of the three dots.
# - Run the check below each experiment. It says what is missing.
# - A question counts when you answer it in its own cell, in **at least 15 words of your own**. Copied sentences do not count as words.
#
# For experiment 6 you need eight pairs of numbers that you measured yourself. It says there what for. You may want to start collecting now.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell first, and again each time you restart the kernel.
import torch

from course_utils import check
from course_utils.data import load_scores
from course_utils.plots import BLACK, BLUE, ORANGE, dress, new_figure, show
from course_utils.widgets import contour_stepper, line_and_squares

torch.set_num_threads(1)
quiz, final = load_scores()  # thirteen students: a quiz score and a final score each, shape (13,)


def best_line(x, y):
    """Return w and b of the line of least squares, by the closed form of lecture 2."""
    x_off, y_off = x - x.mean(), y - y.mean()
    w = (x_off * y_off).sum() / (x_off**2).sum()
    return w, y.mean() - w * x.mean()


def mse_of(x, y, w, b):
    """Return the mean squared error of the line ŷ = w·x + b."""
    return ((w * x + b - y) ** 2).mean().item()


for number, (x, y) in enumerate(zip(quiz.tolist(), final.tolist())):
    print(f"row {number:2}: quiz {x:4}, final {y:4}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "line_by_hand-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A line by eye (1 point)
#
# Move `w` and `b` until the squares are as small as you can make them. There is no button for the best line here. Three minutes are enough.
#
# **Record** `line_by_hand = [w, b, MSE]`, as you read them off.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Move one number until the MSE gets no smaller, then the other, then the first again. Does that bring you to the bottom quickly?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "line-figure", "locked": true, "schema_version": 3, "solution": false, "task": false}
line_and_squares(quiz, final, w=0.5, b=8.0, has_best_button=False)

# %% nbgrader={"grade": false, "grade_id": "line_by_hand-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
line_by_hand = ...
### BEGIN SOLUTION
line_by_hand = [1.2, 1.9, 19.05]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "line_by_hand", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(line_by_hand)

# %% [markdown] nbgrader={"grade": false, "grade_id": "squares_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# Which students keep a large square whatever you do? Somebody says: "So the line is wrong." What do you answer?

# %% [markdown] nbgrader={"grade": true, "grade_id": "squares_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The student with quiz 11.8 and only 7.6 in the final, and the one with 4.9 who got 14, stay far off. A line has two numbers and cannot pass through thirteen points; it says what
# is typical, and the rest is what the quiz does not tell.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "slopes_without-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · One student missing (1 point)
#
# Thirteen students are few. How much does the best line hang on a single one of them? Leave each out in turn, fit the other twelve with `best_line`, and keep the slope `w`.
#
# **Predict first:** who changes the slope most? Somebody in the middle, or somebody at the edge? Somebody near the line, or far from it?
#
# **Record** `slopes_without`, thirteen slopes: the first without row 0, the second without row 1, and so on.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `torch.arange(13) != 4` is True everywhere but at row 4. What does `quiz[torch.arange(13) != 4]` give?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "slopes_without-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
slopes_without = ...
### BEGIN SOLUTION
slopes_without = []
for row in range(13):
    kept = torch.arange(13) != row
    w, b = best_line(quiz[kept], final[kept])
    slopes_without.append(w)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "slopes_without", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(slopes_without)

# %%
try:
    slopes = torch.as_tensor(slopes_without, dtype=torch.float64).reshape(13)
except (RuntimeError, TypeError, ValueError):  # the dots, or something else than thirteen numbers
    print("Experiment 2 has no thirteen slopes yet.")
else:
    figure = new_figure(6.4, 3.2)
    axes = dress(figure.add_subplot(), x="quiz of the student left out (points)", y="slope w without them")
    axes.axhline(best_line(quiz, final)[0].item(), color=BLACK, lw=1, label="all thirteen")
    axes.plot(quiz, slopes, "o", color=BLUE, label="one left out")
    axes.legend()
    far = (slopes - best_line(quiz, final)[0]).abs().argmax().item()
    show(
        figure,
        f"Thirteen dots: the slope without each student, over that student's quiz. A line at {best_line(quiz, final)[0]:.3f} shows the slope with all. "
        f"The dot farthest from it, {slopes[far]:.3f}, belongs to row {far} with quiz {quiz[far]:.1f}.",
    )

# %% [markdown] nbgrader={"grade": false, "grade_id": "pull_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# Who moved the slope most, and who hardly at all? What do you think it takes to pull on a line: being far from it, being at the edge, or both?

# %% [markdown] nbgrader={"grade": true, "grade_id": "pull_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Row 0, with the highest quiz of 25.2, moved it most, from 1.31 to 1.52, although its point is not the farthest from the line. Those in the middle hardly count: it works like a lever,
# one must be off the line and far out.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "rate_losses-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Five learning rates (1 point)
#
# Now let the slope do the work, as in lecture 3: one weight, no bias, $\hat y = w x$. Write the loop yourself. Start at $w = 0$, take 20 steps
# $w \leftarrow w - \eta\, d\mathcal{L}/dw$, and look at the loss.
#
# $$\mathcal{L}(w) = \frac1N \sum_i (w x_i - y_i)^2 \qquad\qquad \frac{d\mathcal{L}}{dw} = \frac2N \sum_i (w x_i - y_i)\, x_i$$
#
# Choose **at least five learning rates** that show all you know: one that creeps, one that is about right, one that swings and still arrives, one that flies off.
#
# **Record** `rate_losses`, a row `[learning rate, loss after 20 steps]` for each.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `mse_of(quiz, final, w, 0.0)` is the loss. Before the first step it is 298.61. After one step with η = 0.001 it is much smaller.
#
# </details>
# <details><summary>Hint</summary>
#
# An outer loop over the learning rates, an inner one over 20 steps. Set `w = 0.0` anew for each learning rate. The derivative is twice a `.mean()`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "rate_losses-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
rate_losses = ...
### BEGIN SOLUTION
rate_losses = []
for lr in [0.00001, 0.0001, 0.001, 0.003, 0.006, 0.007]:
    w = 0.0
    for step in range(20):
        w = w - lr * 2 * ((w * quiz - final) * quiz).mean()
    rate_losses.append([lr, mse_of(quiz, final, w, 0.0)])
    print(f"η = {lr:<8} loss {rate_losses[-1][1]:.2f}")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "rate_losses", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(rate_losses)

# %% [markdown] nbgrader={"grade": false, "grade_id": "two_starts-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Two starts (1 point)
#
# With two numbers, `w` and `b`, the learning rate is not all that counts. Look at the map below: the walk begins at $w = 0$, $b = 12$. Press *Ten steps* a few times.
#
# `count_steps(quiz, w, b, lr)` walks from any start and counts the steps until the loss is within 1 % of the lowest one.
#
# **Find two starts that have nearly the same loss, between 250 and 350**, one that arrives in few steps and one that needs many. `mse_of(quiz, final, w, b)` gives the loss of a start.
#
# **Record** `two_starts`, two rows `[w, b, steps]` with η = 0.006, the quick one first.
#
# <details><summary>Stuck? Look at this first</summary>
#
# On the map the valley is a long, thin ellipse. From one start the bottom lies across the valley, from another along it.
#
# </details>
# <details><summary>Hint</summary>
#
# Try starts with the same small `b`, then starts with `b` about 10, and change `w` until the loss is near 300.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "map", "locked": true, "schema_version": 3, "solution": false, "task": false}
lowest = mse_of(quiz, final, *best_line(quiz, final))


def count_steps(x, w, b, lr, most=5000):
    """Return how many steps of gradient descent it takes to come within 1 % of the lowest MSE, or `most`."""
    for step in range(most):
        error = w * x + b - final
        if (error**2).mean() < 1.01 * lowest:
            return step
        w, b = w - lr * 2 * (error * x).mean(), b - lr * 2 * error.mean()
    return most


print(f"lowest MSE {lowest:.2f}; from w = 0, b = 12 (MSE {mse_of(quiz, final, 0.0, 12.0):.1f}): {count_steps(quiz, 0.0, 12.0, 0.006)} steps")
contour_stepper(quiz, final, start=(0.0, 12.0), lr=0.006, steps=10)

# %% nbgrader={"grade": false, "grade_id": "two_starts-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
two_starts = ...
### BEGIN SOLUTION
two_starts = [[w, b, count_steps(quiz, w, b, 0.006)] for w, b in [(0.0, 0.0), (2.0, 10.0)]]
print(two_starts, [mse_of(quiz, final, w, b) for w, b, _ in two_starts])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "two_starts", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(two_starts)

# %% [markdown] nbgrader={"grade": false, "grade_id": "valley_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Both starts are equally bad lines, and yet one walk takes many times as long. Describe what each of the two walks does on the map, and why the long one cannot simply take longer steps.

# %% [markdown] nbgrader={"grade": true, "grade_id": "valley_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# From 0, 0 the bottom lies across the narrow valley: the wall is steep and the walk is there in 21 steps. From 2, 10 it falls to the floor and then creeps along it, where the
# slope is tiny. A larger learning rate would throw it off the steep walls.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "scaled_steps-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · The same walk on a better scale (1 point)
#
# Standardise the quiz: subtract its mean, divide by its standard deviation (`quiz.std(correction=0)`). Then walk from $w = 0$, $b = 12$ again.
#
# **Predict first:** which of the learning rates 0.05, 0.2, 0.5, 0.8, 0.95 is the quickest? Will the five numbers of steps rise, fall, or something else?
#
# **Record** `scaled_steps`: the steps from `count_steps` for these five learning rates, in this order.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Print the mean and the spread of your standardised quiz: 0 and 1. It goes in where `quiz` stood.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "scaled_steps-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
rates = [0.05, 0.2, 0.5, 0.8, 0.95]
scaled_steps = ...
### BEGIN SOLUTION
scaled = (quiz - quiz.mean()) / quiz.std(correction=0)
scaled_steps = [count_steps(scaled, 0.0, 12.0, lr) for lr in rates]
print(dict(zip(rates, scaled_steps)))
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "scaled_steps", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(scaled_steps)

# %% [markdown] nbgrader={"grade": false, "grade_id": "my_pairs-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A line of your own (1 point)
#
# Now numbers that nobody else has. Measure at least **eight pairs**: two things that may go together and that you can count or measure within ten minutes. For
# instance the pages of a book and its thickness; the steps to a place and the seconds it takes; the length of a word and how many words of that length stand on a page.
#
# **Record** `my_pairs`, a row `[x, y]` for each pair. The next cell draws them with the best line.

# %% nbgrader={"grade": false, "grade_id": "my_pairs-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
my_pairs = ...  # for example [[120, 9], [310, 21], …]: pages, millimetres
### BEGIN SOLUTION
my_pairs = [[96, 8], [128, 9], [176, 12], [208, 15], [256, 17], [304, 22], [352, 23], [464, 33], [592, 38]]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "my_pairs", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(my_pairs)

# %%
try:
    pairs = torch.as_tensor(my_pairs, dtype=torch.float64)
    x, y = pairs[:, 0], pairs[:, 1]
except (IndexError, RuntimeError, TypeError, ValueError):  # the dots, or something else than rows of two
    print("Experiment 6 has no pairs yet.")
else:
    w, b = best_line(x, y)
    rmse = mse_of(x, y, w, b) ** 0.5
    figure = new_figure(6.0, 3.4)
    axes = dress(figure.add_subplot(), x="your x", y="your y", title=f"ŷ = {w:.3g}·x + {b:.3g}, RMSE {rmse:.3g}")
    axes.plot(x, y, "o", color=BLUE)
    edge = torch.stack([x.min(), x.max()])
    axes.plot(edge, w * edge + b, color=ORANGE, lw=2)
    show(figure, f"{len(pairs)} points and their line of least squares: slope {w:.3g}, value at x = 0 {b:.3g}, RMSE {rmse:.3g}.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "my_line_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# Say in words, with units, what `w` and `b` of your own line mean. Take an `x` far outside of what you measured: what does the line predict there, and would you believe it?

# %% [markdown] nbgrader={"grade": true, "grade_id": "my_line_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The slope says that a page takes about 0.06 millimetres, and b of about 1.4 millimetres is what the two covers need. For a book of 5,000 pages the line says 32 centimetres, which I believe, but for a
# book without pages nothing would be left to measure.
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
