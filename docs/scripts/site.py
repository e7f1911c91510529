"""What mkdocs cannot do by itself: pages that lie outside docs/ beside what they explain, and the notebook."""

import json
import re
import textwrap
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
OUTSIDE = ("config/README.md", "profiles/README.md")
NOTEBOOK = ROOT / "docs/notebook.ipynb"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for name in OUTSIDE:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    files.append(File.generated(config, "notebook.md", content=markdown_of(json.loads(NOTEBOOK.read_text()))))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they are on the site, where docs/ is the root."""
    outside = page.file.src_uri in OUTSIDE
    markdown = markdown.replace("](../README.md", "](index.md")
    markdown = markdown.replace("](../docs/", "](../") if outside else markdown.replace("](../", "](")
    markdown = re.sub(r"^( +)```\w*\n(.*?)^\1```$", indented, markdown, flags=re.MULTILINE | re.DOTALL)
    return markdown.replace("](notebook.ipynb", "](notebook.md")


def indented(fence: re.Match[str]) -> str:
    """A fenced block inside a list as one that is set in, which Python-Markdown knows there."""
    return "\n" + textwrap.indent(fence[2], "    ")


def markdown_of(notebook: dict[str, Any]) -> str:
    """A notebook with its outputs as Markdown."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [shown(output) for output in cell.get("outputs", [])]
    return "\n\n".join(parts)


def shown(output: dict[str, Any]) -> str:
    """An output: a picture, a table or text."""
    data = {kind: "".join(content) for kind, content in output.get("data", {}).items()}
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
    if "text/html" in data:
        return data["text/html"]
    return f"```text\n{data.get('text/plain', ''.join(output.get('text', '')))}\n```"
