# cause: The word is put together from the tokenizer's pieces instead of being cut out of the text, so lower-cased or unknown pieces show up.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    groups = []
    current = None
    for token in tokens:
        if token["entity"] == "O":
            current = None
            continue
        tag, kind = token["entity"].split("-", 1)
        if tag == "B" or current is None or current["type"] != kind:
            current = {"type": kind, "tokens": []}
            groups.append(current)
        current["tokens"].append(token)

    result = []
    for group in groups:
        word = ""
        for token in group["tokens"]:
            piece = token["word"]
            word += piece[2:] if piece.startswith("##") else " " + piece
        result.append(
            {
                "entity_group": group["type"],
                "score": sum(t["score"] for t in group["tokens"]) / len(group["tokens"]),
                "word": word.strip(),
                "start": group["tokens"][0]["start"],
                "end": group["tokens"][-1]["end"],
            }
        )
    return result
