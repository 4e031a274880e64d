# cause: The score of an entity is the maximum of its tokens' scores, not their mean.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups = []
    last_type = None
    for t in tokens:
        if t["entity"] == "O":
            last_type = None
            continue
        bi, typ = t["entity"].split("-")
        if bi == "I" and typ == last_type:
            groups[-1].append(t)
        else:
            groups.append([t])
        last_type = typ
    out = []
    for g in groups:
        start, end = g[0]["start"], g[-1]["end"]
        out.append(
            {
                "entity_group": g[0]["entity"].split("-")[-1],
                "score": max(t["score"] for t in g),
                "word": text[start:end],
                "start": start,
                "end": end,
            }
        )
    return out
