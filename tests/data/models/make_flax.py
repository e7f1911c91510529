"""Write the Flax files of the tests, and the kernels they hold as arrays (output, input / groups, height, width).

Run by hand where `flax` is installed; the files here are by Flax 0.12.8, JAX 0.10.2 and optax 0.2.8:
python tests/data/models/make_flax.py
"""

from pathlib import Path

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import serialization
from flax.training.train_state import TrainState

FOLDER = Path(__file__).parent / "flax"


class Net(nn.Module):
    """A convolution with BatchNorm, a depthwise one, a transposed one, and twelve that are called Conv_2 to Conv_13."""

    dtype: jnp.dtype = jnp.float32

    @nn.compact
    def __call__(self, x, train=False):
        kind = {"param_dtype": self.dtype}
        x = nn.Conv(4, (3, 3), **kind, name="stem")(x)
        x = nn.BatchNorm(use_running_average=not train, **kind, name="bn_stem")(x)
        x = nn.Conv(4, (3, 3), feature_group_count=4, use_bias=False, **kind)(x)
        x = nn.BatchNorm(use_running_average=not train, **kind)(x)
        x = nn.ConvTranspose(4, (3, 3), **kind)(x)
        for _ in range(11):
            x = nn.relu(nn.Conv(2, (3, 3), **kind)(x))
        x = nn.Conv(2, (1, 1), **kind)(x)
        return nn.Dense(3, **kind)(x.reshape(1, -1))


def kernels(variables):
    """Each kernel by its name, with axes as in PyTorch; and what the BatchNorm `bn_stem` multiplies by."""
    found = {
        ".".join(key.key for key in path[:-1]): np.asarray(leaf, np.float32).transpose(3, 2, 0, 1)
        for path, leaf in jax.tree_util.tree_leaves_with_path(variables["params"])
        if leaf.ndim == 4
    }
    scale, variance = variables["params"]["bn_stem"]["scale"], variables["batch_stats"]["bn_stem"]["var"]
    return {**found, "factors": np.asarray(scale, np.float64) / np.sqrt(np.asarray(variance, np.float64) + 1e-5)}


def write(name, tree):
    (FOLDER / f"{name}.msgpack").write_bytes(serialization.to_bytes(tree))


def made(net, init):
    """Variables whose statistics are not those of the start."""
    variables = init(jax.random.key(0), jnp.zeros((1, 8, 8, 3)))
    for name, seed in (("bn_stem", 1), ("BatchNorm_0", 2)):
        random = np.random.default_rng(seed).uniform(0.5, 2, (2, 4)).astype(np.float32)
        variables["params"][name]["scale"], variables["batch_stats"][name]["var"] = map(jnp.asarray, random)
    return variables


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    net = Net()
    write("variables", made(net, net.init))
    compiled = made(net, jax.jit(net.init))  # the same values; this sorts the keys
    write("compiled", compiled)
    state = TrainState.create(apply_fn=net.apply, params=compiled["params"], tx=optax.adam(1e-3))
    write("train_state", {"batch_stats": compiled["batch_stats"], **serialization.to_state_dict(state)})
    half = Net(dtype=jnp.bfloat16)
    variables = made(half, half.init)
    write("bfloat16", variables["params"])
    serialization.MAX_CHUNK_SIZE = 200
    write("chunked", made(net, net.init))
    np.savez_compressed(FOLDER / "float32.npz", **kernels(compiled))
    np.savez_compressed(FOLDER / "bfloat16.npz", **kernels(variables))
