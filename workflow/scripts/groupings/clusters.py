"""Put models that are not independent into clusters."""

from pathlib import Path

from filtershift.command import run


def find(name: str, layers: Path, models: Path, moments: list[Path], groups: list[Path], output: Path) -> None:
    """Models -> model_id, cluster: by shared layers if there are moments, by a grouping if there are groups of it, else
    by the column of the model table called ``name``.
    """
    from filtershift.analysis.uncertainty.clusters import (
        clusters_by_column,
        clusters_by_grouping,
        clusters_by_shared_layers,
    )
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import read_table, write_table
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.layers import load

    if moments:
        cluster = clusters_by_shared_layers(load_layers(layers)["model_id"], load(moments, LayerMoments))
    elif groups:
        group = read_table(groups[0], text=("group",)).set_index("layer")["group"]
        cluster = clusters_by_grouping(load_layers(layers), group, name)
    else:
        cluster = clusters_by_column(read_table(models), name)
    write_table(output, cluster.reset_index())


if __name__ == "__main__":
    run(find)
