"""The documentation builds into a site in which all links lead somewhere, and which fetches nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = "notebook.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does: a page that is not in the menu, or a dead link, ends the build."""
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Sources(HTMLParser):
    """Collects what a page would fetch, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"link": "href", "use": "href", "object": "data"}.get(tag, "src")
        self.fetched += [value for name, value in attrs if name in (wanted, "srcset") and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: Path) -> Sources:
    sources = Sources()
    sources.feed(page.read_text())
    return sources


def test_every_page_is_there(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert pages | {"notebook", "config/index", "profiles/index"} <= {
        str(path.relative_to(site).with_suffix("")) for path in site.rglob("*.html")
    }
    assert not list(site.rglob("*.py"))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        fetched = [source for source in read(page).fetched if not source.startswith("data:")]
        assert fetched
        assert [source for source in fetched if re.match(r"(\w+:)?//", source)] == [], page
        missing = [source for source in fetched if not (page.parent / re.sub(r"[?#].*", "", source)).exists()]
        assert missing == [] or page.name == "404.html", page  # that one is for the root of a server
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\([\"']?(\w+:)?//", style.read_text()), style


def test_no_markdown_is_left_over(site: Path) -> None:
    """Fences and tables that Python-Markdown reads otherwise than those who wrote them."""
    for page in site.rglob("*.html"):
        text = read(page).text
        assert "```" not in text, page
        assert "|---" not in text, page


def test_the_notebook_has_its_outputs(site: Path) -> None:
    page = (site / NOTEBOOK).read_text()
    assert "data:image/png;base64," in page
    assert "<table" in page


def test_a_dead_link_ends_the_build(tmp_path: Path) -> None:
    for name in ("docs", "config", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    index = tmp_path / "docs/index.md"
    index.write_text(index.read_text() + "\n[nowhere](method.md#no-such-heading)\n")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "no-such-heading" in done.stderr
