"""Answers of every kind are run, and whatever they do becomes a response."""

from __future__ import annotations

import functools
import linecache
import sys
import warnings

import numpy as np
import pytest
import torch
from small_keys import SCALAR, TENSOR, case, contract, vector

from course_utils.checks.contract import PartSpec
from course_utils.checks.respond import copy_arguments, describe_exception, respond
from course_utils.checks.response import MAX_PRINTED
from course_utils.errors import CheckError

ONE = (case(x=vector(1, 2, 3)),)
THREE = (case("first", x=vector(1)), case("second", x=vector(2)), case("third", x=vector(3)))


def only(answer, parts=TENSOR, cases=ONE, **settings):
    return respond(contract(parts, **settings), answer, cases)[0]


def double(x):
    return 2 * x


class Doubler:
    def __call__(self, x):
        return 2 * x


class Doubled:
    def __new__(cls, x):
        return 2 * x


def doubled_by_hand(x, factor=2):
    result = torch.empty_like(x)
    for place in range(len(x)):
        result[place] = x[place] * factor
    return result


@pytest.mark.parametrize(
    "answer",
    [
        double,
        lambda x: x + x,
        functools.partial(torch.mul, 2),
        functools.partial(doubled_by_hand, factor=2),
        Doubler(),
        Doubled,
        doubled_by_hand,
        Doubler().__call__,
        lambda *arguments: 2 * arguments[0],
        lambda x, *, extra=None: torch.from_numpy(2 * x.numpy()),
        functools.wraps(double)(lambda *a, **k: double(*a, **k)),
        functools.lru_cache(lambda x: 2 * x),
        torch.no_grad()(double),
        torch.inference_mode()(double),
    ],
)
def test_whatever_can_be_called_is_an_answer(answer):
    response = only(answer)
    assert response.raised is None
    assert response.parts[0].values.tolist() == [2, 4, 6]
    assert (response.structure, response.changed, response.remembers) == ("", (), False)


@pytest.mark.parametrize("answer", [None, 3, "double", vector(1), torch])
def test_what_cannot_be_called_is_said_to_be_so(answer):
    assert only(answer).raised.type == "TypeError"


def test_a_driver_nobody_knows_is_our_fault_and_not_the_answers():
    with pytest.raises(CheckError, match="No driver is called 'teleport'"):
        only(double, driver="teleport")


# --- what comes back ---------------------------------------------------------------------------------------

PAIR = (PartSpec("w"), PartSpec("b", "scalar"))


@pytest.mark.parametrize(
    ("value", "parts", "structure"),
    [
        (None, PAIR, "None"),
        (vector(1), PAIR, "a float64 tensor of shape (1,)"),
        ((vector(1),), PAIR, "a tuple of 1"),
        ([vector(1), 2, 3], PAIR, "a list of 3"),
        ({"w": 1, "b": 2}, PAIR, "a dict"),
        ((vector(1), 2.0), PAIR, ""),
        ([vector(1), 2.0], PAIR, ""),
        ((vector(1),), TENSOR, "a tuple with one element"),
        (vector(1), TENSOR, ""),
        ((vector(1), 2.0), TENSOR, ""),  # one part, of the kind "sequence"
        (None, TENSOR, ""),  # one part, of the kind "none"
    ],
)
def test_the_make_up_of_what_comes_back_is_noted(value, parts, structure):
    assert only(lambda x: value, parts).structure == structure


def test_a_generator_a_coroutine_and_a_file_are_dropped_without_a_word(tmp_path, capfd):
    async def coroutine(x):
        return x

    def generator(x):
        try:
            yield x
        finally:
            sys.stderr.write("closing")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for answer in (coroutine, generator, lambda x: (tmp_path / "file").open("w")):
            assert only(answer).parts[0].kind == "other"
    assert capfd.readouterr().err == ""


def test_a_tensor_that_answers_for_itself_is_read_as_the_tensor_it_is():
    class Lying(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            while True:
                pass

    assert only(lambda x: x.as_subclass(Lying)).parts[0].values.tolist() == [1, 2, 3]


def test_reading_what_came_back_is_under_the_limit_too():
    class Endless(float):
        def __float__(self):
            while True:
                pass

    assert only(lambda x: Endless(1), SCALAR, seconds=0.1).raised.kind == "deadline"


# --- exceptions --------------------------------------------------------------------------------------------


def raising(error):
    def answer(x):
        raise error

    return answer


class Rude(Exception):
    def __str__(self):
        raise RuntimeError("not telling")


class Base(BaseException):
    pass


def missing(x):
    return x @ undefined_name  # noqa: F821


def deep(x):
    return deep(x)


@pytest.mark.parametrize(
    ("answer", "kind", "name"),
    [
        (raising(ValueError("no")), "error", "ValueError"),
        (raising(NotImplementedError), "unwritten", "NotImplementedError"),
        (raising(NotImplementedError("later")), "unwritten", "NotImplementedError"),
        (lambda x: torch.ones(2, device="meta").tolist(), "error", "NotImplementedError"),
        (lambda x: torch.linalg.inv(torch.ones(2, 2, dtype=torch.int64)), "error", "RuntimeError"),
        (missing, "error", "NameError"),
        (deep, "error", "RecursionError"),
        (raising(SystemExit(0)), "exit", "SystemExit"),
        (lambda x: sys.exit("bye"), "exit", "SystemExit"),
        (raising(GeneratorExit), "error", "GeneratorExit"),
        (raising(StopIteration), "error", "StopIteration"),
        (raising(Base), "error", "Base"),
        (raising(Rude()), "error", "Rude"),
        (raising(type("\x1b[31mRed", (Exception,), {})()), "error", "[31mRed"),
        (raising(MemoryError()), "memory", "MemoryError"),
        (lambda x: torch.zeros(10**13), "memory", "RuntimeError"),
        (lambda x: [0] * 10**12, "memory", "MemoryError"),
        (lambda x: np.ones(10**12), "memory", "MemoryError"),
        (lambda: 1, "error", "TypeError"),
    ],
)
def test_every_exception_is_a_response(answer, kind, name):
    raised = only(answer).raised
    assert (raised.kind, raised.type) == (kind, name)
    assert len(raised.message) <= 300


def test_ones_own_interrupt_is_not_swallowed():
    with pytest.raises(KeyboardInterrupt):
        only(raising(KeyboardInterrupt))


def test_the_line_shown_is_the_students_own_and_never_ours():
    source = "import torch\ndef helper(x):\n    return x @ torch.ones(7)\n\ndef thing(x):\n    return helper(x)\n"
    linecache.cache["<cell 3>"] = (len(source), None, source.splitlines(keepends=True), "<cell 3>")
    namespace = {}
    exec(compile(source, "<cell 3>", "exec"), namespace)
    raised = only(namespace["thing"]).raised
    assert (raised.function, raised.line_number, raised.line) == ("helper", 3, "return x @ torch.ones(7)")
    assert "course_utils" not in raised.message


def test_an_error_deep_in_a_library_is_shown_at_the_students_line():
    def thing(x):
        return torch.nn.functional.cross_entropy(x, x[:1])

    raised = only(thing).raised
    assert raised.function == "thing"
    assert raised.line.startswith("return torch.nn.functional.cross_entropy")


def test_an_exception_that_never_met_code_of_a_student_has_no_line():
    raised = describe_exception(ValueError("first line\nsecond line"))
    assert (raised.message, raised.function, raised.line) == ("first line", "", "")


# --- limits --------------------------------------------------------------------------------------------------


def endless(x):
    while True:
        pass


def test_an_endless_loop_stops_the_exercise_and_the_cases_after_it():
    seen = []

    def answer(x):
        seen.append(x.item())
        if x > 1:
            endless(x)
        return x

    responses = respond(contract(seconds=0.2), answer, THREE)
    assert [response.raised and response.raised.kind for response in responses] == [None, "deadline", "deadline"]
    assert seen == [1, 2]


def test_the_limit_is_shared_by_all_cases():
    def slow(x):
        total = torch.zeros(())
        for _ in range(400_000):
            total = total + 1
        return x

    kinds = [r.raised and r.raised.kind for r in respond(contract(seconds=0.5), slow, THREE * 4)]
    assert kinds[-1] == "deadline"


@pytest.mark.parametrize("error", [NotImplementedError, SystemExit, MemoryError])
def test_what_would_end_the_same_way_again_is_not_run_again(error):
    calls = []

    def answer(x):
        calls.append(1)
        raise error

    responses = respond(contract(), answer, THREE)
    assert len(responses) == 3
    assert len({response.raised.kind for response in responses}) == 1
    assert calls == [1]


def test_an_error_in_one_case_leaves_the_others():
    responses = respond(contract(), lambda x: 1 / (x.item() - 2) * x, THREE)
    assert [response.raised is None for response in responses] == [True, False, True]


# --- arguments and memory ---------------------------------------------------------------------------------


def test_answers_get_copies_that_are_like_the_cases_arguments():
    given = {
        "strided": vector(1, 2, 3, 4)[::2],
        "turned": torch.ones(2, 3).T,
        "gradient": torch.ones(2, requires_grad=True),
        "number": 3,
        "nested": {"rows": [vector(1), 2.0]},
        "array": np.ones(2),
    }
    copies = copy_arguments(given)
    for name in ("strided", "turned", "gradient"):
        assert torch.equal(copies[name], given[name])
        assert copies[name].stride() == given[name].stride()
        assert copies[name].requires_grad == given[name].requires_grad
        assert copies[name].is_leaf
        assert copies[name].data_ptr() != given[name].data_ptr()
    assert copies["nested"]["rows"][0] is not given["nested"]["rows"][0]


def in_place(x):
    x += 1
    return x


@pytest.mark.parametrize(
    ("answer", "is_changed"),
    [
        (in_place, True),
        (lambda x: x.mul_(2), True),
        (lambda x: x.resize_(2), True),
        (lambda x: x.zero_().add_(vector(1, 2, 3)), False),
        (lambda x: x.requires_grad_().sum(), False),
        (lambda x: x.t_() if x.ndim == 2 else x, False),
        (lambda x: x.numpy().sort() or x, False),
        (lambda x: np.negative(x.numpy(), out=x.numpy()).sum(), True),
        (lambda x: x.data.fill_(7), True),
        (lambda x: x[0].fill_(9), True),
    ],
)
def test_a_changed_argument_is_seen(answer, is_changed):
    assert only(answer).changed == (("x",) if is_changed else ())


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        ([1, 2], lambda a: a.append(3)),
        ({"a": 1}, lambda a: a.update(b=2)),
        ({"a": [vector(1)]}, lambda a: a["a"][0].add_(1)),
        (np.array([np.nan, 1.0]), lambda a: a.sort()),
        ([1.0, float("nan")], lambda a: a.reverse()),
    ],
)
def test_a_changed_list_dict_or_array_is_seen(argument, change):
    def answer(a):
        change(a)
        return vector(1)

    response = only(answer, cases=(case(a=argument),))
    assert response.changed == ("a",)


@pytest.mark.parametrize(
    "argument",
    [
        vector(1, float("nan"), float("inf")),
        np.array([np.nan]),
        [float("nan"), 1],
        {"a": None},
        "text",
        torch.tensor([True]),
    ],
)
def test_an_argument_left_alone_counts_as_unchanged_nan_included(argument):
    assert only(lambda a: vector(1), cases=(case(a=argument),)).changed == ()


def test_an_answer_that_counts_its_calls_is_found_out():
    calls = []

    def answer(x):
        calls.append(1)
        return x * len(calls)

    responses = respond(contract(), answer, THREE)
    assert [response.remembers for response in responses] == [True, False, False]


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x + torch.rand(1, dtype=x.dtype),
        lambda x: x + np.random.rand(),
        lambda x, cache={}: cache.setdefault(tuple(x.tolist()), 2 * x).clone(),
    ],
)
def test_chance_and_a_sound_cache_are_no_memory(answer):
    assert not any(response.remembers for response in respond(contract(), answer, THREE))


def test_the_same_case_is_seeded_alike_and_another_otherwise():
    cases = (case("a", x=vector(0)), case("b", x=vector(0)))
    first, second = respond(contract(), lambda x: torch.rand(1), cases)
    again, _ = respond(contract(), lambda x: torch.rand(1), cases)
    assert first.parts[0].values == again.parts[0].values
    assert first.parts[0].values != second.parts[0].values


# --- what it prints, which calls it makes ------------------------------------------------------------------


def test_prints_are_kept_and_a_flood_is_cut():
    def answer(x):
        for _ in range(100_000):
            print("x is", x)
        return x

    response = only(answer)
    assert response.printed.startswith("x is tensor([1., 2., 3.]")
    assert len(response.printed) == MAX_PRINTED


def test_forbidden_calls_are_noted_whether_they_ran_or_only_stand_there():
    def behind_a_door(x):
        if len(x) > 100:
            return torch.softmax(x, 0)
        return x

    assert only(lambda x: x.softmax(0), forbid=("softmax",)).used == ("softmax",)
    assert only(behind_a_door, forbid=("softmax",)).used == ("softmax",)
    assert only(double, forbid=("softmax", "mul_")).used == ()


def test_our_own_copying_and_reading_is_not_taken_for_the_answers():
    forbid = ("clone", "copy_", "detach", "cpu", "numpy", "equal", "nan_to_num", "empty_strided", "resolve_conj")
    assert only(lambda x: torch.ones(3), forbid=("exp", *forbid)).used == ()
