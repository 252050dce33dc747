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
# # Quiz 5: Generalising
#
# **Name:**
#
# **Assignment:** quiz5

# %% [markdown] nbgrader={"grade": false, "grade_id": "start-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Write your first and last name behind **Name** in the cell above (double-click it).
#
# This quiz is about lectures 9 and 10: a network for digits, its two modes, and how well it does on pictures it has not seen. It has 10 questions of 10 points each and takes 15 to 20 minutes.
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

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_parameters-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 1 · Counting a network (10 points)
#
# `nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))`: how many **parameters** does this network have?

# %% nbgrader={"grade": false, "grade_id": "quiz5_parameters-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_parameters = ...  # a whole number
### BEGIN SOLUTION
quiz5_parameters = 2410  # 64·32 + 32 for the first layer, 32·10 + 10 for the second.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_parameters", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_parameters)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_mode-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 2 · Never twice the same (10 points)
#
# A trained network with dropout gets the same picture ten times and gives ten different answers. What was forgotten?
#
# - **a** · `torch.inference_mode()`
# - **b** · `optimizer.zero_grad()`
# - **c** · `model.eval()`
# - **d** · `torch.manual_seed(0)` at the start of the program

# %% nbgrader={"grade": false, "grade_id": "quiz5_mode-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_mode = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz5_mode = "c"  # In training mode dropout draws a new mask in every call.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_mode", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_mode)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_dropout-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 3 · A survivor of dropout (10 points)
#
# A layer `nn.Dropout(p=0.2)` is in training mode. One of the numbers that go in is 4, and it is **not** dropped. What comes out for it?

# %% nbgrader={"grade": false, "grade_id": "quiz5_dropout-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_dropout = ...  # a number
### BEGIN SOLUTION
quiz5_dropout = 5  # Survivors are divided by 1 − p, so that the mean stays.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_dropout", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_dropout)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_running-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 4 · The running mean (10 points)
#
# A batch norm layer of PyTorch (`momentum=0.1`) has the running mean 2. In training mode it sees a batch with the mean 5. What is the running mean **afterwards**?

# %% nbgrader={"grade": false, "grade_id": "quiz5_running-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_running = ...  # a number
### BEGIN SOLUTION
quiz5_running = 2.3  # (1 − momentum) · old + momentum · new.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_running", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_running)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_batchnorm-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 5 · Batch norm by hand (10 points)
#
# In training mode a batch norm layer gets a batch of two numbers, 2 and 8. Its $\gamma$ is 2, its $\beta$ is 0.5, and ε is too small to matter. What comes out for the **8**?

# %% nbgrader={"grade": false, "grade_id": "quiz5_batchnorm-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_batchnorm = ...  # a number
### BEGIN SOLUTION
quiz5_batchnorm = 2.5  # Mean 5, variance 9 (divided by N), so (8 − 5)/3 = 1, then γ·1 + β.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_batchnorm", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_batchnorm)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_single-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 6 · A batch of one (10 points)
#
# A trained network with batch norm is in eval mode and gets a batch of **one** picture. What does a batch norm layer do with it?
#
# - **a** · It normalises with its running mean and running variance.
# - **b** · It normalises with the picture's own mean and variance.
# - **c** · It stops with an error: one number has no spread.
# - **d** · Nothing: in eval mode batch norm is switched off, as dropout is.

# %% nbgrader={"grade": false, "grade_id": "quiz5_single-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_single = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz5_single = "a"  # In eval mode the statistics of training are used, so the size of the batch makes no difference.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_single", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_single)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_curves-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 7 · Two curves (10 points)
#
# The training loss falls from epoch to epoch. The validation loss fell until epoch 8 and has risen ever since. Which step follows from that?
#
# - **a** · Train on until the validation loss falls again.
# - **b** · Nothing: what counts is that the training loss falls.
# - **c** · Make the network larger: it has too few parameters.
# - **d** · Go back to the weights of epoch 8.

# %% nbgrader={"grade": false, "grade_id": "quiz5_curves-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_curves = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz5_curves = "d"  # That is early stopping: from there on it overfits.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_curves", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_curves)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_chosen-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 8 · The best of fifty (10 points)
#
# Somebody trains fifty variants of a network on the training set, measures all of them on the **test set**, and reports the accuracy of the best one there. What is to be said of that number?
#
# - **a** · It is honest: no weight was ever trained on the test set.
# - **b** · It is likely to be too high: the test set has helped to choose.
# - **c** · It is likely to be too low: the best variant has seen too few rows.
# - **d** · It is honest as long as the fifty used different seeds.

# %% nbgrader={"grade": false, "grade_id": "quiz5_chosen-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_chosen = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz5_chosen = "b"  # Choosing belongs to the validation set; the test set is for one measurement at the end.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_chosen", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_chosen)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_confusion-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 9 · Reading a confusion matrix (10 points)
#
# Rows are true digits, columns are predicted ones:
#
# | | predicted 3 | predicted 8 |
# |---|---|---|
# | **a 3** | 28 | 12 |
# | **an 8** | 4 | 36 |
#
# What is the **accuracy**, as a number from 0 to 1?

# %% nbgrader={"grade": false, "grade_id": "quiz5_confusion-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_confusion = ...  # a number
### BEGIN SOLUTION
quiz5_confusion = 0.8  # The diagonal over everything.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_confusion", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_confusion)

# %% [markdown] nbgrader={"grade": false, "grade_id": "quiz5_augmentation-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## 10 · More from the same pictures (10 points)
#
# Handwritten digits are to be augmented: each training picture comes in changed versions that **keep its label**. Which change is suitable?
#
# - **a** · Turning it upside down.
# - **b** · Replacing it by its mirror image.
# - **c** · Shifting it by a pixel or two.
# - **d** · Exchanging pixels among each other at random.

# %% nbgrader={"grade": false, "grade_id": "quiz5_augmentation-answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
quiz5_augmentation = ...  # one letter in quotes: "a", "b", "c" or "d"
### BEGIN SOLUTION
quiz5_augmentation = "c"  # A shifted digit is the same digit, and such pictures do come.
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "quiz5_augmentation", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check(quiz5_augmentation)

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
