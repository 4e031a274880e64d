# cause: The score is updated as (old + new) / 2 at each token, which is no mean once an entity has three tokens.
# function: aggregate_simple

from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    groups = []
    current = None
    for token in tokens:
        if token["entity"] == "O":
            current = None
            continue
        tag, kind = token["entity"].split("-", 1)
        if tag == "I" and current is not None and current["entity_group"] == kind:
            current["score"] = (current["score"] + token["score"]) / 2
            current["end"] = token["end"]
        else:
            current = {
                "entity_group": kind,
                "score": token["score"],
                "start": token["start"],
                "end": token["end"],
            }
            groups.append(current)
    for group in groups:
        group["word"] = text[group["start"] : group["end"]]
    return groups
