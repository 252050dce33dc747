"""The backprop microscope: the computation graph of an exercise, with the first node that departs.

An exercise declares its graph as plain data in `Contract.options["graph"]`. When an answer differs on a
visible case, the graph is run again by torch, and what the student returned is laid beside it, node by node.

    graph      from the declaration and a case's arguments to nodes that torch can run and differentiate
    reading    which node's value or gradient departs first, and what the returned numbers tell about the rest
    drawing    the same as an SVG and as text
"""

from course_utils.checks.microscope.drawing import as_svg, as_text
from course_utils.checks.microscope.graph import Graph, Node, graph_of
from course_utils.checks.microscope.looking import look_closer
from course_utils.checks.microscope.reading import Mark, NodeReading, Reading, read

__all__ = [
    "Graph",
    "Mark",
    "Node",
    "NodeReading",
    "Reading",
    "as_svg",
    "as_text",
    "graph_of",
    "look_closer",
    "read",
]
