"""Answers to homework 3 in styles of many hands: right ones, and wrong ones not declared."""

from __future__ import annotations

from answers_hw2 import Wrong

RIGHT: list[tuple[str, str]] = [
    # bce_logits
    ("bce_logits", "def bce_logits(z, y): return -(y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z)).mean()"),
    (
        "bce_logits",
        "def bce_logits(z, y): return (torch.logaddexp(torch.zeros_like(z), z) - z * y).mean().item()",
    ),
    ("bce_logits", "def bce_logits(z, y): return (F.softplus(z) - y * z).sum() / z.numel()"),
    (
        "bce_logits",
        "def bce_logits(z, y): return np.mean(np.logaddexp(0, z.numpy()) - z.numpy() * y.numpy())",
    ),
    ("bce_logits", "def bce_logits(z, y): return (y * F.softplus(-z) + (1 - y) * F.softplus(z)).mean(dim=0)"),
    (
        "bce_logits",
        """
def bce_logits(z, y):
    total = 0.0
    for logit, target in zip(z.tolist(), y.tolist()):
        total += max(logit, 0.0) - logit * target + math.log1p(math.exp(-abs(logit)))
    return total / len(z)
""",
    ),
    (
        "bce_logits",
        """
def softplus(t):
    return torch.relu(t) + (1 + (-t.abs()).exp()).log()
def bce_logits(logits, targets, reduction="mean"):
    losses = torch.lerp(softplus(logits), softplus(-logits), targets)
    return getattr(losses, reduction)()
""",
    ),
    (
        "bce_logits",
        """
def log_sigmoid(z):
    return torch.where(z >= 0, -torch.log1p(torch.exp(-z.abs())), z - torch.log1p(torch.exp(-z.abs())))
def bce_logits(z, y):
    return -(y @ log_sigmoid(z) + (1 - y) @ log_sigmoid(-z)) / len(y)
""",
    ),
    (
        "bce_logits",
        """
def bce_logits(z, y):
    two = torch.stack([torch.zeros_like(z), z], dim=1)
    return (two.logsumexp(1) - y * z).mean()
""",
    ),
    # cross_entropy
    (
        "cross_entropy",
        "def cross_entropy(z, y): return (z.logsumexp(-1) - z.gather(1, y[:, None])[:, 0]).mean()",
    ),
    (
        "cross_entropy",
        """
def log_softmax(z):
    z = z - z.max(1, keepdim=True).values
    return z - z.exp().sum(1, keepdim=True).log()
def cross_entropy(z, y):
    return -log_softmax(z)[range(len(z)), y].mean().item()
""",
    ),
    (
        "cross_entropy",
        """
def cross_entropy(z, y):
    total = 0.0
    for row, label in zip(z, y):
        top = row.max()
        total = total + top + torch.log(torch.exp(row - top).sum()) - row[label]
    return total / len(y)
""",
    ),
    (
        "cross_entropy",
        """
def cross_entropy(z, y):
    one_hot = torch.eye(z.shape[1], dtype=z.dtype)[y]
    shifted = z - z.amax(dim=1, keepdim=True)
    log_p = shifted - torch.log(torch.exp(shifted).sum(dim=1, keepdim=True))
    return -torch.einsum("nc,nc->", one_hot, log_p) / len(z)
""",
    ),
    (
        "cross_entropy",
        """
def cross_entropy(logits, labels):
    a, rows = logits.numpy(), np.arange(len(labels))
    a = a - a.max(1, keepdims=True)
    return np.mean(np.log(np.exp(a).sum(1)) - a[rows, labels.numpy()])
""",
    ),
    (
        "cross_entropy",
        """
def cross_entropy(z, y, base=math.e):
    gaps = z - z.gather(1, y.unsqueeze(1))
    return sum(torch.logsumexp(row, 0) for row in gaps) / len(gaps) / math.log(base)
""",
    ),
    (
        "cross_entropy",
        """
def cross_entropy(z, y):
    picked = torch.take_along_dim(z, y.view(-1, 1), dim=1).squeeze(1)
    return torch.mean(torch.logsumexp(z, dim=1)) - torch.mean(picked)
""",
    ),
    (
        "cross_entropy",
        """
from math import exp, log, fsum
def cross_entropy(z, y):
    def losses():
        for row, label in zip(z.tolist(), y.tolist()):
            top = max(row)
            yield top + log(fsum(exp(v - top) for v in row)) - row[label]
    return fsum(losses()) / len(z)
""",
    ),
    # kl_div
    ("kl_div", "def kl_div(p, q): return (torch.special.xlogy(p, p / q)).sum(dim=1).mean()"),
    ("kl_div", "def kl_div(p, q): return torch.nan_to_num(p * torch.log(p / q)).sum(1).mean()"),
    ("kl_div", "def kl_div(p, q): return torch.where(p > 0, p * (p / q).log(), 0.0).sum(-1).mean().item()"),
    ("kl_div", "def kl_div(p, q): return -(torch.special.entr(p) + p * q.log()).sum() / p.shape[0]"),
    (
        "kl_div",
        """
def kl_div(p, q):
    safe = torch.where(p > 0, p, torch.ones_like(p))
    return (p * (safe.log() - q.log())).sum(1).mean()
""",
    ),
    (
        "kl_div",
        """
def kl_div(p, q):
    total = 0.0
    for row, other in zip(p.tolist(), q.tolist()):
        total += sum(a * math.log(a / b) for a, b in zip(row, other) if a)
    return total / len(p)
""",
    ),
    (
        "kl_div",
        """
def kl_div(p, q):
    a, b = p.numpy(), q.numpy()
    logs = np.zeros_like(a)
    np.log(a / b, out=logs, where=a > 0)
    return (a * logs).sum(axis=1).mean()
""",
    ),
    (
        "kl_div",
        """
def entropy(p):
    return -torch.xlogy(p, p).sum(1)
def kl_div(p, q):
    cross = -torch.einsum("nc,nc->n", p, q.log())
    return (cross - entropy(p)).mean()
""",
    ),
    # accuracy
    ("accuracy", "def accuracy(logits, y): return sum(r.argmax() == t for r, t in zip(logits, y)) / len(y)"),
    ("accuracy", "def accuracy(logits, y): return (logits.max(1).indices == y).sum().item() / len(y)"),
    (
        "accuracy",
        "def accuracy(logits, y): return 1 - torch.count_nonzero(logits.argmax(-1) - y) / y.numel()",
    ),
    (
        "accuracy",
        "def accuracy(logits, y): return torch.mean((torch.argmax(logits, dim=1) == y).to(torch.float32))",
    ),
    ("accuracy", "def accuracy(logits, y): return logits.argmax(1).eq(y).double().mean().numpy()"),
    (
        "accuracy",
        "def accuracy(logits, y): return np.float32(np.mean(np.argmax(logits.numpy(), 1) == y.numpy()))",
    ),
    ("accuracy", "def accuracy(logits, y): return (logits.argmax(1) == y).sum() / len(y)"),
    (
        "accuracy",
        """
from fractions import Fraction
def accuracy(logits, y):
    right = 0
    for row, label in zip(logits.tolist(), y.tolist()):
        right += row.index(max(row)) == label
    return Fraction(right, len(y))
""",
    ),
    (
        "accuracy",
        """
class Scorer:
    def __call__(self, logits, y):
        hits = logits.argmax(dim=1) == y
        return hits.float().mean()
accuracy = Scorer()
""",
    ),
]

WRONG = [
    Wrong(
        "bce_logits",
        "def bce_logits(z, y): return F.binary_cross_entropy_with_logits(z.sigmoid(), y)",
        "applied_the_sigmoid_twice",
    ),
    Wrong(
        "bce_logits",
        "def bce_logits(z, y): return nn.BCELoss()(torch.sigmoid(z), y)",
        "let_torch_cut_the_logs",
    ),
    Wrong("bce_logits", "def bce_logits(z, y): return nn.BCELoss()(z, y)", "raised-RuntimeError"),
    Wrong(
        "bce_logits",
        "def bce_logits(z, y): return F.binary_cross_entropy_with_logits(z, y, reduction='none')",
        "kept_the_rows",
    ),
    Wrong(
        "bce_logits",
        "def bce_logits(z, y): return (z.clamp(min=0) - z * y + torch.log1p(-z.abs().exp())).mean()",
        "not-finite",
    ),
    Wrong("bce_logits", "def bce_logits(z, y): return F.mse_loss(torch.sigmoid(z), y)", "squared_the_error"),
    Wrong(
        "bce_logits",
        """
def sigmoid(x):
    return 1 / (1 + torch.exp(-x))
def bce_logits(z, y):
    return -(y * torch.log(sigmoid(z)) + (1 - y) * torch.log(1 - sigmoid(z))).mean()
""",
        "took_the_log_of_the_sigmoid",
    ),
    Wrong("bce_logits", "def bce_logits(y, z): return (F.softplus(z) - z * y).mean()", ""),
    Wrong(
        "cross_entropy",
        "def cross_entropy(z, y): return nn.CrossEntropyLoss()(z.softmax(1), y)",
        "applied_softmax_twice",
    ),
    Wrong("cross_entropy", "def cross_entropy(z, y): return F.nll_loss(z, y)", "forgot_the_normaliser"),
    Wrong("cross_entropy", "def cross_entropy(z, y): return F.cross_entropy(z, y, reduction='sum')", "summed"),
    Wrong(
        "cross_entropy",
        "def cross_entropy(z, y): return F.nll_loss(F.log_softmax(z, 0), y)",
        "normalised_over_the_batch",
    ),
    Wrong(
        "cross_entropy",
        """
def cross_entropy(z, y):
    p = F.softmax(z, 1)[torch.arange(len(y)), y]
    return -torch.log(p + 1e-9).mean()
""",
        "padded_the_log_with_1e9",
    ),
    Wrong(
        "cross_entropy",
        """
def cross_entropy(z, y):
    p = F.softmax(z, 1).clamp(min=1e-12)
    return -torch.log(p[torch.arange(len(y)), y]).mean()
""",
        "padded_the_log_with_1e12",
    ),
    Wrong("cross_entropy", "def cross_entropy(z, y): return F.cross_entropy(z.T, y)", ""),
    Wrong(
        "cross_entropy",
        """
def cross_entropy(z, y):
    t = F.one_hot(y, z.shape[1]).to(z.dtype)
    return F.binary_cross_entropy_with_logits(z, t)
""",
        "judged_each_class_alone",
    ),
    Wrong("kl_div", "def kl_div(p, q): return F.kl_div(p.log(), q, reduction='batchmean')", "exchanged_p_and_q"),
    Wrong("kl_div", "def kl_div(p, q): return F.kl_div(q.log(), p)", "averaged_over_the_classes"),
    Wrong("kl_div", "def kl_div(p, q): return F.kl_div(q, p)", "forgot_the_log_of_q_and_averaged"),
    Wrong(
        "kl_div",
        "def kl_div(p, q): return F.kl_div(q.log(), p.log(), log_target=True, reduction='batchmean')",
        "stumbled_over_zero",
    ),
    Wrong("kl_div", "def kl_div(p, q): return F.kl_div(q.log(), p, reduction='sum')", "summed"),
    Wrong(
        "kl_div",
        """
def kl_div(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p.flatten(), q.flatten())) / len(p)
""",
        "raised-ValueError",
    ),
    Wrong(
        "accuracy",
        "def accuracy(logits, y): return (logits.argmax(1) == y).sum() // len(y)",
        "asked_for_all_or_nothing",
    ),
    Wrong("accuracy", "def accuracy(logits, y): return (logits.argmax(1) == y).mean()", "raised-RuntimeError"),
    Wrong(
        "accuracy", "def accuracy(logits, y): return (logits.argmax(1) == y).all().item()", "asked_for_all_or_nothing"
    ),
    Wrong(
        "accuracy",
        "def accuracy(logits, y): return (logits.max(1)[0] == y).float().mean()",
        "compared_values_with_labels",
    ),
    Wrong(
        "accuracy",
        "def accuracy(logits, y): return f'{(logits.argmax(1) == y).float().mean():.2f}'",
        "wrong-type",
    ),
    Wrong("accuracy", "def accuracy(logits, y): return int((logits.argmax(1) == y).sum())", "counted"),
    Wrong(
        "accuracy",
        "def accuracy(logits, y): return ((torch.sigmoid(logits[:, 1]) > 0.5) == y).double().mean()",
        "",
    ),
]
