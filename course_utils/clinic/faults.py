"""The faults: the healthy code with one line changed, and the signs by which each is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.clinic import signs
from course_utils.clinic.examine import examine, read_code
from course_utils.clinic.record import Record
from course_utils.errors import KitError

if TYPE_CHECKING:
    from course_utils.data import Digits


@dataclass(frozen=True)
class Fault:
    """Hold a fault.

    Attributes:
        key: a short name for code.
        name: what the learner reads and chooses.
        right: a text that stands in the healthy code once.
        wrong: what stands there in the sick one.
        why: how the fault brings about what the gauges say.
        signs: what must be seen; together they fit this fault and no other of the list.
    """

    key: str
    name: str
    right: str
    wrong: str
    why: str
    signs: tuple[signs.Sign, ...]

    def object_to(self, record: Record) -> str:
        """Return why a record does not fit this fault, empty when it does."""
        for sign in self.signs:
            if not sign.is_seen(record):
                return f"With this fault {sign.expected}. Here {sign.found(record)} (gauge: {sign.gauge})."
        return ""

    @property
    def treatment(self) -> str:
        """What to change in the sick code."""
        right = next(line for line in read_code().splitlines() if self.right.strip() in line)
        wrong = right.replace(self.right.strip(), self.wrong.strip()).strip()
        right = right.strip()
        if not wrong:
            return f"The line `{right}` is missing."
        if right.startswith("#"):
            return f"The line `{wrong}` must go."
        return f"`{wrong}` should be `{right}`."


FAULTS = (
    Fault(
        "lr_high",
        "the learning rate is too large",
        "lr=0.2",
        "lr=2.0",
        "Each step overshoots. After a few of them the biases are far off, and neurons die on the way: dead "
        "neurons are the "
        "consequence here, not the cause.",
        (signs.LONG_STEPS, signs.ORDINARY_INPUTS),
    ),
    Fault(
        "lr_low",
        "the learning rate is too small",
        "lr=0.2",
        "lr=0.0002",
        "Gradients are healthy, but a step is a hundred-thousandth of the weights. The run is right and would "
        "take weeks.",
        (signs.TINY_STEPS,),
    ),
    Fault(
        "zero_start",
        "all weights begin at 0",
        "    # The weights stay as PyTorch draws them.\n",
        "    [nn.init.zeros_(weight) for weight in model.parameters()]\n",
        "Zero weights make zero activations, and zero activations and zero weights pass no gradient on. Only the "
        "last bias learns: "
        "how frequent each digit is.",
        (signs.ALL_ZERO,),
    ),
    Fault(
        "labels",
        "the labels belong to other pictures",
        "X, y = X[order], y[order]",
        "X = X[order]",
        "The pictures were shuffled and the labels were not. The network slowly learns by heart what there is no "
        "rule for, and "
        "nothing of it holds for other pictures.",
        (signs.WRONG_LABELS,),
    ),
    Fault(
        "softmax",
        "softmax stands before the cross entropy",
        "nn.Dropout(0.5), nn.Linear(32, 10))",
        "nn.Dropout(0.5), nn.Linear(32, 10), nn.Softmax(dim=1))",
        "`cross_entropy` takes logits and does the softmax itself. Fed with probabilities, which lie between 0 "
        "and 1, it cannot go below "
        "ln(e + 9) − 1, and its gradients are small.",
        (signs.FLOOR, signs.MOSTLY_RIGHT),
    ),
    Fault(
        "zero_grad",
        "zero_grad is missing",
        "            optimizer.zero_grad()\n",
        "",
        "Each step follows the sum of all gradients so far, old ones too. At first that is fast, then it shoots past.",
        (signs.PILED_GRADIENTS,),
    ),
    Fault(
        "dead",
        "the ReLUs are dead from the start",
        "    # The weights stay as PyTorch draws them.\n",
        "    [nn.init.constant_(layer.bias, -4.6) for layer in model if isinstance(layer, nn.Linear)]\n",
        "A bias of −4.6 is a trick for the last layer of a detector of rare things. In the hidden layers it "
        "keeps z below 0, "
        "where ReLU and its slope are 0: no signal up, no gradient down.",
        (signs.DEAD_FROM_BIRTH, signs.BELOW_ZERO),
    ),
    Fault(
        "validation_scale",
        "the validation pictures are scaled in another way",
        "X_val = (X_val - mean) / std",
        "X_val = X_val / 255",
        "The network learned on numbers with mean 0 and standard deviation 1, and is asked about others. It is "
        "healthy; the question is wrong.",
        (signs.DIFFERENT_SCALES,),
    ),
    Fault(
        "eval",
        "eval mode is forgotten",
        "        model.eval()\n",
        "",
        "Dropout goes on switching neurons off while the network is measured. The network is better than its "
        "figures, and they change from "
        "one look to the next.",
        (signs.TWO_ANSWERS,),
    ),
    Fault(
        "input_scale",
        "the inputs are not scaled",
        "mean, std = X.mean(), X.std()",
        "mean, std = 0, 1",
        "Pixels from 0 to 16 make large activations and large gradients. For them the learning rate is too large.",
        (signs.ODD_INPUTS,),
    ),
    Fault(
        "leak",
        "validation pictures are among the training pictures",
        "X_val, y_val = X[1000:1400], y[1000:1400]",
        "X_val, y_val = X[600:1000], y[600:1000]",
        "The network is tested on what it was trained on. Its figure says nothing about new pictures.",
        (signs.SHARED_PICTURES,),
    ),
    Fault(
        "overfit",
        "overfitting: too few pictures",
        "X, y = X[:rows], y[:rows]",
        "X, y = X[:60], y[:60]",
        "Sixty pictures are learned by heart, and that is not enough of a rule for others.",
        (signs.GAP, signs.RIGHT_LABELS, signs.SAME_SCALES),
    ),
)


# Which patients lie where, in the order of their numbers. In the lecture four loss curves look alike, two healthy.
WARDS = {
    "lecture": ("lr_low", "zero_grad", "validation_scale", "zero_start", "labels", "softmax", "eval", "dead"),
    "lab": ("input_scale", "overfit", "leak", "lr_high"),
}


def find_fault(key: str) -> Fault:
    """Return the fault with this key.

    Raises:
        KitError: there is none.
    """
    for fault in FAULTS:
        if fault.key == key:
            return fault
    raise KitError(f"There is no fault {key!r}.", f"Known are {', '.join(fault.key for fault in FAULTS)}.")


@dataclass(frozen=True, repr=False)
class Patient:
    """Hold a sick run: its record, and the fault that the learner is to find."""

    record: Record
    fault: Fault


def admit(digits: Digits, keys: tuple[str, ...], *, seed: int = 0) -> tuple[Patient, ...]:
    """Train the sick runs with these faults, in this order.

    Raises:
        KitError: a key is unknown.
    """
    found = [find_fault(key) for key in keys]
    return tuple(Patient(examine(digits, fault.right, fault.wrong, seed=seed), fault) for fault in found)


def admit_ward(digits: Digits, name: str, *, seed: int = 0) -> tuple[Patient, ...]:
    """Train the sick runs of a ward: `"lecture"` (eight) or `"lab"` (four more).

    Raises:
        KitError: there is no such ward.
    """
    if name not in WARDS:
        raise KitError(f"There is no ward {name!r}.", f"Known are {', '.join(WARDS)}.")
    return admit(digits, WARDS[name], seed=seed)
