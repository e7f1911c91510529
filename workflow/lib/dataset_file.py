"""The file of a data set: what it is if it is none is said before any job, with the option that takes it."""

from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from filtershift.dataset.fingerprint import fingerprint
from filtershift.errors import FiltershiftError
from filtershift.files import instead_of
from filtershift.passes.axes import PCA
from schema import Config


def check_file(config: Config, results: Path) -> str:
    """The fingerprint of the file at ``dataset.path``; "" if no path is set.

    The file may be missing if its passes are finished and not needed again: then its former fingerprint is returned.

    Raises:
        FiltershiftError: the file cannot be read, or is no data set; or it is missing, and there are no finished
            results, or they were made from another path or with another basis, other bins or shards.
    """
    path = config.dataset.path
    if path is None:
        return ""
    if (file := Path(path).expanduser()).is_file():
        try:
            found = fingerprint(file)
        except OSError as error:
            raise FiltershiftError(f"config: dataset.path: {path} cannot be read ({error.strerror})") from None
        if not config.dataset.bundled:
            check_dataset_file("dataset.path", file)
        return found
    if file.is_dir():
        raise FiltershiftError(f"config: dataset.path: {path} is a folder; expected an HDF5 file")
    finished = results / config.dataset.name / "config.yaml"
    if not finished.exists():
        raise FiltershiftError(f"config: dataset.path: there is no file {path}{instead_of(file)}")
    former: Any = OmegaConf.load(finished)
    if former.dataset.path != path:
        raise FiltershiftError(f"config: dataset.path: there is no file {path}{instead_of(file)}")
    for key in ("bins", "basis", "shards"):
        # Results of before there was a choice of basis are in that of PCA.
        had = former.get(key, PCA)
        if had != getattr(config, key):
            raise FiltershiftError(
                f"config: {key}={getattr(config, key)} needs the filters again (results have {key}={had}), "
                f"but dataset.path: there is no file {path}"
            )
    return str(former.get("fingerprint", ""))


def check_dataset_file(key: str, path: Path) -> None:
    """Refuse a file without filters, as far as its first bytes and the names in it tell.

    Args:
        key: of the configuration, with which the message begins.
        path: the file, which can be read. Of a damaged one the job says what is wrong.

    Raises:
        FiltershiftError: the file is a model, a bundle or of another kind.
    """
    from h5py import is_hdf5

    if reason := _without_filters(path) if is_hdf5(path) else _other_kind(path):
        raise FiltershiftError(f"config: {key}: {path} {reason}")


def _without_filters(path: Path) -> str:
    """What an HDF5 file lacks, as a predicate; "" if nothing, or if the file is damaged."""
    from filtershift.dataset.hdf5 import has, open_hdf5, reading

    try:
        with reading(path, "its names"), open_hdf5(path) as file:
            found = has(file, "filters") or has(file, "filter")
    except FiltershiftError:
        return ""
    return "" if found else f"has no /filters, as a data set has; {_as_model(path)}"


def _other_kind(path: Path) -> str:
    """What a file is that is not HDF5, as a predicate."""
    from filtershift.dataset.models.file_kinds import model_kind
    from filtershift.dataset.sources.bundles import read_manifest

    try:
        read_manifest(path)
    except FiltershiftError:
        pass
    else:
        return f"is a bundle; write dataset=bundle,dataset.name=mine,dataset.path={path}"
    try:
        return f"is a model file ({model_kind(path)}); {_as_model(path)}"
    except FiltershiftError:
        return "is not an HDF5 file; expected one with /filters and /meta"


def _as_model(path: Path) -> str:
    return f"model files go into dataset.models, as in dataset=own,dataset.name=mine,dataset.models=[{path}]"
