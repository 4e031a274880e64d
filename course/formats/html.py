"""The gradebook as one HTML page with one table: no scripts or external resources, and suitable for printing."""

from __future__ import annotations

from html import escape

from course.classroom.model import Entry, Gradebook
from course.formats import facts
from course.formats.table import visible
from course.text import language, mark, say, say_many, translated

STATUS = {
    "passed": mark("passed"),
    "failed": mark("some checks failed"),
    "not_started": mark("not started"),
    "not_gradable": mark("cannot be graded"),
    "grader_error": mark("the grader failed"),
    "refused": mark("refused"),
    "missing": mark("missing"),
    "not_graded": mark("not graded yet"),
}

PAGE = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8884; --dim: #777; --bad: #b3261e; --hand: #7a5c00; --good: #1b6e3c }}
@media (prefers-color-scheme: dark) {{ :root {{ --dim: #999; --bad: #ff8a80; --hand: #ffd54f; --good: #81c995 }} }}
body {{ font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem; max-width: 90rem }}
h1 {{ font-size: 1.4rem; margin: 0 }} p {{ color: var(--dim); margin: .3rem 0 1rem }}
.scroll {{ overflow-x: auto }}
table {{ border-collapse: collapse; min-width: 100% }}
th, td {{ border-bottom: 1px solid var(--line); padding: .35rem .7rem; text-align: start; vertical-align: top }}
thead th {{ border-bottom: 2px solid var(--line); position: sticky; top: 0; background: Canvas }}
td.number, th.number {{ text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap }}
tbody th {{ font-weight: 600; overflow-wrap: anywhere; min-width: 9rem; max-width: 22rem }}
tbody th small {{ display: block; font-weight: 400; color: var(--dim) }}
small {{ font-size: .85em }} .status {{ display: block; color: var(--dim) }}
.passed {{ color: var(--good) }} .refused, .not_gradable, .grader_error, .not_graded, .missing {{ color: var(--bad) }}
.note {{ display: block; color: var(--hand); white-space: normal;
  overflow-wrap: anywhere; max-width: 18rem; margin-inline-start: auto }}
@media print {{ body {{ max-width: none; margin: 0; font-size: 10px }} thead th {{ position: static }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{about}</p>
<div class="scroll">
<table>
<thead><tr><th>{student}</th>{heads}<th class="number">{total}</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</body>
</html>
"""


def to_html(book: Gradebook) -> bytes:
    """Return the whole page."""
    about = say_many("One student", "{count} students", count=len(book.students))
    if stamp := facts.seconds_stamp(book.graded_at):
        about += ", " + say("graded {time} UTC", time=stamp.replace("T", " ").rstrip("Z"))
    return PAGE.format(
        lang=language(),
        title=_text(book.title or say("Gradebook")),
        about=_text(about),
        student=_text(say("Student")),
        total=_text(say("Total")),
        heads="".join(f'<th class="number">{_text(_heading(slug))}</th>' for slug in book.exercises),
        rows="\n".join(_row(book, number) for number in range(len(book.students))),
    ).encode("utf-8")


def _row(book: Gradebook, number: int) -> str:
    student = book.students[number]
    entries = book.of(student)
    name = student.name or student.id
    second = " · ".join(part for part in (student.id, student.email) if part and part != name)
    if not student.in_roster:
        second += (" · " if second else "") + say("not in the roster")
    who = f"<bdi>{_text(name)}</bdi>" + (f"<small><bdi>{_text(second)}</bdi></small>" if second else "")
    total = f"{facts.number(book.points(student))} / {sum(entry.max_points for entry in entries)}"
    return f'<tr><th scope="row">{who}</th>{"".join(map(_cell, entries))}<td class="number">{total}</td></tr>'


def _cell(entry: Entry) -> str:
    notes = []
    if entry.late:
        notes.append(say("{time} late: -{points}", time=facts.duration(entry.late), points=facts.number(entry.penalty)))
    if by_hand := entry.override:
        told = say("set by hand: {reason}", reason=by_hand.reason)
        if entry.status not in ("missing", "refused"):
            told = say(
                "set by hand (the checks gave {points}): {reason}",
                points=facts.number(entry.earned),
                reason=by_hand.reason,
            )
        notes.append(told)
    if entry.result and entry.result.bonus_points:
        notes.append(say("bonus: {points}", points=entry.result.bonus_points))
    listed = "".join(f'<small class="note"><bdi>{_text(note)}</bdi></small>' for note in notes)
    sign = "*" if entry.override else ""
    return (
        f'<td class="number">{facts.number(entry.points)}{sign} / {entry.max_points}'
        f'<small class="status {entry.status}">{_text(translated(STATUS[entry.status]))}</small>{listed}</td>'
    )


def _heading(slug: str) -> str:
    known = facts.exercise(slug)
    return f"{known.number}. {known.title(language())}" if known else slug


def _text(text: str) -> str:
    return escape(visible(text))
