"""Imports leave out what they can do without, and whoever needs it later finds it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.quick_start import ADDRESS_GRAMMARS, leaving_out


def test_a_module_is_not_found_inside_and_found_after_it() -> None:
    sys.modules.pop("wave", None)
    with leaving_out("wave"), pytest.raises(ImportError):
        import wave
    import wave

    assert wave.open


def test_what_is_loaded_already_stays() -> None:
    import json

    with leaving_out("json"):
        assert __import__("json") is json
    assert sys.modules["json"] is json


def test_all_is_put_back_after_an_error() -> None:
    def fail() -> None:
        with leaving_out("colorsys"):
            raise KeyboardInterrupt

    sys.modules.pop("colorsys", None)
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert "colorsys" not in sys.modules


def test_the_command_reads_notebooks_without_the_grammars() -> None:
    code = (
        "import sys\nfrom autograder.quick_start import ADDRESS_GRAMMARS, leaving_out\n"
        "with leaving_out(ADDRESS_GRAMMARS):\n    import nbformat\n"
        "nbformat.validate(nbformat.v4.new_notebook())\n"
        f"print(sys.modules.get({ADDRESS_GRAMMARS!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "None"
