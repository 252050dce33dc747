"""Read file names and the top of a notebook, by one set of rules for students and for whoever grades.

Pure functions from texts to values: nothing here opens a file, knows a roster or needs more than Python.
"""
