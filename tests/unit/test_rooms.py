"""The architecture: which room imports which, in two levels, and how long files may be."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
MAY_IMPORT = {
    "dataset": set(),
    "passes": {"dataset"},
    "analysis": {"dataset", "passes"},
    "figures": {"passes", "analysis"},
    "report": {"passes", "analysis"},
    "notebook": {"dataset", "passes", "analysis", "figures", "report"},
}
# The folders inside rooms, from the ground up; "" are the files that lie in the room itself. A folder and those
# inside it are one: models/reading.py looks which of models/onnx and models/torch reads a file.
MAY_IMPORT_INSIDE = {
    "dataset": {
        "pickles": set(),
        "": {"pickles"},
        "models": {"", "pickles"},
        "sources": {"", "models"},
    },
    "analysis": {
        "groups": set(),
        "distributions": set(),
        "shifts": {"groups", "distributions"},
        "quality": {"groups"},
        "shapes": {"groups"},
        "uncertainty": {"groups", "shifts"},
        "claims": {"groups", "shifts", "quality", "uncertainty"},
        "comparing": {"groups", "shifts", "quality", "uncertainty"},
        "layerwise": {"groups", "shifts", "quality", "uncertainty"},
        "trajectory": {"groups", "shifts", "quality", "shapes"},
    },
    "passes": {
        "": set(),
        "weight_matrices": {""},
        "stored": {""},
    },
    "report": {
        "": set(),
        "explorer": {""},
    },
    "notebook": {
        "filters": set(),
        "measures": {"filters"},
        "questions": {"filters", "measures"},
        "": {"questions", "filters"},
    },
    "figures": {
        "drawing": set(),
        "": {"drawing"},
        "distributions": {"drawing"},
        "shifts": {"drawing"},
        "quality": {"", "drawing"},
        "layerwise": {"drawing", "distributions"},
        "trajectory": {"drawing"},
    },
}
# `import filtershift` offers what this room has; no room imports it.
DOOR = "notebook"
WORKFLOW_TOOLS = {"snakemake", "hydra", "omegaconf"}
# What makes commands of functions, with OmegaConf; scripts import it, rooms do not.
COMMAND = "filtershift.command"
MAX_LINES = {".py": 300, ".smk": 250, "": 100}


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
FILES = [
    ROOT / "Snakefile",
    *(
        path
        for folder in ("src", "workflow", "tests", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.*"))
        if path.suffix in {".py", ".smk"}
    ),
]


@cache
def imported(module: str) -> set[str]:
    """The full names that a module imports, anywhere in it, relative imports resolved."""
    path = MODULES[module]
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    names = set()
    for node in ast.walk(ast.parse(path.read_text(), path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*origin, *([node.module] if node.module else [])])
            members = {f"{base}.{alias.name}" for alias in node.names}
            names |= {member if member in MODULES else base for member in members}
    return names


def room(module: str) -> str:
    """The room of a module of the package, "" for what belongs to all rooms."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else ""


def folder(module: str) -> str:
    """The folder inside its room that a module is in, "" if it lies in the room itself."""
    parts = module.split(".")[2:]
    return parts[0] if len(parts) > 1 or (MODULES[module].name == "__init__.py" and parts) else ""


def test_the_rooms_are_those_of_the_design() -> None:
    assert {path.parent.name for path in SOURCE.glob("filtershift/*/__init__.py")} == set(MAY_IMPORT)
    for name in MAY_IMPORT:
        folders = {path.parent.name for path in SOURCE.glob(f"filtershift/{name}/*/__init__.py")}
        assert folders == set(MAY_IMPORT_INSIDE.get(name, {})) - {""}


def test_a_room_imports_only_from_rooms_to_its_left() -> None:
    for module in MODULES:
        rooms = {room(name) for name in imported(module) if name.split(".")[0] == "filtershift"} - {"", room(module)}
        allowed = {DOOR} if module == "filtershift" else MAY_IMPORT.get(room(module), set())
        assert COMMAND not in imported(module), module
        assert rooms <= allowed, f"{module} may import from {sorted(allowed)} only, not {sorted(rooms - allowed)}"


def test_a_folder_imports_only_from_folders_below_it() -> None:
    for module in MODULES:
        if room(module) in MAY_IMPORT_INSIDE and "." in module.partition(".")[2]:
            own = [name for name in imported(module) & MODULES.keys() if room(name) == room(module)]
            folders = {folder(name) for name in own} - {folder(module)}
            allowed = MAY_IMPORT_INSIDE[room(module)][folder(module)]
            assert folders <= allowed, (
                f"{module} may import from {sorted(allowed)} only, not {sorted(folders - allowed)}"
            )


def test_no_room_knows_the_workflow() -> None:
    for module in MODULES.keys() - {COMMAND}:
        assert not WORKFLOW_TOOLS & {name.split(".")[0] for name in imported(module)}, module


def test_no_imports_in_a_circle() -> None:
    graph = {module: (imported(module) & MODULES.keys()) - {module} for module in MODULES}
    TopologicalSorter(graph).prepare()


def test_a_file_does_one_thing_and_is_short() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    assert [path for path in FILES if lines[path] > MAX_LINES[path.suffix]] == [], "split files by what they do"
