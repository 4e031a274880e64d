"""One row of three numbers per word; the answers are tensors of no dimension."""

import torch


def fragmentation(words, tokenize, unk="[UNK]"):
    rows = []
    for word in words:
        cut = tokenize(word)
        rows.append([float(len(cut)), float(len(cut) >= 2), float(unk in set(cut))])
    table = torch.tensor(rows, dtype=torch.float64).reshape(-1, 3)
    means = table.mean(0) if len(rows) else torch.zeros(3)
    return dict(zip(["pieces_per_word", "split_rate", "unk_rate"], means, strict=True))
