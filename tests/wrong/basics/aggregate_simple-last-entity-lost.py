# cause: The entity that is still open at the end of the text is never written out.
# function: aggregate_simple
def aggregate_simple(tokens, text):
    entities = []
    buf = []

    def flush():
        if buf:
            entities.append(
                {
                    "entity_group": buf[0]["entity"][2:],
                    "score": sum(b["score"] for b in buf) / len(buf),
                    "word": text[buf[0]["start"] : buf[-1]["end"]],
                    "start": buf[0]["start"],
                    "end": buf[-1]["end"],
                }
            )
            buf.clear()

    for tok in tokens:
        tag = tok["entity"]
        if tag == "O":
            flush()
        elif tag.startswith("I-") and buf and buf[-1]["entity"][2:] == tag[2:]:
            buf.append(tok)
        else:
            flush()
            buf.append(tok)
    return entities
