"""Draw a reading: boxes and arrows as inline SVG, and the same as text for terminals and screen readers."""

from __future__ import annotations

import textwrap
from html import escape

from course_utils.checks.microscope.reading import RIGHT, UNSEEN, WRONG, Mark, NodeReading, Reading

# Okabe-Ito colours (green, vermilion, grey): each comes with a sign and a word, so that none has to be told apart.
_SIGNS = {RIGHT: "✓", WRONG: "✗", UNSEEN: "·"}
_STROKES = {RIGHT: "#009e73", WRONG: "#d55e00", UNSEEN: "#8a8a8a"}
_FILLS = {RIGHT: "#eaf7f2", WRONG: "#fdeee2", UNSEEN: "#f5f5f5"}
_INK, _PALE = "#1a1a1a", "#5a5a5a"

_CHARACTER = 6.6
_BOX_HEIGHT, _GAP_X, _GAP_Y, _MARGIN, _ARCH = 56, 44, 18, 14, 30


def headline(reading: Reading) -> str:
    """Say in one line which node departs first."""
    node = reading.node(reading.first)
    if node.value is not None and node.value.state == WRONG:
        return f"First to depart: the value of {reading.first} ({node.value.note})."
    note = f" ({node.gradient.note})" if node.gradient is not None and node.gradient.note else ""
    return f"First to depart on the way back: {reading.say_gradient(reading.first)}{note}."


def as_text(reading: Reading) -> str:
    """Return the graph as lines of text: forward formulas, then the gradients in the order of the walk back."""
    rows = [f"The computation graph, for {reading.case}. Forward:"]
    rows += [f"  {node.name} = {node.formula}{_said(node.value)}" for node in reading.nodes if node.of]
    rows.append("Backward:")
    for name in reading.backward:
        node = reading.node(name)
        if node.gradient is None:
            continue
        note = f": {node.gradient.note}" if node.gradient.note else ""
        arrow = "  ← first to depart" if node.is_first and not _departs(node.value) else ""
        sign = _SIGNS[node.gradient.state]
        rows.append(f"  {sign} {reading.say_gradient(name)} {node.gradient.state}{note}{arrow}")
    rows.append(headline(reading))
    if reading.reason:
        rows.append(reading.reason)
    return "\n".join(rows)


def _said(mark: Mark | None) -> str:
    if mark is None:
        return ""
    note = f": {mark.note}" if mark.note else ""
    return f"   {_SIGNS[mark.state]} {mark.state}{note}"


def _departs(mark: Mark | None) -> bool:
    return mark is not None and mark.state == WRONG


def as_svg(reading: Reading) -> str:
    """Return the graph as an inline SVG with its description as alt text; no script, no outside file."""
    boxes = _layout(reading)
    right = max(x + width for x, _, width in boxes.values()) + _MARGIN
    bottom = max(y for _, y, _ in boxes.values()) + _BOX_HEIGHT + _MARGIN
    width = max(right, 480)
    fits = int((width - 2 * _MARGIN) / _CHARACTER)
    rows = [(row, True) for row in textwrap.wrap(headline(reading), fits - 4)]
    rows += [(row, False) for row in textwrap.wrap(reading.reason, fits)]
    height = bottom + 18 * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="max-width:100%;height:auto;margin-top:6px" '
        f'font-family="sans-serif" font-size="12" aria-label="{escape(alt_text(reading), quote=True)}">',
        f"<title>{escape('Computation graph. ' + headline(reading))}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="6" fill="#ffffff"/>',
    ]
    parts += [_arrow(boxes, source, node) for node in reading.nodes for source in dict.fromkeys(node.of)]
    parts += [_box(reading, node, *boxes[node.name]) for node in reading.nodes]
    for number, (row, is_bold) in enumerate(rows):
        weight = ' font-weight="600"' if is_bold else ""
        parts.append(f'<text x="{_MARGIN}" y="{bottom + 12 + 18 * number}" fill="{_INK}"{weight}>{escape(row)}</text>')
    return "".join(parts) + "</svg>"


def alt_text(reading: Reading) -> str:
    """Describe the drawing in words."""
    made = "; ".join(f"{node.name} is {node.formula}" for node in reading.nodes if node.of)
    states = "; ".join(
        f"{reading.say_gradient(name)} {reading.node(name).gradient.state}"  # type: ignore[union-attr]
        for name in reading.backward
        if reading.node(name).gradient is not None
    )
    said = f"Computation graph for {reading.case}: {made}. Gradients on the way back: {states}. {headline(reading)}"
    return f"{said} {reading.reason}".strip()


def _layout(reading: Reading) -> dict[str, tuple[float, float, float]]:
    """Place each node: x, y and width. A column for each step from the inputs; a leaf stands before who uses it."""
    column: dict[str, int] = {}
    for node in reading.nodes:
        if node.of:
            column[node.name] = 1 + max((column.get(name, 0) for name in node.of), default=0)
    for node in reading.nodes:
        if not node.of:
            column[node.name] = min(column[user.name] for user in reading.nodes if node.name in user.of) - 1
    columns: dict[int, list[NodeReading]] = {}
    for node in sorted(reading.nodes, key=lambda node: not node.of):  # what is made stands above what is given
        columns.setdefault(column[node.name], []).append(node)
    placed: dict[str, tuple[float, float, float]] = {}
    x = float(_MARGIN)
    for number in sorted(columns):
        width = max(_width(reading, node) for node in columns[number])
        for row, node in enumerate(columns[number]):
            placed[node.name] = (x, _MARGIN + row * (_BOX_HEIGHT + _GAP_Y), width)
        x += width + _GAP_X
    if any(_is_long(placed, name, node) for node in reading.nodes for name in node.of):
        return {name: (x, y + _ARCH, width) for name, (x, y, width) in placed.items()}
    return placed


def _width(reading: Reading, node: NodeReading) -> float:
    longest = max(len(row) for row, _ in _rows(reading, node))
    return max(64.0, 20 + _CHARACTER * longest)


def _rows(reading: Reading, node: NodeReading) -> list[tuple[str, str]]:
    """Return the lines in a node's box, each with the state that colours it ("" for plain)."""
    title = f"{node.name} = {node.formula}" if node.formula else node.name
    rows = [(title, "")]
    if node.value is not None:
        rows.append((f"{_SIGNS[node.value.state]} value {node.value.state}", node.value.state))
    if node.gradient is not None:
        said = f"{_SIGNS[node.gradient.state]} {reading.say_gradient(node.name)} {node.gradient.state}"
        is_first = node.is_first and not _departs(node.value)
        rows.append((f"{said} first" if is_first else said, node.gradient.state))
    elif node.value is None:
        rows.append(("given", UNSEEN))
    return rows


def _box(reading: Reading, node: NodeReading, x: float, y: float, width: float) -> str:
    mark = node.value if _departs(node.value) else node.gradient
    state = mark.state if mark is not None else UNSEEN
    rows = _rows(reading, node)
    border = 3 if node.is_first else 1.2
    dashes = ' stroke-dasharray="4 3"' if mark is not None and state == UNSEEN else ""
    drawn = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BOX_HEIGHT}" rx="6" fill="{_FILLS[state]}" '
        f'stroke="{_STROKES[state]}" stroke-width="{border}"{dashes}/>'
    )
    top = y + _BOX_HEIGHT / 2 - 8 * len(rows) + 12
    for number, (row, own) in enumerate(rows):
        weight = ' font-weight="600"' if number == 0 or (own == WRONG and node.is_first) else ""
        colour = _PALE if own == UNSEEN else _INK
        drawn += (
            f'<text x="{x + width / 2:.1f}" y="{top + 16 * number:.1f}" text-anchor="middle" '
            f'fill="{colour}"{weight}>{escape(row)}</text>'
        )
    return drawn


def _is_long(boxes: dict[str, tuple[float, float, float]], source: str, node: NodeReading) -> bool:
    """Whether another box stands in the straight way of an arrow in the top row."""
    (from_x, from_y, _), (to_x, to_y, _) = boxes[source], boxes[node.name]
    return from_y == to_y and any(from_x < x < to_x and y == from_y for x, y, _ in boxes.values())


def _arch(start: float, end: float, y: float) -> str:
    """Draw an arrow over the heads of the boxes between."""
    top = y - _ARCH
    return (
        f'<path d="M{start:.1f},{y:.1f} C{start + 12:.1f},{top:.1f} {end:.1f},{top:.1f} {end:.1f},{y - 5:.1f}" '
        f'fill="none" stroke="{_PALE}" stroke-width="1.2"/>'
        f'<path d="M{end - 4:.1f},{y - 7:.1f} L{end:.1f},{y:.1f} L{end + 4:.1f},{y - 7:.1f} Z" fill="{_PALE}"/>'
    )


def _arrow(boxes: dict[str, tuple[float, float, float]], source: str, node: NodeReading) -> str:
    from_x, from_y, from_width = boxes[source]
    to_x, to_y, _ = boxes[node.name]
    if _is_long(boxes, source, node):
        return _arch(from_x + from_width / 2, to_x + 24, from_y)
    start, end = from_x + from_width, to_x
    y0, y1 = from_y + _BOX_HEIGHT / 2, to_y + _BOX_HEIGHT / 2
    bend = max(20.0, min(60.0, (end - start) / 2))
    # A long way stays low until it is nearly there, clear of the boxes above.
    late = max(start + bend, end - 60)
    curve = f"C{late:.1f},{y0:.1f} {end - bend:.1f},{y1:.1f} {end - 5:.1f},{y1:.1f}"
    return (
        f'<path d="M{start:.1f},{y0:.1f} {curve}" fill="none" stroke="{_PALE}" stroke-width="1.2"/>'
        f'<path d="M{end - 7:.1f},{y1 - 4:.1f} L{end:.1f},{y1:.1f} L{end - 7:.1f},{y1 + 4:.1f} Z" fill="{_PALE}"/>'
    )
