# cause: The score is averaged pairwise, (old + new) / 2, at every further token, so with three tokens or more the last ones weigh most.
# function: aggregate_simple
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    open_type = None
    for token in tokens:
        if token["entity"] == "O":
            open_type = None
            continue
        prefix, kind = token["entity"].split("-", 1)
        if prefix == "B" or kind != open_type:
            entities.append(
                {
                    "entity_group": kind,
                    "score": token["score"],
                    "word": "",
                    "start": token["start"],
                    "end": token["end"],
                }
            )
            open_type = kind
        else:
            entity = entities[-1]
            entity["score"] = (entity["score"] + token["score"]) / 2
            entity["end"] = token["end"]
    for entity in entities:
        entity["word"] = text[entity["start"] : entity["end"]]
    return entities
