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
# # Lab 1: What learns?
#
# **Name:**
#
# **Assignment:** lab1

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
# In lecture 1 you watched. Here you try: six small experiments with the pictures and the photos of the lecture, and four questions about what you
# saw. About 40 minutes, 10 points.
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
# Run this cell first, and again each time you restart the kernel. The functions are those of lecture 1.
import torch

from course_utils import check
from course_utils.data import load_digits_small
from course_utils.plots import BLUE, ORANGE, dress, new_figure, show
from course_utils.widgets import rule_explorer

torch.set_num_threads(1)
digits = load_digits_small()
order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))
images, labels = digits.images[order], digits.labels[order]  # 8×8 pixels, from 0 (paper) to 1 (ink)


def measure_ink(pictures):
    """Return the mean darkness of each picture."""
    return pictures.mean(dim=(1, 2))


def measure_symmetry(pictures):
    """Return 1 minus the mean difference of each picture from its mirror image."""
    return 1 - (pictures - pictures.flip(2)).abs().mean(dim=(1, 2))


def standardise(table):
    """Give each column mean 0 and spread 1, so that all count alike."""
    return (table - table.mean(dim=0)) / table.std(dim=0, correction=0)


def learn(inputs, is_second):
    """Fit weights and a bias so that the weighted sum is near +1 for the second group and near -1 for the first."""
    table = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    square = table.T @ table + 1.0 * torch.eye(table.shape[1])
    return torch.linalg.solve(square, table.T @ (2.0 * is_second - 1))


def share_right(weights, inputs, is_second):
    """Return the share of examples on the right side of a learned border."""
    z = inputs @ weights[:-1] + weights[-1]
    return ((z > 0).long() == is_second).double().mean().item()


chosen = (labels == 3) | (labels == 8)
pictures, is_eight = images[chosen], (labels[chosen] == 8).long()  # threes (0) and eights (1)
features = standardise(torch.stack([measure_ink(pictures), measure_symmetry(pictures)], dim=1))
pixels = pictures.reshape(-1, 64)
print(f"{len(pictures)} pictures of threes and eights: 200 to learn from, {len(pictures) - 200} new ones")

figure = new_figure(7.6, 1.3)
for axes, picture, kind in zip(figure.subplots(1, 10), pictures, is_eight):
    axes.imshow(picture, cmap="Greys", vmin=0, vmax=1)
    axes.set_title("8" if kind else "3", fontsize=11)
    axes.set_axis_off()
show(figure, "Ten pictures of 8×8 pixels: " + ", ".join("an eight" if kind else "a three" for kind in is_eight[:10].tolist()) + ".")

# %% [markdown] nbgrader={"grade": false, "grade_id": "my_border-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · A border by hand (1 point)
#
# In the lecture you parted zeros from sixes by ink and symmetry. Threes and eights are harder. Turn and move the border until as many as possible are
# on their right side. The red line points to the side where the rule says "an eight". Give it three minutes, not thirty.
#
# **Record** `my_border = [angle, offset, share]`: the two numbers on the sliders, and the share right of both digits together (0.7, not 70).
#
# <details><summary>Stuck? Look at this first</summary>
#
# Set the offset to 0 and turn the angle all the way round. Where is the share largest, and where smallest? Then move the offset.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "border-figure", "locked": true, "schema_version": 3, "solution": false, "task": false}
rule_explorer(features[:200], is_eight[:200], ("ink", "symmetry"), groups=("a three", "an eight"))

# %% nbgrader={"grade": false, "grade_id": "my_border-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
my_border = ...
### BEGIN SOLUTION
my_border = [60, 0.6, 0.725]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "my_border", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(my_border)

# %% [markdown] nbgrader={"grade": false, "grade_id": "feature_shares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · A feature of your own (1 point)
#
# Ink and symmetry are two features that *somebody* thought of. Think of a third: a number that a three and an eight differ in. For instance the
# ink in some part of the picture: `pictures[:, 4:, :4]` are the rows from the fifth on and the first four columns of every picture.
#
# **Write** `measure_mine(pictures)`: for pictures (N, 8, 8) it returns one number for each, shape (N,). `compare_features` shows the shares right among *new*
# pictures, without and with it. Change your feature until it changes the share, for the better or for the worse.
#
# **Record** as `feature_shares` what `compare_features(measure_mine)` gives back: two shares.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Where does an eight have ink where a three has none? Look at the left side of the pictures above, or at the middle.
#
# </details>
# <details><summary>Hint</summary>
#
# `pictures[:, :, :4].mean(dim=(1, 2))` is the ink of the left half: all pictures, all rows, the first four columns.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "compare-features", "locked": true, "schema_version": 3, "solution": false, "task": false}
def compare_features(measure):
    """Return the share right among new pictures, with ink and symmetry, and with a third feature as well."""
    mine = measure(pictures)
    if tuple(mine.shape) != (len(pictures),):
        print(f"One number for each picture is asked for, shape ({len(pictures)},). Yours has shape {tuple(mine.shape)}.")
    three = standardise(torch.cat([features, mine.reshape(-1, 1)], dim=1))
    shares = [share_right(learn(table[:200], is_eight[:200]), table[200:], is_eight[200:]) for table in (features, three)]
    print(f"right among new pictures: {shares[0]:.1%} with ink and symmetry, {shares[1]:.1%} with your feature as well")
    return shares

# %% nbgrader={"grade": false, "grade_id": "feature_shares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
feature_shares = ...
### BEGIN SOLUTION
def measure_mine(pictures):
    return pictures[:, 4:, :4].mean(dim=(1, 2))


feature_shares = compare_features(measure_mine)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "feature_shares", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(feature_shares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "by_hand-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# What did you think of when you made your feature, and what did the numbers say to it? If somebody had to make features for all 45 pairs of digits in this
# way: what would be the trouble?

# %% [markdown] nbgrader={"grade": true, "grade_id": "by_hand", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I saw that a three is open on the left below and an eight is not, so I took the ink in that corner. It lifted the share from 72 to 85 percent. For
# 45 pairs one would need 45 such ideas, and an idea for one pair may be of no use for the next; a person would have to look at each pair.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "shares_by_count-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · How many examples? (1 point)
#
# Now drop your feature. Let one learner have two features (ink and symmetry) and another all 64 pixels. Both learn from the first 5, 10, 20, 50 and 200 pictures.
#
# **Predict first:** who is better after 5 examples, and who gains more from the other 195?
#
# **Record** `shares_by_count`, two rows of five shares among the new pictures (from number 200 on): first with `features`, then with `pixels`.
#
# <details><summary>Stuck? Look at this first</summary>
#
# For one count: `weights = learn(pixels[:count], is_eight[:count])`, then `share_right(weights, pixels[200:], is_eight[200:])`.
#
# </details>
# <details><summary>Hint</summary>
#
# Two loops, one inside the other: over the tables `features` and `pixels`, and over `counts`. Collect the shares in a list of two lists.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "shares_by_count-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
counts = [5, 10, 20, 50, 200]
shares_by_count = ...
### BEGIN SOLUTION
shares_by_count = []
for table in (features, pixels):
    row = []
    for count in counts:
        weights = learn(table[:count], is_eight[:count])
        row.append(share_right(weights, table[200:], is_eight[200:]))
    shares_by_count.append(row)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "shares_by_count", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(shares_by_count)

# %% [markdown] nbgrader={"grade": false, "grade_id": "curves-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell draws your two rows.

# %%
try:
    rows = torch.as_tensor(shares_by_count).reshape(2, 5).tolist()
except (RuntimeError, TypeError, ValueError):  # the dots, or something else than two rows of five
    print("Experiment 3 has no two rows of five shares yet.")
else:
    figure = new_figure(6.4, 3.2)
    axes = dress(figure.add_subplot(), x="examples to learn from", y="share right among new pictures")
    for row, name, colour, marker in zip(rows, ("2 features", "64 pixels"), (ORANGE, BLUE), ("o", "s")):
        axes.plot(counts, row, color=colour, marker=marker, label=name)
    axes.set_xscale("log")
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_ylim(0.4, 1.02)
    axes.legend()
    said = [f"{name} {', '.join(f'{share:.0%}' for share in row)}" for name, row in zip(("2 features", "64 pixels"), rows)]
    show(figure, f"Two curves of the share right over {', '.join(map(str, counts))} examples: {'; '.join(said)}.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "curves_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# What do the two curves do as the examples become more? Say what you think holds the features back, and why it does not hold the pixels back.

# %% [markdown] nbgrader={"grade": true, "grade_id": "curves_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The curve of the pixels rises from 87 to 97 percent, while the features stay at about 70 however many examples there are. More examples only settle the weights
# better; but threes and eights with the same ink and symmetry look identical to that learner. The pixels still hold the difference.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "zoo_shares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · More of the same, or something else? (1 point)
#
# Back to the leopards. At home every snow leopard stands before snow and every leopard before forest; at the zoo it is the other way round. In the lecture a
# model trained on 400 photos from home was wrong about nearly every animal at the zoo. Would *more photos* have helped?
#
# **Predict first:** put these four training sets in order, from the worst at the zoo to the best.
#
# | | photos | share at home |
# |---|---|---|
# | 1 | 100 | 100 % |
# | 2 | 1,600 | 100 % |
# | 3 | 400 | 90 % |
# | 4 | 400 | 50 % |
#
# **Record** `zoo_shares`, the four shares right among `zoo_photos`, in this order.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `learn` wants a table: `photos.reshape(-1, 144)` makes each photo a row. The zoo's photos need the same.
#
# </details>
# <details><summary>Hint</summary>
#
# For one set: `take_photos(100, 1.0, seed=0)` gives photos and their kinds. Learn from these, as a table. Then ask for the share right of
# `zoo_photos.reshape(-1, 144)` and `zoo_kinds`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "photos", "locked": true, "schema_version": 3, "solution": false, "task": false}
def take_photos(count, share_at_home, seed):
    """Draw photos (count, 12, 12) and kinds, 1 for a snow leopard; so many of them stand where they live."""
    generator = torch.Generator().manual_seed(seed)
    is_snow_leopard = torch.arange(count) % 2
    is_at_home = torch.rand(count, generator=generator) < share_at_home
    is_on_snow = torch.where(is_at_home, is_snow_leopard, 1 - is_snow_leopard)
    photos = torch.where(is_on_snow == 1, 0.9, 0.3)[:, None, None].repeat(1, 12, 12)
    spots = torch.rand(count, 6, 6, generator=generator) < torch.where(is_snow_leopard == 1, 0.3, 0.5)[:, None, None]
    photos[:, 3:9, 3:9] = 0.7 - 0.4 * spots  # the animal, in the middle
    return (photos + 0.05 * torch.randn(count, 12, 12, generator=generator)).clamp(0, 1), is_snow_leopard


zoo_photos, zoo_kinds = take_photos(400, share_at_home=0.0, seed=2)
print("zoo photos:", tuple(zoo_photos.shape), "  kinds:", tuple(zoo_kinds.shape))

# %% nbgrader={"grade": false, "grade_id": "zoo_shares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
zoo_shares = ...
### BEGIN SOLUTION
zoo_shares = []
for count, share_at_home in [(100, 1.0), (1600, 1.0), (400, 0.9), (400, 0.5)]:
    photos, kinds = take_photos(count, share_at_home, seed=0)
    weights = learn(photos.reshape(-1, 144), kinds)
    zoo_shares.append(share_right(weights, zoo_photos.reshape(-1, 144), zoo_kinds))
print(zoo_shares)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "zoo_shares", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(zoo_shares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "snow-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Think of a real data set: medical pictures, job applications, street scenes, whatever you know something about. What could be the *snow* in it, a thing that goes
# with the answer in the sample and not in the world? How would you find out?

# %% [markdown] nbgrader={"grade": true, "grade_id": "snow", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# X-ray pictures from two hospitals: one treats the severe cases and its machine prints a letter in the corner. A model may read the letter and not the lung.
# I would test on pictures from a third hospital, and look at which pixels the weights are large.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "coin_shares-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Learn a coin (1 point)
#
# Can the learner learn what is not there? Throw away the true labels. Give every picture of a three or an eight a label by tossing a coin. Then learn from the first 200
# pictures, as before.
#
# **Predict first:** which share is right among the 200 pictures it learned from? And among the new ones?
#
# **Record** `coin_shares = [share among the first 200, share among the new ones]`, both against the coin's labels.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Only the labels change: put `coins` where `is_eight` stood.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "coin_shares-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
coins = torch.randint(2, (len(pixels),), generator=torch.Generator().manual_seed(7))  # choose a seed of your own
coin_shares = ...
### BEGIN SOLUTION
weights = learn(pixels[:200], coins[:200])
coin_shares = [share_right(weights, pixels[:200], coins[:200]), share_right(weights, pixels[200:], coins[200:])]
print(coin_shares)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "coin_shares", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(coin_shares)

# %% [markdown] nbgrader={"grade": false, "grade_id": "coins_seen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# One of your two shares is well above one half, though a coin cannot be foreseen. How can that be? What follows for somebody who says "my model is right on
# 70 % of the pictures it was trained with"?

# %% [markdown] nbgrader={"grade": true, "grade_id": "coins_seen", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# With 65 numbers to set, the learner can bend itself to many of the 200 accidental labels; it has memorised, and the new pictures show that nothing was learned.
# A share among training pictures alone says little; one has to ask for new ones.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "shapes_right-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · Foresee the shape (1 point)
#
# Shapes are where most programs of this course will break first. Below are eight results. **Write down the shape of each before you run the cell**, as a tuple: `()` for one number,
# `(3,)` for three numbers, `(2, 3)` for two rows of three.
#
# ```
# X = torch.zeros(5, 8, 8)
# ```
#
# | | result | | result |
# |---|---|---|---|
# | 1 | `X[0]` | 5 | `X.mean(dim=(1, 2))` |
# | 2 | `X[:, 0]` | 6 | `X.sum()` |
# | 3 | `X[:2, :, 3:6]` | 7 | `X.reshape(5, -1).T` |
# | 4 | `X.reshape(5, -1)` | 8 | `X.mean(dim=0) - X` |
#
# **Record** as `shapes_right` what `count_right_guesses([...])` gives back for your eight tuples, at the first try. Then find out why the wrong ones are wrong.

# %% nbgrader={"grade": false, "grade_id": "shapes", "locked": true, "schema_version": 3, "solution": false, "task": false}
def count_right_guesses(guesses):
    """Return how many of the eight guesses are right, and say which are not."""
    X = torch.zeros(5, 8, 8)
    results = [X[0], X[:, 0], X[:2, :, 3:6], X.reshape(5, -1), X.mean(dim=(1, 2)), X.sum(), X.reshape(5, -1).T, X.mean(dim=0) - X]
    if len(guesses) != len(results):
        print(f"Eight tuples are asked for, these are {len(guesses)}.")
    right = 0
    for number, (guess, result) in enumerate(zip(guesses, results), start=1):
        is_right = tuple(guess) == tuple(result.shape)
        right += is_right
        print(f"{number}: {tuple(guess)!s:12}", "right" if is_right else f"it is {tuple(result.shape)}")
    return right

# %% nbgrader={"grade": false, "grade_id": "shapes_right-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
shapes_right = ...
### BEGIN SOLUTION
shapes_right = count_right_guesses([(8, 8), (5, 8), (2, 8, 3), (5, 64), (5,), (), (64, 5), (5, 8, 8)])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "shapes_right", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(shapes_right)

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
