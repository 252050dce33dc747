"""Time `course_utils.training.fit` against the usual loop on the same digits and model, in turns on the same machine.

    python benchmarks/training.py                       under 3 minutes: it stops early on a slow machine, and says so
    python benchmarks/training.py --rounds 15 --seeds 10 --accuracy-epochs 20 --minutes 30
    python benchmarks/training.py --device cuda

MNIST is read from the folder that MNIST_DIR names; without it, the small digits of the course are used. The model is
784-512-512-10, trained by Adam with 0.001 in batches of 64, and measured on the test digits after each epoch. Three
loops:

    usual         as in most tutorials: a Dataset sends its pictures, one at a time, through a PIL image, ToTensor and
                  Normalize (written here as torchvision has them, which is not needed), DataLoader(shuffle=True), Adam
    usual, fused  the same with Adam(fused=True), which tells what the loop costs apart from the optimiser
    fit           pictures scaled once, all together, then `fit`; the time for scaling is counted

Each round runs all three, in an order that changes; ratios are within a round, for a machine's load changes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from course_utils.data import load_digits
from course_utils.device import pick_device
from course_utils.training import evaluate, fit

MEAN, STD = 0.1307, 0.3081  # MNIST's, as in most tutorials
BATCH, LR = 64, 1e-3
AIM = {"cpu": 3.0, "cuda": 20.0}


@dataclass(frozen=True)
class Pictures:
    """Raw pictures (N, 28, 28) in uint8 and their labels (N,), as MNIST's files hold them."""

    images: Tensor
    labels: Tensor
    source: str


def load(split: str) -> Pictures:
    """Load MNIST from MNIST_DIR, or else the small digits."""
    digits = load_digits(split, source="mnist" if os.environ.get("MNIST_DIR", "").strip() else "small")
    return Pictures((digits.images * 255).round().to(torch.uint8), digits.labels, digits.source)


def make_model(seed: int) -> nn.Sequential:
    """Make the network 784-512-512-10."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )


# --- the usual loop


class UsualDataset(Dataset[tuple[Tensor, int]]):
    """Give one picture at a time through the transforms, as torchvision.datasets.MNIST does."""

    def __init__(self, pictures: Pictures, transform: Callable[[Image.Image], Tensor]) -> None:
        self.data, self.targets, self.transform = pictures.images, pictures.labels, transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.data[index].numpy())
        return self.transform(image), int(self.targets[index])


def to_tensor(image: Image.Image) -> Tensor:
    """Turn a grey PIL image into floats (1, H, W) from 0 to 1."""
    import numpy as np

    pixels = torch.from_numpy(np.array(image, np.uint8, copy=True))
    pixels = pixels.view(image.size[1], image.size[0], 1).permute((2, 0, 1)).contiguous()
    return pixels.to(torch.get_default_dtype()).div(255)


def normalise(picture: Tensor) -> Tensor:
    """Take the mean away and divide by the spread, channel by channel."""
    picture = picture.clone()
    mean = torch.as_tensor((MEAN,), dtype=picture.dtype, device=picture.device).view(-1, 1, 1)
    std = torch.as_tensor((STD,), dtype=picture.dtype, device=picture.device).view(-1, 1, 1)
    return picture.sub_(mean).div_(std)


def train_as_usual(
    model: nn.Module, train: Pictures, test: Pictures, device: torch.device, epochs: int, *, fused: bool
) -> float:
    """Train with DataLoaders over transformed pictures; return the share of test digits that are right."""
    loaders = [
        DataLoader(UsualDataset(part, lambda image: normalise(to_tensor(image))), batch_size=size, shuffle=shuffle)
        for part, size, shuffle in ((train, BATCH, True), (test, 1000, False))
    ]
    model.to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=fused or None)
    right = 0
    for _ in range(epochs):
        model.train()
        for data, target in loaders[0]:
            data, target = data.to(device), target.to(device)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(data), target)
            loss.backward()
            optimizer.step()
        model.eval()
        right, total = 0, 0.0
        with torch.no_grad():
            for data, target in loaders[1]:
                data, target = data.to(device), target.to(device)
                output = model(data)
                total += F.cross_entropy(output, target, reduction="sum").item()
                right += int((output.argmax(dim=1) == target).sum().item())
    return right / len(test.labels)


# --- the course's loop


def scale(pictures: Pictures, device: torch.device) -> tuple[Tensor, Tensor]:
    """Bring raw pictures to the device and scale them, all at once."""
    return (pictures.images.to(device).float() / 255 - MEAN) / STD, pictures.labels.to(device)


def train_with_fit(
    model: nn.Module, train: Pictures, test: Pictures, device: torch.device, epochs: int, seed: int
) -> float:
    """Train with `fit`; return the share of test digits that are right."""
    history = fit(
        model,
        *scale(train, device),
        epochs=epochs,
        batch_size=BATCH,
        lr=LR,
        validation=scale(test, device),
        device=device,
        seed=seed,
        progress=False,
    )
    return history.metrics["accuracy"][-1]


# --- measuring


def clock(run: Callable[[], float], device: torch.device) -> tuple[float, float]:
    """Return the seconds a run takes, a card's work included, and what it returns."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    began = time.perf_counter()
    value = run()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began, value


def run_round(
    number: int, train: Pictures, test: Pictures, device: torch.device, epochs: int
) -> dict[str, tuple[float, float]]:
    """Run the three loops once from the same weights; return seconds and accuracy of each."""
    loops: dict[str, Callable[[nn.Module], float]] = {
        "usual": lambda model: train_as_usual(model, train, test, device, epochs, fused=False),
        "usual, fused": lambda model: train_as_usual(model, train, test, device, epochs, fused=True),
        "fit": lambda model: train_with_fit(model, train, test, device, epochs, seed=number),
    }
    names = list(loops)
    turn = number % len(names)
    results = {}
    for name in names[turn:] + names[:turn]:
        model = make_model(number)
        results[name] = clock(lambda name=name, model=model: loops[name](model), device)  # type: ignore[misc]
    return {name: results[name] for name in names}


def accuracies(train: Pictures, test: Pictures, device: torch.device, epochs: int, seeds: int) -> Iterator[float]:
    """Train from each seed and measure on the test digits once, at the end."""
    X, y = scale(train, device)
    for seed in range(seeds):
        model = make_model(seed)
        fit(model, X, y, epochs=epochs, batch_size=BATCH, lr=LR, device=device, seed=seed, progress=False)
        yield evaluate(model, *scale(test, device))["accuracy"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", help="cpu, cuda or mps; the fastest here if none is given")
    parser.add_argument("--threads", type=int, help="of torch on the processor; torch's own choice if none is given")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the three loops (default %(default)s)")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of each loop in a round (default %(default)s)")
    parser.add_argument("--seeds", type=int, default=5, help="runs for the accuracy (default %(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=2.5, help="begin nothing new after these (default %(default)s)"
    )
    parser.add_argument("--accuracy-epochs", type=int, default=10, help="epochs of each of them (default %(default)s)")
    options = parser.parse_args(arguments)
    began = time.perf_counter()

    def is_time_left(share: float) -> bool:
        return time.perf_counter() - began < share * 60 * options.minutes

    device = pick_device(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    train, test = load("train"), load("test")
    where = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} thread(s)"
    print(f"torch {torch.__version__}, {device}, {where}")
    print(f"train: {train.source}\ntest:  {test.source}\n")

    run_round(0, train, test, device, epochs=1)  # not counted: the first steps on a device set things up
    rounds = []
    print(f"seconds for {options.epochs} epochs (test accuracy)")
    for number in range(options.rounds):
        if rounds and not is_time_left(0.6):
            print(f"(time is up after {number} rounds)")
            break
        rounds.append(run_round(number, train, test, device, options.epochs))
        cells = [f"{name} {seconds:7.2f} ({right:.1%})" for name, (seconds, right) in rounds[-1].items()]
        print(f"round {number + 1}:  " + "   ".join(cells), flush=True)
    print()
    for name in ("usual", "usual, fused"):
        ratios = sorted(results[name][0] / results["fit"][0] for results in rounds)
        middle = statistics.median(ratios)
        print(f"{name} / fit: {middle:.1f} times (from {ratios[0]:.1f} to {ratios[-1]:.1f})")
    for name in rounds[0]:
        print(f"mean accuracy, {name}: {statistics.mean(results[name][1] for results in rounds):.2%}")
    if device.type in AIM:
        print(f"the aim on {device.type}: {AIM[device.type]:.0f} times the usual loop")

    if options.seeds:
        found: list[float] = []
        for right in accuracies(train, test, device, options.accuracy_epochs, options.seeds):
            found.append(right)
            if not is_time_left(1):
                break
        spread = statistics.stdev(found) if len(found) > 1 else 0.0
        print(
            f"\n784-512-512-10, {options.accuracy_epochs} epochs, {len(found)} seeds, {len(test.labels):,} test digits:"
        )
        print("  " + " ".join(f"{share:.2%}" for share in found))
        print(f"  mean {statistics.mean(found):.2%}, standard deviation {spread:.2%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
