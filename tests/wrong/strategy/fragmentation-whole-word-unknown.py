# cause: Counts a word as unknown only if it is nothing but the one unknown piece
# function: fragmentation
def fragmentation(words, tokenize, unk="[UNK]"):
    if len(words) == 0:
        return {"pieces_per_word": 0, "split_rate": 0, "unk_rate": 0}
    pieces = list(map(tokenize, words))
    lengths = [len(p) for p in pieces]
    unks = [p == [unk] for p in pieces]
    return {
        "pieces_per_word": sum(lengths) / len(words),
        "split_rate": len([n for n in lengths if n > 1]) / len(words),
        "unk_rate": sum(unks) / len(words),
    }
