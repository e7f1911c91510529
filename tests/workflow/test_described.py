"""docs/results.md describes every file of a finished run, and nothing else."""

import re
from collections.abc import Iterator
from itertools import pairwise

from running import ROOT, Workflow

PAGE = (ROOT / "docs/results.md").read_text()
# What this run does not make: it has no depth deciles, not the groupings of some figures of the papers, and nothing is
# known of its data set.
NOT_HERE = re.compile(r"expected\.csv|quality/importance|range_boxes|paper/figure-(02|06|13|14|15|16|17)\b")
PLACES = {"{variant}": "(scaled|unscaled)", "{grouping}": r"[\w-]+", "{n}-of-{m}": r"\d+-of-\d+"}


def rows() -> Iterator[tuple[str, list[str]]]:
    """Each row of each table with the heading it stands under."""
    headings = [*re.finditer(r"^##+ (.*)$", PAGE, re.MULTILINE), None]
    for heading, following in pairwise(headings):
        assert heading
        section = PAGE[heading.end() : following.start() if following else None]
        for row in re.findall(r"^\| (.*) \|$(?!\n\|-)", section, re.MULTILINE):
            yield heading[1], row.split(" | ")


def described() -> Iterator[str]:
    """The files that the page names, relative to the results, with places for names; folders end in "/"."""
    for heading, cells in rows():
        names = re.findall(r"`(.*?)`", cells[0])
        same_name = [".csv"] if any("`.csv` of the same name" in cell for cell in cells) else []
        if heading == "Figures":
            for name in names:
                full = name.replace("…", names[0].rpartition("/")[0])
                yield from (full + suffix for suffix in (".pdf", ".png", *same_name))
        elif heading == "The paper's figures":
            for number in re.findall(r"[\w-]+", cells[0]):
                start = f"paper/figure-{number.zfill(2)}"
                yield from (start + suffix for suffix in (".pdf", ".png", *same_name) if re.match(r"\d|cvpr", number))
        else:
            folder = "statistics/" if heading == "Per-layer statistics" else ""
            yield from (folder + name for name in names if re.search(r"\.\w+$|/$", name))


def pattern(name: str) -> re.Pattern[str]:
    text = re.escape(name)
    for place, words in PLACES.items():
        text = text.replace(re.escape(place), words)
    return re.compile(text + (".+" if name.endswith("/") else ""))


def test_files_and_their_description(finished: Workflow) -> None:
    files = {str(path.relative_to(finished.results)) for path in finished.results.rglob("*") if path.is_file()}
    patterns = {name: pattern(name) for name in described()}
    assert {file for file in files if not any(p.fullmatch(file) for p in patterns.values())} == set()
    missing = {name for name, p in patterns.items() if not any(p.fullmatch(file) for file in files)}
    assert {name for name in missing if not NOT_HERE.search(name)} == set()
