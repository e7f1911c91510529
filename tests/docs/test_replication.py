"""docs/replication.md is made from the claims as they are now."""

import re
from pathlib import Path

from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED
from filtershift.analysis.claims.of_ours import FINDINGS
from filtershift.analysis.claims.of_papers import CLAIMS

PAGE = (Path(__file__).parents[2] / "docs/replication.md").read_text(encoding="utf-8")
PARTS = {part.split("\n")[0]: part for part in PAGE.split("\n### ")[1:]}


def test_every_claim_and_finding_has_its_part() -> None:
    assert list(PARTS) == [
        *(f"{number}. {claim.says}" for number, claim in enumerate(CLAIMS, start=1)),
        *(claim.says for claim in FINDINGS),
    ]


def test_each_part_says_what_is_reported_found_and_meant() -> None:
    for claim, part in zip((*CLAIMS, *FINDINGS), PARTS.values(), strict=True):
        assert claim.reports in part
        assert claim.rule in part
        meant = {f"**{HOLDS.capitalize()}.** {claim.if_holds}", f"**{FAILS.capitalize()}.** {claim.if_not}"}
        assert any(text in part for text in meant) != (f"**{UNDECIDED.capitalize()}**: " in part)


def test_the_count_is_that_of_the_parts() -> None:
    held, failed, undecided = map(int, re.search(r"(\d+) claims hold, (\d+) do not, (\d+) cannot", PAGE).groups())
    table = [line.split("|")[-2].strip() for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [table.count(verdict) for verdict in (HOLDS, FAILS, UNDECIDED)] == [held, failed, undecided]
    assert len(table) == len(CLAIMS)
