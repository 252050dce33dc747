"""Quiz 4, optimisers: lectures 7 and 8."""

from __future__ import annotations

import torch
from torch import nn

from autograder.questions import Quiz, choice, number, right, wrong


def leaf(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


# --- 1. a chain of slopes -----------------------------------------------------------------------------------

X, Y = 4.0, 1.0
WEIGHT = leaf(0.0)
(0.5 * (Y - torch.sigmoid(WEIGHT * X)) ** 2).backward()
SLOPE = WEIGHT.grad.item()
DELTA, FLATNESS = 0.5, 0.25  # Δ = y − σ(0), and the slope of a sigmoid at 0

chain = number(
    "quiz4_chain",
    "A chain of slopes",
    "A neuron without bias: $z = w x$, $a = \\sigma(z)$, and the loss is $E = \\tfrac12 (y - a)^2$. At present $w = "
    "0$, and the "
    f"example is $x = {X:g}$, $y = {Y:g}$. What is $\\partial E / \\partial w$? (The slope of the sigmoid is $a(1 - "
    "a)$.)",
    answer=SLOPE,
    why="−Δ · a(1 − a) · x = −0.5 · 0.25 · 4.",
    mistakes=[
        wrong(
            -SLOPE,
            "lost_the_minus",
            "The size is right. But a stands in y − a with a minus, and the chain rule brings it to the front.",
            "If w grows a little, a comes nearer to y. Does the loss rise or fall?",
        ),
        wrong(
            -DELTA * X,
            "dropped_the_slope_of_the_sigmoid",
            "The slope of the activation is missing from the chain: here it makes the gradient a quarter as large.",
            "Which boxes lie between E and w? Each gives one factor.",
        ),
        wrong(
            -DELTA * FLATNESS,
            "stopped_at_z",
            "This is the gradient at z. From z to w one more slope is to be multiplied.",
            "How much does z change when w grows by 1?",
        ),
        wrong(
            2 * SLOPE,
            "came_out_double",
            "Twice too large. Either the ½ did not cancel the 2 of the square, or the value of the sigmoid, one half, "
            "stands where "
            "its slope belongs.",
            "What is the derivative of ½Δ², and what is a(1 − a) here?",
        ),
        wrong(
            DELTA * X,
            "lost_the_minus_and_the_slope",
            "Two factors are missing: the minus of y − a, and the slope of the activation.",
            "Which boxes lie between E and w? Each gives one factor.",
        ),
    ],
)

# --- 2. used twice ------------------------------------------------------------------------------------------

A, B = leaf(4.0), -1.0
(A * B + A * A).backward()

reused = number(
    "quiz4_reused",
    "Used more than once",
    "$L = c + d$ with $c = a\\,b$ and $d = a\\,a$. At present $a = 4$ and $b = -1$. What is $\\partial L / \\partial "
    "a$?",
    answer=A.grad.item(),
    why="b along c, and a twice along d; contributions add up.",
    mistakes=[
        wrong(
            2 * A.item(),
            "kept_the_last_path_only",
            "This is what comes along d. The part that comes along c has been overwritten; the parts are to be added.",
            "On how many ways does a reach L?",
        ),
        wrong(
            B,
            "kept_the_first_path_only",
            "This is what comes along c. Along d comes more, and all parts are added.",
            "On how many ways does a reach L?",
        ),
        wrong(
            B + A.item(),
            "counted_the_square_once",
            "In d = a · a the same number is used twice, and both uses pass a gradient back.",
            "What is the derivative of a²?",
        ),
        wrong(
            2 * A.item() * B,
            "multiplied_the_paths",
            "Along one path slopes are multiplied. Where paths meet, they are added.",
            "c and d are joined by a plus.",
        ),
        wrong(
            (A * B + A * A).item(),
            "gave_the_value",
            "This is L itself. Its gradient says how fast L changes with a.",
            "Walk back from L: which slopes do the arrows carry?",
        ),
    ],
)

# --- 3. shapes of gradients ---------------------------------------------------------------------------------

N, D, NEURONS = 32, 20, 8
LAYER = nn.Linear(D, NEURONS)
LAYER(torch.zeros(N, D)).sum().backward()

shape = choice(
    "quiz4_shape",
    "The shape of a gradient",
    f"A linear layer computes `Z = X @ W.T + b` with `X` of shape `({N}, {D})` and `W` of shape `({NEURONS}, {D})`. "
    "The gradient `dZ` has arrived. Which shape has `dW`, and how is it made?",
    wrong(
        f"`({N}, {NEURONS}, {D})`: one gradient for each row of `X`.",
        "forgot_the_sum_over_rows",
        "All rows use the same W. Their contributions are added up, so that one gradient is left.",
        "How many copies of W are there?",
    ),
    wrong(
        f"`({D}, {NEURONS})`: it is `X.T @ dZ`.",
        "left_it_transposed",
        "The numbers are right but lie the other way round. A gradient has the shape of what it belongs to.",
        "What would W -= lr * dW say to these two shapes?",
    ),
    wrong(
        f"`({N}, {NEURONS})`: it is `dZ` itself, as for the bias.",
        "took_dz_for_dw",
        "dZ has a row for each example. A gradient has the shape of what it belongs to.",
        "Which local slope leads from Z to W?",
    ),
    right(
        f"`{tuple(LAYER.weight.grad.shape)}`: it is `dZ.T @ X`.",
        why="A gradient has its parameter's shape; the product sums over the rows.",
    ),
)

# --- 4. what is kept ----------------------------------------------------------------------------------------

kept = choice(
    "quiz4_kept",
    "What is kept",
    "In training, a forward pass keeps many of its intermediate values; in prediction they can be thrown away at once. "
    "Why are they "
    "kept?",
    right(
        "The local slopes of the backward pass are computed from them.",
        why="For instance x for the slope of w·x towards w, a for the slope of a sigmoid.",
    ),
    wrong(
        "The optimiser needs them for its step.",
        "gave_them_to_the_optimiser",
        "The optimiser sees parameters and their gradients only. By then the values of the forward pass have done "
        "their work.",
        "What does optimizer.step() read?",
    ),
    wrong(
        "The next batch starts from them.",
        "carried_them_to_the_next_batch",
        "Each batch is computed afresh from its own rows. What passes from batch to batch are the parameters.",
        "What does the second batch share with the first?",
    ),
    wrong(
        "The loss is averaged over them.",
        "took_them_for_the_loss",
        "The loss needs the last values only, and it is known when the forward pass ends.",
        "What happens between the loss and the step?",
    ),
)

# --- 5. a smaller and smaller h -----------------------------------------------------------------------------

differences = choice(
    "quiz4_differences",
    "Smaller and smaller",
    "You check a gradient by $\\frac{f(x + h) - f(x - h)}{2h}$ in float64, for a smooth curve such as $e^x$, and make "
    "$h$ smaller: "
    "$10^{-1}, 10^{-2}, \\dots, 10^{-14}$. What does the **error** of this slope do?",
    wrong(
        "It falls all the way: the smaller $h$, the better.",
        "forgot_rounding",
        "For very small h the two values agree in nearly all their digits. What is left of them is rounding, and that "
        "is divided "
        "by h.",
        "How many digits has a float64, and how many of them do the two values share?",
    ),
    wrong(
        "It grows all the way.",
        "forgot_the_curve",
        "A long step goes far along a curve that bends, so at first a smaller h helps much.",
        "Compare h = 0.1 and h = 0.001 for e to the x at 0.",
    ),
    right(
        "It falls at first, and grows again when $h$ is very small.",
        why="The error of the bend shrinks with h², rounding grows with 1/h.",
    ),
    wrong(
        "It is 0 for each of them, as it is for autograd.",
        "took_differences_for_autograd",
        "Autograd has no h: it multiplies exact local slopes. A difference with a finite h is an estimate.",
        "Is there a step in what backward() does?",
    ),
)

# --- 6. momentum --------------------------------------------------------------------------------------------

P0, G, LR, MU = 1.0, 2.0, 0.1, 0.9


def two_steps(mu: float, lr: float = LR, gradient: float = G) -> float:
    p = leaf(P0)
    optimiser = torch.optim.SGD([p], lr=lr, momentum=mu)
    for _ in range(2):
        p.grad = torch.tensor(gradient, dtype=torch.float64)
        optimiser.step()
    return p.item()


momentum = number(
    "quiz4_momentum",
    "A heavy ball",
    f"Momentum: $v \\leftarrow \\mu v + g$, then $p \\leftarrow p - \\eta v$, with $\\mu = {MU:g}$ and $\\eta = "
    f"{LR:g}$. It starts with "
    f"$v = 0$ and $p = {P0:g}$, and the gradient is $g = {G:g}$ in both of the first two steps. What is $p$ **after "
    "two steps**?",
    answer=two_steps(MU),
    why="v is 2, then 3.8; p is 0.8, then 0.42.",
    mistakes=[
        wrong(
            two_steps(0.0),
            "forgot_the_velocity",
            "These are two plain steps. In the second one the ball still has most of its first speed.",
            "What is v after the second step?",
        ),
        wrong(
            P0 - LR * G,
            "took_one_step",
            "This is where p stands after one step.",
            "Go on: what are v and p after the next one?",
        ),
        wrong(
            P0 - LR * (MU * G + G),
            "moved_in_the_second_step_only",
            "The velocity is right, but p moves in both steps, each time by η times the v of that moment.",
            "Where does p stand after the first step?",
        ),
        wrong(
            P0 - LR * ((1 - MU) * G + (1 - MU) * (1 + MU) * G),
            "averaged_the_gradients",
            "You put 1 − μ before the gradient. The rule given here adds the whole g, so the velocity grows beyond it.",
            "Write down v after step 1 by the rule in the text.",
        ),
        wrong(
            two_steps(MU, gradient=-G),
            "walked_uphill",
            "The size is right, but p goes against the velocity of gradients: downhill is minus.",
            "Which sign stands before η?",
        ),
        wrong(
            two_steps(MU, lr=1.0),
            "forgot_the_learning_rate",
            "The velocity moves p by its whole size here. η scales it down.",
            "Where does η stand in the rule?",
        ),
        wrong(
            (MU * G + G),
            "gave_the_velocity",
            "This is the velocity after two steps. The question is where p stands.",
            "Move p by η times v in each step.",
        ),
    ],
)

# --- 7. Adam's first step -----------------------------------------------------------------------------------

RATE, STEEP, BETA1, BETA2 = 0.01, 50.0, 0.9, 0.999


def adam_moves() -> float:
    p = leaf(0.0)
    optimiser = torch.optim.Adam([p], lr=RATE, betas=(BETA1, BETA2))
    p.grad = torch.tensor(STEEP, dtype=torch.float64)
    optimiser.step()
    return abs(p.item())


M, V = (1 - BETA1) * STEEP, (1 - BETA2) * STEEP**2

adam = number(
    "quiz4_adam",
    "Adam's first step",
    f"Adam with $\\eta = {RATE:g}$, $\\beta_1 = {BETA1:g}$, $\\beta_2 = {BETA2:g}$ makes its **first** step (both "
    "averages start at 0, with "
    f"bias correction). The gradient is ${STEEP:g}$. How **far** does the parameter move?",
    answer=adam_moves(),
    why="Corrected, m is g and v is g², so the step is η · g/√(g²).",
    mistakes=[
        wrong(
            RATE * STEEP,
            "took_a_plain_step",
            "This is the step of plain gradient descent. Adam divides by the size of the gradients.",
            "What is m divided by?",
        ),
        wrong(
            RATE * M / V**0.5,
            "left_the_corrections_out",
            "Both averages start at 0 and are far too small in the first step, not equally so. The corrections mend "
            "that.",
            "What are m / (1 − β₁) and v / (1 − β₂)?",
        ),
        wrong(
            RATE * STEEP / V**0.5,
            "corrected_m_only",
            "The first average is corrected, the second is not: it is still a thousand times too small.",
            "Which averages start at 0?",
        ),
        wrong(
            RATE * M / STEEP,
            "corrected_v_only",
            "The second average is corrected, the first is not: it is still ten times too small.",
            "Which averages start at 0?",
        ),
        wrong(
            RATE / STEEP,
            "forgot_the_root",
            "m was divided by v itself. v is made of squares, so its root is taken first.",
            "Which unit has v, if g is in points?",
        ),
    ],
)

# --- 8. all zero --------------------------------------------------------------------------------------------

zeros = choice(
    "quiz4_zeros",
    "All alike",
    "All weights and biases of a network with one hidden layer start at 0. It is trained by gradient descent. What "
    "happens to the "
    "neurons of the **hidden layer**?",
    wrong(
        "They are different after a few steps: each sees the inputs in its own way.",
        "expected_the_data_to_part_them",
        "Every neuron of the layer gets the same inputs, and at the start they are all the same. Nothing tells one "
        "from another.",
        "Which number differs between two of these neurons at the start?",
    ),
    right(
        "They stay copies of one another.",
        why="Same inputs, same gradients, same steps.",
    ),
    wrong(
        "They are different after a few steps if the batches are small: noise parts them.",
        "expected_noise_to_part_them",
        "The noise of a batch is the same for all neurons of the layer: they see the same rows.",
        "Does the choice of rows treat one neuron unlike another?",
    ),
    wrong(
        "They find the right weights more slowly, but each its own.",
        "expected_it_to_be_slow_only",
        "Time does not help. What is alike and is treated alike stays alike in every step.",
        "Which number differs between two of these neurons after one step?",
    ),
)

# --- 9. slopes through many layers --------------------------------------------------------------------------

DEPTH = 6
STEEPEST = torch.func.grad(torch.sigmoid)(torch.tensor(0.0, dtype=torch.float64)).item()

vanishing = number(
    "quiz4_vanishing",
    "Through six sigmoids",
    f"A gradient of 1 goes back through {DEPTH} sigmoid neurons in a chain; all weights are 1. How large is it "
    "afterwards, **at best**, that "
    "is where every sigmoid is as steep as it can be?",
    answer=STEEPEST**DEPTH,
    why="A sigmoid is steepest at z = 0, with the slope 1/4; six of them are multiplied.",
    mistakes=[
        wrong(
            0.5**DEPTH,
            "took_the_value_for_the_slope",
            "One half is the value of the sigmoid at 0. Its slope there is smaller.",
            "What is a(1 − a) for a = 0.5?",
        ),
        wrong(
            STEEPEST * DEPTH,
            "added_the_slopes",
            "Along a path slopes are multiplied. Added, the gradient would grow with depth.",
            "What does each neuron do with the gradient that arrives?",
        ),
        wrong(
            STEEPEST / DEPTH,
            "divided_by_the_depth",
            "The depth does not divide: each neuron multiplies what arrives by its own slope, so that it shrinks much "
            "faster.",
            "What is left after the first neuron, and after the second?",
        ),
        wrong(
            STEEPEST,
            "counted_one_neuron",
            "This is what one neuron leaves. There are six of them, one behind the other.",
            "What does the second neuron do with what the first has left?",
        ),
        wrong(
            1.0,
            "took_the_largest_value_for_the_slope",
            "A sigmoid's values come near 1, but it is never that steep.",
            "What is a(1 − a) at its largest?",
        ),
    ],
)

# --- 10. noise ----------------------------------------------------------------------------------------------

NOISE, FEW, MANY = 0.8, 16, 64
FACTOR = MANY / FEW

noise = number(
    "quiz4_noise",
    "The noise of a batch",
    f"Batches of {FEW} random rows give gradients with a noise (typical distance from the full gradient) of {NOISE:g}. "
    "Which noise do you "
    f"expect of batches of {MANY} rows?",
    answer=NOISE / FACTOR**0.5,
    why="Noise goes with one over the root of the batch size: four times the rows, half the noise.",
    mistakes=[
        wrong(
            NOISE / FACTOR,
            "divided_by_the_factor",
            "The noise of a mean falls with the root of the number of rows, so more slowly than the rows become more.",
            "How did the noise change in the table of lecture 8, from 16 to 64?",
        ),
        wrong(
            NOISE,
            "expected_no_change",
            "The gradient stays right on average, and with more rows each batch comes nearer to that average.",
            "What would the noise be with all rows in one batch?",
        ),
        wrong(
            NOISE * FACTOR**0.5,
            "turned_the_relation_round",
            "More rows make the mean steadier, not wilder.",
            "What would the noise be with all rows in one batch?",
        ),
        wrong(
            NOISE * FACTOR,
            "multiplied_by_the_factor",
            "More rows make the mean steadier, not wilder. And it goes with the root of the factor.",
            "What would the noise be with all rows in one batch?",
        ),
        wrong(
            NOISE / FACTOR**2,
            "divided_by_the_square",
            "The noise falls with the root of the factor, not with its square.",
            "How did the noise change in the table of lecture 8, from 16 to 64?",
        ),
    ],
)

QUIZ = Quiz(
    "quiz4",
    "Optimisers",
    "lectures 7 and 8: the way back through a graph, momentum, Adam, and how networks begin",
    (chain, reused, shape, kept, differences, momentum, adam, zeros, vanishing, noise),
)
EXERCISES = QUIZ.questions
