# cause: The factor is applied from the pooler to the top layer already, so every layer and the embeddings have one factor too many
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    groups = {}

    def put(p, lr):
        if p.requires_grad:
            wd = weight_decay if p.ndim >= 2 else 0.0
            groups.setdefault((lr, wd), []).append(p)

    inside = {id(p) for p in model.bert.parameters()}
    for p in model.parameters():
        if id(p) not in inside:
            put(p, head_lr)
    lr = base_lr
    if model.bert.pooler is not None:
        for p in model.bert.pooler.parameters():
            put(p, lr)
    for layer in reversed(model.bert.encoder.layer):
        lr = lr * decay
        for p in layer.parameters():
            put(p, lr)
    for p in model.bert.embeddings.parameters():
        put(p, lr * decay)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in groups.items()]
