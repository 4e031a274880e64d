# cause: The exponent is L - i instead of L - 1 - i, so the topmost layer is slowed down already.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    layers = model.bert.encoder.layer
    L = len(layers)
    rates = {}
    for p in model.parameters():
        rates[p] = head_lr
    for p in model.bert.parameters():
        rates[p] = base_lr
    for i, layer in enumerate(layers):
        for p in layer.parameters():
            rates[p] = base_lr * decay ** (L - i)
    for p in model.bert.embeddings.parameters():
        rates[p] = base_lr * decay ** (L + 1)
    groups = []
    for p, lr in rates.items():
        if p.requires_grad:
            groups.append({"params": [p], "lr": lr, "weight_decay": 0.0 if p.dim() < 2 else weight_decay})
    return groups
