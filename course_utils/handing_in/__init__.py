"""Hand in a notebook: `submit()` says what the grader will see, and writes the rightly named file."""
