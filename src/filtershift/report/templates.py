"""How pages are filled in, and how they name the scripts that may run."""

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str) -> Environment:
    """Jinja with the templates of a package: all text is escaped, and what is not given is an error."""
    return Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def source_hash(text: str) -> str:
    """A style sheet or script in a Content-Security-Policy: named by its hash, so that no other has an effect."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
