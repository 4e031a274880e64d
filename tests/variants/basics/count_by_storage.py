"""count_parameters lists names with duplicates, then keeps one tensor per place in memory."""

import math


def count_parameters(model):
    places = {p.data_ptr(): p for _, p in model.named_parameters(remove_duplicate=False)}
    found = {"total": 0, "trainable": 0, "bytes": 0}
    for parameter in places.values():
        size = math.prod(parameter.shape)
        found["total"] += size
        found["bytes"] += size * parameter.element_size()
        if parameter.requires_grad:
            found["trainable"] += size
    return found
