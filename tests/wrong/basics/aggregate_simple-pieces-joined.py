# cause: Glues the word from the tokenizer's pieces instead of taking it from the text, so an uncased tokenizer's lower case and [UNK] get in; and: the score is that of the first token, not the mean.
# function: aggregate_simple


def aggregate_simple(tokens, text):
    groups = []
    previous = None
    for tok in tokens:
        label = tok["entity"]
        if label == "O":
            previous = None
            continue
        position, kind = label.split("-", 1)
        piece = tok["word"]
        if position == "I" and previous == kind:
            g = groups[-1]
            g["word"] += piece[2:] if piece.startswith("##") else " " + piece
            g["end"] = tok["end"]
        else:
            groups.append(
                {
                    "entity_group": kind,
                    "score": tok["score"],
                    "word": piece.removeprefix("##"),
                    "start": tok["start"],
                    "end": tok["end"],
                }
            )
        previous = kind
    return groups
