"""Make the README's pictures from what the project itself shows: a diagnosis in a notebook, and the demo's report.

    python tools/pictures.py          needs Chromium and a demo that has been run (`make demo`)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from course_utils.checks import judge_answer
from course_utils.checks.answer_key import load_key
from course_utils.checks.show import as_html

REPOSITORY = Path(__file__).resolve().parent.parent
IMAGES = REPOSITORY / "docs" / "images"
REPORT = REPOSITORY / "demo" / "reports" / "hw1.html"

_CELL = """\
<style>body {{ font-family: sans-serif; margin: 16px; background: white }}
pre {{ background: #f5f5f5; padding: 8px 12px; margin: 0 0 8px; font-size: 13px; line-height: 1.5 }}</style>
<pre>def mse_grad(X, y, w, b):
    e = y - (X @ w + b)
    return 2 * X.T @ e / len(y), 2 * e.mean()

check(mse_grad)</pre>{verdict}"""


def took_the_wrong_error(X, y, w, b):  # type: ignore[no-untyped-def]
    """Answer mse_grad as many do, with the error turned round."""
    e = y - (X @ w + b)
    return 2 * X.T @ e / len(y), 2 * e.mean()


def main() -> int:
    """Write docs/images/diagnosis.png and docs/images/report.png."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is not on this machine: install it, then run this again.", file=sys.stderr)
        return 2
    if not REPORT.exists():
        print(f"{REPORT} is not there: run `make demo` first.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(parents=True, exist_ok=True)
    verdict = as_html(judge_answer(load_key("mse_grad"), took_the_wrong_error))
    with sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(viewport={"width": 860, "height": 420})
        page.set_content(_CELL.format(verdict=verdict))
        page.screenshot(path=IMAGES / "diagnosis.png", full_page=True)
        page = browser.new_page(viewport={"width": 1100, "height": 1250})
        page.goto(REPORT.as_uri())
        page.screenshot(path=IMAGES / "report.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
