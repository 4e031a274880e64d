# cause: Lets only B open an entity, so an I without anything of its type before it is thrown away.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    spans = []
    open_type = None
    for tok in tokens:
        tag = tok["entity"]
        if tag.startswith("B-"):
            open_type = tag[2:]
            spans.append((open_type, [tok]))
        elif tag.startswith("I-") and tag[2:] == open_type:
            spans[-1][1].append(tok)
        else:
            open_type = None
    answer = []
    for kind, toks in spans:
        s, e = toks[0]["start"], toks[-1]["end"]
        mean = sum(float(t["score"]) for t in toks) / len(toks)
        answer.append(dict(entity_group=kind, score=mean, word=text[s:e], start=s, end=e))
    return answer
