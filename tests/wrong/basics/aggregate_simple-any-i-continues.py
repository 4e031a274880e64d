# cause: Every I continues the open entity, even if its type is another one.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    entities, scores = [], []
    inside = False
    for token in tokens:
        if token["entity"] == "O":
            inside = False
            continue
        prefix, kind = token["entity"].split("-", 1)
        if prefix == "B" or not inside:
            entities.append({"entity_group": kind, "start": token["start"], "end": token["end"]})
            scores.append([token["score"]])
            inside = True
        else:
            entities[-1]["end"] = token["end"]
            scores[-1].append(token["score"])
    for entity, s in zip(entities, scores):
        entity["score"] = sum(s) / len(s)
        entity["word"] = text[entity["start"] : entity["end"]]
    return entities
