"""Lab 5, seeing features: a kernel, half a turn, what a kernel learns, an unseen coin, nonsense labels, moved digits.

The bounds were measured: on the kernels over four sets of pictures, on networks over four starts and twelve shuffles
of the labels. The network and the coins start from a fixed seed.
"""

from __future__ import annotations

from autograder.experiment import Bound, experiment

PERCENT = "A share lies between 0 and 1: yours looks like a percentage."
DIVIDE = "Divide by 100, or print what the experiment gives back."

diagonal_strengths = experiment(
    "diagonal_strengths",
    points=1,
    ask="The largest answer of your kernel: [to a stroke like /, to a stroke like \\].",
    form="two numbers: the largest answer to / and to \\",
    shape=(2,),
    example=[6.0, 2.0],
    bounds=[
        Bound(
            "saw_no_difference",
            "Your kernel answers equally to both strokes, so it cannot tell them apart.",
            "Is the kernel the same when you mirror it? Put its positive weights on one diagonal only.",
            [3.0, 3.0],
            of="spread",
            low=1e-6,
        ),
    ],
)

turned_changes = experiment(
    "turned_changes",
    points=1,
    ask="The largest change of the outcome by half a turn: [smoothing, derivative, your own kernel].",
    form="three numbers, for smoothing, for the derivative and for your own kernel",
    shape=(3,),
    example=[0.0, 5.04, 0.0],
    bounds=[
        Bound(
            "kept_the_sign",
            "A largest difference is a size and cannot be negative.",
            "Is `.abs()` in front of `.max()`?",
            [0.0, -0.3, 0.0],
            low=0.0,
        ),
        Bound(
            "smoothing_changed",
            "The smoothing kernel is the same after half a turn, so its outcome cannot change.",
            "Is it the kernel that you turn, and not the picture? Does smoothing come first?",
            [0.8, 5.04, 0.0],
            at=(0,),
            high=1e-4,
        ),
        # Over the ten digits: 4.3 to 5.0.
        Bound(
            "derivative_unchanged",
            "Half a turn changes the sign of the derivative, so its outcome must change.",
            "Is one of the two slid with `kernel.rot90(2)`?",
            [0.0, 0.0, 0.0],
            at=(1,),
            low=1.0,
        ),
    ],
)

left_over = experiment(
    "left_over",
    points=1,
    ask="The share left over for: the derivative, moved by one pixel, moved by three pixels, mirrored.",
    form="four shares: derivative, one pixel, three pixels, mirrored",
    shape=(4,),
    example=[0.0, 0.0, 0.189, 0.393],
    bounds=[
        Bound("left_over_in_percent", PERCENT, DIVIDE, [0.0, 0.0, 18.9, 39.3], low=0.0, high=1.0),
        # Over four sets of 32 pictures: 0.00000, 0.00000, 0.170 to 0.189, 0.359 to 0.402.
        Bound(
            "derivative_not_found",
            "The derivative was made by a 3×3 kernel, so a kernel can make it, and nothing is left over.",
            "Are the targets `slide(pictures, derivative)`, made from the same pictures?",
            [0.4, 0.0, 0.189, 0.393],
            at=(0,),
            high=0.02,
        ),
        Bound(
            "one_pixel_not_found",
            "One pixel to the side still lies under a 3×3 kernel, so moving by one can be learned.",
            "Is dimension 2 the one from left to right? Does this target come second?",
            [0.0, 0.189, 0.189, 0.393],
            at=(1,),
            high=0.02,
        ),
        Bound(
            "three_pixels_found",
            "Three pixels away lies outside of a 3×3 kernel: something must be left over.",
            "Are the inputs the pictures as they were, and the targets moved by 3?",
            [0.0, 0.0, 0.0, 0.393],
            at=(2,),
            low=0.05,
        ),
        Bound(
            "mirror_found",
            "No kernel can mirror a picture: something must be left over.",
            "Are the inputs the pictures as they were, and the targets `pictures.flip(2)`?",
            [0.0, 0.0, 0.189, 0.0],
            at=(3,),
            low=0.1,
        ),
    ],
)

moved_rows = experiment(
    "moved_rows",
    points=1,
    ask="Purses without the coin J: [how far J's row moved, how far the other nine moved on average].",
    form="two distances: J's row, and the mean of the other nine",
    shape=(2,),
    example=[0.0, 1.36],
    bounds=[
        Bound(
            "saw_the_coin",
            "J's row has moved, so some purse with the coin J was among those shown.",
            "Did you keep only purses in which *neither* coin is number 9? Is row 9 the first of your two numbers?",
            [1.2, 1.36],
            at=(0,),
            low=0.0,
            high=1e-6,
        ),
        Bound(
            "nothing_moved",
            "The rows of the other nine coins were trained, so they have moved.",
            "Are the two tables that you compare `start` and `end`?",
            [0.0, 0.0],
            at=(1,),
            low=0.1,
        ),
    ],
)

own_means = experiment(
    "own_means",
    points=1,
    ask="The share nearest to their own class's mean, by layer: a row from true labels, a row from shuffled ones.",
    form="two rows of five shares: true labels first, then shuffled ones",
    shape=(2, 5),
    example=[[0.281, 0.577, 0.788, 0.827, 0.811], [0.281, 0.245, 0.290, 0.281, 0.256]],
    bounds=[
        Bound("means_in_percent", PERCENT, DIVIDE, [[28, 58, 79, 83, 81], [28, 25, 29, 28, 26]], low=0.0, high=1.0),
        Bound(
            "compared_other_pictures",
            "The first share is that of the pixels, which no network has touched: it is the same in both rows.",
            "Are both rows measured with `X_moved`, and do both begin with the pixels?",
            [[0.281, 0.577, 0.788, 0.827, 0.811], [0.245, 0.290, 0.281, 0.256, 0.2]],
            at=(0, 0),
            minus=(1, 0),
            low=-1e-6,
            high=1e-6,
        ),
        # Over four starts 0.827 to 0.886 from true labels; over twelve shuffles 0.192 to 0.362.
        Bound(
            "labels_not_shuffled",
            "Shuffled labels give poor features. In yours hidden layer 3 is as good as with the true ones.",
            "Is the second network a new one, trained with the shuffled labels? Are the true labels the first row?",
            [[0.281, 0.577, 0.788, 0.827, 0.811], [0.281, 0.577, 0.788, 0.827, 0.811]],
            at=(0, 3),
            minus=(1, 3),
            low=0.2,
        ),
    ],
)

neighbours_by_step = experiment(
    "neighbours_by_step",
    points=1,
    ask="The share right by nearest neighbour for digits moved by 0 to 5 pixels: a row by pixels, a row by features.",
    form="two rows of six shares: by pixels first, then by features",
    shape=(2, 6),
    example=[[0.989, 0.933, 0.552, 0.262, 0.153, 0.092], [0.972, 0.958, 0.942, 0.786, 0.426, 0.195]],
    bounds=[
        Bound(
            "neighbours_in_percent",
            PERCENT,
            DIVIDE,
            [[98.9, 93.3, 55.2, 26.2, 15.3, 9.2], [97.2, 95.8, 94.2, 78.6, 42.6, 19.5]],
            low=0.0,
            high=1.0,
        ),
        # Measured: 0.73 lost by pixels over three steps, and 0.52 between features and pixels there.
        Bound(
            "nothing_was_moved",
            "By pixels most digits moved by three are wrong. In yours the share hardly falls.",
            "Is it `move(X_test, step)` that you ask for, with another step each time?",
            [[0.989] * 6, [0.972] * 6],
            at=(0, 0),
            minus=(0, 3),
            low=0.3,
        ),
        Bound(
            "features_like_pixels",
            "At three pixels the features are far ahead of the pixels. In yours they are not.",
            'Is the second row by "hidden 3" of `network`, the one trained on true labels?',
            [[0.989, 0.933, 0.552, 0.262, 0.153, 0.092]] * 2,
            at=(1, 3),
            minus=(0, 3),
            low=0.2,
        ),
    ],
)

EXERCISES = [diagonal_strengths, turned_changes, left_over, moved_rows, own_means, neighbours_by_step]
