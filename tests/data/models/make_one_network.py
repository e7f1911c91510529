"""Write tests/data/models/one_network/: the same network in every kind of file that is read. Run by hand.

Each step in an environment with its framework, `torch` first:

    python make_one_network.py torch     # PyTorch 2.13.0, onnx 1.23, onnxscript 0.7, safetensors 0.8
    python make_one_network.py pnnx      # pnnx 20261020
    python make_one_network.py openvino  # OpenVINO 2026.4.1
    python make_one_network.py keras     # Keras 2.15 with TensorFlow 2.15.1: .h5, .keras, TFLite
    python make_one_network.py keras3    # Keras 3.15.1
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "one_network"
WEIGHTS = FOLDER / "state_dict.npz"


def torch_net():
    import torch
    from torch import nn

    class Net(nn.Module):
        """A stem, two branches of which one begins with a pooling, a residual block, and a head without BatchNorm."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
            self.conv1 = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
            self.bn1 = nn.BatchNorm2d(8, eps=1e-5)
            self.conv2 = nn.Conv2d(8, 8, 1)
            self.conv3 = nn.Conv2d(8, 8, 3, padding=1, groups=2)
            self.bn3 = nn.BatchNorm2d(8)
            self.conv4 = nn.Conv2d(8, 12, 3, padding=1, stride=2, bias=False)
            self.bn4 = nn.BatchNorm2d(12)
            self.conv5 = nn.Conv2d(12, 12, 3, padding=1, bias=False)
            self.bn5 = nn.BatchNorm2d(12)
            self.downsample = nn.Sequential(nn.Conv2d(8, 12, 1, stride=2, bias=False), nn.BatchNorm2d(12))
            self.head = nn.Conv2d(12, 6, 3)

        def forward(self, x):
            x = self.stem(x)
            left = self.conv2(torch.relu(self.bn1(self.conv1(x))))
            right = self.bn3(self.conv3(nn.functional.max_pool2d(x, 3, 1, 1)))
            x = torch.relu(left + right)
            y = self.bn5(self.conv5(torch.relu(self.bn4(self.conv4(x)))))
            return self.head(torch.relu(y + self.downsample(x)))

    return Net


def write_torch():
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    net = torch_net()().eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 2)
            module.running_mean.uniform_(-1, 1)
            module.running_var.uniform_(0.2, 3)
    FOLDER.mkdir(exist_ok=True)
    state = net.state_dict()
    np.savez_compressed(WEIGHTS, **{name: tensor.numpy() for name, tensor in state.items()})
    example = torch.rand(1, 3, 16, 16)
    torch.save(state, FOLDER / "state_dict.pt")
    net.__class__.__qualname__ = "Net"
    sys.modules["__main__"].Net = net.__class__
    torch.save(net, FOLDER / "module.pt")
    save_file(state, FOLDER / "sorted.safetensors")
    torch.jit.script(net).save(FOLDER / "scripted.pt")
    torch.jit.trace(net, example).save(FOLDER / "traced.pt")
    torch.jit.freeze(torch.jit.script(net)).save(FOLDER / "frozen.pt")
    torch.export.save(torch.export.export(net, (example,)), FOLDER / "exported.pt2")
    for name, dynamo in (("dynamo", True), ("torchscript", False)):
        program = torch.onnx.export(net, (example,), str(FOLDER / f"{name}.onnx"), dynamo=dynamo, external_data=False)
        assert program is None or dynamo


def write_pnnx():
    import pnnx
    import torch

    net = torch_net()().eval()
    net.load_state_dict({name: torch.from_numpy(array) for name, array in np.load(WEIGHTS).items()})
    with tempfile.TemporaryDirectory() as work:
        pnnx.export(net, f"{work}/net.pt", torch.rand(1, 3, 16, 16), fp16=False)
        for suffix in ("param", "bin"):
            shutil.copy(f"{work}/net.ncnn.{suffix}", FOLDER / f"net.ncnn.{suffix}")


def write_openvino():
    import openvino

    openvino.save_model(openvino.convert_model(FOLDER / "torchscript.onnx"), FOLDER / "net.xml", compress_to_fp16=False)


def keras_net(keras):
    layers, arrays = keras.layers, np.load(WEIGHTS)

    def conv(x, name, filters, size=3, groups=1, strides=1, norm=None, pad=True):
        if size == 3 and pad:
            x = layers.ZeroPadding2D(1)(x)
        weight, has_bias = arrays[f"{name}.weight"], f"{name}.bias" in arrays
        layer_name = name.replace(".", "_")
        if groups == filters:
            layer = layers.DepthwiseConv2D(size, use_bias=has_bias, name=layer_name)
            kernel = weight.transpose(2, 3, 0, 1)
        else:
            layer = layers.Conv2D(filters, size, strides, groups=groups, use_bias=has_bias, name=layer_name)
            kernel = weight.transpose(2, 3, 1, 0)
        x = layer(x)
        layer.set_weights([kernel, *([arrays[f"{name}.bias"]] if has_bias else [])])
        if norm:
            batch_norm = layers.BatchNormalization(epsilon=1e-5, name=norm.replace(".", "_"))
            x = batch_norm(x)
            batch_norm.set_weights([arrays[f"{norm}.{k}"] for k in ("weight", "bias", "running_mean", "running_var")])
        return x

    inputs = keras.Input((16, 16, 3))
    x = layers.ReLU()(conv(inputs, "stem.0", 8, norm="stem.1"))
    left = conv(layers.ReLU()(conv(x, "conv1", 8, groups=8, norm="bn1")), "conv2", 8, 1)
    right = conv(layers.MaxPooling2D(3, 1, "same")(x), "conv3", 8, groups=2, norm="bn3")
    x = layers.ReLU()(layers.Add()([left, right]))
    y = conv(layers.ReLU()(conv(x, "conv4", 12, strides=2, norm="bn4")), "conv5", 12, norm="bn5")
    x = layers.ReLU()(layers.Add()([y, conv(x, "downsample.0", 12, 1, strides=2, norm="downsample.1")]))
    return keras.Model(inputs, conv(x, "head", 6, pad=False))


def write_keras():
    import tensorflow as tf

    net = keras_net(tf.keras)
    net.save(FOLDER / "keras2.h5")
    net.save(FOLDER / "keras2.keras")
    (FOLDER / "net.tflite").write_bytes(tf.lite.TFLiteConverter.from_keras_model(net).convert())


def write_keras3():
    import keras

    net = keras_net(keras)
    net.save(FOLDER / "keras3.keras")
    net.save(FOLDER / "keras3.h5")


if __name__ == "__main__":
    globals()[f"write_{sys.argv[1]}"]()
