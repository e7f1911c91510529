"""Measure one data set: the rows of the table."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agreement import KINDS, check, differences
from measure import Measured, measure, watch

PASSES = {"moments": "pass 1: moments", "extent": "extent, of a few layers", "histograms": "pass 2: histograms"}
MORE_GROUPINGS = {"training set": "Training-Dataset", "model": "model"}
REFERENCES = {"float64": "in-memory reference", "float32": "in-memory reference in float32"}


@dataclass(frozen=True)
class Subject:
    """A synthetic data set, and how it is measured: with one thread and with ``threads``, ``repeats`` times."""

    folder: Path
    filters: int
    models: int
    layers: int
    dtype: str
    threads: int
    repeats: int

    @property
    def dataset(self) -> Path:
        """The data set file."""
        return self.folder / "dataset.h5"

    def measure(self, step: str, cache: str = "warm", repeats: int | None = None, **settings: Any) -> Measured:
        """The cost of a step that reads the data set."""
        return measure(step, {"folder": str(self.folder), **settings}, repeats or self.repeats, self.dataset, cache)


@dataclass(frozen=True)
class Row:
    """The cost of a step and, if there is a baseline, the ratio to its cost; threads 0 means not specified."""

    step: str
    threads: int
    measured: Measured
    baseline: str = ""
    wall_to_baseline: float | None = None
    peak_to_baseline: float | None = None
    differences: dict[str, float] = field(default_factory=dict)


def measure_all(subject: Subject, *, reference: bool) -> list[dict[str, Any]]:
    """All rows of a data set, as column -> value; the data set is made first if it does not exist."""
    subject.folder.mkdir(parents=True, exist_ok=True)
    shape = {"filters": subject.filters, "models": subject.models, "layers": subject.layers}
    print(", ".join(f"{number:,} {name}" for name, number in shape.items()), file=sys.stderr)
    place = {"folder": str(subject.folder)}
    if not subject.dataset.exists():
        watch("generate", {**place, **shape, "dtype": subject.dtype, "threads": subject.threads})
    watch("prepare", place)
    rows = [*reads_and_passes(subject), *groupings(subject), *(in_memory(subject) if reference else [])]
    file = {"file_mb": subject.dataset.stat().st_size / 1e6}
    return [shape | file | cells(row, subject.filters) for row in rows]


def cells(row: Row, filters: int) -> dict[str, Any]:
    """A row as column -> value."""
    one = row.measured
    return {
        "step": row.step,
        "cache": one.cache,
        "threads": row.threads or None,
        "in_page_cache": one.resident,
        "wall_s": one.wall,
        "cpu_s": one.cpu,
        "wall_ns_per_filter": 1e9 * one.wall / filters,
        "cpu_ns_per_filter": 1e9 * one.cpu / filters,
        "peak_mb": one.peak / 1e6,
        "baseline": row.baseline,
        "wall_to_baseline": row.wall_to_baseline,
        "peak_to_baseline": row.peak_to_baseline,
        **{f"{kind}_difference": row.differences.get(kind) for kind in KINDS},
    }


def reads_and_passes(subject: Subject) -> list[Row]:
    """Plain reads of the file, and the passes: warm with one and with all threads, cold with all threads."""
    reads = {cache: subject.measure("read", cache) for cache in ("warm", "cold")}
    rows = [Row("plain read", 1, read) for read in reads.values()]
    for cache, threads in dict.fromkeys((("warm", 1), ("warm", subject.threads), ("cold", subject.threads))):
        passes = [subject.measure("run_pass", cache, name=name, threads=threads) for name in PASSES]
        rows += [Row(title, threads, one) for title, one in zip(PASSES.values(), passes, strict=True)]
        total = Measured(
            cache=max((one.cache for one in passes), key=len),
            resident=sum(one.resident for one in passes) / len(passes),
            wall=sum(one.wall for one in passes),
            cpu=sum(one.cpu for one in passes),
            peak=max(one.peak for one in passes),
        )
        rows.append(Row("two passes", threads, total, "two plain reads", total.wall / (2 * reads[cache].wall)))
    return rows


def groupings(subject: Subject) -> list[Row]:
    """One more grouping, measured while the data set file is moved away."""
    away = subject.dataset.with_suffix(".away")
    subject.dataset.rename(away)
    try:
        costs = {
            title: measure("grouping", {"folder": str(subject.folder), "column": column}, subject.repeats)
            for title, column in MORE_GROUPINGS.items()
        }
    finally:
        away.rename(subject.dataset)
    return [Row(f"one more grouping: {title}", 0, cost) for title, cost in costs.items()]


def in_memory(subject: Subject) -> list[Row]:
    """The same results by filtershift and by the reference; they must agree if the reference uses float64."""
    ours = subject.measure("pipeline", threads=subject.threads)
    rows = [Row("all outputs", subject.threads, ours)]
    for dtype, title in REFERENCES.items():
        other = subject.measure("reference", repeats=1, dtype=dtype)
        found = differences(subject.folder / "pipeline.npz", subject.folder / f"reference-{dtype}.npz")
        print(f"  {title} differs by: {found}", file=sys.stderr)
        if dtype == "float64":
            check(found)
        ratios = other.wall / ours.wall, other.peak / ours.peak
        rows.append(Row(title, 0, other, "all outputs", *ratios, found))
    return rows
