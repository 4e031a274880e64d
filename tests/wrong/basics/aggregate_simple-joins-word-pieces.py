# cause: The word is put together from the tokenizer's pieces with blanks, hash signs included, instead of being cut from the text.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    groups, previous = [], None
    for t in tokens:
        tag = t["entity"]
        if tag == "O":
            previous = None
            continue
        typ = tag[2:]
        if tag[0] == "B" or typ != previous:
            groups.append([])
        groups[-1].append(t)
        previous = typ
    return [
        {
            "entity_group": g[0]["entity"][2:],
            "score": sum(t["score"] for t in g) / len(g),
            "word": " ".join(t["word"] for t in g),
            "start": g[0]["start"],
            "end": g[-1]["end"],
        }
        for g in groups
    ]
