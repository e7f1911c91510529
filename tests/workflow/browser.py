"""A page in headless Chromium without a network, in which nothing may go wrong."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason=f"there is none of {', '.join(NAMES)} (Debian: apt-get install chromium)"
)


Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A function that opens a page, in one tab of one Chromium for the tests of a file: both take long to start."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM) as browser:
        yield partial(_opened, browser.new_context(offline=True).new_page())


@contextmanager
def _opened(page: Page, path: Path, width: int = 1200, fragment: str = "") -> Iterator[Page]:
    """Open a file, at a place in it; in the end there must have been no error, no dialogue, no request for another."""
    troubles = []
    heard = {
        "console": lambda message: troubles.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: troubles.append(str(error)),
        "dialog": lambda dialog: (troubles.append(dialog.message), dialog.dismiss()),
        "request": lambda request: troubles.append(request.url) if is_foreign(request.url, path) else None,
    }
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="screen")
    for event, hear in heard.items():
        page.on(event, hear)
    try:
        page.goto(path.as_uri() + fragment)
        yield page
    finally:
        page.goto("about:blank")  # the next page is loaded whole, even if only its fragment is another
        for event, hear in heard.items():
            page.remove_listener(event, hear)
    assert troubles == []


def is_foreign(address: str, path: Path) -> bool:
    # blob: is of the page itself.
    return not address.startswith(("data:", "blob:", "about:")) and address.partition("#")[0] != path.as_uri()
