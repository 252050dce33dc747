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
# # Project: a question of your own
#
# **Name:**
#
# **Assignment:** project

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
# In the project you take **one question from data to answer**. You have learned every step of it. What is new is that nobody tells you which step comes next.
#
# It counts 30 of the course's 100 points, in three parts of 10 each. A person grades all of it, by the tables in this notebook.
#
# | part | what you hand in | points |
# |---|---|---|
# | A · description | five short texts in this notebook, *before* you do the work | 10 |
# | B · repository | code that runs on another machine, and a table of your runs | 10 |
# | C · presentation | a talk of eight minutes, and four short texts in this notebook | 10 |
#
# You may work alone or in pairs. In a pair each of you hands in this notebook, and says in it who did what.
#
# ## What graders look for
#
# - **A question that can be answered**, and an answer to exactly that question.
# - **A comparison that is fair**: the same data, the same number of tries, a simple baseline.
# - **Honest doubt**: several seeds, the spread beside the mean, and no claim that the numbers do not carry.
# - **Work that somebody else can repeat.**
#
# What they do *not* look for: the size of your network, a high figure, many pages. *"It made no difference"* and *"it made things worse"* are full answers, if the work is sound.
#
# ## When
#
# Count back from the deadline on the course's page. You hand in **this same notebook three times**; the newest one counts.
#
# | weeks before the deadline | what is done |
# |---|---|
# | 5 | you have a question; talk about it with somebody |
# | 4 | **part A handed in**; you hear within a week whether the question is of the right size |
# | 3 | the baseline runs and has a number |
# | 2 | the experiments run; the table of runs grows |
# | 1 | the test set has been opened, once; **part B handed in**; from now on no new experiments |
# | 0 | **part C handed in**; the talk |
#
# If your question changes after part A, say so in part B and why. That costs nothing. Most good questions change once.

# %% [markdown] nbgrader={"grade": false, "grade_id": "topics-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Choosing a question
#
# **It fits if** you can write it in one sentence that ends in a question mark; if its answer is a number or a small table; if one run takes minutes and not hours; and if you do
# not know the answer yet.
#
# | too large | fits |
# |---|---|
# | Recognise handwriting | How many labelled digits does an MLP need for 95 %, with and without shifted copies? |
# | Which optimiser is best? | With ten tries each to find their η, does Adam still beat momentum on these digits? |
# | Explain what networks see | Do the first-layer kernels of five seeds agree, and by which measure? |
# | Make a chatbot | How well does a table of letter pairs predict the next letter of a text, against an embedding and one hidden layer? |
#
# ### Data without a long download
#
# | data | how to get it | what it is good for |
# |---|---|---|
# | 1,797 digits, 8×8 | `load_digits_small()`, comes with the course | many runs in seconds: learning curves, seeds, optimisers |
# | MNIST, 28×28 | `load_digits("train")`, 12 MB once | convolution, augmentation, speed, confusion between classes |
# | the thirteen scores | `load_scores()` | doubt in small samples: what can be said from 13 rows? |
# | made by a formula | a few lines of PyTorch: moons, waves, bumps, coloured noise | what depends on what: you know the truth and can turn one knob |
# | your own | digits drawn by you and three friends; a text that you wrote; a table of something you counted | what happens when the test data come from elsewhere |
#
# Other data are welcome if a stranger can get them in five minutes and they may be used for this. No pictures, voices or texts of people who have not agreed.
#
# ### Ten topics to begin with
#
# 1. **Learning curves.** Accuracy against the number of labelled pictures, for three models. Where do the curves cross?
# 2. **Other people's pens.** Draw 100 digits with friends. How much is lost, and which preparation of the pictures brings most of it back?
# 3. **Wrong labels.** Shuffle 5, 10, 20, 40 % of the training labels. Who suffers more, a wide network or a narrow one?
# 4. **Width or depth?** At the same number of parameters.
# 5. **A fair race.** Optimisers, each with the same number of tries for its η.
# 6. **How sure is sure?** Of the digits with probability above 0.9, are 90 % right? Before and after dropout, with two temperatures.
# 7. **Which pixels matter?** Hide parts of the picture. Do two networks depend on the same parts?
# 8. **Reuse.** Train on the digits 0 to 4, keep the hidden layers, and learn 5 to 9 from few examples. What was worth keeping?
# 9. **Less is enough.** Round the weights to 8, 4, 2 bits. When does accuracy break, and in which layer first?
# 10. **A fourth gauge.** Invent a measurement for the clinic of lecture 12, and test on its twelve faults how many it tells apart.
#
# ## Rules of honesty
#
# 1. **Split first.** Choose by validation. Open the test set **once**, at the end, and report what it says.
# 2. **Every run is in the table**, the failed ones too. If you left something out, say what and why.
# 3. **At least three seeds** for every number that your answer rests on.
# 4. **Say where things come from.** Ideas, code, figures, data: name the source where you use it. Help is allowed and is named: people, pages, and programs that write text or code, each
#    with what it was used for. You must be able to explain every line that you hand in.
# 5. **Nothing is invented.** A number that no run of yours has given ends the grading of the part in which it stands.
# 6. **A mistake that you find yourself and describe costs nothing.**

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# A first look at the data that come with the course. It also shows that your set-up works.
from course_utils.data import load_digits_small, load_scores
from course_utils.plots import new_figure, show

digits = load_digits_small()
quiz, final = load_scores()
print(f"{len(digits)} digits of {tuple(digits.images.shape[1:])} pixels; {len(quiz)} scores")
figure = new_figure(8.0, 1.4)
for axes, image, label in zip(figure.subplots(1, 10), digits.images, digits.labels):
    axes.imshow(image, cmap="gray_r")
    axes.set_title(str(int(label)), fontsize=11)
    axes.set_axis_off()
show(figure, "The first ten of the 8×8 digits: " + ", ".join(str(int(label)) for label in digits.labels[:10]) + ".")

# %% [markdown]
# *Cells of your own may stand anywhere below: figures, tables, short experiments. Your code itself belongs in the repository.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "description-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Part A · Description (10 points)
#
# Hand this part in **before** the experiments. It is a plan, so it holds no results but the baseline's. Two pages in all are plenty. You keep your marks for it
# even if the question changes later.
#
# | | asked for | points |
# |---|---|---|
# | A1 | the question | 2 |
# | A2 | the data | 2 |
# | A3 | baseline and measure | 2 |
# | A4 | the plan | 2 |
# | A5 | what could go wrong | 2 |

# %% [markdown] nbgrader={"grade": false, "grade_id": "question-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A1 · The question (2 points)
#
# Your question in **one sentence**. Then in 60 to 120 words: why does the answer matter to anybody, what do *you* expect, and what result would surprise you?
#
# | points | what graders see |
# |---|---|
# | 2 | one sentence that can be answered with a number or a small table; a reason; an expectation that could turn out wrong |
# | 1 | a topic rather than a question, or no expectation |
# | 0 | nothing, or a question that no experiment of yours could answer |

# %% [markdown] nbgrader={"grade": true, "grade_id": "question", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# **How many labelled 8×8 digits does a small MLP need for 95 % on unseen ones, with and without shifted copies?**
#
# Labels cost work, and shifting pictures costs nothing: if shifting saves labels, it is worth knowing how many. I expect that moving each picture by at most one pixel, differently in
# each step, halves the number of labels that are needed, most of all when there are few. I would be surprised if it made no difference at 100 labels, and more so if it did harm.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "data-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A2 · The data (2 points)
#
# Where the data come from, how many rows there are, what one row is, and what is odd about them (look at them!). How you **split** them, and why this way. 60 to 120 words.
#
# | points | what graders see |
# |---|---|
# | 2 | source, size, one row, something seen by looking; a split into training, validation and test that nothing leaks through |
# | 1 | one of these is missing, or the split is not said exactly |
# | 0 | data that nobody else could get, or no split |

# %% [markdown] nbgrader={"grade": true, "grade_id": "data", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# `load_digits_small()`: 1,797 digits of 8×8 pixels with 17 grey levels, from the UCI repository. About 180 of each digit. I looked at 100 of them: the strokes fill the frame from top to bottom,
# many touch the edge, and some ones look like sevens. I shuffle once with seed 0. The first 1,000 are the pool from which labels are drawn, 400 are for validation, and the last 397 for the one test at the
# end. One thing I cannot check: the file does not say who wrote which digit, so the same writer may be in all three sets.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "baseline-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A3 · Baseline and measure (2 points)
#
# **What** do you measure, and on which pictures? What does the *simplest* model reach (run it!)? What would be a difference that matters? 40 to 100 words.
#
# | points | what graders see |
# |---|---|
# | 2 | a measure that fits the question; the number of a simple baseline, from a run; a difference that would count |
# | 1 | a baseline without a number, or a measure that does not fit |
# | 0 | neither a measure nor a baseline |

# %% [markdown] nbgrader={"grade": true, "grade_id": "baseline", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I measure the share right on the 400 validation pictures. The most frequent digit is right for about one in ten; a single linear layer trained on 1,000 pictures gets 95 to 96 % (three seeds, lecture
# 12). Chance alone moves a share of 95 % of 400 pictures by about 1.1 points, so I count differences of 2 points and more, if all five seeds agree on the sign.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "plan-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A4 · The plan (2 points)
#
# Which runs, how many, how long do they take? Make it a **table** of what you change and what you keep the same. What comes first, what is left out if time is short?
#
# | points | what graders see |
# |---|---|
# | 2 | a table of runs in which one thing changes at a time; seeds; time; an order of importance |
# | 1 | runs are named, but several things change at once, or there is no word of seeds or time |
# | 0 | no plan, or one that cannot be begun with |

# %% [markdown] nbgrader={"grade": true, "grade_id": "plan", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# | kept the same | MLP 64-64-10, Adam η = 0.003, 600 steps of 50 pictures, validation set |
# |---|---|
# | changed | number of labels: 50, 100, 200, 400, 1,000 · shifted by up to one pixel: no, yes |
# | seeds | 5, which also draw the labels: 50 runs of less than a second |
#
# First the five sizes without shifting, then with it. If time is left: two pixels, and a convolutional network. Left out first: the convolutional network.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "risks-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## A5 · What could go wrong (2 points)
#
# Name **two** things that could make your answer wrong *although the code runs*, and how you will notice each. 40 to 100 words.
#
# | points | what graders see |
# |---|---|
# | 2 | two dangers that belong to this project, each with a check that would show it |
# | 1 | two dangers without a check, or one with |
# | 0 | only general words such as "overfitting" or "too little time" |

# %% [markdown] nbgrader={"grade": true, "grade_id": "risks", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# (1) More steps for the shifted runs would favour them: I fix the number of steps, not of epochs, and look whether the loss has stopped falling. (2) Shifting may cut off strokes that touch the edge, so that a
# shifted picture is no picture of its digit any more: I look at 50 shifted pictures, and count how many lose ink.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "repository-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Part B · Repository (10 points)
#
# A folder under version control, at an address that your graders can open. Put code there, not in this notebook. Keep it small: a few files, a README, the table of runs.
#
# | | asked for | points |
# |---|---|---|
# | B1 | it runs | 3 |
# | B2 | it can be read | 2 |
# | B3 | the table of runs | 3 |
# | B4 | sources and help | 2 |

# %% [markdown] nbgrader={"grade": false, "grade_id": "runs-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## B1 · It runs (3 points)
#
# Write below: the **address** and the **commit** that you hand in; the **commands** to set it up and run it; how long it takes and on what machine; what it should print. Graders follow your words on a fresh machine, step by step, and do nothing else.
#
# | points | what graders see |
# |---|---|
# | 3 | runs from a fresh copy with the commands given, and prints the numbers of your answer to within what seeds explain |
# | 2 | runs after one small repair that graders could guess, or prints only part of the numbers |
# | 1 | parts run; or it needs files that are not there and your text says so |
# | 0 | cannot be run, or no address |

# %% [markdown] nbgrader={"grade": true, "grade_id": "runs", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# *For whoever grades:* clone the address at the commit, follow the commands on a clean environment, and stop at the first step that is not written down. Three points only if the printed table is the one of the answer. Note the
# machine and the time it took in the comment.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "code-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## B2 · It can be read (2 points)
#
# Write below which file a reader should open first, and which function is the heart of it. Name one thing that you would write differently now.
#
# | points | what graders see |
# |---|---|
# | 2 | small functions with names that say what they do; a README of a page; no copies of the same lines; somebody from this class can follow it |
# | 1 | can be followed with effort: very long functions, dead code, names like `x2` |
# | 0 | cannot be followed, or is somebody else's code without a word |

# %% [markdown] nbgrader={"grade": true, "grade_id": "code", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# *For whoever grades:* read the file that the student names for five minutes. Could a classmate change the number of hidden neurons, or add a seed, without help? Style is not graded beyond that.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "log-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## B3 · The table of runs (3 points)
#
# Write below where the table is (a CSV file or the README), how many runs it holds, and which lines your answer rests on. Each line has: date, commit or settings, seed, result, a remark.
#
# | points | what graders see |
# |---|---|
# | 3 | all runs, with settings and seeds, also those that failed; remarks show how one run led to the next; the answer's lines can be found and repeated |
# | 2 | settings and seeds are there, but runs are missing or remarks do not say why |
# | 1 | only the final runs, or no seeds |
# | 0 | no table, or one without results |

# %% [markdown] nbgrader={"grade": true, "grade_id": "log", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# *For whoever grades:* pick one line that the answer rests on and run it. It should give the same number, or one within the spread of the seeds. A table without a single failed or pointless run is worth a question.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "sources-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## B4 · Sources and help (2 points)
#
# List what you did not make yourself: data with its terms of use, code, ideas, figures, people who helped, programs that wrote text or code and for what. In a pair: who did what. If your question changed since part A: how and why.
#
# | points | what graders see |
# |---|---|
# | 2 | every source is named where it is used; one can tell what is the student's own |
# | 1 | a list without places, or a source that is easy to see is missing |
# | 0 | nothing named; work of others as one's own is a matter for the course's rules |

# %% [markdown] nbgrader={"grade": true, "grade_id": "sources", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# *For whoever grades:* compare with the README and the code's comments. "Nothing but the lectures" is a full answer if it is true.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "presentation-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Part C · Presentation (10 points)
#
# Eight minutes, then three of questions. At most eight slides. Hand in the four texts below *before* the talk; graders mark talk and text together.
#
# | | asked for | points |
# |---|---|---|
# | C1 | the story | 2 |
# | C2 | the evidence | 3 |
# | C3 | how sure are you? | 3 |
# | C4 | questions, and what next | 2 |

# %% [markdown] nbgrader={"grade": false, "grade_id": "story-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## C1 · The story (2 points)
#
# Your project in **three sentences**: what you asked, what you did, what you found. Then the link to your slides (or put them into the repository).
#
# | points | what graders see |
# |---|---|
# | 2 | question, way and answer can be repeated by a listener from another course; in time; slides that can be read from the last row |
# | 1 | the thread is lost at times, or much too long or short |
# | 0 | no talk, or one without question or answer |

# %% [markdown] nbgrader={"grade": true, "grade_id": "story", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I asked how many labelled 8×8 digits a small MLP needs for 95 %, and whether copies shifted by up to one pixel lower that number. I trained it with 50 to 1,000 labels, with and without shifting, five seeds each. Without shifting it
# takes between 400 and 1,000 labels. With shifting the same network did worse at every size and did not reach 95 % at all.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "evidence-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## C2 · The evidence (3 points)
#
# The **one** figure or table on which your answer rests, with axes, units and the number of runs. Put it into a cell above or below, and say in 40 to 80 words what it shows and what it is compared with.
#
# | points | what graders see |
# |---|---|
# | 3 | the figure answers the question by itself: labelled, fair comparison, baseline in it, spread over seeds |
# | 2 | right, but spread or baseline is missing, or it needs much explaining |
# | 1 | numbers that have to do with the question, but do not answer it |
# | 0 | no evidence |

# %% [markdown] nbgrader={"grade": true, "grade_id": "evidence", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# | labels | 50 | 100 | 200 | 400 | 1,000 |
# |---|---|---|---|---|---|
# | not shifted | 81.4 % | 87.6 % | 92.8 % | 94.5 % | 97.1 % |
# | shifted by up to one pixel | 79.9 % | 84.3 % | 88.0 % | 88.1 % | 87.9 % |
#
# Means over five seeds on the 400 validation pictures. Lowest and highest seed lie about 10 points apart with 50 labels unshifted, and 1 point with 1,000 (shifted: 4). The linear baseline with 1,000 labels has 95 to 96 %. On the test set, opened
# once, with 1,000 labels: 95.8 % and 89.0 %.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "doubt-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## C3 · How sure are you? (3 points)
#
# What in your answer is certain, what is likely, what is a guess? Name the strongest objection that somebody could raise, and what your numbers say to it. What went wrong on the way? 80 to 150 words.
#
# | points | what graders see |
# |---|---|
# | 3 | says what the numbers carry and what they do not; meets a serious objection with a number or a further run; owns a mistake or a surprise |
# | 2 | sensible doubts, but in words only |
# | 1 | general words such as "more data would help" |
# | 0 | no doubt at all, or claims that the numbers contradict |

# %% [markdown] nbgrader={"grade": true, "grade_id": "doubt", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Certain: with 200 labels and more, *this* network trained for 600 steps does worse with shifting. The worst seed without beats the best seed with it. With 50 labels the seeds overlap, and I can say nothing. The strongest objection is that the
# shifted runs were not finished, and it is right: their training loss was still falling at the end (0.72, then 0.60 in the last two hundreds of steps; without shifting 0.08 and 0.06). My plan had kept the steps the same to be fair, and that was not fair. One
# further pair of runs with 256 hidden neurons and 2,400 steps gave 97.8 % without and 95.0 % with shifting, one seed each. So most of the gap came from the short training. What is left may come from strokes that are cut off: of 1,000 shifted
# pictures 67 % lost ink at the edge. That is a guess.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "answers-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## C4 · Questions, and what next (2 points)
#
# Which question do you hope for, and which do you fear? Answer the second one here in a few sentences. What would be the next run, if you had one more week?
#
# | points | what graders see |
# |---|---|
# | 2 | questions after the talk are answered to the point, or honestly with "I do not know, I would find out so"; the next run follows from the result |
# | 1 | answers miss the question at times; the next step is any step |
# | 0 | cannot explain the own work |

# %% [markdown] nbgrader={"grade": true, "grade_id": "answers", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# I hope to be asked what made me look at the training loss. I fear "would shifting help in the end, if you trained long enough?" I do not know. I would find out by training both until the loss stops falling, five seeds, with 64 and 256 neurons. If a gap is left, the
# next run puts a margin of one pixel around every picture, so that nothing can be cut off. If the gap closes then, the cut-off strokes were the cause.
# ### END SOLUTION

# %% [markdown] nbgrader={"grade": false, "grade_id": "hand-in-text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Before you hand in
#
# Save this notebook (Ctrl+S, or ⌘S on a Mac), then run the last cell. It runs your notebook from top to bottom in a
# fresh Python, shows what the grader will see, says what would cost points and how to mend it, and writes the file to
# hand in under its right name. You may run it as often as you like.
#
# | | part A | part B | part C |
# |---|---|---|---|
# | before you hand in, ask | Could a classmate begin the work from my text? | Did somebody else run it, on another machine? | Do I say how sure I am? |

# %%
from course_utils.handing_in import submit

submit()
