"""The gradebook as an Excel workbook: a sheet of the students, and one of the checks. Needs the extra ``class``."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from course import shell
from course.classroom.model import Gradebook
from course.errors import CourseError
from course.formats import facts, table
from course.text import say

if TYPE_CHECKING:
    from xlsxwriter import Workbook

WIDEST = 40
"""Maximum column width in characters; a longer cell is cut on the screen, not in the file."""


def to_xlsx(book: Gradebook) -> bytes:
    """Return the whole file; the same gradebook always gives the same bytes.

    Raises:
        CourseError: the library is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise CourseError(
            f"{shell.not_installed('xlsxwriter', 'class')}\n{say('Or write CSV files: --to csv.')}"
        ) from None
    target = io.BytesIO()
    literal = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(target, literal) as workbook:
        made = facts.instant(book.graded_at) or datetime(2000, 1, 1)
        workbook.set_properties({"title": table.safe(book.title), "created": made.replace(tzinfo=None)})
        for part in (table.gradebook(book), table.checks(book)):
            _sheet(workbook, part)
    return target.getvalue()


def _sheet(workbook: Workbook, part: table.Table) -> None:
    sheet = workbook.add_worksheet(part.name)
    bold = workbook.add_format({"bold": True})
    plain, hundredths = workbook.add_format(), workbook.add_format({"num_format": "0.00"})
    for column, name in enumerate(part.header):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(part.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, hundredths if isinstance(cell, Decimal) else plain)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(part.rows), len(part.header) - 1)
    for column, name in enumerate(part.header):
        longest = max([len(name) + 3, *(len(str(row[column] or "")) for row in part.rows)])
        sheet.set_column(column, column, min(longest + 1, WIDEST))


def _write(sheet: Any, row: int, column: int, cell: table.Cell, style: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, style)
    elif cell is not None:
        sheet.write_number(row, column, float(cell), style)
