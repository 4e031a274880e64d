# cause: Divides the number of unknown pieces by the number of all pieces instead of counting the words that have one
# function: fragmentation
def fragmentation(words, tokenize, unk="[UNK]"):
    total_pieces = 0
    split = 0
    unknown = 0
    for word in words:
        pieces = tokenize(word)
        total_pieces += len(pieces)
        if len(pieces) > 1:
            split += 1
        unknown += pieces.count(unk)
    n = len(words)
    if n == 0:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    return {"pieces_per_word": total_pieces / n, "split_rate": split / n, "unk_rate": unknown / total_pieces}
