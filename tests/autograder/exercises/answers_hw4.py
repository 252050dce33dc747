"""Answers to homework 4 in styles of many hands: right ones, wrong ones not declared, and ones that use autograd."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer as a student would type it, and the mistake its message should name ("" for a generic one)."""

    exercise: str
    code: str
    mistake: str


VALUE_HEAD = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
    @staticmethod
    def lift(x): return x if isinstance(x, Value) else Value(x)
    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        other = Value.lift(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def __pow__(self, k): return Value(self.data ** k, ((self, k * self.data ** (k - 1)),))
    def relu(self): return Value(self.data * (self.data > 0), ((self, 1.0 * (self.data > 0)),))
    __radd__, __rmul__ = __add__, __mul__
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -1 * other
    def __rsub__(self, other): return -self + other
"""
"""A right `Value` in all but `backward`."""

MICROGRAD = """
class Value:
    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0
        self._backward = lambda: None
        self._prev = set(_children)
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def __pow__(self, other):
        out = Value(self.data**other, (self,))
        def _backward():
            self.grad += (other * self.data ** (other - 1)) * out.grad
        out._backward = _backward
        return out
    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()
    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __rmul__(self, other): return self * other
"""
"""The class that lecture videos all over the world build: recursive, and it keeps old gradients."""

MLP_HEAD = "def mlp_backward(x, y, W1, b1, W2, b2):\n"

RIGHT: list[tuple[str, str]] = [
    # sigmoid_grad
    ("sigmoid_grad", "def sigmoid_grad(x): return torch.sigmoid(x) * torch.sigmoid(-x)"),
    ("sigmoid_grad", "sigmoid_grad = lambda x: (1 - torch.tanh(x / 2) ** 2) / 4"),
    ("sigmoid_grad", "def sigmoid_grad(x, e=None): e = torch.exp(-x.abs()); return e / (1 + e) ** 2"),
    (
        "sigmoid_grad",
        """
def sigmoid_grad(x):
    flat = [1 / (2 + math.exp(min(abs(v), 700)) + math.exp(-abs(v))) for v in x.reshape(-1).tolist()]
    return torch.tensor(flat, dtype=x.dtype).reshape(x.shape)
""",
    ),
    (
        "sigmoid_grad",
        """
def sigmoid_grad(x):
    a = x.numpy().astype(np.float64)
    s = np.where(a >= 0, 1 / (1 + np.exp(-np.abs(a))), np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))))
    return torch.from_numpy(s * (1 - s)).to(x.dtype)
""",
    ),
    (
        "sigmoid_grad",
        """
class Sigmoid:
    def forward(self, x):
        self.s = x.sigmoid()
        return self.s
    def backward(self, grad):
        return grad * self.s * (1 - self.s)
def sigmoid_grad(x):
    layer = Sigmoid()
    layer.forward(x)
    return layer.backward(torch.ones_like(x))
""",
    ),
    # relu_grad
    ("relu_grad", "def relu_grad(x): return torch.where(x > 0, 1.0, 0.0).to(x.dtype)"),
    ("relu_grad", "def relu_grad(x): return torch.sign(torch.relu(x))"),
    ("relu_grad", "def relu_grad(x: torch.Tensor) -> torch.Tensor: return torch.sign(x).clamp(min=0)"),
    ("relu_grad", "def relu_grad(x): return torch.heaviside(x, torch.zeros_like(x))"),
    ("relu_grad", "def relu_grad(x): return torch.from_numpy((x.numpy() > 0) * 1.0).to(x.dtype)"),
    (
        "relu_grad",
        """
def relu_grad(x):
    return torch.tensor([1.0 if v > 0 else 0.0 for v in x.flatten()], dtype=x.dtype).view(x.shape)
""",
    ),
    # gelu_grad
    (
        "gelu_grad",
        """
def gelu_grad(x):
    normal = torch.distributions.Normal(torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype))
    return normal.cdf(x) + x * normal.log_prob(x).exp()
""",
    ),
    ("gelu_grad", "def gelu_grad(x): return torch.special.ndtr(x) + x * (-x * x / 2).exp() * (2 * math.pi) ** -0.5"),
    (
        "gelu_grad",
        """
def gelu_grad(x):
    def one(v): return 0.5 * math.erfc(-v / 2**0.5) + v * math.exp(-v * v / 2) / math.sqrt(2 * math.pi)
    return torch.tensor(list(map(one, x.reshape(-1).tolist())), dtype=x.dtype).reshape(x.shape)
""",
    ),
    # softmax_backward
    (
        "softmax_backward",
        """
def softmax_backward(x, dout):
    p = F.softmax(x, dim=-1)
    J = torch.diag_embed(p) - torch.einsum('ni,nj->nij', p, p)
    return torch.einsum('nij,nj->ni', J, dout)
""",
    ),
    (
        "softmax_backward",
        """
def softmax_backward(x, dout):
    e = torch.exp(x - x.max(1, keepdim=True).values)
    s = e.sum(1, keepdim=True)
    de = dout / s
    ds = -(dout * e).sum(1, keepdim=True) / s ** 2
    return (de + ds) * e
""",
    ),
    (
        "softmax_backward",
        """
def softmax_backward(x, dout):
    a, d = x.numpy(), dout.numpy()
    e = np.exp(a - a.max(axis=1)[:, None])
    p = e / e.sum(1)[:, None]
    return torch.from_numpy(p * d - p * (p * d).sum(1)[:, None])
""",
    ),
    (
        "softmax_backward",
        """
def softmax_backward(x, dout):
    rows = []
    for scores, g in zip(x, dout):
        p = torch.softmax(scores, 0)
        rows.append(p * (g - torch.dot(p, g)))
    return torch.stack(rows)
""",
    ),
    # linear_backward
    (
        "linear_backward",
        """
def linear_backward(dout, x, W):
    return (torch.einsum('no,oi->ni', dout, W), torch.einsum('no,ni->oi', dout, x), torch.einsum('no->o', dout))
""",
    ),
    (
        "linear_backward",
        """
def linear_backward(dout, x, W):
    dx, dW, db = torch.zeros_like(x), torch.zeros_like(W), torch.zeros_like(W[:, 0])
    for n in range(x.shape[0]):
        for o in range(W.shape[0]):
            db[o] += dout[n, o]
            for i in range(W.shape[1]):
                dx[n, i] += dout[n, o] * W[o, i]
                dW[o, i] += dout[n, o] * x[n, i]
    return [dx, dW, db]
""",
    ),
    (
        "linear_backward",
        """
def linear_backward(dout, x, W):
    d, a, w = (t.detach().numpy() for t in (dout, x, W))
    return tuple(torch.as_tensor(np.ascontiguousarray(t)) for t in (d @ w, (a.T @ d).T, d.sum(axis=0)))
""",
    ),
    (
        "linear_backward",
        """
def linear_backward(dout, x, W, **unused):
    dW = sum(torch.outer(g, row) for g, row in zip(dout, x))
    return torch.stack([W.T @ g for g in dout]), dW, sum(dout)
""",
    ),
    # mlp_backward
    (
        "mlp_backward",
        """
class Linear:
    def __init__(self, W, b): self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W.T + self.b
    def backward(self, grad):
        self.dW, self.db = grad.T @ self.x, grad.sum(0)
        return grad @ self.W
class ReLU:
    def forward(self, x):
        self.on = x > 0
        return x * self.on
    def backward(self, grad): return grad * self.on
def mlp_backward(x, y, W1, b1, W2, b2):
    layers = [Linear(W1, b1), ReLU(), Linear(W2, b2)]
    for layer in layers:
        x = layer.forward(x)
    loss = F.cross_entropy(x, y)
    grad = torch.softmax(x, 1)
    grad[torch.arange(len(y)), y] -= 1
    grad = grad / len(y)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return loss.item(), layers[0].dW, layers[0].db, layers[2].dW, layers[2].db
""",
    ),
    (
        "mlp_backward",
        """
def mlp_backward(x, y, W1, b1, W2, b2):
    X, w1, c1, w2, c2 = (t.numpy() for t in (x, W1, b1, W2, b2))
    t = y.numpy(); n = len(t)
    z1 = X.dot(w1.T) + c1
    a1 = np.maximum(z1, 0)
    z2 = a1.dot(w2.T) + c2
    z2 = z2 - z2.max(axis=1, keepdims=True)
    logp = z2 - np.log(np.exp(z2).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(n), t].mean()
    d = np.exp(logp); d[np.arange(n), t] -= 1; d /= n
    dh = d.dot(w2); dh[z1 <= 0] = 0
    back = (dh.T.dot(X), dh.sum(axis=0), d.T.dot(a1), d.sum(axis=0))
    return (loss, *[torch.from_numpy(np.ascontiguousarray(g)) for g in back])
""",
    ),
    (
        "mlp_backward",
        """
def mlp_backward(x, y, W1, b1, W2, b2):
    total, n = 0.0, len(x)
    dW1, db1, dW2, db2 = (torch.zeros(p.shape, dtype=p.dtype) for p in (W1, b1, W2, b2))
    for row, label in zip(x, y):
        z = W1 @ row + b1
        h = torch.relu(z)
        s = W2 @ h + b2
        total = total + torch.logsumexp(s, 0) - s[label]
        d = torch.exp(s - torch.logsumexp(s, 0))
        d[label] -= 1
        dh = W2.T @ d * (z > 0)
        dW1 += torch.outer(dh, row); db1 += dh; dW2 += torch.outer(d, h); db2 += d
    return total / n, dW1 / n, db1 / n, dW2 / n, db2 / n
""",
    ),
    (
        "mlp_backward",
        """
def linear_backward(dout, x, W): return dout @ W, dout.T @ x, dout.sum(0)
def backward(grad, z): return grad * (z > 0)
def mlp_backward(x, y, W1, b1, W2, b2):
    z1 = F.linear(x, W1, b1); a1 = F.relu(z1); z2 = F.linear(a1, W2, b2)
    grad = (F.softmax(z2, 1) - torch.eye(len(b2), dtype=x.dtype)[y]) / y.numel()
    grad, dW2, db2 = linear_backward(grad, a1, W2)
    _, dW1, db1 = linear_backward(backward(grad, z1), x, W1)
    return [F.nll_loss(F.log_softmax(z2, 1), y), dW1, db1, dW2, db2]
""",
    ),
    # numerical_gradient
    (
        "numerical_gradient",
        """
def numerical_gradient(f, x, h):
    x = x.clone()
    g = torch.empty_like(x)
    for index in np.ndindex(tuple(x.shape)):
        old = x[index].item()
        x[index] = old + h
        up = f(x)
        x[index] = old - h
        down = f(x)
        x[index] = old
        g[index] = (up - down) / (2 * h)
    return g
""",
    ),
    (
        "numerical_gradient",
        """
def numerical_gradient(f, x, h):
    g = torch.zeros_like(x)
    for index in np.ndindex(*x.shape):
        x[index] += h
        up = float(f(x))
        x[index] -= 2 * h
        g[index] = (up - float(f(x))) / h / 2
        x[index] += h
    return g
""",
    ),
    (
        "numerical_gradient",
        """
def numerical_gradient(f, x, h=1e-5, *, slopes=None):
    def slope(i):
        e = (torch.arange(x.numel()) == i).reshape(x.shape) * h
        return float(f(x + e) - f(x - e)) * 0.5 / h
    return torch.tensor([slope(i) for i in range(x.numel())], dtype=torch.float64).reshape(x.shape)
""",
    ),
    (
        "numerical_gradient",
        """
def numerical_gradient(f, x, h):
    def walk(i):
        while i < x.numel():
            e = torch.zeros_like(x, memory_format=torch.contiguous_format)
            e.view(-1)[i] = h
            yield (f(x + e).numpy() - f(x - e).numpy()) / (2 * h)
            i += 1
    return torch.from_numpy(np.array(list(walk(0)))).reshape(x.shape)
""",
    ),
    # Value
    (
        "Value",
        VALUE_HEAD
        + """
    def backward(self):
        # Count users first: a node's turn comes when all of them have had theirs.
        users, seen, stack = {}, {id(self): self}, [self]
        while stack:
            for parent, _ in stack.pop().parents:
                users[id(parent)] = users.get(id(parent), 0) + 1
                if id(parent) not in seen:
                    seen[id(parent)] = parent
                    stack.append(parent)
        for node in seen.values():
            node.grad = 0
        self.grad = 1
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in node.parents:
                parent.grad = parent.grad + slope * node.grad
                users[id(parent)] -= 1
                if users[id(parent)] == 0:
                    ready.append(parent)
""",
    ),
    (
        "Value",
        """
import itertools
class Value:
    __slots__ = ("data", "grad", "links", "number")
    counter = itertools.count()
    def __init__(self, data, links=()):
        self.data, self.grad, self.links = float(data), 0.0, links
        self.number = next(Value.counter)
    def __add__(self, o): return Value(self.data + getattr(o, "data", o), [(self, 1), (o, 1)])
    def __radd__(self, o): return self + o
    def __sub__(self, o): return Value(self.data - getattr(o, "data", o), [(self, 1), (o, -1)])
    def __rsub__(self, o): return Value(o - self.data, [(self, -1)])
    def __neg__(self): return 0 - self
    def __mul__(self, o):
        other = getattr(o, "data", o)
        return Value(self.data * other, [(self, other), (o, self.data)])
    def __rmul__(self, o): return self * o
    def __pow__(self, k): return Value(self.data ** k, [(self, k * self.data ** (k - 1))])
    def relu(self): return self * (self.data > 0)
    def backward(self):
        # Whoever was made later comes first: that is an order for free.
        found, todo = {self}, [self]
        while todo:
            for node, _ in todo.pop().links:
                if isinstance(node, Value) and node not in found:
                    found.add(node)
                    todo.append(node)
        order = sorted(found, key=lambda node: -node.number)
        for node in order: node.grad = 0.0
        self.grad = 1.0
        for node in order:
            for earlier, slope in node.links:
                if isinstance(earlier, Value):
                    earlier.grad += node.grad * slope
""",
    ),
    (
        "Value",
        MICROGRAD.replace(
            """        build(self)
        self.grad = 1
""",
            """        import sys
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(20_000)
        try:
            build(self)
        finally:
            sys.setrecursionlimit(limit)
        for v in topo:
            v.grad = 0
        self.grad = 1
""",
        ),
    ),
]

AUTOGRAD: list[tuple[str, str]] = [
    (
        "sigmoid_grad",
        """
def sigmoid_grad(x):
    x = x.clone().requires_grad_()
    torch.sigmoid(x).sum().backward()
    return x.grad
""",
    ),
    ("sigmoid_grad", "def sigmoid_grad(x): return torch.func.grad(lambda v: torch.sigmoid(v).sum())(x)"),
    (
        "sigmoid_grad",
        "def sigmoid_grad(x): return torch.func.jvp(torch.sigmoid, (x,), (torch.ones_like(x),))[1]",
    ),
    (
        "gelu_grad",
        """
def gelu_grad(x):
    with torch.enable_grad():
        v = x.detach().requires_grad_()
        return torch.autograd.grad(F.gelu(v).sum(), v)[0]
""",
    ),
    (
        "softmax_backward",
        "def softmax_backward(x, dout): return torch.func.vjp(lambda v: torch.softmax(v, 1), x)[1](dout)[0]",
    ),
    (
        "linear_backward",
        """
def linear_backward(dout, x, W):
    x, W = x.clone().requires_grad_(), W.clone().requires_grad_()
    b = torch.zeros(len(W), dtype=W.dtype, requires_grad=True)
    return torch.autograd.grad(F.linear(x, W, b), (x, W, b), dout)
""",
    ),
    (
        "mlp_backward",
        """
def mlp_backward(x, y, W1, b1, W2, b2):
    net = nn.Sequential(nn.Linear(*W1.T.shape), nn.ReLU(), nn.Linear(*W2.T.shape)).to(x.dtype)
    for mine, given in zip(net.parameters(), (W1, b1, W2, b2)): mine.data = given.clone()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    return (loss.item(), *(p.grad for p in net.parameters()))
""",
    ),
    (
        "Value",
        """
class Value:
    made = None
    def __init__(self, data):
        is_made = isinstance(data, torch.Tensor)
        self.t = data if is_made else torch.tensor(float(data), dtype=torch.float64).requires_grad_()
        if not self.t.is_leaf: self.t.retain_grad()
    data = property(lambda self: self.t.detach())
    grad = property(lambda self: 0.0 if self.t.grad is None else self.t.grad)
    def __add__(self, o): return Value(self.t + getattr(o, "t", o))
    def __mul__(self, o): return Value(self.t * getattr(o, "t", o))
    def __pow__(self, k): return Value(self.t ** k)
    def relu(self): return Value(self.t.relu())
    __radd__, __rmul__ = __add__, __mul__
    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -1 * o
    def __rsub__(self, o): return -self + o
    def backward(self):
        if getattr(self, "done", False): return
        self.done = True
        self.t.backward()
""",
    ),
]

WRONG: list[Wrong] = [
    Wrong("sigmoid_grad", "def sigmoid_grad(x): s = 1 / (1 + torch.exp(-x)); return s * 1 - s", "all-zero"),
    Wrong("sigmoid_grad", "def sigmoid_grad(x): return torch.sigmoid(x) - torch.sigmoid(x) ** 3", ""),
    Wrong("sigmoid_grad", "def sigmoid_grad(x): print(torch.sigmoid(x))", "returned-none"),
    Wrong("relu_grad", "def relu_grad(x): return 1 if x > 0 else 0", ""),
    Wrong("relu_grad", "def relu_grad(x): return torch.where(x > 0, 1, 0)", "returned_whole_numbers"),
    Wrong("relu_grad", "def relu_grad(x): x[x > 0] = 1.0; x[x < 0] = 0.0; return x", "wrote_the_slope_into_x"),
    Wrong(
        "relu_grad",
        "def relu_grad(x): g = x.clone(); g[g < 0] = 0; g[g > 0] = 1; return g + 0.5 * (x == 0)",
        "met_in_the_middle_at_zero",
    ),
    Wrong(
        "gelu_grad",
        "def gelu_grad(x): return 0.5 * (1 + torch.erf(x / 2**0.5)) + x * torch.exp(-x**2 / 2) / 2 * math.pi",
        "",
    ),
    Wrong("gelu_grad", "def gelu_grad(x): return torch.special.ndtr(x)", "forgot_the_product_rule"),
    Wrong(
        "softmax_backward",
        """
def softmax_backward(x, dout):
    e = torch.exp(x)
    p = e / e.sum(1, keepdim=True)
    return dout * p * (1 - p)
""",
        "kept_only_the_diagonal+overflowed",
    ),
    Wrong(
        "softmax_backward",
        "def softmax_backward(x, dout): p = torch.softmax(x, 1); return p * dout - p * (p * dout).sum(1)[None]",
        "",
    ),
    Wrong(
        "linear_backward",
        "def linear_backward(dout, x, W): return dout @ W, x.T @ dout, dout.mean(0)",
        "",
    ),
    Wrong("linear_backward", "def linear_backward(dout, x, W): return dout @ W, dout.T @ x", "wrong-type"),
    Wrong(
        "linear_backward",
        "def linear_backward(dout, x, W): return dout @ W, dout.T @ x, sum(sum(dout))",
        "summed_everything_for_the_bias",
    ),
    Wrong(
        "mlp_backward",
        MLP_HEAD
        + """
    h = torch.relu(x @ W1.T + b1); z = h @ W2.T + b2
    d = torch.softmax(z, 1); d[range(len(y)), y] -= 1; d /= len(y)
    dh = d @ W2; dh[h < 0] = 0
    return F.cross_entropy(z, y), dh.T @ x, dh.sum(0), d.T @ h, d.sum(0)
""",
        "forgot_the_mask",
    ),
    Wrong(
        "mlp_backward",
        MLP_HEAD
        + """
    h = torch.relu(x @ W1.T + b1); z = h @ W2.T + b2
    d = torch.softmax(z, 1); d[range(len(y)), y] -= 1; d /= len(y)
    dh = d @ W2; dh[x @ W1.T <= 0] = 0
    return F.cross_entropy(z, y), dh.T @ x, dh.sum(0), d.T @ h, d.sum(0)
""",
        "masked_without_the_bias",
    ),
    Wrong(
        "numerical_gradient",
        """
def numerical_gradient(f, x, h):
    g = torch.zeros_like(x)
    for i in range(len(x)):
        old = x[i].clone()
        x[i] = old + h; up = f(x)
        x[i] = old - h; down = f(x)
        x[i] = old
        g[i] = (up - down) / (2 * h)
    return g
""",
        "moved_a_row_at_once",
    ),
    Wrong("numerical_gradient", "def numerical_gradient(f, x, h): return (f(x + h) - f(x - h)) / (2 * h)", ""),
    Wrong(
        "Value",
        VALUE_HEAD.replace("((self, other.data), (other, self.data))", "((self, self.data), (other, other.data))")
        + """
    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents: visit(parent)
                order.append(node)
        visit(self)
        for node in order: node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents: parent.grad += slope * node.grad
""",
        "walked_by_recursion+took_its_own_factor",
    ),
    Wrong("Value", MICROGRAD, "walked_by_recursion_and_kept_gradients"),
    Wrong(
        "Value",
        MICROGRAD.replace("        self.grad = 1\n", "        for v in topo: v.grad = 0\n        self.grad = 1\n"),
        "walked_by_recursion",
    ),
    Wrong("Value", MICROGRAD.replace("self.grad += out.grad", "self.grad = out.grad"), ""),
    Wrong(
        "Value",
        VALUE_HEAD
        + """
    def backward(self, g=1.0):
        self.grad += g
        for parent, slope in self.parents:
            parent.backward(g * slope)
""",
        "too-slow",
    ),
    Wrong("Value", VALUE_HEAD, "raised-AttributeError"),
    Wrong(
        "Value",
        VALUE_HEAD.replace("self.data, self.grad", "self.data, self.gradient")
        + "    def backward(self): self.gradient = 1",
        "raised-AttributeError",
    ),
    Wrong(
        "Value",
        VALUE_HEAD.replace("0.0, parents", "None, parents") + "    def backward(self): self.grad = 1",
        "raised-TypeError",
    ),
]
