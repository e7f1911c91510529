"""TorchScript files made by hand, with any code."""

import io
import zipfile

import numpy as np

from torch_files import mapping, plain, tensor

WEIGHTS = np.arange(36, dtype=np.float32).reshape(2, 2, 3, 3)


def module(name, attributes):
    """An object of a class as part of a pickle; attributes are parts of a pickle."""
    place, _, last = name.rpartition(".")
    return f"c{place}\n{last}\n)\x81".encode("latin-1") + mapping(attributes) + b"b"


def convolution(key="w", name="__torch__.torch.nn.modules.conv.Conv2d"):
    """A module with the weights (2, 2, 3, 3) in the storage `key`."""
    return module(name, {"weight": tensor(key, 36, (2, 2, 3, 3), (18, 9, 3, 1)), "training": b"\x89"})


def script_file(forward, attributes=None, functions="", **members):
    """A file with a module whose method forward has these lines; `a` and `b` are convolutions."""
    root = {"a": convolution("0"), "b": convolution("1"), "training": b"\x89"} if attributes is None else attributes
    method = "".join(f"    {line}\n" for line in forward.splitlines())
    code = f"class Net(Module):\n  training : bool\n  def forward(self, x: Tensor) -> Tensor:\n{method}{functions}"
    layer = "class Conv2d(Module):\n  weight : Tensor\n  def forward(self, x: Tensor) -> Tensor:\n"
    layer += "    return torch.conv2d(x, self.weight, None, [1, 1], [1, 1], [1, 1], 1)\n"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("m/data.pkl", b"\x80\x02" + module("__torch__.Net", root) + b".")
        archive.writestr("m/constants.pkl", b"\x80\x02" + plain((1, 2)) + b".")
        archive.writestr("m/code/__torch__.py", code, zipfile.ZIP_DEFLATED)
        archive.writestr("m/code/__torch__/torch/nn/modules/conv.py", layer)
        for number in range(2):
            archive.writestr(f"m/data/{number}", (WEIGHTS + number).tobytes())
        for name, content in members.items():
            archive.writestr(f"m/{name}", content)
    return file.getvalue()
