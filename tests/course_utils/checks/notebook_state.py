"""Everything of a notebook's that a check must leave alone."""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import threading
import warnings
from typing import Any

import numpy as np
import torch


def state() -> dict[str, Any]:
    """Return all settings and generators as values that can be compared."""
    python = random.getstate()
    numpy = np.random.get_state()
    return {
        "python": python,
        "numpy": (numpy[0], numpy[1].tolist(), *numpy[2:]),
        "torch": torch.random.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "device": str(torch.empty(0).device),
        "gradients": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "anomaly": (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        "threads": torch.get_num_threads(),
        "filters": list(warnings.filters),
        "showwarning": warnings.showwarning,
        "streams": (sys.stdout, sys.stderr),
        "log": logging.root.manager.disable,
        "numpy errors": np.geterr(),
        "stderr": os.fstat(2).st_ino,
        "alarm": (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)),
        "tracer": sys.gettrace(),
        "live threads": threading.active_count(),
        "recursion": sys.getrecursionlimit(),
        "working folder": os.getcwd(),
        "modes": torch._C._len_torch_function_stack(),
    }
