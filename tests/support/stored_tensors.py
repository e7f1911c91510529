"""Tensors as readers give them, made from arrays."""

import numpy as np

from filtershift.dataset.models.stored import StoredTensor


def stored_tensor(name, values, left_out=""):
    values = np.asarray(values, np.float32)
    return StoredTensor(name, values.shape, name, lambda: values, left_out)


def stored_tensors(arrays):
    """Tensors of a dictionary of arrays; a tuple is the shape of ones."""
    return [
        stored_tensor(name, np.ones(values) if isinstance(values, tuple) else values) for name, values in arrays.items()
    ]
