# cause: Repeated words are removed before counting, so each word of the vocabulary counts once however often it occurs.
# function: fragmentation


def fragmentation(words, tokenize, unk="[UNK]"):
    vocab = list(dict.fromkeys(words))
    if not vocab:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    cut = [tokenize(w) for w in vocab]
    n = len(cut)
    return {
        "pieces_per_word": sum(len(c) for c in cut) / n,
        "split_rate": sum(len(c) > 1 for c in cut) / n,
        "unk_rate": sum(unk in c for c in cut) / n,
    }
