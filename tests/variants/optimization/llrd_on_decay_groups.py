"""llrd_groups asks decay_groups for each part, and adds the rate; parts without parameters leave empty groups."""

from torch import nn


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    def with_rate(module, lr):
        return [{**group, "lr": lr} for group in decay_groups(module, weight_decay)]  # noqa: F821

    depth = len(model.bert.encoder.layer)
    head = nn.Module()
    for name, child in model.named_children():
        if name != "bert":
            head.add_module(name, child)
    for name, parameter in model.named_parameters(recurse=False):
        head.register_parameter(name, parameter)
    groups = with_rate(head, head_lr) + with_rate(model.bert.embeddings, base_lr * decay**depth)
    groups += with_rate(model.bert.pooler or nn.Module(), base_lr)
    for i in range(depth):
        groups += with_rate(model.bert.encoder.layer[i], base_lr * decay ** (depth - i - 1))
    return groups
