# cause: A tag whose type contains a hyphen cannot be unpacked and counts as O
# function: aggregate_simple
import copy
import math
from typing import Any


def _parse_tag(tag: str) -> tuple[str, str | None]:
    try:
        position, kind = tag.strip().split("-")
    except ValueError:
        return ("O", None)
    if position not in ("B", "I") or not kind:
        return ("O", None)
    return (position, kind)


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    tokens = copy.deepcopy(tokens)
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    running: str | None = None
    for token in tokens:
        position, kind = _parse_tag(str(token.get("entity", "O")))
        if kind is None:
            running = None
            continue
        if position == "I" and kind == running:
            groups[-1][1].append(token)
        else:
            groups.append((kind, [token]))
        running = kind
    entities = []
    for kind, members in groups:
        start = int(members[0]["start"])
        end = int(members[-1]["end"])
        score = math.fsum((float(member["score"]) for member in members)) / max(1, len(members))
        entities.append({"entity_group": kind, "score": score, "word": text[start:end], "start": start, "end": end})
    return entities
