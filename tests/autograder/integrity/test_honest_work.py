"""Honest work is not listed: what the course hands out, its solutions, the demo's class, answers of real students."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from autograder.demo.inbox import submission_of
from autograder.demo.people import CLASS
from autograder.engine.execute import Execution
from autograder.integrity import Evidence, is_listed, look
from autograder.integrity.source import look_at_source
from autograder.nbgrader_bridge.stubs import ClearAnswers

REPOSITORY = Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*/**/*.ipynb"))
CATALOGUE = os.environ.get("FIRST_DESCENT_CATALOGUE")


def cells_of(path: Path) -> list[tuple[str, str]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(str(at), "".join(cell["source"])) for at, cell in enumerate(cells) if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_courses_own_cells_show_nothing(path: Path) -> None:
    assert [each for each in look_at_source(cells_of(path)) if each.is_clear] == []


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_the_demos_class_is_not_listed(pupil: Any) -> None:
    path = REPOSITORY / "notebooks/assignments/hw1/hw1.ipynb"
    released, _ = ClearAnswers().preprocess(nbformat.read(path, as_version=4), {})
    notebook = submission_of(pupil, released)
    execution = Execution(notebook, (), {}, 0.0)
    assert not is_listed(
        look(Evidence(execution, (), json.loads(json.dumps(notebook)), json.loads(json.dumps(released))))
    )


def _programs(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "code" and isinstance(value, str):
                yield value
            else:
                yield from _programs(value)
    elif isinstance(data, list):
        for each in data:
            yield from _programs(each)


@pytest.mark.skipif(CATALOGUE is None, reason="FIRST_DESCENT_CATALOGUE names no folder with answers of real students")
@pytest.mark.parametrize("name", ["right", "mistakes"])
def test_answers_of_real_students_show_nothing(name: str) -> None:
    data = yaml.safe_load((Path(CATALOGUE or "") / f"{name}.yaml").read_text(encoding="utf-8"))
    programs = list(_programs(data))
    assert len(programs) > 50
    listed = [program for program in programs if is_listed(look_at_source([("cell 1", program)]))]
    assert listed == []


HONEST = (
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 120",
    "!pip install tqdm\nfrom tqdm.auto import tqdm",
    "import os\nos.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'",
    "from google.colab import drive\ndrive.mount('/content/drive')\nx = open('/content/drive/MyDrive/x.csv')",
    "import torch\ntorch.backends.cudnn.deterministic = True\ntorch.set_default_dtype(torch.float64)",
    "import numpy as np\nnp.random.seed(0)\nnp.set_printoptions(precision=3)",
    "class Value:\n    def __eq__(self, other):\n        return self.data == other.data",
    "from course_utils import check\nfrom course_utils.checks import check",
    "try:\n    import pandas\nexcept ImportError:\n    pandas = None\nget_ipython().run_line_magic('timeit', '1 + 1')",
    "def mse(p, y):\n    '''Return what the gradebook is not told.'''\n    return ((p - y) ** 2).mean()",
    "print('\\033[1mbold\\033[0m and \\x1b[31mred\\x1b[0m')",
    "import warnings; warnings.filterwarnings('ignore')\nimport sys; print(sys.version)",
    "from IPython.display import HTML, clear_output\nHTML('<b style=\"color:red\">hi</b>'); clear_output(wait=True)",
    "import time\nstart = time.time()\nfor i in range(3): pass\nprint(time.time() - start)",
    "import urllib.request\nurllib.request.urlretrieve('https://example.org/x.csv', 'x.csv')",
    "def f(:\n  not python at all, no gradeboo k",
    "'(' * 3 + " + "(" * 300,
    "\0",
)


@pytest.mark.parametrize("source", HONEST)
def test_what_honest_notebooks_do_is_not_clear(source: str) -> None:
    assert not is_listed(look_at_source([("cell 1", source)]))
