"""Nothing in the content of a page can run, and nothing is fetched."""

import json
import re
from pathlib import Path

import pytest

import filtershift.report.explorer
from filtershift.report.explorer.page import MODULES, explorer_page

TEMPLATES = Path(filtershift.report.explorer.__file__).parent / "templates"
IMPORT = re.compile(r'from "\./(\w+)\.js"')


def test_content_cannot_end_its_element() -> None:
    label = '</script><script>alert(1)</script><!-- "quoted" &amp;'
    page = explorer_page(label, {"name": label}, ["#000000"])
    assert "alert(1)</script>" not in page.replace("&lt;/script&gt;", "")
    found = re.search(r'<script type="application/json" id="content">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == {"name": label, "colors": ["#000000"]}


def test_the_policy_allows_no_request() -> None:
    page = explorer_page("a", {}, [])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].replace("&#39;", "'").split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert "connect-src" not in rules
    assert not re.search(r'(?:src|href)="(?!data:)', page.split('<script type="application/json"')[0])


def test_modules_follow_those_they_import() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.js")} == {*MODULES, "start"}
    for k, name in enumerate(MODULES):
        assert set(IMPORT.findall((TEMPLATES / f"{name}.js").read_text())) <= set(MODULES[:k]), name


@pytest.mark.parametrize("path", TEMPLATES.glob("*.js"), ids=lambda path: path.stem)
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250
    assert "innerHTML" not in path.read_text()
