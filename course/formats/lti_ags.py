"""LTI Advantage, Assignment and Grade Services 2.0: the score of one entry, ready to be posted to a line item.

Only the JSON is written: posting it needs a registered tool and its key. ``userId`` is the id of the student; the
platform expects its own LTI user id there, so the roster must contain those ids.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from course import files
from course.classroom.model import Entry
from course.formats import facts
from course.text import clean

COMMENT = 2_000
"""Maximum characters of a comment."""


def to_json(entry: Entry) -> bytes:
    """Return the score."""
    return files.to_json(score(entry))


def score(entry: Entry) -> dict[str, Any]:
    """Return the score as data: without a mark it has no points, and a platform then clears its earlier mark from us.

    Its timestamp is the time at which the mark last changed. Platforms ignore a score that is older than the one they
    have: so every change needs a new time, and an unchanged mark keeps its own.
    """
    result, by_hand = entry.result, entry.override
    broken = result is not None and result.status == "grader_error" and not by_hand
    marked = by_hand is not None or (result is not None and not broken)
    progress = "Submitted" if entry.attempts or result else "Completed" if by_hand else "Initialized"
    known = [entry.changed] if entry.changed else [facts.started(entry), by_hand.at if by_hand else None]
    times = [facts.instant(stamp) for stamp in known]
    told: dict[str, Any] = {"userId": entry.student.id}
    if marked:
        told |= {"scoreGiven": facts.plain_number(entry.points), "scoreMaximum": entry.max_points}
    lines = [facts.summary(entry)] if marked else []
    told |= {
        "comment": clean(facts.shorten("\n".join([*lines, *facts.entry_lines(entry)]), COMMENT)),
        "timestamp": _stamp(max((time for time in times if time), default=datetime.fromtimestamp(0, timezone.utc))),
        "activityProgress": progress,
        "gradingProgress": "FullyGraded" if marked else "Failed" if broken else "NotReady",
    }
    if entry.submitted:
        told["submission"] = {"submittedAt": _stamp(entry.submitted)}
    return told


def _stamp(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
