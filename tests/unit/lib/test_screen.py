"""What a run says of itself: its reason when it fails, and what to look at when it does not."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from screen import Brief, Rephrased, failures, left_out, mistake_in, notices, reason, show_errors, to_look_at

KILLED = "error: shift gave no reason: it was stopped by someone, or needed too much memory or time"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("shards: 10%\rshards: 100%\nerror: grouping 'bad': no column\n", "error: grouping 'bad': no column"),
        ("error: a.pt: empty\nwarning: something at exit\n", "error: a.pt: empty"),
        ('Traceback (most recent call last):\n  File "x"\nValueError: no\n', "ValueError: no"),
        ("shards: 10%\n", KILLED),
        ("", KILLED),
        (None, KILLED),
    ],
)
def test_reason(tmp_path: Path, log: str | None, said: str) -> None:
    if log is not None:
        (tmp_path / "log").write_text(log)
    assert reason(tmp_path / "log", "shift") == said


def test_each_failed_job_also_of_a_group_has_its_reason_and_its_log(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(f"error: {name}\n")
    a, b, c = (SimpleNamespace(name="rule", log=[tmp_path / name]) for name in "abc")
    lines = failures([a, SimpleNamespace(jobs=[b, c], log=[])])
    assert lines == [line for name in "abc" for line in (f"error: {name}", f"log: {tmp_path}/{name}")]


def record(message: str, level: int = logging.INFO, **more: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "levelno": level, **more})


def test_modules_are_no_inputs_to_read() -> None:
    job = record("", event=LogEvent.JOB_INFO, input=["workflow/scripts/a.py", "src/filtershift/a.py", "data.csv"])
    assert Brief(Path("src")).filter(job)
    assert job.__dict__["input"] == ["workflow/scripts/a.py", "data.csv"]


def test_advice_about_metadata_is_left_out() -> None:
    assert not Brief(Path("src")).filter(record("Some jobs were triggered by provenance information, see …"))
    assert Brief(Path("src")).filter(record("Nothing to be done"))


def test_only_errors_are_shown() -> None:
    handler = logging.StreamHandler()
    quiet: Any = logging.Filter("nothing")
    quiet.quiet = {"all"}
    handler.addFilter(quiet)
    show_errors([handler])
    assert handler.filter(record("no such column", logging.ERROR))
    assert handler.level == logging.ERROR


@pytest.mark.parametrize(("counts", "lines"), [([60, 20], 1), ([30, 20], 0), ([], 0)])
def test_a_grouping_that_leaves_most_out_is_named(tmp_path: Path, counts: list[int], lines: int) -> None:
    rows = "".join(f"layers,task,reason {count},{count}\n" for count in counts)
    (tmp_path / "task.sizes.csv").write_text("group,n_filters\na,30\nb,20\n")
    (tmp_path / "grouping-task.csv").write_text(f"kind,name,reason,count\n{rows}")
    said = ["grouping 'task' leaves out 62% of the filters: reason 60"]
    assert notices(tmp_path, tmp_path, ["task", "not finished"]) == said[:lines]


def test_a_label_that_does_not_occur_is_named(tmp_path: Path) -> None:
    (tmp_path / "task.sizes.csv").write_text("group,n_filters\na,30\n")
    (tmp_path / "grouping-task.csv").write_text('kind,name,reason,count\nlabel,task,"where: no Task equals b, a",0\n')
    assert notices(tmp_path, tmp_path, ["task"]) == ["grouping 'task': where: no Task equals b, a"]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["model"], ["left out: model b (no 3×3 convolution), and 1 more; see "]),
        (["filters"], ["left out: filters a, layer 1 (a weight is NaN); see "]),
        (["model", "layers"], ["left out: model b (no 3×3 convolution), and 1 more; see "]),
    ],
)
def test_what_is_left_out_is_named(tmp_path: Path, kinds: list[str], said: list[str]) -> None:
    table = tmp_path / "skipped.csv"
    rows = ["model,b,no 3×3 convolution,0", 'filters,"a, layer 1",a weight is NaN,1', "model,c,empty,0"]
    table.write_text("\n".join(["kind,name,reason,count", *rows]))
    assert left_out(table, kinds) == [f"{line}{table}" for line in said]


@pytest.mark.parametrize(
    ("file", "said"),
    [("config: placement.models names no model", "error: config: placement.models names no model"), ("a.h5", None)],
)
def test_a_mistake_that_is_named_as_a_file(file: str, said: str | None) -> None:
    message = f"MissingInputException in rule a in file b, line 1:\nMissing input files for rule a:\n        {file}"
    assert mistake_in(message) == (said or message)


def test_messages_in_other_words() -> None:
    rephrased = Rephrased("Nothing", lambda said: f"{said}\nopen a.html")
    for message, shown in (("Nothing to do", "Nothing to do\nopen a.html"), ("Building", "Building")):
        told = record(message)
        assert rephrased.filter(told)
        assert told.msg == shown


@pytest.mark.parametrize(
    ("outputs", "lines"),
    [
        (["claims.html", "overview.html", "report.html"], ["open results/a/overview.html"]),
        (["claims.html", "overview.html", "explorer.html"], ["open results/a/explorer.html"]),
        (["placement/b/.complete", "placement/b/placement.html"], ["open results/a/placement/b/placement.html"]),
        (["layers.csv", "bundle.zip"], ["the bundle is results/a/bundle.zip"]),
        (["bundle.zip", "explorer.html"], ["open results/a/explorer.html", "the bundle is results/a/bundle.zip"]),
        (["layers.csv"], []),
        (["paper/figure-01.png", "paper/skipped.csv"], ["the figures of the papers are in results/a/paper"]),
        (["paper/figure-01.png", "explorer.html"], ["open results/a/explorer.html"]),
    ],
)
def test_what_to_look_at(outputs: list[str], lines: list[str]) -> None:
    assert to_look_at([f"results/a/{path}" for path in outputs], "results/a") == lines
