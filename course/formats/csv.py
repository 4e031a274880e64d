"""The gradebook as CSV: UTF-8, comma, one row per student, or with ``long`` one row per student and check."""

from __future__ import annotations

import csv
import io

from course.classroom.model import Gradebook
from course.formats import table

BOM = "\ufeff"
"""Tells Excel that the file is UTF-8; everything else does without."""


def to_csv(book: Gradebook, *, long: bool = False, bom: bool = False) -> bytes:
    """The whole file.

    Args:
        book: what to write.
        long: one row per student and check.
        bom: begin with a byte order mark.
    """
    chosen = table.checks(book) if long else table.gradebook(book)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(chosen.header)
    writer.writerows(chosen.rows)
    return ((BOM if bom else "") + target.getvalue()).encode("utf-8")
