"""The worker's side of grading: answer the judge's request, and decide nothing.

The judge sends contracts and inputs; this writes back responses. Whether they are right is found out in
another process, from references that this one never sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.checks import codec
from course_utils.checks.answer_key import (
    cases_from_tree,
    cases_to_tree,
    contract_from_tree,
    contract_to_tree,
    responses_from_tree,
    responses_to_tree,
)
from course_utils.checks.contract import Case, Contract
from course_utils.checks.respond import respond
from course_utils.checks.response import Raised, Response


def write_request(contract: Contract, cases: Sequence[Case]) -> bytes:
    """Return the bytes of a request: how to call the answer and on which inputs, nothing of what is right."""
    return codec.dump({"contract": contract_to_tree(contract), "cases": cases_to_tree(tuple(cases))}, compressed=False)


def answer_request(request: Path, response: Path, namespace: dict[str, Any]) -> None:
    """Read a request, try the answer found in `namespace` under the exercise's name, write its responses."""
    tree = codec.load(request)
    contract = contract_from_tree(tree["contract"])
    cases = cases_from_tree(tree["cases"])
    if contract.name in namespace:
        found = respond(contract, namespace[contract.name], cases)
    else:
        missing = Raised("error", "NameError", f"name '{contract.name}' is not defined")
        found = tuple(Response(raised=missing) for _ in cases)
    response.write_bytes(codec.dump(responses_to_tree(found), compressed=False))


def read_response(data: bytes, count: int) -> tuple[Response, ...]:
    """Return the responses in `data`, which comes from a process that is not to be trusted.

    Raises CodecError if it is not `count` responses of the right form.
    """
    tree = codec.load(data)
    try:
        responses = responses_from_tree(tree)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise codec.CodecError(f"not responses ({type(error).__name__})") from error
    if len(responses) != count:
        raise codec.CodecError(f"{len(responses)} responses to {count} cases")
    return responses
