"""Recognizes syntax of later Python versions in a line that this Python cannot parse."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from course.text import mark

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Newer:
    """A construct and the Python version that introduced it."""

    what: str
    version: str
    pattern: str


KNOWN = (
    Newer(mark("t-strings"), "3.14", r"(?<![\w'\"])(?:t|tr|rt)(?:'|\")"),
    Newer(mark("`except A, B:` without parentheses"), "3.14", r"^\s*except\*?\s+[\w.]+\s*(?:,\s*[\w.]+\s*)+:"),
    Newer(mark("type parameters"), "3.12", r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\["),
    Newer(mark("`type` statements"), "3.12", r"^\s*type\s+\w+\s*(?:\[.*\])?\s*="),
    Newer(mark("defaults of type parameters"), "3.13", r"^\s*(?:async\s+)?(?:def|class|type)\s+\w+\s*\[[^\]]*="),
    Newer(
        mark("quotes of the same kind inside an f-string"),
        "3.12",
        r"(?<!\w)(?:f|rf|fr)(?:\"[^\"]*\{[^}\"]*\"|'[^']*\{[^}']*')",
    ),
    Newer(mark("backslashes inside the braces of an f-string"), "3.12", r"(?<!\w)(?:f|rf|fr)(?:\"|').*\{[^}]*\\"),
    Newer(mark("`except*`"), "3.11", r"^\s*except\s*\*"),
    Newer(mark("an unpacked index"), "3.11", r"\[[^\]]*\*\w+"),
    Newer(mark("`match` statements"), "3.10", r"^\s*(?:match\s+.+|case\s+.+):\s*$"),
    Newer(mark("several context managers in parentheses"), "3.10", r"^\s*(?:async\s+)?with\s*\("),
)


def newer(text: str, line: int) -> Newer | None:
    """Return the construct on this line or the one before (the parser may notice late) that this Python lacks."""
    lines = re.split("\r\n|\r|\n", text)
    for number in (line, line - 1):
        if 0 < number <= len(lines):
            found = [known for known in KNOWN if re.search(known.pattern, lines[number - 1][:500], re.IGNORECASE)]
            later = [known for known in found if _parts(known.version) > sys.version_info[:2]]
            if later:
                return max(later, key=lambda known: _parts(known.version))
    return None


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
