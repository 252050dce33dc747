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
# # Quiz 3: Losses for classes
#
# **Name:**
#
# **Assignment:** quiz3

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# This quiz is about lectures 5 and 6: neurons, layers and activations, softmax and the cross entropies. It has 10 questions of 10 points each and takes 15 to 20 minutes.
#
# **How it works**
#
# - Each question has three cells: what is asked, your answer, and a check. Put your answer in place of the three dots,
#   run the cell, then run the check below it.
# - A **choice** is answered by one letter in quotes: `"b"`. Exactly one option is right.
# - A **number** is written as it is: `0.25` or `-3`. Keep at least three digits; up to 1% off is still
#   right. Where a *whole* number is asked for, it has to be exact.
# - The check only says that your answer is **recorded**, and how to mend one that cannot be read. Whether it is right you
#   learn after the quiz has been graded, together with the idea behind a wrong answer.
# - Until you hand in you may change every answer. A question that you leave alone costs only its own points.
# - Paper, a calculator and the scratch cell below are welcome.

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

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell, too: both again each time you restart the kernel.
import torch

from course_utils import check

# %%
# A place to calculate. Nothing in this cell is graded.

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_neuron-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · One neuron (10 points)
#
# A neuron has the weights $w = (3, 1)$ and the bias $b = -0.5$, and its activation is the sigmoid. What is its **activation** $a$ for the input $x = (1, -2)$?

# %% nbgrader={"grade": false, "grade_id": "quiz3_neuron-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_neuron = ...  # a number
### BEGIN SOLUTION
quiz3_neuron = 0.6224593  # z = 3 − 2 − 0.5 = 0.5, and a = σ(z).
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_neuron", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_neuron)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_layer-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Counting a layer (10 points)
#
# A linear layer takes 20 inputs and has 8 neurons, each with its bias. How many **parameters** does it have?

# %% nbgrader={"grade": false, "grade_id": "quiz3_layer-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_layer = ...  # a whole number
### BEGIN SOLUTION
quiz3_layer = 168  # W is (8, 20) and b is (8,).
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_layer", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_layer)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_collapse-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Linear upon linear (10 points)
#
# A network has a linear layer with 100 neurons and then a linear layer with one neuron, and **no activation** between them. Which functions of two inputs can it represent?
#
# - **a** · Any continuous function, as long as there are enough neurons.
# - **b** · Those that a single linear layer can: planes.
# - **c** · Parabolas as well, because weights are multiplied with weights.
# - **d** · Surfaces of up to 100 flat pieces, one for each neuron.

# %% nbgrader={"grade": false, "grade_id": "quiz3_collapse-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_collapse = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz3_collapse = "b"  # W₂(W₁x + b₁) + b₂ is again a matrix times x plus a constant.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_collapse", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_collapse)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_gelu-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · A soft bend (10 points)
#
# Below $-2$ lies the share $\Phi(-2) = 0.0228$ of a bell curve. What is $\mathrm{GELU}(-2)$?

# %% nbgrader={"grade": false, "grade_id": "quiz3_gelu-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_gelu = ...  # a number
### BEGIN SOLUTION
quiz3_gelu = -0.04550026  # GELU is z times Φ(z).
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_gelu", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_gelu)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_softmax-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · From scores to shares (10 points)
#
# The logits of one row are 3, 1, 1. Which probability does **softmax** give to the **first** class?

# %% nbgrader={"grade": false, "grade_id": "quiz3_softmax-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_softmax = ...  # a number
### BEGIN SOLUTION
quiz3_softmax = 0.786986  # e³ / (e³ + e¹ + e¹).
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_softmax", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_softmax)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_shift-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A hundred more (10 points)
#
# To every logit of a row 100 is added. What happens to the probabilities that (a safe) softmax gives?
#
# - **a** · The largest one comes nearer to 1.
# - **b** · They become more equal: beside 100 the differences are small.
# - **c** · Each one is multiplied by $e^{100}$.
# - **d** · Nothing.

# %% nbgrader={"grade": false, "grade_id": "quiz3_shift-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_shift = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz3_shift = "d"  # The factor e¹⁰⁰ stands above and below the line.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_shift", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_shift)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_surprise-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · How surprised? (10 points)
#
# A model gives the probability 0.8 to *yes*. The truth is **no**, $y = 0$. What is the binary cross entropy of this row, in nats (natural logarithm)?

# %% nbgrader={"grade": false, "grade_id": "quiz3_surprise-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_surprise = ...  # a number
### BEGIN SOLUTION
quiz3_surprise = 1.609438  # Minus the log of the probability given to the truth, 0.2.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_surprise", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_surprise)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_overflow-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · A logit of a thousand (10 points)
#
# `z = torch.tensor([1000.0, 0.0])` goes through softmax, written as the formula says: `z.exp() / z.exp().sum()`. What is the **first** number of the result?
#
# - **a** · `1.0`, as it should be.
# - **b** · `inf`, because e to the power of 1000 is too large.
# - **c** · `nan`, because inf is divided by inf.
# - **d** · None: PyTorch stops with an OverflowError.

# %% nbgrader={"grade": false, "grade_id": "quiz3_overflow-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_overflow = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz3_overflow = "c"  # Taking the largest logit away first keeps all exponents at or below 0.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_overflow", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_overflow)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_takes-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · What goes in (10 points)
#
# The targets of $N$ rows are class numbers from 0 to $C - 1$. What does `nn.CrossEntropyLoss()` want, first from the model and then as the target?
#
# - **a** · The logits `(N, C)` and the class numbers `(N,)`.
# - **b** · The probabilities after softmax `(N, C)` and the class numbers `(N,)`.
# - **c** · The predicted class numbers `(N,)` and the true ones `(N,)`.
# - **d** · The logits `(N, C)` and the class numbers as a column `(N, 1)`.

# %% nbgrader={"grade": false, "grade_id": "quiz3_takes-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_takes = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz3_takes = "a"  # It applies log-softmax itself and picks the log-probability of each row's class.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_takes", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_takes)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz3_uniform-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 · Before any training (10 points)
#
# A fresh classifier gives the same probability to each of 10 classes. What is its mean cross entropy, in nats?

# %% nbgrader={"grade": false, "grade_id": "quiz3_uniform-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz3_uniform = ...  # a number
### BEGIN SOLUTION
quiz3_uniform = 2.302585  # The truth always gets one tenth; minus the log of it is ln 10.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz3_uniform", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz3_uniform)

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# Look through the 10 checks: does each say *recorded*?

# %%
from course_utils.handing_in import submit

submit()
