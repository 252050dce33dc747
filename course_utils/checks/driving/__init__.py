"""Drivers beyond a plain call, one module per kind of answer; importing this package registers them all."""

from course_utils.checks.driving import (  # noqa: F401
    batches,
    dataset,
    differentiate,
    fitting,
    given,
    masking,
    modules,
    record,
    scalar_graph,
    training,
)
