"""Answers to homework 5 in styles of many hands: right ones, and wrong ones that are not declared as they stand."""

from __future__ import annotations

RIGHT: list[tuple[str, str]] = [
    # minibatches
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    return DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=shuffle)
""",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size: int = 32, shuffle: bool = True, *, seed=None):
    order = np.random.permutation(len(X)) if shuffle else np.arange(len(X))
    parts = (torch.from_numpy(order[i:i + batch_size]) for i in range(0, len(X), batch_size))
    return [(X[part], y[part]) for part in parts]
""",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    order = torch.randperm(X.shape[0]) if shuffle else torch.arange(X.shape[0])
    return zip(X[order].split(batch_size), y[order].split(batch_size))
""",
    ),
    (
        "minibatches",
        """
class Batches:
    def __init__(self, X, y, size, order):
        self.X, self.y, self.size, self.order = X, y, size, order
    def __len__(self):
        return -(-len(self.X) // self.size)
    def __iter__(self):
        at = 0
        while at < len(self.order):
            rows = self.order[at:at + self.size]
            at += self.size
            yield self.X[rows], self.y[rows]
def minibatches(X, y, batch_size, shuffle):
    import random
    order = list(range(len(X)))
    return Batches(X, y, batch_size, random.sample(order, len(order)) if shuffle else order)
""",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    order = torch.rand(len(X)).argsort() if shuffle else range(len(X))
    xs, ys = [], []
    for i in order:
        xs.append(X[i]); ys.append(y[i])
        if len(xs) == batch_size:
            yield [torch.stack(xs), torch.stack(ys)]
            xs, ys = [], []
    if xs:
        yield [torch.stack(xs), torch.stack(ys)]
""",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    rng = np.random.default_rng()
    n = len(X)
    order = rng.permutation(n) if shuffle else np.arange(n)
    for part in np.array_split(order, range(batch_size, n, batch_size)):
        yield X[part.tolist()], y[part.tolist()]
""",
    ),
    # PairDataset
    (
        "PairDataset",
        """
class PairDataset:
    def __init__(self, X, y, transform=None):
        self.pairs = list(zip(X, y)); self.transform = transform
    def __len__(self): return len(self.pairs)
    def __getitem__(self, index): return self.pairs[index]
""",
    ),
    (
        "PairDataset",
        """
from dataclasses import dataclass
@dataclass
class PairDataset(Dataset):
    X: torch.Tensor
    y: torch.Tensor
    def __len__(self): return self.y.shape[0]
    def __getitem__(self, i): return [self.X[i, :], self.y[i].clone()]
""",
    ),
    (
        "PairDataset",
        """
class PairDataset(Dataset):
    def __init__(self, X, y):
        self.data = X.clone(), y.clone()
    def __len__(self): return self.data[0].size(0)
    def __getitem__(self, i): return tuple(part[i] for part in self.data)
    def __repr__(self): return "pairs"
""",
    ),
    ("PairDataset", "PairDataset = TensorDataset"),
    # sgd_step
    ("sgd_step", "def sgd_step(p, g, lr): return p.sub(g, alpha=lr)"),
    ("sgd_step", "def sgd_step(p, g, lr): return torch.add(p, g, alpha=-lr)"),
    ("sgd_step", "sgd_step = lambda p, g, lr=0.1: torch.lerp(p, p - g, lr)"),
    (
        "sgd_step",
        """
def sgd_step(p, g, lr):
    p = torch.nn.Parameter(p.clone())
    p.grad = g
    torch.optim.SGD([p], lr=lr).step()
    return p.detach()
""",
    ),
    ("sgd_step", "def sgd_step(p, g, lr):\n    new = p.clone()\n    new -= lr * g\n    return new"),
    (
        "sgd_step",
        """
def sgd_step(p, g, lr):
    a, b = p.numpy(), g.numpy()
    return torch.from_numpy(np.asarray(a - lr * b, a.dtype))
""",
    ),
    # sgd_momentum_step
    (
        "sgd_momentum_step",
        """
def sgd_momentum_step(p, g, v, lr, mu):
    velocity = torch.add(g, v, alpha=mu)
    return [p - velocity * lr, velocity]
""",
    ),
    (
        "sgd_momentum_step",
        """
def velocity(v, g, mu): return v * mu + g
def sgd_momentum_step(p, g, v, lr, mu, nesterov=False):
    return p + (-lr) * velocity(v, g, mu), velocity(v, g, mu)
""",
    ),
    (
        "sgd_momentum_step",
        """
def sgd_momentum_step(p, g, v, lr, mu):
    weight = torch.nn.Parameter(p.clone())
    optimizer = torch.optim.SGD([weight], lr=lr, momentum=mu)
    optimizer.state[weight]["momentum_buffer"] = v.clone()
    weight.grad = g.clone()
    optimizer.step()
    if mu == 0:
        return weight.detach(), g.clone()
    return weight.detach(), optimizer.state[weight]["momentum_buffer"]
""",
    ),
    # adam_step
    (
        "adam_step",
        """
def adam_step(p, g, m, v, t, lr, b1, b2, eps):
    m = torch.lerp(m, g, 1 - b1)
    v = v.mul(b2).addcmul(g, g, value=1 - b2)
    step_size = lr / (1 - b1 ** t)
    denominator = (v.sqrt() / math.sqrt(1 - b2 ** t)).add(eps)
    return torch.addcdiv(p, m, denominator, value=-step_size), m, v
""",
    ),
    (
        "adam_step",
        """
def adam_step(p, g, m, v, t, lr, b1, b2, eps):
    weight = torch.nn.Parameter(p.clone())
    optimizer = torch.optim.Adam([weight], lr=lr, betas=(b1, b2), eps=eps)
    optimizer.state[weight] = {"step": torch.tensor(float(t - 1)), "exp_avg": m.clone(), "exp_avg_sq": v.clone()}
    weight.grad = g.clone()
    optimizer.step()
    state = optimizer.state[weight]
    return weight.detach(), state["exp_avg"], state["exp_avg_sq"]
""",
    ),
    (
        "adam_step",
        """
def average(old, new, keep): return keep * old + (1 - keep) * new
def fair(value, keep, t): return value / (1 - keep ** t)
def adam_step(p, g, m, v, t, lr, b1=0.9, b2=0.999, eps=1e-8):
    m, v = average(m, g, b1), average(v, g.pow(2), b2)
    return (p - lr * fair(m, b1, t) * (fair(v, b2, t) ** 0.5 + eps).reciprocal(), m, v)
""",
    ),
    # train_one_epoch
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    seen = []
    for batch in loader:
        x, y = [part.to(device, non_blocking=True) for part in batch]
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        model.zero_grad()
        seen += [loss.detach()] * x.shape[0]
    return torch.stack(seen).mean().item()
""",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device=None):
    was = model.training
    model.train(True)
    total = torch.zeros((), device=device)
    n = 0
    for i, (x, y) in enumerate(loader):
        for p in model.parameters():
            p.grad = None
        x = x.to(device=device); y = y.to(device=device)
        out = model.forward(x)
        loss = loss_fn(out, y)
        loss.backward()
        optimizer.step()
        total += loss.detach() * y.size(0)
        n += y.size(0)
    model.train(was)
    return float(total / n)
""",
    ),
    (
        "train_one_epoch",
        """
class Mean:
    def __init__(self): self.sum, self.n = 0.0, 0
    def add(self, value, n=1): self.sum += float(value) * n; self.n += n
    def value(self): return self.sum / self.n
def step(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model = model.train().to(device)
    mean = Mean()
    batches = iter(loader)
    while True:
        try:
            x, y = next(batches)
        except StopIteration:
            return mean.value()
        mean.add(step(model, x.to(device), y.to(device), loss_fn, optimizer), len(x))
""",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    where = next(model.parameters()).device
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(where), y.to(where)
        optimizer.zero_grad(set_to_none=False)
        with torch.set_grad_enabled(True):
            loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().cpu().numpy()); sizes.append(x.shape[0])
    return np.dot(losses, sizes) / np.sum(sizes)
""",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    mean, n = 0.0, 0
    for x, y in loader:
        x = torch.as_tensor(x, device=device)
        y = torch.as_tensor(y, device=device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            n += len(x)
            mean += (loss.item() - mean) * len(x) / n
    return mean
""",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    on_gpu = torch.device(device).type == "cuda"
    total = count = 0
    for x, y in loader:
        if on_gpu:
            x, y = x.cuda(), y.cuda()
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        count += len(x)
    return torch.tensor(total / count)
""",
    ),
    # evaluate
    (
        "evaluate",
        """
@torch.no_grad()
def evaluate(model, loader, loss_fn, device):
    was = model.training
    model.eval()
    loss, hits, n = 0.0, 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        scores = model(x)
        loss += loss_fn(scores, y).item() * len(x)
        hits += float((scores.argmax(dim=-1) == y).float().sum())
        n += len(x)
    model.train(was)
    return loss / n, hits / n
""",
    ),
    (
        "evaluate",
        """
@torch.inference_mode()
def evaluate(model, loader, loss_fn, device):
    model.train(False)
    scores, targets, losses = [], [], []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = model(x)
        scores.append(out); targets.append(y); losses.append((loss_fn(out, y), len(y)))
    scores, targets = torch.cat(scores), torch.cat(targets)
    n = len(targets)
    return (sum(float(l) * k for l, k in losses) / n, (scores.max(1)[1] == targets).double().mean().item())
""",
    ),
    (
        "evaluate",
        """
def evaluate(model, loader, loss_fn, device, k=1):
    with torch.inference_mode():
        model.eval()
        rows = []
        for x, y in loader:
            x = x.to(device); y = y.to(device)
            out = model(x)
            rows.append([loss_fn(out, y).item() * len(y), out.topk(k, 1)[1].eq(y[:, None]).sum().item(), len(y)])
        loss, right, n = np.array(rows).sum(0)
    return [loss / n, right / n]
""",
    ),
    (
        "evaluate",
        """
def evaluate(model, loader, loss_fn, device):
    model.eval()
    n = loss = acc = 0
    for x, y in loader:
        with torch.no_grad():
            out = model(x.to(device))
            y = y.to(device)
            k = n + len(y)
            loss = (loss * n + loss_fn(out, y).item() * len(y)) / k
            acc = (acc * n + sum(int(row.argmax()) == int(t) for row, t in zip(out, y))) / k
            n = k
    return loss, acc
""",
    ),
    (
        "evaluate",
        """
def evaluate(model, loader, loss_fn, device):
    model.eval()
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        n, loss, hits = 0, torch.zeros(1, dtype=torch.float64), 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss += loss_fn(out, y).double() * len(y)
            hits += np.sum(out.cpu().numpy().argmax(1) == y.cpu().numpy())
            n += len(y)
    finally:
        torch.set_grad_enabled(before)
    return loss[0] / n, np.float64(hits) / n
""",
    ),
]

WRONG: list[tuple[str, str, str]] = [
    # the same mistakes in other words: (exercise, code, the mistake they rest on, or "" if any message will do)
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    return DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=shuffle, drop_last=True)
""",
        "dropped_the_last_batch",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    if shuffle:
        X = X[np.random.permutation(len(X))]
        y = y[np.random.permutation(len(y))]
    return zip(X.split(batch_size), y.split(batch_size))
""",
        "shuffled_apart",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    torch.manual_seed(3)
    order = torch.randperm(len(X)) if shuffle else torch.arange(len(X))
    return zip(X[order].split(batch_size), y[order].split(batch_size))
""",
        "drew_one_order_for_good",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    parts = list(zip(X.split(batch_size), y.split(batch_size)))
    return [parts[i] for i in torch.randperm(len(parts))] if shuffle else parts
""",
        "shuffled_the_batches",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    rows = np.random.choice(len(X), len(X)) if shuffle else np.arange(len(X))
    for i in range(0, len(X), batch_size):
        yield X[rows[i:i + batch_size]], y[rows[i:i + batch_size]]
""",
        "drew_with_replacement",
    ),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    if shuffle:
        order = torch.randperm(len(X))
        X[:], y[:] = X[order].clone(), y[order].clone()
    yield from zip(X.split(batch_size), y.split(batch_size))
""",
        "",
    ),
    ("minibatches", "def minibatches(X, y, batch_size, shuffle): return X.split(batch_size)", "left_out_the_targets"),
    (
        "minibatches",
        """
def minibatches(X, y, batch_size, shuffle):
    while True:
        yield X[:batch_size], y[:batch_size]
""",
        "",
    ),
    ("minibatches", "def minibatches(X, y, batch_size, shuffle): return None", "returned-none"),
    ("minibatches", "def minibatches(X, y, batch_size, shuffle): return 3", "raised-TypeError"),
    (
        "PairDataset",
        """
class PairDataset(Dataset):
    def __init__(self, X, y): self.X, self.y = X, y
    def __len__(self): return len(self.X)
    def __getitem__(self, i): return {"x": self.X[i], "y": self.y[i]}
""",
        "",
    ),
    (
        "PairDataset",
        """
class PairDataset(Dataset):
    def __init__(self, X, y): self.X, self.y = X, y.reshape(-1, 1)
    def __len__(self): return len(self.X)
    def __getitem__(self, i): return self.X[i], self.y[i]
""",
        "kept_the_axis_of_y",
    ),
    ("sgd_step", "def sgd_step(p, g, lr): return p.sub_(g, alpha=lr)", "changed_the_callers_parameter"),
    ("sgd_step", "def sgd_step(p, g, lr): return (p - lr * g).float().double()", ""),
    (
        "sgd_momentum_step",
        "def sgd_momentum_step(p, g, v, lr, mu): return p - lr * (mu * v + g)",
        "",
    ),
    (
        "adam_step",
        """
def adam_step(p, g, m, v, t, lr, b1, b2, eps):
    m.lerp_(g, 1 - b1); v.mul_(b2).addcmul_(g, g, value=1 - b2)
    return p - lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps), m, v
""",
        "changed_the_callers_moments",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train(); total = 0; optimizer.zero_grad()
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y); loss.backward(); optimizer.step()
        total += loss.item() * len(y)
    return total / len(loader.sampler)
""",
        "forgot_to_zero_the_gradients",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train(); losses = []
    for x, y in loader:
        x.to(device), y.to(device)
        optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward(); optimizer.step()
        losses += [loss.item()] * len(y)
    return np.mean(losses)
""",
        "moved_nothing",
    ),
    (
        "train_one_epoch",
        """
device_of_mine = torch.device("cpu")
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train(); losses = []
    for x, y in loader:
        x, y = x.to(device_of_mine), y.to(device_of_mine)
        optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward(); optimizer.step()
        losses += [loss.item()] * len(y)
    return np.mean(losses)
""",
        "moved_nothing",
    ),
    (
        "train_one_epoch",
        """
def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train(); losses = []
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad(); loss = loss_fn(model(x), y); loss.backward(); optimizer.step()
        losses.append(loss.item())
    return np.mean(losses)
""",
        "averaged_the_batch_means",
    ),
    ("train_one_epoch", "def train_one_epoch(model, loader, loss_fn, optimizer, device): pass", "returned-none"),
    (
        "evaluate",
        """
@torch.no_grad()
def evaluate(model, loader, loss_fn, device):
    model.eval(); loss = hits = n = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device); out = model(x)
        loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    return loss / n, round(100 * hits / n, 10)
""",
        "gave_percent",
    ),
    (
        "evaluate",
        """
def evaluate(model, loader, loss_fn, device):
    model.eval(); loss = hits = n = 0
    torch.set_grad_enabled(False)
    for x, y in loader:
        x, y = x.to(device), y.to(device); out = model(x)
        loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    return loss / n, hits / n
""",
        "switched_gradients_off_for_good",
    ),
    (
        "evaluate",
        """
def evaluate(model, loader, loss_fn, device):
    model.eval(); n = 0
    with torch.no_grad():
        for x, y in loader:
            loss = hits = 0
            x, y = x.to(device), y.to(device); out = model(x)
            loss += loss_fn(out, y).item() * len(y); hits += (out.argmax(1) == y).sum().item(); n = len(y)
    return loss / n, hits / n
""",
        "kept_only_the_last_batch",
    ),
    ("evaluate", "def evaluate(model, loader, loss_fn, device): return 0.5", "wrong-type"),
]
