# cause: An I continues whatever entity stands before it, even one of another type
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups, open_ = [], None
    for tok in tokens:
        tag = tok["entity"]
        if tag == "O":
            open_ = None
            continue
        prefix, kind = tag.split("-", 1)
        if prefix == "B" or open_ is None:
            open_ = {"kind": kind, "tokens": []}
            groups.append(open_)
        open_["tokens"].append(tok)
    result = []
    for g in groups:
        start, end = g["tokens"][0]["start"], g["tokens"][-1]["end"]
        result.append(
            {
                "entity_group": g["kind"],
                "score": sum(t["score"] for t in g["tokens"]) / len(g["tokens"]),
                "word": text[start:end],
                "start": start,
                "end": end,
            }
        )
    return result
