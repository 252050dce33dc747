"""Run an answer on cases and write down what came out: the worker's half of a check.

Nothing here knows what is right. The same function runs in the notebook, in the grading kernel, and in
the staff's process for references and mistakes.
"""

from __future__ import annotations

import copy
import linecache
import sysconfig
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, TracebackType
from typing import Any

import numpy as np
import torch

from course_utils.checks.contract import Case, Contract
from course_utils.checks.deadline import DeadlineExceeded, Stopwatch, deadline, memory_limit
from course_utils.checks.drivers import Driver, find_driver
from course_utils.checks.guard import around_cases, untouched
from course_utils.checks.response import Part, Raised, Response, describe, plain_text, say_part
from course_utils.checks.trace import names_in, watching
from course_utils.errors import AnswerFormError

MEMORY_BYTES = 2 * 1024**3
"""Address space an answer may take beyond what the notebook already has."""

_LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib")})
_OURS = str(Path(__file__).resolve().parent.parent)


def respond(contract: Contract, answer: Any, cases: Sequence[Case]) -> tuple[Response, ...]:
    """Return one response per case, in order.

    The time limit of the contract is shared by all cases: after it has passed, the cases left get a
    "deadline" response without being run. The first case is run once more at the end to see whether the
    answer remembers earlier calls (not where a share of right classes is asked for: no two trainings are alike).
    """
    with around_cases():
        responses = list(in_turn(contract, answer, cases))
    return (responses[-1], *responses[1:-1]) if cases else ()


def in_turn(contract: Contract, answer: Any, cases: Sequence[Case]) -> Iterator[Response]:
    """Yield one response per case, in order, and at the end once more the first one, by then known for good.

    Whoever asks for the next one does so within `around_cases`.
    """
    left = contract.seconds
    named: dict[CodeType, set[str]] = {}
    first: Response | None = None
    for number, case in enumerate(cases):
        response, spent = _run(contract, answer, case, left, named)
        left -= spent
        first = first or response
        yield response
        raised = response.raised
        if raised is None and left <= 0:
            raised = _too_slow(contract)
        if raised and raised.kind in ("deadline", "unwritten", "memory", "exit"):
            # The rest would end the same way: do not make the student wait for it.
            for _ in cases[number + 1 :]:
                yield Response(raised=raised)
            yield first
            return
    if first is None:
        return
    is_repeatable = all(spec.kind != "at_least_accuracy" for spec in contract.parts)
    if is_repeatable and not first.raised:
        again, _ = _run(contract, answer, cases[0], left, named)
        if not _is_same(first, again):
            first = replace(first, remembers=True)
    yield first


def _run(
    contract: Contract, answer: Any, case: Case, seconds: float, named: dict[CodeType, set[str]]
) -> tuple[Response, float]:
    """Run one case; return its response and the seconds it took. `named` notes what an answer's code mentions."""
    drive = find_driver(contract.driver)
    raised: Raised | None = None
    parts: tuple[Part, ...] = ()
    structure = ""
    seen: set[str] = set()
    # A case is seeded by its label: the same draw for reference, mistakes and student, in any order.
    seed = zlib.crc32(f"{contract.name}/{case.label}".encode())
    with untouched(seed, keeps_generators=False) as printed:
        given, before = copy_arguments(case.arguments), copy_arguments(case.arguments)
        watch = Stopwatch()
        try:
            # The limits hold for all that may run a student's code, reading what came back included.
            with _memory_limit(), deadline(seconds):
                try:
                    parts, structure = _call(drive, contract, answer, given, seen)
                except (DeadlineExceeded, KeyboardInterrupt):
                    raise
                except BaseException as error:  # whatever a student's code raises is a response
                    raised = describe_exception(error)
        except DeadlineExceeded:
            raised = _too_slow(contract)
        except MemoryError:
            raised = Raised("memory", "MemoryError", "took more memory than an exercise may")
        spent = watch.spent()
        changed = tuple(name for name, value in before.items() if not _is_equal(value, given[name]))
    used = tuple(sorted((seen | _names_of(answer, named)) & set(contract.forbid))) if contract.forbid else ()
    if raised is not None:
        return Response(raised=raised, changed=changed, used=used, printed=printed.text()), spent
    return Response(parts, None, structure, changed, False, used, printed.text()), spent


def _call(
    drive: Driver, contract: Contract, answer: Any, given: dict[str, Any], seen: set[str]
) -> tuple[tuple[Part, ...], str]:
    """Drive the answer, noting in `seen` what it calls, and read what it gave.

    That is let go here: it may run code when it ends.
    """
    with watching(contract.forbid, seen):
        value = drive(answer, given, contract.options)
    return _parts(contract, value)


def _memory_limit() -> AbstractContextManager[None]:
    """Limit memory unless there is a GPU: its driver reserves address space by the hundred gigabytes."""
    return nullcontext() if torch.cuda.is_available() else memory_limit(MEMORY_BYTES)


def _too_slow(contract: Contract) -> Raised:
    return Raised("deadline", "DeadlineExceeded", f"still running after {contract.seconds:g} s")


def _parts(contract: Contract, value: Any) -> tuple[tuple[Part, ...], str]:
    """Read a returned value as the contract's parts; the second item says what is wrong with its make-up."""
    count = len(contract.parts)
    if count == 1:
        if isinstance(value, (tuple, list)) and len(value) == 1:
            return (describe(value[0]),), f"a {type(value).__name__} with one element"
        return (describe(value),), ""
    if isinstance(value, (tuple, list)):
        if len(value) != count:
            return (), f"a {type(value).__name__} of {len(value)}"
        return tuple(describe(item) for item in value), ""
    return (), say_part(describe(value))


def copy_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return fresh arguments with the same values, strides and `requires_grad` as the case's."""
    return {name: _copy_value(value) for name, value in arguments.items()}


def _copy_value(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        fresh = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=value.device)
        fresh.copy_(value.detach())
        return fresh.requires_grad_(value.requires_grad)
    return copy.deepcopy(value)


def _is_equal(before: Any, after: Any) -> bool:
    if type(before) is not type(after):
        return False
    if isinstance(before, torch.Tensor):
        if (before.shape, before.dtype, before.device) != (after.shape, after.dtype, after.device):
            return False
        return torch.equal(before.detach().nan_to_num(), after.detach().nan_to_num())
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_is_equal(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_is_equal, before, after))
    return bool(before == after) or (before != before and after != after)  # nan is not equal to itself


def _is_same(first: Response, second: Response) -> bool:
    if (first.raised is None) != (second.raised is None) or first.structure != second.structure:
        return False
    if len(first.parts) != len(second.parts):
        return False
    for one, other in zip(first.parts, second.parts, strict=True):
        if (one.kind, one.dtype, one.shape) != (other.kind, other.dtype, other.shape):
            return False
        if one.values is None or other.values is None:
            continue
        if not np.allclose(one.values, other.values, rtol=1e-5, atol=1e-12, equal_nan=True):
            return False
    return True


def _names_of(answer: Any, named: dict[CodeType, set[str]]) -> set[str]:
    code = getattr(answer, "__code__", None)
    if not isinstance(code, CodeType):
        return set()
    if code in named:
        return named[code]
    own = {
        name
        for name, value in list(answer.__globals__.items())
        if isinstance(value, FunctionType) and not _is_library(value.__code__.co_filename)
    }
    named[code] = names_in(code, frozenset(own))
    return named[code]


def describe_exception(error: BaseException) -> Raised:
    """Write down an exception with the last line of the student's own code on its way; no frame of ours."""
    name, message = plain_text(type(error).__name__, longest=60), _first_line(error)
    function, number, line = _students_frame(error.__traceback__) or ("", 0, "")
    kind = "error"
    if isinstance(error, SystemExit):
        kind, message = "exit", "the answer called exit()"
    elif isinstance(error, MemoryError) or "can't allocate memory" in message:
        kind = "memory"
    elif isinstance(error, NotImplementedError) and (not message or line.startswith("raise")):
        kind = "unwritten"  # the stub's; torch raises the same type for what it cannot do, with a message
    elif isinstance(error, AnswerFormError):
        kind, message = "malformed", plain_text(error)
    return Raised(kind, name, message, plain_text(function, longest=100), number, plain_text(line))


def _first_line(error: BaseException) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # an exception of the student's own making, whose __str__ fails
        return ""
    return plain_text(lines[0]) if lines else ""


def _students_frame(traceback: TracebackType | None) -> tuple[str, int, str] | None:
    found = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not _is_library(code.co_filename):
            line = linecache.getline(code.co_filename, traceback.tb_lineno, traceback.tb_frame.f_globals)
            found = (code.co_name, traceback.tb_lineno, line.strip())
        traceback = traceback.tb_next
    return found


def _is_library(filename: str) -> bool:
    return (
        filename.startswith((_OURS, *_LIBRARIES, "<frozen"))
        or "site-packages" in filename
        or "dist-packages" in filename
    )
