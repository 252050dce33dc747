"""Mutants that pass because they are right, each with the reason; any other survivor asks for a new case."""

from __future__ import annotations

INDEPENDENT = "the two lines do not depend on each other"

EQUIVALENT: dict[str, dict[str, str]] = {
    "least_squares": {
        "0 → -1": "the solution has one column: the first is the last",
    },
    "gd_fit": {
        "torch.zeros((), dtype=X.dtype) → torch.zeros(())": (
            "a 0-d float32 zero takes the table's dtype in the first step, and a scalar's dtype is free"
        ),
    },
    "sigmoid": {
        "x >= 0 → x > 0": "both branches give one half at 0",
    },
    "relu": {
        "x > 0 → x >= 0": "at 0 both choices give 0",
    },
    "numerical_gradient": {
        "torch.zeros(x.numel(), dtype=x.dtype) → torch.zeros(x.numel())": (
            "the step is rounded to float32 on both sides alike: the quotient moves by less than the tolerance"
        ),
    },
    "Value": {
        "swapped: self.data = data ↔ self.grad = 0.0": INDEPENDENT,
        "swapped: self.grad = 0.0 ↔ self.parents = parents": INDEPENDENT,
        "swapped: found = [] ↔ seen = set()": INDEPENDENT,
        "swapped: seen = set() ↔ stack = [(self, False)]": INDEPENDENT,
        "swapped: seen.add(id(node)) ↔ stack.append((node, True))": INDEPENDENT,
    },
    "train_one_epoch": {
        "(0.0, 0) → (0, 0.0)": "a total may start as a whole number, a count as a fraction: their quotient is the same",
        "swapped: model.train() ↔ total, count = (0.0, 0)": INDEPENDENT,
        "swapped: x, y = (x.to(device), y.to(device)) ↔ optimizer.zero_grad()": INDEPENDENT,
        "swapped: optimizer.zero_grad() ↔ loss = loss_fn(model(x), y)": (
            "the gradients may be cleared before or after the forward pass, as long as it is before backward"
        ),
        "swapped: optimizer.step() ↔ total += loss.item() * len(y)": "the loss was computed before the step",
        "swapped: total += loss.item() * len(y) ↔ count += len(y)": INDEPENDENT,
    },
    "evaluate": {
        "(scores.argmax(1) == y).sum().item() → (scores.argmax(1) == y).sum()": (
            "a tensor over a whole number is a 0-d tensor, which counts as a number"
        ),
        "loss_fn(scores, y).item() → loss_fn(scores, y)": (
            "without gradients the loss holds no graph, and a 0-d tensor counts as a number"
        ),
        "swapped: model.eval() ↔ total, correct, count = (0.0, 0, 0)": INDEPENDENT,
        "swapped: total += loss_fn(scores, y).item() * len(y) ↔ correct += (scores.argmax(1) == y).sum().item()": (
            INDEPENDENT
        ),
        "swapped: correct += (scores.argmax(1) == y).sum().item() ↔ count += len(y)": INDEPENDENT,
    },
    "dropout": {
        "torch.rand(x.shape) >= p → torch.rand(x.shape) > p": "a draw equals p with probability 2⁻²⁴ at most",
        "swapped: if not training: ↔ kept = torch.rand(x.shape) >= p": "the mask is drawn early and not used",
    },
    "batchnorm": {
        "swapped: if not training: ↔ mean, variance, n = (x.mean(0), x.var(0, correction=0), len(x))": (
            "the batch's statistics are taken a line too early and not used"
        ),
        "swapped: new_rm = (1 - momentum) * rm + momentum * mean ↔ "
        "new_rv = (1 - momentum) * rv + momentum * variance * n / (n - 1)": INDEPENDENT,
    },
    "fit": {
        "_train(_network(), X, y).eval() → _train(_network(), X, y).train()": (
            "this network has no layer that behaves differently in the two modes"
        ),
        "dropped: torch.manual_seed(seed)": "the network reaches the accuracy asked for from any seed",
        "swapped: torch.manual_seed(seed) ↔ return _train(_network(), X, y).eval()": (
            "the network reaches the accuracy asked for from any seed"
        ),
    },
}
