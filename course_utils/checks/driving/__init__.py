"""Drivers beyond a plain call, one module per kind of answer; importing this package registers them all."""

from course_utils.checks.driving import batches, dataset, fitting, masking, modules, training  # noqa: F401
