# cause: start and end are the numbers of the tokens instead of places in the text.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    out = []
    i = 0
    while i < len(tokens):
        if tokens[i]["entity"] == "O":
            i += 1
            continue
        kind = tokens[i]["entity"][2:]
        j = i + 1
        while j < len(tokens) and tokens[j]["entity"] == "I-" + kind:
            j += 1
        span = tokens[i:j]
        out.append(
            {
                "entity_group": kind,
                "score": sum(s["score"] for s in span) / len(span),
                "word": text[span[0]["start"] : span[-1]["end"]],
                "start": i,
                "end": j,
            }
        )
        i = j
    return out
