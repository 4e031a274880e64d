"""aggregate_simple keeps one open entity with a running mean, and rebuilds the word from pieces as a tokenizer does."""


def aggregate_simple(tokens, text):
    done, entity, count = [], None, 0
    for token in [*tokens, {"entity": "O"}]:
        tag = token["entity"]
        goes_on = entity is not None and tag == "I-" + entity["entity_group"]
        if entity is not None and not goes_on:
            done.append(entity)
            entity = None
        if tag == "O":
            continue
        if not goes_on:
            entity = {"entity_group": tag.split("-", 1)[1], "score": 0.0, "word": "", "start": token["start"]}
            count = 0
        count += 1
        entity["score"] += (token["score"] - entity["score"]) / count
        piece = token["word"]
        entity["word"] += piece[2:] if piece.startswith("##") else " " + piece
        entity["end"] = token["end"]
    return done
