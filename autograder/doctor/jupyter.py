"""JupyterLab and nbgrader's place in it: asks Jupyter's own code what it would load."""

from __future__ import annotations

from jupyter_core.paths import jupyter_config_path, jupyter_path

from autograder.doctor.finding import Finding, State

LAB_EXTENSION = "@jupyter/nbgrader"
SERVER_EXTENSIONS = tuple(
    f"nbgrader.server_extensions.{part}"
    for part in ("formgrader", "assignment_list", "course_list", "validate_assignment")
)
REINSTALL = "python -m pip install --force-reinstall --no-deps nbgrader"


def look_at_lab_extension() -> Finding:
    """Say whether JupyterLab would load nbgrader's menus, all of them."""
    from jupyterlab.commands import AppOptions, get_app_info

    name = "nbgrader in JupyterLab"
    info = get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))
    if LAB_EXTENSION not in info["federated_extensions"]:
        return Finding(name, State.MISSING, "its extension is not installed", REINSTALL)
    off = [
        extension
        for extension, is_off in info["disabled"].items()
        if is_off and extension.split(":")[0] == LAB_EXTENSION
    ]
    if off:
        mend = "; ".join(f"jupyter labextension enable {extension}" for extension in off)
        return Finding(name, State.MISSING, f"disabled: {', '.join(off)}", mend)
    return Finding(name, State.OK, "its extension is enabled")


def look_at_server_extensions() -> Finding:
    """Say whether Jupyter's server would answer formgrader and the assignment list."""
    from jupyter_server.extension.config import ExtensionConfigManager

    name = "formgrader's server"
    enabled = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    off = [module for module in SERVER_EXTENSIONS if not enabled.get(module)]
    if off:
        mend = "; ".join(f"jupyter server extension enable {module}" for module in off)
        return Finding(name, State.MISSING, f"not enabled: {', '.join(off)}", mend)
    return Finding(name, State.OK, f"{len(SERVER_EXTENSIONS)} server extensions enabled")
