"""The healthy training run of the clinic. Each patient is this function with one line changed."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


def train(digits: Any, notes: Any, rows: int = 1000, epochs: int = 30) -> Any:
    """Train a small network to read digits; `notes` writes down what the gauges say on the way."""
    X, y = 16 * digits.images.reshape(-1, 64), digits.labels  # pixels from 0 to 16, as in the file
    order = torch.randperm(len(X))
    X, y = X[order], y[order]
    X_val, y_val = X[1000:1400], y[1000:1400]
    X, y = X[:rows], y[:rows]
    mean, std = X.mean(), X.std()
    X = (X - mean) / std
    X_val = (X_val - mean) / std

    hidden = [nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU()]
    model = nn.Sequential(*hidden, nn.Dropout(0.5), nn.Linear(32, 10))
    # The weights stay as PyTorch draws them.
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)

    for _epoch in range(epochs):
        model.eval()
        notes.look(model, X, y, X_val, y_val)
        model.train()
        for batch in torch.randperm(len(X)).split(50):
            loss = F.cross_entropy(model(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            notes.step(model, loss, len(batch))
    return model
