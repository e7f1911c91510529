"""The small networks of make_torch_graphs.py."""

from typing import NamedTuple

import torch
from torch import nn
from torch._higher_order_ops.while_loop import while_loop
from torch.ao import quantization
from torch.nn import functional as F
from torch.nn.utils import parametrizations, prune


def unit(inputs, outputs, kernel=3, **options):
    """A convolution, BatchNorm and ReLU."""
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False, **options)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class Squeeze(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.down = nn.Conv2d(channels, 2, 1)
        self.up = nn.Conv2d(2, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.up(torch.relu(self.down(self.pool(x)))))


class Block(nn.Module):
    """A residual block with squeeze and excitation, and an addition in place."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.squeeze = Squeeze(outputs)
        self.downsample = None
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.squeeze(self.bn2(self.conv2(out)))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Residual(nn.Module):
    """Residual blocks, and a depthwise separable convolution."""

    def __init__(self):
        super().__init__()
        self.stem = unit(3, 4)
        self.layers = nn.Sequential(Block(4, 6, 2))
        self.depthwise = unit(6, 6, groups=6)
        self.point = unit(6, 4, 1)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        x = self.point(self.depthwise(self.layers(self.stem(x))))
        return self.head(self.drop(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)))


class Branches(nn.Module):
    """Branches side by side, dense connections, and a convolution that is called twice."""

    def __init__(self):
        super().__init__()
        self.one = unit(3, 2, 1)
        self.three = nn.Sequential(unit(3, 2, 1), unit(2, 3))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), unit(3, 2, 1))
        self.dense = nn.ModuleList([unit(7, 2), unit(9, 2)])
        self.shared = nn.Conv2d(11, 11, 3, padding="same", groups=11)
        self.norm = nn.BatchNorm2d(11, affine=False)

    def forward(self, x):
        x = torch.cat([self.one(x), self.three(x), self.pooled(x)], 1)
        features = [x]
        for layer in self.dense:
            features.append(layer(torch.cat(features, 1)))
        x = torch.cat(features, 1)
        return self.norm(F.silu(self.shared(F.silu(self.shared(x)))))


class Unet(nn.Module):
    """A connection past a transposed convolution; one convolution is never used."""

    def __init__(self):
        super().__init__()
        self.enter = unit(3, 4)
        self.down = unit(4, 6, stride=2)
        self.up = nn.ConvTranspose2d(6, 4, 2, 2)
        self.norm = nn.BatchNorm2d(4)
        self.merge = unit(8, 4, groups=2)
        self.wide = nn.Conv2d(4, 3, (1, 3))
        self.lone = nn.Conv2d(3, 3, 3)

    def forward(self, x):
        first = self.enter(x)
        x = self.down(first)
        x = self.norm(self.up(x))
        x = F.interpolate(x, size=first.shape[2:], mode="nearest")
        return self.wide(self.merge(torch.cat([x, first], 1)))


class Unit(nn.Module):
    """A parametrisation: each filter divided by its norm."""

    def forward(self, weight):
        return weight / weight.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1)


class Computed(nn.Module):
    """Weights that are computed: weight norm in two ways, spectral norm, an own parametrisation, pruning."""

    def __init__(self):
        super().__init__()
        self.new = parametrizations.weight_norm(nn.Conv2d(3, 4, 3))
        self.old = nn.utils.weight_norm(nn.Conv2d(4, 4, 3))
        self.spectral = parametrizations.spectral_norm(nn.Conv2d(4, 4, 3))
        self.own = nn.Conv2d(4, 4, 3)
        nn.utils.parametrize.register_parametrization(self.own, "weight", Unit())
        self.pruned = nn.Conv2d(4, 4, 3)
        prune.random_unstructured(self.pruned, "weight", 0.5)

    def forward(self, x):
        return self.pruned(self.own(self.spectral(self.old(self.new(x)))))


class Condition(nn.Module):
    """Convolutions in the two branches of a condition that depends on the input."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.other = nn.Conv2d(3, 4, 3, padding=1)
        self.last = nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x):
        def long(x):
            return self.second(self.first(x).relu())

        def short(x):
            return self.other(x).clone()

        return self.last(torch.cond(x.sum() > 0, long, short, (x,)))


class Loop(nn.Module):
    """A convolution in a loop."""

    def __init__(self):
        super().__init__()
        self.again = nn.Conv2d(3, 3, 3, padding=1)
        self.last = nn.Conv2d(3, 2, 3, padding=1)

    def forward(self, x):
        def condition(number, x):
            return number < 3

        def body(number, x):
            return number + 1, self.again(x).relu()

        return self.last(while_loop(condition, body, (torch.tensor(0), x))[1])


class Pair(NamedTuple):
    """Two tensors."""

    wide: torch.Tensor
    deep: torch.Tensor


class Control(nn.Module):
    """What only scripts have: branches, loops, dictionaries, named tuples, changes in place of a part."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.left = nn.Conv2d(4, 4, 3, padding=1)
        self.right = nn.Conv2d(4, 4, 3, padding=1)
        self.again = nn.Conv2d(4, 4, 3, padding=1)
        self.auxiliary = nn.Conv2d(4, 4, 3)
        self.last = nn.Conv2d(8, 2, 3)

    def pair(self, x) -> Pair:
        if x.sum() > 0:
            return Pair(x, torch.relu(self.left(x)))
        return Pair(x, self.right(x))

    def forward(self, x, scale: float = 1.0):
        named = {"x": self.stem(x)}
        if self.training:
            named["x"] = self.auxiliary(named["x"])
        pair = self.pair(named["x"])
        deep = pair.deep
        for _ in range(2):
            deep = torch.relu(self.again(deep))
        both = torch.zeros_like(torch.cat([pair.wide, pair.wide], 1))
        both[:, :4] = pair.wide
        both[:, 4:] = deep
        return self.last(both * scale)


class Quantised(nn.Module):
    """Two convolutions that are quantised, one with its activation, and one that is not."""

    def __init__(self):
        super().__init__()
        self.quantise, self.dequantise = quantization.QuantStub(), quantization.DeQuantStub()
        self.first = nn.Conv2d(3, 4, 3)
        self.second = nn.Conv2d(4, 4, 3)
        self.relu = nn.ReLU()
        self.last = nn.Conv2d(4, 4, 3)

    def forward(self, x):
        return self.last(self.dequantise(self.relu(self.second(self.first(self.quantise(x))))))
