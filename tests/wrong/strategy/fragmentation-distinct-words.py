# cause: Runs over the set of the words, so a word that occurs twice counts once
# function: fragmentation
def fragmentation(words, tokenize, unk="[UNK]"):
    vocab = set(words)
    if not vocab:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    cut = [tokenize(w) for w in vocab]
    n = len(cut)
    return {
        "pieces_per_word": sum(map(len, cut)) / n,
        "split_rate": sum(len(p) > 1 for p in cut) / n,
        "unk_rate": sum(unk in p for p in cut) / n,
    }
