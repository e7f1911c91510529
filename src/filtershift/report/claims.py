"""The page of the papers' claims: each with its verdict on this data set, and what decides it."""

from pathlib import Path

import pandas as pd

from filtershift.analysis.claims.judge import FAILS, HOLDS, UNDECIDED
from filtershift.report.page import render
from filtershift.report.sections import Section, Table, number

LEAD = "What Gavrikov & Keuper observed in 2021 and 2022, paraphrased, and whether it can be observed in this data set."
MARKS = {HOLDS: "yes", FAILS: "no", UNDECIDED: "open"}


def claims_page(results: Path, claims: pd.DataFrame) -> str:
    """The whole page of a folder of results, from its table of judged claims."""
    return render(results, f"The papers' claims, on {results.name}", LEAD, facts(claims), sections(claims))


def facts(claims: pd.DataFrame) -> dict[str, str]:
    """How many claims there are of each verdict."""
    counted = claims["verdict"].value_counts()
    return {"claims": number(len(claims)), **{verdict: number(counted.get(verdict, 0)) for verdict in MARKS}}


def sections(claims: pd.DataFrame) -> list[Section]:
    """The verdicts, then what each rests on.

    Args:
        claims: one row per claim, as of `filtershift.analysis.claims.judge.judge_claims`.
    """
    return [verdicts(claims), rules(claims)]


def verdicts(claims: pd.DataFrame) -> Section:
    """Each claim, its verdict, and the statistic with its interval."""
    text = [
        "The papers give no thresholds: those here are ours. A claim holds if all of the statistic's interval is where "
        "the rule says, and does not if none of it is. In between, or where groups are missing, it cannot be judged, "
        "for the reason given. That says nothing against the claim.",
        "The interval holds 95 % of what the statistic is when the models of the data set are drawn anew with "
        "replacement. It does not know that some models are copies or relatives of others, which makes it too narrow.",
    ]
    table = pd.DataFrame(
        {
            "number": claims["number"],
            "claim": claims["claim"],
            "verdict": claims["verdict"],
            "value": claims["value"],
            "from": claims["low"],
            "to": claims["high"],
            "holds if": claims["rule"].str.extract(r"^holds if all of the interval is ([^;]*)", expand=False),
            "reason": claims["reason"],
        }
    )
    return Section("Verdicts", text, [Table("Claims", table, "claims.csv", MARKS, prose=True)])


def rules(claims: pd.DataFrame) -> Section:
    """What decides each claim, on how much it rests here, and where it is from."""
    text = (
        "Groups take part in a comparison if they have at least 3 models and 10,000 filters: with fewer, shifts are "
        "inflated and intervals mean nothing. docs/claims.md explains each statistic."
    )
    columns = ["number", "statistic", "rests_on", "n_models", "paper", "variant"]
    return Section("Rules", [text], [Table("Statistics", claims[columns], "claims.csv", prose=True)])
