"""Choose the part of the computer that calculates, and how many digits it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.errors import TrainingError

if TYPE_CHECKING:
    import torch

# Weights times rows in a step. Below it a card waits for orders longer than it multiplies, and 16 bits add orders.
_HALF_PAYS_FROM = 10**9


def pick_device(name: str | torch.device | None = None) -> torch.device:
    """Choose where to calculate: a CUDA card where there is one, else Apple's MPS, else the processor.

    Args:
        name: "cpu", "cuda", "cuda:1" or "mps", to have that one and no other.

    Raises:
        TrainingError: there is no such device in this computer.
    """
    import torch

    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    has_mps = torch.backends.mps.is_available()
    if name is None:
        return torch.device("cuda" if cards else "mps" if has_mps else "cpu")
    here = ["cpu", *(["mps"] if has_mps else []), *(["cuda"] if cards else []), *(f"cuda:{i}" for i in range(cards))]
    wanted = str(name).strip().lower()
    if wanted not in here:
        mend = f"Here you can choose {' or '.join(here)}, or leave the device out."
        if wanted.startswith("cuda") and not cards:
            mend += " (In Colab: Runtime → Change runtime type → GPU.)"
        raise TrainingError(f"The device {str(name)!r} is not in this computer.", mend)
    return torch.device(wanted)


def choose_half_precision(wish: bool | str, device: torch.device, work: int) -> torch.dtype | None:
    """Choose the 16-bit type for the forward pass, or None to stay with 32 bits.

    Args:
        wish: True, False, or "auto": where the steps are large enough to gain.
        device: where the model is trained; anything but CUDA stays with 32 bits.
        work: weights times rows in a step.

    Raises:
        TrainingError: 16 bits are demanded where they gain nothing.
    """
    import torch

    if wish is True and device.type != "cuda":
        raise TrainingError(f"Mixed precision gains nothing on the device {str(device)!r}.", 'Leave it at "auto".')
    if device.type != "cuda" or not wish or (wish == "auto" and work < _HALF_PAYS_FROM):
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
