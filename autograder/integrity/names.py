"""What a name in a student's code stands for: `np.equal` is `numpy.equal` after `import numpy as np`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

IMPORTERS = ("__import__", "importlib.import_module", "import_module")


def imported_names(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return for each name that one of `nodes`, a program's, imports what it stands for."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.split(".")[0]  # all that `import os.path` binds
                found[each.asname or first] = each.name if each.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return found


def full_name(node: ast.AST, imported: Mapping[str, str]) -> str:
    """Return the dotted name of an expression, "get_ipython().kernel" for a call's attribute; "" if it has none."""
    if isinstance(node, ast.Name):
        return imported.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = full_name(node.value, imported)
        return f"{base}.{node.attr}" if base else node.attr
    if isinstance(node, ast.Call):
        called = full_name(node.func, imported)
        first = node.args[0] if node.args else None
        if called in IMPORTERS and isinstance(first, ast.Constant):
            return str(first.value)
        return f"{called}()" if called else ""
    return ""


def imports(node: ast.AST) -> tuple[str, ...]:
    """Return the full names that an import statement, or a call that imports, brings in."""
    if isinstance(node, ast.Import):
        return tuple(each.name for each in node.names)
    if isinstance(node, ast.ImportFrom):
        return tuple(f"{node.module or ''}.{each.name}" for each in node.names)
    if isinstance(node, ast.Call) and full_name(node.func, {}) in IMPORTERS and node.args:
        return (str(node.args[0].value),) if isinstance(node.args[0], ast.Constant) else ()
    return ()


def is_in(name: str, packages: Iterable[str]) -> bool:
    """Whether a dotted name is one of `packages` or lies in it."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)
