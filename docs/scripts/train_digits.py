"""Train the small nets of docs/trajectory.md, and keep 13 checkpoints of each of three seeds.

Needs PyTorch and scikit-learn; what it writes is committed, so that nobody has to run it.

    python docs/scripts/train_digits.py docs/examples/digits
"""

import argparse
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from torch import nn

EPOCHS = (0, 1, 2, 3, 5, 8, 12, 16, 20, 24, 28, 32, 40)
"""When checkpoints are taken; 0 is before training."""

DROP = 20
"""After this epoch the learning rate is a tenth."""

SEEDS = (0, 1, 2)
CHANNELS = (1, 8, 24, 44)


def small_net() -> nn.Sequential:
    """Three 3x3 convolutions, the mean over the picture, and a classifier."""
    net = nn.Sequential()
    for k, (before, after) in enumerate(pairwise(CHANNELS), start=1):
        layer = nn.Conv2d(before, after, 3, padding=1)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        net.add_module(f"conv{k}", layer)
        net.add_module(f"relu{k}", nn.ReLU())
    net.add_module("mean", nn.AdaptiveAvgPool2d(1))
    net.add_module("flat", nn.Flatten())
    net.add_module("classifier", nn.Linear(CHANNELS[-1], 10))
    return net


def train(seed: int, folder: Path) -> float:
    """Train one net, save its checkpoints in half precision, and return its accuracy on images it has not seen."""
    torch.manual_seed(seed)
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(digits.target)
    learned, unseen = torch.arange(len(images)) < 1400, torch.arange(len(images)) >= 1400
    net = small_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-3)
    for epoch in range(max(EPOCHS) + 1):
        if epoch in EPOCHS:
            weights = {name: tensor.half() for name, tensor in net.state_dict().items()}
            save_file(weights, folder / f"seed{seed}-epoch{epoch:02d}.safetensors")
        if epoch == DROP:
            optimizer.param_groups[0]["lr"] /= 10
        for batch in torch.randperm(int(learned.sum())).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return float((net(images[unseen]).argmax(1) == labels[unseen]).float().mean())


def write_list(path: Path) -> None:
    """The list of all checkpoints with their labels, as `dataset.models` takes it."""
    lines = [
        f"- {{file: seed{seed}-epoch{epoch:02d}.safetensors, labels: {{seed: {seed}, epoch: {epoch}}}}}"
        for seed in SEEDS
        for epoch in EPOCHS
    ]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Train all seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        print(f"seed {seed}: {train(seed, folder):.1%} of unseen digits")
    write_list(folder / "models.yaml")


if __name__ == "__main__":
    main()
