"""Run an answer on cases and write down what came out: the worker's half of a check.

Nothing here knows what is right. The same function runs in the notebook, in the grading kernel, and in
the staff's process for references and mistakes.
"""

from __future__ import annotations

import copy
import linecache
import sysconfig
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any

import torch

from course_utils.checks.contract import Case, Contract
from course_utils.checks.deadline import DeadlineExceeded, deadline, memory_limit
from course_utils.checks.drivers import find_driver
from course_utils.checks.guard import untouched
from course_utils.checks.response import Part, Raised, Response, describe, say_part
from course_utils.checks.trace import names_in, watching

MEMORY_BYTES = 2 * 1024**3
"""Address space an answer may take beyond what the notebook already has."""

_LIBRARIES = (
    sysconfig.get_paths()["stdlib"],
    sysconfig.get_paths()["purelib"],
    str(Path(torch.__file__).parent),
)
_OURS = str(Path(__file__).resolve().parent.parent)


def respond(contract: Contract, answer: Any, cases: Sequence[Case]) -> tuple[Response, ...]:
    """Return one response per case, in order.

    The time limit of the contract is shared by all cases: after it has passed, the cases left get a
    "deadline" response without being run. The first case is run once more at the end to see whether the
    answer remembers earlier calls.
    """
    responses: list[Response] = []
    left = contract.seconds
    for number, case in enumerate(cases):
        response, spent = _run(contract, answer, case, max(left, 0.0))
        left -= spent
        responses.append(response)
        raised = response.raised
        if raised and raised.kind in ("deadline", "unwritten", "memory", "exit"):
            # The rest would end the same way: do not make the student wait for it.
            responses += [Response(raised=raised)] * (len(cases) - number - 1)
            return tuple(responses)
    if responses and not responses[0].raised and left > 0:
        again, _ = _run(contract, answer, cases[0], left)
        if not _is_same(responses[0], again):
            responses[0] = _with_memory(responses[0])
    return tuple(responses)


def _run(contract: Contract, answer: Any, case: Case, seconds: float) -> tuple[Response, float]:
    import time

    drive = find_driver(contract.driver)
    given = copy_arguments(case.arguments)
    untouched_copy = copy_arguments(case.arguments)
    # A case is seeded by its label: the same draw for reference, mistakes and student, in any order.
    seed = zlib.crc32(f"{contract.name}/{case.label}".encode())
    raised: Raised | None = None
    value: Any = None
    seen: set[str] = set()
    started = time.perf_counter()
    with untouched(seed) as printed:
        try:
            # Timed around everything the student wrote, including a driver that calls it many times.
            with deadline(seconds), memory_limit(MEMORY_BYTES), watching(contract.forbid) as seen:
                value = drive(answer, given, contract.options)
            parts, structure = _parts(contract, value)
        except DeadlineExceeded:
            raised = Raised("deadline", "DeadlineExceeded", f"still running after {contract.seconds:g} s")
        except MemoryError:
            raised = Raised("memory", "MemoryError", "took more memory than an exercise may")
        except (SystemExit, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raised = Raised("exit", "SystemExit", "the answer called exit()")
        except BaseException as error:  # whatever a student's code raises is a response, not our failure
            raised = describe_exception(error)
    spent = time.perf_counter() - started
    used = tuple(sorted((seen | _names_of(answer)) & set(contract.forbid))) if contract.forbid else ()
    changed = tuple(name for name, before in untouched_copy.items() if not _is_equal(before, given[name]))
    if raised is not None:
        return Response(raised=raised, changed=changed, used=used, printed=printed.text()), spent
    return Response(parts, None, structure, changed, False, used, printed.text()), spent


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
    if isinstance(before, torch.Tensor):
        if not isinstance(after, torch.Tensor) or before.shape != after.shape or before.dtype != after.dtype:
            return False
        return torch.equal(before.detach().nan_to_num(), after.detach().nan_to_num())
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_is_equal(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_is_equal, before, after))
    return bool(before == after)


def _is_same(first: Response, second: Response) -> bool:
    if (first.raised is None) != (second.raised is None) or first.structure != second.structure:
        return False
    import numpy as np

    for one, other in zip(first.parts, second.parts, strict=True):
        if (one.kind, one.dtype, one.shape) != (other.kind, other.dtype, other.shape):
            return False
        if one.values is None or other.values is None:
            continue
        if not np.allclose(one.values, other.values, rtol=1e-5, atol=1e-12, equal_nan=True):
            return False
    return True


def _with_memory(response: Response) -> Response:
    from dataclasses import replace

    return replace(response, remembers=True)


def _names_of(answer: Any) -> set[str]:
    code = getattr(answer, "__code__", None)
    if code is None:
        return set()
    own = {
        name
        for name, value in list(answer.__globals__.items())
        if isinstance(value, FunctionType) and not _is_library(value.__code__.co_filename)
    }
    return names_in(code, frozenset(own))


def describe_exception(error: BaseException) -> Raised:
    """Write down an exception with the last line of the student's own code on its way; no frame of ours."""
    kind = "unwritten" if isinstance(error, NotImplementedError) else "error"
    message = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if "can't allocate memory" in message or "not enough memory" in message:
        kind = "memory"
    place = _students_frame(error.__traceback__)
    if place is None:
        return Raised(kind, type(error).__name__, message[:300])
    function, number, line = place
    return Raised(kind, type(error).__name__, message[:300], function, number, line[:200])


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
    return filename.startswith((_OURS, *_LIBRARIES)) or filename.startswith("<frozen")
