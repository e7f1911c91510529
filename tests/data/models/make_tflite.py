"""Write tests/data/models/tflite/: small networks by TensorFlow's converter, and their weights. Run by hand.

Written with tensorflow-cpu 2.15.1: `python make_tflite.py`.
"""

from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

FOLDER = Path(__file__).parent / "tflite"
RANDOM = np.random.default_rng(0)


def network() -> tf.keras.Model:
    """Convolutions of all kinds; BatchNorm behind a convolution, behind an activation, and before a sum."""
    x = first = layers.Input((16, 16, 3), batch_size=1)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="a")(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization(name="norm_a")(x))
    x = layers.ZeroPadding2D(1)(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, name="b")(x)
    x = layers.Activation("swish")(x)
    x = layers.BatchNormalization(name="norm_b")(x)
    x = layers.Conv2D(8, 3, groups=2, padding="same", activation="relu", name="c")(x)
    y = layers.Conv2D(8, 1, name="d")(x)
    x = layers.Add()([layers.BatchNormalization(name="norm_d")(y), y])
    x = layers.Conv2DTranspose(6, 2, strides=2, name="up")(x)
    x = layers.Conv2D(4, (1, 5), name="e")(x)
    x = layers.Conv2D(32, 3, strides=2, name="f")(x)  # hybrid files have int8 for 1,024 weights and more
    return tf.keras.Model(first, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def branches() -> tf.Module:
    """A convolution in each branch of a condition, and one behind it."""
    module = tf.Module()
    module.w = [tf.Variable(RANDOM.normal(size=(3, 3, 2, 2)).astype(np.float32), name=name) for name in "abc"]

    def conv(x: tf.Tensor, number: int) -> tf.Tensor:
        return tf.nn.conv2d(x, module.w[number], 1, "SAME")

    @tf.function(input_signature=[tf.TensorSpec((1, 8, 8, 2), tf.float32)])
    def call(x: tf.Tensor) -> tf.Tensor:
        y = tf.cond(tf.reduce_sum(x) > 0, lambda: conv(x, 0), lambda: tf.nn.relu(conv(tf.nn.relu(x), 1)) * x)
        return conv(y, 2)

    module.call = call
    return module


def main() -> None:
    """Write the network in float32, float16, with some weights in int8 and with all, and the one with branches."""
    tf.keras.utils.set_random_seed(0)
    model = network()
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            size = layer.gamma.shape
            layer.set_weights([RANDOM.uniform(0.5, 2, size) for _ in range(4)])
    FOLDER.mkdir(exist_ok=True)
    weights = {}
    for name in ("single", "half", "hybrid", "int8"):
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        converter.optimizations = [] if name == "single" else [tf.lite.Optimize.DEFAULT]
        if name == "half":
            converter.target_spec.supported_types = [tf.float16]
        if name == "int8":
            converter.representative_dataset = lambda: ([RANDOM.random((1, 16, 16, 3), np.float32)] for _ in range(4))
        content = converter.convert()
        (FOLDER / f"{name}.tflite").write_bytes(content)
        if name in ("single", "half"):
            weights |= {f"{name}_{number}": array for number, array in enumerate(kernels(content))}
    module = branches()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([module.call.get_concrete_function()], module)
    (FOLDER / "branches.tflite").write_bytes(converter.convert())
    weights |= {f"branches_{number}": variable.numpy() for number, variable in enumerate(module.w)}
    np.savez_compressed(FOLDER / "weights.npz", **weights)


def kernels(content: bytes) -> list[np.ndarray]:
    """The weights of all 3x3 convolutions that the interpreter has, with axes (out, in / groups, height, width)."""
    interpreter = tf.lite.Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    interpreter.invoke()
    axes = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2)}
    found = [
        interpreter.get_tensor(operator["inputs"][1]).transpose(axes[operator["op_name"]])
        for operator in interpreter._get_ops_details()
        if operator["op_name"] in axes
    ]
    return [weights for weights in found if weights.shape[2:] == (3, 3)]


if __name__ == "__main__":
    main()
