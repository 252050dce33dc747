"""The digit pad in JupyterLab in a real Chromium: draw, and see the probabilities change."""

import re

import pytest
from own_jupyterlab import ARTIFACTS, CHROMIUM, FLAGS, SECONDS, run_all, serve, write_notebook

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH or in $CHROMIUM"),
]

# A small network, trained for a second on the digits that ship.
CELL = """
import torch
from torch import nn
from course_utils.data import load_digits
from course_utils.widgets import digit_pad

train = load_digits("train", "small")
torch.manual_seed(0)
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
for batch in torch.randperm(16_000).remainder(len(train)).split(64):
    optimiser.zero_grad()
    nn.functional.cross_entropy(model(train.images[batch]), train.labels[batch]).backward()
    optimiser.step()
digit_pad(model, load_digits("test", "small"))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A JupyterLab of its own with one notebook; yields its address."""
    home = tmp_path_factory.mktemp("lab")
    write_notebook(home / "pad.ipynb", CELL)
    with serve(home) as address:
        yield address


@pytest.fixture(scope="module")
def page(server):
    """A page with the pad on it, once for its tests; leaves a screenshot in test-artifacts."""
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1250, "height": 1000}, has_touch=True)
        page.set_default_timeout(60 * SECONDS)
        try:
            run_all(page, f"{server}/lab/tree/pad.ipynb?reset")
            page.locator(".fd-pad-canvas").wait_for(timeout=120 * SECONDS)
            yield page
        finally:
            ARTIFACTS.mkdir(exist_ok=True)
            page.screenshot(path=ARTIFACTS / "digit_pad.png")
            chromium.close()


@pytest.fixture
def pad(page):
    """The pad, cleared."""
    page.get_by_role("button", name="Clear", exact=True).click()
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The pad is empty")
    canvas = page.locator(".fd-pad-canvas")
    canvas.scroll_into_view_if_needed()
    return canvas


def ink_on(page):
    """How many of the canvas's pixels are dark."""
    return page.evaluate(
        """() => { const canvas = document.querySelector('.fd-pad-canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return data.filter((value, i) => i % 4 === 0 && value < 128).length; }"""
    )


def shares(page):
    return page.locator(".fd-pad-share").all_text_contents()


def stroke(page, canvas, points):
    """Draw through points, given in hundredths of the pad."""
    box = canvas.bounding_box()
    places = [(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def taken_for(page):
    words = page.locator(".fd-pad-words")
    playwright.expect(words).to_contain_text("The network takes it for")
    return words


def test_a_one_and_a_zero_drawn_with_the_mouse_are_read_as_such(page, pad):
    assert shares(page) == [""] * 10
    stroke(page, pad, [(50, 15), (50, 85)])
    playwright.expect(taken_for(page)).to_contain_text("The network takes it for 1")
    playwright.expect(page.locator(".fd-pad-best .fd-pad-name")).to_have_text("1")
    one = shares(page)
    assert sum(float(share.rstrip(" %")) for share in one) == pytest.approx(100, abs=0.6)
    page.get_by_role("button", name="Clear", exact=True).click()
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The pad is empty")
    assert ink_on(page) == 0
    half = [(50, 15), (66, 20), (75, 38), (75, 62), (66, 80), (50, 85)]
    stroke(page, pad, [*half, *((100 - x, 100 - y) for x, y in half)])
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The network takes it for 0")
    assert shares(page) != one
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "digit_pad_zero.png")


def test_the_probabilities_change_while_the_stroke_is_still_being_drawn(page, pad):
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 140, steps=5)
    playwright.expect(page.locator(".fd-pad-share").first).to_have_text(re.compile("%"))
    before = shares(page)
    page.mouse.move(box["x"] + 40, box["y"] + 240, steps=5)
    page.wait_for_function(
        "before => [...document.querySelectorAll('.fd-pad-share')].map(e => e.textContent).join() !== before",
        arg=",".join(before),
    )
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The pad is empty")  # words wait for the end
    page.mouse.up()
    taken_for(page)


def test_a_finger_draws_too(page, pad):
    box = pad.bounding_box()
    page.touchscreen.tap(box["x"] + 100, box["y"] + 100)
    taken_for(page)
    assert ink_on(page) > 50


def test_arrow_keys_and_space_draw_and_jupyterlab_keeps_its_hands_off(page, pad):
    cell = page.locator(".jp-Notebook .jp-Cell")
    count, active = cell.count(), page.locator(".jp-mod-active.jp-Cell").get_attribute("data-windowed-list-index")
    pad.focus()
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    assert ink_on(page) == 0  # moving alone does not ink
    page.keyboard.down(" ")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.up(" ")
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The network takes it for 1")
    held = ink_on(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert ink_on(page) == held  # space is up
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert ink_on(page) > held
    page.screenshot(path=ARTIFACTS / "digit_pad_keys.png")
    page.keyboard.press("Delete")
    playwright.expect(page.locator(".fd-pad-words")).to_contain_text("The pad is empty")
    assert ink_on(page) == 0
    for key in ("d", "d", "a", "b"):  # JupyterLab: delete the cell, new cells
        page.keyboard.press(key)
    assert cell.count() == count
    assert page.locator(".jp-mod-active.jp-Cell").get_attribute("data-windowed-list-index") == active
    page.keyboard.press("Tab")
    playwright.expect(page.get_by_role("button", name="Clear", exact=True)).to_be_focused()


def test_examples_come_one_after_the_other_and_can_be_drawn_on(page, pad):
    button = page.get_by_role("button", name="An example")
    button.click()
    words = page.locator(".fd-pad-words")
    playwright.expect(words).to_have_text(re.compile(r"Sample \d+ of 359 is a \d\. The network takes it for \d"))
    first, ink = words.text_content(), ink_on(page)
    assert ink > 100
    button.click()
    playwright.expect(words).not_to_have_text(first)
    ink = ink_on(page)
    stroke(page, pad, [(5, 95), (95, 95)])
    playwright.expect(words).to_contain_text("The drawing was")
    assert ink_on(page) > ink


def test_no_error_was_shown(page):
    assert page.get_by_text("javascript error").count() == 0
    assert page.get_by_text("Error displaying widget").count() == 0
