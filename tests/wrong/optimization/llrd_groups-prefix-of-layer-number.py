# cause: Finds layer i by name.startswith("bert.encoder.layer.1") without the closing dot, so layers 10 and 11 have the rate of layer 1
# function: llrd_groups
def llrd_groups(model, base_lr, decay, head_lr, weight_decay=0.01):
    L = len(model.bert.encoder.layer)
    rates = [("bert.embeddings", base_lr * decay**L)]
    rates += [(f"bert.encoder.layer.{i}", base_lr * decay ** (L - 1 - i)) for i in range(L)]
    rates.append(("bert.pooler", base_lr))
    groups = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        lr = head_lr
        for prefix, rate in rates:
            if name.startswith(prefix):
                lr = rate
                break
        groups.append({"params": [p], "lr": lr, "weight_decay": weight_decay if p.dim() > 1 else 0.0})
    return groups
