"""Answers to homework 6 in styles of many hands: right ones, and wrong ones that are not declared as they stand."""

from __future__ import annotations

RIGHT: list[tuple[str, str]] = [
    # dropout
    (
        "dropout",
        """
def dropout(x, p, training):
    if not training:
        return x.clone()
    keep = torch.bernoulli(torch.full_like(x, 1 - p))
    return x * keep / (1 - p)
""",
    ),
    (
        "dropout",
        """
def dropout(x, p=0.5, training=True, seed=None):
    if training and p > 0:
        mask = torch.from_numpy(np.random.rand(*x.shape) < p)
        return (x / (1 - p)).masked_fill(mask, 0.0)
    return x
""",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    layer = nn.Dropout(p)
    layer.train(training)
    return layer(x)
""",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    return torch.where(torch.rand(x.shape) < p, torch.zeros_like(x), x / (1 - p)) if training else x
""",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    if not training: return x
    rng = np.random.default_rng()
    mask = rng.binomial(1, 1 - p, size=tuple(x.shape)) / (1 - p)
    return x * torch.as_tensor(mask, dtype=x.dtype)
""",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    if not training:
        return x
    import random
    keep = torch.tensor([random.random() >= p for _ in range(x.numel())]).reshape(x.shape)
    return torch.einsum("...,...->...", x, keep.to(x.dtype)).mul(1 / (1 - p))
""",
    ),
    # batchnorm
    (
        "batchnorm",
        """
def batchnorm(x, gamma, beta, rm, rv, training, momentum, eps):
    new_rm, new_rv = rm.clone(), rv.clone()
    out = F.batch_norm(x, new_rm, new_rv, gamma, beta, training=training, momentum=momentum, eps=eps)
    return out, new_rm, new_rv
""",
    ),
    (
        "batchnorm",
        """
def batchnorm(x, gamma, beta, rm, rv, training=True, momentum=0.1, eps=1e-5):
    n, d = x.shape
    columns = []
    for j in range(d):
        mean, variance = rm[j], rv[j]
        if training:
            mean = sum(x[i, j] for i in range(n)) / n
            variance = sum((x[i, j] - mean) ** 2 for i in range(n)) / n
        columns.append(gamma[j] * (x[:, j] - mean) * (variance + eps) ** -0.5 + beta[j])
    out = torch.stack(columns, dim=1)
    if not training:
        return out, rm, rv
    mean = x.sum(0) / n
    unbiased = ((x - mean) ** 2).sum(0) / (n - 1)
    return out, torch.lerp(rm, mean, momentum), torch.lerp(rv, unbiased, momentum)
""",
    ),
    (
        "batchnorm",
        """
def batchnorm(x, gamma, beta, rm, rv, training, momentum, eps):
    a = x.numpy()
    mean, var = (a.mean(0), a.var(0)) if training else (rm.numpy(), rv.numpy())
    out = torch.as_tensor((a - mean) / np.sqrt(var + eps), dtype=x.dtype) * gamma + beta
    if training:
        rm = rm + momentum * (torch.as_tensor(mean, dtype=rm.dtype) - rm)
        rv = rv + momentum * (torch.as_tensor(a.var(0, ddof=1), dtype=rv.dtype) - rv)
    return [out, rm, rv]
""",
    ),
    # MLP
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden: int, classes: int) -> None:
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(hidden, 784) * 0.05)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.W2 = nn.Parameter(torch.zeros(classes, hidden))
        self.b2 = nn.Parameter(torch.zeros(classes))
    def forward(self, x):
        a = torch.sigmoid(x.reshape(x.shape[0], -1) @ self.W1.T + self.b1)
        return a @ self.W2.T + self.b2
""",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super(MLP, self).__init__()
        self.hidden = nn.LazyLinear(hidden)
        self.act = nn.PReLU()
        self.out = nn.Linear(hidden, classes, bias=False)
    def forward(self, x):
        return self.out(self.act(self.hidden(x.flatten(start_dim=1))))
""",
    ),
    (
        "MLP",
        """
class MLP(nn.Sequential):
    def __init__(self, hidden=128, classes=10):
        super().__init__(nn.Flatten(), nn.Linear(28 ** 2, hidden), nn.Tanh(), nn.Linear(hidden, classes))
""",
    ),
    (
        "MLP",
        """
class Layer(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.W = nn.Parameter(torch.empty(inputs, outputs).uniform_(-0.1, 0.1))
        self.b = nn.Parameter(torch.zeros(1, outputs))
    def forward(self, x):
        return torch.einsum("ni,io->no", x, self.W) + self.b
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.layers = nn.ModuleDict({"one": Layer(784, hidden), "two": Layer(hidden, classes)})
    def forward(self, images):
        n = len(images)
        return self.layers["two"](F.leaky_relu(self.layers["one"](images.contiguous().view(n, 784))))
""",
    ),
    (
        "MLP",
        """
def MLP(hidden, classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.SiLU(), nn.Linear(hidden, classes))
""",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.first = nn.Conv2d(1, hidden, 28)
        self.second = nn.Linear(hidden, classes)
    def forward(self, x):
        return self.second(F.elu(self.first(x.reshape(-1, 1, 28, 28)).flatten(1)))
""",
    ),
    # count_params
    (
        "count_params",
        """
def count_params(model):
    total = 0
    for p in model.parameters():
        if not p.requires_grad:
            continue
        size = 1
        for side in p.shape:
            size *= side
        total += size
    return total
""",
    ),
    (
        "count_params",
        """
def count_params(model, trainable=True):
    found = {id(p): p.nelement() for p in model.parameters(recurse=True) if p.requires_grad}
    return sum(found.values())
""",
    ),
    (
        "count_params",
        """
def count_params(model):
    def walk(module, known):
        for p in module._parameters.values():
            if p is not None and p.requires_grad and not any(p is q for q in known):
                known.append(p)
        for child in module.children():
            walk(child, known)
        return known
    return torch.tensor([p.numel() for p in walk(model, [])], dtype=torch.int64).sum()
""",
    ),
    # fit
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    loader = DataLoader(TensorDataset(X, y), batch_size=32, shuffle=True)
    for epoch in range(20):
        model.train()
        for xb, yb in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(xb), yb).backward()
            optimizer.step()
    model.eval()
    return model
""",
    ),
    (
        "fit",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.out = nn.Linear(8 * 16, 10)
    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.norm(self.conv(x.unsqueeze(1)))), 2)
        return self.out(x.flatten(1))
def fit(X, y, seed):
    torch.manual_seed(seed)
    net = Net()
    opt = torch.optim.AdamW(net.parameters(), lr=0.01)
    for epoch in range(10):
        for i in torch.randperm(len(X)).split(64):
            loss = F.cross_entropy(net(X[i]), y[i])
            opt.zero_grad(); loss.backward(); opt.step()
    return net.eval()
""",
    ),
    (
        "fit",
        """
def fit(X, y, seed=0):
    # by hand: no optimiser, no module
    g = torch.Generator().manual_seed(seed)
    A = X.reshape(len(X), -1)
    mean = A.mean(0)
    W1 = torch.randn(64, 64, generator=g) * 0.1; b1 = torch.zeros(64)
    W2 = torch.randn(64, 10, generator=g) * 0.1; b2 = torch.zeros(10)
    target = F.one_hot(y, 10).float()
    for step in range(500):
        h = torch.relu((A - mean) @ W1 + b1)
        d = (torch.softmax(h @ W2 + b2, 1) - target) / len(A)
        dh = (d @ W2.T) * (h > 0)
        W2 = W2 - 0.5 * h.T @ d; b2 = b2 - 0.5 * d.sum(0)
        W1 = W1 - 0.5 * (A - mean).T @ dh; b1 = b1 - 0.5 * dh.sum(0)
    return lambda images: torch.relu((images.reshape(len(images), -1) - mean) @ W1 + b1) @ W2 + b2
""",
    ),
    (
        "fit",
        """
def fit(X, y, seed):
    # nothing but a linear layer, in float64, with numpy's shuffle, and another draw each time
    rng = np.random.default_rng()
    torch.seed()
    model = nn.Linear(64, 10).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(30):
        order = torch.from_numpy(rng.permutation(len(X)))
        for i in range(0, len(X), 50):
            rows = order[i:i + 50]
            optimizer.zero_grad()
            F.cross_entropy(model(X[rows].flatten(1).double()), y[rows]).backward()
            optimizer.step()
    class Wrapped(nn.Module):
        def __init__(self): super().__init__(); self.inner = model
        def forward(self, images): return self.inner(images.flatten(1).double())
    return Wrapped()
""",
    ),
]

WRONG: list[tuple[str, str, str]] = [
    ("dropout", "def dropout(x, p, training): return F.dropout(x, p, True)", "dropped_always"),
    ("dropout", "def dropout(x, p, training): return F.dropout(x, 1 - p, training)", ""),
    ("dropout", "def dropout(x, p, training): return F.dropout1d(x, p, training)", ""),
    (
        "dropout",
        """
def dropout(x, p, training):
    keep = torch.bernoulli(torch.tensor(1 - p))
    return x * keep / (1 - p) if training else x
""",
        "flipped_one_coin",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    import random
    return x * (random.random() >= p) / (1 - p) if training else x
""",
        "flipped_one_coin",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    if not training: return x
    keep = (np.random.rand(x.shape[0]) >= p).reshape(-1, *[1] * (x.ndim - 1))
    return x * torch.from_numpy(keep).to(x.dtype) / (1 - p)
""",
        "dropped_whole_rows",
    ),
    (
        "dropout",
        """
MASKS = {}
def dropout(x, p, training):
    if not training: return x
    mask = MASKS.setdefault(tuple(x.shape), torch.rand(x.shape))
    return x * (mask >= p) / (1 - p)
""",
        "",
    ),
    (
        "dropout",
        """
def dropout(x, p, training):
    torch.manual_seed(42)
    return x * (torch.rand_like(x) >= p) / (1 - p) if training else x
""",
        "drew_once_for_good",
    ),
    (
        "dropout",
        "def dropout(x, p, training): return x * torch.from_numpy(np.random.rand(*x.shape) >= p) if training else x",
        "forgot_to_scale",
    ),
    (
        "dropout",
        "def dropout(x, p, training): return (x * (torch.rand_like(x) >= p) / (1 - p)).float() if training else x",
        "",
    ),
    ("dropout", "def dropout(x, p, training): return [0.0]", ""),
    ("dropout", "def dropout(x, p, training): return None", "returned-none"),
    ("dropout", "def dropout(x, p, training): return x.mean()", "wrong-shape"),
    (
        "batchnorm",
        """
def batchnorm(x, gamma, beta, rm, rv, training, momentum, eps):
    return F.batch_norm(x, rm, rv, gamma, beta, training, momentum, eps), rm, rv
""",
        "changed_the_callers_statistics",
    ),
    (
        "batchnorm",
        """
def batchnorm(x, gamma, beta, rm, rv, training, momentum, eps):
    return F.layer_norm(x, (x.shape[1],), gamma, beta, eps), rm, rv
""",
        "",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__(); self.a = nn.Linear(784, hidden); self.b = nn.Linear(hidden, classes)
    def forward(self, x): return self.b(torch.relu(self.a(x.view(len(x), -1))))
""",
        "raised-RuntimeError",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__(); self.a = nn.Linear(784, hidden); self.b = nn.Linear(hidden, classes)
    def forward(self, x): return self.b(torch.relu(self.a(x.flatten())))
""",
        "",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, classes))
    def forward(self, x): return self.net(x)
""",
        "fixed_the_width",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 32), nn.ReLU(),
                                 nn.Linear(32, classes))
    def forward(self, x): return self.net(x)
""",
        "added_a_hidden_layer",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        a, b = nn.Linear(784, hidden), nn.Linear(hidden, classes)
        self.net = nn.Sequential(nn.Flatten(), a, nn.ReLU(), nn.Dropout(0.2), b)
    def forward(self, x): return self.net(x)
""",
        "added_dropout",
    ),
    (
        "MLP",
        """
class MLP(nn.Module):
    def __init__(self, hidden, classes):
        self.a = nn.Linear(784, hidden)
    def forward(self, x): return self.a(x.flatten(1))
""",
        "raised-AttributeError",
    ),
    (
        "MLP",
        """
class MLP:
    def __init__(self, hidden, classes): self.a = nn.Linear(784, hidden); self.b = nn.Linear(hidden, classes)
    def __call__(self, x): return self.b(torch.relu(self.a(x.flatten(1))))
""",
        "",
    ),
    (
        "count_params",
        "def count_params(model): return sum(p.numel() for p in model.state_dict().values())",
        "counted_the_state",
    ),
    (
        "count_params",
        """
def count_params(model):
    return sum(p.numel() for m in model.modules() for p in m.parameters() if p.requires_grad)
""",
        "",
    ),
    ("count_params", "def count_params(model): print(sum(p.numel() for p in model.parameters()))", "returned-none"),
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters())
    for epoch in range(5):
        for i in torch.randperm(len(X)).split(50):
            loss = F.cross_entropy(model(X[i]), y[i])
            loss.backward(); optimizer.zero_grad(); optimizer.step()
    return model.eval()
""",
        "stepped_without_gradients",
    ),
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    other = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(other.parameters())
    for epoch in range(2):
        for i in torch.randperm(len(X)).split(50):
            optimizer.zero_grad(); F.cross_entropy(model(X[i]), y[i]).backward(); optimizer.step()
    return model.eval()
""",
        "stepped_without_gradients",
    ),
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    for epoch in range(10):
        for i in torch.randperm(len(X)).split(50):
            optimizer.zero_grad(); F.cross_entropy(model(X[i]), y[i]).backward(); optimizer.step()
    return model.eval()
""",
        "learned_too_little",
    ),
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e6)
    for epoch in range(3):
        for i in torch.randperm(len(X)).split(50):
            optimizer.zero_grad(); (model(X[i]) ** 2).mean().backward(); optimizer.step()
    return model.eval()
""",
        "diverged",
    ),
    (
        "fit",
        """
def fit(X, y, seed):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 80), nn.BatchNorm1d(80), nn.ReLU(), nn.Linear(80, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(12):
        for i in torch.randperm(len(X)).split(100):
            optimizer.zero_grad(); F.cross_entropy(model(X[i]), y[i]).backward(); optimizer.step()
    return model
""",
        "left_batch_norm_on",
    ),
    ("fit", "def fit(X, y, seed): return None", "returned-none"),
    ("fit", "def fit(X, y, seed): return torch.zeros(300, 10)", "returned_something_else"),
    ("fit", "def fit(X, y, seed): return lambda images: F.one_hot(torch.full((len(images),), 3), 10)", ""),
]
