"""Batches of sixteen, in torch; a tuple of texts and a tensor of labels."""

import torch


def keep_confirmed(texts, labels, classify, threshold=0.5):
    assert len(texts) == len(labels)
    places = []
    for start in range(0, len(texts), 16):
        rows = torch.tensor(classify(texts[start : start + 16]), dtype=torch.float64)
        best, classes = rows.max(dim=1)
        places += [start + i for i in range(len(rows)) if best[i] >= threshold and int(classes[i]) == labels[start + i]]
    return tuple(texts[place] for place in places), torch.tensor([labels[place] for place in places])
