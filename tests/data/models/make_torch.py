"""Write the PyTorch files in torch/ and their expected values; run by hand with PyTorch 2.13 and numpy 2.4.

python tests/data/models/make_torch.py
"""

import sys
import types
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.ao.nn.quantized import Conv2d as QuantisedConv2d
from torch.distributed import HashStore, init_process_group
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, Shard, distribute_tensor

FOLDER = Path(__file__).parent / "torch"
EXPECTED: dict[str, np.ndarray] = {}


class Scaled(nn.Conv2d):
    """A convolution with a parameter for each output channel."""

    def __init__(self) -> None:
        super().__init__(2, 2, 3, groups=2)
        self.gain = nn.Parameter(torch.ones(2, 1, 1, 1))


class Net(nn.Module):
    """A net with tensors of four dimensions that are no weights of convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.ones(1, 2, 1, 1))
        self.blur = nn.Buffer(torch.ones(1, 1, 3, 3))
        self.position = nn.Parameter(torch.ones(1, 2, 3, 3))
        self.first = nn.Conv2d(2, 2, 3)
        self.norm = nn.BatchNorm2d(2, eps=0.25)
        self.norm.running_var.fill_(2)
        self.up = nn.ConvTranspose2d(2, 2, 3)
        self.line = nn.Conv1d(2, 2, 3)
        self.cube = nn.Conv3d(2, 2, 3)
        self.scaled = Scaled()
        self.lazy = nn.LazyConv2d(2, 3)
        self.last = nn.Conv2d(2, 1, 1)


class FromDevice:
    """A tensor as it is saved from a device without storages, such as XLA."""

    def __init__(self, values: torch.Tensor) -> None:
        self.values = values

    def __reduce__(self) -> tuple:
        return torch._utils._rebuild_device_tensor_from_numpy, (self.values.numpy(), torch.float32, "cpu", False)


class Wrapper(torch.Tensor):
    """A tensor of a class that wraps another one."""

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> torch.Tensor:
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)

    def __init__(self, inner: torch.Tensor) -> None:
        self.inner = inner

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), named=None):
        """No operation is needed to save it."""
        raise NotImplementedError


def save(saved: object, name: str, **options: object) -> None:
    """Write a file."""
    torch.save(saved, FOLDER / f"{name}.pt", **options)


def expect(name: str, values: torch.Tensor) -> None:
    """Note the values that a kernel has."""
    EXPECTED[name] = values.detach().resolve_neg().float().numpy().copy()


def main() -> None:
    """Write all files."""
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    torch.serialization.get_source_lines_and_file = None  # whole modules without the source code of their classes
    for kind in (Scaled, Net, Wrapper):  # classes that no reader can import
        kind.__module__ = "somewhere"
        sys.modules.setdefault("somewhere", types.ModuleType("somewhere")).__dict__[kind.__name__] = kind
    net = Net()
    save(net, "whole")
    save(nn.DataParallel(net), "whole_legacy", _use_new_zipfile_serialization=False)
    expect("whole.first", net.first.weight)
    expect("whole.scaled", net.scaled.weight)

    traced = torch.fx.symbolic_trace(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ConvTranspose2d(2, 2, 3), nn.Conv2d(2, 1, 3)))
    save(traced, "graph_module")
    expect("graph_module.0", traced.get_submodule("0").weight)
    expect("graph_module.2", traced.get_submodule("2").weight)
    save(nn.Sequential(QuantisedConv2d(2, 2, 3), torch.ao.nn.quantized.ConvTranspose2d(2, 2, 3)), "quantised")

    kernel = torch.randn(2, 2, 3, 3)
    negative = torch.complex(kernel, torch.randn(2, 2, 3, 3)).conj().imag
    save({"turned": negative, "plain": kernel}, "negative")
    expect("negative.turned", negative)
    expect("negative.plain", kernel)

    init_process_group("gloo", store=HashStore(), rank=0, world_size=1)
    mesh = init_device_mesh("cpu", (1,))
    save(
        {
            "plain": kernel,
            "coo": kernel.to_sparse(),
            "csr": kernel.reshape(4, 9).to_sparse_csr(),
            "meta": kernel.to("meta"),
            "nested": torch.nested.nested_tensor([kernel, kernel]),
            "wrapper": Wrapper(kernel),
            "channels": torch.quantize_per_channel(kernel, torch.ones(2), torch.zeros(2), 0, torch.qint8),
            "complex": kernel.to(torch.complex64).conj(),
            "bool": kernel > 0,
            "integer": kernel.long(),
            "short": kernel.to(torch.uint16),
            "float8": kernel.to(torch.float8_e5m2),
            "replicated": distribute_tensor(kernel + 1, mesh, [Replicate()]),
            "sharded": distribute_tensor(kernel + 2, mesh, [Shard(0)]),
            "device": FromDevice(kernel + 3),
        },
        "odd",
    )
    for number, name in enumerate(("plain", "replicated", "sharded", "device")):
        expect(f"odd.{name}", kernel + number)

    arrays = {
        "plain": kernel.numpy(),
        "fortran": np.asfortranarray(kernel.numpy()),
        "big": kernel.numpy().astype(">f8"),
        "half": kernel.numpy().astype("f2"),
        "integer": kernel.numpy().astype("i4"),
        "text": np.full((2, 2, 3, 3), "a"),
        "objects": np.array([kernel + 1, None], dtype=object),
    }
    for protocol in (2, 4, 5):
        save(arrays, f"numpy{protocol}", pickle_protocol=protocol)
    for name in ("plain", "fortran", "big", "half"):
        expect(f"numpy.{name}", torch.tensor(arrays[name].astype("f4")))
    expect("numpy.objects.0", kernel + 1)

    optimiser = torch.optim.Adam(net.first.parameters())
    net.first(torch.ones(1, 2, 3, 3)).sum().backward()
    optimiser.step()
    save(optimiser.state_dict(), "optimiser")
    save({"epoch": 1, "optimizer_states": [optimiser.state_dict()]}, "optimisers")
    save({"net": [net.first, {"ema": net.scaled}], "optimizer": optimiser.state_dict()}, "checkpoint")
    np.savez_compressed(FOLDER / "expected.npz", **EXPECTED)


if __name__ == "__main__":
    main()
