"""Where random numbers begin, and where they stand."""

from __future__ import annotations

import random

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Start the random numbers of Python, NumPy and torch (on every device) at a seed."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def get_random_states(shuffle: torch.Generator, device: torch.device) -> list[torch.Tensor]:
    """Return where the random numbers stand: of the rows' order, of the processor, and of a CUDA card."""
    card = [torch.cuda.get_rng_state(device)] if device.type == "cuda" else []
    return [shuffle.get_state(), torch.get_rng_state(), *card]


def set_random_states(states: list[torch.Tensor], shuffle: torch.Generator, device: torch.device) -> None:
    """Put the random numbers back to where `get_random_states` found them."""
    shuffle.set_state(states[0])
    torch.set_rng_state(states[1])
    if device.type == "cuda" and len(states) > 2:
        torch.cuda.set_rng_state(states[2], device)
