# cause: Every piece of a word gets the tag and score of its first piece and then counts in the mean, so long words weigh more than short ones.
# function: aggregate_first
from typing import Any


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    # spread the first token's tag and score over its word
    spread = []
    for token in tokens:
        token = dict(token)
        if token["word"].startswith("##") and spread:
            first = spread[-1]
            token["score"] = first["score"]
            token["entity"] = "O" if first["entity"] == "O" else "I-" + first["entity"][2:]
        spread.append(token)

    groups: list[list[dict[str, Any]]] = []
    previous = "O"
    for token in spread:
        tag = token["entity"]
        if tag != "O":
            if tag[0] == "B" or previous[2:] != tag[2:]:
                groups.append([])
            groups[-1].append(token)
        previous = tag

    return [
        {
            "entity_group": group[0]["entity"][2:],
            "score": sum(token["score"] for token in group) / len(group),
            "word": text[group[0]["start"] : group[-1]["end"]],
            "start": group[0]["start"],
            "end": group[-1]["end"],
        }
        for group in groups
    ]
