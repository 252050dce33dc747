"""The documents keep their promises: links lead somewhere, examples give what stands below them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    dead = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_picture_has_a_description(document: Path) -> None:
    descriptions = re.findall(r"!\[([^\]]*)\]\(", document.read_text(encoding="utf-8"))
    assert all(len(description) > 40 for description in descriptions)


def test_the_readme_example_says_what_the_readme_shows(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```\s+```text\n(.*?)```", text, re.DOTALL)
    assert example
    code, shown = example.groups()
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(shown)


def test_the_readme_names_every_make_target_that_has_an_equivalent() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in ("demo", "test", "lab", "lint", "types", "layers", "keys", "pairs", "wheel"):
        assert f"`make {target}`" in text or f"make {target} " in text, target
