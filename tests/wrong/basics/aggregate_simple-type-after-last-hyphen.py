# cause: Of a tag such as B-A-X, the type is taken to be X, what follows the last hyphen.
# function: aggregate_simple
from typing import Any


def _split_tag(tag: str) -> tuple[str, str | None]:
    if tag == "O" or not tag:
        return "O", None
    parts = tag.split("-")
    return parts[0].upper(), parts[-1]


def _build_entity(entity_type: str, members: list[dict[str, Any]], text: str) -> dict[str, Any]:
    start, end = members[0]["start"], members[-1]["end"]
    scores = [float(member["score"]) for member in members]
    return {
        "entity_group": entity_type,
        "score": sum(scores) / len(scores),
        "word": text[start:end],
        "start": start,
        "end": end,
    }


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = []
    current_type: str | None = None
    current_members: list[dict[str, Any]] = []

    def flush() -> None:
        nonlocal current_type, current_members
        if current_type is not None and current_members:
            entities.append(_build_entity(current_type, current_members, text))
        current_type, current_members = None, []

    for token in tokens:
        prefix, entity_type = _split_tag(token["entity"])
        if entity_type is None:
            flush()
            continue
        if prefix == "B" or entity_type != current_type:
            flush()
            current_type = entity_type
        current_members.append(token)
    flush()

    return entities
