"""The report in a browser, from a file and without a network: the landing page, its links, figures, tables."""

from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from browser import Opened, needs_chromium
from running import Workflow

pytestmark = needs_chromium

SECTIONS = ["Data", "Bases", "Shifts", "Scales", "Quality", "Cost"]
CATEGORIES = ["Start here", "Data", "Bases", "Distributions", "Shifts", "Quality", "Cost", "Paper"]
TROUBLES = ["alert(1)", "console.error(1)", "throw 1", "fetch('https://example.org')", "fetch('file:///etc/hosts')"]


def is_drawn(image: Locator) -> bool:
    return bool(image.evaluate("image => image.decode().then(() => image.naturalWidth > 100)"))


def column(table: Locator, number: int) -> list[str]:
    return table.locator(f"tbody td:nth-child({number})").all_inner_texts()


def story_in(page: Page) -> FrameLocator:
    """The story, opened from the landing page."""
    page.get_by_role("link", name="the story of this run").click()
    return page.frame_locator("iframe")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_browser_notices(tmp_path: Path, trouble: str, opened: Opened) -> None:
    """Else the tests below could not fail."""
    file = tmp_path / "page.html"
    file.write_text(f"<script>{trouble}</script>")
    with pytest.raises(AssertionError), opened(file) as page:
        page.wait_for_timeout(100)


def test_a_figure_is_two_clicks_away(finished: Workflow, opened: Opened) -> None:
    with opened(finished.results / "report.html") as page:
        page.get_by_role("link", name="4 Shifts").first.click()
        row = page.get_by_role("row", name="D-matrix task", exact=True)
        row.get_by_role("link").first.click()
        figure = page.locator("#app > div > div img")
        expect(figure).to_be_visible()
        assert is_drawn(figure)
        row.get_by_role("link").last.click()
        expect(page.get_by_text("D-matrix: the shift between every pair of groups")).to_be_visible()


def test_the_landing_page_leads_to_every_category(finished: Workflow, opened: Opened) -> None:
    with opened(finished.results / "report.html") as page:
        menu, text = page.locator("nav"), page.locator(".prose")
        expect(menu.get_by_text("Start here")).to_be_visible()
        items = menu.get_by_role("listitem").all_inner_texts()
        categories = [name for name in items if name[:1].isdigit()]
        assert [name.split(maxsplit=1)[1] for name in categories] == CATEGORIES
        for name in categories[1:-1]:
            text.get_by_role("link", name=name).click()
            expect(menu.get_by_text(name, exact=True)).to_be_visible()


def test_the_story_opens_inside_the_report(finished: Workflow, opened: Opened) -> None:
    with opened(finished.results / "report.html") as page:
        story = story_in(page)
        expect(story.get_by_role("heading", level=2)).to_have_text(SECTIONS)
        story.get_by_role("link", name="Cost").click()
        expect(story.get_by_role("heading", name="Cost")).to_be_in_viewport()
        figures = story.get_by_role("img").all()
        assert len(figures) > len(SECTIONS)
        assert all(map(is_drawn, figures))
        heading = story.get_by_role("region", name="Steps").get_by_role("columnheader", name="seconds").first
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", "ascending")


def test_tables_sort_by_a_click_or_a_key(finished: Workflow, opened: Opened) -> None:
    with opened(finished.results / "overview.html") as page:
        table = page.get_by_role("region", name="Models, largest first").get_by_role("table")
        models, filters = table.get_by_role("columnheader").all()[:2]
        before = column(table, 2)
        numbers = sorted(int(text.replace(",", "")) for text in before)
        filters.get_by_role("button").click()
        assert column(table, 2) == [f"{n:,}" for n in numbers] != before
        filters.get_by_role("button").press("Enter")
        assert column(table, 2) == [f"{n:,}" for n in reversed(numbers)]
        expect(filters).to_have_attribute("aria-sort", "descending")
        filters.get_by_role("button").press("Enter")
        assert column(table, 2) == before
        models.get_by_role("button").click()
        assert column(table, 1) == sorted(column(table, 1))
        expect(filters).to_have_attribute("aria-sort", "none")


def test_what_is_missing_stays_last(finished: Workflow, opened: Opened) -> None:
    with opened(finished.results / "overview.html") as page:
        table = page.get_by_role("region", name="Layers, lowest entropy first").get_by_role("table")
        heading = table.get_by_role("columnheader", name="variance entropy").get_by_role("button")
        for _ in range(2):
            heading.click()
            texts = column(table, 6)
            assert texts.index("–") == len(texts) - texts.count("–") > 0


@pytest.mark.parametrize("name", ["overview.html", "report.html"])
def test_a_narrow_window_needs_no_sideways_scrolling(finished: Workflow, name: str, opened: Opened) -> None:
    with opened(finished.results / name, width=400) as page:
        expect(page.get_by_text("filters").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_story_on_paper(finished: Workflow, opened: Opened) -> None:
    """All rows are printed, not only those in sight."""
    with opened(finished.results / "overview.html") as page:
        heights = "boxes => boxes.map(box => getComputedStyle(box).maxHeight)"
        assert "none" not in page.locator(".scroll").evaluate_all(heights)
        page.emulate_media(media="print")
        assert set(page.locator(".scroll").evaluate_all(heights)) == {"none"}
