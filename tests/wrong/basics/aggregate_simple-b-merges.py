# cause: Compares only the types and not B against I, so two entities of one type that touch become one.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    groups = []
    current = None
    for tok in tokens:
        if tok["entity"] == "O":
            current = None
            continue
        kind = tok["entity"][2:]
        if current is not None and current["type"] == kind:
            current["tokens"].append(tok)
        else:
            current = {"type": kind, "tokens": [tok]}
            groups.append(current)
    out = []
    for g in groups:
        start, end = g["tokens"][0]["start"], g["tokens"][-1]["end"]
        out.append(
            {
                "entity_group": g["type"],
                "score": sum(t["score"] for t in g["tokens"]) / len(g["tokens"]),
                "word": text[start:end],
                "start": start,
                "end": end,
            }
        )
    return out
