"""A report in fewer bytes: what it holds is what Snakemake's held."""

import gzip
import json
from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from filtershift.report.compact import LARGEST, SMALL, compact

FOLDER = "results/a"


def png(pixels: np.ndarray) -> bytes:
    content = BytesIO()
    Image.fromarray(pixels).quantize(200).save(content, "png")
    return content.getvalue()


def noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)


def report(**content: tuple[str, bytes]) -> bytes:
    """A report as Snakemake writes it, of names with their kind and content."""
    entries = {
        f"{FOLDER}/{name}": {
            "name": name,
            "caption": "<p>What it is.</p>",
            "mime_type": kind,
            "data_uri": f"data:{kind};charset=utf8;filename={name};base64,{b64encode(data).decode()}",
        }
        for name, (kind, data) in content.items()
    }
    return f'<html><script id="results">\n    var results = {json.dumps(entries)};\n    </script></html>'.encode()


def held(page: bytes) -> dict[str, dict[str, Any]]:
    entries = json.loads(page.partition(b"results = ")[2].partition(b";\n")[0])
    return {path.removeprefix(f"{FOLDER}/"): entry for path, entry in entries.items()}


def data(entry: dict[str, Any]) -> bytes:
    return b64decode(entry["data_uri"].partition(";base64,")[2])


def test_pictures_are_the_same_pixel_for_pixel_and_there_once() -> None:
    one, other = png(noise(0, (40, 50))), png(noise(1, (30, 20)))
    page = compact(report(a=("image/png", one), b=("image/png", other), c=("image/png", one)), FOLDER)
    found = held(page)
    for name, before in (("a", one), ("b", other)):
        after = Image.open(BytesIO(data(found[name])))
        assert after.format == "WEBP"
        np.testing.assert_array_equal(after.convert("RGB"), Image.open(BytesIO(before)).convert("RGB"))
    assert found["c"]["data_uri"] == f"{FOLDER}/a"


def test_a_picture_too_tall_for_webp_stays() -> None:
    tall = png(np.zeros((17_000, 2, 3), np.uint8))
    assert data(held(compact(report(a=("image/png", tall)), FOLDER))["a"]) == tall


def test_a_page_names_the_pictures_of_the_report() -> None:
    one, other = png(noise(0, (4, 5))), png(noise(1, (4, 5)))
    address, alone = (f"data:image/png;base64,{b64encode(each).decode()}" for each in (one, other))
    text = f'<img src="{address}"><img src="{alone}"></script><p>ü'
    page = compact(report(a=("image/png", one), story=("text/html", text.encode())), FOLDER)
    assert held(page)["story"]["data_uri"] == text.replace(address, f"picture:{FOLDER}/a")
    assert page.count(b"</script>") == 1


def test_tables_are_whole_packed_or_named() -> None:
    packed = b"0.123456789\n" * SMALL
    large = np.random.default_rng(0).bytes(LARGEST + 100).hex().encode()
    tables = {"small": b"a,b\n1,2\n", "packed": packed, "shift/<large>": large}
    found = held(compact(report(**{name: ("text/csv", table) for name, table in tables.items()}), FOLDER))
    assert data(found["small"]) == tables["small"]
    assert gzip.decompress(data(found["packed"])) == packed
    assert found["packed"]["name"] == "packed.gz"
    where = "it lies beside it, in <code>shift/&lt;large&gt;</code>."
    assert where in found["shift/<large>"]["data_uri"]
    assert found["shift/<large>"]["caption"].endswith(f"{where}</p><p>What it is.</p>")
    assert found["shift/<large>"]["mime_type"] == "text/html"


def test_the_same_report_gives_the_same_bytes() -> None:
    page = report(a=("image/png", png(noise(0, (9, 9)))), b=("text/csv", b"1,2\n" * SMALL))
    assert compact(page, FOLDER) == compact(page, FOLDER)


def test_a_page_of_another_form_stays_as_it_is() -> None:
    assert compact(b"<html></html>", FOLDER) == b"<html></html>"
