"""The generated pages are those that `make docs` writes now."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", ["reference_config", "reference_api"])
def test_up_to_date(name: str) -> None:
    code = f"import {name}; print({name}.page(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=DOCS / "scripts", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    written = (DOCS / f"{name.replace('_', '-')}.md").read_text()
    assert written == done.stdout, "docs/ is older than the code it is made from: make docs"


def test_every_public_name_is_explained() -> None:
    import filtershift

    page = (DOCS / "reference-api.md").read_text()
    for name in filtershift.__all__:
        assert f"## `{name}`" in page
