"""Each claim on a data set made so that it holds, on one where it does not, and on one that cannot tell."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from filtershift.analysis.claims.claim import FAILS, HOLDS, UNDECIDED, Region
from filtershift.analysis.claims.evidence import Evidence
from filtershift.analysis.claims.groups import Finding, UndecidedError
from filtershift.analysis.claims.judge import COLUMNS, interval, judge_claims
from filtershift.analysis.claims.of_ours import FINDINGS
from filtershift.analysis.claims.of_papers import CLAIMS
from made_evidence import DECILES, FALLING, GROUPINGS, Model, make

TASKS = ("Classification", "Segmentation", "GAN-Discriminator", "GAN-Generator")
TYPES = ("natural", "faces", "medical ct", "medical mri")
ALL = (*CLAIMS, *FINDINGS)
KERNELS = ("depthwise", "regular")
FLAT, RISING = (0.0,) * DECILES, tuple(np.linspace(0, 1, DECILES))
ONE_DEPTH_APART = {k: tuple(1.0 if d == k else 0.0 for d in range(DECILES)) for k in (0, 4, 9)}
RANDOM, BROKEN = ("random-like",) * DECILES, ("degenerate",) * DECILES


def of_tasks(common: Model, **own: Sequence[object]) -> list[Model]:
    """Four models of each task, and data type; what is given has a value for each."""
    return [
        replace(common, task=TASKS[k], data_type=TYPES[k], **{name: values[k] for name, values in own.items()})
        for k in range(4)
        for _ in range(4)
    ]


def of_ranges(*ranges: Sequence[float]) -> list[Model]:
    return [Model(ranges=some) for some in ranges]


def of_families(between: float, within: float) -> list[Model]:
    return [
        Model(family=f"family {f}", training_set=f"set {t}", at=between * f + within * t)
        for f in range(3)
        for t in range(4)
    ]


def of_types(**at: float) -> list[Model]:
    return [Model(data_type=name.replace("_", " "), at=value) for name, value in at.items() for _ in range(4)]


def of_sets(small: Model, other: Model) -> list[Model]:
    few = replace(other, n=1000)
    return [*[replace(small, training_set="CIFAR10,mnist")] * 4, *[replace(other, training_set="imagenet")] * 4, few]


GAUSSIAN = (2.0, 2.0, 0.0, 2.0)
FAR = of_tasks(Model(), at=(0.0, 0.5, 1.0, 1.5))
NEAR = (0.0, 0.02, 0.04, 0.06)
SCALES = np.linspace(1, 8, 20)
ZIGZAG = (0.0, 1.0) * 5
ENDS = (-0.6, *(0.0,) * 7, 0.6, 1.5)
UNEVEN = tuple(np.sqrt([0.4, *[0.075] * 8]))
# Of each claim: where it holds, where it does not, and where it cannot be judged, with a part of the reason.
CASES: dict[str, tuple[list[Model], list[Model], list[Model] | Evidence, str]] = {
    "depth_shifts_small": (
        FAR,
        of_tasks(Model(depth=RISING), at=NEAR),
        FAR[:8],
        "2 of 2 groups of task have 3 lineages",
    ),
    "last_decile_distinct": (
        of_tasks(Model(depth=ONE_DEPTH_APART[9])),
        of_tasks(Model(depth=ONE_DEPTH_APART[0])),
        make(FAR, ["task"]),
        "this run has no grouping depth_decile",
    ),
    "first_decile_next": (
        of_tasks(Model(depth=ENDS)),
        of_tasks(Model(depth=ONE_DEPTH_APART[4])),
        of_tasks(Model(n=5000)),
        "it takes 3; the next are [0, .1] (16 lineages, 8,000 filters)",
    ),
    "shift_grows_with_depth_distance": (
        of_tasks(Model(depth=RISING)),
        of_tasks(Model(depth=ZIGZAG)),
        FAR[:2],
        "0 of 10 groups of depth_decile",
    ),
    "range_falls_with_depth": (
        of_ranges(*[tuple(np.linspace(2, 1, DECILES) * s) for s in (1, 1.1, 1.2)]),
        of_ranges(*[tuple(np.linspace(1, 2, DECILES) * s) for s in (1, 1.1, 1.2)]),
        of_ranges(FLAT, FLAT),
        "fewer than 3 lineages of models have filters in [0, .1]",
    ),
    "range_varies_in_first_deciles": (
        of_ranges(*([low] * 3 + [1 + low / 100] * 7 for low in SCALES)),
        of_ranges(*([1 + low / 100] * 3 + [low] * 7 for low in SCALES)),
        make(of_ranges(*[FLAT] * 4), ["task"]),
        "this run has no grouping depth_decile",
    ),
    "families_alike": (
        of_families(between=1, within=0.05),
        of_families(between=0.05, within=1),
        [Model()] * 4,
        "0 lineages of models are in pairs of one family",
    ),
    "models_differ_most": (
        [replace(model, at=model.at + k % 4) for k, model in enumerate(of_tasks(Model(), at=NEAR))],
        of_tasks(Model(depth=tuple(4 * d for d in RISING)), at=NEAR),
        make(FAR, ["task", "data_type"]),
        "this run has no grouping depth_decile",
    ),
    "discriminators_gaussian": (
        of_tasks(Model(), apart=GAUSSIAN),
        of_tasks(Model(), apart=(0.0, 0.0, 2.0, 0.0)),
        [replace(model, task="Depth" if model.task == TASKS[2] else model.task) for model in FAR],
        "no group GAN-Discriminator has 3 lineages of models and 10,000 filters",
    ),
    "discriminators_random": (
        of_tasks(Model(states=RANDOM)),
        of_tasks(Model()),
        FAR[:9] + FAR[12:],
        "1 models of 1 lineages are GAN-Discriminators",
    ),
    "coefficients_shrink": (FAR, of_tasks(Model(spread=tuple(FALLING[::-1]))), make(FAR, []), "no grouping task"),
    "first_component_share": (
        [Model(spread=UNEVEN)] * 4,
        [Model(spread=(0.5,) * 9)] * 4,
        [Model(spread=UNEVEN)] * 2,
        "2 lineages of models have filters",
    ),
    "medical_types_outliers": (
        of_types(natural=0, faces=0.1, art=0.2, seismic=-0.1, medical_ct=1, medical_mri=-1),
        of_types(natural=0, faces=0.4, art=-1, seismic=1, medical_ct=0.1, medical_mri=0.2),
        [replace(model, data_type=model.task) for model in FAR],
        "no medical data type",
    ),
    "many_models_degenerate": (
        [Model(states=BROKEN)] * 4,
        [Model()] * 4,
        [Model(states=(None,) * DECILES)] * 4,
        "0 models of 0 lineages have a layer that can be judged",
    ),
    "large_models_on_small_sets_degenerate": (
        of_sets(Model(states=BROKEN), Model()),
        of_sets(Model(), Model(states=BROKEN)),
        [Model()] * 4,
        "0 models of 0 lineages are large and trained on a small set",
    ),
    "large_models_on_small_sets_redundant": (
        of_sets(Model(entropy=tuple(np.linspace(0.9, 0.1, DECILES))), Model()),
        of_sets(Model(entropy=tuple(np.linspace(0.1, 0.9, DECILES))), Model()),
        of_sets(Model(n=10), Model()),
        "0 models of 0 lineages are large, trained on a small set",
    ),
    "variants_alike": (
        [Model(at=at + near, lineage=str(at)) for at in range(4) for near in (0, 0.05, 0.1)],
        [Model(at=0.01 * k + at, lineage=str(k)) for k in range(4) for at in (0, 1, 2)],
        [Model(at=k, lineage=str(k // 2) if k < 4 else None) for k in range(8)],
        "2 lineages have several models; it takes 3",
    ),
    "kernels_differ_most": (
        [
            replace(model, kernel=("depthwise", "regular")[k % 2], at=model.at + 3 * (k % 2))
            for k, model in enumerate(FAR)
        ],
        [replace(model, kernel=("depthwise", "regular")[k % 2]) for k, model in enumerate(FAR)],
        FAR,
        "1 of 1 groups of kernel have 3 lineages of models and 10,000 filters; it takes 2",
    ),
    "restoration_less_degenerate": (
        [Model(task="Denoising")] * 4 + [Model(states=BROKEN)] * 4,
        [Model(task="Denoising", states=BROKEN)] * 4 + [Model()] * 4,
        [Model(task="Denoising")] * 2 + [Model()] * 4,
        "2 models of 2 lineages restore images; it takes 3",
    ),
}


def judged(key: str, models: list[Model] | Evidence) -> pd.Series:
    evidence = models if isinstance(models, Evidence) else make(models)
    table = judge_claims(evidence, [claim for claim in ALL if claim.key == key])
    assert tuple(table) == COLUMNS
    return table.iloc[0]


def test_every_claim_has_its_cases() -> None:
    assert list(CASES) == [claim.key for claim in ALL]


@pytest.mark.parametrize("key", CASES)
def test_holds(key: str) -> None:
    row = judged(key, CASES[key][0])
    assert row["verdict"] == HOLDS, row.to_dict()
    assert row["low"] <= row["value"] <= row["high"]
    assert row["n_models"] >= 3
    assert (row["reason"], bool(row["rests_on"])) == ("", True)


@pytest.mark.parametrize("key", CASES)
def test_does_not_hold(key: str) -> None:
    row = judged(key, CASES[key][1])
    assert row["verdict"] == FAILS, row.to_dict()
    assert row["low"] <= row["value"] <= row["high"]


@pytest.mark.parametrize("key", CASES)
def test_cannot_be_judged(key: str) -> None:
    row = judged(key, CASES[key][2])
    assert row["verdict"] == UNDECIDED, row.to_dict()
    assert CASES[key][3] in row["reason"]
    assert row[["value", "low", "high", "n_models", "rests_on"]].isna().all()


def test_models_that_disagree_leave_it_open() -> None:
    mixed = [Model(states=BROKEN if k < 3 else Model.states) for k in range(10)]
    row = judged("many_models_degenerate", mixed)
    assert row["value"] == pytest.approx(0.3)
    assert row["low"] < 0.25 < row["high"]
    assert row["verdict"] == UNDECIDED
    assert (
        row["reason"] == "the interval includes 0.25; ten times the 10 lineages would not decide it if the value stayed"
    )


def test_how_many_lineages_would_decide() -> None:
    """Intervals shrink with the root of their number, so those at the edge need few more."""
    mixed = [Model(states=BROKEN if k < 5 else Model.states) for k in range(10)]
    row = judged("many_models_degenerate", mixed)
    needed = int(row["reason"].split("about ")[1].split()[0])
    assert row["low"] < 0.25
    assert 10 < needed < 20
    more = judged("many_models_degenerate", mixed * (1 + needed // 5))
    assert more["verdict"] == HOLDS
    assert (more["means"], row["means"]) == (CLAIMS[13].if_holds, "")


def test_variants_of_a_model_add_nothing() -> None:
    few = [Model(states=BROKEN if k < 2 else Model.states, lineage=str(k)) for k in range(6)]
    one, many = (judged("many_models_degenerate", few * times) for times in (1, 9))
    assert (many["n_models"], many["n_lineages"]) == (54, 6)
    assert many[["value", "low", "high"]].tolist() == pytest.approx(one[["value", "low", "high"]].tolist())


def test_all_claims_of_a_data_set_are_judged_the_same_twice() -> None:
    first, second = (judge_claims(make(FAR, draws=50), ALL) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert first["number"].tolist() == list(range(1, len(ALL) + 1))
    assert first["verdict"].isin([HOLDS, FAILS, UNDECIDED]).all()
    assert ((first["verdict"] == UNDECIDED) == (first["reason"] != "")).all()


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_without_a_grouping_the_others_are_judged(grouping: str) -> None:
    table = judge_claims(make(FAR, [name for name in GROUPINGS if name != grouping], draws=20), ALL)
    missing = table["reason"] == f"this run has no grouping {grouping}"
    assert missing.any()
    assert not missing.all()


def test_regions() -> None:
    assert [region.words for region in (Region(high=0.5), Region(low=1), Region(0.3, 0.5))] == [
        *("below 0.5", "above 1", "between 0.3 and 0.5")
    ]
    region = Region(0.3, 0.5)
    assert region.verdict(0.31, 0.49)[0] == HOLDS
    assert region.verdict(0.1, 0.3)[0] == region.verdict(0.5, 0.6)[0] == FAILS
    assert region.verdict(0.2, 0.4) == (UNDECIDED, 0.3)
    assert region.verdict(0.4, 0.6) == (UNDECIDED, 0.5)
    assert Region(low=0).verdict(0, 0)[0] == FAILS


def test_an_interval_is_that_of_the_resamples_about_the_statistic() -> None:
    drawn = np.random.default_rng(0).normal(7, 1, 100_000)
    value, low, high = interval(Finding(np.array([3, *drawn]), np.arange(5), ""), (-np.inf, np.inf))
    assert (value, low, high) == pytest.approx((3, 3 - 1.96, 3 + 1.96), abs=0.03)
    assert interval(Finding(np.array([3, *drawn]), np.arange(5), ""), (2, 4)) == (3, 2, 4)


@pytest.mark.parametrize(("draws", "reason"), [([np.nan, 1, 1], "not defined"), ([1, np.nan, np.nan, 2], "too few")])
def test_no_interval(draws: list[float], reason: str) -> None:
    with pytest.raises(UndecidedError, match=reason):
        interval(Finding(np.array(draws), np.arange(5), ""), (0, np.inf))
