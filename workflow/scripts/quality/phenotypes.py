"""The phenotype of every layer."""

from pathlib import Path

from filtershift.command import run


def judge(
    layers: Path,
    moments: list[Path],
    basis: Path,
    extent: list[Path],
    histograms: list[Path],
    of_layers: Path,
    of_models: Path,
) -> None:
    """Statistics of all passes and shards, histograms of scaled filters -> phenotypes of layers, shares in models."""
    from filtershift.analysis.quality.forms import layer_forms
    from filtershift.analysis.quality.phenotypes import layer_phenotypes, model_phenotypes
    from filtershift.dataset.layer_table import load_layers
    from filtershift.files import write_table
    from filtershift.passes.extent import LayerExtent
    from filtershift.passes.moments import LayerMoments
    from filtershift.passes.stored.groups import load_bases
    from filtershift.passes.stored.histograms import load_grid, stored_layers
    from filtershift.passes.stored.layers import load

    forms = layer_forms(
        load(moments, LayerMoments),
        load(extent, LayerExtent),
        load_bases(basis)[0],
        load_grid(histograms[0]).window,
        stored_layers(histograms, "window"),
    )
    table = layer_phenotypes(load_layers(layers), forms)
    write_table(of_layers, table, index=True)
    write_table(of_models, model_phenotypes(table))


if __name__ == "__main__":
    run(judge)
