# cause: The score of an entity is that of its first token (the strategy "first"), not the mean over its tokens.
# function: aggregate_simple

from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    entities: list[list[dict[str, Any]]] = []
    previous = None
    for tok in tokens:
        label = tok["entity"]
        if label == "O":
            previous = None
            continue
        prefix, _, kind = label.partition("-")
        if prefix == "B" or previous != kind:
            entities.append([tok])
        else:
            entities[-1].append(tok)
        previous = kind
    return [
        dict(
            entity_group=group[0]["entity"].partition("-")[2],
            score=group[0]["score"],
            word=text[group[0]["start"] : group[-1]["end"]],
            start=group[0]["start"],
            end=group[-1]["end"],
        )
        for group in entities
    ]
