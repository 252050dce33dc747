"""Quiz 3, losses for classes: lectures 5 and 6."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from autograder.questions import Quiz, choice, number, right, wrong


def double(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def sigmoid(z: float) -> float:
    return torch.sigmoid(double(z)).item()


# --- 1. one neuron ------------------------------------------------------------------------------------------

X, W, B = double(1, -2), double(3, 1), -0.5
Z = (X @ W).item() + B

neuron = number(
    "quiz3_neuron",
    "One neuron",
    f"A neuron has the weights $w = ({W[0]:g}, {W[1]:g})$ and the bias $b = {B:g}$, and its activation is the sigmoid. "
    "What is "
    f"its **activation** $a$ for the input $x = ({X[0]:g}, {X[1]:g})$?",
    answer=sigmoid(Z),
    why=f"z = 3 − 2 − 0.5 = {Z:g}, and a = σ(z).",
    mistakes=[
        wrong(
            Z,
            "gave_z",
            "This is z, the number before the activation. a is what the activation makes of it.",
            "Which step comes after the weighted sum and the bias?",
        ),
        wrong(
            sigmoid(Z - B),
            "left_the_bias_out",
            "The bias is missing: it is added to the weighted sum, before the activation.",
            "Which three numbers make up z here?",
        ),
        wrong(
            sigmoid(-Z),
            "turned_the_sign_of_z",
            "This is the sigmoid of −z. In the formula the minus stands in the exponent, under the 1.",
            "Should a positive z give more or less than one half?",
        ),
        wrong(
            sigmoid((X.abs() @ W).item() + B),
            "lost_the_sign_of_an_input",
            "The second input counted as positive here. Its product with the weight is taken away.",
            "Write down the two products with their signs.",
        ),
        wrong(
            sigmoid((X @ W).item()) + B,
            "added_the_bias_after",
            "The bias was added after the sigmoid. It belongs into z, before it.",
            "Can a sigmoid neuron give less than 0 or more than 1?",
        ),
    ],
)

# --- 2. counting a layer ------------------------------------------------------------------------------------

D, NEURONS = 20, 8
LAYER = nn.Linear(D, NEURONS)

layer = number(
    "quiz3_layer",
    "Counting a layer",
    f"A linear layer takes {D} inputs and has {NEURONS} neurons, each with its bias. How many **parameters** does it "
    "have?",
    answer=sum(p.numel() for p in LAYER.parameters()),
    why="W is (8, 20) and b is (8,).",
    mistakes=[
        wrong(
            D * NEURONS,
            "left_the_biases_out",
            "These are the weights. Each neuron has a bias as well.",
            "Which shapes have W and b?",
        ),
        wrong(
            D * NEURONS + 1,
            "gave_the_layer_one_bias",
            "One bias was counted for the whole layer. Every neuron has its own.",
            "How many entries has b?",
        ),
        wrong(
            D * NEURONS + D,
            "gave_each_input_a_bias",
            "A bias was counted for each input. It belongs to the neuron: it is added to its weighted sum.",
            "How many sums does the layer form for one row?",
        ),
        wrong(
            D + NEURONS,
            "added_inputs_and_neurons",
            "Inputs and neurons are added here. Between every input and every neuron stands a weight.",
            "How many weights does a single neuron have?",
        ),
        wrong(
            (D + 1) * (NEURONS + 1),
            "added_a_neuron",
            "One neuron too many: the constant 1 that carries the bias stands beside the inputs, not beside the "
            "outputs.",
            "Count one neuron first, then all of them.",
        ),
    ],
)

# --- 3. linear upon linear ----------------------------------------------------------------------------------

collapse = choice(
    "quiz3_collapse",
    "Linear upon linear",
    "A network has a linear layer with 100 neurons and then a linear layer with one neuron, and **no activation** "
    "between them. "
    "Which functions of two inputs can it represent?",
    wrong(
        "Any continuous function, as long as there are enough neurons.",
        "forgot_the_nonlinearity",
        "Universal approximation needs a nonlinear activation between the layers. Without it, more neurons change "
        "nothing.",
        "Put one formula into the other and multiply out.",
    ),
    right(
        "Those that a single linear layer can: planes.",
        why="W₂(W₁x + b₁) + b₂ is again a matrix times x plus a constant.",
    ),
    wrong(
        "Parabolas as well, because weights are multiplied with weights.",
        "took_products_of_weights_for_squares",
        "Weights are multiplied with weights, but x is never multiplied with x. In x everything stays straight.",
        "Which powers of x stand in the result?",
    ),
    wrong(
        "Surfaces of up to 100 flat pieces, one for each neuron.",
        "expected_bends_without_relu",
        "A bend comes from an activation such as ReLU. Without one there is no place where a neuron's output could "
        "bend.",
        "What is the slope of a linear neuron left and right of z = 0?",
    ),
)

# --- 4. GELU ------------------------------------------------------------------------------------------------

AT = -2.0
PHI = 0.5 * (1 + math.erf(AT / math.sqrt(2)))

gelu = number(
    "quiz3_gelu",
    "A soft bend",
    f"Below ${AT:g}$ lies the share $\\Phi({AT:g}) = {PHI:.4f}$ of a bell curve. What is $\\mathrm{{GELU}}({AT:g})$?",
    answer=F.gelu(double(AT)).item(),
    why="GELU is z times Φ(z).",
    mistakes=[
        wrong(
            AT + PHI,
            "added_phi",
            "z and Φ(z) are added here. GELU multiplies them: that is how it fades small numbers out.",
            "Should GELU be near 0 or near z for a very negative z?",
        ),
        wrong(
            0.0,
            "took_relu",
            "ReLU is 0 here. GELU has a soft bend and dips a little below 0.",
            "Multiply z by the share that is given.",
        ),
        wrong(
            PHI,
            "gave_phi",
            "This is Φ(z) itself: how much of z passes. It still has to meet z.",
            "What is multiplied by this share?",
        ),
        wrong(
            -F.gelu(double(AT)).item(),
            "lost_the_sign",
            "The size is right, but z is negative and the share is positive.",
            "On which side of 0 does GELU dip?",
        ),
        wrong(
            F.silu(double(AT)).item(),
            "took_the_sigmoid_for_phi",
            "This is z times the sigmoid of z, a relative called SiLU. GELU uses Φ, which is given in the question.",
            "Which share does the text name?",
        ),
    ],
)

# --- 5. softmax ---------------------------------------------------------------------------------------------

SCORES = double(3, 1, 1)

softmax = number(
    "quiz3_softmax",
    "From scores to shares",
    "The logits of one row are " + ", ".join(f"{z:g}" for z in SCORES.tolist()) + ". Which probability does "
    "**softmax** give to "
    "the **first** class?",
    answer=F.softmax(SCORES, dim=0)[0].item(),
    why="e³ / (e³ + e¹ + e¹).",
    mistakes=[
        wrong(
            (SCORES / SCORES.sum())[0].item(),
            "left_the_exponential_out",
            "Each score was divided by the sum of the scores. Softmax takes e to the power of each score first.",
            "What would your rule do with the scores 1 and −1?",
        ),
        wrong(
            sigmoid(SCORES[0].item()),
            "took_the_sigmoid",
            "This is the sigmoid of the first logit. It does not look at the other classes; softmax does.",
            "Do the shares of your three classes add up to 1?",
        ),
        wrong(
            1.0,
            "took_the_largest",
            "The first class is the most likely one, but softmax leaves something for the others.",
            "What stands below the line in the formula?",
        ),
        wrong(
            SCORES.exp()[0].item(),
            "forgot_to_divide",
            "This is e to the first score. To be a share, it is divided by the sum over all classes.",
            "Can a probability be larger than 1?",
        ),
        wrong(
            (SCORES.exp()[0] / SCORES.exp()[1:].sum()).item(),
            "left_itself_out_of_the_sum",
            "You divided by the sum over the other classes. The class itself belongs into that sum, too.",
            "Can a probability be larger than 1?",
        ),
        wrong(
            F.softmax(SCORES[:2], dim=0)[0].item(),
            "counted_equal_scores_once",
            "The score 1 stands there twice, and both of its classes take their share.",
            "How many terms has the sum?",
        ),
    ],
)

# --- 6. the same shift for all ------------------------------------------------------------------------------

shift = choice(
    "quiz3_shift",
    "A hundred more",
    "To every logit of a row 100 is added. What happens to the probabilities that (a safe) softmax gives?",
    wrong(
        "The largest one comes nearer to 1.",
        "took_shifting_for_scaling",
        "That is what multiplying does, when the differences between the logits grow. Adding leaves the differences as "
        "they are.",
        "What is the difference between two logits before and after?",
    ),
    wrong(
        "They become more equal: beside 100 the differences are small.",
        "compared_with_the_size",
        "Softmax looks at differences only, not at how large they are beside the logits.",
        "Divide above and below the line by e to the power of 100.",
    ),
    wrong(
        "Each one is multiplied by $e^{100}$.",
        "forgot_the_division",
        "Each numerator is multiplied by that factor, and so is the sum below the line: it cancels.",
        "What do the probabilities of a row add up to?",
    ),
    right(
        "Nothing.",
        why="The factor e¹⁰⁰ stands above and below the line.",
    ),
)

# --- 7. binary cross entropy --------------------------------------------------------------------------------

P, TARGET = 0.8, 0.0


def bce(p: float, y: float) -> float:
    return F.binary_cross_entropy(double(p), double(y)).item()


surprise = number(
    "quiz3_surprise",
    "How surprised?",
    f"A model gives the probability {P:g} to *yes*. The truth is **no**, $y = {TARGET:g}$. What is the binary cross "
    "entropy of this "
    "row, in nats (natural logarithm)?",
    answer=bce(P, TARGET),
    why="Minus the log of the probability given to the truth, 0.2.",
    mistakes=[
        wrong(
            bce(P, 1 - TARGET),
            "took_the_probability_of_yes",
            "This is the surprise if the truth were yes. The truth is no, and that got the rest of the probability.",
            "Which probability did the model give to what happened?",
        ),
        wrong(
            -bce(P, TARGET),
            "lost_the_minus",
            "The minus before the logarithm is missing: the log of a share is negative, a surprise is not.",
            "Can this loss fall below 0?",
        ),
        wrong(
            (P - TARGET) ** 2,
            "took_the_squared_error",
            "This is the squared error. It hardly rises when a model is sure and wrong; the cross entropy does.",
            "Which function turns a probability into a surprise?",
        ),
        wrong(
            P - TARGET,
            "gave_the_gradient",
            "This is prediction minus target: the loss's slope with respect to the logit, not the loss.",
            "Where is the logarithm?",
        ),
        wrong(
            0.0,
            "multiplied_the_two_terms",
            "The two terms of the formula are added. Multiplied, they would give 0 for every hard label.",
            "Which of the two terms is 0 here, and which stays?",
        ),
        wrong(
            -math.log10(1 - P),
            "took_the_logarithm_to_ten",
            "This is the logarithm to the base 10. In this course a log is the natural one, as torch.log.",
            "Is your calculator's key log or ln?",
        ),
        wrong(
            -math.log2(1 - P),
            "took_the_logarithm_to_two",
            "This is the logarithm to the base 2, so the surprise is in bits. It is asked for in nats.",
            "Which base has the natural logarithm?",
        ),
    ],
)

# --- 8. overflow --------------------------------------------------------------------------------------------

HUGE = torch.tensor([1000.0, 0.0])
NAIVE = (HUGE.exp() / HUGE.exp().sum())[0].item()

overflow = choice(
    "quiz3_overflow",
    "A logit of a thousand",
    "`z = torch.tensor([1000.0, 0.0])` goes through softmax, written as the formula says: `z.exp() / z.exp().sum()`. "
    "What is the "
    "**first** number of the result?",
    wrong(
        "`1.0`, as it should be.",
        "trusted_the_formula",
        "On paper it is 1. A float32 ends near 3·10³⁸, and e to the power of 1000 lies far beyond.",
        "What does torch.tensor(1000.0).exp() print?",
    ),
    wrong(
        "`inf`, because e to the power of 1000 is too large.",
        "forgot_the_division",
        "The numerator does become inf. But so does the sum, and one is divided by the other.",
        "What is inf divided by inf?",
    ),
    right(
        f"`{NAIVE}`, because inf is divided by inf.",
        why="Taking the largest logit away first keeps all exponents at or below 0.",
    ),
    wrong(
        "None: PyTorch stops with an OverflowError.",
        "expected_an_error",
        "Numbers in a tensor overflow without a word: they become inf and the calculation goes on. That is why it is "
        "found late.",
        "Try it in a cell.",
    ),
)

# --- 9. what CrossEntropyLoss takes -------------------------------------------------------------------------

takes = choice(
    "quiz3_takes",
    "What goes in",
    "The targets of $N$ rows are class numbers from 0 to $C - 1$. What does `nn.CrossEntropyLoss()` want, first from "
    "the model and "
    "then as the target?",
    right(
        "The logits `(N, C)` and the class numbers `(N,)`.",
        why="It applies log-softmax itself and picks the log-probability of each row's class.",
    ),
    wrong(
        "The probabilities after softmax `(N, C)` and the class numbers `(N,)`.",
        "put_softmax_twice",
        "The loss applies softmax by itself. With a softmax before it, it sees numbers between 0 and 1 as logits: "
        "training still "
        "runs, but badly.",
        "How small can the loss get if all its logits lie between 0 and 1?",
    ),
    wrong(
        "The predicted class numbers `(N,)` and the true ones `(N,)`.",
        "compared_class_numbers",
        "Class numbers are names: being off by 3 is no worse than by 1. And a chosen number has no slope to learn "
        "from.",
        "Where would the gradient come from?",
    ),
    wrong(
        "The logits `(N, C)` and the class numbers as a column `(N, 1)`.",
        "made_targets_a_column",
        "A target of class numbers has one axis fewer than the logits. With a column PyTorch stops with an error.",
        "Which axis of the logits do the class numbers point into?",
    ),
)

# --- 10. the first loss -------------------------------------------------------------------------------------

CLASSES = 10

uniform = number(
    "quiz3_uniform",
    "Before any training",
    f"A fresh classifier gives the same probability to each of {CLASSES} classes. What is its mean cross entropy, in "
    "nats?",
    answer=F.cross_entropy(torch.zeros(1, CLASSES, dtype=torch.float64), torch.tensor([0])).item(),
    why="The truth always gets one tenth; minus the log of it is ln 10.",
    mistakes=[
        wrong(
            1 / CLASSES,
            "gave_the_probability",
            "This is the probability that the truth gets. The loss is the surprise about it.",
            "Which function turns a probability into a surprise?",
        ),
        wrong(
            math.log10(CLASSES),
            "took_the_logarithm_to_ten",
            "This is the logarithm to the base 10. In this course a log is the natural one, as torch.log.",
            "Is your calculator's key log or ln?",
        ),
        wrong(
            math.log(2),
            "took_two_classes",
            "This is the surprise of a coin, with two classes. Here the probability is shared among more.",
            "Which probability does the truth get?",
        ),
        wrong(
            math.log2(CLASSES),
            "took_the_logarithm_to_two",
            "This is the logarithm to the base 2, so the surprise is in bits. It is asked for in nats.",
            "Which base has the natural logarithm?",
        ),
        wrong(
            CLASSES * math.log(CLASSES),
            "summed_over_the_classes",
            "The surprise was added up over all classes. In each row only one class is the true one.",
            "How many classes of a row happened?",
        ),
        wrong(
            -math.log(CLASSES),
            "lost_the_minus",
            "The minus before the logarithm is missing: the log of a share is negative, a surprise is not.",
            "Can this loss fall below 0?",
        ),
        wrong(
            1 - 1 / CLASSES,
            "gave_the_share_of_errors",
            "This is the share of wrong guesses. Cross entropy is about the probability given to the truth.",
            "Which function turns a probability into a surprise?",
        ),
    ],
)

QUIZ = Quiz(
    "quiz3",
    "Losses for classes",
    "lectures 5 and 6: neurons, layers and activations, softmax and the cross entropies",
    (neuron, layer, collapse, gelu, softmax, shift, surprise, overflow, takes, uniform),
)
EXERCISES = QUIZ.questions
