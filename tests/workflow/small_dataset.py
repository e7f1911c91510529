"""A small data set with the troubles of real ones, and the same content as plain arrays."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from filtershift.dataset.writer import write_dataset

TASKS = ["Classification", "Semantic Segmentation", "GAN-Generator", "Classification", None, "Object Detection"]
DEPTHS = [4, 5, 4, 3, 5, 4]
ZEROS, NON_FINITE = 7, 11  # layers


def small_filters() -> tuple[list[NDArray[np.float32]], pd.DataFrame]:
    """The filters of each layer, and one row of metadata a layer: 25 layers of six models.

    One layer is all zero, one filter has a NaN, and constant filters +1 and -1 make the zero filters' first
    coefficient lie on the middle edge of the bins.
    """
    rng = np.random.default_rng(3)
    layers, rows, start = [], [], 0
    for model, depth in enumerate(DEPTHS):
        for k in range(depth):
            common = rng.standard_t(6, (rng.integers(60, 260), 1))
            filters = 0.02 * (1.5 * common + rng.normal(0.1 * k, 1, (len(common), 9)) @ rng.normal(0, 0.6, (9, 9)))
            if k == 1:
                filters[::4] *= 1e-4
            layers.append(filters.astype(np.float32))
            rows.append(
                {
                    "model_id": model,
                    "conv_depth": k,
                    "conv_depth_norm": k / (depth - 1),
                    "model": f"net-{model}",
                    "Name": ["ResNet", "U-Net", "StyleGAN"][model % 3],
                    "Task": TASKS[model],
                    "Visual Category": ["natural", "medical ct", "faces", "natural", "natural", None][model],
                    "Training-Dataset": ["ImageNet", "A,B", "A,B", "ImageNet", "ImageNet", "COCO"][model],
                    "Pretraining-Dataset": None if model < 3 else "ImageNet",
                    "op_set": 11 + 2 * (model % 2),
                    "kernel": "depthwise" if k == 2 else "regular",
                    "out_channels": len(filters) // 4,
                    "in_channels": 4 if len(filters) % 4 == 0 else 3,
                    "groups": 1,
                    "filter_ids": f"{start}:{start + len(filters) - 1}",
                }
            )
            start += len(filters)
    layers[0][:2] = [[1], [-1]]
    layers[ZEROS][:] = 0
    layers[NON_FINITE][5, 3] = np.nan
    return layers, pd.DataFrame(rows)


def write_small(path: Path) -> None:
    layers, meta = small_filters()
    write_dataset(path, layers, meta)
