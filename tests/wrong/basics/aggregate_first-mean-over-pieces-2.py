# cause: misread "its score is the word's": every piece takes over the score of its first piece, and the mean is over tokens, so a word of three pieces counts three times
# function: aggregate_first
from typing import Any


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Let the first piece speak for its word, then join the pieces to entities."""
    spoken = []
    for token in tokens:
        if token["word"].startswith("##") and spoken:
            first = spoken[-1]
            tag = first["entity"] if first["entity"] == "O" else "I-" + first["entity"].split("-", 1)[1]
            spoken.append({**token, "entity": tag, "score": first["score"]})
        else:
            spoken.append(dict(token))
    groups: list[dict[str, Any]] = []
    previous = "O"
    for token in spoken:
        tag = token["entity"]
        if tag != "O":
            prefix, kind = tag.split("-", 1)
            if prefix == "B" or previous == "O" or previous.split("-", 1)[1] != kind:
                groups.append({"entity_group": kind, "scores": [], "start": token["start"]})
            groups[-1]["scores"].append(token["score"])
            groups[-1]["end"] = token["end"]
        previous = tag
    for group in groups:
        scores = group.pop("scores")
        group["score"] = sum(scores) / len(scores)
        group["word"] = text[group["start"] : group["end"]]
    return groups
