# cause: Stretches of O are returned as groups too; and the score is the sum over the tokens instead of the mean.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups = []
    for t in tokens:
        tag = t["entity"]
        kind = tag[2:] if tag != "O" else "O"
        if groups and groups[-1]["entity_group"] == kind and not tag.startswith("B"):
            groups[-1]["score"] += t["score"]
            groups[-1]["end"] = t["end"]
        else:
            groups.append({"entity_group": kind, "score": t["score"], "start": t["start"], "end": t["end"]})
    for g in groups:
        g["word"] = text[g["start"] : g["end"]]
    return groups
