"""aggregate_simple writes the tags as a string of letters and lets a regular expression find the entities."""

import re


def aggregate_simple(tokens, text):
    kinds = sorted({token["entity"][2:] for token in tokens if token["entity"] != "O"})
    letters = ""
    for token in tokens:
        tag = token["entity"]
        if tag == "O":
            letters += "."
        else:
            letters += chr(ord("A" if tag[0] == "B" else "a") + kinds.index(tag[2:]))
    entities = []
    for match in re.finditer(
        "|".join(f"{chr(65 + i)}{chr(97 + i)}*|{chr(97 + i)}+" for i in range(len(kinds))), letters
    ):
        group = tokens[match.start() : match.end()]
        start, end = group[0]["start"], max(token["end"] for token in group)
        kind = kinds[ord(match.group()[0].lower()) - 97]
        score = sum(token["score"] / len(group) for token in group)
        word = " ".join(text[token["start"] : token["end"]] for token in group)
        entities.append(
            {"entity_group": kind, "score": score, "word": word, "start": start, "end": end, "n": len(group)}
        )
    return entities
