"""A page in headless Chromium without a network, in which nothing may go wrong."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason=f"there is none of {', '.join(NAMES)} (Debian: apt-get install chromium)"
)


Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A function that opens a page, in one Chromium for the tests of a file: its start takes longer than most."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM) as browser:
        yield partial(_opened, browser)


@contextmanager
def _opened(browser: Browser, path: Path, width: int = 1200, fragment: str = "") -> Iterator[Page]:
    """Open a file, at a place in it; in the end there must have been no error, no dialogue, no request for another."""
    troubles = []
    with browser.new_context(offline=True, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: troubles.append(request.url) if is_foreign(request.url, path) else None)
        page.goto(path.as_uri() + fragment)
        yield page
    assert troubles == []


def is_foreign(address: str, path: Path) -> bool:
    # blob: is of the page itself.
    return not address.startswith(("data:", "blob:", "about:")) and address.partition("#")[0] != path.as_uri()
