# cause: The layer of a parameter is the first i for which "layer.i" occurs in its name, so layers 10 and 11 are taken for layer 1.
# function: llrd_groups


def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    n = len(model.bert.encoder.layer)

    def lr_of(name):
        if not name.startswith("bert."):
            return head_lr
        if name.startswith("bert.embeddings"):
            return base_lr * decay**n
        for i in range(n):
            if f"encoder.layer.{i}" in name:
                return base_lr * decay ** (n - 1 - i)
        return base_lr

    buckets = {}
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        wd = 0.0 if param.dim() == 1 else weight_decay
        buckets.setdefault((lr_of(name), wd), []).append(param)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in buckets.items()]
