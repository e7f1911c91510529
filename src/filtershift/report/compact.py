"""Snakemake's report in a quarter of its size: it copies every file it shows, as it is, into the page.

* Pictures become lossless WebP, pixel for pixel the same.
* A picture that stands twice, or also in the story of the run, is written once.
* Tables are packed by gzip, but for small ones. The largest are left out, and the report says where they lie.
"""

import gzip
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from io import BytesIO
from typing import Any

from PIL import Image

SMALL = 20_000
"""Bytes up to which a table is not packed."""

LARGEST = 150_000
"""Packed bytes up to which a table is in the report."""

_RESULTS = re.compile(rb'<script id="results">\s*var results = (\{.*\});\n')
_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
# The most pixels of WebP in a row or column.
_MOST_PIXELS = 16_383


def compact(page: bytes, folder: str) -> bytes:
    """Return a report of Snakemake's with less in it, and nothing lost.

    A page that another Snakemake than version 9 wrote in another form stays as it is: larger, and whole.

    Args:
        page: the report.
        folder: the folder it lies in, as the paths of results begin.
    """
    found = _RESULTS.search(page)
    if not found:
        return page
    entries = json.loads(found[1])
    first: dict[str, str] = {}
    for path, entry in entries.items():
        if entry["mime_type"] == "image/png":
            first.setdefault(_content(entry), path)
    for path, entry in entries.items():
        kind = entry["mime_type"]
        if kind == "image/png" and (other := first[_content(entry)]) != path:
            entry["data_uri"] = other
        elif kind == "text/html":
            entry["data_uri"] = _page(_content(entry), first)
        elif kind == "text/csv":
            _put_table(entry, b64decode(_content(entry)), path.removeprefix(f"{folder}/"))
    # One by one: a large picture takes half a gigabyte.
    for png, path in first.items():
        entries[path]["data_uri"] = _webp(png)
    # No text of an entry ends the script.
    text = json.dumps(entries).replace("<", "\\u003c")
    script = files("filtershift.report").joinpath("templates", "report.js").read_text(encoding="utf-8")
    return page[: found.start(1)] + f"{text};\n{script}".encode() + page[found.end() :]


def _content(entry: Mapping[str, str]) -> str:
    """The file of an entry, in base64."""
    return entry["data_uri"].partition(";base64,")[2]


def _webp(png: str) -> str:
    """A picture, in base64, as an address that holds it in fewer bytes."""
    picture = Image.open(BytesIO(b64decode(png)))
    if max(picture.size) > _MOST_PIXELS:
        return f"data:image/png;base64,{png}"
    packed = BytesIO()
    picture.convert("RGB").save(packed, "webp", lossless=True, method=2, quality=80)
    return f"data:image/webp;base64,{b64encode(packed.getvalue()).decode()}"


def _page(html: str, first: dict[str, str]) -> str:
    """A page, in base64, with paths in place of the pictures that the report has; `report.js` puts them back."""
    text = b64decode(html).decode("utf-8")
    return _PICTURE.sub(lambda found: f"picture:{first[found[1]]}" if found[1] in first else found[0], text)


def _put_table(entry: dict[str, Any], table: bytes, path: str) -> None:
    """Make an entry of the report hold a table, packed, or a page that says where the table lies."""
    packed = gzip.compress(table, mtime=0)
    if len(packed) > LARGEST:
        told = f"Not in this report, because it has {len(table) / 1e6:,.1f} MB: it lies beside it, in"
        where = f"<p>{told} <code>{escape(path)}</code>.</p>"
        entry["caption"] = where + (entry["caption"] or "")
        entry["mime_type"] = "text/html"
        style = "font: 1.1rem/1.5 sans-serif; margin: 4rem auto; max-width: 40rem; overflow-wrap: anywhere"
        title = f"<title>{escape(entry['name'])}</title><h1>{escape(entry['name'])}</h1>"
        entry["data_uri"] = f'<!doctype html><meta charset="utf-8"><body style="{style}">{title}{where}</body>'
    elif len(table) > SMALL:
        entry["name"] += ".gz"
        entry["data_uri"] = f"data:application/gzip;base64,{b64encode(packed).decode()}"
