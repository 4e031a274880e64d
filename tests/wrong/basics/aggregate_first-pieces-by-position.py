# cause: A piece belongs to the word before it when no blank lies between them, so punctuation and hyphenated parts are glued to words.
# function: aggregate_first


def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if words and token["start"] == words[-1]["end"]:
            words[-1]["end"] = token["end"]
        else:
            words.append({key: token[key] for key in ("entity", "score", "start", "end")})

    entities = []
    previous = None
    for word in words:
        tag, _, kind = word["entity"].partition("-")
        if tag == "O":
            previous = None
            continue
        if tag == "I" and previous == kind:
            entities[-1].append(word)
        else:
            entities.append([word])
        previous = kind

    return [
        {
            "entity_group": entity[0]["entity"].split("-", 1)[1],
            "score": sum(word["score"] for word in entity) / len(entity),
            "word": text[entity[0]["start"] : entity[-1]["end"]],
            "start": entity[0]["start"],
            "end": entity[-1]["end"],
        }
        for entity in entities
    ]
