"""Parse durations and times as people write them: ``1d 12h``, ``2026-03-29T23:59``, the time stamp in a file's name.

A time without a zone is in the course's time zone; nothing here falls back on this machine's.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from course.text import say

UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
PART = re.compile(r"(\d{1,6})\s*([a-z]+)")
LONGEST = timedelta(days=3660)
"""A longer duration is a typing error."""
STAMP = re.compile(
    r"(?<!\d)(?P<date>20\d\d-\d\d-\d\d)[T_ -](?P<time>\d\d[-:.h]?\d\d(?:[-:.]?\d\d)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?(?![\d])"
    r"|(?<!\d)(?P<date2>20\d{6})[T_](?P<time2>\d{4}(?:\d\d)?)(?P<zone2>Z|[+-]\d{4})?(?!\d)"
)
"""An ISO 8601 time in a name, with any separators that a file system allows instead of colons."""


class Unclear(ValueError):
    """The text is not a duration or not a time; the message says why."""


def duration(text: str) -> timedelta:
    """Parse a duration: ``2d``, ``36h``, ``1d 12h``, ``90 min``; an empty text is none.

    Raises:
        Unclear: it is not a duration, or longer than ten years.

    >>> duration("1d 12h")
    datetime.timedelta(days=1, seconds=43200)
    """
    asked = text.strip().lower()
    total, position = timedelta(), 0
    while position < len(asked):
        part = PART.match(asked, position)
        if not part or part[2] not in UNITS:
            raise Unclear(
                say("'{text}' is not a duration. Valid durations are, for example, 2d, 36h or 1d 12h.", text=text)
            )
        total += int(part[1]) * UNITS[part[2]]
        position = part.end()
        while position < len(asked) and asked[position] in " ,":
            position += 1
    if total > LONGEST:
        raise Unclear(say("'{text}' is longer than ten years.", text=text))
    return total


def zone(name: str) -> tzinfo:
    """Return the time zone with this name: ``Europe/Zurich``, ``UTC``.

    Raises:
        Unclear: it does not exist.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unclear(
            say("There is no time zone '{name}'. Valid names are, for example, Europe/Zurich or UTC.", name=name)
        ) from None


def moment(value: str | datetime, home: tzinfo | None) -> datetime:
    """Return a time with its own zone or, by default, the course's.

    Args:
        value: ISO 8601, or a TOML date and time.
        home: the course's zone; None if it has none.

    Returns:
        The time in the course's zone, if it has one. A local time that occurs twice, when the clocks go back, means
        the later one.

    Raises:
        Unclear: it is not a time, has no zone, or is skipped when the clocks go forward.
    """
    if isinstance(value, str):
        text = re.sub(r"(?<=\d)\s+(?=\d)", "T", value.strip(), count=1)
        plain = re.sub(r"(?<=\d)[Zz]$", "+00:00", re.sub(r"\.\d+", "", text))  # whole seconds are enough
        plain = re.sub(r"(T.*[+-]\d\d)(\d\d)$", r"\1:\2", plain)  # Python 3.10 requires the colon
        try:
            value = datetime.fromisoformat(plain)
        except ValueError:
            raise Unclear(
                say("'{text}' is not a date with a time. A valid one is, for example, 2026-03-29T23:59.", text=text)
            ) from None
        if len(text) <= len("2026-03-29"):
            raise Unclear(say("'{text}' has no time of day. Add one, for example {text}T23:59.", text=text))
    if not 2000 <= value.year < 2200:
        raise Unclear(say("{time}: that year is not plausible.", time=value.isoformat()))
    if value.tzinfo is not None:
        return value.astimezone(home) if home else value
    if home is None:
        raise Unclear(
            say(
                "{time} has no time zone. Add one (2026-03-29T23:59+02:00), or set time_zone.",
                time=value.isoformat(),
            )
        )
    there = value.replace(tzinfo=home, fold=1)
    if there.astimezone(timezone.utc).astimezone(home).replace(tzinfo=None) != value:
        raise Unclear(
            say(
                "{time} does not exist: the clocks go forward at that hour. Choose a different time.",
                time=value.isoformat(),
            )
        )
    return there


def stamp(name: str, home: tzinfo) -> datetime | None:
    """Return the time stamp in the name of a file or folder; None if there is none.

    >>> stamp("lora_2026-03-29T23-59-01.py", timezone.utc).isoformat()
    '2026-03-29T23:59:01+00:00'
    """
    for found in STAMP.finditer(name):
        day = (found["date"] or found["date2"]).replace("-", "")
        clock = re.sub(r"\D", "", found["time"] or found["time2"]).ljust(6, "0")
        offset = (found["zone"] or found["zone2"] or "").replace("Z", "+0000").replace(":", "")
        try:
            read = datetime.strptime(day + clock + offset, "%Y%m%d%H%M%S" + ("%z" if offset else ""))
            return moment(read, None if offset else home)
        except (ValueError, OverflowError):
            continue
    return None


def later(start: datetime, by: timedelta) -> datetime:
    """Add a duration in wall-clock time: a day later is the same time on the next day.

    Hours and minutes beyond whole days are added as elapsed time.
    """
    days, rest = timedelta(days=by.days), by - timedelta(days=by.days)
    home = start.tzinfo
    shifted = (start + days).replace(fold=1) if days else start  # arithmetic within one zone ignores clock changes
    return (shifted.astimezone(timezone.utc) + rest).astimezone(home)


def between(start: datetime, end: datetime) -> timedelta:
    """Return how much later ``end`` is, in wall-clock time at the zone of ``start``; zero if it is not later.

    So a file that arrives at the same time on the next day is a day late, whether or not the clocks were changed.
    Within the hour of such a change, it is the elapsed time.
    """
    real = passed(start, end)
    if not real:
        return real
    on_the_wall = end.astimezone(start.tzinfo).replace(tzinfo=None) - start.replace(tzinfo=None)
    return on_the_wall if on_the_wall > timedelta() else real


def passed(start: datetime, end: datetime) -> timedelta:
    """Return the time elapsed from ``start`` to ``end``, despite clock changes; zero if ``end`` is not later."""
    return max(timedelta(), end.astimezone(timezone.utc) - start.astimezone(timezone.utc))
