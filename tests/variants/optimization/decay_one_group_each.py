"""decay_groups is a generator: every parameter is a group of its own, its only member not even in a list."""


def decay_groups(model, weight_decay=0.01):
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            yield {"params": parameter, "weight_decay": weight_decay * (parameter.dim() > 1), "name": name, "lr": 1e-3}
