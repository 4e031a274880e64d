"""Text that several formats use for an entry or a check: words, numbers and file names.

Nothing here uses more than the ``Result``: what is hidden there stays hidden in every format. Notes for the instructor
(``Entry.notes``) are left to the formats that only the instructor reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import PurePath

from course.classroom.model import Entry, Refused
from course.result import CheckResult, Result
from course.syllabus import Exercise, SyllabusError, load
from course.text import say

LONGEST = 8_000
"""Maximum characters of one message in a format that shows messages one by one."""


def number(points: Decimal | int | float) -> str:
    """Format points for people.

    >>> number(Decimal("18.00")), number(Decimal("17.50")), number(3)
    ('18', '17.5', '3')
    """
    text = f"{Decimal(str(points)):.2f}"
    return text.rstrip("0").rstrip(".")


def plain_number(points: Decimal | int) -> int | float:
    """Convert points for JSON and spreadsheets: whole numbers stay whole."""
    value = Decimal(points)
    return int(value) if value == value.to_integral_value() else float(value)


def duration(time: timedelta) -> str:
    """Format a duration, rounded up to the minute.

    >>> duration(timedelta(days=1, hours=2, seconds=30))
    '1 d 2 h 1 min'
    """
    minutes = -(-int(time.total_seconds()) // 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return the text, cut if it is too long, with a note that it was cut."""
    if len(text) <= longest:
        return text
    return text[: longest - 40].rstrip() + "\n" + say("[{count} more characters]", count=len(text) - longest + 40)


def details(check: CheckResult) -> list[str]:
    """Return what is known of a check that did not pass besides its message."""
    found = check.explanation
    lines = [
        check.title,
        check.expected and f"expected: {check.expected}",
        check.actual and f"actual: {check.actual}",
        found and f"{found.kind}: {found.id}" + (f"\n{found.text}" if found.text != check.hint else ""),
        check.hint and f"hint: {check.hint}",
        check.traceback,
    ]
    return [line for line in lines if line]


def words(check: CheckResult) -> str:
    """Return the text for students below the title of a check, in every format.

    For a hidden check, these are the sentences written by its authors: no message, value, remark or traceback.
    """
    if check.passed:
        return "\n".join(check.remarks) if check.visible else ""
    found = check.explanation
    lines = [
        check.visible and check.message,
        check.visible and check.expected and f"expected: {check.expected}",
        check.visible and check.actual and f"actual: {check.actual}",
        found and check.cause and found.title,
        found and found.text != check.hint and found.text,
        check.hint and f"hint: {check.hint}",
        check.visible and check.traceback,
    ]
    return shorten("\n".join(line for line in lines if line))


def told_checks(result: Result | None) -> list[CheckResult]:
    """Return the checks shown to a student: none if the file could not be graded, because a sentence says why."""
    return [] if result is None or result.status == "not_gradable" else result.checks


def entry_lines(entry: Entry) -> list[str]:
    """Return what determined the points of an entry, one sentence each, for the student."""
    lines = []
    if entry.result is None:
        lines.append(say("No file was graded.") if entry.override else say("Nothing was handed in."))
    elif entry.status == "refused":
        lines.append(say("Nothing that could be graded was handed in."))
    elif not entry.graded:
        lines.append(say("This has not been graded yet."))
    else:
        if entry.result.message:
            lines.append(shorten(entry.result.message))
        lines += [shorten(note) for note in entry.result.notes]
        if entry.result.status == "grader_error":
            lines.append(say("The grader failed, which is not your fault. Please tell your instructor."))
        if entry.penalty or entry.override:
            lines.append(
                say("The checks gave {points} of {of} points.", points=number(entry.earned), of=entry.max_points)
            )
        if entry.result.max_bonus_points:
            lines.append(
                say(
                    "Bonus: {points} of {of} points, counted separately.",
                    points=entry.result.bonus_points,
                    of=entry.result.max_bonus_points,
                )
            )
    lines += [refusal(no, entry) for no in entry.refused]
    if entry.attempts > 1 and entry.origin:
        lines.append(
            say("Attempts: {count}. The one that counts: {file}", count=entry.attempts, file=bare(entry.origin))
        )
    if entry.late and not entry.penalty:
        lines.append(say("Handed in {time} late.", time=duration(entry.late)))
    elif entry.late:
        lines.append(
            say("Handed in {time} late: {points} points off.", time=duration(entry.late), points=number(entry.penalty))
        )
    lines += _terms(entry)
    if entry.expired:
        lines.append(expiry(entry.expired))
    if entry.override:
        lines.append(
            say(
                "The points were set by hand to {points}. Reason: {reason}",
                points=number(entry.override.points),
                reason=entry.override.reason,
            )
        )
    return lines


def bare(origin: str) -> str:
    """Return a file's name without the folders and archives that contain it."""
    return PurePath(origin.replace("\\", "/").rpartition("!")[2]).name


def refusal(no: Refused, entry: Entry) -> str:
    """Return a sentence that a file was refused, and why.

    Args:
        no: the refused file.
        entry: the entry that it was handed in for.
    """
    name, reason = bare(no.origin), shorten(no.reason)
    told = reason if name in reason else f"{name}: {reason}"
    return refused(told, no.submitted, None if entry.status == "refused" else entry.submitted)


def refused(reason: str, submitted: datetime | None, counts: datetime | None) -> str:
    """Return the same sentence with the times of the refused file and of the one that counts."""
    if counts and submitted and submitted > counts:
        return say("A newer file was refused, so it does not count: {reason}", reason=reason)
    return say("A file was refused, so it does not count: {reason}", reason=reason)


def _terms(entry: Entry) -> Iterator[str]:
    """Yield the rules by which lateness was measured and charged."""
    terms = entry.terms
    if terms is None or entry.submitted is None:
        return
    submitted = entry.submitted.astimezone(terms.due.tzinfo).isoformat(" ", "seconds")
    due = terms.due.isoformat(" ", "seconds")
    if terms.grace:
        yield say(
            "Submitted: {submitted}. Your deadline: {due}, with a grace period of {grace}. "
            "Lateness is counted from the end of the grace period.",
            submitted=submitted,
            due=due,
            grace=duration(terms.grace),
        )
    else:
        yield say("Submitted: {submitted}. Your deadline: {due}.", submitted=submitted, due=due)
    if not terms.percent or entry.expired:
        return
    rate = {"percent": number(terms.percent), "of": entry.max_points}
    rates = {
        ("started", "max"): say("Each day or part of a day costs {percent}% of the {of} points.", **rate),
        ("started", "earned"): say(
            "Each day or part of a day costs {percent}% of the points that the checks gave.", **rate
        ),
        ("full", "max"): say("Each full day costs {percent}% of the {of} points.", **rate),
        ("full", "earned"): say("Each full day costs {percent}% of the points that the checks gave.", **rate),
    }
    sentences = [rates[terms.days, terms.of], say("Days counted: {count}.", count=terms.charged)]
    if terms.after_cap == "zero":
        sentences.append(say("If that is more than {cap}%, the work earns nothing.", cap=number(terms.cap)))
    elif terms.cap < 100:
        sentences.append(say("Lateness costs at most {cap}%.", cap=number(terms.cap)))
    yield " ".join(sentences)


def expiry(until: datetime) -> str:
    """Explain why work handed in after this time earns nothing."""
    until_then = until.isoformat(" ", "seconds")
    return say("Work was accepted until {time}. This came later, so it earns nothing.", time=until_then)


def summary(entry: Entry) -> str:
    """Return the points of an entry in one line: ``exercise-3: 17.5 of 20 points``."""
    known = exercise(entry.exercise)
    name = known.id if known else entry.exercise
    return say("{exercise}: {points} of {of} points", exercise=name, points=number(entry.points), of=entry.max_points)


def started(entry: Entry) -> str | None:
    """Return when the grading of an entry began."""
    return entry.result.started if entry.result else None


def exercise(slug: str) -> Exercise | None:
    """Return the exercise with this slug; None if it, or the whole syllabus, is not available."""
    try:
        return next((one for one in load() if one.slug == slug), None)
    except SyllabusError:
        return None


def travelling(result: Result) -> Result:
    """Return the result without the path of the folder in which it was graded."""
    return replace(result, file=PurePath(result.file.replace("\\", "/")).name)


def instant(stamp: datetime | str | None) -> datetime | None:
    """Return a time in UTC; None if it is unknown."""
    if isinstance(stamp, str):
        try:
            stamp = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
        except ValueError:
            return None
    if stamp is None:
        return None
    return stamp.astimezone(timezone.utc) if stamp.tzinfo else stamp.replace(tzinfo=timezone.utc)


def seconds_stamp(stamp: datetime | str | None) -> str | None:
    """Return the time as ``2026-01-02T03:04:05Z``."""
    moment = instant(stamp)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def file_name(student_id: str) -> str:
    """Return a name for a student's files, the same in every run; two ids never share one.

    >>> file_name("ada-7"), file_name("../../etc")
    ('ada-7', '_.._etc-f31ec3f6')
    """
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", student_id).lstrip(".-")[:60]
    if safe and safe == student_id:
        return safe
    return f"{safe or 'student'}-{hashlib.sha256(student_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
