"""Where the file of a package can be downloaded: on the package indexes that pip is set to."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

from filtershift.errors import FiltershiftError, one_line

DEFAULT = "https://pypi.org/simple"


def address_of(package: str, file: str) -> str:
    """The address of a file of a package, https: or file:.

    The indexes, links and trusted hosts are those of pip's own configuration. Pip itself cannot be asked for a source
    archive: it runs the archive's code before it saves it.

    Raises:
        FiltershiftError: no index can be reached, or none has the file.
    """
    from unearth import PackageFinder

    settings = pip_settings()
    indexes = [*settings.get("index-url", [DEFAULT]), *settings.get("extra-index-url", [])]
    if settings.get("no-index", ["0"])[0] in ("1", "true", "yes", "on"):
        indexes = []
    finder = PackageFinder(
        index_urls=indexes,
        find_links=settings.get("find-links", []),
        trusted_hosts=settings.get("trusted-host", []),
        ignore_compatibility=True,
    )
    try:
        for found in finder.find_all_packages(package, allow_yanked=True):
            if found.link.filename == file:
                return found.link.url
    except Exception as error:  # of the HTTP library that unearth uses, which changes with its version
        raise FiltershiftError(f"{file}: the package index cannot be reached: {one_line(error)}") from None
    raise FiltershiftError(f"{file}: no package index that pip is set to has it; expected a file of {package}")


def pip_settings() -> dict[str, list[str]]:
    """Pip's settings as `pip config list` shows them: those of its files, replaced by those of the environment."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    shown = subprocess.run(pip, capture_output=True, text=True, check=False).stdout
    # Lines such as global.index-url='https://…', then those of the environment, :env:.index-url='https://…'.
    lines = re.findall(r"^([^.\s]+)\.([\w-]+)=(.+)$", shown, re.MULTILINE)
    return {key: str(ast.literal_eval(value)).split() for _, key, value in sorted(lines, reverse=True)}
