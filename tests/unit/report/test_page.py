"""The page is one file: everything inside, everything escaped, no script but its own."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from filtershift.report import page
from filtershift.report.overview import facts, story
from filtershift.report.page import caption, render
from filtershift.report.run import Run
from filtershift.report.sections import Figure, Section, Table, text
from made_run import LABELS

CAPTION = """{{ snakemake.wildcards.get("variant", "scaled") }} filters, **own** basis: <b>&</b>

.. raw:: html

   <script>alert(1)</script>
"""


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text right inside each, by kind."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.last: str | None = None
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        self.last = tag

    def handle_endtag(self, tag: str) -> None:
        self.last = None

    def handle_data(self, data: str) -> None:
        if self.last:
            self.texts[self.last][-1] += data


HEADING = "Heading & more", "What it is."


def figure(folder: Path, name: str, size: int = 8, said: str = "<p>How to read it.</p>") -> Figure:
    """A picture of noise, which no compression makes small."""
    path = folder / f"{name}.png"
    Image.effect_noise((size, size), 99).save(path)
    return Figure(path, "A <b>title", said)


def test_labels_are_text(run: Run) -> None:
    elements = Elements(render(Path("results/zoo"), *HEADING, facts(run), story(run)))
    assert [tag for tag, _ in elements.tags].count("script") == 1
    assert "b" not in elements.texts
    for label in LABELS:
        assert text(label) in elements.texts["td"]


def test_only_its_own_style_and_script_are_allowed(run: Run) -> None:
    elements = Elements(render(Path("results/zoo"), *HEADING, facts(run), story(run)))
    [policy] = [
        attrs["content"] for tag, attrs in elements.tags if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        [content] = elements.texts[kind]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched(run: Run, tmp_path: Path) -> None:
    content = render(tmp_path, *HEADING, facts(run), [Section("Data", [], [], [figure(tmp_path, "one")])])
    elements = Elements(content)
    sources = [attrs[name] for _, attrs in elements.tags for name in ("src", "srcset") if name in attrs]
    assert sources
    assert all(source and source.startswith("data:") for source in sources)
    links = [attrs["href"] for tag, attrs in elements.tags if "href" in attrs]
    assert {tag for tag, attrs in elements.tags if "href" in attrs} == {"a"}
    assert links
    assert not [link for link in links if link is None or ":" in link or link.startswith("/")]
    assert not re.search(r"https?:", content)


def test_figures_are_inside_with_their_captions(tmp_path: Path) -> None:
    shown = figure(tmp_path, "one")
    content = render(tmp_path, *HEADING, {}, [Section("Data", ["A & B"], [], [shown])])
    [image] = [attrs for tag, attrs in Elements(content).tags if tag == "img"]
    assert base64.b64decode((image["src"] or "").split(",")[1]) == shown.path.read_bytes()
    assert image["alt"]
    assert "<p>How to read it.</p>" in content
    assert "A &amp; B" in content
    assert "<h1>Heading &amp; more</h1>" in content
    assert "one.pdf" in content


def test_figures_without_room_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LARGEST", 60_000)
    figures = [figure(tmp_path, "large", 400), figure(tmp_path, "small", 40)]
    content = render(tmp_path, *HEADING, {}, [Section("Data", [], [], figures)])
    assert len(content.encode()) < 60_000
    assert content.count("<img") == 1
    assert 'Too large for this page: see <a href="large.png">large.png</a>' in content


def test_rows_left_out_are_counted() -> None:
    table = Table("Layers", pd.DataFrame({"layer": range(13_015)}), "quality/layers.csv")
    content = render(Path("results/zoo"), *HEADING, {}, [Section("Quality", [], [table])])
    assert content.count("<tr>") == 201
    assert '12,815 more are left out here. In full: <a href="quality/layers.csv">quality/layers.csv</a>' in content


def test_an_empty_table_is_not_shown() -> None:
    table = Table("Groups", pd.DataFrame({"group": []}), "groups.csv")
    assert "Groups" not in render(Path("results/zoo"), *HEADING, {}, [Section("Data", [], [table])])


def test_every_column_sorts(run: Run) -> None:
    elements = Elements(render(Path("results/zoo"), *HEADING, facts(run), story(run)))
    headings = [attrs for tag, attrs in elements.tags if tag == "th"]
    assert len(headings) == len(elements.texts["button"]) > 30
    assert {heading["aria-sort"] for heading in headings} == {"none"}
    assert {heading["scope"] for heading in headings} == {"col"}


def test_caption(tmp_path: Path) -> None:
    path = tmp_path / "caption.rst"
    path.write_text(CAPTION)
    said = caption(path, {"variant": "unscaled"})
    assert "unscaled filters, <strong>own</strong> basis: &lt;b&gt;&amp;&lt;/b&gt;" in said
    assert "<script>" not in said
    assert "scaled filters" in caption(path, {})


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[3].glob("workflow/report/*.rst")), ids=lambda path: path.stem
)
def test_captions_of_the_workflow_have_no_mistake(path: Path) -> None:
    if path.stem != "workflow":
        said = caption(path, {"variant": "scaled", "counted": "filters", "same": "04"})
        assert "system-message" not in said
        assert len(said) > 100
