# cause: Every I continues the open entity, even when its type is another one than that of the token before it.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    entities, open_tokens = [], []

    def close():
        if open_tokens:
            scores = [t["score"] for t in open_tokens]
            start, end = open_tokens[0]["start"], open_tokens[-1]["end"]
            entities.append(
                dict(
                    entity_group=open_tokens[0]["entity"][2:],
                    score=sum(scores) / len(scores),
                    word=text[start:end],
                    start=start,
                    end=end,
                )
            )
            open_tokens.clear()

    for t in tokens:
        if t["entity"] == "O":
            close()
        elif t["entity"].startswith("B-"):
            close()
            open_tokens.append(t)
        else:
            open_tokens.append(t)
    close()
    return entities
