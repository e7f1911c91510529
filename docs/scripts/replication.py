"""Write docs/replication.md from the tables of a finished run of the zoo: what of the papers can be seen there."""

import argparse
from pathlib import Path

import pandas as pd

from filtershift.analysis.claims.about_layers import RESTORATION
from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED
from filtershift.analysis.uncertainty.noise import above_noise
from filtershift.report.sections import number

PAGE = Path(__file__).parents[1] / "replication.md"
INTRODUCTION = """# What of the papers can be seen elsewhere

Gavrikov & Keuper drew their conclusions in 2021 ([arXiv:2201.08465](https://arxiv.org/abs/2201.08465)) and 2022
([arXiv:2203.15331](https://arxiv.org/abs/2203.15331)) from their own collections of 391 and 647 models.
Here the same statistics are taken of other nets: the zoo, the default data set.
`docs/scripts/replication.py` makes this page from the tables of the run.

{facts}

Two things to know before reading:

- **Lineages are the evidence, not models.** Many of the {models} models are one net at other scales or noise levels.
  Intervals come of drawing the {lineages} lineages anew, so they are wide. The papers give none.
- **The zoo is another mixture.** {restoring:.0%} of its filters are of nets that restore images. It has no GAN and one
  medical model. A verdict is about these nets, by a threshold that is ours ([claims](claims.md)).

D of the papers is read off the colours of the D-matrices that the authors published, to about .002.
"Our statistic" is the one that decides here, computed from their matrices: first 2021, then 2022.
"""


def page(results: Path) -> str:
    """The page of a folder of results."""
    claims, findings = (pd.read_csv(results / f"{name}.csv") for name in ("claims", "findings"))
    models, layers = (pd.read_csv(results / f"{name}.csv", low_memory=False) for name in ("models", "layers"))
    lineages = pd.read_csv(results / "clusters.csv")["cluster"].nunique()
    facts = {
        "models": len(models),
        "lineages": lineages,
        "tasks": models["Task"].nunique(),
        "data types": models["Visual Category"].nunique(),
        "3×3 layers": len(layers),
        "3×3 filters": int(layers["n_filters"].sum()),
    }
    rows = "\n".join(f"| {name} | {number(value)} |" for name, value in facts.items())
    restoring = layers.loc[layers["Task"].isin(RESTORATION), "n_filters"].sum() / layers["n_filters"].sum()
    parts = [
        INTRODUCTION.format(
            facts=f"| the zoo | |\n|---|---|\n{rows}", models=len(models), lineages=lineages, restoring=restoring
        ),
        in_short(claims),
        "## Claim by claim\n",
        *(f"### {claim.number}. {claim.claim}\n\n{told(claim)}" for claim in claims.itertuples()),
        f"## What the papers do not say\n\n{len(findings)} statements of ours, judged by the same rule.\n",
        *(f"### {finding.claim}\n\n{told(finding)}" for finding in findings.itertuples()),
        noise_section(results),
    ]
    return "\n".join(parts)


def in_short(claims: pd.DataFrame) -> str:
    """How many claims hold, and a table of all."""
    count = claims["verdict"].value_counts()
    rows = [f"| {claim.number} | {claim.claim} | {value(claim)} | {claim.verdict} |" for claim in claims.itertuples()]
    return "\n".join(
        [
            "## In short\n",
            f"{count.get(HOLDS, 0)} claims hold, {count.get(FAILS, 0)} do not, "
            f"{count.get(UNDECIDED, 0)} cannot be judged here.\n",
            "| | claim | value, interval | verdict |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def told(claim) -> str:
    """A claim: what the papers report, what was found, and what that means."""
    lines = []
    if reports := getattr(claim, "reports", None):
        lines.append(f"- *The papers* ({claim.paper}): {reports}")
    if pd.notna(claim.value):
        lineages = f"{claim.n_lineages:.0f} lineages of {claim.n_models:.0f} models"
        lines.append(f"- *Here*: {value(claim)}; {claim.rests_on}; {lineages}.")
    lines.append(f"- *Statistic*: {claim.statistic}; {claim.rule}.")
    if claim.verdict == UNDECIDED:
        leaning = f" The value is {side(claim)}." if pd.notna(claim.value) else ""
        lines.append(f"- **Cannot be judged here**: {claim.reason}.{leaning}")
    else:
        lines.append(f"- **{claim.verdict.capitalize()}.** {claim.means}")
    return "\n".join(lines) + "\n"


def side(claim) -> str:
    """On which side of the threshold the value lies."""
    within = claim.rule.split("the interval is ")[1].split(";")[0]
    word, *ends = within.replace(" and ", " ").split()
    low, high = {
        "below": (float("-inf"), float(ends[0])),
        "above": (float(ends[0]), float("inf")),
        "between": (float(ends[0]), float(ends[-1])),
    }[word]
    return "where the claim has it, but not surely" if low < claim.value < high else "not where the claim has it"


def value(claim) -> str:
    """The statistic with its interval."""
    return "" if pd.isna(claim.value) else f"{claim.value:.2g} ({claim.low:.2g} to {claim.high:.2g})"


def noise_section(results: Path) -> str:
    """How many shifts between groups are more than noise, for each grouping and variant."""
    rows = []
    for path in sorted(results.glob("scaled/shift/*.intervals.csv")):
        grouping = path.name.removesuffix(".intervals.csv")
        cells = []
        for variant in ("scaled", "unscaled"):
            pairs = pd.read_csv(results / variant / "shift" / path.name)
            cells.append(f"{number(int(above_noise(pairs['flag']).sum()))} of {number(len(pairs))}")
        rows.append(f"| `{grouping}` | {cells[0]} | {cells[1]} |")
    lead = (
        "## Shifts that are more than noise\n\n"
        "A shift counts if it is larger than those between halves of its groups, and between groups of the same sizes "
        "with shuffled labels ([uncertainty](uncertainty.md)).\n"
    )
    tasks = pd.read_csv(results / "scaled/shift/task.intervals.csv")
    named = [
        f"- {pair.a} and {pair.b}: {pair.corrected:.2g} ({pair.low:.2g} to {pair.high:.2g})"
        for pair in tasks[above_noise(tasks["flag"])].sort_values("shift").itertuples()
    ]
    rows += [
        "",
        f"Pairs of tasks, scaled filters, with the corrected D and its interval: {'none.' if not named else ''}",
        "",
        *named,
    ]
    return "\n".join([lead, "| grouping | pairs above noise, scaled | unscaled |", "|---|---|---|", *rows, ""])


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="results of the zoo")
    PAGE.write_text(page(parser.parse_args().results), encoding="utf-8")


if __name__ == "__main__":
    main()
