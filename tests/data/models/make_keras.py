"""Write the Keras files of the tests, and the same network by PyTorch as ONNX; run by hand.

Keras 3.15.1 with PyTorch 2.13.0 (KERAS_BACKEND=torch) writes the files keras3_* and net.onnx, TensorFlow 2.15.1 with
its Keras 2.15.0 the files keras2_*: python make_keras.py FOLDER. They are kept in a zip file, which makes them small:
python -m zipfile -c keras.zip FOLDER/*
"""

import sys
import zlib
from pathlib import Path

import keras
import numpy as np
from keras import layers

FOLDER = Path(sys.argv[1])
MAJOR = keras.__version__[0]


def values(name, shape):
    """Weights that depend on a layer's name alone; variances are positive."""
    numbers = np.random.default_rng(zlib.crc32(name.encode())).normal(size=shape).astype(np.float32)
    return np.abs(numbers) + 0.5 if name.endswith("variance") else numbers


def fill(model):
    """Set all weights of a model."""
    for layer in model.layers:
        inner = getattr(layer, "layer", layer)
        if getattr(inner, "layers", None):
            fill(inner)
            continue
        roles = ["kernel", "bias"]
        if "Separable" in type(inner).__name__:
            roles = ["depthwise", "pointwise", "bias"]
        if "BatchNorm" in type(inner).__name__:
            roles = ["gamma"] * inner.scale + ["beta", "mean", "variance"]
        old = inner.get_weights()
        inner.set_weights([values(f"{layer.name}.{role}", a.shape) for role, a in zip(roles, old, strict=False)])


def norm(x, name, **options):
    return layers.BatchNormalization(name=name, **options)(x)


def net():
    """A stem, a residual block, depthwise and separable convolutions, branches with pooling."""
    x = inputs = layers.Input((16, 16, 3), name="in")
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, name="stem")(x)
    x = layers.ReLU(name="stem_relu")(norm(x, "stem_norm"))
    short = norm(layers.Conv2D(6, 1, 2, use_bias=False, name="down")(x), "down_norm")
    x = layers.ZeroPadding2D(1, name="pad")(x)
    x = layers.Conv2D(6, 3, 2, use_bias=False, name="block1")(x)
    x = layers.Activation("relu", name="block_relu")(norm(x, "block1_norm", epsilon=1e-5))
    x = norm(layers.Conv2D(6, 3, padding="same", name="block2")(x), "block2_norm", scale=False)
    x = layers.ReLU(name="add_relu")(layers.Add(name="add")([x, short]))
    x = norm(layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="depth")(x), "depth_norm")
    x = layers.Conv2D(8, 1, activation="relu", name="point")(x)
    x = norm(layers.SeparableConv2D(8, 3, padding="same", activation="relu", name="sep")(x), "sep_norm")
    a = layers.Conv2D(2, 1, name="a")(x)
    b = layers.Conv2D(4, 1, activation="relu", name="b1")(x)
    b = norm(layers.Conv2D(2, 3, padding="same", groups=2, name="b2")(b), "b_norm")
    c = layers.Conv2D(2, 3, padding="same", name="c")(layers.MaxPooling2D(3, 1, padding="same", name="pool")(x))
    x = layers.Dropout(0.5, name="drop")(layers.Concatenate(name="cat")([a, b, c]))
    x = norm(layers.Conv2D(2, 3, activation="relu", name="last")(x), "last_norm")
    outputs = layers.Dense(2, name="head")(layers.GlobalAveragePooling2D(name="mean")(x))
    return keras.Model(inputs, outputs, name="net")


def nested():
    """A model that is called twice, with a Sequential model in it; a convolution that is called twice; others."""
    inner_in = layers.Input((8, 8, 2), name="inner_in")
    seq = keras.Sequential(
        [layers.Conv2D(2, 3, padding="same", name="s1"), layers.BatchNormalization(name="s2")], name="seq"
    )
    inner = keras.Model(inner_in, layers.ReLU(name="r")(seq(inner_in)), name="inner")
    one, two = layers.Input((8, 8, 2), name="one"), layers.Input((8, 8, 2), name="two")
    x = layers.Concatenate(name="cat")([inner(one), inner(two)])
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    x = shared(shared(x))
    x = layers.Conv2DTranspose(3, 3, name="up")(x)
    x = layers.Reshape((1, 10, 10, 3), name="frames")(x)
    x = layers.TimeDistributed(layers.Conv2D(2, 3, activation="relu"), name="time")(x)
    x = layers.Conv3D(2, (1, 3, 3), name="volume")(x)
    x = layers.Reshape((36, 2), name="line")(x)
    return keras.Model([one, two], layers.Conv1D(2, 3, name="wave")(x), name="outer")


def line():
    """A Sequential model, with channels first."""
    options = dict(data_format="channels_first", padding="same")
    parts = [layers.Conv2D(3, 3, name="first", **options), layers.BatchNormalization(axis=1, name="norm")]
    return keras.Sequential(
        [layers.Input((2, 8, 8)), *parts, layers.Conv2D(2, 3, name="second", **options)], name="line"
    )


@keras.saving.register_keras_serializable("tests")
class Own(keras.Model):
    """A model of a class of its own."""

    def __init__(self, **options):
        super().__init__(**options)
        self.one = layers.Conv2D(3, 3)
        self.two = layers.Conv2DTranspose(4, 3)

    def call(self, inputs):
        return self.two(self.one(inputs))


def save(model, name):
    """In all formats."""
    fill(model)
    model.save(FOLDER / f"keras{MAJOR}_{name}.keras")
    model.save(FOLDER / f"keras{MAJOR}_{name}.h5")
    model.save_weights(FOLDER / f"keras{MAJOR}_{name}.weights.h5")
    if MAJOR == "2":
        model.save_weights(FOLDER / f"keras{MAJOR}_{name}_weights.hdf5", save_format="h5")


def torch_net():
    """The network of `net` in PyTorch, as ONNX."""
    import torch
    from torch import nn

    def conv(name, channels, filters, size=3, stride=1, groups=1, bias=True):
        layer = nn.Conv2d(
            channels, filters, size, stride, padding=size // 2 * (name != "last"), groups=groups, bias=bias
        )
        names = {"sep_depthwise": "sep.depthwise", "sep_pointwise": "sep.pointwise"}
        if name in ("depth", "sep_depthwise"):
            stored = values(names.get(name, f"{name}.kernel"), (size, size, channels, filters // channels))
            weights = stored.transpose(2, 3, 0, 1).reshape(filters, 1, size, size)
        else:
            stored = values(names.get(name, f"{name}.kernel"), (size, size, channels // groups, filters))
            weights = stored.transpose(3, 2, 0, 1)
        layer.weight.data = torch.from_numpy(weights.copy())
        return layer

    def norm(name, channels, eps=1e-3, scale=True):
        layer = nn.BatchNorm2d(channels, eps=eps)
        layer.running_var.data = torch.from_numpy(values(f"{name}.variance", channels))
        if scale:
            layer.weight.data = torch.from_numpy(values(f"{name}.gamma", channels))
        return layer

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.stem_norm = conv("stem", 3, 4, bias=False), norm("stem_norm", 4)
            self.down, self.down_norm = conv("down", 4, 6, 1, 2, bias=False), norm("down_norm", 6)
            self.block1, self.block1_norm = conv("block1", 4, 6, 3, 2, bias=False), norm("block1_norm", 6, 1e-5)
            self.block2, self.block2_norm = conv("block2", 6, 6), norm("block2_norm", 6, scale=False)
            self.depth, self.depth_norm = conv("depth", 6, 12, groups=6), norm("depth_norm", 12)
            self.point = conv("point", 12, 8, 1)
            self.sep_depthwise, self.sep_pointwise = (
                conv("sep_depthwise", 8, 8, groups=8),
                conv("sep_pointwise", 8, 8, 1),
            )
            self.sep_norm = norm("sep_norm", 8)
            self.a, self.b1, self.c = conv("a", 8, 2, 1), conv("b1", 8, 4, 1), conv("c", 8, 2)
            self.b2, self.b_norm = conv("b2", 4, 2, groups=2), norm("b_norm", 2)
            self.last, self.last_norm, self.head = conv("last", 6, 2), norm("last_norm", 2), nn.Linear(2, 2)

        def forward(self, x):
            x = self.stem_norm(self.stem(x)).relu()
            y = self.block1_norm(self.block1(x)).relu()
            x = (self.block2_norm(self.block2(y)) + self.down_norm(self.down(x))).relu()
            x = self.point(self.depth_norm(self.depth(x))).relu()
            x = self.sep_norm(self.sep_pointwise(self.sep_depthwise(x)).relu())
            b = self.b_norm(self.b2(self.b1(x).relu()))
            x = torch.cat([self.a(x), b, self.c(nn.functional.max_pool2d(x, 3, 1, 1))], 1)
            x = self.last_norm(self.last(nn.functional.dropout(x, training=False)).relu())
            return self.head(x.mean((2, 3)))

    torch.onnx.export(Net().eval(), torch.zeros(1, 3, 16, 16), FOLDER / "net.onnx", dynamo=False)


save(net(), "net")
save(nested(), "nested")
save(line(), "line")
own = Own(name="own")
own(np.zeros((1, 8, 8, 2), np.float32))
for layer in (own.one, own.two):
    layer.set_weights([values(f"{own.name}.{position}", a.shape) for position, a in enumerate(layer.get_weights())])
own.save(FOLDER / f"keras{MAJOR}_own.keras")
own.save_weights(FOLDER / f"keras{MAJOR}_own.weights.h5")
if MAJOR == "3":
    half = keras.Sequential([layers.Input((8, 8, 2)), layers.Conv2D(2, 3, name="half", dtype="bfloat16")], name="half")
    fill(half)
    half.save(FOLDER / "keras3_half.keras")
    sharded = net()
    fill(sharded)
    sharded.save_weights(FOLDER / "keras3_shards.weights.json", max_shard_size=3e-6)
    torch_net()
