"""The map of results says what the rules write."""

from pathlib import Path

import pytest

from filtershift.results import FILES, Results

RULES = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "workflow/rules").rglob("*.smk"))


@pytest.mark.parametrize("kind", FILES)
def test_a_rule_writes_it(kind: str) -> None:
    stem = f"results/{{dataset}}/{FILES[kind]}"
    assert f'"{stem}"' in RULES


def test_names_are_filled_in() -> None:
    results = Results(Path("results/zoo"))
    assert results.file("shift", variant="scaled", grouping="task") == Path("results/zoo/scaled/shift/task.csv")
    with pytest.raises(KeyError, match="grouping"):
        results.file("shift", variant="scaled")


def test_shards(tmp_path: Path) -> None:
    (tmp_path / "statistics").mkdir()
    for name in ("moments.1-of-2.h5", "moments.2-of-2.h5", "extent.1-of-1.h5"):
        (tmp_path / "statistics" / name).touch()
    assert [path.name for path in Results(tmp_path).shards("moments")] == ["moments.1-of-2.h5", "moments.2-of-2.h5"]
