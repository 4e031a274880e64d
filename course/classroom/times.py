"""Durations and moments as people write them: ``1d 12h``, ``2026-03-29T23:59``, the time stamp in a file's name.

A moment without a zone is one in the zone of the course; nothing here falls back on the zone of this machine.
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
"""A longer duration is a slip of the pen."""
STAMP = re.compile(
    r"(?<!\d)(?P<date>20\d\d-\d\d-\d\d)[T_ -](?P<time>\d\d[-:.h]?\d\d(?:[-:.]?\d\d)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?(?![\d])"
    r"|(?<!\d)(?P<date2>20\d{6})[T_](?P<time2>\d{4}(?:\d\d)?)(?P<zone2>Z|[+-]\d{4})?(?!\d)"
)
"""An ISO 8601 time in a name, with whatever a file system allows in place of colons."""


class Unclear(ValueError):
    """This is no duration, or no moment; the message says why."""


def duration(text: str) -> timedelta:
    """The duration that a person wrote: ``2d``, ``36h``, ``1d 12h``, ``90 min``; nothing at all is none.

    Raises:
        Unclear: it is none, or longer than ten years.

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
    """The time zone of this name: ``Europe/Zurich``, ``UTC``.

    Raises:
        Unclear: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unclear(
            say("There is no time zone '{name}'. Valid names are, for example, Europe/Zurich or UTC.", name=name)
        ) from None


def moment(value: str | datetime, home: tzinfo | None) -> datetime:
    """A moment with a zone: its own, else that of the course.

    Args:
        value: ISO 8601, or what TOML makes of it.
        home: the course's zone; None if it has none.

    Returns:
        In the zone of the course where it has one. Of a local time that occurs twice, when the clocks go back, the
        later.

    Raises:
        Unclear: it is no moment, has no zone, or is left out when the clocks go forward.
    """
    if isinstance(value, str):
        text = re.sub(r"(?<=\d)\s+(?=\d)", "T", value.strip(), count=1)
        plain = re.sub(r"(?<=\d)[Zz]$", "+00:00", re.sub(r"\.\d+", "", text))  # whole seconds are enough
        plain = re.sub(r"(T.*[+-]\d\d)(\d\d)$", r"\1:\2", plain)  # Python 3.10 wants the colon
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
    """The moment that is written into the name of a file or folder, if one is.

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
    """The moment that is so much later by the clock on the wall: a day later is the same time of the next day.

    Hours and minutes beyond whole days are counted as they pass.
    """
    days, rest = timedelta(days=by.days), by - timedelta(days=by.days)
    home = start.tzinfo
    shifted = (start + days).replace(fold=1) if days else start  # arithmetic of one zone leaves the clock alone
    return (shifted.astimezone(timezone.utc) + rest).astimezone(home)


def between(start: datetime, end: datetime) -> timedelta:
    """How much later ``end`` is by the clock on the wall where ``start`` is; zero if it is not later.

    So a file that comes at the same time of the next day is a day late, whether or not the clocks were changed. Within
    the hour of such a change it is the time that passed.
    """
    real = passed(start, end)
    if not real:
        return real
    on_the_wall = end.astimezone(start.tzinfo).replace(tzinfo=None) - start.replace(tzinfo=None)
    return on_the_wall if on_the_wall > timedelta() else real


def passed(start: datetime, end: datetime) -> timedelta:
    """How much time passed from ``start`` to ``end``, whatever the clocks did; zero if ``end`` is not later."""
    return max(timedelta(), end.astimezone(timezone.utc) - start.astimezone(timezone.utc))
