"""What the kit tells nbgrader, in one place: `nbgrader_config.py` of a course calls `configure`."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from autograder.rules.coursefile import FILE_NAME, Course, load_course

PROVISIONER = "first-descent"
"""The entry point of engine/provisioner.py; a checkout installed before it was named there has none."""


def configure(config: Any, root: Path) -> None:
    """Set up nbgrader for the course in `root`: folders, gradebook, execution, judging, course rules.

    `config` is the object that `get_config()` gives inside an nbgrader_config.py. Preprocessors must be set
    here: set after an application has been initialised they are ignored without a word.
    """
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearOutput,
        ClearSolutions,
        DeduplicateIds,
        IgnorePattern,
        LimitOutput,
        OverwriteCells,
        OverwriteKernelspec,
    )

    from autograder.nbgrader_bridge.handing_in import WriteFacts
    from autograder.nbgrader_bridge.plainlog import SETTINGS
    from autograder.nbgrader_bridge.preprocessors import ApplyRules, JudgeCells, RunNotebook, SaveGrades
    from autograder.nbgrader_bridge.reading import RestoreCells, SubmissionExporter
    from autograder.nbgrader_bridge.stubs import ClearAnswers

    course = load_course(root / FILE_NAME)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.source_directory = str(course.source.relative_to(course.root))
    config.CourseDirectory.db_url = course.gradebook
    config.CourseDirectory.course_id = exchange_name(course)
    # nbgrader's own pattern for what it leaves out, plus the text twins that jupytext may put beside a notebook.
    config.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache"]
    config.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    steps = [ClearAnswers if step is ClearSolutions else step for step in steps]
    config.GenerateAssignment.preprocessors = [*steps, WriteFacts]
    config.Autograde.exporter_class = SubmissionExporter
    config.Autograde.sanitize_preprocessors = [
        RestoreCells,
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    config.Autograde.autograde_preprocessors = [
        RunNotebook,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        JudgeCells,
        SaveGrades,
        ApplyRules,
        CheckCellMetadata,
    ]
    # nbgrader's own page shows the test cells with what is hidden in them; the kit's stands in its place
    config.GenerateFeedback.exporter_class = "autograder.feedback.exporter.FeedbackExporter"
    config.Application.logging_config = SETTINGS
    config.ExecutePreprocessor.timeout = int(course.grading.cell_timeout_seconds)
    if entry_points(group="jupyter_client.kernel_provisioners", name=PROVISIONER):
        # For what nbgrader runs by itself (validate); RunNotebook asks the engine for its kernels.
        config.KernelProvisionerFactory.default_provisioner_name = PROVISIONER


def exchange_name(course: Course) -> str:
    """Return the course's name in the exchange folder: letters, digits and dashes."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in course.name.lower())
    return "-".join(piece for piece in kept.split("-") if piece)[:40] or "course"
