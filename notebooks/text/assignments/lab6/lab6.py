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
# # Lab 6: Debugging clinic
#
# **Name:**
#
# **Assignment:** lab6

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
# In lecture 12 you had buttons. Here you have code: you read gauges yourself, change lines yourself, and make somebody else's illness come about. Six experiments and four
# questions, about 45 minutes, 10 points.
#
# **How a lab works**
#
# - A lab is graded **on completion**. An experiment counts when its result is there and is one that a run can give: a wrong diagnosis is as welcome as a right one. Write your code
#   below the line `# YOUR CODE HERE`, and leave the result under the name that already stands there, in place of the three dots.
# - Run the check below each experiment. It says what is missing.
# - A question counts when you answer it in its own cell, in **at least 15 words of your own**. There is no right text to find. Say what you saw and what you think it comes from.
#   Copied sentences do not count as words.
# - Guess before you run. Nobody grades a guess, but it makes you look twice.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Run this cell first, and again each time you restart the kernel.
import math

import torch
import torch.nn.functional as F
from torch import nn

from course_utils import check
from course_utils.clinic import FAULTS, admit_ward, examine, read_code
from course_utils.data import load_digits_small
from course_utils.plots import new_figure, show
from course_utils.widgets.gauges import GAUGES, draw_loss

torch.set_num_threads(1)
digits = load_digits_small()
X = 16 * digits.images.reshape(-1, 64)[:1000]
X = (X - X.mean()) / X.std()  # 1,000 pictures, scaled
healthy = examine(digits)
print(f"the healthy run: last training loss {healthy.losses[-1]:.2f}, validation {healthy.accuracy[-1, 1]:.1%}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "losses_by_classes-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · The first loss (1 point)
#
# A fresh network has no opinion, so its loss is known before it is made. Check that for 2, 10 and 100 classes. Take the pictures `X` (1000, 64), labels drawn at random, and a
# new network each time.
#
# **Predict first:** three numbers.
#
# **Record** `losses_by_classes`, three losses, for 2, 10 and 100 classes.
#
# <details><summary>Stuck? Look at this first</summary>
#
# `torch.randint(classes, (1000,))` draws the labels. How many outputs does the last layer need?
#
# </details>
# <details><summary>Hint</summary>
#
# `nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, classes))` is the network, and `F.cross_entropy(model(X), labels).item()` its loss. Put that into a loop.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "losses_by_classes-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
losses_by_classes = ...
### BEGIN SOLUTION
losses_by_classes = []
for classes in (2, 10, 100):
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, classes))
    losses_by_classes.append(F.cross_entropy(model(X), torch.randint(classes, (1000,))).item())
print(losses_by_classes, [math.log(classes) for classes in (2, 10, 100)])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "losses_by_classes", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(losses_by_classes)

# %% [markdown] nbgrader={"grade": false, "grade_id": "first_loss-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 1 (1 point)
#
# A friend's network has ten classes, and its very first loss is 27. Another friend's begins at exactly 2.302585. What do you suspect in each case, and what would you look at to find out?

# %% [markdown] nbgrader={"grade": true, "grade_id": "first_loss", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# A loss of 27 means that the logits are huge, so I suspect pixels that were never scaled, or weights that are much too large; I would print mean and spread of the inputs. Exactly
# ln 10 means that all logits are the same to the last digit, as with all weights at zero; I would look at the activations of the hidden layers.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "steps_by_rate-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · The first step (1 point)
#
# `examine(digits, right, wrong)` runs the healthy code with the text `right` replaced by `wrong`, and gives back the record of its gauges. Here is the code once more; `right` must stand in it
# exactly once. For instance `examine(digits, "lr=0.2", "lr=0.02")` is the healthy run at another learning rate.

# %% nbgrader={"grade": false, "grade_id": "code", "locked": true, "schema_version": 3, "solution": false, "task": false}
print(read_code())

# %% [markdown] nbgrader={"grade": false, "grade_id": "rates-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# `record.first_updates` holds the update-to-weight ratio of the very first step, one number for each of the three layers.
#
# **Predict first:** at which η is the first step about a hundredth of the weights' length?
#
# **Record** `steps_by_rate`: the largest of the three ratios at η = 0.0002, 0.002, 0.02, 0.2 and 2.0, in this order.
#
# <details><summary>Hint</summary>
#
# `float(record.first_updates.max())` is one of the five numbers. An f-string writes a rate into the code: `f"lr={rate}"`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "steps_by_rate-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
steps_by_rate = ...
### BEGIN SOLUTION
steps_by_rate = []
for rate in (0.0002, 0.002, 0.02, 0.2, 2.0):
    record = examine(digits, "lr=0.2", f"lr={rate}")
    steps_by_rate.append(float(record.first_updates.max()))
    print(f"η = {rate:<6}: first step {steps_by_rate[-1]:.5f}, last loss {record.losses[-1]:.2f}")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "steps_by_rate", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(steps_by_rate)

# %% [markdown] nbgrader={"grade": false, "grade_id": "diagnoses-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · Four more patients (1 point)
#
# None of these four has a fault that you met in the lecture's clinic. `look(number, gauge)` shows the loss curve of patient 1, 2, 3 or 4, and one gauge beside it. Each look is one measurement,
# and the cell counts them. Try to get by with **six**. (Nobody else sees the count.)
#
# The gauges are `"accuracy"`, `"gradients"`, `"updates"`, `"neurons"`, `"inputs"`, `"pictures"`, `"twice"` and `"ten"`. With `epoch=1` at the end you wind back to the beginning.
#
# | word | fault |
# |---|---|
# | `lr_high`, `lr_low` | the learning rate is too large, too small |
# | `zero_start` | all weights begin at 0 |
# | `dead` | the ReLUs are dead from the start |
# | `softmax` | softmax stands before the cross entropy |
# | `zero_grad` | zero_grad is missing |
# | `eval` | eval mode is forgotten |
# | `labels` | the labels belong to other pictures |
# | `input_scale` | the inputs are not scaled |
# | `validation_scale` | the validation pictures are scaled in another way |
# | `leak` | validation pictures are among the training pictures |
# | `overfit` | overfitting: too few pictures |
#
# **Record** `diagnoses`: four words from the table, for patients 1 to 4.
#
# <details><summary>Stuck? Look at this first</summary>
#
# Go back to the table of suspects in lecture 12. Which row fits the loss curve? Which gauge stands in its last column?
#
# </details>
# <details><summary>Hint</summary>
#
# One gauge tells you about two of the four at once, without looking at their training: what goes into the network.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ward", "locked": true, "schema_version": 3, "solution": false, "task": false}
patients = admit_ward(digits, "lab")
measured = set()


def look(number, gauge, epoch=30):
    """Show a patient's loss curve and one gauge, and count the measurement."""
    if number not in (1, 2, 3, 4) or gauge not in GAUGES:
        print(f"Ask for a patient from 1 to 4 and for one of {', '.join(GAUGES)}.")
        return
    measured.add((number, gauge))
    record = patients[number - 1].record
    figure = new_figure(9.2, 3.6)
    left, right = figure.subplots(1, 2)
    words = draw_loss(left, record, healthy, epoch), GAUGES[gauge].draw(right, record, healthy, epoch)
    show(figure, f"Patient {number}, gauge {gauge}. {words[0]} {words[1]}")
    print(f"{len(measured)} measurements so far")


look(1, "accuracy")

# %% nbgrader={"grade": false, "grade_id": "diagnoses-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
diagnoses = ...
### BEGIN SOLUTION
look(1, "inputs")
look(2, "accuracy")
look(3, "inputs")
look(4, "updates", epoch=1)
diagnoses = ["input_scale", "overfit", "leak", "lr_high"]
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "diagnoses", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(diagnoses)

# %% [markdown] nbgrader={"grade": false, "grade_id": "parting-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 2 (1 point)
#
# Choose the patient that was hardest for you. Which suspects had you left at some point, and which measurement parted them? If you are still not sure: what would you measure next?

# %% [markdown] nbgrader={"grade": true, "grade_id": "parting", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Patients 1 and 4 both jump and stay near 2.3, with very long first steps, so I could not tell the learning rate from the inputs. The gauge of the inputs parted them: patient 1 gets
# numbers with mean 4.9 and spread 6, patient 4 gets scaled ones.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "brought_about-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · Bring it about (1 point)
#
# A diagnosis is a guess until it is confirmed. The strictest test: **make a healthy network ill in the same way.** Change one line of the healthy code with `examine(digits, right, wrong)`, so that your run looks
# like the patient's. Everything random has the same seed here. If you hit on the very same line, the two losses agree to the last digit.
#
# **Record** `brought_about`, four rows of two numbers: the patient's last training loss, `patients[i].record.losses[-1]`, and that of your own sick run. The rows need not agree.
#
# <details><summary>Stuck? Look at this first</summary>
#
# For each patient ask: if I *wanted* this fault, which line would I change? Two of them are changes of a number, one of the rows that are taken.
#
# </details>
# <details><summary>Hint</summary>
#
# The healthy code trains on the rows `[:rows]` and validates on `[1000:1400]`. It computes `mean, std` in one line; inputs that are not scaled have had 0 subtracted and been divided by 1.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "brought_about-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
brought_about = ...
### BEGIN SOLUTION
changes = [
    ("mean, std = X.mean(), X.std()", "mean, std = 0, 1"),
    ("X, y = X[:rows], y[:rows]", "X, y = X[:100], y[:100]"),
    ("X[1000:1400], y[1000:1400]", "X[600:1000], y[600:1000]"),
    ("lr=0.2", "lr=2.0"),
]
brought_about = []
for patient, (right, wrong) in zip(patients, changes):
    mine = examine(digits, right, wrong)
    brought_about.append([float(patient.record.losses[-1]), float(mine.losses[-1])])
    print(brought_about[-1])
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "brought_about", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(brought_about)

# %% [markdown] nbgrader={"grade": false, "grade_id": "caught-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · What do the tests catch? (1 point)
#
# Now all twelve faults, and three quick tests. A fault is **caught**
#
# 1. by the *first loss* if `record.first_loss` is more than 0.2 away from ln 10,
# 2. by *ten pictures* if the mean of the last five `record.ten_losses` is above 1,
# 3. by the *gap* if the training share is more than 0.1 above the validation share at the end, `record.accuracy[-1]`.
#
# **Predict first:** which test catches the most?
#
# **Record** `caught`, three counts out of twelve. (Twelve runs: up to fifteen seconds.)
#
# <details><summary>Hint</summary>
#
# `for fault in FAULTS:`, and in it one call of `examine` with the two versions that a fault carries, `fault.right` and `fault.wrong`. A comparison is True or False, and True counts as 1 in a sum.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "caught-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
caught = ...
### BEGIN SOLUTION
caught = [0, 0, 0]
for fault in FAULTS:
    record = examine(digits, fault.right, fault.wrong)
    train, validation = record.accuracy[-1]
    tests = [
        abs(record.first_loss - math.log(10)) > 0.2,
        record.ten_losses[-5:].mean() > 1,
        train - validation > 0.1,
    ]
    print(f"{fault.name:55}", *("caught" if test else "-" for test in tests))
    caught = [count + int(test) for count, test in zip(caught, tests)]
print(caught)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "caught", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(caught)

# %% [markdown] nbgrader={"grade": false, "grade_id": "blind_spots-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 3 (1 point)
#
# Some faults get past all three tests. Which are they, and what have they in common? Think of a fourth test, as quick as these, that would catch at least one of them.

# %% [markdown] nbgrader={"grade": true, "grade_id": "blind_spots", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Eval mode forgotten and the leak get past all of them. In both the network itself learns well; it is the measuring that is wrong. A fourth test asks the same batch twice and compares the
# answers, which finds the missing eval; comparing the rows of both sets for equal pictures finds the leak.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "my_patient-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A fault of your own (1 point)
#
# Make a thirteenth. Change one line of the healthy code so that it still runs without any error, and yet not more than 94 % of the validation pictures are right. The sneakier, the better: a change that a friend would
# not see at first sight.
#
# **Record** `my_patient = [last training loss, last validation share]`, that is `record.losses[-1]` and `record.accuracy[-1, 1]`.
#
# <details><summary>Hint</summary>
#
# Some places where slips are made: what is shuffled, what `y` is compared with, which parameters the optimiser gets, the order of two lines' contents, a sign, a size, an activation.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "my_patient-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
my_patient = ...
### BEGIN SOLUTION
record = examine(digits, "torch.optim.SGD(model.parameters()", "torch.optim.SGD(model[0].parameters()")  # one layer learns
my_patient = [float(record.losses[-1]), float(record.accuracy[-1, 1])]
print(my_patient)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "my_patient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(my_patient)

# %% [markdown] nbgrader={"grade": false, "grade_id": "sneaky-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### Question 4 (1 point)
#
# Which line did you change, and why does Python not complain? Which gauge gives your fault away, and with which of the twelve others could one confuse it?

# %% [markdown] nbgrader={"grade": true, "grade_id": "sneaky", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I gave the optimiser the parameters of the first layer only. That is a legal list of parameters, so nothing complains. The updates of layers 2 and 3 are exactly 0 while their gradients are
# not: no other patient shows that. From the loss curve one would take it for a learning rate that is somewhat small.
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
