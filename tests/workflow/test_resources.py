"""What jobs may use where memory and time are rationed, and which of them a cluster is asked for."""

import re
from pathlib import Path

import pytest
import yaml

from forks import forked
from running import ROOT, environment, snakemake

RULE = re.compile(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
RULES = {
    name: body
    for file in sorted((ROOT / "workflow/rules").rglob("*.smk"))
    for name, body in RULE.findall(file.read_text())
    if "    shell:" in body
}
JOB = re.compile(r"^(?:local)?rule (\w+):$.*?^    resources: ([^\n]+)", re.MULTILINE | re.DOTALL)
GROUPS = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())["groups"]
# Jobs of their own on a cluster.
READ_FILTERS = {"moments", "extent", "histograms", "weight_matrices", "compare_passes"}
BUILD_DATA_SETS = {"synthetic", "zoo", "unpack", "own"}
COMPARE_WITH_ALL = {"place", "compare_groups", "compare_models", "compare_pairs"}


def needs(folder: Path, filters: int, attempt: int = 1) -> dict[str, tuple[int, int]]:
    """MB and minutes of each rule's job, by the rule's name."""
    overrides = f"overrides=[dataset=synthetic,dataset.filters={filters}]"
    done = snakemake(ROOT, folder, "--dry-run", "--attempt", str(attempt), "--config", overrides)
    assert done.returncode == 0, done.stdout
    jobs = {rule: dict(need.split("=") for need in given.split(", ")) for rule, given in JOB.findall(done.stdout)}
    return {rule: (int(job["mem_mb"]), int(job["runtime"])) for rule, job in jobs.items() if "mem_mb" in job}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_memory_and_time(rule: str) -> None:
    assert "\n        mem_mb=memory(" in RULES[rule]
    assert "\n        runtime=minutes(" in RULES[rule]


def test_needs_grow_with_the_data_set_and_each_attempt(tmp_path: Path) -> None:
    small, again, large = needs(tmp_path, 10**6), needs(tmp_path, 10**6, attempt=2), needs(tmp_path, 10**9)
    assert {"synthetic", "layers", "histograms", "shift", "grouping_figures"} <= small.keys() == large.keys()
    for rule, (memory, minutes) in small.items():
        assert again[rule] == (2 * memory, 2 * minutes)
        assert large[rule][0] >= memory >= 300
    assert large["histograms"][0] == 900 + 36 * 20
    assert large["histograms"][1] == 10 + 36 // 2


def test_small_jobs_are_local_or_in_a_group() -> None:
    """A new rule is one or the other, or is worth a job of its own."""
    alone = {rule for rule, body in RULES.items() if "    localrule: True\n" not in body} - GROUPS.keys()
    assert alone == READ_FILTERS | BUILD_DATA_SETS | COMPARE_WITH_ALL
    assert GROUPS.keys() <= RULES.keys()


def test_a_run_on_slurm_can_be_planned(tmp_path: Path) -> None:
    """Jobs of a group may not wait for others that wait for the group."""
    overrides = "overrides=[dataset=synthetic,shards=3]"
    words = ["--snakefile", ROOT / "Snakefile", "--directory", tmp_path, "--profile", ROOT / "profiles/slurm"]
    done = forked([*map(str, words), "--dry-run", "--config", overrides], environment())
    assert done.returncode == 0, done.stdout
    assert "    threads: 2" in done.stdout
