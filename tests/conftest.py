"""The order of the tests: what takes minutes begins first, so that no worker is left with it at the end."""

from __future__ import annotations

import pytest

_LONG = (
    "test_term_of_120", "test_faults", "test_attack_class", "test_demo", "test_postgres", "test_in_colabs_versions",
    "test_lectures_in_jupyterlab", "test_lectures", "test_without_sandbox", "test_equal_rows", "test_the_guide",
    "test_regrade", "test_plain_nbgrader", "test_rescue", "test_labs", "test_certify",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first, then the other roads, then the rest in the order of their paths."""

    def rank(item: pytest.Item) -> tuple[int, bool]:
        name = item.path.stem
        return (_LONG.index(name) if name in _LONG else len(_LONG), item.path.parent.name != "roads")

    items.sort(key=rank)  # a stable sort: tests of one module stay in their order
