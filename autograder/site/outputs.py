"""What a lecture's cell showed, for a reader without a kernel: figures, answers behind a fold, a self-check.

The widget kit's words in plain text (`words`, `verdict`, `description`) are what a notebook without a kernel holds;
here they get back the form they have in JupyterLab, without a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from autograder.feedback.outputs import show_outputs as show_plain
from autograder.site.text import TextPage

_PREDICT = re.compile(
    r"^Predict: (?P<ask>.*)\n(?P<options>(?:  \( \) .*\n)*)\(Open this notebook in Jupyter .*\)$", re.M
)
_ANSWER = re.compile(r"^The answer: .*$", re.M)
_SELF_CHECK = re.compile(r"^Self-check\. .*\n\n(?P<asked>(?s:.*?))\n\nExplanations\n(?P<said>(?s:.*))", re.M)
_QUESTION = re.compile(r"^(\d+)\. (.*)$")
_OPTION = re.compile(r"^   ([A-F])\) (.*)$")
_SAID = re.compile(r"^(\d+)([A-F]): (Right|No)\. (.*)$", re.M)


def show_outputs(outputs: Iterable[Mapping[str, Any]], page: TextPage) -> Markup:
    """Return a cell's outputs as HTML."""
    shown: list[Markup] = []
    waiting = [dict(output) for output in outputs]
    while waiting:
        output = waiting.pop(0)
        if "image/png" in output.get("data", {}):
            shown.append(_figure(output, waiting))
        elif output.get("output_type") == "stream":
            shown += _stream("".join(output.get("text", "")), page)
        else:
            shown.append(_boxed(show_plain([output])))
    return Markup("\n").join(each for each in shown if each)


def _figure(output: Mapping[str, Any], following: list[dict[str, Any]]) -> Markup:
    """Return a picture with its description, which the next output repeats, below it."""
    alt = str(output.get("metadata", {}).get("image/png", {}).get("alt", ""))
    png = "".join(str(output["data"]["image/png"]).split())
    if alt and following and str(following[0].get("text", "")).startswith(f"Figure: {alt}"):
        rest = str(following[0]["text"]).removeprefix(f"Figure: {alt}").lstrip("\n")
        following[0]["text"] = rest
    words = f'<figcaption aria-hidden="true">{escape(alt)}</figcaption>' if alt else ""
    # The caption is the picture's name: a screen reader says it once.
    return Markup(f'<figure><img src="data:image/png;base64,{png}" alt="{escape(alt)}" loading="lazy">{words}</figure>')


def _stream(text: str, page: TextPage) -> list[Markup]:
    """Return printed text; what the widget kit said in words is found in it and gets its form."""
    shown: list[Markup] = []
    at = 0
    for found, form in sorted(_found(text), key=lambda pair: pair[0].start()):
        shown += _printed(text[at : found.start()])
        shown.append(form(found))
        at = found.end()
    return shown + _printed(text[at:])


def _found(text: str) -> Iterator[tuple[re.Match[str], Any]]:
    for pattern, form in ((_PREDICT, _prediction), (_ANSWER, _answer), (_SELF_CHECK, _self_check)):
        for found in pattern.finditer(text):
            yield found, form


def _printed(text: str) -> list[Markup]:
    if not text.strip():
        return []
    return [_boxed(Markup(f'<pre class="said" tabindex="0">{escape(text.strip(chr(10)))}</pre>'))]


def _boxed(html: Markup) -> Markup:
    return Markup('<div class="output">') + html + Markup("</div>") if html else Markup("")


def _prediction(found: re.Match[str]) -> Markup:
    options = [line.removeprefix("  ( ) ") for line in found["options"].splitlines()]
    listed = "".join(f"<li>{escape(option)}</li>" for option in options)
    return Markup(
        f'<div class="predict" role="note"><p><strong>Predict.</strong> {escape(found["ask"])}</p>'
        + (f"<ul>{listed}</ul>" if listed else "")
        + '<p class="soft">Say your guess aloud before you read on.</p></div>'
    )


def _answer(found: re.Match[str]) -> Markup:
    return Markup(
        f'<details class="answer"><summary>I have guessed: show the answer</summary><p>{escape(found[0])}</p></details>'
    )


def _self_check(found: re.Match[str]) -> Markup:
    said = {(number, letter): (word, why) for number, letter, word, why in _SAID.findall(found["said"])}
    html = [
        '<div class="self-check"><p class="soft">Choose an answer: it says why it is right, or where it goes wrong.</p>'
    ]
    html.append("<ol>")
    for number, ask, options in _questions(found["asked"].splitlines()):
        html.append(f"<li><p>{escape(ask)}</p>")
        for letter, option in options:
            word, why = said.get((number, letter), ("", ""))
            sign = {"Right": "✓ Right.", "No": "✗ No."}.get(word, "")
            kind = "right" if word == "Right" else "wrong"
            html.append(
                f'<details class="{kind}"><summary>{escape(option)}</summary><p>{sign} {escape(why)}</p></details>'
            )
        html.append("</li>")
    html.append("</ol></div>")
    return Markup("".join(html))


def _questions(lines: Sequence[str]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Read numbered questions and their lettered options."""
    number, ask, options = "", "", list[tuple[str, str]]()
    for line in lines:
        if question := _QUESTION.match(line):
            if number:
                yield number, ask, options
            number, ask, options = question[1], question[2], []
        elif option := _OPTION.match(line):
            options.append((option[1], option[2]))
    if number:
        yield number, ask, options
