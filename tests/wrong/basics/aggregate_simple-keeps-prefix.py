# cause: The group is named with its B- or I- prefix instead of by the bare type.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups = []
    prev = None
    for t in tokens:
        tag = t["entity"]
        if tag == "O":
            prev = None
            continue
        typ = tag.split("-")[1]
        if tag.startswith("B") or prev != typ:
            groups.append({"entity_group": tag, "scores": [], "start": t["start"]})
        groups[-1]["scores"].append(t["score"])
        groups[-1]["end"] = t["end"]
        prev = typ
    for g in groups:
        g["score"] = sum(g["scores"]) / len(g["scores"])
        g["word"] = text[g["start"] : g["end"]]
        del g["scores"]
    return groups
