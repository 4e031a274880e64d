# cause: Every piece gets the first piece's tag and score and then counts for itself, so a word in many pieces weighs more in the mean.
# function: aggregate_first
from typing import Any


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    spoken: list[dict[str, Any]] = []
    for token in tokens:
        if spoken and token["word"].startswith("##"):
            before = spoken[-1]
            tag = before["entity"]
            inherited = "O" if tag == "O" else "I-" + tag[2:]
            spoken.append({**token, "entity": inherited, "score": before["score"]})
        else:
            spoken.append(dict(token))
    return aggregate_simple(spoken, text)  # noqa: F821  (defined above in the exercise)
