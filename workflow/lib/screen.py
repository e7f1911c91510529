"""What a run prints on the screen beside Snakemake's own messages: what failed and why, and where the results are."""

import atexit
import csv
import logging
import sys
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

# Messages of Snakemake's that end a dry run and are of no use here: metadata need never be wiped.
_ADVICE = ("Some jobs were triggered by provenance information", "Rules with provenance triggered jobs")
_JOBS = (LogEvent.JOB_INFO, LogEvent.JOB_ERROR)
# What a job prints before the reason when it ends.
_ERROR = "error: "


class Brief(logging.Filter):
    """Shortens Snakemake's messages: no modules among the inputs of jobs, no advice to wipe metadata."""

    def __init__(self, modules: Path) -> None:
        super().__init__()
        self.modules = f"{modules}/"

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a message is shown; those about jobs lose their modules."""
        if getattr(record, "event", None) in _JOBS:
            named: Any = record.__dict__
            named["input"] = [path for path in named["input"] if not str(path).startswith(self.modules)]
        return not str(record.msg).startswith(_ADVICE)


class Rephrased(logging.Filter):
    """Puts other words in the place of messages that begin in a certain way.

    Snakemake finds these mistakes after it has read the Snakefile, and ends without calling `onerror`.
    """

    def __init__(self, begin: str | tuple[str, ...], words: Callable[[str], str]) -> None:
        super().__init__()
        self.begin, self.words = begin, words

    def filter(self, record: logging.LogRecord) -> bool:
        """True: the message is shown."""
        if str(record.msg).startswith(self.begin):
            record.msg = self.words(str(record.msg))
        return True


def mistake_in(said: str) -> str:
    """The mistake in the configuration that a rule names as a missing file; the whole message if it is another one."""
    lines = [line.strip() for line in said.splitlines()]
    return next((f"error: {line}" for line in lines if line.startswith("config: ")), said)


def show_errors(handlers: Iterable[logging.Handler]) -> None:
    """Let errors through, and nothing else: `--quiet all` would hide even why a run does not start."""
    for handler in handlers:
        handler.setLevel(logging.ERROR)
        for quiet in [one for one in handler.filters if hasattr(one, "quiet")]:
            handler.removeFilter(quiet)


def print_last(lines: Iterable[str]) -> None:
    """Print lines when the process ends, below all that Snakemake says."""
    text = "\n".join(lines)
    if text:
        atexit.register(lambda: print(text, file=sys.stderr, flush=True))


def failures(jobs: Iterable[Any]) -> list[str]:
    """Two lines for each failed job of Snakemake, or job in a failed group: why it failed, and the path of its log."""
    single = chain.from_iterable(getattr(job, "jobs", [job]) for job in jobs)
    logs = {str(log): job for job in single for log in job.log}
    return [line for log, job in sorted(logs.items()) for line in (reason(Path(log), job.name), f"log: {log}")]


def reason(log: Path, rule: str) -> str:
    """The line of a log that says why its job failed."""
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    said = [line.strip() for line in lines if line.strip()]
    ours = [line for line in said if line.startswith(_ERROR)]
    if ours or (said and any(line.startswith("Traceback") for line in said)):
        return [*said, *ours][-1]
    return f"{_ERROR}{rule} gave no reason: it was stopped by someone, or needed too much memory or time"


def notices(groups: Path, skipped: Path, groupings: Iterable[str]) -> list[str]:
    """A line for each grouping that leaves out more than half of the filters, and for each label that does not occur.

    Args:
        groups: the folder with the sizes of the groups of each grouping.
        skipped: the folder with what was left out of each grouping.
        groupings: their names; those that are not finished are passed over.
    """
    lines = []
    for name in groupings:
        sizes, rows = _rows(groups / f"{name}.sizes.csv"), _rows(skipped / f"grouping-{name}.csv")
        out = sum(int(row["count"]) for row in rows)
        total = out + sum(int(row["n_filters"]) for row in sizes)
        if sizes and 2 * out > total:
            most = max(rows, key=lambda row: int(row["count"]))
            lines.append(f"grouping '{name}' leaves out {out / total:.0%} of the filters: {most['reason']}")
        lines += [f"grouping '{name}': {row['reason']}" for row in rows if row["kind"] == "label"]
    return lines


def left_out(skipped: Path, kinds: Iterable[str]) -> list[str]:
    """A line for each of these kinds of rows in the table of what was left out: the first one and its reason."""
    lines = []
    for kind in kinds:
        if rows := [row for row in _rows(skipped) if row["kind"] == kind]:
            more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
            lines.append(f"left out: {kind} {rows[0]['name']} ({rows[0]['reason']}){more}; see {skipped}")
    return lines


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def to_look_at(outputs: Iterable[str], results: str) -> list[str]:
    """Which page to open: the explorer, the story, or another one that was made; and where other results lie."""
    made, paper = sorted(outputs), f"{results}/paper"
    known = [f"{results}/{name}.html" for name in ("explorer", "overview")]
    first = [path for path in (*known, *made) if path in made and path.endswith(".html")][:1]
    lines = [f"open {page}" for page in first]
    if not first and any(path.startswith(f"{paper}/") for path in made):
        lines.append(f"the figures of the papers are in {paper}")
    bundle = f"{results}/bundle.zip"
    return [*lines, *([f"the bundle is {bundle}"] if bundle in made else [])]
