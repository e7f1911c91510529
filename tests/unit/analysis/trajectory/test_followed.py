import pandas as pd

from filtershift.analysis.trajectory.checkpoints import find_checkpoints
from filtershift.analysis.trajectory.followed import follow_layers


def follow(*models):
    """Models given as (run, epoch, [(layer name, filters), …]); the layers and places of `follow_layers`."""
    layers = pd.DataFrame(
        [
            {
                "model_id": k,
                "model": f"m{k}",
                "run": run,
                "epoch": epoch,
                "layer_name": name,
                "n_filters": n,
                "conv_depth": depth,
                "conv_depth_norm": depth / max(len(own) - 1, 1),
            }
            for k, (run, epoch, own) in enumerate(models)
            for depth, (name, n) in enumerate(own)
        ]
    ).rename_axis("layer")
    return follow_layers(layers, find_checkpoints(layers, "epoch", ["run"])[0])


def names(found) -> list:
    """The name of the place of each layer, in the order of layers."""
    return [found.places["layer"][place] if place >= 0 else None for place in found.layers["place"]]


def test_by_name_whatever_the_order_and_shape() -> None:
    found = follow(("a", 1, [("x", 4), ("y", 5)]), ("a", 2, [("y", 9), ("x", 4)]))
    assert names(found) == ["x", "y", "y", "x"]
    assert found.places["layer"].tolist() == ["y", "x"]  # by depth in the last checkpoint
    assert found.layers["depth"].tolist() == ["(.9, 1]", "first layer", "first layer", "(.9, 1]"]


def test_renamed_layers_by_order_and_shape() -> None:
    found = follow(("a", 1, [("m.x", 4), ("m.z", 9), ("m.y", 4)]), ("a", 2, [("x", 4), ("y", 4), ("z", 9)]))
    assert names(found) == ["x", "z", "y", "x", "y", "z"]


def test_layers_without_a_name_are_numbered() -> None:
    found = follow(("a", 1, [(None, 4), (None, 4)]), ("a", 2, [(None, 4), (None, 4)]))
    assert names(found) == ["layer 0", "layer 1"] * 2


def test_a_layer_without_a_partner_is_listed() -> None:
    found = follow(("a", 1, [("x", 4), ("old", 7)]), ("a", 2, [("x", 4), ("new", 8)]))
    assert names(found) == ["x", None, "x", "new"]
    assert found.skipped["name"].tolist() == ["m0, old"]
    assert found.skipped["count"].tolist() == [7]


def test_runs_of_another_net_have_layers_of_their_own() -> None:
    found = follow(
        ("a", 1, [("x", 4)]), ("a", 2, [("x", 4)]), ("b", 1, [("x", 4), ("w", 6)]), ("b", 2, [("x", 4), ("w", 6)])
    )
    assert names(found) == ["x", "x", "x", "w", "x", "w"]
