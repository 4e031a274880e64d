# cause: Compares with "[UNK]" always and ignores the argument unk; and: divides by the number of words without looking at the empty list
# function: fragmentation
def fragmentation(words, tokenize, unk="[UNK]"):
    cuts = [tokenize(w) for w in words]
    ppw = sum(len(c) for c in cuts) / len(words)
    split_rate = sum(1 for c in cuts if len(c) >= 2) / len(words)
    unk_rate = sum(1 for c in cuts if "[UNK]" in c) / len(words)
    return {"pieces_per_word": ppw, "split_rate": split_rate, "unk_rate": unk_rate}
