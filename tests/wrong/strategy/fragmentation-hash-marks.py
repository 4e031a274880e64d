# cause: Recognizes a split word by pieces that begin with ##, which only BERT writes
# function: fragmentation
def fragmentation(words, tokenize, unk="[UNK]"):
    W = len(words)
    if W == 0:
        return dict(pieces_per_word=0.0, split_rate=0.0, unk_rate=0.0)
    all_pieces = [tokenize(w) for w in words]
    return dict(
        pieces_per_word=sum(len(ps) for ps in all_pieces) / W,
        split_rate=sum(any(p.startswith("##") for p in ps) for ps in all_pieces) / W,
        unk_rate=sum(any(p == unk for p in ps) for ps in all_pieces) / W,
    )
