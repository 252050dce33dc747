"""Lab 3, layers and activations: a neuron, four corners, a collapse, four activations, built against trained, silence.

The bounds were measured on these moons: every border at steps of 1 degree and 0.02, each training with six seeds.
"""

from __future__ import annotations

from autograder.experiment import Bound, at_least, experiment

PERCENT = "A share lies between 0 and 1: yours looks like a percentage."
DIVIDE = "Divide by 100, or print what the experiment gives back."

neuron_by_hand = experiment(
    "neuron_by_hand",
    points=1,
    ask="Your best neuron on the moons: [w1, w2, b, share right].",
    form="four numbers: [w1, w2, b, share right]",
    shape=(4,),
    example=[0.6, -2.5, 0.5, 0.885],
    bounds=[
        Bound("neuron_in_percent", PERCENT, DIVIDE, [0.6, -2.5, 0.5, 88.5], at=(3,), low=0.0, high=1.0),
        # The best of all borders has a share of 0.890.
        Bound(
            "better_than_any_line",
            "No straight border gets more than 89 % of these points right.",
            "Is it the share of all points that you read off, or that of one group?",
            [0.6, -2.5, 0.5, 0.97],
            at=(3,),
            high=0.896,
        ),
        Bound(
            "sides_exchanged",
            "Less than half are right: the neuron says 1 where it should say 0.",
            "What happens if all three numbers change their sign?",
            [-0.6, 2.5, -0.5, 0.115],
            at=(3,),
            low=0.5,
        ),
    ],
)

corners_right = experiment(
    "corners_right",
    points=1,
    ask="How many corners your two-layer network gets right: [with ReLU, the same weights without activation].",
    form="two numbers from 0 to 4: [with ReLU, without]",
    shape=(2,),
    example=[4, 2],
    bounds=[
        Bound(
            "more_than_four_corners",
            "There are four corners.",
            "Keep what count_corners gives back, for ReLU first.",
            [5, 2],
            low=0,
            high=4,
        ),
        Bound(
            "parted_without_activation",
            "Without an activation the network is one straight border, and no straight border parts these corners.",
            "Is the second number counted with `activation=no_activation`?",
            [4, 4],
            at=(1,),
            high=3,
        ),
    ],
)

collapse_errors = experiment(
    "collapse_errors",
    points=1,
    ask="The largest difference between your one layer and the three: [without activation, with ReLU between them].",
    form="two differences: [without activation, with ReLU]",
    shape=(2,),
    example=[1e-7, 0.35],
    bounds=[
        Bound(
            "negative_difference",
            "A largest difference is never negative.",
            "Where does .abs() stand, before or after .max()?",
            [-0.2, 0.35],
            low=0.0,
        ),
        # Over many seeds 1e-7 without an activation, and 0.15 or more with ReLU.
        Bound(
            "did_not_collapse",
            "Without an activation three layers are one layer, up to rounding. Yours still differs from them.",
            "In which order do the three matrices multiply? And which of them does the first bias pass through?",
            [0.8, 0.35],
            at=(0,),
            high=1e-3,
        ),
        Bound(
            "relu_collapsed_too",
            "With ReLU between the layers one layer cannot say the same. Your second difference is almost zero.",
            "Does torch.relu stand after the first and after the second layer?",
            [1e-7, 1e-7],
            at=(1,),
            low=1e-3,
        ),
    ],
)

moon_shares = experiment(
    "moon_shares",
    points=1,
    ask="The share right after training, for no activation, ReLU, sigmoid and GELU: a row each, a column per seed.",
    form="four rows of shares, at least two seeds each",
    shape=(4, at_least(2)),
    example=[[0.865, 0.865, 0.865], [1.0, 1.0, 1.0], [0.885, 0.875, 0.875], [1.0, 1.0, 1.0]],
    bounds=[
        Bound("moons_in_percent", PERCENT, DIVIDE, [[86, 86], [100, 100], [88, 87], [100, 100]], low=0.0, high=1.0),
        # 0.865 with every seed.
        Bound(
            "bent_without_activation",
            "Without an activation the border is straight, and no straight border gets more than 89 % here.",
            "Does the first row belong to nn.Identity?",
            [[1.0, 1.0], [0.865, 0.865], [0.885, 0.875], [1.0, 1.0]],
            at=(0, None),
            high=0.896,
        ),
        Bound(
            "relu_stayed_straight",
            "With ReLU the training gets past any straight border here. Yours does not.",
            "Is nn.ReLU handed over as the class, without brackets, and are there enough steps?",
            [[0.865, 0.865], [0.865, 0.865], [0.885, 0.875], [1.0, 1.0]],
            at=(1, None),
            low=0.896,
        ),
    ],
)

wave_errors = experiment(
    "wave_errors",
    points=1,
    ask="The largest error on the wave with 15, 30, 60 and 120 ReLUs: a row built by hand, a row trained.",
    form="two rows of four errors: built, then trained",
    shape=(2, 4),
    example=[[0.2105, 0.0594, 0.0136, 0.0032], [0.895, 1.097, 0.607, 0.368]],
    bounds=[
        Bound(
            "negative_error",
            "A largest error is never negative.",
            "Keep what largest_error gives back.",
            [[0.21, 0.059, 0.0136, -0.0032], [0.895, 1.097, 0.607, 0.368]],
            low=0.0,
        ),
        Bound(
            "more_bumps_built_worse",
            "Built by hand, 120 ReLUs follow the wave much better than 15. In your first row they do not.",
            "Three ReLUs make one bump: 15 are 5 bumps. Which row stands first?",
            [[0.895, 1.097, 0.607, 0.9], [0.2105, 0.0594, 0.0136, 0.0032]],
            at=(0, 3),
            minus=(0, 0),
            high=0.0,
        ),
    ],
)

silent_shares = experiment(
    "silent_shares",
    points=1,
    ask="The share of 1,000 ReLUs that are silent for every point, with the biases 0, -1, -2, -3 and -4.",
    form="five shares",
    shape=(5,),
    example=[0.0, 0.143, 0.426, 0.702, 0.871],
    bounds=[
        Bound("silence_in_percent", PERCENT, DIVIDE, [0.0, 14.3, 42.6, 70.2, 87.1], low=0.0, high=1.0),
        # 0 and about 0.87 with random weights of spread 1.
        Bound(
            "counted_those_awake",
            "The lower the bias, the more neurons are silent. In yours it is not so.",
            "Silent means: z is above 0 for none of the points. Which did you count?",
            [1.0, 0.857, 0.574, 0.298, 0.129],
            at=(4,),
            minus=(0,),
            low=0.3,
        ),
    ],
)

EXERCISES = [neuron_by_hand, corners_right, collapse_errors, moon_shares, wave_errors, silent_shares]
