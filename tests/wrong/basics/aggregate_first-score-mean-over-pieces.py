# cause: The score of a word is the mean over all its pieces (that is strategy "average") instead of that of its first piece
# function: aggregate_first
def aggregate_first(tokens, text):
    words = []
    for t in tokens:
        if t["word"].startswith("##") and words:
            words[-1].append(t)
        else:
            words.append([t])
    groups, previous = [], None
    for pieces in words:
        tag = pieces[0]["entity"]
        if tag == "O":
            previous = None
            continue
        score = sum(p["score"] for p in pieces) / len(pieces)
        prefix, kind = tag.split("-", 1)
        if prefix == "B" or previous != kind:
            groups.append({"entity_group": kind, "scores": [], "start": pieces[0]["start"]})
        groups[-1]["scores"].append(score)
        groups[-1]["end"] = pieces[-1]["end"]
        previous = kind
    return [
        {
            "entity_group": g["entity_group"],
            "score": sum(g["scores"]) / len(g["scores"]),
            "word": text[g["start"] : g["end"]],
            "start": g["start"],
            "end": g["end"],
        }
        for g in groups
    ]
