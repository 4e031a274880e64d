# cause: takes the median of the number of pieces, not the mean
# function: fragmentation
from statistics import median


def fragmentation(words, tokenize, unk="[UNK]"):
    if not words:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    cut = [tokenize(word) for word in words]
    return {
        "pieces_per_word": median(len(pieces) for pieces in cut),
        "split_rate": sum(len(pieces) > 1 for pieces in cut) / len(cut),
        "unk_rate": sum(unk in pieces for pieces in cut) / len(cut),
    }
