"""Write the Paddle files of the tests, and the weights they hold.

Run by hand where `paddlepaddle` is installed; the files here are by Paddle 3.3.1 and numpy 2.4:
python tests/data/models/make_paddle.py
"""

from pathlib import Path

import numpy as np
import paddle
from paddle import nn

FOLDER = Path(__file__).parent / "paddle"


class Net(nn.Layer):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2D(3, 4, 3), nn.BatchNorm2D(4), nn.ReLU())
        self.conv1 = nn.Conv2D(4, 4, 3, groups=2, bias_attr=False)
        self.bn1 = nn.BatchNorm2D(4)
        self.up = nn.Conv2DTranspose(4, 4, 3)
        self.conv2 = nn.Conv2D(4, 4, 1)
        self.conv3 = nn.Conv2D(4, 2, 3)
        self.fc = nn.Linear(2, 3)


def arrays(net):
    """The weights of the convolutions, and what the BatchNorms multiply by."""
    state = {name: tensor.astype("float32").numpy() for name, tensor in net.state_dict().items()}
    found = {name: array for name, array in state.items() if array.ndim == 4}
    for norm in ("stem.1", "bn1"):
        root = np.sqrt(state[f"{norm}._variance"].astype(np.float64) + 1e-5)
        found[f"{norm}.factors"] = state[f"{norm}.weight"].astype(np.float64) / root
    return found


def write(name, saved, net, **choice):
    paddle.save(saved, str(FOLDER / f"{name}.pdparams"), **choice)
    np.savez_compressed(FOLDER / f"{name.partition('-')[0]}.npz", **arrays(net))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    paddle.seed(0)
    net = Net()
    random = np.random.default_rng(0)
    for norm in (net.stem[1], net.bn1):
        norm.weight.set_value(random.uniform(0.5, 2, 4).astype(np.float32))
        norm._variance.set_value(random.uniform(0.5, 2, 4).astype(np.float32))
    write("net-4", net.state_dict(), net)
    write("net-3", net.state_dict(), net, protocol=3)
    write("net-2", net.state_dict(), net, protocol=2)
    optimizer = paddle.optimizer.Adam(parameters=net.parameters())
    net.conv3(net.conv2(net.up(net.bn1(net.conv1(net.stem(paddle.ones([1, 3, 9, 9]))))))).sum().backward()
    training = {"epoch": 3, "optimizer": optimizer.state_dict(), "model": net.state_dict()}
    optimizer.step()
    write("trained-training", training | {"optimizer": optimizer.state_dict()}, net)
    paddle.save(optimizer.state_dict(), str(FOLDER / "trained.pdopt"))
    half = net.to(dtype="bfloat16")
    write("bfloat16", half.state_dict(), half)
