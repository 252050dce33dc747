"""The backprop microscope: the first node that departs is found, drawn and told, and nothing hidden is told."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import torch
import torch.nn.functional as F

from autograder.exercises import exercises_of
from course_utils.checks import judge_answer
from course_utils.checks.compare import compare
from course_utils.checks.diagnose import diagnose
from course_utils.checks.microscope import as_svg, as_text, read
from course_utils.checks.microscope.graph import gradients, graph_of, values
from course_utils.checks.microscope.looking import DRAWN
from course_utils.checks.respond import respond
from course_utils.checks.show import as_html
from course_utils.checks.show import as_text as verdict_as_text
from course_utils.checks.verdict import Outcome, Verdict

EXERCISES = exercises_of("hw4")


@cache
def key_of(name: str, secret: int | None = None):
    return EXERCISES[name].answer_key(secret)


def mistake_of(exercise: str, name: str):
    return next(mistake.answer for mistake in EXERCISES[exercise].mistakes if mistake.name == name)


def verdict_on(exercise: str, name: str, secret: int | None = None) -> Verdict:
    return judge_answer(key_of(exercise, secret), mistake_of(exercise, name))


def reading_of(exercise: str, answer, label: str):
    """Read the case called `label`, as if no mistake had been named."""
    key = key_of(exercise)
    case = next(case for case in key.cases if case.label == label)
    expected = key.expected[key.cases.index(case)]
    return read(key.contract, case, respond(key.contract, answer, [case])[0], expected)


@pytest.mark.parametrize(
    ("exercise", "mistake", "first"),
    [
        ("sigmoid_grad", "returned_the_sigmoid", "dx"),
        ("gelu_grad", "forgot_the_product_rule", "dx"),
        ("softmax_backward", "forgot_the_other_classes", "de"),
        ("softmax_backward", "summed_over_the_batch", "dx"),
        ("linear_backward", "transposed_the_weights_in_dx", "dx"),
        ("linear_backward", "averaged_the_weights_gradient", "dW"),
        ("linear_backward", "averaged_the_bias_gradient", "db"),
        ("mlp_backward", "forgot_the_mask", "dz1"),
        ("mlp_backward", "used_the_rule_of_tanh", "dz1"),
        ("mlp_backward", "updated_the_last_layer_first", "da1"),
        ("mlp_backward", "forgot_the_mean", "dz2"),
        ("mlp_backward", "forgot_to_subtract_the_labels", "dz2"),
        ("mlp_backward", "used_the_pre_activation_for_the_weights", "dW2"),
        ("mlp_backward", "averaged_the_biases_gradients", "db2"),
        ("Value", "set_in_place_of_adding", "a.grad"),
        ("Value", "let_relu_pass_everything", "c.grad"),
        ("Value", "forgot_to_start_with_one", "L.grad"),
        ("Value", "kept_stale_gradients", "d.grad"),
    ],
)
def test_the_first_departing_gradient_is_the_one_where_the_fault_lies(exercise, mistake, first):
    words = verdict_on(exercise, mistake).figure_text
    assert f"First to depart on the way back: {first}" in words
    marked = [row for row in words.splitlines() if "← first to depart" in row]
    assert len(marked) == 1
    assert f" {first} " in marked[0]


@pytest.mark.parametrize("mistake", ["summed_the_loss", "took_the_log_of_zero", "forgot_the_minus_of_the_loss"])
def test_a_value_that_departs_comes_before_all_gradients(mistake):
    words = verdict_on("mlp_backward", mistake).figure_text
    assert "First to depart: the value of loss" in words
    assert "The gradients are right: only this value is not." in words


def test_a_forgotten_step_is_recognised_by_its_numbers_alone():
    mask = reading_of("mlp_backward", mistake_of("mlp_backward", "forgot_the_mask"), "two rows, all sizes two")
    assert (mask.first, "a1 = relu(z1) unchanged" in mask.reason) == ("z1", True)
    path = reading_of("gelu_grad", mistake_of("gelu_grad", "forgot_the_product_rule"), "three numbers")
    assert path.reason == "Yours is what comes out if nothing flows back from P to x."


def test_a_chance_likeness_in_one_case_is_no_forgotten_step():
    # At x = 0 this looks as if a's share were missing; at other numbers it does not.
    assert "nothing flows back" not in verdict_on("gelu_grad", "returned_gelu").figure_text


def test_a_layers_two_gradients_tell_the_one_they_were_made_from():
    reading = reading_of("mlp_backward", mistake_of("mlp_backward", "forgot_the_mean"), "two rows, all sizes two")
    assert reading.first == "z2"
    assert "dW2 and db2 fit together" in reading.reason
    assert "2 times" in reading.reason


def test_what_is_right_behind_a_layer_vouches_for_what_is_before_it():
    reading = reading_of("mlp_backward", mistake_of("mlp_backward", "forgot_the_mask"), "two rows, all sizes two")
    states = {node.name: node.gradient.state for node in reading.nodes if node.gradient is not None}
    assert states["z2"] == states["W2"] == states["b2"] == "right"
    assert states["z1"] == states["W1"] == states["b1"] == "departs"
    assert states["a1"] == "not returned"
    assert reading.node("x").gradient is None


def test_the_graph_runs_as_torch_runs_it():
    key = key_of("mlp_backward")
    arguments = key.cases[2].arguments
    graph = graph_of(key.contract.options, arguments)
    x, y, W1, b1, W2, b2 = (value.clone() for value in arguments.values())
    z1 = F.linear(x, W1, b1).requires_grad_()
    loss = F.cross_entropy(F.linear(torch.relu(z1), W2, b2), y)
    torch.testing.assert_close(values(graph)["loss"], loss.detach())
    torch.testing.assert_close(gradients(graph)["z1"], torch.autograd.grad(loss, z1)[0])


@pytest.mark.parametrize("name", [name for name in EXERCISES if "graph" in EXERCISES[name].contract.options])
def test_the_graphs_own_gradients_are_the_expected_ones(name):
    key = key_of(name)
    places = {spec.name: place for place, spec in enumerate(key.contract.parts)}
    for case, expected in zip(key.cases, key.expected, strict=True):
        graph = graph_of(key.contract.options, case.arguments)
        found = gradients(graph)
        for node, part in graph.gradients.items():
            part, _, index = part.partition("[")
            right = torch.as_tensor(expected.parts[places[part]].values).double()
            right = right[int(index[:-1])] if index else right
            torch.testing.assert_close(found[node], right, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in EXERCISES if "graph" in EXERCISES[name].contract.options])
def test_every_mistake_in_numbers_is_drawn_and_described(name):
    key = key_of(name)
    for known in key.mistakes:
        pairs = zip(known.responses, key.expected, strict=True)
        found = [compare(given, expected, key.contract.parts) for given, expected in pairs]
        if any(difference is not None and difference.departure in DRAWN for difference in found):
            verdict = diagnose(key, known.responses)
            assert verdict.figure.startswith("<svg"), known.name
            assert verdict.figure_text.startswith("The computation graph, for "), known.name


def test_no_drawing_for_a_right_answer_an_unwritten_one_or_one_that_stops():
    key = key_of("mlp_backward")

    def unwritten(*inputs):
        raise NotImplementedError()

    def stops(*inputs):
        raise ValueError("no")

    for answer in (EXERCISES["mlp_backward"].reference, unwritten, stops, lambda *inputs: None, lambda *inputs: (1, 2)):
        verdict = judge_answer(key, answer)
        assert (verdict.figure, verdict.figure_text) == ("", "")


def test_hidden_cases_are_never_drawn():
    def wrong_on_many_rows_only(dout, x, W):
        dx, dW, db = EXERCISES["linear_backward"].reference(dout, x, W)
        return (2 * dx if len(x) > 30 else dx), dW, db

    verdict = judge_answer(key_of("linear_backward", 5), wrong_on_many_rows_only)
    assert verdict.outcome is Outcome.FAILED
    assert (verdict.figure, verdict.figure_text) == ("", "")


@pytest.mark.parametrize(
    "returned",
    [
        lambda out: tuple(torch.full_like(torch.as_tensor(part), float("nan")) for part in out),
        lambda out: tuple(torch.as_tensor(part)[..., None] for part in out),
        lambda out: tuple(torch.zeros(0) for _ in out),
        lambda out: tuple(torch.as_tensor(part).to(torch.complex64) for part in out),
        lambda out: tuple("text" for _ in out),
        lambda out: (out[0], *(part.tolist() for part in out[1:])),
        lambda out: tuple(torch.as_tensor(part) * 1e300 * 1e300 for part in out),
    ],
)
def test_odd_returns_never_cost_the_verdict(returned):
    def answer(*inputs):
        return returned(EXERCISES["mlp_backward"].reference(*inputs))

    verdict = judge_answer(key_of("mlp_backward"), answer)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.idea


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        self.names.append(tag)


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        ("mlp_backward", "forgot_the_mask"),
        ("softmax_backward", "divided_by_the_batch"),
        ("Value", "walked_depth_first"),
    ],
)
def test_the_drawing_is_well_formed_has_alt_text_and_signs_beside_its_colours(exercise, mistake):
    verdict = verdict_on(exercise, mistake)
    root = ElementTree.fromstring(verdict.figure)
    assert root.attrib["role"] == "img"
    alt = root.attrib["aria-label"]
    assert "Computation graph" in alt
    assert "First to depart" in alt
    words = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "✓" in words
    assert "✗" in words
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.attrib.get("x", 0)) + float(box.attrib["width"]) <= width
        assert float(box.attrib.get("y", 0)) + float(box.attrib["height"]) <= height
    assert not re.search(r"<script|href=|url\(", verdict.figure)


def test_terminal_and_notebook_say_the_same():
    verdict = verdict_on("mlp_backward", "forgot_the_mask")
    rows = [row.strip() for row in verdict_as_text(verdict).splitlines()]
    assert all(row.strip() in rows for row in verdict.figure_text.splitlines())
    page = as_html(verdict)
    parser = Tags()
    parser.feed(page)
    assert "svg" in parser.names
    assert "the drawing in words" in page
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_text_from_a_case_is_escaped_in_the_drawing():
    reading = reading_of("sigmoid_grad", mistake_of("sigmoid_grad", "returned_the_sigmoid"), "three numbers")
    shady = type(reading)('<b>&"case', reading.nodes, reading.backward, reading.first, "<i>reason</i>")
    ElementTree.fromstring(as_svg(shady))
    assert "<i>" not in as_svg(shady)
    assert "<i>reason</i>" in as_text(shady)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, lambda: torch.device("meta")])
def test_it_works_whatever_mode_the_notebook_is_in(mode):
    key, answer = key_of("mlp_backward"), mistake_of("mlp_backward", "forgot_the_mask")
    with mode():
        verdict = judge_answer(key, answer)
    assert "a1 = relu(z1) unchanged" in verdict.figure_text
