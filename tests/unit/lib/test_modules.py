"""The modules a script depends on, against Python's own finder of imports."""

from modulefinder import ModuleFinder
from pathlib import Path

import pytest

from modules import code_of

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "workflow/scripts").rglob("*.py"))


def imported(script: Path) -> set[Path]:
    """Modules of the package that bytecode of a script imports, in functions too; the door for notebooks is not."""
    finder = ModuleFinder(path=[str(ROOT / "src")], excludes=["filtershift.notebook"])
    finder.run_script(str(script))
    return {Path(module.__file__) for module in finder.modules.values() if module.__file__} - {script}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT / "workflow/scripts")))
def test_all_modules_and_no_others(script: Path) -> None:
    first, *modules = code_of(script, ROOT / "src")
    assert first == script
    assert set(modules) == imported(script)


def test_what_is_imported_by_what_is_imported(tmp_path: Path) -> None:
    package = tmp_path / "src/filtershift/room"
    package.mkdir(parents=True)
    files = {
        "../__init__.py": "",
        "__init__.py": "",
        "one.py": "from filtershift.room import (\n    two,\n)",
        "three.py": "",
    }
    files["two.py"] = "def later():\n    from filtershift.room.three import x"
    files["other.py"] = ""
    for name, text in files.items():
        (package / name).write_text(text)
    script = tmp_path / "script.py"
    script.write_text("import filtershift.room.one\n")
    names = [path.name for path in code_of(script, tmp_path / "src")]
    assert names == ["script.py", "__init__.py", "__init__.py", "one.py", "three.py", "two.py"]
