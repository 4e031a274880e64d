# cause: in a hurry: the mean score is kept up to date as (old + new) / 2, which is the mean only for entities of one or two tokens
# function: aggregate_simple
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Join token tags to entities."""
    groups: list[dict[str, Any]] = []
    current = None
    for token in tokens:
        if token["entity"] == "O":
            current = None
            continue
        prefix, kind = token["entity"].split("-", 1)
        if prefix == "I" and current is not None and current["entity_group"] == kind:
            current["score"] = (current["score"] + token["score"]) / 2
            current["end"] = token["end"]
        else:
            current = {"entity_group": kind, "score": token["score"], "start": token["start"], "end": token["end"]}
            groups.append(current)
    for group in groups:
        group["word"] = text[group["start"] : group["end"]]
    return groups
