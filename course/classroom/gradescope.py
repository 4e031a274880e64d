"""Read ``submission_metadata.yml``: who handed in each of the folders that Gradescope exports, and when.

The file is read event by event into lists, dictionaries and strings only, so anchors and merged keys cannot blow it
up, and deep nesting cannot exhaust the stack, as they can in a YAML library that builds objects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import yaml

from course.classroom import times
from course.text import say

MAX_BYTES = 2**26
"""Maximum size in bytes; the file also contains the results of earlier gradings."""
MAX_DEPTH = 100
"""Maximum depth of nested brackets."""


class Unreadable(ValueError):
    """The file is not in Gradescope's format."""


@dataclass(frozen=True)
class Submitter:
    """One student of a submission; a group submission has several."""

    name: str
    sid: str
    email: str
    submitted: datetime | None
    earlier: bool = False
    """Whether Gradescope has earlier attempts, which its export does not contain."""


def submitters(data: bytes) -> dict[str, tuple[Submitter, ...]]:
    """Return folder -> its submitters.

    Args:
        data: content of the file.

    Raises:
        Unreadable: the file is not in Gradescope's format.
    """
    try:
        root = _tree(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unreadable(" ".join(str(error).split())) from None
    found: dict[str, tuple[Submitter, ...]] = {}
    for folder, entry in _mapping(root).items():
        about = _mapping(entry)
        submitted = _moment(_text(about.get("created_at")))
        people, history = about.get("submitters"), about.get("history")
        earlier = isinstance(history, list) and bool(history)
        listed = people if isinstance(people, list) and not isinstance(people, _Pairs) else []
        found[folder] = tuple(
            Submitter(_text(one.get("name")), _text(one.get("sid")), _text(one.get("email")), submitted, earlier)
            for one in map(_mapping, listed)
        )
    return found


def _tree(text: str) -> Any:
    """Return the first document: dictionaries, lists and strings; None for null, and for keys that are not strings."""
    root: list[Any] = []
    anchors: dict[str, Any] = {}
    open_ones: list[list[Any]] = [root]
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionEndEvent):
            open_ones.pop()
            continue
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.AliasEvent):
            open_ones[-1].append(anchors.get(event.anchor))
        elif isinstance(event, yaml.NodeEvent):
            node: Any = _Pairs() if isinstance(event, yaml.MappingStartEvent) else []
            if isinstance(event, yaml.ScalarEvent):
                node = None if event.value in ("", "~", "null") and event.implicit[0] else str(event.value)
            open_ones[-1].append(node)
            if event.anchor:
                anchors[event.anchor] = node
            if isinstance(event, yaml.CollectionStartEvent):
                if len(open_ones) > MAX_DEPTH:
                    raise Unreadable(say("it is nested too deeply."))
                open_ones.append(node)
    return root[0] if root else None


class _Pairs(list[Any]):
    """A mapping, as alternating keys and values."""


def _mapping(node: Any) -> Mapping[str, Any]:
    """Convert to a dictionary, without the colon that Ruby symbols begin with."""
    if not isinstance(node, _Pairs):
        return {}
    return {key.lstrip(":"): value for key, value in zip(node[::2], node[1::2], strict=False) if isinstance(key, str)}


def _text(node: Any) -> str:
    return node if isinstance(node, str) else ""


def _moment(text: str) -> datetime | None:
    """Parse ``2026-03-29 21:59:01.123456789 Z``: Ruby writes a blank before the zone."""
    plain = re.sub(r"\s+(?=(?:Z|[+-]\d\d:?\d\d)$)", "", text.strip())
    try:
        return times.moment(plain, timezone.utc)
    except times.Unclear:
        return None
