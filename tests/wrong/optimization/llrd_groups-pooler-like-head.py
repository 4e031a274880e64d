# cause: The pooler is treated as a part of the head and gets head_lr instead of base_lr.
# function: llrd_groups


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)
    parts = [(model.bert.embeddings, base_lr * decay**L)]
    lr = base_lr
    for layer in reversed(model.bert.encoder.layer):
        parts.append((layer, lr))
        lr = lr * decay
    seen = set()
    groups = []

    def add(parameters, rate):
        for dims, wd in ((True, weight_decay), (False, 0.0)):
            chosen = [p for p in parameters if p.requires_grad and (p.dim() > 1) == dims]
            if chosen:
                groups.append({"params": chosen, "lr": rate, "weight_decay": wd})

    for module, rate in parts:
        own = [p for p in module.parameters() if id(p) not in seen]
        seen |= {id(p) for p in own}
        add(own, rate)
    add([p for p in model.parameters() if id(p) not in seen], head_lr)
    return groups
