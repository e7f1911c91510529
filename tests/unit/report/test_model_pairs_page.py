import numpy as np
import pandas as pd

from filtershift.analysis.layerwise.pairs import over_pairs
from filtershift.analysis.uncertainty.intervals import Resampling
from filtershift.report.model_pairs import pairs_page


def test_the_page_says_where_pairs_differ_most(picture) -> None:
    depths = ["[0, .1]", "(.9, 1]", "all"]
    pairs = pd.DataFrame(
        {
            "variant": "scaled",
            "contrast": "no → <b>yes</b>",
            "group": np.repeat(["vgg", "resnet"], 3),
            "before_name": "a",
            "after_name": "b",
            "n_filters_before": [100, 5000, 5100] * 2,
            "n_filters_after": 5000,
            "depth": depths * 2,
            "shift": [8.0, 1.5, 0.25, 9.0, 2.5, 0.75],
        }
    )
    skipped = pd.DataFrame([("model", "c", "a label is missing", 3)], columns=["kind", "name", "reason", "count"])
    folder = picture.path.parents[1] / "layerwise/pairs/mine"
    short = over_pairs(pairs, Resampling(20))
    page = pairs_page(folder, pairs, short, skipped, ("robust", ["net"]), {"scaled": picture})
    assert "2 pairs, of scaled filters D = 0.5 on average, and most at relative depth (.9, 1] (D = 2)." in page
    assert "<b>yes" not in page
    assert "a label is missing" in page
