"""The two commands that measure lectures and figures put their tables where they belong, and nowhere else."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs Playwright")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import lectures  # noqa: E402
import redraw  # noqa: E402

PEER = redraw.Timing("02", redraw.PEER, "weight w", (300.0, 320.0))
QUICK = redraw.Timing("02", "line_and_squares", "weight w", (100.0, 120.0, 110.0), 310.0)
SLOW = redraw.Timing("02", "line_and_squares", "bias b", (400.0, 500.0, 450.0, 420.0), 310.0)
STILL = redraw.Timing("02", "outlier_explorer", "moved final", (), 310.0)


@pytest.mark.parametrize("command", [lectures, redraw])
def test_a_table_replaces_what_stood_between_the_marks(command, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{command.BEGIN}\n\nold\n\n{command.END}\nafter\n", encoding="utf-8")
    command.put("new", page)
    assert page.read_text(encoding="utf-8") == f"before\n{command.BEGIN}\n\nnew\n\n{command.END}\nafter\n"


@pytest.mark.parametrize("command", [lectures, redraw])
@pytest.mark.parametrize("text", ["", "{end}", "{begin}\n{begin}\n{end}"])
def test_a_page_without_the_marks_is_left_alone(command, text, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(text.format(begin=command.BEGIN, end=command.END), encoding="utf-8")
    before = page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="once each"):
        command.put("new", page)
    assert page.read_text(encoding="utf-8") == before


@pytest.mark.parametrize("command", [lectures, redraw])
def test_half_a_table_is_not_written(command, capsys):
    with pytest.raises(SystemExit) as end:
        command.main(["02", "--write"])
    assert end.value.code == 2
    assert "--write needs every lecture" in capsys.readouterr().err


def test_a_figures_median_is_over_all_its_moves_and_what_is_slow_is_marked():
    table = redraw.tabulate([PEER, QUICK, STILL], 150).splitlines()
    assert table[2] == (
        "| 02 | `line_and_squares` | [`squares`](../course_utils/widgets/squares.py) | 1 | 110 | 110 (weight w) |  |"
    )
    assert redraw.tabulate([PEER, QUICK, SLOW], 150).splitlines()[2].endswith("| 2 | 400 | 435 (bias b) | **yes** |")


def test_a_slow_figure_is_exit_code_1(capsys):
    assert redraw.report([PEER, QUICK], 150) == 0
    assert "over 150 ms: none" in capsys.readouterr().out
    assert redraw.report([PEER, QUICK, SLOW], 150) == 1
    assert "over 150 ms: line_and_squares (400)" in capsys.readouterr().out


def test_bounds_of_time_and_memory_are_told_apart():
    assert lectures.Run("02", "tiny", 14, 300).misses == ()
    assert lectures.Run("02", "tiny", 16, 300).misses == ("02 takes 16 s at tiny, over 15",)
    assert lectures.Run("02", "standard", 16, 3000).misses == ("02 takes 3000 MB at standard, over 2000",)
