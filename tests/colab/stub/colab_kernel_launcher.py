"""Start a kernel as Colab does: google.colab is loaded before any cell runs."""

import google.colab.output  # noqa: F401 - that it is loaded is what notebooks look for
from ipykernel import kernelapp

kernelapp.launch_new_instance()
