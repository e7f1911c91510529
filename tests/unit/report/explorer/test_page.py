"""The page is one file that needs no other, and its policy names all that may run."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from filtershift.report.explorer.page import MODULES, explorer_page

TEMPLATES = files("filtershift.report.explorer").joinpath("templates")
HOSTILE = "</script><script>alert(1)</script><!--<script>"


class Scripts(HTMLParser):
    """Collects the scripts of a page and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.fetched: list[str | None] = []
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.fetched += [given[name] for name in ("src", "href") if name in given]
        if tag == "script":
            self.scripts.append((given, ""))
        if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            given, text = self.scripts[-1]
            self.scripts[-1] = (given, text + data)


def read(title: str, content: dict[str, Any]) -> tuple[str, Scripts]:
    text, found = explorer_page(title, content, ["#000000"]), Scripts()
    found.feed(text)
    return text, found


@pytest.fixture
def found(shown: Callable[..., dict[str, Any]]) -> Scripts:
    return read("made", shown())[1]


def test_only_scripts_that_the_policy_names_can_run(found: Scripts) -> None:
    running = [text for given, text in found.scripts if given.get("type") is None]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running]
    [allowed] = re.findall(r"script-src ([^;]*)", found.policy)
    assert allowed.split() == [*(f"'sha256-{one}'" for one in hashes), "blob:"]
    assert "default-src 'none'" in found.policy
    assert "connect-src" not in found.policy


def test_it_fetches_nothing(found: Scripts) -> None:
    assert found.fetched == []


def test_every_script_is_in_the_page_after_those_it_imports(found: Scripts) -> None:
    modules = {given["data-module"]: text for given, text in found.scripts if "data-module" in given}
    assert tuple(modules) == MODULES
    assert {path.name for path in TEMPLATES.iterdir() if path.name.endswith(".js")} == {
        *(f"{name}.js" for name in MODULES),
        "start.js",
    }
    seen: set[str] = set()
    for name, text in modules.items():
        imported = set(re.findall(r'from "\./(\w+)\.js"', text))
        assert imported <= seen, name
        seen.add(str(name))


def test_no_script_is_long() -> None:
    long = {path.name for path in TEMPLATES.iterdir() if len(path.read_text().splitlines()) > 250}
    assert not long


def test_labels_cannot_leave_their_script(shown: Callable[..., dict[str, Any]]) -> None:
    shown_content = shown(name=HOSTILE, marked=[HOSTILE, "\u2028", "__proto__"])
    text, page = read(f"Explorer of {HOSTILE}", shown_content)
    assert HOSTILE not in text
    [content] = [json.loads(script) for given, script in page.scripts if given.get("id") == "content"]
    assert content == {**shown_content, "colors": ["#000000"]}
    assert not any("alert(1)" in script for given, script in page.scripts if given.get("type") is None)
