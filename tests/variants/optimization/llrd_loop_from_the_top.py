"""llrd_groups in the shape of the blog's loop, repaired: the rate falls after each layer, two groups for each part."""


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    bert = model.bert
    inside = {id(parameter) for parameter in bert.parameters()}
    parts = [([pair for pair in model.named_parameters() if id(pair[1]) not in inside], head_lr)]
    if bert.pooler:
        parts.append((list(bert.pooler.named_parameters()), base_lr))
    lr = base_lr
    for layer in [*reversed(list(bert.encoder.layer)), bert.embeddings]:
        parts.append((list(layer.named_parameters()), lr))
        lr *= decay
    groups = []
    for named, lr in parts:
        spared = [p for _, p in named if p.ndim < 2]
        groups.append({"params": [p for _, p in named if p.ndim > 1], "lr": lr, "weight_decay": weight_decay})
        groups.append({"params": spared, "lr": lr, "weight_decay": 0.0})
    return groups
