"""Moodle's grading worksheet, known by what stands in it, since its titles are in the language of the site.

The first column holds "Participant" and a number. The column of the grades stands left of the one with the maximum,
and somewhere right of that one says yes or no whether the grade can be changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from course.formats import sheet

NUMBERED = re.compile(r"(\D*?)(\d+)")
"""The first cell of a row: "Participant 123", "Teilnehmer/in123"."""
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
"""The word before the number, as far as we know it."""
Rows = Sequence[Sequence[str]]
"""Cells without the spaces around them; a row may be short."""


def number(cell: str) -> str | None:
    """The number of a participant; None if the cell holds none."""
    found = NUMBERED.fullmatch(cell)
    return found[2] if found else None


def is_worksheet(rows: Rows) -> bool:
    """Whether rows, without the one of the titles, are those of a worksheet."""
    words = {found[1] for row in rows if (found := NUMBERED.fullmatch(_cell(row, 0)))}
    numbered = all(number(_cell(row, 0)) for row in rows)
    word = words.pop() if rows and numbered and len(words) == 1 else ""
    if word.strip(" _").casefold() in PARTICIPANT:
        return True
    return bool(word) and any(changeable(rows, grade) is not None for grade in grades(rows))


def grades(rows: Rows) -> list[int]:
    """The columns left of one that holds the same number in each row."""
    fitting = []
    for column in range(2, max(map(len, rows), default=0)):
        below = {_cell(row, column) for row in rows}
        before = [_cell(row, column - 1) for row in rows]
        numbers = all(not cell or sheet.as_number(cell) is not None for cell in before)
        if len(below) == 1 and (sheet.as_number(below.pop()) or 0) > 0 and numbers:
            fitting.append(column - 1)
    return fitting


def changeable(rows: Rows, grade: int) -> int | None:
    """The column that says whether the grade can be changed, if its words are known."""
    for column in range(grade + 1, max(map(len, rows), default=0)):
        words = {_cell(row, column).casefold() for row in rows} - {""}
        if words and words <= YES | NO:
            return column
    return None


def is_no(cell: str) -> bool:
    """Whether a cell says no in a language that we know."""
    return cell.casefold() in NO


def names(rows: Rows) -> tuple[int | None, int | None]:
    """The columns of the name and of the e-mail address; a sheet for blind marking has none of these."""
    end = min(grades(rows), default=max(map(len, rows)))
    address = next((column for column in range(2, end) if any("@" in _cell(row, column) for row in rows)), None)
    return (1 if address or end > 2 else None), address


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
