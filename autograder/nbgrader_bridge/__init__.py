"""nbgrader behind few files: the only package that imports it. See docs/decisions."""
