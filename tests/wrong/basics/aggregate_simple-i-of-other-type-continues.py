# cause: Any I tag continues the open entity, even if it is of another type.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    spans = []
    inside = False
    for t in tokens:
        if t["entity"] == "O":
            inside = False
        elif t["entity"][0] == "B" or not inside:
            spans.append([t])
            inside = True
        else:
            spans[-1].append(t)
    res = []
    for span in spans:
        a, z = span[0]["start"], span[-1]["end"]
        mean = sum(x["score"] for x in span) / len(span)
        res.append({"entity_group": span[0]["entity"][2:], "score": mean, "word": text[a:z], "start": a, "end": z})
    return res
