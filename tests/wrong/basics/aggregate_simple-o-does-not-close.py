# cause: O is only skipped, so an I after an O continues the entity before it
# function: aggregate_simple
def aggregate_simple(tokens, text):
    spans = []
    for t in tokens:
        if t["entity"] == "O":
            continue
        bio, typ = t["entity"][0], t["entity"][2:]
        if bio == "I" and spans and spans[-1][0] == typ:
            spans[-1][1].append(t)
        else:
            spans.append((typ, [t]))
    return [
        {
            "entity_group": typ,
            "score": sum(x["score"] for x in ts) / len(ts),
            "word": text[ts[0]["start"] : ts[-1]["end"]],
            "start": ts[0]["start"],
            "end": ts[-1]["end"],
        }
        for typ, ts in spans
    ]
