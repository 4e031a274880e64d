# cause: Layer number 0 is falsy and falls through "or", so layer 0 gets the rate of the embeddings.
# function: llrd_groups


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L, groups = len(model.bert.encoder.layer), {}
    inside = {id(p): n for n, p in model.bert.named_parameters()}
    for p in filter(lambda p: p.requires_grad, model.parameters()):
        lr = head_lr
        if n := inside.get(id(p)):
            i = next((int(s) for s in n.split(".") if s.isdigit()), 0) or (L - 1 if n[0] == "p" else -1)
            lr = base_lr * decay ** (L - 1 - i)
        groups.setdefault((lr, p.ndim > 1), []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": weight_decay * d} for (lr, d), ps in groups.items()]
