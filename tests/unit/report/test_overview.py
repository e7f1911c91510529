"""The story says what the tables say, and what is not configured."""

import dataclasses
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from filtershift.report.overview import facts, run_page, story
from filtershift.report.run import Run
from filtershift.report.sections import Figure, Section
from made_run import LABELS, make_run

SECTIONS = ["Data", "Bases", "Shifts", "Scales", "Quality", "Cost"]


def told(run: Run) -> dict[str, Section]:
    return {section.title: section for section in story(run)}


def words(section: Section) -> str:
    """The text of a section without the marks around labels."""
    return " ".join(section.text).translate(dict.fromkeys(map(ord, "\u2068\u2069"))).replace("\u00a0", " ")


def test_the_order_of_the_story(run: Run) -> None:
    assert [section.title for section in story(run)] == SECTIONS
    assert facts(run) == {
        "filters": "18,000",
        "layers": "8",
        "models": "8",
        "groupings compared": "2",
        "filters are": "scaled and unscaled",
    }


def test_the_page_has_figures_in_their_sections(run: Run, picture: Figure) -> None:
    other = dataclasses.replace(picture, caption="<p>another</p>")
    page = run_page(picture.path.parents[1], run, {"Shifts": [picture, other], "No such section": [picture]})
    assert "The 3×3 convolution filters of zoo</h1>" in page
    parts = (">Shifts</h2>", "the caption", "another", ">Scales</h2>")
    assert sorted(map(page.index, parts)) == [page.index(part) for part in parts]
    assert page.count("the caption") == 1


def test_data(run: Run) -> None:
    section = told(run)["Data"]
    assert f"22 % of all are in the largest model, {LABELS[-1]}; the median model has 2,250." in words(section)
    assert "Task (8 groups) and <b>Model</b> (8 groups). Of these groups 2 have fewer than 1,000" in words(section)
    assert "model (1)" in words(section)
    models, groups, *_ = section.tables
    assert list(models.frame) == ["model", "n_filters", "n_layers", "Task"]
    assert groups.frame["grouping"].unique().tolist() == ["Task", "<b>Model</b>"]


def test_what_is_known_from_elsewhere(run: Run) -> None:
    assert "known of this data set" not in words(told(run)["Data"])
    known = pd.DataFrame({"quantity": ["layers", "models"], "expected": [8, 9], "agrees": [True, False]})
    section = told(replace(run, expected=known))["Data"]
    assert "This run agrees with 1 of 2 numbers known of this data set from elsewhere." in words(section)
    assert section.tables[-1].frame["agrees"].tolist() == ["yes", "no"]


def test_what_is_known_of_batch_norm(run: Run) -> None:
    def said(states: list[str]) -> str:
        return words(told(replace(run, quality=run.quality.assign(batch_norm=states)))["Data"])

    assert "multiplied into the weights in 50 %" in said(["folded"] * 4 + ["absorbed"] * 4)
    assert "may not be comparable" not in said(["folded"] * 4 + ["absorbed"] * 4)
    mixed = said(["folded"] * 6 + ["unknown"] * 2)
    assert "multiplied into the weights in 75 % and not known in 25 %" in mixed
    assert "may not be comparable" in mixed
    assert "BatchNorm" not in said(["unknown"] * 8)


def test_bases(run: Run) -> None:
    said = words(told(run)["Bases"])
    for variant in ("scaled", "unscaled"):
        expected = (
            "filters: the first component explains 50 % of the variance, the first three 80 %; 5 of nine are needed"
        )
        assert f"{variant.capitalize()} {expected}" in said


def test_fixed_axes_are_named(run: Run) -> None:
    axes = ["mean", "centre", *(f"axis {k}" for k in range(2, 9))]
    section = told(replace(run, axes=axes))["Bases"]
    assert "Filters are compared along nine patterns that no data set decides: mean, centre, axis 2" in words(section)
    assert "Scaled filters vary most along mean, with 50 % of the variance." in words(section)
    assert [row[0].text for row in section.tables[0].rows] == axes


def test_shifts_name_the_pairs_with_their_filters(run: Run) -> None:
    """Those above noise, without a group of 500 filters; the second variant has the groups in reverse order."""
    said = words(told(run)["Shifts"])
    assert "By Task 12 of 21 pairs of scaled groups are above noise; the farthest of these are" in said
    interval = "(less its bias 0.55, interval 0.28 to 1.12)"
    assert f"{LABELS[6]} (3,500 filters) and {LABELS[7]} (4,000 filters), D = 0.56 {interval}." in said
    assert f"{LABELS[2]} (1,500 filters) and {LABELS[1]} (1,000 filters), D = 0.42" in said
    assert f"By Task, {LABELS[0]} (500 filters) is left out above" in said
    summary, of_pairs = told(run)["Shifts"].tables
    assert len(summary.frame) == 4
    assert summary.frame["above noise"].tolist() == [12, 12, 7, 7]
    assert len(of_pairs.frame) == 28
    assert of_pairs.frame["filters_of_the_smaller"].tail(7).tolist() == [500] * 7
    assert of_pairs.frame["flag, scaled"].head(21).tolist() == ["above"] * 12 + ["within null"] * 9
    assert of_pairs.frame.notna().all(axis=None)


def test_shifts_whose_noise_is_not_known(run: Run) -> None:
    plain = {v: {key: table[["a", "b", "shift"]] for key, table in of.items()} for v, of in run.pairs.items()}
    section = told(replace(run, pairs=plain, noise=False))["Shifts"]
    assert "was not measured" in words(section)
    assert f"farthest scaled groups are {LABELS[6]} (3,500 filters) and {LABELS[7]}" in words(section)
    assert "above noise" not in section.tables[0].frame


def test_no_shift_above_noise(run: Run) -> None:
    none = {v: {key: table.assign(flag="below floor") for key, table in of.items()} for v, of in run.pairs.items()}
    said = words(told(replace(run, pairs=none))["Shifts"])
    assert "By Task none of 21 pairs of scaled groups is above noise." in said


def test_scales_by_depth() -> None:
    run = make_run({"task": "Task", "depth_decile": "Depth"})
    ranges = pd.DataFrame({"group": LABELS[1:4:2], "model": "a", "mean_range": [0.5, 0.25]})
    said = words(told(dataclasses.replace(run, ranges=ranges))["Scales"])
    assert f"is 0.5 at relative depths {LABELS[1]} and 0.25 at (empty)." in said
    median = np.median([(a + 1) * (b + 1) / 100 for a in range(8) for b in range(a + 1, 8)])
    assert f"median D by Task is {median:.3g} (scaled) and {median:.3g} (unscaled)" in said


def test_quality(run: Run) -> None:
    said = words(told(run)["Quality"])
    assert "Of 8 layers, 6 are diverse, 1 are degenerate and 1 have too few filters to tell." in said
    assert "Of 8 layers, 5 are sun and 3 have too few filters to tell." in said
    assert f"Most degenerate is {LABELS[0]}: 100 % of 1 layer." in said


def test_cost(run: Run) -> None:
    assert words(told(run)["Cost"]).startswith(
        "3 jobs took 7.5 s, one after the other, and at least 2 s of processor time."
    )
    assert "Reading the filters took 3 s" in words(told(run)["Cost"])


@pytest.mark.parametrize("variant", ["scaled", "unscaled"])
@pytest.mark.parametrize("titles", [{}, {"task": "Task"}], ids=["all", "task"])
def test_what_is_not_configured(titles: dict[str, str], variant: str) -> None:
    sections = told(make_run(titles, (variant,)))
    assert list(sections) == SECTIONS
    assert "needs the variant unscaled and the grouping depth_decile" in words(sections["Scales"])
    assert ("Nothing is compared" in words(sections["Shifts"])) == (not titles)
    said = " ".join(map(words, sections.values()))
    assert set(re.findall(r"\b(\w*scaled) (?:filters|groups)", said.lower())) == {variant}
    for section in sections.values():
        assert all(len(table.columns) and table.rows is not None for table in section.tables)


def test_groups_without_filters() -> None:
    """They have no shifts, bases and ranges: nothing is said of them."""
    run = make_run({"task": "Task"})
    none = {variant: {"task": pairs["task"].assign(shift=np.nan)} for variant, pairs in run.pairs.items()}
    curves = {variant: curve.assign(explained_variance_ratio=np.nan) for variant, curve in run.curves.items()}
    ranges = pd.DataFrame(columns=["group", "model", "mean_range"])
    sections = told(dataclasses.replace(run, pairs=none, curves=curves, ranges=ranges))
    assert "nan" not in " ".join(map(words, sections.values()))
    assert sections["Shifts"].tables[0].rows == sections["Scales"].tables[0].rows == []
