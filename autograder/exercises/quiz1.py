"""Quiz 1, lines and descent: lectures 1 to 3."""

from __future__ import annotations

import torch

from autograder.questions import Quiz, choice, number, right, wrong
from course_utils.data import load_scores

QUIZ_SCORES, FINALS = load_scores()
TABLE = torch.stack([QUIZ_SCORES, torch.ones_like(QUIZ_SCORES)], dim=1)
BEST_MSE = ((TABLE @ torch.linalg.lstsq(TABLE, FINALS[:, None]).solution[:, 0] - FINALS) ** 2).mean().item()


def double(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


# --- 1. what learns -----------------------------------------------------------------------------------------

rings = choice(
    "quiz1_rings",
    "Three rings",
    "Deep learning is a part of machine learning, and machine learning is a part of artificial intelligence. Which of "
    "these "
    "is machine learning, but **not** deep learning?",
    wrong(
        "A chess program: people wrote its rules and how far it looks ahead.",
        "took_search_for_learning",
        "This program is artificial intelligence, but nothing in it was fitted to examples, so nothing was learned.",
        "Who decided the numbers: a person or the examples?",
    ),
    wrong(
        "A network of twelve layers that was trained to read handwriting.",
        "took_a_deep_network",
        "This one is machine learning, and deep learning too: many layers, and the lower ones learned what to look "
        "for.",
        "The question asks for the ring between the outer and the inner one.",
    ),
    right(
        "A line whose slope and bias were fitted to exam scores.",
        why="Its two numbers were fitted to examples, and it has no layers of learned features.",
    ),
    wrong(
        "A spam filter: mail goes out if it holds one of forty words that a person listed.",
        "took_rules_for_learning",
        "A person wrote this rule. It stays as it is, however much mail it sees.",
        "Does anything in it change with the examples?",
    ),
)

# --- 2. the residual ----------------------------------------------------------------------------------------

W, B, X, Y = double(1.5), double(2), double(8), double(11)
PREDICTION = W * X + B

residual = number(
    "quiz1_residual",
    "What is left over",
    f"A line $\\hat y = w x + b$ has $w = {W.item():g}$ and $b = {B.item():g}$. A student has the quiz score "
    f"$x = {X.item():g}$ and the final score $y = {Y.item():g}$. What is the **residual** of this student?",
    answer=(Y - PREDICTION).item(),
    why=f"The line predicts {PREDICTION.item():g}; the residual is target minus prediction.",
    mistakes=[
        wrong(
            (PREDICTION - Y).item(),
            "took_prediction_minus_target",
            "The size is right and the sign is turned: this is prediction minus target.",
            "A student who did worse than the line says has a negative residual.",
        ),
        wrong(
            (Y - W * X).item(),
            "left_the_bias_out",
            "This is the target minus w times x: the bias is missing from the prediction.",
            "What does the line predict for x = 0?",
        ),
        wrong(
            PREDICTION.item(),
            "gave_the_prediction",
            "This is what the line predicts. The residual is what is left between that and the real score.",
            "Which two numbers does a residual compare?",
        ),
        wrong(
            ((Y - PREDICTION) ** 2).item(),
            "squared_the_residual",
            "This is the residual's square, the area in the picture of lecture 2. The residual itself is its side.",
            "Squaring comes later, when the rows are put together in one loss.",
        ),
    ],
)

# --- 3. the mean squared error ------------------------------------------------------------------------------

R = double(1, -2, 5)

mse = number(
    "quiz1_mse",
    "One number for a whole line",
    "Three students have the residuals 1, −2 and 5. What is the **mean squared error** (MSE)?",
    answer=(R**2).mean().item(),
    why=f"The squares add up to {(R**2).sum().item():g}; there are three rows.",
    mistakes=[
        wrong(
            (R**2).sum().item(),
            "gave_the_sum",
            "This is the sum of the squares, SSE. The mean is asked for.",
            "Would your number grow if the same three students came twice?",
        ),
        wrong(
            (R**2).mean().sqrt().item(),
            "took_the_root",
            "You took the root at the end: that is the RMSE, in points. The MSE is in points squared.",
            "Which of the four losses has a root in its formula?",
        ),
        wrong(
            R.abs().mean().item(),
            "took_absolute_values",
            "This is the mean of the absolute values, MAE: nothing was squared.",
            "The letter S in MSE stands for a step of its own.",
        ),
        wrong(
            R.mean().item(),
            "averaged_without_squaring",
            "This is the mean of the residuals themselves. In it, a positive and a negative one cancel.",
            "What happens to the sign of each residual before they are added?",
        ),
        wrong(
            (R.mean() ** 2).item(),
            "squared_the_mean",
            "You took the mean first and squared it then. The two steps cannot change places.",
            "Square each residual by itself, then take the mean.",
        ),
        wrong(
            ((R**2).mean() / 2).item(),
            "put_a_half_in_front",
            "Some texts put ½ in front of a squared error, to make its derivative shorter. The MSE has none.",
            "Mean means: divide by the number of rows, and by nothing else.",
        ),
        wrong(
            ((R**2).sum() / (len(R) - 1)).item(),
            "divided_by_one_less",
            "You divided by N − 1. That belongs to the variance of a sample; the MSE divides by N.",
            "How many rows are there?",
        ),
    ],
)

# --- 4. outliers --------------------------------------------------------------------------------------------

outlier = choice(
    "quiz1_outlier",
    "A slip of the keyboard",
    "One final score of 30 was typed in as 300. Four people fit a line to the same table, each by making another loss "
    "as small as possible. Whose line does the slip pull **least**?",
    wrong(
        "The line with the lowest SSE.",
        "trusted_the_sum",
        "In SSE each residual is squared, so that one residual of about 270 counts as much as thousands of small ones.",
        "How does a loss grow when one residual becomes ten times as large?",
    ),
    right(
        "The line with the lowest MAE.",
        why="In MAE a residual counts by its size, not by its square. The other three have the same best line.",
    ),
    wrong(
        "The line with the lowest MSE.",
        "trusted_the_mean",
        "Dividing by N makes the number smaller, but it does so for every line alike: the best line is the one of SSE.",
        "Does dividing by 13 change which line is lowest?",
    ),
    wrong(
        "The line with the lowest RMSE.",
        "trusted_the_root",
        "The root is taken once, of the whole mean. It brings back the unit, but the line with the lowest MSE also has "
        "the "
        "lowest RMSE.",
        "Does a root change which of two lines has the smaller number?",
    ),
)

# --- 5. the derivative --------------------------------------------------------------------------------------

XS, YS, W0 = double(1, 2), double(3, 2), 2.0
ERROR = W0 * XS - YS


def slope_at(w: float) -> float:
    leaf = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    ((leaf * XS - YS) ** 2).mean().backward()
    return leaf.grad.item()


slope = number(
    "quiz1_slope",
    "The slope of the loss",
    "A line through the origin, $\\hat y = w x$, and two students:\n\n"
    "| $x$ | $y$ |\n|---|---|\n"
    + "".join(f"| {x:g} | {y:g} |\n" for x, y in zip(XS.tolist(), YS.tolist(), strict=True))
    + f"\nThe loss is the MSE. What is its derivative $\\frac{{d\\mathcal{{L}}}}{{dw}}$ at $w = {W0:g}$?",
    answer=slope_at(W0),
    why="2/N times the sum of (w·x − y)·x over the rows.",
    mistakes=[
        wrong(
            slope_at(W0) * len(XS),
            "forgot_the_mean",
            "This is the slope of the sum of squares. The MSE is their mean, so its slope is smaller by the factor N.",
            "What stands in front of the sum in the formula?",
        ),
        wrong(
            slope_at(W0) / 2,
            "forgot_the_two",
            "The derivative of a square brings a factor of 2 with it, and that is missing.",
            "What is the derivative of e² with respect to e?",
        ),
        wrong(
            -slope_at(W0),
            "took_target_minus_prediction",
            "The sign is turned. With y − ŷ inside the square, the chain rule brings a minus that is easily lost.",
            "If w grows a little here, does the loss rise or fall? Try w = 2.1.",
        ),
        wrong(
            2 * ERROR.mean().item(),
            "forgot_the_input",
            "This is the slope with respect to a bias. The slope with respect to w has each error times its own x.",
            "How much does ŷ change when w grows by 1?",
        ),
        wrong(
            (ERROR**2).mean().item(),
            "gave_the_loss",
            "This is the loss at that point. The derivative says how fast the loss changes there.",
            "Height and steepness of a hill are two numbers.",
        ),
    ],
)

# --- 6. the step --------------------------------------------------------------------------------------------

AT, SLOPE, LR = 0.5, -3.0, 0.1


def step_from(w: float, gradient: float, lr: float) -> float:
    leaf = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    leaf.grad = torch.tensor(gradient, dtype=torch.float64)
    torch.optim.SGD([leaf], lr=lr).step()
    return leaf.item()


step = number(
    "quiz1_step",
    "One step downhill",
    f"A model has one weight, $w = {AT:g}$. The derivative of the loss there is ${SLOPE:g}$, and the learning rate is "
    f"$\\eta = {LR:g}$. Where is $w$ **after one step** of gradient descent?",
    answer=step_from(AT, SLOPE, LR),
    why="w − η·slope; two minus signs, so w grows.",
    mistakes=[
        wrong(
            step_from(AT, -SLOPE, LR),
            "walked_uphill",
            "You added η times the slope, and that goes uphill. A negative slope means: the loss falls to the right.",
            "Which sign stands before η in the rule of the step?",
        ),
        wrong(
            step_from(AT, SLOPE, 1.0),
            "forgot_the_learning_rate",
            "The step is the whole slope here. The learning rate scales it down.",
            "Where does η stand in the rule?",
        ),
        wrong(
            LR * SLOPE,
            "gave_the_product_only",
            "This is η times the slope, which says how far to go. The question is where w stands afterwards.",
            "A step starts from where you are.",
        ),
        wrong(
            -LR * SLOPE,
            "gave_the_change_only",
            "This is by how much w changes, with the right sign. The question is where w stands afterwards.",
            "Add the change to the old w.",
        ),
        wrong(
            AT * (1 - LR * SLOPE),
            "multiplied_by_the_weight",
            "The change came out multiplied by w as well. The step is η times the slope, whatever w is.",
            "Write the rule down and put in the three numbers, one after the other.",
        ),
    ],
)

# --- 7. level ground ----------------------------------------------------------------------------------------

level = choice(
    "quiz1_level",
    "Level ground",
    "Nothing is known of a loss but that it is a smooth curve over one weight $w$. At the present $w$ its derivative "
    "is 0. "
    "What follows **for certain**?",
    wrong(
        "This is the lowest point of the whole curve.",
        "took_level_for_lowest",
        "Level is also the top of a hill, and the bottom of a shallow valley beside a deeper one. Only a convex loss, "
        "such as the MSE of a line, makes it the lowest point.",
        "Draw a curve with two valleys. How many points of it are level?",
    ),
    wrong(
        "The loss is 0 there.",
        "took_level_for_zero_loss",
        "The derivative is the steepness, not the height. The best line through the scores is at a level point, with "
        "an "
        f"MSE of {BEST_MSE:.2f}.",
        "Can a valley lie high above the sea?",
    ),
    wrong(
        "The learning rate was too small to get any further.",
        "blamed_the_learning_rate",
        "The derivative belongs to the curve and to w. The learning rate is not in it: it only scales the step.",
        "What is η times 0, for a large η?",
    ),
    right(
        "A step of gradient descent leaves $w$ where it is.",
        why="The step is η times the derivative, so it is 0 for every η.",
    ),
)

# --- 8. a walk that grows -----------------------------------------------------------------------------------

BOUNCE = [1.0]
for _ in range(3):
    BOUNCE.append(step_from(BOUNCE[-1], 2 * BOUNCE[-1], 1.5))

growing = choice(
    "quiz1_growing",
    "Further and further",
    "The loss has its minimum at $w = 0$. Gradient descent starts at $w = 1$ and takes these steps: "
    + ", ".join(f"{w:g}".replace("-", "−") for w in BOUNCE)
    + ", … The loss grows at every step. What is wrong?",
    right(
        "The learning rate is too large.",
        why="Each step points the right way and lands beyond the minimum, further off than it began.",
    ),
    wrong(
        "The learning rate is too small.",
        "took_large_for_small",
        "With a small rate the steps get shorter and the walk comes nearer, slowly. Here each step is longer than the "
        "one "
        "before it.",
        "How far is it from 1 to the next w, and how far is the minimum?",
    ),
    wrong(
        "Nothing: with more steps it will come down.",
        "waited_for_it",
        "The distance to the minimum grows by the same factor at every step. More steps take the walk further away.",
        "Write down the distances from 0, and go on for two more steps.",
    ),
    wrong(
        "The sign of the step is turned: it walks uphill.",
        "blamed_the_sign",
        "Uphill means away from 0, always to the same side. This walk crosses 0 each time, so every step begins in the "
        "right direction.",
        "Where would a step uphill from w = 1 go?",
    ),
)

# --- 9. the right rate --------------------------------------------------------------------------------------

FACTOR = 5.0
BEST_RATE = 1 / torch.func.grad(torch.func.grad(lambda w: FACTOR * w**2))(torch.tensor(0.0, dtype=torch.float64)).item()

rate = number(
    "quiz1_rate",
    "There in one step",
    f"The loss is $\\mathcal{{L}}(w) = {FACTOR:g} w^2$. With which learning rate $\\eta$ does **one** step of gradient "
    f"descent "
    "land exactly on the minimum, wherever it starts?",
    answer=BEST_RATE,
    why="The step gives w − η·10·w, which is 0 for every w if η·10 is 1.",
    mistakes=[
        wrong(
            2 * BEST_RATE,
            "took_twice_the_rate",
            "With this rate the step goes twice as far as the minimum, and back again at the next. It is what comes "
            "out if the "
            "2 of the derivative is forgotten.",
            "Take w = 1. What is the derivative of the loss there, and where does your step land?",
        ),
        wrong(
            1 / BEST_RATE,
            "gave_the_curvature",
            "The derivative is this number times w. The rate has to cancel it, so it is one over it.",
            "Put your rate into w − η · slope, for w = 1.",
        ),
        wrong(
            1.0,
            "took_a_rate_of_one",
            "A rate of 1 takes the whole slope as the step, and that lands on the minimum only where the slope equals "
            "w.",
            "What is the slope of this loss at w = 1?",
        ),
        wrong(
            FACTOR,
            "gave_the_factor",
            "This is the factor in the loss. The rate follows from the derivative, and the steeper the valley, the "
            "smaller it is.",
            "Put your rate into w − η · slope, for w = 1.",
        ),
    ],
)

# --- 10. standardising --------------------------------------------------------------------------------------

standardising = choice(
    "quiz1_standardising",
    "Mean 0, spread 1",
    "Before fitting $\\hat y = w x + b$ by gradient descent on the MSE, the quiz scores are standardised: less their "
    "mean, "
    "divided by their standard deviation. What does that change?",
    wrong(
        "The best line fits better: its MSE becomes smaller.",
        "expected_a_better_fit",
        "Every line over the new x is also a line over the old one, with another w and b. So the lowest MSE stays at "
        f"{BEST_MSE:.2f}.",
        "Can you turn each standardised line back into a line on the raw scores?",
    ),
    wrong(
        "The scores follow a bell curve afterwards.",
        "expected_a_bell_curve",
        "Standardising shifts and stretches, no more. The points keep their order and the form of their distribution.",
        "What do shifting and stretching do to two clumps of points?",
    ),
    right(
        "The valley of the loss becomes round, so that one learning rate suits both $w$ and $b$.",
        why="Both curvatures become equal and the two parameters no longer pull on each other.",
    ),
    wrong(
        "The minimum moves to $w = 0$ and $b = 0$.",
        "mixed_up_data_and_parameters",
        "It is the inputs that get the mean 0. The best w and b are still what the targets ask for: b becomes the mean "
        "final.",
        "What would the line w = 0, b = 0 predict for everybody?",
    ),
)

QUIZ = Quiz(
    "quiz1",
    "Lines and descent",
    "lectures 1 to 3: what learns, the line and its losses, and the way downhill",
    (rings, residual, mse, outlier, slope, step, level, growing, rate, standardising),
)
EXERCISES = QUIZ.questions
