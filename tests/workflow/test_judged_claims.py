"""The papers' claims, judged by the workflow on a data set made up for it, and shown on a page."""

from pathlib import Path

import pandas as pd
import pytest

from browser import Opened, needs_chromium
from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED
from filtershift.analysis.claims.of_ours import FINDINGS
from filtershift.analysis.claims.of_papers import CLAIMS
from running import ROOT, Workflow, snakemake

VERDICTS = {HOLDS, FAILS, UNDECIDED}
MADE = ("dataset=synthetic", "dataset.name=made", "dataset.filters=300000", "dataset.models=40", "dataset.layers=600")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a synthetic data set, as far as the claims need them."""
    folder = tmp_path_factory.mktemp("made")
    overrides = f"overrides={[*MADE, 'grouping=[all,task,data_type,depth_decile]']}".replace("'", '"')
    done = snakemake(ROOT, folder, "results/made/claims.html", "--config", overrides)
    assert done.returncode == 0, done.stdout
    return folder / "results/made"


def test_every_claim_has_a_verdict_and_what_it_rests_on_or_a_reason(made: Path) -> None:
    table = pd.read_csv(made / "claims.csv")
    assert table["key"].tolist() == [claim.key for claim in CLAIMS]
    assert set(table["verdict"]) <= VERDICTS
    assert table[["claim", "paper", "statistic", "reports", "rule", "variant"]].notna().all(axis=None)
    judged = table["verdict"] != UNDECIDED
    assert judged.sum() > 3
    assert table.loc[judged, ["value", "low", "high", "n_models", "rests_on"]].notna().all(axis=None)
    assert (table["reason"].isna() == judged).all()
    measured = table.dropna(subset=["value"])
    assert ((measured["low"] <= measured["value"]) & (measured["value"] <= measured["high"])).all()
    findings = pd.read_csv(made / "findings.csv")
    assert findings["key"].tolist() == [claim.key for claim in FINDINGS]
    assert set(findings["verdict"]) <= VERDICTS
    [family] = table.loc[table["key"] == "families_alike", "reason"]
    assert family == "this run has no grouping model_family"


def test_values_are_those_of_the_finished_tables(made: Path) -> None:
    values = pd.read_csv(made / "claims.csv").set_index("key")["value"]
    quality = pd.read_csv(made / "quality/layers.csv").dropna(subset=["state"])
    degenerate = (quality["state"] == "degenerate").groupby(quality["model_id"]).any()
    assert values["many_models_degenerate"] == pytest.approx(degenerate.mean())


def test_a_run_without_the_groupings_says_so(finished: Workflow) -> None:
    table = pd.read_csv(finished.results / "claims.csv").set_index("key")
    assert table["verdict"].isin(VERDICTS).all()
    assert table.loc["last_decile_distinct", "reason"] == "this run has no grouping depth_decile"
    assert table.loc["discriminators_gaussian", "reason"].startswith("0 of 5 groups of task have 3 lineages of models")


@needs_chromium
def test_the_page_shows_words_and_colours(made: Path, opened: Opened) -> None:
    table = pd.read_csv(made / "claims.csv")
    with opened(made / "claims.html") as page:
        claims = page.get_by_role("region", name="Claims")
        assert claims.locator("tbody td:nth-child(3)").all_inner_texts() == table["verdict"].tolist()
        colours = {
            cell.inner_text(): cell.evaluate("cell => getComputedStyle(cell).backgroundColor")
            for cell in claims.locator("tbody td:nth-child(3)").all()
        }
        assert len(set(colours.values())) == len(colours) > 1
        # All rows are in sight: nothing has to be scrolled within the table.
        assert claims.evaluate("region => region.scrollHeight - region.clientHeight") <= 1
