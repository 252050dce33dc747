"""Quiz 5, generalising: lectures 9 and 10."""

from __future__ import annotations

import torch
from torch import nn

from autograder.questions import Quiz, choice, number, right, wrong

DOUBLE = torch.float64


# --- 1. counting a network ----------------------------------------------------------------------------------

SIZES = (64, 32, 10)
NETWORK = nn.Sequential(nn.Linear(SIZES[0], SIZES[1]), nn.ReLU(), nn.Linear(SIZES[1], SIZES[2]))
WEIGHTS = SIZES[0] * SIZES[1] + SIZES[1] * SIZES[2]

parameters = number(
    "quiz5_parameters",
    "Counting a network",
    f"`nn.Sequential(nn.Linear({SIZES[0]}, {SIZES[1]}), nn.ReLU(), nn.Linear({SIZES[1]}, {SIZES[2]}))`: how many "
    "**parameters** does this "
    "network have?",
    answer=sum(p.numel() for p in NETWORK.parameters()),
    why="64·32 + 32 for the first layer, 32·10 + 10 for the second.",
    mistakes=[
        wrong(
            WEIGHTS,
            "left_the_biases_out",
            "These are the weights. Each neuron of both layers has a bias as well.",
            "What does nn.Linear hold besides its weight?",
        ),
        wrong(
            SIZES[0] * SIZES[1] + SIZES[1],
            "counted_the_first_layer_only",
            "This is the first layer. The second one has weights and biases, too.",
            "Count each nn.Linear and add up.",
        ),
        wrong(
            WEIGHTS + 2,
            "gave_each_layer_one_bias",
            "One bias was counted for each layer. Every neuron has its own.",
            "How many entries has the b of the first layer?",
        ),
        wrong(
            WEIGHTS + SIZES[0] + SIZES[1],
            "gave_each_input_a_bias",
            "The biases were counted by inputs. They belong to the neurons: one for each output of a layer.",
            "How many entries has the b of the first layer?",
        ),
        wrong(
            sum(SIZES),
            "counted_the_neurons",
            "These are the numbers that run through the network. Parameters are what it has learned, and they stand "
            "between "
            "the layers.",
            "How many weights does one neuron of the hidden layer have?",
        ),
        wrong(
            SIZES[0] * SIZES[1] * SIZES[2],
            "multiplied_all_sizes",
            "The sizes of a layer are multiplied with each other; the layers are added up.",
            "How many weights lie between the inputs and the hidden layer?",
        ),
    ],
)

# --- 2. which mode ------------------------------------------------------------------------------------------

mode = choice(
    "quiz5_mode",
    "Never twice the same",
    "A trained network with dropout gets the same picture ten times and gives ten different answers. What was "
    "forgotten?",
    wrong(
        "`torch.inference_mode()`",
        "took_inference_mode_for_eval",
        "It switches off the notes for backward(). Dropout does not look at it.",
        "Which switch does a dropout layer read?",
    ),
    wrong(
        "`optimizer.zero_grad()`",
        "took_zero_grad_for_eval",
        "It empties the gradients. Predicting does not use them.",
        "What in this network is drawn at random?",
    ),
    right(
        "`model.eval()`",
        why="In training mode dropout draws a new mask in every call.",
    ),
    wrong(
        "`torch.manual_seed(0)` at the start of the program",
        "fixed_the_seed_in_place_of_the_mode",
        "A seed at the start makes the whole program repeatable, but ten calls after it still draw ten masks.",
        "Should anything be drawn at random when a network is used?",
    ),
)

# --- 3. dropout ---------------------------------------------------------------------------------------------

DROP, INSIDE = 0.2, 4.0
torch.manual_seed(0)
SURVIVOR = nn.Dropout(DROP)(torch.full((1000,), INSIDE, dtype=DOUBLE)).max().item()

dropout = number(
    "quiz5_dropout",
    "A survivor of dropout",
    f"A layer `nn.Dropout(p={DROP:g})` is in training mode. One of the numbers that go in is {INSIDE:g}, and it is "
    "**not** dropped. What comes "
    "out for it?",
    answer=SURVIVOR,
    why="Survivors are divided by 1 − p, so that the mean stays.",
    mistakes=[
        wrong(
            INSIDE,
            "left_survivors_as_they_are",
            "Then the mean of the layer would shrink with every dropped number. Survivors are scaled up to make up for "
            "it.",
            "What should the output be on average?",
        ),
        wrong(
            INSIDE * (1 - DROP),
            "scaled_survivors_down",
            "Some numbers are gone already; the others have to become larger, not smaller, to keep the mean.",
            "What should the output be on average?",
        ),
        wrong(
            INSIDE / DROP,
            "divided_by_the_share_dropped",
            "p is the share that is dropped. Survivors make up for those by the share that stays.",
            "Which share of the numbers survives?",
        ),
        wrong(
            INSIDE * DROP,
            "multiplied_by_the_share_dropped",
            "p is the share that is dropped, and survivors have to become larger to keep the mean.",
            "What should the output be on average?",
        ),
        wrong(
            INSIDE * (1 + DROP),
            "added_the_share_dropped",
            "Near, but the mean is not kept: a share of 1 − p survives, and that is what is divided by.",
            "Multiply your number by the share that survives. Is it 4?",
        ),
        wrong(
            0.0,
            "dropped_the_survivor",
            "This is what comes out for a number that is dropped.",
            "The question is about one that stays.",
        ),
    ],
)

# --- 4. running mean ----------------------------------------------------------------------------------------

RUNNING, BATCH = 2.0, 5.0
NORM = nn.BatchNorm1d(1, dtype=DOUBLE)
MU = NORM.momentum
NORM.running_mean.fill_(RUNNING)
NORM(torch.tensor([[BATCH - 1], [BATCH + 1]], dtype=DOUBLE))

running = number(
    "quiz5_running",
    "The running mean",
    f"A batch norm layer of PyTorch (`momentum={MU:g}`) has the running mean {RUNNING:g}. In training mode it sees a "
    "batch with the mean "
    f"{BATCH:g}. What is the running mean **afterwards**?",
    answer=NORM.running_mean.item(),
    why="(1 − momentum) · old + momentum · new.",
    mistakes=[
        wrong(
            MU * RUNNING + (1 - MU) * BATCH,
            "turned_the_momentum_round",
            "The two shares are exchanged: in PyTorch's batch norm, momentum is the share of the new batch.",
            "Should one batch change the running mean a lot or a little?",
        ),
        wrong(
            (RUNNING + BATCH) / 2,
            "took_the_plain_mean",
            "Old and new got the same say here. The momentum says how much the new one gets.",
            "What is a tenth of the way from 2 to 5?",
        ),
        wrong(
            BATCH,
            "replaced_the_running_mean",
            "The batch's own mean is used for this batch. The running mean moves towards it by a small share only.",
            "What is the running mean for, when the layer is in eval mode?",
        ),
        wrong(
            RUNNING + MU * BATCH,
            "kept_all_of_the_old",
            "The new share was added, and nothing of the old was taken away. The two shares add up to 1.",
            "What would your rule do if old and new were both 2?",
        ),
        wrong(
            RUNNING,
            "left_it_unchanged",
            "In training mode every batch moves the running mean a little. It stays as it is in eval mode.",
            "In which mode is the layer?",
        ),
    ],
)

# --- 5. batch norm by hand ----------------------------------------------------------------------------------

PAIR, GAMMA, BETA = torch.tensor([2.0, 8.0], dtype=DOUBLE), 2.0, 0.5
TRAINED = nn.BatchNorm1d(1, eps=1e-12, dtype=DOUBLE)
with torch.no_grad():
    TRAINED.weight.fill_(GAMMA)
    TRAINED.bias.fill_(BETA)
    NORMED = TRAINED(PAIR[:, None])[1].item()

batchnorm = number(
    "quiz5_batchnorm",
    "Batch norm by hand",
    f"In training mode a batch norm layer gets a batch of two numbers, {PAIR[0]:g} and {PAIR[1]:g}. Its $\\gamma$ is "
    f"{GAMMA:g}, its $\\beta$ is "
    f"{BETA:g}, and ε is too small to matter. What comes out for the **{PAIR[1]:g}**?",
    answer=NORMED,
    why="Mean 5, variance 9 (divided by N), so (8 − 5)/3 = 1, then γ·1 + β.",
    mistakes=[
        wrong(
            GAMMA * ((PAIR[1] - PAIR.mean()) / PAIR.std()).item() + BETA,
            "divided_by_one_less",
            "The variance was divided by N − 1. Within the batch, batch norm divides by N.",
            "How many numbers are in the batch?",
        ),
        wrong(
            GAMMA * ((PAIR[1] - PAIR.mean()) / PAIR.var(correction=0)).item() + BETA,
            "forgot_the_root",
            "The distance from the mean was divided by the variance. It is divided by its root, the standard "
            "deviation.",
            "Which of the two has the unit of the numbers themselves?",
        ),
        wrong(
            1.0,
            "left_gamma_and_beta_out",
            "This is the normalised number. γ and β come after that.",
            "What does the layer do after mean 0 and spread 1?",
        ),
        wrong(
            GAMMA,
            "left_beta_out",
            "γ is there, β is missing.",
            "What is added at the end?",
        ),
        wrong(
            1 + BETA,
            "left_gamma_out",
            "β is there, γ is missing.",
            "What is the normalised number multiplied by?",
        ),
        wrong(
            GAMMA * (PAIR[1] / PAIR.std(correction=0)).item() + BETA,
            "left_the_mean_in",
            "The number was divided by the standard deviation without taking the mean away first.",
            "What is the mean of a normalised batch?",
        ),
        wrong(
            GAMMA * (1 + BETA),
            "multiplied_beta_too",
            "β was added before γ was multiplied. It comes last.",
            "Is β inside the bracket or outside of it?",
        ),
    ],
)

# --- 6. batch norm in eval mode -----------------------------------------------------------------------------

single = choice(
    "quiz5_single",
    "A batch of one",
    "A trained network with batch norm is in eval mode and gets a batch of **one** picture. What does a batch norm "
    "layer do with it?",
    right(
        "It normalises with its running mean and running variance.",
        why="In eval mode the statistics of training are used, so the size of the batch makes no difference.",
    ),
    wrong(
        "It normalises with the picture's own mean and variance.",
        "used_the_batch_in_eval_mode",
        "That is what it does with a batch in training mode. A prediction would then depend on which pictures are "
        "beside it.",
        "What was collected during training, and what for?",
    ),
    wrong(
        "It stops with an error: one number has no spread.",
        "took_eval_for_train",
        "In training mode BatchNorm1d does stop there. In eval mode no spread of the batch is needed.",
        "Whose variance is used in eval mode?",
    ),
    wrong(
        "Nothing: in eval mode batch norm is switched off, as dropout is.",
        "took_batch_norm_for_dropout",
        "Dropout lets everything through in eval mode. The next layers have learned to expect normalised numbers, so "
        "batch norm goes on.",
        "What would the next layer see without it?",
    ),
)

# --- 7. two curves ------------------------------------------------------------------------------------------

curves = choice(
    "quiz5_curves",
    "Two curves",
    "The training loss falls from epoch to epoch. The validation loss fell until epoch 8 and has risen ever since. "
    "Which step follows "
    "from that?",
    wrong(
        "Train on until the validation loss falls again.",
        "waited_for_it",
        "Since epoch 8 the network has been learning what is special to the training rows. More of that makes it "
        "better there and "
        "worse elsewhere.",
        "On which rows does the training loss say something?",
    ),
    wrong(
        "Nothing: what counts is that the training loss falls.",
        "trusted_the_training_loss",
        "A network that has learned its training rows by heart has a training loss near 0. What counts are rows it has "
        "not seen.",
        "For which rows do you want a network?",
    ),
    wrong(
        "Make the network larger: it has too few parameters.",
        "took_overfitting_for_underfitting",
        "With too few parameters the training loss would stay high as well. Here it falls and falls.",
        "On which rows does this network do well?",
    ),
    right(
        "Go back to the weights of epoch 8.",
        why="That is early stopping: from there on it overfits.",
    ),
)

# --- 8. the test set ----------------------------------------------------------------------------------------

chosen = choice(
    "quiz5_chosen",
    "The best of fifty",
    "Somebody trains fifty variants of a network on the training set, measures all of them on the **test set**, and "
    "reports the accuracy of the "
    "best one there. What is to be said of that number?",
    wrong(
        "It is honest: no weight was ever trained on the test set.",
        "counted_only_training_as_use",
        "The weights did not see the test set, but the choice among fifty did. The best one is partly the luckiest one "
        "there.",
        "Would the winner also win on a second test set?",
    ),
    right(
        "It is likely to be too high: the test set has helped to choose.",
        why="Choosing belongs to the validation set; the test set is for one measurement at the end.",
    ),
    wrong(
        "It is likely to be too low: the best variant has seen too few rows.",
        "expected_it_to_be_too_low",
        "The largest of fifty numbers, each with some luck in it, lies above what the variant can do rather than "
        "below.",
        "Roll fifty dice and report the largest. What does it say of dice?",
    ),
    wrong(
        "It is honest as long as the fifty used different seeds.",
        "trusted_the_seeds",
        "Different seeds give the luck more chances, not fewer. The choice was made on the test set all the same.",
        "Which set was looked at to choose the winner?",
    ),
)

# --- 9. a confusion matrix ----------------------------------------------------------------------------------

MATRIX = torch.tensor([[28, 12], [4, 36]], dtype=DOUBLE)

confusion = number(
    "quiz5_confusion",
    "Reading a confusion matrix",
    "Rows are true digits, columns are predicted ones:\n\n| | predicted 3 | predicted 8 |\n|---|---|---|\n"
    f"| **a 3** | {MATRIX[0, 0]:g} | {MATRIX[0, 1]:g} |\n| **an 8** | {MATRIX[1, 0]:g} | {MATRIX[1, 1]:g} |\n\n"
    "What is the **accuracy**, as a number from 0 to 1?",
    answer=(MATRIX.diag().sum() / MATRIX.sum()).item(),
    why="The diagonal over everything.",
    mistakes=[
        wrong(
            1 - (MATRIX.diag().sum() / MATRIX.sum()).item(),
            "gave_the_share_of_errors",
            "This is the share that is wrong.",
            "Which entries of the matrix are right predictions?",
        ),
        wrong(
            MATRIX.diag().sum().item(),
            "gave_the_count",
            "This is how many are right. Accuracy is their share.",
            "How many pictures are there in all?",
        ),
        wrong(
            (MATRIX[0, 0] / MATRIX[0].sum()).item(),
            "looked_at_the_threes_only",
            "This is the share of right ones among the true 3s. Accuracy takes all pictures together.",
            "How many of all pictures lie on the diagonal?",
        ),
        wrong(
            (MATRIX[1, 1] / MATRIX[1].sum()).item(),
            "looked_at_the_eights_only",
            "This is the share of right ones among the true 8s. Accuracy takes all pictures together.",
            "How many of all pictures lie on the diagonal?",
        ),
        wrong(
            (MATRIX[0, 0] / MATRIX[:, 0].sum()).item(),
            "looked_at_one_column",
            "This is the share of true 3s among those that were called a 3. Accuracy takes all pictures together.",
            "How many of all pictures lie on the diagonal?",
        ),
        wrong(
            100 * (MATRIX.diag().sum() / MATRIX.sum()).item(),
            "gave_percent",
            "This is the accuracy in percent. It is asked for as a number from 0 to 1.",
            "What is a share of one half, as a number from 0 to 1?",
        ),
    ],
)

# --- 10. augmentation ---------------------------------------------------------------------------------------

augmentation = choice(
    "quiz5_augmentation",
    "More from the same pictures",
    "Handwritten digits are to be augmented: each training picture comes in changed versions that **keep its label**. "
    "Which change is "
    "suitable?",
    wrong(
        "Turning it upside down.",
        "turned_a_six_into_a_nine",
        "A 6 turned upside down is a 9, and it would still carry the label 6.",
        "Would a person give the changed picture the same label?",
    ),
    wrong(
        "Replacing it by its mirror image.",
        "mirrored_what_has_a_side",
        "Nobody writes a 2 or a 7 as its mirror image. The network would learn shapes that never come.",
        "Would you meet the changed picture in the test set?",
    ),
    right(
        "Shifting it by a pixel or two.",
        why="A shifted digit is the same digit, and such pictures do come.",
    ),
    wrong(
        "Exchanging pixels among each other at random.",
        "destroyed_the_picture",
        "After that nobody could tell which digit it was. The label stays, but what it speaks of is gone.",
        "Would a person give the changed picture the same label?",
    ),
)

QUIZ = Quiz(
    "quiz5",
    "Generalising",
    "lectures 9 and 10: a network for digits, its two modes, and how well it does on pictures it has not seen",
    (parameters, mode, dropout, running, batchnorm, single, curves, chosen, confusion, augmentation),
)
EXERCISES = QUIZ.questions
