"""Answers to homework 1 in styles of many hands: right ones, and wrong ones not declared as such."""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer as a student would type it, and the mistake its message should name ("" for any)."""

    exercise: str
    code: str
    mistake: str


RIGHT: list[tuple[str, str]] = [
    # linear_predict
    ("linear_predict", "def linear_predict(X, w, b): return (X * w).sum(dim=1) + b"),
    ("linear_predict", "def linear_predict(X, w, b): return torch.mv(X, w).add(b)"),
    ("linear_predict", "def linear_predict(X, w, b): return (w @ X.T) + b"),
    ("linear_predict", "def linear_predict(X, w, b): return (X @ w[:, None] + b).squeeze(1)"),
    ("linear_predict", "linear_predict = lambda X, w, b: torch.addmv(b.expand(len(X)), X, w)"),
    ("linear_predict", "def linear_predict(X, w, b, power=1): return X.matmul(w) ** power + b"),
    (
        "linear_predict",
        """
def linear_predict(X, w, b):
    table = np.column_stack([X.numpy(), np.ones(len(X), dtype=X.numpy().dtype)])
    return torch.from_numpy(table @ np.append(w.numpy(), b.numpy()))
""",
    ),
    (
        "linear_predict",
        """
def dot(row, weights):
    total = 0.0
    for entry, weight in zip(row.tolist(), weights.tolist()):
        total += entry * weight
    return total

def linear_predict(X: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    result = torch.empty(X.shape[0], dtype=X.dtype)
    for n in range(X.shape[0]):
        result[n] = dot(X[n], w) + b.item()
    return result
""",
    ),
    (
        "linear_predict",
        """
class Line:
    def __call__(self, X, w, b):
        print("shapes", X.shape, w.shape)
        return torch.stack([row.dot(w) + b for row in X])

linear_predict = Line()
""",
    ),
    (
        "linear_predict",
        """
def linear_predict(X, w, b):
    layer = nn.Linear(X.shape[1], 1, dtype=X.dtype)
    with torch.no_grad():
        layer.weight.copy_(w[None, :])
        layer.bias.fill_(b)
    return layer(X)[:, 0]
""",
    ),
    # the four losses
    ("sse", "def sse(p, y): return torch.sum(torch.square(y - p))"),
    ("sse", "def sse(p, y): return F.mse_loss(p, y, reduction='sum')"),
    ("sse", "def sse(p, y): return torch.dot((p - y).flatten(), (p - y).flatten())"),
    ("sse", "def sse(p, y): return torch.linalg.vector_norm(p - y).item() ** 2"),
    ("sse", "def sse(p, y): return np.sum((p.numpy() - y.numpy()) ** 2)"),
    ("sse", "def sse(p, y): return sum((a - b) ** 2 for a, b in zip(p.flatten().tolist(), y.flatten().tolist()))"),
    ("sse", "def sse(p, y): return math.fsum(e * e for e in (p - y).double().flatten().tolist())"),
    ("sse", "def sse(p, y): return (p * p).sum() - 2 * (p * y).sum() + (y * y).sum()"),
    ("sse", "def sse(p, y): return torch.einsum('...,...->', p - y, p - y)"),
    ("sse", "def sse(p, y): return ((p - y) * (p - y)).sum(-1).sum().requires_grad_()"),
    ("mse", "def mse(p, y): return F.mse_loss(p, y)"),
    ("mse", "def mse(p, y): return nn.MSELoss()(p, y)"),
    ("mse", "def mse(p, y): return float(np.square(np.subtract(p.numpy(), y.numpy())).mean())"),
    ("mse", "def mse(p, y): return (p - y).pow(2).sum() / p.shape.numel()"),
    ("mse", "def mse(p, y): return (p - y).var(unbiased=False) + (p - y).mean() ** 2"),
    (
        "mse",
        """
def mse(p, y):
    total, count = 0.0, 0
    for error in (p - y).reshape(-1):
        total, count = total + error * error, count + 1
    return total / count
""",
    ),
    ("mae", "def mae(p, y): return F.l1_loss(p, y)"),
    ("mae", "def mae(p, y): return torch.where(p > y, p - y, y - p).mean()"),
    ("mae", "def mae(p, y): return torch.sqrt((p - y) ** 2).mean()"),
    ("mae", "def mae(p, y): return np.abs(p.numpy() - y.numpy()).mean()"),
    ("mae", "def mae(p, y): return ((p - y) * torch.sign(p - y)).sum().div(p.numel())"),
    ("mae", "def mae(p, y): return sum(map(abs, (p - y).flatten().tolist())) / p.numel()"),
    ("rmse", "def rmse(p, y): return math.sqrt(((p - y) ** 2).mean())"),
    ("rmse", "def rmse(p, y): return F.mse_loss(p, y) ** 0.5"),
    ("rmse", "def rmse(p, y): return torch.linalg.vector_norm(p - y) / p.numel() ** 0.5"),
    ("rmse", "def mse(p, y): return ((p - y) ** 2).mean()\ndef rmse(p, y): return mse(p, y).sqrt()"),
    ("rmse", "def rmse(p, y): return np.sqrt(np.mean((p - y).numpy() ** 2))"),
    # least_squares
    (
        "least_squares",
        """
def least_squares(X, y):
    mean_x, mean_y = X.mean(0), y.mean()
    w = torch.linalg.solve((X - mean_x).T @ (X - mean_x), (X - mean_x).T @ (y - mean_y))
    return w, mean_y - mean_x @ w
""",
    ),
    (
        "least_squares",
        """
def least_squares(X, y):
    A = np.hstack([np.ones((len(X), 1)), X.double().numpy()])
    v = np.linalg.lstsq(A, y.double().numpy(), rcond=None)[0]
    return torch.from_numpy(v[1:]).to(X.dtype), float(v[0])
""",
    ),
    (
        "least_squares",
        """
def least_squares(X, y):
    A = torch.cat([X, torch.ones(X.shape[0], 1, dtype=X.dtype)], dim=1)
    Q, R = torch.linalg.qr(A)
    v = torch.linalg.solve_triangular(R, (Q.T @ y)[:, None], upper=True).flatten()
    return [v[:-1], v[-1].item()]
""",
    ),
    (
        "least_squares",
        """
def least_squares(X, y):
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    w_and_b = torch.inverse(A.T @ A) @ A.T @ y
    return w_and_b[:-1], w_and_b[-1:].squeeze()
""",
    ),
    (
        "least_squares",
        """
def solve(M, r):
    M, r = [row[:] for row in M], r[:]
    size = len(r)
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(M[k][i]))
        M[i], M[pivot], r[i], r[pivot] = M[pivot], M[i], r[pivot], r[i]
        for k in range(i + 1, size):
            factor = M[k][i] / M[i][i]
            M[k] = [a - factor * c for a, c in zip(M[k], M[i])]
            r[k] -= factor * r[i]
    v = [0.0] * size
    for i in reversed(range(size)):
        v[i] = (r[i] - sum(M[i][k] * v[k] for k in range(i + 1, size))) / M[i][i]
    return v

def least_squares(X, y):
    rows = [[*row, 1.0] for row in X.tolist()]
    M = [[sum(r[i] * r[k] for r in rows) for k in range(len(rows[0]))] for i in range(len(rows[0]))]
    v = solve(M, [sum(r[i] * t for r, t in zip(rows, y.tolist())) for i in range(len(rows[0]))])
    return torch.tensor(v[:-1], dtype=X.dtype), torch.tensor(v[-1], dtype=X.dtype)
""",
    ),
    # mse_grad
    (
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    loss = ((X @ w + b - y) ** 2).mean()
    loss.backward()
    return w.grad, b.grad
""",
    ),
    (
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    return torch.func.grad(lambda w, b: F.mse_loss(X @ w + b, y), argnums=(0, 1))(w, b)
""",
    ),
    (
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    N, D = X.shape
    dw, db = torch.zeros(D, dtype=X.dtype), 0.0
    for n in range(N):
        error = float(X[n] @ w + b - y[n])
        for d in range(D):
            dw[d] += 2 * error * X[n, d] / N
        db += 2 * error / N
    return dw, db
""",
    ),
    ("mse_grad", "def mse_grad(X, y, w, b):\n e = X @ w + b - y\n return (2 * e[:, None] * X).mean(0), (2 * e).mean()"),
    (
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    e = y - X @ w - b
    return torch.einsum("nd,n->d", X, e) * -2 / len(e), -2 * e.mean()
""",
    ),
    (
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    A = torch.cat([X, torch.ones_like(X[:, :1])], 1)
    g = 2 / len(y) * A.T @ (A @ torch.cat([w, b[None]]) - y)
    return g[:-1], g[-1]
""",
    ),
    # gd_step
    ("gd_step", "def gd_step(w, b, dw, db, lr): return torch.sub(w, dw, alpha=lr), torch.sub(b, db, alpha=lr)"),
    ("gd_step", "gd_step = lambda w, b, dw, db, lr: tuple(v - lr * g for v, g in ((w, dw), (b, db)))"),
    ("gd_step", "def gd_step(w, b, dw, db, lr): return [w + (-lr) * dw, (b - lr * db).item()]"),
    (
        "gd_step",
        """
def gd_step(w, b, dw, db, lr):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    w.grad, b.grad = dw.clone(), db.clone()
    torch.optim.SGD([w, b], lr=lr).step()
    return w.detach(), b.detach()
""",
    ),
    # gd_fit
    (
        "gd_fit",
        """
def gd_fit(X, y, lr, steps):
    model = nn.Linear(X.shape[1], 1, dtype=X.dtype)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(model(X).squeeze(1), y).backward()
        optimizer.step()
    return model.weight.detach().flatten(), model.bias.detach()[0]
""",
    ),
    (
        "gd_fit",
        """
def mse_grad(X, y, w, b):
    e = X @ w + b - y
    return 2 * X.T @ e / len(y), 2 * e.mean()

def gd_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db

def gd_fit(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    while steps > 0:
        dw, db = mse_grad(X, y, w, b)
        w, b = gd_step(w, b, dw, db, lr)
        steps -= 1
    return w, b
""",
    ),
    (
        "gd_fit",
        """
def descend(X, y, lr):
    w, b = np.zeros(X.shape[1], dtype=X.dtype), X.dtype.type(0)
    while True:
        yield w, b
        e = X @ w + b - y
        w, b = w - lr * 2 * X.T @ e / len(y), b - lr * 2 * e.mean()

def gd_fit(X, y, lr, steps):
    walk = descend(X.numpy(), y.numpy(), lr)
    for _ in range(steps):
        next(walk)
    w, b = next(walk)
    return torch.from_numpy(w.astype(X.numpy().dtype)), float(b)
""",
    ),
    (
        "gd_fit",
        """
def gd_fit(X, y, lr, steps, verbose=True):
    theta = torch.zeros(X.shape[1] + 1, dtype=X.dtype)
    A = torch.cat([X, torch.ones_like(X[:, :1])], dim=1)
    for step in range(steps):
        theta -= lr * 2 / len(y) * A.T @ (A @ theta - y)
        if verbose:
            print(step, theta.tolist())
    return theta[:-1], theta[-1]
""",
    ),
    (
        "gd_fit",
        """
def gd_fit(X, y, lr, steps, state=None):
    w, b = state or (torch.zeros_like(X[0]), torch.zeros_like(y[0]))
    if steps == 0:
        return w, b
    e = X @ w + b - y
    return gd_fit(X, y, lr, steps - 1, (w - lr * 2 * (X * e[:, None]).mean(0), b - lr * 2 * e.mean()))
""",
    ),
]

WRONG = [
    Wrong("linear_predict", "def linear_predict(X, w, b): print(X @ w + b)", "returned-none"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return (X @ w + b).tolist()", "wrong-type"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return (X @ w + b).numpy()", "wrong-type"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return (X @ w + b).float()", "wrong-dtype"),
    Wrong("linear_predict", "def linear_predict(X, w, b):\n X *= w\n return X.sum(1) + b", "changed-its-argument"),
    Wrong("linear_predict", "def linear_predict(X, b, w): return X @ w + b", "raised-RuntimeError"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return X @ w + c", "raised-NameError"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return X @ w + b,", "wrong-type"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return torch.sigmoid(X @ w + b)", ""),
    Wrong("linear_predict", "def linear_predict(X, w, b): return -(X @ w + b)", "opposite-sign"),
    Wrong("linear_predict", "def linear_predict(X, w, b): return X @ w + 2 * b", ""),
    Wrong("sse", "def sse(p, y): print(((p - y) ** 2).sum())", "returned-none"),
    Wrong("sse", "def sse(p, y): return (p - y) ** 2", ""),
    Wrong("sse", "def sse(p, y): return abs((p - y) ** 3).sum()", ""),
    Wrong("sse", "def sse(p, y): return ((p - y) ** 2).sum().reshape(1)", "wrong-shape"),
    Wrong("sse", "def sse(p, y):\n p -= y\n return (p ** 2).sum()", "changed-its-argument"),
    Wrong("sse", "seen = []\ndef sse(p, y):\n seen.append(1)\n return ((p - y) ** 2).sum() * len(seen)", ""),
    Wrong("mse", "def mse(p, y): return 2 * ((p - y) ** 2).mean()", "off-by-a-factor"),
    Wrong("mse", "def mse(p, y): return ((p - y) ** 2).median()", ""),
    Wrong("mse", "def mse(p, y): return (p ** 2 - y ** 2).mean()", ""),
    Wrong("mae", "def mae(p, y): return max(abs(p - y).flatten())", ""),
    Wrong("mae", "def mae(p, y): return str((p - y).abs().mean().item())", "wrong-type"),
    Wrong("rmse", "def rmse(p, y): return (p - y).abs().max()", ""),
    Wrong(
        "least_squares",
        "def least_squares(X, y): return torch.linalg.lstsq(X, y[:, None]).solution[:, 0]",
        "wrong-type",
    ),
    Wrong("least_squares", "def least_squares(X, y): return X.mean(0), y.mean()", ""),
    Wrong("mse_grad", "def mse_grad(X, y, w, b): return ((X @ w + b - y) ** 2).mean()", "wrong-type"),
    Wrong("mse_grad", "def mse_grad(X, y, w, b):\n e = X @ w + b - y\n return 2 * e.mean(), 2 * X.T @ e / len(y)", ""),
    Wrong(
        "mse_grad",
        """
def mse_grad(X, y, w, b):
    w.requires_grad_(); b.requires_grad_()
    e = X @ w + b - y
    return X.T @ e, e.mean()
""",
        "",
    ),
    Wrong("gd_step", "def gd_step(w, b, dw, db, lr): return w - lr * dw", "wrong-type"),
    Wrong("gd_step", "def gd_step(w, b, dw, db, lr): return b - lr * db, w - lr * dw", ""),
    Wrong("gd_step", "def gd_step(w, b, dw, db, lr=0.1): return w - 0.1 * dw, b - 0.1 * db", ""),
    Wrong("gd_fit", "def gd_fit(X, y, lr, steps):\n while True: pass", "too-slow"),
    Wrong("gd_fit", "def gd_fit(X, y, lr, steps): return torch.zeros(X.shape[1], dtype=X.dtype), 0.0", ""),
    Wrong(
        "gd_fit",
        """
def gd_fit(X, y, lr, steps):
    w, b = torch.zeros(X.shape[1]), torch.zeros(())
    for _ in range(steps):
        e = X @ w + b - y
        w, b = w - lr * 2 * X.T @ e / len(y), b - lr * 2 * e.mean()
    return w, b
""",
        "raised-RuntimeError",
    ),
]
