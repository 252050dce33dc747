"""Formgrader, opened from JupyterLab in a real Chromium, shows the class and its scores."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_term import answered, lay_out

from autograder.feedback import write_feedback
from autograder.grading import grade
from autograder.nbgrader_bridge.steps import generate, open_gradebook, register_class
from autograder.rules.coursefile import load_course
from autograder.rules.roster import load_roster

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
ARTIFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import nbformat

    root = lay_out(tmp_path_factory.mktemp("formgrader") / "term")
    course = load_course(root)
    generate(course, "hw1")
    register_class(course, load_roster(course.roster))
    for student, kinds in (("ada", ()), ("emmy", ("no bias", "half"))):
        folder = course.submitted / student / "hw1"
        folder.mkdir(parents=True)
        notebook = nbformat.read(course.released_notebook("hw1"), as_version=4)
        nbformat.write(answered(notebook, *kinds), folder / "hw1.ipynb")
    assert [item.student for item in grade(course, "hw1")] == ["ada", "emmy"]
    return root


@pytest.fixture(scope="module")
def lab(graded_class: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    scripts = str(Path(sys.prefix) / "bin")
    log = open(graded_class / "lab.log", "w")  # noqa: SIM115  it is closed with the server, below
    server = subprocess.Popen(
        [
            f"{scripts}/jupyter",
            "lab",
            "--no-browser",
            "--allow-root",
            f"--port={port}",
            "--IdentityProvider.token=",
            "--ServerApp.password=",
            # tabs that an earlier JupyterLab left open would be opened again
            f"--LabApp.workspaces_dir={graded_class / 'workspaces'}",
            f"--LabApp.user_settings_dir={graded_class / 'settings'}",
        ],
        cwd=graded_class,
        env=os.environ | {"PATH": scripts + os.pathsep + os.environ["PATH"]},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2).read()
                break
            except OSError:
                assert server.poll() is None, (graded_class / "lab.log").read_text()
                time.sleep(0.25)  # the server tells no one when it is ready
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture
def page(lab: str, request: pytest.FixtureRequest) -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        tab = browser.new_page(viewport={"width": 1300, "height": 850})
        tab.set_default_timeout(60_000)
        try:
            yield tab
        finally:
            ARTIFACTS.mkdir(exist_ok=True)
            tab.screenshot(path=ARTIFACTS / f"{request.node.name}.png")
            browser.close()


def test_formgrader_in_jupyterlab_shows_the_class_and_its_scores(lab: str, page) -> None:
    page.goto(f"{lab}/lab")
    page.get_by_role("menuitem", name="Nbgrader").first.click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Formgrader", exact=True).click()
    frame = page.frame_locator("iframe[src*='formgrader']")
    frame.locator("body").get_by_text("hw1").first.wait_for()
    page.goto(f"{lab}/formgrader/gradebook/hw1/hw1")
    page.get_by_text("Submission").first.wait_for()
    page.goto(f"{lab}/formgrader/manage_students/ada")
    row = page.locator("tr", has_text="hw1").first
    row.wait_for()
    assert "15 / 15" in row.inner_text()
    page.goto(f"{lab}/formgrader/manage_students/emmy")
    row = page.locator("tr", has_text="hw1").first
    row.wait_for()
    # linear_predict (2) and mse (1) are lost
    assert "12 / 15" in row.inner_text()


def test_what_is_typed_in_formgrader_stands_on_the_students_page(graded_class: Path, lab: str, page) -> None:
    course = load_course(graded_class)
    with open_gradebook(course) as gradebook:
        notebook = gradebook.find_submission_notebook("hw1", "hw1", "emmy").id
    page.goto(f"{lab}/formgrader/submissions/{notebook}/?index=0")
    box = page.locator(".nbgrader_cell", has_text="Student's answer").first.locator("textarea.comment[placeholder]")
    box.wait_for()  # formgrader writes the placeholder once it has loaded what was typed before
    with page.expect_response(lambda answer: "/formgrader/api/comment/" in answer.url and answer.ok):
        box.fill("Is 2 < 3? <script>alert(1)</script>")
        box.blur()
    pages = {path.parts[-3]: path.read_text(encoding="utf-8") for path in write_feedback(course, "hw1")}
    assert "<b>Your instructor writes:</b> <span>Is 2 &lt; 3? &lt;script&gt;alert(1)&lt;/script&gt;" in pages["emmy"]
    assert "Your instructor writes" not in pages["ada"]
