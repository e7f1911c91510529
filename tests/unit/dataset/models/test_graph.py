"""Which BatchNorm follows a convolution, in graphs of any format."""

import numpy as np

from filtershift.dataset.models.batch_norm import BatchNorm
from filtershift.dataset.models.graph import PASSES_ON, Graph, Operator, stored_model
from filtershift.dataset.models.stored import StoredTensor

WEIGHTS = StoredTensor("w", (1, 1, 3, 3), "w", lambda: np.ones((1, 1, 3, 3), np.float32))
CONV = Operator("Conv", "c", ("x",), ("v",), WEIGHTS, is_level=True)


def test_values_that_two_operators_make_do_not_lead_round_in_a_circle():
    circle = [Operator(PASSES_ON, "p", ("v",), ("w",)), Operator(PASSES_ON, "q", ("w",), ("v",)), CONV]
    (found,) = stored_model(Graph(circle, frozenset("x"), frozenset())).convolutions
    assert found.norm is None


def test_a_batch_norm_behind_operators_that_pass_on():
    norm = BatchNorm(1, lambda: np.ones(1))
    operators = [CONV, Operator(PASSES_ON, "p", ("v",), ("w",)), Operator("Norm", "n", ("w",), ("y",), norm=norm)]
    (found,) = stored_model(Graph(operators, frozenset("x"), frozenset("y"))).convolutions
    assert found.norm is norm
