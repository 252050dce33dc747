"""`submit()` in a real JupyterLab in Chromium: run all cells, read the panel, find the file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from handed_out import of_the_course, save, small
from own_jupyterlab import ARTIFACTS, CHROMIUM, FLAGS, SECONDS, run_all, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH or in $CHROMIUM"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of its own over an empty folder; yields its address and the folder."""
    home = tmp_path_factory.mktemp("lab")
    with serve(home) as address:
        yield address, home


def test_run_all_cells_shows_the_panel_and_writes_the_file(lab: tuple[str, Path]) -> None:
    address, home = lab
    name = os.environ.get("FIRST_DESCENT_SUBMIT", "")  # hw1, quiz3, …: one of the course's own in its place
    notebook = json.loads(nbformat.writes(of_the_course(name, solved=True))) if name else small(answer="1 / 0")
    save(home / "work" / "mine.ipynb", notebook)
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1250, "height": 1200})
        page.set_default_timeout(120 * SECONDS)
        try:
            run_all(page, f"{address}/lab/tree/work/mine.ipynb?reset")
            if not name:  # a cell raised, so Run All stopped there: the last cell is run by hand
                page.locator(".jp-OutputArea").get_by_text("ZeroDivisionError").first.wait_for()
                last = page.locator(".jp-Notebook .jp-CodeCell").last
                last.locator(".cm-content").click()
                page.keyboard.press("Control+Enter")
            panel = page.locator(".jp-OutputArea").filter(has_text="The grader will accept this notebook")
            panel.first.wait_for(timeout=300 * SECONDS)
            text = " ".join(panel.first.inner_text().split())
            playwright.expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
            below = page.locator(".jp-OutputArea-executeResult").filter(has_text=re.compile(r"Path\(|_Written")).count()
            panel.first.scroll_into_view_if_needed()
        finally:
            ARTIFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTIFACTS / f"submit_{name or 'small'}.png")
            chromium.close()
    wanted = f"Ada_Lovelace_{name or 'hw1'}.ipynb"
    assert f"Hand in this file: {wanted}" in text
    assert (home / "work" / wanted).exists()
    assert below == 0, "the file's path stands below the panel once more"
    assert "Read as it was saved on" in text
    if not name:
        assert "ZeroDivisionError: division by zero, in line 1" in text
