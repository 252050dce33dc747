"""Answers to homework 2 in styles of many hands: right ones, and wrong ones not declared."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer as a student would type it, and the mistake its message should name."""

    exercise: str
    code: str
    mistake: str


RIGHT: list[tuple[str, str]] = [
    # sigmoid
    ("sigmoid", "def sigmoid(x): return 0.5 * (1 + torch.tanh(x / 2))"),
    ("sigmoid", "def sigmoid(x): return 1 - 1 / (1 + torch.exp(x))"),
    ("sigmoid", "sigmoid = lambda x: (1 + (-x).exp()).reciprocal()"),
    ("sigmoid", "def sigmoid(x, base=math.e): return 1 / (1 + base ** (-x))"),
    (
        "sigmoid",
        "def sigmoid(x: torch.Tensor) -> torch.Tensor: return 1 / (1 + torch.exp(-x.clamp(-500, 500)))",
    ),
    (
        "sigmoid",
        """
def sigmoid(x):
    def one(v):
        if v < 0:
            return 1 - one(-v) if v > -1 else math.exp(v) / (1 + math.exp(v))
        return 1 / (1 + math.exp(-v))
    return torch.tensor([one(v) for v in x.flatten().tolist()], dtype=x.dtype).reshape(x.shape)
""",
    ),
    (
        "sigmoid",
        """
def sigmoid(x):
    out = torch.empty_like(x)
    right = x >= 0
    out[right] = 1 / (1 + torch.exp(-x[right]))
    e = torch.exp(x[~right])
    out[~right] = e / (1 + e)
    return out
""",
    ),
    ("sigmoid", "def sigmoid(x): return torch.from_numpy(1 / (1 + np.exp(-x.numpy())))"),
    (
        "sigmoid",
        """
def sigmoid(x):
    if (x < 0).any() and (x > 0).any():
        return torch.where(x < 0, sigmoid(x.clamp(max=0)), sigmoid(x.clamp(min=0)))
    return 1 / (1 + torch.exp(-x))
""",
    ),
    ("sigmoid", "def sigmoid(x): return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))"),
    # relu
    ("relu", "def relu(x): return x * (x > 0)"),
    ("relu", "def relu(x): return (x + abs(x)) / 2"),
    ("relu", "def relu(x): return torch.clamp(x, 0)"),
    ("relu", "def relu(x): return torch.where(x < 0, 0.0, x)"),
    ("relu", "def relu(x): return x.masked_fill(x < 0, 0)"),
    (
        "relu",
        """
def relu(x):
    out = x.clone()
    out[out < 0] = 0
    return out
""",
    ),
    (
        "relu",
        """
def relu(x):
    flat = [max(0.0, v) for v in x.reshape(-1).tolist()]
    return torch.tensor(flat, dtype=x.dtype).view(x.shape)
""",
    ),
    (
        "relu",
        """
class Rectifier:
    def __call__(self, x):
        return torch.fmax(x, x.new_zeros(()))
relu = Rectifier()
""",
    ),
    # gelu
    ("gelu", "def gelu(x): return x * torch.distributions.Normal(0.0, 1.0).cdf(x)"),
    ("gelu", "def gelu(x): return x * 0.5 * torch.erfc(-x / 2 ** 0.5)"),
    ("gelu", "def gelu(x): return (x + x * torch.special.erf(x * 0.5 ** 0.5)) * 0.5"),
    ("gelu", "def gelu(x, *, root=math.sqrt(2)): return x / 2 * (1 + (x / root).erf())"),
    (
        "gelu",
        """
from math import erf, sqrt
def cdf(v):
    return (1 + erf(v / sqrt(2))) / 2
def gelu(x):
    return x.clone().apply_(lambda v: v * cdf(v))
""",
    ),
    # softmax
    ("softmax", "def softmax(x): return torch.exp(x - torch.logsumexp(x, 1, keepdim=True))"),
    ("softmax", "def softmax(x): return torch.exp(x - x.logsumexp(-1).unsqueeze(-1))"),
    (
        "softmax",
        """
def softmax(x):
    rows = []
    for row in x:
        e = (row - max(row)).exp()
        rows.append(e / sum(e))
    return torch.stack(rows)
""",
    ),
    (
        "softmax",
        """
def softmax(x, dim=1):
    a = x.numpy()
    e = np.exp(a - a.max(axis=dim, keepdims=True))
    return torch.tensor(e / e.sum(axis=dim, keepdims=True))
""",
    ),
    (
        "softmax",
        """
def softmax(x):
    top, _ = torch.max(x, dim=-1, keepdim=True)
    e = torch.exp(x - top - 3.0)
    return torch.einsum("nc,n->nc", e, 1 / torch.einsum("nc->n", e))
""",
    ),
    (
        "softmax",
        """
def stable_exp(row):
    return torch.exp(row - row.max())
def softmax(x):
    return torch.stack([stable_exp(row) / stable_exp(row).sum() for row in x.unbind(0)])
""",
    ),
    ("softmax", "def softmax(x): return 1 / torch.exp(x[:, None, :] - x[:, :, None]).sum(2)"),
    # linear_forward
    ("linear_forward", "def linear_forward(x, W, b): return (W @ x.T + b[:, None]).T"),
    ("linear_forward", "def linear_forward(x, W, b): return torch.addmm(b, x, W.t())"),
    (
        "linear_forward",
        "def linear_forward(inputs, weights, bias): return (inputs[:, None] * weights).sum(-1) + bias",
    ),
    (
        "linear_forward",
        "def linear_forward(x, W, b): return torch.tensor(x.numpy() @ W.numpy().T + b.numpy())",
    ),
    (
        "linear_forward",
        """
def linear_forward(x, W, b):
    z = torch.zeros(len(x), len(W), dtype=x.dtype)
    for n in range(len(x)):
        for o in range(len(W)):
            z[n, o] = torch.dot(x[n], W[o]) + b[o]
    return z
""",
    ),
    (
        "linear_forward",
        """
def linear_forward(x, W, b):
    wide = torch.cat([x, torch.ones_like(x[:, :1])], 1)
    return wide @ torch.cat([W, b.unsqueeze(1)], 1).mT
""",
    ),
    ("linear_forward", "def linear_forward(x, W, b): return torch.stack([x @ w for w in W], dim=1).add_(b)"),
    # mlp_forward
    (
        "mlp_forward",
        """
def linear_forward(x, W, b): return x @ W.T + b
def relu(x): return x.clamp(min=0)
def mlp_forward(x, W1, b1, W2, b2):
    return linear_forward(relu(linear_forward(x, W1, b1)), W2, b2)
""",
    ),
    (
        "mlp_forward",
        """
def mlp_forward(x, W1, b1, W2, b2):
    h = x.numpy() @ W1.numpy().T + b1.numpy()
    h[h < 0] = 0
    return torch.from_numpy(h @ W2.numpy().T + b2.numpy())
""",
    ),
    (
        "mlp_forward",
        """
def mlp_forward(x, W1, b1, W2, b2):
    net = nn.Sequential(nn.Linear(*W1.T.shape), nn.ReLU(), nn.Linear(*W2.T.shape)).to(x.dtype)
    with torch.no_grad():
        for mine, theirs in zip(net.parameters(), (W1, b1, W2, b2)):
            mine.copy_(theirs)
    return net(x)
""",
    ),
    (
        "mlp_forward",
        """
def mlp_forward(x, W1, b1, W2, b2):
    rows = []
    for sample in x:
        z = (W1 * sample).sum(1) + b1
        a = torch.maximum(z, torch.zeros_like(z))
        rows.append(W2 @ a + b2)
    return torch.stack(rows)
""",
    ),
]

WRONG = [
    Wrong("sigmoid", "def sigmoid(x): return 1 / 1 + (-x).exp()", "forgot_the_brackets"),
    Wrong("sigmoid", "def sigmoid(x): return (-x).exp() / (1 + (-x).exp())", "mirrored_and_overflowed"),
    Wrong(
        "sigmoid",
        "def sigmoid(x): return torch.tensor([1 / (1 + math.exp(-v)) for v in x])",
        "raised-OverflowError",
    ),
    Wrong("sigmoid", "def sigmoid(x): return torch.softmax(x, -1)", ""),
    Wrong("sigmoid", "def sigmoid(x): return 1 / (1 + np.exp(-x.numpy()))", "wrong-type"),
    Wrong("sigmoid", "def sigmoid(x): print(1 / (1 + torch.exp(-x)))", "returned-none"),
    Wrong("relu", "def relu(x): return x.relu_()", "wrote_into_the_input"),
    Wrong("relu", "def relu(x): return x.clamp_(0)", "wrote_into_the_input"),
    Wrong("relu", "def relu(x): return max(0, x)", "raised-RuntimeError"),
    Wrong("relu", "def relu(x): return x if (x > 0).all() else 0 * x", ""),
    Wrong("relu", "def relu(x): return F.leaky_relu(x)", "leaked_0_01"),
    Wrong("relu", "def relu(x): return (x > 0).int()", "wrong-dtype"),
    Wrong("gelu", "def gelu(x): return F.gelu(x, approximate='tanh')", "took_the_tanh_approximation"),
    Wrong("gelu", "def gelu(x): return F.silu(x)", "took_silu"),
    Wrong("gelu", "def gelu(x): return 0.5 * x * (1 + math.erf(x / math.sqrt(2)))", "raised-ValueError"),
    Wrong("softmax", "def softmax(x): return x.softmax(0)", "normalised_over_the_batch"),
    Wrong(
        "softmax",
        "def softmax(x): return torch.exp(x) / torch.sum(torch.exp(x))",
        "shared_one_sum_and_overflowed",
    ),
    Wrong(
        "softmax",
        "def softmax(x): return x.exp() / x.exp().sum(-1)",
        "lost_the_axis_of_the_sums_and_overflowed",
    ),
    Wrong("softmax", "def softmax(x): return x.log_softmax(-1)", "took_the_log"),
    Wrong("softmax", "def softmax(x): return F.softmax(x.float(), 1)", "wrong-dtype"),
    Wrong("linear_forward", "def linear_forward(x, W, b): return x @ W.view(W.shape[::-1]) + b", ""),
    Wrong("linear_forward", "def linear_forward(x, W, b): return F.linear(x, W)", "forgot_the_bias"),
    Wrong("linear_forward", "def linear_forward(x, W, b): return F.linear(x, W, b) + b", "added_the_bias_twice"),
    Wrong("linear_forward", "def linear_forward(x, W, b): return W @ x.T + b[:, None]", "returned_the_transpose"),
    Wrong("linear_forward", "def linear_forward(W, x, b): return x @ W.T + b", ""),
    Wrong(
        "mlp_forward",
        "def mlp_forward(x, W1, b1, W2, b2): return F.linear(x, W1, b1) @ W2.T + b2",
        "forgot_the_activation",
    ),
    Wrong(
        "mlp_forward",
        "def mlp_forward(x, W1, b1, W2, b2): return F.linear(F.relu(F.linear(x, W1)), W2)",
        "forgot_both_biases",
    ),
    Wrong(
        "mlp_forward",
        """
def relu(z): return z
def mlp_forward(x, W1, b1, W2, b2): return relu(x @ W1.T + b1) @ W2.T + b2
""",
        "forgot_the_activation",
    ),
]
