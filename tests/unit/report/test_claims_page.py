from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED, Claim
from filtershift.analysis.claims.of_ours import FINDINGS
from filtershift.analysis.claims.of_papers import CLAIMS
from filtershift.report.claims import claims_page, facts, sections


def table_of(claims: Sequence[Claim]) -> pd.DataFrame:
    """A table of judged claims, of each verdict some."""
    verdicts = [(HOLDS, FAILS, UNDECIDED)[k % 3] for k in range(len(claims))]
    return pd.DataFrame(
        {
            "number": range(1, len(claims) + 1),
            "key": [claim.key for claim in claims],
            "claim": [claim.says for claim in claims],
            "paper": [claim.paper for claim in claims],
            "reports": [claim.reports for claim in claims],
            "statistic": [claim.statistic for claim in claims],
            "rule": [claim.rule for claim in claims],
            "variant": [claim.variant for claim in claims],
            "value": [np.nan if verdict == UNDECIDED else 0.75 for verdict in verdicts],
            "low": 0.5,
            "high": 1.25,
            "n_models": 12,
            "n_lineages": 9,
            "rests_on": "3 of 4 groups of task",
            "verdict": verdicts,
            "means": [
                claim.if_holds if verdict == HOLDS else None for claim, verdict in zip(claims, verdicts, strict=True)
            ],
            "reason": [f"<b>{verdict}</b>" if verdict == UNDECIDED else None for verdict in verdicts],
        }
    )


@pytest.fixture
def claims() -> pd.DataFrame:
    return table_of(CLAIMS)


@pytest.fixture
def findings() -> pd.DataFrame:
    return table_of(FINDINGS).drop(columns=["paper", "reports"])


def test_verdicts_are_counted(claims: pd.DataFrame) -> None:
    assert facts(claims) == {"claims": "16", HOLDS: "6", FAILS: "5", UNDECIDED: "5"}
    assert facts(claims.assign(verdict=HOLDS)) == {"claims": "16", HOLDS: "16", FAILS: "0", UNDECIDED: "0"}


def test_every_claim_has_its_rule(claims: pd.DataFrame, findings: pd.DataFrame) -> None:
    verdicts, reports, beyond, rules = (section.tables[0].frame for section in sections(claims, findings))
    assert verdicts["holds if"].tolist() == [claim.region.words for claim in CLAIMS]
    assert beyond["holds if"].tolist() == [claim.region.words for claim in FINDINGS]
    assert rules["claim"].tolist() == [claim.says for claim in (*CLAIMS, *FINDINGS)]
    assert reports["the papers"].tolist() == [claim.reports for claim in CLAIMS]
    assert rules["statistic"].str.len().gt(20).all()


def test_the_page_shows_claims_whole_and_marks_verdicts(claims: pd.DataFrame, findings: pd.DataFrame) -> None:
    page = claims_page(Path("results/mine"), claims, findings)
    assert "<h1>The papers&#39; claims, on mine</h1>" in page
    for claim in (*CLAIMS, *FINDINGS):
        assert escape(claim.says) in page
    counted = pd.concat([claims, findings])["verdict"].value_counts()
    for verdict, mark in ((HOLDS, "yes"), (FAILS, "no"), (UNDECIDED, "open")):
        assert page.count(f'<td dir="auto" class="{mark}">{verdict}</td>') == counted[verdict] > 1
    assert "<b>cannot" not in page
    assert "&lt;b&gt;cannot be judged here&lt;/b&gt;" in page
