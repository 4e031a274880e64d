# cause: The score is averaged pairwise as tokens arrive, (old + new) / 2, which is no mean for three tokens or more.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    out = []
    open_type = None
    for t in tokens:
        if t["entity"] == "O":
            open_type = None
            continue
        tag, typ = t["entity"].split("-", 1)
        if tag == "B" or open_type != typ:
            out.append({"entity_group": typ, "score": t["score"], "start": t["start"], "end": t["end"]})
        else:
            out[-1]["score"] = (out[-1]["score"] + t["score"]) / 2
            out[-1]["end"] = t["end"]
        out[-1]["word"] = text[out[-1]["start"] : out[-1]["end"]]
        open_type = typ
    return out
