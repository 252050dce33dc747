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
# # 1 · What learns?
#
# *About 35 minutes. You need: a little Python.*
#
# ## What you will be able to do
#
# 1. Say how artificial intelligence, machine learning and deep learning contain each other, and tell a rule from a learned model.
# 2. Compare features made by hand with learned ones, on the same pictures.
# 3. Show how a biased sample teaches a model the wrong thing, and how to find out.
# 4. Read and change the shape of a tensor, and go from PyTorch to NumPy and back.
# 5. Hand in work so that it counts.
#
# ## Where we are
#
# **1 What learns?** → 2 A line through scores → 3 Downhill → 4 The PyTorch loop → 5 Neurons and layers →
# 6 Losses for classes → 7 Backpropagation → 8 Optimisers → 9 Digits → 10 Generalising →
# 11 Seeing features → 12 Debugging clinic
#
# This is the beginning. A notebook is made of **cells**: text like this, and code. Click a code cell and press Shift+Enter to run it; what it
# prints appears below. Run all of them, from top to bottom. Where the notebook asks you to *predict*, choose an answer and press the button
# before you run on. Your guess is kept, and shown beside the answer: a guess that turns out wrong teaches more than an answer that you only read.

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
import numpy as np
import torch

from course_utils import plots
from course_utils.data import load_digits_small, load_scores
from course_utils.widgets import Question, predict, rule_explorer, self_check, shape_explorer

torch.set_printoptions(precision=2, sci_mode=False)
torch.set_num_threads(1)  # the examples are small: a second thread costs more than it helps

# %% [markdown]
# ## 1.1 Three words, one inside the other
#
# **Artificial intelligence** (AI) is the widest word: programs that do what seems to need intelligence. A chess program that looks ten
# moves ahead belongs here, though nothing in it learns.
#
# **Machine learning** (ML) is a part of AI: programs whose behaviour is not written down but *fitted to examples*.
#
# **Deep learning** (DL) is a part of machine learning: the fitted thing is a network of many **layers**. A layer is a calculation that takes
# the results of the layer before it. The first layers learn what to look for.
#
# | example | AI | ML | DL |
# |---|---|---|---|
# | a chess program with rules and search | yes | no | no |
# | a line fitted to exam scores | yes | yes | no |
# | a network that reads handwriting | yes | yes | yes |
#
# So DL is inside ML, and ML is inside AI. Every ring has things in it that are not in the next.
#
# ### Rules against learning
#
# A **rule** comes from a person: "if the mean darkness is above 0.3, say zero". A **learned model** comes from examples: a person chooses
# the *form* of the calculation, and the examples decide the numbers in it. In this lecture you do both on the same pictures.
#
# They are handwritten digits of 8×8 **pixels**, little squares with one number each: how dark it is, from 0 to 1. With each picture comes its
# **label**, the digit that it shows. All of them lie in boxes of numbers called *tensors*, which section 1.6 takes slowly.

# %%
digits = load_digits_small()
order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(0))  # shuffle; the seed makes it the same order each time
images, labels = digits.images[order], digits.labels[order]
print(digits.source)
print("images:", tuple(images.shape), "  labels:", tuple(labels.shape))
print("the first picture, as the computer has it (0 is paper, 16 is ink):")
print((images[0] * 16).int())
print("somebody has written beside it that it is a", labels[0].item())  # item: the plain number in a tensor of one number

figure = plots.new_figure(7.2, 2.0)
for axes, image, label in zip(figure.subplots(1, 8), images, labels):
    axes.imshow(image, cmap="Greys", vmin=0, vmax=1)
    axes.set_title(str(label.item()), fontsize=12)
    axes.set_axis_off()
plots.show(
    figure,
    f"Eight pictures of 8×8 pixels, each a handwritten digit in dark ink on white. Their labels are "
    f"{', '.join(str(label) for label in labels[:8].tolist())}. They are coarse, but a person can read most of them.",
)

# %% [markdown]
# ## 1.2 Features made by hand
#
# A **feature** is a number that says something about an example. For decades people made them by hand. Here are two:
#
# - **ink**: how dark is the picture on the whole?
# - **symmetry**: how similar is the picture to its mirror image, left and right exchanged?


# %%
def measure_ink(images):
    """Return the mean darkness of each picture."""
    return images.mean(dim=(1, 2))  # dim 0 counts the pictures, 1 and 2 are their rows and columns


def measure_symmetry(images):
    """Return 1 minus the mean difference of each picture from its mirror image."""
    return 1 - (images - images.flip(2)).abs().mean(dim=(1, 2))  # flip(2): the columns in reverse order


print("digit   mean ink   mean symmetry")
for digit in range(10):
    chosen = images[labels == digit]
    print(f"{digit:5} {measure_ink(chosen).mean():10.2f} {measure_symmetry(chosen).mean():12.2f}")

# %% [markdown]
# A zero looks like its mirror image, a six does not. So a rule may tell them apart. The features are *standardised* (mean 0, spread 1; more
# in lecture 3), so that both count alike.
#
# Now you are the programmer. In the figure each point is a picture: ink to the right, symmetry upwards. Turn and move the border until as many as
# possible are right. The red line points to the side where the rule says "a six".


# %%
def prepare(first, second):
    """Return the pictures of two digits, 1 where the picture shows the second, and the two features standardised."""
    pair = (labels == first) | (labels == second)
    pictures, is_second = images[pair], (labels[pair] == second).long()
    features = torch.stack([measure_ink(pictures), measure_symmetry(pictures)], dim=1)
    return pictures, is_second, (features - features.mean(dim=0)) / features.std(dim=0, correction=0)


pictures, is_six, features = prepare(0, 6)
rule_explorer(features[:200], is_six[:200], ("ink", "symmetry"), groups=("a zero", "a six"), angle=45, offset=0.5)

# %% [markdown]
# How good did your rule become? It took you a minute or two, and two people would not write the same one.
#
# ## 1.3 Let the examples decide
#
# Your border was a **weighted sum**: each feature times a number of its own, its *weight*, all added up, plus one more number, the *bias*. With
# $x_1$ for the ink and $x_2$ for the symmetry:
#
# $$z = w_1\,x_1 + w_2\,x_2 + b \qquad\qquad \text{"a six" where } z > 0$$
#
# The form stays, but now 200 examples choose the weights and the bias. What counts is the share that is right among *other* pictures, which
# played no part in choosing.
#
# For once, do not stop at the lines inside `learn`: lectures 2 to 6 open that box. Hold on to what goes in (examples and their labels) and what
# comes out (one weight per feature, and the bias).


# %%
def learn(inputs, is_second):
    """Fit weights and a bias so that the weighted sum is near +1 for the second digit and near -1 for the first."""
    table = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)  # a 1 in each row: its weight is the bias
    # A pixel that never changes would leave its weight open; a small penalty settles it.
    square = table.T @ table + 1.0 * torch.eye(table.shape[1])
    return torch.linalg.solve(square, table.T @ (2.0 * is_second - 1))


def count_right(weights, inputs, is_second):
    """Return the share of examples on the right side of a learned border."""
    z = inputs @ weights[:-1] + weights[-1]  # @ makes the weighted sum of each row; the last number is the bias
    return ((z > 0).long() == is_second).double().mean().item()


by_hand = learn(features[:200], is_six[:200])
print(f"learned: weight of ink {by_hand[0]:.2f}, weight of symmetry {by_hand[1]:.2f}, bias {by_hand[2]:.2f}")
print(f"right among {len(features) - 200} new pictures: {count_right(by_hand, features[200:], is_six[200:]):.1%}")

# %% [markdown]
# The examples found a good border without us, and also that ink is of no use here: its weight is nearly 0. But *we* still chose the two
# features, and symmetry was a good one for zero and six.

# %%
other_pair = predict(
    "The same two features, ink and symmetry, and the same learner. Now it must tell threes from sevens. How many new pictures are right?",
    options=["About as many as before", "About three in four", "About half, as by tossing a coin"],
)
other_pair

# %%
pictures37, is_seven, features37 = prepare(3, 7)
share = count_right(learn(features37[:200], is_seven[:200]), features37[200:], is_seven[200:])

# %% jupyter={"source_hidden": true}
other_pair.reveal(
    "About half, as by tossing a coin" if share < 0.6 else "About three in four" if share < 0.85 else "About as many as before",
    f"{share:.1%} are right. Threes and sevens have about the same ink and the same symmetry. The learner is not to blame: what the features "
    "do not say, nobody can learn from them.",
)

# %% [markdown]
# So drop the features, and give the learner all 64 pixels. It gets 64 weights, one per pixel, and chooses by itself where to look. (You will see a share
# well below one half, too. There the learner took a difference that the 200 examples had by chance, and the new pictures have it the other way round.)

# %%
print("share right among new pictures    ink and symmetry    64 pixels")
for first, second in [(0, 6), (3, 7), (1, 4), (1, 9), (0, 2)]:
    pair_pictures, is_second, pair_features = prepare(first, second)
    pixels = pair_pictures.reshape(-1, 64)
    hand = count_right(learn(pair_features[:200], is_second[:200]), pair_features[200:], is_second[200:])
    own = count_right(learn(pixels[:200], is_second[:200]), pixels[200:], is_second[200:])
    print(f"{first} or {second} {hand:39.1%} {own:14.1%}")

pixels = pictures37.reshape(-1, 64)
mask = learn(pixels[:200], is_seven[:200])[:-1].reshape(8, 8)

figure = plots.new_figure(7.6, 2.8)
panels = figure.subplots(1, 3)
for axes, picture, title in zip(panels, (pictures37[is_seven == 0].mean(dim=0), pictures37[is_seven == 1].mean(dim=0)), ("mean three", "mean seven")):
    axes.imshow(picture, cmap="Greys")
    axes.set_title(title, fontsize=11)
reach = mask.abs().max().item()
shown = panels[2].imshow(mask, cmap="PuOr_r", vmin=-reach, vmax=reach)
panels[2].set_title("learned weights", fontsize=11)
figure.colorbar(shown, ax=panels[2], label="+ seven, − three")
for axes in panels:
    axes.set_axis_off()
row, column = divmod(mask.argmax().item(), 8)  # argmax: the place of the largest number, counted through all 64
low_row, low_column = divmod(mask.argmin().item(), 8)
plots.show(
    figure,
    f"Three pictures of 8×8 pixels: the mean of all threes, the mean of all sevens, and the 64 learned weights. Orange pixels speak for a "
    f"seven, most strongly in row {row + 1}, column {column + 1}; purple ones for a three, most strongly in row {low_row + 1}, column "
    f"{low_column + 1}.",
)

# %% [markdown]
# One layer of weights on pixels is still a simple thing: each pixel speaks for itself. **Deep** learning stacks layers. The first ones turn pixels into strokes and
# corners, features that nobody wrote down; the later ones decide by them. That step comes in lectures 5 and 9, and in lecture 11 you look
# inside.

# %% [markdown]
# ## 1.4 Structured and unstructured data
#
# **Structured** data are tables: each column has a name and a meaning. The exam scores of lecture 2 are such a table. **Unstructured** data are pictures,
# sound and text: a single number in them means little alone. Does it matter in which order the columns stand? For a table no. For a picture, to *you*,
# very much:

# %%
quiz, final = load_scores()
print("structured, a row: quiz", quiz[0].item(), " final", final[0].item())
print("unstructured, a pixel:", images[0, 3, 4].item(), " (of which digit? nobody can say)")

shuffle = torch.randperm(64, generator=torch.Generator().manual_seed(1))
mixed = pixels[:, shuffle]  # every picture with its pixels in the same new order
kept = count_right(learn(pixels[:200], is_seven[:200]), pixels[200:], is_seven[200:])
shuffled = count_right(learn(mixed[:200], is_seven[:200]), mixed[200:], is_seven[200:])
print(f"threes or sevens, 64 weights: right {kept:.1%}; the same with all pixels in another order: {shuffled:.1%}")

# %% [markdown]
# You could not read the mixed pictures. To a weighted sum they are the same: it treats a picture as a table with 64 columns. It does not know which
# pixels are neighbours. Networks that do know come in lecture 11.

# %% [markdown]
# ## 1.5 A biased sample
#
# A model learns what separates the examples it is shown. Whether that is what *you* meant, it cannot know. We make small pictures of two animals: leopards, with
# dark spots, many of them, and snow leopards, with fewer. Snow leopards live in the snow, so in our photos they stand before white; leopards stand before
# dark forest. (The function below draws the pictures, 12×12 = 144 pixels each. You may skip what is inside.)
#
# The photos that we happen to have are called a **sample**. A sample that differs from the world in some regular way is **biased**. (This has nothing
# to do with the bias of a weighted sum. Only the word is the same.)


# %%
def take_photos(count, share_at_home, seed):
    """Draw photos (count, 12, 12) and labels, 1 for a snow leopard; so many of them stand where they live."""
    generator = torch.Generator().manual_seed(seed)
    is_snow_leopard = torch.arange(count) % 2
    is_at_home = torch.rand(count, generator=generator) < share_at_home
    is_on_snow = torch.where(is_at_home, is_snow_leopard, 1 - is_snow_leopard)
    photos = torch.where(is_on_snow == 1, 0.9, 0.3)[:, None, None].repeat(1, 12, 12)
    spots = torch.rand(count, 6, 6, generator=generator) < torch.where(is_snow_leopard == 1, 0.3, 0.5)[:, None, None]
    photos[:, 3:9, 3:9] = 0.7 - 0.4 * spots  # the animal, in the middle
    return (photos + 0.05 * torch.randn(count, 12, 12, generator=generator)).clamp(0, 1), is_snow_leopard


photos, is_snow_leopard = take_photos(400, share_at_home=1.0, seed=0)
figure = plots.new_figure(7.2, 2.2)
for i, axes in enumerate(figure.subplots(1, 6)):
    axes.imshow(photos[i], cmap="gray", vmin=0, vmax=1)
    axes.set_title("snow leopard" if is_snow_leopard[i] else "leopard", fontsize=10)
    axes.set_axis_off()
plots.show(
    figure,
    "Six small grey pictures, in turn leopard and snow leopard. In the middle of each is a square coat with dark spots, more of them on the "
    "leopards. Around it the background is dark for every leopard and nearly white for every snow leopard.",
)

# %%
new_photos, new_labels = take_photos(400, share_at_home=1.0, seed=1)
model = learn(photos.reshape(-1, 144), is_snow_leopard)
at_home = count_right(model, new_photos.reshape(-1, 144), new_labels)
print(f"right among 400 new photos from the same places: {at_home:.1%}")

# %% [markdown]
# Perfect, it seems. Then somebody brings photos from a zoo. There every animal stands before the *other* background: snow leopards before dark rock, leopards before
# a white wall.

# %%
zoo = predict(
    "The model that was right on every new photo gets the photos from the zoo. What share is right?",
    options=["Nearly all", "About half", "Nearly none"],
)
zoo

# %%
zoo_photos, zoo_labels = take_photos(400, share_at_home=0.0, seed=2)
at_zoo = count_right(model, zoo_photos.reshape(-1, 144), zoo_labels)

# %% jupyter={"source_hidden": true}
zoo.reveal(
    "Nearly none" if at_zoo < 0.2 else "About half" if at_zoo < 0.7 else "Nearly all",
    f"{at_zoo:.1%} are right. The background separated the training photos perfectly and with less trouble than the spots, so the model learned "
    "the background. It is a snow detector.",
)

# %% [markdown]
# How do you find out? Two ways. Look inside: the weighted sum is made of one part from the background's pixels and one from the animal's, so compute
# them apart. And change the sample: let some of the training photos be taken elsewhere.

# %%
is_animal = torch.zeros(12, 12, dtype=torch.bool)
is_animal[3:9, 3:9] = True
part = new_photos * model[:-1].reshape(12, 12)  # what each pixel adds to the weighted sum
for name, pixels_of in [("background", ~is_animal), ("animal", is_animal)]:
    total = part[:, pixels_of].sum(dim=1)
    gap = total[new_labels == 1].mean() - total[new_labels == 0].mean()
    print(f"the {name:10} lifts snow leopards above leopards by {gap:.2f}")

print("\nshare of training photos where the animal lives     right at home    right at the zoo")
for share_at_home in [1.0, 0.95, 0.75, 0.5]:
    photos, is_snow_leopard = take_photos(400, share_at_home, seed=0)
    model = learn(photos.reshape(-1, 144), is_snow_leopard)
    print(
        f"{share_at_home:30.0%} {count_right(model, new_photos.reshape(-1, 144), new_labels):34.1%} "
        f"{count_right(model, zoo_photos.reshape(-1, 144), zoo_labels):18.1%}"
    )

# %% [markdown]
# New photos *from the same places* could not reveal it: they had the same bias. What helps:
#
# - Ask how the sample came about. What else is always different between the classes?
# - Test on data from elsewhere.
# - Break the link: when half of the animals stand before the other background, the background says nothing, and only the spots remain.

# %% [markdown]
# ## 1.6 Tensors
#
# All data in this course, and all weights, are **tensors**: boxes of numbers of one type. Three things describe a tensor: its **shape** (how many numbers along each dimension),
# its **dtype** (what kind of number: `float32` has a decimal point and about seven digits, `int64` is a whole number) and its **device** (where it is:
# `cpu` is the computer's processor).

# %%
for name, t in [("a number", torch.tensor(3.5)), ("a row of scores", quiz), ("one picture", images[0]), ("all pictures", images), ("labels", labels)]:
    print(f"{name:16} shape {tuple(t.shape)!s:14} dimensions {t.dim()}   numbers {t.numel():7,}   {t.dtype}   {t.device}")

# %% [markdown]
# `t.dim()` counts the dimensions, and `t.numel()` the numbers, which is the product of the shape.
#
# By convention the first dimension counts the examples: $X$ has shape `(N, D)`, `N` examples with `D` numbers each. Our pictures are 8×8, so we *reshape*
# each of them to a row of 64. (We did so in section 1.3, for the 64 weights.)

# %%
X = images.reshape(len(images), 64)  # or .reshape(-1, 64): -1 means "whatever is left"
print("reshape: ", tuple(images.shape), "→", tuple(X.shape))
print("one row of X is one picture:", torch.equal(X[5].reshape(8, 8), images[5]))
print("mean over dim 0, the mean picture:", tuple(images.mean(dim=0).shape), "  over dims 1 and 2, the ink:", tuple(images.mean(dim=(1, 2)).shape))
try:
    images.reshape(-1, 65)
except RuntimeError as trouble:
    print("reshape(-1, 65):", trouble)

# %% [markdown]
# Reshaping moves no number in memory; it only changes how they are counted off. An operation with `dim=` makes *that* dimension disappear.
#
# - Press *Next number* a few times. Which index runs fastest?
# - `sum(dim=0)` for shape `(2, 3, 4)`: which shape remains? And `sum(dim=-1)`, where −1 means the last?
# - `(4, 6)` and *swap the last two* gives shape `(6, 4)`. Is that the same as reshaping to `(6, 4)`?

# %%
shape_explorer(shape=(2, 3, 4), item=17, operation="sum(dim=0)")

# %% [markdown]
# Not the same! Swapping turns rows into columns; reshaping counts the same row of numbers off anew. Mixing them up raises no error, and ruins the data:

# %%
t = torch.arange(6).reshape(2, 3)
print("t:", t.tolist(), "\nt.T (swapped):", t.T.tolist(), "\nt.reshape(3, 2):", t.reshape(3, 2).tolist())

# %% [markdown]
# ### NumPy and back
#
# NumPy's arrays are the tensors of the rest of Python. Going over is cheap, because nothing is copied. That has a catch:

# %%
array = np.zeros(3)
t = torch.from_numpy(array)  # shares the memory
copy = torch.tensor(array)  # has its own
array[0] = 7
print("from_numpy:", t.tolist(), "  torch.tensor:", copy.tolist())
print("and back:", type(t.numpy()).__name__, t.numpy().dtype)
print("NumPy's usual type:", np.zeros(3).dtype, "  PyTorch's:", torch.zeros(3).dtype)

# %% [markdown]
# Change one and the other changes too. Also look at the types: NumPy makes `float64` (about sixteen digits) where PyTorch makes `float32`. A weighted sum
# in which the two meet stops with an error (it says *Double* for `float64` and *Float* for `float32`); `t.float()` makes a `float32` of any tensor.

# %%
try:
    torch.from_numpy(np.ones(3)) @ torch.ones(3)
except RuntimeError as trouble:
    print("float64 @ float32:", trouble)
print("after .float():", (torch.from_numpy(np.ones(3)).float() @ torch.ones(3)).item())

# %% [markdown]
# ## 1.7 How this course runs
#
# - **Lectures** like this one are not graded. **Labs** are graded on completion: the experiments run, and the questions are answered in markdown cells. **Homework** is
#   graded on correctness, **quizzes** have numbers and choices, and a **project** closes the course.
# - A homework exercise has three cells: the task, your answer, and a locked one with `check(...)`. Run it as often as you like. It tries your answer on some
#   examples and says what is wrong. When graded, your answer is also tried on examples that you have not seen.
# - A file you hand in is named `FirstName_LastName_AssignmentName.ipynb`. At its top stand your name and the assignment's name. Each answer is clearly set
#   apart, and all text answers are in markdown cells. What fails this loses points.
# - **Late**: an assignment loses 10 % per day. A lab counts half when it is less than a week late, and nothing after that. With a valid excuse, ask for an extension.
# - Your instructor may change these rules; then what they say holds.


# %%
def keep(kind, days_late):
    """Return the share of the points that is kept under the rules above, for whole days."""
    if days_late <= 0:
        return 1.0
    if kind == "lab":
        return 0.5 if days_late < 7 else 0.0
    return max(0.0, 1 - 0.1 * days_late)


for days in [0, 1, 3, 7]:
    print(f"{days} day(s) late: assignment {keep('assignment', days):.0%}, lab {keep('lab', days):.0%}")

# %% [markdown]
# ## 1.8 Check yourself
#
# Five questions. Every answer says why it is right or where it goes wrong, so try the wrong ones as well.

# %% jupyter={"source_hidden": true}
self_check(
    Question(
        "Which statement is true?",
        {
            "All AI is machine learning": "A chess program with written rules and search is AI and learns nothing.",
            "All deep learning is machine learning": "It is the part of ML that fits networks of many layers.",
            "All machine learning is deep learning": "A line fitted to scores is learned, and it has no layers.",
        },
        right="All deep learning is machine learning",
    ),
    Question(
        "What makes a model learned, and not a rule?",
        {
            "It is written in PyTorch": "A rule can be written in PyTorch too.",
            "Nobody chose anything": "A person chose the form, the data and what counts as good.",
            "Its numbers were set by examples": "A person chooses the form; the examples decide the numbers.",
            "It is always more accurate": "A good rule can beat a model with poor features or few examples.",
        },
        right="Its numbers were set by examples",
    ),
    Question(
        "A model is right on nearly all new photos from the same camera trap, and wrong at another place. What is likely?",
        {
            "It needs more photos from the same trap": "They share the bias; more of the same teaches the same.",
            "It learned something that goes with the class only there": "Like the snow. Ask what else differs between the classes.",
            "Its accuracy was computed wrongly": "It was right, for photos like those.",
        },
        right="It learned something that goes with the class only there",
    ),
    Question(
        "t has shape (2, 3, 4). What is the shape of t.sum(dim=1)?",
        {
            "(2, 4)": "The dimension that is named disappears: number 1, of size 3.",
            "(3, 4)": "That is dim=0. Dimensions are counted from 0.",
            "(2, 3)": "That is dim=2, or dim=-1.",
            "(1,)": "That would be a sum over everything, and its shape would be ().",
        },
        right="(2, 4)",
    ),
    Question(
        "t = torch.from_numpy(array). Then array[0] is changed. What does t show?",
        {
            "The old value": "That would be torch.tensor(array), which copies.",
            "The new value": "Both look at the same memory.",
            "An error": "No error is raised. That is why it surprises people.",
        },
        right="The new value",
    ),
)

# %% [markdown]
# ## Summary
#
# | idea | in short |
# |---|---|
# | three rings | AI contains ML, and ML contains DL |
# | rule | a person writes the numbers |
# | learned model | a person writes the form, $z = w_1x_1 + w_2x_2 + \dots + b$; the examples decide the weights and $b$ |
# | feature | a number that says something about an example; by hand, or learned |
# | biased sample | what always goes with the class in the sample is learned as the class |
# | shape | $X$ is $(N, D)$: $N$ examples, $D$ numbers each; `numel` is the product of the sizes |
# | `sum(dim=k)` | dimension $k$ disappears |
#
# - What the features do not say cannot be learned from them.
# - Test on data that came about in another way.
# - `reshape` counts off anew, `.T` swaps; `from_numpy` shares, `torch.tensor` copies.
#
# ## Now you
#
# In [lab 1](../assignments/lab1/lab1.ipynb) you repeat these experiments with digits and backgrounds of your own choice and write down what you see. The
# next lecture, [A line through scores](02_a_line_through_scores.ipynb), opens the box that `learn` was here: how do examples choose the numbers?
