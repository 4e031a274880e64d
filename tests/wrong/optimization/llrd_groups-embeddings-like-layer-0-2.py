# cause: The embeddings get the rate of layer 0 instead of one that is smaller by another factor.
# function: llrd_groups

import torch


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    bert = model.bert
    L = len(bert.encoder.layer)
    rate = {}
    for p in bert.parameters():
        rate[p] = base_lr
    for i, layer in enumerate(bert.encoder.layer):
        for p in layer.parameters():
            rate[p] = base_lr * decay ** (L - 1 - i)
    for p in bert.embeddings.parameters():
        rate[p] = base_lr * decay ** (L - 1)

    groups = []
    for p in model.parameters():
        if p.requires_grad:
            groups.append(
                {
                    "params": [p],
                    "lr": rate.get(p, head_lr),
                    "weight_decay": weight_decay if p.ndim >= 2 else 0.0,
                }
            )
    return groups
