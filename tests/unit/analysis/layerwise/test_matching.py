import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.layerwise.matching import NAME, ORDER, match_layers, unmatched, with_shapes_of_partners
from filtershift.analysis.layerwise.models import model_of_layers
from two_models import layers_of


def table(**shapes: tuple[int, int]) -> pd.DataFrame:
    """The layers of a model, by name; "__" stands for a dot."""
    return layers_of("m", {name.replace("__", "."): np.ones((*shape, 3, 3)) for name, shape in shapes.items()}).table


def swapped(pairs: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    return sorted((other, one, how) for one, other, how in pairs)


def test_layers_match_by_name_whatever_their_order_and_shape() -> None:
    before, after = table(a=(4, 3), b=(8, 4)), table(b=(8, 4), a=(4, 1))
    assert match_layers(before, after) == [(0, 1, NAME), (1, 0, NAME)]


@pytest.mark.parametrize("prefix", ["module__", "model__", "encoder__backbone__"])
def test_a_prefix_of_one_model_does_not_matter(prefix: str) -> None:
    shapes = {"layer1__0__conv1": (8, 8), "layer1__0__conv2": (8, 8), "layer2__0__conv1": (8, 8)}
    reverse = {f"{prefix}{name}": shapes[name] for name in reversed(shapes)}
    pairs = match_layers(table(**shapes), table(**reverse))
    assert pairs == [(0, 2, NAME), (1, 1, NAME), (2, 0, NAME)]
    assert match_layers(table(**reverse), table(**shapes)) == swapped(pairs)


def test_the_rest_matches_by_shape_and_order() -> None:
    before = table(stem=(8, 3), a=(8, 8), b=(8, 8), c=(16, 8))
    after = table(stem=(8, 3), x=(16, 8), y=(8, 8), z=(8, 8), w=(8, 8))
    pairs = match_layers(before, after)
    assert pairs == [(0, 0, NAME), (1, 2, ORDER), (2, 3, ORDER), (3, 1, ORDER)]
    assert match_layers(after, before) == swapped(pairs)


def test_what_has_no_partner_is_listed_with_its_shape() -> None:
    before, after = table(a=(4, 3), b=(8, 4)), table(a=(4, 3), c=(2, 2))
    rows = unmatched((before, after), ("one", "other"), match_layers(before, after))
    assert rows["name"].tolist() == ["one: b", "other: c"]
    assert rows["reason"][0] == "other has no layer of this name, and none of its shape (8, 4, 3, 3) is left"
    assert rows["count"].tolist() == [32, 4]


def test_layers_without_a_name_match_by_shape_and_are_named_by_depth() -> None:
    before, after = (table(a=(4, 3), b=(8, 4)).assign(layer_name=None) for _ in range(2))
    assert match_layers(before, after) == [(0, 0, ORDER), (1, 1, ORDER)]
    assert unmatched((before, after), ("one", "other"), [])["name"][0] == "one: depth 0"


def test_shapes_that_one_model_does_not_tell_are_those_of_the_other() -> None:
    before = table(a=(4, 3), b=(8, 4), c=(2, 2))
    after = table(x=(4, 3), y=(8, 4), z=(2, 3)).assign(out_channels=np.nan, layer_name=None)
    pairs = match_layers(before, after)
    assert pairs == [(0, 0, ORDER), (1, 1, ORDER)]
    assert match_layers(after, before) == swapped(pairs)
    one, other = with_shapes_of_partners((before, after), pairs)
    assert one["out_channels"].tolist() == [4, 8, 2]
    assert other["out_channels"].tolist()[:2] == [4, 8]
    assert np.isnan(other["out_channels"][2])


def test_channels_that_contradict_the_number_of_filters_are_unknown() -> None:
    known = table(a=(4, 3), b=(8, 4)).assign(out_channels=[4.0, 5.0])
    own = model_of_layers("m", known, [np.ones((12, 9)), np.ones((32, 9))]).table
    assert own["out_channels"].fillna(0).tolist() == [4, 0]
