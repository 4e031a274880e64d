"""HTML pages for instructors and students: one file each, with no scripts or external resources.

Every value inserted into a template is escaped, and control characters are spelt out (``text.clean``). They carry a
Content-Security-Policy that forbids scripts and any loading, should an escape ever fail.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2

from course.formats import facts
from course.text import clean, language, say, say_many

TEMPLATES = Path(__file__).with_name("templates")


def page(template: str, **values: object) -> str:
    """Fill in one of our templates, in the reader's language.

    Args:
        template: file name in the folder ``templates``.
        values: values for the template's variables.
    """
    return _environment().get_template(template).render(lang=language(), **values)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=say, say_many=say_many)
    environment.filters.update(percent=percent, points=points, decimals=decimals, moment=moment)
    return environment


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def percent(share: float | None) -> str:
    """Format a share in whole percent; only 1 is shown as 100%, and only 0 as 0%.

    >>> percent(0.5), percent(0.999), percent(0.001), percent(1.0), percent(None)
    ('50%', '99%', '1%', '100%', '–')
    """
    if share is None:
        return "–"
    whole = round(share * 100)
    if share < 1 and whole == 100:
        whole = math.floor(share * 100)
    return f"{max(whole, 1) if share > 0 else whole}%"


def points(value: Decimal | int | None) -> str:
    """Format points; None becomes a dash."""
    return "–" if value is None else facts.number(value)


def decimals(value: float | None, places: int = 2) -> str:
    """Format a number with a real minus sign."""
    return "–" if value is None else f"{value:.{places}f}".replace("-", "−")


def moment(stamp: str) -> str:
    """Format a time to the minute; return "" for anything else.

    >>> moment("2026-11-20T18:04:59+00:00"), moment("soon")
    ('2026-11-20 18:04 UTC', '')
    """
    known = facts.seconds_stamp(stamp)
    return known[:16].replace("T", " ") + " UTC" if known else ""


def bars(counts: Sequence[int], width: float, height: float, gap: float = 2) -> list[dict[str, float]]:
    """Return the bars of a histogram from left to right: x, y, width, height, and the count."""
    most = max(counts, default=0) or 1
    each = width / max(1, len(counts))
    return [
        {
            "x": round(place * each + gap / 2, 2),
            "y": round(height - height * count / most, 2),
            "width": round(each - gap, 2),
            "height": round(height * count / most, 2),
            "count": count,
        }
        for place, count in enumerate(counts)
    ]
