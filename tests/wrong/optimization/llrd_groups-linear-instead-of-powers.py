# cause: The rate falls in a straight line (base_lr * (1 - (1 - decay) * depth)) instead of by powers of decay.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)

    def lr_of(name):
        if name.startswith("bert.embeddings"):
            depth = L
        elif ".layer." in name and name.startswith("bert"):
            depth = L - 1 - int(name.split(".")[3])
        elif name.startswith("bert"):
            depth = 0
        else:
            return head_lr
        return base_lr * max(0.0, 1 - (1 - decay) * depth)

    groups = {}
    for n, p in model.named_parameters():
        if p.requires_grad:
            key = (lr_of(n), weight_decay if p.dim() >= 2 else 0.0)
            groups.setdefault(key, {"params": [], "lr": key[0], "weight_decay": key[1]})["params"].append(p)
    return list(groups.values())
