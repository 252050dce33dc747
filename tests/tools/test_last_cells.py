"""The end of every graded notebook: the same words, then `submit()`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import last_cells  # noqa: E402

TWINS = sorted((ROOT / "notebooks/text/assignments").rglob("*.py"))
BODY = "# %% [markdown]\n# # Title\n\n# %%\nx = 1\n"
END = f"{last_cells.MARKER}{last_cells.WORDS}\n{last_cells.LAST}"


@pytest.mark.parametrize("twin", TWINS, ids=lambda path: path.stem)
def test_every_graded_notebook_ends_with_it(twin: Path) -> None:
    assert last_cells.is_ended(twin.read_text(encoding="utf-8"))


def test_there_are_eighteen() -> None:
    assert len(TWINS) == 18


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (BODY, ""),
        (f"{BODY}\n{last_cells.LAST}", ""),
        (f"{BODY}\n{last_cells.MARKER}# ## Hand in\n#\n# Look through the checks.\n", "# Look through the checks.\n"),
        (
            f"{BODY}\n{last_cells.MARKER}{last_cells.WORDS}#\n# One word more.\n\n{last_cells.LAST}",
            "# One word more.\n",
        ),
    ],
)
def test_it_is_put_at_the_end_once_and_further_words_are_kept(text: str, kept: str) -> None:
    ended = last_cells.put_end(text)
    assert last_cells.is_ended(ended)
    assert ended.startswith(BODY)
    assert ended.count("submit()") == 1
    assert kept in ended
    assert last_cells.put_end(ended) == ended


def test_the_command_names_what_ends_otherwise_and_mends_it(tmp_path: Path) -> None:
    twin = tmp_path / "notebooks/text/assignments/hw1/hw1.py"
    twin.parent.mkdir(parents=True)
    twin.write_text(BODY)

    def run(verb: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "tools/last_cells.py"), verb, "--root", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    refused = run("check")
    assert refused.returncode == 1
    assert "hw1.py ends otherwise: `python tools/last_cells.py write`" in refused.stdout
    assert run("write").returncode == 0
    assert twin.read_text() == f"{BODY}\n{END}"
    assert run("check").returncode == 0
