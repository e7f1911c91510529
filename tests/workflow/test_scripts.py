"""A script of the workflow works by hand, on its own."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from running import ROOT, Done, captured

LAYERS = """layer,model_id,n_filters,filter_ids,conv_depth,conv_depth_norm,Task,op_set
0,0,10,0:9,0,0.0,a,11
1,0,20,10:29,1,1.0,a,11
2,1,30,30:59,0,0.0,,13
"""
OUTPUTS = {"output": "new/groups.csv", "sizes": "sizes.csv", "skipped": "skipped.csv"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "layers.csv").write_text(LAYERS)
    return tmp_path


def groups(folder: Path, **arguments: object) -> Done:
    words = [f"{key}={value}" for key, value in {"layers": "layers.csv", **OUTPUTS, **arguments}.items()]
    return captured(sys.executable, ROOT / "workflow/scripts/groupings/groups.py", *words, cwd=folder)


def definition(**keys: object) -> str:
    """A grouping as the script takes it."""
    return json.dumps(keys)


def assert_only(folder: Path, *names: str) -> None:
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {"layers.csv", *names}
    assert not (folder / "outputs").exists()


def test_groups(folder: Path) -> None:
    done = groups(folder, name="mine", grouping=definition(by=["op_set"], where={"Task": ["a"]}))
    assert done.returncode == 0, done.stdout
    assert done.stdout == ""
    assert_only(folder, *OUTPUTS.values())
    assert pd.read_csv(folder / "new/groups.csv").to_numpy().tolist() == [[0, 11], [1, 11]]
    assert pd.read_csv(folder / "sizes.csv").to_dict("records") == [
        {"group": 11, "n_filters": 30, "n_layers": 2, "n_models": 1}
    ]
    assert pd.read_csv(folder / "skipped.csv")["count"].tolist() == [30]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "mine", "group": "x"}, "group"),
        ({"name": "mine"}, "mandatory value: grouping"),
        ({"name": "mine", "grouping": "[{"}, "grouping=[{: while parsing"),
        ({"name": "mine", "grouping": definition(by=["nope"])}, "no column 'nope'"),
        ({"name": "mine", "grouping": definition(by=["Task"]), "layers": "nope.csv"}, "nope.csv"),
        ({"name": "mine", "grouping": definition(bye=["Task"])}, "bye"),
    ],
)
def test_mistake(folder: Path, arguments: dict[str, str], message: str) -> None:
    done = groups(folder, **arguments)
    assert done.returncode != 0
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert_only(folder)


def test_a_word_that_is_no_argument(folder: Path) -> None:
    done = captured(sys.executable, ROOT / "workflow/scripts/groupings/groups.py", "layers.csv", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "error: layers.csv: write key=value; --help tells the keys\n")
    assert_only(folder)


def test_names_are_texts_whatever_they_look_like(folder: Path) -> None:
    done = groups(folder, name="on", grouping=definition(by=["op_set"]), output="null", sizes="1e3", skipped="~")
    assert done.returncode == 0, done.stdout
    assert_only(folder, "null", "1e3", "~")


def test_help(folder: Path) -> None:
    done = captured(sys.executable, ROOT / "workflow/scripts/groupings/groups.py", "--help", cwd=folder)
    assert done.returncode == 0
    assert "\nlayers: ???\n" in done.stdout
    assert_only(folder)


def test_mistake_that_the_log_has_no_room_for(folder: Path) -> None:
    """It is said on the other stream, which is no file of the full disk."""
    words = [sys.executable, ROOT / "workflow/scripts/groupings/groups.py", "layers=nope.csv", "name=mine"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*words, f"grouping={definition(by=['Task'])}", *(f"{key}={name}" for key, name in OUTPUTS.items())],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout.startswith("error: ")
    assert "nope.csv" in done.stdout
