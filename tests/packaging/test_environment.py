"""pyproject.toml, environment.yml and constraints.txt say the same; and what the code imports, they name."""

import ast
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = ("lab", "instructor", "postgres", "test")
CONDA_NAMES = {  # where conda-forge calls it otherwise
    "torch": "pytorch",
    "matplotlib": "matplotlib-base",  # without Qt
    "dask": "dask-core",  # without pandas and the rest of the "complete" set
    "playwright": "playwright-python",
    "build": "python-build",
}
BENEATH_NBGRADER = {"sqlalchemy", "alembic"}  # pinned, for they hold the grades; nbgrader requires them


def declared(*extras: str) -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    requirements = [Requirement(line) for line in lines]
    own = canonicalize_name(project["name"])
    return {canonicalize_name(r.name): r for r in requirements if canonicalize_name(r.name) != own}


def pinned() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(r.name): r for r in requirements}


def conda() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    split = [line.partition(" ") for line in listed]
    return {canonicalize_name(name): specifier.replace(" ", "") for name, _, specifier in split}


def test_conda_gets_what_pip_gets() -> None:
    wanted = {
        CONDA_NAMES.get(name, name): "".join(str(requirement.specifier).split())
        for name, requirement in declared(*EXTRAS).items()
    }
    offered = {name: specifier for name, specifier in conda().items() if name not in ("python", "pip")}
    assert normal(offered) == normal(wanted)


def test_conda_takes_a_python_that_pyproject_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert conda()["python"].startswith(project["requires-python"])


def test_conda_only_asks_conda_forge() -> None:
    assert yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["channels"] == [
        "conda-forge"
    ]


def test_every_requirement_has_its_tested_version() -> None:
    assert set(pinned()) == set(declared(*EXTRAS)) | BENEATH_NBGRADER


def test_tested_versions_are_allowed_ones() -> None:
    for name, requirement in declared(*EXTRAS).items():
        (pin,) = pinned()[name].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), name


def test_what_is_installed_here_is_what_is_pinned() -> None:
    off = {
        name: metadata.version(name)
        for name, pin in pinned().items()
        if not pin.specifier.contains(metadata.version(name))
    }
    assert off == {}, "run `make setup`"


def test_what_colab_ships_has_no_upper_pin() -> None:
    below = {
        name: r for name, r in declared().items() if any(s.operator in ("<", "<=", "==") for s in r.specifier)
    }
    assert set(below) == {"ipywidgets"}  # 9 is not out, and 8 was a break


@pytest.mark.parametrize(
    ("package", "extras"), [("course_utils", ()), ("autograder", ("lab", "instructor"))], ids=str
)
def test_code_imports_only_what_is_declared(package: str, extras: tuple[str, ...]) -> None:
    allowed = set(declared(*extras)) | {"course-utils", "autograder"}
    allowed |= COME_ALONG[package]
    undeclared = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name not in sys.stdlib_module_names | WHERE_THEY_ARE and not distributions_of(name) & allowed
    }
    assert undeclared == set()


# Parts of what is declared, of which no version of their own is wanted: of JupyterLab and nbgrader, which doctor
# and the bridge ask; of any kernel, which submit() asks where its notebook lies.
COME_ALONG = {
    "autograder": {"jupyter-core", "jupyter-server", "pyzmq", "sqlalchemy", "tornado"},
    "course_utils": {"ipykernel", "jupyter-core"},
}
WHERE_THEY_ARE = {"google"}  # google.colab, which is asked in Colab only


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@cache
def installed_modules() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def distributions_of(module: str) -> set[str]:
    return {canonicalize_name(name) for name in [*installed_modules().get(module, []), module]}


def normal(requirements: dict[str, str]) -> dict[str, list[str]]:
    return {name: sorted(specifier.split(",")) for name, specifier in requirements.items()}
