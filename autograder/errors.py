"""The staff side's exceptions: a branch of `course_utils.errors.KitError`.

    StaffError                   every one prints as one sentence and exits with code 2
    ├── CourseFileError          course.toml: key, value, and what was expected
    ├── RosterError              the roster file is missing or cannot be read
    ├── UnknownAssignmentError   no such assignment in the course file or the source folder
    ├── FolderError              a folder is missing or cannot be written
    ├── ExerciseError            an exercise declaration contradicts itself
    ├── PublishError             the student repository cannot be made as asked
    ├── ClusterError             the Dask scheduler does not answer, or has no workers
    ├── SubmissionError          what a student handed in cannot be graded as it is
    └── GradebookError           nbgrader's database refused
"""

from __future__ import annotations

from course_utils.errors import KitError


class StaffError(KitError):
    """Something an instructor can mend."""


class CourseFileError(StaffError):
    """course.toml holds something unexpected: names the key, the value and what was expected."""


class RosterError(StaffError):
    """The roster file is missing or cannot be read."""


class UnknownAssignmentError(StaffError):
    """No assignment of that name in the course file or the source folder."""


class FolderError(StaffError):
    """A folder is missing or cannot be written."""


class ExerciseError(StaffError):
    """An exercise declaration contradicts itself."""


class PublishError(StaffError):
    """The student repository cannot be made as asked."""


class ClusterError(StaffError):
    """The Dask scheduler does not answer, or has no workers."""


class SubmissionError(StaffError):
    """What a student handed in cannot be graded as it is: a person looks at it."""


class GradebookError(StaffError):
    """nbgrader's database refused."""
