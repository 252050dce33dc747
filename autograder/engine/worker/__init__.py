"""The warm worker: one process that has loaded what notebooks import, and forks a kernel per submission (Linux).

A fork shares its parent's memory: nothing in here may import exercises, keys of a run, or a gradebook.
"""
