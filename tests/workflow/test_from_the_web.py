"""A data set from the web becomes a layer table, even when the first run was cut off."""

import hashlib
import lzma
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest

from running import ROOT, Done, snakemake
from small_dataset import small_filters, write_small


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a folder on the web, `tmp_path`/web."""
    (tmp_path / "web").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def run(folder: Path, address: str, packed: bytes, size: int) -> Done:
    download = {"url": f"{address}/dataset.h5.xz", "md5": hashlib.md5(packed).hexdigest(), "size": size}
    changed = ",".join(f"dataset.download.{key}={value}" for key, value in download.items())
    target = "results/cnn_filter_db_v1/layers.csv"
    return snakemake(ROOT, folder, target, "--config", f"overrides=[dataset=cnn_filter_db_v1,{changed}]")


def test_a_data_set_from_the_web(tmp_path: Path, served: str) -> None:
    write_small(tmp_path / "dataset.h5")
    content = (tmp_path / "dataset.h5").read_bytes()
    packed = lzma.compress(content)
    folder = tmp_path / "run"

    missing = run(folder, served, packed, len(content))
    assert missing.returncode != 0
    assert "the server answers 404" in missing.stdout
    assert "Traceback" not in missing.stdout

    (tmp_path / "web/dataset.h5.xz").write_bytes(packed)
    (folder / "resources/cnn_filter_db_v1/dataset.h5.xz.part").write_bytes(packed[:1000])
    done = run(folder, served, packed, len(content))
    assert done.returncode == 0, done.stdout
    layers = pd.read_csv(folder / "results/cnn_filter_db_v1/layers.csv")
    assert layers["n_filters"].tolist() == [len(filters) for filters in small_filters()[0]]
    kept = {path.name for path in (folder / "resources/cnn_filter_db_v1").iterdir()}
    assert kept == {"dataset.h5", "download.log", "download.tsv", "unpack.log", "unpack.tsv"}
