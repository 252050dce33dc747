"""The playground and the kernel editor by keyboard alone, in JupyterLab in a real Chromium."""

import re

import pytest
from own_jupyterlab import ARTIFACTS, CHROMIUM, FLAGS, SECONDS, run_all, serve, write_notebook

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH or in $CHROMIUM"),
]

CELL = """
import torch
from IPython.display import display
from course_utils.widgets import kernel_editor, playground

torch.set_num_threads(1)
display(playground(shape="two clouds", points=20, layers=1, width=4, epochs=0, fineness=16))
display(kernel_editor(torch.eye(12)[None], kernel="Smoothing", row=5, column=5))
"""


WAIT_UNTIL_STILL = """async () => {
    const say = () => document.querySelector("[role=status]").textContent;
    for (let before = null, quiet = 0; quiet < 5;) {
        await new Promise(resolve => setTimeout(resolve, 300));
        quiet = say() === before ? quiet + 1 : 0;
        before = say();
    }
    return true;
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with both figures, once for its tests; leaves a screenshot in test-artifacts."""
    home = tmp_path_factory.mktemp("lab")
    write_notebook(home / "figures.ipynb", CELL)
    with serve(home) as address, playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1250, "height": 1000})
        page.set_default_timeout(60 * SECONDS)
        playwright.expect.set_options(timeout=60 * SECONDS)
        try:
            run_all(page, f"{address}/lab/tree/figures.ipynb?reset")
            page.get_by_role("button", name="Half a turn").wait_for(timeout=120 * SECONDS)
            yield page
        finally:
            ARTIFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTIFACTS / "keyboard.png")
            chromium.close()


def pick(page, number):
    return page.locator(".jp-OutputArea-child").filter(has=page.get_by_role("status")).nth(number)


def epoch(words):
    return int(re.search(r"after ([\d,]+) epochs", words.text_content())[1].replace(",", ""))


def test_the_playground_runs_pauses_steps_and_starts_again_by_keys(page):
    figure = pick(page, 0)
    words = figure.get_by_role("status")
    one = figure.get_by_role("button", name="One epoch")
    one.focus()
    one.press("Space")
    playwright.expect(words).to_contain_text("after 1 epochs")
    one.press("Space")
    playwright.expect(words).to_contain_text("after 2 epochs")
    run = figure.locator(".widget-play button").first
    run.focus()
    run.press("Space")
    playwright.expect(words).not_to_contain_text("after 2 epochs")
    run.press("Space")
    playwright.expect(run.locator(".fa-play")).to_be_visible()
    page.wait_for_function(WAIT_UNTIL_STILL)  # what the clock had sent before the pause is still worked off
    assert epoch(words) > 2
    again = figure.get_by_role("button", name="Start again")
    again.focus()
    again.press("Space")
    playwright.expect(words).to_contain_text("after 0 epochs")


def test_every_control_of_the_playground_is_reached_by_tab(page):
    figure = pick(page, 0)
    figure.locator("[role=slider], .noUi-handle").first.focus()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.textContent.trim()"))
    assert {"One epoch", "Ten epochs", "Start again"} <= reached


def test_a_kernel_is_typed_and_a_window_moved_by_keys(page):
    figure = pick(page, 1)
    words = figure.get_by_role("status")
    field = figure.locator("input[type=number]").first
    before = words.text_content()
    field.focus()
    field.press("ControlOrMeta+a")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    playwright.expect(words).not_to_have_text(before)
    assert figure.locator("input[type=number]").nth(1).evaluate("field => field === document.activeElement")
    typed = words.text_content()
    turn = figure.get_by_role("button", name="Half a turn")
    turn.focus()
    turn.press("Space")
    playwright.expect(words).not_to_have_text(typed)
    playwright.expect(figure.locator("input[type=number]").last).to_have_value("5")
    turned = words.text_content()
    slider = figure.locator(".noUi-handle").last
    slider.focus()
    slider.press("ArrowRight")
    playwright.expect(words).not_to_have_text(turned)


def test_jupyterlab_took_none_of_the_keys(page):
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
    assert page.get_by_text("javascript error").count() == 0
