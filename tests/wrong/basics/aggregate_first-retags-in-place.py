# cause: Writes the tag and the score of the first piece into the dictionaries of the caller; and: the mean is over pieces, so a long word weighs more
# function: aggregate_first
def aggregate_first(tokens, text):
    for i, t in enumerate(tokens):
        if i and t["word"].startswith("##"):
            first = tokens[i - 1]
            t["score"] = first["score"]
            t["entity"] = "O" if first["entity"] == "O" else "I" + first["entity"][1:]
    entities, kind = [], None
    for t in tokens:
        if t["entity"] == "O":
            kind = None
            continue
        if t["entity"][0] == "B" or t["entity"][2:] != kind:
            entities.append([])
        kind = t["entity"][2:]
        entities[-1].append(t)
    return [
        dict(
            entity_group=e[0]["entity"][2:],
            score=sum(t["score"] for t in e) / len(e),
            word=text[e[0]["start"] : e[-1]["end"]],
            start=e[0]["start"],
            end=e[-1]["end"],
        )
        for e in entities
    ]
