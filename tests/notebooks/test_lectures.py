"""Every lecture, run on a clean kernel as CI does, and read for what every lecture owes its reader."""

import os
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parents[2]
LECTURES = sorted((ROOT / "notebooks/lectures").glob("*.ipynb"))
FIGURES = re.compile(
    r"^(?:line_and_squares|outlier_explorer|contour_stepper|learning_rate_explorer"
    r"|probability_bars|cross_entropy_gap|backprop_stepper|difference_explorer"
    r"|zero_grad_explorer|minibatch_explorer|neuron_heatmap|boundary_film|bump_builder"
    r"|optimiser_race|depth_explorer|rule_explorer|shape_explorer)\(",
    re.M,
)

each = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def read(path: Path):
    return nbformat.read(path, 4)


@cache
def run(path: Path):
    """Execute a lecture at size tiny, once for all tests."""
    notebook = read(path)
    wishes = {"FIRST_DESCENT_SIZE": "tiny", "FIRST_DESCENT_WIDGETS": "static"}
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute(env={**os.environ, **wishes})
    return notebook


def prose(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def printed(notebook) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs
    )


def test_there_are_lectures():
    assert {"02_a_line_through_scores", "03_downhill"} <= {path.stem for path in LECTURES}


@each
def test_a_lecture_is_stored_without_outputs_and_is_valid(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert "widgets" not in notebook.metadata


@each
def test_a_lecture_has_the_parts_every_lecture_has(path):
    notebook = read(path)
    text, code = prose(notebook), "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    for part in ("## What you will be able to do", "## Where we are", "## Summary", "## Now you"):
        assert part in text
    objectives = text.split("## What you will be able to do")[1].split("##")[0]
    assert 3 <= len(re.findall(r"^\d\. ", objectives, re.M)) <= 5
    assert code.count(" = predict(") >= 2
    assert code.count(" = predict(") == code.count(".reveal(")
    assert len(FIGURES.findall(code)) >= 2
    assert code.count("self_check(") == 1
    assert code.split("self_check(")[1].count("Question(") == 5
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert 'SIZE = os.environ.get("FIRST_DESCENT_SIZE", "standard")' in first


@each
def test_each_guess_is_asked_for_in_a_cell_before_its_answer_which_is_folded_away(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    asked = {
        name: i
        for i, cell in enumerate(cells)
        for name in re.findall(r"^(\w+) = predict\(", cell.source, re.M)
    }
    for i, cell in enumerate(cells):
        for name in re.findall(r"^(\w+)\.reveal\(", cell.source, re.M):
            assert asked.pop(name) < i
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), (
                f"{name}: the answer can be read above"
            )
    assert not asked


@each
def test_every_link_to_a_file_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", prose(read(path))):
        if not target.startswith(("http", "attachment:")):
            assert (path.parent / target).exists(), target


@each
@pytest.mark.slow
def test_a_lecture_runs_on_a_clean_kernel_without_error_or_warning(path):
    for cell in run(path).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")


@each
@pytest.mark.slow
def test_every_picture_has_alt_text_and_its_description_printed_below(path):
    notebook = run(path)
    pictures = 0
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for i, output in enumerate(outputs):
            if "image/png" in output.get("data", {}):
                pictures += 1
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 100
                assert outputs[i + 1].text.strip() == f"Figure: {alt}"
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert pictures == len(FIGURES.findall(code)) + code.count("plots.show(")


@each
@pytest.mark.slow
def test_every_number_in_the_prose_is_computed_in_the_same_lecture(path):
    """Decimals in the text must stand in an output, or in the code that the text talks about."""
    notebook = run(path)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    known = set(re.findall(r"\d+\.\d+", printed(notebook) + code))
    sections = {f"{path.stem[1]}.{i}" for i in range(1, 20)}  # 2.1, 2.2, … are headings
    quoted = set(re.findall(r"(?<![\d.])\d+\.\d+(?![\d.])", prose(notebook)))
    assert sorted(quoted - known - sections) == []


@each
@pytest.mark.slow
def test_a_page_made_by_nbconvert_shows_pictures_and_words_and_no_dead_widget(path):
    page, _ = HTMLExporter().from_notebook_node(run(path))
    assert page.count("data:image/png;base64,") >= 2
    assert page.count("Figure: ") >= 2
    assert '<script type="application/vnd.jupyter.widget-view+json">' not in page


@pytest.mark.slow
def test_lecture_1_shows_what_features_and_samples_hide():
    text = printed(run(ROOT / "notebooks/lectures/01_what_learns.ipynb"))
    assert "The answer: About half, as by tossing a coin" in text
    assert "The answer: Nearly none. 0.0% are right" in text
    assert "from the same places: 100.0%" in text
    assert "from_numpy: [7.0, 0.0, 0.0]   torch.tensor: [0.0, 0.0, 0.0]" in text
    assert "3 day(s) late: assignment 70%, lab 50%" in text
    assert "7 day(s) late: assignment 30%, lab 0%" in text


@pytest.mark.slow
def test_lecture_2_finds_the_line_the_course_quotes():
    text = printed(run(ROOT / "notebooks/lectures/02_a_line_through_scores.ipynb"))
    assert "w* = 1.312   b* = 0.648" in text
    assert "The answer: 18.6 points²" in text
    assert "0 of them are better" in text
    assert "f(0) = 0.648, but A·0 = 0" in text


@pytest.mark.slow
def test_lecture_3_computes_the_limits_and_lands_in_one_step():
    text = printed(run(ROOT / "notebooks/lectures/03_downhill.ipynb"))
    assert "the MSE's limit:  2 / steepest = 0.00655" in text
    assert "the SSE's limit:  2 / steepest = 0.000504" in text
    assert "The answer: 1 step(s)" in text
    assert "translated:   w = 1.312, b = 0.648" in text
    assert "x³: derivative at 0 is 0.0, and 0 is neither" in text
    assert "true derivative   -768.60    -Δ·x =   -768.60" in text


@pytest.mark.slow
def test_lecture_4_computes_what_the_silent_mistakes_cost():
    text = printed(run(ROOT / "notebooks/lectures/04_the_pytorch_loop.ipynb"))
    assert "The answer: Twice the number" in text
    assert "The answer: (13, 13)" in text
    assert "mean of all 169 squares: 141.9" in text
    assert "column minus column: 18.6" in text
    assert "mean of the batch means: 16.89" in text
    assert "weighted by their rows:  18.60" in text
    assert "in any epoch's loss: 0.0000" in text
    assert "the weight moved by 0.0 in 100 steps" in text


@pytest.mark.slow
def test_lecture_5_collapses_linear_layers_bends_the_border_and_builds_a_wave():
    text = printed(run(ROOT / "notebooks/lectures/05_neurons_and_layers.ipynb"))
    assert "collapsed: W (1, 2) and b (1,), 3 parameters" in text
    assert "largest difference, without activation: 0.00000" in text
    assert "The answer: A straight line" in text
    assert "The answer: They stay the same" in text
    assert "The answer: 7,850 parameters" in text
    assert "z + Φ(z) =  0.500" in text
    assert "z + Φ(z) = -2.999" in text
    assert "80 bumps: largest error, wave 0.0009" in text
    assert "1000 neurons with   z²: largest third difference 0.000000" in text


@pytest.mark.slow
def test_lecture_6_starts_at_ln_c_survives_a_thousand_and_splits_cross_entropy():
    text = printed(run(ROOT / "notebooks/lectures/06_losses_for_classes.ipynb"))
    assert "step   0: BCE 0.6931" in text
    assert "The answer: 2.303 nats" in text
    assert "step   0: loss 2.3026   right 10.1%" in text
    assert "with the plus  6.908   without it 0.000" in text
    assert "softmax by the formula: [nan, 0.0, 0.0]" in text
    assert "patched   18.421    true loss   2000.0" in text
    assert "right class 2:   2000.0" in text
    assert "H 0.6109 + KL 0.3389 = 0.9498;   CE = 0.9498" in text
    assert "in all of them: True" in text
    assert "probabilities: 0.7437" in text


@pytest.mark.slow
def test_lecture_7_walks_back_adds_up_and_checks_itself():
    text = printed(run(ROOT / "notebooks/lectures/07_backpropagation.ipynb"))
    assert "by hand:   dw = -0.079316" in text
    assert "autograd:  dw = -0.079316" in text
    assert "The answer: -2." in text
    assert "overwritten  -3.0   added  -2.0   by a small step  -2.000" in text
    assert "true gradient at z 0.0, without the slope -1.0" in text
    assert "under no_grad:         []" in text
    assert "The answer: 16." in text
    assert "The answer: 0.00001." in text
    assert text.count("below 1e-7") == 4
    assert "autograd: relative error below 1e-15: True" in text
    assert "669,706 parameters" in text


@pytest.mark.slow
def test_lecture_8_agrees_with_torch_and_shows_its_slips_and_zero_starts():
    text = printed(run(ROOT / "notebooks/lectures/08_optimisers.ipynb"))
    for line in ("w = 0.881406, b = 6.644072", "w = 0.710378, b = 8.783977"):
        assert text.count(line) == 2  # by hand and by torch.optim
    assert "The answer: It is about half" in text
    assert "The answer: 10." in text
    assert "   1e-06   0.009901    0.009901        0.000100          0.024025" in text
    assert text.count("moved by 0.0 in 100 steps") == 3
    assert "The answer: 1 different neuron(s)" in text
