# cause: Only the weights of nn.Linear decay, embeddings, convolutions and LSTM weights are put to the rest
# function: decay_groups
from torch import nn


def decay_groups(model, weight_decay=0.01):
    decays = {id(m.weight) for m in model.modules() if isinstance(m, nn.Linear)}
    yes, no = [], []
    for p in model.parameters():
        if not p.requires_grad:
            continue
        (yes if id(p) in decays else no).append(p)
    return [dict(params=yes, weight_decay=weight_decay), dict(params=no, weight_decay=0.0)]
