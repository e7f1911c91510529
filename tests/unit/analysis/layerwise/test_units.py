import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.layerwise.units import (
    CHANNELS,
    MOST_RUNS,
    RUNS,
    kind_of_units,
    moments_of_layers,
    unit_ranges,
    unit_sums,
)
from filtershift.passes.bases import global_bases
from filtershift.passes.extent import measure_extent
from filtershift.passes.filter_array import FilterArray
from filtershift.passes.histograms import compared_counts, make_grids
from filtershift.passes.moments import measure_moments
from taken import counts_of


def test_units_are_channels_or_runs_of_filters() -> None:
    layers = pd.DataFrame({"out_channels": [4, None, None], "n_filters": [12, 3000, 12]})
    ranges = pd.DataFrame({"start": [0, 12, 3012], "stop": [12, 3012, 3024]})
    units = unit_ranges(ranges, layers)
    assert units["owner"].value_counts().to_dict() == {0: 4, 1: MOST_RUNS, 2: 12}
    assert units.loc[units["owner"] == 0, ["start", "stop"]].to_numpy().tolist() == [[0, 3], [3, 6], [6, 9], [9, 12]]
    assert units["start"].tolist()[1:] == units["stop"].tolist()[:-1]
    assert [kind_of_units(row) for row in layers.to_dict("records")] == [CHANNELS, RUNS, RUNS]


def test_units_add_up_to_their_layer(rng: np.random.Generator) -> None:
    filters = [rng.normal(size=(24, 9)) * scale + rng.normal(size=9) for scale in (0.2, 1.0)]
    source = FilterArray(filters)
    layers = pd.DataFrame({"out_channels": [4, 6], "n_filters": [24, 24]})
    moments = measure_moments(source, source.row_ranges)
    bases = global_bases(moments)
    grids = make_grids(moments, measure_extent(source, source.row_ranges, bases, moments), bases, 10)
    units = unit_ranges(source.row_ranges, layers)
    of_units = measure_moments(source, units)
    merged = moments_of_layers(of_units, units["owner"].to_numpy())
    for name, values in vars(moments).items():
        assert vars(merged)[name] == pytest.approx(values), name
    found = unit_sums(source, units, of_units, bases, grids)
    counted = counts_of(source, source.row_ranges, bases, grids)
    for k, rows in enumerate(filters):
        for v, variant in enumerate((rows / np.abs(rows).max(axis=1, keepdims=True), rows)):
            own = found[k][v]
            assert own.units == (4, 6)[k]
            assert (own.counts.sum(axis=0) == compared_counts(counted[k][v], 10)).all()
            coefficients = (variant - bases[v].mean) @ bases[v].components.T
            sums = own.moments.sum(axis=0)
            assert sums[0] == 24
            assert sums[1:10] == pytest.approx(coefficients.sum(axis=0))
            assert sums[10:19] == pytest.approx((coefficients**2).sum(axis=0))
            energy = (variant.reshape(own.units, -1, 9) ** 2).sum(axis=2).mean(axis=1)
            assert own.moments[:, 19] == pytest.approx(np.log(energy))
