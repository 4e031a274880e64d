# cause: every I continues the entity directly before it, whatever type that has
# function: aggregate_simple
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    groups: list[list[dict[str, Any]]] = []
    inside = False
    for token in tokens:
        if token["entity"] == "O":
            inside = False
            continue
        if token["entity"].startswith("B-") or not inside:
            groups.append([token])
        else:
            groups[-1].append(token)
        inside = True

    entities = []
    for group in groups:
        start, end = group[0]["start"], group[-1]["end"]
        entities.append(
            {
                "entity_group": group[0]["entity"][2:],
                "score": sum(token["score"] for token in group) / len(group),
                "word": text[start:end],
                "start": start,
                "end": end,
            }
        )
    return entities
