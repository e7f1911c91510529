"""The page of the papers' claims: each with its verdict on this data set, and what decides it."""

from pathlib import Path

import pandas as pd

from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED
from filtershift.report.page import render
from filtershift.report.sections import Section, Table, number

LEAD = "What Gavrikov & Keuper observed in 2021 and 2022, paraphrased, and whether it can be observed in this data set."
MARKS = {HOLDS: "yes", FAILS: "no", UNDECIDED: "open"}


def claims_page(results: Path, claims: pd.DataFrame, findings: pd.DataFrame) -> str:
    """The whole page of a folder of results, from its tables of judged claims and of what the papers do not say."""
    return render(results, f"The papers' claims, on {results.name}", LEAD, facts(claims), sections(claims, findings))


def facts(claims: pd.DataFrame) -> dict[str, str]:
    """How many claims there are of each verdict."""
    counted = claims["verdict"].value_counts()
    return {"claims": number(len(claims)), **{verdict: number(counted.get(verdict, 0)) for verdict in MARKS}}


def sections(claims: pd.DataFrame, findings: pd.DataFrame) -> list[Section]:
    """The verdicts, what the papers report, what they do not say, and what each verdict rests on.

    Args:
        claims: one row per claim, as of `filtershift.analysis.claims.judge.judge_claims`.
        findings: the same of what the papers do not say.
    """
    return [verdicts(claims), reports(claims), beyond(findings), rules(pd.concat([claims, findings]))]


def verdicts(claims: pd.DataFrame) -> Section:
    """Each claim, its verdict, and the statistic with its interval."""
    text = [
        "The papers give no thresholds: those here are ours. A claim holds if all of the statistic's interval is where "
        "the rule says, and does not if none of it is. In between, or where groups are missing, it cannot be judged, "
        "for the reason given. That says nothing against the claim.",
        "The interval holds 95 % of what the statistic is when the lineages of the data set are drawn anew with "
        "replacement. A lineage is all variants of one model, by the label lineage; a model without it is one of its "
        "own.",
    ]
    return Section("Verdicts", text, [Table("Claims", _judged(claims), "claims.csv", MARKS, prose=True)])


def reports(claims: pd.DataFrame) -> Section:
    """What the papers report, beside what was found here and what it means."""
    text = (
        "Numbers of D are read off the colours of the D-matrices that the authors published. Our statistic is the one "
        "that decides here, computed from these matrices."
    )
    table = claims[["number", "claim", "reports", "value", "means"]].rename(columns={"reports": "the papers"})
    return Section("The papers' numbers", [text], [Table("Numbers", table, "claims.csv", prose=True)])


def beyond(findings: pd.DataFrame) -> Section:
    """What the papers do not say, judged in the same way."""
    text = "These statements are ours, judged by the same rule."
    return Section(
        "Beyond the papers", [text], [Table("Findings", _judged(findings), "findings.csv", MARKS, prose=True)]
    )


def _judged(claims: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
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


def rules(claims: pd.DataFrame) -> Section:
    """What decides each claim, on how much it rests here, and where it is from."""
    text = (
        "Groups take part in a comparison if they have at least 3 lineages of models and 10,000 filters: with fewer, "
        "shifts are inflated and intervals mean nothing. docs/claims.md explains each statistic."
    )
    columns = ["claim", "statistic", "rests_on", "n_models", "n_lineages", "paper", "variant"]
    return Section("Rules", [text], [Table("Statistics", claims[columns], "claims.csv", prose=True)])
