"""Find the finished run that this one is compared with, check it, and say where its files are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from answer_names import coded
from filtershift.dataset.fingerprint import fingerprint
from filtershift.errors import FiltershiftError
from filtershift.results import NAME, Results
from finished_run import RESULTS, stored_configuration
from schema import DatasetConfig, GroupingConfig


@dataclass(frozen=True)
class OtherRun:
    """A finished run, and what it has in common with the configured run.

    Attributes:
        folder: the folder of its results.
        dataset: the data set file it was made from.
        fingerprint: the fingerprint of that file.
        moments: the results of its pass 1, in the order of shards.
        groupings: the groupings that both runs have.
        remarks: what is not compared, or was defined differently, as rows kind, name, reason, count.
    """

    folder: Path
    dataset: Path
    fingerprint: str
    moments: Sequence[Path]
    groupings: Sequence[str]
    remarks: Sequence[Sequence[str]]

    @property
    def name(self) -> str:
        """The name of the folder of the comparison: that of the run, with a code for its place if that is elsewhere."""
        place = self.folder.resolve()
        return place.name if place.parent == RESULTS.resolve() else coded(place.name, str(place))

    @property
    def tables(self) -> list[str]:
        """What it has of the files that are shown: layers, global bases, the groups, quality, example filters."""
        results = Results(self.folder)
        groups = [results.file(kind, grouping=name) for name in self.groupings for kind in ("groups", "sizes")]
        looked_at = [path for kind in ("quality", "example_filters") if (path := results.file(kind)).is_file()]
        return [str(path) for path in (results.file("layers"), results.file("basis"), *groups, *looked_at)]


def find_run(key: str, path: str, here: Path, configured: Mapping[str, GroupingConfig]) -> OtherRun:
    """Find the run whose results are in the folder ``path``; relative paths in its configuration start two folders up.

    Args:
        key: the key of the configuration that names the run.
        path: the folder.
        here: the results of the configured run.
        configured: its groupings.

    Raises:
        FiltershiftError: the run is the configured one, or not finished, its data set is missing or has changed, or it
            has none of the configured groupings.
    """
    folder, at = Path(path).expanduser(), f"config: {key}: {path}"
    if not NAME.fullmatch(folder.name):
        raise FiltershiftError(f"{at}: name the results of a finished run, as in results/other")
    stored = stored_configuration(folder, at)
    if folder.resolve() == here.resolve():
        raise FiltershiftError(f"{at} is the run {here} itself; name another one")
    try:
        config: Any = OmegaConf.to_container(stored)
        described = config["dataset"]
        own = DatasetConfig(name=described["name"], path=described["path"], bundled=described.get("bundled", False))
        shards, defined = int(config["shards"]), dict(config["grouping"])
    except (KeyError, TypeError, ValueError, OmegaConfBaseException):
        raise FiltershiftError(f"{at}: {folder}/config.yaml is not the configuration of a run") from None
    if own.bundled:
        raise FiltershiftError(f"{at}: its filters must be read again, and the bundle it was made from has none")
    results = Results(folder)
    moments = [results.file("moments", scatteritem=f"{k}-of-{shards}") for k in range(1, shards + 1)]
    for needed in (results.file("layers"), *moments, results.file("basis")):
        if not needed.is_file():
            raise FiltershiftError(f"{at} is not a finished run: there is no {needed}; run it to its end")
    # Files of groupings that the run is not configured with are left from earlier ones.
    known = sorted(name for name in defined if results.file("sizes", grouping=name).is_file())
    shared = [name for name in configured if name in known]
    if not shared:
        names = [", ".join(names) or "none" for names in (configured, known)]
        raise FiltershiftError(f"{at} has none of the groupings configured ({names[0]}); it has: {names[1]}")
    dataset = folder.parent.parent / own.file
    found = _checked(dataset, config.get("fingerprint"), folder, at)
    return OtherRun(folder, dataset, found, moments, shared, list(_remarks(folder, configured, known, defined)))


def _checked(dataset: Path, former: str | None, folder: Path, at: str) -> str:
    """The fingerprint of a run's data set, if the file is still the same."""
    if not dataset.is_file():
        raise FiltershiftError(f"{at}: its filters must be read again, but there is no file {dataset}")
    found = fingerprint(dataset)
    newer = dataset.stat().st_mtime > (folder / "layers.csv").stat().st_mtime
    if former != found if former else newer:
        raise FiltershiftError(f"{at}: {dataset} has changed since; repeat that run")
    return found


def _remarks(
    folder: Path, configured: Mapping[str, GroupingConfig], known: Sequence[str], defined: Mapping[str, Any]
) -> Iterator[list[str]]:
    """Groupings that only one run has, and those the runs define differently (except keys that only figures use)."""
    for name in known:
        if name not in configured:
            yield ["grouping", name, f"in {folder}, but not configured", ""]
    for name, grouping in configured.items():
        other = {**asdict(GroupingConfig()), **defined.get(name, {})}
        if name not in known:
            yield ["grouping", name, f"{folder} does not have this grouping", ""]
        elif any(other[key] != value for key, value in asdict(grouping).items() if key not in ("title", "order")):
            yield ["definition", name, f"compared, but {folder} defines it differently", ""]
