# cause: Writes an entity only when the next one or an O comes, and forgets the one that is still open at the end of the text.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    result = []
    current = []

    def flush():
        if current:
            result.append(
                {
                    "entity_group": current[0]["entity"][2:],
                    "score": sum(t["score"] for t in current) / len(current),
                    "word": text[current[0]["start"] : current[-1]["end"]],
                    "start": current[0]["start"],
                    "end": current[-1]["end"],
                }
            )
            current.clear()

    for token in tokens:
        tag = token["entity"]
        if tag == "O":
            flush()
        elif tag.startswith("B-") or not current or current[-1]["entity"][2:] != tag[2:]:
            flush()
            current.append(token)
        else:
            current.append(token)
    return result
