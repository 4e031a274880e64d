# cause: Averages the score pairwise, (old + new) / 2, which weighs later tokens more
# function: aggregate_simple
def aggregate_simple(tokens, text):
    entities = []
    current = None
    for tok in tokens:
        if tok["entity"] == "O":
            current = None
            continue
        prefix, group = tok["entity"].split("-")
        if prefix == "I" and current is not None and current["entity_group"] == group:
            current["score"] = (current["score"] + tok["score"]) / 2
            current["end"] = tok["end"]
            current["word"] = text[current["start"] : current["end"]]
        else:
            current = {
                "entity_group": group,
                "score": tok["score"],
                "start": tok["start"],
                "end": tok["end"],
                "word": text[tok["start"] : tok["end"]],
            }
            entities.append(current)
    return entities
