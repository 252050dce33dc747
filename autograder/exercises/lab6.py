"""Lab 6, debugging clinic: first losses, first steps, four more patients, their faults brought about, what tests catch.

The bounds were measured: on 900 fresh networks of three sizes, and on ten seeds of the healthy run.
"""

from __future__ import annotations

from autograder.experiment import Bound, experiment

FAULT_KEYS = (
    "lr_high",
    "lr_low",
    "zero_start",
    "labels",
    "softmax",
    "zero_grad",
    "dead",
    "validation_scale",
    "eval",
    "input_scale",
    "leak",
    "overfit",
)

losses_by_classes = experiment(
    "losses_by_classes",
    points=1,
    ask="The first loss of a fresh network with 2, 10 and 100 classes.",
    form="three losses, for 2, 10 and 100 classes",
    shape=(3,),
    example=[0.73, 2.33, 4.64],
    bounds=[
        # Over 300 seeds and three sizes of network: ln C - 0.005 to ln C + 0.45.
        Bound(
            "not_fresh_with_two",
            "With two classes a fresh network's loss is near ln 2. Yours is not.",
            "Is the network new and untrained, are its inputs scaled, and has its last layer two outputs?",
            [0.1, 2.33, 4.64],
            at=(0,),
            low=0.6,
            high=1.7,
        ),
        Bound(
            "not_fresh_with_ten",
            "With ten classes a fresh network's loss is near ln 10. Yours is not.",
            "Is the network new and untrained, are its inputs scaled, and has its last layer ten outputs?",
            [0.73, 14.0, 4.64],
            at=(1,),
            low=2.2,
            high=3.3,
        ),
        Bound(
            "not_fresh_with_a_hundred",
            "With a hundred classes a fresh network's loss is near ln 100. Yours is not.",
            "Are the labels drawn from 0 to 99, and has the last layer a hundred outputs?",
            [0.73, 2.33, 2.33],
            at=(2,),
            low=4.5,
            high=5.6,
        ),
    ],
)

steps_by_rate = experiment(
    "steps_by_rate",
    points=1,
    ask="The largest update-to-weight ratio of the first step at η = 0.0002, 0.002, 0.02, 0.2 and 2.0.",
    form="five ratios, from the smallest learning rate to the largest",
    shape=(5,),
    example=[0.00002, 0.0002, 0.002, 0.02, 0.2],
    bounds=[
        Bound(
            "no_length",
            "A ratio of two lengths is more than 0, and the first step is shorter than a hundred times the weights.",
            "Is it `first_updates` that you read?",
            [0.0, 0.0, 0.0, 0.0, 0.0],
            low=1e-9,
            high=100.0,
        ),
        Bound(
            "grew_too_little",
            "The first step of η = 2.0 is not a thousand times as long as that of η = 0.0002.",
            "Does each of your five runs have a learning rate of its own, in the order of the text?",
            [0.02, 0.02, 0.02, 0.02, 0.02],
            at=(4,),
            minus=(0,),
            low=0.01,
        ),
    ],
)

diagnoses = experiment(
    "diagnoses",
    points=1,
    ask="Your diagnosis for each of the four patients.",
    form="four words out of the table",
    shape=(4,),
    example=["eval", "eval", "eval", "eval"],
    choices=FAULT_KEYS,
)

brought_about = experiment(
    "brought_about",
    points=1,
    ask="For each patient: [its last training loss, the last training loss of your own sick run].",
    form="four rows of two losses: the patient's and yours",
    shape=(4, 2),
    example=[[2.28, 2.28], [0.58, 0.61], [0.16, 0.16], [2.31, 2.33]],
    is_finite=False,
    bounds=[
        Bound(
            "negative_loss_brought_about",
            "A mean cross entropy is never negative: one of your losses is.",
            "Is it `record.losses[-1]` in both columns?",
            [[2.28, -2.28], [0.58, 0.61], [0.16, 0.16], [2.31, 2.33]],
            low=0.0,
        ),
        # The four patients end at 2.28, 0.58, 0.16 and 2.31.
        Bound(
            "one_patient_four_times",
            "The first column holds the same loss four times, and the patients differ.",
            "Does your loop take another patient each time?",
            [[2.28, 2.28], [2.28, 0.61], [2.28, 0.16], [2.28, 2.33]],
            at=(None, 0),
            of="spread",
            low=0.5,
        ),
    ],
)

caught = experiment(
    "caught",
    points=1,
    ask="How many of the twelve faults each test catches: [first loss, ten pictures, gap].",
    form="three counts: by the first loss, by ten pictures, by the gap",
    shape=(3,),
    example=[1, 7, 3],
    bounds=[
        Bound(
            "more_than_twelve",
            "There are twelve faults to catch.",
            "Do you count faults, each once?",
            [1, 70, 3],
            low=0,
            high=12,
        ),
        # With the text's limits, at seed 0: 1, 7 and 3.
        Bound(
            "caught_them_all",
            "No test catches every fault: some of them change only how the network is measured.",
            "Which way do your comparisons point?",
            [1, 12, 3],
            high=11,
        ),
        Bound(
            "caught_none",
            "One of your tests catches nothing. Each of the three catches at least one fault.",
            "Compare with the limits of the text: 0.2, 1 and 0.1.",
            [0, 7, 3],
            low=1,
        ),
    ],
)

my_patient = experiment(
    "my_patient",
    points=1,
    ask="Of your own sick run: [the last training loss, the share of the validation pictures that is right].",
    form="two numbers: the last training loss and the last validation share",
    shape=(2,),
    example=[1.71, 0.8525],
    is_finite=False,
    bounds=[
        Bound(
            "my_patient_in_percent",
            "A share lies between 0 and 1: yours looks like a percentage.",
            "It is `record.accuracy[-1, 1]`.",
            [1.71, 85.25],
            at=(1,),
            low=0.0,
            high=1.0,
        ),
        # Over ten seeds the healthy run has 0.945 to 0.975.
        Bound(
            "still_healthy",
            "More than 94 % of the validation pictures are right: this patient is not ill.",
            "Make your change larger, or choose another line.",
            [0.16, 0.955],
            at=(1,),
            high=0.94,
        ),
    ],
)

EXERCISES = [losses_by_classes, steps_by_rate, diagnoses, brought_about, caught, my_patient]
