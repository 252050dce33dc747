"""Show what the grader will see: a table in a notebook, the same words in a terminal."""

from __future__ import annotations

from html import escape

from course_utils.checks.show import code_marks
from course_utils.handing_in.report import Answer, Report
from course_utils.handing_in.rules import Deduction

# Okabe-Ito colours, darkened for text on white; each comes with a sign and a word.
_GREEN, _ORANGE, _GREY, _BLUE = "#007a5a", "#b34700", "#5a5a5a", "#0072b2"
_LOOKS = {
    "written": ("✓", _GREEN),
    "recorded": ("●", _BLUE),
    "not written": ("○", _GREY),
    "missing": ("✗", _ORANGE),
    "stops": ("✗", _ORANGE),
    "too short": ("✗", _ORANGE),
}
_MEND = {
    "name": "Hand in the file that is named below; its name is right.",
    "header": "Write it in the first cell, behind **Name:** and **Assignment:**. Then save, and run this cell again.",
    "placement": "Put each answer back under its heading, between its text and its check, in a cell of its own.",
    "text_answers": "Click beside the cell, press Esc, then M: it becomes a text cell.",
    "order": "Move what is needed into a cell further up. Then Kernel > Restart Kernel and Run All Cells.",
}
_CELL = "text-align:left;padding:2px 16px 2px 0;vertical-align:top"


class ReportView:
    """A report that shows itself in JupyterLab, Colab and a terminal; `written` says where the copy is."""

    def __init__(self, report: Report, written: str = "") -> None:
        self.report = report
        self.written = written

    def __repr__(self) -> str:
        return as_text(self.report, self.written)

    def _repr_html_(self) -> str:
        return as_html(self.report, self.written)


class SentenceView:
    """One sentence on what stands in the way, and how to mend it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __repr__(self) -> str:
        return f"✗ Not handed in yet. {self.sentence}"

    def _repr_html_(self) -> str:
        return _box(_ORANGE, "✗", "Not handed in yet", [f"<div>{code_marks(self.sentence)}</div>"])


def headline(report: Report) -> str:
    """Return the first line: whether the grader will take the notebook."""
    if report.stops:
        return "Not handed in yet"
    return f"The grader will accept this notebook: {report.student}, {report.assignment}"


def points_line(report: Report) -> str:
    """Return how many points the checks give so far, and that graders try other inputs, too."""
    counted = [each for each in report.answers if each.points is not None and each.max_points]
    if not counted:
        return ""
    got, most = (sum(getattr(each, what) for each in counted) for what in ("points", "max_points"))
    open_points = sum(each.max_points or 0 for each in report.answers if each.points is None)
    noun = "point is" if open_points == 1 else "points are"
    more = f" {open_points:g} more {noun} graded later." if open_points else ""
    return f"So far {got:g} of {most:g} points by the checks; the grader tries other inputs as well.{more}"


def describe_deduction(deduction: Deduction) -> str:
    """Return one deduction with its percent and its cell."""
    where = f"cell {deduction.cell}: " if deduction.cell and f"cell {deduction.cell}" not in deduction.evidence else ""
    return f"−{deduction.percent:g} % of the points, rule {deduction.rule}: {where}{deduction.evidence}."


def _state(answer: Answer) -> str:
    return f"{_LOOKS[answer.state][0]} {answer.state}"


def _of(answer: Answer) -> str:
    if answer.max_points is None:
        return ""
    return f"{'–' if answer.points is None else f'{answer.points:g}'} of {answer.max_points:g}"


def _costs(report: Report) -> list[tuple[str, str]]:
    """List what will cost points, and how to mend it; the old name only for whoever hands in the file under it."""
    lines = [(describe_deduction(each), _MEND[each.rule]) for each in report.for_the_copy]
    total = sum(each.percent for each in report.for_the_copy)
    if total > report.max_percent:
        lines.append((f"All rules of form together take at most {report.max_percent:g} %.", ""))
    return lines


def _name_line(report: Report) -> str:
    named = next((each for each in report.deductions if each.rule == "name"), None)
    if named is None or report.stops:
        return ""
    evidence = f"{named.evidence[:1].upper()}{named.evidence[1:]}"
    return f"{evidence}: handed in as it is, that would cost {named.percent:g} %. {_MEND['name']}"


def as_text(report: Report, written: str = "") -> str:
    """Return the report for a terminal."""
    rows = [f"{'✗' if report.stops else '✓'} {headline(report)}", *(f"  {stop}" for stop in report.stops)]
    rows += [_line(each) for each in report.answers]
    rows += [f"  {line}" for line in (points_line(report),) if line]
    rows += [f"  {line} {mend}".rstrip() for line, mend in _costs(report)]
    if not _costs(report):
        rows.append("  No deduction for form is to come.")
    rows += [f"  {note}" for note in (*report.notes, _name_line(report), written) if note]
    return "\n".join(rows)


def _line(answer: Answer) -> str:
    where = f"cell {answer.cell}" if answer.cell else ""
    return f"  {_state(answer):16} {answer.name:24} {_of(answer):10} {where:8} {answer.detail}".rstrip()


def as_html(report: Report, written: str = "") -> str:
    """Return the report for a notebook: no script, no outside file, every text of the student's escaped."""
    body = [f"<div>{_marked(stop)}</div>" for stop in report.stops]
    if report.answers:
        body.append(_table(report))
    if line := points_line(report):
        body.append(f"<div>{escape(line)}</div>")
    costs = _costs(report)
    if costs:
        items = "".join(f"<li>{escape(line)} {_marked(mend)}</li>" for line, mend in costs)
        body.append(f'<div style="margin-top:6px;font-weight:600">What will cost points</div><ul>{items}</ul>')
    else:
        body.append("<div>No deduction for form is to come.</div>")
    body += [
        f'<div style="margin-top:2px">{escape(note)}</div>' for note in (*report.notes, _name_line(report)) if note
    ]
    if written:
        body.append(f'<div style="margin-top:6px;font-weight:600">{escape(written)}</div>')
    colour, sign = (_ORANGE, "✗") if report.stops else (_GREEN, "✓")
    return _box(colour, sign, headline(report), body)


def _box(colour: str, sign: str, head: str, body: list[str]) -> str:
    return (
        f'<div style="border-left:4px solid {colour};padding:4px 12px;margin:4px 0;max-width:60em;'
        'font-family:sans-serif;line-height:1.45">'
        f'<div style="font-weight:600"><span aria-hidden="true" style="color:{colour}">{sign}</span> '
        f"{escape(head)}</div>"
        f"{''.join(body)}</div>"
    )


def _table(report: Report) -> str:
    heads = "".join(
        f'<th scope="col" style="{_CELL}">{head}</th>' for head in ("answer", "how it stands", "points", "cell", "")
    )
    rows = "".join(_row(each) for each in report.answers)
    return f'<table style="text-align:left;margin:4px 0"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(answer: Answer) -> str:
    sign, colour = _LOOKS[answer.state]
    state = f'<span aria-hidden="true" style="color:{colour}">{sign}</span> {answer.state}'
    texts = (escape(answer.name), state, escape(_of(answer)), str(answer.cell or ""), code_marks(answer.detail))
    return "<tr>" + "".join(f'<td style="{_CELL}">{text}</td>' for text in texts) + "</tr>"


def _marked(text: str) -> str:
    """Escape a sentence and set what stands between double stars in bold."""
    return "".join(
        f"<b>{escape(piece)}</b>" if number % 2 else escape(piece) for number, piece in enumerate(text.split("**"))
    )
