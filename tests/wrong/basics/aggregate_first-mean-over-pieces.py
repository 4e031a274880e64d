# cause: the score of a word is the mean over its pieces instead of the score of its first token
# function: aggregate_first
from typing import Any


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    words: list[list[dict[str, Any]]] = []
    for token in tokens:
        if token["word"].startswith("##") and words:
            words[-1].append(token)
        else:
            words.append([token])
    merged = []
    for pieces in words:
        word = dict(pieces[0])
        word["end"] = pieces[-1]["end"]
        word["score"] = sum(piece["score"] for piece in pieces) / len(pieces)
        merged.append(word)
    return aggregate_simple(merged, text)  # noqa: F821
