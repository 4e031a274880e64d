"""The gradebook as CSV: UTF-8, comma, one row per student, or with ``long`` one row per student and check."""

from __future__ import annotations

import csv
import io

from course.classroom.model import Gradebook
from course.formats import table

BOM = "\ufeff"
"""Byte order mark that tells Excel the file is UTF-8; other programs do not need it."""


def to_csv(book: Gradebook, *, long: bool = False, bom: bool = False) -> bytes:
    """Return the whole file.

    Args:
        book: the gradebook to write.
        long: write one row per student and check.
        bom: begin with a byte order mark.
    """
    chosen = table.checks(book) if long else table.gradebook(book)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(chosen.header)
    writer.writerows(chosen.rows)
    return ((BOM if bom else "") + target.getvalue()).encode("utf-8")
