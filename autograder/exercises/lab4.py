"""Lab 4, gradients checked: a walk back, a V-curve, two precisions, five suspects, piled-up gradients, the price.

The bounds are wide of what was measured: the figure's numbers are exact, a right gradient agrees to nine digits,
and small steps take some hundred times as long as walking back.
"""

from __future__ import annotations

from autograder.experiment import Bound, at_least, experiment

walk_by_hand = experiment(
    "walk_by_hand",
    points=1,
    ask="At w: your gradient on paper, and the figure's; at b: the figure's.",
    form="three numbers: [yours at w, the figure's at w, the figure's at b]",
    shape=(3,),
    example=[0.25, -0.25, 0.125],
    bounds=[
        # For w = 0.5, x = -2, b = 1, y = 0: z = 0, a = 0.5, and the gradient at z is 0.125.
        Bound(
            "not_the_figures_number",
            "With w = 0.5, x = -2, b = 1, y = 0 the figure shows another gradient at w.",
            "Are all four sliders where the text wants them, and all steps walked to the end?",
            [0.25, 0.31, 0.125],
            at=(1,),
            low=-0.26,
            high=-0.24,
        ),
        Bound(
            "not_the_figures_bias",
            "With w = 0.5, x = -2, b = 1, y = 0 the figure shows another gradient at b.",
            "The gradient stands in the box of b, under its value.",
            [0.25, -0.25, 1.0],
            at=(2,),
            low=0.12,
            high=0.13,
        ),
    ],
)

v_curve = experiment(
    "v_curve",
    points=1,
    ask="For at least ten steps h: the step, and the relative error of the central difference.",
    form="at least ten rows of two numbers: [h, relative error]",
    shape=(at_least(10), 2),
    example=[[10.0**-k, max(10.0 ** (-2 * k), 10.0 ** (k - 16))] for k in range(1, 16)],
    bounds=[
        Bound(
            "no_step_at_all",
            "A step h is larger than 0.",
            "Which of the two numbers in a row is h?",
            [[0.0, 1e-3 * k] for k in range(1, 12)],
            at=(None, 0),
            low=1e-300,
        ),
        Bound(
            "negative_v",
            "A relative error is never negative.",
            "Take the absolute value of the difference, and of what you divide by.",
            [[10.0**-k, -(10.0**-k)] for k in range(1, 12)],
            at=(None, 1),
            low=0.0,
        ),
        # For sin, exp, x³ and 1/x at several places the errors of h = 0.1 to 1e-15 span 1e-3 or more.
        Bound(
            "one_step_size",
            "All your errors are alike. A long step and a very short one are both far worse than one in the middle.",
            "Do your steps run from about 0.1 down to about 1e-15?",
            [[1e-5, 1e-10]] * 10,
            at=(None, 1),
            of="spread",
            low=1e-7,
        ),
    ],
)

best_errors = experiment(
    "best_errors",
    points=1,
    ask="The smallest relative error over all your steps: [in float32, in float64].",
    form="two errors: [float32, float64]",
    shape=(2,),
    example=[2e-5, 1e-11],
    bounds=[
        Bound(
            "negative_best",
            "A relative error is never negative.",
            "Take the absolute value of the difference.",
            [-2e-5, 1e-11],
            low=0.0,
        ),
        Bound(
            "float32_was_better",
            "With half the digits float32 cannot do better than float64, and yours does.",
            "Is x itself a float32 tensor in your first run? And which of the two numbers comes first?",
            [1e-11, 2e-5],
            at=(0,),
            minus=(1,),
            low=-1e-6,  # where the slope is a round number, float32 may hit it exactly
        ),
    ],
)

suspect_errors = experiment(
    "suspect_errors",
    points=1,
    ask="The largest relative error of the suspects A to E over all numbers of W1 and b1.",
    form="five errors, for the suspects A to E",
    shape=(5,),
    example=[0.9, 1e-9, 0.71, 0.71, 0.9],
    bounds=[
        Bound(
            "outside_of_zero_and_one",
            "A relative error |g - g'| / (|g| + |g'|) lies between 0 and 1.",
            "Take the absolute values apart below the bar, before you add.",
            [0.9, 1e-9, 6.0, 0.71, 0.9],
            low=0.0,
            high=1.0 + 1e-9,
        ),
        # Measured: B agrees to 1e-9, the others are off by 0.3 or more.
        Bound(
            "nobody_acquitted",
            "One of the five is right. By your numbers all are wrong: then the check itself is to blame.",
            "Does `weights[1]` (b1) go with the second gradient, and is h about 1e-5?",
            [0.9, 0.4, 0.71, 0.71, 0.9],
            at=(1,),
            high=1e-4,
        ),
        Bound(
            "everybody_acquitted",
            "By your numbers all five are right, but four are not.",
            "Is it the suspect's own gradient that you compare, for each letter anew?",
            [1e-9] * 5,
            of="spread",
            low=0.1,
        ),
    ],
)

piled_gradients = experiment(
    "piled_gradients",
    points=1,
    ask="w.grad after one, two and three calls of backward() on the same loss, without zero_grad().",
    form="three gradients",
    shape=(3,),
    example=[12.0, 24.0, 36.0],
    bounds=[
        Bound(
            "cleared_between",
            "Your gradient is the same after each call. PyTorch adds to .grad, so it grows.",
            "Is w made anew, or its .grad cleared, between the calls? And is a number kept, or w.grad itself?",
            [12.0, 12.0, 12.0],
            of="spread",
            low=1e-9,
        ),
    ],
)

gradient_seconds = experiment(
    "gradient_seconds",
    points=1,
    ask="Seconds for the gradient of all 661 parameters: [by small steps, by walking back].",
    form="two times in seconds: [small steps, walking back]",
    shape=(2,),
    example=[0.08, 0.0004],
    bounds=[
        Bound(
            "took_no_time",
            "A time in seconds is larger than 0.",
            "Take the time before and after, and the difference last minus first.",
            [-0.08, 0.0004],
            low=0.0,
        ),
        # On a busy machine small steps took 400 to 900 times as long.
        Bound(
            "small_steps_were_quick",
            "Small steps need 1,322 forward passes here, walking back needs one and a way back. Yours says otherwise.",
            "Do the small steps go over all parameters? And which of the two times comes first?",
            [0.0004, 0.08],
            at=(0,),
            minus=(1,),
            low=0.0,
        ),
    ],
)

EXERCISES = [walk_by_hand, v_curve, best_errors, suspect_errors, piled_gradients, gradient_seconds]
