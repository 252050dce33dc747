"""Answers to hw1 as students write them, right ones in several styles and wrong ones with the usual ideas."""

from __future__ import annotations

RIGHT: dict[str, str] = {
    "linear_predict": "def linear_predict(X, w, b):\n    return X @ w + b",
    "sse": "def sse(p, y):\n    return ((p - y) ** 2).sum()",
    "mse": "def mse(p, y):\n    return sse(p, y) / p.numel()",
    "mae": "def mae(p, y):\n    return torch.mean(torch.abs(y - p))",
    "rmse": "def rmse(p, y):\n    return mse(p, y) ** 0.5",
    "least_squares": (
        "def least_squares(X, y):\n"
        "    A = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)\n"
        "    solution = torch.linalg.solve(A.T @ A, A.T @ y)\n"
        "    return solution[:-1], solution[-1]"
    ),
    "mse_grad": (
        "def mse_grad(X, y, w, b):\n    error = X @ w + b - y\n    return 2 * X.T @ error / len(y), 2 * error.mean()"
    ),
    "gd_step": "def gd_step(w, b, dw, db, lr):\n    return w - lr * dw, b - lr * db",
    "gd_fit": (
        "def gd_fit(X, y, lr, steps):\n"
        "    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)\n"
        "    for _ in range(steps):\n"
        "        dw, db = mse_grad(X, y, w, b)\n"
        "        w, b = gd_step(w, b, dw, db, lr)\n"
        "    return w, b"
    ),
}

LOOPS: dict[str, str] = {
    "linear_predict": (
        "def linear_predict(X, w, b):\n    rows = [sum(x * v for x, v in zip(row, w)) + b for row in X]\n"
        "    return torch.stack(rows)"
    ),
    "sse": (
        "def sse(p, y):\n    total = 0.0\n    for a, c in zip(p.flatten().tolist(), y.flatten().tolist()):\n"
        "        total += (a - c) ** 2\n    return total"
    ),
    "mae": "def mae(p, y):\n    return (torch.maximum(p, y) - torch.minimum(p, y)).mean()",
}

WRONG: dict[str, dict[str, str]] = {
    "no bias": {"linear_predict": "def linear_predict(X, w, b):\n    return X @ w"},
    "column": {"linear_predict": "def linear_predict(X, w, b):\n    return X @ w.reshape(-1, 1) + b"},
    "mean for sum": {
        "sse": "def sse(p, y):\n    return ((p - y) ** 2).mean()",
        "mse": "def mse(p, y):\n    return sse(p, y)",
    },
    "half": {
        "mse": "def mse(p, y):\n    return 0.5 * ((p - y) ** 2).mean()",
        "rmse": "def rmse(p, y):\n    return ((p - y) ** 2).mean() ** 0.5",
    },
    "no abs": {"mae": "def mae(p, y):\n    return (p - y).mean()"},
    "root of each": {"rmse": "def rmse(p, y):\n    return torch.sqrt((p - y) ** 2).mean()"},
    "through the origin": {
        "least_squares": (
            "def least_squares(X, y):\n    w = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]\n"
            "    return w, torch.zeros((), dtype=X.dtype)"
        )
    },
    "no two": {
        "mse_grad": "def mse_grad(X, y, w, b):\n    e = X @ w + b - y\n    return X.T @ e / len(y), e.mean()",
    },
    "turned round": {
        "mse_grad": "def mse_grad(X, y, w, b):\n    e = y - (X @ w + b)\n    return 2 * X.T @ e / len(y), 2 * e.mean()",
    },
    "in place": {"gd_step": "def gd_step(w, b, dw, db, lr):\n    w -= lr * dw\n    b -= lr * db\n    return w, b"},
    "one after the other": {
        "gd_fit": (
            "def gd_fit(X, y, lr, steps):\n"
            "    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)\n"
            "    for _ in range(steps):\n"
            "        w = w - lr * 2 * X.T @ (X @ w + b - y) / len(y)\n"
            "        b = b - lr * 2 * (X @ w + b - y).mean()\n    return w, b"
        )
    },
    "off by one": {
        "gd_fit": (
            "def gd_fit(X, y, lr, steps):\n"
            "    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)\n"
            "    for _ in range(1, steps):\n        e = X @ w + b - y\n"
            "        w, b = w - lr * 2 * X.T @ e / len(y), b - lr * 2 * e.mean()\n    return w, b"
        )
    },
    "hangs": {
        "gd_fit": (
            "def gd_fit(X, y, lr, steps):\n    w = torch.zeros(X.shape[1])\n"
            "    while True:\n        w = w - lr * w"
        )
    },
    "kills": {"least_squares": "import os\n\ndef least_squares(X, y):\n    os._exit(1)"},
    "syntax": {"rmse": "def rmse(p, y)\n    return mse(p, y) ** 0.5"},
    "unfinished": {name: "" for name in ("mse_grad", "gd_step", "gd_fit")},
}
"""Kinds of wrong work; an empty answer leaves the stub as it was released."""
