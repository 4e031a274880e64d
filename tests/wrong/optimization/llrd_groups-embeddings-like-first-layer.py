# cause: The embeddings get the rate of layer 0 instead of one step less.
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)
    buckets = {}
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        parts = name.split(".")
        if parts[0] != "bert":
            lr = head_lr
        elif parts[1] == "pooler":
            lr = base_lr
        elif parts[1] == "embeddings":
            lr = base_lr * decay ** (L - 1)
        else:
            lr = base_lr * decay ** (L - 1 - int(parts[3]))
        wd = weight_decay if p.ndim > 1 else 0.0
        buckets.setdefault((lr, wd), []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in buckets.items()]
