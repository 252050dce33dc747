"""The lectures in JupyterLab in a real Chromium: open, run all, move a slider, see the picture change."""

import os
import shutil

import pytest
from own_jupyterlab import ARTIFACTS, CHROMIUM, FLAGS, ROOT, SECONDS, run_all, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

# Every lecture is run on a clean kernel elsewhere; a browser opens two of them, or all with ALL_LECTURES=1.
EVERY = sorted(path.stem for path in (ROOT / "notebooks/lectures").glob("*.ipynb"))
LECTURES = EVERY if os.environ.get("ALL_LECTURES") else ["02_a_line_through_scores", "03_downhill"]

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
    with serve(home, FIRST_DESCENT_SIZE="tiny") as address:
        yield address


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
