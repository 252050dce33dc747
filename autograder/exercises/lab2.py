"""Lab 2, fitting by hand: a line by eye, leaving one out, learning rates, two starts, standardising, own data.

The bounds follow from the thirteen rows of scores: the lowest MSE is 18.5991 (18.6982 through the origin), the slope
without one student lies between 1.222 and 1.521.
"""

from __future__ import annotations

from autograder.experiment import Bound, at_least, experiment

line_by_hand = experiment(
    "line_by_hand",
    points=1,
    ask="Your best line by hand: [w, b, MSE].",
    form="three numbers: [w, b, MSE]",
    shape=(3,),
    example=[1.2, 1.9, 18.9],
    bounds=[
        Bound(
            "better_than_the_best",
            "No line through these scores has an MSE under 18.60. Yours would be better than the best one.",
            "Is the third number the MSE, or another one from the figure?",
            [1.2, 1.9, 4.35],
            at=(2,),
            low=18.59,
        ),
        # The figure starts at w = 0.5, b = 8 with an MSE of 44.15.
        Bound(
            "never_moved",
            "Your MSE is no smaller than that of the line with which the figure starts, 44.15.",
            "What happens to the squares when you make w larger and b smaller?",
            [0.5, 8.0, 44.2],
            at=(2,),
            high=44.1,
        ),
    ],
)

slopes_without = experiment(
    "slopes_without",
    points=1,
    ask="The best slope w without each of the thirteen students in turn.",
    form="thirteen slopes",
    shape=(13,),
    example=[1.521, 1.323, 1.415, 1.311, 1.326, 1.28, 1.266, 1.233, 1.222, 1.326, 1.316, 1.332, 1.264],
    bounds=[
        Bound(
            "nobody_left_out",
            "All thirteen slopes are the same: as if nobody, or always the same student, were left out.",
            "Does the row you leave out change from one fit to the next?",
            [1.312] * 13,
            of="spread",
            low=0.01,
        ),
        Bound(
            "other_rows_lost",
            "Whoever is left out, the slope stays between 1.2 and 1.6. One of yours does not.",
            "Do exactly twelve rows go in, the same ones for quiz and final?",
            [1.521, 1.323, 1.415, 1.311, 1.326, 1.28, 1.266, 1.233, 4.2, 1.326, 1.316, 1.332, 1.264],
            low=1.2,
            high=1.6,
        ),
    ],
)

rate_losses = experiment(
    "rate_losses",
    points=1,
    ask="For at least five learning rates: the rate, and the loss after 20 steps from w = 0.",
    form="at least five rows of two numbers: [learning rate, loss after 20 steps]",
    shape=(at_least(5), 2),
    example=[[0.00001, 266.6], [0.0001, 100.3], [0.001, 18.7], [0.006, 18.81], [0.007, 31319.1]],
    is_finite=False,
    bounds=[
        Bound(
            "stepped_uphill",
            "A learning rate of 0 stays where it is, and one below 0 walks uphill.",
            "Which of the two numbers in a row is the learning rate?",
            [[0.00001, 266.6], [0.0001, 100.3], [0.001, 18.7], [0.006, 18.81], [-0.007, 900.0]],
            at=(None, 0),
            low=1e-12,
        ),
        Bound(
            "below_the_valley",
            "No line through the origin has a loss under 18.69, whatever the learning rate.",
            "Do the learning rate and the loss stand in this order in each row?",
            [[266.6, 0.00001], [100.3, 0.0001], [18.7, 0.001], [18.81, 0.006], [31319.1, 0.007]],
            at=(None, 1),
            low=18.69,
        ),
        # The walk starts at a loss of 298.6: one that ends 280 above another has gone up.
        Bound(
            "none_diverged",
            "None of your walks ended higher than it began. A rate that is too large is still missing.",
            "Lecture 3 says above which learning rate this walk diverges.",
            [[0.00001, 266.6], [0.0001, 100.3], [0.001, 18.7], [0.003, 18.7], [0.006, 18.81]],
            at=(None, 1),
            of="spread",
            low=280.0,
        ),
    ],
)

two_starts = experiment(
    "two_starts",
    points=1,
    ask="Two starts of nearly the same loss, the quick one first: [w, b, steps] each.",
    form="two rows of three numbers: [w, b, steps]",
    shape=(2, 3),
    example=[[0.0, 0.0, 21], [2.0, 10.0, 831]],
    bounds=[
        Bound(
            "steps_below_zero",
            "A number of steps is 0 or more, and count_steps gives up after 5,000.",
            "Do w, b and the steps stand in this order?",
            [[0.0, 0.0, 21], [2.0, 10.0, -1]],
            at=(None, 2),
            low=0,
            high=5000,
        ),
        Bound(
            "slow_start_first",
            "Your second start is not the slower one.",
            "Which of the two needs more steps? It stands in the second row.",
            [[2.0, 10.0, 831], [0.0, 0.0, 21]],
            at=(1, 2),
            minus=(0, 2),
            low=1,
        ),
    ],
)

scaled_steps = experiment(
    "scaled_steps",
    points=1,
    ask="The steps on the standardised quiz with the learning rates 0.05, 0.2, 0.5, 0.8 and 0.95.",
    form="five numbers of steps",
    shape=(5,),
    example=[29, 6, 1, 6, 29],
    bounds=[
        Bound(
            "scaled_steps_below_zero",
            "A number of steps is 0 or more, and count_steps gives up after 5,000.",
            "Keep what count_steps gives back, in the order of the learning rates.",
            [29, 6, 1, 6, -29],
            low=0,
            high=5000,
        ),
        # Measured: 29, 6, 1, 6, 29 on the standardised quiz; on the raw one all five diverge.
        Bound(
            "never_standardised",
            "With η = 0.5 the standardised walk is there after a single step. Yours takes longer.",
            "Is it the standardised quiz that goes into count_steps? Its mean is 0 and its spread 1.",
            [5000, 5000, 5000, 5000, 5000],
            at=(2,),
            high=2,
        ),
    ],
)

my_pairs = experiment(
    "my_pairs",
    points=1,
    ask="At least eight pairs of numbers that you measured yourself: a row [x, y] each.",
    form="at least eight rows of two numbers: [x, y]",
    shape=(at_least(8), 2),
    example=[[1, 9], [2, 19], [3, 24], [4, 35], [5, 38], [6, 52], [8, 60], [10, 85]],
    bounds=[
        Bound(
            "all_at_one_place",
            "All your x are the same number: through them passes no line with a slope.",
            "What else could you measure beside y, something that differs from pair to pair?",
            [[1, 9], [1, 19], [1, 24], [1, 35], [1, 38], [1, 52], [1, 60], [1, 85]],
            at=(None, 0),
            of="spread",
            low=1e-9,
        ),
    ],
)

EXERCISES = [line_by_hand, slopes_without, rate_losses, two_starts, scaled_steps, my_pairs]
