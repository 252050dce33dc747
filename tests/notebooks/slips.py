"""The slips of the course's source slides, and where each is shown wrong: lecture, what its cell says, what it prints.

A slip is shown by a cell that prints a number or an error which contradicts it. `says` stands in the cell's code,
`prints` in what that same cell prints at size `tiny`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """Name a false statement, and the cell that contradicts it."""

    false: str
    lecture: str
    says: str
    prints: str


SLIPS = (
    Slip("GELU is x + Φ(x)", "05_neurons_and_layers", "z + phi(z)", "torch:  0.000   z + Φ(z) =  0.500"),
    Slip("GELU is x + Φ(x), at -3", "05_neurons_and_layers", "z + phi(z)", "z + Φ(z) = -2.999"),
    Slip(
        "binary cross entropy without its plus sign",
        "06_losses_for_classes",
        "product = -(y * p.log() * (1 - y) * (1 - p).log())",
        "with the plus  6.908   without it 0.000",
    ),
    Slip(
        "BCE is the loss of a 10-class softmax",
        "06_losses_for_classes",
        "F.binary_cross_entropy(p, F.one_hot(seven, 10)",
        "sum:  2.8812",
    ),
    Slip("∂E = Δ·∂ŷ, without the minus", "03_downhill", "wrong = wrong - 0.001", "without it    1243.44"),
    Slip("the minus sign is lost in a neuron", "07_backpropagation", "-right:9.5f", "the minus sign is lost"),
    Slip("f′ may be dropped", "07_backpropagation", "z_off.grad", "true gradient at z 0.0, without the slope -1.0"),
    Slip("Σ|·| is ½(·)²", "02_a_line_through_scores", "half_sum_of_squares", "Σ|r| = 48.77   ½Σr² = 120.89"),
    Slip("a neuron needs no bias", "05_neurons_and_layers", "many_weights @ origin", "largest |z| at the origin 0.0"),
    Slip("train_loss += loss", "04_the_pytorch_loop", "count_notes", "notes with loss 18, with loss.item() 0"),
    Slip("train_loss += loss, in megabytes", "09_digits", "dragging += loss", "it keeps nothing"),
    Slip("the mean of batch means", "04_the_pytorch_loop", "mean of the batch means", "weighted by their rows:  18.60"),
    Slip("zero_grad and step, no backward", "04_the_pytorch_loop", "step()", "the weight moved by 0.0 in 100 steps"),
    Slip("… with any optimiser", "08_optimisers", "step()", "Adam      moved by 0.0 in 100 steps"),
    Slip("a global device is no argument", "09_digits", 'torch.device("meta")', "the same call now: RuntimeError"),
    Slip("model.forward(x) is model(x)", "09_digits", "model.forward(", "after model.forward(X): []"),
    Slip("Adam's ε stands under the root", "08_optimisers", "under = lr * g / (g**2 + eps).sqrt()", "0.000100"),
    Slip("eval() switches augmentation off", "10_generalising", "early.eval()", "model.eval(), data shaken:"),
    Slip(
        "CrossEntropyLoss takes probabilities",
        "09_digits",
        "F.cross_entropy(scores",
        "probabilities, indices     1.4612",
    ),
    Slip("… and labels of any type", "09_digits", "indices.float()", "logits, floats             RuntimeError"),
    Slip("mx + b is Ax", "02_a_line_through_scores", "but A·0 = 0", "f(0) = 0.648, but A·0 = 0"),
    Slip("this is calculus of variations", "02_a_line_through_scores", "any_function_at_all", "SSE of the memory: 0.0"),
    Slip(
        "autodiff is numerical differentiation",
        "07_backpropagation",
        "best_numerical",
        "below 1e-15: True\nsmall steps, the best of 15 values of h: below 1e-15: False",
    ),
    Slip(
        "a zero derivative is a minimum",
        "03_downhill",
        "lambda x: x**3",
        "x³: derivative at 0 is 0.0, and 0 is neither",
    ),
    Slip("a test loop needs no eval()", "10_generalising", "model.train(mode ==", "in mode eval"),
    Slip(
        "universal approximation holds for every nonlinearity",
        "05_neurons_and_layers",
        "torch.square",
        "z²: largest third difference 0.000000",
    ),
    Slip("… for a jump", "05_neurons_and_layers", "largest", "80 bumps: largest error, wave 0.0009   jump 1.2180"),
    Slip("… and training finds the weights", "05_neurons_and_layers", "trained from random start", "built by hand"),
    Slip("batch norm prevents changes in lower layers", "10_generalising", "Jolt()", "first layer moved"),
)
