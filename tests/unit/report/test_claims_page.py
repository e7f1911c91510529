from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.claims.judge import CLAIMS, FAILS, HOLDS, UNDECIDED
from filtershift.report.claims import claims_page, facts, sections


@pytest.fixture
def claims() -> pd.DataFrame:
    """A table of all claims, of each verdict some."""
    verdicts = [(HOLDS, FAILS, UNDECIDED)[k % 3] for k in range(len(CLAIMS))]
    return pd.DataFrame(
        {
            "number": range(1, len(CLAIMS) + 1),
            "key": [claim.key for claim in CLAIMS],
            "claim": [claim.says for claim in CLAIMS],
            "paper": [claim.paper for claim in CLAIMS],
            "statistic": [claim.statistic for claim in CLAIMS],
            "rule": [claim.rule for claim in CLAIMS],
            "variant": [claim.variant for claim in CLAIMS],
            "value": [np.nan if verdict == UNDECIDED else 0.75 for verdict in verdicts],
            "low": 0.5,
            "high": 1.25,
            "n_models": 12,
            "rests_on": "3 of 4 groups of task",
            "verdict": verdicts,
            "reason": [f"<b>{verdict}</b>" if verdict == UNDECIDED else None for verdict in verdicts],
        }
    )


def test_verdicts_are_counted(claims: pd.DataFrame) -> None:
    assert facts(claims) == {"claims": "16", HOLDS: "6", FAILS: "5", UNDECIDED: "5"}
    assert facts(claims.assign(verdict=HOLDS)) == {"claims": "16", HOLDS: "16", FAILS: "0", UNDECIDED: "0"}


def test_every_claim_has_its_rule(claims: pd.DataFrame) -> None:
    verdicts, rules = (section.tables[0].frame for section in sections(claims))
    assert verdicts["holds if"].tolist() == [claim.region.words for claim in CLAIMS]
    assert verdicts["number"].tolist() == rules["number"].tolist() == list(range(1, 17))
    assert rules["statistic"].str.len().gt(20).all()


def test_the_page_shows_claims_whole_and_marks_verdicts(claims: pd.DataFrame) -> None:
    page = claims_page(Path("results/mine"), claims)
    assert "<h1>The papers&#39; claims, on mine</h1>" in page
    for claim in CLAIMS:
        assert claim.says in page
    for verdict, mark in ((HOLDS, "yes"), (FAILS, "no"), (UNDECIDED, "open")):
        assert page.count(f'<td dir="auto" class="{mark}">{verdict}</td>') == (claims["verdict"] == verdict).sum() > 0
    assert "<b>cannot" not in page
    assert "&lt;b&gt;cannot be judged here&lt;/b&gt;" in page
