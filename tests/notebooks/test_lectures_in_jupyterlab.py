"""The lectures in JupyterLab in a real Chromium: open, run all, move a slider, see the picture change."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

ROOT = Path(__file__).resolve().parents[2]
# Every lecture is run on a clean kernel elsewhere; a browser opens two of them, or all with ALL_LECTURES=1.
EVERY = sorted(path.stem for path in (ROOT / "notebooks/lectures").glob("*.ipynb"))
LECTURES = EVERY if os.environ.get("ALL_LECTURES") else ["02_a_line_through_scores", "03_downhill"]
ARTIFACTS = ROOT / "test-artifacts"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
SECONDS = 1000  # Playwright counts milliseconds

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH or in $CHROMIUM"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab of its own, over a copy of the lectures; yields its address."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks/lectures", home / "lectures")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("FIRST_DESCENT_WIDGETS")
    }
    environment |= {
        "FIRST_DESCENT_SIZE": "tiny",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={home}", "--ServerApp.port_retries=0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=home)
    said = []
    for line in process.stderr:
        said.append(line)
        if f"http://127.0.0.1:{port}/lab" in line:
            break
    else:
        pytest.fail("JupyterLab did not start:\n" + "".join(said[-20:]))
    drain = threading.Thread(target=process.stderr.read, daemon=True)  # a full pipe would stop the server
    drain.start()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=30)
    drain.join(timeout=30)
    process.stderr.close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page(browser, server, request):
    """A page with the lecture open and every cell run, once for its tests; leaves a screenshot in test-artifacts."""
    page = browser.new_page(viewport={"width": 1250, "height": 1200})
    page.set_default_timeout(60 * SECONDS)
    try:
        run_all(page, f"{server}/lab/tree/lectures/{request.param}.ipynb?reset")
        page.get_by_text("0 right at the first try").wait_for(state="attached", timeout=120 * SECONDS)
        yield page
    finally:
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{request.param}.png")
        page.close()


def run_all(page, address):
    """Open the lecture and run all cells, once its kernel is there; again if not one of them ran."""
    ran = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[\d+\]"))
    ready = page.locator("#jp-main-statusbar").get_by_text(re.compile(r"Python 3.*\| Idle"))
    for _ in range(3):
        page.goto(address)
        try:
            ready.wait_for()  # before it, "Run All Cells" is lost, and JupyterLab may ask for a kernel
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=15 * SECONDS)
            page.get_by_text("Run All Cells", exact=True).click(timeout=15 * SECONDS)
            ran.first.wait_for(state="attached")
            return
        except playwright.TimeoutError:
            continue
    pytest.fail("no cell was run")


each = pytest.mark.parametrize("page", LECTURES, indirect=True)


def cell_of(locator):
    return locator.locator("xpath=ancestor::div[contains(concat(' ', @class, ' '), ' jp-Cell ')][1]")


@each
def test_an_arrow_key_changes_picture_words_and_name_without_a_second_picture(page):
    pictures = page.locator(".jp-OutputArea img.widget-image")
    count = pictures.count()
    assert count >= 2
    for i in range(count):
        picture = pictures.nth(i)
        picture.scroll_into_view_if_needed()
        cell = cell_of(picture)
        words = cell.get_by_role("status")
        before = (picture.get_attribute("src"), words.text_content())
        assert before[1].startswith(picture.get_attribute("title"))
        handle = cell.locator(".noUi-handle").first
        handle.focus()
        handle.press("ArrowLeft")
        page.wait_for_function("([img, src]) => img.src !== src", arg=[picture.element_handle(), before[0]])
        playwright.expect(words).not_to_have_text(before[1])
        assert cell.locator("img").count() == 1
        box = picture.bounding_box()
        assert box["width"] > 500
        assert box["width"] > box["height"]
    assert page.get_by_text("javascript error").count() == 0


@each
def test_the_answer_comes_only_after_the_guess(page):
    waiting = "The answer waits here"
    asked = page.get_by_role("button", name="Commit my guess")
    count = asked.count()
    assert page.get_by_text(waiting).count() == count >= 2
    assert page.get_by_text("The answer:").count() == 0
    for i in range(count):
        button = asked.nth(i)
        button.scroll_into_view_if_needed()
        cell = cell_of(button)
        if cell.get_by_role("radio").count():
            cell.get_by_role("radio").last.check()
        button.click()
        playwright.expect(button).to_be_disabled()
    playwright.expect(page.get_by_text("Your guess:")).to_have_count(count)
    assert page.get_by_text(waiting).count() == 0


@each
def test_a_choice_in_the_self_check_is_explained(page):
    cell = cell_of(page.get_by_text("0 right at the first try"))
    cell.get_by_role("radio").first.scroll_into_view_if_needed()
    cell.get_by_role("radio").first.check()
    playwright.expect(cell.get_by_role("status")).to_have_count(1)
    playwright.expect(cell.get_by_text("1 of 5 answered")).to_be_visible()
