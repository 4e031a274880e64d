# cause: The score is averaged with each new token in turn, so of three tokens the last counts half and the first a quarter.
# function: aggregate_simple
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    previous = None
    for token in tokens:
        tag = token["entity"]
        if tag == "O":
            previous = None
            continue
        prefix, kind = tag[0], tag[2:]
        if prefix == "B" or kind != previous:
            entities.append(
                {
                    "entity_group": kind,
                    "score": float(token["score"]),
                    "start": token["start"],
                    "end": token["end"],
                }
            )
        else:
            entity = entities[-1]
            entity["score"] = (entity["score"] + float(token["score"])) / 2
            entity["end"] = token["end"]
        previous = kind
    for entity in entities:
        entity["word"] = text[entity["start"] : entity["end"]]
    return entities
