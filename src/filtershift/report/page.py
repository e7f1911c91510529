"""From sections to one HTML file that needs nothing else: figures inside, no address, no script but its own."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment

from filtershift.report.sections import Figure, Section
from filtershift.report.templates import environment, source_hash

LARGEST = 5_000_000
"""Bytes of a page, which should open at once."""


def render(
    results: Path | None,
    heading: str,
    lead: str,
    facts: Mapping[str, str],
    sections: Sequence[Section],
    see: Mapping[str, str] | None = None,
    written: Path | None = None,
) -> str:
    """The page of a folder of results: what it is, a few facts, then the sections. All text is escaped.

    Figures for which there is no room are named instead. ``see`` are pages beside this one, with what is in them.
    Figures are in ``written`` while the page is, if that is not yet the folder of results. Without a folder of results
    the page stands alone and names no file.
    """
    templates = environment("filtershift.report")
    templates.globals |= {"source": _source, "allowed": _allowed}
    template = templates.get_template("overview.html.j2")
    content = {
        "results": results,
        "written": written or results,
        "heading": heading,
        "lead": lead,
        "facts": facts,
        "sections": sections,
        "see": see or {},
    }
    without = template.render(content, embedded={})
    return template.render(content, embedded=_embedded(sections, LARGEST - len(without.encode())))


def caption(path: Path, wildcards: Mapping[str, str]) -> str:
    """The HTML of a caption of Snakemake's report: reStructuredText in which Jinja finds the wildcards of a job."""
    from docutils.core import publish_parts  # no dependency of notebooks

    text = Environment().from_string(path.read_text()).render(snakemake=SimpleNamespace(wildcards=wildcards))
    settings = {"raw_enabled": False, "file_insertion_enabled": False}
    return publish_parts(text, writer="html5", settings_overrides=settings)["body"]


def same_as(title: str) -> str:
    """The HTML of a caption that would say what that of another figure says."""
    return f"<p>How to read it: as the figure “{escape(title)}” above.</p>"


def _source(name: str) -> str:
    """The text of a style sheet or script of the page."""
    return files("filtershift.report").joinpath("templates", name).read_text()


def _allowed(name: str) -> str:
    """A style sheet or script of the page, as its policy names it."""
    return source_hash(_source(name))


def _embedded(sections: Iterable[Section], room: int) -> dict[Figure, str]:
    """Figures as addresses that hold their bytes, smallest first, as many as there is room for."""
    figures = [figure for section in sections for figure in section.figures]
    addresses = {}
    for figure in sorted(figures, key=lambda figure: figure.path.stat().st_size):
        address = f"data:image/png;base64,{base64.b64encode(figure.path.read_bytes()).decode()}"
        room -= len(address)
        if room >= 0:
            addresses[figure] = address
    return addresses
