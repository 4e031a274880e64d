# cause: Only the weights of nn.Linear decay; embeddings, convolutions and LSTM weights do not.
# function: decay_groups
from torch import nn


def decay_groups(model, weight_decay=0.01):
    linear = set()
    for m in model.modules():
        if isinstance(m, nn.Linear):
            linear.add(m.weight)
    trainable = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trainable if p in linear], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p not in linear], "weight_decay": 0.0},
    ]
