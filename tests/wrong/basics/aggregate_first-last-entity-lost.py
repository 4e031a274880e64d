# cause: An entity at the end of the text is lost: only an O closes it.
# function: aggregate_first
def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if words and token["word"].startswith("##"):
            words[-1]["end"] = token["end"]
        else:
            words.append(dict(token))
    entities, current = [], []

    def close():
        if current:
            entities.append(
                {
                    "entity_group": current[0]["entity"][2:],
                    "score": sum(word["score"] for word in current) / len(current),
                    "word": text[current[0]["start"] : current[-1]["end"]],
                    "start": current[0]["start"],
                    "end": current[-1]["end"],
                }
            )
            current.clear()

    for word in words:
        if word["entity"] == "O":
            close()
            continue
        if word["entity"][0] == "B" or (current and current[0]["entity"][2:] != word["entity"][2:]):
            close()
        current.append(word)
    return entities
