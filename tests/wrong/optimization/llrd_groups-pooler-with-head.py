# cause: The pooler gets the rate of the head.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    groups = []
    lr = base_lr

    def add(params, lr):
        params = [p for p in params if p.requires_grad]
        groups.append({"params": [p for p in params if p.dim() > 1], "lr": lr, "weight_decay": weight_decay})
        groups.append({"params": [p for p in params if p.dim() <= 1], "lr": lr, "weight_decay": 0.0})

    inner = set()
    for part in (model.bert.embeddings, model.bert.encoder):
        inner.update(part.parameters())
    add([p for p in model.parameters() if p not in inner], head_lr)
    for layer in reversed(model.bert.encoder.layer):
        add(layer.parameters(), lr)
        lr = lr * decay
    add(model.bert.embeddings.parameters(), lr)
    return groups
