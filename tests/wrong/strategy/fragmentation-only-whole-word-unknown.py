# cause: A word counts as unknown only if it is one single unknown piece, as WordPiece does it, and not if one of several pieces is unknown.
# function: fragmentation


def fragmentation(words, tokenize, unk="[UNK]"):
    n_pieces = n_split = n_unk = 0
    for word in words:
        pieces = tokenize(word)
        n_pieces += len(pieces)
        if len(pieces) > 1:
            n_split += 1
        if list(pieces) == [unk]:
            n_unk += 1
    w = len(words) or 1
    return {"pieces_per_word": n_pieces / w, "split_rate": n_split / w, "unk_rate": n_unk / w}
