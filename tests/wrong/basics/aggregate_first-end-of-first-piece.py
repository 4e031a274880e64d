# cause: Drops the other pieces of a word, so an entity ends where the first piece of its last word ends
# function: aggregate_first
def aggregate_first(tokens, text):
    firsts = [t for i, t in enumerate(tokens) if i == 0 or not t["word"].startswith("##")]
    out, prev = [], None
    for t in firsts:
        if t["entity"] == "O":
            prev = None
            continue
        bio, kind = t["entity"].split("-", 1)
        if bio == "I" and prev == kind:
            out[-1]["n"].append(t["score"])
            out[-1]["end"] = t["end"]
        else:
            out.append({"entity_group": kind, "n": [t["score"]], "start": t["start"], "end": t["end"]})
        prev = kind
    for e in out:
        n = e.pop("n")
        e["score"] = sum(n) / len(n)
        e["word"] = text[e["start"] : e["end"]]
    return out
