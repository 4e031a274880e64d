"""llrd_groups takes its rates out of a float64 tensor of powers, and walks over the children of the model."""

import itertools

import torch


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    layers = model.bert.encoder.layer
    powers = decay ** torch.arange(len(layers) + 1, dtype=torch.float64) * base_lr
    stack = [model.bert.embeddings, *layers]
    sets = list(zip((s.parameters() for s in stack), powers.flip(0).tolist(), strict=True))
    sets.append((getattr(model.bert.pooler, "parameters", tuple)(), base_lr))
    sets.append((model.parameters(recurse=False), head_lr))
    sets += [(child.parameters(), head_lr) for child in model.children() if child is not model.bert]
    groups = []
    for parameters, lr in sets:
        parameters = sorted(parameters, key=lambda p: p.ndim == 1)
        for vector, members in itertools.groupby(parameters, key=lambda p: p.ndim == 1):
            groups.append({"params": list(members), "lr": lr, "weight_decay": 0.0 if vector else weight_decay})
    return groups
