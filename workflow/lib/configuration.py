"""Compose the configuration with Hydra; mistakes in it are explained in one line.

The folder of a file decides where its content goes: ``config/config.yaml`` is the root, ``config/dataset/NAME.yaml``
goes to ``dataset``, ``config/grouping/NAME.yaml`` to ``grouping.NAME``, and ``config/experiment/NAME.yaml`` overrides
the root.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from hydra import compose, initialize_config_module
from hydra.core.config_store import ConfigNode, ConfigStore
from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from bundled import take_over
from checks import check, choose_packages
from dataset_file import check_dataset_file
from filtershift.dataset.models.listed import ModelFile, listed_models
from filtershift.errors import FiltershiftError, did_you_mean
from filtershift.results import NAME
from finished_run import as_first_run
from schema import Config, DatasetConfig, GroupingConfig

_QUOTES = "values with commas, brackets, '=' or letters such as é need quotes of their own, as in KEY=['a, b.pt']"


def load(directory: Path, overrides: Sequence[str]) -> Config:
    """Compose the configuration of a folder with overrides in Hydra's grammar, and check it.

    Raises:
        FiltershiftError: in one line, what is wrong and what was expected.
    """
    _register(directory)
    try:
        # All files are registered. The package has none; naming it spares a search through all of Snakemake's modules.
        with initialize_config_module("filtershift", version_base="1.3"):
            composed = compose("config", list(overrides))
        if composed.compare.get("runs"):
            composed = as_first_run(composed, overrides)
        config: Config = OmegaConf.to_object(composed)  # type: ignore[assignment]
        OmegaConf.resolve(composed)
    except MissingConfigException as error:
        raise FiltershiftError(f"config: {_missing(directory, error)}") from None
    except OverrideParseException as error:
        reason = " ".join(str(error).split("See https")[0].split())
        if reason.startswith("Lexer"):  # this only repeats the override
            reason = "it has a character that means nothing here"
        raise FiltershiftError(f"config: override '{error.override}': {reason}; {_QUOTES}") from None
    except (HydraException, OmegaConfBaseException) as error:
        raise FiltershiftError(f"config: {_explain(directory, error)}") from None
    except ValueError as error:
        raise FiltershiftError(f"config: dataset takes one name, grouping a list of names: {error}") from None
    for key in set(composed) - set(_keys(Config, [])):
        raise FiltershiftError(f"config: {_unknown(str(key), _keys(Config, []))}")
    for name in config.grouping:
        config.grouping[name] = OmegaConf.to_object(_typed(composed.grouping[name], f"config: grouping.{name}"))
    if config.dataset.bundled:
        take_over(config)
    check(config)
    _check_named_groupings(directory, config)
    _check_own_name(directory, config.dataset)
    return config


def model_files(key: str, entries: list[Any]) -> list[ModelFile]:
    """The model files that a list in the configuration names.

    Raises:
        FiltershiftError: in one line, the key and what is wrong.
    """
    try:
        return listed_models(entries)
    except FiltershiftError as error:
        raise FiltershiftError(f"config: {key}: {error}") from None


def extended(directory: Path, dataset: DatasetConfig) -> DatasetConfig | None:
    """The data set that models are added to (`dataset.extend`): a configured name or a file; None if not set.

    Raises:
        FiltershiftError: there is no such data set, or it cannot be built.
    """
    if dataset.extend is None:
        return None
    known = directory / f"dataset/{dataset.extend}.yaml"
    base: Any = DatasetConfig(name="", path=dataset.extend)
    if NAME.fullmatch(dataset.extend) and known.is_file():
        try:
            base = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(DatasetConfig), _dataset(known)))
        except OmegaConfBaseException as error:
            raise FiltershiftError(f"{known}: {_reason(error, DatasetConfig)}") from None
    choose_packages(base)
    if isinstance(base.models, list) or not (base.path or base.download or base.packages or base.filters):
        raise FiltershiftError(f"config: dataset.extend: {dataset.extend} is not a file; expected the path of one")
    if base.path and not Path(base.file).is_file():
        names = ", ".join(sorted(path.stem for path in directory.glob("dataset/*.yaml")))
        raise FiltershiftError(f"config: dataset.extend: there is no file {base.path}, and no such data set ({names})")
    if Path(base.file).resolve() == Path(dataset.file).resolve():
        raise FiltershiftError(f"config: dataset.extend: {base.file} would replace itself; change dataset.name")
    if base.path:
        check_dataset_file("dataset.extend", Path(base.file))
    return base


def check_quick(config: Config, overrides: Sequence[str], results: Path) -> None:
    """Refuse to replace the pages of full results by those of a first look.

    Raises:
        FiltershiftError: experiment=quick leaves out variants or groupings of the finished results of the same name.
    """
    finished = results / config.dataset.name / "config.yaml"
    if "experiment=quick" not in overrides or not finished.is_file():
        return
    former: Any = OmegaConf.load(finished)
    if not (set(former.variants) <= set(config.variants) and set(former.grouping) <= set(config.grouping)):
        name = config.dataset.name
        raise FiltershiftError(
            f"config: experiment=quick would replace the larger results in {finished.parent}; choose another name, "
            f"as in dataset.name={name}_quick"
        )


def _dataset(path: Path) -> Any:
    """The content of a file of config/dataset, with those that it is based on (its `defaults`)."""
    node: Any = OmegaConf.load(path)
    bases = [_dataset(path.with_name(f"{name}.yaml")) for name in node.pop("defaults", [])]
    return OmegaConf.merge(*bases, node)


def _check_own_name(directory: Path, dataset: DatasetConfig) -> None:
    """Refuse the user's own models under the name of a data set that is configured otherwise."""
    file = directory / f"dataset/{dataset.name}.yaml"
    if not isinstance(dataset.models, list) or not file.is_file():
        return
    named: Any = OmegaConf.load(file)
    if not OmegaConf.is_list(named.get("models")):
        raise FiltershiftError(
            f"config: dataset.models are not the data set {dataset.name}; choose a name, as in dataset.name=mine"
        )


def _check_named_groupings(directory: Path, config: Config) -> None:
    """Refuse names that are no groupings; a grouping that is not configured is left out and listed."""
    known = sorted({*config.grouping, *(path.stem for path in directory.glob("grouping/*.yaml"))})
    for key, names in (("maps", config.maps), ("placement.groupings", config.placement.groupings)):
        if unknown := [name for name in names if name not in known]:
            hint = did_you_mean(unknown[0], known) or f"; there are: {', '.join(known)}"
            raise FiltershiftError(f"config: {key}: there is no grouping {unknown[0]!r}{hint}")


@dataclass
class _File(ConfigNode):
    """A file of the configuration, which is read when Hydra composes it: most are not chosen."""

    path: Path

    def __copy__(self) -> ConfigNode:
        """What Hydra takes of a registered configuration."""
        return ConfigNode(self.name, _read(self.path, self.group), self.group, self.package, self.provider)


def _register(directory: Path) -> None:
    store = ConfigStore.instance()
    for known in [name for name in store.repo if name != "hydra" and not name.startswith("_")]:
        del store.repo[known]
    store.store(name="schema", node=Config)
    for path in [*directory.glob("*.yaml"), *directory.glob("*/*.yaml")]:
        group = None if path.parent == directory else path.parent.name
        if group == "grouping" and not NAME.fullmatch(path.stem):
            raise FiltershiftError(f"{path}: a grouping's name has letters, digits, '_' and '-', not '{path.stem}'")
        package = {"grouping": f"grouping.{path.stem}", "experiment": "_global_"}.get(group or "", group)
        files = store.repo.setdefault(group, {}) if group else store.repo
        files[path.name] = _File(path.name, OmegaConf.create(), group, package, None, path)


def _read(path: Path, group: str | None) -> DictConfig:
    try:
        node = OmegaConf.load(path)
    except (YAMLError, OmegaConfBaseException) as error:
        raise FiltershiftError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(node, DictConfig):
        raise FiltershiftError(f"{path}: does not hold 'key: value' lines")
    return _typed(node, str(path)) if group == "grouping" else node


def _typed(node: Any, where: str) -> DictConfig:
    """Check a grouping's keys against the schema; its columns, labels and patterns are free."""
    if not isinstance(node, DictConfig):
        raise FiltershiftError(f"{where} must hold keys, as in by: COLUMN, not {node}")
    for key in set(node) - set(_keys(GroupingConfig, [])):
        raise FiltershiftError(f"{where}: {_unknown(str(key), _keys(GroupingConfig, []))}")
    for key in ("where", "exclude", "map"):
        if key in node and not isinstance(node[key], DictConfig):
            raise FiltershiftError(f"{where}: {key} must hold keys, as in {key}: {{NAME: LABEL}}, not {node[key]}")
    if "bins" in node and not OmegaConf.is_list(node["bins"]):
        raise FiltershiftError(f"{where}: bins must be a list of edges, as in bins: [0, 0.5, 1], not {node['bins']}")
    try:
        typed: Any = OmegaConf.merge(OmegaConf.structured(GroupingConfig), node)
        for key in ("where", "exclude", "map"):
            OmegaConf.set_struct(typed[key], False)
        return typed
    except OmegaConfBaseException as error:
        raise FiltershiftError(f"{where}: {_reason(error, GroupingConfig)}") from None


def _missing(directory: Path, error: MissingConfigException) -> str:
    """The message for an unknown choice, with the known ones."""
    wanted = str(error.missing_cfg_file)
    folder = (directory / wanted).parent
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml")))
    return f"there is no {folder.name}/{Path(wanted).name}.yaml in {directory}; there are: {known}"


def _explain(directory: Path, error: BaseException) -> str:
    """Explain an error of the composition in one line, by the first cause that names a key."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OmegaConfBaseException) and cause.full_key:
            path = cause.full_key.split(".")
            if path[0] == "grouping" and len(path) == 2:
                known = ", ".join(sorted(file.stem for file in directory.glob("grouping/*.yaml")))
                return f"there is no {cause.full_key} (known: {known}); a new one is +{cause.full_key}.by=COLUMN"
            return _reason(cause)
        cause = cause.__cause__ or cause.__context__
    return " ".join(str(error).split())


def _reason(error: OmegaConfBaseException, schema: type = Config) -> str:
    """Explain an OmegaConf error in one line: the full key, what is wrong, and the known keys if it is unknown."""
    key = str(error.full_key or error.key)
    message = (str(error.msg) if error.msg else str(error)).splitlines()[0]
    parent, _, last = key.rpartition(".")
    known = _keys(schema, parent.split(".") if parent else [])
    if known and re.sub(r"\[.*", "", last) not in known:
        return _unknown(key, known)
    if "is not a ListConfig" in message:
        return f"{key} must be a list, as in {key}=[a,b]"
    return f"{key}: {message}"


def _unknown(key: str, known: list[str]) -> str:
    """The message for an unknown key, with the known keys and the most similar one."""
    return f"unknown key '{key}'{did_you_mean(key.rpartition('.')[2], known)} (known: {', '.join(known)})"


def _keys(schema: Any, path: list[str]) -> list[str]:
    """The names that the schema allows below a path of keys; an empty list if all names are allowed."""
    if path and path[0] == "grouping" and len(path) == 2:
        return _keys(GroupingConfig, [])
    if path == ["compare"]:
        return ["runs", "with"]
    for key in path:
        kinds = get_type_hints(schema).get(key) if is_dataclass(schema) else None
        schema = next((kind for kind in (kinds, *get_args(kinds)) if is_dataclass(kind)), None)
    return [f.name for f in fields(schema)] if is_dataclass(schema) else []
