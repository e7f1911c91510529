"""Every file of rules begins with what it needs and makes, every rule with a sentence, and every script has a rule."""

import re
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parents[2] / "workflow"
FILES = sorted((WORKFLOW / "rules").rglob("*.smk"))
STAGES = [path for path in FILES if path.stem not in ("common", "start")]
RULE = re.compile(r"^rule (\w+):\n    (.*)$", re.MULTILINE)
SCRIPT = re.compile(r'^        code=code\("([\w/]+)"\),$', re.MULTILINE)


@pytest.mark.parametrize("path", STAGES, ids=lambda path: path.stem)
def test_a_stage_says_what_it_needs_makes_and_does(path: Path) -> None:
    header = path.read_text().partition("\n\n")[0]
    for word in ("needs", "makes", "steps"):
        assert re.search(rf"^#   {word} +\S", header, re.MULTILINE), f"no line '{word}' in the header"


@pytest.mark.parametrize(
    ("name", "first"), [rule for path in FILES for rule in RULE.findall(path.read_text())], ids=lambda text: text[:20]
)
def test_a_rule_says_what_it_makes(name: str, first: str) -> None:
    assert re.fullmatch(r'"""[A-Z].*[a-z0-9)]\."""', first), f"rule {name} begins with {first}"


def test_every_script_is_one_of_a_rule() -> None:
    used = {name for path in FILES for name in SCRIPT.findall(path.read_text())}
    scripts = {str(path.relative_to(WORKFLOW / "scripts").with_suffix("")) for path in WORKFLOW.glob("scripts/*/*.py")}
    assert used == scripts
