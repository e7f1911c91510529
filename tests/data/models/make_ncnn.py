"""Write tests/data/models/ncnn/: small networks by pnnx, and the weights that PyTorch has. Run by hand.

Written with torch 2.14.1 and pnnx 20261020: `python make_ncnn.py`, in a folder of its own.
"""

import shutil
from pathlib import Path

import numpy as np
import pnnx
import torch
from torch import nn

FOLDER = Path(__file__).parent / "ncnn"


class Net(nn.Module):
    """Convolutions of all kinds; `b` is folded with its BatchNorm, `c` is not, for something else takes its output."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b, self.norm_b = nn.Conv2d(8, 8, 3, groups=2, padding=1, bias=False), nn.BatchNorm2d(8)
        self.c, self.norm_c = nn.Conv2d(8, 8, (3, 5), groups=8, padding=(1, 2)), nn.BatchNorm2d(8)
        self.slope = nn.PReLU(8)
        self.d = nn.Conv2d(8, 4, 1)
        self.group, self.layer = nn.GroupNorm(2, 8), nn.LayerNorm(12)
        self.up = nn.ConvTranspose2d(4, 6, 2, stride=2)
        self.e = nn.Conv2d(6, 5, 3)
        self.gru, self.lstm = nn.GRU(10, 4, batch_first=True, bidirectional=True), nn.LSTM(8, 3, batch_first=True)
        self.attention = nn.MultiheadAttention(12, 3, batch_first=True)
        self.line = nn.Conv1d(5, 4, 3)
        self.last = nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.a(x))
        x = self.norm_b(self.b(x))
        c = self.c(x)
        x = self.group(self.slope(self.norm_c(c)) + c)
        x = torch.sigmoid(self.e(self.up(self.d(x))))
        x = self.line(x.flatten(2)[:, :, :12])
        y = self.layer(torch.cat([x, x[:, :, :2]], 2))
        x = self.attention(y, y, y)[0][:, :, :10]
        return self.last(self.lstm(self.gru(x)[0])[0])


def main() -> None:
    """Write both files of both kinds, and the weights as .npz."""
    torch.manual_seed(0)
    net = Net().eval()
    for norm in (net.norm_b, net.norm_c):
        norm.weight.data.uniform_(0.5, 2)
        norm.running_var.uniform_(0.5, 2)
    FOLDER.mkdir(exist_ok=True)
    work = Path("work")
    for name, half in (("single", False), ("half", True)):
        work.mkdir()
        pnnx.export(net, str(work / "net.pt"), torch.rand(1, 3, 8, 8), fp16=half)
        for suffix in ("param", "bin"):
            shutil.copy(work / f"net.ncnn.{suffix}", FOLDER / f"{name}.ncnn.{suffix}")
        shutil.rmtree(work)
    weights = {name: module.weight.detach().numpy() for name, module in net.named_modules() if name in {*"abcde"}}
    for name, norm in (("b", net.norm_b), ("c", net.norm_c)):
        factor = (norm.weight / (norm.running_var + norm.eps).sqrt()).detach().numpy()
        weights[f"factors_{name}"] = factor
    np.savez(FOLDER / "weights.npz", **weights)


if __name__ == "__main__":
    main()
