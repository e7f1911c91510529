"""The page: template, style, scripts, plotting library and content in one file that needs no other."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from filtershift.report.templates import environment, source_hash

MODULES = (
    "blocks",
    "linear",
    "tree",
    "shifts",
    "gaussian",
    "data",
    "labels",
    "start_state",
    "state",
    "elements",
    "take_away",
    "plots",
    "filter_images",
    "controls",
    "matrix",
    "pair",
    "maps",
    "computed",
    "groups",
    "layers",
    "beside",
    "models",
    "search",
    "main",
)
"""Our scripts: ES modules, each after those it imports."""


def explorer_page(title: str, content: Mapping[str, Any], colors: Sequence[str]) -> str:
    """The HTML of the explorer.

    Nothing in the content can run: it is JSON in a script element that no browser executes, "<" written otherwise, and
    the policy of the page allows no script but ours and no request.

    Args:
        title: of the page.
        content: as of `filtershift.report.explorer.content.content`.
        colors: for labels, in order.
    """
    return (
        environment("filtershift.report.explorer")
        .get_template("explorer.html.j2")
        .render(
            title=title,
            style=_text("explorer.css"),
            library=_library(),
            modules=[(name, _text(f"{name}.js")) for name in MODULES],
            start=_text("start.js"),
            policy=_policy(),
            content=json.dumps({**content, "colors": list(colors)}, ensure_ascii=False).replace("<", "\\u003c"),
        )
    )


def _policy() -> str:
    """Scripts named by their hashes; modules are read from the page itself (blob:). Nothing may be fetched."""
    scripts = f"{source_hash(_library())} {source_hash(_text('start.js'))}"
    return (
        f"default-src 'none'; script-src {scripts} blob:; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _text(name: str) -> str:
    return files("filtershift.report.explorer").joinpath("templates", name).read_text()


@cache
def _library() -> str:
    """Plotly's JavaScript, which ships inside its Python package."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_text()
