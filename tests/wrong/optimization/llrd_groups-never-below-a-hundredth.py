# cause: The rates of layers and embeddings are never lower than a hundredth of base_lr.
# function: llrd_groups


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    n_layers = len(model.bert.encoder.layer)
    smallest = base_lr * 0.01

    def rate_for(steps_down):
        return max(base_lr * decay**steps_down, smallest)

    rates = {}
    for parameter in model.bert.embeddings.parameters():
        rates[id(parameter)] = rate_for(n_layers)
    for index, layer in enumerate(model.bert.encoder.layer):
        for parameter in layer.parameters():
            rates[id(parameter)] = rate_for(n_layers - 1 - index)
    if model.bert.pooler is not None:
        for parameter in model.bert.pooler.parameters():
            rates[id(parameter)] = base_lr
    groups = {}
    for parameter in model.parameters():
        if parameter.requires_grad:
            key = rates.get(id(parameter), head_lr), weight_decay if parameter.dim() >= 2 else 0.0
            groups.setdefault(key, []).append(parameter)
    return [{"params": params, "lr": lr, "weight_decay": wd} for (lr, wd), params in groups.items()]
