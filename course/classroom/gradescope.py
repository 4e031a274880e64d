"""``submission_metadata.yml``: who handed in which of the folders that Gradescope exports, and when.

The file is parsed to nodes and no objects are made of it, so anchors and merged keys cannot blow it up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import yaml

from course.classroom import times

MAX_BYTES = 2**26
"""It also holds the results of earlier gradings."""


class Unreadable(ValueError):
    """It is not what Gradescope writes."""


@dataclass(frozen=True)
class Submitter:
    """One student of a submission; several handed it in as a group."""

    name: str
    sid: str
    email: str
    submitted: datetime | None


def submitters(data: bytes) -> dict[str, tuple[Submitter, ...]]:
    """Folder -> whose it is.

    Args:
        data: the file.

    Raises:
        Unreadable: it is no such file.
    """
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(" ".join(str(error).split())) from None
    found: dict[str, tuple[Submitter, ...]] = {}
    for folder, entry in _mapping(root).items():
        about = _mapping(entry)
        submitted = _moment(_text(about.get("created_at")))
        people = about.get("submitters")
        listed = people.value if isinstance(people, yaml.SequenceNode) else []
        found[folder] = tuple(
            Submitter(_text(one.get("name")), _text(one.get("sid")), _text(one.get("email")), submitted)
            for one in map(_mapping, listed)
        )
    return found


def _mapping(node: yaml.Node | None) -> Mapping[str, yaml.Node]:
    """Keys without the colon that Ruby's symbols begin with."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value.lstrip(":"): value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _text(node: yaml.Node | None) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        return ""
    return str(node.value)


def _moment(text: str) -> datetime | None:
    """``2026-03-29 21:59:01.123456789 Z``: Ruby writes more digits and blanks than ISO 8601 has."""
    plain = re.sub(r"\s+(?=(?:Z|[+-]\d\d:?\d\d)$)", "", text.strip())
    plain = re.sub(r"\.\d+", "", plain)
    try:
        return times.moment(plain, timezone.utc)
    except times.Unclear:
        return None
