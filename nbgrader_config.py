"""nbgrader's configuration: everything in it comes from course.toml, by way of the kit."""

from pathlib import Path

from autograder.nbgrader_bridge.config import configure

configure(get_config(), Path(__file__).parent)  # noqa: F821  nbgrader puts get_config here
