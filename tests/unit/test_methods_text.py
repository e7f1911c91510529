"""The methods text of the report follows the configuration."""

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Template

from filtershift.errors import FiltershiftError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT / "workflow/lib")
    from configuration import load

    def text(*overrides: str) -> str:
        local = ("dataset=local", "dataset.path=/d.h5", "grouping=[task]")
        resolved = asdict(load(ROOT / "config", [*local, *overrides]))
        template = Template((ROOT / "workflow/report/workflow.rst").read_text())
        return template.render(snakemake=SimpleNamespace(config={"resolved": resolved}), files=[], categories=[])

    return text


def test_the_papers_choices(described) -> None:
    text = described("bins=35")
    for said in ("35 bins", "that of all coefficients of all filters.", "density of 1.19e-7", "KL(P", "in nats"):
        assert said in text
    assert "counts the same" not in text


def test_others(described) -> None:
    chosen = ("divergence=js", "weights=equal", "extent=quantile", "weighting=model", "epsilon=pseudocount")
    text = described(*(f"choices.{choice}" for choice in chosen))
    for said in ("Jensen-Shannon divergence", "99.9 %", "each model counts the same", "half a filter", " 1/9 · d("):
        assert said in text
    assert "KL(" not in text
    assert "from -3 to 3.5, beyond which" in described("choices.extent=[-3,3.5]")


@pytest.mark.parametrize(
    ("divergence", "first"), [("frechet", "Fréchet distance D = ‖m"), ("bures", "Bures distance D = tr(")]
)
def test_distances_of_means_and_covariances_have_no_bins(described, divergence, first) -> None:
    text = described(f"choices.divergence={divergence}", "choices.weighting=layer")
    for said in (first, "each layer counts the same", "squared units"):
        assert said in text
    assert "bins" not in text


def test_a_grouping_of_the_command_line(described) -> None:
    assert r"opset (by op\_set)." in described("+grouping.opset.by=op_set")


def test_a_basis_that_no_data_set_decides(described) -> None:
    assert "the DCT-II functions), which are the same for every data set" in described("basis=dct")
    assert "fixed patterns" not in described()
    with pytest.raises(FiltershiftError, match="basis must be one of pca, symmetry, dct, not fourier"):
        described("basis=fourier")
