# cause: A B tag right behind an entity of the same type continues it instead of opening a new one.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    entities = []
    prev = "O"
    for tok in tokens:
        label = tok["entity"]
        kind = label if label == "O" else label[2:]
        if kind != "O":
            if kind == prev:
                e = entities[-1]
                e["scores"].append(tok["score"])
                e["end"] = tok["end"]
            else:
                entities.append(
                    {"entity_group": kind, "scores": [tok["score"]], "start": tok["start"], "end": tok["end"]}
                )
        prev = kind
    for e in entities:
        s = e.pop("scores")
        e["score"] = sum(s) / len(s)
        e["word"] = text[e["start"] : e["end"]]
    return entities
