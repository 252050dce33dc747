"""Lab 1, what learns?: a border by hand, a feature of one's own, how many examples, the zoo, coin tosses, shapes.

The bounds were measured: on the shares over all settings of the figure, over 500 seeds of coins and 30 of photos.
"""

from __future__ import annotations

from autograder.experiment import Bound, experiment

PERCENT = "A share lies between 0 and 1: yours looks like a percentage."
DIVIDE = "Divide by 100, or print what the experiment gives back."

my_border = experiment(
    "my_border",
    points=1,
    ask="Your best border between threes and eights: [angle, offset, share right].",
    form="three numbers: [angle, offset, share right]",
    shape=(3,),
    example=[60, 0.6, 0.725],
    bounds=[
        Bound("share_in_percent", PERCENT, DIVIDE, [60, 0.6, 72.5], at=(2,), low=0.0, high=1.0),
        Bound(
            "off_the_slider",
            "The angle slider goes from -180 to 180 and the offset slider from -3 to 3: these are not its numbers.",
            "Do the numbers stand in the order angle, offset, share?",
            [0.6, 60, 0.725],
            at=(1,),
            low=-3.0,
            high=3.0,
        ),
        Bound(
            "pointed_the_wrong_way",
            "Less than half are right: a coin would do better, and so would your border with its sides exchanged.",
            "What happens if you turn the angle by 180 degrees?",
            [-120, -0.6, 0.275],
            at=(2,),
            low=0.5,
        ),
        # Over all angles and offsets of the sliders the best share is 0.725.
        Bound(
            "better_than_any_border",
            "No border in this figure gets more than 72.5 % of these pictures right.",
            "Is it the bar for both digits that you read off?",
            [60, 0.6, 0.95],
            at=(2,),
            high=0.726,
        ),
    ],
)

feature_shares = experiment(
    "feature_shares",
    points=1,
    ask="The share right among new pictures: [with ink and symmetry, with your feature as a third].",
    form="two numbers: the share right without and with your feature",
    shape=(2,),
    example=[0.720, 0.860],
    bounds=[
        Bound("feature_shares_in_percent", PERCENT, DIVIDE, [72.0, 86.0], low=0.0, high=1.0),
        Bound(
            "changed_nothing",
            "Both shares are the same: your feature tells the learner nothing that ink and symmetry do not.",
            "Look at a three beside an eight: where is ink in the one and not in the other?",
            [0.72, 0.72],
            of="spread",
            low=1e-6,
        ),
    ],
)

shares_by_count = experiment(
    "shares_by_count",
    points=1,
    ask="The share right among new pictures after 5, 10, 20, 50 and 200 examples: a row for features, one for pixels.",
    form="two rows of five shares: features first, then pixels",
    shape=(2, 5),
    example=[[0.758, 0.745, 0.656, 0.669, 0.720], [0.873, 0.904, 0.930, 0.949, 0.968]],
    bounds=[
        Bound("counts_in_percent", PERCENT, DIVIDE, [[75, 74, 65, 66, 72], [87, 90, 93, 95, 97]], low=0.0, high=1.0),
        # Measured on these pictures: pixels gain 9 points from 5 to 200 examples.
        Bound(
            "pixels_learned_nothing",
            "With 200 examples your 64 pixels do no better than with 5: that does not happen here.",
            "Does each run take the first `count` pictures for learning, and is the second row the pixels?",
            [[0.758, 0.745, 0.656, 0.669, 0.720], [0.9] * 5],
            at=(1, -1),
            minus=(1, 0),
            low=0.01,
        ),
    ],
)

zoo_shares = experiment(
    "zoo_shares",
    points=1,
    ask="The share right at the zoo after: 100 photos from home, 1,600 from home, 400 with 90 % and with 50 % at home.",
    form="four shares",
    shape=(4,),
    example=[0.0, 0.0, 0.12, 0.85],
    bounds=[
        Bound("zoo_in_percent", PERCENT, DIVIDE, [0.0, 0.0, 12.0, 85.0], low=0.0, high=1.0),
        # Over 30 seeds at most 0.0 after photos from home alone, and at least 0.795 after half and half.
        Bound(
            "tested_at_home",
            "After photos from home only, nearly none are right at the zoo. Yours are: these were photos from home.",
            "Are the test photos made with `share_at_home=0.0`?",
            [1.0, 1.0, 1.0, 0.85],
            at=(0,),
            high=0.3,
        ),
        Bound(
            "half_and_half_did_not_help",
            "When half of the animals stand elsewhere, most are right at the zoo. In yours they are not.",
            "Is the fourth model trained with `share_at_home=0.5`?",
            [0.0, 0.0, 0.12, 0.2],
            at=(3,),
            minus=(0,),
            low=0.3,
        ),
    ],
)

coin_shares = experiment(
    "coin_shares",
    points=1,
    ask="With labels from a coin: [share right among the 200 pictures learned from, share right among new ones].",
    form="two shares: [learned from, new]",
    shape=(2,),
    example=[0.70, 0.49],
    bounds=[
        Bound("coins_in_percent", PERCENT, DIVIDE, [70.0, 49.0], low=0.0, high=1.0),
        # Over 500 seeds: 0.62 to 0.80 among the pictures learned from, 0.38 to 0.60 among new ones, 0.08 apart or more.
        Bound(
            "new_pictures_first",
            "Among the pictures it learned from, the share is always the larger one.",
            "In which order do your two numbers stand?",
            [0.49, 0.66],
            at=(0,),
            minus=(1,),
            low=0.0,
        ),
        Bound(
            "foresaw_the_coin",
            "Nobody can foresee a coin. Your share among new pictures is too good.",
            "Are the labels of the new pictures coins as well, and different pictures from the first 200?",
            [0.99, 0.97],
            at=(1,),
            high=0.68,
        ),
    ],
)

shapes_right = experiment(
    "shapes_right",
    points=1,
    ask="How many of the eight shapes you foresaw.",
    form="one number, from 0 to 8",
    example=6,
    bounds=[
        Bound(
            "more_than_there_are",
            "There are eight shapes to foresee.",
            "Keep what count_right_guesses gives back.",
            9,
            low=0,
            high=8,
        ),
    ],
)

EXERCISES = [my_border, feature_shares, shares_by_count, zoo_shares, coin_shares, shapes_right]
