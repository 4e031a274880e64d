"""Recognise Moodle's grading worksheet by its content, since its titles are in the language of the site.

The first column contains "Participant" and a number. The grade column is left of the column with the maximum grade, and
somewhere right of that, a column says yes or no: whether the grade can be changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from course.formats import sheet

NUMBERED = re.compile(r"(\D*?)(\d+)")
"""First cell of a row: "Participant 123", "Teilnehmer/in123"."""
YES = frozenset(
    "yes ja oui sí si sì sim da はい 是 是的 可 예 네 да так evet tak ano áno igen kyllä jah ναι نعم כן".split()
)
NO = frozenset(
    "no nein non nee não nao nu ne nej nei いいえ 否 不是 不可 아니요 아니오 нет ні hayır nie nem ei όχι لا לא".split()
)
PARTICIPANT = frozenset(
    "participant participante partecipante teilnehmer/in deelnemer deltager deltaker deltagare osallistuja "
    "参加者 参与者 參與者 참가자 участник учасник uczestnik účastník katılımcı résztvevő".split()
)
"""Known words before the number."""
Rows = Sequence[Sequence[str]]
"""Cells without surrounding spaces; a row can be short."""


def number(cell: str) -> str | None:
    """Return a participant's number; None if the cell has none."""
    found = NUMBERED.fullmatch(cell)
    return found[2] if found else None


def is_worksheet(rows: Rows) -> bool:
    """Return whether these rows, without the titles, are from a worksheet."""
    words = {found[1] for row in rows if (found := NUMBERED.fullmatch(_cell(row, 0)))}
    numbered = all(number(_cell(row, 0)) for row in rows)
    word = words.pop() if rows and numbered and len(words) == 1 else ""
    if word.strip(" _").casefold() in PARTICIPANT:
        return True
    return bool(word) and any(changeable(rows, grade) is not None for grade in grades(rows))


def grades(rows: Rows) -> list[int]:
    """Return the columns to the left of one that has the same number in each row."""
    fitting = []
    for column in range(2, max(map(len, rows), default=0)):
        below = {_cell(row, column) for row in rows}
        before = [_cell(row, column - 1) for row in rows]
        numbers = all(not cell or sheet.as_number(cell) is not None for cell in before)
        if len(below) == 1 and (sheet.as_number(below.pop()) or 0) > 0 and numbers:
            fitting.append(column - 1)
    return fitting


def changeable(rows: Rows, grade: int) -> int | None:
    """Return the column that says whether the grade can be changed, if its words are known."""
    for column in range(grade + 1, max(map(len, rows), default=0)):
        words = {_cell(row, column).casefold() for row in rows} - {""}
        if words and words <= YES | NO:
            return column
    return None


def is_no(cell: str) -> bool:
    """Return whether a cell says "no" in a language that we know."""
    return cell.casefold() in NO


def names(rows: Rows) -> tuple[int | None, int | None]:
    """Return the columns of the name and of the e-mail address; a worksheet for blind marking has neither."""
    end = min(grades(rows), default=max(map(len, rows)))
    address = next((column for column in range(2, end) if any("@" in _cell(row, column) for row in rows)), None)
    return (1 if address or end > 2 else None), address


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
