"""A scalar autograd of one's own: the class `Value`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.draws import normal
from autograder.exercise import Exercise, case, scalar, tensor
from autograder.exercises.hw4.by_hand import BY_HAND


class Scalar:
    """The reference: each node keeps its parents and the slope towards each, known when the node is made."""

    def __init__(self, data: Any, parents: tuple[tuple[Scalar, float], ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def lift(self, other: Any) -> Any:
        return other if isinstance(other, Scalar) else type(self)(other)

    def make(self, data: float, *parents: tuple[Scalar, float]) -> Any:
        return type(self)(data, parents)

    def __add__(self, other):
        other = self.lift(other)
        return self.make(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.lift(other)
        return self.make(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k):
        return self.make(self.data**k, (self, k * self.data ** (k - 1)))

    def relu(self):
        return self.make(max(self.data, 0.0), (self, float(self.data > 0)))

    # As in the notebook, which gives these ready made: a fault in + or * shows through them as well.

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return -self + other

    def order(self) -> list[Scalar]:
        """Return the nodes this one was made from, each after its parents, itself last; without recursion."""
        found: list[Scalar] = []
        seen: set[int] = set()
        stack: list[tuple[Scalar, bool]] = [(self, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                found.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        return found

    def push(self) -> None:
        """Hand this node's gradient to its parents."""
        for parent, slope in self.parents:
            parent.grad += slope * self.grad

    def clear(self, order: list[Scalar]) -> None:
        for node in order:
            node.grad = 0.0

    def seed(self) -> float:
        return 1.0

    def backward(self) -> None:
        order = self.order()
        self.clear(order)
        self.grad = self.seed()
        for node in reversed(order):
            node.push()


def _program(text: str, calls: int = 1, /, **numbers: float) -> dict[str, Any]:
    return {"program": text, **numbers, **({"backward_calls": calls} if calls != 1 else {})}


def _random_program(generator: torch.Generator, leaves: int, steps: int) -> dict[str, Any]:
    """Draw a graph in which nodes are used again and again, with numbers that stay of one size."""

    def pick(count: int) -> int:
        return int(torch.randint(count, (1,), generator=generator))

    names = [chr(ord("a") + place) for place in range(leaves)]
    numbers = {name: round(float(normal(generator)), 2) or 0.5 for name in names}
    lines = []
    for place in range(steps):
        one, other = names[-1 - pick(min(4, len(names)))], names[pick(len(names))]
        forms = (
            f"0.5 * {one} + {other}",
            f"{one} - 0.5 * {other}",
            f"0.5 * {one} * {other} + 1",
            f"2 - {one}.relu() + {other}",
            f"0.1 * {one} ** 2 - {other}",
        )
        names.append(f"t{place}")
        lines.append(f"{names[-1]} = {forms[pick(len(forms))]}")
    # Every leaf has its place in the answer: those that the draw left out are added at the end.
    lines.append(f"L = t{steps - 1} + " + " + ".join(names[:leaves]))
    return {"program": "; ".join(lines), **numbers}


value = Exercise(
    "Value",
    points=3,
    ask="A class for one number that remembers how it was made: .data, .grad, + - * ** relu(), and backward().",
    reference=Scalar,
    cases=[
        case("a used twice: c = a·b, L = c + a", **_program("c = a * b; L = c + a", a=2.0, b=-3.0)),
        case("a node times itself", **_program("L = a * a", a=3.0)),
        case("a node plus itself", **_program("L = a + a", a=3.0)),
        case("a chain of products", **_program("c = a * b; d = c * e; L = d * 2", a=2.0, b=-1.0, e=3.0)),
        case(
            "plain numbers on either side",
            **_program("c = 3 - 2 * a; d = b * 4 - 1; L = c + d * 5 + 1", a=2.0, b=0.5),
        ),
        case("a plain number first", **_program("c = 1 + a; d = 2 * c; L = 10 - d", a=4.0)),
        case("a difference and a minus sign", **_program("c = a - b; d = -a; L = c * d", a=2.0, b=5.0)),
        case("a power", **_program("c = a + b; L = c ** 3", a=1.0, b=-3.0)),
        case(
            "relu off and on",
            **_program("c = a * b; d = c.relu(); e = a.relu(); L = d * 4 + e * 3", a=0.5, b=-3.0),
        ),
        case("a node that L does not use", **_program("c = a * b; d = c + 1; L = c * 2", a=2.0, b=-3.0)),
        case("relu at exactly 0", **_program("d = a.relu(); L = d * 3 + b", a=0.0, b=1.0)),
        case("a diamond", **_program("c = a * b; d = c + a; L = c * d", a=2.0, b=3.0)),
        case("the diamond's arms exchanged", **_program("c = a * b; d = c + a; L = d * c", a=2.0, b=3.0)),
        case(
            "a long and a short way to the same node",
            **_program("c = a * 2; d = c * b; e = d * 3; f = e + 1; L = c * f", a=1.5, b=2.0),
        ),
        case(
            "the same ways, the short one last",
            **_program("c = a * 2; d = c * b; e = d * 3; f = e + 1; L = f * c", a=1.5, b=2.0),
        ),
        case("two leaves of the same value", **_program("c = a * b; L = c * a", a=2.0, b=2.0)),
        case("backward() called twice", **_program("c = a * b; d = c + a; L = d * c", 2, a=2.0, b=-3.0)),
        case(
            "a chain of 2,000 nodes",
            **_program("x = a; for _ in range(2000): x = x + b; L = x * c", a=1.0, b=0.5, c=2.0),
        ),
        case(
            "doubled forty times",
            **_program("x = a; for _ in range(40): x = x + x; L = x * b - c", a=1.0, b=0.5, c=2.0),
        ),
    ],
    hidden=[
        case("a small graph", lambda g: _random_program(g, 2, 5)),
        case("a larger graph", lambda g: _random_program(g, 3, 12)),
        case("a large graph", lambda g: _random_program(g, 4, 30)),
        case("a graph of one leaf", lambda g: _random_program(g, 1, 8)),
        case("a graph, backward() twice", lambda g: {**_random_program(g, 3, 10), "backward_calls": 2}),
        case(
            "a long chain of another kind",
            **_program("x = a * b; for _ in range(600): x = b - x", a=0.5, b=1.5),
        ),
    ],
    parts=[scalar("data"), tensor("grads")],
    driver="scalar_graph",
    forbid=BY_HAND,
    seconds=3.0,
    options={"graph": {"program": "program", "values": "data", "gradients": "grads"}},
)


@value.mistake(
    "A gradient is set where it should be added: a node that is used twice gets only the last share.",
    look="What does L = a + a give for a, by your code?",
)
class set_in_place_of_adding(Scalar):
    def push(self):
        for parent, slope in self.parents:
            parent.grad = slope * self.grad


class _NotCleared(Scalar):
    def clear(self, order):
        return None


@value.mistake(
    "The second backward() adds to what the first one left: it should first set the gradients to 0.",
    look="What is in .grad before the walk back begins?",
    credit=0.5,
)
class kept_stale_gradients(_NotCleared):
    pass


@value.mistake(
    "Only the end's old gradient is cleared: those of all nodes behind it are left from the first backward().",
    look="Which nodes' .grad do you set before the walk back begins?",
    credit=0.5,
)
class cleared_the_leaves_only(Scalar):
    def clear(self, order):
        for node in order:
            if not node.parents:
                node.grad = 0.0


def _recursive(node: Scalar, seen: set[int], found: list[Scalar]) -> None:
    if id(node) not in seen:
        seen.add(id(node))
        for parent, _ in node.parents:
            _recursive(parent, seen, found)
        found.append(node)


class _Recursive(Scalar):
    def order(self):
        found: list[Scalar] = []
        _recursive(self, set(), found)
        return found


@value.mistake(
    "Your walk calls itself once for each node, and Python stops that at about 1,000 calls (so the gradients are nan).",
    look="Keep the nodes still to do in a list of your own, in a while loop.",
    credit=0.5,
)
class walked_by_recursion(_Recursive):
    pass


@value.mistake(
    "Two things: the walk calls itself for each node, which Python stops at about 1,000 calls; and a second "
    "backward() adds to the old gradients.",
    look="Mend one at a time: a list in a while loop; gradients set to 0 first.",
    credit=0.25,
)
class walked_by_recursion_and_kept_gradients(_Recursive):
    def clear(self, order):
        return None


@value.mistake(
    "Nodes are visited level by level: a node may then pass on its gradient before all of it has arrived.",
    look="In the diamond, who must be done before c?",
)
class walked_level_by_level(Scalar):
    def order(self):
        found, seen = [self], {id(self)}
        for node in found:
            for parent, _ in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    found.append(parent)
        return found[::-1]


@value.mistake(
    "A node passes on its gradient as soon as it is reached: some of it may still be on its way.",
    look="In the diamond, who must be done before c?",
)
class walked_depth_first(Scalar):
    def order(self):
        found, seen, stack = [], set(), [self]
        while stack:
            node = stack.pop()
            if id(node) not in seen:
                seen.add(id(node))
                found.append(node)
                stack += [parent for parent, _ in reversed(node.parents)]
        return found[::-1]


@value.mistake(
    "A node passes on its gradient as soon as it is reached: some of it may still be on its way.",
    look="In the diamond, who must be done before c?",
)
class walked_depth_first_from_the_right(Scalar):
    def order(self):
        found, seen, stack = [], set(), [self]
        while stack:
            node = stack.pop()
            if id(node) not in seen:
                seen.add(id(node))
                found.append(node)
                stack += [parent for parent, _ in node.parents]
        return found[::-1]


@value.mistake(
    "Every gradient is 0: the last node's own gradient, dL/dL = 1, is never set.",
    look="Where does the first number come from?",
)
class forgot_to_start_with_one(Scalar):
    def seed(self):
        return 0.0


@value.mistake("The walk starts with the value of the last node: dL/dL is 1.", look="How fast does L change with L?")
class started_with_its_own_value(Scalar):
    def seed(self):
        return self.data


@value.mistake(
    "Only the last node's gradient gets to its parents: the walk stops there, or it goes from the leaves to the end.",
    look="In which order do your nodes pass their gradient on?",
)
class stopped_after_one_step(Scalar):
    def backward(self):
        self.clear(self.order())
        self.grad = 1.0
        self.push()


@value.mistake(
    "The chain rule is cut: each node passes on its slope, not the slope times its own gradient.",
    look="What should a's gradient be in L = 2·(3·a)?",
)
class forgot_what_comes_from_above(Scalar):
    def push(self):
        for parent, slope in self.parents:
            parent.grad += slope


@value.mistake(
    "In a product each factor gets its own value as slope: the slope is the other factor.",
    look="d(a·b)/da = ?",
)
class took_its_own_factor(Scalar):
    def __mul__(self, other):
        other = self.lift(other)
        return self.make(self.data * other.data, (self, self.data), (other, other.data))


@value.mistake("In a product only the first factor gets a gradient.", look="d(a·b)/db = ?")
class forgot_the_second_factor(Scalar):
    def __mul__(self, other):
        other = self.lift(other)
        return self.make(self.data * other.data, (self, other.data))


@value.mistake("In a sum only the first term gets a gradient.", look="d(a + b)/db = ?")
class forgot_the_second_term(Scalar):
    def __add__(self, other):
        other = self.lift(other)
        return self.make(self.data + other.data, (self, 1.0))


@value.mistake(
    "In a difference both sides get the same gradient: the second one's has a minus.", look="d(a - b)/db = ?"
)
class forgot_the_minus_of_a_difference(Scalar):
    def __sub__(self, other):
        other = self.lift(other)
        return self.make(self.data - other.data, (self, 1.0), (other, 1.0))


@value.mistake("-a passes its gradient on without the minus.", look="d(-a)/da = ?")
class forgot_the_minus_of_a_negation(Scalar):
    def __neg__(self):
        return self.make(-self.data, (self, 1.0))


@value.mistake(
    "number - Value is computed the wrong way round, as Value - number.",
    look="What does 10 - a call in Python?",
)
class exchanged_the_sides(Scalar):
    def __rsub__(self, other):
        return self - other


@value.mistake("The slope of a power lacks the exponent in front.", look="d(a³)/da = ?")
class forgot_the_exponent(Scalar):
    def __pow__(self, k):
        return self.make(self.data**k, (self, self.data ** (k - 1)))


@value.mistake("The slope of a power keeps its exponent: it goes down by one.", look="d(a³)/da = ?")
class kept_the_exponent(Scalar):
    def __pow__(self, k):
        return self.make(self.data**k, (self, k * self.data**k))


@value.mistake("relu lets the gradient through where it is off.", look="Does relu(-6) change with its input?")
class let_relu_pass_everything(Scalar):
    def relu(self):
        return self.make(max(self.data, 0.0), (self, 1.0))


@value.mistake(
    "The slope of relu at exactly 0 is 0 in this course (and in torch): yours is 1.",
    look="> or ≥?",
    credit=0.75,
)
class counted_zero_as_positive(Scalar):
    def relu(self):
        return self.make(max(self.data, 0.0), (self, float(self.data >= 0)))


@value.mistake(
    "relu multiplies the gradient by its own value: its slope is only 1 or 0.", look="How steep is relu at 5?"
)
class multiplied_by_relu(Scalar):
    def relu(self):
        return self.make(max(self.data, 0.0), (self, max(self.data, 0.0)))


@value.mistake(
    "Nodes are compared by their number: two leaves that both hold 2 are taken for one.",
    look="`==`, or `is`?",
)
class took_equal_numbers_for_one_node(Scalar):
    def order(self):
        found, seen, stack = [], set(), [(self, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                found.append(node)
            elif node.data not in seen:
                seen.add(node.data)
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        return found


@value.mistake(
    "A node used twice is visited twice, and passes its gradient on twice.",
    look="How do you remember which nodes are done?",
)
class visited_a_node_twice(Scalar):
    def order(self):
        found = super().order()
        # Every further mention of a node that has parents puts it on the list once more, at most twice in all.
        mentioned = [parent for node in found for parent, _ in node.parents if parent.parents]
        twice = (
            {id(node) for node in mentioned if sum(other is node for other in mentioned) > 1}
            if len(found) < 100
            else set()
        )
        return [node for node in found for _ in range(2 if id(node) in twice else 1)]
