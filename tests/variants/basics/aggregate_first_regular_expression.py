"""aggregate_first: writes the tags of the words as one string of private characters and finds the entities by a
regular expression.
"""

import re
from typing import Any


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    words: list[dict[str, Any]] = []
    for token in tokens:
        if words and token["word"].startswith("##"):
            words[-1] = words[-1] | {"end": token["end"]}
        else:
            words.append(dict(token))
    tags = [word["entity"].split("-", 1) for word in words]
    kinds = list(dict.fromkeys(tag[1] for tag in tags if tag[0] != "O"))
    if not kinds:
        return []

    def letter(tag: list[str]) -> str:
        return "O" if tag[0] == "O" else chr(0xE000 + 2 * kinds.index(tag[1]) + (tag[0] == "I"))

    line = "".join(map(letter, tags))
    pattern = "|".join(f"{chr(0xE000 + 2 * k)}{chr(0xE001 + 2 * k)}*|{chr(0xE001 + 2 * k)}+" for k in range(len(kinds)))
    groups = []
    for found in re.finditer(pattern, line):
        members = words[found.start() : found.end()]
        start, end = members[0]["start"], members[-1]["end"]
        groups.append(
            dict(
                entity_group=kinds[(ord(found.group()[0]) - 0xE000) // 2],
                score=sum(member["score"] for member in members) / len(members),
                word=text[start:end],
                start=start,
                end=end,
            )
        )
    return groups
