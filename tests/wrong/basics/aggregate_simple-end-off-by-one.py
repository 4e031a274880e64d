# cause: The end of an entity is taken as inclusive: one is subtracted, so its last character is missing.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups, last = [], None
    for t in tokens:
        if t["entity"] == "O":
            last = None
            continue
        b, kind = t["entity"].split("-", 1)
        if b == "I" and kind == last:
            groups[-1].append(t)
        else:
            groups.append([t])
        last = kind
    result = []
    for g in groups:
        start = g[0]["start"]
        end = g[-1]["end"] - 1
        result.append(
            {
                "entity_group": g[0]["entity"][2:],
                "score": sum(t["score"] for t in g) / len(g),
                "word": text[start:end],
                "start": start,
                "end": end,
            }
        )
    return result
