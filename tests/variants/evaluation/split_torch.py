"""A torch generator draws, and tensors of row numbers come back."""

import torch


def group_split(texts, labels, test_size=0.2, seed=42):
    key = [" ".join(text.upper().split()) for text in texts]
    names = list(dict.fromkeys(key))
    label_of = {}
    for name, label in zip(key, labels, strict=True):
        label_of.setdefault(name, label)
    size = {name: key.count(name) for name in names} if len(names) < 50 else {}
    if not size:
        for name in key:
            size[name] = size.get(name, 0) + 1
    generator = torch.Generator().manual_seed(seed)
    chosen = set()
    for label in sorted(set(label_of.values())):
        mine = [name for name in names if label_of[name] == label]
        order = torch.randperm(len(mine), generator=generator).tolist()
        goal = test_size * sum(size[name] for name in mine)
        best, total = 1, 0
        gaps = []
        for place in order[:-1]:
            total += size[mine[place]]
            gaps.append(abs(total - goal))
        if gaps:
            best = 1 + min(range(len(gaps)), key=gaps.__getitem__)
        chosen |= {mine[place] for place in order[:best]}
    train = [row for row, name in enumerate(key) if name not in chosen]
    test = [row for row, name in enumerate(key) if name in chosen]
    return torch.tensor(train), torch.tensor(test)
